"""Who comes to the hotspots, when, and how often: most once, some again, a few in ways of their own.

Guests stay a short while; more come at noon and in the evening, more at weekends. A number that
several devices share, one that floods, one that an order blocks and a device in two places at once
are written out here, because they are about more than one visit.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from commands.base import Role
from simulation.matters import Matter, Sender, Step, Until
from simulation.office import MINUTE, Arrivals, local, lognormal_seconds
from simulation.programme import World
from simulation.wifi_sessions import stories
from simulation.wifi_sessions.network import PORTAL, PROGRAM, AccessPoint, Network
from simulation.wifi_sessions.visit import (
    BY_CODE_ONLY,
    NEVER_IN,
    NOTICE,
    SECONDS_AT_LEAST,
    SHARES,
    Fate,
    Guest,
    Visit,
)

A_DAY = 90_000
"""Visits of a day that are played in the whole city. The plan's platform would see 1.3 million
sessions; a hundredth of the city is thus a hotspot's crowd, not all that its radios hear."""
LEAST = 40

# Lunch, and the evening after work; few at night.
_BY_HOUR = (
    *(0.9, 0.5, 0.3, 0.2, 0.2, 0.5, 1.4, 3.4),
    *(4.6, 4.2, 4.6, 6.8, 10.4, 8.2, 5.2, 4.8),
    *(5.0, 6.2, 9.4, 10.2, 8.6, 5.8, 3.2, 1.6),
)
_BY_WEEKDAY = (1.0, 1.0, 1.0, 1.02, 1.15, 1.35, 1.3)

POLICE = tuple(Sender(f"police-officer-{n}", Role.OFFICER, "public-security") for n in range(1, 4))
_FIRST_OCTETS = ("f4", "3c", "8c", "ac", "5c", "d8", "24", "48")
_MOBILES = ("135", "136", "138", "139", "150", "151", "158", "159", "182", "187", "130", "186")
_BETWEEN = timedelta(minutes=6)
"""At least so long between two visits of one guest."""
_BOUND = timedelta(days=6)
"""A device is known for seven days from its code; nobody tries it on the last one."""
_A_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Crowd:
    """Makes guests and visits, each with a number of its own."""

    world: World
    network: Network
    visits: list[Visit] = field(default_factory=list)
    _guests: int = 0

    def guest(self, rng: Random, *, mobile: str | None = None, own: bool | None = None) -> Guest:
        """Somebody new, or a further device of a number; half the devices make up addresses."""
        n, self._guests = self._guests, self._guests + 1
        told = hashlib.blake2b(f"{self.world.run}:guest:{n}".encode(), digest_size=12).hexdigest()
        number = int(told[:12], 16)
        has_own = rng.random() < 0.5 if own is None else own
        first = rng.choice(_FIRST_OCTETS) if has_own else "da"
        mac = ":".join((first, *(told[k : k + 2] for k in range(12, 22, 2))))
        mobile = mobile or f"+86{_MOBILES[number % len(_MOBILES)]}{number % 10**8:08d}"
        return Guest(mobile, mac, has_own)

    def visit(
        self,
        rng: Random,
        guest: Guest,
        begun: datetime,
        seconds: int,
        *,
        fate: Fate = Fate.PLAIN,
        ap: AccessPoint | None = None,
        known: bool = False,
        after: tuple[str, ...] = (),
        mapped: bool = False,
    ) -> Visit:
        """One more, not written yet; somewhere that serves all the time unless it says where."""
        seconds = max(seconds, SECONDS_AT_LEAST.get(fate, 0))
        until = begun + timedelta(seconds=seconds) + timedelta(hours=3)
        made = Visit(
            rng=rng,
            network=self.network,
            n=len(self.visits),
            guest=guest,
            ap=ap or self.network.some_ap(rng, begun, until),
            fate=fate,
            begun=begun,
            seconds=seconds,
            known=known,
            after=after,
            mapped=mapped,
        )
        self.visits.append(made)
        return made


def _stay_seconds(rng: Random) -> int:
    return 60 + lognormal_seconds(rng, 19 * MINUTE, 0.85, most=3.5 * 3600)


def plain(crowd: Crowd) -> None:
    """Everybody who comes to surf, once or again. Some were here in the days before."""
    world = crowd.world
    wanted = world.scaled(A_DAY * len(world.days), LEAST)
    arrivals = Arrivals(world.days, _BY_HOUR, _BY_WEEKDAY)
    while len(crowd.visits) < wanted:
        rng = Random(f"{world.seed}:{PROGRAM}:guest:{len(crowd.visits)}")
        guest = crowd.guest(rng)
        instants = sorted(arrivals.draw(rng) for _ in range(rng.choices((1, 2, 3), (72, 21, 7))[0]))
        if guest.has_own_mac and rng.random() < 0.12:
            day = world.days[0] - timedelta(days=rng.randint(1, 4))
            instants.insert(0, local(day, 18 * 3600 + rng.randint(0, 40) * MINUTE))
        _come(crowd, rng, guest, instants)


def _come(crowd: Crowd, rng: Random, guest: Guest, instants: list[datetime]) -> None:
    """Each after the one before; a device of its own is known once it was in."""
    free, bound_until = instants[0], instants[0]
    for instant in instants:
        at = max(instant, free)
        fate = rng.choices(list(SHARES), list(SHARES.values()))[0]
        again = at < bound_until and fate not in BY_CODE_ONLY
        if fate is Fate.UNKNOWN_DEVICE and bound_until > instants[0]:
            fate = Fate.PLAIN  # the platform knows it, or did so lately
        visit = crowd.visit(
            rng,
            guest,
            at,
            _stay_seconds(rng),
            fate=fate,
            known=again,
            mapped=rng.random() < 0.3,
        )
        stories.write(visit)
        free = max(step.at for step in visit.steps) + _BETWEEN
        if guest.has_own_mac and not again and fate not in NEVER_IN:
            bound_until = at + _BOUND


def _a_time(rng: Random, world: World, first: int, last: int) -> datetime:
    return local(rng.choice(world.days), rng.randint(first * 3600, last * 3600))


def cut_off_by_restarts(crowd: Crowd) -> None:
    """Somebody is online wherever the power fails."""
    for ap in crowd.network.aps:
        if ap.restart is None:
            continue
        rng = Random(f"{crowd.world.seed}:{PROGRAM}:cut:{ap.n}")
        for _ in range(rng.choices((0, 1, 2, 3), (3, 4, 2, 1))[0]):
            begun = ap.restart - timedelta(seconds=rng.randint(12, 70) * MINUTE)
            visit = crowd.visit(rng, crowd.guest(rng), begun, 3 * 3600, ap=ap)
            stories.write(visit)


def shared_numbers(crowd: Crowd) -> None:
    """Four devices of one number: the fourth has to wait for a stop."""
    world = crowd.world
    for n in range(world.scaled(250 * len(world.days), 1)):
        rng = Random(f"{world.seed}:{PROGRAM}:shared:{n}")
        begun = _a_time(rng, world, 9, 18)
        first = crowd.guest(rng)
        stays = (80 * MINUTE, 130 * MINUTE, 120 * MINUTE)
        visits = []
        for k, seconds in enumerate(stays):
            guest = crowd.guest(rng, mobile=first.mobile)
            visits.append(crowd.visit(rng, guest, begun + k * 4 * _A_MINUTE, seconds))
            stories.write(visits[-1])
        fourth = crowd.guest(rng, mobile=first.mobile)
        turned_away = crowd.visit(rng, fourth, begun + 16 * _A_MINUTE, 600)
        turned_away.code(turned_away.begun)
        turned_away.verify(turned_away.begun + timedelta(seconds=30))
        at = turned_away.begun + timedelta(seconds=32)
        turned_away.access(at, refused="too-many-devices")
        over = max(step.at for step in visits[0].steps)
        stories.write(crowd.visit(rng, fourth, over + _BETWEEN, _stay_seconds(rng)))


def floods(crowd: Crowd) -> Iterator[Matter]:
    """Ten codes for one number; the eleventh is refused and told, the twelfth only refused."""
    world = crowd.world
    for n in range(world.scaled(60 * len(world.days), 1)):
        rng = Random(f"{world.seed}:{PROGRAM}:flood:{n}")
        at = _a_time(rng, world, 8, 20)
        guest = crowd.guest(rng)
        hotspot = rng.choice(crowd.network.hotspots).id
        for k in range(12):
            body = {
                "mobile": guest.mobile,
                "hotspot": hotspot,
                "device_mac": guest.mac,
                "notice_version": NOTICE,
            }
            name = f"{PROGRAM}/flood/{n}/{k}"
            step = Step(
                at,
                PORTAL,
                "send-code",
                body,
                label=name if k < 10 else None,
                refused="too-many-codes" if k > 9 else None,
                kept=("code-flood-suspected",) if k == 10 else (),
                after=(f"{PROGRAM}/flood/{n}/{min(k - 1, 9)}",) if k else (),
            )
            yield Matter(name, PROGRAM, (step,))
            at += timedelta(seconds=rng.randint(180, 260))


def in_two_places(crowd: Crowd) -> None:
    """One address on two access points far from one another, within seconds."""
    world = crowd.world
    for n in range(world.scaled(80 * len(world.days), 1)):
        rng = Random(f"{world.seed}:{PROGRAM}:twice:{n}")
        guest = crowd.guest(rng, own=True)
        one = crowd.visit(rng, guest, _a_time(rng, world, 8, 20), 30 * MINUTE)
        stories.write(one)
        in_at = next(step.at for step in one.steps if step.command == "request-access")
        other = crowd.visit(
            rng,
            guest,
            in_at,
            20 * MINUTE,
            ap=crowd.network.far_from(rng, one.ap),
            known=True,
            after=(one.label("in"),),
        )
        other.recognise(in_at + timedelta(seconds=1))
        other.access(in_at + timedelta(seconds=3), after=(one.label("granted"),))
        other.started = in_at + timedelta(seconds=6)
        other.start(other.started)
        stories.reports(other, other.started, other.started + timedelta(minutes=20))
        other.stop(other.started + timedelta(minutes=20), cause="Lost-Carrier")


def ordered_off(crowd: Crowd) -> None:
    """The police have a single session ended; the access point may not find it at first."""
    world = crowd.world
    for n in range(world.scaled(60 * len(world.days), 1)):
        rng = Random(f"{world.seed}:{PROGRAM}:ordered:{n}")
        visit = crowd.visit(rng, crowd.guest(rng), _a_time(rng, world, 8, 20), 2 * 3600)
        online = stories.sign_in(visit)
        if online is None:
            continue
        visit.started = online
        visit.start(online)
        at = online + timedelta(seconds=rng.randint(15, 60) * MINUTE + 20)
        order_no = f"甬公网安〔{world.days[0].year}〕{crowd.network.token}-D{n + 1}号"
        stories.reports(visit, online, at)
        for acknowledged in (False, True) if rng.random() < 0.3 else (True,):
            visit.on_it(at, rng.choice(POLICE), "disconnect", reason="order", order_no=order_no)
            stories.answer(visit, at + timedelta(seconds=5), acknowledged=acknowledged)
            at += 5 * _A_MINUTE
        visit.stop(at, cause="Admin-Reset")


def blocked(crowd: Crowd) -> Iterator[Matter]:
    """An order blocks somebody who is online; later it is lifted, or not."""
    world = crowd.world
    end = local(world.today, 0)
    for n in range(world.scaled(120 * len(world.days), 1)):
        rng = Random(f"{world.seed}:{PROGRAM}:blocked:{n}")
        guest = crowd.guest(rng)
        officer, other = rng.sample(POLICE, 2)
        visit = crowd.visit(rng, guest, _a_time(rng, world, 8, 17), 2 * 3600)
        online = stories.sign_in(visit)
        if online is None:
            continue
        visit.started = online
        visit.start(online, label="online")
        blocked_at = online + timedelta(seconds=rng.randint(20, 70) * MINUTE)
        stories.reports(visit, online, blocked_at)
        asked = Until("disconnect-requested")
        stories.answer(visit, blocked_at + timedelta(seconds=75), acknowledged=True, waits=asked)
        visit.stop(blocked_at + timedelta(seconds=80), cause="Admin-Reset")
        name = f"{PROGRAM}/block/{n}"
        order_no = f"甬公网安〔{world.days[0].year}〕{crowd.network.token}-{n + 1}号"
        body = {
            "mobile": guest.mobile,
            "until": (blocked_at + timedelta(days=7)).isoformat(),
            "order_no": order_no,
        }
        label = f"{name}/ordered"
        online_label = visit.label("online")
        steps = [Step(blocked_at, officer, "block-user", body, label, after=(online_label,))]
        tries = crowd.visit(rng, guest, blocked_at + 12 * _A_MINUTE, 600, after=(label,))
        tries.code(tries.begun, refused="user-blocked")
        if rng.random() < 0.5:
            lifted = blocked_at + timedelta(minutes=rng.randint(60, 240))
            who = {"mobile": guest.mobile, "order_no": order_no}
            steps.append(Step(lifted, other, "unblock-user", who, f"{name}/lifted"))
            twice = lifted + 5 * _A_MINUTE
            steps.append(Step(twice, other, "unblock-user", who, refused="not-blocked"))
            back = crowd.visit(rng, guest, lifted + 20 * _A_MINUTE, 900, after=(f"{name}/lifted",))
            stories.write(back)
        kept = tuple(step for step in steps if step.at < end)
        if kept:
            yield Matter(name, PROGRAM, kept)
