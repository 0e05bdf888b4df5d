"""Objections: a subject says that what is published of it is wrong, and the source decides.

The record is hidden meanwhile. Instant zero is the objection itself; the record had been published
some days before.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from random import Random

from simulation.credit_records.sources import PENALISING, another, officer, penalty
from simulation.credit_records.story import Part, Story, dealt
from simulation.credit_records.subjects import PROGRAM, Files
from simulation.matters import Sender
from simulation.programme import World

A_DAY = 2_000
"""Objections of a working day in the whole city."""


class Fate(StrEnum):
    """What becomes of an objection."""

    DISMISSED = "dismissed"
    FACTS_CORRECTED = "facts-corrected"
    MADE_MINOR = "made-minor"
    MADE_GENERAL = "made-general"
    REDATED = "redated"
    WITHDRAWN = "withdrawn"
    EVIDENCE = "evidence"
    TWICE = "twice"
    STRANGER = "stranger"
    OTHER_DEPARTMENT = "other-department"
    NOTHING_CORRECTED = "nothing-corrected"
    FUTURE_DATE = "future-date"
    LATE = "late"
    AGAIN = "again"
    QUASHED = "quashed"
    NO_OBJECTION = "no-objection"
    NOT_ASKED = "not-asked"
    ASKED_TWICE = "asked-twice"
    AT_COUNTER = "at-counter"
    DELISTED = "delisted"


SHARES: Mapping[Fate, float] = {
    Fate.DISMISSED: 28,
    Fate.FACTS_CORRECTED: 14,
    Fate.MADE_MINOR: 7,
    Fate.MADE_GENERAL: 4,
    Fate.REDATED: 3,
    Fate.WITHDRAWN: 12,
    Fate.EVIDENCE: 9,
    Fate.TWICE: 4,
    Fate.STRANGER: 2,
    Fate.OTHER_DEPARTMENT: 2,
    Fate.NOTHING_CORRECTED: 1,
    Fate.FUTURE_DATE: 1,
    Fate.LATE: 3,
    Fate.AGAIN: 2,
    Fate.QUASHED: 2,
    Fate.NO_OBJECTION: 1,
    Fate.NOT_ASKED: 1,
    Fate.ASKED_TWICE: 1,
    Fate.AT_COUNTER: 3,
    Fate.DELISTED: 1,
}

_SPANS: Mapping[Fate, float] = {
    Fate.WITHDRAWN: 5,
    Fate.EVIDENCE: 5,
    Fate.LATE: 9,
    Fate.AGAIN: 4,
    Fate.ASKED_TWICE: 4,
}
"""Working days from the objection to the last act."""
_SPAN = 3.0

GROUND = {"ground": "该决定已经履行完毕，记载与事实不符"}
RIGHT = {"answer": "经复核，记录无误"}


def objections(world: World, files: Files) -> Iterator[Story]:
    """The days' objections, new ones and those that are decided."""
    part = Part(world, files, "objection")
    rng = Random(f"{world.seed}:{PROGRAM}:objections")
    count = world.scaled(A_DAY * len(world.working_days), least=len(SHARES))
    for n, fate in enumerate(dealt(rng, SHARES, count)):
        own = Random(f"{world.seed}:{PROGRAM}:objection:{n}")
        source = own.choice(PENALISING)
        subject = files.company(source) if own.random() < 0.7 else files.person(source)
        span = _SPANS.get(fate, _SPAN)
        shown, at_home = n < len(SHARES), fate is not Fate.AT_COUNTER
        story = part.story(own, n, span, subject, source, shown=shown, at_home=at_home)
        severity = "serious" if fate is Fate.MADE_GENERAL else "general"
        lead = own.randint(1, 12)
        story.begin_with(
            penalty(source, severity),
            story.day(lead + own.randint(5, 9)),
            story.office_on(story.day(lead + 4)),
        )
        _write(story, fate)
        yield story


def _raise(story: Story, days: float = 0, by: Sender | None = None) -> None:
    evidence = story.evidence(story.rng.randint(0, 2))
    story.on_it(days, by or story.subject.owner, "raise-objection", **GROUND, evidence=evidence)


def _correct(story: Story, days: float, **correction: str) -> None:
    uphold = {"outcome": "correct", "answer": "部分有误，予以更正", "correction": correction}
    story.on_it(days, story.by, "uphold-objection", **uphold)


def _withdraw(story: Story, days: float) -> None:
    uphold = {"outcome": "withdraw", "answer": "记录有误，予以撤销"}
    story.on_it(days, story.by, "uphold-objection", **uphold)


def _dismiss(story: Story, days: float) -> None:
    story.on_it(days, story.by, "dismiss-objection", **RIGHT)


def _write(story: Story, fate: Fate) -> None:
    rng, owner = story.rng, story.subject.owner
    if fate is Fate.AT_COUNTER:
        _raise(story, by=story.credit_officer)
    elif fate is Fate.STRANGER:
        stranger = Sender(f"{PROGRAM}-stranger-{rng.randint(1, 99)}", owner.role)
        story.on_it(-0.1, stranger, "raise-objection", **GROUND, refused="forbidden")
        _raise(story)
    elif fate is Fate.NO_OBJECTION:
        story.on_it(-0.1, story.by, "dismiss-objection", **RIGHT, refused="not-in-state")
        _raise(story)
    elif fate is Fate.DELISTED:
        story.on_it(-0.1, story.by, "delist", refused="not-listed")
        _raise(story)
    else:
        _raise(story)
    match fate:
        case Fate.FACTS_CORRECTED:
            number = f"甬信更〔{story.zero.year}〕{rng.randint(1, 999)}号"
            _correct(story, 3, facts="逾期一日，已改正", decision_no=number)
        case Fate.MADE_MINOR:
            _correct(story, 3, severity="minor")
        case Fate.MADE_GENERAL:
            _correct(story, 3, severity="general")
        case Fate.REDATED:
            _correct(story, 3, determined_on=story.day(rng.randint(40, 70)).isoformat())
        case Fate.WITHDRAWN:
            _withdraw(story, 4)
            story.on_it(5, story.credit_officer, "confirm-removal")
        case Fate.QUASHED:
            story.on_it(2, story.by, "withdraw-basis", answer="法院判决撤销原决定")
            story.on_it(3, story.credit_officer, "confirm-removal")
        case Fate.EVIDENCE:
            story.on_it(1, story.by, "ask-evidence", what="请提供履行凭证")
            story.on_it(3, owner, "submit-evidence", evidence=story.evidence(2))
            _dismiss(story, 5)
        case Fate.NOT_ASKED:
            evidence = story.evidence(2)
            story.on_it(
                1, owner, "submit-evidence", evidence=evidence, refused="evidence-not-asked"
            )
            _dismiss(story, 3)
        case Fate.ASKED_TWICE:
            what = {"what": "请提供履行凭证"}
            story.on_it(1, story.by, "ask-evidence", **what)
            story.on_it(2, story.by, "ask-evidence", **what, refused="evidence-already-asked")
            story.on_it(3, owner, "submit-evidence", evidence=story.evidence(1))
            _dismiss(story, 4)
        case Fate.TWICE:
            again = {**GROUND, "evidence": story.evidence(1)}
            story.on_it(1, owner, "raise-objection", **again, refused="objection-open")
            _dismiss(story, 3)
        case Fate.OTHER_DEPARTMENT:
            other = officer(rng, another(rng, story.source))
            story.on_it(2, other, "dismiss-objection", **RIGHT, refused="forbidden")
            _dismiss(story, 3)
        case Fate.NOTHING_CORRECTED:
            empty = {"outcome": "correct", "answer": "更正", "correction": {}}
            story.on_it(2, story.by, "uphold-objection", **empty, refused="nothing-corrected")
            _correct(story, 3, facts="数量更正")
        case Fate.FUTURE_DATE:
            ahead = {"determined_on": story.day(-400).isoformat()}
            wrong = {"outcome": "correct", "answer": "日期更正", "correction": ahead}
            story.on_it(2, story.by, "uphold-objection", **wrong, refused="date-in-future")
            _correct(story, 3, determined_on=story.day(20).isoformat())
        case Fate.LATE:
            _dismiss(story, 9)
        case Fate.AGAIN:
            _dismiss(story, 1)
            _raise(story, 2)
            _dismiss(story, 4)
        case _:
            _dismiss(story, 3)
