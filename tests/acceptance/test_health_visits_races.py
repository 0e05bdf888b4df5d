"""Sixteen at once in one clinic, whatever they do: no seat twice, no place twice, nobody lost."""

import asyncio
import random
from collections import Counter
from uuid import UUID

import pytest

from domain.health_visits import ClinicSession, HealthVisit, VisitState
from infra.executing.asking import Outcome
from infra.executing.matters import Matters
from infra.log.load import Loader
from tests import clinics as c
from tests.acceptance.test_health_visits import Pair, Process, came, processes
from tests.scenario import Step, shanghai

__all__ = ["processes"]

RACERS = 16
SLOTS = [shanghai(f"2026-03-02T{time}") for time in ("09:00", "09:30", "10:00")]


async def loaded(process: Process, id: UUID) -> object:
    (seen,) = await Matters(Loader(process.reader, process.codec)).look_at_all([id])
    return seen.aggregate


async def one_round(processes: Pair, seed: int) -> None:
    """Sixteen patients book, move, cancel, arrive and go, all at once and three times over."""
    draw = random.Random(seed)
    one, _ = processes
    doctors = (f"doctor-{seed}-1", f"doctor-{seed}-2")
    sessions = [
        (
            await one.take(c.session_opened(doctor, *c.slots("09:00", "09:30", "10:00", seats=3)))
        ).aggregate_id
        for doctor in doctors
    ]
    visits: list[UUID] = []

    def something(order: int) -> Step:
        session, slot = draw.choice(sessions), draw.choice(SLOTS)
        if not visits or draw.random() < 0.4:
            return c.booked(order, slot=slot, session=session)
        visit = draw.choice(visits)
        return draw.choice(
            [
                c.cancelled(visit=visit, by=c.NURSE),
                c.rescheduled(visit=visit, by=c.NURSE, slot=slot, session_id=session),
                c.rescheduled(visit=visit, by=c.NURSE, slot=slot, session_id=session),
            ]
        )

    for _ in range(3):
        told = await asyncio.gather(
            *(processes[n % 2].take(something(seed * RACERS % 900 + n)) for n in range(RACERS)),
            return_exceptions=True,
        )
        came(list(told))
        visits += [
            outcome.aggregate_id
            for outcome in told
            if isinstance(outcome, Outcome) and outcome.version == 1
        ]
    await judged(one, sessions, visits)


async def judged(process: Process, sessions: list[UUID], visits: list[UUID]) -> None:
    """What the log says in the end: each booked visit has the seat that it names, and no other."""
    seats: Counter[tuple[UUID, object, int]] = Counter()
    expected: dict[UUID, tuple[UUID, object, int]] = {}
    for id in sessions:
        session = await loaded(process, id)
        assert isinstance(session, ClinicSession)
        for slot, taken in session.seats.items():
            assert len(taken) <= session.slots[slot]
            seats.update((id, slot, seat) for seat in taken)
        expected |= {visit: (id, slot, seat) for visit, (slot, seat) in session.expected.items()}
    assert all(count == 1 for count in seats.values())
    booked = {}
    for id in visits:
        visit = await loaded(process, id)
        assert isinstance(visit, HealthVisit)
        if visit.state is VisitState.BOOKED:
            booked[id] = (visit.clinic.session, visit.slot, visit.seat)
    assert booked == expected
    assert set(expected.values()) == set(seats)


@pytest.mark.slow
async def test_sixteen_race_for_seats_and_each_booked_visit_has_its_own(processes: Pair) -> None:
    for seed in range(5):
        await one_round(processes, seed)


@pytest.mark.slow
@pytest.mark.faults
async def test_sixteen_race_for_seats_a_hundred_times(processes: Pair) -> None:
    for seed in range(5, 105):
        await one_round(processes, seed)


async def test_sixteen_call_at_once_and_each_room_gets_who_is_next(processes: Pair) -> None:
    """Screens and doctors ask at once, again and again, until the queue is empty."""
    one, _ = processes
    await one.take(c.session_opened())
    ids = [(await one.take(c.walked_in(n))).aggregate_id for n in range(6)]
    one.now = processes[1].now = c.SLOT
    for expected in ids:
        told = await asyncio.gather(
            *(processes[n % 2].take(c.called(visit=ids[n % 6])) for n in range(RACERS)),
            return_exceptions=True,
        )
        assert came(list(told))["Outcome"] == 1
        session = await loaded(one, c.SESSION)
        assert isinstance(session, ClinicSession)
        assert session.serving is not None
        assert session.serving.visit == expected
        await one.take(c.started(visit=expected))
        await one.take(c.finished(visit=expected))
