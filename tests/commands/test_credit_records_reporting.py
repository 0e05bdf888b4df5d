"""Reports: no report without a basis, and every request on record, the refused ones too."""

from datetime import date
from uuid import uuid4

import pytest

from domain.credit_records import CreditSubject
from domain.credit_records.refusals import (
    AuthorisationEndPassed,
    AuthorisationTooLong,
    NoAuthorisation,
    OutOfScope,
    PurposeNotAllowed,
    SubjectUnknown,
)
from domain.credit_records.reports import Purpose, ReportPart
from domain.shared.refusals import (
    Forbidden,
    NotDue,
    Refused,
)
from tests import credits as c
from tests.scenario import MATTER, Step, caller, given, happened, shanghai

ALLOWED = (*c.COMPANY, c.authorised())
P, R = Purpose, ReportPart


def test_a_report_by_authorisation_is_recorded_with_who_and_what_for() -> None:
    given(*ALLOWED).when(c.requested()).then(
        happened(
            CreditSubject.ReportIssued,
            subject=c.USCC,
            reader="bank-1",
            department=None,
            purpose=P.LOAN,
            basis="authorisation",
            reference=str(MATTER),
            fields=(R.COUNTS,),
            as_of=None,
        )
    )


def test_a_revoked_authorisation_is_no_basis_and_the_attempt_is_kept() -> None:
    """Acceptance 6."""
    given(*ALLOWED, c.authorisation_revoked()).when(c.requested()).then_turned_down(
        NoAuthorisation(),
        happened(
            CreditSubject.ReportRefused,
            subject=c.USCC,
            reader="bank-1",
            department=None,
            purpose=P.LOAN,
            reference=str(MATTER),
            fields=(R.COUNTS,),
            code="no-authorisation",
        ),
    )


OTHER = caller("bank-2", *c.BANK.roles)
REFUSED: dict[str, tuple[Step, type[Refused]]] = {
    "no such authorisation": (c.requested(authorisation=uuid4()), NoAuthorisation),
    "another reader": (c.requested(by=OTHER), NoAuthorisation),
    "no basis": (c.requested(authorisation=None), NoAuthorisation),
    "another purpose": (c.requested(purpose=P.TENDER), PurposeNotAllowed),
    "more than was allowed": (c.requested(parts=(R.COUNTS, R.FACTS)), OutOfScope),
    "over": (c.requested(at=shanghai("2027-01-01T00:00")), NoAuthorisation),
    "not its own": (c.requested(authorisation=None, purpose=P.OWN), NoAuthorisation),
    "a citizen's case": (
        c.requested(authorisation=None, case_no="1", by=c.STRANGER, purpose=P.LICENSING),
        NoAuthorisation,
    ),
    "a loan by case": (
        c.requested(authorisation=None, case_no="1", by=c.FINANCE),
        PurposeNotAllowed,
    ),
    "enforcement by others": (
        c.requested(authorisation=None, case_no="1", by=c.FINANCE, purpose=P.ENFORCEMENT),
        PurposeNotAllowed,
    ),
    "facts by case": (
        c.requested(
            authorisation=None,
            case_no="1",
            by=c.FINANCE,
            purpose=P.PROCUREMENT,
            parts=(R.LISTS, R.FACTS),
        ),
        OutOfScope,
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_request_without_a_basis_that_covers_it_is_refused_on_record(why: str) -> None:
    step, refusal = REFUSED[why]
    answer = given(*ALLOWED).when(step)
    assert answer.refused is None
    assert answer.decision is not None
    (event,) = answer.decision.events
    assert isinstance(event, CreditSubject.ReportRefused)
    assert event.refusal() == refusal()
    assert event.reader == step.by.actor


ISSUED: dict[str, Step] = {
    "a case": c.requested(
        authorisation=None, case_no="1", by=c.FINANCE, purpose=P.PROCUREMENT, parts=(R.LISTS,)
    ),
    "the court": c.requested(
        authorisation=None, case_no="1", by=c.COURT_1, purpose=P.ENFORCEMENT, parts=(R.LISTS,)
    ),
    "the credit office": c.requested(
        authorisation=None, case_no="1", by=c.CREDIT_OFFICE, purpose=P.SUBSIDY, parts=tuple(R)
    ),
    "one's own": c.requested(authorisation=None, by=c.OWNER, purpose=P.OWN, parts=tuple(R)),
    "the last day": c.requested(at=shanghai("2026-12-31T23:59")),
}


@pytest.mark.parametrize("why", ISSUED)
def test_a_request_with_a_basis_is_granted(why: str) -> None:
    answer = given(*ALLOWED).when(ISSUED[why])
    assert answer.decision is not None
    (event,) = answer.decision.events
    assert isinstance(event, CreditSubject.ReportIssued)


def test_the_credit_office_sees_no_facts_about_persons() -> None:
    step = c.requested(
        authorisation=None,
        case_no="1",
        by=c.CREDIT_OFFICE,
        purpose=P.SUBSIDY,
        parts=(R.FACTS,),
        subject=c.person(),
    )
    answer = given(c.person_opened()).when(step)
    assert answer.decision is not None
    assert answer.decision.events[0].refusal() == OutOfScope()


def test_nothing_is_known_of_a_stranger() -> None:
    given().when(c.requested()).then_refused(SubjectUnknown())
    given().when(c.authorised()).then_refused(SubjectUnknown())


def test_an_authorisation_lasts_a_year_at_most() -> None:
    scenario = given(*c.COMPANY)
    scenario.when(c.authorised(until=date(2027, 3, 3))).then_refused(
        AuthorisationTooLong(latest=date(2027, 3, 2))
    )
    scenario.when(c.authorised(until=date(2026, 3, 1))).then_refused(AuthorisationEndPassed())
    assert scenario.when(c.authorised(until=date(2027, 3, 2))).refused is None


def test_only_the_subject_allows_and_takes_back() -> None:
    given(*c.COMPANY).when(c.authorised(by=c.STRANGER)).then_refused(Forbidden())
    given(*ALLOWED).when(c.authorisation_revoked(by=c.BANK)).then_refused(Forbidden())


def test_an_authorisation_expires_at_the_end_of_its_last_day() -> None:
    over = shanghai("2027-01-01T00:00")
    early = c.authorisation_expired(at=shanghai("2026-12-31T23:59"))
    given(*ALLOWED).when(early).then_refused(NotDue(due_at=over))
    assert given(*ALLOWED).when(c.authorisation_expired(at=over)).refused is None
