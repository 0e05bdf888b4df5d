"""What departments send: batches in office hours, mostly good or neutral, some of it refused.

Each department's system delivers in the morning and in the afternoon, records a second or two
apart; its officers publish an hour later. Before the year's checks several departments send about
one company within the same second.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from domain.credit_records.items import NOT_COLLECTABLE
from domain.credit_records.states import Kind
from simulation.credit_records.sources import (
    PENALISING,
    VOLUMES,
    Said,
    another,
    department,
    penalty,
    said,
    system,
)
from simulation.credit_records.story import Part, Story, dealt
from simulation.credit_records.subjects import PROGRAM, Files, Subject
from simulation.office import local
from simulation.programme import World

A_DAY = 80_000
"""Records of a working day in the whole city."""
RACES_A_DAY = 400
"""Subjects of a working day about whom several departments send at once."""

PUBLISH_AFTER = timedelta(minutes=50)


class Fate(StrEnum):
    """What is special about a contribution; ``PLAIN`` for most."""

    LATE = "late"
    RESENT = "resent"
    OTHER_BODY = "other-body"
    UNKNOWN_ITEM = "unknown-item"
    OTHER_SOURCE = "other-source"
    NOT_COLLECTABLE = "not-collectable"
    OTHER_KIND = "other-kind"
    FUTURE = "future"
    NOBODY = "nobody"
    NO_SEVERITY = "no-severity"
    MINOR = "minor"
    OLD = "old"
    QUASHED = "quashed"
    CLOSED = "closed"
    BY_OTHERS = "by-others"
    PLAIN = "plain"


SHARES: Mapping[Fate, float] = {
    Fate.LATE: 3.5,
    Fate.RESENT: 2,
    Fate.OTHER_BODY: 0.8,
    Fate.UNKNOWN_ITEM: 0.8,
    Fate.OTHER_SOURCE: 0.7,
    Fate.NOT_COLLECTABLE: 0.4,
    Fate.OTHER_KIND: 0.6,
    Fate.FUTURE: 0.7,
    Fate.NOBODY: 0.9,
    Fate.NO_SEVERITY: 0.5,
    Fate.MINOR: 0.5,
    Fate.OLD: 0.3,
    Fate.QUASHED: 1,
    Fate.CLOSED: 0.3,
    Fate.BY_OTHERS: 0.3,
    Fate.PLAIN: 86.7,
}
"""Percent. A source of good quality has some three in a hundred refused."""
LEAST = len(SHARES) + 24

_FINED = {
    Fate.MINOR: "minor",
    Fate.OLD: "general",
    Fate.QUASHED: "general",
    Fate.CLOSED: "general",
    Fate.BY_OTHERS: "general",
}
"""Fates of fines, by severity."""
_WRONG: Mapping[Fate, str] = {
    Fate.UNKNOWN_ITEM: "unknown-item",
    Fate.OTHER_SOURCE: "not-the-source",
    Fate.NOT_COLLECTABLE: "item-not-collectable",
    Fate.OTHER_KIND: "kind-mismatch",
    Fate.FUTURE: "date-in-future",
    Fate.NO_SEVERITY: "severity-mismatch",
}
"""What is sent wrong at first, and the code it is refused with."""
AT_THE_DOOR = "severity-mismatch"
REJECTED = ("contribution-rejected",)


@dataclass(slots=True)
class _Batches:
    """When each department delivers; each record takes its turn in its batch."""

    world: World
    taken: dict[datetime, int] = field(default_factory=dict)

    def next(self, rng: Random, source: str, day: date) -> datetime:
        """The record's instant in one of the day's two batches."""
        when = Random(f"{self.world.seed}:{PROGRAM}:batch:{source}:{day}")
        morning = local(day, when.randint(9 * 3600, 10 * 3600 + 1800))
        afternoon = local(day, when.randint(13 * 3600 + 1800, 15 * 3600))
        begun = morning if rng.random() < 0.6 else afternoon
        place = self.taken.get(begun, 0)
        self.taken[begun] = place + 1
        return begun + timedelta(seconds=2 * place)


def contributions(
    world: World, files: Files, pool: Sequence[Subject], closed: Sequence[Subject]
) -> Iterator[Story]:
    """The days' records about those of the pool, and about companies that are ``closed``."""
    part = Part(world, files, "record")
    batches = _Batches(world)
    rng = Random(f"{world.seed}:{PROGRAM}:contributions")
    days = len(world.working_days)
    fates = dealt(rng, SHARES, world.scaled(A_DAY * days, least=LEAST))
    sources = dealt(rng, VOLUMES, len(fates))
    rng.shuffle(sources)
    for n, (fate, source) in enumerate(zip(fates, sources, strict=True)):
        own = Random(f"{world.seed}:{PROGRAM}:record:{n}")
        subject = own.choice(closed if fate is Fate.CLOSED else pool)
        if fate is Fate.NOBODY:
            subject = files.company(source, represented=False, opened_at=local(world.today, 0))
        says, what = _what(own, fate, source, subject)
        story = part.story(own, n, 0, subject, says, shown=True)
        story.zero = batches.next(own, says, own.choice(world.working_days))
        _write(story, fate, what)
        yield story
    yield from _races(world, part, len(fates), pool)


def _what(rng: Random, fate: Fate, source: str, subject: Subject) -> tuple[str, Said]:
    """Who says what. A list that the subject stands on already is not entered again."""
    severity = _FINED.get(fate)
    if severity or fate in (Fate.NO_SEVERITY, Fate.OTHER_KIND):
        source = source if source in PENALISING else rng.choice(PENALISING)
        return source, penalty(source, severity or "general")
    while True:
        what = said(rng, source, of_company=subject.company)
        red = what and what.item.red_list
        if what and red not in subject.red_lists:
            subject.red_lists |= {red} if red else set()
            return source, what
        source = department(rng)


def _write(story: Story, fate: Fate, what: Said) -> None:
    rng = story.rng
    ago = rng.randint(1, 5)
    if fate is Fate.LATE:
        ago = rng.randint(14, 45)
    elif fate is Fate.OLD:
        ago = rng.randint(380, 700)
    elif fate is Fate.QUASHED:
        ago = rng.randint(2, 5)
    determined_on = story.day(ago)
    contributed = story.zero
    if fate in _WRONG or fate in (Fate.NOBODY, Fate.CLOSED):
        contributed += timedelta(minutes=rng.randint(20, 40))
    if fate is Fate.CLOSED:
        determined_on = story.world.days[0] - timedelta(days=45)
    publish = contributed + PUBLISH_AFTER
    begin = f"{story.name}/contributed"
    story.begin_with(what, determined_on, contributed, published_at=publish, label=begin)
    if fate in _WRONG or fate in (Fate.NOBODY, Fate.CLOSED):
        _first_wrong(story, fate, what)
    number = story.steps[0].body["source_record_no"]
    again = contributed + timedelta(minutes=5)
    sender = system(story.source)
    if fate is Fate.RESENT:
        story.step(again, sender, "contribute-record", story.steps[0].body)
    elif fate is Fate.OTHER_BODY:
        body = story.contribution(what, number, determined_on, facts="事实有出入")
        _rejected(story, again, body, "duplicate-source-record")
    elif fate is Fate.MINOR:
        story.step(publish, story.by, "publish", story.own, refused="not-publishable")
    elif fate is Fate.OLD:
        story.steps.pop()
        story.step(publish, story.by, "publish", story.own, refused="publicity-over")
    elif fate is Fate.BY_OTHERS:
        other = system(_not_office(rng, story.source))
        at = publish - timedelta(minutes=5)
        story.step(at, other, "publish", story.own, refused="forbidden")
    elif fate is Fate.QUASHED:
        later = story.at(0.25)
        answer = {"answer": "行政复议撤销原处罚决定"}
        story.step(later, story.by, "withdraw-basis", {**story.own, **answer})
        gone = later + timedelta(minutes=30)
        story.step(gone, story.credit_officer, "confirm-removal", story.own)


def _not_office(rng: Random, source: str) -> str:
    """Another department than the source and the credit office."""
    while (other := another(rng, source)) == "development-reform":
        pass
    return other


def _first_wrong(story: Story, fate: Fate, what: Said) -> None:
    """What was sent at the batch's turn, before it was put right."""
    right = dict(story.steps[0].body)
    if fate is Fate.NOBODY:
        _rejected(story, story.zero, right, "subject-unknown", opened=False)
        story.subject.opened_at = story.zero + timedelta(minutes=10)
        return
    if fate is Fate.CLOSED:
        wrong = right | {"determined_on": story.day(2).isoformat()}
        sender = system(story.source)
        story.step(story.zero, sender, "contribute-record", wrong, refused="subject-closed")
        return
    changed: dict[str, Any]
    match fate:
        case Fate.UNKNOWN_ITEM:
            changed = {"catalogue_item": f"{what.item.code}-old"}
        case Fate.OTHER_SOURCE:
            others = [one for one in PENALISING if one not in what.item.sources]
            code = f"penalty-{story.rng.choice(others)}"
            changed = {"catalogue_item": code, "kind": "negative", "severity": "general"}
        case Fate.NOT_COLLECTABLE:
            changed = {"catalogue_item": story.rng.choice(sorted(NOT_COLLECTABLE))}
        case Fate.OTHER_KIND:
            changed = {"kind": Kind.POSITIVE.value, "severity": None}
        case Fate.FUTURE:
            changed = {"determined_on": story.day(-366).isoformat()}
        case _:
            changed = {"severity": None}
    _rejected(story, story.zero, right | changed, _WRONG[fate])


def _rejected(
    story: Story, at: datetime, body: Mapping[str, Any], code: str, *, opened: bool = True
) -> None:
    """Refused, which the source's ledger counts unless the body alone was enough for it."""
    kept = () if code == AT_THE_DOOR else REJECTED
    sender = system(story.source)
    story.step(at, sender, "contribute-record", body, refused=code, kept=kept, opened=opened)


def _races(world: World, part: Part, first: int, pool: Sequence[Subject]) -> Iterator[Story]:
    """Three to five departments about one subject in the same second, and publish alike."""
    rng = Random(f"{world.seed}:{PROGRAM}:races")
    n = first
    for race in range(world.scaled(RACES_A_DAY * len(world.working_days), least=2)):
        day = rng.choice(world.working_days)
        at = local(day, 16 * 3600 + 60 * (race % 20))
        subject = rng.choice([one for one in pool if one.company])
        for source in rng.sample(PENALISING, rng.randint(3, 5)):
            own = Random(f"{world.seed}:{PROGRAM}:record:{n}")
            story = part.story(own, n, 0, subject, source, shown=True)
            story.zero = at
            story.about["race"] = race
            what = penalty(source, own.choice(("minor", "general")))
            story.begin_with(what, story.day(3), at, published_at=at + timedelta(minutes=20))
            yield story
            n += 1
