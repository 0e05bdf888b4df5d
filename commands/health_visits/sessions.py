"""Open a doctor's half-day for booking, add to it, delay it, close it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.health_visits.given import HEALTH, ShortText, SlotsGiven
from domain.health_visits import ClinicSession
from domain.health_visits.institutions import INSTITUTIONS, InstitutionCode, Specialty
from domain.health_visits.refusals import SessionExists, SpecialtyMissing
from domain.health_visits.session import fits_half_day
from domain.health_visits.values import Clinic, Half, Slot, session_id
from domain.shared.identifiers import OfficerId
from domain.shared.refusals import Refused


class SlotsMalformed(Refused, code="slots-malformed", status=422):
    """Each slot is named once and lies in the session's half-day."""


class SessionCommand(Command):
    """Base of the commands on one session."""

    session_id: UUID = Field(description="The session, as the answer to open-session gave it")


class OpenSession(Command):
    """Open a doctor's half-day, so that its slots can be booked. One per doctor and half-day."""

    institution: InstitutionCode
    department: Specialty
    doctor: OfficerId = Field(description="Who will treat; the subject of the doctor's token")
    day: date
    half: Half
    room: ShortText = Field(description="Number of the room, for the screen", examples=["203"])
    slots: SlotsGiven


@command(roles={Role.OFFICER, Role.DEPARTMENT, Role.SIMULATOR}, department=HEALTH)
def open_session(cmd: OpenSession, ctx: Context) -> ClinicSession:
    """Raises SessionExists, SpecialtyMissing and SlotsMalformed."""
    id = session_id(cmd.doctor, cmd.day, cmd.half)
    if ctx.matter(ClinicSession, id) is not None:
        raise SessionExists()
    if cmd.department not in INSTITUTIONS[cmd.institution].specialties:
        raise SpecialtyMissing(specialty=cmd.department)
    clinic = Clinic(
        session=id,
        institution=cmd.institution,
        department=cmd.department,
        doctor=cmd.doctor,
        day=cmd.day,
        half=cmd.half,
    )
    return ClinicSession.begin(
        ClinicSession.SessionOpened,
        id=id,
        at=ctx.now,
        clinic=clinic,
        room=cmd.room,
        slots=_judged(clinic, cmd.slots),
    )


def _judged(clinic: Clinic, given: SlotsGiven) -> tuple[Slot, ...]:
    slots = tuple(slot.known() for slot in given)
    if not fits_half_day(clinic, slots):
        raise SlotsMalformed()
    return slots


class AddSlots(SessionCommand):
    """Add seats to a session, in slots that it has or has not."""

    slots: SlotsGiven


@command(key="session_id", roles={Role.OFFICER, Role.DEPARTMENT, Role.SIMULATOR}, department=HEALTH)
def add_slots(cmd: AddSlots, session: ClinicSession, ctx: Context) -> None:
    """Raises SlotsMalformed."""
    session.add_slots(_judged(session.clinic, cmd.slots))


class DelaySession(SessionCommand):
    """Tell that a session begins later; whoever has booked is told."""

    minutes: Annotated[int, Field(ge=5, le=240)]
    reason: ShortText


@command(key="session_id", roles={Role.OFFICER, Role.DEPARTMENT}, department=HEALTH)
def delay_session(cmd: DelaySession, session: ClinicSession, ctx: Context) -> None:
    """Seats stay; a policy moves each appointment."""
    session.delay_session(cmd.minutes, cmd.reason)


class CloseSession(SessionCommand):
    """Close a session; each booked patient is rebooked into the substitute if he wished so, or told.

    Nobody may be waiting or in the room.
    """

    reason: ShortText
    substitute_id: UUID | None = Field(
        default=None, description="A session of the same institution and department"
    )


@command(key="session_id", roles={Role.OFFICER, Role.DEPARTMENT}, department=HEALTH)
def close_session(cmd: CloseSession, session: ClinicSession, ctx: Context) -> None:
    """Raises SessionOccupied."""
    session.close_session(cmd.reason, cmd.substitute_id)
