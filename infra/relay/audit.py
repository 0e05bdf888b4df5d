"""Compares the stream with the log, position by position, by content hash.

Two kinds of difference must be told apart. LOST: the stream has nothing there, or something
garbled; that is JetStream's loss, and the log fills it again. FOREIGN: the stream holds a whole
event, its own hash is right, but the log does not hold it; then the log is not what it was (it was
restored from a backup, or edited), and no machine may wipe the only copy: an operator decides.
"""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from nats.aio.client import Client

from infra.errors import Corrupt, StreamAhead
from infra.log.read import LogReader
from infra.log.records import RecordedEvent
from infra.relay.message import Message, from_message
from infra.relay.stream import EventStream, StreamInfo

PAGE = 500
_BEYOND_AT_MOST = 100_000


class Difference(StrEnum):
    """See the module."""

    LOST = "lost"
    FOREIGN = "foreign"


@dataclass(slots=True)
class Comparison:
    """Positions ``first`` to ``last`` of the stream beside a log whose head was ``head``.

    ``differing`` are the positions that are not the same, ``foreign`` those of them at which the
    stream holds an event that the log does not.
    """

    first: int
    last: int
    head: int
    checked: int = 0
    differing: list[int] = field(default_factory=list)
    foreign: list[int] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether every position of the log is in the stream with the same content."""
        return not self.differing and self.last == self.head


async def compare(reader: LogReader, client: Client, namespace: str) -> Comparison:
    """Every position of stream and log, at full speed; ``client`` is a connected NATS client.

    Raises BrokerUnavailable, StoreUnavailable. A missing stream compares as an empty one.
    """
    stream = EventStream(client, namespace)
    info = await stream.info()
    last = info.last if info else 0
    comparison = Comparison(first=1, last=last, head=await reader.head())
    after = 0
    while after < last:
        after, found = await check(reader, stream, after, last)
        comparison.checked = after
        comparison.differing += found
        comparison.foreign += [p for p, kind in found.items() if kind is Difference.FOREIGN]
    return comparison


async def check(
    reader: LogReader, stream: EventStream, after: int, last: int
) -> tuple[int, dict[int, Difference]]:
    """The next page of positions behind ``after`` and not past ``last``: up to where it went, and
    what differs."""
    page = await stream.page(after, min(PAGE, last - after))
    events = {e.position: e for e in await reader.read(after, page.upto - after, upto=page.upto)}
    found = {}
    for position in range(after + 1, page.upto + 1):
        kind = judge(position, page.messages.get(position), events.get(position))
        if kind is not None:
            found[position] = kind
    return page.upto, found


def judge(position: int, message: Message | None, event: RecordedEvent | None) -> Difference | None:
    """What is wrong with the stream at a position, None when nothing is."""
    held = None if message is None else _whole(message)
    if held is None:
        return None if message is None and event is None else Difference.LOST
    if held.position != position:
        return Difference.LOST
    if event is None or held.content_hash() != event.content_hash():
        return Difference.FOREIGN
    return None


def _whole(message: Message) -> RecordedEvent | None:
    try:
        return from_message(message)
    except Corrupt:
        return None


async def inspect(reader: LogReader, stream: EventStream, info: StreamInfo) -> str | None:
    """Looks at what a crash, a cut or a restore leaves behind; quick, whatever the length.

    Gives back what the stream has lost, in words, or None when nothing is seen. Tried on 2.15: a
    block whose end is cut off leaves last_seq where it was and a hole before it.
    Raises StreamAhead when the stream holds what the log does not.
    """
    head = await reader.head()  # after the stream's state: the log only grows
    tail = await stream.last() if info.messages else None
    if tail is not None:
        seq, message = tail
        event = next(iter(await reader.read(seq - 1, 1, upto=seq)), None)
        kind = judge(seq, message, event)
        if kind is Difference.FOREIGN:
            raise ahead(seq)
        if info.last > head:
            await _nothing_whole_beyond(reader, stream, head, info.last)
            return "the end holds what is no event"
        if kind is Difference.LOST:
            return "the last message is garbled"
    if info.last > 0 and tail is None:
        return "the stream is empty, but does not begin at 1"
    if info.missing:
        return "messages are missing"
    return None


async def _nothing_whole_beyond(
    reader: LogReader, stream: EventStream, head: int, last: int
) -> None:
    after = head
    while after < min(last, head + _BEYOND_AT_MOST):
        after, found = await check(reader, stream, after, last)
        for position, kind in found.items():
            if kind is Difference.FOREIGN:
                raise ahead(position)
        await asyncio.sleep(0)


def ahead(position: int) -> StreamAhead:
    """The alarm: at ``position`` the stream holds an event that the log does not."""
    return StreamAhead(
        f"the stream holds an event at position {position} that the log does not; if the log is "
        "right, say so with `huimin stream accept-log`",
        position=position,
    )
