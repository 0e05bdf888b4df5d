"""What the read models of credit records say after a piece of a subject's life."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from domain.credit_records import (
    Colour,
    CreditRecord,
    CreditSubject,
    QueryAuthorisation,
    RecordState,
    Severity,
)
from domain.credit_records.lists import COURT_LIST
from domain.shared.aggregate import EventBase
from domain.shared.personal import personal_fields
from infra.discovery import discover
from projections.credit_records.lists import ListsLive
from projections.credit_records.profile import CreditProfile
from projections.credit_records.public import CourtDefaulters, PublicRecords
from projections.credit_records.readers import QueryAuthorisations, QueryLog
from projections.credit_records.records import CreditRecords, MeasureReports
from projections.credit_records.sources import Contributions
from tests import credits as c
from tests.projections.rows import rows_of
from tests.scenario import MATTER, Step, given, shanghai

S = RecordState
TAX_LIST = "major-tax-violations"


def profile(events: Iterable[EventBase], subject: str = c.USCC) -> CreditProfile:
    return rows_of(CreditProfile, events)[subject]


def page(*steps: Step) -> PublicRecords | None:
    return rows_of(PublicRecords, given(*steps).happened).get(c.USCC)


def live(*steps: Step) -> dict[tuple[str, str], ListsLive]:
    return rows_of(ListsLive, given(*steps).happened)


# --- records -----------------------------------------------------------------------------------


def test_a_record_is_followed_to_its_repair() -> None:
    scenario = given(*c.PUBLISHED, c.applied(at=c.REPAIRABLE), c.accepted())
    row = rows_of(CreditRecords, scenario.happened)[c.RECORD]
    assert (row.state, row.severity, row.source) == (S.REPAIRING, Severity.GENERAL, "tax")
    assert row.repair_due_at == shanghai("2026-04-17T17:30")
    scenario.run(c.granted())
    row = rows_of(CreditRecords, scenario.happened)[c.RECORD]
    assert (row.state, row.repair_due_at) == (S.REPAIRED, None)
    assert row.removal_due_at == shanghai("2026-04-08T17:30")
    assert row.to_confirm == ("development-reform",)
    scenario.run(c.removal_confirmed())
    row = rows_of(CreditRecords, scenario.happened)[c.RECORD]
    assert (row.removal_due_at, row.to_confirm) == (None, ())


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ((*c.COMPANY, c.notified(), c.pleaded()), S.NOTIFIED),
        ((*c.COMPANY, c.notified(), c.dropped(at=c.PLEA_OVER)), S.DROPPED),
        (c.LISTED, S.PUBLISHED),
        ((*c.LISTED, c.objected(record=c.ENTRY)), S.DISPUTED),
        ((*c.LISTED, c.objected(record=c.ENTRY), c.dismissed(record=c.ENTRY)), S.PUBLISHED),
        ((*c.LISTED, c.delisted(record=c.ENTRY)), S.ENDED),
        ((*c.LISTED, c.basis_withdrawn(record=c.ENTRY)), S.WITHDRAWN),
    ],
)
def test_a_list_entry_shows_its_state(steps: tuple[Step, ...], state: RecordState) -> None:
    row = rows_of(CreditRecords, given(*steps).happened)[c.ENTRY]
    assert (row.state, row.list) == (state, TAX_LIST)


def test_the_rows_state_is_the_records_own_at_every_step() -> None:
    """Whatever happens to a record, its row says so."""
    histories = (
        (*c.PUBLISHED, c.objected(), c.evidence_asked(), c.evidence_submitted(), c.corrected()),
        (*c.PUBLISHED, c.objected(), c.publicity_ended(at=c.PENALTY_OVER), c.dismissed()),
        (*c.PUBLISHED, c.applied(at=c.REPAIRABLE), c.refused(), c.applied(), c.granted()),
        (*c.PUBLISHED, c.applied(at=c.REPAIRABLE), c.granted(), c.repair_revoked()),
        (*c.COMPANY, c.contributed(duty_outstanding=True), c.duty_done(), c.basis_withdrawn()),
    )
    for history in histories:
        scenario = given()
        for step in history:
            scenario.run(step)
            record = scenario.matters.get(c.RECORD)
            if isinstance(record, CreditRecord):
                row = rows_of(CreditRecords, scenario.happened)[c.RECORD]
                assert (row.state, row.maximum_end) == (record.state, record.maximum_end)
                assert row.duty_outstanding == record.duty_outstanding


def test_a_breach_is_seen_until_the_objection_is_decided() -> None:
    scenario = given(*c.PUBLISHED, c.objected())
    scenario.settled(shanghai("2026-03-12T09:00"))
    assert rows_of(CreditRecords, scenario.happened)[c.RECORD].alarm == "breached"
    scenario.run(c.dismissed(at=shanghai("2026-03-12T10:00")))
    assert rows_of(CreditRecords, scenario.happened)[c.RECORD].alarm is None


def test_a_reported_measure_has_a_line() -> None:
    scenario = given(*c.LISTED, c.measure_reported(), c.measure_reported())
    reports = rows_of(MeasureReports, scenario.happened)
    assert set(reports) == {(c.ENTRY, 3), (c.ENTRY, 4)}
    assert reports[(c.ENTRY, 3)].department == "finance"


# --- profile -----------------------------------------------------------------------------------


def test_the_profile_counts_what_stands_by_severity() -> None:
    serious = c.contributed(source_record_no="T-2", severity=Severity.SERIOUS)
    minor = c.contributed(source_record_no="T-3", severity=Severity.MINOR)
    scenario = given(*c.RED_LISTED, c.contributed(), serious, minor)
    row = profile(scenario.happened)
    assert (row.minor, row.general, row.serious, row.positive) == (1, 1, 1, 1)
    assert (row.lists, row.measures) == (("grade-a-taxpayers",), ("green-channel", "bonus-points"))
    scenario.run(c.basis_withdrawn())
    assert profile(scenario.happened).general == 0
    scenario.run(c.subject_closed())
    assert profile(scenario.happened).state == "closed"


def test_a_correction_counts_under_its_new_severity_and_the_end_of_publicity_no_more() -> None:
    scenario = given(*c.PUBLISHED, c.objected(), c.corrected(severity=Severity.SERIOUS))
    row = profile(scenario.happened)
    assert (row.general, row.serious) == (0, 1)
    scenario.run(c.publicity_ended(at=shanghai("2029-01-02T00:00")))
    assert profile(scenario.happened).serious == 0


def test_a_revoked_repair_counts_again_and_shows_the_bar() -> None:
    scenario = given(*c.PUBLISHED, c.applied(at=c.REPAIRABLE), c.granted())
    assert profile(scenario.happened).general == 0
    scenario.run(c.repair_revoked())
    row = profile(scenario.happened)
    assert (row.general, row.repair_barred_until) == (1, shanghai("2029-04-03T00:00"))


def test_one_position_stops_publication_sharing_and_measures() -> None:
    steps = (c.applied(record=c.ENTRY, at=c.LISTING_REPAIRABLE), c.granted(record=c.ENTRY))
    happened = given(*c.LISTED, *steps).happened
    position = next(
        n for n, e in enumerate(happened, 1) if isinstance(e, CreditRecord.RecordRepaired)
    )
    for until, there in ((position - 1, True), (position, False)):
        assert bool(rows_of(PublicRecords, happened[:until])) is there
        assert bool(rows_of(ListsLive, happened[:until])) is there
        assert bool(profile(happened[:until]).measures) is there


# --- lists -------------------------------------------------------------------------------------


def test_an_entry_is_live_while_it_stands() -> None:
    row = live(*c.LISTED)[(TAX_LIST, c.USCC)]
    assert (row.since, row.until) == (date(2026, 3, 10), shanghai("2029-03-11T00:00"))
    assert (row.colour, row.record_id, row.disputed) == (Colour.BLACK, c.ENTRY, False)
    assert "no-procurement" in row.measures
    disputed = live(*c.LISTED, c.objected(record=c.ENTRY))
    assert disputed[(TAX_LIST, c.USCC)].disputed
    dismissed = live(*c.LISTED, c.objected(record=c.ENTRY), c.dismissed(record=c.ENTRY))
    assert not dismissed[(TAX_LIST, c.USCC)].disputed


@pytest.mark.parametrize(
    "end",
    [
        (c.delisted(record=c.ENTRY),),
        (c.basis_withdrawn(record=c.ENTRY),),
        (c.publicity_ended(record=c.ENTRY, at=shanghai("2029-03-11T00:00")),),
        (c.objected(record=c.ENTRY), c.withdrawn_on_objection(record=c.ENTRY)),
    ],
)
def test_an_entry_goes_with_whatever_ends_it(end: tuple[Step, ...]) -> None:
    assert live(*c.LISTED, *end) == {}
    assert page(*c.LISTED, *end) is None


def test_a_blacklisted_subject_is_on_no_red_list_nor_page() -> None:
    """Acceptance 8, as it is read."""
    steps = (*c.RED_LISTED, c.notified(), c.decided(at=c.PLEA_OVER))
    assert set(live(*steps)) == {(TAX_LIST, c.USCC)}
    shown = page(*steps)
    assert shown is not None
    assert [item.list for item in shown.items] == [TAX_LIST]


def test_a_notice_is_no_listing() -> None:
    assert live(*c.COMPANY, c.notified()) == {}


# --- the public pages --------------------------------------------------------------------------


def test_the_public_page_shows_what_is_published_and_when_it_ends() -> None:
    assert page(*c.COMPANY, c.contributed()) is None
    row = page(*c.PUBLISHED)
    assert row is not None
    (item,) = row.items
    assert (item.item, item.severity, item.decision_no) == (
        "penalty-tax",
        Severity.GENERAL,
        "甬税罚〔2026〕1号",
    )
    assert (item.ends_at, row.next_end_at, row.negative) == (c.PENALTY_OVER, c.PENALTY_OVER, 1)
    assert "未按期申报" not in row.model_dump_json()


def test_a_red_entry_is_one_item_with_its_list() -> None:
    row = page(*c.RED_LISTED)
    assert row is not None
    assert [(i.item, i.list) for i in row.items] == [("tax-grade-a", "grade-a-taxpayers")]
    assert row.negative == 0


def test_a_disputed_item_is_hidden_and_comes_back_with_the_end_it_had() -> None:
    before = page(*c.PUBLISHED)
    assert page(*c.PUBLISHED, c.objected()) is None
    assert page(*c.PUBLISHED, c.objected(), c.dismissed()) == before
    corrected = page(*c.PUBLISHED, c.objected(), c.corrected(severity=Severity.SERIOUS))
    assert corrected is not None
    assert corrected.items[0].ends_at == shanghai("2029-01-02T00:00")


def test_history_that_is_corrected_after_the_end_is_not_shown_again() -> None:
    ended = (*c.PUBLISHED, c.objected(), c.publicity_ended(at=c.PENALTY_OVER))
    assert page(*ended, c.dismissed()) is None
    assert page(*ended, c.corrected()) is None


def test_no_person_is_on_a_public_page() -> None:
    about: dict[str, Any] = {"subject": c.person()}
    steps = (c.person_opened(), c.contributed(**about), c.published(), c.notified(**about))
    scenario = given(*steps, c.decided(at=c.PLEA_OVER))
    assert rows_of(PublicRecords, scenario.happened) == {}
    assert rows_of(CourtDefaulters, scenario.happened) == {}
    assert personal_fields(PublicRecords) == personal_fields(CourtDefaulters) == frozenset()


def test_the_courts_defaulters_are_shown_by_masked_name_until_the_court_ends_it() -> None:
    listed = (c.person_opened(), c.court_notified(), c.decided(at=c.PLEA_OVER, by=c.COURT_2))
    row = rows_of(CourtDefaulters, given(*listed).happened)[c.ENTRY]
    assert (row.name, row.list, row.until) == ("王*", COURT_LIST, None)
    assert c.PERSON not in row.model_dump_json()
    disputed = given(*listed, c.objected(record=c.ENTRY))
    assert rows_of(CourtDefaulters, disputed.happened) == {}
    disputed.run(c.dismissed(record=c.ENTRY, sender=c.COURT_1))
    assert rows_of(CourtDefaulters, disputed.happened)[c.ENTRY] == row
    disputed.run(c.delisted(record=c.ENTRY, sender=c.COURT_1))
    assert rows_of(CourtDefaulters, disputed.happened) == {}


def test_a_company_on_the_courts_list_is_on_its_own_page() -> None:
    steps = (
        c.company_opened(),
        c.court_notified(subject=c.company()),
        c.decided(at=c.PLEA_OVER, by=c.COURT_2),
    )
    assert rows_of(CourtDefaulters, given(*steps).happened) == {}
    row = page(*steps)
    assert row is not None
    assert row.items[0].list == COURT_LIST


# --- readers and sources -----------------------------------------------------------------------


def test_the_subject_sees_who_looked_and_who_was_refused() -> None:
    steps = (c.authorised(), c.requested(), c.authorisation_revoked(), c.requested())
    scenario = given(*c.COMPANY, *steps)
    rows = list(rows_of(QueryLog, scenario.happened).values())
    assert [(r.reader, r.outcome, r.code) for r in rows] == [
        ("bank-1", "issued", None),
        ("bank-1", "refused", "no-authorisation"),
    ]
    assert rows_of(QueryAuthorisations, scenario.happened)[MATTER].state == "revoked"


def test_an_expired_authorisation_is_shown_as_such() -> None:
    over = c.authorisation_expired(at=shanghai("2027-01-01T00:00"))
    scenario = given(*c.COMPANY, c.authorised(), over)
    assert rows_of(QueryAuthorisations, scenario.happened)[MATTER].state == "expired"


def test_a_sources_day_counts_received_late_and_rejected() -> None:
    late = c.contributed(at=shanghai("2026-03-02T10:00"))
    prompt = c.contributed(source_record_no="T-2", determined_on=date(2026, 2, 27))
    scenario = given(*c.COMPANY, late, prompt, c.contributed(catalogue_item="genes"))
    scenario.run(c.contributed())  # again: received once
    row = rows_of(Contributions, scenario.happened)[("tax", date(2026, 3, 2))]
    assert (row.received, row.late, row.rejected) == (2, 1, 1)


def test_discovery_finds_the_programme_whole() -> None:
    found = discover()
    assert found.main_row(CreditRecord) is CreditRecords
    assert found.main_row(QueryAuthorisation) is QueryAuthorisations
    assert found.main_row(CreditSubject) is None
    assert {
        "credit_records",
        "credit_profile",
        "public_records",
        "lists_live",
        "query_log",
        "contributions",
    } <= set(found.rows)
    assert CreditProfile.history
