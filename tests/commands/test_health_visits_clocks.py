"""When limits of health visits warn, breach and escalate, over weekends and holidays."""

from datetime import datetime, timedelta
from typing import Any

from domain.health_visits import HealthVisit, NotifiableReport, Referral
from domain.health_visits.institutions import Specialty
from domain.health_visits.values import Half, referral_id, report_id
from domain.shared.clocks import ClockedAggregate, Phase
from tests import clinics as c
from tests.commands.test_health_visits_ending import referring, with_consent
from tests.scenario import MATTER, Scenario, given, shanghai


def clocked(scenario: Scenario, id: Any = MATTER) -> ClockedAggregate:
    found = scenario.matters[id]
    assert isinstance(found, ClockedAggregate)
    return found


def settled(scenario: Scenario, at: datetime, id: Any = MATTER) -> list[str]:
    matter = clocked(scenario, id)
    with matter.deciding(at):
        matter.settle()
    events: Any = matter.collect_events()
    return [type(e).__name__ for e in events]


def test_a_class_b_disease_found_on_friday_night_is_due_on_saturday_night() -> None:
    """Acceptance 6; the visit began on Friday afternoon."""
    friday = c.DAY + timedelta(days=4)
    opening = c.session_opened(
        "doctor-1",
        *c.slots("22:00", day=friday),
        day=friday,
        half=Half.AFTERNOON,
        department=Specialty.EMERGENCY,
        institution="hospital-2",
        at=shanghai("2026-03-05T09:00"),
    )
    scenario = given(opening)
    assert scenario.matter is not None
    session = scenario.matter.id
    scenario.after(
        c.booked(session=session, slot=shanghai("2026-03-06T22:00"), at=None),
        c.checked_in(at=shanghai("2026-03-06T21:50")),
        c.called(at=shanghai("2026-03-06T22:10")),
        c.started(at=shanghai("2026-03-06T22:11")),
        c.diagnosed(icd10="A37.0", at=shanghai("2026-03-06T23:00")),
    )
    report = report_id(MATTER, "pertussis")
    due_at = shanghai("2026-03-07T23:00")
    assert clocked(scenario, report).clocks["notifiable"].due_at == due_at
    assert settled(scenario, due_at, report) == []
    assert settled(scenario, due_at + timedelta(seconds=1), report) == ["ClockBreached"]
    assert settled(scenario, due_at + timedelta(days=1), report) == []


def test_class_a_and_what_is_managed_like_it_is_due_in_two_hours() -> None:
    for code, disease in (("A20.0", "plague"), ("A22.1", "pulmonary-anthrax")):
        scenario = given(*c.TO_CONSULTING, c.diagnosed(icd10=code, at=shanghai("2026-03-02T09:10")))
        reading = clocked(scenario, report_id(MATTER, disease)).clocks["notifiable"]
        assert reading.due_at == shanghai("2026-03-02T11:10")


def test_the_wait_runs_from_the_appointment_and_is_breached_after_half_an_hour() -> None:
    scenario = given(*c.TO_WAITING)
    assert clocked(scenario).clocks["waiting"].due_at == shanghai("2026-03-02T09:30")
    assert settled(scenario, shanghai("2026-03-02T09:31")) == ["ClockBreached"]


def test_who_goes_stops_the_clock_and_who_starts_too() -> None:
    for steps, phase in (
        ((*c.TO_WAITING, c.left()), Phase.CANCELLED),
        (c.TO_CONSULTING, Phase.STOPPED),
    ):
        assert clocked(given(*steps)).clocks["waiting"].phase is phase


def test_a_critical_result_goes_to_the_chief_after_half_an_hour() -> None:
    at = shanghai("2026-03-02T09:10")
    scenario = given(*c.TO_CONSULTING, c.examination(), c.result(critical=True, at=at))
    later = at + timedelta(minutes=31)
    assert settled(scenario, later) == ["ClockBreached", "ClockEscalated"]
    assert clocked(scenario).clocks["critical-result"].escalate_to == "chief"


def test_critical_results_share_a_clock_that_is_due_for_the_oldest() -> None:
    first, second = shanghai("2026-03-02T09:10"), shanghai("2026-03-02T09:20")
    scenario = given(
        *c.TO_CONSULTING,
        c.examination(),
        c.examination(item="心电图"),
        c.result(critical=True, at=first),
        c.result(critical=True, order_no=2, at=second),
    )
    half_an_hour = timedelta(minutes=30)
    assert clocked(scenario).clocks["critical-result"].due_at == first + half_an_hour
    scenario.run(c.acknowledged())
    assert clocked(scenario).clocks["critical-result"].due_at == second + half_an_hour
    scenario.run(c.acknowledged(order_no=2))
    assert clocked(scenario).clocks["critical-result"].phase is Phase.STOPPED


def test_a_referral_is_due_in_three_working_days_and_an_urgent_one_in_two_hours() -> None:
    scenario = with_consent(referring())
    reading = clocked(scenario, referral_id(MATTER, 1)).clocks["referral"]
    assert reading.due_at == shanghai("2026-03-05T17:30")
    scenario = with_consent(referring(urgent=True))
    reading = clocked(scenario, referral_id(MATTER, 1)).clocks["referral"]
    assert reading.due_at == scenario.at + timedelta(hours=2)


def test_the_days_of_a_referral_pass_over_the_holiday_and_count_the_make_up_day() -> None:
    """Tomb-Sweeping Day 2026 is Saturday 4 to Monday 6 April; Labour Day 1 to 5 May, made up for
    on Saturday 9 May."""
    calendar_days = {
        shanghai("2026-04-02T10:00"): shanghai("2026-04-08T17:30"),
        shanghai("2026-05-07T10:00"): shanghai("2026-05-11T17:30"),
    }
    for offered, due_at in calendar_days.items():
        readings = Referral.offer_clocks(offered, given().calendar, urgent=False)
        assert readings[0].due_at == due_at


def test_events_of_clocks_bear_the_name_of_their_matter() -> None:
    assert HealthVisit.ClockBreached.type_name == "health-visits.clock-breached.v1"
    assert NotifiableReport.ClockBreached.type_name == "health-visits.report-clock-breached.v1"
    assert Referral.ClockBreached.type_name == "health-visits.referral-clock-breached.v1"
