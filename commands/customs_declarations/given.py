"""The parts that several commands share, as they are sent.

All that can be judged of a body alone is judged here, with the brief's codes.
"""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from commands.base import Command, Context
from domain.customs_declarations.documents import Country, Person, declaration_id
from domain.customs_declarations.tariff import HsCode
from domain.shared.identifiers import (
    PersonName,
    ResidentId,
    Uscc,
    resident_id_birthdate,
)
from domain.shared.instants import shanghai_date
from domain.shared.money import Fen
from domain.shared.personal import Personal, Sensitive
from domain.shared.refusals import BornInFuture

MOST_ITEMS = 50
MOST_PIECES = 1_000

Number = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,59}$"),
]
"""A number that an enterprise or customs gave: letters, digits, ``.``, ``_``, ``/``, ``-``."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""A short text that names nobody."""

DecisionNo = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    Field(description="Number of the written decision", examples=["甬关缉字〔2026〕12号"]),
]

MOST_FEN = 10_000_000_000
Amount = Annotated[Fen, Field(le=MOST_FEN)]
"""An amount on a document: up to a hundred million yuan, so that no sum of them overflows."""

Pieces = Annotated[int, Field(ge=1, le=MOST_PIECES, description="Number of pieces")]
LineNo = Annotated[int, Field(ge=1, le=MOST_ITEMS, description="Line of the order, from 1")]
AddressText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(description="Postal address anywhere in the country"),
]
InvtNo = Annotated[
    str,
    StringConstraints(pattern="^[0-9]{18}$"),
    Field(description="Number that customs gave the list, 18 digits"),
]
BookNo = Annotated[
    str,
    StringConstraints(pattern="^[A-Z][A-Z0-9]{11}$"),
    Field(description="Number of the bonded ledger (账册)", examples=["T3105W000123"]),
]
ItemNo = Annotated[int, Field(ge=1, le=999_999, description="Item of the ledger")]
TraceCode = Annotated[
    str,
    StringConstraints(pattern="^[A-Za-z0-9-]{6,40}$"),
    Field(description="Code on the goods under which their batch is traced"),
]
EnterpriseCode = Annotated[
    Uscc, Field(description="The enterprise by its unified social credit code")
]


class Given(BaseModel):
    """Base of the parts: strict JSON types, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PersonGiven(Given):
    """Buyer or payer."""

    name: Personal[PersonName] = Field(description="As on the identity card", examples=["王明"])
    resident_id: Sensitive[ResidentId]

    def known(self, ctx: Context) -> Person:
        """The same person with the reference that stands for the identity. Raises BornInFuture."""
        if resident_id_birthdate(self.resident_id) > shanghai_date(ctx.now):
            raise BornInFuture()
        return Person(
            subject=ctx.keyed_hash("person", self.resident_id),
            name=self.name,
            resident_id=self.resident_id,
        )


class ItemGiven(Given):
    """A line of an order."""

    sku: Number = Field(description="The platform's number of the article")
    hs_code: HsCode
    name: Text = Field(description="What it is", examples=["护肤面霜"])
    qty: Pieces
    price_fen: Annotated[Amount, Field(gt=0)] = Field(description="Price of one piece in fen")
    country: Country = Field(description="Origin, ISO 3166 alpha-3", examples=["FRA"])
    trace_code: TraceCode | None = None


class OrderKey(Command):
    """Base of the three documents: platform and order number name the matter."""

    ebp_code: EnterpriseCode = Field(description="The platform")
    order_no: Number = Field(description="The platform's order number")

    @property
    def declaration_id(self) -> UUID:
        """The matter of the order, whichever document comes first."""
        return declaration_id(self.ebp_code, self.order_no)


class DeclarationCommand(Command):
    """Base of the commands on an order whose documents are coming in."""

    declaration_id: UUID = Field(
        description="The matter, as the answer to its first document gave it",
        examples=["01970000-0000-7000-8000-000000000001"],
    )
