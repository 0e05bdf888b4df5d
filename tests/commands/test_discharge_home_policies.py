"""How the way home follows health and care, and what care does when it is recalled."""

from typing import Any
from uuid import UUID

import pytest

from commands.base import Command
from commands.discharge_home import (
    BeginDischargeHome,
    EndDischargeHome,
    NoteCareEnd,
    NoteCareRequest,
    NoteCareVisit,
    NoteProvider,
    NoteVerifiedVisit,
    NoteWaitingList,
    RecallDischarge,
)
from commands.policies.discharge_home import follow_the_way_home
from domain.care_orders import CareOrder, Mode
from domain.discharge_home import DischargeHome, EndReason, State, discharge_id
from domain.health_visits import HealthVisit
from infra.discovery import discover
from projections.care_orders.orders import CareOrder as OrderRow
from tests import care as c
from tests import clinics as h
from tests import discharges as d
from tests import visits as v
from tests.projections.rows import rows_of
from tests.scenario import (
    Scenario,
    Step,
    given,
    shanghai,
)

D = DischargeHome
S = State
TUESDAY = shanghai("2026-03-03T09:00")


# --- care's side of it -------------------------------------------------------------------------


def served_by_the_desk(*more: Step) -> tuple[Scenario, UUID]:
    """An elder for whom the desk asked, who is cared for."""
    scenario = given(*d.on_monday(*c.PROVIDERS, *more), d.archive_opened(), d.agreed())
    consent = next(iter(scenario.matters[d.ARCHIVE].consents))  # type: ignore[attr-defined]  # an archive
    scenario.after(d.begun(consent=consent), d.handed_over())
    order = d.order_sent(scenario)
    for step in (
        c.assessed(order=order),
        c.proposed(order=order),
        c.accepted(order, sender=c.OFFICE),
    ):
        scenario.after(step)
    return scenario, order


def nothing_is_told_of(scenario: Scenario, order: UUID) -> None:
    line = rows_of(OrderRow, scenario.happened)[order]
    assert (line.provider, line.waiting_at, line.next_visit, line.due_at) == (None,) * 4
    assert (line.grade, line.valid_until, line.place_no, line.week_price_fen) == (None,) * 4
    assert not line.consent


def test_a_recalled_order_gives_its_place_back_and_tells_nothing() -> None:
    scenario, order = served_by_the_desk()
    scenario.after(c.assigned(order, sender=c.OFFICE))
    visit = UUID(int=5)
    scenario.after(v.scheduled(visit, order=order))
    events = scenario.run(c.recalled(order)).events
    assert [type(e).__name__ for e in events] == [
        "CareRecalled",
        "OrderClosed",
        "PlaceReleased",
    ]
    assert isinstance(events[0], CareOrder.CareRecalled)
    assert events[0].later_visits == (visit,)
    nothing_is_told_of(scenario, order)


def test_a_recalled_order_waits_nowhere_any_more() -> None:
    scenario, order = served_by_the_desk()
    scenario.after(c.capacity_changed(home_places=0), c.waiting_joined(order, sender=c.OFFICE))
    events = scenario.run(c.recalled(order)).events
    assert [type(e).__name__ for e in events] == ["CareRecalled", "OrderClosed", "WaitingLeft"]
    nothing_is_told_of(scenario, order)


def test_an_order_that_ended_is_recalled_all_the_same() -> None:
    scenario, order = served_by_the_desk()
    scenario.after(c.assigned(order, sender=c.OFFICE), c.ended(order, sender=c.OFFICE))
    assert [type(e).__name__ for e in scenario.run(c.recalled(order)).events] == ["CareRecalled"]
    nothing_is_told_of(scenario, order)


# --- the policy --------------------------------------------------------------------------------


def discharge(**changes: Any) -> HealthVisit.PatientDischarged:
    scenario = given(*h.TO_ADMITTED, h.discharged(at=d.DISCHARGED_AT))
    (event,) = [e for e in scenario.happened if isinstance(e, HealthVisit.PatientDischarged)]
    return event.model_copy(update={"care_consent": d.CONSENT, **changes})


def test_it_begins_with_a_loss_and_a_consent_and_with_nothing_less() -> None:
    event = discharge()
    assert follow_the_way_home(event) == BeginDischargeHome(
        discharge_id=discharge_id(h.subject()),
        elder=h.subject(),
        visit_id=event.id,
        consent_id=d.CONSENT,
        institution="hospital-1",
        discharged_at=d.DISCHARGED_AT,
    )
    assert follow_the_way_home(discharge(functional_loss=False)) is None
    assert follow_the_way_home(discharge(care_consent=None)) is None


def asked_after(*steps: Step) -> Any:
    """What the policy asks after the first of the last step's events that it reacts to."""
    scenario = given(*steps[:-1])
    classes = discover().policies["discharge-home"].event_classes
    events = [e for e in scenario.run(steps[-1]).events if type(e) in classes]
    return follow_the_way_home(events[0])


HOME: dict[str, Any] = {"discharge_id": d.WAY_HOME}
OF_ORDER: dict[str, Any] = {**HOME, "order_id": c.ORDER}
SERVED: dict[str, Any] = {**OF_ORDER, "mode": Mode.HOME, "provider": c.USCC}


@pytest.mark.parametrize(
    ("steps", "asked"),
    [
        ((c.requested(),), NoteCareRequest(**OF_ORDER, mode=Mode.HOME)),
        (
            (*c.WAITING, c.capacity_changed(home_places=0), c.waiting_joined()),
            NoteWaitingList(order_id=c.ORDER, waiting_at=c.USCC),
        ),
        (c.ACTIVE, NoteProvider(**SERVED)),
        ((*c.ACTIVE, c.suspended(), c.resumed()), NoteProvider(**SERVED)),
        (
            (*c.ACTIVE, c.transferred()),
            NoteProvider(**{**SERVED, "provider": c.OTHER_USCC}),
        ),
        ((*c.ACTIVE, c.ended()), NoteCareEnd(**OF_ORDER, died=False)),
        (
            (*c.ACTIVE, v.scheduled(), *v.done()),
            NoteCareVisit(**OF_ORDER, care_visit=c.VISIT, starts_at=TUESDAY),
        ),
        ((*v.COMPLETED, v.verified()), NoteVerifiedVisit(care_visit=c.VISIT)),
        ((c.requested(), c.consent_withdrawn()), None),
        (
            (c.requested(consent_id=str(d.CONSENT)), c.consent_withdrawn()),
            RecallDischarge(**HOME, consent_id=d.CONSENT),
        ),
        (
            (*d.AGREED, d.withdrawn()),
            RecallDischarge(**HOME, consent_id=d.CONSENT, archive_id=d.ARCHIVE),
        ),
    ],
)
def test_the_process_follows_care_and_the_consent(
    steps: tuple[Step, ...], asked: Command | None
) -> None:
    assert asked_after(*steps) == asked


def test_a_consent_to_something_else_is_no_matter_of_the_way_home() -> None:
    other = h.consented(archive=d.ARCHIVE, purpose="treatment", at=h.CONSENT_STEP_AT)
    assert asked_after(d.archive_opened(), other, d.withdrawn()) is None


@pytest.mark.parametrize(
    ("steps", "reason"),
    [(h.TO_ADMITTED, EndReason.READMITTED), ((*h.TO_CONSULTING, h.died()), EndReason.DEATH)],
)
def test_a_new_stay_or_a_death_ends_it(steps: tuple[Step, ...], reason: EndReason) -> None:
    home = discharge_id(h.subject())
    assert asked_after(*steps) == EndDischargeHome(discharge_id=home, reason=reason)
