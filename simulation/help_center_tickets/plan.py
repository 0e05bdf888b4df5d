"""Makes matters of the centre: what stands before, then contacts new and old.

On each day come new contacts, and of the days before those that are called back, reopened, overdue
or found to be misconduct; so some tickets are opened up to a month before the days.
"""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from simulation.help_center_tickets import scenes, standing
from simulation.help_center_tickets.centre import PROGRAM, Centre, Standing, centre_of
from simulation.help_center_tickets.older import older
from simulation.help_center_tickets.services import BY_HOUR, BY_WEEKDAY
from simulation.help_center_tickets.telling import Telling
from simulation.help_center_tickets.tickets import told
from simulation.matters import Matter
from simulation.office import Arrivals, local
from simulation.programme import World

A_DAY = 40_000
"""Contacts of a day in the whole city by phone, app, WeChat, web, counter and sensor. The centre of
81890 took some 3,000 to 5,000 calls a day and the brief reckons with 15,000 tickets; this is a
busy day, far below the storm's twenty times as many, so that a hundredth of it has every path."""
LEAST = 20

OLDER = 0.25
"""Of the contacts of a day: older tickets of which something happens on it."""
OUTAGES = 300
"""A day, in the whole city, that more than one calls about."""
FRAUD_LEADS = 120
"""A day, in the whole city, of which the police make an order."""


def plan(world: World) -> list[Matter]:
    """A function of the world."""
    centre = centre_of(world)
    end = local(world.today, 0)
    tellings = list(_tellings(world, centre))
    orders = []
    for n in range(world.scaled(FRAUD_LEADS * len(world.days))):
        telling, order = scenes.fraud_lead(centre, n, _at(world, f"fraud:{n}", 9, 18))
        tellings.append(telling)
        orders.append(order)
    tickets = (telling.matter(end) for telling in tellings)
    cut = (scenes.cut(order, end) for order in orders)
    proven = _proven(tellings, end)
    return [
        *standing.members(centre),
        *standing.knowledge(centre),
        *standing.credit_files(centre, proven),
        *(matter for matter in (*tickets, *cut) if matter is not None),
    ]


def _tellings(world: World, centre: Centre) -> Iterator[Telling]:
    days = len(world.days)
    count = world.scaled(A_DAY * days, least=LEAST)
    arrivals = Arrivals(world.days, BY_HOUR, BY_WEEKDAY)
    for n in range(count):
        yield told(centre, n, arrivals.draw(Random(f"{world.seed}:{PROGRAM}:at:{n}")))
    for n in range(max(6, round(count * OLDER))):
        yield older(centre, n, world.days[n % days])
    for n in range(world.scaled(OUTAGES * days)):
        big = n < days and n % 2 == 0
        at = _at(world, f"outage:{n}", 7, 20)
        if big:  # all of its calls within one hour
            at = at.replace(minute=at.minute % 20)
        yield from scenes.outage(centre, f"{n}", at, big=big, lost=not big and n % 3 == 1)
    for n in range(world.scaled(40 * days)):
        yield from scenes.too_late(centre, f"late-{n}", _at(world, f"late:{n}", 9, 16))
    for member in centre.standing(Standing.ALONE):
        yield from scenes.last_place(centre, member, world.days[member.n % days])
    for member in centre.standing(Standing.TO_BE_SUSPENDED):
        yield from scenes.suspension(centre, member, standing.suspension_day(centre, member))


def _at(world: World, key: str, first: int, last: int) -> datetime:
    """An instant of the days between two hours, drawn for a key."""
    rng = Random(f"{world.seed}:{PROGRAM}:{key}")
    return local(rng.choice(world.days), rng.randint(first * 3600, last * 3600))


def _proven(tellings: list[Telling], end: datetime) -> Iterator[str]:
    """Companies whose misconduct is proven before the end."""
    for telling in tellings:
        holders = [
            step.body["holder"]["code"] for step in telling.steps if step.command == "dispatch"
        ]
        for step in telling.steps:
            if step.command == "prove-misconduct" and step.refused is None and step.at < end:
                yield holders[-1]
