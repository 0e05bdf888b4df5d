"""What a subject allows a reader: to ask for some parts of the report, for one purpose, for a time.

Source: PIPL art. 15 (consent may be taken back at any time), 29 (separate consent).
"""

from datetime import date, datetime
from uuid import UUID

from domain.credit_records import periods
from domain.credit_records.identities import SubjectKey
from domain.credit_records.refusals import (
    NoAuthorisation,
    OutOfScope,
    PurposeNotAllowed,
)
from domain.credit_records.reports import Asked, Purpose, ReportPart
from domain.credit_records.states import AuthorisationState
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.clocks import ClockReading
from domain.shared.personal import Personal
from domain.shared.refusals import NotDue

Readings = tuple[ClockReading, ...]


class QueryAuthorisation(Aggregate, program="credit-records"):
    """One authorisation of one reader.

    Its only clock is a deadline, which neither warns nor breaches, so it keeps the reading itself;
    the events of a clocked aggregate are the record's in this programme.
    """

    class AuthorisationGranted(Aggregate.Created, v=1):
        """The reader may ask for these parts until the end of a day."""

        subject: SubjectKey
        subject_id: UUID
        reader: Personal[str]
        scope: tuple[ReportPart, ...]
        purpose: Purpose
        until: date
        clocks: Readings

    @event(AuthorisationGranted)
    def __init__(
        self,
        subject: str,
        subject_id: UUID,
        reader: str,
        scope: tuple[ReportPart, ...],
        purpose: Purpose,
        until: date,
        clocks: Readings,
    ) -> None:
        self.state: AuthorisationState = AuthorisationState.GRANTED
        self.subject: str = subject
        self.subject_id: UUID = subject_id
        self.reader: str = reader
        self.scope: tuple[ReportPart, ...] = scope
        self.purpose: Purpose = purpose
        self.until: date = until
        self.clock: ClockReading = clocks[0]

    @property
    def ends_at(self) -> datetime:
        """The instant from which it is no basis any more."""
        return periods.end_of_day(self.until)

    def require_covers(self, asked: Asked, subject: str) -> None:
        """Raises NoAuthorisation, PurposeNotAllowed or OutOfScope."""
        valid = self.state is AuthorisationState.GRANTED and self.now < self.ends_at
        if not valid or (self.subject, self.reader) != (subject, asked.reader):
            raise NoAuthorisation()
        if asked.purpose is not self.purpose:
            raise PurposeNotAllowed()
        if not set(asked.parts) <= set(self.scope):
            raise OutOfScope()

    class AuthorisationRevoked(Aggregate.Event, v=1):
        """The subject took it back."""

        clocks: Readings

    @allowed_in(AuthorisationState.GRANTED)
    def revoke_authorisation(self) -> None:
        """At any time."""
        self._authorisation_revoked(clocks=self._stopped())

    @event(AuthorisationRevoked)
    def _authorisation_revoked(self, clocks: Readings) -> None:
        self.state = AuthorisationState.REVOKED
        self.clock = clocks[0]

    class AuthorisationExpired(Aggregate.Event, v=1):
        """Its last day is over."""

        clocks: Readings

    @allowed_in(AuthorisationState.GRANTED)
    def expire_authorisation(self) -> None:
        """Raises NotDue before the end of its last day."""
        if self.now < self.ends_at:
            raise NotDue(due_at=self.ends_at)
        self._authorisation_expired(clocks=self._stopped())

    @event(AuthorisationExpired)
    def _authorisation_expired(self, clocks: Readings) -> None:
        self.state = AuthorisationState.EXPIRED
        self.clock = clocks[0]

    def _stopped(self) -> Readings:
        return (self.clock.stop(self.now),)
