"""Instants: an offset in, UTC inside, the city's time outside."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.shared.instants import Instant, ahead_of_clock, shanghai_date, shown

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_an_instant_is_kept_as_utc() -> None:
    kept = INSTANT.validate_json('"2026-03-02T09:00:00+08:00"')
    assert kept == NOW
    assert kept.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-03-02T09:00:00", "instant-without-offset"),
        ("0001-01-01T00:00:00+08:00", "instant-out-of-range"),
    ],
)
def test_a_time_that_is_no_instant_is_refused(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        INSTANT.validate_json(f'"{text}"')
    assert [e["type"] for e in refusal.value.errors()] == [code]


def test_a_senders_clock_may_be_ten_minutes_fast() -> None:
    assert not ahead_of_clock(NOW + timedelta(minutes=10), NOW)
    assert ahead_of_clock(NOW + timedelta(minutes=10, seconds=1), NOW)


def test_the_citys_day_begins_at_four_in_the_afternoon_of_utc() -> None:
    assert shanghai_date(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert shanghai_date(datetime(2026, 3, 1, 16, tzinfo=UTC)) == date(2026, 3, 2)
    with pytest.raises(ValueError, match="offset"):
        shanghai_date(datetime(2026, 3, 1))  # noqa: DTZ001  # what is refused


def test_people_see_the_citys_time() -> None:
    assert shown(NOW) == "2026-03-02 09:00"
