"""The stream of events in JetStream: its shape, what is in it, and how it is made anew.

Talks JetStream's own API in JSON, because the client library leaves out what matters here: when
the stream was created, reading in batches, and a configuration sent back exactly as it came. What
may surprise: a server whose directory was deleted goes on answering from memory; only a write of
the configuration shows it, which is what `probe` does.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg

from infra.errors import BrokerUnavailable
from infra.relay.session import translated

_API = "$JS.API"
_TIMEOUT_SECONDS = 5.0
_PAGE_BYTES = 16 * 1024 * 1024
_STREAM_NOT_FOUND = 10059
_NAME_IN_USE = 10058
_ALARM = "huimin.alarm"
_NO_DIRECTORY = "no such file or directory"
_NO_MESSAGES = "404"
_END_OF_BATCH = "204"

Config = dict[str, Any]


class ApiError(Exception):
    """JetStream's refusal: ``number`` is its error code, ``status`` like HTTP's."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(str(error.get("description", "")))
        self.number = int(error.get("err_code", 0))
        self.status = int(error.get("code", 0))


@dataclass(slots=True, frozen=True)
class StreamInfo:
    """The stream as it stands. ``created`` tells one life of the stream from the next."""

    created: str
    config: Config
    first: int
    last: int
    messages: int

    @property
    def alarm(self) -> int:
        """The position of the alarm that `mark` left on the stream, 0 when there is none."""
        return int(self.config.get("metadata", {}).get(_ALARM, 0))

    @property
    def missing(self) -> int:
        """How many positions up to the last hold no message, by the server's own count."""
        return self.last - self.messages


@dataclass(slots=True, frozen=True)
class Page:
    """Messages by sequence; ``upto`` is the sequence up to which nothing was left out."""

    messages: Mapping[int, Msg]
    upto: int


class EventStream:
    """`{NAMESPACE}_EVENTS`. All methods raise BrokerUnavailable when JetStream does not answer."""

    def __init__(self, client: Client, namespace: str, replicas: int = 1) -> None:
        self.client = client
        self.name = f"{namespace.upper()}_EVENTS"
        self.subjects = f"{namespace}.events.>"
        self._replicas = replicas

    def config(self) -> Config:
        """No limits: the stream is the whole log. Deleting is allowed, since mending needs it."""
        return {
            "name": self.name,
            "subjects": [self.subjects],
            "storage": "file",
            "retention": "limits",
            "discard": "new",  # a limit that someone sets stops the relay and drops nothing
            "max_age": 0,
            "max_msgs": -1,
            "max_bytes": -1,
            "max_msg_size": -1,
            "max_msgs_per_subject": -1,
            "allow_direct": True,
            "num_replicas": self._replicas,
        }

    async def info(self) -> StreamInfo | None:
        """The stream as it stands, None when there is none."""
        try:
            return _info(await self._ask(f"STREAM.INFO.{self.name}"))
        except ApiError as error:
            if error.number == _STREAM_NOT_FOUND:
                return None
            raise BrokerUnavailable(str(error)) from error

    async def ensure(self) -> StreamInfo:
        """The stream, made if there is none, with limits taken off if someone set them."""
        info = await self.info()
        if info is None:
            return await self._create(self.config())
        wanted = self.config() | {"num_replicas": info.config.get("num_replicas", 1)}
        if any(info.config.get(key) != value for key, value in wanted.items()):
            await self._change(f"STREAM.UPDATE.{self.name}", info.config | wanted)
            return await self.info() or await self._create(wanted)
        return info

    async def recreate(self, old: StreamInfo) -> StreamInfo:
        """An empty stream in place of the old one; what another relay has made anew is kept."""
        now = await self.info()
        if now is not None and now.created != old.created:
            return now
        if now is not None:
            try:
                await self._ask(f"STREAM.DELETE.{self.name}", {})
            except ApiError as error:
                if error.number != _STREAM_NOT_FOUND:
                    raise BrokerUnavailable(str(error)) from error
        replicas = old.config.get("num_replicas", self._replicas)
        return await self._create(self.config() | {"num_replicas": replicas})

    async def probe(self, info: StreamInfo) -> bool:
        """Has the server write the stream's configuration to its disk: whether it has a directory
        to write to. Any other failure, such as a full disk, is BrokerUnavailable.

        Tried on 2.15: without its directory it fails, while publishing and reading go on. With
        replicas it is the cluster that heals a server's disk, so nothing is asked.
        """
        if info.config.get("num_replicas", 1) > 1:
            return True
        try:
            await self._ask(f"STREAM.UPDATE.{self.name}", info.config)
        except ApiError as error:
            if _NO_DIRECTORY in str(error):
                return False
            if error.number != _STREAM_NOT_FOUND:
                raise BrokerUnavailable(str(error)) from error
        return True

    async def mark(self, alarm: int) -> None:
        """Leaves the position of an alarm on the stream itself, for whoever comes next and for
        health; 0 takes it off."""
        info = await self.info()
        if info is not None and info.alarm != alarm:
            metadata = info.config.get("metadata", {}) | {_ALARM: str(alarm)}
            await self._change(f"STREAM.UPDATE.{self.name}", info.config | {"metadata": metadata})

    async def last(self) -> tuple[int, Msg] | None:
        """The last message that is really there, with its sequence."""
        page = await self._get({"last_by_subj": self.subjects})
        return next(iter(page.messages.items()), None)

    async def page(self, after: int, limit: int) -> Page:
        """The messages of the next ``limit`` sequences behind ``after``. The server leaves out
        what it cannot read."""
        request = {"seq": after + 1, "batch": limit, "max_bytes": _PAGE_BYTES}
        page = await self._get(request)
        upto = min(page.upto, after + limit) if page.upto else after + limit
        return Page({seq: m for seq, m in page.messages.items() if seq <= upto}, upto)

    async def deliver(self, inbox: str, first: int, heartbeat_seconds: float) -> None:
        """Has every message from sequence ``first`` on pushed to ``inbox``, now and as they come,
        by a consumer that the server forgets soon after nobody listens any more."""
        consumer = {
            "deliver_subject": inbox,
            "deliver_policy": "by_start_sequence",
            "opt_start_seq": first,
            "ack_policy": "none",
            "max_deliver": 1,
            "flow_control": True,
            "idle_heartbeat": int(heartbeat_seconds * 1e9),
            "mem_storage": True,
            "num_replicas": 1,
            "inactive_threshold": int(10e9),
        }
        request = {"stream_name": self.name, "config": consumer}
        await self._change(f"CONSUMER.CREATE.{self.name}", request)

    async def _create(self, config: Config) -> StreamInfo:
        try:
            return _info(await self._ask(f"STREAM.CREATE.{self.name}", config))
        except ApiError as error:
            info = await self.info() if error.number == _NAME_IN_USE else None
            if info is None:
                raise BrokerUnavailable(str(error)) from error
            return info

    async def _change(self, verb: str, body: Config) -> None:
        try:
            await self._ask(verb, body)
        except ApiError as error:
            raise BrokerUnavailable(str(error)) from error

    async def _ask(self, verb: str, body: Config | None = None) -> dict[str, Any]:
        with translated():
            payload = b"" if body is None else orjson.dumps(body)
            reply = await self.client.request(f"{_API}.{verb}", payload, timeout=_TIMEOUT_SECONDS)
        answer: dict[str, Any] = orjson.loads(reply.data)
        if "error" in answer:
            raise ApiError(answer["error"])
        return answer

    async def _get(self, body: Config) -> Page:
        """A direct get. A batch ends with an empty message of status 204, which says up to where
        it went when the server cut it short; a single get ends with its only message."""
        found: dict[int, Msg] = {}
        end: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        batch = "batch" in body

        async def on_message(message: Msg) -> None:
            headers = message.headers or {}
            status = headers.get("Status")
            if status is None:
                found[int(headers["Nats-Sequence"])] = message
                status = None if batch else _END_OF_BATCH
            if status is not None and not end.done():
                pending = headers.get("Nats-Num-Pending", "0") != "0"
                cut = pending and len(found) < body.get("batch", 1)
                end.set_result(f"{status} {headers.get('Nats-Last-Sequence', 0) if cut else 0}")

        with translated():
            inbox = self.client.new_inbox()
            # no limits: a message that the client drops would look like one that the stream lost
            subscription = await self.client.subscribe(
                inbox, cb=on_message, pending_msgs_limit=0, pending_bytes_limit=0
            )
            try:
                request = orjson.dumps(body)
                verb = f"{_API}.DIRECT.GET.{self.name}"
                await self.client.publish(verb, request, reply=inbox)
                async with asyncio.timeout(_TIMEOUT_SECONDS):
                    status, upto = (await end).split()
            finally:
                await subscription.unsubscribe()
        if status not in (_END_OF_BATCH, _NO_MESSAGES):
            raise BrokerUnavailable(f"direct get: {status}")
        return Page(found, int(upto))


def _info(answer: Mapping[str, Any]) -> StreamInfo:
    state = answer["state"]
    return StreamInfo(
        created=answer["created"],
        config=answer["config"],
        first=state["first_seq"],
        last=state["last_seq"],
        messages=state["messages"],
    )
