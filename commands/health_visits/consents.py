"""What a patient agrees to, who reads the archive, and who opens it in an emergency."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from commands.base import Context, Role, command
from commands.health_visits.archives import ArchiveCommand
from commands.health_visits.ending import ConsentMissing
from commands.health_visits.given import HEALTH, ReasonGiven, ShortText, Text
from domain.health_visits import HealthArchive
from domain.health_visits.archive_content import Consent, Purpose, Section
from domain.health_visits.institutions import InstitutionCode
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal


class GiveConsent(ArchiveCommand):
    """Record that the patient agrees. The command's id names the consent from now on."""

    purpose: Purpose
    recipient: InstitutionCode | Literal["any"] = "any"
    until: date | None = None


@command(key="archive_id", roles={Role.OFFICER}, department=HEALTH)
def give_consent(cmd: GiveConsent, archive: HealthArchive, ctx: Context) -> None:
    """At a counter that saw the signature: no token tells whose archive is its own."""
    terms = Consent(purpose=cmd.purpose, recipient=cmd.recipient, until=cmd.until)
    archive.give_consent(ctx.command_id, terms)


class WithdrawConsent(ArchiveCommand):
    """Record that the patient does not agree any more."""

    consent_id: UUID


@command(key="archive_id", roles={Role.OFFICER}, department=HEALTH)
def withdraw_consent(cmd: WithdrawConsent, archive: HealthArchive, ctx: Context) -> None:
    """At any time and without a reason (PIPL art. 15)."""
    archive.withdraw_consent(cmd.consent_id)


class ReadArchive(ArchiveCommand):
    """Record that you read the archive, before it is shown: the patient sees who did.

    It needs a consent for treatment, or that you have broken the glass.
    """

    institution: InstitutionCode
    purpose: ShortText
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=5)]


@command(key="archive_id", roles={Role.OFFICER}, department=HEALTH)
def read_archive(cmd: ReadArchive, archive: HealthArchive, ctx: Context) -> None:
    """Raises ConsentMissing."""
    today = shanghai_date(ctx.now)
    agreed = any(
        archive.consented(consent, "treatment", cmd.institution, today)
        for consent in archive.consents
    )
    opened = any(reader == ctx.actor for reader, _ in archive.unreviewed.values())
    if not (agreed or opened or cmd.institution == archive.centre):
        raise ConsentMissing()
    archive.read_archive(ctx.actor, cmd.institution, cmd.purpose, cmd.sections)


class BreakGlass(ArchiveCommand):
    """Open an archive without consent in an emergency. At once; reviewed within a working day."""

    reason: Personal[ReasonGiven]


@command(key="archive_id", roles={Role.OFFICER}, department=HEALTH)
def break_glass(cmd: BreakGlass, archive: HealthArchive, ctx: Context) -> None:
    """The command's id names the opening."""
    archive.break_glass(ctx.command_id, ctx.actor, cmd.reason, calendar=ctx.calendar)


class ReviewBreakGlass(ArchiveCommand):
    """Say whether an opening without consent was justified."""

    opening_id: UUID
    justified: bool
    note: Personal[Text]


@command(key="archive_id", roles={Role.OFFICER}, department=HEALTH)
def review_break_glass(cmd: ReviewBreakGlass, archive: HealthArchive, ctx: Context) -> None:
    """By somebody else than who opened it."""
    archive.review_break_glass(
        cmd.opening_id,
        cmd.note,
        justified=cmd.justified,
        officer=ctx.actor,
        calendar=ctx.calendar,
    )
