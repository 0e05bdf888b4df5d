"""A small provider of care: two elders are assessed and bathed at home, four times each."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from bench.lives.life import (
    ADDRESS,
    DISTRICT,
    HUIMIN,
    POINT,
    KeyedHash,
    Life,
    Telling,
    resident_id,
    sender,
    uscc,
)
from commands.base import Role
from commands.care_orders.assigning import AssignProvider
from commands.care_orders.attending import CheckIn, CheckOut
from commands.care_orders.given import ContactGiven, PersonGiven
from commands.care_orders.planning import AcceptPlan, ItemGiven, ProposePlan
from commands.care_orders.providing import CapacityGiven, RegisterCarer, RegisterProvider
from commands.care_orders.requesting import AssessorGiven, RecordAssessment, RequestCare
from commands.care_orders.scheduling import ScheduleVisit
from commands.care_orders.settling import IncludeInSettlement, VerifyVisit
from domain.care_orders import Mode
from domain.care_orders.assessment import MOST_POINTS
from domain.care_orders.services import SERVICES, SubsidyKind
from domain.shared.identifiers import make_uscc

OFFICE = sender("officer-ca", Role.OFFICER, "civil-affairs")
ASSESSING = make_uscc("enterprise", DISTRICT, "MA2CARE1")
SERVICE = "bathing-help"
ELDERS = 2
VISITS = 4
ELDEST = date(1930, 1, 1)
HOUR = timedelta(hours=1)
CARERS = date(1975, 1, 1)


def _points(total: int) -> dict[str, int]:
    """So many points, as far as each item gives them."""
    points = {}
    for item, most in MOST_POINTS.items():
        points[item] = min(total, most)
        total -= points[item]
    return points


def _assessor(order: int) -> AssessorGiven:
    return AssessorGiven(
        name="陈静", resident_id=resident_id(order, date(1985, 1, 1)), organisation=ASSESSING
    )


def life(n: int, keyed_hash: KeyedHash) -> Life:
    """Each visit is verified and settled at once."""
    tell, code = Telling(n), uscc(n, "C")
    coordinator = sender(f"coordinator-{n}", Role.AGENT)
    carer = sender(f"carer-{n}", Role.AGENT)
    family = sender(f"family-{n}", Role.CITIZEN)
    registered = RegisterProvider(
        uscc=code,
        name="甬江养老服务中心",
        district=DISTRICT,
        location=POINT,
        coordinators=(coordinator.actor,),
        capacity=CapacityGiven(
            licensed_until=date(2035, 12, 31), beds=(), day_places=0, home_places=20
        ),
    )
    provider = yield tell(registered, OFFICE)
    person = PersonGiven(name="李芳", resident_id=resident_id(n, CARERS))
    joined = RegisterCarer(
        provider_id=provider,
        carer=person,
        actor=carer.actor,
        qualifications=("care-worker", "household"),
    )
    yield tell(joined, coordinator)
    planned: list[tuple[datetime, UUID]] = []
    first = tell.at.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for k in range(ELDERS):
        elder = PersonGiven(name="王明", resident_id=resident_id(ELDERS * n + k, ELDEST))
        requested = RequestCare(
            elder=elder,
            mode=Mode.HOME,
            address=ADDRESS,
            location=POINT,
            home_tag=f"tag-{n}-{k}",
            emergency_contact=ContactGiven(name="王芳", phone="13812345678"),
            consent_id=f"consent-{n}-{k}",
        )
        order = yield tell(requested, family)
        assessed = RecordAssessment(
            order_id=order, scores=_points(40), assessors=(_assessor(1), _assessor(2)), at=tell.at
        )
        yield tell(assessed, OFFICE)
        proposed = ProposePlan(
            order_id=order,
            mode=Mode.HOME,
            items=(ItemGiven(code=SERVICE, minutes=60, times_per_week=VISITS),),
            price_fen=SERVICES[SERVICE].fen_per_hour * VISITS,
            subsidy_kind=SubsidyKind.HOME,
        )
        yield tell(proposed, OFFICE)
        yield tell(AcceptPlan(order_id=order), family)
        yield tell(AssignProvider(order_id=order, provider=code), family)
        for day in range(VISITS):
            starts_at = first + timedelta(days=day, hours=2 * k)
            scheduled = ScheduleVisit(
                order_id=order,
                carer=keyed_hash("person", person.resident_id),
                starts_at=starts_at,
                ends_at=starts_at + HOUR,
                items=(SERVICE,),
            )
            visit = yield tell(scheduled, coordinator, 0)
            planned.append((starts_at, visit))
    for starts_at, visit in sorted(planned):
        tell.at = starts_at
        here: dict[str, Any] = {"visit_id": visit, "point": POINT}
        yield tell(CheckIn(at=tell.at, device_time=tell.at, **here), carer, 0)
        tell.at = starts_at + HOUR
        gone = CheckOut(at=tell.at, device_time=tell.at, items=(SERVICE,), **here)
        yield tell(gone, carer, 0)
        yield tell(VerifyVisit(visit_id=visit), coordinator, 5)
        yield tell(IncludeInSettlement(visit_id=visit), HUIMIN, 5)
