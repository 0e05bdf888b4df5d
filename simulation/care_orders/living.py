"""What happens to orders that are served, on the days: rest, return, another provider, the end.

Most orders see nothing but visits. Each of the others has one fate on one of the days; what another
matter has to have seen before is said with ``after`` and ``until``.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from commands.base import Role
from simulation.care_orders.houses import (
    HOSPITAL_DESK,
    POLICE,
    PROGRAM,
    SCHEDULER,
    Houses,
    Provider,
    named,
    officer,
)
from simulation.care_orders.orders import A_DAY, Story, office
from simulation.matters import Matter, Sender, Step, Until
from simulation.office import local


class Fate(StrEnum):
    """What is special about an order that is served; ``PLAIN`` for most."""

    PLAIN = "plain"
    RATED = "rated"
    TRAVEL = "travel"
    ADMITTED = "admitted"
    BACK = "back"
    ENDED = "ended"
    DIED = "died"
    TRANSFER = "transfer"
    INCIDENT = "incident"
    YEARLY = "yearly"
    LONG_AWAY = "long-away"
    TO_HOUSE = "to-house"
    CONSENT = "consent"


SHARES: Mapping[Fate, float] = {
    Fate.PLAIN: 74.5,
    Fate.RATED: 9,
    Fate.TRAVEL: 2,
    Fate.ADMITTED: 1.5,
    Fate.BACK: 1.5,
    Fate.ENDED: 2,
    Fate.DIED: 1.5,
    Fate.TRANSFER: 1.5,
    Fate.INCIDENT: 2,
    Fate.YEARLY: 2,
    Fate.LONG_AWAY: 1,
    Fate.TO_HOUSE: 0.7,
    Fate.CONSENT: 0.8,
}
"""Percent of the orders that are played, over the whole run."""

QUIET = (Fate.PLAIN, Fate.RATED)
"""Fates that take nobody's place away and give none back."""

IN_HOSPITAL_DAYS = 6
PLACE_HELD_DAYS = 15
A_YEAR_DAYS = 369
"""Somewhat longer than a grade is valid."""

STRANGER = Sender("demo-stranger-1", Role.CITIZEN)


def begins(story: Story, day: date, usual: date) -> None:
    """The order's way to its provider, long before the days."""
    if story.fate == Fate.YEARLY:
        found = local(day - timedelta(days=A_YEAR_DAYS), 9 * 3600)
        story.serve(found.date() - 3 * A_DAY, found=found)
    elif story.fate == Fate.LONG_AWAY:
        story.serve(_away_since(story, day) - timedelta(days=40))
    else:
        story.serve(usual)


def lives(story: Story, day: date, houses: Houses) -> None:
    """Its fate on a day; of those that are rated, ``rates`` writes it once the visits stand."""
    write = _WRITTEN.get(Fate(story.fate))
    if write is not None:
        write(story, day, houses)


def _travels(story: Story, day: date, _: Houses) -> None:
    rng = story.rng
    at = office(rng, day, 9.5, 15)
    if rng.random() < 0.3:
        before = at - timedelta(minutes=3)
        story.step(before, STRANGER, "suspend", {"reason": "travel"}, refused="forbidden")
    story.step(at, story.family, "suspend", {"reason": "travel"})
    back = office(rng, day + rng.randint(1, 4) * A_DAY, 9, 11)
    story.step(back, story.family, "resume", label="resumed")
    story.stops_at, story.resumes_at = at, back


def _is_admitted(story: Story, day: date, _: Houses) -> None:
    """The desk of a hospital tells of it; the order rests by itself, and goes on by itself."""
    _stay(story, day, story.rng.uniform(9.5, 15.5))


def _stay(story: Story, day: date, hour: float, back: date | None = None) -> None:
    rng = story.rng
    admitted = office(rng, day, hour, hour + 0.01)
    who = {"elder_id": story.elder_ref}
    after = (story.label("assigned"),)
    story.elder_steps.append(Step(admitted, HOSPITAL_DESK, "note-admission", who, after=after))
    discharged = office(rng, back or day + rng.randint(2, 9) * A_DAY, 9, 11)
    weaker = back is not None or rng.random() < 0.3
    rested = Until("care-suspended", of=story.id)
    body = {**who, "functional_loss": weaker}
    story.elder_steps.append(Step(discharged, HOSPITAL_DESK, "note-discharge", body, until=rested))
    story.stops_at, story.resumes_at = admitted, discharged
    if weaker:
        asked = Until("reassessment-requested")
        story.assess(discharged + timedelta(hours=rng.randint(3, 5)), until=asked)


def _comes_back(story: Story, day: date, _: Houses) -> None:
    before = story.world.days[0] - timedelta(days=IN_HOSPITAL_DAYS)
    _stay(story, before, story.rng.uniform(9, 16), back=day)


def _ends(story: Story, day: date, _: Houses) -> None:
    rng = story.rng
    at = office(rng, day, 10, 15.5)
    reason = rng.choice(("wish", "wish", "move", "recovery"))
    if rng.random() < 0.3:
        tomorrow = {"reason": reason, "on": (day + A_DAY).isoformat()}
        before = at - timedelta(minutes=2)
        story.step(before, story.family, "end-care", tomorrow, refused="end-out-of-range")
    story.step(at, story.family, "end-care", {"reason": reason})
    story.stops_at = at


def _dies(story: Story, day: date, _: Houses) -> None:
    """The police tell of it the day after, or two days after: a visit between is not owed."""
    at = office(story.rng, day, 8, 8.4)
    on = day - story.rng.choice((1, 2)) * A_DAY
    body = {"elder_id": story.elder_ref, "on": on.isoformat()}
    label, after = story.label("died"), (story.label("assigned"),)
    story.elder_steps.append(Step(at, POLICE, "note-death", body, label, after=after))
    story.stops_at = at


def asked_too_late(story: Story) -> Matter | None:
    """A family that does not know yet asks for more care of somebody who has died."""
    died = next((s for s in story.elder_steps if s.label == story.label("died")), None)
    if died is None or story.rng.random() < 0.4:
        return None
    at = died.at + timedelta(hours=2)
    mode = "day-care" if story.mode != "day-care" else "home"
    id = named(story.world.run, "order-too-late", story.n)
    body = {"order_id": str(id), **story.elder.request(story.mode, "consent-late"), "mode": mode}
    step = Step(
        at, story.family, "request-care", body, refused="elder-died", after=(str(died.label),)
    )
    return Matter(f"{PROGRAM}/order/{story.n}-too-late", PROGRAM, (step,), id)


def _elsewhere(story: Story, houses: Houses) -> Provider:
    others = [
        one
        for one in houses.of[story.mode]
        if one not in (story.provider, houses.full, houses.stopped)
    ]
    return story.rng.choice(others) if others else story.provider


def _changes(story: Story, day: date, houses: Houses) -> None:
    rng = story.rng
    other = _elsewhere(story, houses)
    at = office(rng, day, 10, 15.5)
    own = {"provider": story.provider.code}
    if other is story.provider or rng.random() < 0.3:
        before = at - timedelta(minutes=2)
        story.step(before, story.family, "transfer-provider", own, refused="same-provider")
    if other is not story.provider:
        body = {"provider": other.code}
        story.step(at, story.family, "transfer-provider", body, after=(other.label,))
        story.stops_at = at


def _falls(story: Story, day: date, _: Houses) -> None:
    rng = story.rng
    at = office(rng, day, 8.6, 10.5)
    asked = {"reason": "incident"}
    if rng.random() < 0.4:
        early = {"reason": "grade-expiring"}
        before = at - timedelta(minutes=2)
        story.step(before, story.family, "request-reassessment", early, refused="not-due")
    story.step(at, story.family, "request-reassessment", asked)
    if rng.random() < 0.4:
        again = at + timedelta(minutes=25)
        story.step(again, story.family, "request-reassessment", asked, refused="reassessment-open")
    assessed = at + timedelta(hours=rng.randint(3, 5))
    if rng.random() < 0.5:
        story.assess(
            assessed - timedelta(minutes=6),
            refused="assessor-not-independent",
            organisation=story.provider.code,
        )
    story.assess(assessed)


def _is_due_again(story: Story, day: date, _: Houses) -> None:
    at = office(story.rng, day, 9.5, 11)
    body = {"reason": "grade-expiring"}
    story.step(at, officer(story.rng), "request-reassessment", body)
    story.assess(at + timedelta(hours=story.rng.randint(3, 5)))


def _away_since(story: Story, day: date) -> date:
    """The last day from which a place is no longer held on a day; holidays count on the way."""
    since = day - timedelta(days=PLACE_HELD_DAYS)
    while story.world.calendar.add_calendar_days(local(since, 0), PLACE_HELD_DAYS) >= local(day, 0):
        since -= A_DAY
    return since


def _is_long_away(story: Story, day: date, _: Houses) -> None:
    away = office(story.rng, _away_since(story, day), 9, 11)
    story.step(away, story.family, "suspend", {"reason": "travel"})
    story.step(office(story.rng, day, 0.1, 0.3), SCHEDULER, "release-held-place")
    back = office(story.rng, day, 13, 16)
    story.step(back, story.family, "resume", label="resumed")
    story.stops_at, story.resumes_at = away, back


def _withdraws(story: Story, day: date, _: Houses) -> None:
    at = office(story.rng, day, 9, 16)
    story.step(at, story.family, "withdraw-consent")
    again = at + timedelta(minutes=9)
    story.step(again, story.family, "withdraw-consent", refused="consent-missing")


_WRITTEN: Mapping[Fate, Callable[[Story, date, Houses], None]] = {
    Fate.TRAVEL: _travels,
    Fate.ADMITTED: _is_admitted,
    Fate.BACK: _comes_back,
    Fate.ENDED: _ends,
    Fate.DIED: _dies,
    Fate.TRANSFER: _changes,
    Fate.INCIDENT: _falls,
    Fate.YEARLY: _is_due_again,
    Fate.LONG_AWAY: _is_long_away,
    Fate.CONSENT: _withdraws,
}


def fate_of(rng: Random) -> Fate:
    """By its share."""
    return rng.choices(list(SHARES), list(SHARES.values()))[0]
