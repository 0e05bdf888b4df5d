"""The library's own cases, run against our persistence module on a real PostgreSQL."""

from collections.abc import Callable
from typing import Any

import pytest
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    ProcessRecorder,
    TrackingRecorder,
    Transcoder,
    Transcoding,
)
from eventsourcing.tests import persistence as cases
from eventsourcing.utils import Environment

from infra.log.library import (
    Factory,
    LogAggregateRecorder,
    LogApplicationRecorder,
    LogProcessRecorder,
    LogTrackingRecorder,
)
from infra.log.state import StateTranscoder


class OnRealPostgres:
    """Gives each case a factory in a namespace of its own."""

    env: Environment
    made: Factory

    @pytest.fixture(autouse=True)
    def _environment(self, database_url: str, namespace: str) -> Any:
        self.env = Environment(
            env={
                "PERSISTENCE_MODULE": "infra.log.library",
                "HUIMIN_DATABASE_URL": database_url,
                "HUIMIN_NAMESPACE": namespace,
            }
        )
        self.made = Factory(self.env)
        yield
        self.made.close()


class TestAggregateRecorder(OnRealPostgres, cases.AggregateRecorderTestCase):
    def create_recorder(self) -> AggregateRecorder:
        return self.made.aggregate_recorder()


class TestSnapshotRecorder(OnRealPostgres, cases.AggregateRecorderTestCase):
    def create_recorder(self) -> AggregateRecorder:
        return self.made.aggregate_recorder(purpose="snapshots")


class TestApplicationRecorder(OnRealPostgres, cases.ApplicationRecorderTestCase[Any]):
    def create_recorder(self) -> ApplicationRecorder:
        return self.made.application_recorder()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestApplicationRecorderAsProcessRecorder(
    OnRealPostgres, cases.ApplicationRecorderTestCase[Any]
):
    def create_recorder(self) -> ApplicationRecorder:
        return self.made.process_recorder()


class TestTrackingRecorder(OnRealPostgres, cases.TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        return self.made.tracking_recorder()


class TestProcessRecorder(OnRealPostgres, cases.ProcessRecorderTestCase):
    def create_recorder(self) -> ProcessRecorder:
        return self.made.process_recorder()


class TestNonInterleavingNotificationIds(
    OnRealPostgres, cases.NonInterleavingNotificationIDsBaseCase
):
    def create_recorder(self) -> ApplicationRecorder:
        return self.made.application_recorder()


class CustomTrackingRecorder(LogTrackingRecorder):
    """A view's recorder."""


class TestFactory(OnRealPostgres, cases.InfrastructureFactoryTestCase[Factory]):
    def expected_factory_class(self) -> type[Factory]:
        return Factory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        return LogAggregateRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return LogApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return LogTrackingRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return CustomTrackingRecorder

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        return LogProcessRecorder


class AsBase(Transcoding):
    """A subclass of a builtin, by the value it is made from."""

    def __init__(self, cls: type, base: Callable[[Any], Any]) -> None:
        self.type = cls
        self.name = cls.__name__.lower()
        self.base = base

    def encode(self, obj: Any) -> Any:
        return self.base(obj)

    def decode(self, data: Any) -> Any:
        return self.type(data)


class TestStateTranscoder(cases.TranscoderTestCase):
    def construct_transcoder(self) -> Transcoder:
        transcoder = StateTranscoder()
        custom = [cases.CustomType1AsDict(), cases.CustomType2AsDict()]
        for transcoding in [*custom, AsBase(cases.Mydict, dict), AsBase(cases.MyList, list)]:
            transcoder.register(transcoding)
        return transcoder
