"""The clocks of care: over weekends, holidays and make-up days, through pauses, once each."""

from datetime import datetime, timedelta

import pytest

from domain.care_orders import CareOrder, MonthlySettlement, Visit, VisitState
from domain.care_orders.limits import ASSESSMENT, FIRST_CONTACT, REASSESSMENT, settlement_reading
from domain.shared.clocks import ClockedAggregate, Phase
from tests import care as c
from tests import visits as v
from tests.scenario import CALENDAR, Scenario, given, shanghai

SECOND = timedelta(seconds=1)
MINUTE, START = v.MINUTE, v.START


def requested_at(at: str) -> Scenario:
    return given(c.requested(at=shanghai(at)))


def clock(scenario: Scenario, name: str) -> datetime | None:
    matter = scenario.matter
    assert isinstance(matter, ClockedAggregate)
    return matter.clocks[name].due_at


@pytest.mark.parametrize(
    ("at", "contact", "assessment"),
    [
        ("2026-11-20T17:10", "2026-11-23T17:30", "2026-12-04T17:30"),  # a Friday evening
        ("2026-11-21T11:00", "2026-11-23T17:30", "2026-12-04T17:30"),  # a Saturday
        # National Day 2026: free from 1 to 7 October, 10 October (Saturday) is worked.
        ("2026-09-30T10:00", "2026-10-08T17:30", "2026-10-20T17:30"),
        ("2026-10-09T10:00", "2026-10-10T17:30", "2026-10-22T17:30"),
    ],
)
def test_the_office_calls_in_a_working_day_and_assesses_in_ten(
    at: str, contact: str, assessment: str
) -> None:
    scenario = requested_at(at)
    assert clock(scenario, FIRST_CONTACT.name) == shanghai(contact)
    assert clock(scenario, ASSESSMENT.name) == shanghai(assessment)


def test_the_limit_stands_still_while_the_elder_is_away() -> None:
    """Nine working days are left from Monday, over National Day and its make-up day."""
    scenario = requested_at("2026-09-24T10:00").after(c.contacted())
    scenario.run(c.assessment_paused(at=shanghai("2026-09-28T10:00")))
    order = v.order_in(scenario)
    reading = order.clocks[ASSESSMENT.name]
    assert (reading.phase, reading.remaining) == (Phase.PAUSED, 9)
    scenario.matter = order
    assert scenario.settled(shanghai("2026-09-30T10:00")) == []
    scenario.run(c.assessment_resumed(at=shanghai("2026-09-30T10:00")))
    assert clock(scenario, ASSESSMENT.name) == shanghai("2026-10-19T17:30")


def test_a_missed_assessment_is_warned_breached_and_escalated_once_each() -> None:
    scenario = given(c.requested(at=shanghai("2026-11-20T10:00")), c.contacted())
    raised = []
    for day in range(20, 60):
        at = shanghai("2026-11-20T18:00") + timedelta(days=day - 20)
        raised += [(at.day, name) for name in v.names(scenario.settled(at))]
    assert raised == [(2, "clock-warned"), (4, "clock-breached"), (11, "clock-escalated")]


def test_an_assessment_of_the_last_minute_is_in_time() -> None:
    steps = (c.requested(at=shanghai("2026-11-20T10:00")), c.contacted())
    due = shanghai("2026-12-04T17:30")
    in_time = given(*steps, c.assessed(at=due))
    late = given(*steps, c.assessed(at=due + SECOND))
    assert "clock-breached" not in v.names(in_time.happened)
    assert v.names(late.happened)[-2:] == ["clock-breached", "ability-assessed"]


# --- visits ------------------------------------------------------------------------------------


def test_the_alarms_of_a_visit_count_from_its_planned_start() -> None:
    scenario = given(*v.SCHEDULED)
    scenario.matter = v.visit_in(scenario)
    levels = [
        (15, []),
        (16, ["visit-clock-warned"]),
        (30, []),
        (60, []),
        (61, ["visit-clock-breached"]),
        (120, []),
        (121, ["visit-clock-escalated"]),
        (600, []),
    ]
    for minutes, expected in levels:
        assert v.names(scenario.settled(START + minutes * MINUTE)) == expected


def test_the_ticket_and_the_door_are_told_with_all_they_need() -> None:
    scenario = given(*v.MISSED)
    scenario.matter = v.visit_in(scenario)
    breach, door = scenario.settled(START + 200 * MINUTE)
    assert isinstance(breach, Visit.ClockBreached)
    assert breach.due_at == START + 60 * MINUTE
    assert (breach.whose.district, breach.whose.elder) == ("330203", c.subject())
    assert (breach.where.address, breach.starts_at) == (c.ADDRESS, START)
    assert isinstance(door, Visit.ClockEscalated)
    assert (door.to, door.due_at) == ("community", START + 60 * MINUTE)


@pytest.mark.parametrize(("found_after", "alarmed"), [(59, False), (60, False), (61, True)])
def test_an_elder_who_is_found_within_the_hour_needs_no_ticket(
    found_after: int, alarmed: bool
) -> None:
    """Acceptance 4 across programmes, as far as it lies in care."""
    scenario = given(*v.MISSED, v.resolved(at=START + found_after * MINUTE))
    resolved = scenario.happened[-1]
    assert isinstance(resolved, Visit.MissedVisitResolved)
    assert resolved.alarmed is alarmed
    assert v.names(scenario.happened).count("visit-clock-breached") == alarmed
    assert v.visit_in(scenario).state is VisitState.RESOLVED
    assert scenario.settled(START + 600 * MINUTE) == []


def test_the_alarms_are_silent_once_someone_is_there_or_nobody_is_to_come() -> None:
    for steps in (v.STARTED, (*v.SCHEDULED, v.cancelled()), (*v.SCHEDULED, c.ended())):
        scenario = given(*steps)
        visit = v.visit_in(scenario)
        if visit.state is VisitState.SCHEDULED:  # the policy of the end comes after it
            scenario.run(v.cancelled())
            visit = v.visit_in(scenario)
        scenario.matter = visit
        assert scenario.settled(START + 110 * MINUTE) == []


def test_a_visit_over_midnight_is_missed_by_the_clock_and_not_by_the_day() -> None:
    start = shanghai("2026-03-03T23:45")
    scenario = given(*c.ACTIVE, v.scheduled(start=start))
    due = start + 30 * MINUTE
    assert scenario.when(v.missed(at=due)).refused is None
    assert due == shanghai("2026-03-04T00:15")


# --- grade, place, month -----------------------------------------------------------------------


def test_a_grade_is_looked_at_again_after_twelve_months() -> None:
    scenario = given(*c.ACTIVE)
    scenario.matter = v.order_in(scenario)
    due = shanghai("2027-03-03T00:00")
    assert clock(scenario, REASSESSMENT.name) == due
    scenario.run(c.reassessment_due(at=due))
    order = v.order_in(scenario)
    assert order.reassessing
    assert order.clocks[REASSESSMENT.name].phase is Phase.STOPPED
    assert order.clocks[ASSESSMENT.name].phase is Phase.RUNNING
    scenario.run(c.assessed(at=shanghai("2027-03-10T09:00")))
    assert clock(scenario, REASSESSMENT.name) == shanghai("2028-03-11T00:00")


def test_a_grade_of_29_february_ends_on_the_28th() -> None:
    leap = shanghai("2028-02-29T10:00")
    scenario = given(c.requested(at=leap), c.assessed(at=leap))
    assert v.order_in(scenario).valid_until == shanghai("2029-03-01T00:00")


def test_a_grade_that_ended_while_the_elder_waited_is_looked_at_at_once() -> None:
    late = shanghai("2027-06-01T09:00")
    scenario = given(*c.WAITING, c.assigned(at=late))
    scenario.matter = v.order_in(scenario)
    assert clock(scenario, REASSESSMENT.name) == late
    assert scenario.when(c.reassessment_due(at=late)).refused is None


def test_a_held_place_is_kept_past_a_holiday() -> None:
    """Fifteen days from 20 September end in National Day, so on the first day after it."""
    scenario = given(*c.PROVIDERS, *c.planned(), c.assigned(at=shanghai("2026-09-20T09:00")))
    scenario.run(c.suspended(at=shanghai("2026-09-20T10:00")))
    assert clock(scenario, "held-place") == shanghai("2026-10-09T00:00")


@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2026-03", "2026-04-15T17:30"),  # Qingming on Monday, 6 April
        ("2026-09", "2026-10-20T17:30"),  # National Day, and a Saturday that is worked
        ("2026-12", "2027-01-15T17:30"),  # a year that nobody holds yet
    ],
)
def test_a_month_is_confirmed_within_ten_working_days(month: str, due: str) -> None:
    reading = settlement_reading(month, START, CALENDAR)
    assert reading.due_at == shanghai(due)


def test_a_month_that_nobody_confirms_is_breached_and_escalated_once() -> None:
    scenario = given(*v.SETTLED)
    scenario.matter = scenario.matters[c.MARCH]
    raised = v.names(scenario.settled(shanghai("2026-05-30T09:00")))
    assert raised == ["settlement-clock-breached", "settlement-clock-escalated"]
    scenario.run(v.confirmed(at=shanghai("2026-05-30T10:00")))
    assert scenario.settled(shanghai("2026-12-30T09:00")) == []


def test_every_clock_of_an_order_stops_with_it() -> None:
    for steps in ((c.requested(),), c.ACTIVE, (*c.ACTIVE, c.suspended(), c.reassessment())):
        scenario = given(*steps, c.ended())
        order = v.order_in(scenario)
        assert [reading.next() for reading in order.clocks.values() if reading.next()] == []


def test_the_names_of_alarms_tell_what_they_are_about() -> None:
    assert CareOrder.ClockBreached.type_name == "care-orders.clock-breached.v1"
    assert Visit.ClockBreached.type_name == "care-orders.visit-clock-breached.v1"
    name = "care-orders.settlement-clock-breached.v1"
    assert MonthlySettlement.ClockBreached.type_name == name
