"""What may change in a registered company: one tagged value for each kind of change.

The same value says what was applied for, what stood before and what stands after it.
"""

from typing import Annotated, Literal

from pydantic import Field

from domain.company_registration.applications import Application, Person, Shareholder, Value
from domain.company_registration.names import CompanyName
from domain.shared.address import Address
from domain.shared.identifiers import IndustryCode
from domain.shared.money import Fen


class NameChange(Value):
    """Another name at the same registry."""

    field: Literal["name"] = "name"
    name: CompanyName


class AddressChange(Value):
    """Another address in the registry's district."""

    field: Literal["address"] = "address"
    address: Address


class CapitalChange(Value):
    """More or less subscribed capital, in fen."""

    field: Literal["capital"] = "capital"
    subscribed_capital_fen: Fen


class ScopeChange(Value):
    """Another business scope."""

    field: Literal["business-scope"] = "business-scope"
    business_scope: tuple[IndustryCode, ...]


class RepresentativeChange(Value):
    """Another legal representative."""

    field: Literal["legal-representative"] = "legal-representative"
    legal_representative: Person


class DirectorsChange(Value):
    """Another board."""

    field: Literal["directors"] = "directors"
    directors: tuple[Person, ...]


class ShareholdersChange(Value):
    """Other shareholders or shares; they sum to the whole."""

    field: Literal["shareholders"] = "shareholders"
    shareholders: tuple[Shareholder, ...]


Change = Annotated[
    NameChange
    | AddressChange
    | CapitalChange
    | ScopeChange
    | RepresentativeChange
    | DirectorsChange
    | ShareholdersChange,
    Field(discriminator="field"),
]


def present(change: Change, name: CompanyName, held: Application) -> Change:
    """What stands in the register now, in the place that ``change`` would change."""
    match change:
        case NameChange():
            return NameChange(name=name)
        case AddressChange():
            return AddressChange(address=held.address)
        case CapitalChange():
            return CapitalChange(subscribed_capital_fen=held.subscribed_capital_fen)
        case ScopeChange():
            return ScopeChange(business_scope=held.business_scope)
        case RepresentativeChange():
            return RepresentativeChange(legal_representative=held.legal_representative)
        case DirectorsChange():
            return DirectorsChange(directors=held.directors)
        case ShareholdersChange():
            return ShareholdersChange(shareholders=held.shareholders)


def changed(held: Application, change: Change) -> Application:
    """What the register holds after a change; a name is not part of it."""
    if isinstance(change, NameChange):
        return held
    update = {name: getattr(change, name) for name in type(change).model_fields if name != "field"}
    return held.model_copy(update=update)


def officeholders_of(change: Change) -> tuple[str, ...]:
    """Subjects whom a change names for an office: those who come, or, of what stood before, who
    may have left."""
    match change:
        case RepresentativeChange():
            return (change.legal_representative.subject,)
        case DirectorsChange():
            return tuple(dict.fromkeys(person.subject for person in change.directors))
    return ()
