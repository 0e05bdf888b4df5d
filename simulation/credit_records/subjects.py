"""Whom the records are about: companies and key persons, their files, who acts for them.

The plan's base holds 500,000 key persons and about as many companies. Here are those of whom
something is heard in the days; their files were taken over from the old system long before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from commands.base import Role
from domain.shared.identifiers import make_resident_id
from simulation import people
from simulation.codes import uscc
from simulation.credit_records.sources import CREDIT_OFFICE, officer, system
from simulation.matters import Matter, Ref, Sender, Step
from simulation.office import local
from simulation.programme import World

PROGRAM = "credit-records"

TAKEN_OVER = timedelta(days=700)
"""How long before the first day the old system's files came."""
_APART = timedelta(seconds=2)


@dataclass(slots=True)
class Subject:
    """A company or a person with a file. ``given`` is how bodies name it, ``owner`` who acts for
    it, ``opened_at`` None when its file came from the old system."""

    label: str
    company: bool
    given: dict[str, str]
    opening: dict[str, str]
    owner: Sender
    department: str
    opened_at: datetime | None = None
    represented: bool = True
    later: list[tuple[datetime, str, Sender, dict[str, Any], str | None]] = field(
        default_factory=list
    )
    """Further commands on the file: instant, command, sender, body, code of a planned refusal."""
    red_lists: set[str] = field(default_factory=set)

    @property
    def id(self) -> Ref:
        """The file's matter."""
        return Ref(self.label)

    def command(
        self,
        at: datetime,
        command: str,
        sender: Sender,
        *,
        refused: str | None = None,
        **fields: Any,
    ) -> None:
        """One more command on the file, which names it unless it opens it."""
        body = fields if command == "open-subject" else {"subject_id": self.id, **fields}
        self.later.append((at, command, sender, body, refused))


class Files:
    """Makes subjects, each new one with a number of its own, and their matters."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._persons: set[str] = set()
        self.made: list[Subject] = []

    def company(
        self, department: str, *, represented: bool = True, opened_at: datetime | None = None
    ) -> Subject:
        """A company, and someone who acts for it if ``represented``."""
        n = len(self.made)
        code = uscc("enterprise", "330206", f"{self._world.run}:{PROGRAM}:{n}")
        named = {"uscc": code}
        return self._made(
            n, True, named, named, department, opened_at=opened_at, represented=represented
        )

    def person(
        self, department: str, *, born: date | None = None, opened_at: datetime | None = None
    ) -> Subject:
        """A key person; ``born`` for one whose age matters."""
        n, again = len(self.made), 0
        while True:
            rng = Random(f"{self._world.run}:{PROGRAM}:person:{n}:{again}")
            person = people.person(rng, self._world.days[0])
            number = person.resident_id
            if born is not None:
                number = make_resident_id(number[:6], born, rng.randrange(1, 998))
            if number not in self._persons:
                break
            again += 1
        self._persons.add(number)
        opening = {"name": person.name, "resident_id": number}
        given = {"resident_id": number}
        return self._made(n, False, given, opening, department, opened_at=opened_at)

    def _made(
        self,
        n: int,
        company: bool,
        given: dict[str, str],
        opening: dict[str, str],
        department: str,
        *,
        opened_at: datetime | None = None,
        represented: bool = True,
    ) -> Subject:
        owner = Sender(f"{PROGRAM}-owner-{n}", Role.CITIZEN)
        if not company:
            opening = {**opening, "holder": owner.actor}
        label = f"{PROGRAM}/subject/{n}"
        made = Subject(
            label=label,
            company=company,
            given=given,
            opening=opening,
            owner=owner,
            department=department,
            opened_at=opened_at,
            represented=represented,
        )
        self.made.append(made)
        return made

    def matters(self, begin: datetime, end: datetime) -> Iterator[Matter]:
        """Each file's matter: opened, its proxy recorded, then what else comes up to ``end``."""
        rng = Random(f"{self._world.seed}:{PROGRAM}:files")
        night = begin - TAKEN_OVER
        represented_at = night + len(self.made) * _APART + timedelta(hours=1)
        for n, subject in enumerate(self.made):
            taken_over = subject.opened_at is None
            at = subject.opened_at or night + n * _APART
            sender = system(CREDIT_OFFICE if taken_over else subject.department)
            steps = [Step(at, sender, "open-subject", subject.opening, subject.label)]
            if subject.company and subject.represented:
                recorded = represented_at + n * _APART if taken_over else at + timedelta(minutes=9)
                body = {"subject_id": subject.id, "proxy": subject.owner.actor}
                by = officer(rng, CREDIT_OFFICE)
                label = proxy_label(subject)
                steps.append(Step(recorded, by, "record-proxy", body, label))
            for when, command, by, further, refused in sorted(subject.later, key=lambda o: o[0]):
                steps.append(Step(when, by, command, further, refused=refused))
            kept = tuple(step for step in steps if step.at < end)
            if kept:
                yield Matter(subject.label, PROGRAM, kept, about={"company": subject.company})


def proxy_label(subject: Subject) -> str:
    """Of the step after which the owner may act."""
    return f"{subject.label}/proxy" if subject.company else subject.label


def in_office(rng: Random, day: date) -> datetime:
    """Some instant of an office's day, away from its ends."""
    return local(day, rng.randint(9 * 3600 + 600, 16 * 3600 + 1800))
