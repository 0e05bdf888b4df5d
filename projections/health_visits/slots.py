"""Where a seat is free: one line per institution, department and day, read in the morning's rush."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.health_visits import ClinicSession
from domain.health_visits.institutions import InstitutionCode, Specialty
from domain.health_visits.values import Clinic, Slot, Value
from domain.shared.identifiers import OfficerId
from projections.base import Index, Row, fold


class SlotOnOffer(Value):
    """A slot of a session: how many seats it has and how many are free."""

    session: UUID
    doctor: OfficerId
    at: datetime
    seats: int
    free: int


class AppointmentSlots(Row, key=("institution", "department", "day")):
    """All slots of a day in a department, by time. ``free`` is their sum."""

    institution: Annotated[InstitutionCode, Index]
    department: Annotated[Specialty, Index]
    day: Annotated[date, Index]
    free: Annotated[int, Index] = 0
    slots: tuple[SlotOnOffer, ...] = ()

    def offering(self, slots: list[SlotOnOffer]) -> "AppointmentSlots":
        """This row with other slots."""
        ordered = sorted(slots, key=lambda slot: (slot.at, slot.session))
        return self.replace(slots=tuple(ordered), free=sum(slot.free for slot in slots))

    def moved(self, session: UUID, at: datetime, free: int) -> "AppointmentSlots":
        """This row with so many more seats free in a slot; a slot that is gone stays gone."""
        return self.offering(
            [
                slot.model_copy(update={"free": slot.free + free})
                if (slot.session, slot.at) == (session, at)
                else slot
                for slot in self.slots
            ]
        )

    def added(self, clinic: Clinic, slots: tuple[Slot, ...]) -> "AppointmentSlots":
        """This row with more seats of a session."""
        offered = {(slot.session, slot.at): slot for slot in self.slots}
        for slot in slots:
            old = offered.get((clinic.session, slot.at))
            offered[clinic.session, slot.at] = SlotOnOffer(
                session=clinic.session,
                doctor=clinic.doctor,
                at=slot.at,
                seats=slot.seats + (old.seats if old else 0),
                free=slot.seats + (old.free if old else 0),
            )
        return self.offering(list(offered.values()))


def where_and_when(
    e: ClinicSession.SessionOpened
    | ClinicSession.SlotsAdded
    | ClinicSession.SeatTaken
    | ClinicSession.SeatFreed
    | ClinicSession.SessionEnded,
) -> tuple[str, Specialty, date]:
    """Key of what happens to a session's slots."""
    return e.clinic.institution, e.clinic.department, e.clinic.day


@fold(AppointmentSlots, key=where_and_when)
def session_opened(
    row: AppointmentSlots | None, e: ClinicSession.SessionOpened
) -> AppointmentSlots:
    row = row or AppointmentSlots(
        institution=e.clinic.institution, department=e.clinic.department, day=e.clinic.day
    )
    return row.added(e.clinic, e.slots)


@fold(AppointmentSlots, key=where_and_when)
def slots_added(row: AppointmentSlots, e: ClinicSession.SlotsAdded) -> AppointmentSlots:
    return row.added(e.clinic, e.slots)


@fold(AppointmentSlots, key=where_and_when)
def seat_taken(row: AppointmentSlots, e: ClinicSession.SeatTaken) -> AppointmentSlots:
    return row.moved(e.clinic.session, e.slot, -1)


@fold(AppointmentSlots, key=where_and_when)
def seat_freed(row: AppointmentSlots, e: ClinicSession.SeatFreed) -> AppointmentSlots:
    return row.moved(e.clinic.session, e.slot, +1)


@fold(AppointmentSlots, key=where_and_when)
def session_ended(row: AppointmentSlots, e: ClinicSession.SessionEnded) -> AppointmentSlots:
    return row.offering([slot for slot in row.slots if slot.session != e.clinic.session])
