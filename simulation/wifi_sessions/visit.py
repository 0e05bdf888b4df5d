"""One device's time online: sign-in by code or by being known, reports every 15 minutes, a stop.

Each visit is drawn for one guest and written as steps with instants; what would fall behind the end
of the days is left out. Some records come late, twice, in the wrong order or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any
from uuid import UUID

from domain.wifi_sessions.ids import code_of
from simulation.matters import KeyedHash, Matter, Ref, Sender, Step, Until, spaced
from simulation.wifi_sessions.network import (
    PLATFORM,
    PORTAL,
    PROGRAM,
    AccessPoint,
    Network,
)
from simulation.wifi_sessions.usage import Usage

NOTICE = "2026-1"
INTERIM = timedelta(seconds=900)
SILENT = 3 * INTERIM + timedelta(seconds=150)
"""When the timer says that a session is over: three reports did not come."""
LAPSED = timedelta(seconds=600 + 120)
LONGEST = timedelta(hours=4, seconds=150)
AGAIN = timedelta(minutes=30, seconds=150)
"""When a limit, or the next try, falls due, and what the platform's clock may be behind."""


class Fate(StrEnum):
    """What is special about a visit; ``PLAIN`` for most."""

    PLAIN = "plain"
    # at the sign-in
    WRONG_CODE = "wrong-code"
    LOCKED = "locked"
    EXPIRED = "expired"
    ABANDONED = "abandoned"
    IMPATIENT = "impatient"
    TYPO = "typo"
    OLD_NOTICE = "old-notice"
    UNKNOWN_DEVICE = "unknown-device"
    UNKNOWN_NAS = "unknown-nas"
    WALKED_AWAY = "walked-away"
    # in the records
    ORPHAN = "orphan"
    WRONG_CLOCK = "wrong-clock"
    LATE_START = "late-start"
    START_AFTER_STOP = "start-after-stop"
    INTERIM_FIRST = "interim-first"
    RESENT = "resent"
    COUNTER_RESET = "counter-reset"
    GIANT = "giant"
    LOST_STOP = "lost-stop"
    LATE_STOP = "late-stop"
    REVIVED = "revived"
    SECOND_STOP = "second-stop"
    # what others do
    OVERLONG = "overlong"
    UNASKED = "unasked"
    SCAN = "scan"
    OVERLAP = "overlap"
    TOO_WIDE = "too-wide"


SHARES: Mapping[Fate, float] = {
    Fate.PLAIN: 61.2,
    Fate.WRONG_CODE: 6,
    Fate.LOCKED: 0.5,
    Fate.EXPIRED: 1.4,
    Fate.ABANDONED: 5,
    Fate.IMPATIENT: 3,
    Fate.TYPO: 1.2,
    Fate.OLD_NOTICE: 0.6,
    Fate.UNKNOWN_DEVICE: 4,
    Fate.UNKNOWN_NAS: 0.4,
    Fate.WALKED_AWAY: 3,
    Fate.ORPHAN: 0.7,
    Fate.WRONG_CLOCK: 0.4,
    Fate.LATE_START: 1.2,
    Fate.START_AFTER_STOP: 0.3,
    Fate.INTERIM_FIRST: 0.7,
    Fate.RESENT: 3.5,
    Fate.COUNTER_RESET: 0.5,
    Fate.GIANT: 0.5,
    Fate.LOST_STOP: 2.2,
    Fate.LATE_STOP: 0.8,
    Fate.REVIVED: 0.8,
    Fate.SECOND_STOP: 0.4,
    Fate.OVERLONG: 0.4,
    Fate.UNASKED: 0.3,
    Fate.SCAN: 0.4,
    Fate.OVERLAP: 0.4,
    Fate.TOO_WIDE: 0.2,
}
"""Percent of the visits. Radio drops, people mistype and walk on; equipment forgets."""

NEVER_IN = (Fate.LOCKED, Fate.EXPIRED, Fate.ABANDONED, Fate.ORPHAN)
"""Those that nobody was signed in for at the end."""
BY_CODE_ONLY = (
    *NEVER_IN,
    Fate.WRONG_CODE,
    Fate.IMPATIENT,
    Fate.TYPO,
    Fate.OLD_NOTICE,
    Fate.UNKNOWN_DEVICE,
)

SECONDS_AT_LEAST: Mapping[Fate, int] = {
    Fate.COUNTER_RESET: 2_400,
    Fate.REVIVED: 5_400,
    Fate.GIANT: 1_200,
    Fate.INTERIM_FIRST: 1_100,
    Fate.LOST_STOP: 1_000,
    Fate.OVERLONG: 4 * 3600,
}
"""How long those last that need it."""


_OF_STEPS = ("label", "refused", "kept", "waits", "after")
_BEFORE_A_RESTART = timedelta(minutes=2)


def a_wrong_code(id: UUID, keyed_hash: KeyedHash) -> str:
    """One digit beside what the text message says."""
    return f"{(int(code_of(id, keyed_hash)) + 1) % 1_000_000:06d}"


@dataclass(frozen=True, slots=True)
class Guest:
    """Who comes, with which device; ``has_own_mac`` is false for one that makes up its address."""

    mobile: str
    mac: str
    has_own_mac: bool


@dataclass(slots=True)
class Visit:
    """One visit as it is written. ``known``: the device is recognised. ``after`` are labels of what
    has to have been before. ``mapped``: its public address is told."""

    rng: Random
    network: Network
    n: int
    guest: Guest
    ap: AccessPoint
    fate: Fate
    begun: datetime
    seconds: int
    known: bool = False
    after: tuple[str, ...] = ()
    mapped: bool = False
    steps: list[Step] = field(default_factory=list)
    usage: Usage = field(init=False)
    started: datetime = field(init=False)
    ports: tuple[str, int, int] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.usage = Usage(self.rng, giant=self.fate is Fate.GIANT)
        self.started = self.begun

    # --- names ---------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The matter."""
        return f"{PROGRAM}/visit/{self.n}"

    def label(self, what: str) -> str:
        """Of one of its steps: ``begun``, ``in``, ``online``, ``mapped``."""
        return f"{self.name}/{what}"

    @property
    def session(self) -> Ref:
        """Its id."""
        return Ref(self.label("begun"))

    def matter(self, end: datetime) -> Matter | None:
        """Its steps up to the end of the days, and up to its access point's restart; None when
        there are none."""
        steps = spaced((step for step in self.steps if not self._is_cut_off(step.at)), end)
        about = {"fate": self.fate, "hotspot": self.ap.hotspot.id, "known": self.known}
        return Matter(self.name, PROGRAM, steps, None, about) if steps else None

    def _is_cut_off(self, at: datetime) -> bool:
        restart = self.ap.restart
        return restart is not None and self.begun < restart <= at + _BEFORE_A_RESTART

    # --- steps ---------------------------------------------------------------------------------

    def step(
        self,
        at: datetime,
        sender: Sender,
        command: str,
        body: dict[str, Any],
        *,
        label: str | None = None,
        refused: str | None = None,
        kept: tuple[str, ...] = (),
        waits: Until | None = None,
        after: tuple[str, ...] = (),
    ) -> None:
        """One more; ``waits`` is for what Huimin does by itself."""
        self.steps.append(
            Step(
                at,
                sender,
                command,
                body,
                self.label(label) if label else None,
                refused,
                kept,
                after=after,
                until=waits,
            )
        )

    def on_it(self, at: datetime, sender: Sender, command: str, **more: Any) -> None:
        """A command on the session; ``refused`` and the like go to the step."""
        told = {k: more.pop(k) for k in _OF_STEPS if k in more}
        self.step(at, sender, command, {"session_id": self.session, **more}, **told)

    def code(self, at: datetime, *, refused: str | None = None) -> None:
        """Somebody asks for a code."""
        body = {
            "mobile": self.guest.mobile[:-1] if refused == "bad-mobile" else self.guest.mobile,
            "hotspot": self.ap.hotspot.id,
            "device_mac": self.guest.mac,
            "notice_version": "2025-2" if refused == "notice-outdated" else NOTICE,
        }
        label = None if refused else "begun"
        self.step(at, PORTAL, "send-code", body, label=label, refused=refused, after=self.after)

    def recognise(self, at: datetime, *, refused: str | None = None) -> None:
        """The platform looks whether it knows the device."""
        body = {"hotspot": self.ap.hotspot.id, "device_mac": self.guest.mac}
        label = None if refused else "begun"
        self.step(
            at, PLATFORM, "recognise-device", body, label=label, refused=refused, after=self.after
        )

    def verify(self, at: datetime, *, right: bool = True, refused: str | None = None) -> None:
        """Somebody says the code, or another."""
        code = Ref(self.label("begun"), keyed=code_of if right else a_wrong_code)
        kept = ("code-rejected",) if refused and not right else ()
        label = "in" if refused is None else None
        self.on_it(at, PORTAL, "verify-code", code=code, refused=refused, kept=kept, label=label)

    def access(
        self, at: datetime, *, refused: str | None = None, after: tuple[str, ...] = ()
    ) -> None:
        """The access point asks."""
        kept = ("access-refused",) if refused == "too-many-devices" else ()
        nas = f"AP-{self.network.token}-NEW" if refused == "unknown-nas" else self.ap.nas_id
        label = "granted" if refused is None else None
        self.on_it(
            at,
            PLATFORM,
            "request-access",
            nas_id=nas,
            refused=refused,
            kept=kept,
            label=label,
            after=after,
        )

    def record(
        self,
        kind: str,
        at: datetime,
        *,
        told: datetime | None = None,
        refused: str | None = None,
        label: str | None = None,
        **more: Any,
    ) -> None:
        """An accounting record; ``told`` is the NAS's own time, if another than the step's."""
        nobody = self.fate is Fate.ORPHAN
        body = {
            "nas_id": self.ap.nas_id,
            "acct_session_id": f"{self.n:08X}",
            "radius_class": None if nobody else self.session,
            "calling_station_id": self.guest.mac.replace(":", "-").upper(),
            "event_time": (told or at).isoformat(),
            **more,
        }
        self.step(at, PLATFORM, f"record-{kind}", body, label=label, refused=refused)

    def start(self, at: datetime, **more: Any) -> None:
        """With the address that the device got."""
        ip = f"10.{self.ap.n // 250 % 250}.{self.ap.n % 250}.{self.n % 250 + 2}"
        self.record("start", at, framed_ips=[ip], **more)

    def interim(self, at: datetime, **more: Any) -> None:
        """What was used until then."""
        seconds = int(((more.get("told") or at) - self.started).total_seconds())
        self.record("interim", at, **self.usage.until(seconds), **more)

    def stop(self, at: datetime, *, cause: str = "User-Request", **more: Any) -> None:
        """The last totals."""
        seconds = int(((more.get("told") or at) - self.started).total_seconds())
        self.record("stop", at, terminate_cause=cause, **self.usage.until(seconds), **more)

    def mapping(self, at: datetime, since: datetime, until: datetime) -> dict[str, Any]:
        """Which public address and ports it had; kept for those who ask by law."""
        self.ports = self.ports or self.network.ports()
        address, first, last = self.ports
        body = {
            "public_ip": address,
            "first_port": first,
            "last_port": last,
            "internal_ip": f"10.{self.ap.n // 250 % 250}.{self.ap.n % 250}.{self.n % 250 + 2}",
            "since": since.isoformat(),
            "until": until.isoformat(),
        }
        self.on_it(at, PLATFORM, "record-nat-mapping", **body, label="mapped")
        return body
