"""An office's days, its queue, and who does what."""

from collections import Counter as Tally
from datetime import date, datetime, timedelta
from random import Random

from domain.shared.calendar import Calendar
from domain.shared.instants import SHANGHAI
from simulation.office import Arrivals, Counter, Officer, last_working_days, staffed

CALENDAR = Calendar()
HALF_PAST_ELEVEN = 11 * 3600 + 1800


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def counter(*names: str) -> Counter:
    return Counter(CALENDAR, [Officer(name, HALF_PAST_ELEVEN) for name in names])


def test_the_last_working_days_end_before_today_and_know_holidays() -> None:
    days = last_working_days(date(2026, 10, 9), 3, CALENDAR)
    assert days == (date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 8))


def test_more_come_on_mondays_than_on_fridays_and_few_at_lunch_or_at_night() -> None:
    monday, friday = date(2026, 3, 2), date(2026, 3, 6)
    arrivals = Arrivals([monday, friday])
    drawn = [arrivals.draw(Random(n)) for n in range(4000)]
    days, hours = Tally(at.date() for at in drawn), Tally(at.hour for at in drawn)
    assert days[monday] > 1.3 * days[friday]
    assert hours[10] > 2 * hours[12] > 2 * hours[3]
    assert all(at.microsecond == 0 for at in drawn)


def test_who_comes_second_waits_for_the_first() -> None:
    desk = counter("officer-1")
    at = shanghai("2026-03-02T09:00")
    _, first = desk.work(at, 600, pick_up=0)
    _, second = desk.work(at + timedelta(minutes=1), 600, pick_up=0)
    assert (first, second) == (at + timedelta(minutes=10), at + timedelta(minutes=20))


def test_a_second_pair_of_eyes_is_another_officer() -> None:
    desk = counter("officer-1", "officer-2")
    at = shanghai("2026-03-02T09:00")
    examiner, done = desk.work(at, 600, pick_up=0)
    issuer, _ = desk.work(done, 300, pick_up=0, not_by=examiner)
    assert issuer != examiner


def test_what_comes_at_night_is_done_in_the_morning() -> None:
    _, done = counter("officer-1").work(shanghai("2026-03-06T22:00"), 600, pick_up=0)
    assert done == shanghai("2026-03-09T08:40")


def test_nobody_works_through_lunch() -> None:
    _, done = counter("officer-1").work(shanghai("2026-03-02T11:45"), 600, pick_up=0)
    assert done == shanghai("2026-03-02T12:40")


def test_a_busier_registry_has_more_officers_and_none_has_fewer_than_three() -> None:
    assert len(staffed("a", 2, 20, CALENDAR).officers) == 3
    assert len(staffed("b", 200, 20, CALENDAR).officers) >= 15
