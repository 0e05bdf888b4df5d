"""Black listings: notice, plea, decision by another, the end of what is good, the court's own way."""

from datetime import date
from typing import Any

import pytest

from commands.credit_records.given import SubjectGiven
from domain.credit_records import CreditRecord, CreditSubject, RecordState
from domain.credit_records.lists import Measure
from domain.credit_records.refusals import (
    AlreadyListed,
    GroundNotLegal,
    MeasureNotListed,
    MinorNotListable,
    NotListed,
    NotRepairable,
    PleaTermOver,
    PleaTermRunning,
    PleaUnanswered,
    PublicityOver,
    RemovalNotExpected,
    SubjectUnknown,
    TermFixedByLaw,
)
from domain.credit_records.states import Colour, DelistingReason
from domain.shared.refusals import (
    Forbidden,
    FourEyes,
    NotDue,
)
from tests import credits as c
from tests.scenario import ANY, given, happened, shanghai

PERSONS_CASE = (c.person_opened(), c.court_notified())
DEFAULTER = (*PERSONS_CASE, c.decided(at=c.PLEA_OVER, by=c.COURT_2, decision_no="甬执1号"))

# --- notice ------------------------------------------------------------------------------------


def test_nobody_under_eighteen_is_listed() -> None:
    """Acceptance 5: seventeen until 1 December 2026."""
    child = SubjectGiven(resident_id=c.CHILDS_ID)
    scenario = given(c.person_opened(resident_id=c.CHILDS_ID))
    step = c.court_notified(subject=child)
    scenario.when(step.but(at=shanghai("2026-11-30T17:00"))).then_refused(MinorNotListable())
    assert scenario.when(step.but(at=shanghai("2026-12-01T09:00"))).refused is None


@pytest.mark.parametrize(
    "fields",
    [
        {"legal_ground": "art-1-1-able-but-refuses"},
        {"legal_ground": "because"},
        {"list": "grade-a-taxpayers"},
    ],
)
def test_a_listing_needs_a_ground_of_that_lists_law(fields: dict[str, Any]) -> None:
    given(*c.COMPANY).when(c.notified(**fields)).then_refused(GroundNotLegal())


def test_only_who_keeps_the_list_gives_notice() -> None:
    given(*c.COMPANY).when(c.notified(by=c.MARKET)).then_refused(Forbidden())
    given().when(c.notified()).then_refused(SubjectUnknown())


def test_there_is_one_live_entry_for_subject_and_list() -> None:
    given(*c.COMPANY, c.notified()).when(c.notified()).then_refused(AlreadyListed())
    given(*c.LISTED).when(c.notified()).then_refused(AlreadyListed())
    dropped = (*c.COMPANY, c.notified(), c.dropped(at=c.PLEA_OVER))
    assert given(*dropped).when(c.notified()).refused is None
    delisted = (*c.LISTED, c.delisted(record=c.ENTRY))
    assert given(*delisted).when(c.notified()).refused is None


# --- plea and decision -------------------------------------------------------------------------


def test_a_plea_comes_within_five_working_days() -> None:
    noticed = (*c.COMPANY, c.notified(at=shanghai("2026-09-29T09:00")))
    # 30 September; the holiday to the 7th; 8, 9; Saturday the 10th is worked; 12
    last = shanghai("2026-10-12T17:30")
    assert given(*noticed).when(c.pleaded(at=last)).refused is None
    given(*noticed).when(c.pleaded(at=shanghai("2026-10-12T17:31"))).then_refused(
        PleaTermOver(ended_at=last)
    )


def test_nothing_is_decided_while_the_subject_may_still_plead() -> None:
    noticed = given(*c.COMPANY, c.notified())
    noticed.when(c.decided()).then_refused(PleaTermRunning(ends_at=shanghai("2026-03-09T17:30")))
    noticed.when(c.dropped()).then_refused(PleaTermRunning(ends_at=shanghai("2026-03-09T17:30")))


def test_an_answered_plea_may_be_decided_at_once_and_an_unanswered_one_never() -> None:
    pleaded = given(*c.COMPANY, c.notified(), c.pleaded())
    pleaded.when(c.decided()).then_refused(PleaUnanswered())
    pleaded.when(c.decided(at=c.PLEA_OVER)).then_refused(PleaUnanswered())
    assert pleaded.when(c.decided(plea_answer="补缴不免除责任")).refused is None


def test_another_officer_decides_than_gave_notice() -> None:
    noticed = given(*c.COMPANY, c.notified())
    noticed.when(c.decided(at=c.PLEA_OVER, by=c.TAX_7)).then_refused(FourEyes())
    noticed.when(c.decided(at=c.PLEA_OVER, by=c.MARKET)).then_refused(Forbidden())


def test_a_listing_tells_its_ground_measures_and_ends() -> None:
    given(*c.COMPANY, c.notified()).when(c.decided(at=c.PLEA_OVER)).then(
        happened(
            CreditRecord.SubjectListed,
            subject=c.USCC,
            list="major-tax-violations",
            colour=Colour.BLACK,
            item=None,
            ground="art-6-1-evasion",
            source="tax",
            decision_no="甬税失信〔2026〕1号",
            since=date(2026, 3, 10),
            minimum_end=shanghai("2027-03-11T00:00"),
            maximum_end=shanghai("2029-03-11T00:00"),
            measures=(
                Measure(code="no-procurement", departments=("finance",)),
                Measure(code="no-land", departments=("natural-resources",)),
                Measure(code="customs-inspection", departments=("customs",)),
                Measure(code="no-honours", departments=("civil-affairs",)),
            ),
            public_name=None,
            officer="officer-tax-8",
            plea_answer=None,
            clocks=ANY,
        ),
        happened(
            CreditSubject.ListEntered,
            list="major-tax-violations",
            colour=Colour.BLACK,
            record=c.ENTRY,
            on=c.COMPANY_FILE,
        ),
    )


def test_a_black_listing_ends_the_red_entry_in_the_same_decision() -> None:
    """Acceptance 8."""
    red = given(*c.RED_LISTED, c.notified())
    answer = red.when(c.decided(at=c.PLEA_OVER))
    assert answer.decision is not None
    assert [type(e).__name__ for e in answer.decision.events] == [
        "SubjectListed",
        "ListLeft",
        "ListEntered",
        "SubjectDelisted",
    ]
    (ended,) = (e for e in answer.decision.events if isinstance(e, CreditRecord.SubjectDelisted))
    assert (ended.list, ended.reason) == ("grade-a-taxpayers", DelistingReason.BLACKLISTED)
    grade, subject = red.matters[c.GRADE_A], red.matters[c.COMPANY_FILE]
    assert isinstance(grade, CreditRecord)
    assert isinstance(subject, CreditSubject)
    assert (grade.state, grade.listed) == (RecordState.ENDED, False)
    assert (subject.entries(Colour.RED), subject.entries(Colour.BLACK)) == ((), (c.ENTRY,))
    assert grade.clocks["publicity"].next() is None


# --- the court ---------------------------------------------------------------------------------


def test_a_courts_entry_has_no_end_of_its_own() -> None:
    entry = given(*DEFAULTER).matters[c.ENTRY]
    assert isinstance(entry, CreditRecord)
    assert (entry.minimum_end, entry.maximum_end) == (None, None)
    assert "publicity" not in entry.clocks
    given(*DEFAULTER).when(
        c.publicity_ended(record=c.ENTRY, at=shanghai("2060-01-01T00:00"))
    ).then_refused(NotDue())


def test_a_court_may_set_a_term_and_nobody_else() -> None:
    term = date(2028, 3, 9)
    scenario = given(*PERSONS_CASE)
    scenario.when(
        c.decided(at=c.PLEA_OVER, by=c.COURT_2, term_until=date(2026, 3, 9))
    ).then_refused(PublicityOver(ended_at=shanghai("2026-03-10T00:00")))
    scenario.run(c.decided(at=c.PLEA_OVER, by=c.COURT_2, term_until=term))
    entry = scenario.matters[c.ENTRY]
    assert isinstance(entry, CreditRecord)
    assert entry.maximum_end == shanghai("2028-03-10T00:00")
    given(*c.COMPANY, c.notified()).when(c.decided(at=c.PLEA_OVER, term_until=term)).then_refused(
        TermFixedByLaw()
    )


def test_only_the_court_ends_its_entry_and_consumers_have_three_working_days() -> None:
    scenario = given(*DEFAULTER)
    scenario.when(c.applied(record=c.ENTRY)).then_refused(NotRepairable())
    scenario.when(c.delisted(record=c.ENTRY, sender=c.MARKET)).then_refused(Forbidden())
    friday = shanghai("2026-04-03T10:00")
    scenario.run(c.delisted(record=c.ENTRY, sender=c.COURT_1, at=friday))
    entry = scenario.matters[c.ENTRY]
    assert isinstance(entry, CreditRecord)
    assert (entry.state, entry.listed) == (RecordState.ENDED, False)
    # Qingming from Saturday, 4 April, to Monday; then Tuesday to Thursday
    assert entry.clocks["removal"].due_at == shanghai("2026-04-09T17:30")
    assert "market-regulation" in entry.to_confirm


def test_a_delisting_bears_the_listings_number_also_when_another_was_corrected_later() -> None:
    """What else hangs on the listing, such as a bar from office, is found by it."""
    objected = c.objected(record=c.ENTRY)
    corrected = c.corrected(record=c.ENTRY, by=c.COURT_1, decision_no="甬执2号")
    scenario = given(*DEFAULTER, objected, corrected)
    assert scenario.when(c.delisted(record=c.ENTRY, sender=c.COURT_1)).refused is None
    (delisted,) = [e for e in scenario.happened if isinstance(e, CreditRecord.SubjectDelisted)]
    assert delisted.decision_no == "甬执1号"


def test_the_courts_public_page_has_a_persons_masked_name() -> None:
    (listed,) = (e for e in given(*DEFAULTER).happened if isinstance(e, CreditRecord.SubjectListed))
    assert listed.public_name == "王*"


def test_a_person_on_another_list_has_no_public_name() -> None:
    steps = (c.person_opened(), c.notified(subject=c.person()), c.decided(at=c.PLEA_OVER))
    (listed,) = (e for e in given(*steps).happened if isinstance(e, CreditRecord.SubjectListed))
    assert listed.public_name is None


def test_an_item_is_on_no_list_to_be_taken_off() -> None:
    given(*c.PUBLISHED).when(c.delisted()).then_refused(NotListed())
    given(*c.RED_LISTED).when(c.delisted(record=c.GRADE_A)).then_refused(NotListed())


# --- measures ----------------------------------------------------------------------------------


def test_a_measure_is_reported_by_a_department_that_applies_it() -> None:
    given(*c.LISTED).when(c.measure_reported()).then(
        happened(
            CreditRecord.MeasureReported,
            subject=c.USCC,
            list="major-tax-violations",
            department="finance",
            measure="no-procurement",
            matter="采-1",
            result="取消资格",
        )
    )
    scenario = given(*c.LISTED)
    scenario.when(c.measure_reported(measure="no-luxury")).then_refused(MeasureNotListed())
    scenario.when(c.measure_reported(by=c.MARKET)).then_refused(MeasureNotListed())
    scenario.when(c.measure_reported(by=c.OWNER)).then_refused(Forbidden())
    given(*c.PUBLISHED).when(c.measure_reported(record=c.RECORD)).then_refused(MeasureNotListed())


def test_each_consumer_confirms_a_removal_once_and_the_last_stops_the_clock() -> None:
    scenario = given(*c.PUBLISHED, c.basis_withdrawn())
    scenario.when(c.removal_confirmed(sender=c.FINANCE)).then_refused(
        RemovalNotExpected(department="finance")
    )
    scenario.run(c.removal_confirmed())
    assert scenario.clock("removal").next() is None
    scenario.when(c.removal_confirmed()).then_refused(
        RemovalNotExpected(department="development-reform")
    )
