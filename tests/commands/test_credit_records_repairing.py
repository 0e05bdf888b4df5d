"""Repair: from when, by whom, with what effect, and what a false commitment costs."""

from datetime import date, timedelta

import pytest

from domain.credit_records import CreditRecord, CreditSubject, RecordState, Severity
from domain.credit_records.periods import PUBLICITY, ends
from domain.credit_records.refusals import (
    AlreadyListed,
    CommitmentMissing,
    DutyOutstanding,
    NoDutyOutstanding,
    NotRepairable,
    PublicityOver,
    RepairAlreadyAccepted,
    RepairBarred,
    TooEarly,
)
from domain.credit_records.states import Colour
from domain.shared.refusals import Forbidden
from tests import credits as c
from tests.scenario import ANY, Scenario, given, happened, shanghai

REPAIRING = (*c.PUBLISHED, c.applied(at=c.REPAIRABLE))


def record(scenario: Scenario) -> CreditRecord:
    matter = scenario.matters[c.RECORD]
    assert isinstance(matter, CreditRecord)
    return matter


def test_the_minimum_counts_from_the_decision_and_not_from_the_upload() -> None:
    """Acceptance 1."""
    uploaded = shanghai("2026-03-01T10:00")
    scenario = given(*c.COMPANY, c.contributed(at=uploaded), c.published())
    scenario.when(c.applied(at=shanghai("2026-04-02T09:00"))).then(
        happened(
            CreditRecord.RepairApplied,
            subject=c.USCC,
            evidence=c.EVIDENCE,
            clocks=ANY,
        )
    )


def test_a_serious_record_is_not_repaired_on_day_364() -> None:
    """Acceptance 2."""
    decided = date(2026, 3, 1)
    serious = c.contributed(severity=Severity.SERIOUS, determined_on=decided)
    scenario = given(*c.COMPANY, serious, c.published())
    day_364 = shanghai("2027-02-28T23:59")
    assert (date(2027, 2, 28) - decided) == timedelta(days=364)
    scenario.when(c.applied(at=day_364)).then_refused(TooEarly(earliest=date(2027, 3, 2)))
    assert scenario.when(c.applied(at=shanghai("2027-03-02T00:00"))).refused is None


@pytest.mark.parametrize(
    ("severity", "decided", "first", "last"),
    [
        (Severity.MINOR, date(2026, 1, 31), None, "2026-05-01T00:00"),
        (Severity.GENERAL, date(2026, 1, 31), "2026-05-01T00:00", "2027-02-01T00:00"),
        (Severity.GENERAL, date(2025, 11, 30), "2026-03-01T00:00", "2026-12-01T00:00"),
        (Severity.SERIOUS, date(2024, 2, 29), "2025-03-01T00:00", "2027-03-01T00:00"),
    ],
)
def test_months_end_with_the_same_day_or_the_months_last(
    severity: Severity, decided: date, first: str | None, last: str
) -> None:
    assert ends(PUBLICITY[severity], decided) == (
        shanghai(first) if first else None,
        shanghai(last),
    )


def test_a_published_minor_record_is_repaired_once_its_duties_are_done() -> None:
    arrears = c.contributed(
        catalogue_item="tax-arrears",
        severity=Severity.MINOR,
        determined_on=date(2026, 3, 2),
        duty_outstanding=True,
    )
    scenario = given(*c.COMPANY, arrears)
    assert scenario.matter is not None
    id = scenario.matter.id
    scenario.run(c.published(record=id))
    scenario.when(c.applied(record=id)).then_refused(DutyOutstanding())
    scenario.run(c.duty_done(record=id))
    scenario.when(c.duty_done(record=id)).then_refused(NoDutyOutstanding())
    assert scenario.when(c.applied(record=id)).refused is None


def test_repair_needs_a_commitment_and_something_to_repair() -> None:
    unsigned = c.applied(at=c.REPAIRABLE, commitment_signed=False)
    given(*c.PUBLISHED).when(unsigned).then_refused(CommitmentMissing())
    revoked = c.contributed(catalogue_item="licence-revoked", by=c.MARKET)
    scenario = given(*c.COMPANY, revoked)
    assert scenario.matter is not None
    scenario.run(c.published(record=scenario.matter.id, sender=c.MARKET))
    step = c.applied(record=scenario.matter.id, at=c.REPAIRABLE)
    scenario.when(step).then_refused(NotRepairable())
    praised = given(*c.RED_LISTED)
    praised.when(c.applied(record=c.GRADE_A, at=c.REPAIRABLE)).then_refused(NotRepairable())
    given(*c.PUBLISHED).when(c.applied(at=c.REPAIRABLE), by=c.STRANGER).then_refused(Forbidden())
    given(*c.PUBLISHED).when(c.applied(at=c.PENALTY_OVER)).then_refused(
        PublicityOver(ended_at=c.PENALTY_OVER)
    )


def test_only_who_recognised_the_fault_repairs_it() -> None:
    """Acceptance 4."""
    steps = (c.granted(), c.accepted(), c.refused())
    for step in steps:
        given(*REPAIRING).when(step, by=c.MARKET).then_refused(Forbidden())
        given(*REPAIRING).when(step, by=c.CREDIT_OFFICE).then_refused(Forbidden())
        assert given(*REPAIRING).when(step).refused is None


def test_acceptance_has_three_working_days_and_the_decision_ten() -> None:
    scenario = given(*REPAIRING)
    # Friday, 3 April; Qingming to Monday; Tuesday and Wednesday
    assert scenario.clock("repair-accept").due_at == shanghai("2026-04-08T17:30")
    scenario.run(c.accepted(at=shanghai("2026-04-08T10:00")))
    assert scenario.clock("repair-accept").next() is None
    assert scenario.clock("repair-decide").due_at == shanghai("2026-04-22T17:30")
    scenario.when(c.accepted()).then_refused(RepairAlreadyAccepted())
    scenario.run(c.granted())
    assert scenario.clock("repair-decide").next() is None
    assert scenario.clock("removal").due_at == shanghai("2026-04-13T17:30")


def test_a_refused_repair_leaves_the_end_where_it_was_and_may_be_asked_for_again() -> None:
    scenario = given(*REPAIRING)
    end = record(scenario).maximum_end
    scenario.run(c.refused())
    assert (record(scenario).state, record(scenario).maximum_end) == (RecordState.PUBLISHED, end)
    assert scenario.when(c.applied()).refused is None


def test_publicity_ends_at_the_maximum_while_the_repair_is_being_decided() -> None:
    scenario = given(*c.PUBLISHED, c.applied(at=shanghai("2026-12-31T10:00")))
    scenario.run(c.publicity_ended(at=c.PENALTY_OVER))
    assert record(scenario).state is RecordState.ENDED
    assert record(scenario).clocks["repair-accept"].next() is None


def test_a_repaired_listing_frees_the_subject_at_once() -> None:
    steps = (c.applied(record=c.ENTRY, at=c.LISTING_REPAIRABLE), c.granted(record=c.ENTRY))
    scenario = given(*c.LISTED, *steps)
    assert [type(e).__name__ for e in scenario.happened[-3:]] == [
        "RecordRepaired",
        "SubjectDelisted",
        "ListLeft",
    ]
    subject = scenario.matters[c.COMPANY_FILE]
    assert isinstance(subject, CreditSubject)
    assert subject.entries(Colour.BLACK) == ()


# --- a false commitment ------------------------------------------------------------------------

REVOKED = (*REPAIRING, c.granted(), c.repair_revoked(at=shanghai("2026-06-01T10:00")))


def test_a_false_commitment_publishes_again_until_the_old_end() -> None:
    scenario = given(*REVOKED)
    assert record(scenario).state is RecordState.PUBLISHED
    assert record(scenario).clocks["publicity"].next() == ("due", c.PENALTY_OVER)
    assert record(scenario).clocks["removal"].next() is None
    assert record(scenario).to_confirm == ()


def test_who_lied_does_not_apply_for_three_years_whatever_the_record() -> None:
    other = c.contributed(
        source_record_no="T-2", severity=Severity.SERIOUS, determined_on=date(2026, 5, 1)
    )
    scenario = given(*REVOKED)
    barred = RepairBarred(until=shanghai("2029-06-02T00:00"))
    scenario.when(c.applied()).then_refused(barred)
    scenario.run(other)
    assert scenario.matter is not None
    id = scenario.matter.id
    scenario.run(c.published(record=id))
    scenario.when(c.applied(record=id, at=shanghai("2029-05-01T10:00"))).then_refused(barred)


def test_a_repair_revoked_after_the_old_end_is_not_shown_again() -> None:
    scenario = given(*REPAIRING, c.granted(), c.removal_confirmed())
    answer = scenario.when(c.repair_revoked(at=c.PENALTY_OVER))
    assert answer.decision is not None
    assert [type(e).__name__ for e in answer.decision.events] == [
        "RepairRevoked",
        "PublicityEnded",
        "SubjectRepairBarred",
    ]
    assert record(scenario).state is RecordState.ENDED


REPAIRED_LISTING = (
    *c.LISTED,
    c.applied(record=c.ENTRY, at=c.LISTING_REPAIRABLE),
    c.granted(record=c.ENTRY),
)


def test_a_listing_stands_again_and_what_is_good_ends_again() -> None:
    grade = c.grade_a(determined_on=date(2027, 3, 11))
    scenario = given(*REPAIRED_LISTING, grade, c.published(record=c.GRADE_A))
    scenario.run(c.repair_revoked(record=c.ENTRY))
    subject = scenario.matters[c.COMPANY_FILE]
    assert isinstance(subject, CreditSubject)
    assert (subject.entries(Colour.BLACK), subject.entries(Colour.RED)) == ((c.ENTRY,), ())
    entry = scenario.matters[c.ENTRY]
    assert isinstance(entry, CreditRecord)
    assert (entry.listed, entry.maximum_end) == (True, shanghai("2029-03-11T00:00"))


def test_an_old_listing_does_not_stand_again_beside_a_new_one() -> None:
    scenario = given(*REPAIRED_LISTING, c.notified())
    scenario.when(c.repair_revoked(record=c.ENTRY)).then_refused(AlreadyListed())
