"""The clocks of customs, row by row: over a weekend, a holiday, a Saturday that is worked, a pause.

The city's own limits are hours round the clock, and no rest day stops them; the law's are days, and
one that ends on a rest day ends on the next day that is worked (Civil Code art. 203). National Day
2026 is free from 1 to 7 October; Saturday 10 October is worked for it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from domain.customs_declarations.limits import tax_payable_from
from domain.shared.clocks import Phase
from tests import customs as c
from tests.scenario import Step, shanghai

Life = Callable[[datetime], tuple[Step, ...]]


def collecting(at: datetime) -> tuple[Step, ...]:
    return (c.order(at=at),)


def declared(at: datetime) -> tuple[Step, ...]:
    return (*(step.but(at=at) for step in c.documents()), c.declared(at=at))


def released(at: datetime) -> tuple[Step, ...]:
    """Customs' own time counts, so the receipt has it, too."""
    return (*declared(at), c.released(at))


def returning(at: datetime) -> tuple[Step, ...]:
    """Applied for a week later: the 45 days count from the release all the same."""
    return (*released(at), c.return_applied(at=at + timedelta(days=7)))


def harbour_at(at: str, life: Life) -> c.Harbour:
    """A harbour in which an order has come so far at one instant."""
    start = shanghai(at)
    return c.Harbour(now=start - timedelta(hours=1)).play(*c.ENTERPRISES, *life(start))


@pytest.mark.parametrize(
    ("clock", "life", "start", "due"),
    [
        # 24 hours and 2 hours round the clock, from Friday evening, in the holiday, on the Saturday
        ("matching", collecting, "2026-03-06T20:00", "2026-03-07T20:00"),
        ("matching", collecting, "2026-10-01T09:00", "2026-10-02T09:00"),
        ("matching", collecting, "2026-10-10T09:00", "2026-10-11T09:00"),
        ("clearance", declared, "2026-03-07T23:00", "2026-03-08T01:00"),
        ("clearance", declared, "2026-10-01T23:30", "2026-10-02T01:30"),
        ("clearance", declared, "2026-10-10T16:30", "2026-10-10T18:30"),
        # day 45 is a Thursday; a Saturday; 2 October; Saturday 10 October
        ("return-arrival", returning, "2026-03-02T10:00", "2026-04-17T00:00"),
        ("return-arrival", returning, "2026-03-04T10:00", "2026-04-21T00:00"),
        ("return-arrival", returning, "2026-08-18T10:00", "2026-10-09T00:00"),
        ("return-arrival", returning, "2026-08-26T10:00", "2026-10-11T00:00"),
        ("tax-payment", released, "2026-03-02T10:00", "2026-04-17T00:00"),
        ("tax-payment", released, "2026-03-04T10:00", "2026-04-21T00:00"),
        ("tax-payment", released, "2026-08-18T10:00", "2026-10-09T00:00"),
        ("tax-payment", released, "2026-08-26T10:00", "2026-10-11T00:00"),
    ],
)
def test_a_clock_ends_when_the_calendar_says(clock: str, life: Life, start: str, due: str) -> None:
    reading = harbour_at(start, life).declaration().clocks[clock]
    assert (reading.phase, reading.due_at) == (Phase.RUNNING, shanghai(due))


@pytest.mark.parametrize(
    ("at", "escalated"),
    [
        ("2026-03-02T10:00", "2026-04-20T17:30"),  # due on Thursday's midnight: Monday
        ("2026-08-18T10:00", "2026-10-10T17:30"),  # the Saturday that is worked
        ("2026-08-26T10:00", "2026-10-12T17:30"),
    ],
)
def test_unpaid_tax_is_escalated_a_working_day_after_it_fell_due(at: str, escalated: str) -> None:
    reading = harbour_at(at, released).declaration().clocks["tax-payment"]
    assert reading.escalate_at == shanghai(escalated)


@pytest.mark.parametrize(
    ("at", "payable"),
    [
        ("2026-03-02T10:00", "2026-04-02T00:00"),
        # day 31 is a Saturday, or lies in the holiday: a time that begins there is not moved
        ("2026-03-11T10:00", "2026-04-11T00:00"),
        ("2026-09-02T10:00", "2026-10-03T00:00"),
    ],
)
def test_tax_is_payable_from_day_31_whatever_day_that_is(at: str, payable: str) -> None:
    assert tax_payable_from(shanghai(at)) == shanghai(payable)


@pytest.mark.parametrize(
    ("start", "inspected", "passed", "due"),
    [
        # an hour and a half is left, whether the papers come at night or behind the holiday
        ("2026-03-06T16:00", "2026-03-06T16:30", "2026-03-09T09:00", "2026-03-09T10:30"),
        ("2026-09-30T16:00", "2026-09-30T16:30", "2026-10-08T09:00", "2026-10-08T10:30"),
        ("2026-10-10T16:00", "2026-10-10T16:30", "2026-10-10T23:00", "2026-10-11T00:30"),
    ],
)
def test_clearance_stands_still_while_the_enterprise_is_asked_for_its_papers(
    start: str, inspected: str, passed: str, due: str
) -> None:
    harbour = harbour_at(start, declared)
    harbour.play(c.receipt(500, at=shanghai(inspected)))
    paused = harbour.declaration().clocks["clearance"]
    assert (paused.phase, paused.remaining) == (Phase.PAUSED, 90 * 60)
    assert harbour.settle(shanghai(passed)) == []
    harbour.play(c.receipt(399, at=shanghai(passed)))
    assert harbour.declaration().clocks["clearance"].due_at == shanghai(due)


def test_an_open_return_takes_the_tax_off_the_clock_and_gives_a_working_day_after_it() -> None:
    """Refused on the Sunday behind the worked Saturday, past the day on which the tax was due."""
    harbour = harbour_at("2026-08-26T10:00", returning)
    assert harbour.declaration().clocks["tax-payment"].phase is Phase.CANCELLED
    harbour.play(c.return_refused(at=shanghai("2026-10-11T00:01")))
    assert harbour.declaration().clocks["tax-payment"].due_at == shanghai("2026-10-12T17:30")
