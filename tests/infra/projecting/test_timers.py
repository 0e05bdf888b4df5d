"""The timers that the engine keeps of every matter with clocks."""

from datetime import timedelta
from typing import Any

from domain.shared.clocks import ClockReading, Phase, Unit
from infra.projecting.read_model import read_models
from tests.infra.projecting import programmes
from tests.infra.projecting.city import City, Matter
from tests.infra.projecting.programmes import NOON, Account
from tests.infra.projecting.test_rebuild import rebuilder


def reading(clock: str, minutes: int, **more: Any) -> ClockReading:
    """A service level that warns after half of its minutes."""
    given: dict[str, Any] = {
        "kind": "sla",
        "unit": Unit.ELAPSED_SECONDS,
        "phase": Phase.RUNNING,
        "since": NOON,
        "due_at": NOON + timedelta(minutes=minutes),
        "warn_at": NOON + timedelta(minutes=minutes / 2),
        "calendar": "test",
    }
    return ClockReading(clock=clock, **given | more)


async def timer(city: City, matter: Matter) -> dict[str, Any]:
    async with city.reading() as models:
        row = (await models.get("timers", [matter.id]))[1]
    assert row is not None
    return row


async def test_what_falls_due_first_of_all_clocks_of_a_matter_is_kept(city: City) -> None:
    a = Matter()
    await city.append(a(Account.Timed, clocks=(reading("slow", 60), reading("fast", 20))))
    await city.project()
    row = await timer(city, a)
    assert (row["program"], row["aggregate"]) == ("accounts", "Account")
    assert (row["clock_name"], row["level"]) == ("fast", "warned")
    assert row["next_at"] == "2026-11-25T12:10:00+00:00"
    assert set(row["readings"]) == {"slow", "fast"}

    await city.append(a(Account.Timed, clocks=(reading("fast", 20, phase=Phase.STOPPED),)))
    await city.project()
    row = await timer(city, a)
    assert (row["clock_name"], row["next_at"]) == ("slow", "2026-11-25T12:30:00+00:00")

    await city.append(a(Account.Timed, clocks=(reading("slow", 60, phase=Phase.PAUSED),)))
    await city.project()
    row = await timer(city, a)
    assert (row["clock_name"], row["next_at"], row["level"]) == (None, None, None)


async def test_a_simulated_matter_is_marked_with_its_clock(city: City) -> None:
    a, b = Matter(), Matter()
    await city.append(a(Account.Timed, clocks=(reading("c", 60),)), clock="demo-1")
    await city.append(b(Account.Timed, clocks=(reading("c", 60),)))
    await city.project()
    async with city.reading() as models:
        real = await models.list(
            "timers", {"simulated_clock": None, "next_at__lte": NOON + timedelta(days=1)}
        )
    assert [row["stream_id"] for row in real.rows] == [str(b.id)]
    assert (await timer(city, a))["simulated_clock"] == "demo-1"


async def test_timers_are_found_equal_to_the_log_whatever_order_their_json_is_kept_in(
    city: City,
) -> None:
    a = Matter()
    await city.append(a(Account.Timed, clocks=(reading("slow", 60), reading("b", 20))))
    await city.project()
    verdict = await rebuilder(city).verify("timers")
    assert (verdict.equal, verdict.differing) == (True, [])


def test_there_are_timers_where_some_event_carries_clocks_and_nowhere_else() -> None:
    assert read_models(programmes.registry())["timers"].event_types == ["accounts.timed.v1"]
    assert "timers" not in read_models(
        programmes.registry_of([], [programmes.opened, programmes.deposited])
    )
