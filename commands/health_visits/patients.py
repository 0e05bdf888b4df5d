"""Keep somebody from booking who did not come too often, and lift that again."""

from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.health_visits.given import HEALTH, ShortText
from domain.health_visits import PatientBookings
from domain.health_visits.limits import BAN


class PatientCommand(Command):
    """Base of the commands on one person's bookings."""

    patient_id: UUID = Field(description="The person's bookings, as patient_bookings shows them")


class BanBooking(PatientCommand):
    """Suspend booking for ninety days. Counter and emergency stay open."""

    no_shows: int = Field(ge=1, description="How many were missed in ninety days")


@command(key="patient_id", roles={Role.SYSTEM, Role.OFFICER}, department=HEALTH)
def ban_booking(cmd: BanBooking, bookings: PatientBookings, ctx: Context) -> None:
    """By the policy that saw the third missed booking, or by an officer."""
    bookings.ban(ctx.now + BAN, cmd.no_shows)


class LiftBan(PatientCommand):
    """Let somebody book again; what was missed is not counted any more."""

    reason: ShortText


@command(key="patient_id", roles={Role.OFFICER}, department=HEALTH)
def lift_ban(cmd: LiftBan, bookings: PatientBookings, ctx: Context) -> None:
    """By an officer who heard the reason."""
    bookings.lift_ban(cmd.reason)
