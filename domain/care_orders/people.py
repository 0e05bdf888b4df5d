"""The people of an order, and the ids of matters that are found by whom or what they are about.

A person stands in events as a keyed hash (``subject``); what names him is marked. Carers sign in
with tokens, so a carer is also an ``actor``.
"""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.shared.derived_ids import derived_id
from domain.shared.identifiers import Mobile, PersonName, ResidentId, SubjectRef, Uscc
from domain.shared.personal import Personal, Sensitive

LEAST_AGE = 60
"""Law on the Rights of the Elderly, art. 2."""


class Value(BaseModel):
    """Base of the values here: frozen, nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Applicant(Value):
    """Who asked for care: the elder, a guardian, or who acts for them."""

    subject: SubjectRef
    actor: Personal[str]


class Person(Value):
    """Someone whom the order is about. ``subject`` is whose key encrypts the rest."""

    subject: SubjectRef
    name: Personal[PersonName]
    resident_id: Sensitive[ResidentId]


class Contact(Value):
    """Whom to call."""

    name: Personal[PersonName]
    phone: Personal[Mobile]


class Assessor(Value):
    """Who signed an assessment, and for which body."""

    subject: SubjectRef
    organisation: Uscc


class Carer(Value):
    """Someone who cares for a provider; ``actor`` is the subject of the carer's token."""

    subject: SubjectRef
    actor: Personal[str]
    qualifications: tuple[str, ...]


def elder_id(subject: str) -> UUID:
    """The matter that keeps what concerns an elder whatever the order."""
    return derived_id("care-elder", subject)


def provider_id(uscc: str) -> UUID:
    """The matter of a provider's places and carers."""
    return derived_id("care-provider", uscc)


def settlement_id(uscc: str, month: str) -> UUID:
    """The settlement of a provider's month, ``2026-03``."""
    return derived_id("care-settlement", uscc, month)


def month_of(day: date) -> str:
    """``2026-03``."""
    return f"{day:%Y-%m}"


def month_after(month: str) -> str:
    """``2027-01`` of ``2026-12``."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def first_day_of(month: str) -> date:
    """The first of a month written ``2026-03``."""
    return date(int(month[:4]), int(month[5:]), 1)
