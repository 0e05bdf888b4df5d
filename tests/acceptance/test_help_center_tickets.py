"""The help centre over a real log: policies that return, share and dispatch, and clocks that ring."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from commands.help_center_tickets.opening import AboutGiven
from domain.help_center_tickets import (
    Channel,
    Holder,
    member_company_id,
    policy_ticket_id,
)
from domain.shared.refusals import IdInUse
from tests import tickets as t
from tests.acceptance.help_centre import HelpCentre, a_help_centre
from tests.infra.reacting.roles import running
from tests.scenario import HUIMIN, Step

VISIT = UUID(int=77)
POLICY_TICKET = policy_ticket_id("care-orders", VISIT, "missed-visit")
TO_COMPANY = t.to(t.COMPANY)


@pytest.fixture
async def centre(database_url: str, namespace: str) -> AsyncIterator[HelpCentre]:
    async with a_help_centre(database_url, namespace) as made:
        yield made


def missed_visit(holder: Holder | None = None) -> Step:
    return t.opened(
        by=HUIMIN,
        ticket_id=None,
        channel=Channel.POLICY,
        caller=None,
        item="A132" if holder is None else t.LAMP,
        about=AboutGiven(program="care-orders", matter_id=VISIT, what="missed-visit"),
        holder_hint=t.to(holder) if holder else None,
    )


async def test_a_policy_event_delivered_twice_makes_one_ticket_with_one_id(
    centre: HelpCentre,
) -> None:
    """Acceptance 8."""
    key = uuid4()
    first = await centre.take(missed_visit(), key=key)
    again = await centre.take(missed_visit(), key=key, process=1)
    assert first.aggregate_id == again.aggregate_id == POLICY_TICKET
    assert (first.replayed, again.replayed) == (False, True)
    with pytest.raises(IdInUse):  # and by whatever other command
        await centre.take(missed_visit())
    assert await centre.names(POLICY_TICKET) == ["ticket-opened", "ticket-classified"]


async def test_a_hinted_ticket_reaches_the_company_and_closes_with_the_reason(
    centre: HelpCentre,
) -> None:
    async with running(centre.runner()):
        await centre.play(*t.MEMBER, missed_visit(t.COMPANY))
        await centre.policies_done()
        assert (await centre.names(POLICY_TICKET))[-1] == "ticket-dispatched"
        done = t.cause_gone()
        named = done.command.model_copy(update={"ticket_id": POLICY_TICKET})
        await centre.take(Step(named, HUIMIN))
    assert (await centre.names(POLICY_TICKET))[-1] == "work-reported"
    company = await centre.names(member_company_id(t.USCC))
    assert company[-2:] == ["ticket-taken", "ticket-given-back"]


async def test_three_merged_callers_are_each_called_back(centre: HelpCentre) -> None:
    """Acceptance 5."""
    async with running(centre.runner()):
        await centre.play(t.opened(1), t.opened(2), t.opened(3), t.classified(3))
        await centre.play(t.merged(1, lead=t.ticket_id(3)), t.merged(2, lead=t.ticket_id(3)))
        await centre.play(t.dispatched(3), t.accepted(3), t.reported_done(3))
        await centre.policies_done()
    await centre.play(t.content(1), t.not_content(2), t.content(3))
    assert (await centre.names(t.ticket_id(1)))[-2:] == ["result-shared", "call-back-answered"]
    assert (await centre.names(t.ticket_id(2)))[-1] == "ticket-reopened"
    assert len(await centre.events("work-reported")) == 1


async def test_the_scheduler_breaches_escalates_and_ends_a_pause(centre: HelpCentre) -> None:
    await centre.play(t.opened(), t.classified(item=t.LIFT), t.dispatched(), t.accepted())
    await centre.play(t.contacted(), t.opened(2), t.classified(2), t.dispatched(2))
    await centre.play(t.accepted(2), t.paused(2))
    async with running(centre.projector(), centre.scheduler()):
        await centre.timers_seen()
        centre.clock.at += timedelta(minutes=121)
        await centre.nothing_due()
        names = await centre.names(t.TICKET)
        assert names[-3:] == ["clock-warned", "clock-breached", "ticket-escalated"]
        centre.clock.at += timedelta(days=4)
        await centre.nothing_due()
    levels = [e.level for e in await centre.decoded(1, "ticket-escalated")]
    assert levels == [1, 2, 3]
    assert "ticket-resumed" in await centre.names(t.ticket_id(2))
