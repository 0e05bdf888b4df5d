"""Makes matters of the credit base: files, what departments send, what subjects and readers do.

Most of the pool's records are good or neutral and end with their publication. Objections, repairs
and listings have subjects of their own, so that nobody's black list meets another's honours; their
stories begin weeks or months before the days, and each has some of its acts on them.
"""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from simulation.credit_records.contributions import contributions
from simulation.credit_records.listings import listings
from simulation.credit_records.objections import objections
from simulation.credit_records.queries import queries
from simulation.credit_records.repairs import repairs
from simulation.credit_records.sources import CREDIT_OFFICE, department, officer, system
from simulation.credit_records.story import Story
from simulation.credit_records.subjects import PROGRAM, Files, Subject, in_office
from simulation.matters import Matter
from simulation.office import local
from simulation.programme import World

IN_THE_POOL = 60_000
"""Of a million files in the whole city, those of whom something is heard on a day or two."""
OPENED_A_DAY = 600
CLOSED_A_DAY = 120
CLOSED_BEFORE = 100
"""Companies that ended some weeks ago, of which records still come."""


def plan(world: World) -> list[Matter]:
    """A function of the world."""
    files = Files(world)
    pool, closed = _pool(world, files), _closed(world, files)
    contributed = list(contributions(world, files, pool, closed))
    raced = [story for story in contributed if "race" in story.about]
    stories: list[Story] = [
        *contributed,
        *objections(world, files),
        *repairs(world, files),
        *listings(world, files),
        *queries(world, pool, raced),
    ]
    _new_and_ended(world, files)
    begin, end = local(world.days[0], 0), local(world.today, 0)
    written = (story.matter(end) for story in stories)
    return [*files.matters(begin, end), *(matter for matter in written if matter is not None)]


def _pool(world: World, files: Files) -> Sequence[Subject]:
    rng = Random(f"{world.seed}:{PROGRAM}:pool")
    count = world.scaled(IN_THE_POOL * (1 + len(world.working_days)) / 2, least=24)
    return [
        files.company(department(rng)) if n % 2 == 0 else files.person(department(rng))
        for n in range(count)
    ]


def _closed(world: World, files: Files) -> Sequence[Subject]:
    """Deregistered a month before the days."""
    rng = Random(f"{world.seed}:{PROGRAM}:closed")
    at = local(world.days[0] - timedelta(days=30), 10 * 3600)
    found = []
    for n in range(world.scaled(CLOSED_BEFORE, least=1)):
        company = files.company(CREDIT_OFFICE, represented=False)
        by = officer(rng, "market-regulation")
        company.command(at + timedelta(seconds=20 * n), "close-subject", by)
        found.append(company)
    return found


def _new_and_ended(world: World, files: Files) -> None:
    """Files that are opened on the days, some of them twice, and some that end."""
    rng = Random(f"{world.seed}:{PROGRAM}:new")
    days = len(world.working_days)
    for n in range(world.scaled(OPENED_A_DAY * days, least=3)):
        by, at = department(rng), in_office(rng, rng.choice(world.working_days))
        new = files.company(by, opened_at=at) if n % 3 == 0 else files.person(by, opened_at=at)
        if n % 12 == 1:
            again = system(department(rng))
            twice = at + timedelta(minutes=rng.randint(15, 40))
            new.command(twice, "open-subject", again, refused="subject-already-open", **new.opening)
    for n in range(world.scaled(CLOSED_A_DAY * days, least=2)):
        company = files.company(CREDIT_OFFICE)
        by_office = officer(rng, CREDIT_OFFICE if n % 2 else "market-regulation")
        at = in_office(rng, rng.choice(world.working_days))
        if n % 6 == 0:
            tax = officer(rng, "tax")
            company.command(at, "close-subject", tax, refused="forbidden")
        at += timedelta(minutes=20)
        company.command(at, "close-subject", by_office)
        if n % 4 == 1:
            company.command(
                at + timedelta(minutes=5), "end-proxy", by_office, proxy=company.owner.actor
            )
            company.command(
                at + timedelta(minutes=9), "end-proxy", by_office, proxy=company.owner.actor,
                refused="not-a-proxy",
            )  # fmt: skip
