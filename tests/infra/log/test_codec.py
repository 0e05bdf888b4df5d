"""Between events and bytes: nothing is lost, old shapes are lifted, and what is wrong is named."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from eventsourcing.utils import get_topic
from pydantic import BaseModel, ConfigDict

from domain.shared.aggregate import Aggregate
from infra.errors import Corrupt, Misconfigured
from infra.log.codec import Codec
from infra.log.records import RecordedEvent
from infra.log.state import same
from tests.infra.log.lamps import AT, Lamp, Place, Registry, State, codec, lamp

ID = UUID(int=1)


def recorded(type_name: str, data: bytes, version: int = 2) -> RecordedEvent:
    """As the log would give it."""
    return RecordedEvent(
        position=7,
        stream_id=ID,
        version=version,
        type=type_name,
        data=data,
        occurred_at=AT,
        recorded_at=AT,
        actor="officer-7",
        department=None,
        command_id=ID,
        correlation_id=ID,
        causation_position=None,
        traceparent=None,
        clock=None,
    )


def test_an_event_comes_back_as_it_was() -> None:
    made = lamp(ID, switches=2)
    for event in made.collect_events():
        new = codec().encode(event)  # type: ignore[arg-type]  # an event of ours
        back = codec().decode(recorded(new.type, new.data, new.version))
        same = {**event.__dict__, "timestamp": AT}
        assert {k: v for k, v in back.__dict__.items() if k != "_recorded"} == same
        assert type(back).__name__ == type(event).__name__


def test_data_is_the_events_own_fields_and_nothing_else() -> None:
    installed, switched = lamp(ID, switches=1).collect_events()
    assert codec().encode(installed).data == (  # type: ignore[arg-type]  # an event of ours
        b'{"place":{"street":"Zhongshan Road","since":"2001-02-03","height_m":"4.50"},'
        b'"owner":"00000000-0000-0000-0000-000000000005"}'
    )
    assert codec().encode(switched).data == b'{"lit":true,"bulbs":[]}'  # type: ignore[arg-type]  # the test knows the kind of what it handles


def test_a_decoded_event_knows_its_record_and_does_not_write_it_again() -> None:
    record = recorded("lamps.switched.v3", b'{"lit":true,"bulbs":[60]}')
    event = codec().decode(record)
    assert event.recorded is record
    assert codec().encode(event).data == record.data


def test_an_event_without_fields_of_its_own_is_an_empty_object() -> None:
    event = codec().decode(recorded("lamps.checked.v1", b"{}"))
    assert isinstance(event, Lamp.Checked)
    assert codec().encode(event).data == b"{}"


@pytest.mark.parametrize(
    ("type_name", "data"),
    [
        ("lamps.switched.v1", b'{"on":true}'),
        ("lamps.switched.v2", b'{"lit":true}'),
        ("lamps.switched.v3", b'{"lit":true,"bulbs":[60]}'),
    ],
)
def test_every_older_shape_becomes_the_newest(type_name: str, data: bytes) -> None:
    event = codec().decode(recorded(type_name, data))
    assert isinstance(event, Lamp.Switched)
    assert (event.lit, event.bulbs) == (True, (60,))
    assert event.recorded.data == data


def test_the_first_event_makes_its_aggregate() -> None:
    data = codec().encode(lamp(ID).collect_events()[0]).data  # type: ignore[arg-type]  # the test knows the kind of what it handles
    event = codec().decode(recorded("lamps.installed.v1", data, version=1))
    made = event.mutate(None)  # type: ignore[attr-defined]  # an event that begins a matter
    assert isinstance(made, Lamp)
    expected = Place(street="Zhongshan Road", since=date(2001, 2, 3), height_m=Decimal("4.50"))
    assert made.place == expected


@pytest.mark.parametrize("type_name", ["lamps.exploded.v1", "lamps.switched.v4", "nonsense"])
def test_an_unknown_type_is_named(type_name: str) -> None:
    with pytest.raises(Misconfigured, match=type_name):
        codec().decode(recorded(type_name, b"{}"))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"lit":"Zhang Wei","bulbs":[]}', b'{"lit":true}', b"\xff"]
)
def test_data_that_does_not_fit_is_corrupt_and_not_repeated(data: bytes) -> None:
    with pytest.raises(Corrupt, match=r"lamps\.switched\.v3") as told:
        codec().decode(recorded("lamps.switched.v3", data))
    assert "Zhang" not in str(told.value)
    assert told.value.__cause__ is None


def test_data_cannot_slip_into_the_envelope() -> None:
    record = recorded("lamps.switched.v3", b'{"lit":true,"bulbs":[]}')
    for name, value in (("originator_version", "99"), ("extra", '"x"')):
        data = b'{"lit":true,"bulbs":[],"%s":%s}' % (name.encode(), value.encode())
        try:
            event = codec().decode(replace(record, data=data))
        except Corrupt:
            continue
        assert event.version == 2


class Strict(BaseModel):
    """A value that takes nothing but its own types, as commands do."""

    model_config = ConfigDict(strict=True)

    id: UUID
    day: date
    kinds: tuple[State, ...]
    by_kind: dict[State, int]


class Gauge(Aggregate, program="gauges"):
    """Its events have what JSON cannot spell."""

    class Installed(Aggregate.Created, v=1):
        strict: Strict
        big: int
        waits: timedelta
        places: frozenset[int]

    class Read(Aggregate.Event, v=1):
        value: date | str
        raw: bytes


def test_both_ways_of_reading_give_the_same_event() -> None:
    gauges = Codec(Registry(Gauge.events, dict.fromkeys(Gauge.events, Gauge)))
    strict = Strict(id=ID, day=date(2014, 3, 3), kinds=(State.LIT,), by_kind={State.DARK: 2})
    installed = Gauge.Installed(
        originator_id=ID,
        originator_version=1,
        originator_topic=get_topic(Gauge),
        timestamp=AT,
        strict=strict,
        big=2**80,
        waits=timedelta(hours=1, microseconds=1),
        places=frozenset({1, 2}),
    )
    for value in (date(2014, 3, 3), "2014-03-03 or so"):
        read = Gauge.Read(
            originator_id=ID, originator_version=2, timestamp=AT, value=value, raw=b"raw"
        )
        for event in (installed, read):
            new = gauges.encode(event)
            back = gauges.decode(recorded(new.type, new.data, new.version))
            assert same(
                {k: v for k, v in back.__dict__.items() if k != "_recorded"}, event.__dict__
            )
