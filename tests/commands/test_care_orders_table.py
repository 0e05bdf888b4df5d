"""The brief's tables of states: every pair of a state and a command, allowed or refused.

The tables are written out here once more, by hand and from the brief, so that a mark changed by
mistake in an aggregate is found.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

import pytest

from domain.care_orders import (
    CareOrder,
    Mode,
    MonthlySettlement,
    OrderState,
    SettlementState,
    Visit,
    VisitState,
)
from domain.shared.refusals import NotInState
from tests import care as c
from tests import visits as v
from tests.scenario import Scenario, Step, given, shanghai

O = OrderState  # noqa: E741  # short, as in the tables
V = VisitState
M = SettlementState

# --- orders ------------------------------------------------------------------------------------

SERVED = {O.ACTIVE, O.SUSPENDED}
LIVE = set(O) - {O.ENDED}

ORDERS: dict[str, set[OrderState]] = {
    "record-first-contact": {O.REQUESTED},
    "pause-assessment": {O.REQUESTED, *SERVED},
    "resume-assessment": {O.REQUESTED, *SERVED},
    "record-assessment": {O.REQUESTED, *SERVED},
    "propose-plan": {O.ASSESSED},
    "accept-plan": {O.PLANNED},
    "decline-plan": {O.PLANNED},
    "assign-provider": {O.WAITING},
    "join-waiting-list": {O.WAITING},
    "schedule-visit": {O.ACTIVE},
    "suspend": {O.ACTIVE},
    "resume": {O.SUSPENDED},
    "release-held-place": {O.SUSPENDED},
    "transfer-provider": {O.ACTIVE},
    "propose-transfer": {O.ACTIVE},
    "rate-service": SERVED,
    "request-reassessment": SERVED,
    "withdraw-consent": LIVE,
    "end-care": LIVE,
    "recall-care": set(O),
}

LATER = shanghai("2026-03-04T09:00")
MUCH_LATER = shanghai("2026-04-20T09:00")

# Every world has a visit that was made by an order of its own, so that there is one to rate.
PATHS: dict[OrderState, tuple[Step, ...]] = {
    O.REQUESTED: (*c.PROVIDERS, c.requested()),
    O.ASSESSED: (*c.PROVIDERS, *c.ASSESSED),
    O.PLANNED: (*c.PROVIDERS, *c.ASSESSED, c.proposed()),
    O.WAITING: c.WAITING,
    O.ACTIVE: v.COMPLETED,
    O.SUSPENDED: (*v.COMPLETED, c.suspended()),
    O.ENDED: (*v.COMPLETED, c.ended()),
}

ONE_OF_EACH: dict[str, Step] = {
    "record-first-contact": c.contacted(),
    "pause-assessment": c.assessment_paused(),
    "resume-assessment": c.assessment_resumed(),
    "record-assessment": c.assessed(),
    "propose-plan": c.proposed(),
    "accept-plan": c.accepted(),
    "decline-plan": c.declined(),
    "assign-provider": c.assigned(),
    "join-waiting-list": c.waiting_joined(),
    "schedule-visit": v.scheduled(UUID(int=7), start=LATER),
    "suspend": c.suspended(),
    "resume": c.resumed(),
    "release-held-place": c.place_released(),
    "transfer-provider": c.transferred(),
    "propose-transfer": c.transfer_proposed(),
    "rate-service": c.rated(),
    "request-reassessment": c.reassessment(),
    "withdraw-consent": c.consent_withdrawn(),
    "end-care": c.ended(),
    "recall-care": c.recalled(),
}

# What a command needs in a state besides being allowed there.
REASSESSING = (c.reassessment(),)
BEFORE: dict[tuple[str, OrderState], tuple[Step, ...]] = {
    ("resume-assessment", O.REQUESTED): (c.assessment_paused(),),
    **{("pause-assessment", state): REASSESSING for state in SERVED},
    **{("resume-assessment", state): (*REASSESSING, c.assessment_paused()) for state in SERVED},
    ("join-waiting-list", O.WAITING): (c.capacity_changed(home_places=0),),
}
AT = {"release-held-place": MUCH_LATER}


def order_arrived(state: OrderState) -> Scenario:
    scenario = given(*PATHS[state])
    assert v.order_in(scenario).state is state
    return scenario


def declared(kind: type[CareOrder | Visit | MonthlySettlement]) -> dict[str, set[str]]:
    return {name.replace("_", "-"): set(states) for name, states in kind.actions.items()}


def as_texts(table: Mapping[str, Iterable[StrEnum]]) -> dict[str, set[str]]:
    return {name: {str(state) for state in states} for name, states in table.items()}


def test_the_aggregates_allow_what_the_brief_allows() -> None:
    assert declared(CareOrder) == as_texts(ORDERS)
    assert declared(Visit) == as_texts(VISITS)
    assert declared(MonthlySettlement) == as_texts(SETTLEMENTS)


def test_every_state_and_every_command_is_tried() -> None:
    assert set(PATHS) == set(O)
    assert set(ONE_OF_EACH) == set(ORDERS)
    assert set(VISIT_PATHS) == set(V)
    assert set(ONE_OF_EACH_VISIT) == set(VISITS)
    assert set(SETTLEMENT_PATHS) == set(M)
    assert set(ONE_OF_EACH_SETTLEMENT) == set(SETTLEMENTS)


@pytest.mark.parametrize("state", O)
@pytest.mark.parametrize("name", ORDERS)
def test_an_order_is_open_to_a_command_or_not(name: str, state: OrderState) -> None:
    scenario = order_arrived(state)
    if state in ORDERS[name]:
        scenario.after(*BEFORE.get((name, state), ()))
        answer = scenario.when(ONE_OF_EACH[name], at=AT.get(name))
        assert answer.refused is None
        assert answer.decision is not None
        assert answer.decision.events
    else:
        allowed = tuple(sorted(command for command, states in ORDERS.items() if state in states))
        scenario.when(ONE_OF_EACH[name]).then_refused(NotInState(state=state, allowed=allowed))


# --- visits ------------------------------------------------------------------------------------

PAYABLE = {V.COMPLETED, V.NEEDS_REVIEW, V.VERIFIED, V.DISPUTED, V.SETTLED}

VISITS: dict[str, set[VisitState]] = {
    "reassign": {V.SCHEDULED},
    "cancel-visit": {V.SCHEDULED},
    "check-in": {V.SCHEDULED, V.MISSED},
    "mark-missed": {V.SCHEDULED},
    "record-contact": {V.MISSED},
    "resolve-missed": {V.MISSED},
    "check-out": {V.STARTED},
    "close-forgotten": {V.STARTED},
    "verify-visit": {V.COMPLETED, V.NEEDS_REVIEW},
    "dispute-visit": {V.COMPLETED, V.NEEDS_REVIEW},
    "resolve-dispute": {V.DISPUTED},
    "include-in-settlement": {V.VERIFIED},
    "reclaim-visit": PAYABLE,
}

THREE_HOURS = timedelta(hours=3)

VISIT_PATHS: dict[VisitState, tuple[Step, ...]] = {
    V.SCHEDULED: v.SCHEDULED,
    V.CANCELLED: (*v.SCHEDULED, v.cancelled()),
    V.STARTED: v.STARTED,
    V.MISSED: v.MISSED,
    V.RESOLVED: (*v.MISSED, v.resolved()),
    V.COMPLETED: v.COMPLETED,
    V.NEEDS_REVIEW: (*v.STARTED, v.left_open(at=v.START + THREE_HOURS)),
    V.VERIFIED: v.VERIFIED,
    V.DISPUTED: (*v.COMPLETED, v.disputed()),
    V.REJECTED: (*v.COMPLETED, v.disputed(), v.dispute_resolved(upheld=True)),
    V.SETTLED: v.SETTLED,
    V.RECLAIMED: (*v.SETTLED, v.reclaimed()),
}

ONE_OF_EACH_VISIT: dict[str, Step] = {
    "reassign": v.reassigned(),
    "cancel-visit": v.cancelled(),
    "check-in": v.checked_in(at=v.START + 40 * v.MINUTE),
    "mark-missed": v.missed(at=v.START + THREE_HOURS),
    "record-contact": v.contact_tried(),
    "resolve-missed": v.resolved(),
    "check-out": v.checked_out(at=v.START + v.HOUR),
    "close-forgotten": v.left_open(at=v.START + 2 * THREE_HOURS),
    "verify-visit": v.verified(),
    "dispute-visit": v.disputed(),
    "resolve-dispute": v.dispute_resolved(),
    "include-in-settlement": v.settled(),
    "reclaim-visit": v.reclaimed(),
}


@pytest.mark.parametrize("state", V)
@pytest.mark.parametrize("name", VISITS)
def test_a_visit_is_open_to_a_command_or_not(name: str, state: VisitState) -> None:
    scenario = given(*VISIT_PATHS[state])
    assert v.visit_in(scenario).state is state
    answer = scenario.when(ONE_OF_EACH_VISIT[name])
    if state in VISITS[name]:
        assert answer.refused is None
        assert answer.decision is not None
        assert answer.decision.events
    else:
        allowed = tuple(sorted(command for command, states in VISITS.items() if state in states))
        answer.then_refused(NotInState(state=state, allowed=allowed))


@pytest.mark.parametrize("state", [V.CANCELLED, V.RESOLVED, V.REJECTED, V.RECLAIMED])
def test_nothing_more_is_possible_at_an_end(state: VisitState) -> None:
    assert v.visit_in(given(*VISIT_PATHS[state])).allowed() == ()


# --- settlements -------------------------------------------------------------------------------

SETTLEMENTS: dict[str, set[SettlementState]] = {
    "confirm-settlement": {M.DRAFTED},
    "pay-settlement": {M.CONFIRMED},
}
SETTLEMENT_PATHS: dict[SettlementState, tuple[Step, ...]] = {
    M.DRAFTED: v.SETTLED,
    M.CONFIRMED: (*v.SETTLED, v.confirmed()),
    M.PAID: (*v.SETTLED, v.confirmed(), v.paid()),
}
ONE_OF_EACH_SETTLEMENT: dict[str, Step] = {
    "confirm-settlement": v.confirmed(),
    "pay-settlement": v.paid(),
}


@pytest.mark.parametrize("state", M)
@pytest.mark.parametrize("name", SETTLEMENTS)
def test_a_settlement_is_open_to_a_command_or_not(name: str, state: SettlementState) -> None:
    scenario = given(*SETTLEMENT_PATHS[state])
    found = scenario.matters[c.MARCH]
    assert isinstance(found, MonthlySettlement)
    assert found.state is state
    answer = scenario.when(ONE_OF_EACH_SETTLEMENT[name])
    if state in SETTLEMENTS[name]:
        assert answer.refused is None
    else:
        allowed = tuple(sorted(n for n, states in SETTLEMENTS.items() if state in states))
        answer.then_refused(NotInState(state=state, allowed=allowed))


def test_a_refused_command_changes_nothing() -> None:
    scenario = given(*c.ACTIVE)
    version = v.order_in(scenario).version
    scenario.when(c.assigned())
    assert v.order_in(scenario).version == version
    assert v.order_in(scenario).mode is Mode.HOME
