"""For any sequence of events: pages of any size, rebuilds by any number, and a plain fold agree."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import Corrupt
from infra.log.codec import Codec
from infra.log.records import RecordedEvent
from infra.projecting.decoding import BulkDecoder
from infra.projecting.filling import Share, keep_of
from infra.projecting.plain_fold import PlainFold, Sample
from infra.projecting.read_model import Key, ReadModel, queue_of_key, read_models
from infra.projecting.window import Window
from projections.base import Row
from tests.infra.projecting import programmes
from tests.infra.projecting.programmes import NOON, Account, Address, Kind

REGISTRY = programmes.registry()
CODEC = Codec(REGISTRY)
MODELS = read_models(REGISTRY)
IDS = [UUID(int=n << 96 | n) for n in range(1, 5)]

accounts = st.sampled_from(IDS)
amounts = st.integers(-5, 13)


def _first(owner: str, kind: Kind, number: int | None) -> dict[str, Any]:
    address = None if number is None else Address(street="路", number=number)
    facts = {"since": date(2026, 1, 1), "rate": Decimal("1.10"), "address": address}
    return {"owner": owner, "kind": kind, "originator_topic": "x", **facts}


happenings: st.SearchStrategy[Any] = st.one_of(
    st.tuples(
        accounts,
        st.just(Account.Opened),
        st.builds(
            _first, st.sampled_from("ABC"), st.sampled_from(Kind), st.none() | st.integers(0, 9)
        ),
    ),
    st.tuples(accounts, st.just(Account.Deposited), st.builds(lambda a: {"amount": a}, amounts)),
    st.tuples(
        accounts,
        st.just(Account.Transferred),
        st.builds(lambda t, a: {"to": t, "amount": a}, accounts, amounts),
    ),
    st.tuples(accounts, st.just(Account.Closed), st.just({})),
    st.tuples(accounts, st.just(None), st.just({})),  # an event that cannot be read
)


def log_of(happened: Sequence[Any]) -> list[RecordedEvent]:
    """The log that these happenings make."""
    versions: dict[UUID, int] = {}
    recorded = []
    for n, (stream, event_class, fields) in enumerate(happened):
        version = versions[stream] = versions.get(stream, 0) + 1
        if event_class is None:
            kind, data = "accounts.deposited.v1", b'{"amount":"?"}'
        else:
            new = CODEC.encode(
                event_class(
                    originator_id=stream, originator_version=version, timestamp=NOON, **fields
                )
            )
            kind, data = new.type, new.data
        recorded.append(_recorded(n + 1, stream, version, kind, data))
    return recorded


def _recorded(position: int, stream: UUID, version: int, kind: str, data: bytes) -> RecordedEvent:
    at = datetime(2026, 11, 25, tzinfo=UTC)
    return RecordedEvent(
        position, stream, version, kind, data, at, at, "a", None, IDS[0], IDS[0], None, None, None
    )


class Memory:
    """Takes a window's changes as the tables would."""

    def __init__(self, model: ReadModel) -> None:
        self.model = model
        self.rows: dict[Key, tuple[Row, int]] = {}
        self.versions: set[tuple[str, str, int, int | None]] = set()
        self.letters: dict[tuple[str, int], str] = {}

    def take(self, window: Window, events: Sequence[RecordedEvent], keep: Any = None) -> None:
        touches = [t for t in window.touches(events) if keep is None or keep(t)]
        lines = window.unknown(touches)
        found = {line.key: self.rows[line.key][0] for line in lines if line.key in self.rows}
        window.loaded(lines, found)
        window.apply(touches)
        changes = window.changes()
        for key, at in changes.closings:
            queue = queue_of_key(key)
            (open_,) = [v for v in self.versions if v[0] == queue and v[3] is None]
            self.versions.remove(open_)
            self.versions.add((*open_[:3], at))
        for version in changes.versions:
            queue = queue_of_key(version.row.key_values())
            row = version.row.model_dump_json()
            self.versions.add((queue, row, version.since, version.until))
        for key in changes.deletes:
            del self.rows[key]
        for row_, position in changes.upserts:
            self.rows[row_.key_values()] = (row_, position)
        for letter in changes.dead_letters:
            self.letters.setdefault((letter.queue, letter.position), letter.reason)

    @property
    def all(self) -> Any:
        return self.rows, self.versions, self.letters


def by_pages(model: ReadModel, events: list[RecordedEvent], size: int) -> Memory:
    memory = Memory(model)
    parked: set[str] = set()
    for n in range(0, len(events), size):
        window = Window(model, CODEC.decode, parked=parked)
        memory.take(window, events[n : n + size])
        parked = window.parked
    return memory


def by_shares(model: ReadModel, events: list[RecordedEvent], parts: int, size: int) -> Memory:
    """As the workers of a rebuild do it, one after the other, with little memory."""
    memory = Memory(model)
    decode = BulkDecoder(REGISTRY, CODEC).decode
    for part in range(parts):
        window = Window(model, decode)
        keep = keep_of(model, Share(part, parts, len(events)))
        own = [e for e in events if not model.by_stream or e.stream_id.int % parts == part]
        for n in range(0, len(own), size):
            memory.take(window, own[n : n + size], keep)
            window = window.next()
    return memory


@pytest.mark.parametrize("name", ["balance", "dated", "owner_total"])
@given(happened=st.lists(happenings, max_size=40))
def test_every_way_of_folding_comes_to_the_same(name: str, happened: list[Any]) -> None:
    model, events = MODELS[name], log_of(happened)
    one = by_pages(model, events, 1)
    for size in (7, 500):
        assert by_pages(model, events, size).all == one.all
    for parts in (1, 2, 3):
        assert by_shares(model, events, parts, 5).all == one.all
    plain = PlainFold(model, CODEC, Sample(), set())
    for recorded in events:
        plain.take(recorded)
    assert plain.rows == one.rows
    assert len(list(plain.expected_versions())) == len(one.versions)
    assert plain._parked == {queue for queue, _ in one.letters}


@given(happened=st.lists(happenings, min_size=1, max_size=10))
def test_the_fast_decoder_gives_what_the_codec_gives(happened: list[Any]) -> None:
    decode = BulkDecoder(REGISTRY, CODEC).decode
    for recorded in log_of(happened):
        try:
            expected = CODEC.decode(recorded)
        except Corrupt as corrupt:
            with pytest.raises(Corrupt, match=re.escape(str(corrupt))):
                decode(recorded)
            continue
        got = decode(recorded)
        assert type(got) is type(expected)
        assert {**got.__dict__, "originator_topic": ""} == {
            **expected.__dict__,
            "originator_topic": "",
        }
