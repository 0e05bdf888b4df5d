"""What care asks of itself: each reaction plays its commands on the same world."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from commands.base import Command
from commands.health_visits.given import PatientGiven
from commands.policies import care_orders as policies
from domain.care_orders import (
    CareOrder,
    Elder,
    Mode,
    OrderState,
    ProviderCapacity,
    Visit,
    VisitState,
)
from domain.care_orders.refusals import ConsentMissing
from domain.care_orders.states import EndReason, StopGround, SuspensionReason
from domain.company_registration import CompanyRegistration
from domain.credit_records import CreditRecord
from domain.health_visits import HealthVisit
from domain.shared.aggregate import EventBase
from domain.shared.refusals import NotInState, Refused
from tests import care as c
from tests import clinics as h
from tests import credits as credit
from tests import registrations as r
from tests import visits as v
from tests.scenario import HUIMIN, Scenario, Step, given, shanghai

INSTITUTION = c.order_number(2)


def asked(policy: Callable[[Any], Any], event: EventBase) -> list[Command]:
    """The commands that a policy asks for."""
    came = policy(event)
    if came is None:
        return []
    return [came] if isinstance(came, Command) else list(came)


def reacted(
    scenario: Scenario, policy: Callable[[Any], Any], *kinds: type[EventBase]
) -> list[Refused | None]:
    """What came of the commands that a policy asks for after the last event of these kinds."""
    event = next(e for e in reversed(scenario.happened) if isinstance(e, kinds))
    return [scenario.when(Step(one, HUIMIN)).refused for one in asked(policy, event)]


def test_a_revoked_licence_stops_the_provider_and_tells_its_families() -> None:
    scenario = given(*c.ACTIVE)
    revoked = given(*r.REGISTERED, r.revoked()).happened[-1]
    assert isinstance(revoked, CompanyRegistration.LicenceRevoked)
    (stop,) = asked(policies.when_a_company_is_barred, revoked)
    assert scenario.when(Step(stop, HUIMIN)).refused is None
    stopped = ProviderCapacity.AssignmentsStopped
    assert reacted(scenario, policies.when_a_provider_is_stopped, stopped) == [None]
    proposed = scenario.happened[-1]
    assert isinstance(proposed, CareOrder.TransferProposed)
    assert (proposed.provider, proposed.ground) == (c.USCC, StopGround.LICENCE_REVOKED)


def test_a_black_list_stops_the_provider_until_it_is_off_it() -> None:
    listing, delisting = (
        e
        for e in given(*credit.LISTED, credit.delisted(record=credit.ENTRY)).happened
        if isinstance(e, CreditRecord.SubjectListed | CreditRecord.SubjectDelisted)
    )
    scenario = given(*c.ACTIVE)
    (stop,) = asked(policies.when_a_company_is_barred, listing)
    scenario.run(Step(stop, HUIMIN))
    stopped = ProviderCapacity.AssignmentsStopped
    assert reacted(scenario, policies.when_a_provider_is_stopped, stopped) == [None]
    proposed = scenario.happened[-1]
    assert isinstance(proposed, CareOrder.TransferProposed)
    assert proposed.ground is StopGround.CREDIT_LISTED
    (allow,) = asked(policies.when_a_company_is_delisted, delisting)
    scenario.run(Step(allow, HUIMIN))
    assert isinstance(scenario.happened[-1], ProviderCapacity.AssignmentsAllowed)


def test_neither_a_red_list_nor_a_persons_concerns_a_provider() -> None:
    good = given(*credit.RED_LISTED, credit.notified(), credit.decided(at=credit.PLEA_OVER))
    court = credit.decided(at=credit.PLEA_OVER, by=credit.COURT_2)
    bad = given(credit.person_opened(), credit.court_notified(), court)
    bad.run(credit.delisted(record=credit.ENTRY, sender=credit.COURT_1))
    listed = [e for e in good.happened + bad.happened if isinstance(e, CreditRecord.SubjectListed)]
    off = [e for e in good.happened + bad.happened if isinstance(e, CreditRecord.SubjectDelisted)]
    assert (len(listed), len(off)) == (3, 2)
    stops = [asked(policies.when_a_company_is_barred, e) for e in listed]
    assert [len(commands) for commands in stops] == [0, 1, 0]
    assert [asked(policies.when_a_company_is_delisted, e) for e in off] == [[], []]


def test_a_place_that_becomes_free_goes_to_the_first_who_waits() -> None:
    steps = (c.provider(beds=("1-1",)), *c.planned(mode=Mode.INSTITUTION), c.assigned())
    waits = c.planned(INSTITUTION, Mode.INSTITUTION, who=2)
    scenario = given(*steps, *waits)
    scenario.when(c.assigned(INSTITUTION))
    scenario.run(c.ended())
    released = ProviderCapacity.PlaceReleased
    assert reacted(scenario, policies.when_a_place_is_free, released) == [None]
    assert v.order_in(scenario, INSTITUTION).state is OrderState.ACTIVE


def test_a_rest_a_transfer_and_an_end_call_off_the_visits_to_come() -> None:
    for step in (c.suspended(), c.transferred(), c.ended()):
        scenario = given(*v.SCHEDULED, step)
        kinds = (CareOrder.CareSuspended, CareOrder.ProviderChanged, CareOrder.CareEnded)
        assert reacted(scenario, policies.when_nobody_is_to_come, *kinds) == [None]
        assert v.visit_in(scenario).state is VisitState.CANCELLED


def test_a_verified_visit_is_settled_and_a_rejected_one_is_not() -> None:
    scenario = given(*v.VERIFIED)
    verified = Visit.VisitVerified
    assert reacted(scenario, policies.when_a_visit_is_verified, verified) == [None]
    assert v.visit_in(scenario).state is VisitState.SETTLED
    for upheld, count in ((True, 0), (False, 1)):
        step = v.dispute_resolved(upheld=upheld)
        decided = given(*v.COMPLETED, v.disputed(), step).happened[-1]
        assert len(asked(policies.when_a_visit_is_verified, decided)) == count


def both_orders() -> Scenario:
    """One elder with care at home, active, and a request for an institution."""
    return given(*v.SCHEDULED, c.requested(INSTITUTION, mode=Mode.INSTITUTION))


def in_hospital(kind: type[EventBase], *steps: Step, who: int = 1) -> EventBase:
    """What a hospital recorded of an elder who saw a doctor there."""
    patient = PatientGiven(name="王明", resident_id=c.resident(who))
    seen = (h.session_opened(), h.booked(patient=patient), *h.TO_CONSULTING[4:])
    return next(e for e in given(*seen, *steps).happened if isinstance(e, kind))


STAY: tuple[tuple[Callable[[Any], Any], EventBase, dict[str, Any]], ...] = (
    (
        policies.when_a_patient_is_admitted,
        in_hospital(HealthVisit.PatientAdmitted, h.admitted()),
        {},
    ),
    (
        policies.when_a_patient_is_discharged,
        in_hospital(HealthVisit.PatientDischarged, h.admitted(), h.discharged(barthel=70)),
        {"functional_loss": True},
    ),
    (
        policies.when_a_patient_is_discharged,
        in_hospital(HealthVisit.PatientDischarged, h.admitted(), h.discharged(barthel=75)),
        {"functional_loss": False},
    ),
    (
        policies.when_a_patient_died,
        in_hospital(HealthVisit.DeathRecorded, h.died()),
        {"on": h.DAY},
    ),
)


@pytest.mark.parametrize(("policy", "event", "told"), STAY)
def test_what_a_hospital_records_is_noted_of_the_elder_it_is_about(
    policy: Callable[[Any], Any], event: EventBase, told: dict[str, Any]
) -> None:
    (command,) = asked(policy, event)
    assert command.model_dump() == {"elder_id": c.ELDER, **told}
    scenario = given(*c.ACTIVE)
    scenario.run(Step(command, HUIMIN))
    assert [e.id for e in scenario.happened[-1:]] == [c.ELDER]


@pytest.mark.parametrize(("policy", "event", "told"), STAY)
def test_what_a_hospital_records_of_others_is_neither_noted_nor_refused(
    policy: Callable[[Any], Any], event: EventBase, told: dict[str, Any]
) -> None:
    (command,) = asked(policy, event)
    given(c.requested(who=2)).when(Step(command, HUIMIN)).then()


def test_a_hospital_lets_care_rest_and_go_on() -> None:
    scenario = both_orders().after(v.admitted())
    rest = reacted(scenario, policies.when_an_elder_is_admitted, Elder.ElderAdmitted)
    assert rest[0] is None
    assert isinstance(rest[1], NotInState)  # what is not served yet cannot rest: noted
    assert v.order_in(scenario).state is OrderState.SUSPENDED
    scenario.run(v.discharged())
    back = reacted(scenario, policies.when_an_elder_is_discharged, Elder.ElderDischarged)
    assert back[:2] == [None, None]
    order = v.order_in(scenario)
    assert (order.state, order.reassessing) == (OrderState.ACTIVE, True)


def test_a_discharge_without_loss_asks_for_no_new_grade() -> None:
    scenario = given(*c.ACTIVE, c.suspended(), v.discharged(functional_loss=False))
    back = reacted(scenario, policies.when_an_elder_is_discharged, Elder.ElderDischarged)
    assert back == [None]
    assert not v.order_in(scenario).reassessing


@pytest.mark.parametrize("rest", [(), (c.suspended(reason=SuspensionReason.TRAVEL),)])
def test_a_discharge_ends_no_other_rest_than_that_for_a_hospital(rest: tuple[Step, ...]) -> None:
    """Nor is it refused: it would be tried again, and end a rest that begins meanwhile."""
    scenario = given(*c.ACTIVE, *rest, v.discharged(functional_loss=False))
    before = v.order_in(scenario).state
    back = reacted(scenario, policies.when_an_elder_is_discharged, Elder.ElderDischarged)
    assert (back, v.order_in(scenario).state) == ([None], before)


def test_without_consent_a_loss_of_abilities_is_not_looked_into() -> None:
    scenario = given(*c.ACTIVE, c.suspended(), c.consent_withdrawn(), v.discharged())
    back = reacted(scenario, policies.when_an_elder_is_discharged, Elder.ElderDischarged)
    assert back[0] is None
    assert isinstance(back[1], ConsentMissing)


def test_a_death_ends_every_order_on_its_day() -> None:
    scenario = both_orders()
    told = shanghai("2026-03-25T09:00")
    scenario.run(v.died(date(2026, 3, 10), at=told))
    assert reacted(scenario, policies.when_an_elder_died, Elder.DeathNoted) == [None, None]
    ends = [e for e in scenario.happened if isinstance(e, CareOrder.CareEnded)]
    assert [e.on for e in ends] == [date(2026, 3, 10)] * 2
    assert v.order_in(scenario).state is OrderState.ENDED


def test_a_death_told_of_one_order_ends_the_other_ones() -> None:
    scenario = both_orders().after(c.ended(reason=EndReason.DEATH))
    noted = [e for e in scenario.happened if isinstance(e, Elder.DeathNoted)]
    assert [e.orders for e in noted] == [(INSTITUTION,)]
    assert reacted(scenario, policies.when_an_elder_died, Elder.DeathNoted) == [None]


def test_nothing_is_recorded_of_someone_who_never_asked_for_care() -> None:
    for step in (v.admitted(), v.discharged(), v.died(date(2026, 3, 1))):
        given().when(step).then()


def test_visits_after_a_death_and_double_subsidies_are_reclaimed() -> None:
    scenario = given(*v.SETTLED, *c.planned(INSTITUTION, Mode.INSTITUTION))
    scenario.run(c.assigned(INSTITUTION))
    reclaimed = policies.when_a_visit_is_not_owed
    assert reacted(scenario, reclaimed, Elder.StayBegan) == [None]
    assert v.visit_in(scenario).state is VisitState.RECLAIMED
    scenario = given(*v.SETTLED, c.ended(reason=EndReason.DEATH, on=date(2026, 3, 2)))
    assert reacted(scenario, reclaimed, CareOrder.CareEnded) == [None]
    assert v.visit_in(scenario).state is VisitState.RECLAIMED
