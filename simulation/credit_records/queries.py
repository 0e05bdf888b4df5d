"""Who looks: officers in a case, banks with an authorisation, subjects into their own files.

Every request is on record, the refused ones too. Banks ask on the day the authorisation came or
later; some ask when it is revoked or over, for another purpose, for more than they were allowed.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from commands.base import Role
from domain.shared.derived_ids import derived_id
from domain.shared.instants import shanghai_date
from simulation.codes import uscc
from simulation.credit_records.sources import CREDIT_OFFICE, VOLUMES, another, officer
from simulation.credit_records.story import Story, dealt, token
from simulation.credit_records.subjects import PROGRAM, Subject, in_office
from simulation.matters import Sender
from simulation.office import Arrivals
from simulation.programme import World

A_DAY = 40_000
"""Requests of a day in the whole city: ten million a year."""

REFUSED = ("report-refused",)

# People look after work; nobody is at a bank's desk at night.
_AT_HOME = (
    *(0, 0, 0, 0, 0, 0, 0.5, 1.5),
    *(3.0, 5.5, 6.0, 5.0, 5.5, 5.0, 5.5, 5.5),
    *(5.0, 4.5, 5.0, 7.0, 9.0, 8.0, 3.0, 0),
)
_EVERY_DAY_ALIKE = (1.0,) * 7


class Fate(StrEnum):
    """Who asks on which basis."""

    CASE = "case"
    OWN = "own"
    ALLOWED = "allowed"
    REVOKED = "revoked"
    EXPIRED = "expired"
    OTHER_PURPOSE = "other-purpose"
    TOO_MUCH = "too-much"
    OTHER_READER = "other-reader"
    NO_BASIS = "no-basis"
    CASE_TOO_MUCH = "case-too-much"
    CASE_PURPOSE = "case-purpose"
    CURIOUS = "curious"
    TOO_LONG = "too-long"
    PASSED = "passed"
    FORGED = "forged"
    UNKNOWN = "unknown"


SHARES: Mapping[Fate, float] = {
    Fate.CASE: 52,
    Fate.OWN: 14,
    Fate.ALLOWED: 24,
    Fate.REVOKED: 1.6,
    Fate.EXPIRED: 1.4,
    Fate.OTHER_PURPOSE: 0.8,
    Fate.TOO_MUCH: 1,
    Fate.OTHER_READER: 0.5,
    Fate.NO_BASIS: 1.2,
    Fate.CASE_TOO_MUCH: 0.8,
    Fate.CASE_PURPOSE: 0.6,
    Fate.CURIOUS: 0.7,
    Fate.TOO_LONG: 0.5,
    Fate.PASSED: 0.3,
    Fate.FORGED: 0.3,
    Fate.UNKNOWN: 0.3,
}
_AFTER_WORK = (Fate.OWN, Fate.CURIOUS)

_CASES: Mapping[str, tuple[str, ...]] = {
    "finance": ("procurement", "subsidy"),
    CREDIT_OFFICE: ("procurement", "inspection"),
    "court": ("enforcement",),
}
_SCOPES = (
    ["counts", "lists"],
    ["counts", "lists", "negative"],
    ["counts", "lists", "measures", "positive", "negative"],
)
_PARTS = (["lists"], ["lists", "measures"], ["counts", "lists", "measures"])


def queries(world: World, pool: Sequence[Subject], raced: Sequence[Story]) -> Iterator[Story]:
    """The days' requests, with the authorisations that they rest on.

    ``raced`` are contributions of one second; an officer looks with each.
    """
    rng = Random(f"{world.seed}:{PROGRAM}:queries")
    at_home = Arrivals(world.days, _AT_HOME, _EVERY_DAY_ALIKE)
    share = 0.9  # some authorisations are used twice
    count = world.scaled(A_DAY * share * len(world.working_days), least=len(SHARES) + 8)
    for n, fate in enumerate(dealt(rng, SHARES, count)):
        own = Random(f"{world.seed}:{PROGRAM}:query:{n}")
        subject = own.choice(pool)
        if fate in _AFTER_WORK:
            at = at_home.draw(own)
        else:
            at = in_office(own, own.choice(world.working_days))
        story = Story(world, own, f"{PROGRAM}/query/{n}", subject, CREDIT_OFFICE, at)
        yield story
        yield from _written(story, fate)
    for n, race in enumerate(raced):
        own = Random(f"{world.seed}:{PROGRAM}:race-query:{n}")
        name = f"{PROGRAM}/query/race-{n}"
        story = Story(world, own, name, race.subject, CREDIT_OFFICE, race.zero)
        yield from (story, *_written(story, Fate.CASE))


def bank(rng: Random) -> Sender:
    """One of the city's banks, by its system."""
    return Sender(f"bank-{rng.randint(1, 60):02d}-credit", Role.AGENT)


def _ask(
    story: Story,
    at: datetime,
    by: Sender,
    purpose: str,
    parts: list[str],
    *,
    refused: str | None = None,
    after: tuple[str, ...] = (),
    basis: Mapping[str, str] | None = None,
) -> None:
    body: dict[str, Any] = {"subject": story.subject.given, "purpose": purpose, "parts": parts}
    kept = REFUSED if refused not in (None, "subject-unknown") else ()
    story.step(
        at, by, "request-report", {**body, **(basis or {})}, refused=refused, kept=kept, after=after,
        opened=refused != "subject-unknown",
    )  # fmt: skip


def _in_a_case(story: Story) -> tuple[Sender, str, dict[str, str]]:
    """An officer, a purpose that the department may have, and the case's number."""
    rng = story.rng
    department = rng.choice(list(VOLUMES))
    purpose = rng.choice(_CASES.get(department, ("licensing", "subsidy", "inspection")))
    case = f"{story.zero.year}-{department[:3]}-{rng.randint(1, 999_999):06d}"
    return officer(rng, department), purpose, {"case_no": case}


def _written(story: Story, fate: Fate) -> list[Story]:
    rng, owner, at = story.rng, story.subject.owner, story.zero
    match fate:
        case Fate.CASE | Fate.CASE_TOO_MUCH:
            by, purpose, case = _in_a_case(story)
            if fate is Fate.CASE_TOO_MUCH:
                while by.department == CREDIT_OFFICE:
                    by, purpose, case = _in_a_case(story)
                _ask(story, at, by, purpose, ["lists", "facts"], refused="out-of-scope", basis=case)
                at += timedelta(minutes=3)
            _ask(story, at, by, purpose, list(rng.choice(_PARTS)), basis=case)
        case Fate.CASE_PURPOSE:
            other = officer(rng, another(rng, "court"))
            case = {"case_no": f"{at.year}-{rng.randint(1, 999_999):06d}"}
            wrong = "purpose-not-allowed"
            _ask(story, at, other, "enforcement", ["lists"], refused=wrong, basis=case)
        case Fate.OWN:
            _ask(story, at, owner, "own", ["counts", "lists", "negative", "facts", "readers"])
        case Fate.CURIOUS:
            neighbour = Sender(f"{PROGRAM}-stranger-{rng.randint(1, 99)}", Role.CITIZEN)
            _ask(story, at, neighbour, "own", ["negative"], refused="no-authorisation")
        case Fate.NO_BASIS:
            _ask(story, at, bank(rng), "loan", ["counts", "lists"], refused="no-authorisation")
        case Fate.UNKNOWN:
            story.subject = _nobody(story)
            by, purpose, case = _in_a_case(story)
            _ask(story, at, by, purpose, ["lists"], refused="subject-unknown", basis=case)
        case _:
            return [_authorised(story, fate)]
    return []


def _nobody(story: Story) -> Subject:
    """A company that no department ever opened a file of."""
    code = uscc("enterprise", "330206", f"{story.world.run}:{story.name}:nobody")
    return Subject("", True, {"uscc": code}, {}, story.subject.owner, "")


# --- with an authorisation ---------------------------------------------------------------------


def _authorised(story: Story, fate: Fate) -> Story:
    """The request's story gets its steps; what it rests on is a matter of its own."""
    rng, owner, at = story.rng, story.subject.owner, story.zero
    granted_at = at - timedelta(minutes=rng.randint(6, 45))
    if fate is Fate.EXPIRED:
        granted_at -= timedelta(days=rng.randint(40, 80))
    elif rng.random() < 0.2:
        granted_at -= timedelta(days=rng.randint(1, 30))
    id = derived_id("simulated-authorisation", token(story.world, story.name))
    basis = Story(
        story.world, rng, f"{PROGRAM}/authorisation/{story.name.rpartition('/')[2]}",
        story.subject, CREDIT_OFFICE, granted_at, id=id,
    )  # fmt: skip
    reader, other = rng.sample(range(1, 61), 2)
    lender, another_bank = (Sender(f"bank-{n:02d}-credit", Role.AGENT) for n in (reader, other))
    purpose = rng.choices(("loan", "tender", "cooperation", "employment"), (70, 15, 10, 5))[0]
    scope = list(rng.choice(_SCOPES))
    last_day = shanghai_date(at) + timedelta(days=rng.randint(30, 300))
    if fate is Fate.EXPIRED:
        last_day = shanghai_date(granted_at) + timedelta(days=30)
    grant = {
        "authorisation_id": str(id),
        "subject": story.subject.given,
        "reader": lender.actor,
        "scope": scope,
        "purpose": purpose,
        "until": last_day.isoformat(),
    }
    _granted(basis, fate, owner, grant)
    label = (f"{basis.name}/granted",)
    rests = {"authorisation_id": str(id)}
    match fate:
        case Fate.OTHER_PURPOSE:
            wrong = "purpose-not-allowed"
            _ask(story, at, lender, "subsidy", scope, refused=wrong, after=label, basis=rests)
        case Fate.TOO_MUCH:
            all_of_it = [*scope, "facts"]
            _ask(
                story,
                at,
                lender,
                purpose,
                all_of_it,
                refused="out-of-scope",
                after=label,
                basis=rests,
            )
            _ask(story, at + timedelta(minutes=4), lender, purpose, scope, after=label, basis=rests)
        case Fate.OTHER_READER:
            wrong = "no-authorisation"
            _ask(story, at, another_bank, purpose, scope, refused=wrong, after=label, basis=rests)
        case Fate.EXPIRED:
            wrong = "no-authorisation"
            _ask(story, at, lender, purpose, scope, refused=wrong, after=label, basis=rests)
        case Fate.REVOKED:
            _ask(story, at, lender, purpose, scope, after=label, basis=rests)
            taken_back = at + timedelta(minutes=rng.randint(15, 50))
            revoked = f"{basis.name}/revoked"
            own = {"authorisation_id": str(id)}
            basis.step(taken_back, owner, "revoke-authorisation", own, label=revoked)
            again = taken_back + timedelta(minutes=rng.randint(5, 40))
            wrong = "no-authorisation"
            _ask(story, again, lender, purpose, scope, refused=wrong, after=(revoked,), basis=rests)
        case _:
            for n in range(rng.choices((1, 2), (85, 15))[0]):
                then = at + timedelta(minutes=17 * n)
                _ask(story, then, lender, purpose, scope, after=label, basis=rests)
    return basis


def _granted(basis: Story, fate: Fate, owner: Sender, grant: Mapping[str, Any]) -> None:
    """Allowed by the subject; some ask for too long a time first, or for one that is over."""
    at = basis.zero
    before = at - timedelta(minutes=3)
    today = shanghai_date(at)
    wrong: dict[Fate, tuple[str, dict[str, str], Sender]] = {
        Fate.TOO_LONG: (
            "authorisation-too-long",
            {"until": (today + timedelta(days=500)).isoformat()},
            owner,
        ),
        Fate.PASSED: (
            "authorisation-end-passed",
            {"until": (today - timedelta(days=2)).isoformat()},
            owner,
        ),
        Fate.FORGED: ("forbidden", {}, Sender(f"{PROGRAM}-stranger-7", Role.CITIZEN)),
    }
    if fate in wrong:
        code, changed, by = wrong[fate]
        basis.step(before, by, "grant-authorisation", {**grant, **changed}, refused=code)
    label = f"{basis.name}/granted"
    basis.step(at, owner, "grant-authorisation", grant, label=label)
