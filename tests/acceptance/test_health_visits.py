"""The brief's examples that turn on a race, judged by a real log and two processes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.health_visits import ClinicSession
from domain.health_visits.refusals import (
    ArchiveExists,
    BedTaken,
    BookingLimit,
    DoctorBusy,
    NotNext,
    RoomOccupied,
    SessionExists,
    SlotTaken,
)
from domain.health_visits.values import Half, session_id
from domain.shared.refusals import Refused
from infra.database import READER, open_pool
from infra.discovery import discover
from infra.executing.asking import Ask, Outcome
from infra.executing.executor import Executor
from infra.log.append import GroupCommit
from infra.log.codec import Codec
from infra.log.load import Loader
from infra.log.migrate import migrate
from infra.log.read import LogReader
from tests import clinics as c
from tests.scenario import CALENDAR, Step, keyed_hash, shanghai, spec_of


class Process:
    """The write side of one process over a real log; told the time with each command."""

    def __init__(self, reader: LogReader, appends: GroupCommit) -> None:
        codec = Codec(discover())
        self.reader = reader
        self.codec = codec
        self.now = c.OPENING
        self._executor = Executor(
            appends=appends,
            loads=Loader(reader, codec),
            stored=reader,
            codec=codec,
            calendar=CALENDAR,
            pseudonym=keyed_hash,
            clock=lambda: self.now,
        )

    async def take(self, step: Step, at: datetime | None = None) -> Outcome:
        """Runs the step; the clock goes on to when it says."""
        self.now = at or step.at or self.now
        ask = Ask(caller=step.by, command_id=uuid4(), fingerprint=b"acceptance", now=self.now)
        return await self._executor.execute(spec_of(step.command), step.command, ask)

    async def events(self, matter: UUID) -> list[Any]:
        """All that happened to a matter."""
        return [self.codec.decode(e) for e in await self.reader.stream(matter)]


Pair = tuple[Process, Process]


@pytest.fixture
async def processes(database_url: str, namespace: str) -> AsyncIterator[Pair]:
    await migrate(database_url, namespace)
    pool = await open_pool(database_url, namespace, size=4, role=READER)
    appends = [GroupCommit(database_url, namespace) for _ in range(2)]
    for one in appends:
        await one.start()
    yield Process(LogReader(pool), appends[0]), Process(LogReader(pool), appends[1])
    for one in appends:
        await one.stop()
    await pool.close()


def came(told: list[Any]) -> Counter[str]:
    """What came of several tries, by class; anything but an outcome or a refusal is raised."""
    for one in told:
        if not isinstance(one, Outcome | Refused):
            raise one
    return Counter(type(one).__name__ for one in told)


async def race(processes: Pair, *steps: Step) -> Counter[str]:
    """All steps at once, in turn by each process."""
    told = await asyncio.gather(
        *(processes[n % 2].take(step) for n, step in enumerate(steps)), return_exceptions=True
    )
    return came(told)


async def test_at_seven_500_ask_for_20_seats_and_20_get_one(processes: Pair) -> None:
    """Acceptance 1."""
    one, _ = processes
    at_seven = shanghai("2026-03-01T07:00")
    opening = c.session_opened("doctor-1", *c.slots("09:00", seats=20), at=c.ARCHIVE_OPENING)
    await one.take(opening)
    told = await race(processes, *(c.booked(n, at=at_seven) for n in range(500)))
    assert told == {"Outcome": 20, SlotTaken.__name__: 480}
    taken = [e.seat for e in await one.events(c.SESSION) if isinstance(e, ClinicSession.SeatTaken)]
    assert sorted(taken) == list(range(1, 21))


async def test_two_centres_open_an_archive_for_one_resident_at_once(processes: Pair) -> None:
    """Acceptance 5."""
    for order in range(8):
        told = await race(
            processes,
            c.archive_opened(order, centre="centre-330203-01"),
            c.archive_opened(order, centre="centre-330205-01"),
        )
        assert told == {"Outcome": 1, ArchiveExists.__name__: 1}


async def test_of_two_who_open_one_half_day_one_does(processes: Pair) -> None:
    told = await race(processes, *(c.session_opened(room=f"20{n}") for n in range(6)))
    assert told == {"Outcome": 1, SessionExists.__name__: 5}


async def test_a_patient_who_books_twice_at_once_is_booked_once(processes: Pair) -> None:
    one, _ = processes
    await one.take(c.session_opened())
    await one.take(c.session_opened("doctor-2"))
    sessions = (c.SESSION, c.OTHER_SESSION)
    told = await race(processes, *(c.booked(session=sessions[n % 2]) for n in range(8)))
    assert told == {"Outcome": 1, BookingLimit.__name__: 7}


async def waiting(processes: Pair, count: int) -> list[UUID]:
    """So many who wait in the session, in order."""
    one, _ = processes
    await one.take(c.session_opened())
    return [(await one.take(c.walked_in(n))).aggregate_id for n in range(count)]


async def test_of_many_calls_at_once_one_reaches_the_next_patient(processes: Pair) -> None:
    ids = await waiting(processes, 4)
    told = await race(processes, *(c.called(visit=id, at=c.SLOT) for id in ids * 2))
    assert told["Outcome"] == 1
    assert set(told) <= {"Outcome", NotNext.__name__, RoomOccupied.__name__, "NotInState"}
    (called,) = [
        e for e in await processes[0].events(c.SESSION) if isinstance(e, ClinicSession.NextCalled)
    ]
    assert called.visit == ids[0]


async def test_a_doctor_has_one_consultation_also_in_two_sessions(processes: Pair) -> None:
    one, _ = processes
    (first,) = await waiting(processes, 1)
    await one.take(c.called(visit=first, at=shanghai("2026-03-02T11:50")))
    await one.take(c.started(visit=first))
    await one.take(c.session_opened("doctor-1", *c.slots("14:00"), half=Half.AFTERNOON, at=None))
    afternoon = session_id("doctor-1", c.DAY, Half.AFTERNOON)
    second = (await one.take(c.walked_in(9, session=afternoon, at=None))).aggregate_id
    await one.take(c.called(visit=second, at=shanghai("2026-03-02T12:05")))
    with pytest.raises(DoctorBusy):
        await one.take(c.started(visit=second))
    await one.take(c.finished(visit=first))
    assert (await one.take(c.started(visit=second))).events


async def test_a_bed_has_one_patient_and_is_free_after_the_discharge(processes: Pair) -> None:
    one, _ = processes
    visits = []
    for n, doctor in enumerate((c.DOCTOR_1, c.DOCTOR_2)):
        await one.take(c.session_opened(doctor.actor))
        session = session_id(doctor.actor, c.DAY, Half.MORNING)
        visit = (await one.take(c.walked_in(n + 3, session=session))).aggregate_id
        await one.take(c.called(visit=visit, at=c.SLOT))
        await one.take(c.started(visit=visit, by=doctor))
        visits.append((visit, doctor))
    told = await race(processes, *(c.admitted(visit=v, by=doctor) for v, doctor in visits))
    assert told == {"Outcome": 1, BedTaken.__name__: 1}
    without_a_bed = []
    for visit, doctor in visits:
        try:
            await one.take(c.discharged(visit=visit, by=doctor, icd10="I50.0"))
        except Refused:
            without_a_bed.append((visit, doctor))
    ((visit, doctor),) = without_a_bed
    assert (await one.take(c.admitted(visit=visit, by=doctor))).events
