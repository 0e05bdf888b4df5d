"""What a credit report may show, to whom and for what: purposes, parts, and what a case covers.

Source: PIPL art. 13 (a basis for every use), 29 (consent in writing), 45 (the subject sees all);
the brief's audience table for what departments get without consent.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.credit_records.states import SubjectType


class Purpose(StrEnum):
    """What a report is for."""

    LOAN = "loan"
    TENDER = "tender"
    EMPLOYMENT = "employment"
    COOPERATION = "cooperation"
    LICENSING = "licensing"
    PROCUREMENT = "procurement"
    SUBSIDY = "subsidy"
    INSPECTION = "inspection"
    ENFORCEMENT = "enforcement"
    OWN = "own"


class ReportPart(StrEnum):
    """What a report may show. ``FACTS`` are what records say happened."""

    COUNTS = "counts"
    LISTS = "lists"
    MEASURES = "measures"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    FACTS = "facts"
    READERS = "readers"


Basis = Literal["own", "authorisation", "case"]


class Asked(BaseModel):
    """A request for a report: who, for what, with which reference, what of it, as of when.

    ``as_of`` is a position; None means that of the answer itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reader: str
    department: str | None
    purpose: Purpose
    reference: str | None
    parts: tuple[ReportPart, ...]
    as_of: int | None


BY_CASE: Mapping[Purpose, frozenset[str] | None] = MappingProxyType(
    {
        Purpose.LICENSING: None,
        Purpose.PROCUREMENT: frozenset({"finance", "development-reform"}),
        Purpose.SUBSIDY: None,
        Purpose.INSPECTION: None,
        Purpose.ENFORCEMENT: frozenset({"court"}),
    }
)
"""Purposes for which departments need no authorisation but a case; None: all departments."""

_WITHOUT_FACTS = frozenset({ReportPart.COUNTS, ReportPart.LISTS, ReportPart.MEASURES})
_EVERYTHING = frozenset(ReportPart)


def covered_by_case(department: str, about: SubjectType) -> frozenset[ReportPart]:
    """What a department's officer sees in a case: lists and measures, no facts.

    The credit office sees all, but no facts about persons.
    """
    if department != "development-reform":
        return _WITHOUT_FACTS
    return _EVERYTHING if about is SubjectType.COMPANY else _EVERYTHING - {ReportPart.FACTS}
