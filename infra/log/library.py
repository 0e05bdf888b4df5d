"""A persistence module of ``eventsourcing``: ``PERSISTENCE_MODULE=infra.log.library``.

Its recorders write to and read from Huimin's log; notification ids are the log's positions. Environment,
which the library also takes per application (``BANK_HUIMIN_NAMESPACE``):

- ``HUIMIN_DATABASE_URL``: PostgreSQL, by a user who may migrate, or after ``huimin migrate``;
- ``HUIMIN_NAMESPACE``: the schema of the log, ``huimin`` unless given. Applications that share one
  share its log, and see each other's events;
- ``CREATE_TABLE``: whether to migrate when the first recorder is made, yes unless given.

``MAPPER_TOPIC=infra.log.mapper:LogMapper`` stores our Pydantic events under their own names.
Whatever else is given to ``Application.save`` by keyword of actor, department, correlation_id,
causation_position and traceparent goes into the log's columns.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuids
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    ProcessRecorder,
    ProgrammingError,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
)
from eventsourcing.utils import Environment, EnvType, resolve_topic, strtobool

from infra import clock
from infra.log.datastore import Cursor, Datastore, library_errors
from infra.log.packing import ITEM_OIDS, pack_append, parameters
from infra.log.records import Append, Appended, NewEvent

_FINGERPRINT = b"library"
_METADATA = ("actor", "department", "correlation_id", "causation_position", "traceparent")

_SELECT_EVENTS = """
SELECT stream_id, version, type, data, occurred_at FROM events
WHERE stream_id = %b AND version > coalesce(%b, -1) AND (%b::bigint IS NULL OR version <= %b)
"""
_SELECT_SNAPSHOTS = """
SELECT originator_id, originator_version, topic, state, NULL::timestamptz FROM library_snapshots
WHERE originator_id = %b AND originator_version > coalesce(%b, -1)
  AND (%b::bigint IS NULL OR originator_version <= %b)
"""
_INSERT_SNAPSHOT = """
INSERT INTO library_snapshots (originator_id, originator_version, topic, state)
VALUES (%b, %b, %b, %b)
"""
_SELECT_NOTIFICATIONS = """
SELECT stream_id, version, type, data, occurred_at, position FROM events
WHERE position >= %b AND (%b::bigint IS NULL OR position <= %b)
  AND (%b::text[] IS NULL OR type = ANY (%b))
ORDER BY position LIMIT %b
"""
_INSERT_TRACKING = """
INSERT INTO library_tracking AS t (application_name, notification_id) VALUES (%b, %b)
ON CONFLICT (application_name) DO UPDATE SET notification_id = excluded.notification_id
WHERE t.notification_id < excluded.notification_id
"""
_APPEND = "SELECT append_optimistic(%b::append_item[], %b::append_claim[])"


def _uuid(originator_id: UUID | str) -> UUID:
    if isinstance(originator_id, UUID):
        return originator_id
    try:
        return UUID(originator_id)
    except ValueError:
        raise ProgrammingError("the log's streams are named by UUIDs") from None


def _timed(stored: StoredEvent, at: datetime | None) -> None:
    # The library's record has no place for a time, and a subclass would not equal it.
    if at is not None:
        object.__setattr__(stored, "occurred_at", at)


class LibraryRecorder:
    """What all recorders share: the datastore."""

    def __init__(self, datastore: Datastore) -> None:
        self.datastore = datastore


class LogAggregateRecorder(LibraryRecorder, AggregateRecorder):
    """Streams of the log; does not tell positions."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """All of them in one append, or IntegrityError when a version is there already."""
        self._append(stored_events, kwargs)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of a stream, by version."""
        return self._select(_SELECT_EVENTS, "version", originator_id, gt, lte, desc, limit)

    def _select(
        self,
        statement: str,
        version: str,
        originator_id: UUID | str,
        gt: int | None,
        lte: int | None,
        desc: bool,
        limit: int | None,
    ) -> list[StoredEvent]:
        statement += f" ORDER BY {version} {'DESC' if desc else 'ASC'} LIMIT %b"
        found = []
        values = [_uuid(originator_id), gt, lte, lte, limit]
        for stream_id, number, topic, state, at in self.datastore.rows(statement, values):
            stored = StoredEvent(stream_id, number, topic, state)
            _timed(stored, at)
            found.append(stored)
        return found

    def _append(self, stored: Sequence[StoredEvent], metadata: dict[str, Any]) -> list[int]:
        """Positions of the events, in their order."""
        if not stored:
            return []
        append, times = _as_append(stored, metadata)
        commit = self.datastore.background.commit
        with library_errors():
            verdict = self.datastore.background.run(
                commit.append(append, contiguous=False, times=times)
            )
        if not isinstance(verdict, Appended):
            raise IntegrityError("a version of the stream is there already")
        return list(range(verdict.first_position, verdict.first_position + len(stored)))


def _as_append(
    stored: Sequence[StoredEvent], metadata: dict[str, Any]
) -> tuple[Append, list[datetime]]:
    events = [
        NewEvent(_uuid(s.originator_id), s.originator_version, s.topic, s.state) for s in stored
    ]
    if len({(e.stream_id, e.version) for e in events}) < len(events):
        raise IntegrityError("a version of the stream is given twice")
    now = clock.now()
    known = {name: metadata[name] for name in _METADATA if metadata.get(name) is not None}
    append = Append(
        command_id=uuids.uuid7(),
        fingerprint=_FINGERPRINT,
        stream_id=events[0].stream_id,
        version=events[-1].version,
        occurred_at=now,
        events=events,
        **{"actor": "library", **known},
    )
    return append, [getattr(s, "occurred_at", now) for s in stored]


class LogSnapshotRecorder(LogAggregateRecorder):
    """The library's snapshots, which are no events of the log."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """IntegrityError when there is one of that version."""
        with self.datastore.transaction() as cursor:
            for s in stored_events:
                values = [_uuid(s.originator_id), s.originator_version, s.topic, s.state]
                cursor.execute(_INSERT_SNAPSHOT, values)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """By version."""
        order = "originator_version"
        return self._select(_SELECT_SNAPSHOTS, order, originator_id, gt, lte, desc, limit)


class LogApplicationRecorder(LogAggregateRecorder, ApplicationRecorder):
    """The log as an application sequence."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """As the aggregate recorder's; returns the positions."""
        return self._append(stored_events, kwargs)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Positions from ``start`` to ``stop``."""
        first = (start or 0) + (0 if inclusive_of_start else 1)
        names = list(topics) or None
        found = []
        values = [first, stop, stop, names, names, limit]
        for stream_id, version, topic, state, at, position in self.datastore.rows(
            _SELECT_NOTIFICATIONS, values
        ):
            notification = Notification(stream_id, version, topic, state, position)
            _timed(notification, at)
            found.append(notification)
        return found

    def max_notification_id(self) -> int | None:
        """The last position."""
        found: int | None = self.datastore.rows("SELECT max(position) FROM events", [])[0][0]
        return found

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Follows the log from behind position ``gt``."""
        return LogSubscription(self, gt=gt, topics=topics)


class LogSubscription(ListenNotifySubscription[LogApplicationRecorder]):
    """Woken by the log's notifications, and every second in case one was lost."""

    def __init__(
        self,
        recorder: LogApplicationRecorder,
        gt: int | None = None,
        topics: Sequence[str] = (),
    ) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._watch = recorder.datastore.background.call_when_the_log_grows(
            self._has_been_notified.set
        )

    def stop(self) -> None:
        """Stops the subscription."""
        super().stop()
        if (watch := getattr(self, "_watch", None)) is not None:
            watch.cancel()


class LogTrackingRecorder(LibraryRecorder, TrackingRecorder):
    """How far projections have come; a subclass adds its own tables and writes both at once
    with ``datastore.transaction()`` and :meth:`track`."""

    def insert_tracking(self, tracking: Tracking) -> None:
        """IntegrityError when that or a later notification is recorded already."""
        with self.datastore.transaction() as cursor:
            self.track(cursor, tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        """The last notification recorded."""
        statement = "SELECT notification_id FROM library_tracking WHERE application_name = %b"
        rows = self.datastore.rows(statement, [application_name])
        return rows[0][0] if rows else None

    @staticmethod
    def track(cursor: Cursor, tracking: Tracking) -> None:
        """Within a transaction of the caller's."""
        cursor.execute(_INSERT_TRACKING, [tracking.application_name, tracking.notification_id])
        if not cursor.rowcount:
            raise IntegrityError("a notification is processed once, in order")


class LogProcessRecorder(LogTrackingRecorder, LogApplicationRecorder, ProcessRecorder):
    """Events together with the notification they come from."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """With ``tracking`` in a transaction of their own, without it in the group commit."""
        tracking: Tracking | None = kwargs.pop("tracking", None)
        if tracking is None:
            return self._append(stored_events, kwargs)
        with self.datastore.transaction() as cursor:
            self.track(cursor, tracking)
            if not stored_events:
                return []
            append, times = _as_append(stored_events, kwargs)
            ((item, demand),) = cursor.execute(ITEM_OIDS).fetchall()
            items = pack_append(append, contiguous=False, times=times)
            ((head,),) = cursor.execute(_APPEND, parameters((item, demand), items, [])).fetchall()
        return list(range(head + 1, head + 1 + len(stored_events)))


class Factory(InfrastructureFactory[LogTrackingRecorder]):
    """Makes the recorders of one application."""

    DATABASE_URL = "HUIMIN_DATABASE_URL"
    NAMESPACE = "HUIMIN_NAMESPACE"
    CREATE_TABLE = "CREATE_TABLE"

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        self._datastore: Datastore | None = None

    @property
    def datastore(self) -> Datastore:
        """Opened by the first recorder."""
        if self._datastore is None:
            url = self.env.get(self.DATABASE_URL)
            if not url:
                raise OSError(f"{self.DATABASE_URL} is not set")
            create = strtobool(self.env.get(self.CREATE_TABLE) or "yes")
            namespace = self.env.get(self.NAMESPACE) or "huimin"
            self._datastore = Datastore(url, namespace, create=create)
        return self._datastore

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """For events, or for anything else: snapshots."""
        recorder = LogAggregateRecorder if purpose == "events" else LogSnapshotRecorder
        return recorder(self.datastore)

    def application_recorder(self) -> ApplicationRecorder:
        """Or of the class that APPLICATION_RECORDER_TOPIC names."""
        topic = self.env.get(self.APPLICATION_RECORDER_TOPIC)
        recorder = resolve_topic(topic) if topic else LogApplicationRecorder
        return recorder(self.datastore)

    def tracking_recorder(
        self, tracking_recorder_class: type[LogTrackingRecorder] | None = None
    ) -> LogTrackingRecorder:
        """Of the given class, or of the one that TRACKING_RECORDER_TOPIC names."""
        if tracking_recorder_class is None:
            topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
            tracking_recorder_class = resolve_topic(topic) if topic else LogTrackingRecorder
        return tracking_recorder_class(self.datastore)

    def process_recorder(self) -> ProcessRecorder:
        """Or of the class that PROCESS_RECORDER_TOPIC names."""
        topic = self.env.get(self.PROCESS_RECORDER_TOPIC)
        recorder = resolve_topic(topic) if topic else LogProcessRecorder
        return recorder(self.datastore)

    def close(self) -> None:
        """Closes the connections."""
        if self._datastore is not None:
            self._datastore.close()
            self._datastore = None
