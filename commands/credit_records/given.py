"""The parts that several commands share: whom a record is about, texts, numbers, evidence."""

from typing import Annotated
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
from domain.credit_records.identities import Digest, subject_id
from domain.shared.checks import bad
from domain.shared.identifiers import ResidentId, SubjectRef, Uscc
from domain.shared.personal import Personal, Sensitive

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]

FreeText = Personal[Text]
"""What may speak of people; it goes to those alone who may see persons' facts."""

DecisionNo = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    Field(description="Number of the written decision", examples=["甬市监处罚〔2026〕12号"]),
]

Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]

EvidenceGiven = Annotated[
    tuple[Digest, ...], Field(max_length=50, description="SHA-256 of each file, in hexadecimal")
]


class RecordCommand(Command):
    """Base of the commands on one record."""

    record_id: UUID = Field(
        description="The record, as the answer to contribute-record or notify-listing gave it",
        examples=["01970000-0000-7000-8000-000000000001"],
    )


class SubjectCommand(Command):
    """Base of the commands on one subject's file."""

    subject_id: UUID = Field(description="The subject, as the answer to open-subject gave it")


class SubjectGiven(BaseModel):
    """Whom it is about: a company by its code, a person by resident id or by reference."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    uscc: Uscc | None = None
    resident_id: Sensitive[ResidentId] | None = None
    person: SubjectRef | None = Field(
        default=None,
        validate_default=True,
        description="The city's reference for the person, instead of the resident id",
    )

    @field_validator("person")
    @classmethod
    def _one_of_the_three(cls, value: str | None, info: ValidationInfo) -> str | None:
        if not {"uscc", "resident_id"} <= info.data.keys():
            return value  # what is wrong with them has been said
        given = (info.data["uscc"], info.data["resident_id"], value)
        if sum(one is not None for one in given) != 1:
            bad("credit-subject-unclear", "Give the code, the resident id or the reference")
        return value

    def key(self, ctx: Context) -> str:
        """What stands for the subject in events and rows."""
        if self.uscc is not None:
            return self.uscc
        return self.person or ctx.keyed_hash("person", self.resident_id or "")

    def id(self, ctx: Context) -> UUID:
        """The subject's own matter."""
        return subject_id(self.key(ctx))
