"""The relay role: publishes the log to JetStream so that sequence and position are one number.

It keeps no checkpoint: the stream's end is where it goes on. Several relays may run; they fence
each other by the expected sequence, and whoever is refused stands by. The stream is looked at
before every start of publishing, probed every few seconds, and compared with the log in the
background; what it lost makes it be written anew from the log. What may surprise: mending one
message means writing all again, since JetStream cannot put one back (docs/adr/0003).
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import structlog

from infra.errors import BrokerUnavailable, Corrupt, Misconfigured, StoreUnavailable, StreamAhead
from infra.log.read import LogReader
from infra.log.wakeups import Wakeups
from infra.relay import session as sessions
from infra.relay.audit import Difference, ahead, check, inspect
from infra.relay.publisher import Fenced, Publisher, StreamGone
from infra.relay.session import Session, first_of, heed_cancellation, session
from infra.relay.stream import EventStream, StreamInfo

log = structlog.get_logger(__name__)

PAGE = 500
_POLL_SECONDS = 1.0
_STANDBY_SECONDS = 1.0
_ALARM_AGAIN_SECONDS = 5.0
_MEND_AGAIN_SECONDS = 3.0
_STEADY_SECONDS = 10.0


class State(StrEnum):
    """What the relay is doing; everything but LIVE and STANDBY is for someone to look at."""

    STARTING = "starting"
    LIVE = "live"
    STANDBY = "standby"
    MENDING = "mending"
    BROKER_AWAY = "broker-away"
    STORE_AWAY = "store-away"
    STREAM_AHEAD = "stream-ahead"
    FAILING = "failing"


class Damaged(Exception):
    """The stream has lost something; the message says what, ``info`` which stream it was."""

    def __init__(self, what: str, info: StreamInfo, positions: Sequence[int] = ()) -> None:
        super().__init__(what)
        self.info = info
        self.positions = positions


class Replaced(Exception):
    """Someone else has made the stream anew."""


@dataclass(slots=True)
class Figures:
    """For health and metrics. ``position``: the last acknowledged; ``audited``: compared with the
    log from 1 up to there; ``mended``: how often the stream was written anew."""

    position: int = 0
    audited: int = 0
    mended: int = 0
    alarm: str = ""


class Relay:
    """``await run()`` relays until cancelled; ``state`` and ``figures`` may be read meanwhile.

    ``audit_share`` is the part of the time that the background comparison may take.
    """

    def __init__(
        self,
        reader: LogReader,
        wakeups: Wakeups,
        nats_urls: Sequence[str],
        namespace: str,
        *,
        replicas: int = 1,
        probe_every: timedelta = timedelta(seconds=5),
        audit_every: timedelta = timedelta(hours=1),
        audit_share: float = 0.25,
    ) -> None:
        self.state = State.STARTING
        self.figures = Figures()
        self._reader = reader
        self._wakeups = wakeups
        self._urls = nats_urls
        self._namespace = namespace
        self._replicas = replicas
        self._probe_seconds = probe_every.total_seconds()
        self._audit_seconds = audit_every.total_seconds()
        self._audit_share = audit_share
        self._mended_at = -_STEADY_SECONDS

    async def run(self) -> None:
        """Relays until cancelled. No failure of an engine ends it."""
        pause = sessions.FIRST_PAUSE_SECONDS
        loop = asyncio.get_running_loop()
        while True:
            heed_cancellation()
            begun = loop.time()
            try:
                async with session(self._urls, f"{self._namespace} relay") as broker:
                    await broker.run(self._serve(broker))
            except StoreUnavailable:
                self._become(State.STORE_AWAY)
            except BrokerUnavailable as error:
                self._become(State.BROKER_AWAY, reason=str(error))
            except StreamAhead as error:
                self.figures.alarm = str(error)
                self._become(State.STREAM_AHEAD, reason=str(error), **error.facts)
                await asyncio.sleep(_ALARM_AGAIN_SECONDS)
            except (Misconfigured, Corrupt) as error:
                self._become(State.FAILING, reason=str(error))
            if loop.time() - begun > _STEADY_SECONDS:
                pause = sessions.FIRST_PAUSE_SECONDS
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, sessions.LONGEST_PAUSE_SECONDS)

    async def _serve(self, broker: Session) -> None:
        """Until the connection breaks or an engine fails: look, then work; mend, and look again."""
        stream = EventStream(broker.client, self._namespace, self._replicas)
        while True:
            try:
                info = await self._sound(stream)
                await first_of(
                    self._publish(stream, info),
                    self._watch(stream, info),
                    self._audit(stream, info),
                )
            except Damaged as damage:
                await self._mend(stream, damage)
            except StreamAhead as alarm:
                await stream.mark(int(alarm.facts["position"]))
                raise
            except StreamGone:
                log.warning("stream_gone", stream=stream.name)
            except Replaced:
                log.info("stream_replaced", stream=stream.name)

    async def _sound(self, stream: EventStream) -> StreamInfo:
        """The stream, in which a quick look finds nothing wrong."""
        info = await stream.ensure()
        if info.alarm:
            await self._judge_one(stream, info, info.alarm)
            await stream.mark(0)
        await self._judge_quickly(stream, info)
        await self._probe(stream, info)
        self.figures.position = info.last
        self.figures.alarm = ""
        return info

    async def _publish(self, stream: EventStream, info: StreamInfo) -> None:
        last = info.last
        while True:
            try:
                self._become(State.LIVE, position=last)
                await self._follow(stream, last)
            except Fenced as fenced:
                await self._judge_one(stream, info, fenced.position)
                last = await self._stand_by(stream)

    async def _follow(self, stream: EventStream, last: int) -> None:
        publisher = Publisher(stream.client, self._namespace, last)
        with self._wakeups.subscribe("log") as news:
            async with publisher:
                while True:
                    events = await self._reader.read(publisher.sent, PAGE)
                    if events:
                        if events[0].position != publisher.sent + 1:
                            raise Corrupt(f"the log has no position {publisher.sent + 1}")
                        await publisher.publish(events)
                    else:
                        await publisher.drained()
                        await news.wait(_POLL_SECONDS)
                    self.figures.position = publisher.acknowledged

    async def _stand_by(self, stream: EventStream) -> int:
        """Returns where to go on, once nobody else has for the time between two looks."""
        self._become(State.STANDBY)
        seen = -1
        while True:
            await asyncio.sleep(_STANDBY_SECONDS * random.uniform(1.0, 1.5))
            info = await stream.info()
            if info is None:
                raise StreamGone
            await self._judge_quickly(stream, info)
            if info.last == seen and info.last < await self._reader.head():
                return info.last
            self.figures.position = seen = info.last

    async def _watch(self, stream: EventStream, info: StreamInfo) -> None:
        while True:
            await asyncio.sleep(self._probe_seconds)
            now = await stream.info()
            if now is None:
                raise StreamGone
            if now.created != info.created:
                raise Replaced
            if now.missing:
                raise Damaged("messages are missing", now)
            await self._probe(stream, now)

    async def _judge_one(self, stream: EventStream, info: StreamInfo, position: int) -> None:
        """Whether an event is at its place: what got there before us may be no event at all."""
        now = await stream.info()
        if now is not None and now.created == info.created and position <= now.last:
            _, found = await check(self._reader, stream, position - 1, position)
            self._judge(found, info)

    async def _judge_quickly(self, stream: EventStream, info: StreamInfo) -> None:
        what = await inspect(self._reader, stream, info)
        if what is not None:
            raise Damaged(what, info)

    async def _probe(self, stream: EventStream, info: StreamInfo) -> None:
        if not await stream.probe(info):
            raise Damaged("the stream's directory is gone", info)

    async def _audit(self, stream: EventStream, info: StreamInfo) -> None:
        """Compares the whole stream, again and again; raises Damaged or StreamAhead."""
        loop = asyncio.get_running_loop()
        last = info.last
        while True:
            after = 0
            while after < last:
                begun, page = loop.time(), after
                after, found = await check(self._reader, stream, page, last)
                if found:  # what is to be wiped is looked at twice
                    after, found = await check(self._reader, stream, page, last)
                self._judge(found, info)
                self.figures.audited = after
                await asyncio.sleep((loop.time() - begun) * (1 / self._audit_share - 1))
            log.info("stream_audited", stream=stream.name, positions=last)
            await asyncio.sleep(self._audit_seconds)
            now = await stream.info()
            last = now.last if now else 0

    def _judge(self, found: dict[int, Difference], info: StreamInfo) -> None:
        for position, kind in found.items():
            if kind is Difference.FOREIGN:
                raise ahead(position)
        if found:
            raise Damaged("the comparison found differences", info, sorted(found))

    async def _mend(self, stream: EventStream, damage: Damaged) -> None:
        self._become(State.MENDING)
        self.figures.mended += 1
        log.error(
            "stream_damaged",
            stream=stream.name,
            reason=str(damage),
            positions=list(damage.positions[:20]),
            remedy="made anew and filled from the log",
        )
        now = asyncio.get_running_loop().time()
        if now - self._mended_at < _STEADY_SECONDS:
            await asyncio.sleep(_MEND_AGAIN_SECONDS)  # if it does not help, do not spin
        self._mended_at = now
        await stream.recreate(damage.info)

    def _become(self, state: State, **facts: object) -> None:
        """Logs changes of state only, so that retrying is quiet."""
        if state is self.state:
            return
        alarming = state in (State.STREAM_AHEAD, State.FAILING)
        tell = log.error if alarming else log.info if state in _WELL else log.warning
        tell("relay_state", state=state.value, before=self.state.value, **facts)
        self.state = state


_WELL = (State.LIVE, State.STANDBY)
