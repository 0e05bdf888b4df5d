"""What the process of opening a business is told, by policies and, when one failed, by hand.

Nobody else sends these; an operator may, to mend what a policy could not do.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from domain.business_opening import OPENING, BusinessOpening, opening_id
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from domain.shared.identifiers import Uscc
from domain.shared.instants import Instant

BY_POLICY = frozenset({Role.SYSTEM, Role.OPERATOR})


class OpeningCommand(Command):
    """Base of the commands on one opening."""

    opening_id: UUID = Field(description="The process, as its read model gives it")


class BeginBusinessOpening(Command):
    """Begin to watch the filings of a new company."""

    registration_id: UUID
    uscc: Uscc
    name: str = Field(max_length=100)
    registry: District
    departments: Annotated[tuple[DepartmentCode, ...], Field(min_length=1, max_length=30)]
    licensed_at: Instant = Field(
        description="When the licence was issued; the limit counts from it"
    )


@command(roles=BY_POLICY)
def begin_business_opening(cmd: BeginBusinessOpening, ctx: Context) -> BusinessOpening:
    """Its id follows from the registration's, so that there is one."""
    return BusinessOpening.begin(
        BusinessOpening.OpeningBegun,
        id=opening_id(cmd.registration_id),
        at=ctx.now,
        registration_id=cmd.registration_id,
        uscc=cmd.uscc,
        name=cmd.name,
        registry=cmd.registry,
        departments=cmd.departments,
        clocks=(OPENING.start(cmd.licensed_at, ctx.calendar),),
    )


class RecordOpeningFiling(OpeningCommand):
    """Record that a department has filed the company."""

    department: DepartmentCode


@command(key="opening_id", roles=BY_POLICY)
def record_opening_filing(cmd: RecordOpeningFiling, opening: BusinessOpening, ctx: Context) -> None:
    """The last filing completes the process."""
    opening.record_opening_filing(cmd.department)


class AbandonOpening(OpeningCommand):
    """Record that the registration was annulled, with the filings that are to be taken back."""

    filings: Annotated[tuple[DepartmentCode, ...], Field(max_length=30)] = Field(
        description="Departments that have the company on file, in the order of filing"
    )


@command(key="opening_id", roles=BY_POLICY)
def abandon_opening(cmd: AbandonOpening, opening: BusinessOpening, ctx: Context) -> None:
    """The filings themselves are taken back at the company's registration."""
    opening.abandon_opening(cmd.filings)


class RecordTakeBack(OpeningCommand):
    """Record that a department was told of the annulment."""

    department: DepartmentCode


@command(key="opening_id", roles=BY_POLICY)
def record_take_back(cmd: RecordTakeBack, opening: BusinessOpening, ctx: Context) -> None:
    """The last one ends the process."""
    opening.record_take_back(cmd.department)
