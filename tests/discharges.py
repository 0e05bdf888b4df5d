"""Ways home from a hospital for tests: each builder is a step, with defaults for what a test does
not talk about. 王明, 85, goes home on Monday from the first hospital and agreed that care is told.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from commands import discharge_home as d
from commands.base import Caller
from commands.care_orders.given import ContactGiven
from commands.health_visits.archives import OpenArchive
from commands.health_visits.given import PatientGiven
from domain.care_orders import Mode
from domain.discharge_home import DischargeHome, EndReason, State, discharge_id
from domain.health_visits.values import archive_id
from projections.discharge_home import CommunityNotices, DischargesHome
from tests import care as c
from tests import clinics as h
from tests.projections.rows import rows_of
from tests.scenario import (
    HUIMIN,
    MATTER,
    MONDAY_MORNING,
    Scenario,
    Step,
    context,
    shanghai,
)

ELDER = c.subject(1)
WAY_HOME = discharge_id(ELDER)
ARCHIVE = archive_id(ELDER)
PATIENT = PatientGiven(name="王明", resident_id=c.resident(1))
STAY = MATTER
HOME_ORDER = c.order_number(11)
DAY_ORDER = c.order_number(12)
CARE_VISIT = c.VISIT
DISCHARGED_AT = shanghai("2026-03-02T10:00")


def archive_opened(at: datetime | None = h.ARCHIVE_OPENING) -> Step:
    """The patient's archive."""
    return Step(OpenArchive(patient=PATIENT, centre="centre-330203-01"), h.NURSE, at)


def agreed(at: datetime | None = h.CONSENT_STEP_AT) -> Step:
    """The patient agrees that care is told."""
    return h.consented(archive=ARCHIVE, purpose="care", at=at)


def consent_number(number: int) -> UUID:
    """The consent that :func:`agreed` gave, when so many events lay before it."""
    return context(h.CONSENT_STEP_AT, h.NURSE, number=number).command_id


CONSENT = consent_number(1)
OTHER_CONSENT = consent_number(2)
AGREED = (archive_opened(), agreed())
AGREED_TWICE = (*AGREED, agreed())


def withdrawn(consent: UUID = CONSENT, *, at: datetime | None = None) -> Step:
    """The patient does not agree any more."""
    return h.withdrawn(archive=ARCHIVE, consent_id=consent, at=at)


# --- what the process is told ------------------------------------------------------------------


def begun(
    stay: UUID = STAY,
    *,
    consent: UUID = CONSENT,
    discharged_at: datetime = DISCHARGED_AT,
    at: datetime | None = None,
) -> Step:
    """A discharge with a loss of abilities."""
    command = d.BeginDischargeHome(
        discharge_id=WAY_HOME,
        elder=ELDER,
        visit_id=stay,
        consent_id=consent,
        institution="hospital-1",
        discharged_at=discharged_at,
    )
    return Step(command, HUIMIN, at or discharged_at)


def handed_over(
    mode: Mode = Mode.HOME, *, at: datetime | None = None, by: Caller = h.NURSE, **changes: Any
) -> Step:
    """The desk asks for care."""
    fields: dict[str, Any] = {
        "discharge_id": WAY_HOME,
        "elder": c.person(1),
        "mode": mode,
        "address": c.ADDRESS,
        "location": c.HOME,
        "emergency_contact": ContactGiven(name="王芳", phone="13812345678"),
        **changes,
    }
    return Step(d.HandOverToCare(**fields), by, at)


def _told(make: Any, **fixed: Any) -> Any:
    def build(*, at: datetime | None = None, **fields: Any) -> Step:
        return Step(make(discharge_id=WAY_HOME, **{**fixed, **fields}), HUIMIN, at)

    return build


request_seen = _told(d.NoteCareRequest, order_id=HOME_ORDER, mode=Mode.HOME)
provider_found = _told(d.NoteProvider, order_id=HOME_ORDER, mode=Mode.HOME, provider=c.USCC)
visited = _told(
    d.NoteCareVisit,
    order_id=HOME_ORDER,
    care_visit=CARE_VISIT,
    starts_at=shanghai("2026-03-03T09:00"),
)
care_ended = _told(d.NoteCareEnd, order_id=HOME_ORDER, died=False)
over = _told(d.EndDischargeHome, reason=EndReason.READMITTED)
day_request_seen = _told(d.NoteCareRequest, order_id=DAY_ORDER, mode=Mode.DAY_CARE)
recalled = _told(d.RecallDischarge, consent_id=CONSENT)


def waiting_seen(order: UUID = HOME_ORDER, *, at: datetime | None = None) -> Step:
    """No provider has a place for the order."""
    return Step(d.NoteWaitingList(order_id=order, waiting_at=c.USCC), HUIMIN, at)


def verified_seen(visit: UUID = CARE_VISIT, *, at: datetime | None = None) -> Step:
    """Somebody vouches for a visit."""
    return Step(d.NoteVerifiedVisit(care_visit=visit), HUIMIN, at)


# --- worlds ------------------------------------------------------------------------------------

BEGUN = (*AGREED, begun())
PATHS: dict[State, tuple[Step, ...]] = {
    State.TO_ASK: BEGUN,
    State.ASKED: (*BEGUN, request_seen()),
    State.WAITING: (*BEGUN, c.requested(HOME_ORDER), request_seen(), waiting_seen()),
    State.SERVED: (*BEGUN, provider_found()),
    State.DONE: (*BEGUN, visited()),
    State.RECALLED: (*BEGUN, recalled()),
    State.ENDED: (*BEGUN, over()),
}


def way_home(scenario: Scenario) -> DischargeHome:
    """The process."""
    found = scenario.matters[WAY_HOME]
    assert isinstance(found, DischargeHome)
    return found


def row(scenario: Scenario) -> DischargesHome:
    """Its line."""
    return rows_of(DischargesHome, scenario.happened)[WAY_HOME]


def notices(scenario: Scenario) -> dict[Any, CommunityNotices]:
    """What communities were told, by way home."""
    return rows_of(CommunityNotices, scenario.happened)


def order_sent(scenario: Scenario, mode: Mode = Mode.HOME) -> UUID:
    """The order that the desk asked for."""
    events = [e for e in scenario.happened if isinstance(e, DischargeHome.CareHandedOver)]
    return next(e.order_id for e in events if e.mode is mode)


def on_monday(*steps: Step) -> list[Step]:
    """What came before the discharge, all in one instant."""
    return [step.but(at=MONDAY_MORNING) for step in steps]
