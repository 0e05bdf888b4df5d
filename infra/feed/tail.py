"""Follows the stream of events and hands on what is new, as soon as the stream has proved itself.

A push consumer without the library's "ordered" wrapper, whose resets can fail unseen and leave it
silent: here a gap is the feed's business, silence has a limit, and any doubt ends the subscription
and begins another. What may surprise: the stream is trusted only after its last message has been
compared with the log by content hash, because a stream may be of a log that is no more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from infra.errors import BrokerUnavailable, Corrupt, HuiminError, StreamAhead
from infra.log.read import LogReader
from infra.log.records import RecordedEvent
from infra.relay import session as sessions
from infra.relay.message import from_message
from infra.relay.session import Session, heed_cancellation, session, translated
from infra.relay.stream import EventStream

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 0.5
SILENCE_SECONDS = 2.0
_LOOK_AGAIN_SECONDS = 0.5
_TOO_FAR_BEHIND = 5_000

Take = Callable[[int, Msg], Awaitable[None]]


class Tail:
    """``live`` while the stream is followed and trusted. ``take(sequence, message)`` gets every
    message in the stream's order, proved ones only; what it raises ends the subscription."""

    def __init__(
        self, reader: LogReader, nats_urls: Sequence[str], namespace: str, take: Take
    ) -> None:
        self.live = False
        self._reader = reader
        self._urls = nats_urls
        self._namespace = namespace
        self._take = take
        self._doubt = asyncio.Event()

    def doubt(self) -> None:
        """Makes the stream prove itself again."""
        self.live = False
        self._doubt.set()

    async def run(self) -> None:
        """Until cancelled; no failure of an engine ends it."""
        pause = sessions.FIRST_PAUSE_SECONDS
        reason = ""
        while True:
            heed_cancellation()
            try:
                async with session(self._urls, f"{self._namespace} feed") as broker:
                    await broker.run(self._follow(broker))
            except HuiminError as error:
                if self.live or reason != str(error):
                    reason = str(error)
                    log.warning("feed_off_stream", error=error.code, reason=reason)
                pause = sessions.FIRST_PAUSE_SECONDS if self.live else pause
            self.live = False
            await asyncio.sleep(pause)
            pause = min(pause * 2, sessions.LONGEST_PAUSE_SECONDS)

    async def _follow(self, broker: Session) -> None:
        stream = EventStream(broker.client, self._namespace)
        self._doubt.clear()
        last = await self._near(stream)
        proof = next(iter(await self._reader.read(last - 1, 1, upto=last)), None) if last else None
        subscription = _Subscription(stream, last, proof, self._take)
        await subscription.open()
        try:
            while True:
                async with asyncio.timeout(SILENCE_SECONDS):
                    await subscription.heard()
                if self._doubt.is_set():
                    raise BrokerUnavailable("in doubt")
                if subscription.proved and not self.live:
                    log.info("feed_on_stream", position=last)
                    self.live = True
        except TimeoutError:
            raise BrokerUnavailable("the stream is silent") from None
        finally:
            await subscription.close()

    async def _near(self, stream: EventStream) -> int:
        """The stream's last sequence, once it is near the log's head. Raises StreamAhead."""
        while True:
            info = await stream.info()
            head = await self._reader.head()  # after the stream: the log only grows
            if info is not None and info.last > head:
                raise StreamAhead("the stream is ahead of the log", position=info.last, head=head)
            if info is not None and head - info.last <= _TOO_FAR_BEHIND:
                return info.last
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


class _Subscription:
    """A consumer from sequence ``last`` on, whose first message must be the event ``proof``."""

    def __init__(
        self, stream: EventStream, last: int, proof: RecordedEvent | None, take: Take
    ) -> None:
        self.proved = last == 0
        self._stream = stream
        self._last = last
        self._proof = proof
        self._take = take
        self._heard = asyncio.Event()
        self._failure: HuiminError | None = None

    async def open(self) -> None:
        inbox = self._stream.client.new_inbox()
        with translated():
            self._subscribed = await self._stream.client.subscribe(inbox, cb=self._on_message)
        await self._stream.deliver(inbox, max(self._last, 1), HEARTBEAT_SECONDS)

    async def close(self) -> None:
        if not self._stream.client.is_closed:
            with translated():
                await self._subscribed.unsubscribe()

    async def heard(self) -> None:
        """Waits for the next sign of life. Raises what went wrong with a message."""
        await self._heard.wait()
        self._heard.clear()
        if self._failure is not None:
            raise self._failure

    async def _on_message(self, message: Msg) -> None:
        try:
            if self._failure is None:
                await self._handle(message)
        except HuiminError as error:
            self._failure = error
        except NatsError as error:
            self._failure = BrokerUnavailable(type(error).__name__)
        self._heard.set()

    async def _handle(self, message: Msg) -> None:
        headers = message.headers or {}
        if "Status" in headers:  # a heartbeat, or a request to say that we keep up
            reply = message.reply or headers.get("Nats-Consumer-Stalled")
            if reply:
                await self._stream.client.publish(reply)
            return
        sequence = _sequence(message)
        if not self.proved:
            self._prove(sequence, message)
        await self._take(sequence, message)

    def _prove(self, sequence: int, message: Msg) -> None:
        proof = self._proof
        if proof is None or sequence != self._last:
            raise Corrupt("the stream's last message is missing", position=self._last)
        if from_message(message).content_hash() != proof.content_hash():
            raise StreamAhead("the stream is not of this log", position=sequence)
        self.proved = True


def _sequence(message: Msg) -> int:
    """From ``$JS.ACK.stream.consumer.delivered.SEQUENCE…``; with a domain, two tokens come first."""
    tokens = message.reply.split(".")
    try:
        return int(tokens[5] if len(tokens) == 9 else tokens[7])
    except (IndexError, ValueError):
        raise Corrupt("a message without a sequence") from None
