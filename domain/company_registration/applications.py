"""What an application says: who founds, with what, where and for what; and what is handed in.

Values only. They are built from commands that were judged at the door, and read from the log
unjudged. Source: Regulations on Registration of Market Entities, art. 8, 9, 16; Company Law 2023,
art. 42 (1 to 50 shareholders), 47 (contribution within five years), 178 (officeholders).
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.company_registration.names import CompanyName, EntityType
from domain.shared.address import Address
from domain.shared.identifiers import (
    IndustryCode,
    Mobile,
    OrganisationUscc,
    PersonName,
    ResidentId,
    SubjectRef,
)
from domain.shared.money import Fen, SharePpm
from domain.shared.personal import Personal, Sensitive


class Value(BaseModel):
    """Base of the values here: frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Applicant(Value):
    """Who began the matter. ``actor`` is the token's subject, ``subject`` its keyed hash."""

    subject: SubjectRef
    actor: Personal[str]


class Person(Value):
    """Someone with a part in the company. ``subject`` is whose key encrypts the rest."""

    subject: SubjectRef
    name: Personal[PersonName]
    resident_id: Sensitive[ResidentId]


class PersonShareholder(Value):
    """A person who holds a share."""

    kind: Literal["person"] = "person"
    person: Person
    share_ppm: SharePpm


class OrganisationShareholder(Value):
    """A body that holds a share; nothing of it is personal."""

    kind: Literal["organisation"] = "organisation"
    name: str
    uscc: OrganisationUscc
    share_ppm: SharePpm


Shareholder = Annotated[PersonShareholder | OrganisationShareholder, Field(discriminator="kind")]


class Document(StrEnum):
    """What may have to be handed in."""

    APPLICATION_FORM = "application-form"
    ARTICLES = "articles-of-association"
    IDENTITY = "identity-documents"
    APPOINTMENTS = "appointment-documents"
    DOMICILE = "domicile-proof"
    PRIOR_APPROVAL = "prior-approval"
    INVESTMENT_RELATION = "investment-relation-proof"


Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
"""SHA-256 of a file, 64 hexadecimal digits; the file itself lies in the document store."""


class Material(Value):
    """A document that was handed in."""

    document: Document
    sha256: Digest | None = None


class ReasonCode(StrEnum):
    """What may be wrong with a document."""

    MISSING = "missing"
    ILLEGIBLE = "illegible"
    EXPIRED = "expired"
    UNSIGNED = "unsigned"
    CONTRADICTORY = "contradictory"
    WRONG_FORM = "wrong-form"
    CONTENT = "content"


class Defect(Value):
    """One thing to mend."""

    document: Document
    reason_code: ReasonCode


class Answer(Value):
    """What was done about a defect; ``sha256`` is the new document's, if there is one."""

    document: Document
    reason_code: ReasonCode
    sha256: Digest | None = None

    @property
    def defect(self) -> Defect:
        """The defect it answers."""
        return Defect(document=self.document, reason_code=self.reason_code)


class Application(Value):
    """All that is applied for. ``contribution_due`` is None when all is paid in already."""

    entity_type: EntityType
    subscribed_capital_fen: Fen
    shareholders: tuple[Shareholder, ...]
    contribution_due: date | None
    legal_representative: Person
    directors: tuple[Person, ...]
    phone: Personal[Mobile]
    address: Address
    business_scope: tuple[IndustryCode, ...]
    foreign_trader: bool
    materials: tuple[Material, ...]

    def officeholders(self) -> tuple[str, ...]:
        """Subjects of the representative and the directors, each once, in that order."""
        people = (self.legal_representative, *self.directors)
        return tuple(dict.fromkeys(person.subject for person in people))


def required_documents(
    name: CompanyName, entity_type: EntityType, *, needs_prior_approval: bool
) -> frozenset[Document]:
    """What an officer has to have seen before approving."""
    needed = {Document.APPLICATION_FORM, Document.IDENTITY, Document.DOMICILE}
    if entity_type != "sole-trader":
        needed |= {Document.ARTICLES, Document.APPOINTMENTS}
    if needs_prior_approval:
        needed.add(Document.PRIOR_APPROVAL)
    if name.related_registration is not None:
        needed.add(Document.INVESTMENT_RELATION)
    return frozenset(needed)


def departments_to_file_with(*, foreign_trader: bool) -> tuple[str, ...]:
    """Whom a new company is reported to, in the order of filing; public security makes its seals.

    Source: 多证合一 (国办发〔2017〕41号).
    """
    always = ("tax", "hrss", "housing-fund", "public-security", "statistics")
    return (*always, "customs") if foreign_trader else always


def defects_newly_noticed(
    defects: Iterable[Defect], answered: Iterable[Answer] | None
) -> tuple[Document, ...]:
    """Documents that were there unchanged at the last request, and pass for good since then.

    All defects have to be told at once (art. 19), so after a resubmission (``answered`` not
    None) only documents that came with its answers may be found wanting.
    """
    if answered is None:
        return ()
    changed = {answer.document for answer in answered}
    return tuple(sorted({d.document for d in defects} - changed))
