"""What others know of an elder: a hospital's admission and discharge, a death.

Sent by policies that know the person and not the orders; what it means for each order is decided
there. Of someone who never asked for care nothing is recorded.
"""

from datetime import date
from uuid import UUID

from commands.base import Command, Context, Role, command
from commands.care_orders.access import OFFICE
from domain.care_orders import Elder
from domain.shared.instants import shanghai_date
from domain.shared.refusals import DateInFuture

KNOWS = (OFFICE, "health", "public-security")


class NoteAdmission(Command):
    """A hospital admitted an elder: care rests."""

    elder_id: UUID


@command(key="elder_id", roles={Role.SYSTEM, Role.OFFICER}, department=KNOWS)
def note_admission(cmd: NoteAdmission, elder: Elder | None, ctx: Context) -> Elder | None:
    """Each live order is suspended by a policy."""
    if elder is not None:
        elder.note_admission()
    return elder


class NoteDischarge(Command):
    """A hospital discharged an elder: care goes on, after a loss of abilities with a new grade."""

    elder_id: UUID
    functional_loss: bool = False


@command(key="elder_id", roles={Role.SYSTEM, Role.OFFICER}, department=KNOWS)
def note_discharge(cmd: NoteDischarge, elder: Elder | None, ctx: Context) -> Elder | None:
    """Each live order is resumed by a policy."""
    if elder is not None:
        elder.note_discharge(functional_loss=cmd.functional_loss)
    return elder


class NoteDeath(Command):
    """An elder died: all care ends on that day."""

    elder_id: UUID
    on: date


@command(key="elder_id", roles={Role.SYSTEM, Role.OFFICER}, department=KNOWS)
def note_death(cmd: NoteDeath, elder: Elder | None, ctx: Context) -> Elder | None:
    """Each live order is ended by a policy."""
    if cmd.on > shanghai_date(ctx.now):
        raise DateInFuture()
    if elder is not None:
        elder.note_death(cmd.on)
    return elder
