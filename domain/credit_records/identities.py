"""Who a credit record is about, and the ids of the matters that there is one of.

A subject's key is a company's code as it stands, for that is public, or the keyed hash of a
person's identity. Ids derive from keys, so that whoever knows the key finds the matter without a
look-up; what they are made from is stored for ever and never changes.
"""

import re
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints, WithJsonSchema

from domain.credit_records.states import SubjectType
from domain.shared.checks import bad, judged_by
from domain.shared.derived_ids import derived_id

_KEY = re.compile("[0-9A-Z]{18}|[0-9a-f]{32,64}")
_COMPANY_LENGTH = 18


def _subject_key(value: str) -> str:
    if not _KEY.fullmatch(value):
        bad("credit-subject-malformed", "A subject is a company's code or a person's reference")
    return value


SubjectKey = Annotated[
    str,
    judged_by(_subject_key),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^(?:{_KEY.pattern})$",
            "description": "A company's code, or the city's reference for a person",
            "examples": ["91330203MA2AF3XQ2G"],
        }
    ),
]
"""Code of a company or keyed hash of a person; code ``credit-subject-malformed``."""

Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
"""SHA-256 of a file, 64 hexadecimal digits; the file itself lies in the document store."""


def subject_id(key: str) -> UUID:
    """The credit subject with this key; there is one."""
    return derived_id("credit-subject", key)


def record_id(department: str, item: str, source_record_no: str) -> UUID:
    """The record that a department keeps under its own number; a resend finds it again."""
    return derived_id("credit-record", department, item, source_record_no)


def ledger_id(department: str, month: str) -> UUID:
    """What was turned down of a department's contributions in a month, ``2026-03``."""
    return derived_id("contribution-ledger", department, month)


def type_of(key: str) -> SubjectType:
    """Whether the key is a company's or a person's."""
    return SubjectType.COMPANY if len(key) == _COMPANY_LENGTH else SubjectType.PERSON


def company_of(key: str) -> str | None:
    """The company's code, or None for a person."""
    return key if type_of(key) is SubjectType.COMPANY else None
