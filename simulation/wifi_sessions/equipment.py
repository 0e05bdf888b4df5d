"""What the access points themselves go through: installation, heartbeats, outages, restarts.

Heartbeats come every minute in life; here each access point is heard at some hours of the day, all
within a minute, and whenever something happens to it. So nobody's silence means that it is down,
but for those whose story says so: there the platform's timer finds it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from domain.wifi_sessions.ids import access_point_id
from simulation.matters import Matter, Step
from simulation.office import MINUTE, local
from simulation.programme import World
from simulation.wifi_sessions.network import (
    FITTER,
    HUNG_BEFORE,
    PLATFORM,
    PROGRAM,
    TIMERS,
    AccessPoint,
    Network,
    Trouble,
)

HEARD_AT = (5 * MINUTE, *(hour * 3600 for hour in (6, 9, 12, 13, 15, 18, 19, 21)))
"""Seconds of the day at which each access point is heard, in a minute."""

# Percent of the channel in use; at 85 a place is overcrowded.
_BUSY_AT = {0: 8, 6: 14, 9: 34, 12: 62, 13: 58, 15: 38, 18: 64, 19: 68, 21: 40}

FOUND_DOWN = timedelta(minutes=9, seconds=30)
"""After the last heartbeat: five minutes for one that was not kept, three that did not come, and
what the platform's own clock may be behind."""

WENT_OUT = timedelta(hours=4, minutes=25)
"""When somebody comes at last, after the last heartbeat."""


@dataclass(slots=True)
class Life:
    """One access point's steps as they are written; ``booted`` is since when it runs."""

    rng: Random
    ap: AccessPoint
    network: Network
    booted: datetime
    steps: list[Step]

    def say(self, at: datetime, command: str, **fields: object) -> None:
        """A fitter's step about it."""
        self.steps.append(Step(at, FITTER, command, {"ap_id": str(self.ap.id), **fields}))

    def heard(self, at: datetime, *, busy: int | None = None) -> None:
        """A heartbeat; how busy it is follows from the hour unless said."""
        if busy is None:
            usual = _BUSY_AT.get(at.hour, 40)
            busy = min(99, round(usual * self.ap.hotspot.weight**0.3 * self.rng.uniform(0.7, 1.3)))
        body = {
            "ap_id": str(self.ap.id),
            "clients": round(busy / 100 * self.rng.randint(12, 48)),
            "channel_utilisation": busy,
            "uptime_s": max(0, int((at - self.booted).total_seconds())),
        }
        self.steps.append(Step(at, PLATFORM, "report-heartbeat", body))

    def restarted(self, at: datetime, kind: str, *, sent: int) -> None:
        """Accounting-On or -Off, as often as it is sent until it is answered."""
        for n in range(sent):
            body = {"nas_id": self.ap.nas_id, "kind": kind, "event_time": at.isoformat()}
            later = at + timedelta(seconds=3 * n)
            self.steps.append(Step(later, PLATFORM, "record-accounting-on", body))
        self.booted = at


def lives(world: World, network: Network) -> Iterator[Matter]:
    """The matters of all access points, and of one that is not there."""
    end = local(world.today, 0)
    for ap in network.aps:
        rng = Random(f"{world.seed}:{PROGRAM}:ap:{ap.n}")
        steps = sorted(_life(world, network, ap, rng), key=lambda step: step.at)
        kept = tuple(step for step in steps if step.at < end)
        yield Matter(f"{PROGRAM}/ap/{ap.n}", PROGRAM, kept, ap.id)
    yield _not_there(world, network)


def _life(world: World, network: Network, ap: AccessPoint, rng: Random) -> list[Step]:
    hung = local(world.days[0], 9 * 3600) - HUNG_BEFORE + timedelta(seconds=ap.n // 10)
    life = Life(rng, ap, network, hung, [])
    body = {"nas_id": ap.nas_id, **ap.hotspot.body}
    life.steps.append(Step(hung, FITTER, "install-ap", body))
    if ap.n % 40 == 3:  # pressed twice
        twice = hung + timedelta(minutes=5)
        life.steps.append(Step(twice, FITTER, "install-ap", body, refused="ap-exists"))
    told = ap.befallen is None
    for day in world.days:
        for seconds in HEARD_AT:
            at = local(day, seconds + ap.n % 50)
            if ap.befallen is not None and ap.befallen.begins <= at and not told:
                _tell(life, rng)
                told = True
            if ap.is_free(at, at) or _serves_elsewhere(ap, at):
                life.heard(at)
    if not told:
        _tell(life, rng)
    return life.steps


def _serves_elsewhere(ap: AccessPoint, at: datetime) -> bool:
    befallen = ap.befallen
    return (
        befallen is not None
        and befallen.trouble is Trouble.MOVED
        and at > befallen.begins + timedelta(minutes=15)
    )


def _tell(life: Life, rng: Random) -> None:
    """What befalls it, once; the heartbeats that follow know since when it runs."""
    befallen = life.ap.befallen
    if befallen is None:
        return
    begins, ends = befallen.begins, befallen.ends
    match befallen.trouble:
        case Trouble.DOWN | Trouble.DOWN_TOO_LONG:
            life.heard(begins)
            down = {"ap_id": str(life.ap.id)}
            life.steps.append(Step(begins + FOUND_DOWN, TIMERS, "declare-ap-down", down))
            if befallen.trouble is Trouble.DOWN_TOO_LONG:
                life.say(begins + WENT_OUT, "begin-maintenance")
                life.say(ends - timedelta(minutes=10), "end-maintenance")
            life.booted = ends - timedelta(seconds=rng.randint(40, 120))
            life.heard(ends)
        case Trouble.MAINS_FAILURE:
            life.restarted(begins, "on", sent=3 if rng.random() < 0.4 else 1)
            life.heard(begins + timedelta(seconds=45), busy=3)
        case Trouble.RESTART:
            life.restarted(begins, "off", sent=1)
            life.restarted(begins + timedelta(seconds=100), "on", sent=2)
            life.heard(begins + timedelta(seconds=150), busy=3)
        case Trouble.MAINTENANCE:
            life.say(begins, "begin-maintenance")
            life.say(ends, "end-maintenance")
            life.booted = ends
            life.heard(ends + timedelta(seconds=70), busy=3)
        case Trouble.MOVED:
            there = rng.choice(life.network.hotspots)
            life.say(begins, "move-ap", **there.body)
        case Trouble.RETIRED:
            life.say(begins, "retire-ap")


def _not_there(world: World, network: Network) -> Matter:
    """A box that beats before anybody has told of its installation."""
    at = local(world.days[0], 10 * 3600)
    id = access_point_id(f"AP-{network.token}-NEW")
    body = {"ap_id": str(id), "clients": 0, "channel_utilisation": 1, "uptime_s": 60}
    step = Step(at, PLATFORM, "report-heartbeat", body, refused="unknown-ap")
    return Matter(f"{PROGRAM}/ap/new", PROGRAM, (step,))
