"""From the door to the doctor: check in, triage, call, mark absent, leave, start.

Each of these changes the visit and its session in one decision, so that the queue that one screen
shows is the queue that the next call obeys.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from commands.base import Command, Context, Role, command
from commands.health_visits.given import (
    HEALTH,
    Given,
    PatientGiven,
    VisitCommand,
    add_booking,
    bookings_of,
    require_booker,
    session_of,
)
from domain.health_visits import HealthVisit, VisitState
from domain.health_visits.refusals import AlreadyWaiting, DoctorBusy, WrongDay
from domain.shared.checks import bad
from domain.shared.instants import shanghai_date
from domain.shared.personal import Sensitive
from domain.shared.refusals import Forbidden, NotFound

CONSULTING_SCOPE = "consulting-doctor"


class WalkInGiven(Given):
    """Somebody without an appointment."""

    patient: PatientGiven
    session_id: UUID = Field(description="Whose queue the number is for")


class CheckInPatient(Command):
    """Check in a booked patient, or give a number to one who walked in.

    Who was noted as missing may still come in the same half of the day, and waits as the last.
    """

    visit_id: UUID | None = Field(default=None, description="The booked visit")
    walk_in: WalkInGiven | None = Field(
        default=None, validate_default=True, description="Instead of a booked visit"
    )

    @field_validator("walk_in")
    @classmethod
    def _one_of_the_two(cls, value: WalkInGiven | None, info: ValidationInfo) -> WalkInGiven | None:
        if "visit_id" in info.data and (value is None) == (info.data["visit_id"] is None):
            bad("visit-unclear", "Name the visit or give the walk-in, one of the two")
        return value


@command(
    key="visit_id",
    roles={Role.CITIZEN, Role.AGENT, Role.OFFICER, Role.SIMULATOR},
    department=HEALTH,
)
def check_in_patient(
    cmd: CheckInPatient, visit: HealthVisit | None, ctx: Context
) -> HealthVisit | None:
    """At the counter, the kiosk or by telephone from within the building."""
    if cmd.walk_in is not None:
        return _walk_in(cmd.walk_in, ctx)
    if visit is None:
        raise NotFound()
    require_booker(visit, ctx)
    session = session_of(visit.clinic.session, ctx)
    bookings = bookings_of(visit.patient, ctx)
    visit.refuse_twice()
    late = visit.state is VisitState.NO_SHOW
    if late and bookings is not None:  # whoever has booked anew meanwhile comes for that one
        bookings.require_single(visit.clinic.department, visit.clinic.day, visit.id)
    number = session.numbers + 1
    visit.check_in_patient(number, calendar=ctx.calendar)
    session.join_queue(visit.id, visit.slot, late=late)
    if late:
        add_booking(bookings, visit.patient, visit.id, visit.clinic, ctx)
    return visit


def _walk_in(given: WalkInGiven, ctx: Context) -> HealthVisit:
    """A ban keeps nobody from the counter."""
    patient = given.patient.known_as(ctx)
    session = session_of(given.session_id, ctx)
    bookings = bookings_of(patient, ctx)
    clinic = session.clinic
    if shanghai_date(ctx.now) != clinic.day:
        raise WrongDay(day=clinic.day)
    if bookings is not None:
        bookings.require_alive()
        if bookings.others_on(clinic.department, clinic.day, ctx.new_id):
            raise AlreadyWaiting()
    visit = HealthVisit.begin(
        HealthVisit.WalkInRegistered,
        id=ctx.new_id,
        at=ctx.now,
        clinic=clinic,
        patient=patient,
        booked_by=ctx.actor,
    )
    number = session.join_queue(visit.id, None, late=False)
    add_booking(bookings, patient, visit.id, clinic, ctx)
    with visit.deciding(ctx.now):
        visit.check_in_patient(number, calendar=ctx.calendar)
    return visit


class Triage(VisitCommand):
    """Say how urgent a waiting patient is: 1 at once, 4 can wait."""

    level: Sensitive[Annotated[int, Field(ge=1, le=4)]]


@command(key="visit_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def triage(cmd: Triage, visit: HealthVisit, ctx: Context) -> None:
    """By a nurse, again whenever the condition changes."""
    session = session_of(visit.clinic.session, ctx)
    visit.triage(cmd.level)
    session.triage(visit.id, cmd.level)


class CallPatient(VisitCommand):
    """Call the next patient into the room. Only the one whose turn it is can be called."""


@command(key="visit_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def call_patient(cmd: CallPatient, visit: HealthVisit, ctx: Context) -> None:
    """Raises RoomOccupied or NotNext."""
    session = session_of(visit.clinic.session, ctx)
    visit.call_patient(session.room)
    session.call(visit.id)


class MarkAbsent(VisitCommand):
    """Note that the called patient did not come within three minutes: back three places, and the
    second time out."""


@command(key="visit_id", roles={Role.OFFICER}, department=HEALTH)
def mark_absent(cmd: MarkAbsent, visit: HealthVisit, ctx: Context) -> None:
    """Raises NotDue before three minutes have passed."""
    session = session_of(visit.clinic.session, ctx)
    bookings = bookings_of(visit.patient, ctx)
    visit.mark_absent()
    out = visit.state is VisitState.LEFT
    session.call_away(visit.id, out=out)
    if out and bookings is not None:
        bookings.remove_booking(visit.id)


class LeaveQueue(VisitCommand):
    """Give up waiting."""


@command(key="visit_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER}, department=HEALTH)
def leave_queue(cmd: LeaveQueue, visit: HealthVisit, ctx: Context) -> None:
    """By the patient, or by the counter that was told."""
    require_booker(visit, ctx)
    session = session_of(visit.clinic.session, ctx)
    bookings = bookings_of(visit.patient, ctx)
    visit.leave_queue()
    session.leave_queue(visit.id)
    if bookings is not None:
        bookings.remove_booking(visit.id)


class StartConsultation(VisitCommand):
    """Begin to treat the called patient; a doctor has one consultation at a time."""


@command(key="visit_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def start_consultation(cmd: StartConsultation, visit: HealthVisit, ctx: Context) -> None:
    """By the session's doctor. Raises Forbidden and DoctorBusy."""
    if ctx.actor != visit.clinic.doctor:
        raise Forbidden()
    visit.start_consultation(ctx.actor)
    ctx.claims.take(CONSULTING_SCOPE, ctx.actor, refused=DoctorBusy())
