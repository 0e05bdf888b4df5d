"""Tickets from before the days, of which something happens on one of them.

Each is opened a few days earlier, so that a single day, too, has call-backs of yesterday's work,
callers who could not be reached, reopened tickets and such as are overdue.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from domain.help_center_tickets.catalogue import CATALOGUE
from domain.help_center_tickets.states import Urgency
from simulation.help_center_tickets import services
from simulation.help_center_tickets.centre import PROGRAM, Centre, Hand, supervisor
from simulation.help_center_tickets.telling import PHOTO, Telling
from simulation.help_center_tickets.tickets import begun
from simulation.help_center_tickets.work import (
    MEMBER_TIMES,
    again,
    called_back,
    due_at,
    paused,
)
from simulation.office import local

Chapter = Callable[[Telling, Hand, date], None]


def _at(t: Telling, day: date, first: int, last: int) -> None:
    """On that day, between two hours."""
    t.not_before(local(day, t.rng.randint(first * 3600, last * 3600)))


def _done(t: Telling, hand: Hand) -> None:
    """Accepted and done on the day it came."""
    t.wait(12)
    t.dispatch(hand)
    t.wait(10, 0.4)
    t.accept(hand)
    t.contact(hand)
    t.wait(60, 0.4)
    t.report_done(hand)


def _yesterday(t: Telling, hand: Hand, day: date) -> None:
    """Done yesterday, called back today."""
    _done(t, hand)
    _at(t, day, 9, 12)
    called_back(t, lambda: again(t, hand, MEMBER_TIMES))


def _still_working(t: Telling, hand: Hand, day: date) -> None:
    """Accepted yesterday, done today."""
    t.wait(12)
    t.dispatch(hand)
    t.wait(10, 0.4)
    t.accept(hand)
    t.contact(hand)
    _at(t, day, 9, 15)
    if t.chance(0.1):
        t.say(t.by_caller, "urge")
    if t.chance(0.15):
        paused(t, hand)
    t.report_done(hand)
    called_back(t, lambda: again(t, hand, MEMBER_TIMES))


def _unreachable(t: Telling, hand: Hand, day: date) -> None:
    """Tried twice before; the third try, on another day, closes it."""
    _done(t, hand)
    t.path = "unreachable"
    before = day - timedelta(days=1)
    _at(t, before, 16, 17)
    t.call_back(None)
    t.wait(70, 0.3)
    if t.chance(0.4):
        t.call_back(None, close=True, refused="too-soon-to-close")
    t.call_back(None)
    _at(t, day, 9, 17)
    if t.chance(0.75):
        t.call_back(None, close=True)
    else:
        t.call_back(t.rating())


def _reopened(t: Telling, hand: Hand, day: date) -> None:
    """Closed, and the caller has new facts."""
    _done(t, hand)
    t.wait(40, 0.4)
    t.call_back(t.rating())
    _at(t, day, 9, 15)
    t.say(t.by_caller, "reopen", facts="同样的问题又出现了")
    again(t, hand, MEMBER_TIMES)
    t.path = "reopened"


def _too_late(t: Telling, hand: Hand, day: date) -> None:
    """Closed three weeks ago and more."""
    _done(t, hand)
    t.wait(40, 0.4)
    t.call_back(t.rating())
    _at(t, day, 9, 18)
    t.say(t.by_caller, "reopen", facts="还想再问一下", refused="reopen-too-late")


def _spent(t: Telling, hand: Hand, day: date) -> None:
    """Reopened twice; a third time is refused."""
    _done(t, hand)
    for _ in range(2):
        t.wait(30, 0.4)
        t.call_back(1, solved=False)
        t.wait(10)
        _done(t, hand)
    t.wait(30, 0.4)
    t.call_back(2, solved=False)
    t.path = "spent"
    _at(t, day, 9, 18)
    t.say(t.by_caller, "reopen", facts="还是没有解决", refused="reopen-spent")


def _overdue(t: Telling, hand: Hand, day: date) -> None:
    """The limit has passed; supervision looks at it, and now it is done."""
    t.wait(12)
    t.dispatch(hand)
    t.wait(30, 0.4)
    if t.chance(0.2):
        t.not_before(local(day, 8 * 3600 + 1800))
        t.give_back(hand, refused="return-too-late")
    t.accept(hand)
    t.contact(hand)
    _at(t, day, 9, 11)
    due = due_at(t)
    if t.chance(0.6) and due < t.at:
        t.extend(t.at + timedelta(days=3), refused="already-overdue")
    t.say(supervisor(t.rng.randint(1, 4)), "supervise", reason="超期未办结，限今日办结")
    t.path = "overdue"
    t.wait(90, 0.5)
    t.report_done(hand)
    called_back(t, lambda: again(t, hand, MEMBER_TIMES))


def _misconduct(t: Telling, hand: Hand, day: date) -> None:
    """The work was reported and not done; supervision finds it proven."""
    _done(t, hand)
    t.wait(40, 0.4)
    t.call_back(t.rating())
    t.path = "misconduct"
    _at(t, day, 9, 16)
    fields: dict[str, Any] = {
        "severity": t.rng.choice(("minor", "ordinary", "ordinary")),
        "finding": t.rng.choice(("虚假报完工", "擅自加价", "以次充好")),
        "evidence": [PHOTO],
        "decision_no": f"甬督字〔{day.year}〕{t.id.hex[:6]}号",
    }
    judge = supervisor(t.rng.randint(1, 4))
    refused = None if hand.kind == "company" else "holder-not-company"
    t.say(judge, "prove-misconduct", refused=refused, **fields)
    if refused is None and t.chance(0.4):
        t.say(judge, "prove-misconduct", refused="already-proven", **fields)


CHAPTERS: Mapping[str, tuple[float, Chapter, bool | None, tuple[int, int]]] = {
    "yesterday": (34, _yesterday, None, (1, 2)),
    "still-working": (22, _still_working, None, (1, 1)),
    "unreachable": (11, _unreachable, None, (2, 2)),
    "reopened": (9, _reopened, None, (2, 9)),
    "too-late": (3, _too_late, None, (26, 30)),
    "spent": (2, _spent, None, (3, 6)),
    "overdue": (9, _overdue, False, (10, 12)),
    "misconduct": (5, _misconduct, True, (2, 6)),
    "misconduct-of-a-department": (1, _misconduct, False, (2, 6)),
}
"""Percent of them, what happens, whether a member has it (None: either), how many days before."""


def older(centre: Centre, n: int, day: date) -> Telling:
    """The ``n``-th of them, of which something happens on ``day``."""
    rng = Random(f"{centre.world.seed}:{PROGRAM}:older:{n}")
    _, chapter, by_member, ago = CHAPTERS[
        rng.choices(list(CHAPTERS), [share for share, *_ in CHAPTERS.values()])[0]
    ]
    first = min(day, centre.world.days[0]) - timedelta(days=rng.randint(*ago))
    # within one hour, so that the days before cost few round trips
    at = local(first, rng.randint(9 * 3600, 10 * 3600))
    company = by_member if by_member is not None else rng.random() < 0.6
    weights = services.PAID if company else _ORDINARY
    t = begun(centre, rng, f"older/{n}", at, weights=weights)
    t.urgency = Urgency.ORDINARY
    t.named()
    t.open()
    t.wait(4, 0.4)
    t.classify()
    hand = _hand(t, company=company)
    chapter(t, hand, day)
    return t


_ORDINARY = {
    code: weight
    for code, weight in services.REQUESTED.items()
    if CATALOGUE[code].urgency is Urgency.ORDINARY
}
"""What is urgent is done before the day is over."""


def _hand(t: Telling, *, company: bool) -> Hand:
    fit = t.centre.by_service.get((t.service.code, t.district)) if company else None
    if fit:
        return t.centre.company(t.rng.choice(fit))
    return t.centre.department(t.service.department)
