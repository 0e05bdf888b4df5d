"""Every clock of the help centre on a simulated calendar: weekends, National Day, the worked
Saturday, a pause over the holiday.

The ladder of escalation records events of its own, so it has a table of its own.
"""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from domain.help_center_tickets import HelpTicket, Kind
from domain.help_center_tickets.limits import CLOCKS, ESCALATION
from tests import tickets as t
from tests.clock_tables import Levels, Row, hold
from tests.scenario import HUIMIN, Step, given, shanghai

WARNED: Levels = ("warned",)
BREACHED: Levels = ("breached",)
SECOND = timedelta(seconds=1)


def opened(at: str, *more: Step, kind: Kind = Kind.HELP, item: str = t.LAMP) -> tuple[Step, ...]:
    """Opened at an instant and classified in the next minute."""
    return (t.opened(at=shanghai(at), kind=kind), t.classified(item=item), *more)


def worked_on(at: str, *more: Step) -> tuple[Step, ...]:
    """The same, given to somebody who has accepted it."""
    return opened(at, t.dispatched(), t.accepted(), *more)


def rested(at: str, until: str, *, resumed: str | None = None) -> tuple[Step, ...]:
    """Work that waits for parts over the holiday."""
    pause = t.paused(at=shanghai(at), until=shanghai(until))
    return (pause, *([t.resumed(at=shanghai(resumed))] if resumed else []))


def row(clock: str, over: str, steps: tuple[Step, ...], falls_due: dict[str, Levels | Step]) -> Row:
    return Row(clock, over, steps, t.TICKET, falls_due)


# 2026: free on 25 September and from 1 to 7 October; Saturday 10 October is worked.
CALENDAR_TABLE = (
    row(
        "accept",
        "a weekend",
        opened("2026-11-20T16:50"),
        {"2026-11-23T09:20": WARNED, "2026-11-23T09:50": BREACHED},
    ),
    row(
        "accept",
        "National Day",
        opened("2026-09-30T16:50"),
        {"2026-10-08T09:20": WARNED, "2026-10-08T09:50": BREACHED},
    ),
    row(
        "accept",
        "a Saturday that is worked",
        opened("2026-10-09T16:50"),
        {"2026-10-10T09:20": WARNED, "2026-10-10T09:50": BREACHED},
    ),
    row(
        "accept",
        "National Day, of an emergency, which knows none",
        opened("2026-10-03T23:58", item=t.LIFT),
        {"2026-10-04T00:01:45": WARNED, "2026-10-04T00:03": BREACHED},
    ),
    row(
        "contact",
        "a weekend",
        opened("2026-11-20T16:50"),
        {"2026-11-23T10:50": WARNED, "2026-11-23T11:50": BREACHED},
    ),
    row(
        "contact",
        "National Day",
        opened("2026-09-30T16:50"),
        {"2026-10-08T10:50": WARNED, "2026-10-08T11:50": BREACHED},
    ),
    row(
        "contact",
        "a Saturday that is worked, for a complaint",
        opened("2026-10-09T17:30", kind=Kind.COMPLAINT),
        {"2026-10-10T15:15": WARNED, "2026-10-10T17:30": BREACHED},
    ),
    row(
        "settle",
        "a weekend",
        worked_on("2026-11-19T17:30"),
        {"2026-11-24T10:45": WARNED, "2026-11-24T17:30": BREACHED},
    ),
    row(
        "settle",
        "National Day and the Saturday that is worked",
        worked_on("2026-09-30T17:30"),
        {"2026-10-10T10:45": WARNED, "2026-10-10T17:30": BREACHED},
    ),
    row(
        "settle",
        "a pause over National Day",
        worked_on(
            "2026-09-29T09:00",
            *rested("2026-09-30T10:00", "2026-10-09T09:00", resumed="2026-10-09T09:00"),
        ),
        # two of three working days were left, so Saturday and Monday; a pause keeps whole days, of
        # the warning too, which was to come on the last of them
        {"2026-10-12T17:30": (*WARNED, *BREACHED)},
    ),
    row(
        "pause",
        "National Day",
        worked_on("2026-09-29T09:00", *rested("2026-09-30T10:00", "2026-10-05T12:00")),
        {"2026-10-05T12:00": t.resumed(by=HUIMIN)},
    ),
    row(
        "pause",
        "a weekend",
        worked_on("2026-11-20T09:00", *rested("2026-11-20T10:00", "2026-11-22T12:00")),
        {"2026-11-22T12:00": t.resumed(by=HUIMIN)},
    ),
    row(
        "pause",
        "a Saturday that is worked",
        worked_on("2026-10-09T09:00", *rested("2026-10-09T10:00", "2026-10-10T12:00")),
        {"2026-10-10T12:00": t.resumed(by=HUIMIN)},
    ),
)


@pytest.mark.parametrize("row", CALENDAR_TABLE, ids=str)
def test_each_clock_falls_due_when_the_calendar_says_and_once(row: Row) -> None:
    hold(row)


# At 100, 150 and 200 percent of the two office hours in which a ticket is accepted; of one that is
# accepted, of the three days in which it is settled.
LADDER: dict[str, tuple[tuple[Step, ...], tuple[str, str, str]]] = {
    "a weekend": (
        opened("2026-11-20T16:50"),
        ("2026-11-23T09:50", "2026-11-23T10:50", "2026-11-23T11:50"),
    ),
    "National Day": (
        opened("2026-09-30T16:50"),
        ("2026-10-08T09:50", "2026-10-08T10:50", "2026-10-08T11:50"),
    ),
    "a Saturday that is worked": (
        opened("2026-10-09T16:50"),
        ("2026-10-10T09:50", "2026-10-10T10:50", "2026-10-10T11:50"),
    ),
    "a pause over National Day": (
        worked_on(
            "2026-09-29T09:00",
            *rested("2026-09-30T10:00", "2026-10-09T09:00", resumed="2026-10-09T09:00"),
        ),
        ("2026-10-12T17:30", "2026-10-14T13:00", "2026-10-15T17:30"),
    ),
}


@pytest.mark.parametrize("over", LADDER)
def test_each_level_is_raised_when_the_calendar_says_and_once(over: str) -> None:
    steps, instants = LADDER[over]
    scenario = given(*steps)
    for level, time in enumerate(instants, 1):
        assert _escalated(scenario.settled(shanghai(time))) == []
        assert _escalated(scenario.settled(shanghai(time) + SECOND)) == [level]
    assert _escalated(scenario.settled(shanghai(instants[-1]) + timedelta(days=365))) == []


def _escalated(events: Iterable[object]) -> list[int]:
    return [e.level for e in events if isinstance(e, HelpTicket.TicketEscalated)]


def test_no_clock_of_the_help_centre_is_left_out_of_the_tables() -> None:
    declared = {clock.name for clock in CLOCKS}
    assert {row.clock for row in CALENDAR_TABLE} | {ESCALATION.name} == declared
