"""One record's story as it is written: steps on one matter, at instants counted in office hours.

A story has an instant zero, its main act, such as the objection or the notice; everything else lies
so many working days before or after. Which of its acts falls on the days that are played is drawn;
what would come behind their end is left out.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from domain.credit_records.identities import record_id
from domain.shared.instants import shanghai_date
from simulation.credit_records.sources import (
    CREDIT_OFFICE,
    FACTS,
    Said,
    officer,
    system,
)
from simulation.credit_records.subjects import PROGRAM, Files, Subject, in_office, proxy_label
from simulation.matters import Matter, Ref, Sender, Step, Until, spaced
from simulation.office import local
from simulation.programme import World

A_DAY = 9 * 3600
"""Seconds that an office is open."""
AT_HOME = 0.4
"""Of what subjects ask for online, the share that comes after work or on a day of rest."""

F = TypeVar("F")


def dealt(rng: Random, shares: Mapping[F, float], count: int) -> list[F]:
    """So many fates: each once, the rest by their shares. Fewer than there are: the first ones."""
    once = list(shares)[:count]
    more = rng.choices(list(shares), list(shares.values()), k=count - len(once))
    return [*once, *more]


def token(world: World, *parts: object) -> str:
    """Twelve letters that no other run has."""
    text = ":".join(str(part) for part in (world.run, *parts))
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


@dataclass(slots=True)
class Story:
    """One matter about a subject; ``zero`` is its main act. ``id`` None: the server chooses."""

    world: World
    rng: Random
    name: str
    subject: Subject
    source: str
    zero: datetime
    id: UUID | None = None
    about: dict[str, Any] = field(default_factory=dict)
    program: str = PROGRAM
    steps: list[Step] = field(default_factory=list)

    def at(self, days: float) -> datetime:
        """So many working days after the main act, or before it."""
        return self.world.calendar.add_working_time(self.zero, round(days * A_DAY))

    def day(self, days_before: int) -> date:
        """A calendar day before that of the main act."""
        return shanghai_date(self.zero) - timedelta(days=days_before)

    def office_on(self, day: date) -> datetime:
        """An instant in office hours on a day, or the next on which offices are open."""
        while not self.world.calendar.is_working_day(day):
            day += timedelta(days=1)
        return in_office(self.rng, day)

    @property
    def own(self) -> dict[str, Any]:
        """The record's id in a body: known from the start, or from the answer to the notice."""
        return {"record_id": str(self.id) if self.id else Ref(self.label)}

    @property
    def label(self) -> str:
        """Of the step that others wait for: the publication, or the notice."""
        return f"{self.name}/shown"

    @property
    def by(self) -> Sender:
        """Some officer of the source."""
        return officer(self.rng, self.source)

    @property
    def credit_officer(self) -> Sender:
        """Some officer of the credit office."""
        return officer(self.rng, CREDIT_OFFICE)

    def evidence(self, count: int = 1) -> list[str]:
        """Digests of files."""
        return [
            hashlib.sha256(f"{self.world.run}:{self.name}:{n}".encode()).hexdigest()
            for n in range(count)
        ]

    def step(
        self,
        at: datetime,
        sender: Sender,
        command: str,
        body: Mapping[str, Any],
        *,
        refused: str | None = None,
        kept: tuple[str, ...] = (),
        label: str | None = None,
        after: tuple[str, ...] = (),
        until: Until | None = None,
        opened: bool = True,
    ) -> None:
        """One more command. It waits for the subject's file, if that is ``opened`` by then, and a
        subject's own until it is known who acts for it."""
        needs = (self.subject.label, *after) if opened else after
        if sender == self.subject.owner:
            needs = (proxy_label(self.subject), *after)
        kept_in = "ledger-opened" if "contribution-rejected" in kept else None
        step = Step(
            at,
            sender,
            command,
            body,
            label,
            refused,
            kept=kept,
            kept_in=kept_in,
            after=needs,
            until=until,
        )
        self.steps.append(step)

    def on_it(self, days: float, sender: Sender, command: str, **fields: Any) -> None:
        """A command on the record, so many working days after the main act.

        ``refused``, ``after``, ``label`` and ``until`` are the step's, everything else the body's.
        """
        own = {
            name: fields.pop(name)
            for name in ("refused", "after", "label", "until")
            if name in fields
        }
        self.step(self.at(days), sender, command, {**self.own, **fields}, **own)

    def contribution(
        self,
        said: Said,
        number: str,
        determined_on: date,
        *,
        duty_outstanding: bool = False,
        **other: Any,
    ) -> dict[str, Any]:
        """The body that contributes what is said."""
        severity = {"severity": said.severity} if said.severity else {}
        duty = {"duty_outstanding": True} if duty_outstanding else {}
        return {
            "subject": self.subject.given,
            "catalogue_item": said.item.code,
            "source_record_no": number,
            "kind": said.kind.value,
            "determined_on": determined_on.isoformat(),
            "decision_no": f"甬信〔{determined_on.year}〕{number[-6:]}号",
            "facts": FACTS[said.kind],
            **severity,
            **duty,
            **other,
        }

    def begin_with(
        self,
        said: Said,
        determined_on: date,
        contributed_at: datetime,
        *,
        published_at: datetime | None = None,
        duty_outstanding: bool = False,
        label: str | None = None,
        after: tuple[str, ...] = (),
    ) -> None:
        """The source contributes and, some hours later or at an instant, publishes."""
        number = f"{self.name.rpartition('/')[2]}-{token(self.world, self.name)}"
        self.id = record_id(self.source, said.item.code, number)
        body = self.contribution(said, number, determined_on, duty_outstanding=duty_outstanding)
        self.step(
            contributed_at, system(self.source), "contribute-record", body, label=label, after=after
        )
        if said.published:
            calendar = self.world.calendar
            later = published_at or calendar.add_working_time(
                contributed_at, self.rng.randint(40, 150) * 60
            )
            self.step(later, self.by, "publish", self.own, label=self.label)

    def matter(self, end: datetime) -> Matter | None:
        """Its steps up to the end of the days, one after another; None when there are none."""
        steps = spaced(self.steps, end)
        return Matter(self.name, self.program, steps, self.id, self.about) if steps else None


Writer = Callable[[Story], Sequence[Story]]
"""Writes a story's steps; gives further stories that belong to it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stories of a kind are made from."""

    world: World
    files: Files
    kind: str

    def story(
        self,
        rng: Random,
        n: int,
        span: float,
        subject: Subject,
        source: str,
        *,
        shown: bool,
        at_home: bool = False,
    ) -> Story:
        """The n-th, whose last act comes ``span`` working days after the main one.

        ``shown``: the last act falls on the days; else the first, the last or one between.
        ``at_home``: the main act is the subject's own, which may come at night or on a Sunday.
        """
        day = rng.choice(self.world.working_days)
        act = in_office(rng, day)
        lead = span if shown else rng.choice((0.0, 0.0, span, span * rng.random()))
        zero = self.world.calendar.add_working_time(act, -round(lead * A_DAY))
        if at_home and not shown and not lead and rng.random() < AT_HOME:
            zero = local(rng.choice(self.world.days), rng.randint(18 * 3600, 22 * 3600))
        name = f"{PROGRAM}/{self.kind}/{n}"
        return Story(self.world, rng, name, subject, source, zero)
