"""What the read models of company registration say after a piece of a company's life."""

from datetime import date, timedelta

import pytest

from commands.company_registration.changing import RepresentativeChangeGiven
from domain.business_opening import BusinessOpening
from domain.company_registration import BarList, CompanyRegistration, OfficeholderBar, State
from domain.shared.personal import personal_fields
from infra.discovery import discover
from projections.business_opening import BusinessOpenings
from projections.company_registration.bars import OfficeholderBars, OfficeholderFlags
from projections.company_registration.names import NameIndex, NameStatus
from projections.company_registration.overview import RegistrationOverview
from projections.company_registration.register import CompanyRegister
from projections.company_registration.wall import SlaWall, nearest_rank
from tests import registrations as r
from tests.projections.rows import rows_of
from tests.scenario import MATTER, Scenario, Step, given, keyed_hash, shanghai

NAME = "宁波市海曙区甬江商贸有限公司"
NEW_NAME = "宁波市海曙区姚江商贸有限公司"
DAY = date(2026, 3, 2)


def overview(*steps: Step) -> RegistrationOverview:
    return rows_of(RegistrationOverview, given(*steps).happened)[MATTER]


def register(*steps: Step) -> CompanyRegister:
    return rows_of(CompanyRegister, given(*steps).happened)[r.USCC]


def names(*steps: Step) -> dict[tuple[str, str], NameIndex]:
    return rows_of(NameIndex, given(*steps).happened)


# --- overview ----------------------------------------------------------------------------------


def test_the_overview_shows_when_the_hour_is_up() -> None:
    row = overview(r.name_reserved(), r.submitted())
    assert row.state is State.SUBMITTED
    assert row.due_at == shanghai("2026-03-02T10:01")
    assert row.legal_due_at == shanghai("2026-03-05T17:30")
    assert (row.remaining_s, row.lapses_at) == (None, None)
    assert row.applicant == keyed_hash("actor", "citizen-1")


def test_the_overview_shows_what_remains_while_the_applicant_corrects() -> None:
    row = overview(r.name_reserved(), r.submitted(), r.correction_requested())
    assert (row.due_at, row.legal_due_at) == (None, None)
    assert row.remaining_s == 59 * 60
    assert row.lapses_at == shanghai("2026-04-02T00:00")
    assert row.officer == "officer-7"


def test_the_overview_follows_a_company_to_its_licence() -> None:
    row = overview(*r.REGISTERED, r.filed("tax"), r.change_applied(), r.flagged())
    assert (row.state, row.uscc, row.officer) == (State.REGISTERED, r.USCC, "officer-8")
    assert (row.due_at, row.legal_due_at, row.office_seconds) == (None, None, 120)
    assert (row.filed_with, row.open_change, row.flags) == (("tax",), "capital", 1)


def test_a_flag_has_a_line_until_it_is_lifted() -> None:
    scenario = given(*r.REGISTERED, r.flagged(), r.flagged(1, BarList.MARKET_REGULATION))
    since = scenario.at
    scenario.after(r.flag_lifted())
    (row,) = rows_of(OfficeholderFlags, scenario.happened).values()
    assert (row.registration_id, row.subject) == (MATTER, r.subject(1))
    assert (row.list, row.since) == (BarList.MARKET_REGULATION, since)


def test_the_overview_shows_the_gravest_alarm() -> None:
    scenario = given(r.name_reserved(), r.submitted())
    scenario.settled(shanghai("2026-03-02T10:05"))
    assert rows_of(RegistrationOverview, scenario.happened)[MATTER].alarm == "breached"


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (r.suspended(), State.SUSPENDED),
        (r.announced(), State.ANNOUNCING),
        (r.revoked(), State.REVOKED),
        (r.annulled(), State.ANNULLED),
        (r.deregistered(), State.DEREGISTERED),
    ],
)
def test_overview_and_register_show_the_state(step: Step, state: State) -> None:
    assert overview(*r.REGISTERED, step).state is state
    assert register(*r.REGISTERED, step).status is state


# --- register ----------------------------------------------------------------------------------


def test_the_register_names_no_person() -> None:
    assert personal_fields(CompanyRegister) == frozenset()
    row = register(*r.REGISTERED).model_dump_json()
    assert "王明" not in row
    assert r.resident(1) not in row


def test_a_new_representative_changes_nothing_public() -> None:
    change = RepresentativeChangeGiven(
        field="legal-representative", legal_representative=r.person(5)
    )
    before = register(*r.REGISTERED)
    assert register(*r.REGISTERED, r.change_applied(change), r.change_approved()) == before


def test_the_register_shows_changes_when_they_are_approved() -> None:
    applied = (*r.REGISTERED, r.change_applied())
    assert register(*applied).subscribed_capital_fen == 100_000_000
    assert register(*applied, r.change_approved()).subscribed_capital_fen == 200_000_000
    assert register(*applied, r.change_rejected()).subscribed_capital_fen == 100_000_000


def test_a_sole_traders_announcement_is_not_public() -> None:
    """Acceptance 8."""
    scenario = given(*r.SOLE_TRADER, r.announced(at=shanghai("2026-03-02T10:00")))
    row = rows_of(CompanyRegister, scenario.happened)[r.SOLE_TRADER_USCC]
    assert (row.status, row.objections_until) == (State.REGISTERED, None)
    scenario.run(r.deregistered(papers=False, at=shanghai("2026-03-13T00:00")))
    row = rows_of(CompanyRegister, scenario.happened)[r.SOLE_TRADER_USCC]
    assert (row.status, row.ended_on) == (State.DEREGISTERED, date(2026, 3, 13))


def test_an_objection_to_a_sole_trader_leaves_no_trace_either() -> None:
    scenario = given(*r.SOLE_TRADER)
    before = rows_of(CompanyRegister, scenario.happened)
    for step in (r.announced(), r.objected()):
        scenario.run(step)
        assert rows_of(CompanyRegister, scenario.happened) == before


# --- names -------------------------------------------------------------------------------------


def test_a_reserved_name_is_shown_with_its_end_and_goes_when_it_lapses() -> None:
    row = names(r.name_reserved())[("330203", NAME)]
    assert (row.status, row.until) == (NameStatus.RESERVED, shanghai("2026-05-03T00:00"))
    assert (row.trade_name, row.section) == ("甬江", "F")
    assert names(r.name_reserved(), r.name_expired(at=shanghai("2026-05-03T00:00"))) == {}


def test_a_late_lapse_does_not_touch_the_next_reservation() -> None:
    first, second = given(r.name_reserved()), Scenario()
    second.run(r.name_reserved(at=shanghai("2026-05-04T09:00")))
    first.run(r.name_expired(at=shanghai("2026-05-05T09:00")))
    late = [first.happened[0], *second.happened, first.happened[1]]
    row = rows_of(NameIndex, late)[("330203", NAME)]
    assert row.until == shanghai("2026-07-05T00:00")


@pytest.mark.parametrize(
    "end",
    [
        (r.rejected(),),
        (r.withdrawn(),),
        (r.correction_requested(), r.lapsed(at=shanghai("2026-06-01T09:00"))),
    ],
)
def test_a_name_that_came_to_nothing_is_free(end: tuple[Step, ...]) -> None:
    assert names(r.name_reserved(), r.submitted(), *end) == {}


def test_a_renamed_company_has_its_new_name_and_keeps_the_old_for_a_year() -> None:
    applied = (*r.REGISTERED, r.change_applied(r.renaming()))
    assert names(*applied)[("330203", NEW_NAME)].status is NameStatus.RESERVED
    assert set(names(*applied, r.change_rejected())) == {("330203", NAME)}
    after = names(*applied, r.change_approved())
    assert after[("330203", NEW_NAME)].status is NameStatus.REGISTERED
    old = after[("330203", NAME)]
    assert (old.status, old.until) == (NameStatus.KEPT, shanghai("2027-03-03T00:00"))


@pytest.mark.parametrize("end", [r.deregistered(), r.annulled()])
def test_the_name_of_a_company_that_ended_is_kept_for_a_year(end: Step) -> None:
    after = names(*r.REGISTERED, r.change_applied(r.renaming()), end)
    assert set(after) == {("330203", NAME)}
    assert after[("330203", NAME)].until == shanghai("2027-03-03T00:00")


def test_a_revoked_company_keeps_its_name_and_loses_the_one_it_asked_for() -> None:
    after = names(*r.REGISTERED, r.change_applied(r.renaming()), r.revoked())
    assert {key: row.status for key, row in after.items()} == {
        ("330203", NAME): NameStatus.REGISTERED
    }


# --- wall --------------------------------------------------------------------------------------


def licences(*minutes: int) -> list[Scenario]:
    """A company each, licensed after so many minutes on the same Monday morning."""
    made = []
    for count in minutes:
        scenario = given(r.name_reserved(), r.submitted(at=shanghai("2026-03-02T09:00")))
        scenario.run(r.approved(at=shanghai("2026-03-02T09:00")))
        issued = shanghai("2026-03-02T09:00") + timedelta(minutes=count)
        scenario.run(r.licensed(at=issued))
        made.append(scenario)
    return made


def test_the_wall_counts_licences_minutes_and_breaches() -> None:
    scenarios = licences(30, 10, 90, 20)
    row = rows_of(SlaWall, *(s.happened for s in scenarios))[("330203", DAY)]
    assert (row.issued, row.breaches) == (4, 1)
    assert (row.p50_min, row.p95_min, row.minutes) == (20, 90, (10, 20, 30, 90))


def test_a_breach_counts_on_the_day_it_fell_due_however_late_it_is_recorded() -> None:
    scenario = given(r.name_reserved(), r.submitted())
    scenario.settled(shanghai("2026-03-04T09:00"))
    assert {key: row.breaches for key, row in rows_of(SlaWall, scenario.happened).items()} == {
        ("330203", DAY): 1
    }


def test_the_legal_term_is_not_on_the_wall_of_the_hour() -> None:
    scenario = given(r.name_reserved(), r.submitted())
    scenario.settled(shanghai("2026-03-20T09:00"))
    assert sum(row.breaches for row in rows_of(SlaWall, scenario.happened).values()) == 1


@pytest.mark.parametrize(
    ("percent", "rank"), [(50, 10), (95, 19), (99, 20), (100, 20), (5, 1), (1, 1)]
)
def test_percentiles_are_values_that_occurred(percent: int, rank: int) -> None:
    assert nearest_rank(list(range(1, 21)), percent) == rank


# --- all ---------------------------------------------------------------------------------------


def test_discovery_finds_the_programme_whole() -> None:
    found = discover()
    assert found.main_row(CompanyRegistration) is RegistrationOverview
    assert found.main_row(OfficeholderBar) is OfficeholderBars
    assert found.main_row(BusinessOpening) is BusinessOpenings
    assert {
        "registration_overview",
        "company_register",
        "name_index",
        "sla_wall",
        "officeholder_bars",
        "business_openings",
    } <= set(found.rows)
    assert CompanyRegister.history
    assert list(BarList) == ["court", "market-regulation"]
