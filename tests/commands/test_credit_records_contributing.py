"""Opening a file, contributing to it, publishing: who may, what is refused, what is counted."""

from datetime import date
from typing import Any

import pytest

from commands.base import Role
from commands.credit_records.given import SubjectGiven
from commands.policies.credit_records import when_misconduct_is_proven
from domain.credit_records import (
    ContributionLedger,
    CreditRecord,
    CreditSubject,
    Kind,
    RecordState,
    Severity,
)
from domain.credit_records.identities import ledger_id, subject_id
from domain.credit_records.items import ITEMS, item_in_force, sources
from domain.credit_records.lists import LISTS, MEASURES
from domain.credit_records.refusals import (
    Blacklisted,
    DuplicateSourceRecord,
    ItemNotCollectable,
    KindMismatch,
    NotAProxy,
    NotPublishable,
    NotTheSource,
    PublicityOver,
    SeriousNotByItself,
    SubjectAlreadyOpen,
    SubjectClosed,
    SubjectUnknown,
    UnknownItem,
)
from domain.credit_records.states import Colour
from domain.help_center_tickets import HelpTicket
from domain.help_center_tickets.states import Severity as Gravity
from domain.shared.departments import DEPARTMENTS
from domain.shared.identifiers import make_resident_id
from domain.shared.refusals import (
    BornInFuture,
    DateInFuture,
    Forbidden,
    Refused,
)
from tests import credits as c
from tests import tickets as t
from tests.scenario import ANY, HUIMIN, Happened, Scenario, Step, caller, given, happened, shanghai

# --- opening -----------------------------------------------------------------------------------


def test_a_person_is_known_by_reference_and_kept_by_name_and_number() -> None:
    given().when(c.person_opened()).then(
        happened(
            CreditSubject.SubjectOpened,
            subject=c.PERSON,
            type="person",
            uscc=None,
            name="王明",
            resident_id=c.RESIDENT_ID,
            holder="citizen-1",
        )
    )


def test_there_is_one_file_for_each_company() -> None:
    given(c.company_opened()).when(c.company_opened()).then_refused(SubjectAlreadyOpen())


def test_nobody_is_opened_before_birth() -> None:
    unborn = make_resident_id("330203", date(2026, 3, 3), 1)
    given().when(c.person_opened(resident_id=unborn)).then_refused(BornInFuture())


def test_a_closed_file_takes_what_was_decided_before_and_nothing_later() -> None:
    scenario = given(*c.COMPANY, c.subject_closed())
    scenario.when(
        c.contributed(determined_on=date(2026, 3, 3), at=shanghai("2026-03-03T09:00"))
    ).then_refused(SubjectClosed(closed_on=date(2026, 3, 2)))
    assert scenario.when(c.contributed()).refused is None


def test_who_no_longer_acts_for_the_subject_is_a_stranger() -> None:
    scenario = given(*c.PUBLISHED, c.proxy_ended())
    scenario.when(c.objected()).then_refused(Forbidden())
    scenario.when(c.proxy_ended()).then_refused(NotAProxy())


def test_a_proxy_acts_until_the_end_of_the_last_day() -> None:
    scenario = given(*c.PUBLISHED, c.proxy_recorded(until=date(2026, 3, 3)))
    scenario.when(c.objected(at=shanghai("2026-03-04T00:00"))).then_refused(Forbidden())
    assert scenario.when(c.objected(at=shanghai("2026-03-03T23:59"))).refused is None


# --- contributing ------------------------------------------------------------------------------


def test_a_contribution_tells_when_repair_begins_and_publicity_ends() -> None:
    given(*c.COMPANY).when(c.contributed(at=shanghai("2026-01-12T17:30"))).then(
        happened(
            CreditRecord.RecordContributed,
            subject=c.USCC,
            subject_id=c.COMPANY_FILE,
            source="tax",
            item="penalty-tax",
            source_record_no="T-1",
            kind=Kind.NEGATIVE,
            severity=Severity.GENERAL,
            determined_on=c.NEW_YEAR,
            decision_no="甬税罚〔2026〕1号",
            facts="未按期申报",
            duty_outstanding=False,
            minimum_end=shanghai("2026-04-02T00:00"),
            maximum_end=shanghai("2027-01-02T00:00"),
            late=False,
            clocks=ANY,
        )
    )


@pytest.mark.parametrize(
    ("at", "late"),
    [
        # New Year's Day 2026 is a Thursday, the Friday after it a day of rest, and Sunday the
        # 4th is worked for it: the seventh working day is Monday, 12 January.
        ("2026-01-12T17:30", False),
        ("2026-01-12T17:31", True),
    ],
)
def test_a_contribution_is_late_after_seven_working_days(at: str, late: bool) -> None:
    scenario = given(*c.COMPANY, c.contributed(at=shanghai(at)))
    event = scenario.happened[-1]
    assert isinstance(event, CreditRecord.RecordContributed)
    assert event.late is late
    assert event.clocks[0].due_at == shanghai("2026-01-12T17:30")
    assert event.clocks[0].raised == (("breached",) if late else ())
    assert event.clocks[0].next() is None


REFUSED: dict[str, tuple[dict[str, Any], type[Refused]]] = {
    "another's item": ({"by": c.MARKET}, NotTheSource),
    "no item": ({"catalogue_item": "penalty-moon"}, UnknownItem),
    "before the catalogue": ({"determined_on": date(2017, 12, 31)}, UnknownItem),
    "blood type": ({"catalogue_item": "blood-type"}, ItemNotCollectable),
    "illness": ({"catalogue_item": "illness"}, ItemNotCollectable),
    "tomorrow": ({"determined_on": date(2026, 3, 3)}, DateInFuture),
    "praise": ({"kind": Kind.POSITIVE, "severity": None}, KindMismatch),
    "a stranger": ({"subject": SubjectGiven(person="a" * 32)}, SubjectUnknown),
}


def rejected(department: str, item: str, refusal: type[Refused]) -> tuple[Happened, Happened]:
    """The month's first contribution that is refused."""
    ledger = ledger_id(department, "2026-03")
    return (
        happened(
            ContributionLedger.LedgerOpened, department=department, month="2026-03", on=ledger
        ),
        happened(
            ContributionLedger.ContributionRejected,
            department=department,
            item=item,
            day=date(2026, 3, 2),
            code=refusal.code,
            on=ledger,
        ),
    )


@pytest.mark.parametrize("why", REFUSED)
def test_what_a_source_may_not_contribute_is_refused_and_counted(why: str) -> None:
    fields, refusal = REFUSED[why]
    step = c.contributed(**fields)
    department = step.by.department or ""
    item = step.command.catalogue_item  # type: ignore[attr-defined]  # of this command
    given(*c.COMPANY).when(step).then_turned_down(refusal(), *rejected(department, item, refusal))


def test_a_months_refusals_are_in_one_ledger() -> None:
    twice = (c.contributed(catalogue_item="genes"), c.contributed(catalogue_item="religion"))
    ledger = given(*c.COMPANY, *twice).matters[ledger_id("tax", "2026-03")]
    assert isinstance(ledger, ContributionLedger)
    assert (ledger.rejected, ledger.version) == (2, 3)


def test_sent_again_it_changes_nothing_and_gives_the_same_record() -> None:
    """Acceptance 7."""
    scenario = given(*c.COMPANY, c.contributed())
    answer = scenario.when(c.contributed()).then()
    assert answer.decision is not None
    assert answer.decision.aggregate is not None
    assert answer.decision.aggregate.id == c.RECORD
    scenario.when(c.contributed(facts="另一事实")).then_turned_down(
        DuplicateSourceRecord(), *rejected("tax", "penalty-tax", DuplicateSourceRecord)
    )
    assert scenario.matters[c.RECORD].version == 1


def test_a_resend_after_a_correction_is_still_the_same_record() -> None:
    scenario = given(*c.PUBLISHED, c.objected(), c.corrected())
    scenario.when(c.contributed()).then()


def test_a_policys_contribution_is_refused_without_a_trace() -> None:
    step = c.contributed(by=HUIMIN, source="tax")
    given().when(step).then_refused(SubjectUnknown())
    assert given(*c.COMPANY).when(step).refused is None


def test_nothing_becomes_serious_by_itself() -> None:
    step = c.contributed(severity=Severity.SERIOUS)
    given(*c.COMPANY).when(step.but(by=HUIMIN)).then_refused(Forbidden())
    by_policy = c.contributed(severity=Severity.SERIOUS, source="tax", by=HUIMIN)
    given(*c.COMPANY).when(by_policy).then_refused(SeriousNotByItself())
    assert given(*c.COMPANY).when(step).refused is None


def test_an_officer_contributes_for_no_other_department() -> None:
    answer = given(*c.COMPANY).when(c.contributed(source="customs"))
    assert answer.decision is not None
    assert answer.decision.events[-1].refusal() == NotTheSource()
    nobody = caller("officer-0", Role.OFFICER)
    given(*c.COMPANY).when(c.contributed(by=nobody)).then_refused(Forbidden())


# --- publishing --------------------------------------------------------------------------------


def test_a_minor_record_is_not_published_unless_the_law_says_so() -> None:
    minor: dict[str, Any] = {"severity": Severity.MINOR, "determined_on": date(2026, 3, 1)}
    given(*c.COMPANY, c.contributed(**minor)).when(c.published()).then_refused(NotPublishable())
    arrears = c.contributed(catalogue_item="tax-arrears", **minor)
    scenario = given(*c.COMPANY, arrears)
    assert scenario.matter is not None
    assert scenario.when(c.published(record=scenario.matter.id)).refused is None


def test_nothing_is_published_after_its_longest_publicity() -> None:
    old = c.contributed(determined_on=date(2025, 3, 1))
    given(*c.COMPANY, old).when(c.published()).then_refused(
        PublicityOver(ended_at=shanghai("2026-03-02T00:00"))
    )


def test_nothing_good_is_published_of_someone_on_a_black_list() -> None:
    scenario = given(*c.LISTED, c.grade_a())
    scenario.when(c.published(record=c.GRADE_A)).then_refused(Blacklisted())


def test_a_published_grade_puts_its_subject_on_the_red_list() -> None:
    scenario = given(*c.RED_LISTED)
    record, subject = scenario.matters[c.GRADE_A], scenario.matters[c.COMPANY_FILE]
    assert isinstance(record, CreditRecord)
    assert isinstance(subject, CreditSubject)
    assert (record.state, record.listed) == (RecordState.PUBLISHED, True)
    assert subject.entries(Colour.RED) == (c.GRADE_A,)
    assert record.maximum_end == shanghai("2027-01-02T00:00")


@pytest.mark.parametrize("by", [c.MARKET, c.OWNER, c.BANK])
def test_only_source_and_credit_office_publish(by: object) -> None:
    scenario = given(*c.COMPANY, c.contributed())
    scenario.when(c.published(), by=by).then_refused(Forbidden())  # type: ignore[arg-type]  # a caller
    assert scenario.when(c.published(), by=c.CREDIT_OFFICE).refused is None


# --- the catalogue -----------------------------------------------------------------------------


def test_at_least_twenty_three_departments_contribute() -> None:
    assert len(sources()) >= 23
    assert sources() <= set(DEPARTMENTS)


def test_the_catalogues_fit_each_other_and_the_departments() -> None:
    for item in ITEMS.values():
        assert item.red_list is None or LISTS[item.red_list].colour is Colour.RED
        assert item.red_list is None or LISTS[item.red_list].keeper in item.sources
        assert item.law
    for entry in LISTS.values():
        assert set(entry.measures) <= set(MEASURES)
        assert entry.keeper in DEPARTMENTS
        assert bool(entry.grounds) == (entry.colour is Colour.BLACK)
    for measure in MEASURES.values():
        assert set(measure.departments) <= set(DEPARTMENTS)


def test_an_item_is_in_force_from_its_first_day() -> None:
    assert item_in_force("penalty-tax", date(2018, 1, 1)) is not None
    assert item_in_force("penalty-tax", date(2017, 12, 31)) is None


def test_ids_follow_from_what_they_are_about() -> None:
    assert subject_id(c.USCC) == c.COMPANY_FILE != c.PERSONS_FILE
    assert Scenario().when(c.company_opened()).scenario.matters.keys() == {c.COMPANY_FILE}


# --- what the help centre found proven -----------------------------------------------------------


@pytest.mark.parametrize(
    ("gravity", "severity"),
    [
        (Gravity.MINOR, Severity.MINOR),
        (Gravity.ORDINARY, Severity.GENERAL),
        (Gravity.SERIOUS, Severity.GENERAL),
    ],
)
def test_proven_misconduct_is_contributed_and_never_as_serious_by_itself(
    gravity: Gravity, severity: Severity
) -> None:
    to_company = t.dispatched(holder=t.to(t.COMPANY))
    made = t.world(*t.MEMBER, t.opened(), t.classified(), to_company, t.accepted(by=t.STAFF))
    made.run(t.reported_done(by=t.STAFF), t.content(), t.misconduct_proven(severity=gravity))
    command = when_misconduct_is_proven(t.last(made.happened, HelpTicket.MisconductProven))
    scenario = given()
    scenario.when(Step(command, HUIMIN)).then_refused(SubjectUnknown())
    scenario.run(c.company_opened())
    assert scenario.when(Step(command, HUIMIN)).refused is None
    contributed = scenario.happened[-1]
    assert isinstance(contributed, CreditRecord.RecordContributed)
    assert (contributed.item, contributed.severity) == ("service-misconduct", severity)
    scenario.when(Step(command, HUIMIN)).then()
