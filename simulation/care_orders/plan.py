"""Makes matters of a city's care: providers, elders who are served, those who ask, visits, months.

Of the 160,000 elders of the plan a quarter is played; the care of the others stands, and nothing
happens in it within the days. Those that are played found their providers weeks ago. On the days
somebody comes to them as their plan says; two in five have visits of the month before, too, so that
its settlement is confirmed and paid.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

from domain.care_orders import Mode
from domain.care_orders.assessment import Grade
from domain.care_orders.services import SubsidyKind
from simulation import people
from simulation.care_orders import offices
from simulation.care_orders.arriving import (
    A_DAY_ASK,
    AGES,
    LEAST,
    MODE_OF,
    ON_THEIR_WAY_DAYS,
    USUAL_AGES,
    Market,
    Way,
    arrives,
    asked_twice,
    way_of,
)
from simulation.care_orders.courses import Course
from simulation.care_orders.elders import ability, care_for, elder
from simulation.care_orders.houses import PROGRAM, Houses, Provider, houses_of, named, officer
from simulation.care_orders.living import (
    QUIET,
    Fate,
    asked_too_late,
    begins,
    fate_of,
    lives,
)
from simulation.care_orders.orders import A_DAY, Story, office
from simulation.care_orders.timetable import (
    calls_of,
    calls_of_last_month,
    days_of_last_month,
    staff,
)
from simulation.care_orders.visits import Call
from simulation.matters import Matter, Until
from simulation.office import Arrivals, local
from simulation.programme import World

ELDERS: Mapping[Mode, int] = {Mode.INSTITUTION: 10_000, Mode.DAY_CARE: 50_000, Mode.HOME: 100_000}
"""The plan's figures for the whole city."""

PLAYED = 0.25
"""So much of them is played."""

LEAST_OF: Mapping[Mode, int] = {Mode.INSTITUTION: 4, Mode.DAY_CARE: 5, Mode.HOME: 9}

FOUND_OUT = 0.02
"""Of the visits that were settled, those that turn out never to have been made."""


def plan(world: World) -> list[Matter]:
    """A function of the world."""
    houses = houses_of(world)
    numbers = count(1)
    served = list(_served(world, houses, numbers))
    month_days = days_of_last_month(world)
    usual = month_days[0] - timedelta(days=21)
    days = {story.n: _day_of(world, houses, story) for story in served}
    for story in served:
        begins(story, days[story.n], usual)
        lives(story, days[story.n], houses)
    calls_made = count(1)
    before = calls_of_last_month(world, served, month_days, calls_made)
    calls = calls_of(world, served, world.days, calls_made)
    dying = [one for one in served if one.fate == Fate.DIED and days[one.n] == world.days[0]]
    calls += calls_of(world, dying, [world.days[0] - A_DAY], calls_made)
    calls = [call for call in calls if not _after_death(call)]
    moved = [s for s in served if s.fate == Fate.TO_HOUSE]
    entering = [_enters(world, houses, s, days[s.n], calls, calls_made, numbers) for s in moved]
    staff([*before, *calls])
    _written(world, before, calls)
    for story in served:
        if story.fate == Fate.RATED:
            _rates(story, [call for call in calls if call.story is story])
    coming = list(_coming(world, houses, served, numbers))
    stories = [*served, *entering, *(story for story, _ in coming)]
    matters = [*offices.providers(world, houses, stories)]
    matters += [story.matter() for story in stories]
    told = (story.elder_matter() for story in served)
    matters += [matter for matter in told if matter is not None]
    matters += [call.matter() for call in (*before, *calls) if call.steps]
    matters += offices.settlements(world, houses, before, calls)
    matters += [asked_twice(one, at) for one, at in coming if one.fate == Way.TWICE]
    late = (asked_too_late(story) for story in served)
    matters += [matter for matter in late if matter is not None]
    return [matter for matter in matters if matter.steps]


# --- who is served -----------------------------------------------------------------------------


def _served(world: World, houses: Houses, numbers: Iterator[int]) -> Iterator[Story]:
    for mode in Mode:
        total = world.scaled(ELDERS[mode] * PLAYED, least=LEAST_OF[mode])
        for _ in range(total):
            n = next(numbers)
            rng = Random(f"{world.seed}:{PROGRAM}:order:{n}")
            provider = rng.choice(houses.of[mode])
            if mode is Mode.INSTITUTION and n <= 2:
                provider = houses.full  # never without residents
            fate = fate_of(rng)
            who = elder(world, rng, n, provider.district, USUAL_AGES)
            story = Story(world, rng, n, mode, who, provider, fate)
            if not _may_have(story, fate, houses):
                story.fate = Fate.PLAIN
            if n == 1:
                story.fate = Fate.ENDED  # a bed of the full house becomes free
            yield story


def _may_have(story: Story, fate: Fate, houses: Houses) -> bool:
    """The full house is full because nobody leaves; who enters a house lived at home, subsidised;
    where no new elders may come, nobody needs a new place."""
    if story.provider is houses.full:
        return fate in QUIET
    if fate is Fate.LONG_AWAY:
        return story.provider is not houses.stopped
    if fate is Fate.TO_HOUSE:
        grade = story.ability.grade(story.world.days[0])
        return story.care.subsidy_kind is SubsidyKind.HOME and grade >= Grade.MODERATE
    return True


def _day_of(world: World, houses: Houses, story: Story) -> date:
    if story.provider is houses.full:
        return world.working_days[0]
    return Random(f"{world.seed}:{PROGRAM}:day:{story.n}").choice(world.working_days)


# --- visits ------------------------------------------------------------------------------------


def _after_death(call: Call) -> bool:
    """Of the day on which a death becomes known nothing is left but what is called off."""
    stops = call.story.stops_at
    died = call.story.fate == Fate.DIED and stops is not None
    return died and stops is not None and call.day == stops.date() and call.start <= stops


def _written(world: World, before: Sequence[Call], calls: Sequence[Call]) -> None:
    rng = Random(f"{world.seed}:{PROGRAM}:found-out")
    for call in before:
        day = rng.choice(world.working_days)
        if call.course is Course.DISPUTED:
            call.verified_at = office(rng, day, 9, 16)
        call.write()
        quiet = call.story.fate in QUIET and call.course is Course.PLAIN
        if quiet and rng.random() < FOUND_OUT:
            at = office(rng, day, 9, 16)
            body = {"reason": "fraud"}
            settled = Until("visit-settled")
            call.step(at, officer(rng), "reclaim-visit", body, until=settled)
    for call in calls:
        if call.story.fate == Fate.DIED:
            call.verified_at = local(call.day, 19 * 3600 + 1800 + call.rng.randrange(1800))
        call.write()


def _rates(story: Story, calls: Sequence[Call]) -> None:
    """Once a month; some try it twice, some with a visit that was another's."""
    rng = story.rng
    made = [call for call in calls if call.course is Course.PLAIN and call.steps]
    if not made:
        return
    call = rng.choice(made)
    at = call.end + timedelta(seconds=rng.randint(1800, 9000))
    texts = ("护理员很细心", "准时到达，服务周到", "一般", None)
    stars = rng.choices((5, 4, 3, 2, 1), (52, 28, 12, 5, 3))[0]
    body = {"visit_id": str(call.id), "stars": stars, "text": rng.choice(texts)}
    done = (call.label("done"),)
    if rng.random() < 0.2:
        other = {**body, "visit_id": str(named(story.world.run, "nobodys-visit", story.n))}
        early = at - timedelta(minutes=2)
        story.step(
            early, story.family, "rate-service", other, refused="visit-not-of-order", after=done
        )
    story.step(at, story.family, "rate-service", body, after=done)
    if rng.random() < 0.3:
        again = at + timedelta(minutes=3)
        story.step(again, story.family, "rate-service", body, refused="rated-this-month")


def _enters(
    world: World,
    houses: Houses,
    story: Story,
    day: date,
    calls: list[Call],
    calls_made: Iterator[int],
    numbers: Iterator[int],
) -> Story:
    """Somebody who was cared for at home this morning lives in a house from today: the subsidy of
    the morning's visit is taken back, or never granted."""
    n = next(numbers)
    rng = Random(f"{world.seed}:{PROGRAM}:order:{n}")
    provider = rng.choice(houses.of[Mode.INSTITUTION][1:])
    house = Story(world, rng, n, Mode.INSTITUTION, story.elder, provider, "enters")
    house.agree(day - timedelta(days=20))
    number = next(calls_made)
    own = Random(f"{world.seed}:{PROGRAM}:call:{number}")
    start = local(day, 8 * 3600)
    call = Call(story, number, start, story.care.bundles[0], Course.PLAIN, own)
    calls.append(call)
    entered = office(rng, day, 11, 12)
    story.step(
        local(day, 14 * 3600 + rng.randrange(3600)), story.family, "end-care", {"reason": "move"}
    )
    if rng.random() < 0.5:
        call.verified_at = local(day, 10 * 3600 + rng.randrange(1200))
        house.assign(entered, until=Until("visit-settled", of=call.id))
    else:
        house.assign(entered)
        call.verified_at = local(day, 16 * 3600 + rng.randrange(3600))
        _without_subsidy(call, call.verified_at, house)
    return house


def _without_subsidy(call: Call, at: datetime, house: Story) -> None:
    """The office finds out why the visit is not settled, and settles it without."""
    soon = timedelta(minutes=8)
    by = officer(house.rng)
    entered = (house.label("assigned"),)
    call.step(at + soon, by, "include-in-settlement", refused="double-subsidy", after=entered)
    whole = {"without_subsidy": True}
    call.step(at + 2 * soon, by, "include-in-settlement", whole)


# --- who asks ----------------------------------------------------------------------------------


def _coming(
    world: World, houses: Houses, served: Sequence[Story], numbers: Iterator[int]
) -> Iterator[tuple[Story, datetime]]:
    """Requests of the last weeks and of the days, each with its instant."""
    first = world.days[0] - timedelta(days=ON_THEIR_WAY_DAYS)
    days = [first + n * A_DAY for n in range((world.today - first).days)]
    working_days = sum(world.calendar.is_working_day(day) for day in days)
    market = _market(world, houses, served)
    arrivals = Arrivals(days)
    for _ in range(world.scaled(A_DAY_ASK * working_days, least=LEAST)):
        n = next(numbers)
        rng = Random(f"{world.seed}:{PROGRAM}:order:{n}")
        way = way_of(rng)
        at = arrivals.draw(rng)
        mode = MODE_OF.get(way) or rng.choices(list(Mode), [ELDERS[mode] for mode in Mode])[0]
        provider = _open_to_all(rng, houses, mode)
        ages = AGES.get(way, USUAL_AGES)
        who = elder(world, rng, n, people.district(rng), ages)
        story = Story(world, rng, n, mode, who, provider, way)
        if way is Way.WRONG_MODE:
            _still_able(story)
        arrives(story, at, market)
        yield story, at


def _open_to_all(rng: Random, houses: Houses, mode: Mode) -> Provider:
    return rng.choice([one for one in houses.of[mode] if one not in (houses.full, houses.stopped)])


def _still_able(story: Story) -> None:
    """Too able for a house with beds."""
    today = story.world.days[0]
    while story.ability.grade(today) > Grade.MILD:
        story.ability = ability(story.rng, Mode.HOME)
    story.care = care_for(story.rng, story.mode, story.ability.grade(today), today)


def _market(world: World, houses: Houses, served: Sequence[Story]) -> Market:
    residents = [story for story in served if story.provider is houses.full]
    leaves = min(story.stops_at for story in residents if story.stops_at is not None)
    labels = tuple(story.label("assigned") for story in residents)
    full_until = leaves - timedelta(minutes=10)
    return Market(houses, offices.barred_between(world), full_until, labels)
