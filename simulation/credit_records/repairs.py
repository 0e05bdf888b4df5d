"""Repairs: after the shortest publicity a subject asks that a record be shown no longer.

Instant zero is the application. The record is months old by then; its source alone decides, within
three working days whether the application is complete and within ten what becomes of it.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from random import Random

from domain.credit_records.items import ITEMS
from domain.credit_records.states import Kind
from simulation.credit_records.sources import (
    CREDIT_OFFICE,
    PENALISING,
    Said,
    another,
    officer,
    penalty,
)
from simulation.credit_records.story import Part, Story, dealt
from simulation.credit_records.subjects import PROGRAM, Files
from simulation.programme import World

A_DAY = 3_000
"""Applications of a working day in the whole city."""


class Fate(StrEnum):
    """What becomes of an application."""

    GRANTED = "granted"
    SERIOUS = "serious"
    REFUSED = "refused"
    TOO_EARLY = "too-early"
    DUTY = "duty"
    UNSIGNED = "unsigned"
    NOT_REPAIRABLE = "not-repairable"
    FALSE_COMMITMENT = "false-commitment"
    WRONG_DEPARTMENT = "wrong-department"
    ACCEPTED_TWICE = "accepted-twice"
    DUTY_TWICE = "duty-twice"
    LATE = "late"
    CONFIRMED_TWICE = "confirmed-twice"


SHARES: Mapping[Fate, float] = {
    Fate.GRANTED: 46,
    Fate.SERIOUS: 6,
    Fate.REFUSED: 12,
    Fate.TOO_EARLY: 9,
    Fate.DUTY: 7,
    Fate.UNSIGNED: 4,
    Fate.NOT_REPAIRABLE: 3,
    Fate.FALSE_COMMITMENT: 3,
    Fate.WRONG_DEPARTMENT: 3,
    Fate.ACCEPTED_TWICE: 1,
    Fate.DUTY_TWICE: 2,
    Fate.LATE: 3,
    Fate.CONFIRMED_TWICE: 1,
}

_SPANS: Mapping[Fate, float] = {
    Fate.TOO_EARLY: 0,
    Fate.NOT_REPAIRABLE: 0,
    Fate.UNSIGNED: 1,
    Fate.FALSE_COMMITMENT: 9,
    Fate.LATE: 17,
    Fate.CONFIRMED_TWICE: 6,
}
"""Working days from the application to the last act."""
_SPAN = 5.0

SIGNED = {"commitment_signed": True}


def repairs(world: World, files: Files) -> Iterator[Story]:
    """The days' applications, new ones and those that are in work."""
    part = Part(world, files, "repair")
    rng = Random(f"{world.seed}:{PROGRAM}:repairs")
    count = world.scaled(A_DAY * len(world.working_days), least=len(SHARES))
    for n, fate in enumerate(dealt(rng, SHARES, count)):
        own = Random(f"{world.seed}:{PROGRAM}:repair:{n}")
        source, what = _what(own, fate)
        person = fate is Fate.NOT_REPAIRABLE or own.random() < 0.25
        subject = files.person(source) if person else files.company(source)
        span = _SPANS.get(fate, _SPAN)
        shown = n < len(SHARES)
        story = part.story(own, n, span, subject, source, shown=shown, at_home=True)
        ago = _days_ago(own, fate, what)
        duty = fate in (Fate.DUTY, Fate.DUTY_TWICE)
        contributed = story.office_on(story.day(ago) + timedelta(days=own.randint(3, 7)))
        story.begin_with(what, story.day(ago), contributed, duty_outstanding=duty)
        _write(story, fate)
        yield story


def _what(rng: Random, fate: Fate) -> tuple[str, Said]:
    if fate is Fate.NOT_REPAIRABLE:
        return "court", Said(ITEMS["criminal-judgment"], Kind.NEGATIVE, "general")
    source = rng.choice(PENALISING)
    return source, penalty(source, "serious" if fate is Fate.SERIOUS else "general")


def _days_ago(rng: Random, fate: Fate, what: Said) -> int:
    """When it was decided: past the minimum, before the maximum, but for who asks too early."""
    if fate is Fate.TOO_EARLY:
        return rng.randint(20, 80)
    return rng.randint(380, 600) if what.severity == "serious" else rng.randint(100, 300)


def _apply(story: Story, days: float = 0) -> None:
    evidence = story.evidence(story.rng.randint(1, 3))
    story.on_it(days, story.subject.owner, "apply-repair", evidence=evidence, **SIGNED)


def _accept_and_grant(story: Story, accepted: float, granted: float) -> None:
    story.on_it(accepted, story.by, "accept-repair")
    story.on_it(granted, story.by, "grant-repair")


def _write(story: Story, fate: Fate) -> None:
    rng, owner = story.rng, story.subject.owner
    asked = {"evidence": story.evidence(1), **SIGNED}
    done = {"refused": "no-duty-outstanding"}
    match fate:
        case Fate.REFUSED:
            _apply(story)
            story.on_it(1, story.by, "accept-repair")
            story.on_it(5, story.by, "refuse-repair", reason="整改材料不足以证明已消除影响")
        case Fate.TOO_EARLY | Fate.NOT_REPAIRABLE:
            story.on_it(0, owner, "apply-repair", **asked, refused=fate.value)
        case Fate.DUTY:
            story.on_it(0, owner, "apply-repair", **asked, refused="duty-outstanding")
            story.on_it(1, story.by, "record-duty-done")
            _apply(story, 2)
            _accept_and_grant(story, 3, 5)
        case Fate.DUTY_TWICE:
            story.on_it(-2, story.by, "record-duty-done")
            story.on_it(-1, story.by, "record-duty-done", **done)
            _apply(story)
            _accept_and_grant(story, 2, 5)
        case Fate.UNSIGNED:
            unsigned = {"evidence": story.evidence(1), "commitment_signed": False}
            story.on_it(0, owner, "apply-repair", **unsigned, refused="commitment-missing")
            _apply(story, 0.1)
            story.on_it(1, story.by, "accept-repair")
        case Fate.FALSE_COMMITMENT:
            _apply(story)
            _accept_and_grant(story, 1, 3)
            story.on_it(4, story.credit_officer, "confirm-removal")
            story.on_it(8, story.by, "revoke-repair", reason="承诺不实，问题未整改")
            story.on_it(9, owner, "apply-repair", **asked, refused="repair-barred")
        case Fate.WRONG_DEPARTMENT:
            _apply(story)
            story.on_it(1, story.by, "accept-repair")
            other = officer(rng, another(rng, story.source))
            story.on_it(3, other, "grant-repair", refused="forbidden")
            story.on_it(5, story.by, "grant-repair")
        case Fate.ACCEPTED_TWICE:
            _apply(story)
            story.on_it(1, story.by, "accept-repair")
            story.on_it(1.3, story.by, "accept-repair", refused="repair-already-accepted")
            story.on_it(5, story.by, "grant-repair")
        case Fate.LATE:
            _apply(story)
            _accept_and_grant(story, 5, 17)
        case Fate.CONFIRMED_TWICE:
            _apply(story)
            _accept_and_grant(story, 1, 4)
            story.on_it(5, story.credit_officer, "confirm-removal")
            again = officer(rng, CREDIT_OFFICE)
            story.on_it(6, again, "confirm-removal", refused="removal-not-expected")
        case _:
            _apply(story)
            _accept_and_grant(story, 1, 4)
            story.on_it(5, story.credit_officer, "confirm-removal")
