"""A ticket as it is told: each method is one command at the ticket's own time, which then moves on.

What is told in what order stands in ``tickets`` and ``scenes``. The methods know what the centre
would know at its desk: who may send what, in which words, and what is said no to.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from commands.base import Role
from domain.help_center_tickets.limits import tier_of
from domain.help_center_tickets.states import Kind, Tier, Urgency
from domain.help_center_tickets.values import ServiceVersion
from domain.shared.districts import current
from simulation import people
from simulation.help_center_tickets.centre import PROGRAM, Centre, Hand, agent, supervisor
from simulation.help_center_tickets.hours import Pace, in_daylight, round_the_clock
from simulation.help_center_tickets.services import words
from simulation.matters import Matter, Sender, Step
from simulation.office import MINUTE, lognormal_seconds

THEMSELVES = ("app", "wechat", "web")
PHOTO = "5e" * 32
"""SHA-256 of a picture that nobody took."""


_OF_THE_PLAN = {current(code): code for code in people.INHABITANTS}


def _address(rng: Random, district: str) -> dict[str, str]:
    return people.address(rng, _OF_THE_PLAN[district], division=district)


@dataclass(slots=True)
class Telling:
    """One ticket. ``at`` is its own time; ``caller`` None for who stays anonymous."""

    rng: Random
    centre: Centre
    name: str
    id: UUID
    service: ServiceVersion
    kind: Kind
    channel: str
    district: str
    caller: people.Person | None
    at: datetime
    path: str = "plain"
    urgency: Urgency = Urgency.ORDINARY
    accused: tuple[str, ...] = ()
    steps: list[Step] = field(default_factory=list)
    classified: bool = False

    def matter(self, end: datetime) -> Matter | None:
        """Its steps up to the end of the days, None when nothing of it comes about."""
        steps = tuple(step for step in self.steps if step.at < end)
        if not any(step.refused is None for step in steps):
            return None
        about = {
            "path": self.path,
            "channel": self.channel,
            "group": self.service.group.value,
            "anonymous": self.caller is None,
            "begun": steps[0].at,
        }
        return Matter(self.name, PROGRAM, steps, self.id, about)

    def named(self) -> None:
        """Who was to stay anonymous gives a name after all, and calls by phone."""
        if self.caller is None:
            world = self.centre.world
            self.caller = people.person(Random(f"{world.run}:{self.name}"), world.days[0])
            self.channel = "phone"

    # --- time ----------------------------------------------------------------------------------

    def wait(self, minutes: float, sigma: float = 0.6, pace: Pace = round_the_clock) -> None:
        """Lets so much time pass, about, at somebody's pace; five times as much at most."""
        seconds = lognormal_seconds(self.rng, minutes * MINUTE, sigma, 5 * minutes * MINUTE)
        self.at = pace(self.at, seconds)

    def not_before(self, at: datetime) -> None:
        """Lets the time pass until an instant."""
        self.at = max(self.at, at)

    def chance(self, share: float) -> bool:
        """Whether something happens that happens to so many (0 to 1)."""
        return self.rng.random() < share

    def say(
        self,
        sender: Sender,
        command: str,
        *,
        refused: str | None = None,
        **fields: Any,
    ) -> None:
        """A command on the ticket; the next one comes a few seconds later at the earliest."""
        body = {"ticket_id": str(self.id), **fields}
        self.steps.append(Step(self.at, sender, command, body, refused=refused))
        self.at += timedelta(seconds=self.rng.randint(8, 40))

    # --- who sends -----------------------------------------------------------------------------

    @property
    def by_caller(self) -> Sender:
        """Who called: by the app himself, on the phone through the centre."""
        if self.channel in THEMSELVES:
            return Sender(f"citizen-81890-{self.id.hex[:12]}", Role.CITIZEN)
        return agent(self.rng)

    def by_holder(self, hand: Hand) -> Sender:
        """Somebody of the holder's."""
        return self.rng.choice(hand.senders)

    @property
    def tier(self) -> Tier:
        """The line of the table of limits that it falls under."""
        urgency = max(self.urgency, self.service.urgency, key=lambda u: u.rank)
        return tier_of(self.kind, urgency, consumer=self.service.consumer)

    # --- the beginning -------------------------------------------------------------------------

    def open(self, *, refused: str | None = None, **other: Any) -> None:
        """The call; ``other`` takes the place of what is said usually."""
        if self.channel == "sensor":
            department = self.service.department
            sender = Sender(f"sensors-{department}", Role.DEPARTMENT, department)
        else:
            sender = self.by_caller
        person = self.caller
        known: dict[str, Any] = {
            "channel": self.channel,
            "kind": self.kind.value,
            "text": words(self.rng, self.kind, self.service),
            "place": self._place(),
        }
        if person is not None:
            known["caller"] = {"name": person.name, "phone": person.mobile}
            if self.chance(0.15):
                known["caller"]["resident_id"] = person.resident_id
        if self.channel == "phone":
            known["recording_ref"] = f"rec-{self.id.hex[:16]}"
        elif self.channel != "sensor" and self.chance(0.2):
            photo = {"sha256": PHOTO, "media_type": "image/jpeg", "size_bytes": 640_000}
            known["attachments"] = [photo]
        if self.accused:
            known["accused"] = list(self.accused)
        self.say(sender, "open-ticket", refused=refused, **(known | other))

    def _place(self) -> dict[str, Any]:
        if self.chance(0.45):
            return {"district": self.district}
        place: dict[str, Any] = {"address": _address(self.rng, self.district)}
        if self.chance(0.4):
            lat, lon = self.rng.uniform(29.6, 30.0), self.rng.uniform(121.3, 121.8)
            place["point"] = {"lat": round(lat, 5), "lon": round(lon, 5)}
        return place

    def classify(self, *, item: str | None = None, refused: str | None = None) -> None:
        """By the centre: which service, how urgent, where."""
        fields: dict[str, Any] = {"item": item or self.service.code, "district": self.district}
        urgency: dict[str, Any] = (
            {} if self.urgency is Urgency.ORDINARY else {"urgency": self.urgency.value}
        )
        self.say(agent(self.rng), "classify", refused=refused, **fields, **urgency)
        self.classified = self.classified or refused is None

    def answer(self) -> None:
        """From the knowledge base."""
        article = str(self.centre.articles[self.service.code])
        self.say(agent(self.rng), "answer-from-knowledge", article_id=article)

    # --- the holder ----------------------------------------------------------------------------

    def dispatch(self, hand: Hand, *, refused: str | None = None) -> None:
        """By the centre."""
        sender = agent(self.rng)
        self.say(sender, "dispatch", holder=hand.body, refused=refused)

    def give_back(self, hand: Hand, *, refused: str | None = None) -> None:
        """The holder says whose it is instead."""
        grounds = ("not-competent", "wrong-item", "several-competent")
        fields: dict[str, Any] = {
            "ground": self.rng.choice(grounds),
            "reason": "不属于本单位职责，建议转主管部门",
        }
        self.say(self.by_holder(hand), "return-to-centre", refused=refused, **fields)

    def accept(self, hand: Hand, *, refused: str | None = None) -> None:
        """By the holder."""
        self.say(self.by_holder(hand), "accept", refused=refused)

    def arbitrate(self, hand: Hand, *, refused: str | None = None) -> None:
        """By supervision."""
        sender = supervisor(self.rng.randint(1, 4))
        self.say(
            sender, "arbitrate", holder=hand.body, reason="按职责清单裁定承办", refused=refused
        )

    def transfer(
        self, giver: Hand, hand: Hand, *, agrees: bool = True, refused: str | None = None
    ) -> None:
        """By the holder."""
        fields: dict[str, Any] = {
            "holder": hand.body,
            "reason": "需对方配合处置",
            "receiver_agrees": agrees,
        }
        self.say(self.by_holder(giver), "transfer", refused=refused, **fields)

    def contact(self, hand: Hand, *, refused: str | None = None) -> None:
        """The holder speaks with the caller; a consumer complaint has no limit for it."""
        if self.tier is not Tier.CONSUMER:
            self.say(self.by_holder(hand), "record-contact", refused=refused)

    def quote(self, hand: Hand, *, refused: str | None = None) -> None:
        """What it will cost."""
        fen = self.rng.randrange(6_000, 60_000, 500)
        fields: dict[str, Any] = {"amount_fen": fen, "what_for": "上门、人工及配件"}
        self.say(self.by_holder(hand), "quote", refused=refused, **fields)

    def pause(
        self, hand: Hand, until: datetime, *, ground: str = "parts", refused: str | None = None
    ) -> None:
        """Work rests until then."""
        fields: dict[str, Any] = {"ground": ground, "until": until.isoformat()}
        if ground == "caller" and refused != "pause-not-agreed":
            fields["caller_agrees"] = True
        self.say(self.by_holder(hand), "pause", refused=refused, **fields)

    def extend(self, until: datetime, *, refused: str | None = None) -> None:
        """By the centre: nobody gives himself more time."""
        fields: dict[str, Any] = {"ground": "情况复杂，需现场勘查", "until": until.isoformat()}
        self.say(agent(self.rng), "extend-deadline", refused=refused, **fields)

    def report_done(self, hand: Hand) -> None:
        """The result with its proof."""
        photos = [PHOTO] if self.chance(0.5) else []
        text = f"{self.service.zh}：已处理完毕"
        self.say(self.by_holder(hand), "report-done", text=text, photos=photos)

    # --- the end -------------------------------------------------------------------------------

    def call_back(
        self,
        satisfied: int | None,
        *,
        solved: bool = True,
        refused: str | None = None,
        **other: Any,
    ) -> None:
        """By the centre; None when nobody answers."""
        fields: dict[str, Any] = {"contacted": satisfied is not None}
        if satisfied is not None:
            fields |= {"solved": solved, "satisfied": satisfied}
            if not solved:
                fields["remark"] = "问题仍未解决"
        self.say(agent(self.rng), "record-call-back", refused=refused, **fields, **other)

    def rating(self) -> int:
        """Of who is content, 3 to 5."""
        return self.rng.choices((5, 4, 3), (68, 25, 7))[0]

    def until_called_back(self) -> None:
        """Some hours after the result, in daylight."""
        self.wait(150, 0.8, lambda at, seconds: in_daylight(at, seconds, 9, 20))
