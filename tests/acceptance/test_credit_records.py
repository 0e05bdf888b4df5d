"""What turns on several matters or several programmes in credit records, judged by a real log."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain.credit_records.refusals import (
    AlreadyListed,
    DuplicateSourceRecord,
    NoAuthorisation,
    SubjectAlreadyOpen,
)
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
from infra.log.records import RecordedEvent
from tests import credits as c
from tests.scenario import CALENDAR, MONDAY_MORNING, Step, keyed_hash, shanghai, spec_of


class Desk:
    """The write side over a real log, told the time with each command."""

    def __init__(self, reader: LogReader, appends: GroupCommit) -> None:
        codec = Codec(discover())
        self.now = MONDAY_MORNING
        self.reader = reader
        self._executor = Executor(
            appends=appends,
            loads=Loader(reader, codec),
            stored=reader,
            codec=codec,
            calendar=CALENDAR,
            pseudonym=keyed_hash,
            clock=lambda: self.now,
        )

    async def take(self, step: Step, key: UUID | None = None) -> Outcome:
        """Runs the step, a minute after the last one unless it says when."""
        self.now = step.at or self.now + timedelta(minutes=1)
        return await self.send(step, self.now, key)

    async def send(self, step: Step, at: datetime, key: UUID | None = None) -> Outcome:
        """Runs the step at an instant."""
        ask = Ask(caller=step.by, command_id=key or uuid4(), fingerprint=b"credit", now=at)
        return await self._executor.execute(spec_of(step.command), step.command, ask)

    async def play(self, *steps: Step) -> Outcome:
        """Runs the steps; the last one's outcome."""
        came = [await self.take(step) for step in steps]
        return came[-1]

    async def names(self, matter: UUID) -> list[str]:
        """What happened to a matter."""
        return [event.name for event in await self.reader.stream(matter)]

    async def last(self, matter: UUID) -> RecordedEvent:
        """The latest that did."""
        return (await self.reader.stream(matter))[-1]


@pytest.fixture
async def desk(database_url: str, namespace: str) -> AsyncIterator[Desk]:
    await migrate(database_url, namespace)
    pool = await open_pool(database_url, namespace, size=4, role=READER)
    appends = GroupCommit(database_url, namespace)
    await appends.start()
    yield Desk(LogReader(pool), appends)
    await appends.stop()
    await pool.close()


async def test_a_resend_gives_the_same_record_and_no_second_event(desk: Desk) -> None:
    """Acceptance 7."""
    first = await desk.play(*c.COMPANY, c.contributed())
    again = await desk.take(c.contributed())
    assert first.aggregate_id == again.aggregate_id == c.RECORD
    assert (again.version, again.events) == (1, ())
    with pytest.raises(DuplicateSourceRecord):
        await desk.take(c.contributed(facts="另一事实"))
    assert await desk.names(c.RECORD) == ["record-contributed"]


async def test_sixteen_resends_at_once_make_one_record(desk: Desk) -> None:
    await desk.play(*c.COMPANY)
    came = await asyncio.gather(*(desk.send(c.contributed(), desk.now) for _ in range(16)))
    assert {outcome.aggregate_id for outcome in came} == {c.RECORD}
    assert sum(len(outcome.events) for outcome in came) == 1


async def test_sixteen_who_open_one_file_at_once_open_one(desk: Desk) -> None:
    came = await asyncio.gather(
        *(desk.send(c.company_opened(), desk.now) for _ in range(16)), return_exceptions=True
    )
    assert sum(isinstance(one, Outcome) for one in came) == 1
    assert sum(isinstance(one, SubjectAlreadyOpen) for one in came) == 15
    assert await desk.names(c.COMPANY_FILE) == ["subject-opened"]


async def test_sixteen_notices_of_one_list_at_once_come_to_one(desk: Desk) -> None:
    await desk.play(*c.COMPANY)
    came = await asyncio.gather(
        *(desk.send(c.notified(), desk.now) for _ in range(16)), return_exceptions=True
    )
    assert sum(isinstance(one, Outcome) for one in came) == 1
    assert sum(isinstance(one, AlreadyListed) for one in came) == 15


async def test_a_revoked_authorisation_is_no_basis_from_the_next_position_on(desk: Desk) -> None:
    """Acceptance 6."""
    granted = await desk.play(*c.COMPANY, c.authorised())
    authorisation = granted.aggregate_id
    request = c.requested(authorisation=authorisation)
    issued = await desk.take(request)
    assert issued.aggregate_id == c.COMPANY_FILE
    revoked = await desk.take(c.authorisation_revoked(authorisation=authorisation))
    key = uuid4()
    for _ in range(2):  # a retry is told the same and leaves nothing more
        with pytest.raises(NoAuthorisation):
            await desk.take(request, key)
    refused = await desk.last(c.COMPANY_FILE)
    assert (refused.name, refused.position) == ("report-refused", revoked.position + 1)


async def test_a_report_and_a_revocation_at_once_leave_no_report_after_the_revocation(
    desk: Desk,
) -> None:
    await desk.play(*c.COMPANY)
    for _ in range(5):
        authorisation = (await desk.take(c.authorised())).aggregate_id
        request = c.requested(authorisation=authorisation)
        revoke = c.authorisation_revoked(authorisation=authorisation)
        steps = [request, request, revoke, request, request]
        await asyncio.gather(*(desk.send(step, desk.now) for step in steps), return_exceptions=True)
        revoked = await desk.last(authorisation)
        for event in await desk.reader.stream(c.COMPANY_FILE):
            about = str(authorisation).encode() in event.data
            if about and event.name == "report-issued":
                assert event.position < revoked.position
            elif about and event.name == "report-refused":
                assert event.position > revoked.position


async def test_a_black_listing_and_a_red_one_at_once_never_leave_both(desk: Desk) -> None:
    """Acceptance 8, in a race."""
    await desk.play(*c.COMPANY, c.grade_a())
    entry = (await desk.take(c.notified())).aggregate_id
    desk.now = c.PLEA_OVER
    steps = (c.decided(record=entry), c.published(record=c.GRADE_A))
    came = await asyncio.gather(
        *(desk.send(step, desk.now) for step in steps), return_exceptions=True
    )
    assert isinstance(came[0], Outcome)
    assert all(isinstance(one, (Outcome, Refused)) for one in came)
    held = [name for name in await desk.names(c.COMPANY_FILE) if name.startswith("list")]
    if isinstance(came[1], Outcome):
        assert held == ["list-place-noticed", "list-entered", "list-left", "list-entered"]
        assert (await desk.last(c.GRADE_A)).name == "subject-delisted"
    else:
        assert held == ["list-place-noticed", "list-entered"]
        assert (await desk.last(c.GRADE_A)).name == "record-contributed"


async def test_a_repair_is_one_decision_over_record_and_subject(desk: Desk) -> None:
    entry = (await desk.play(*c.COMPANY, c.notified())).aggregate_id
    await desk.play(
        c.decided(record=entry, at=c.PLEA_OVER),
        c.applied(record=entry, at=c.LISTING_REPAIRABLE),
    )
    outcome = await desk.take(c.granted(record=entry))
    assert [name.split(".")[1] for name, *_ in outcome.events] == [
        "record-repaired",
        "subject-delisted",
        "list-left",
    ]
    assert {id for _, id, _ in outcome.events} == {entry, c.COMPANY_FILE}


async def test_the_instant_of_an_end_is_the_last_of_publicity(desk: Desk) -> None:
    await desk.play(*c.PUBLISHED, c.objected(at=shanghai("2026-12-30T10:00")))
    outcome = await desk.take(c.publicity_ended(at=c.PENALTY_OVER))
    assert [name.split(".")[1] for name, *_ in outcome.events][-1] == "publicity-ended"
    with pytest.raises(Refused):
        await desk.take(c.publicity_ended())
    assert (await desk.names(c.RECORD)).count("publicity-ended") == 1
