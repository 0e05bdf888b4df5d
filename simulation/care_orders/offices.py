"""What offices do besides: they register providers and carers, stop and allow them, close months.

Providers stand more than a year before the first day, so that somebody whose grade has run out was
once assessed for one of them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from domain.care_orders import Mode
from domain.care_orders.people import settlement_id
from simulation.care_orders.arriving import stopped_label
from simulation.care_orders.houses import PROGRAM, TREASURY, Houses, Provider, officer
from simulation.care_orders.living import QUIET, Fate
from simulation.care_orders.orders import A_DAY, Story, office, working
from simulation.care_orders.timetable import counted, month_of, vouched
from simulation.care_orders.visits import Call
from simulation.matters import Matter, Step, Until, in_order
from simulation.office import local
from simulation.programme import World

STANDS_DAYS = 410
SPARE = 6
"""Places that a provider has beyond those that anybody here asks for."""


def barred_between(world: World) -> tuple[datetime, datetime]:
    """While one service gets no new elders: most of the first working day."""
    day = world.working_days[0]
    return local(day, 9 * 3600 + 1800), local(day, 16 * 3600)


# --- providers ---------------------------------------------------------------------------------


def providers(world: World, houses: Houses, stories: Sequence[Story]) -> Iterator[Matter]:
    """All providers, with carers and room for the stories, and what offices change on the days."""
    begun = local(world.days[0], 9 * 3600) - timedelta(days=STANDS_DAYS)
    at_home: dict[str, list[Story]] = {one.code: [] for one in houses.all}
    for story in stories:
        at_home[story.provider.code].append(story)
    end = local(world.today, 0)
    for number, provider in enumerate(houses.all):
        rng = Random(f"{world.seed}:{PROGRAM}:provider:{number}")
        here = at_home[provider.code]
        at = begun + timedelta(seconds=number % 3600)
        room = len(here) if provider is houses.full else len(here) + SPARE
        licensed = capacity(world, provider, room, lapsed=provider is houses.lapsed)
        steps = [_registered(rng, provider, at, licensed)]
        for carer in provider.carers:
            at += timedelta(seconds=1)
            body = provider.registration(carer)
            steps.append(Step(at, provider.coordinator, "register-carer", body, carer.label))
        if provider is houses.stopped:
            steps += _stopped(world, rng, provider)
        elif provider not in (houses.full, houses.lapsed):
            steps += _changed(world, rng, provider, room, here)
        kept = in_order(steps, end)
        yield Matter(provider.label, PROGRAM, kept, provider.id, {"mode": provider.mode.value})


def capacity(world: World, provider: Provider, places: int, *, lapsed: bool) -> dict[str, Any]:
    """What is licensed: so many places of the provider's mode."""
    until = world.days[0] + timedelta(days=-20 if lapsed else 3 * 365)
    licensed: dict[str, Any] = {"licensed_until": until.isoformat()}
    if provider.mode is Mode.INSTITUTION:
        beds = [f"{1 + n // 20}-{1 + n % 20:02d}" for n in range(places)]
        return {**licensed, "beds": beds}
    return {**licensed, "day_places" if provider.mode is Mode.DAY_CARE else "home_places": places}


def _registered(rng: Random, provider: Provider, at: datetime, licensed: dict[str, Any]) -> Step:
    body = {
        "uscc": provider.code,
        "name": provider.name,
        "district": provider.district,
        "location": provider.point,
        "coordinators": [provider.coordinator.actor],
        "capacity": licensed,
    }
    return Step(at, officer(rng), "register-provider", body, provider.label)


def _stopped(world: World, rng: Random, provider: Provider) -> Iterator[Step]:
    """An inspection finds something in the morning that is mended in the afternoon."""
    first, last = barred_between(world)
    body = {"provider_id": str(provider.id), "ground": "safety"}
    soon = timedelta(minutes=7)
    label = stopped_label(provider)
    yield Step(first, officer(rng), "stop-new-assignments", body, label)
    yield Step(first + soon, officer(rng), "stop-new-assignments", body, refused="already-stopped")
    yield Step(last, officer(rng), "allow-new-assignments", body)
    yield Step(last + soon, officer(rng), "allow-new-assignments", body, refused="not-stopped")


def _changed(
    world: World, rng: Random, provider: Provider, room: int, here: Sequence[Story]
) -> Iterator[Step]:
    day = rng.choice(world.working_days)
    id = {"provider_id": str(provider.id)}
    quiet = [one for one in here if isinstance(one.fate, Fate) and one.fate in QUIET]
    at = office(rng, day, 9, 16)
    if rng.random() < 0.12 and quiet:
        nothing = {**id, "capacity": capacity(world, provider, 0, lapsed=False)}
        after = (quiet[0].label("assigned"),)
        yield Step(
            at, officer(rng), "change-capacity", nothing, refused="capacity-in-use", after=after
        )
    if rng.random() < 0.2:
        more = {**id, "capacity": capacity(world, provider, room + 4, lapsed=False)}
        yield Step(at + timedelta(minutes=9), officer(rng), "change-capacity", more)
    if rng.random() < 0.15 and provider.carers:
        again = provider.registration(provider.carers[0])
        when = at + timedelta(minutes=14)
        yield Step(when, provider.coordinator, "register-carer", again, refused="carer-known")
    if rng.random() < 0.3:
        # comes in the morning of the day, and has gone by the evening of it or stays
        new = provider.hired(frozenset())
        came = local(day, 8 * 3600 + rng.randrange(1800))
        yield Step(
            came, provider.coordinator, "register-carer", provider.registration(new), new.label
        )
        if rng.random() < 0.4:
            left = local(day, 17 * 3600 + rng.randrange(1800))
            yield Step(left, provider.coordinator, "remove-carer", {**id, "carer": new.ref})


# --- months ------------------------------------------------------------------------------------


def settlements(
    world: World, houses: Houses, before: Sequence[Call], calls: Sequence[Call]
) -> Iterator[Matter]:
    """The month before is confirmed and paid; of one provider somebody tries it with this month."""
    last_month = month_of(world.days[0].replace(day=1) - A_DAY)
    expected = counted(before)
    for provider in houses.all:
        if count := expected.get(provider.code):
            yield _month(world, provider, last_month, count)
    if (early := _too_early(world, calls)) is not None:
        yield early


def _month(world: World, provider: Provider, month: str, count: int) -> Matter:
    rng = Random(f"{world.seed}:{PROGRAM}:month:{provider.mode}:{provider.n}")
    id = settlement_id(provider.code, month)
    body = {"settlement_id": str(id)}
    confirmed = _confirmed_at(world, rng)
    officers = [officer(rng), officer(rng)]
    all_in = Until("line-added", count)
    steps = [Step(confirmed, officers[0], "confirm-settlement", body, until=all_in)]
    if rng.random() < 0.1:
        again = confirmed + timedelta(minutes=20)
        steps.append(Step(again, officers[1], "confirm-settlement", body, refused="not-in-state"))
    paid = office(rng, rng.choice(world.working_days), 14, 16.5)
    if paid < confirmed:
        paid = office(rng, working(world, confirmed.date() + A_DAY), 14, 16.5)
    steps.append(Step(paid, TREASURY, "pay-settlement", body))
    kept = in_order(steps, local(world.today, 0))
    return Matter(f"{PROGRAM}/settlement/{provider.mode}-{provider.n}", PROGRAM, kept, id)


def _confirmed_at(world: World, rng: Random) -> datetime:
    """Within ten working days after the month, as a rule; some wait until they are overdue."""
    usual = working(world, world.days[0].replace(day=1))
    for _ in range(rng.randint(4, 7)):
        usual = working(world, usual + A_DAY)
    if usual < world.days[0] and rng.random() < 0.8:
        return office(rng, usual, 9, 16)
    return office(rng, rng.choice(world.working_days), 9, 13)


def _too_early(world: World, calls: Sequence[Call]) -> Matter | None:
    """A new officer, on the evening of a day, with the month of that day."""
    day = world.working_days[0]
    at = local(day, 20 * 3600)
    seen: Counter[str] = Counter()
    by_code: Mapping[str, Provider] = {c.story.provider.code: c.story.provider for c in calls}
    for call in calls:
        done = vouched(call)
        if call.day == day and done is not None and done < at - timedelta(minutes=20):
            seen[call.story.provider.code] += 1
    if not seen:
        return None
    code, _ = min(seen.items(), key=lambda one: (-one[1], by_code[one[0]].label))
    id = settlement_id(code, month_of(day))
    body = {"settlement_id": str(id)}
    rng = Random(f"{world.seed}:{PROGRAM}:too-early")
    step = Step(
        at,
        officer(rng),
        "confirm-settlement",
        body,
        refused="month-not-over",
        until=Until("line-added"),
    )
    return Matter(f"{PROGRAM}/settlement/too-early", PROGRAM, (step,), id)
