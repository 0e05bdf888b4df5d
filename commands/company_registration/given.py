"""The parts that several commands share: people, shareholders, applications, as they are sent.

All that can be judged of a body alone is judged here, with the brief's codes; a person becomes a
value of the domain together with the keyed hash that stands for him.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from commands.base import Command, Context
from domain.company_registration.applications import (
    Answer,
    Application,
    Defect,
    Digest,
    Document,
    Material,
    OrganisationShareholder,
    Person,
    PersonShareholder,
    ReasonCode,
    Shareholder,
)
from domain.company_registration.names import EntityType
from domain.shared.address import Address
from domain.shared.checks import bad
from domain.shared.identifiers import (
    IndustryCode,
    Mobile,
    OrganisationUscc,
    PersonName,
    ResidentId,
    resident_id_birthdate,
)
from domain.shared.instants import shanghai_date
from domain.shared.money import WHOLE_PPM, Fen, SharePpm
from domain.shared.personal import Personal, Sensitive
from domain.shared.refusals import BornInFuture

MOST_SHAREHOLDERS = 50

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""A short text that names nobody."""

DecisionNo = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    Field(description="Number of the written decision", examples=["甬市监撤字〔2026〕12号"]),
]

PaperNo = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class RegistrationCommand(Command):
    """Base of the commands on one company's matter."""

    registration_id: UUID = Field(
        description="The matter, as the answer to reserve-name gave it",
        examples=["01970000-0000-7000-8000-000000000001"],
    )


class Given(BaseModel):
    """Base of the parts: strict JSON types, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def subject_of(resident_id: str, ctx: Context) -> str:
    """The stable reference that stands for a person in the whole city."""
    return ctx.keyed_hash("person", resident_id)


class PersonGiven(Given):
    """Someone with a part in the company."""

    name: Personal[PersonName] = Field(description="As on the identity card", examples=["王明"])
    resident_id: Sensitive[ResidentId] = Field(
        description="Resident identity number, GB 11643", examples=["330203199001011236"]
    )

    def known_as(self, ctx: Context) -> Person:
        """The same person with the stable reference that stands for the identity.

        Raises BornInFuture, which the value alone cannot know.
        """
        if resident_id_birthdate(self.resident_id) > shanghai_date(ctx.now):
            raise BornInFuture()
        return Person(
            subject=subject_of(self.resident_id, ctx),
            name=self.name,
            resident_id=self.resident_id,
        )


class PersonShareholderGiven(PersonGiven):
    """A person who holds a share."""

    kind: Literal["person"] = Field(description="A natural person")
    share_ppm: SharePpm


class OrganisationShareholderGiven(Given):
    """A body that holds a share."""

    kind: Literal["organisation"] = Field(description="A company or another body")
    name: Text = Field(description="As on its licence", examples=["宁波东海投资有限公司"])
    uscc: OrganisationUscc
    share_ppm: SharePpm


ShareholderGiven = Annotated[
    PersonShareholderGiven | OrganisationShareholderGiven, Field(discriminator="kind")
]
ShareholdersGiven = Annotated[
    tuple[ShareholderGiven, ...],
    Field(
        description="1 to 50, each with a share in millionths; the shares sum to 1000000",
        json_schema_extra={"minItems": 1, "maxItems": MOST_SHAREHOLDERS},
    ),
]


def known_shareholder(
    given: PersonShareholderGiven | OrganisationShareholderGiven, ctx: Context
) -> Shareholder:
    """A shareholder as the domain keeps it."""
    if isinstance(given, PersonShareholderGiven):
        return PersonShareholder(person=given.known_as(ctx), share_ppm=given.share_ppm)
    return OrganisationShareholder(name=given.name, uscc=given.uscc, share_ppm=given.share_ppm)


def judge_shareholders(
    shareholders: tuple[PersonShareholderGiven | OrganisationShareholderGiven, ...], most: int
) -> None:
    """Raises ``shareholder-count`` and ``shares-not-whole``."""
    if not 1 <= len(shareholders) <= most:
        bad("shareholder-count", "A company has 1 to 50 shareholders, a sole trader one")
    shares = [shareholder.share_ppm for shareholder in shareholders]
    if min(shares) <= 0 or sum(shares) != WHOLE_PPM:
        bad("shares-not-whole", "Shares are above zero and sum to 1000000")


ScopeGiven = Annotated[
    tuple[IndustryCode, ...],
    Field(min_length=1, max_length=100, description="Industries of GB/T 4754-2017"),
]
DirectorsGiven = Annotated[
    tuple[PersonGiven, ...], Field(max_length=19, description="The board; may be empty")
]
CapitalGiven = Annotated[Fen, Field(gt=0, description="Subscribed capital in fen, 1/100 yuan")]


class MaterialGiven(Given):
    """A document that is handed in."""

    document: Document
    sha256: Digest | None = Field(default=None, description="SHA-256 of the file, in hexadecimal")

    def known(self) -> Material:
        """As the domain keeps it."""
        return Material(document=self.document, sha256=self.sha256)


class DefectGiven(Given):
    """One thing to mend."""

    document: Document
    reason_code: ReasonCode

    def known(self) -> Defect:
        """As the domain keeps it."""
        return Defect(document=self.document, reason_code=self.reason_code)


class AnswerGiven(DefectGiven):
    """What was done about a defect."""

    sha256: Digest | None = Field(default=None, description="SHA-256 of the new file, if any")

    def answered(self) -> Answer:
        """As the domain keeps it."""
        return Answer(document=self.document, reason_code=self.reason_code, sha256=self.sha256)


class ApplicationGiven(Given):
    """All that is applied for."""

    entity_type: EntityType = Field(description="It has to fit the name's organisation form")
    subscribed_capital_fen: CapitalGiven
    shareholders: ShareholdersGiven
    contribution_due: date | None = Field(
        default=None,
        description="Last day on which capital is paid in, at most five years ahead; "
        "leave it out when all is paid",
    )
    legal_representative: PersonGiven
    directors: DirectorsGiven = ()
    phone: Personal[Mobile]
    address: Address = Field(description="It has to lie in the registry's district")
    business_scope: ScopeGiven
    foreign_trader: bool = Field(
        default=False, description="It imports or exports, so customs hears of it too"
    )
    materials: Annotated[tuple[MaterialGiven, ...], Field(max_length=50)] = ()

    @field_validator("shareholders")
    @classmethod
    def _shareholders(
        cls,
        value: tuple[PersonShareholderGiven | OrganisationShareholderGiven, ...],
        info: ValidationInfo,
    ) -> tuple[PersonShareholderGiven | OrganisationShareholderGiven, ...]:
        sole = info.data.get("entity_type") == "sole-trader"
        judge_shareholders(value, 1 if sole else MOST_SHAREHOLDERS)
        return value

    def known(self, ctx: Context) -> Application:
        """As the domain keeps it, under the division numbers in force today."""
        return Application(
            entity_type=self.entity_type,
            subscribed_capital_fen=self.subscribed_capital_fen,
            shareholders=tuple(known_shareholder(s, ctx) for s in self.shareholders),
            contribution_due=self.contribution_due,
            legal_representative=self.legal_representative.known_as(ctx),
            directors=tuple(d.known_as(ctx) for d in self.directors),
            phone=self.phone,
            address=self.address.under_current_division(shanghai_date(ctx.now)),
            business_scope=self.business_scope,
            foreign_trader=self.foreign_trader,
            materials=tuple(m.known() for m in self.materials),
        )
