"""When each application comes, and what the registry's officers do with it, minute by minute.

A discrete-event simulation: applicants arrive, counters work in order, decisions take time. It
knows nothing of names or capitals, only of seconds; what it draws depends on the seed alone.
"""

import heapq
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random

from domain.shared.calendar import Calendar
from domain.shared.identifiers import UsccKind
from domain.shared.instants import SHANGHAI, shanghai_date
from simulation import people
from simulation.office import (
    MINUTE,
    Arrivals,
    Counter,
    lognormal_seconds,
    staffed,
)

KINDS: dict[UsccKind, float] = {"enterprise": 0.55, "sole-trader": 0.42, "cooperative": 0.03}

NEEDS_CORRECTION = 0.18
SECOND_ROUND = 0.16
"""Of those who corrected once."""
NEVER_ANSWERED = 0.07
"""Of the corrections; the time for an answer runs out weeks later."""
REJECTED = 0.03
WITHDRAWN = 0.015
TIRED = 0.008
"""Examiners who try to issue, too, what they examined; twice as many after four o'clock."""

EXAMINE_MEDIAN = 9.7 * MINUTE
ISSUE_MEDIAN = 4.5 * MINUTE
LONGEST_WORK = 100.0 * MINUTE
PICK_UP_MEAN = 3.6 * MINUTE
MINUTES_EACH = 19.0
"""Examining and issuing together, for staffing."""


class Fate(StrEnum):
    """How an application ends, if the days suffice."""

    LICENSED = "licensed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    UNANSWERED = "unanswered"


class Act(StrEnum):
    """What happens to an application; named as the commands are."""

    RESERVE = "reserve-name"
    SUBMIT = "submit-application"
    CORRECT = "request-correction"
    RESUBMIT = "resubmit"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    ISSUE = "issue-licence"
    FOUR_EYES = "issue-licence-alone"


@dataclass(frozen=True, slots=True)
class Moment:
    """An act and its instant; ``officer`` when one acts, else the applicant."""

    at: datetime
    act: Act
    officer: str | None = None


@dataclass(slots=True)
class Case:
    """One application. ``n`` counts from 0 in the order in which they were drawn."""

    n: int
    district: str
    kind: UsccKind
    fate: Fate
    rounds: int
    submit_at: datetime
    examiner: str | None = None
    moments: list[Moment] = field(default_factory=list)

    def at(self, act: Act) -> datetime | None:
        """The last instant of an act, None when it did not happen."""
        return max((m.at for m in self.moments if m.act is act), default=None)


@dataclass(frozen=True, slots=True)
class Timeline:
    """All cases by the time of their first act, and the days they fall on."""

    cases: tuple[Case, ...]
    days: tuple[date, ...]
    end: datetime


def timeline(seed: int, applications: int, days: Sequence[date], calendar: Calendar) -> Timeline:
    """The whole office at work on these working days; nothing in it happens after the last.

    What would happen later is left out, so that the last afternoon's applications are still open.
    """
    end = _closing(days[-1], calendar)
    cases = [_drawn(seed, n, Arrivals(days), end) for n in range(applications)]
    offices = _offices(cases, len(days), calendar)
    todo: list[tuple[datetime, int, bool]] = []
    for case in cases:
        _begin(Random(f"{seed}:{case.n}:begin"), case, todo)
    rngs = [Random(f"{seed}:{case.n}:office") for case in cases]
    while todo:
        ready, n, approved = heapq.heappop(todo)
        rng, case, office = rngs[n], cases[n], offices[cases[n].district]
        if approved:
            _issue(rng, case, office, ready)
        else:
            _examine(rng, case, office, ready, todo)
    for case in cases:
        case.moments = sorted((m for m in case.moments if m.at <= end), key=lambda m: m.at)
    return Timeline(tuple(sorted(cases, key=lambda c: (c.moments[0].at, c.n))), tuple(days), end)


def _closing(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, calendar.hours.closes, tzinfo=SHANGHAI)


def _drawn(seed: int, n: int, arrivals: Arrivals, end: datetime) -> Case:
    rng = Random(f"{seed}:{n}:case")
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    rounds = 0
    fate = Fate.LICENSED
    if rng.random() < NEEDS_CORRECTION:
        rounds = 1 + (rng.random() < SECOND_ROUND)
        if rng.random() < NEVER_ANSWERED:
            fate = Fate.UNANSWERED
    if fate is Fate.LICENSED:
        drawn = rng.random()
        fate = (
            Fate.REJECTED
            if drawn < REJECTED
            else Fate.WITHDRAWN
            if drawn < REJECTED + WITHDRAWN
            else Fate.LICENSED
        )
    district = people.district(rng)
    submit_at = arrivals.draw(rng)
    while submit_at > end:
        submit_at = arrivals.draw(rng)
    return Case(n, district, kind, fate, rounds, submit_at)


def _offices(cases: Sequence[Case], days: int, calendar: Calendar) -> dict[str, Counter]:
    per_district = Tally(case.district for case in cases)
    return {
        code: staffed(f"officer-{code}", per_district[code] / days, MINUTES_EACH, calendar)
        for code in people.INHABITANTS
    }


def _begin(rng: Random, case: Case, todo: list[tuple[datetime, int, bool]]) -> None:
    # Some have their papers ready, others come back days later.
    thinking = max(15 * MINUTE, lognormal_seconds(rng, 45 * MINUTE, 1.3, most=9 * 86_400))
    case.moments.append(Moment(case.submit_at - timedelta(seconds=thinking), Act.RESERVE))
    case.moments.append(Moment(case.submit_at, Act.SUBMIT))
    if case.fate is Fate.WITHDRAWN and case.rounds == 0:
        soon = timedelta(seconds=rng.randint(40, 170))
        case.moments.append(Moment(case.submit_at + soon, Act.WITHDRAW))
    else:
        heapq.heappush(todo, (case.submit_at, case.n, False))


def _examine(
    rng: Random,
    case: Case,
    office: Counter,
    ready: datetime,
    todo: list[tuple[datetime, int, bool]],
) -> None:
    asked = sum(m.act is Act.CORRECT for m in case.moments)
    # The second look is at what was wrong only; a stall needs less of it than a company.
    ease = (0.5 if asked else 1.0) * (0.7 if case.kind == "sole-trader" else 1.15)
    work = lognormal_seconds(rng, EXAMINE_MEDIAN * ease, 0.6, LONGEST_WORK)
    officer, done = office.work(ready, work, pick_up=_pick_up(rng))
    if asked < case.rounds:
        case.moments.append(Moment(done, Act.CORRECT, officer))
        _answer(rng, case, done, asked + 1, todo)
    elif case.fate is Fate.REJECTED:
        case.moments.append(Moment(done, Act.REJECT, officer))
    else:
        case.examiner = officer
        case.moments.append(Moment(done, Act.APPROVE, officer))
        heapq.heappush(todo, (done, case.n, True))


def _answer(
    rng: Random, case: Case, asked_at: datetime, asked: int, todo: list[tuple[datetime, int, bool]]
) -> None:
    answer_at = asked_at + timedelta(seconds=lognormal_seconds(rng, 5 * 3600, 1.4, 15 * 86_400))
    if asked == case.rounds and case.fate is Fate.UNANSWERED:
        return
    if asked == case.rounds and case.fate is Fate.WITHDRAWN:
        case.moments.append(Moment(answer_at, Act.WITHDRAW))
        return
    case.moments.append(Moment(answer_at, Act.RESUBMIT))
    heapq.heappush(todo, (answer_at, case.n, False))


def _issue(rng: Random, case: Case, office: Counter, ready: datetime) -> None:
    work = lognormal_seconds(rng, ISSUE_MEDIAN, 0.5, LONGEST_WORK)
    officer, done = office.work(ready, work, pick_up=_pick_up(rng), not_by=case.examiner)
    late = ready.astimezone(SHANGHAI).hour >= 16
    same_day = shanghai_date(done) == shanghai_date(ready)
    if rng.random() < TIRED * (2 if late else 1) and same_day:
        soon = timedelta(seconds=max(1, int((done - ready).total_seconds()) // 2))
        case.moments.append(Moment(ready + soon, Act.FOUR_EYES, case.examiner))
    case.moments.append(Moment(done, Act.ISSUE, officer))


def _pick_up(rng: Random) -> int:
    return min(25 * MINUTE, round(rng.expovariate(1 / PICK_UP_MEAN)))
