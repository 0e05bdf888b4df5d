"""The working calendar: the brief's examples, make-up days, years nobody holds, and inverses."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.shared.calendar import (
    Calendar,
    OfficeHours,
    YearNotice,
    same_day_after_months,
)
from domain.shared.instants import SHANGHAI
from domain.shared.local_calendar import LocalCalendar

CITY = Calendar()
HOUR = 3600

instants = st.datetimes(
    min_value=datetime(2023, 1, 1),  # noqa: DTZ001  # the strategy adds the zone
    max_value=datetime(2028, 12, 31),  # noqa: DTZ001  # as above
    timezones=st.sampled_from([UTC, SHANGHAI]),
)
seconds = st.integers(min_value=-400 * HOUR, max_value=4000 * HOUR)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# Office hours.


def test_an_hour_from_friday_ten_past_five_is_due_on_monday_at_ten_past_nine() -> None:
    assert CITY.add_working_time(at("2026-03-06 17:10"), HOUR) == at("2026-03-09 09:10")


def test_a_paused_hour_goes_on_with_what_remained() -> None:
    due = CITY.add_working_time(at("2026-03-06 17:10"), HOUR)
    left = CITY.working_seconds_between(at("2026-03-06 17:20"), due)
    assert left == 50 * 60
    assert CITY.add_working_time(at("2026-03-10 09:00"), left) == at("2026-03-10 09:50")


def test_due_times_are_utc() -> None:
    assert CITY.add_working_time(at("2026-03-06 09:00"), HOUR).tzinfo is UTC
    assert CITY.add_working_days(at("2026-03-06 09:00"), 1).tzinfo is UTC


def test_a_limit_that_ends_with_the_day_is_due_at_closing_time_not_next_morning() -> None:
    assert CITY.add_working_time(at("2026-03-06 17:10"), 20 * 60) == at("2026-03-06 17:30")


def test_nights_and_weekends_count_nothing() -> None:
    assert CITY.working_seconds_between(at("2026-03-06 17:30"), at("2026-03-09 08:30")) == 0
    assert CITY.add_working_time(at("2026-03-07 03:00"), HOUR) == at("2026-03-09 09:30")


def test_the_saturday_worked_for_national_day_2025_counts() -> None:
    # 28 September and 11 October 2025 were worked, 1 to 8 October free.
    assert CITY.is_working_day(date(2025, 9, 28))
    assert CITY.is_working_day(date(2025, 10, 11))
    assert CITY.add_working_time(at("2025-09-30 17:00"), HOUR) == at("2025-10-09 09:00")
    assert CITY.add_working_days(at("2025-09-26 12:00"), 1) == at("2025-09-28 17:30")


def test_the_saturday_worked_for_national_day_2026_counts() -> None:
    # 20 September and 10 October 2026 are worked, 1 to 7 October free.
    assert CITY.add_working_days(at("2026-09-30 12:00"), 3) == at("2026-10-10 17:30")


def test_a_clock_that_was_overdue_stays_overdue_by_as_much() -> None:
    assert CITY.working_seconds_between(at("2026-03-09 09:00"), at("2026-03-06 17:10")) == -50 * 60
    assert CITY.add_working_time(at("2026-03-09 09:00"), -50 * 60) == at("2026-03-06 17:10")


@given(instants, seconds)
def test_adding_office_hours_and_measuring_them_are_inverse(start: datetime, used: int) -> None:
    assert CITY.working_seconds_between(start, CITY.add_working_time(start, used)) == used


@given(instants, st.integers(0, 1000 * HOUR), st.integers(0, 1000 * HOUR))
def test_a_limit_in_two_parts_is_the_whole_limit(start: datetime, a: int, b: int) -> None:
    whole = CITY.add_working_time(start, a + b)
    in_parts = CITY.add_working_time(CITY.add_working_time(start, a), b)
    assert CITY.working_seconds_between(whole, in_parts) == 0
    if b > 0:
        assert in_parts == whole


@given(instants, instants, st.integers(0, 1000 * HOUR))
def test_who_comes_later_is_due_no_earlier(one: datetime, other: datetime, limit: int) -> None:
    first, last = sorted((one, other))
    assert CITY.add_working_time(first, limit) <= CITY.add_working_time(last, limit)
    assert CITY.add_working_days(first, 3) <= CITY.add_working_days(last, 3)
    assert CITY.add_calendar_days(first, 20) <= CITY.add_calendar_days(last, 20)


@given(instants, st.integers(1, 4000 * HOUR))
def test_what_is_due_falls_into_office_hours(start: datetime, limit: int) -> None:
    due = CITY.add_working_time(start, limit).astimezone(SHANGHAI)
    assert CITY.is_working_day(due.date())
    assert time(8, 30) < due.time() <= time(17, 30)


@given(instants, st.integers(0, 60))
def test_measured_office_hours_are_those_of_a_walk_day_by_day(start: datetime, days: int) -> None:
    end = start + timedelta(days=days)
    expected, day = timedelta(), start.astimezone(SHANGHAI).date()
    while day <= end.astimezone(SHANGHAI).date():
        if CITY.is_working_day(day):
            opens = datetime.combine(day, time(8, 30), SHANGHAI)
            closes = datetime.combine(day, time(17, 30), SHANGHAI)
            expected += max(min(end, closes) - max(start, opens), timedelta())
        day += timedelta(days=1)
    assert CITY.working_seconds_between(start, end) == expected // timedelta(seconds=1)


def test_an_office_may_have_hours_of_its_own() -> None:
    late = CITY.with_hours(OfficeHours(time(9), time(21)))
    assert late.add_working_time(at("2026-03-06 17:10"), HOUR) == at("2026-03-06 18:10")
    assert late.version != CITY.version
    with pytest.raises(ValueError, match="opens before"):
        OfficeHours(time(9), time(9))


# Working days, calendar days, months.


def test_the_day_of_the_event_does_not_count_as_a_working_day() -> None:
    assert CITY.add_working_days(at("2026-03-06 08:00"), 1) == at("2026-03-09 17:30")
    assert CITY.add_working_days(at("2026-03-07 08:00"), 1) == at("2026-03-09 17:30")
    assert CITY.add_working_days(at("2026-03-10 09:00"), 3) == at("2026-03-13 17:30")


def test_calendar_days_end_at_midnight_of_the_last() -> None:
    assert CITY.add_calendar_days(at("2026-03-02 09:00"), 1) == at("2026-03-04 00:00")


def test_a_last_day_within_national_day_moves_behind_the_holiday() -> None:
    assert CITY.add_calendar_days(at("2026-09-11 09:00"), 20) == at("2026-10-09 00:00")


def test_a_last_day_on_a_weekend_moves_to_monday() -> None:
    assert CITY.add_calendar_days(at("2026-03-02 09:00"), 5) == at("2026-03-10 00:00")


def test_a_last_day_on_a_saturday_that_is_worked_does_not_move() -> None:
    assert CITY.add_calendar_days(at("2026-09-30 09:00"), 10) == at("2026-10-11 00:00")


def test_a_month_that_lacks_the_day_ends_with_its_last() -> None:
    assert same_day_after_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert same_day_after_months(date(2027, 12, 31), 2) == date(2028, 2, 29)
    assert same_day_after_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert same_day_after_months(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert CITY.add_months(at("2026-12-31 09:00"), 2) == at("2027-03-01 00:00")


def test_months_move_past_rest_days_only_when_asked() -> None:
    # 8 March 2026 is a Sunday.
    assert CITY.add_months(at("2026-01-08 09:00"), 2) == at("2026-03-09 00:00")
    moved = CITY.add_months(at("2026-01-08 09:00"), 2, past_rest_days=True)
    assert moved == at("2026-03-10 00:00")


def test_a_name_is_free_on_day_366_whatever_the_weekday() -> None:
    freed = CITY.add_years(at("2025-05-31 10:00"), 1)
    assert at("2025-05-31 10:00") + timedelta(days=364) < freed
    assert freed <= at("2025-05-31 10:00") + timedelta(days=366)


def test_the_units_of_the_brief_have_one_entrance() -> None:
    start = at("2026-03-06 17:10")
    assert CITY.after(start, 60, "C24") == start + timedelta(minutes=1)
    assert CITY.after(start, HOUR, "WH") == CITY.add_working_time(start, HOUR)
    assert CITY.after(start, 3, "WD") == CITY.add_working_days(start, 3)
    assert CITY.after(start, 20, "CD") == CITY.add_calendar_days(start, 20)
    assert CITY.after(start, 2, "months") == CITY.add_months(start, 2)
    assert CITY.after(start, 1, "years") == CITY.add_years(start, 1)
    with pytest.raises(ValueError, match="no limit is counted in"):
        CITY.after(start, 1, "weeks")


def test_a_time_without_its_offset_is_refused() -> None:
    naive = datetime(2026, 3, 6, 17, 10)  # noqa: DTZ001  # what is refused
    with pytest.raises(ValueError, match="offset"):
        CITY.add_working_time(naive, HOUR)
    with pytest.raises(ValueError, match="offset"):
        CITY.add_calendar_days(naive, 1)


@pytest.mark.parametrize("days", [0, -1])
def test_a_limit_of_no_day_is_no_limit(days: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        CITY.add_working_days(at("2026-03-06 17:10"), days)
    with pytest.raises(ValueError, match="at least one"):
        CITY.add_calendar_days(at("2026-03-06 17:10"), days)


# Years nobody holds, and what the city adds.


def test_a_limit_may_reach_into_a_year_nobody_holds() -> None:
    # 1 January 2027 is a Friday.
    assert CITY.add_working_time(at("2026-12-31 17:00"), HOUR) == at("2027-01-04 09:00")
    assert CITY.guessed_years(at("2026-12-31 17:00"), at("2027-01-04 09:00")) == (2027,)
    assert CITY.guessed_years(date(2026, 1, 1), date(2026, 12, 31)) == ()
    # The last hours of 2026 in UTC are 2027 in the city.
    new_year = datetime(2026, 12, 31, 20, tzinfo=UTC)
    assert CITY.guessed_years(new_year, new_year) == (2027,)


def test_a_guessed_year_rests_on_weekends_and_holidays_of_a_fixed_date() -> None:
    resting = [d for d in range(1, 8) if not CITY.is_working_day(date(2027, 10, d))]
    assert resting == [1, 2, 3]
    assert not CITY.is_working_day(date(2028, 5, 1))
    assert not CITY.is_working_day(date(2028, 5, 2))


def test_the_state_councils_notice_takes_the_place_of_the_guess() -> None:
    notice = YearNotice(
        2027, frozenset({date(2027, 1, 1), date(2027, 10, 4)}), frozenset({date(2027, 10, 9)})
    )
    told = CITY.with_notices([notice])
    assert told.guessed_years(date(2026, 1, 1), date(2027, 12, 31)) == ()
    assert not told.is_working_day(date(2027, 10, 4))
    assert told.is_working_day(date(2027, 10, 9))
    assert told.version != CITY.version


def test_a_notice_names_days_of_its_own_year_once() -> None:
    with pytest.raises(ValueError, match="own year"):
        YearNotice(2027, frozenset({date(2028, 1, 1)}))
    with pytest.raises(ValueError, match="either"):
        YearNotice(2027, frozenset({date(2027, 1, 1)}), frozenset({date(2027, 1, 1)}))


def test_a_typhoon_stops_offices_but_moves_no_calendar_days() -> None:
    closed = CITY.with_closures([date(2026, 8, 11)])
    assert closed.add_working_time(at("2026-08-10 17:00"), HOUR) == at("2026-08-12 09:00")
    assert closed.add_working_days(at("2026-08-10 12:00"), 1) == at("2026-08-12 17:30")
    assert closed.add_calendar_days(at("2026-08-10 12:00"), 1) == at("2026-08-12 00:00")
    assert not closed.is_rest_day(date(2026, 8, 11))
    assert not closed.is_open(at("2026-08-11 10:00"))


def test_the_version_tells_the_library_and_what_is_local() -> None:
    closed = CITY.with_closures([date(2026, 8, 11)])
    assert CITY.version.startswith("chinesecalendar-1.")
    assert "local" not in CITY.version
    assert closed.version.startswith(f"{CITY.version}+local-")
    assert closed.version == Calendar(closures=frozenset({date(2026, 8, 11)})).version
    assert closed.with_closures([date(2026, 8, 12)]).version != closed.version


def test_the_local_file_makes_a_calendar() -> None:
    local = LocalCalendar.model_validate(
        {
            "closures": [{"day": date(2026, 8, 11), "why": "typhoon"}],
            "years": [{"year": 2027, "source": "notice", "holidays": [date(2027, 1, 4)]}],
            "hours": {"opens": "09:00", "closes": "17:00"},
        }
    )
    calendar = local.calendar()
    assert not calendar.is_working_day(date(2026, 8, 11))
    assert not calendar.is_working_day(date(2027, 1, 4))
    assert calendar.hours == OfficeHours(time(9), time(17))
    assert LocalCalendar().calendar() == CITY


def test_a_local_file_that_contradicts_itself_is_refused() -> None:
    year = {"year": 2027, "source": "notice", "holidays": [date(2028, 1, 4)]}
    with pytest.raises(ValidationError, match="own year"):
        LocalCalendar.model_validate({"years": [year]})
