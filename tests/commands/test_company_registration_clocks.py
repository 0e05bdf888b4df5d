"""The clocks of a registration, to the minute: nights, weekends, holidays, pauses, the next year."""

from datetime import datetime

import pytest

from domain.company_registration import CompanyRegistration
from domain.shared.calendar import Calendar, YearNotice
from domain.shared.clocks import Phase
from domain.shared.local_calendar import LocalCalendar
from tests import registrations as r
from tests.scenario import Scenario, given, shanghai

CITY = "licence-1h"
LAW = "registration-legal"

FRIDAY_1710 = shanghai("2026-11-20T17:10")


def submitted_at(when: datetime, **keywords: Calendar) -> Scenario:
    return given(r.name_reserved(at=when), r.submitted(at=when), **keywords)


@pytest.mark.parametrize(
    ("at", "city", "law"),
    [
        ("2026-11-20T17:10", "2026-11-23T09:10", "2026-11-25T17:30"),  # a Friday evening
        ("2026-11-23T08:00", "2026-11-23T09:30", "2026-11-26T17:30"),  # before opening
        ("2026-11-23T16:30", "2026-11-23T17:30", "2026-11-26T17:30"),  # to the minute of closing
        ("2026-11-21T11:00", "2026-11-23T09:30", "2026-11-25T17:30"),  # a Saturday
        # National Day 2026: free from 1 to 7 October, 10 October (Saturday) is worked.
        ("2026-09-30T17:00", "2026-10-08T09:00", "2026-10-10T17:30"),
        ("2026-10-09T17:00", "2026-10-10T09:00", "2026-10-13T17:30"),
    ],
)
def test_an_application_is_due_in_an_hour_of_office_time(at: str, city: str, law: str) -> None:
    scenario = submitted_at(shanghai(at))
    assert scenario.clock(CITY).due_at == shanghai(city)
    assert scenario.clock(LAW).due_at == shanghai(law)


def test_the_city_clock_goes_on_and_the_legal_one_starts_anew() -> None:
    """Acceptance 2."""
    scenario = given(
        r.name_reserved(at=FRIDAY_1710),
        r.submitted(at=FRIDAY_1710),
        r.correction_requested(at=shanghai("2026-11-20T17:20")),
    )
    assert scenario.clock(CITY).phase is Phase.PAUSED
    assert scenario.clock(CITY).remaining == 50 * 60
    assert scenario.clock(LAW).phase is Phase.CANCELLED
    scenario.run(r.resubmitted(at=shanghai("2026-11-24T09:00")))
    assert scenario.clock(CITY).due_at == shanghai("2026-11-24T09:50")
    assert scenario.clock(LAW).since == shanghai("2026-11-24T09:00")
    assert scenario.clock(LAW).due_at == shanghai("2026-11-27T17:30")


def test_the_time_taken_leaves_out_pauses_nights_and_weekends() -> None:
    scenario = given(
        r.name_reserved(at=FRIDAY_1710),
        r.submitted(at=FRIDAY_1710),
        r.correction_requested(at=shanghai("2026-11-20T17:20")),
        r.resubmitted(at=shanghai("2026-11-24T17:20")),
        r.approved(at=shanghai("2026-11-25T08:40")),
        r.licensed(at=shanghai("2026-11-25T08:45")),
    )
    licence = scenario.happened[-1]
    assert isinstance(licence, CompanyRegistration.LicenceIssued)
    assert licence.office_seconds == (10 + 10 + 15) * 60


def test_a_licence_of_the_night_takes_no_time() -> None:
    scenario = given(
        r.name_reserved(at=shanghai("2026-11-23T22:00")), r.submitted(), r.approved(), r.licensed()
    )
    licence = scenario.happened[-1]
    assert isinstance(licence, CompanyRegistration.LicenceIssued)
    assert licence.office_seconds == 0


def test_a_clock_warns_breaches_and_escalates_once_each() -> None:
    scenario = submitted_at(shanghai("2026-11-23T09:00"))
    levels = [
        ("2026-11-23T09:45", []),
        ("2026-11-23T09:46", ["clock-warned"]),
        ("2026-11-23T10:00", []),
        ("2026-11-23T10:01", ["clock-breached"]),
        ("2026-11-23T10:30", []),
        ("2026-11-23T10:31", ["clock-escalated"]),
        ("2026-11-23T17:00", []),
    ]
    for at, expected in levels:
        names = [e.type_name.split(".")[1] for e in scenario.settled(shanghai(at))]
        assert names == expected


def test_a_licence_in_the_last_instant_is_in_time() -> None:
    steps = (
        r.name_reserved(at=shanghai("2026-11-23T09:00")),
        r.submitted(at=shanghai("2026-11-23T09:00")),
        r.approved(at=shanghai("2026-11-23T09:10")),
    )
    at_due = given(*steps).when(r.licensed(at=shanghai("2026-11-23T10:00")))
    after = given(*steps).when(r.licensed(at=shanghai("2026-11-23T10:00:01")))
    assert at_due.decision is not None
    assert after.decision is not None
    assert "clock-breached" not in str([e.type_name for e in at_due.decision.events])
    assert [e.type_name.split(".")[1] for e in after.decision.events] == [
        "clock-warned",
        "clock-breached",
        "licence-issued",
    ]


def test_a_breach_tells_on_whose_wall_it_counts() -> None:
    scenario = submitted_at(shanghai("2026-11-23T09:00"))
    breach = scenario.settled(shanghai("2026-11-23T10:10"))[-1]
    assert isinstance(breach, CompanyRegistration.ClockBreached)
    assert (breach.registry, breach.clock) == ("330203", CITY)
    assert breach.due_at == shanghai("2026-11-23T10:00")


def test_a_paused_clock_raises_nothing() -> None:
    scenario = submitted_at(shanghai("2026-11-23T09:00"))
    scenario.run(r.correction_requested(at=shanghai("2026-11-23T09:30")))
    assert scenario.settled(shanghai("2026-12-20T09:30")) == []


def test_a_legal_term_that_is_missed_is_escalated_after_a_working_day() -> None:
    scenario = submitted_at(shanghai("2026-11-23T09:00"))
    events = scenario.settled(shanghai("2026-11-30T09:00"))
    legal = [e.type_name.split(".")[1] for e in events if getattr(e, "clock", "") == LAW]
    assert legal == ["clock-breached", "clock-escalated"]


# --- 2027, which the library does not hold yet ---------------------------------------------------


def test_limits_reach_into_a_year_that_nobody_holds() -> None:
    scenario = given(r.name_reserved(at=shanghai("2026-12-15T10:00"), needs_prior_approval=True))
    assert scenario.clock("name-reservation").due_at == shanghai("2027-12-16T00:00")
    new_year = submitted_at(shanghai("2026-12-31T17:00"))
    assert new_year.clock(CITY).due_at == shanghai("2027-01-04T09:00")
    assert new_year.clock(LAW).due_at == shanghai("2027-01-06T17:30")


def test_a_later_notice_never_moves_a_due_time_that_was_recorded() -> None:
    before = submitted_at(shanghai("2026-12-31T17:00"))
    holiday = frozenset(datetime.fromisoformat(f"2027-01-0{n}").date() for n in (1, 4))
    after = submitted_at(
        shanghai("2026-12-31T17:00"),
        calendar=Calendar().with_notices([YearNotice(2027, holiday)]),
    )
    assert after.clock(CITY).due_at == shanghai("2027-01-05T09:00")
    assert before.clock(CITY).due_at == shanghai("2027-01-04T09:00")
    assert before.clock(CITY).calendar != after.clock(CITY).calendar


def test_a_typhoon_day_does_not_count() -> None:
    closed = LocalCalendar.model_validate(
        {"closures": [{"day": "2026-11-23", "why": "typhoon"}]}
    ).calendar()
    assert submitted_at(FRIDAY_1710, calendar=closed).clock(CITY).due_at == shanghai(
        "2026-11-24T09:10"
    )


def test_every_clock_stops_when_the_matter_ends() -> None:
    scenario = given(
        r.name_reserved(),
        r.submitted(),
        r.correction_requested(),
        r.withdrawn(),
    )
    assert isinstance(scenario.matter, CompanyRegistration)
    assert [reading.next() for reading in scenario.matter.clocks.values()] == [None] * 4
