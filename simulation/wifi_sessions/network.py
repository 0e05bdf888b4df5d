"""Where there is WiFi: hotspots, their access points, and what goes wrong with them on the days.

Identifiers are of one run; places, kinds and troubles are the seed's. The city of the plan has 900
hotspots with 9,000 access points, run from one access platform.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import accumulate
from random import Random
from uuid import UUID

from commands.base import Role
from domain.shared.address import Point
from domain.wifi_sessions.ids import access_point_id
from simulation import people
from simulation.matters import Sender
from simulation.office import MINUTE, local
from simulation.programme import World

PROGRAM = "wifi-sessions"
HOTSPOTS = 900
LEAST_HOTSPOTS = 3
APS_EACH = 10
LEAST_APS_EACH = 4
HUNG_BEFORE = timedelta(days=60)
"""The network stands long before the first day."""

PORTAL = Sender("wifi-portal", Role.AGENT)
PLATFORM = Sender("wifi-platform", Role.DEPARTMENT, "data-bureau")
"""Carries what access points say by RADIUS, their heartbeats, address translation, firewall."""
TIMERS = Sender("wifi-timers", Role.SIMULATOR)
"""Says what the scheduler would say: it leaves simulated matters alone."""
FITTER = Sender("wifi-fitter-1", Role.OPERATOR)

# Stations and hospitals are few and full.
_KINDS: Mapping[str, tuple[float, str, float]] = {
    "station": (6, "站", 4.0),
    "hospital": (10, "医院", 2.6),
    "government": (14, "办事大厅", 1.2),
    "scenic": (12, "景区", 1.3),
    "culture": (14, "图书馆", 1.1),
    "square": (22, "广场", 1.8),
    "other": (22, "街区", 0.8),
}
"""Share of the hotspots, what the place is called, and how busy it is."""

_CENTRES: Mapping[str, tuple[float, float]] = {
    "330203": (29.874, 121.540),
    "330204": (29.868, 121.580),
    "330205": (29.905, 121.556),
    "330206": (29.900, 121.845),
    "330211": (29.950, 121.716),
    "330212": (29.817, 121.546),
    "330225": (29.477, 121.869),
    "330226": (29.288, 121.429),
    "330281": (30.037, 121.154),
    "330282": (30.170, 121.266),
    "330283": (29.655, 121.406),
}
"""Latitude and longitude of the districts' seats, WGS-84."""


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A place with WiFi; ``weight`` is how many come, beside the others."""

    id: str
    name: str
    kind: str
    district: str
    point: Point
    weight: float

    @property
    def body(self) -> dict[str, object]:
        """As the installation of an access point says it."""
        return {
            "hotspot": self.id,
            "hotspot_name": self.name,
            "kind": self.kind,
            "point": {"lat": self.point.lat, "lon": self.point.lon},
            "district": self.district,
        }


class Trouble(StrEnum):
    """What befalls an access point."""

    DOWN = "down"
    DOWN_TOO_LONG = "down-too-long"
    MAINS_FAILURE = "mains-failure"
    RESTART = "restart"
    MAINTENANCE = "maintenance"
    MOVED = "moved"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Befallen:
    """A trouble from its first moment until the access point serves again; a restart is a moment."""

    trouble: Trouble
    begins: datetime
    ends: datetime


@dataclass(slots=True)
class AccessPoint:
    """One of a hotspot's access points, counted from 0 over the city."""

    n: int
    nas_id: str
    hotspot: Hotspot
    befallen: Befallen | None = None

    @property
    def id(self) -> UUID:
        """The matter."""
        return access_point_id(self.nas_id)

    @property
    def restart(self) -> datetime | None:
        """The moment at which all its sessions end."""
        if self.befallen and self.befallen.trouble in (Trouble.RESTART, Trouble.MAINS_FAILURE):
            return self.befallen.begins
        return None

    def is_free(self, since: datetime, until: datetime) -> bool:
        """Whether nothing befalls it in a time, nor shortly before or after."""
        if self.befallen is None:
            return True
        near = timedelta(minutes=15)
        return until + near < self.befallen.begins or self.befallen.ends + near < since


@dataclass(slots=True)
class Network:
    """All of them, of one run. ``token`` begins their names; ``addresses`` counts the blocks of
    public ports that were given out."""

    token: str
    hotspots: tuple[Hotspot, ...]
    aps: tuple[AccessPoint, ...]
    _sums: Sequence[float] = field(init=False)
    _first_address: int = field(init=False)
    _blocks: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._sums = list(accumulate(ap.hotspot.weight for ap in self.aps))
        self._first_address = int(self.token, 16) * 4 % 2**27

    def some_ap(self, rng: Random, since: datetime, until: datetime) -> AccessPoint:
        """One that serves all the time, the busier the likelier."""
        for _ in range(40):
            ap = rng.choices(self.aps, cum_weights=self._sums)[0]
            if ap.is_free(since, until):
                return ap
        return next(ap for ap in self.aps if ap.befallen is None)

    def far_from(self, rng: Random, ap: AccessPoint) -> AccessPoint:
        """One without trouble more than two kilometres away, or the farthest there is."""
        calm = [one for one in self.aps if one.befallen is None]
        here = ap.hotspot.point
        far = [one for one in calm if one.hotspot.point.distance_m(here) > 2_000]
        if far:
            return rng.choice(far)
        return max(calm, key=lambda one: one.hotspot.point.distance_m(here))

    def ports(self) -> tuple[str, int, int]:
        """A public address with a block of 1,000 ports, nobody's before.

        The addresses are those that are reserved for no use at all (RFC 1112, section 4).
        """
        number, block = divmod(self._blocks, 60)
        self._blocks += 1
        at = 240 * 2**24 + (self._first_address + number) % 2**27
        address = ".".join(str(at >> shift & 255) for shift in (24, 16, 8, 0))
        first = 2_048 + block * 1_024
        return address, first, first + 999


def network_of(world: World) -> Network:
    """Hung up, with what befalls them on the days."""
    rng = Random(f"{world.seed}:{PROGRAM}:network")
    token = hashlib.blake2b(world.run.encode(), digest_size=4).hexdigest().upper()
    spots = tuple(_hotspot(rng, token, n) for n in range(world.scaled(HOTSPOTS, LEAST_HOTSPOTS)))
    each = APS_EACH if len(spots) > LEAST_HOTSPOTS else LEAST_APS_EACH
    aps = tuple(
        AccessPoint(n, f"AP-{token}-{n:05d}", spots[n // each]) for n in range(len(spots) * each)
    )
    network = Network(token, spots, aps)
    _befall(world, network)
    return network


def _hotspot(rng: Random, token: str, n: int) -> Hotspot:
    # the first place is the station, so that there is one in the smallest city, too
    shares = [share for share, _, _ in _KINDS.values()]
    kind = "station" if n == 0 else rng.choices(list(_KINDS), shares)[0]
    _, called, busy = _KINDS[kind]
    district = people.district(rng)
    lat, lon = _CENTRES[district]
    point = Point(
        lat=round(lat + rng.gauss(0, 0.012), 6),
        lon=round(lon + rng.gauss(0, 0.014), 6),
    )
    street = rng.choice(people.streets(district))
    name = f"{street}{called}{n + 1}"
    return Hotspot(f"HS-{token}-{n:04d}", name, kind, district, point, busy * rng.uniform(0.5, 1.5))


# --- what befalls them -------------------------------------------------------------------------

_SHARES: Mapping[Trouble, float] = {
    Trouble.DOWN: 1.2,
    Trouble.RESTART: 1.0,
    Trouble.MAINTENANCE: 0.8,
    Trouble.MOVED: 0.2,
    Trouble.RETIRED: 0.2,
}
"""Percent of the access points on a day."""
LARGE = 40
"""So many access points have each of these at least once."""
MAINS_FAILURES = 40
"""Hotspots that lose their power on a day; all their access points begin anew within a minute."""


def _befall(world: World, network: Network) -> None:
    """One trouble at most for an access point in all the days."""
    rng = Random(f"{world.seed}:{PROGRAM}:troubles")
    first, *others = network.aps
    first.befallen = _too_long(rng, world)
    spots = network.hotspots[1:-1]  # the last keeps its power, so that somebody always serves
    failures = min(-(-len(spots) // 3), world.scaled(MAINS_FAILURES * len(world.days)))
    dark = {spot.id: _moment(rng, world, 10, 21) for spot in rng.sample(spots, failures)}
    for ap in others:
        if (at := dark.get(ap.hotspot.id)) is not None:
            at += timedelta(seconds=rng.randint(0, 50))
            ap.befallen = Befallen(Trouble.MAINS_FAILURE, at, at)
    # the others of each pair have no trouble, so that somebody always serves
    calm = [ap for ap in others[::2] if ap.befallen is None]
    rng.shuffle(calm)
    least = 1 if len(network.aps) >= LARGE else 0
    for trouble, percent in _SHARES.items():
        count = max(least, round(len(network.aps) * len(world.days) * percent / 100))
        for ap in calm[:count]:
            ap.befallen = _befallen(rng, world, trouble)
        calm = calm[count:]


def _moment(rng: Random, world: World, first: int, last: int) -> datetime:
    return local(rng.choice(world.days), rng.randint(first * 3600, last * 3600))


def _too_long(rng: Random, world: World) -> Befallen:
    """A station without it for more than its four hours."""
    begins = local(rng.choice(world.days), 10 * 3600 + rng.randint(0, 50 * MINUTE))
    return Befallen(Trouble.DOWN_TOO_LONG, begins, begins + timedelta(hours=6))


def _befallen(rng: Random, world: World, trouble: Trouble) -> Befallen:
    begins = _moment(rng, world, 8, 19)
    end = local(world.today, 0)
    lasting = {
        Trouble.RESTART: timedelta(),
        Trouble.DOWN: timedelta(minutes=rng.randint(25, 230)),
        Trouble.MAINTENANCE: timedelta(minutes=rng.randint(30, 150)),
        Trouble.MOVED: end - begins,
        Trouble.RETIRED: end - begins,
    }[trouble]
    return Befallen(trouble, begins, begins + lasting)
