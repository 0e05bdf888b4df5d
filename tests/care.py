"""Care for tests: each builder is a step, with defaults for what a test does not talk about.

王明 is 85 and lives in Haishu; 甬江 is a provider with two beds, two day places and a hundred homes,
for which carer 1 can do everything and carer 2 only care.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from commands.base import Caller, Command, Role
from commands.care_orders import (
    assigning,
    planning,
    providing,
    requesting,
    serving,
)
from commands.care_orders.given import ContactGiven, PersonGiven
from domain.care_orders import Mode
from domain.care_orders.assessment import MOST_POINTS
from domain.care_orders.people import elder_id, provider_id, settlement_id
from domain.care_orders.services import SERVICES, SubsidyKind, half_up
from domain.care_orders.states import (
    EndReason,
    ReassessmentReason,
    StopGround,
    SuspensionReason,
)
from domain.shared.address import Address, Point
from domain.shared.identifiers import make_resident_id, make_uscc
from tests.scenario import HUIMIN, MATTER, Step, caller, keyed_hash, shanghai

ORDER = MATTER
VISIT = UUID(int=MATTER.int + 1000)
USCC = "91330203MA2AF3XQ2G"
OTHER_USCC = "91330203MA2A000770"
ASSESSING_BODY = make_uscc("enterprise", "330203", "MA2CARE1")
PROVIDER = provider_id(USCC)
OTHER_PROVIDER = provider_id(OTHER_USCC)
MARCH = settlement_id(USCC, "2026-03")
APRIL = settlement_id(USCC, "2026-04")

FAMILY = caller("citizen-1", Role.CITIZEN)
STRANGER = caller("citizen-2", Role.CITIZEN)
OFFICE = caller("officer-ca-1", Role.OFFICER, department="civil-affairs")
OFFICE_2 = caller("officer-ca-2", Role.OFFICER, department="civil-affairs")
FINANCE = caller("officer-fin-1", Role.OFFICER, department="finance")
HEALTH = caller("officer-hc-1", Role.OFFICER, department="health")
COORDINATOR = caller("coordinator-1", Role.AGENT)
CARER_1 = caller("carer-1", Role.AGENT)
CARER_2 = caller("carer-2", Role.AGENT)

HOME = Point(lat=29.8683, lon=121.544)
NEAR = Point(lat=29.8690, lon=121.544)
FAR = Point(lat=29.8783, lon=121.544)
ADDRESS = Address(
    division="330203", street="鼓楼街道", community="秀水社区", detail="中山西路100号"
)


def resident(order: int = 1, born: date = date(1941, 1, 1)) -> str:
    """A resident id of Haishu; another for each number from 0 to 999."""
    return make_resident_id("330203", born, order)


def person(order: int = 1, born: date = date(1941, 1, 1)) -> PersonGiven:
    """Someone, by number."""
    return PersonGiven(name="王明", resident_id=resident(order, born))


def subject(order: int = 1) -> str:
    """What stands for that person."""
    return keyed_hash("person", resident(order))


def carer_subject(order: int = 1) -> str:
    """What stands for a carer."""
    return keyed_hash("person", resident(500 + order, date(1980, 1, 1)))


ELDER = elder_id(subject(1))


def order_number(number: int) -> UUID:
    """An id for one of several orders; the first is ``ORDER``."""
    return UUID(int=ORDER.int + number - 1)


def _step(by: Caller, command: Command, at: datetime | None) -> Step:
    return Step(command, by, at)


# --- providers ---------------------------------------------------------------------------------


def capacity(**changes: Any) -> providing.CapacityGiven:
    """Two beds, two day places, a hundred homes."""
    fields: dict[str, Any] = {
        "licensed_until": date(2030, 12, 31),
        "beds": ("1-1", "1-2"),
        "day_places": 2,
        "home_places": 100,
        **changes,
    }
    return providing.CapacityGiven(**fields)


def provider(uscc: str = USCC, *, at: datetime | None = None, **changes: Any) -> Step:
    """A provider is registered."""
    command = providing.RegisterProvider(
        uscc=uscc,
        name="甬江养老服务中心",
        district="330203",
        location=HOME,
        coordinators=("coordinator-1",),
        capacity=capacity(**changes),
    )
    return _step(OFFICE, command, at)


def capacity_changed(*, at: datetime | None = None, by: Caller = OFFICE, **changes: Any) -> Step:
    """What is licensed changes."""
    command = providing.ChangeCapacity(provider_id=PROVIDER, capacity=capacity(**changes))
    return _step(by, command, at)


def carer(
    order: int = 1,
    qualifications: Iterable[str] = ("care-worker", "household", "nurse", "therapist"),
    *,
    uscc: str = USCC,
    at: datetime | None = None,
    by: Caller = COORDINATOR,
) -> Step:
    """A carer is registered."""
    command = providing.RegisterCarer(
        provider_id=provider_id(uscc),
        carer=person(500 + order, date(1980, 1, 1)),
        actor=f"carer-{order}",
        qualifications=tuple(qualifications),
    )
    return _step(by, command, at)


def carer_removed(order: int = 1, *, by: Caller = COORDINATOR) -> Step:
    """A carer leaves."""
    command = providing.RemoveCarer(provider_id=PROVIDER, carer=carer_subject(order))
    return _step(by, command, None)


def stopped(
    ground: StopGround = StopGround.LICENCE_REVOKED,
    uscc: str = USCC,
    *,
    source: UUID | None = None,
    by: Caller = HUIMIN,
) -> Step:
    """A provider gets no new elders."""
    command = providing.StopNewAssignments(
        provider_id=provider_id(uscc), ground=ground, source=source
    )
    return _step(by, command, None)


def allowed(
    ground: StopGround = StopGround.LICENCE_REVOKED,
    *,
    source: UUID | None = None,
    by: Caller = HUIMIN,
) -> Step:
    """A ground is lifted."""
    command = providing.AllowNewAssignments(provider_id=PROVIDER, ground=ground, source=source)
    return _step(by, command, None)


PROVIDERS = (provider(), carer(1), carer(2, ("care-worker",)), provider(OTHER_USCC))


# --- orders ------------------------------------------------------------------------------------


def requested(
    order: UUID = ORDER,
    *,
    who: int = 1,
    mode: Mode = Mode.HOME,
    born: date = date(1941, 1, 1),
    at: datetime | None = None,
    by: Caller = FAMILY,
    **changes: Any,
) -> Step:
    """Care is asked for."""
    fields: dict[str, Any] = {
        "order_id": order,
        "elder": person(who, born),
        "mode": mode,
        "address": ADDRESS,
        "location": HOME,
        "home_tag": "tag-1",
        "emergency_contact": ContactGiven(name="王芳", phone="13812345678"),
        "consent_id": "consent-1",
        **changes,
    }
    return _step(by, requesting.RequestCare(**fields), at)


def scores(total: int) -> dict[str, int]:
    """Points for all items that sum to this."""
    left, given_points = total, {}
    for item, most in MOST_POINTS.items():
        given_points[item] = min(left, most)
        left -= given_points[item]
    return given_points


def assessor(order: int, organisation: str = ASSESSING_BODY) -> requesting.AssessorGiven:
    """Someone who signs."""
    return requesting.AssessorGiven(
        name="陈静", resident_id=resident(order, date(1985, 1, 1)), organisation=organisation
    )


def assessed(
    total: int = 40,
    order: UUID = ORDER,
    *,
    on: datetime | None = None,
    at: datetime | None = None,
    by: Caller = OFFICE,
    **changes: Any,
) -> Step:
    """The elder is assessed; 40 points are grade 3."""
    fields: dict[str, Any] = {
        "order_id": order,
        "scores": scores(total),
        "assessors": (assessor(701), assessor(702)),
        "at": on or at or shanghai("2026-03-02T09:00"),
        **changes,
    }
    return _step(by, requesting.RecordAssessment(**fields), at)


def item(
    code: str = "bathing-help", minutes: int = 60, times_per_week: int = 5
) -> planning.ItemGiven:
    """A line of a plan."""
    return planning.ItemGiven(code=code, minutes=minutes, times_per_week=times_per_week)


def price_of(items: Iterable[planning.ItemGiven]) -> int:
    """What a week costs by the price list."""
    return sum(
        half_up(SERVICES[i.code].fen_per_hour * i.minutes, 60) * i.times_per_week for i in items
    )


SUBSIDY = {
    Mode.HOME: SubsidyKind.HOME,
    Mode.DAY_CARE: SubsidyKind.DAY_CARE,
    Mode.INSTITUTION: SubsidyKind.INSTITUTION,
}


def proposed(
    *items: planning.ItemGiven,
    order: UUID = ORDER,
    mode: Mode = Mode.HOME,
    at: datetime | None = None,
    by: Caller = OFFICE,
    **changes: Any,
) -> Step:
    """A plan is offered: bathing, five times a week."""
    items = items or (item(),)
    fields: dict[str, Any] = {
        "order_id": order,
        "mode": mode,
        "items": items,
        "price_fen": price_of(items),
        "subsidy_kind": SUBSIDY[mode],
        "weekdays": (1, 2, 3, 4, 5) if mode is Mode.DAY_CARE else (),
        **changes,
    }
    return _step(by, planning.ProposePlan(**fields), at)


def _order(make: Any, by: Caller, **fixed: Any) -> Any:
    def build(
        order: UUID = ORDER, *, at: datetime | None = None, sender: Caller = by, **fields: Any
    ) -> Step:
        return _step(sender, make(order_id=order, **{**fixed, **fields}), at)

    return build


contacted = _order(requesting.RecordFirstContact, OFFICE)
assessment_paused = _order(requesting.PauseAssessment, OFFICE, reason="在外地")
assessment_resumed = _order(requesting.ResumeAssessment, OFFICE)
consent_withdrawn = _order(requesting.WithdrawConsent, FAMILY)
accepted = _order(planning.AcceptPlan, FAMILY)
declined = _order(planning.DeclinePlan, FAMILY)
assigned = _order(assigning.AssignProvider, FAMILY, provider=USCC)
waiting_joined = _order(assigning.JoinWaitingList, FAMILY, provider=USCC)
transferred = _order(assigning.TransferProvider, FAMILY, provider=OTHER_USCC)
transfer_proposed = _order(assigning.ProposeTransfer, HUIMIN, ground=StopGround.LICENCE_REVOKED)
suspended = _order(serving.Suspend, FAMILY, reason=SuspensionReason.HOSPITAL)
resumed = _order(serving.Resume, FAMILY)
place_released = _order(serving.ReleaseHeldPlace, HUIMIN)
reassessment = _order(serving.RequestReassessment, FAMILY, reason=ReassessmentReason.INCIDENT)
reassessment_due = _order(serving.RequestReassessment, HUIMIN)
rated = _order(serving.RateService, FAMILY, visit_id=VISIT, stars=5)
ended = _order(serving.EndCare, FAMILY, reason=EndReason.WISH)
recalled = _order(serving.RecallCare, HUIMIN, consent_id="consent-1")


def planned(order: UUID = ORDER, mode: Mode = Mode.HOME, **who: Any) -> tuple[Step, ...]:
    """An order whose family accepted a plan."""
    return (
        requested(order, mode=mode, **who),
        assessed(order=order),
        proposed(order=order, mode=mode),
        accepted(order, sender=who.get("by", FAMILY)),
    )


ASSESSED = (requested(), assessed())
WAITING = (*PROVIDERS, *planned())
ACTIVE = (*WAITING, assigned())
