"""Answer a referral: the desk of the institution that was asked."""

from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.health_visits.booking import SlotTime
from commands.health_visits.given import HEALTH, ReasonGiven
from domain.health_visits import Referral
from domain.shared.personal import Sensitive


class ReferralCommand(Command):
    """Base of the commands on one referral."""

    referral_id: UUID = Field(description="The referral, as the referral desk shows it")


class AcceptReferral(ReferralCommand):
    """Take the patient; with a session and a slot, the appointment is booked by itself."""

    session_id: UUID | None = None
    slot: SlotTime | None = None


@command(key="referral_id", roles={Role.OFFICER, Role.SIMULATOR}, department=HEALTH)
def accept_referral(cmd: AcceptReferral, referral: Referral, ctx: Context) -> None:
    """A slot that is gone meanwhile is booked by hand."""
    referral.accept_referral(cmd.session_id, cmd.slot, officer=ctx.actor)


class DeclineReferral(ReferralCommand):
    """Do not take the patient, for a reason."""

    reason: Sensitive[ReasonGiven]


@command(key="referral_id", roles={Role.OFFICER}, department=HEALTH)
def decline_referral(cmd: DeclineReferral, referral: Referral, ctx: Context) -> None:
    """The referring doctor sees it at once."""
    referral.decline_referral(cmd.reason, officer=ctx.actor)


class LapseReferral(ReferralCommand):
    """Note that nobody answered for a fortnight."""


@command(
    key="referral_id",
    roles={Role.SYSTEM, Role.OFFICER},
    department=HEALTH,
    when_due="referral-lapse",
)
def lapse_referral(cmd: LapseReferral, referral: Referral, ctx: Context) -> None:
    """Sent by the scheduler."""
    referral.lapse_referral()
