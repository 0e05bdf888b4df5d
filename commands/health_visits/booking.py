"""Book an appointment, move it, cancel it, note that nobody came."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.health_visits.given import (
    HEALTH,
    PatientGiven,
    VisitCommand,
    add_booking,
    bookings_of,
    is_clinic,
    require_booker,
    session_of,
)
from domain.health_visits import ClinicSession, HealthVisit, SessionState, VisitState
from domain.health_visits.booking import Channel, Ended
from domain.health_visits.limits import BOOKABLE_DAYS_AHEAD
from domain.health_visits.refusals import OtherClinic, SessionClosed, TooEarly
from domain.health_visits.values import Clinic
from domain.shared.instants import Instant, shanghai_date
from domain.shared.refusals import Forbidden

SlotTime = Annotated[
    Instant,
    Field(description="Beginning of the slot", examples=["2026-03-02T09:00:00+08:00"]),
]


class BookAppointment(Command):
    """Book a seat in a slot of a session, at most fourteen days ahead.

    A patient has one live booking per department and day. Keep the answer's id: it names the visit.
    """

    session_id: UUID
    slot: SlotTime
    patient: PatientGiven
    channel: Channel
    rebook_if_closed: bool = Field(
        default=True,
        description="Whether a seat in a substitute session is welcome if this one falls out",
    )
    referral_id: UUID | None = Field(default=None, description="The referral that it follows")


@command(
    roles={Role.CITIZEN, Role.AGENT, Role.OFFICER, Role.SYSTEM, Role.SIMULATOR}, department=HEALTH
)
def book_appointment(cmd: BookAppointment, ctx: Context) -> HealthVisit:
    """The visit, the session's seat and the patient's booking in one decision."""
    patient = cmd.patient.known_as(ctx)
    session = session_of(cmd.session_id, ctx)
    bookings = bookings_of(patient, ctx)
    visit, clinic = ctx.new_id, session.clinic
    _require_open(session, ctx)
    if bookings is not None:
        bookings.require_bookable(clinic.department, clinic.day, visit)
    seat = session.take_seat(cmd.slot, visit)
    add_booking(bookings, patient, visit, clinic, ctx)
    return HealthVisit.begin(
        HealthVisit.AppointmentBooked,
        id=visit,
        at=ctx.now,
        clinic=clinic,
        slot=cmd.slot,
        seat=seat,
        patient=patient,
        channel=cmd.channel,
        booked_by=ctx.actor,
        rebook_if_closed=cmd.rebook_if_closed,
        referral=cmd.referral_id,
        clocks=(HealthVisit.no_show_clock(ctx.now, cmd.slot, ctx.calendar),),
    )


def _require_open(session: ClinicSession, ctx: Context) -> None:
    """Raises SessionClosed, and TooEarly for a day that cannot be booked yet."""
    if session.state is not SessionState.OPEN:
        raise SessionClosed()
    from_day = session.clinic.day - timedelta(days=BOOKABLE_DAYS_AHEAD)
    if shanghai_date(ctx.now) < from_day:
        raise TooEarly(earliest=from_day)


class RescheduleAppointment(VisitCommand):
    """Move a booking to another slot of the same department, at least two hours before it."""

    session_id: UUID
    slot: SlotTime


@command(
    key="visit_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER, Role.SYSTEM}, department=HEALTH
)
def reschedule_appointment(cmd: RescheduleAppointment, visit: HealthVisit, ctx: Context) -> None:
    """The new seat is taken before the old one is given back."""
    require_booker(visit, ctx)
    old, new = session_of(visit.clinic.session, ctx), session_of(cmd.session_id, ctx)
    bookings = bookings_of(visit.patient, ctx)
    if not _same_field(old.clinic, new.clinic):
        raise OtherClinic()
    if visit.state is VisitState.BOOKED:
        _require_open(new, ctx)
        if bookings is not None:
            bookings.require_single(new.clinic.department, new.clinic.day, visit.id)
    _move(visit, old, new, cmd.slot, ctx, by_clinic=is_clinic(ctx))
    add_booking(bookings, visit.patient, visit.id, new.clinic, ctx)


def _same_field(one: Clinic, other: Clinic) -> bool:
    return (one.institution, one.department) == (other.institution, other.department)


def _move(
    visit: HealthVisit,
    old: ClinicSession,
    new: ClinicSession,
    slot: datetime,
    ctx: Context,
    *,
    by_clinic: bool,
) -> None:
    if visit.state is not VisitState.BOOKED:  # refused below; no seat may be asked for it
        visit.reschedule_appointment(
            new.clinic, slot, 0, by_clinic=by_clinic, calendar=ctx.calendar
        )
    seat_before = old.expected.get(visit.id)
    seat = new.take_seat(slot, visit.id)
    visit.reschedule_appointment(new.clinic, slot, seat, by_clinic=by_clinic, calendar=ctx.calendar)
    if seat_before is not None:
        old.give_back(visit.id, *seat_before)


class CancelAppointment(VisitCommand):
    """Cancel a booking: yourself at least two hours before it, the clinic at any time."""

    reason: Ended = "patient"


@command(
    key="visit_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER, Role.SYSTEM}, department=HEALTH
)
def cancel_appointment(cmd: CancelAppointment, visit: HealthVisit, ctx: Context) -> None:
    """The seat is free again at once."""
    require_booker(visit, ctx)
    if cmd.reason != "patient" and not is_clinic(ctx):
        raise Forbidden()
    session = session_of(visit.clinic.session, ctx)
    bookings = bookings_of(visit.patient, ctx)
    visit.cancel_appointment(cmd.reason)
    session.free_seat(visit.id)
    if bookings is not None:
        bookings.remove_booking(visit.id)


class ResettleAppointment(VisitCommand):
    """Find a booked patient of a closed session another seat if he wished so, or tell him."""

    substitute_id: UUID | None = None


@command(key="visit_id", roles={Role.SYSTEM, Role.OFFICER}, department=HEALTH)
def resettle_appointment(cmd: ResettleAppointment, visit: HealthVisit, ctx: Context) -> None:
    """The same time in the substitute session or the next one that is free; else told."""
    session = session_of(visit.clinic.session, ctx)
    other = ctx.matter(ClinicSession, cmd.substitute_id) if cmd.substitute_id else None
    bookings = bookings_of(visit.patient, ctx)
    slot = None
    if (
        visit.state is VisitState.BOOKED
        and visit.rebook_if_closed
        and other is not None
        and other.id != session.id
        and other.state is SessionState.OPEN
        and _same_field(session.clinic, other.clinic)
        and not (
            bookings and bookings.others_on(other.clinic.department, other.clinic.day, visit.id)
        )
    ):
        slot = other.first_free(visit.appointment, ctx.now)
    if slot is None or other is None:
        visit.cancel_appointment("session-closed")
        session.free_seat(visit.id)
        if bookings is not None:
            bookings.remove_booking(visit.id)
        return
    _move(visit, session, other, slot, ctx, by_clinic=True)
    add_booking(bookings, visit.patient, visit.id, other.clinic, ctx)


class DelayAppointment(VisitCommand):
    """Tell a booked patient that the session begins later."""

    minutes: Annotated[int, Field(ge=5, le=240)]


@command(key="visit_id", roles={Role.SYSTEM, Role.OFFICER}, department=HEALTH)
def delay_appointment(cmd: DelayAppointment, visit: HealthVisit, ctx: Context) -> None:
    """The patient counts as missing so much later."""
    visit.delay_appointment(cmd.minutes, calendar=ctx.calendar)


class MarkNoShow(VisitCommand):
    """Note that nobody came within half an hour of the appointment."""


@command(key="visit_id", roles={Role.SYSTEM, Role.OFFICER}, department=HEALTH, when_due="no-show")
def mark_no_show(cmd: MarkNoShow, visit: HealthVisit, ctx: Context) -> None:
    """Sent by the scheduler; counted once, also when the patient comes late."""
    session = session_of(visit.clinic.session, ctx)
    bookings = bookings_of(visit.patient, ctx)
    counted = bookings.no_shows_within() if bookings is not None else 0
    visit.mark_no_show(within_90_days=counted + 1)
    session.forfeit_seat(visit.id)
    if bookings is not None:
        bookings.count_no_show(visit.id, visit.appointment)
