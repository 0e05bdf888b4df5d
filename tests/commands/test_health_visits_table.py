"""The brief's table of states of a visit: every pair of a state and a command.

The table is written out here once more, by hand and from the brief, so that a mark changed by
mistake in the aggregate is found.
"""

from uuid import UUID

import pytest

from commands.health_visits.ending import ReferPatient
from domain.health_visits import HealthVisit, VisitState
from domain.health_visits.institutions import Specialty
from domain.health_visits.refusals import AlreadyWaiting
from domain.shared.refusals import NotInState
from tests import clinics as c
from tests.scenario import MATTER, Scenario, Step, context, given, shanghai

S = VisitState

TREATED = {S.CONSULTING, S.ADMITTED, S.FINISHED, S.CLOSED, S.DECEASED}
TABLE: dict[str, set[VisitState]] = {
    "reschedule-appointment": {S.BOOKED},
    "delay-appointment": {S.BOOKED},
    "cancel-appointment": {S.BOOKED},
    "mark-no-show": {S.BOOKED},
    "check-in-patient": {S.BOOKED, S.NO_SHOW},
    "triage": {S.WAITING},
    "call-patient": {S.WAITING},
    "mark-absent": {S.CALLED},
    "leave-queue": {S.WAITING},
    "start-consultation": {S.CALLED},
    "record-diagnosis": {S.CONSULTING},
    "order-examination": {S.CONSULTING},
    "record-result": TREATED,
    "acknowledge-result": TREATED,
    "prescribe": {S.CONSULTING},
    "admit-patient": {S.CONSULTING},
    "finish-consultation": {S.CONSULTING},
    "refer-patient": {S.CONSULTING, S.FINISHED},
    "discharge-patient": {S.ADMITTED},
    "amend-record": {S.FINISHED, S.CLOSED},
    "close-visit": {S.FINISHED},
    "record-death": {S.CONSULTING, S.ADMITTED},
}

CRITICAL = (c.examination(), c.result(critical=True))
PATHS: dict[VisitState, tuple[Step, ...]] = {
    S.BOOKED: c.TO_BOOKED,
    S.CANCELLED: (*c.TO_BOOKED, c.cancelled()),
    S.NO_SHOW: (*c.TO_BOOKED, c.missed()),
    S.WAITING: c.TO_WAITING,
    S.CALLED: c.TO_CALLED,
    S.LEFT: (*c.TO_WAITING, c.left()),
    S.CONSULTING: (*c.TO_CONSULTING, *CRITICAL),
    S.ADMITTED: (*c.TO_CONSULTING, *CRITICAL, c.admitted()),
    S.FINISHED: (*c.TO_CONSULTING, *CRITICAL, c.diagnosed(), c.finished()),
    S.CLOSED: (*c.TO_CONSULTING, *CRITICAL, c.diagnosed(), c.finished(), c.closed()),
    S.DECEASED: (*c.TO_CONSULTING, *CRITICAL, c.died()),
}

CONSENT = c.consented(purpose="referral", at=c.CONSENT_STEP_AT)


def consent_id() -> UUID:
    """The id that the second step of every path gives the consent."""
    return context(c.CONSENT_STEP_AT, CONSENT.by, number=1).command_id


REFER = c.step(
    ReferPatient,
    c.DOCTOR_1,
    direction="up",
    target="hospital-2",
    specialty=Specialty.CARDIOLOGY,
    reason="需进一步检查",
    consent_id=consent_id(),
)
ONE_OF_EACH: dict[str, Step] = {
    "reschedule-appointment": c.rescheduled(),
    "delay-appointment": c.delayed(),
    "cancel-appointment": c.cancelled(),
    "mark-no-show": c.missed(),
    "check-in-patient": c.checked_in(at=shanghai("2026-03-02T09:45")),
    "triage": c.triaged(),
    "call-patient": c.called(),
    "mark-absent": c.absent(at=shanghai("2026-03-02T11:30")),
    "leave-queue": c.left(),
    "start-consultation": c.started(),
    "record-diagnosis": c.diagnosed(icd10="J06.9", principal=False),
    "order-examination": c.examination(),
    "record-result": c.result(),
    "acknowledge-result": c.acknowledged(),
    "prescribe": c.prescribed(),
    "admit-patient": c.admitted(),
    "finish-consultation": c.finished(),
    "refer-patient": REFER,
    "discharge-patient": c.discharged(),
    "amend-record": c.amended(),
    "close-visit": c.closed(),
    "record-death": c.died(),
}


def arrived(state: VisitState) -> Scenario:
    opened, *rest = PATHS[state]
    scenario = given(opened, CONSENT, *rest)
    visit = scenario.matters[MATTER]
    assert isinstance(visit, HealthVisit)
    assert visit.state is state
    return scenario


def test_the_aggregate_allows_what_the_brief_allows() -> None:
    declared = {name.replace("_", "-"): states for name, states in HealthVisit.actions.items()}
    assert declared == {name: {str(state) for state in states} for name, states in TABLE.items()}


def test_every_state_and_every_command_is_tried() -> None:
    assert set(PATHS) == set(VisitState)
    assert set(ONE_OF_EACH) == set(TABLE)


@pytest.mark.parametrize("state", VisitState)
@pytest.mark.parametrize("name", TABLE)
def test_a_command_is_allowed_or_refused_by_state(name: str, state: VisitState) -> None:
    answer = arrived(state).when(ONE_OF_EACH[name])
    if state in TABLE[name]:
        assert answer.refused is None
        assert answer.decision is not None
        assert answer.decision.events
    elif name == "check-in-patient" and state in (S.WAITING, S.CALLED):
        answer.then_refused(AlreadyWaiting())
    else:
        allowed = tuple(sorted(command for command, states in TABLE.items() if state in states))
        answer.then_refused(NotInState(state=state, allowed=allowed))


@pytest.mark.parametrize("state", [S.CANCELLED, S.LEFT])
def test_nothing_more_is_possible_at_an_end(state: VisitState) -> None:
    assert arrived(state).matters[MATTER].allowed() == ()
