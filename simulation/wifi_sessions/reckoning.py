"""What sessions, access points and users came to, from their events alone.

Written anew on purpose, apart from the aggregates and the read models, which are held against it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from simulation.reading import Event

Hour = tuple[str, datetime]
"""A hotspot and the beginning of an hour."""


def hour(hotspot: str, at: datetime) -> Hour:
    """The one in which an instant lies."""
    return hotspot, at - timedelta(
        minutes=at.minute, seconds=at.second, microseconds=at.microsecond
    )


def moved(volume: Mapping[str, int]) -> int:
    """Bytes in both directions."""
    return volume["sent"] + volume["received"]


def instant(event: Event, name: str) -> datetime:
    """A time that an event's data tells."""
    return datetime.fromisoformat(event.data[name])


@dataclass(slots=True)
class Session:
    """One session. ``wanted_gone``: its access point was asked to end it and has neither refused
    nor told of the end. ``usage`` is what each hour of a place gets of it: sessions and bytes."""

    state: str = ""
    hotspot: str | None = None
    ap: UUID | None = None
    boot: int = 0
    user: str | None = None
    signed_in: bool = False
    began: datetime | None = None
    ended: datetime | None = None
    seconds: int = 0
    bytes: int = 0
    wanted_gone: bool = False
    asked_to_go: int = 0
    usage: dict[Hour, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    @property
    def is_online(self) -> bool:
        """Whether it is shown as online."""
        return self.state == "online"

    def take(self, e: Event) -> None:
        """One more event."""
        match e.name:
            case "code-sent":
                self.state = "code_sent"
            case "user-authenticated":
                self.state, self.signed_in, self.user = "authenticated", True, e.data["user"]
            case "access-refused":
                self.state = "refused"
            case "session-started":
                self._started(e)
            case "start-reconciled":
                self.began = instant(e, "started_at")
            case "usage-reported":
                self.ended = None
                self._counted(e, instant(e, "reported_at"))
            case "session-revived":
                self.state = "online"
            case "session-presumed-ended":
                self.state, self.ended = "presumed_ended", e.at
            case "session-stopped":
                self._stopped(e)
            case "session-closed-by-restart":
                self.state, self.ended, self.wanted_gone = "closed", e.at, False
            case "disconnect-requested":
                self.wanted_gone, self.asked_to_go = True, self.asked_to_go + 1
            case "disconnect-refused":
                self.wanted_gone = False

    def _started(self, e: Event) -> None:
        self.state, self.hotspot = "online", e.data["hotspot"]
        self.ap, self.boot = UUID(e.data["ap"]), e.data["boot"]
        self.began = instant(e, "started_at")
        self.usage[hour(self.hotspot, self.began)][0] += 1

    def _counted(self, e: Event, at: datetime) -> None:
        self.bytes, self.seconds = moved(e.data["total"]), e.data["seconds"]
        self.usage[hour(e.data["hotspot"], at)][1] += moved(e.data["added"])

    def _stopped(self, e: Event) -> None:
        was_online = self.is_online
        self.state, self.wanted_gone = "closed", False
        self.hotspot, self.ended = e.data["hotspot"], instant(e, "stopped_at")
        self._counted(e, self.ended)
        if e.data["start_missing"] and not was_online:
            self.usage[hour(self.hotspot, self.ended)][0] += 1


@dataclass(slots=True)
class Equipment:
    """One access point. ``served`` are seconds up or degraded until ``since``; ``percent`` is of
    its life, as of the last time it was heard or changed."""

    nas_id: str = ""
    hotspot: str = ""
    state: str = "installed"
    since: datetime | None = None
    hung: datetime | None = None
    served: int = 0
    percent: int = 0
    clients: int = 0
    repairs: int = 0
    restarts: int = 0
    overdue: bool = False
    too_late: int = 0

    def take(self, e: Event) -> None:
        """One more event."""
        match e.name:
            case "ap-installed":
                self.nas_id, self.hotspot = e.data["nas_id"], e.data["hotspot"]
                self.since = self.hung = e.at
            case "ap-heard":
                self.clients = e.data["clients"]
                self.percent = self._percent(e.at)
            case "ap-state-changed":
                self._changed(e.data["new"], e.at)
                self.percent, self.clients = self._percent(e.at), e.data["clients"]
                self.overdue = False
            case "ap-clock-breached":
                self.overdue, self.too_late = True, self.too_late + 1
            case "ap-repaired":
                self.repairs += 1
            case "ap-restarted":
                self.restarts += 1
            case "ap-moved":
                self.hotspot = e.data["hotspot"]
            case "ap-retired":
                self._changed("retired", e.at)
                self.clients = 0

    def _changed(self, state: str, at: datetime) -> None:
        self.served = self._served(at)
        self.state, self.since = state, at

    def _served(self, at: datetime) -> int:
        if self.since is None or self.state not in ("up", "degraded"):
            return self.served
        return self.served + int((at - self.since).total_seconds())

    def _percent(self, at: datetime) -> int:
        life = int((at - self.hung).total_seconds()) if self.hung else 0
        return self._served(at) * 100 // life if life else 0


@dataclass(slots=True)
class Told:
    """All that the programme's events of a run say."""

    sessions: dict[UUID, Session] = field(default_factory=dict)
    equipment: dict[UUID, Equipment] = field(default_factory=dict)
    blocks: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    warnings: dict[tuple[UUID, int], str] = field(default_factory=dict)
    requests: dict[UUID, str] = field(default_factory=dict)
    traces: dict[tuple[str, int, datetime], UUID] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)


_SESSION_BEGINS = ("code-sent", "device-recognised", "orphan-begun")
_WARNS: Mapping[str, str] = {
    "code-flood-suspected": "code-flood",
    "mac-spoofing-suspected": "mac-spoofing",
    "port-scan-suspected": "port-scan",
}
_REQUEST_STATES: Mapping[str, str] = {
    "log-requested": "requested",
    "log-turned-down": "turned_down",
    "log-approved": "approved",
    "log-rejected": "rejected",
    "log-disclosed": "disclosed",
}


def told(streams: Iterable[Sequence[Event]]) -> Told:
    """From the events of matters of this programme that began in the run, and of users."""
    found = Told()
    for stream in streams:
        _take_stream(found, stream)
    return found


def _take_stream(found: Told, stream: Sequence[Event]) -> None:
    first = stream[0]
    for e in stream:
        found.names[e.name] += 1
        if (warning := _WARNS.get(e.name)) is not None:
            found.warnings[e.matter, e.version] = warning
        elif e.name == "session-started" and e.data["orphan"]:
            found.warnings[e.matter, e.version] = "orphan-session"
    if first.name in _SESSION_BEGINS:
        session = found.sessions[first.matter] = Session()
        for e in stream:
            session.take(e)
            if e.name == "nat-mapped":
                at = instant(e, "since")
                found.traces[e.data["public_ip"], e.data["first_port"], at] = e.matter
    elif first.name == "ap-installed":
        ap = found.equipment[first.matter] = Equipment()
        for e in stream:
            ap.take(e)
    else:
        for e in stream:
            _take_other(found, e)


def _take_other(found: Told, e: Event) -> None:
    if (state := _REQUEST_STATES.get(e.name)) is not None:
        found.requests[e.matter] = state
    elif e.name == "user-blocked":
        found.blocks[e.data["user"]].add(e.data["order_no"])
    elif e.name == "user-unblocked":
        if e.data["order_no"] is None:
            found.blocks[e.data["user"]].clear()
        else:
            found.blocks[e.data["user"]].discard(e.data["order_no"])
