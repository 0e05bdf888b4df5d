"""The public register, without persons: is this company what it says it is, today or then?

Keyed by the code on the licence. An announcement that went to departments only (a sole trader's)
leaves no trace here.
"""

from datetime import date, datetime
from typing import Annotated

from domain.company_registration import CompanyRegistration, State
from domain.company_registration.changes import (
    AddressChange,
    CapitalChange,
    NameChange,
    ScopeChange,
)
from domain.company_registration.names import EntityType
from domain.shared.address import Address
from domain.shared.districts import District
from domain.shared.identifiers import IndustryCode, Uscc
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen
from projections.base import Index, PrefixIndex, Row, fold


class CompanyRegister(Row, key="uscc", history=True):
    """One line per company ever licensed; it can be asked as of any position or time."""

    uscc: Uscc
    name: Annotated[str, PrefixIndex]
    type: Annotated[EntityType, Index]
    status: Annotated[State, Index]
    registry: Annotated[District, Index]
    subscribed_capital_fen: Annotated[Fen, Index]
    established_on: Annotated[date, Index]
    address: Address
    business_scope: tuple[IndustryCode, ...]
    objections_until: Annotated[datetime | None, Index] = None
    ended_on: Annotated[date | None, Index] = None


@fold(CompanyRegister, key="uscc")
def licence_issued(row: None, e: CompanyRegistration.LicenceIssued) -> CompanyRegister:
    return CompanyRegister(
        uscc=e.uscc,
        name=e.name.text,
        type=e.type,
        status=State.REGISTERED,
        registry=e.registry,
        subscribed_capital_fen=e.subscribed_capital_fen,
        established_on=e.established_on,
        address=e.address,
        business_scope=e.business_scope,
    )


@fold(CompanyRegister, key="uscc")
def change_approved(row: CompanyRegister, e: CompanyRegistration.ChangeApproved) -> CompanyRegister:
    match e.new:
        case NameChange(name=name):
            return row.replace(name=name.text)
        case AddressChange(address=address):
            return row.replace(address=address)
        case CapitalChange(subscribed_capital_fen=capital):
            return row.replace(subscribed_capital_fen=capital)
        case ScopeChange(business_scope=scope):
            return row.replace(business_scope=scope)
    return row  # persons are not public


@fold(CompanyRegister, key="uscc")
def business_suspended(
    row: CompanyRegister, e: CompanyRegistration.BusinessSuspended
) -> CompanyRegister:
    return row.replace(status=State.SUSPENDED)


@fold(CompanyRegister, key="uscc")
def business_resumed(
    row: CompanyRegister, e: CompanyRegistration.BusinessResumed
) -> CompanyRegister:
    return row.replace(status=State.REGISTERED)


@fold(CompanyRegister, key="uscc")
def deregistration_announced(
    row: CompanyRegister, e: CompanyRegistration.DeregistrationAnnounced
) -> CompanyRegister:
    if not e.public:
        return row
    return row.replace(status=State.ANNOUNCING, objections_until=e.objections_until)


@fold(CompanyRegister, key="uscc")
def announcement_closed(
    row: CompanyRegister,
    e: CompanyRegistration.DeregistrationObjected | CompanyRegistration.AnnouncementEnded,
) -> CompanyRegister:
    if not e.public:
        return row
    return row.replace(status=State.REGISTERED, objections_until=None)


@fold(CompanyRegister, key="uscc")
def deregistered(row: CompanyRegister, e: CompanyRegistration.Deregistered) -> CompanyRegister:
    return row.replace(
        status=State.DEREGISTERED, objections_until=None, ended_on=shanghai_date(e.at)
    )


@fold(CompanyRegister, key="uscc")
def licence_revoked(row: CompanyRegister, e: CompanyRegistration.LicenceRevoked) -> CompanyRegister:
    return row.replace(status=State.REVOKED)


@fold(CompanyRegister, key="uscc")
def registration_annulled(
    row: CompanyRegister, e: CompanyRegistration.RegistrationAnnulled
) -> CompanyRegister:
    return row.replace(status=State.ANNULLED, ended_on=shanghai_date(e.at))
