"""A small programme for the tests of the HTTP door: permits to use a piece of street for a while.

It has what the door must cope with: a matter that is begun and changed, claims, personal data in
commands, events and rows, departments, refusals with facts, and a command that records nothing.
"""

import sys
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from commands.base import Command, Context, Role, command
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.personal import Personal
from domain.shared.refusals import FourEyes, Refused
from infra.discovery import Registry, collect
from projections.base import Index, Row, fold


class State(StrEnum):
    APPLIED = "applied"
    GRANTED = "granted"


Street = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Metres = Annotated[int, Field(ge=1, le=10_000)]


class SpotTaken(Refused, code="spot-taken"):
    """Somebody else uses this piece of the street."""

    street: str


class StreetPermit(Aggregate, program="street-permits"):
    """One permit to use a piece of street."""

    class Applied(Aggregate.Created, v=1):
        street: str
        metres: int
        applicant: Personal[str]

    class Granted(Aggregate.Event, v=1):
        granted_by: str
        until: datetime | None = None

    class Remarked(Aggregate.Event, v=1):
        remark: Personal[str]

    @event(Applied)
    def __init__(self, street: str, metres: int, applicant: str) -> None:
        self.state = State.APPLIED
        self.street = street
        self.metres = metres
        self.applicant = applicant
        self.remarks = 0

    @allowed_in(State.APPLIED)
    def grant(self, officer: str, until: datetime | None) -> None:
        if officer == self.applicant:
            raise FourEyes()
        self._granted(granted_by=officer, until=until)

    @event(Granted)
    def _granted(self, granted_by: str, until: datetime | None) -> None:
        self.state = State.GRANTED
        self.granted_by = granted_by

    @event(Remarked)
    def remarked(self, remark: str) -> None:
        self.remarks += 1


class Complaint(Aggregate, program="street-permits"):
    """One complaint about a street; what people read is kept by street, not by complaint."""

    class Made(Aggregate.Created, v=1):
        street: str

    @event(Made)
    def __init__(self, street: str) -> None:
        self.street = street


class ApplyForPermit(Command):
    """Apply for the use of a piece of street."""

    permit_id: UUID | None = None
    street: Street
    metres: Metres
    applicant: Personal[Street]


class GrantPermit(Command):
    """Grant an application."""

    permit_id: UUID
    until: datetime | None = None


class Remark(Command):
    """Put a remark into the file, or nothing if it is empty."""

    permit_id: UUID
    remark: Personal[Annotated[str, StringConstraints(max_length=5000)]]


class TakeSpot(Command):
    """Apply for a piece of street that only one can have."""

    street: Street


class Complain(Command):
    """Complain about a street."""

    street: Street


@command(roles={Role.CITIZEN, Role.AGENT}, id_field="permit_id")
def apply_for_permit(cmd: ApplyForPermit, ctx: Context) -> StreetPermit:
    return StreetPermit.begin(
        StreetPermit.Applied,
        id=ctx.new_id,
        at=ctx.now,
        street=cmd.street,
        metres=cmd.metres,
        applicant=cmd.applicant,
    )


@command(roles={Role.CITIZEN})
def take_spot(cmd: TakeSpot, ctx: Context) -> StreetPermit:
    ctx.claims.take("spot", cmd.street, refused=SpotTaken(street=cmd.street))
    return StreetPermit.begin(
        StreetPermit.Applied,
        id=ctx.new_id,
        at=ctx.now,
        street=cmd.street,
        metres=1,
        applicant=ctx.actor,
    )


@command(key="permit_id", roles={Role.OFFICER}, department="urban-management")
def grant_permit(cmd: GrantPermit, permit: StreetPermit, ctx: Context) -> None:
    permit.grant(ctx.actor, cmd.until)


@command(key="permit_id", roles={Role.OFFICER, Role.CITIZEN})
def remark(cmd: Remark, permit: StreetPermit, ctx: Context) -> None:
    if cmd.remark:
        permit.remarked(cmd.remark)


@command(roles={Role.CITIZEN})
def complain(cmd: Complain, ctx: Context) -> Complaint:
    return Complaint.begin(Complaint.Made, id=ctx.new_id, at=ctx.now, street=cmd.street)


class PermitOverview(Row, key="permit_id", main=True, history=True):
    """One line per permit."""

    permit_id: UUID
    street: Annotated[str, Index]
    metres: Annotated[int, Index]
    state: Annotated[State, Index]
    applicant: Annotated[Personal[str], Index]
    remarks: int = 0
    until: datetime | None = None


@fold(PermitOverview)
def applied(row: None, e: StreetPermit.Applied) -> PermitOverview:
    return PermitOverview(
        permit_id=e.id,
        street=e.street,
        metres=e.metres,
        state=State.APPLIED,
        applicant=e.applicant,
    )


@fold(PermitOverview)
def granted(row: PermitOverview, e: StreetPermit.Granted) -> PermitOverview:
    return row.replace(state=State.GRANTED, until=e.until)


@fold(PermitOverview)
def remarked(row: PermitOverview, e: StreetPermit.Remarked) -> PermitOverview:
    return row.replace(remarks=row.remarks + 1)


class StreetComplaints(Row, key="street"):
    """One line per street that somebody complained about."""

    street: str
    complaints: int


@fold(StreetComplaints, key="street")
def complained(row: StreetComplaints | None, e: Complaint.Made) -> StreetComplaints:
    return StreetComplaints(street=e.street, complaints=(row.complaints if row else 0) + 1)


SENTENCES = {
    "spot-taken": (
        "该位置已被占用。请选择{street}以外的位置。",
        "This spot is taken. Choose one that is not {street}.",
    ),
}


def registry() -> Registry:
    """What discovery would find, had this module stood with the programmes."""
    return collect([sys.modules[__name__]])
