"""What access points and orders set off elsewhere in the city, with the policies of the whole city."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.help_center_tickets import Holder, policy_ticket_id
from domain.wifi_sessions.ids import access_point_id
from domain.wifi_sessions.refusals import UserBlocked
from domain.wifi_sessions.values import HotspotKind
from infra.log.records import RecordedEvent
from tests import orders as o
from tests import tickets as t
from tests import wifi as w
from tests.acceptance.town import Town, a_town
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import MONDAY_MORNING

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
OPERATOR_ITEMS = ("A137",)


@pytest.fixture
async def town(database_url: str, namespace: str) -> AsyncIterator[Town]:
    async with a_town(Town, database_url, namespace, None, HandClock(MONDAY_MORNING)) as made:
        yield made


async def down(town: Town) -> datetime:
    """The access point falls silent and is found down; when it was."""
    await town.take(w.heartbeat())
    town.clock.at += 8 * MINUTE
    await town.take(w.declared_down())
    since: datetime = town.clock.at
    return since


def ticket_of(down_since: datetime) -> UUID:
    began = down_since.astimezone(UTC).isoformat(timespec="seconds")
    return policy_ticket_id("wifi-sessions", access_point_id(w.NAS), f"ap-down {began}")


async def first(town: Town, matter: UUID, name: str) -> RecordedEvent:
    return next(e for e in await town.reader.stream(matter) if e.name == name)


async def test_an_access_point_down_beyond_its_limit_is_a_ticket_to_who_runs_it_until_it_is_up(
    town: Town,
) -> None:
    await town.play(t.applied(items=OPERATOR_ITEMS), t.admitted())
    await town.play(w.installed(kind=HotspotKind.STATION, operated_by=t.USCC))
    ticket = ticket_of(since := await down(town))
    async with running(town.runner(), town.projector(), town.scheduler()):
        town.clock.at = since + 4 * HOUR
        await town.timers_seen()
        await town.scheduler_looked()
        await town.policies_done()
        assert await town.names(ticket) == []  # the last instant is in time
        town.clock.at += MINUTE
        await town.poke()
        await town.until(lambda: _is_last(town, ticket, "ticket-dispatched"))
        opened: Any = town.codec.decode(await first(town, ticket, "ticket-opened"))
        classified: Any = town.codec.decode(await first(town, ticket, "ticket-classified"))
        assert (opened.district, opened.place.point) == ("330203", w.SQUARE)
        assert opened.holder_hint == Holder(kind="company", code=t.USCC)
        assert (classified.item, classified.urgency) == ("A137", "urgent")
        await town.take(w.heartbeat(uptime_s=1))
        await town.policies_done()
    assert await town.names(ticket) == [
        "ticket-opened",
        "ticket-classified",
        "ticket-dispatched",
        "work-reported",
    ]
    breach = await first(town, w.AP, "ap-clock-breached")
    repaired = await first(town, w.AP, "ap-repaired")
    of_ticket = await town.reader.stream(ticket)
    assert [e.causation_position for e in of_ticket] == [
        breach.position,
        breach.position,
        of_ticket[1].position,
        repaired.position,
    ]
    assert {e.correlation_id for e in of_ticket[:3]} == {breach.correlation_id}
    assert of_ticket[3].correlation_id == repaired.correlation_id


async def _is_last(town: Town, matter: UUID, name: str) -> bool:
    return (await town.names(matter))[-1:] == [name]


async def test_a_breach_and_a_repair_of_one_decision_are_a_ticket_that_is_closed(
    town: Town,
) -> None:
    """The scheduler was away: the heartbeat that brings it up records the breach before."""
    await town.play(w.installed())
    ticket = ticket_of(since := await down(town))
    town.clock.at = since + 30 * HOUR
    await town.take(w.heartbeat(uptime_s=1))
    async with running(town.runner()):
        await town.policies_done()
    assert await town.names(ticket) == ["ticket-opened", "ticket-classified", "work-reported"]


async def test_each_outage_has_a_ticket_of_its_own_and_one_repaired_in_time_none(
    town: Town,
) -> None:
    await town.play(w.installed())
    outages = [await down(town)]
    for hours in (30, 1, 30):
        town.clock.at += hours * HOUR
        await town.take(w.heartbeat(uptime_s=1))
        town.clock.at += 10 * MINUTE
        outages.append(await down(town))
    async with running(town.runner()):
        await town.policies_done()
    opened = {e.stream_id for e in await town.events("ticket-opened")}
    assert opened == {ticket_of(outages[0]), ticket_of(outages[2])}
    assert len(await town.events("work-reported")) == 2
    assert await town.events("policy-refused") == []


async def test_answers_delivered_again_change_nothing(town: Town) -> None:
    await town.play(w.installed())
    since = await down(town)
    town.clock.at = since + 30 * HOUR
    await town.take(w.heartbeat(uptime_s=1))
    async with running(town.runner()):
        await town.policies_done()
    before = await town.reader.head()
    await town.rows("UPDATE policy_checkpoints SET position = 0")
    async with running(town.runner()):
        await town.policies_done()
    assert await town.reader.head() == before


async def test_a_ticket_that_somebody_has_closed_is_noted_and_stays(town: Town) -> None:
    await town.play(w.installed())
    ticket = ticket_of(since := await down(town))
    town.clock.at = since + 30 * HOUR
    await town.take(w.heartbeat(95, uptime_s=1))
    breach_only = (await first(town, w.AP, "ap-clock-breached")).position
    await town.rows("UPDATE policy_checkpoints SET position = 1000 WHERE policy = 'ap-up-done'")
    async with running(town.runner()):
        await town.until(lambda: _is_last(town, ticket, "ticket-classified"))
        gone = t.cause_gone()
        named = gone.command.model_copy(update={"ticket_id": ticket})
        await town.take(type(gone)(named, gone.by))
    await town.rows("UPDATE policy_checkpoints SET position = %s", breach_only)
    async with running(town.runner()):
        await town.policies_done()
    (noted,) = await town.events("policy-refused")
    refused: Any = town.codec.decode(noted)
    assert (refused.policy, refused.code) == ("ap-up-done", "not-in-state")
    assert (await town.names(ticket)).count("work-reported") == 1


# --- orders ------------------------------------------------------------------------------------


async def online(town: Town, n: int) -> UUID:
    """A device of somebody that surfs."""
    town.clock.at += MINUTE
    session = (await town.take(w.code_sent(1, w.mac(n)))).aggregate_id
    await town.play(w.verified(session), w.access(session))
    await town.take(w.start(session, acct_session_id=f"A{n}", calling_station_id=w.mac(n)))
    return session


async def test_an_order_blocks_somebody_and_ends_each_live_session_until_it_is_lifted(
    town: Town,
) -> None:
    await town.play(w.installed(), t.opened())
    sessions = [await online(town, n) for n in range(2)]
    order = (await town.take(o.requested())).aggregate_id
    async with running(town.runner()):
        await town.take(o.ordered(order))
        await town.policies_done()
        town.clock.at += MINUTE
        with pytest.raises(UserBlocked):
            await town.take(w.code_sent())
        await town.take(o.lifted(order))
        await town.policies_done()
        assert (await town.take(w.code_sent())).first_position
    assert await town.names(order) == [
        "wifi-block-requested",
        "wifi-block-ordered",
        "wifi-block-lifted",
    ]
    of_user = [e for e in await town.reader.stream(w.USER) if "blocked" in e.name]
    assert [e.name for e in of_user] == ["user-blocked", "user-unblocked"]
    _, given, lifted = await town.reader.stream(order)
    assert [e.causation_position for e in of_user] == [given.position, lifted.position]
    ended = [await first(town, session, "disconnect-requested") for session in sessions]
    assert {e.causation_position for e in ended} == {of_user[0].position}
    assert {e.correlation_id for e in (of_user[0], *ended)} == {given.correlation_id}
    head = await town.reader.head()
    await town.rows("UPDATE policy_checkpoints SET position = 0")
    async with running(town.runner()):
        await town.policies_done()
    assert await town.reader.head() == head


async def test_an_order_whose_block_the_police_have_lifted_waits_and_is_noted(town: Town) -> None:
    await town.take(t.opened())
    order = (await town.take(o.requested())).aggregate_id
    async with running(town.runner()):
        await town.take(o.ordered(order))
        await town.policies_done()
        await town.take(w.unblocked())
        await town.take(o.lifted(order))
        await town.policies_done()
    (noted,) = await town.events("policy-refused")
    refused: Any = town.codec.decode(noted)
    assert (refused.policy, refused.code) == ("order-blocks-user", "not-blocked")
    assert noted.correlation_id == (await first(town, order, "wifi-block-lifted")).correlation_id
