"""Heat: when an hour of tickets is far more than is usual, and that it is told of once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from commands.help_center_tickets.heat import CountOpening
from commands.policies.help_center_tickets import when_classified
from domain.help_center_tickets import TicketHeat, ticket_heat_id
from domain.help_center_tickets.heat import LEAST_IN_AN_HOUR
from tests import tickets as t
from tests.scenario import HUIMIN, MONDAY_MORNING, Scenario, Step, given, happened
from tests.tickets import last, world

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POWER_CUT = "A112"
HEAT = ticket_heat_id(POWER_CUT, "330203")


def counted(opened_at: datetime, *, at: datetime | None = None) -> Step:
    command = CountOpening(heat_id=HEAT, item=POWER_CUT, district="330203", opened_at=opened_at)
    return Step(command, HUIMIN, at or opened_at)


def hours(scenario: Scenario, *counts: int, first: datetime) -> Scenario:
    """One day after the other, so many tickets in the same hour of each."""
    for day, count in enumerate(counts):
        for _ in range(count):
            scenario.run(counted(first + day * DAY))
    return scenario


def risen(scenario: Scenario) -> list[Any]:
    return [e for e in scenario.happened if isinstance(e, TicketHeat.TicketHeatRose)]


def test_three_times_what_is_usual_is_told_once_an_hour() -> None:
    scenario = hours(given(), 4, 4, 4, 4, 4, 4, 4, 11, first=MONDAY_MORNING)
    assert risen(scenario) == []
    today = MONDAY_MORNING + 7 * DAY
    scenario.when(counted(today)).then(
        happened(TicketHeat.OpeningCounted, hour=today, count=12),
        happened(
            TicketHeat.TicketHeatRose,
            item=POWER_CUT,
            district="330203",
            hour=today,
            count=12,
            usual_permille=4000,
        ),
    )
    scenario.when(counted(today + timedelta(minutes=59))).then(
        happened(TicketHeat.OpeningCounted, hour=today, count=13)
    )
    assert len(risen(scenario)) == 1


@pytest.mark.parametrize(("count", "rises"), [(LEAST_IN_AN_HOUR - 1, 0), (LEAST_IN_AN_HOUR, 1)])
def test_small_numbers_raise_nothing_however_rare_the_matter_is(count: int, rises: int) -> None:
    scenario = given(counted(MONDAY_MORNING - 30 * DAY))
    assert len(risen(hours(scenario, count, first=MONDAY_MORNING))) == rises


def test_on_the_first_day_nothing_is_usual_yet() -> None:
    scenario = hours(given(), 50, first=MONDAY_MORNING)
    assert risen(scenario) == []
    assert len(risen(hours(scenario, 150, first=MONDAY_MORNING + DAY))) == 1


def test_nights_are_compared_with_nights() -> None:
    scenario = hours(given(), *([20] * 7), first=MONDAY_MORNING)
    night = MONDAY_MORNING + 6 * DAY + 15 * HOUR
    assert len(risen(hours(scenario, LEAST_IN_AN_HOUR, first=night))) == 1


def test_tickets_count_in_the_hour_of_their_opening_and_not_after_a_week() -> None:
    scenario = given(counted(MONDAY_MORNING - DAY))
    late = MONDAY_MORNING + 5 * HOUR
    for _ in range(LEAST_IN_AN_HOUR):
        scenario.run(counted(MONDAY_MORNING, at=late))
    (rose,) = risen(scenario)
    assert (rose.hour, rose.at) == (MONDAY_MORNING, late)
    scenario.when(counted(MONDAY_MORNING, at=late + 7 * DAY)).then()


def test_what_is_kept_does_not_grow() -> None:
    scenario = given()
    for n in range(24 * 20):
        scenario.run(counted(MONDAY_MORNING + n * HOUR))
    heat = scenario.matter
    assert isinstance(heat, TicketHeat)
    assert len(heat.counts) == 8 * 24


def test_every_classified_ticket_is_counted_apart_from_it() -> None:
    made = world(t.opened(), t.classified())
    classified = last(made.happened, type(made.happened[-1]))
    assert when_classified(classified) == CountOpening(
        heat_id=ticket_heat_id(t.LAMP, "330203"),
        item=t.LAMP,
        district="330203",
        opened_at=made.happened[0].at,
    )
