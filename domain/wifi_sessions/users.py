"""A user by the keyed hash of the mobile: codes sent, devices that are live, blocks.

Three live devices is a limit that must hold while several ask at once, so they stand here, in one
matter a person. A device takes its place when access is granted and gives it back at the stop, when
its session is taken for ended, or when it never came after all.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.shared.address import Point
from domain.shared.aggregate import Aggregate, event
from domain.shared.calendar import Calendar
from domain.shared.identifiers import OfficerId, SubjectRef
from domain.shared.instants import shanghai_date
from domain.shared.personal import Sensitive
from domain.shared.refusals import Refused
from domain.wifi_sessions import limits
from domain.wifi_sessions.refusals import LegalHold, NotBlocked, TooManyCodes, UserBlocked
from domain.wifi_sessions.values import RefusedBecause


class Place(BaseModel):
    """A live device: its session, where and since when."""

    model_config = ConfigDict(frozen=True)

    session: UUID
    device: SubjectRef
    ap: UUID
    point: Point | None
    since: datetime


class WifiUser(Aggregate, program="wifi-sessions"):
    """One mobile."""

    class UserKnown(Aggregate.Created, v=1, audit_only=True):
        """The city's WiFi hears of the mobile for the first time."""

        user: SubjectRef

    @event(UserKnown)
    def __init__(self, user: str) -> None:
        self.user: str = user
        self.codes: tuple[datetime, ...] = ()
        self.flooded_until: datetime | None = None
        self.places: tuple[Place, ...] = ()
        # By the number of the order; one without an end is in force until it is lifted.
        self.blocks: dict[str, datetime | None] = {}
        self.logged_at: datetime | None = None

    def is_blocked(self, at: datetime) -> bool:
        """Whether an order blocks the user."""
        return any(until is None or at < until for until in self.blocks.values())

    @property
    def blocked_until(self) -> datetime | None:
        """When the last order ends; None when one has no end."""
        ends = [until for until in self.blocks.values() if until is not None]
        return max(ends) if len(ends) == len(self.blocks) > 0 else None

    # --- codes ---------------------------------------------------------------------------------

    class CodeCounted(Aggregate.Event, v=1, audit_only=True):
        """A code was sent to the mobile, the so-manieth of the city's day."""

        today: int
        sent_at: datetime

    class CodeFloodSuspected(Aggregate.Event, v=1):
        """More codes are asked for than a day has: told once a day, and refused."""

        user: SubjectRef
        hotspot: str
        codes: int
        retry_at: datetime

        def refusal(self) -> Refused:
            return TooManyCodes(retry_at=self.retry_at)

    def may_have_code(self) -> None:
        """Raises UserBlocked, and TooManyCodes within a minute of the last one."""
        if self.is_blocked(self.now):
            raise UserBlocked(until=self.blocked_until)
        if self.codes and self.now < (free := self.codes[-1] + limits.CODE_PAUSE):
            raise TooManyCodes(retry_at=free)

    def is_flooded(self, hotspot: str, calendar: Calendar) -> bool:
        """Whether the day's codes are used up; the first time it is recorded, later refused."""
        today = self._codes_today()
        if len(today) < limits.CODES_A_DAY:
            return False
        retry_at = calendar.add_months(self.now, 0)  # 24:00 of today
        if self.flooded_until is not None and self.now < self.flooded_until:
            raise TooManyCodes(retry_at=retry_at)
        self._code_flood_suspected(
            user=self.user, hotspot=hotspot, codes=len(today), retry_at=retry_at
        )
        return True

    def count_code(self) -> None:
        """One more."""
        self._code_counted(today=len(self._codes_today()) + 1, sent_at=self.now)

    def _codes_today(self) -> list[datetime]:
        return [at for at in self.codes if shanghai_date(at) == shanghai_date(self.now)]

    @event(CodeCounted)
    def _code_counted(self, today: int, sent_at: datetime) -> None:
        self.codes = (*self.codes, sent_at)[-today:]
        self.logged_at = sent_at

    @event(CodeFloodSuspected)
    def _code_flood_suspected(
        self, user: str, hotspot: str, codes: int, retry_at: datetime
    ) -> None:
        self.flooded_until = retry_at

    # --- devices -------------------------------------------------------------------------------

    class DeviceAdmitted(Aggregate.Event, v=1, audit_only=True):
        """A device took a place: where somebody is, if only by pseudonym."""

        place: Sensitive[Place]

    class DeviceLeft(Aggregate.Event, v=1, audit_only=True):
        """A device gave its place back."""

        session: UUID
        left_at: datetime

    class MacSpoofingSuspected(Aggregate.Event, v=1):
        """One device on two distant access points within a minute is two."""

        user: SubjectRef
        device: SubjectRef
        ap: UUID
        other_ap: UUID
        metres: int
        seconds: int

    def why_not(self, session: UUID) -> RefusedBecause | None:
        """Why a session may have no place, or None when it may, or has one."""
        if self.is_blocked(self.now):
            return RefusedBecause.BLOCKED
        if any(place.session == session for place in self.places):
            return None
        return RefusedBecause.TOO_MANY_DEVICES if self.is_full else None

    @property
    def is_full(self) -> bool:
        """Whether all places are taken."""
        return len(self.places) >= limits.LIVE_DEVICES

    def admit(
        self, session: UUID, device: str, ap: UUID, point: Point | None, *, suspects: bool
    ) -> None:
        """Takes a place, unless the session has one; ``suspects`` looks for a second device with
        the same address, which says nothing of an address that was made up."""
        if any(place.session == session for place in self.places):
            return
        if suspects and point is not None:
            self._look_for_spoofing(device, ap, point)
        self._device_admitted(
            place=Place(session=session, device=device, ap=ap, point=point, since=self.now)
        )

    def _look_for_spoofing(self, device: str, ap: UUID, point: Point) -> None:
        for place in self.places:
            if place.device != device or place.ap == ap or place.point is None:
                continue
            metres, passed = point.distance_m(place.point), self.now - place.since
            if metres > limits.DISTANT_M and passed <= limits.SPOOFED_WITHIN:
                self._mac_spoofing_suspected(
                    user=self.user,
                    device=device,
                    ap=ap,
                    other_ap=place.ap,
                    metres=int(metres),
                    seconds=int(passed.total_seconds()),
                )

    def leave(self, session: UUID) -> None:
        """Gives the place back, if the session has one."""
        if any(place.session == session for place in self.places):
            self._device_left(session=session, left_at=self.now)

    @event(DeviceAdmitted)
    def _device_admitted(self, place: Place) -> None:
        self.places = (*self.places, place)
        self.logged_at = place.since

    @event(DeviceLeft)
    def _device_left(self, session: UUID, left_at: datetime) -> None:
        self.places = tuple(place for place in self.places if place.session != session)
        self.logged_at = left_at

    @event(MacSpoofingSuspected)
    def _mac_spoofing_suspected(
        self, user: str, device: str, ap: UUID, other_ap: UUID, metres: int, seconds: int
    ) -> None:
        pass

    # --- blocks and erasure --------------------------------------------------------------------

    class UserBlocked(Aggregate.Event, v=1):
        """The user may not sign in until then; ``sessions`` are live and have to end."""

        user: SubjectRef
        until: datetime | None
        order_no: str
        officer: OfficerId
        sessions: tuple[UUID, ...]

    class UserUnblocked(Aggregate.Event, v=2):
        """The block by an order was lifted, or all of them (``order_no`` is None)."""

        user: SubjectRef
        officer: OfficerId
        order_no: str | None

        @staticmethod
        def upcast_v1(data: dict[str, Any]) -> dict[str, Any]:
            """A user had one block at a time."""
            return {**data, "order_no": None}

    class UserErased(Aggregate.Event, v=1, audit_only=True):
        """The user's personal data are to be erased: nothing has to be kept any more."""

        user: SubjectRef

    def block(self, until: datetime | None, order_no: str, officer: str) -> None:
        """Also changes the end of the block by this order; those by others stay."""
        sessions = tuple(place.session for place in self.places)
        self._user_blocked(
            user=self.user, until=until, order_no=order_no, officer=officer, sessions=sessions
        )

    def unblock(self, officer: str, order_no: str | None) -> None:
        """What one order blocks, or all. Raises NotBlocked."""
        if not self.is_blocked(self.now) or (order_no is not None and order_no not in self.blocks):
            raise NotBlocked()
        self._user_unblocked(user=self.user, officer=officer, order_no=order_no)

    def erase(self) -> None:
        """Raises LegalHold while anything logged of the user has to be kept."""
        if self.logged_at is not None:
            until = limits.kept_until(shanghai_date(self.logged_at))
            if self.now < until or self.places:
                raise LegalHold(until=until, open_requests=0)
        self._user_erased(user=self.user)

    @event(UserBlocked)
    def _user_blocked(
        self,
        user: str,
        until: datetime | None,
        order_no: str,
        officer: str,
        sessions: tuple[UUID, ...],
    ) -> None:
        self.blocks = {**self.blocks, order_no: until}

    @event(UserUnblocked)
    def _user_unblocked(self, user: str, officer: str, order_no: str | None) -> None:
        left = {no: until for no, until in self.blocks.items() if no != order_no}
        self.blocks = left if order_no is not None else {}

    @event(UserErased)
    def _user_erased(self, user: str) -> None:
        self.codes, self.logged_at = (), None
