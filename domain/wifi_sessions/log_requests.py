"""Requests for logs: asked for by law, approved by a second officer, disclosed in time.

An attempt without a legal basis, or at more than one may see, is refused and kept: who looks too
far is to be seen. A trace names one address, port and instant, or one mobile.
"""

from datetime import datetime
from typing import Literal

from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate
from domain.shared.identifiers import OfficerId, SubjectRef
from domain.shared.refusals import FourEyes, Refused
from domain.wifi_sessions import limits
from domain.wifi_sessions.limits import Readings
from domain.wifi_sessions.records import known
from domain.wifi_sessions.refusals import NoLegalBasis, WindowTooWide
from domain.wifi_sessions.states import LogRequestState as S
from domain.wifi_sessions.values import Ip

TurnedDownFor = Literal["no-legal-basis", "window-too-wide"]


class LogRequest(ClockedAggregate, program="wifi-sessions", clock_events="log-request"):
    """One request of public security."""

    CLOCKS = (limits.DISCLOSURE,)

    class LogRequested(Aggregate.Created, v=1):
        """What is asked, by whom and on what ground. A mobile is here by keyed hash only."""

        legal_document_no: str
        case_no: str
        officer: OfficerId
        public_ip: Ip | None
        port: int | None
        user: SubjectRef | None
        hotspot: str | None
        since: datetime
        until: datetime
        urgent: bool

    @event(LogRequested)
    def __init__(
        self,
        legal_document_no: str,
        case_no: str,
        officer: str,
        public_ip: str | None,
        port: int | None,
        user: str | None,
        hotspot: str | None,
        since: datetime,
        until: datetime,
        urgent: bool,
    ) -> None:
        self.state: S = S.REQUESTED
        self.legal_document_no: str = legal_document_no
        self.officer: str = officer
        self.public_ip: str | None = public_ip
        self.port: int | None = port
        self.user: str | None = user
        self.hotspot: str | None = hotspot
        self.since: datetime = since
        self.until: datetime = until
        self.urgent: bool = urgent
        self.approver: str | None = None

    class LogClockStarted(Aggregate.Event, v=1):
        """The request is as the law has it; the time to answer runs."""

        clocks: Readings

    class LogTurnedDown(Aggregate.Event, v=1):
        """The request is refused as it stands, and kept."""

        reason: TurnedDownFor

        def refusal(self) -> Refused:
            return NoLegalBasis() if self.reason == "no-legal-basis" else WindowTooWide()

    @property
    def is_narrow(self) -> bool:
        """Whether it is about one address, port and instant or one mobile, in thirty days."""
        exact = self.public_ip is not None and self.port is not None and self.since == self.until
        one = exact or (self.user is not None and self.public_ip is None)
        return one and self.hotspot is None and self.until - self.since <= limits.LOG_WINDOW

    def judge(self, *, calendar: Calendar) -> None:
        """Right after the request: the time runs, or it is turned down."""
        if not self.legal_document_no:
            self._log_turned_down(reason="no-legal-basis")
        elif not self.is_narrow:
            self._log_turned_down(reason="window-too-wide")
        else:
            limit = limits.URGENT_DISCLOSURE if self.urgent else None
            clock = limits.DISCLOSURE.start(self.now, calendar, limit=limit)
            self._log_clock_started(clocks=(clock,))

    @event(LogClockStarted)
    def _log_clock_started(self, clocks: Readings) -> None:
        self.read_clocks(clocks)

    @event(LogTurnedDown)
    def _log_turned_down(self, reason: TurnedDownFor) -> None:
        self.state = S.TURNED_DOWN

    class LogApproved(Aggregate.Event, v=1):
        """A second officer agrees."""

        officer: OfficerId

    class LogRejected(Aggregate.Event, v=1):
        """A second officer does not agree."""

        officer: OfficerId
        clocks: Readings

    class LogDisclosed(Aggregate.Event, v=1):
        """The rows were handed over: on which document, by whom, how many, about whom."""

        legal_document_no: str
        officers: tuple[OfficerId, ...]
        row_count: int
        subject: SubjectRef | None
        clocks: Readings

    @allowed_in(S.REQUESTED)
    def approve_log(self, officer: str) -> None:
        """Raises FourEyes to the one who asked."""
        if officer == self.officer:
            raise FourEyes()
        self._log_approved(officer=officer)

    @allowed_in(S.REQUESTED)
    def reject_log(self, officer: str) -> None:
        """Raises FourEyes to the one who asked."""
        if officer == self.officer:
            raise FourEyes()
        self._log_rejected(officer=officer, clocks=self._stopped(limits.DISCLOSURE))

    @allowed_in(S.APPROVED)
    def disclose_log(self, officer: str, row_count: int, subject: str | None) -> None:
        """By whoever runs the platform; the officers are those who asked, agreed and gave."""
        self._log_disclosed(
            legal_document_no=self.legal_document_no,
            officers=(self.officer, known(self.approver), officer),
            row_count=row_count,
            subject=subject or self.user,
            clocks=self._stopped(limits.DISCLOSURE),
        )

    @event(LogApproved)
    def _log_approved(self, officer: str) -> None:
        self.state = S.APPROVED
        self.approver = officer

    @event(LogRejected)
    def _log_rejected(self, officer: str, clocks: Readings) -> None:
        self.state = S.REJECTED
        self.read_clocks(clocks)

    @event(LogDisclosed)
    def _log_disclosed(
        self,
        legal_document_no: str,
        officers: tuple[str, ...],
        row_count: int,
        subject: str | None,
        clocks: Readings,
    ) -> None:
        self.state = S.DISCLOSED
        self.read_clocks(clocks)
