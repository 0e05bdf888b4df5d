"""The brief's tables of states: every pair of a state and a command, allowed or refused.

The tables are written out here once more, by hand and from the brief, so that a mark changed by
mistake in an aggregate is found.
"""

from typing import Any

import pytest

from domain.help_center_tickets import HelpTicket, Kind, KnowledgeArticle, MemberCompany, State
from domain.help_center_tickets.knowledge import ServiceItem
from domain.help_center_tickets.states import ArticleState, CompanyState, ItemState, SuspensionCause
from domain.shared.refusals import NotInState
from tests import tickets as t
from tests.scenario import Step
from tests.tickets import World, world

S = State
LIVE = {
    S.OPEN,
    S.CLASSIFIED,
    S.DISPATCHED,
    S.RETURNED,
    S.WORKING,
    S.PAUSED,
    S.CALLING_BACK,
}
HELD = {S.DISPATCHED, S.WORKING, S.PAUSED}

TABLE: dict[str, set[State]] = {
    "hand-over-emergency": {S.OPEN},
    "classify": {S.OPEN},
    "reclassify": {S.CLASSIFIED, S.DISPATCHED, S.RETURNED, S.WORKING},
    "merge-into": {S.OPEN, S.CLASSIFIED},
    "undo-merge": {S.MERGED},
    "share-result": {S.MERGED},
    "decline": {S.OPEN, S.CLASSIFIED},
    "answer-from-knowledge": {S.CLASSIFIED},
    "dispatch": {S.CLASSIFIED, S.RETURNED},
    "accept": {S.DISPATCHED},
    "return-to-centre": {S.DISPATCHED},
    "arbitrate": {S.RETURNED},
    "transfer": {S.WORKING},
    "take-back": HELD,
    "record-contact": HELD,
    "quote": {S.WORKING},
    "accept-quote": {S.WORKING},
    "pause": {S.WORKING},
    "resume": {S.PAUSED},
    "extend-deadline": {S.WORKING},
    "urge": HELD,
    "supervise": HELD,
    "request-statement": HELD | {S.CLASSIFIED},
    "record-statement": HELD | {S.CLASSIFIED},
    "report-done": {S.WORKING},
    "report-cause-gone": HELD | {S.OPEN, S.CLASSIFIED, S.RETURNED},
    "record-call-back": {S.CALLING_BACK},
    "reopen": {S.CLOSED},
    "prove-misconduct": {S.CLOSED},
    "withdraw": LIVE,
    "escalate": LIVE,
    "request-unsealing": LIVE | {S.CLOSED},
    "approve-unsealing": LIVE | {S.CLOSED},
}

ONE_OF_EACH: dict[str, Step] = {
    "hand-over-emergency": t.handed_over(),
    "classify": t.classified(),
    "reclassify": t.reclassified(),
    "merge-into": t.merged(),
    "undo-merge": t.merge_undone(),
    "share-result": t.result_shared(),
    "decline": t.declined(),
    "answer-from-knowledge": t.answered_from_article(),
    "dispatch": t.dispatched(),
    "accept": t.accepted(by=t.AGENT),
    "return-to-centre": t.returned(by=t.AGENT),
    "arbitrate": t.arbitrated(),
    "transfer": t.transferred(by=t.AGENT),
    "take-back": t.taken_back(),
    "record-contact": t.contacted(by=t.AGENT),
    "quote": t.quoted(by=t.AGENT),
    "accept-quote": t.quote_accepted(),
    "pause": t.paused(by=t.AGENT),
    "resume": t.resumed(by=t.AGENT),
    "extend-deadline": t.extended(),
    "urge": t.urged(),
    "supervise": t.supervised(),
    "request-statement": t.statement_requested(),
    "record-statement": t.statement_recorded(),
    "report-done": t.reported_done(by=t.AGENT),
    "report-cause-gone": t.cause_gone(),
    "record-call-back": t.content(),
    "reopen": t.reopened(),
    "prove-misconduct": t.misconduct_proven(),
    "withdraw": t.withdrawn(),
    "escalate": t.escalated(),
    "request-unsealing": t.unsealing_requested(),
    "approve-unsealing": t.unsealing_approved(),
}
"""Every command on a ticket once, sound but for the state that it may meet."""

# A company with a paid service, whom the ticket accuses of nothing: so that every command has what
# it needs besides the state. Ticket 2 is one to merge into, of the same service.
COMPANY = (*t.MEMBER, t.article(item=t.DRAIN))
NEW = (*COMPANY, t.opened(2), t.opened())
CLASSIFIED = (
    *COMPANY,
    t.opened(2),
    t.classified(2, item=t.DRAIN),
    t.opened(),
    t.classified(item=t.DRAIN),
)
DISPATCHED = (*CLASSIFIED, t.dispatched(holder=t.to(t.COMPANY)))
WORKING = (*DISPATCHED, t.accepted(by=t.STAFF))
DONE = (*WORKING, t.reported_done(by=t.STAFF))

# How to come into each state.
PATHS: dict[State, tuple[Step, ...]] = {
    S.OPEN: NEW,
    S.CLASSIFIED: CLASSIFIED,
    S.DISPATCHED: DISPATCHED,
    S.RETURNED: (*DISPATCHED, t.returned(by=t.STAFF)),
    S.WORKING: WORKING,
    S.PAUSED: (*WORKING, t.paused(by=t.STAFF)),
    S.CALLING_BACK: DONE,
    S.MERGED: (*CLASSIFIED, t.merged()),
    S.CLOSED: (*DONE, t.content()),
    S.HANDED_OVER: (*NEW, t.handed_over()),
    S.DECLINED: (*NEW, t.declined()),
    S.WITHDRAWN: (*NEW, t.withdrawn()),
}

ACCUSED = {"request-statement", "record-statement", "request-unsealing", "approve-unsealing"}
"""Tried on a report about another company: only there is someone accused, and an identity sealed."""

AGAIN = (
    t.returned(by=t.AGENT),
    t.dispatched(holder=t.to(t.COMPANY)),
    t.returned(by=t.AGENT),
)
# What a command needs in a state besides being allowed there.
BEFORE: dict[tuple[str, State], tuple[Step, ...]] = {
    ("accept-quote", S.WORKING): (t.quoted(by=t.AGENT),),
    ("arbitrate", S.RETURNED): AGAIN[1:],
    **{("approve-unsealing", state): (t.unsealing_requested(),) for state in LIVE | {S.CLOSED}},
}


def reporting(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The same path for a report about another company."""
    about: dict[str, Any] = {"kind": Kind.REPORT, "accused": (t.OTHER_USCC,)}
    first = {t.ticket_id(n): t.opened(n, **about) for n in (1, 2)}
    return tuple(
        first[step.command.ticket_id]  # type: ignore[attr-defined]  # an OpenTicket
        if type(step.command).__name__ == "OpenTicket"
        else step
        for step in steps
    )


def arrived(state: State, name: str) -> World:
    steps = reporting(PATHS[state]) if name in ACCUSED else PATHS[state]
    made = world(*steps)
    assert made.ticket().state is state
    return made


def step_of(name: str) -> Step:
    step = ONE_OF_EACH[name]
    if name in ("request-statement", "record-statement"):
        command = step.command.model_copy(update={"accused": t.OTHER_USCC})
        return Step(command, step.by)
    return step


def test_the_aggregate_allows_what_the_brief_allows() -> None:
    declared = {n.replace("_", "-"): states for n, states in HelpTicket.actions.items()}
    assert declared == {name: {str(state) for state in states} for name, states in TABLE.items()}


def test_every_state_and_every_command_is_tried() -> None:
    assert set(PATHS) == set(State)
    assert set(ONE_OF_EACH) == set(TABLE)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", TABLE)
def test_a_command_is_allowed_or_refused_by_state(name: str, state: State) -> None:
    made = arrived(state, name)
    if state in TABLE[name]:
        made.run(*BEFORE.get((name, state), ()))
        assert made.decide(step_of(name)).events
    else:
        allowed = tuple(sorted(command for command, states in TABLE.items() if state in states))
        assert made.refused(step_of(name)) == NotInState(state=state, allowed=allowed)


@pytest.mark.parametrize("state", [S.HANDED_OVER, S.DECLINED, S.WITHDRAWN])
def test_nothing_more_is_possible_at_an_end(state: State) -> None:
    assert world(*PATHS[state]).ticket().allowed() == ()


# --- members -----------------------------------------------------------------------------------

M = CompanyState
MEMBER_TABLE: dict[str, set[CompanyState]] = {
    "admit-member": {M.APPLIED},
    "change-services": {M.ADMITTED, M.SUSPENDED},
    "set-capacity": {M.ADMITTED, M.SUSPENDED},
    "renew-licence": {M.APPLIED, M.ADMITTED, M.SUSPENDED},
    "suspend-member": {M.APPLIED, M.ADMITTED, M.SUSPENDED},
    "reinstate-member": {M.SUSPENDED},
    "expel-member": {M.ADMITTED, M.SUSPENDED},
}
MEMBER_PATHS: dict[CompanyState, tuple[Step, ...]] = {
    M.APPLIED: (t.applied(),),
    M.ADMITTED: t.MEMBER,
    M.SUSPENDED: (*t.MEMBER, t.suspended(cause=SuspensionCause.LISTED)),
    M.EXPELLED: (*t.MEMBER, t.expelled()),
}
OF_MEMBERS: dict[str, Step] = {
    "admit-member": t.admitted(),
    "change-services": t.services_changed(),
    "set-capacity": t.capacity_set(),
    "renew-licence": t.licence_renewed(),
    "suspend-member": t.suspended(),
    "reinstate-member": t.reinstated(cause=SuspensionCause.LISTED),
    "expel-member": t.expelled(),
}


def test_members_and_what_the_centre_knows_allow_what_they_should() -> None:
    of_members = {n.replace("_", "-"): states for n, states in MemberCompany.actions.items()}
    assert of_members == {n: {str(s) for s in states} for n, states in MEMBER_TABLE.items()}
    assert ServiceItem.actions == {
        "publish_service_item": {ItemState.OFFERED, ItemState.RETIRED},
        "retire_service_item": {ItemState.OFFERED},
    }
    assert KnowledgeArticle.actions == {
        "revise_article": {ArticleState.PUBLISHED},
        "retire_article": {ArticleState.PUBLISHED},
    }
    assert set(MEMBER_PATHS) == set(CompanyState)
    assert set(OF_MEMBERS) == set(MEMBER_TABLE)


@pytest.mark.parametrize("state", CompanyState)
@pytest.mark.parametrize("name", MEMBER_TABLE)
def test_a_command_on_a_member_is_allowed_or_refused_by_state(
    name: str, state: CompanyState
) -> None:
    made = world(*MEMBER_PATHS[state])
    assert made.company().state is state
    if state in MEMBER_TABLE[name]:
        assert made.decide(OF_MEMBERS[name]).events
    elif (name, state) == ("suspend-member", M.EXPELLED):
        assert not made.decide(OF_MEMBERS[name]).events  # nothing is left to suspend
    else:
        refused = made.refused(OF_MEMBERS[name])
        assert isinstance(refused, NotInState)
        assert refused.state == state


@pytest.mark.parametrize("retired", [False, True])
def test_articles_and_services_that_ended_take_no_more_changes(retired: bool) -> None:
    made = world(t.article(), t.service_published())
    if not retired:
        made.run(t.article_revised(), t.article_retired(), t.service_retired())
    else:
        made.run(t.article_retired(), t.service_retired())
        assert made.refused(t.article_revised()).code == "not-in-state"
        assert made.refused(t.article_retired()).code == "not-in-state"
        assert made.refused(t.service_retired()).code == "not-in-state"
        made.run(t.service_published())  # given again
