"""What the law asks: traces of an address or a mobile, with four eyes; and what it forbids.

Each kind of request comes at least once in any run, so that the smallest city has them all.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from commands.base import Role
from simulation.matters import Matter, Ref, Sender, Step
from simulation.office import MINUTE, local
from simulation.programme import World
from simulation.wifi_sessions.crowd import POLICE
from simulation.wifi_sessions.network import FITTER, PROGRAM, Network
from simulation.wifi_sessions.visit import Visit

A_DAY = 60
"""Requests for logs of a day, in the whole city."""

KINDS = ("address", "urgent", "mobile", "rejected", "no-basis", "place", "too-long")
_WEIGHTS = (34, 14, 26, 8, 6, 7, 5)

DATA_BUREAU = tuple(Sender(f"data-officer-{n}", Role.OFFICER, "data-bureau") for n in range(1, 3))
_TURNED_DOWN = ("log-requested", "log-turned-down")


Traced = tuple[Visit, Step]
"""A visit, and the step that tells of its public address."""


def traced(visit: Visit, matter: Matter | None) -> Traced | None:
    """None when nobody tells of the visit's address before the days are over."""
    label = visit.label("mapped")
    steps = matter.steps if matter else ()
    return next(((visit, step) for step in steps if step.label == label), None)


def requests(world: World, network: Network, known: Sequence[Traced]) -> Iterator[Matter]:
    """Requests for logs, about visits whose address or mobile somebody knows."""
    rng = Random(f"{world.seed}:{PROGRAM}:requests")
    count = world.scaled(A_DAY * len(world.days), len(KINDS))
    more = rng.choices(KINDS, _WEIGHTS, k=count - len(KINDS))
    in_time = local(world.today, 0) - timedelta(hours=4)
    early = [(visit, told) for visit, told in known if told.at < in_time]
    for n, kind in enumerate((*KINDS, *more)):
        if early:
            yield _request(world, network, n, kind, *rng.choice(early))


def _request(world: World, network: Network, n: int, kind: str, visit: Visit, told: Step) -> Matter:
    rng = Random(f"{world.seed}:{PROGRAM}:request:{n}")
    end = local(world.today, 0)
    first, second = rng.sample(POLICE, 2)
    at = told.at + timedelta(seconds=rng.randint(15, 60) * MINUTE)
    name = f"{PROGRAM}/log-request/{n}"
    body: dict[str, Any] = {
        "legal_document_no": ""
        if kind == "no-basis"
        else f"甬公调〔{at.year}〕{network.token}-{n}号",
        "case_no": f"A{network.token}{n:04d}",
        "urgent": kind == "urgent",
        **_sought(kind, visit, told, at),
    }
    if kind in ("no-basis", "place", "too-long"):
        why = "no-legal-basis" if kind == "no-basis" else "window-too-wide"
        step = Step(at, first, "request-log", body, refused=why, kept=_TURNED_DOWN)
        return Matter(name, PROGRAM, (step,))
    label = f"{name}/asked"
    it = {"request_id": Ref(label)}
    steps = [Step(at, first, "request-log", body, label, after=(visit.label("mapped"),))]
    at += timedelta(seconds=rng.randint(6, 30) * MINUTE)
    if rng.random() < 0.25:
        steps.append(Step(at, first, "approve-log", it, refused="four-eyes"))
        at += timedelta(minutes=5)
    if kind == "rejected":
        steps.append(Step(at, second, "reject-log", it))
    else:
        steps.append(Step(at, second, "approve-log", it))
        at += timedelta(seconds=rng.randint(10, 70) * MINUTE)
        given = {**it, "row_count": 1 if kind != "mobile" else rng.randint(1, 6)}
        steps.append(Step(at, rng.choice(DATA_BUREAU), "disclose-log", given))
    return Matter(name, PROGRAM, tuple(step for step in steps if step.at < end))


def _sought(kind: str, visit: Visit, told: Step, at: datetime) -> dict[str, Any]:
    """One address, port and instant, or one mobile; or more than one may ask."""
    since = at - timedelta(days=45 if kind == "too-long" else 7)
    if kind in ("mobile", "too-long"):
        window = {"since": since.isoformat(), "until": at.isoformat()}
        return {"mobile": visit.guest.mobile, **window}
    if kind == "place":
        window = {"since": since.isoformat(), "until": at.isoformat()}
        return {"hotspot": visit.ap.hotspot.id, **window}
    moment = told.body["since"]
    return {
        "public_ip": told.body["public_ip"],
        "port": told.body["first_port"] + 77,
        "since": moment,
        "until": moment,
    }


def held_by_law(world: World, known: Sequence[Traced]) -> Iterator[Matter]:
    """Who asks to be forgotten too early, and who would clean up too early, is told of the date."""
    rng = Random(f"{world.seed}:{PROGRAM}:held")
    in_time = local(world.today, 0) - timedelta(hours=2)
    early = [(visit, told) for visit, told in known if told.at < in_time]
    for n, (visit, told) in enumerate(early[: world.scaled(100 * len(world.days), 1)]):
        at = told.at + timedelta(seconds=rng.randint(20, 90) * MINUTE)
        body = {"mobile": visit.guest.mobile}
        step = Step(at, rng.choice(DATA_BUREAU), "erase-user", body, refused="legal-hold")
        yield Matter(f"{PROGRAM}/erasure/{n}", PROGRAM, (step,))
    yesterday = world.days[-1] - timedelta(days=1)
    cleaning = {"day": yesterday.isoformat(), "count": world.scaled(90_000)}
    at = local(world.days[-1], 9 * 3600 + 30 * MINUTE)
    step = Step(at, FITTER, "destroy-logs", cleaning, refused="legal-hold")
    yield Matter(f"{PROGRAM}/cleaning", PROGRAM, (step,))
