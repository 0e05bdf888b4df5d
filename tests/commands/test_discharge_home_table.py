"""The way home from a hospital in every state: what moves it, and what changes nothing."""

from typing import Any
from uuid import UUID

import pytest

from commands.discharge_home import (
    NoteVerifiedVisit,
    NoteWaitingList,
)
from domain.care_orders import Mode
from domain.discharge_home import DischargeHome, State
from domain.shared.refusals import NotInState
from infra.discovery import discover
from tests import care as c
from tests import discharges as d
from tests import visits as v
from tests.scenario import (
    Step,
    given,
    shanghai,
)

D = DischargeHome
S = State
OTHER_STAY = UUID(int=77)


# --- every state and every command -------------------------------------------------------------

OPEN = {S.TO_ASK, S.ASKED, S.WAITING, S.SERVED}
UNSERVED = OPEN - {S.SERVED}

OTHER_PROVIDER = d.provider_found(provider=c.OTHER_USCC)
ONE_OF_EACH: dict[str, tuple[Step, set[State], type[Any]]] = {
    "begin": (d.begun(OTHER_STAY), set(S), D.DischargeBegunAnew),
    "begin-again": (d.begun(), set(), D.DischargeBegunAnew),
    "note-care-request": (d.day_request_seen(), OPEN, D.CareRequestSeen),
    "note-known-request": (d.request_seen(), {S.TO_ASK}, D.CareRequestSeen),
    "note-provider": (OTHER_PROVIDER, OPEN, D.ProviderFound),
    "note-care-visit": (d.visited(), OPEN, D.HomecomingCompleted),
    "note-care-end": (d.care_ended(), OPEN - {S.TO_ASK}, D.HomecomingEnded),
    "end-readmitted": (d.over(), OPEN, D.HomecomingEnded),
    "recall": (d.recalled(), set(S) - {S.RECALLED}, D.DischargeRecalled),
    "recall-other": (d.recalled(consent_id=d.OTHER_CONSENT), set(), D.DischargeRecalled),
}


def test_every_state_is_reached_and_every_command_is_tried() -> None:
    assert set(d.PATHS) == set(S)
    for state, path in d.PATHS.items():
        assert d.way_home(given(*path)).state is state
        assert d.row(given(*path)).state is state
    own = {s.model for s in discover().commands.values() if s.program == "discharge-home"}
    tried = {type(step.command) for step, _, _ in ONE_OF_EACH.values()}
    others = {type(d.handed_over().command), NoteWaitingList, NoteVerifiedVisit}
    assert tried | others == own


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_what_it_is_told_moves_it_or_changes_nothing(name: str, state: State) -> None:
    step, moves, event = ONE_OF_EACH[name]
    decision = given(*d.PATHS[state]).run(step)
    found = [type(e) for e in decision.events if isinstance(e, tuple(D.events.values()))]
    expected = [event] if state in moves else []
    if (name, state) == ("begin", S.RECALLED):
        expected.append(D.DischargeRecalled)  # its consent stays withdrawn
    assert found == expected


@pytest.mark.parametrize("state", S)
def test_care_is_asked_for_while_nobody_serves_the_elder(state: State) -> None:
    scenario = given(*d.PATHS[state])
    answer = scenario.when(d.handed_over(Mode.DAY_CARE))
    if state in UNSERVED:
        assert answer.refused is None
        assert d.order_sent(scenario, Mode.DAY_CARE) in d.way_home(scenario).orders
    else:
        answer.then_refused(NotInState(state=state, allowed=()))


@pytest.mark.parametrize("state", S)
def test_a_waiting_list_tells_the_community_once_and_only_of_who_comes_home(state: State) -> None:
    scenario = given(*d.PATHS[state])
    if d.HOME_ORDER not in scenario.matters:
        scenario.after(c.requested(d.HOME_ORDER, at=shanghai("2026-03-02T11:00")))
        scenario.after(d.request_seen())
    events = scenario.run(d.waiting_seen()).events
    assert [type(e) for e in events] == ([D.CommunityTold] if state in {S.TO_ASK, S.ASKED} else [])


@pytest.mark.parametrize("state", S)
def test_a_visit_that_somebody_vouches_for_is_a_visit(state: State) -> None:
    scenario = given(*d.PATHS[state])
    order = d.HOME_ORDER
    if order not in scenario.matters:
        scenario.after(c.requested(order, at=shanghai("2026-03-02T11:00")))
    scenario.after(*c.PROVIDERS, c.assessed(order=order), c.proposed(order=order))
    scenario.after(c.accepted(order), c.assigned(order), v.scheduled(order=order), *v.done())
    events = scenario.run(d.verified_seen()).events
    assert [type(e) for e in events] == ([D.HomecomingCompleted] if state in OPEN else [])


@pytest.mark.parametrize(
    "step",
    [
        d.request_seen(),
        d.provider_found(),
        d.visited(),
        d.care_ended(),
        d.over(),
        d.recalled(),
        d.waiting_seen(),
        d.verified_seen(),
    ],
    ids=lambda step: type(step.command).__name__,
)
def test_of_an_elder_who_was_in_no_hospital_nothing_is_recorded(step: Step) -> None:
    assert given(*d.AGREED).run(step).events == ()
    elsewhere = given(*d.AGREED, c.requested(d.HOME_ORDER))
    assert elsewhere.run(step).events == ()
