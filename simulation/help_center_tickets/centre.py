"""Who answers and who works: the centre's officers, departments, supervision, member companies.

Members' codes and names are of one run; which of them rests, has an old licence or was suspended is
the seed's.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from uuid import UUID

from commands.base import Role
from domain.help_center_tickets import member_company_id
from domain.help_center_tickets.values import CENTRE
from domain.shared.derived_ids import derived_id
from domain.shared.districts import current, districts_in_force
from simulation import people
from simulation.codes import uscc
from simulation.help_center_tickets.hours import Pace, in_daylight, office_hours, round_the_clock
from simulation.help_center_tickets.services import CONSULTED, PAID
from simulation.matters import Sender
from simulation.programme import World
from simulation.trade_names import trade_name

PROGRAM = "help-center-tickets"

MEMBERS = 10_000
"""Member companies of the whole city (the plan: more than 10,000)."""
LEAST_MEMBERS = 12

POLICE = "public-security"
RIGHT_OR_NOT = ("urban-management", "transport", "commerce", "natural-resources", "ecology", "hrss")
"""Departments that tickets are sent to by mistake."""


def agent(rng: Random) -> Sender:
    """One of the centre's officers."""
    return Sender(f"81890-agent-{rng.randint(1, 40):02d}", Role.OFFICER, CENTRE.code)


def supervisor(number: int) -> Sender:
    """An officer of supervision."""
    return Sender(f"81890-supervisor-{number}", Role.OFFICER, "supervision")


def officer(department: str, number: int) -> Sender:
    """A department's officer who has its tickets."""
    return Sender(f"81890-{department}-{number}", Role.OFFICER, department)


class Standing(StrEnum):
    """How a member stands on the days; ``REGULAR`` for most.

    A resting one takes nothing new, an applicant has not been admitted, a newcomer is on one of the
    days, a man alone carries one ticket at a time, one to be suspended works until then.
    """

    REGULAR = "regular"
    NEWCOMER = "newcomer"
    RESTING = "resting"
    EXPIRED = "expired"
    APPLICANT = "applicant"
    ALONE = "alone"
    TO_BE_SUSPENDED = "to-be-suspended"
    EXPELLED = "expelled"


_SHARES: Mapping[Standing, float] = {
    Standing.NEWCOMER: 0.03,
    Standing.RESTING: 0.02,
    Standing.EXPIRED: 0.02,
    Standing.APPLICANT: 0.02,
    Standing.ALONE: 0.02,
    Standing.TO_BE_SUSPENDED: 0.01,
    Standing.EXPELLED: 0.01,
}
"""Of the members; at least one each."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member company: what it offers, where, how much it carries, who acts for it."""

    n: int
    uscc: str
    name: str
    items: tuple[str, ...]
    districts: tuple[str, ...]
    capacity: int
    staff: tuple[Sender, ...]
    standing: Standing

    @property
    def id(self) -> UUID:
        """Its membership."""
        return member_company_id(self.uscc)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who may get a ticket, as a command names him; who sends for him, and when he works."""

    kind: str
    code: str
    senders: tuple[Sender, ...]
    pace: Pace

    @property
    def body(self) -> dict[str, str]:
        """As a command names him."""
        return {"kind": self.kind, "code": self.code}


@dataclass(frozen=True, slots=True)
class Centre:
    """All of it, of one run. ``articles`` are ids by the service they answer."""

    world: World
    members: tuple[Member, ...]
    regulars: tuple[Member, ...]
    by_service: Mapping[tuple[str, str], Sequence[Member]]
    articles: Mapping[str, UUID]
    outdated: UUID
    retired_item: str
    new_item: str

    def standing(self, standing: Standing) -> list[Member]:
        """Members that stand so."""
        return [member for member in self.members if member.standing is standing]

    def regular(self, rng: Random) -> Member:
        """One of those who get tickets; the first ones are the big ones."""
        known = self.regulars
        return known[min(int(rng.expovariate(4 / len(known))), len(known) - 1)]

    def department(self, code: str, *, on_duty: bool = False) -> Hand:
        """A department, at its desks or by who is on duty at all hours."""
        senders = tuple(officer(code, n) for n in range(1, 5))
        pace = round_the_clock if on_duty else office_hours(self.world.calendar)
        return Hand("department", code, senders, pace)

    def company(self, member: Member) -> Hand:
        """A member as a holder."""
        return Hand("company", member.uscc, member.staff, in_daylight)


def centre_of(world: World) -> Centre:
    """Members in the whole city's number, scaled, and what the centre knows."""
    members = tuple(_members(world))
    regulars = tuple(member for member in members if member.standing is Standing.REGULAR)
    by_service: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for member in regulars:
        for item in member.items:
            for district in member.districts:
                by_service[item, district].append(member)
    number = int.from_bytes(derived_id("simulated-items", world.run).bytes[:4]) % 400
    return Centre(
        world=world,
        members=members,
        regulars=regulars,
        by_service=by_service,
        articles={item: derived_id("simulated-article", world.run, item) for item in CONSULTED},
        outdated=derived_id("simulated-article", world.run, "outdated"),
        # three digits that the catalogue does not use; publishing begins each of them anew
        retired_item=f"A{500 + number}",
        new_item=f"C{500 + number}",
    )


def _members(world: World) -> list[Member]:
    regular = world.scaled(MEMBERS, least=LEAST_MEMBERS)
    standings = [Standing.REGULAR] * regular
    for standing, share in _SHARES.items():
        standings += [standing] * max(1, round(regular * share))
    return [_member(world, n, standing) for n, standing in enumerate(standings, 1)]


def _member(world: World, n: int, standing: Standing) -> Member:
    rng = Random(f"{world.seed}:{PROGRAM}:member:{n}")
    home = current(people.district(rng), world.days[0])
    others = [code for code in districts_in_force(world.days[0]) if code != home]
    items = dict.fromkeys(
        rng.choices(list(PAID), list(PAID.values()))[0] for _ in range(rng.randint(2, 7))
    )
    actors = [f"81890-member-{n}-{k}" for k in range(1, rng.randint(2, 4))]
    return Member(
        n=n,
        uscc=uscc("enterprise", home, f"{world.run}:member:{n}"),
        name=f"宁波{trade_name(rng)}家庭服务有限公司",
        items=tuple(items),
        districts=(home, *rng.sample(others, rng.choices((0, 1, 2, 4), (35, 30, 20, 15))[0])),
        capacity=1 if standing is Standing.ALONE else rng.randrange(40, 160, 5),
        staff=tuple(Sender(actor, Role.AGENT) for actor in actors),
        standing=standing,
    )
