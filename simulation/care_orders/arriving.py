"""Orders on their way: who asks for care, is called, assessed, offered a plan, and finds a provider.

Some ask too early in life, some twice; offices offer more than a grade gives; houses are full. Each
story goes as far as the days do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from domain.care_orders import Mode
from domain.shared.instants import SHANGHAI
from simulation.care_orders.houses import PROGRAM, Houses, Provider, named, officer
from simulation.care_orders.orders import Story
from simulation.matters import Matter, Step
from simulation.office import lognormal_seconds

A_DAY_ASK = 1_200
"""Requests of a working day in the whole city, which is still building its care up."""
LEAST = 12
ON_THEIR_WAY_DAYS = 16
"""Who asked so many days ago is still to be seen."""

HOUR = 3600


class Way(StrEnum):
    """What is special about a request; ``PLAIN`` for most."""

    PLAIN = "plain"
    TOO_YOUNG = "too-young"
    NO_CONSENT = "no-consent"
    TWICE = "twice"
    LATE_CALL = "late-call"
    PAUSED = "paused"
    BAD_SCORE = "bad-score"
    MISSING_SCORE = "missing-score"
    ONE_ASSESSOR = "one-assessor"
    DECLINED = "declined"
    TOO_MUCH = "too-much"
    WRONG_PRICE = "wrong-price"
    NO_SUBSIDY = "no-subsidy"
    WRONG_MODE = "wrong-mode"
    WRONG_SERVICE = "wrong-service"
    NO_WEEKDAYS = "no-weekdays"
    FULL_HOUSE = "full-house"
    WAITS = "waits"
    LAPSED = "lapsed"
    UNKNOWN = "unknown"
    TOO_SOON = "too-soon"
    PLACE_FREE = "place-free"
    CHANGED_MIND = "changed-mind"


SHARES: Mapping[Way, float] = {
    Way.PLAIN: 47,
    Way.TOO_YOUNG: 3,
    Way.NO_CONSENT: 4,
    Way.TWICE: 4,
    Way.LATE_CALL: 3,
    Way.PAUSED: 3,
    Way.BAD_SCORE: 2,
    Way.MISSING_SCORE: 2,
    Way.ONE_ASSESSOR: 2,
    Way.DECLINED: 4,
    Way.TOO_MUCH: 3,
    Way.WRONG_PRICE: 3,
    Way.NO_SUBSIDY: 2,
    Way.WRONG_MODE: 2,
    Way.WRONG_SERVICE: 1.5,
    Way.NO_WEEKDAYS: 1.5,
    Way.FULL_HOUSE: 3,
    Way.WAITS: 1.5,
    Way.LAPSED: 2,
    Way.UNKNOWN: 1,
    Way.TOO_SOON: 2,
    Way.PLACE_FREE: 1.5,
    Way.CHANGED_MIND: 2,
}
"""Percent of the requests."""

MODE_OF: Mapping[Way, Mode] = {
    Way.WRONG_MODE: Mode.INSTITUTION,
    Way.FULL_HOUSE: Mode.INSTITUTION,
    Way.WAITS: Mode.INSTITUTION,
    Way.LAPSED: Mode.DAY_CARE,
    Way.NO_WEEKDAYS: Mode.DAY_CARE,
    Way.WRONG_SERVICE: Mode.HOME,
}
"""Ways that are of one mode."""

AGES: Mapping[Way, tuple[float, float]] = {Way.TOO_YOUNG: (52, 59)}
USUAL_AGES = (66.0, 94.0)

NOBODYS = "91330203MA2AF3XQ2G"
"""A code that is right and no provider's."""


def way_of(rng: Random) -> Way:
    """By its share."""
    return rng.choices(list(SHARES), list(SHARES.values()))[0]


@dataclass(frozen=True, slots=True)
class Market:
    """What those who look for a provider meet: between ``barred`` one service is stopped; until
    ``full_until`` the full house is full once its ``residents`` (labels) are there."""

    houses: Houses
    barred: tuple[datetime, datetime]
    full_until: datetime
    residents: tuple[str, ...]


def arrives(story: Story, at: datetime, market: Market) -> None:
    """The way of a request that comes at an instant."""
    way, rng = Way(story.fate), story.rng
    calendar = story.world.calendar
    minute = timedelta(minutes=1)
    if way is Way.TOO_YOUNG:
        story.request(at, refused="too-young")
        return
    if way is Way.NO_CONSENT:
        story.request(at - 4 * minute, refused="consent-missing", consent=False)
    story.request(at)
    late = 12 * HOUR if way is Way.LATE_CALL else 0
    called = calendar.add_working_time(at, late + lognormal_seconds(rng, 2 * HOUR, 0.5, 6 * HOUR))
    story.contact(called)
    assessed = calendar.add_working_time(called, lognormal_seconds(rng, 14 * HOUR, 0.5, 40 * HOUR))
    if way is Way.CHANGED_MIND:
        story.step(assessed, story.family, "end-care", {"reason": "wish"})
        return
    if way is Way.PAUSED:
        away = calendar.add_working_time(called, HOUR)
        story.step(away, officer(rng), "pause-assessment", {"reason": "老人在外地探亲"})
        assessed = calendar.add_working_time(away, 24 * HOUR)
        story.step(assessed - 90 * minute, officer(rng), "resume-assessment")
    if refused := _ASSESSED_WRONG.get(way):
        story.assess(assessed - 11 * minute, refused=refused)
    story.assess(assessed)
    proposed = calendar.add_working_time(assessed, lognormal_seconds(rng, 7 * HOUR, 0.5, 24 * HOUR))
    accepted = _offered(story, way, proposed)
    if accepted is not None:
        _finds(story, way, accepted, market)


_ASSESSED_WRONG: Mapping[Way, str] = {
    Way.BAD_SCORE: "score-out-of-range",
    Way.MISSING_SCORE: "scores-incomplete",
    Way.ONE_ASSESSOR: "same-assessor-twice",
}


def _offered(story: Story, way: Way, at: datetime) -> datetime | None:
    """The plan; when the family agrees to it, or None when they never do."""
    rng, minute = story.rng, timedelta(minutes=1)
    before = at - 9 * minute
    care = story.care
    match way:
        case Way.TOO_MUCH:
            much = [{**item, "minutes": 480, "times_per_week": 14} for item in care.items]
            story.propose(before, refused="plan-exceeds-entitlement", items=much)
        case Way.WRONG_PRICE:
            story.propose(before, refused="price-mismatch", price_fen=care.price_fen + 500)
        case Way.NO_SUBSIDY:
            other = "home" if story.mode is not Mode.HOME else "day-care"
            story.propose(before, refused="subsidy-not-allowed", subsidy_kind=other)
        case Way.WRONG_SERVICE:
            stay = [{"code": "stay", "minutes": 60, "times_per_week": 1}]
            story.propose(before, refused="service-not-in-mode", items=stay)
        case Way.NO_WEEKDAYS:
            story.propose(before, refused="weekdays-wrong", weekdays=[])
        case Way.WRONG_MODE:
            story.propose(at, refused="mode-not-allowed")
            wish = at + timedelta(hours=3)
            story.step(wish, story.family, "end-care", {"reason": "wish"})
            return None
    story.propose(at)
    accepted = at + timedelta(seconds=lognormal_seconds(rng, 9 * HOUR, 0.7, 60 * HOUR))
    if way is Way.DECLINED:
        body = {"reason": rng.choice(("费用偏高", "希望调整服务时间"))}
        story.step(accepted, story.family, "decline-plan", body)
        again = story.world.calendar.add_working_time(accepted, 5 * HOUR)
        story.propose(again)
        accepted = again + timedelta(hours=rng.randint(2, 20))
    accepted = awake(accepted)
    story.accept(accepted)
    return accepted


def awake(at: datetime) -> datetime:
    """The same instant, or the morning after when it lies in the night."""
    hour = at.astimezone(SHANGHAI).hour
    return at + timedelta(hours=7) if hour < 7 else at + timedelta(hours=10) if hour > 21 else at


def _finds(story: Story, way: Way, accepted: datetime, market: Market) -> None:
    rng, minute = story.rng, timedelta(minutes=1)
    at = awake(accepted + timedelta(seconds=lognormal_seconds(rng, 7 * HOUR, 0.6, 60 * HOUR)))
    before = at - 6 * minute
    houses = market.houses
    if way in (Way.FULL_HOUSE, Way.WAITS) and at < market.full_until:
        _waits(story, way, at, market)
        return
    if way is Way.LAPSED:
        story.assign(before, houses.lapsed, refused="provider-unlicensed")
    if way is Way.UNKNOWN:
        story.step(
            before,
            story.family,
            "assign-provider",
            {"provider": NOBODYS},
            refused="provider-unknown",
        )
    if way is Way.TOO_SOON:
        late = (at + timedelta(days=40)).date().isoformat()
        story.assign(before, refused="start-out-of-range", from_day=late)
    if way is Way.PLACE_FREE:
        body = {"provider": story.provider.code}
        after = (story.provider.label,)
        story.step(
            before, story.family, "join-waiting-list", body, refused="place-free", after=after
        )
    first, last = market.barred
    if story.mode is Mode.HOME and first + 15 * minute < at < last - 5 * minute:
        stopped = (stopped_label(houses.stopped),)
        story.assign(before, houses.stopped, refused="provider-barred", after=stopped)
    story.assign(at)


def stopped_label(provider: Provider) -> str:
    """Of the answer that stops new assignments there."""
    return f"{provider.label}/stopped"


def _waits(story: Story, way: Way, at: datetime, market: Market) -> None:
    """For the full house: told so, or joined at once; who asks again is told the position."""
    full = market.houses.full
    after = (full.label, *market.residents)
    if way is Way.FULL_HOUSE:
        kept = ("waiting-listed", "waiting-joined")
        story.assign(at, full, refused="no-place", kept=kept, after=after)
        return
    body = {"provider": full.code}
    story.step(at, story.family, "join-waiting-list", body, after=after)
    again = at + timedelta(minutes=50)
    if again < market.full_until:
        story.step(again, story.family, "join-waiting-list", body, refused="on-waiting-list")


def asked_twice(story: Story, at: datetime) -> Matter:
    """Another child of the family asks for the same."""
    id = named(story.world.run, "order-twice", story.n)
    body = {"order_id": str(id), **story.elder.request(story.mode, "consent-twice")}
    again = at + timedelta(minutes=40)
    first = (story.label("requested"),)
    step = Step(again, story.family, "request-care", body, refused="open-order-exists", after=first)
    return Matter(f"{PROGRAM}/order/{story.n}-twice", PROGRAM, (step,), id)
