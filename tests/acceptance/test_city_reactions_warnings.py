"""What security inspection is warned of, with the policies of the whole city over a real log."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.early_warnings import Suspicion, watch_id
from domain.help_center_tickets import TicketHeat, ticket_heat_id
from domain.help_center_tickets.heat import LEAST_IN_AN_HOUR
from domain.shared.refusals import Refused
from domain.wifi_sessions.refusals import TooManyCodes, WindowTooWide
from tests import early_warnings as ew
from tests import tickets as t
from tests import wifi as w
from tests.acceptance.town import Town, a_town
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import MONDAY_MORNING, Step

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def town(database_url: str, namespace: str) -> AsyncIterator[Town]:
    async with a_town(Town, database_url, namespace, None, HandClock(MONDAY_MORNING)) as made:
        yield made


async def refused(town: Town, step: Step) -> Refused:
    with pytest.raises(Refused) as caught:
        await town.take(step)
    return caught.value


async def flood(town: Town, person: int) -> None:
    """Somebody asks for more codes than a day has."""
    for _ in range(10):
        town.clock.at += MINUTE
        await town.take(w.code_sent(person))
    town.clock.at += MINUTE
    assert isinstance(await refused(town, w.code_sent(person)), TooManyCodes)


async def warnings(town: Town) -> list[Any]:
    return [town.codec.decode(e) for e in await town.events("warning-raised")]


async def test_floods_of_codes_at_a_hotspot_are_one_warning_within_the_hour(town: Town) -> None:
    await flood(town, 1)
    await flood(town, 2)
    async with running(town.runner()):
        await town.policies_done()
        (warning,) = await warnings(town)
        assert (warning.suspicion, warning.scope, warning.department) == (
            Suspicion.CODE_FLOOD,
            "HS-1",
            "cyberspace",
        )
        of_warning = await town.reader.stream(warning.id)
        assert [e.name for e in of_warning] == ["warning-raised", "warning-repeated"]
        floods = await town.events("code-flood-suspected")
        assert [e.causation_position for e in of_warning] == [e.position for e in floods]
        assert [e.correlation_id for e in of_warning] == [e.correlation_id for e in floods]
        id = warning.id
        await town.play(ew.acknowledged(id), ew.handled(id), ew.closed(id))
        await flood(town, 3)
        await town.policies_done()
    assert [e.scope for e in await warnings(town)] == ["HS-1", "HS-1"]
    watch = await town.names(watch_id(Suspicion.CODE_FLOOD, "HS-1"))
    assert watch == ["watch-begun", "watch-moved"]
    head = await town.reader.head()
    await town.rows("UPDATE policy_checkpoints SET position = 0")
    async with running(town.runner()):
        await town.policies_done()
    assert await town.reader.head() == head


async def test_a_request_for_a_whole_venues_logs_is_a_warning_to_who_runs_huimin(
    town: Town,
) -> None:
    """WiFi acceptance 8 goes on: the attempt is not only in the audit."""
    whole = w.log_requested(hotspot="HS-1", public_ip=None, port=None)
    assert isinstance(await refused(town, whole), WindowTooWide)
    async with running(town.runner()):
        await town.policies_done()
    (warning,) = await warnings(town)
    assert (warning.suspicion, warning.department) == (Suspicion.REFUSED_READS, "data-bureau")
    (attempt,) = await town.events("log-turned-down")
    assert warning.sighting.matter_id == attempt.stream_id
    assert warning.recorded.causation_position == attempt.position


async def test_power_cuts_far_beyond_what_is_usual_warn_emergency_management_once_an_hour(
    town: Town,
) -> None:
    async def tickets(first: int, count: int) -> None:
        for number in range(first, first + count):
            await town.play(t.opened(number), t.classified(number, item="A112"))

    async with running(town.runner()):
        await tickets(1, 1)
        town.clock.at += DAY
        await tickets(2, LEAST_IN_AN_HOUR - 1)
        await town.policies_done()
        assert await warnings(town) == []
        await tickets(2 + LEAST_IN_AN_HOUR, 3)
        await town.policies_done()
    (warning,) = await warnings(town)
    assert (warning.suspicion, warning.scope, warning.district, warning.department) == (
        Suspicion.TICKET_HEAT,
        "A112 330203",
        "330203",
        "emergency",
    )
    heat = await town.reader.stream(ticket_heat_id("A112", "330203"))
    (rose,) = [e for e in heat if e.name == "ticket-heat-rose"]
    decoded: Any = town.codec.decode(rose)
    assert isinstance(decoded, TicketHeat.TicketHeatRose)
    assert decoded.count == LEAST_IN_AN_HOUR
    assert warning.recorded.causation_position == rose.position
    assert warning.recorded.correlation_id == rose.correlation_id
    classified = await town.events("ticket-classified")
    assert rose.causation_position in {e.position for e in classified}


async def test_nobody_acknowledges_and_supervision_hears_of_it(town: Town) -> None:
    async with running(town.runner(), town.projector(), town.scheduler()):
        await flood(town, 1)
        await town.policies_done()
        (warning,) = await warnings(town)
        town.clock.at += HOUR + MINUTE
        await _raised(town, warning.id)
    assert await town.names(warning.id) == ["warning-raised", "clock-breached", "clock-escalated"]


async def _raised(town: Town, warning: UUID) -> None:
    async def both() -> bool:
        await town.timers_seen()
        return (await town.names(warning))[-1] == "clock-escalated"

    await town.until(both)
