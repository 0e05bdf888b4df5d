"""Every clock of health visits on a simulated calendar: weekends, National Day, the worked Saturday.

None of them can pause. What counts elapsed time is there to show that no holiday delays it.
"""

from datetime import datetime, timedelta

import pytest

from commands.health_visits.referring import LapseReferral
from domain.health_visits.limits import (
    ARCHIVE_CLOCKS,
    REFERRAL_CLOCKS,
    REPORT_CLOCKS,
    VISIT_CLOCKS,
)
from domain.health_visits.values import half_of, referral_id, report_id, session_id
from domain.shared.instants import shanghai_date
from tests import clinics as c
from tests.clock_tables import Levels, Row, hold
from tests.commands.test_health_visits_ending import CONSENT, referring
from tests.scenario import HUIMIN, MATTER, Step, shanghai

BREACHED: Levels = ("breached",)
ESCALATED: Levels = ("escalated",)
REFERRAL = referral_id(MATTER, 1)
MINUTES = timedelta(minutes=1)


def booked(at: str) -> tuple[Step, ...]:
    """An appointment at an instant, booked on the day before; the patient can be referred."""
    slot = shanghai(at)
    day, half = shanghai_date(slot), half_of(slot)
    time = at.partition("T")[2]
    before = slot - timedelta(days=1)
    opened = c.session_opened(
        "doctor-1", *c.slots(time, day=day), day=day, half=half, at=before - 5 * MINUTES
    )
    session = session_id("doctor-1", day, half)
    return (c.archive_opened(), CONSENT, opened, c.booked(slot=slot, session=session, at=before))


def waiting(at: str) -> tuple[Step, ...]:
    """The patient came twenty minutes before the appointment."""
    return (*booked(at), c.checked_in(at=shanghai(at) - 20 * MINUTES))


def seen(at: str, *more: Step) -> tuple[Step, ...]:
    """The doctor sees the patient from the appointment on; ``more`` happens a minute later each."""
    began: datetime = shanghai(at)
    return (*waiting(at), c.called(at=began), c.started(at=began), *more)


def offered(at: str, **changes: bool) -> tuple[Step, ...]:
    """A referral of an instant."""
    return seen(at, referring(**changes).but(at=shanghai(at)))


def found(code: str, at: str) -> tuple[Step, ...]:
    """A diagnosis of an instant."""
    return seen(at, c.diagnosed(icd10=code, at=shanghai(at)))


def critical(at: str) -> tuple[Step, ...]:
    """A critical result of an instant."""
    then = shanghai(at)
    return seen(at, c.examination(at=then), c.result(critical=True, at=then))


def glass_broken(at: str) -> tuple[Step, ...]:
    """A doctor read an archive without a consent."""
    return (c.archive_opened(), c.glass_broken(at=shanghai(at)))


LAPSES = Step(LapseReferral(referral_id=REFERRAL), HUIMIN)
PERTUSSIS, PLAGUE = report_id(MATTER, "pertussis"), report_id(MATTER, "plague")

# 2026: free on 25 September and from 1 to 7 October; Saturday 10 October is worked.
CALENDAR_TABLE = (
    Row(
        "no-show",
        "neither holiday nor weekend",
        booked("2026-10-03T09:00"),
        MATTER,
        {"2026-10-03T09:30": c.missed()},
    ),
    Row(
        "no-show",
        "no Saturday that is worked",
        booked("2026-10-10T09:00"),
        MATTER,
        {"2026-10-10T09:30": c.missed()},
    ),
    Row(
        "waiting",
        "neither holiday nor weekend",
        waiting("2026-10-03T23:40"),
        MATTER,
        {"2026-10-04T00:10": BREACHED},
    ),
    Row(
        "waiting",
        "no Saturday that is worked",
        waiting("2026-10-10T09:00"),
        MATTER,
        {"2026-10-10T09:30": BREACHED},
    ),
    Row(
        "critical-result",
        "neither holiday nor weekend",
        critical("2026-10-03T23:40"),
        MATTER,
        {"2026-10-04T00:10": ("breached", "escalated")},
    ),
    Row(
        "critical-result",
        "no Saturday that is worked",
        critical("2026-10-10T09:00"),
        MATTER,
        {"2026-10-10T09:30": ("breached", "escalated")},
    ),
    Row(
        "referral",
        "a weekend",
        offered("2026-11-20T10:00"),
        REFERRAL,
        {"2026-11-25T17:30": BREACHED},
    ),
    Row(
        "referral",
        "National Day, to the Saturday that is worked",
        offered("2026-09-30T10:00"),
        REFERRAL,
        {"2026-10-10T17:30": BREACHED},
    ),
    Row(
        "referral",
        "no holiday when it is urgent",
        offered("2026-10-03T23:00", urgent=True),
        REFERRAL,
        {"2026-10-04T01:00": BREACHED},
    ),
    Row(
        "referral-lapse",
        "a weekend, to the end of Monday",
        offered("2026-11-21T10:00"),
        REFERRAL,
        {"2026-12-08T00:00": LAPSES},
    ),
    Row(
        "referral-lapse",
        "National Day",
        offered("2026-09-23T10:00"),
        REFERRAL,
        {"2026-10-09T00:00": LAPSES},
    ),
    Row(
        "referral-lapse",
        "no Saturday that is worked",
        offered("2026-09-26T10:00"),
        REFERRAL,
        {"2026-10-11T00:00": LAPSES},
    ),
    Row(
        "notifiable",
        "neither holiday nor weekend",
        found("A37.0", "2026-10-03T23:00"),
        PERTUSSIS,
        {"2026-10-04T23:00": BREACHED},
    ),
    Row(
        "notifiable",
        "no Saturday that is worked, class A",
        found("A20.0", "2026-10-10T09:00"),
        PLAGUE,
        {"2026-10-10T11:00": BREACHED},
    ),
    Row(
        "break-glass-review",
        "a weekend",
        glass_broken("2026-11-20T23:00"),
        c.ARCHIVE,
        {"2026-11-23T17:30": BREACHED, "2026-11-24T17:30": ESCALATED},
    ),
    Row(
        "break-glass-review",
        "National Day",
        glass_broken("2026-09-30T10:00"),
        c.ARCHIVE,
        {"2026-10-08T17:30": BREACHED, "2026-10-09T17:30": ESCALATED},
    ),
    Row(
        "break-glass-review",
        "the Saturday that is worked",
        glass_broken("2026-10-09T10:00"),
        c.ARCHIVE,
        {"2026-10-10T17:30": BREACHED, "2026-10-12T17:30": ESCALATED},
    ),
)


@pytest.mark.parametrize("row", CALENDAR_TABLE, ids=str)
def test_each_clock_falls_due_when_the_calendar_says_and_once(row: Row) -> None:
    hold(row)


def test_no_clock_of_health_visits_is_left_out_of_the_table() -> None:
    declared = {
        clock.name for clock in (*VISIT_CLOCKS, *REFERRAL_CLOCKS, *REPORT_CLOCKS, *ARCHIVE_CLOCKS)
    }
    assert {row.clock for row in CALENDAR_TABLE} == declared
