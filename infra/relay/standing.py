"""For health, metrics and operators: how the stream stands beside the log, and an operator's word.

The relay stops when the stream holds events that the log does not. `accept_log` is the one way on:
someone says that the log is right, and what the stream holds beyond it is given up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import structlog

from infra.errors import StreamAhead
from infra.log.read import LogReader
from infra.relay.audit import Comparison, compare, inspect
from infra.relay.session import session
from infra.relay.stream import EventStream

log = structlog.get_logger(__name__)


@dataclass(slots=True, frozen=True)
class Standing:
    """``last`` is the stream's last position, ``head`` the log's; ``why`` explains what is wrong.

    A stream that is ``damaged`` or ``absent`` is put right by the relay; one that is
    ``stream-ahead`` waits for `accept_log`.
    """

    state: Literal["level", "behind", "absent", "damaged", "stream-ahead"]
    last: int
    head: int
    why: str = ""


async def look(reader: LogReader, nats_urls: Sequence[str], namespace: str) -> Standing:
    """A quick look, whatever the length of the log: the ends and the counts, not every message.

    Raises BrokerUnavailable, StoreUnavailable.
    """
    async with session(nats_urls, f"{namespace} look") as broker:
        stream = EventStream(broker.client, namespace)
        info = await stream.info()
        head = await reader.head()
        if info is None:
            return Standing("absent", 0, head)
        if info.alarm:
            return Standing("stream-ahead", info.last, head, f"at position {info.alarm}")
        try:
            damage = await inspect(reader, stream, info)
        except StreamAhead as alarm:
            return Standing("stream-ahead", info.last, head, str(alarm))
    if damage:
        return Standing("damaged", info.last, head, damage)
    return Standing("behind" if info.last < head else "level", info.last, head)


async def accept_log(
    reader: LogReader, nats_urls: Sequence[str], namespace: str
) -> Comparison | None:
    """Empties the stream on an operator's word that the log is right; the relay fills it again.

    Gives back the comparison made just before, in which ``foreign`` are the positions whose
    events are given up; None when there was no stream. Raises BrokerUnavailable, StoreUnavailable.
    """
    async with session(nats_urls, f"{namespace} accept-log") as broker:
        stream = EventStream(broker.client, namespace)
        info = await stream.info()
        if info is None:
            return None
        comparison = await compare(reader, broker.client, namespace)
        log.warning(
            "log_accepted",
            stream=stream.name,
            given_up=len(comparison.foreign),
            first=comparison.foreign[:1],
        )
        await stream.recreate(info)
    return comparison
