"""Black lists: notice, time to plead, a second officer's decision, measures, the way off again.

Instant zero is the notice. With a decision the departments of the list's measures are asked to
apply them, each of which says so in a matter of its own. Who was on a red list leaves it then.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from domain.credit_records.items import ITEMS
from domain.credit_records.lists import COURT_LIST, LISTS, CreditList
from domain.credit_records.states import Colour, Kind
from simulation.credit_records.measures import confirmed, reported, taken_away
from simulation.credit_records.sources import Said, another, officer
from simulation.credit_records.story import Part, Story, dealt, token
from simulation.credit_records.subjects import PROGRAM, Files, Subject
from simulation.matters import Sender
from simulation.programme import World

A_DAY = 1_500
"""Notices of a working day in the whole city."""

BLACK = tuple(one for one in LISTS.values() if one.colour is Colour.BLACK and not one.court_decides)
TAX = LISTS["major-tax-violations"]
WAGES = LISTS["wage-arrears"]
COURT = LISTS[COURT_LIST]


class Fate(StrEnum):
    """What becomes of a notice."""

    LISTED = "listed"
    PLEADED = "pleaded"
    HEARD = "heard"
    TERM_OVER = "term-over"
    COURT = "court"
    COURT_PAID = "court-paid"
    BY_KEEPER = "by-keeper"
    WAS_RED = "was-red"
    THEN_RED = "then-red"
    TWO_KEEPERS = "two-keepers"
    OBJECTED = "objected"
    REPAIRED = "repaired"
    QUASHED = "quashed"
    NOTICE_QUASHED = "notice-quashed"
    FOUR_EYES = "four-eyes"
    UNANSWERED = "unanswered"
    TOO_SOON = "too-soon"
    NO_GROUND = "no-ground"
    MINOR = "minor"
    TWICE = "twice"
    OTHER_KEEPER = "other-keeper"
    TERM_FIXED = "term-fixed"
    OTHER_MEASURE = "other-measure"
    COURT_NO_REPAIR = "court-no-repair"


SHARES: Mapping[Fate, float] = {
    Fate.LISTED: 26,
    Fate.PLEADED: 14,
    Fate.HEARD: 10,
    Fate.TERM_OVER: 3,
    Fate.COURT: 10,
    Fate.COURT_PAID: 6,
    Fate.BY_KEEPER: 3,
    Fate.WAS_RED: 4,
    Fate.THEN_RED: 3,
    Fate.TWO_KEEPERS: 3,
    Fate.OBJECTED: 3,
    Fate.REPAIRED: 3,
    Fate.QUASHED: 2,
    Fate.NOTICE_QUASHED: 1,
    Fate.FOUR_EYES: 2,
    Fate.UNANSWERED: 1,
    Fate.TOO_SOON: 1,
    Fate.NO_GROUND: 1,
    Fate.MINOR: 0.5,
    Fate.TWICE: 1,
    Fate.OTHER_KEEPER: 0.5,
    Fate.TERM_FIXED: 0.5,
    Fate.OTHER_MEASURE: 1,
    Fate.COURT_NO_REPAIR: 0.5,
}

DECIDED = 6.1
"""Working days after the notice: the term of five is over, and the plea has been read."""
_SPANS: Mapping[Fate, float] = {
    Fate.PLEADED: 5.5,
    Fate.HEARD: 3,
    Fate.NOTICE_QUASHED: 2,
    Fate.UNANSWERED: 5.5,
    Fate.MINOR: 0,
    Fate.COURT_PAID: 11,
    Fate.BY_KEEPER: 11,
    Fate.REPAIRED: 146,
    Fate.QUASHED: 11,
    Fate.OBJECTED: 10,
    Fate.THEN_RED: 9,
}
"""Working days from the notice to the last act."""
_SPAN = 7.6

PLEA = {"plea": "欠款已分期缴纳，请求不予列入"}
FACTS = "经查证属实，符合列入情形"


def listings(world: World, files: Files) -> Iterator[Story]:
    """The days' notices and what came of earlier ones."""
    part = Part(world, files, "listing")
    rng = Random(f"{world.seed}:{PROGRAM}:listings")
    count = world.scaled(A_DAY * len(world.working_days), least=len(SHARES))
    for n, fate in enumerate(dealt(rng, SHARES, count)):
        own = Random(f"{world.seed}:{PROGRAM}:listing:{n}")
        entered = _list(own, fate)
        subject = _subject(own, fate, files, world)
        span = _SPANS.get(fate, _SPAN)
        shown = n < len(SHARES)
        story = part.story(own, n, span, subject, entered.keeper, shown=shown)
        yield story
        yield from _Entry(story, entered, fate).written()


def _list(rng: Random, fate: Fate) -> CreditList:
    match fate:
        case Fate.COURT | Fate.COURT_PAID | Fate.COURT_NO_REPAIR:
            return COURT
        case Fate.TERM_FIXED | Fate.TWO_KEEPERS:
            return TAX
        case Fate.REPAIRED:
            return WAGES
    return rng.choice(BLACK)


def _subject(rng: Random, fate: Fate, files: Files, world: World) -> Subject:
    if fate is Fate.MINOR:
        first: date = world.days[0]
        born = date(first.year - 17, first.month, min(first.day, 28))
        return files.person("court", born=born)
    if fate in (Fate.COURT, Fate.COURT_NO_REPAIR) or (
        fate is Fate.COURT_PAID and rng.random() < 0.6
    ):
        return files.person("court")
    return files.company("market-regulation")


class _Entry:
    """One notice as it is written; ``also`` are matters that belong to it."""

    def __init__(self, story: Story, entered: CreditList, fate: Fate) -> None:
        self.story, self.entered, self.fate = story, entered, fate
        self.notifier = story.by
        self.decider = officer(story.rng, story.source, other_than=self.notifier)
        self.also: list[Story] = []

    def written(self) -> list[Story]:
        """Its further matters, the steps of its own being written too."""
        if self.fate is Fate.MINOR:
            self.story.step(
                self.story.zero, self.notifier, "notify-listing", self._notice(),
                refused="minor-not-listable",
            )  # fmt: skip
            return []
        self._notified()
        self._to_the_decision()
        self._after_the_decision()
        return self.also

    # --- notice and decision -------------------------------------------------------------------

    def _notice(self, **changed: Any) -> dict[str, Any]:
        ground = self.story.rng.choice(self.entered.grounds)
        notice = {
            "subject": self.story.subject.given,
            "list": self.entered.code,
            "legal_ground": ground,
            "facts": FACTS,
        }
        return {**notice, **changed}

    def _notified(self) -> None:
        story, rng = self.story, self.story.rng
        before = story.zero - timedelta(minutes=5)
        if self.fate is Fate.NO_GROUND:
            wrong = self._notice(legal_ground="art-99")
            story.step(before, self.notifier, "notify-listing", wrong, refused="ground-not-legal")
        elif self.fate is Fate.OTHER_KEEPER:
            other = officer(rng, another(rng, story.source))
            story.step(before, other, "notify-listing", self._notice(), refused="forbidden")
        elif self.fate is Fate.WAS_RED:
            self._red(story.zero - timedelta(days=20), "red")
        story.step(story.zero, self.notifier, "notify-listing", self._notice(), label=story.label)
        if self.fate is Fate.TWICE:
            again = self._notice()
            story.step(story.at(1), self.decider, "notify-listing", again, refused="already-listed")

    def _to_the_decision(self) -> None:
        story = self.story
        answered = {"plea_answer": "陈述申辩理由不成立"}
        match self.fate:
            case Fate.PLEADED:
                self._plead(2)
                self._decide(4, **answered)
            case Fate.HEARD:
                self._plead(1)
                heard = {"outcome": "drop", "plea_answer": "理由成立，不予列入"}
                story.on_it(3, self.decider, "decide-listing", **heard)
            case Fate.NOTICE_QUASHED:
                story.on_it(2, story.by, "withdraw-basis", answer="原处罚决定已撤销")
            case Fate.UNANSWERED:
                self._plead(1)
                self._decide(3, refused="plea-unanswered")
                self._decide(4, **answered)
            case Fate.TOO_SOON:
                self._decide(3, refused="plea-term-running")
                self._decide(DECIDED)
            case Fate.TERM_OVER:
                late = {**PLEA, "refused": "plea-term-over"}
                story.on_it(6, story.subject.owner, "plead", **late)
                self._decide(DECIDED)
            case Fate.FOUR_EYES:
                self._decide(6, self.notifier, refused="four-eyes")
                self._decide(DECIDED)
            case Fate.TERM_FIXED:
                term = {"term_until": story.day(-900).isoformat()}
                self._decide(6, **term, refused="term-fixed-by-law")
                self._decide(DECIDED)
            case Fate.COURT | Fate.COURT_NO_REPAIR:
                self._decide(DECIDED, term_until=story.day(-730).isoformat())
            case _:
                self._decide(DECIDED)

    def _plead(self, days: float) -> None:
        evidence = self.story.evidence(self.story.rng.randint(0, 2))
        self.story.on_it(days, self.story.subject.owner, "plead", **PLEA, evidence=evidence)

    def _decide(self, days: float, by: Sender | None = None, /, **fields: Any) -> None:
        number = token(self.story.world, self.story.name, "decision")[:6]
        decision = {"outcome": "list", "decision_no": f"甬失信〔{self.story.zero.year}〕{number}号"}
        if "refused" not in fields:
            fields["label"] = self._decided
        self.story.on_it(days, by or self.decider, "decide-listing", **decision, **fields)

    @property
    def _decided(self) -> str:
        return f"{self.story.name}/decided"

    # --- what follows --------------------------------------------------------------------------

    def _after_the_decision(self) -> None:
        story = self.story
        if self.fate in (Fate.HEARD, Fate.NOTICE_QUASHED):
            return
        decided = 4 if self.fate in (Fate.PLEADED, Fate.UNANSWERED) else DECIDED
        following = confirmed(story, self.entered, decided + 0.3, self._decided)
        self.also.append(following)
        done = {"after": (following.label,)}
        match self.fate:
            case Fate.COURT_PAID | Fate.BY_KEEPER:
                story.on_it(9, story.by, "delist", **done)
                taken_away(story, self.entered, 10)
            case Fate.QUASHED:
                answer = "法院判决撤销原决定"
                story.on_it(9, story.by, "withdraw-basis", answer=answer, **done)
                taken_away(story, self.entered, 10)
            case Fate.REPAIRED:
                owner, evidence = story.subject.owner, story.evidence(2)
                asked = {"evidence": evidence, "commitment_signed": True}
                story.on_it(142, owner, "apply-repair", **asked, **done)
                story.on_it(143, story.by, "accept-repair")
                story.on_it(144, story.by, "grant-repair")
                taken_away(story, self.entered, 145)
            case Fate.OBJECTED:
                ground = {"ground": "已全部缴清，请求移出", "evidence": story.evidence(1)}
                story.on_it(8, story.subject.owner, "raise-objection", **ground)
                story.on_it(10, story.by, "dismiss-objection", answer="经复核，列入无误")
            case Fate.COURT_NO_REPAIR:
                asked = {"evidence": story.evidence(1), "commitment_signed": True}
                owner = story.subject.owner
                story.on_it(7.4, owner, "apply-repair", **asked, refused="not-repairable")
            case Fate.THEN_RED:
                self._red(story.at(7.5), "honour", refused=True)
            case Fate.TWO_KEEPERS:
                self._second_keeper()
        if self.fate in (Fate.LISTED, Fate.COURT, Fate.OTHER_MEASURE):
            wrong_first = self.fate is Fate.OTHER_MEASURE
            reported(story, self.entered, 7.5, wrong_first=wrong_first)

    # --- red lists and a second keeper ---------------------------------------------------------

    def _red(self, at: datetime, name: str, *, refused: bool = False) -> None:
        """The tax office calls the company one of grade A; nobody does of one on a black list."""
        story = self.story
        red = Story(story.world, story.rng, f"{story.name}-{name}", story.subject, "tax", at)
        good = Said(ITEMS["tax-grade-a"], Kind.POSITIVE, None)
        at = red.office_on(red.day(0)) if not refused else at
        red.begin_with(good, red.day(4), at, published_at=at + timedelta(minutes=40))
        if refused:
            publish = red.steps.pop()
            red.step(
                publish.at, publish.sender, "publish", red.own,
                refused="blacklisted", after=(self._decided,),
            )  # fmt: skip
        self.also.append(red)

    def _second_keeper(self) -> None:
        """Another department lists the same company, notice and decision in the same seconds."""
        story, other = self.story, WAGES
        second = Story(
            story.world, story.rng, f"{story.name}-second", story.subject, other.keeper, story.zero
        )
        entry = _Entry(second, other, Fate.LISTED)
        self.also += [second, *entry.written()]
