"""Which names are taken, and until when: an answer before one asks, not the judgement itself.

The judgement is the claim, in the transaction that reserves. A name passes from one matter to
another, so a fold must not let a late event of the first one touch the row of the second.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeAlias

from domain.company_registration import CompanyRegistration
from domain.company_registration.changes import Change, NameChange
from domain.company_registration.names import CompanyName
from domain.shared.districts import District
from projections.base import Index, PrefixIndex, Row, fold


class NameStatus(StrEnum):
    """``KEPT``: its company ended or was renamed less than a year ago."""

    RESERVED = "reserved"
    REGISTERED = "registered"
    KEPT = "kept"


class NameIndex(Row, key=("registry", "name")):
    """One line per name that is or was lately somebody's; whose, it does not say.

    ``section`` is the industry's letter; without one the trade name is taken in all twenty. A
    line whose ``until`` has passed is free.
    """

    registry: District
    name: str
    trade_name: Annotated[str, PrefixIndex]
    section: Annotated[str | None, Index] = None
    status: Annotated[NameStatus, Index]
    until: Annotated[datetime | None, Index] = None


def _line(name: CompanyName, status: NameStatus, until: datetime | None = None) -> NameIndex:
    return NameIndex(
        registry=name.registry,
        name=name.text,
        trade_name=name.trade_name,
        section=name.section,
        status=status,
        until=until,
    )


_Named: TypeAlias = (
    CompanyRegistration.NameReserved
    | CompanyRegistration.NameLapsed
    | CompanyRegistration.ApplicationSubmitted
    | CompanyRegistration.ApplicationLapsed
    | CompanyRegistration.ApplicationRejected
    | CompanyRegistration.ApplicationWithdrawn
    | CompanyRegistration.LicenceIssued
    | CompanyRegistration.ChangeApproved
    | CompanyRegistration.Deregistered
    | CompanyRegistration.RegistrationAnnulled
)
_Ended: TypeAlias = (
    CompanyRegistration.Deregistered
    | CompanyRegistration.LicenceRevoked
    | CompanyRegistration.RegistrationAnnulled
)


def own(e: _Named) -> tuple[str, str]:
    """Key of the company's present name."""
    return e.name.registry, e.name.text


def asked_for(
    e: CompanyRegistration.ChangeApplied | CompanyRegistration.ChangeRejected,
) -> tuple[str, str]:
    """Key of the name that a change asks for; for other changes, of the present one."""
    name = _new_name(e.change) or e.name
    return name.registry, name.text


def approved(e: CompanyRegistration.ChangeApproved) -> tuple[str, str]:
    """Key of the name after the change."""
    name = _new_name(e.new) or e.name
    return name.registry, name.text


def pending(e: _Ended) -> tuple[str, str]:
    """Key of a name that an open change had asked for; without one, of the present name."""
    name = e.pending_name or e.name
    return name.registry, name.text


def _new_name(change: Change) -> CompanyName | None:
    return change.name if isinstance(change, NameChange) else None


@fold(NameIndex, key=own)
def name_reserved(row: NameIndex | None, e: CompanyRegistration.NameReserved) -> NameIndex:
    return _line(e.name, NameStatus.RESERVED, e.expires_at)


@fold(NameIndex, key=own)
def name_lapsed(row: NameIndex | None, e: CompanyRegistration.NameLapsed) -> NameIndex | None:
    # Recorded late, when another may have reserved the name since it ran out.
    return None if row is None or row.until == e.expires_at else row


@fold(NameIndex, key=own)
def application_submitted(row: NameIndex, e: CompanyRegistration.ApplicationSubmitted) -> NameIndex:
    return row.replace(until=None)


@fold(NameIndex, key=own)
def given_up(
    row: NameIndex,
    e: CompanyRegistration.ApplicationLapsed
    | CompanyRegistration.ApplicationRejected
    | CompanyRegistration.ApplicationWithdrawn,
) -> None:
    return None


@fold(NameIndex, key=own)
def licence_issued(row: NameIndex, e: CompanyRegistration.LicenceIssued) -> NameIndex:
    return row.replace(status=NameStatus.REGISTERED)


@fold(NameIndex, key=asked_for)
def change_applied(row: NameIndex | None, e: CompanyRegistration.ChangeApplied) -> NameIndex | None:
    name = _new_name(e.change)
    if name is None or name.text == e.name.text:
        return row
    return _line(name, NameStatus.RESERVED)


@fold(NameIndex, key=asked_for)
def change_rejected(
    row: NameIndex | None, e: CompanyRegistration.ChangeRejected
) -> NameIndex | None:
    name = _new_name(e.change)
    return row if name is None or name.text == e.name.text else None


@fold(NameIndex, key=own)
def old_name_kept(row: NameIndex, e: CompanyRegistration.ChangeApproved) -> NameIndex:
    if e.name_kept_until is None:
        return row
    return row.replace(status=NameStatus.KEPT, until=e.name_kept_until)


@fold(NameIndex, key=approved)
def new_name_registered(
    row: NameIndex | None, e: CompanyRegistration.ChangeApproved
) -> NameIndex | None:
    name = _new_name(e.new)
    return _line(name, NameStatus.REGISTERED) if name else row


@fold(NameIndex, key=own)
def name_kept(
    row: NameIndex,
    e: CompanyRegistration.Deregistered | CompanyRegistration.RegistrationAnnulled,
) -> NameIndex:
    return row.replace(status=NameStatus.KEPT, until=e.name_kept_until)


@fold(NameIndex, key=pending)
def pending_name_free(row: NameIndex | None, e: _Ended) -> NameIndex | None:
    return row if e.pending_name is None or e.pending_name.text == e.name.text else None
