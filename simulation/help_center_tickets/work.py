"""The work on a ticket: who gets it, what is special about it, how its caller is called back.

Each ticket takes one turn at most; the mistakes that people make on it, and are refused for, are
shares of the tickets that come by there.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from domain.help_center_tickets import limits
from domain.help_center_tickets.states import Tier, Urgency
from domain.shared.clocks import Limit, Unit
from domain.shared.instants import shanghai_date
from simulation.help_center_tickets import services
from simulation.help_center_tickets.centre import (
    RIGHT_OR_NOT,
    Hand,
    Standing,
    agent,
    supervisor,
)
from simulation.help_center_tickets.hours import in_daylight
from simulation.help_center_tickets.telling import Telling

Times = tuple[float, float, float]
"""Minutes until a ticket is accepted, until its caller is spoken to, until it is done."""

OFFICE_TIMES: Times = (50, 70, 260)
ON_DUTY_TIMES: Times = (8, 25, 200)
MEMBER_TIMES: Times = (18, 25, 170)
EMERGENCY_TIMES: Times = (1.2, 4, 40)


class Turn(StrEnum):
    """What is special about the work on a ticket; ``PLAIN`` for most."""

    PLAIN = "plain"
    RETURNED = "returned"
    ARBITRATED = "arbitrated"
    TRANSFERRED = "transferred"
    PAUSED = "paused"
    EXTENDED = "extended"
    WITHDRAWN = "withdrawn"
    RECLASSIFIED = "reclassified"
    RAISED = "raised"


TURNS: Mapping[Turn, float] = {
    Turn.PLAIN: 68,
    Turn.RETURNED: 9,
    Turn.ARBITRATED: 2.5,
    Turn.TRANSFERRED: 4,
    Turn.PAUSED: 5,
    Turn.EXTENDED: 3,
    Turn.WITHDRAWN: 3.5,
    Turn.RECLASSIFIED: 3,
    Turn.RAISED: 2,
}
"""Percent of the tickets that somebody has to work on."""

DISSATISFIED = 0.07
"""Of those who are called back; they reopen their ticket with it."""


def worked(
    t: Telling,
    hand: Hand,
    *,
    times: Times = OFFICE_TIMES,
    turned: bool = False,
) -> None:
    """From the dispatch to the last call-back; ``turned``: something special may come of it."""
    turn = t.rng.choices(list(TURNS), list(TURNS.values()))[0] if turned else Turn.PLAIN
    if turn is Turn.WITHDRAWN and t.caller is None:
        turn = Turn.PLAIN
    t.path = turn.value if turned else t.path
    if not begun(t, hand, turn, times):
        return
    hand = _moved(t, hand, turn, times)
    t.wait(times[1], 0.5, hand.pace)
    t.contact(hand)
    if t.chance(0.01):
        t.contact(hand, refused="already-contacted")
    priced(t, hand)
    pressed(t)
    if turn is Turn.RAISED:
        t.urgency = Urgency.URGENT
        t.say(agent(t.rng), "reclassify", item=t.service.code, urgency="urgent")
    elif turn is Turn.PAUSED:
        paused(t, hand)
    elif turn is Turn.EXTENDED:
        extended(t)
    t.wait(times[2], 0.7, hand.pace)
    t.report_done(hand)
    called_back(t, lambda: again(t, hand, times))


def begun(t: Telling, hand: Hand, turn: Turn, times: Times) -> bool:
    """Until somebody works on it; False when the caller took it back before."""
    if turn is Turn.RECLASSIFIED:
        other = services.drawn(t.rng, services.REQUESTED)
        t.say(agent(t.rng), "reclassify", item=other.code)
        t.service, hand = other, t.centre.department(other.department)
    elif turn is Turn.RETURNED:
        _returned(t)
    elif turn is Turn.ARBITRATED:
        _returned(t)
        if t.chance(0.2):
            t.arbitrate(hand, refused="nothing-to-arbitrate")
        _returned(t)
        if t.chance(0.3):
            t.dispatch(hand, refused="arbitration-needed")
        t.wait(40, 0.4, t.centre.department("supervision").pace)
        t.arbitrate(hand)
        if t.chance(0.3):
            t.give_back(hand, refused="return-spent")
        return True
    t.dispatch(hand)
    t.wait(times[0], 0.6, hand.pace)
    if turn is Turn.WITHDRAWN:
        t.say(t.by_caller, "withdraw")
        if t.chance(0.4):
            t.accept(hand, refused="not-in-state")
        return False
    if t.chance(0.01) and hand.kind == "company":
        stranger = t.rng.choice(t.centre.standing(Standing.EXPELLED))
        t.accept(t.centre.company(stranger), refused="forbidden")
    t.accept(hand)
    return True


def _returned(t: Telling) -> None:
    """Sent to whom it does not concern, who gives it back within the day."""
    wrong = t.centre.department(
        t.rng.choice([d for d in RIGHT_OR_NOT if d != t.service.department])
    )
    t.dispatch(wrong)
    t.wait(30, 0.4, wrong.pace)
    t.give_back(wrong)
    t.wait(12)


def _moved(t: Telling, hand: Hand, turn: Turn, times: Times) -> Hand:
    """Who has it after somebody else took it over, if somebody did."""
    if turn is Turn.RECLASSIFIED:
        return t.centre.department(t.service.department)
    if turn is not Turn.TRANSFERRED:
        return hand
    other = t.centre.department("market-regulation" if hand.kind == "company" else "commerce")
    if other.code == hand.code:
        other = t.centre.department("urban-management")
    if t.chance(0.25):
        t.transfer(hand, other, agrees=False, refused="transfer-not-agreed")
    if t.chance(0.2):
        t.transfer(hand, hand, refused="holder-has-it")
    t.wait(30, 0.5, hand.pace)
    t.transfer(hand, other)
    t.wait(times[0], 0.5, other.pace)
    t.accept(other)
    return other


def priced(t: Telling, hand: Hand) -> None:
    """A paid service is quoted for, and the caller agrees to the price."""
    if not t.service.paid or hand.kind != "company":
        if t.chance(0.008) and not t.service.paid:
            t.quote(hand, refused="not-paid-service")
        return
    t.wait(10)
    t.quote(hand)
    t.wait(6)
    t.say(t.by_caller, "accept-quote")
    if t.chance(0.03):
        t.say(t.by_caller, "accept-quote", refused="no-quote")


def pressed(t: Telling) -> None:
    """The caller asks where it is; supervision looks at it."""
    if t.caller is not None and t.chance(0.07):
        t.wait(60, 0.5, in_daylight)
        t.say(t.by_caller, "urge")
        if t.chance(0.2):
            t.say(t.by_caller, "urge", refused="urged-today")
    if t.chance(0.025):
        t.say(supervisor(t.rng.randint(1, 4)), "supervise", reason="群众反映集中，限期办结")
    if t.chance(0.012):
        officer = supervisor(t.rng.randint(1, 4))
        t.say(officer, "escalate", level=4, reason="社会影响较大")
        if t.chance(0.4):
            t.say(officer, "escalate", level=4, reason="社会影响较大", refused="level-raised")


def paused(t: Telling, hand: Hand) -> None:
    """Rain, a part that is not there, or a caller who is away; it ends before its time."""
    ground = t.rng.choice(("parts", "weather", "caller"))
    until = t.at + timedelta(hours=t.rng.choice((3, 5, 26, 50)))
    if ground == "caller" and t.chance(0.25):
        t.pause(hand, until, ground=ground, refused="pause-not-agreed")
    if t.chance(0.15):
        t.pause(hand, t.at + timedelta(days=30), ground="weather", refused="pause-spent")
    t.pause(hand, until, ground=ground)
    t.at = until - timedelta(seconds=t.rng.randint(60, 1500))
    t.say(t.by_holder(hand), "resume")


def extended(t: Telling) -> None:
    """The centre allows more time, once, before it is due."""
    due = due_at(t)
    if t.at + timedelta(minutes=5) >= due:
        return
    if t.tier in (Tier.EMERGENCY, Tier.URGENT):
        more = due + timedelta(hours=1)
    else:
        more = Limit(1, Unit.WORKING_DAYS).after(due, t.centre.world.calendar)
    if t.chance(0.2):
        t.extend(due + timedelta(days=400), refused="extension-out-of-range")
    t.extend(more)
    if t.chance(0.3):
        t.extend(more + timedelta(hours=1), refused="already-extended")


def due_at(t: Telling) -> datetime:
    """When it is to be settled, unless it was paused."""
    first = t.steps[0].at
    sla = limits.sla_on(shanghai_date(first))[t.tier]
    return sla.settle.after(first, t.centre.world.calendar)


# --- the call-back -----------------------------------------------------------------------------


def called_back(t: Telling, reopened: Callable[[], None]) -> None:
    """Every caller is called back; ``reopened``: what comes after one who is not content."""
    if t.caller is None:
        return
    t.until_called_back()
    if t.chance(0.12):
        t.call_back(None)
        t.wait(90, 0.5, lambda at, seconds: in_daylight(at, seconds, 9, 20))
    if t.chance(0.012):
        t.say(agent(t.rng), "record-call-back", refused="answer-incomplete", contacted=True)
    if t.chance(DISSATISFIED):
        t.call_back(t.rng.choice((1, 1, 2)), solved=t.chance(0.3))
        reopened()
        return
    t.call_back(t.rating())


def again(t: Telling, hand: Hand, times: Times) -> None:
    """The work is done once more, by the same holder, and better."""
    t.path = "reworked"
    t.wait(12)
    t.dispatch(hand)
    t.wait(times[0], 0.5, hand.pace)
    t.accept(hand)
    t.contact(hand)
    t.wait(times[2] / 2, 0.6, hand.pace)
    t.report_done(hand)
    t.until_called_back()
    t.call_back(t.rating())
