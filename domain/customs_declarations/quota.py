"""What one person imported this way in one calendar year: reserved, confirmed, given back.

One matter per person and year, found by its derived id. The national system is authoritative: what
it counted elsewhere is recorded here and leaves less; what is declared here is reserved until its
receipt decides. What may surprise: amounts are kept per declaration, so nothing can be given back
twice, whatever order receipts come in.
"""

from datetime import datetime
from uuid import UUID

from domain.customs_declarations.refusals import AnnualLimitExceeded
from domain.shared.aggregate import Aggregate, event
from domain.shared.derived_ids import derived_id
from domain.shared.identifiers import SubjectRef
from domain.shared.money import Fen


def quota_id(subject: str, year: int) -> UUID:
    """The matter of a person's year."""
    return derived_id("customs-quota", subject, year)


class PersonQuota(Aggregate, program="customs-declarations"):
    """A person's year. Source: 财关税〔2018〕49号, art. 1."""

    class QuotaOpened(Aggregate.Created, v=1):
        """The first import of a person in a year."""

        subject: SubjectRef
        year: int

    @event(QuotaOpened)
    def __init__(self, subject: str, year: int) -> None:
        self.subject: str = subject
        self.year: int = year
        self.reserved: dict[UUID, int] = {}
        self.confirmed: dict[UUID, int] = {}
        self.elsewhere_fen: int = 0

    @classmethod
    def opened(cls, subject: str, year: int, at: datetime) -> "PersonQuota":
        """Begins a person's year."""
        id = quota_id(subject, year)
        return cls.begin(cls.QuotaOpened, id=id, at=at, subject=subject, year=year)

    @property
    def reserved_fen(self) -> int:
        """Declared and not decided."""
        return sum(self.reserved.values())

    @property
    def confirmed_fen(self) -> int:
        """Passed by customs and not returned."""
        return sum(self.confirmed.values())

    def remainder_fen(self, limit_fen: int) -> int:
        """What may still be declared."""
        return max(0, limit_fen - self.reserved_fen - self.confirmed_fen - self.elsewhere_fen)

    class QuotaReserved(Aggregate.Event, v=1):
        """A list was declared. ``limit_fen`` is the year's limit by the figures of that day."""

        subject: SubjectRef
        year: int
        declaration_id: UUID
        value_fen: Fen
        limit_fen: Fen

    def reserve(self, declaration_id: UUID, value_fen: int, *, limit_fen: int) -> None:
        """Raises AnnualLimitExceeded when the list does not fit into what remains."""
        remainder = self.remainder_fen(limit_fen)
        if value_fen > remainder:
            raise AnnualLimitExceeded(remainder_fen=remainder)
        self._quota_reserved(
            subject=self.subject,
            year=self.year,
            declaration_id=declaration_id,
            value_fen=value_fen,
            limit_fen=limit_fen,
        )

    @event(QuotaReserved)
    def _quota_reserved(
        self, subject: str, year: int, declaration_id: UUID, value_fen: int, limit_fen: int
    ) -> None:
        self.reserved = {**self.reserved, declaration_id: value_fen}

    class QuotaConfirmed(Aggregate.Event, v=1):
        """Customs passed the list."""

        subject: SubjectRef
        year: int
        declaration_id: UUID
        value_fen: Fen

    def confirm(self, declaration_id: UUID) -> None:
        """Once: what is not reserved stays as it is."""
        if declaration_id in self.reserved:
            self._quota_confirmed(
                subject=self.subject,
                year=self.year,
                declaration_id=declaration_id,
                value_fen=self.reserved[declaration_id],
            )

    @event(QuotaConfirmed)
    def _quota_confirmed(
        self, subject: str, year: int, declaration_id: UUID, value_fen: int
    ) -> None:
        self.reserved = _less(self.reserved, declaration_id, value_fen)
        self.confirmed = {**self.confirmed, declaration_id: value_fen}

    class QuotaRestored(Aggregate.Event, v=1):
        """A list, or part of it, counts no more; ``confirmed`` tells what it was before."""

        subject: SubjectRef
        year: int
        declaration_id: UUID
        value_fen: Fen
        confirmed: bool

    def restore(self, declaration_id: UUID, value_fen: int | None = None) -> None:
        """Gives back all that a list holds, or a part of it; never more than it holds."""
        confirmed = declaration_id in self.confirmed
        held = (self.confirmed if confirmed else self.reserved).get(declaration_id, 0)
        if part := held if value_fen is None else min(held, value_fen):
            self._quota_restored(
                subject=self.subject,
                year=self.year,
                declaration_id=declaration_id,
                value_fen=part,
                confirmed=confirmed,
            )

    @event(QuotaRestored)
    def _quota_restored(
        self, subject: str, year: int, declaration_id: UUID, value_fen: int, confirmed: bool
    ) -> None:
        if confirmed:
            self.confirmed = _less(self.confirmed, declaration_id, value_fen)
        else:
            self.reserved = _less(self.reserved, declaration_id, value_fen)

    class NationalUsageRecorded(Aggregate.Event, v=1):
        """What the national system counted for this person outside the city, in all."""

        subject: SubjectRef
        year: int
        elsewhere_fen: Fen
        limit_fen: Fen

    def record_national_usage(self, elsewhere_fen: int, *, limit_fen: int) -> None:
        """The latest figure takes the place of the last; it wins even above the limit."""
        if elsewhere_fen != self.elsewhere_fen:
            self._national_usage_recorded(
                subject=self.subject,
                year=self.year,
                elsewhere_fen=elsewhere_fen,
                limit_fen=limit_fen,
            )

    @event(NationalUsageRecorded)
    def _national_usage_recorded(
        self, subject: str, year: int, elsewhere_fen: int, limit_fen: int
    ) -> None:
        self.elsewhere_fen = elsewhere_fen


def _less(held: dict[UUID, int], declaration_id: UUID, value_fen: int) -> dict[UUID, int]:
    left = held[declaration_id] - value_fen
    rest = {id: fen for id, fen in held.items() if id != declaration_id}
    return {**rest, declaration_id: left} if left else rest
