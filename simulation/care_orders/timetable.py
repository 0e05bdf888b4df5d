"""Who comes when: the visits of each day, and a carer for each who is free and able.

A provider takes on as many carers as its busiest hours need. Nothing here is sent; the calls that
come out are written in ``visits``.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random

from domain.care_orders import Mode
from simulation.care_orders.courses import SECOND_CARER, Course, course_of
from simulation.care_orders.elders import minutes_of, needs
from simulation.care_orders.houses import PROGRAM, Carer, Provider
from simulation.care_orders.living import QUIET, Fate
from simulation.care_orders.orders import A_DAY, Story
from simulation.care_orders.visits import Call
from simulation.office import local
from simulation.programme import World

_QUARTER = 900

# First quarter hour and percent, for each visit of a day at home: eight to ten is the hump.
_MORNING = (
    *((30, 5), (31, 7), (32, 14), (33, 12), (34, 12), (35, 10)),
    *((36, 12), (37, 9), (38, 8), (39, 5), (40, 4), (42, 2)),
)
_AFTERNOON = tuple((quarter, 10) for quarter in range(52, 66))
_EVENING = ((68, 10), (69, 12), (70, 10), (71, 6))
_AT_HOME = (_MORNING, _AFTERNOON, _EVENING)

# Day centres and houses have turns: half past eight, half past ten, …
_TURNS: Mapping[Mode, tuple[int, ...]] = {
    Mode.DAY_CARE: (34, 42, 54),
    Mode.INSTITUTION: (32, 40, 54, 62),
}

ON_THE_WAY = timedelta(minutes=15)
"""Between two homes."""

SIMPLE = (Course.PLAIN, Course.LATE, Course.OFFLINE, Course.TOO_EARLY, Course.WRONG_TAG)
"""Courses of visits that are planned at first go and made by whom they were planned for."""

LAST_MONTH_SHARE = 0.4
"""So many of the orders are settled for the month before; of the others nothing is played of it."""


def starts(story: Story, day: date, which: int, rng: Random) -> datetime:
    """When the ``which``-th visit of a day begins."""
    if story.mode is Mode.HOME:
        quarters = _AT_HOME[which]
        quarter = rng.choices([q for q, _ in quarters], [share for _, share in quarters])[0]
    else:
        # one turn for each elder, the whole run long
        turns = _TURNS[story.mode]
        quarter = turns[story.n % len(turns)]
    return local(day, quarter * _QUARTER)


def open_on(world: World, story: Story, day: date) -> bool:
    """Whether somebody comes on a day; day centres are closed on holidays, too."""
    if story.mode is Mode.DAY_CARE and not world.calendar.is_working_day(day):
        return False
    return day.isoweekday() in story.care.weekdays


def calls_of(
    world: World, stories: Sequence[Story], days: Sequence[date], numbers: Iterator[int]
) -> list[Call]:
    """All visits of the stories on these days that are ordinary."""
    found = []
    for day in days:
        for story in stories:
            if not open_on(world, story, day) or story.fate == Fate.TO_HOUSE:
                continue
            for which, bundle in enumerate(story.care.bundles):
                n = next(numbers)
                rng = Random(f"{world.seed}:{PROGRAM}:call:{n}")
                course = _course(story, rng, minutes_of(bundle))
                found.append(Call(story, n, starts(story, day, which, rng), bundle, course, rng))
    return found


def _course(story: Story, rng: Random, minutes: int) -> Course:
    course = course_of(rng)
    if story.fate == Fate.DIED:
        return Course.PLAIN
    if course is Course.ARRIVED_LATE and minutes < 45:
        return Course.REACHED
    return course


def calls_of_last_month(
    world: World, stories: Sequence[Story], days: Sequence[date], numbers: Iterator[int]
) -> list[Call]:
    """At most one visit a day of some of the stories, on days of the month before."""
    chosen = [
        story
        for story in stories
        if story.fate not in (Fate.YEARLY, Fate.LONG_AWAY, Fate.TO_HOUSE)
        and Random(f"{world.seed}:{PROGRAM}:month:{story.n}").random() < LAST_MONTH_SHARE
    ]
    found = []
    for day in days:
        for story in chosen:
            if open_on(world, story, day):
                n = next(numbers)
                rng = Random(f"{world.seed}:{PROGRAM}:call:{n}")
                course = Course.DISPUTED if rng.random() < 0.03 else Course.PLAIN
                bundle = story.care.bundles[0]
                found.append(Call(story, n, starts(story, day, 0, rng), bundle, course, rng))
    return found


# --- carers ------------------------------------------------------------------------------------


class Roster:
    """The days of a provider's carers."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._way = ON_THE_WAY if provider.mode is Mode.HOME else timedelta()
        self._taken: dict[tuple[date, str], list[tuple[datetime, datetime]]] = defaultdict(list)

    def free(self, carer: Carer, call: Call) -> bool:
        """Whether the carer has no other visit then, nor is on the way."""
        return all(
            call.end + self._way <= start or end + self._way <= call.start
            for start, end in self._taken[call.day, carer.label]
        )

    def give(self, call: Call, but: Carer | None = None) -> Carer:
        """The first who is free and able, or somebody new; whose time is then taken."""
        wanted = needs(call.bundle)
        fit = (
            one
            for one in self._provider.carers
            if one is not but and wanted <= one.skills and self.free(one, call)
        )
        carer = next(fit, None) or self._provider.hired(wanted)
        self._taken[call.day, carer.label].append((call.start, call.end))
        return carer


def staff(calls: Sequence[Call]) -> None:
    """Gives each call its carer, and what its course needs besides."""
    rosters: dict[str, Roster] = {}
    by_day: dict[tuple[str, date], list[Call]] = defaultdict(list)
    for call in sorted(calls, key=lambda c: (c.start, c.n)):
        provider = call.story.provider
        roster = rosters.setdefault(provider.code, Roster(provider))
        call.carer = roster.give(call)
        by_day[provider.code, call.day].append(call)
    for call in calls:
        provider = call.story.provider
        if call.course in SECOND_CARER:
            call.other = rosters[provider.code].give(call, but=call.carer)
        elif call.course is Course.CARER_BUSY:
            call.busy_with = _busy(call, by_day[provider.code, call.day])
        elif call.course is Course.UNQUALIFIED:
            wanted = needs(call.bundle)
            call.other = next((c for c in provider.carers if wanted - c.skills), None)
        if _lacks_what_it_needs(call):
            call.course = Course.PLAIN


def _lacks_what_it_needs(call: Call) -> bool:
    lacking = call.course is Course.CARER_BUSY and call.busy_with is None
    return lacking or (call.course is Course.UNQUALIFIED and call.other is None)


def _busy(call: Call, same_day: Sequence[Call]) -> Call | None:
    wanted = needs(call.bundle)
    for one in same_day:
        apart = one.end <= call.start or call.end <= one.start
        simple = one.course in SIMPLE and one.story.fate in QUIET
        if one is not call and not apart and simple and wanted <= one.carer.skills:
            return one
    return None


# --- the month before --------------------------------------------------------------------------


def days_of_last_month(world: World) -> tuple[date, ...]:
    """Three working days in the last third of the month before the first day, in order."""
    day = world.days[0].replace(day=1) - A_DAY
    day = min(day, day.replace(day=27))
    found: list[date] = []
    while len(found) < 3:
        if world.calendar.is_working_day(day):
            found.append(day)
        day -= A_DAY
    return tuple(reversed(found))


def month_of(day: date) -> str:
    """``2026-11``."""
    return f"{day:%Y-%m}"


def vouched(call: Call) -> datetime | None:
    """When it is vouched for, if that is planned."""
    found = (s.at for s in call.steps if s.command == "verify-visit" and s.refused is None)
    return next(found, None)


def counted(calls: Sequence[Call]) -> dict[str, int]:
    """By provider's code, how many of the calls are vouched for without a dispute."""
    found: dict[str, int] = defaultdict(int)
    for call in calls:
        if vouched(call) is not None:
            found[call.story.provider.code] += 1
    return found
