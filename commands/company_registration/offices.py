"""Keep up who holds office where, so that a bar finds the companies and a company finds the bars.

Whoever changes a person's offices or lists has the person's own matter in the same decision; the
events there name the companies to flag, and a policy does it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.company_registration.access import REGISTRY
from commands.company_registration.given import RegistrationCommand
from domain.company_registration import CompanyRegistration, Officeholder
from domain.company_registration.limits import BAR_END
from domain.company_registration.officeholders import officeholder_id
from domain.shared.identifiers import SubjectRef


@contextmanager
def officeholder(subject: str, ctx: Context) -> Iterator[Officeholder]:
    """A person's own matter, to change it within the block; begun when there is none."""
    found = ctx.matter(Officeholder, officeholder_id(subject))
    if found is not None:
        yield found
        return
    begun = Officeholder.begin(
        Officeholder.OfficeholderEntered,
        id=officeholder_id(subject),
        at=ctx.now,
        subject=subject,
    )
    ctx.also(begun)
    with begun.deciding(ctx.now):
        yield begun


class NoteOfficeholders(RegistrationCommand):
    """Note who is in office in a company as it stands, so that a bar of theirs flags it.

    Huimin sends it by itself; the registry, for a company that was licensed before.
    """

    left: Annotated[tuple[SubjectRef, ...], Field(max_length=40)] = Field(
        default=(), description="Who was in office before a change, besides those who are"
    )


@command(key="registration_id", roles={Role.SYSTEM, Role.OFFICER}, department=REGISTRY)
def note_officeholders(
    cmd: NoteOfficeholders, registration: CompanyRegistration, ctx: Context
) -> None:
    """As the company stands now, not as it stood when this was asked: so it may come late, or
    twice, and in any order."""
    named = registration.named_for_office()
    people = tuple(dict.fromkeys((*named, *cmd.left)))
    known = ctx.matters(Officeholder, [officeholder_id(subject) for subject in people])
    for subject, person in zip(people, known, strict=True):
        if registration.lives and subject in named:
            with officeholder(subject, ctx) as entering:
                entering.take_office(registration.id, calendar=ctx.calendar)
        elif person is not None:
            lives = registration.lives
            person.leave_office(registration.id, lives=lives, calendar=ctx.calendar)


class EndOfficeholderBars(Command):
    """Take a person off the lists whose time is over."""

    officeholder_id: UUID


@command(key="officeholder_id", roles={Role.SYSTEM}, when_due=BAR_END.name)
def end_officeholder_bars(cmd: EndOfficeholderBars, person: Officeholder, ctx: Context) -> None:
    """Sent by the scheduler."""
    person.end_bars(calendar=ctx.calendar)
