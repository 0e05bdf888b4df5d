"""Every clock of care on a simulated calendar: weekends, National Day, the worked Saturday, a pause.

Only the assessment can pause. What counts elapsed time is there to show that no holiday delays it.
"""

import pytest

from domain.care_orders.limits import ORDER_CLOCKS, SETTLEMENT_CLOCKS, VISIT_CLOCKS
from domain.care_orders.people import settlement_id
from tests import care as c
from tests import visits as v
from tests.clock_tables import Levels, Row, hold
from tests.scenario import Step, shanghai

WARNED: Levels = ("warned",)
BREACHED: Levels = ("breached",)
ESCALATED: Levels = ("escalated",)


def asked(at: str, *more: Step) -> tuple[Step, ...]:
    """Care is asked for; whoever calls at once leaves the assessment alone to watch."""
    return (c.requested(at=shanghai(at)), *more)


def served(at: str) -> tuple[Step, ...]:
    """An order that was assessed at an instant, and served from then on."""
    then = shanghai(at)
    begun = (c.provider(at=then), c.carer(), c.requested(), c.assessed(on=then))
    return (*begun, c.proposed(), c.accepted(), c.assigned())


def visiting(at: str, *more: Step) -> tuple[Step, ...]:
    """A visit of two hours that was planned an hour before."""
    start = shanghai(at)
    planned = v.scheduled(start=start, length=2 * v.HOUR, at=start - v.HOUR)
    return (*c.ACTIVE, planned, *more)


def settled_on(at: str) -> tuple[Step, ...]:
    """A visit that stands in its month's settlement."""
    start = shanghai(at)
    planned = v.scheduled(start=start, at=start - v.HOUR)
    return (*c.ACTIVE, planned, *v.done(start=start), v.verified(), v.settled())


# 2026: free on 25 September and from 1 to 7 October; Saturday 10 October is worked.
CALENDAR_TABLE = (
    Row(
        "first-contact",
        "a weekend",
        asked("2026-11-20T10:00"),
        c.ORDER,
        {"2026-11-23T17:30": BREACHED},
    ),
    Row(
        "first-contact",
        "National Day",
        asked("2026-09-30T10:00"),
        c.ORDER,
        {"2026-10-08T17:30": BREACHED},
    ),
    Row(
        "first-contact",
        "a Saturday that is worked",
        asked("2026-10-09T10:00"),
        c.ORDER,
        {"2026-10-10T17:30": BREACHED},
    ),
    Row(
        "assessment",
        "weekends",
        asked("2026-11-20T10:00", c.contacted()),
        c.ORDER,
        {"2026-12-02T17:30": WARNED, "2026-12-04T17:30": BREACHED, "2026-12-11T17:30": ESCALATED},
    ),
    Row(
        "assessment",
        "National Day and the Saturday that is worked",
        asked("2026-09-28T10:00", c.contacted()),
        c.ORDER,
        {"2026-10-14T17:30": WARNED, "2026-10-16T17:30": BREACHED, "2026-10-23T17:30": ESCALATED},
    ),
    Row(
        "assessment",
        "a pause over National Day",
        asked(
            "2026-09-28T10:00",
            c.contacted(),
            c.assessment_paused(at=shanghai("2026-09-29T10:00")),
            c.assessment_resumed(at=shanghai("2026-10-09T10:00")),
        ),
        c.ORDER,
        {"2026-10-19T17:30": WARNED, "2026-10-21T17:30": BREACHED, "2026-10-28T17:30": ESCALATED},
    ),
    Row(
        "reassessment",
        "National Day, for a grade lasts twelve months to the day",
        served("2025-10-01T10:00"),
        c.ORDER,
        {"2026-10-02T00:00": c.reassessment_due()},
    ),
    Row(
        "reassessment",
        "a weekend",
        served("2025-11-21T10:00"),
        c.ORDER,
        {"2026-11-22T00:00": c.reassessment_due()},
    ),
    Row(
        "held-place",
        "a weekend, to the end of Monday",
        (*c.ACTIVE, c.suspended(at=shanghai("2026-11-06T10:00"))),
        c.ORDER,
        {"2026-11-24T00:00": c.place_released()},
    ),
    Row(
        "held-place",
        "National Day",
        (*c.ACTIVE, c.suspended(at=shanghai("2026-09-20T10:00"))),
        c.ORDER,
        {"2026-10-09T00:00": c.place_released()},
    ),
    Row(
        "held-place",
        "no Saturday that is worked",
        (*c.ACTIVE, c.suspended(at=shanghai("2026-09-25T10:00"))),
        c.ORDER,
        {"2026-10-11T00:00": c.place_released()},
    ),
    Row(
        "no-check-in",
        "neither holiday nor weekend",
        visiting("2026-10-03T09:00"),
        c.VISIT,
        {"2026-10-03T09:30": v.missed()},
    ),
    Row(
        "no-check-in",
        "no Saturday that is worked",
        visiting("2026-10-10T09:00"),
        c.VISIT,
        {"2026-10-10T09:30": v.missed()},
    ),
    Row(
        "missed-visit",
        "neither holiday nor weekend nor midnight",
        visiting("2026-10-03T23:30"),
        c.VISIT,
        {"2026-10-03T23:45": WARNED, "2026-10-04T00:30": BREACHED, "2026-10-04T01:30": ESCALATED},
    ),
    Row(
        "missed-visit",
        "no Saturday that is worked",
        visiting("2026-10-10T09:00"),
        c.VISIT,
        {"2026-10-10T09:15": WARNED, "2026-10-10T10:00": BREACHED, "2026-10-10T11:00": ESCALATED},
    ),
    Row(
        "forgotten-check-out",
        "neither holiday nor weekend nor midnight",
        visiting("2026-10-03T21:00", v.checked_in(at=shanghai("2026-10-03T21:00"))),
        c.VISIT,
        {"2026-10-04T01:00": v.left_open()},
    ),
    Row(
        "forgotten-check-out",
        "no Saturday that is worked",
        visiting("2026-10-10T09:00", v.checked_in(at=shanghai("2026-10-10T09:00"))),
        c.VISIT,
        {"2026-10-10T13:00": v.left_open()},
    ),
    Row(
        "settlement",
        "National Day and the Saturday that is worked",
        settled_on("2026-09-22T09:00"),
        settlement_id(c.USCC, "2026-09"),
        {"2026-10-20T17:30": BREACHED, "2026-10-27T17:30": ESCALATED},
    ),
    Row(
        "settlement",
        "weekends",
        settled_on("2026-10-22T09:00"),
        settlement_id(c.USCC, "2026-10"),
        {"2026-11-13T17:30": BREACHED, "2026-11-20T17:30": ESCALATED},
    ),
)


@pytest.mark.parametrize("row", CALENDAR_TABLE, ids=str)
def test_each_clock_falls_due_when_the_calendar_says_and_once(row: Row) -> None:
    hold(row)


def test_no_clock_of_care_is_left_out_of_the_table() -> None:
    declared = {clock.name for clock in (*ORDER_CLOCKS, *VISIT_CLOCKS, *SETTLEMENT_CLOCKS)}
    assert {row.clock for row in CALENDAR_TABLE} == declared
