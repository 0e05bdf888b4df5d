"""One elder's order as it is written: the steps that lead to a provider, and the matter they make.

What becomes of orders that are served stands in ``living``, of those that are on their way in
``arriving``. Families, officers and dates are drawn from the order's own source of randomness.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from commands.base import Role
from domain.care_orders import Mode
from simulation.care_orders.elders import Ability, Care, Elder, ability, care_for
from simulation.care_orders.houses import (
    PROGRAM,
    ElderMatterOf,
    Provider,
    named,
    officer,
    someone,
)
from simulation.codes import uscc
from simulation.matters import Matter, Ref, Sender, Step, Until, in_order
from simulation.office import local
from simulation.programme import World

A_DAY = timedelta(days=1)


def working(world: World, day: date) -> date:
    """The first working day from a day on."""
    while not world.calendar.is_working_day(day):
        day += A_DAY
    return day


def office(rng: Random, day: date, first: float = 8.6, last: float = 16.9) -> datetime:
    """Some time of a day between two hours, to the second."""
    return local(day, rng.randrange(int(first * 3600), int(last * 3600)))


@dataclass(slots=True)
class Story:
    """One order. ``first`` is the first day on which it is served, for those that are.

    Between ``stops_at`` and ``resumes_at`` nobody comes: what was planned for later is called off.
    ``called_off`` is the event by which that is known.
    """

    world: World
    rng: Random
    n: int
    mode: Mode
    elder: Elder
    provider: Provider
    fate: str
    ability: Ability = field(init=False)
    care: Care = field(init=False)
    family: Sender = field(init=False)
    steps: list[Step] = field(default_factory=list)
    elder_steps: list[Step] = field(default_factory=list)
    stops_at: datetime | None = None
    resumes_at: datetime | None = None
    end: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.family = Sender(f"demo-family-{self.n}", Role.CITIZEN)
        self.ability = ability(self.rng, self.mode)
        today = self.world.days[0]
        self.care = care_for(self.rng, self.mode, self.ability.grade(today), today)
        self.end = local(self.world.today, 0)

    @property
    def id(self) -> UUID:
        """The matter; the family's system chooses its id."""
        return named(self.world.run, "order", self.n)

    def label(self, what: str) -> str:
        """Of the answer to one of its steps."""
        return f"{PROGRAM}/order/{self.n}/{what}"

    @property
    def elder_ref(self) -> Ref:
        """Stands in a body for the elder's own matter."""
        return Ref(self.label("requested"), keyed=ElderMatterOf(self.elder.person.resident_id))

    def matter(self) -> Matter:
        """Its steps up to the end of the days."""
        about = {
            "mode": self.mode.value,
            "fate": self.fate,
            "points": sum(self.ability.scores.values()),
            "worse": bool(self.ability.diagnoses) or self.ability.falls > 1,
        }
        steps = in_order(self.steps, self.end)
        return Matter(f"{PROGRAM}/order/{self.n}", PROGRAM, steps, self.id, about)

    def elder_matter(self) -> Matter | None:
        """What hospital and police tell of the elder, if anything."""
        steps = in_order(self.elder_steps, self.end)
        return Matter(f"{PROGRAM}/elder/{self.n}", PROGRAM, steps) if steps else None

    # --- steps ---------------------------------------------------------------------------------

    def step(
        self,
        at: datetime,
        sender: Sender,
        command: str,
        fields: dict[str, Any] | None = None,
        *,
        label: str | None = None,
        refused: str | None = None,
        kept: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
        until: Until | None = None,
    ) -> None:
        """One more step on the order; ``label`` is only its last part."""
        body = {"order_id": str(self.id), **(fields or {})}
        named_label = self.label(label) if label else None
        self.steps.append(
            Step(at, sender, command, body, named_label, refused, kept, after=after, until=until)
        )

    def request(self, at: datetime, *, refused: str | None = None, consent: bool = True) -> None:
        """The family asks."""
        given = f"consent-{self.n:06d}" if consent else None
        label = None if refused else "requested"
        body = self.elder.request(self.mode, given)
        self.step(at, self.family, "request-care", body, label=label, refused=refused)

    def contact(self, at: datetime) -> None:
        """The office calls back."""
        self.step(at, officer(self.rng), "record-first-contact")

    def assessors(self, organisation: str | None = None) -> list[dict[str, Any]]:
        """Two who sign, of the district's assessing body or of another organisation."""
        own = Random(f"{self.world.run}:{PROGRAM}:assessors:{self.n}:{len(self.steps)}")
        body = organisation or uscc("enterprise", "330203", f"{self.world.run}:assessing")
        two = (someone(own, self.world, (28, 40)), someone(own, self.world, (41, 58)))
        return [
            {"name": one.name, "resident_id": one.resident_id, "organisation": body} for one in two
        ]

    def assess(
        self,
        at: datetime,
        found: datetime | None = None,
        *,
        refused: str | None = None,
        organisation: str | None = None,
        until: Until | None = None,
    ) -> None:
        """Two assessors' findings, sent some hours after the visit at home."""
        seen = self.ability
        body: dict[str, Any] = {
            "scores": dict(seen.scores),
            "diagnoses": [str(one) for one in seen.diagnoses],
            "incidents_30d": {"falls": seen.falls},
            "assessors": self.assessors(organisation),
            "at": (found or at - timedelta(hours=2)).isoformat(),
        }
        if refused == "score-out-of-range":
            body["scores"] = {**seen.scores, "eating": 5}
        if refused == "scores-incomplete":
            body["scores"] = {k: v for k, v in seen.scores.items() if k != "eating"}
        if refused == "same-assessor-twice":
            body["assessors"] = [body["assessors"][0], body["assessors"][0]]
        self.step(at, officer(self.rng), "record-assessment", body, refused=refused, until=until)

    def propose(self, at: datetime, *, refused: str | None = None, **changes: Any) -> None:
        """The office offers care at the list's price."""
        body = {**self.care.proposal(), **changes}
        self.step(at, officer(self.rng), "propose-plan", body, refused=refused)

    def accept(self, at: datetime) -> None:
        """The family agrees."""
        self.step(at, self.family, "accept-plan")

    def assign(
        self,
        at: datetime,
        provider: Provider | None = None,
        *,
        refused: str | None = None,
        kept: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
        until: Until | None = None,
        **fields: Any,
    ) -> None:
        """The family takes a place."""
        code = (provider or self.provider).code
        self.step(
            at,
            self.family,
            "assign-provider",
            {"provider": code, **fields},
            label=None if refused else "assigned",
            refused=refused,
            kept=kept,
            after=after or ((provider or self.provider).label,),
            until=until,
        )

    # --- from the request to a provider --------------------------------------------------------

    def agree(self, since: date, *, found: datetime | None = None) -> date:
        """From the request to the accepted plan within some ten days; the day of that."""
        rng, world = self.rng, self.world
        day = working(world, since)
        self.request(office(rng, day, 8.6, 11.4))
        self.contact(office(rng, day, 13.6, 16.8))
        day = working(world, day + 3 * A_DAY)
        self.assess(office(rng, day, 13), found)
        day = working(world, day + 2 * A_DAY)
        self.propose(office(rng, day))
        day = working(world, day + A_DAY)
        self.accept(office(rng, day, 9, 12))
        return day

    def serve(self, since: date, *, found: datetime | None = None) -> None:
        """From the request to a provider within some two weeks of a day, long before the days."""
        accepted = self.agree(since, found=found)
        self.assign(office(self.rng, working(self.world, accepted + 2 * A_DAY), 9, 12))
