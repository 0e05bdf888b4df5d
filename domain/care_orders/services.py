"""What care consists of: services with their price, and the plan that an elder agrees to.

Source: GB/T 43153-2023 for home services; prices, shares, caps and entitlements are the city's
defaults, dated data that a notice replaces. Money is whole fen: each line of a visit is rounded half
up by itself, and its price is always own part plus subsidy.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from domain.care_orders.assessment import Grade
from domain.care_orders.people import Value
from domain.care_orders.states import Mode
from domain.shared.money import WHOLE_PPM, Fen

MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class Service:
    """One item of care: names, where it is given, price of an hour, who may give it."""

    code: str
    zh: str
    en: str
    modes: frozenset[Mode]
    fen_per_hour: int
    qualification: str


HOME, DAY, STAY = Mode.HOME, Mode.DAY_CARE, Mode.INSTITUTION
EVERYWHERE = frozenset(Mode)


def _service(
    code: str, zh: str, en: str, fen_per_hour: int, needs: str, *modes: Mode
) -> tuple[str, Service]:
    return code, Service(code, zh, en, frozenset(modes) or EVERYWHERE, fen_per_hour, needs)


SERVICES: Mapping[str, Service] = MappingProxyType(
    dict(
        (
            _service("eating-help", "助餐", "Help with meals", 3_500, "care-worker"),
            _service("bathing-help", "助浴", "Help with bathing", 6_000, "care-worker"),
            _service("toilet-help", "如厕照护", "Help with the toilet", 4_500, "care-worker"),
            _service("dressing-help", "穿脱衣", "Help with dressing", 3_500, "care-worker"),
            _service("turning", "翻身拍背", "Turning in bed", 4_500, "care-worker"),
            _service("cleaning", "助洁", "Cleaning", 3_000, "household", HOME),
            _service("laundry", "洗涤", "Laundry", 3_000, "household", HOME),
            _service("shopping", "代购", "Shopping", 3_000, "household", HOME),
            _service("accompanying", "陪同外出", "Accompanying", 3_500, "care-worker", HOME, DAY),
            _service("companionship", "精神慰藉", "Companionship", 3_000, "care-worker"),
            _service("medication", "用药提醒", "Help with medicine", 5_000, "nurse"),
            _service("wound-care", "伤口护理", "Wound care", 9_000, "nurse"),
            _service("exercise", "康复训练", "Exercise", 8_333, "therapist"),
            _service("day-programme", "日间活动", "Day programme", 1_500, "care-worker", DAY),
            _service("stay", "机构照护", "Care in an institution", 1_250, "care-worker", STAY),
        )
    )
)

QUALIFICATIONS = frozenset(service.qualification for service in SERVICES.values())

# Minutes a week by grade, in the order of the grades.
_ENTITLED: Mapping[Mode, tuple[int, ...]] = MappingProxyType(
    {
        Mode.HOME: (180, 300, 600, 1_200, 1_680),
        Mode.DAY_CARE: (960, 1_440, 2_400, 2_400, 2_400),
        Mode.INSTITUTION: (0, 0, 3_360, 3_360, 3_360),
    }
)


def entitled_minutes(mode: Mode, grade: Grade) -> int:
    """Minutes a week that a grade entitles to; 0 where the mode is not for the grade."""
    return _ENTITLED[mode][grade]


class SubsidyKind(StrEnum):
    """What the city adds; each for one mode."""

    NONE = "none"
    HOME = "home"
    DAY_CARE = "day-care"
    INSTITUTION = "institution"

    @property
    def mode(self) -> Mode | None:
        """The mode that it is for."""
        return None if self is SubsidyKind.NONE else Mode(self.value)


@dataclass(frozen=True, slots=True)
class Rate:
    """A subsidy from a day on: share of the price and most of a month, both by grade."""

    since: date
    shares_ppm: tuple[int, ...]
    month_fen: tuple[int, ...]


RATES: Mapping[SubsidyKind, tuple[Rate, ...]] = MappingProxyType(
    {
        SubsidyKind.HOME: (
            Rate(
                date(2024, 1, 1),
                (0, 0, 300_000, 500_000, 700_000),
                (0, 0, 60_000, 120_000, 180_000),
            ),
        ),
        SubsidyKind.DAY_CARE: (
            Rate(
                date(2024, 1, 1),
                (0, 0, 300_000, 400_000, 500_000),
                (0, 0, 50_000, 80_000, 100_000),
            ),
        ),
        SubsidyKind.INSTITUTION: (
            Rate(
                date(2024, 1, 1),
                (0, 0, 0, 333_333, 500_000),
                (0, 0, 0, 150_000, 250_000),
            ),
        ),
    }
)


def rate_on(kind: SubsidyKind, day: date) -> Rate | None:
    """What holds on a day; None without a subsidy."""
    return next((r for r in reversed(RATES.get(kind, ())) if r.since <= day), None)


def half_up(numerator: int, denominator: int) -> int:
    """A quotient of whole numbers from 0, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


class Wanted(Value):
    """What is asked of a plan: so many minutes of a service, so many times a week."""

    code: str
    minutes: int
    times_per_week: int


class Line(Wanted):
    """A line of a plan, priced for one visit: ``price_fen = own_fen + subsidy_fen``."""

    price_fen: Fen
    own_fen: Fen
    subsidy_fen: Fen


class Plan(Value):
    """What an elder is offered. ``weekdays`` (1 is Monday) are the days of a day centre.

    The sums are those of a week in which everything is done as planned.
    """

    mode: Mode
    items: tuple[Line, ...]
    weekdays: tuple[int, ...]
    subsidy_kind: SubsidyKind
    month_subsidy_fen: Fen
    price_fen: Fen
    own_part_fen: Fen
    subsidy_fen: Fen

    def line(self, code: str) -> Line | None:
        """The line of a service."""
        return next((line for line in self.items if line.code == code), None)


def priced(wanted: Wanted, share_ppm: int) -> Line:
    """The line with its price: hourly price by minutes, and of that the subsidy, each half up."""
    price = half_up(SERVICES[wanted.code].fen_per_hour * wanted.minutes, MINUTES_PER_HOUR)
    subsidy = half_up(price * share_ppm, WHOLE_PPM)
    return Line(
        code=wanted.code,
        minutes=wanted.minutes,
        times_per_week=wanted.times_per_week,
        price_fen=price,
        own_fen=price - subsidy,
        subsidy_fen=subsidy,
    )


def plan_of(
    mode: Mode,
    wanted: Iterable[Wanted],
    *,
    weekdays: tuple[int, ...],
    subsidy_kind: SubsidyKind,
    grade: Grade,
    day: date,
) -> Plan:
    """The plan with all its prices, at what holds on ``day``."""
    rate = rate_on(subsidy_kind, day)
    lines = tuple(priced(one, rate.shares_ppm[grade] if rate else 0) for one in wanted)
    return Plan(
        mode=mode,
        items=lines,
        weekdays=weekdays,
        subsidy_kind=subsidy_kind,
        month_subsidy_fen=rate.month_fen[grade] if rate else 0,
        price_fen=sum(line.price_fen * line.times_per_week for line in lines),
        own_part_fen=sum(line.own_fen * line.times_per_week for line in lines),
        subsidy_fen=sum(line.subsidy_fen * line.times_per_week for line in lines),
    )


def minutes_a_week(wanted: Iterable[Wanted]) -> int:
    """All minutes of a week."""
    return sum(one.minutes * one.times_per_week for one in wanted)
