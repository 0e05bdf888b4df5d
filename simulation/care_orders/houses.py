"""Who gives care in a simulated city: houses with beds, day centres, services that come home.

Codes, names and carers are of one run; how many there are and where they lie is the seed's. Each
provider here is for one mode, which in life most are. Two are special: the first house with beds is
full, and one day centre's licence has run out.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Any
from uuid import UUID

from commands.base import Role
from domain.care_orders import Mode
from domain.care_orders.people import elder_id, provider_id
from domain.shared.identifiers import make_resident_id
from simulation import people
from simulation.codes import uscc
from simulation.matters import KeyedHash, Ref, Sender
from simulation.programme import World

PROGRAM = "care-orders"

SCHEDULER = Sender("demo-scheduler", Role.SIMULATOR)
"""Acts on deadlines of the simulated clock, which the city's own scheduler leaves alone."""

HOSPITAL_DESK = Sender("demo-hospital-desk", Role.OFFICER, "health")
POLICE = Sender("demo-police-desk", Role.OFFICER, "public-security")
TREASURY = Sender("demo-treasury-1", Role.OFFICER, "finance")
DOOR_VISITOR = Sender("demo-emergency-1", Role.OFFICER, "emergency")


def officer(rng: Random) -> Sender:
    """One of those of civil affairs who do care."""
    return Sender(f"demo-care-officer-{rng.randint(1, 9)}", Role.OFFICER, "civil-affairs")


PROVIDERS: Mapping[Mode, int] = MappingProxyType(
    {Mode.INSTITUTION: 110, Mode.DAY_CARE: 600, Mode.HOME: 250}
)
"""In the whole city: some 90 beds a house, 80 places a day centre, 400 homes a service."""

_NAMES: Mapping[Mode, str] = MappingProxyType(
    {
        Mode.INSTITUTION: "颐养护理院",
        Mode.DAY_CARE: "社区日间照料中心",
        Mode.HOME: "居家养老服务站",
    }
)

CENTRES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "330203": (29.860, 121.544),
        "330204": (29.867, 121.572),
        "330205": (29.887, 121.555),
        "330206": (29.900, 121.844),
        "330211": (29.949, 121.717),
        "330212": (29.817, 121.547),
        "330225": (29.477, 121.870),
        "330226": (29.289, 121.430),
        "330281": (30.037, 121.154),
        "330282": (30.170, 121.266),
        "330283": (29.656, 121.407),
    }
)
"""Middle of each of the plan's districts (latitude, longitude), where most people live."""


def place_in(rng: Random, district: str) -> dict[str, float]:
    """A point within some three kilometres of a district's middle, as a body has it."""
    lat, lon = CENTRES[district]
    return {
        "lat": round(lat + rng.uniform(-0.025, 0.025), 6),
        "lon": round(lon + rng.uniform(-0.03, 0.03), 6),
    }


def near(rng: Random, point: Mapping[str, float], *, degrees: float = 0.0008) -> dict[str, float]:
    """Where a phone says that it is: not quite there, at most some 120 m off."""
    return {key: round(value + rng.uniform(-degrees, degrees), 6) for key, value in point.items()}


def far(point: Mapping[str, float]) -> dict[str, float]:
    """Over a kilometre away."""
    return {**point, "lat": round(point["lat"] + 0.012, 6)}


def named(run: str, kind: str, n: int) -> UUID:
    """An id of the run's own for the ``n``-th matter of a kind."""
    return UUID(bytes=hashlib.blake2b(f"{run}:{kind}:{n}".encode(), digest_size=16).digest())


# --- people by reference -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SubjectOf:
    """What stands for a person in the played city; only its key tells."""

    resident_id: str

    def __call__(self, _: UUID, keyed_hash: KeyedHash) -> str:
        return keyed_hash("person", self.resident_id)


@dataclass(frozen=True, slots=True)
class ElderMatterOf:
    """The matter of an elder, who is found by the same reference."""

    resident_id: str

    def __call__(self, _: UUID, keyed_hash: KeyedHash) -> str:
        return str(elder_id(keyed_hash("person", self.resident_id)))


def someone(rng: Random, world: World, born_years_ago: tuple[float, float]) -> people.Person:
    """A person of such an age in years; name and number fit each other."""
    known = people.person(rng, world.days[0])
    days = int(rng.uniform(*born_years_ago) * 365.25)
    born = world.days[0].toordinal() - days
    order = rng.randrange(0, 998, 2) + int(known.resident_id[16]) % 2
    number = make_resident_id(rng.choice(tuple(CENTRES)), world.days[0].fromordinal(born), order)
    return people.Person(known.name, number, known.mobile)


# --- providers and carers ----------------------------------------------------------------------

NURSE, THERAPIST = "nurse", "therapist"
_EVERYBODY = ("care-worker", "household")


@dataclass(frozen=True, slots=True)
class Carer:
    """Someone who cares for a provider. ``label`` is of the answer that registers the person."""

    label: str
    person: people.Person
    sender: Sender
    skills: frozenset[str]

    @property
    def ref(self) -> Ref:
        """Stands in a body for the carer."""
        return Ref(self.label, keyed=SubjectOf(self.person.resident_id))


@dataclass(slots=True)
class Provider:
    """One provider of one mode. ``carers`` grow with what the timetable needs of them."""

    n: int
    mode: Mode
    code: str
    name: str
    district: str
    point: dict[str, float]
    coordinator: Sender
    world: World
    carers: list[Carer] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        """The matter."""
        return provider_id(self.code)

    @property
    def label(self) -> str:
        """Of the answer that registers it."""
        return f"{PROGRAM}/provider/{self.mode}-{self.n}"

    def hired(self, needs: frozenset[str]) -> Carer:
        """One more carer, who can do at least this."""
        k = len(self.carers)
        more = {NURSE} if k % 3 == 0 else {THERAPIST} if k % 3 == 1 else set()
        name = f"{self.mode}-{self.n}-{k}"
        rng = Random(f"{self.world.run}:{PROGRAM}:carer:{name}")
        carer = Carer(
            f"{PROGRAM}/carer/{name}",
            someone(rng, self.world, (22, 58)),
            Sender(f"demo-carer-{name}", Role.AGENT),
            frozenset({*_EVERYBODY, *more, *needs}),
        )
        self.carers.append(carer)
        return carer

    def registration(self, carer: Carer) -> dict[str, Any]:
        """The body that registers a carer."""
        return {
            "provider_id": str(self.id),
            "carer": {"name": carer.person.name, "resident_id": carer.person.resident_id},
            "actor": carer.sender.actor,
            "qualifications": sorted(carer.skills),
        }


@dataclass(frozen=True, slots=True)
class Houses:
    """All providers of a run, by mode."""

    of: Mapping[Mode, tuple[Provider, ...]]
    lapsed: Provider

    @property
    def full(self) -> Provider:
        """The house in which every bed is taken."""
        return self.of[Mode.INSTITUTION][0]

    @property
    def stopped(self) -> Provider:
        """The service that gets no new elders for some hours of the first working day."""
        return self.of[Mode.HOME][-1]

    @property
    def all(self) -> Iterator[Provider]:
        """Every one, the lapsed one last."""
        for mode in Mode:
            yield from self.of[mode]
        yield self.lapsed


def houses_of(world: World) -> Houses:
    """As many as the world's share of the city has, at least two of each mode."""
    rng = Random(f"{world.seed}:{PROGRAM}:houses")

    def one(mode: Mode, n: int) -> Provider:
        district = people.district(rng)
        return Provider(
            n,
            mode,
            uscc("enterprise", "330203", f"{world.run}:care:{mode}:{n}"),
            f"{rng.choice(people.streets(district))}{_NAMES[mode]}",
            district,
            place_in(rng, district),
            Sender(f"demo-coordinator-{mode}-{n}", Role.AGENT),
            world,
        )

    counts = {mode: world.scaled(PROVIDERS[mode], least=2) for mode in Mode}
    of = {mode: tuple(one(mode, n) for n in range(count)) for mode, count in counts.items()}
    return Houses(MappingProxyType(of), one(Mode.DAY_CARE, counts[Mode.DAY_CARE]))
