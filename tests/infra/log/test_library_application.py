"""An ``Application`` of the library over our module and mapper: our aggregates go in and out."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import IntegrityError

from domain.shared.aggregate import Aggregate, event
from infra import database
from infra.log.mapper import LogMapper
from infra.log.read import LogReader

NOW = datetime(2014, 3, 3, 9, 30, 0, 123456, tzinfo=UTC)


class Lamp(Aggregate, program="lamps"):
    """A street lamp."""

    class Installed(Aggregate.Created, v=1):
        street: str

    class Switched(Aggregate.Event, v=1):
        on: bool
        watts: tuple[int, ...]

    @event(Installed)
    def __init__(self, street: str) -> None:
        self.street = street
        self.on = False
        self.watts: tuple[int, ...] = ()

    @event(Switched)
    def _switched(self, on: bool, watts: tuple[int, ...]) -> None:
        self.on = on
        self.watts = watts


class LampMapper(LogMapper):
    """Knows lamps only."""

    @classmethod
    def registry(cls) -> Any:
        return SimpleNamespace(events=Lamp.events, event_owner=dict.fromkeys(Lamp.events, Lamp))


class Lamps(Application[UUID]):
    """All lamps."""


@pytest.fixture
def lamps(database_url: str, namespace: str) -> Any:
    application = Lamps(
        env={
            "PERSISTENCE_MODULE": "infra.log.library",
            "MAPPER_TOPIC": f"{LampMapper.__module__}:LampMapper",
            "HUIMIN_DATABASE_URL": database_url,
            "HUIMIN_NAMESPACE": namespace,
        }
    )
    yield application
    application.close()


def switched(lamp: Lamp, *, on: bool) -> None:
    with lamp.deciding(NOW):
        lamp._switched(on=on, watts=(60, 40))


async def test_an_application_of_the_library_keeps_our_aggregates_in_our_log(
    lamps: Lamps, database_url: str, namespace: str
) -> None:
    lamp = Lamp.begin(Lamp.Installed, id=uuid4(), at=NOW, street="Zhongshan Road")
    switched(lamp, on=True)
    recordings = lamps.save(lamp, actor="lamplighter")

    assert [r.notification.id for r in recordings] == [1, 2]
    assert lamps.repository.get(lamp.id) == lamp
    with pytest.raises(AggregateNotFoundError):
        lamps.repository.get(uuid4())

    pool = await database.open_pool(database_url, namespace, size=1, role=database.READER)
    stored = await LogReader(pool).read(0, 10)
    await pool.close()
    assert [(e.type, e.actor, e.occurred_at) for e in stored] == [
        ("lamps.installed.v1", "lamplighter", NOW),
        ("lamps.switched.v1", "lamplighter", NOW),
    ]
    assert stored[1].data == b'{"on":true,"watts":[60,40]}'


def test_the_second_of_two_saves_of_the_same_version_is_refused(lamps: Lamps) -> None:
    lamp = Lamp.begin(Lamp.Installed, id=uuid4(), at=NOW, street="Zhongshan Road")
    lamps.save(lamp)
    one: Lamp = lamps.repository.get(lamp.id)
    other: Lamp = lamps.repository.get(lamp.id)
    switched(one, on=True)
    switched(other, on=False)
    lamps.save(one)
    with pytest.raises(IntegrityError):
        lamps.save(other)
