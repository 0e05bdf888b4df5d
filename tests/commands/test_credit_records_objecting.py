"""Objections and the end of publicity: an end never moves, and history may still be corrected."""

from datetime import date
from typing import Any

import pytest

from domain.credit_records import CreditRecord, RecordState, Severity
from domain.credit_records.refusals import (
    EvidenceAlreadyAsked,
    EvidenceNotAsked,
    NoOpenObjection,
    NothingCorrected,
    ObjectionOpen,
)
from domain.shared.clocks import Phase
from domain.shared.refusals import (
    DateInFuture,
    Forbidden,
    NotDue,
)
from tests import credits as c
from tests.scenario import ANY, Scenario, given, happened, shanghai

DISPUTED = (*c.PUBLISHED, c.objected())


def record(scenario: Scenario) -> CreditRecord:
    matter = scenario.matters[c.RECORD]
    assert isinstance(matter, CreditRecord)
    return matter


def test_only_the_subject_or_who_acts_for_it_objects() -> None:
    given(*c.PUBLISHED).when(c.objected(), by=c.STRANGER).then_refused(Forbidden())
    assert given(*c.PUBLISHED).when(c.objected(), by=c.CREDIT_OFFICE).refused is None


def test_a_second_objection_waits_for_the_first() -> None:
    given(*DISPUTED).when(c.objected()).then_refused(ObjectionOpen())
    assert given(*DISPUTED, c.dismissed()).when(c.objected()).refused is None


def test_an_objection_hides_the_item_and_gives_the_source_seven_working_days() -> None:
    given(*c.PUBLISHED).when(c.objected(at=shanghai("2026-04-29T10:00"))).then(
        happened(
            CreditRecord.ObjectionRaised,
            subject=c.USCC,
            list=None,
            ground="决定已被撤销",
            evidence=c.EVIDENCE,
            hidden=True,
            clocks=ANY,
        )
    )
    # 30 April; Labour Day to Tuesday, 5 May; 6, 7, 8; Saturday the 9th is worked; 11, 12
    scenario = given(*c.PUBLISHED, c.objected(at=shanghai("2026-04-29T10:00")))
    assert scenario.clock("objection").due_at == shanghai("2026-05-12T17:30")


def test_only_the_source_decides() -> None:
    for step in (c.dismissed(), c.corrected(), c.withdrawn_on_objection(), c.evidence_asked()):
        given(*DISPUTED).when(step, by=c.MARKET).then_refused(Forbidden())


def test_the_clock_stands_still_while_evidence_is_asked_for() -> None:
    scenario = given(
        *c.PUBLISHED,
        c.objected(at=shanghai("2026-03-02T10:00")),
        c.evidence_asked(at=shanghai("2026-03-04T10:00")),
    )
    assert scenario.clock("objection").phase is Phase.PAUSED
    assert scenario.clock("objection").remaining == 5
    scenario.when(c.evidence_asked()).then_refused(EvidenceAlreadyAsked())
    scenario.run(c.evidence_submitted(at=shanghai("2026-04-01T10:00")))
    # 2 and 3 April; Qingming to Monday, the 6th; 7, 8, 9
    assert scenario.clock("objection").due_at == shanghai("2026-04-09T17:30")
    scenario.when(c.evidence_submitted()).then_refused(EvidenceNotAsked())


def test_the_last_day_is_not_lost_by_a_pause() -> None:
    scenario = given(
        *c.PUBLISHED,
        c.objected(at=shanghai("2026-03-02T10:00")),
        c.evidence_asked(at=shanghai("2026-03-11T10:00")),
        c.evidence_submitted(at=shanghai("2026-03-13T10:00")),
    )
    assert scenario.clock("objection").due_at == shanghai("2026-03-16T17:30")


def test_a_late_source_is_warned_breached_and_brought_before_supervision_once() -> None:
    scenario = given(*c.PUBLISHED, c.objected(at=shanghai("2026-03-02T10:00")))
    scenario.matter = scenario.matters[c.RECORD]
    events = scenario.settled(shanghai("2026-03-20T09:00"))
    assert [type(e).__name__ for e in events] == ["ClockWarned", "ClockBreached", "ClockEscalated"]
    assert scenario.settled(shanghai("2026-03-21T09:00")) == []


def test_a_decision_in_the_instant_it_falls_due_is_in_time() -> None:
    due = shanghai("2026-03-11T17:30")
    scenario = given(*c.PUBLISHED, c.objected(at=shanghai("2026-03-02T10:00")), c.dismissed(at=due))
    assert "breached" not in scenario.clock("objection").raised


def test_publicity_ends_once_during_an_objection_which_may_still_correct_history() -> None:
    """Acceptance 3."""
    scenario = given(*c.PUBLISHED, c.objected(at=shanghai("2026-12-30T10:00")))
    early = c.publicity_ended(at=shanghai("2027-01-01T23:59"))
    scenario.when(early).then_refused(NotDue(due_at=c.PENALTY_OVER))
    scenario.run(c.publicity_ended(at=c.PENALTY_OVER))
    assert record(scenario).state is RecordState.ENDED
    assert scenario.when(c.publicity_ended()).refused is not None
    scenario.run(c.corrected(severity=Severity.MINOR))
    assert (record(scenario).state, record(scenario).severity) == (
        RecordState.ENDED,
        Severity.MINOR,
    )
    ends = [e for e in scenario.happened if isinstance(e, CreditRecord.PublicityEnded)]
    assert len(ends) == 1
    scenario.when(c.dismissed()).then_refused(NoOpenObjection())


def test_an_objection_never_moves_the_end() -> None:
    scenario = given(*c.PUBLISHED)
    end = record(scenario).maximum_end
    for step in (c.objected(), c.evidence_asked(), c.evidence_submitted(), c.dismissed()):
        scenario.run(step)
        assert record(scenario).maximum_end == end
        assert record(scenario).clocks["publicity"].due_at == end


def test_a_corrected_severity_counts_from_the_decision() -> None:
    scenario = given(*DISPUTED, c.corrected(severity=Severity.SERIOUS))
    assert record(scenario).minimum_end == shanghai("2027-01-02T00:00")
    assert record(scenario).maximum_end == shanghai("2029-01-02T00:00")
    assert record(scenario).clocks["publicity"].due_at == shanghai("2029-01-02T00:00")


@pytest.mark.parametrize(
    "correction",
    [{"severity": Severity.MINOR}, {"determined_on": date(2025, 3, 1)}],
    ids=["minor", "over"],
)
def test_what_should_not_be_published_is_not_after_its_correction(
    correction: dict[str, Any],
) -> None:
    scenario = given(*DISPUTED)
    answer = scenario.when(c.corrected(**correction))
    assert answer.decision is not None
    assert [type(e).__name__ for e in answer.decision.events] == [
        "RecordCorrected",
        "PublicityEnded",
    ]
    assert record(scenario).state is RecordState.ENDED


def test_a_correction_corrects_something_and_nothing_in_the_future() -> None:
    future = c.corrected(determined_on=date(2026, 3, 3))
    given(*DISPUTED).when(future).then_refused(DateInFuture())
    listed = given(*c.LISTED, c.objected(record=c.ENTRY))
    nothings: tuple[dict[str, Any], ...] = (
        {"severity": Severity.MINOR},
        {"determined_on": date(2026, 1, 1)},
    )
    for nothing in nothings:
        step = c.corrected(record=c.ENTRY, **nothing)
        listed.when(step).then_refused(NothingCorrected())


def test_a_corrected_day_of_a_grade_moves_its_end_and_nothing_makes_it_grave() -> None:
    scenario = given(*c.RED_LISTED, c.objected(record=c.GRADE_A))
    earlier = c.corrected(
        record=c.GRADE_A, determined_on=date(2025, 12, 1), severity=Severity.SERIOUS
    )
    scenario.run(earlier)
    grade = scenario.matters[c.GRADE_A]
    assert isinstance(grade, CreditRecord)
    assert (grade.severity, grade.maximum_end) == (None, shanghai("2026-12-02T00:00"))


def test_an_upheld_objection_may_withdraw_the_record_and_its_place_on_the_list() -> None:
    scenario = given(*c.LISTED, c.objected(record=c.ENTRY))
    answer = scenario.when(c.withdrawn_on_objection(record=c.ENTRY))
    assert answer.decision is not None
    assert [type(e).__name__ for e in answer.decision.events] == [
        "RecordWithdrawn",
        "SubjectDelisted",
        "ListLeft",
    ]


def test_a_quashed_basis_withdraws_even_what_was_never_shown_and_nobody_confirms_that() -> None:
    scenario = given(*c.COMPANY, c.contributed(), c.basis_withdrawn())
    assert record(scenario).to_confirm == ()
    assert "removal" not in record(scenario).clocks
    given(*c.PUBLISHED).when(c.basis_withdrawn(), by=c.MARKET).then_refused(Forbidden())


def test_a_notice_that_is_withdrawn_leaves_the_list_free() -> None:
    scenario = given(*c.COMPANY, c.notified(), c.basis_withdrawn(record=c.ENTRY))
    assert scenario.when(c.notified()).refused is None
