"""How a session begins: by a code to a mobile, by a device that is known, or by an accounting
record that nothing went before.

Then access is granted or refused. Whether the user is blocked or has too many devices is judged by
the user's own matter in the same decision; here it is only recorded.
"""

from datetime import datetime
from uuid import UUID

from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate
from domain.shared.identifiers import Mobile, SubjectRef
from domain.shared.personal import Personal
from domain.shared.refusals import (
    NotDue,
    NotInState,
    Refused,
)
from domain.wifi_sessions import limits
from domain.wifi_sessions.limits import Readings
from domain.wifi_sessions.records import known
from domain.wifi_sessions.refusals import (
    CodeExpired,
    CodeLocked,
    CodeWrong,
    TooManyDevices,
    UserBlocked,
)
from domain.wifi_sessions.states import SessionState as S
from domain.wifi_sessions.values import AuthenticationMethod, Mac, RefusedBecause, Volume


class SigningIn(ClockedAggregate):
    """From the first word of a device to its access."""

    CLOCKS = limits.SESSION_CLOCKS

    class CodeSent(Aggregate.Created, v=1, audit_only=True):
        """A code went to a mobile. Of the code itself there is only a keyed hash."""

        mobile: Personal[Mobile]
        user: SubjectRef
        mac: Personal[Mac]
        device: SubjectRef
        hotspot: str
        notice_version: str
        code_hash: str
        expires_at: datetime

    class DeviceRecognised(Aggregate.Created, v=1, audit_only=True):
        """A device came back that is bound to its user."""

        mobile: Personal[Mobile]
        user: SubjectRef
        mac: Personal[Mac]
        device: SubjectRef
        hotspot: str
        notice_version: str

    class OrphanBegun(Aggregate.Created, v=1, audit_only=True):
        """Accounting of a session that nobody signed in for: what came of it follows."""

        mac: Personal[Mac]
        device: SubjectRef
        hotspot: str

    def __init__(
        self,
        mac: str,
        device: str,
        hotspot: str,
        mobile: str | None = None,
        user: str | None = None,
        notice_version: str | None = None,
        code_hash: str | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        self.state: S = S.CODE_SENT if code_hash else S.UNAUTHENTICATED
        self.mac: str = mac
        self.device: str = device
        self.hotspot: str = hotspot
        self.mobile: str | None = mobile
        self.user: str | None = user
        self.notice_version: str | None = notice_version
        self.code_hash: str | None = code_hash
        self.code_expires_at: datetime | None = expires_at
        self.tries: int = 0
        self.granted: bool = False
        # From the first accounting record on.
        self.ap: UUID | None = None
        self.accounting: tuple[str, str] | None = None
        self.boot: int = 0
        self.started_at: datetime | None = None
        self.start_missing: bool = False
        self.stopped_at: datetime | None = None
        self.total: Volume = Volume()
        # What the NAS counted last, and what it had counted before it began anew.
        self.counted: Volume = Volume()
        self.before_reset: Volume = Volume()
        self.seconds: int = 0
        self.reported_at: datetime | None = None
        self.cause: str | None = None
        self.disconnecting: str | None = None

    # --- the code ------------------------------------------------------------------------------

    class UserAuthenticated(Aggregate.Event, v=1):
        """The device belongs to the user, as far as a code or an earlier one shows."""

        mobile: Personal[Mobile]
        user: SubjectRef
        mac: Personal[Mac]
        method: AuthenticationMethod
        notice_version: str

    class CodeRejected(Aggregate.Event, v=1, audit_only=True):
        """A wrong code; the fifth locks the session."""

        tries_left: int

        def refusal(self) -> Refused:
            return CodeWrong(tries_left=self.tries_left) if self.tries_left else CodeLocked()

    @allowed_in(S.CODE_SENT)
    def verify_code(self, code_hash: str) -> None:
        """Raises CodeExpired; a wrong code is recorded and refused."""
        if self.code_expires_at is not None and self.now > self.code_expires_at:
            raise CodeExpired(expired_at=self.code_expires_at)
        if code_hash == self.code_hash:
            self._authenticated("sms-code")
        else:
            self._code_rejected(tries_left=limits.CODE_TRIES - self.tries - 1)

    @allowed_in(S.UNAUTHENTICATED)
    def recognise(self) -> None:
        """By a device that is bound to its user."""
        self._authenticated("bound-device")

    def _authenticated(self, method: AuthenticationMethod) -> None:
        self._user_authenticated(
            mobile=known(self.mobile),
            user=known(self.user),
            mac=self.mac,
            method=method,
            notice_version=known(self.notice_version),
        )

    @event(UserAuthenticated)
    def _user_authenticated(
        self, mobile: str, user: str, mac: str, method: AuthenticationMethod, notice_version: str
    ) -> None:
        self.state = S.AUTHENTICATED
        self.code_hash = None

    @event(CodeRejected)
    def _code_rejected(self, tries_left: int) -> None:
        self.tries += 1
        if tries_left == 0:
            self.state = S.LOCKED

    # --- access --------------------------------------------------------------------------------

    class AccessGranted(Aggregate.Event, v=1):
        """The device may surf. What RADIUS tells the NAS with it: seconds until the session ends,
        until it ends for idleness, and between two reports."""

        user: SubjectRef
        ap: UUID
        hotspot: str
        session_timeout_s: int
        idle_timeout_s: int
        interim_interval_s: int
        clocks: Readings

    class AccessRefused(Aggregate.Event, v=1, audit_only=True):
        """The device may not surf."""

        user: SubjectRef
        hotspot: str
        because: RefusedBecause
        until: datetime | None

        def refusal(self) -> Refused:
            if self.because is RefusedBecause.BLOCKED:
                return UserBlocked(until=self.until)
            return TooManyDevices(most=limits.LIVE_DEVICES)

    @allowed_in(S.AUTHENTICATED)
    def request_access(
        self,
        ap: UUID,
        hotspot: str,
        *,
        why_not: RefusedBecause | None,
        until: datetime | None,
        calendar: Calendar,
    ) -> None:
        """Granted, or refused for what the user's matter says; a refused session is over, and the
        next try is a session of its own. Sent again after it was granted, nothing changes."""
        user = known(self.user)
        if why_not is not None:
            self._access_refused(user=user, hotspot=hotspot, because=why_not, until=until)
        elif not self.granted:
            self._access_granted(
                user=user,
                ap=ap,
                hotspot=hotspot,
                session_timeout_s=limits.SESSION_S,
                idle_timeout_s=limits.IDLE_S,
                interim_interval_s=limits.INTERIM_S,
                clocks=(limits.GRANT.start(self.now, calendar),),
            )

    @event(AccessGranted)
    def _access_granted(
        self,
        user: str,
        ap: UUID,
        hotspot: str,
        session_timeout_s: int,
        idle_timeout_s: int,
        interim_interval_s: int,
        clocks: Readings,
    ) -> None:
        self.granted = True
        self.hotspot = hotspot
        self.read_clocks(clocks)

    @event(AccessRefused)
    def _access_refused(
        self, user: str, hotspot: str, because: RefusedBecause, until: datetime | None
    ) -> None:
        self.state = S.REFUSED

    class GrantLapsed(Aggregate.Event, v=1):
        """Nothing was heard of the device after its access was granted: its place is free."""

        user: SubjectRef
        clocks: Readings

    @allowed_in(S.AUTHENTICATED)
    def lapse_grant(self) -> None:
        """By the scheduler. Raises NotDue before time, and NotInState when nothing is granted."""
        if not self.granted:
            raise NotInState(state=self.state, allowed=self.allowed())
        due_at = self.clocks[limits.GRANT.name].due_at
        if due_at is not None and self.now < due_at:
            raise NotDue(due_at=due_at)
        self._grant_lapsed(user=known(self.user), clocks=self._stopped(limits.GRANT))

    @event(GrantLapsed)
    def _grant_lapsed(self, user: str, clocks: Readings) -> None:
        self.granted = False
        self.read_clocks(clocks)
