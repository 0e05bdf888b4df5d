"""What is wrong with a body is told by a code and where it stands, before anything is decided."""

from typing import Any

import pytest
from pydantic import ValidationError

from commands.base import Command
from commands.credit_records.contributing import ContributeRecord
from commands.credit_records.given import SubjectGiven
from commands.credit_records.listing import DecideListing, NotifyListing
from commands.credit_records.objecting import UpholdObjection
from commands.credit_records.opening import OpenSubject
from commands.credit_records.repairing import ApplyRepair
from commands.credit_records.reporting import GrantAuthorisation, RequestReport
from domain.credit_records.identities import company_of, type_of
from domain.credit_records.states import SubjectType
from domain.shared.personal import personal_fields
from infra.discovery import discover
from tests import credits as c
from tests.scenario import MATTER

ID = str(MATTER)
COMPANY = {"uscc": c.USCC}

CONTRIBUTION: dict[str, Any] = {
    "subject": COMPANY,
    "catalogue_item": "penalty-tax",
    "source_record_no": "T-1",
    "kind": "negative",
    "severity": "general",
    "determined_on": "2026-01-01",
    "decision_no": "1",
    "facts": "x",
}
NOTICE: dict[str, Any] = {
    "subject": COMPANY,
    "list": "wage-arrears",
    "legal_ground": "art-5-1-refuses-to-pay",
    "facts": "x",
}
DECISION: dict[str, Any] = {"record_id": ID, "outcome": "list", "decision_no": "1"}
UPHELD: dict[str, Any] = {"record_id": ID, "outcome": "withdraw", "answer": "x"}
REPAIR: dict[str, Any] = {"record_id": ID, "evidence": ["a" * 64], "commitment_signed": True}
GRANT: dict[str, Any] = {
    "subject": COMPANY,
    "reader": "bank-1",
    "scope": ["counts"],
    "purpose": "loan",
    "until": "2026-12-31",
}

WRONG: list[tuple[type[Command], dict[str, Any], str, str]] = [
    (ContributeRecord, {**CONTRIBUTION, "severity": None}, "/severity", "severity-mismatch"),
    (ContributeRecord, {**CONTRIBUTION, "kind": "positive"}, "/severity", "severity-mismatch"),
    (ContributeRecord, {**CONTRIBUTION, "kind": "odd"}, "/kind", "enum"),
    (
        ContributeRecord,
        {**CONTRIBUTION, "subject": {}},
        "/subject/person",
        "credit-subject-unclear",
    ),
    (
        ContributeRecord,
        {**CONTRIBUTION, "subject": {**COMPANY, "resident_id": c.RESIDENT_ID}},
        "/subject/person",
        "credit-subject-unclear",
    ),
    (
        ContributeRecord,
        {**CONTRIBUTION, "subject": {"uscc": "91330203MA2AF3XQ2H"}},
        "/subject/uscc",
        "uscc-bad-check",
    ),
    (ContributeRecord, {**CONTRIBUTION, "facts": " "}, "/facts", "string_too_short"),
    (ContributeRecord, {**CONTRIBUTION, "source": "moon"}, "/source", "department-unknown"),
    (ContributeRecord, {**CONTRIBUTION, "opinion": "x"}, "/opinion", "extra_forbidden"),
    (NotifyListing, {**NOTICE, "list": "naughty"}, "/list", "credit-list-unknown"),
    (DecideListing, {**DECISION, "decision_no": None}, "/decision_no", "listing-decision-unclear"),
    (DecideListing, {**DECISION, "outcome": "drop"}, "/decision_no", "listing-decision-unclear"),
    (UpholdObjection, {**UPHELD, "correction": {}}, "/correction", "correction-unclear"),
    (UpholdObjection, {**UPHELD, "outcome": "correct"}, "/correction", "correction-unclear"),
    (ApplyRepair, {**REPAIR, "evidence": []}, "/evidence", "too_short"),
    (ApplyRepair, {**REPAIR, "evidence": ["x"]}, "/evidence/0", "string_pattern_mismatch"),
    (GrantAuthorisation, {**GRANT, "scope": []}, "/scope", "too_short"),
    (GrantAuthorisation, {**GRANT, "reader": "no body"}, "/reader", "officer-id-malformed"),
    (
        RequestReport,
        {"subject": COMPANY, "purpose": "loan", "parts": ["counts"], "as_of": 0},
        "/as_of",
        "greater_than_equal",
    ),
    (OpenSubject, {}, "/resident_id", "credit-subject-unclear"),
    (OpenSubject, {**COMPANY, "name": "王明"}, "/resident_id", "credit-subject-unclear"),
    (OpenSubject, {"resident_id": c.RESIDENT_ID}, "/resident_id", "credit-subject-unclear"),
]


@pytest.mark.parametrize(("model", "body", "pointer", "code"), WRONG)
def test_a_wrong_body_is_told_where_and_why(
    model: type[Command], body: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(ValidationError) as wrong:
        model.model_validate(body, strict=False)
    found = {("/" + "/".join(map(str, e["loc"])), e["type"]) for e in wrong.value.errors()}
    assert (pointer, code) in found


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (ContributeRecord, CONTRIBUTION),
        (NotifyListing, NOTICE),
        (DecideListing, DECISION),
        (UpholdObjection, UPHELD),
        (ApplyRepair, REPAIR),
        (GrantAuthorisation, GRANT),
        (OpenSubject, COMPANY),
        (OpenSubject, {"name": "王明", "resident_id": c.RESIDENT_ID}),
    ],
)
def test_a_right_body_is_taken(model: type[Command], body: dict[str, Any]) -> None:
    model.model_validate(body, strict=False)


def test_what_may_speak_of_people_is_marked() -> None:
    assert personal_fields(ContributeRecord) == {"subject", "facts"}
    assert personal_fields(SubjectGiven) == {"resident_id"}
    for name, event in discover().events.items():
        if name.startswith("credit-records."):
            told = {"facts", "ground", "plea", "answer", "reason", "reader", "proxy"}
            free_text = told & set(event.model_fields)
            if "list" in event.model_fields and "subject-listed" in name:
                free_text -= {"ground"}  # a code of the list's law
            if "listing-notified" in name:
                free_text -= {"ground"}
            if "delisted" in name or "record-withdrawn" in name:
                free_text -= {"reason"}  # why, by its code
            assert free_text <= personal_fields(event), name


def test_a_key_tells_whether_it_is_a_companys() -> None:
    assert company_of(c.USCC) == c.USCC
    assert company_of(c.PERSON) is None
    assert type_of(c.PERSON) is SubjectType.PERSON
