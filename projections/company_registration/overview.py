"""One line per matter: where it stands, what runs out when, who has it.

What may surprise: a fold has no clock, so a running limit shows when it is due, and what remains
is shown only while it is paused.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from domain.company_registration import CompanyRegistration, State
from domain.company_registration.limits import LEGAL, LICENCE
from domain.company_registration.names import EntityType
from domain.shared.clocks import ClockReading, Phase
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from domain.shared.identifiers import SubjectRef, Uscc
from projections.base import Index, PrefixIndex, Row, fold

Alarm = Literal["warned", "breached", "escalated"]


class RegistrationOverview(Row, key="registration_id", main=True):
    """One line per matter, for the counter and the applicant.

    ``due_at`` is the city's hour while it runs, ``remaining_s`` what was left of it when it
    paused (seconds of office hours), ``lapses_at`` when something ends by itself.
    """

    registration_id: UUID
    name: Annotated[str, PrefixIndex]
    state: Annotated[State, Index]
    district: Annotated[District, Index]
    applicant: Annotated[SubjectRef, Index]
    type: EntityType | None = None
    uscc: Annotated[Uscc | None, Index] = None
    due_at: Annotated[datetime | None, Index] = None
    remaining_s: int | None = None
    legal_due_at: Annotated[datetime | None, Index] = None
    lapses_at: Annotated[datetime | None, Index] = None
    alarm: Annotated[Alarm | None, Index] = None
    officer: Annotated[str | None, Index] = None
    begun_at: Annotated[datetime, Index]
    submitted_at: datetime | None = None
    licensed_at: datetime | None = None
    office_seconds: int | None = None
    open_change: str | None = None
    filed_with: tuple[DepartmentCode, ...] = ()
    flags: int = 0

    def timed(self, clocks: Iterable[ClockReading], **changes: object) -> "RegistrationOverview":
        """This row with what the readings say, and other changes."""
        for reading in clocks:
            due_at = reading.due_at if reading.phase is Phase.RUNNING else None
            if reading.clock == LICENCE.name:
                changes["due_at"] = due_at
                changes["remaining_s"] = (
                    reading.remaining if reading.phase is Phase.PAUSED else None
                )
            elif reading.clock == LEGAL.name:
                changes["legal_due_at"] = due_at
            else:
                changes["lapses_at"] = due_at
        return self.replace(**changes)


@fold(RegistrationOverview)
def name_reserved(row: None, e: CompanyRegistration.NameReserved) -> RegistrationOverview:
    return RegistrationOverview(
        registration_id=e.id,
        name=e.name.text,
        state=State.NAME_RESERVED,
        district=e.registry,
        applicant=e.applicant.subject,
        lapses_at=e.expires_at,
        begun_at=e.at,
    )


@fold(RegistrationOverview)
def application_submitted(
    row: RegistrationOverview, e: CompanyRegistration.ApplicationSubmitted
) -> RegistrationOverview:
    return row.timed(
        e.clocks,
        state=State.SUBMITTED,
        type=e.application.entity_type,
        submitted_at=e.accepted_at,
    )


@fold(RegistrationOverview)
def correction_requested(
    row: RegistrationOverview, e: CompanyRegistration.CorrectionRequested
) -> RegistrationOverview:
    return row.timed(e.clocks, state=State.CORRECTING, officer=e.officer)


@fold(RegistrationOverview)
def application_resubmitted(
    row: RegistrationOverview, e: CompanyRegistration.ApplicationResubmitted
) -> RegistrationOverview:
    return row.timed(e.clocks, state=State.SUBMITTED)


@fold(RegistrationOverview)
def legal_term_extended(
    row: RegistrationOverview, e: CompanyRegistration.LegalTermExtended
) -> RegistrationOverview:
    return row.timed(e.clocks)


@fold(RegistrationOverview)
def application_approved(
    row: RegistrationOverview, e: CompanyRegistration.ApplicationApproved
) -> RegistrationOverview:
    return row.replace(state=State.APPROVED, officer=e.officer)


@fold(RegistrationOverview)
def application_rejected(
    row: RegistrationOverview, e: CompanyRegistration.ApplicationRejected
) -> RegistrationOverview:
    return row.timed(e.clocks, state=State.REJECTED, officer=e.officer)


@fold(RegistrationOverview)
def lapsed(
    row: RegistrationOverview,
    e: CompanyRegistration.NameLapsed | CompanyRegistration.ApplicationLapsed,
) -> RegistrationOverview:
    return row.timed(e.clocks, state=State.LAPSED)


@fold(RegistrationOverview)
def application_withdrawn(
    row: RegistrationOverview, e: CompanyRegistration.ApplicationWithdrawn
) -> RegistrationOverview:
    return row.timed(e.clocks, state=State.WITHDRAWN)


@fold(RegistrationOverview)
def licence_issued(
    row: RegistrationOverview, e: CompanyRegistration.LicenceIssued
) -> RegistrationOverview:
    return row.timed(
        e.clocks,
        state=State.REGISTERED,
        uscc=e.uscc,
        officer=e.issued_by,
        licensed_at=e.at,
        office_seconds=e.office_seconds,
    )


@fold(RegistrationOverview)
def clock_warned(
    row: RegistrationOverview, e: CompanyRegistration.ClockWarned
) -> RegistrationOverview:
    return row.replace(alarm="warned")


@fold(RegistrationOverview)
def clock_breached(
    row: RegistrationOverview, e: CompanyRegistration.ClockBreached
) -> RegistrationOverview:
    return row.replace(alarm="breached")


@fold(RegistrationOverview)
def clock_escalated(
    row: RegistrationOverview, e: CompanyRegistration.ClockEscalated
) -> RegistrationOverview:
    return row.replace(alarm="escalated")


@fold(RegistrationOverview)
def filing_recorded(
    row: RegistrationOverview, e: CompanyRegistration.FilingRecorded
) -> RegistrationOverview:
    return row.replace(filed_with=(*row.filed_with, e.department))


@fold(RegistrationOverview)
def filing_taken_back(
    row: RegistrationOverview, e: CompanyRegistration.FilingTakenBack
) -> RegistrationOverview:
    return row.replace(filed_with=tuple(d for d in row.filed_with if d != e.department))


@fold(RegistrationOverview)
def change_applied(
    row: RegistrationOverview, e: CompanyRegistration.ChangeApplied
) -> RegistrationOverview:
    return row.replace(open_change=e.change.field)


@fold(RegistrationOverview)
def change_approved(
    row: RegistrationOverview, e: CompanyRegistration.ChangeApproved
) -> RegistrationOverview:
    name = e.new.name.text if e.new.field == "name" else row.name
    return row.replace(open_change=None, officer=e.officer, name=name)


@fold(RegistrationOverview)
def change_rejected(
    row: RegistrationOverview, e: CompanyRegistration.ChangeRejected
) -> RegistrationOverview:
    return row.replace(open_change=None, officer=e.officer)


@fold(RegistrationOverview)
def business_suspended(
    row: RegistrationOverview, e: CompanyRegistration.BusinessSuspended
) -> RegistrationOverview:
    return row.timed(e.clocks, state=State.SUSPENDED)


@fold(RegistrationOverview)
def registered_again(
    row: RegistrationOverview,
    e: CompanyRegistration.BusinessResumed
    | CompanyRegistration.DeregistrationObjected
    | CompanyRegistration.AnnouncementEnded,
) -> RegistrationOverview:
    return row.timed(e.clocks, state=State.REGISTERED)


@fold(RegistrationOverview)
def officeholder_flagged(
    row: RegistrationOverview, e: CompanyRegistration.OfficeholderFlagged
) -> RegistrationOverview:
    return row.replace(flags=row.flags + 1)


@fold(RegistrationOverview)
def officeholder_flag_lifted(
    row: RegistrationOverview, e: CompanyRegistration.OfficeholderFlagLifted
) -> RegistrationOverview:
    return row.replace(flags=row.flags - 1)


@fold(RegistrationOverview)
def deregistration_announced(
    row: RegistrationOverview, e: CompanyRegistration.DeregistrationAnnounced
) -> RegistrationOverview:
    return row.timed(e.clocks, state=State.ANNOUNCING)


@fold(RegistrationOverview)
def deregistration_extended(
    row: RegistrationOverview, e: CompanyRegistration.DeregistrationExtended
) -> RegistrationOverview:
    return row.timed(e.clocks)


@fold(RegistrationOverview)
def deregistered(
    row: RegistrationOverview, e: CompanyRegistration.Deregistered
) -> RegistrationOverview:
    return row.timed(e.clocks, state=State.DEREGISTERED, open_change=None)


@fold(RegistrationOverview)
def licence_revoked(
    row: RegistrationOverview, e: CompanyRegistration.LicenceRevoked
) -> RegistrationOverview:
    return row.timed(e.clocks, state=State.REVOKED, open_change=None)


@fold(RegistrationOverview)
def registration_annulled(
    row: RegistrationOverview, e: CompanyRegistration.RegistrationAnnulled
) -> RegistrationOverview:
    return row.replace(state=State.ANNULLED, open_change=None)
