"""Open and close a subject's file, and record who acts for the subject."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from commands.base import Command, Context, Role, command
from commands.credit_records.access import CREDIT_OFFICE, REGISTRY, require_department
from commands.credit_records.given import SubjectCommand
from domain.credit_records import CreditSubject
from domain.credit_records.identities import subject_id, type_of
from domain.credit_records.refusals import (
    SubjectAlreadyOpen,
)
from domain.shared.checks import bad
from domain.shared.identifiers import (
    OfficerId,
    PersonName,
    ResidentId,
    Uscc,
    resident_id_birthdate,
)
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal, Sensitive
from domain.shared.refusals import BornInFuture

ProxyGiven = Annotated[
    OfficerId, Field(description="The token's subject of who acts", examples=["citizen-1"])
]


class OpenSubject(Command):
    """Open the credit file of a company or of a person. There is one for each.

    A licensed company's is opened by itself.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"uscc": "91330203MA2AF3XQ2G"},
                {"name": "王明", "resident_id": "330203199001011236"},
            ]
        }
    )

    uscc: Uscc | None = Field(default=None, description="Of a company; a person has none")
    name: Personal[PersonName] | None = Field(default=None, description="Of a person")
    resident_id: Sensitive[ResidentId] | None = Field(
        default=None, validate_default=True, description="Of a person"
    )
    holder: Personal[ProxyGiven] | None = Field(
        default=None, description="The token's subject of the person, when it is known"
    )

    @field_validator("resident_id")
    @classmethod
    def _company_or_person(cls, value: str | None, info: ValidationInfo) -> str | None:
        if not {"uscc", "name"} <= info.data.keys():
            return value  # what is wrong with them has been said
        company = info.data["uscc"] is not None
        name = info.data["name"]
        if company == (value is not None) or company == (name is not None):
            bad("credit-subject-unclear", "Give a company's code, or a person's name and id")
        return value


@command(roles={Role.SYSTEM, Role.OFFICER, Role.DEPARTMENT})
def open_subject(cmd: OpenSubject, ctx: Context) -> CreditSubject:
    """Its id follows from the code or the person, so that there is one."""
    if cmd.resident_id and resident_id_birthdate(cmd.resident_id) > shanghai_date(ctx.now):
        raise BornInFuture()
    key = cmd.uscc or ctx.keyed_hash("person", cmd.resident_id or "")
    id = subject_id(key)
    if ctx.matter(CreditSubject, id) is not None:
        raise SubjectAlreadyOpen()
    return opened(cmd, key, id, ctx)


def opened(cmd: OpenSubject, key: str, id: UUID, ctx: Context) -> CreditSubject:
    """The subject's first event."""
    return CreditSubject.begin(
        CreditSubject.SubjectOpened,
        id=id,
        at=ctx.now,
        subject=key,
        type=type_of(key),
        uscc=cmd.uscc,
        name=cmd.name,
        resident_id=cmd.resident_id,
        holder=cmd.holder,
    )


class CloseSubject(SubjectCommand):
    """Close the file of a company that was deregistered. What was recorded stays."""


@command(key="subject_id", roles={Role.SYSTEM, Role.OFFICER})
def close_subject(cmd: CloseSubject, subject: CreditSubject, ctx: Context) -> None:
    """By the registry or the credit office; a deregistration closes it by itself."""
    require_department(ctx, REGISTRY, CREDIT_OFFICE)
    subject.close_subject()


class RecordProxy(SubjectCommand):
    """Record who acts for a subject: the person himself, a legal representative, an attorney."""

    proxy: Personal[ProxyGiven]
    until: date | None = Field(default=None, description="Last day; left out, it has no end")


@command(key="subject_id", roles={Role.OFFICER}, department={CREDIT_OFFICE, REGISTRY})
def record_proxy(cmd: RecordProxy, subject: CreditSubject, ctx: Context) -> None:
    """The officer has seen the identity card or the power of attorney."""
    subject.record_proxy(cmd.proxy, cmd.until, officer=ctx.actor)


class EndProxy(SubjectCommand):
    """Record that someone no longer acts for a subject."""

    proxy: Personal[ProxyGiven]


@command(key="subject_id", roles={Role.OFFICER}, department={CREDIT_OFFICE, REGISTRY})
def end_proxy(cmd: EndProxy, subject: CreditSubject, ctx: Context) -> None:
    """At the subject's wish."""
    subject.end_proxy(cmd.proxy)
