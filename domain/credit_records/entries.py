"""How a record comes about: contributed by its source, or noticed and decided as a listing.

The first part of the aggregate; ``listing``, ``disputes`` and ``records`` build on it. An item of
the catalogue and an entry on a list are one kind of matter: both are published, disputed, repaired
and ended alike.
"""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.credit_records import periods
from domain.credit_records.identities import Digest, SubjectKey
from domain.credit_records.items import ITEMS, CatalogueItem
from domain.credit_records.lists import LISTS, CreditList, ListCode, Measure
from domain.credit_records.refusals import NoDutyOutstanding
from domain.credit_records.states import Colour, Kind, RecordState, Severity
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate, ClockReading
from domain.shared.departments import DepartmentCode
from domain.shared.identifiers import OfficerId
from domain.shared.personal import Personal

Readings = tuple[ClockReading, ...]
Evidence = tuple[Digest, ...]


class Sent(BaseModel):
    """A contribution as its source sent it, besides its number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: SubjectKey
    kind: Kind
    severity: Severity | None
    determined_on: date
    decision_no: str
    facts: Personal[str]
    duty_outstanding: bool


class Shown(BaseModel):
    """What others see of a record while it is published. ``list`` is where its subject stands.

    ``public_name`` is a person's masked name, on a court's list and nowhere else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: DepartmentCode
    item: str | None
    list: ListCode | None
    kind: Kind
    severity: Severity | None
    determined_on: date
    decision_no: str
    minimum_end: datetime | None
    maximum_end: datetime | None
    public_name: str | None


def contribution_clock(decided_on: date, now: datetime, calendar: Calendar) -> ClockReading:
    """The source's seven working days, as they end with a contribution at ``now``; breached when
    it comes late. The clock ran before there was a matter, so nobody could be warned."""
    reading = periods.CONTRIBUTE.start(periods.start_of_day(decided_on), calendar)
    if reading.due_at is not None and now > reading.due_at:
        reading = reading.raise_level("breached")
    return reading.stop(now)


class Entry(ClockedAggregate):
    """What a source or a list's keeper says of a subject, before it is published."""

    CLOCKS = periods.RECORD_CLOCKS

    class RecordContributed(Aggregate.Created, v=1):
        """A source contributed an item. ``late``: more than seven working days after the decision.

        ``minimum_end`` and ``maximum_end`` count from ``determined_on``; None: at once, never.
        """

        subject: SubjectKey
        subject_id: UUID
        source: DepartmentCode
        item: str
        source_record_no: str
        kind: Kind
        severity: Severity | None
        determined_on: date
        decision_no: str
        facts: Personal[str]
        duty_outstanding: bool
        minimum_end: datetime | None
        maximum_end: datetime | None
        late: bool
        clocks: Readings

    class ListingNotified(Aggregate.Created, v=1):
        """The subject has notice that it is to be put on a black list, and may plead until then."""

        subject: SubjectKey
        subject_id: UUID
        source: DepartmentCode
        list: ListCode
        ground: str
        facts: Personal[str]
        duty_outstanding: bool
        officer: OfficerId
        plea_until: datetime

    def __init__(
        self,
        subject: str,
        subject_id: UUID,
        source: str,
        facts: str,
        duty_outstanding: bool,
        # of a contribution
        item: str | None = None,
        source_record_no: str | None = None,
        kind: Kind = Kind.NEGATIVE,
        severity: Severity | None = None,
        determined_on: date | None = None,
        decision_no: str | None = None,
        minimum_end: datetime | None = None,
        maximum_end: datetime | None = None,
        clocks: Readings = (),
        # of a notice
        list: str | None = None,
        ground: str | None = None,
        officer: str | None = None,
        plea_until: datetime | None = None,
    ) -> None:
        self.state: RecordState = RecordState.RECORDED if item else RecordState.NOTIFIED
        self.subject: str = subject
        self.subject_id: UUID = subject_id
        self.source: str = source
        self.item: str | None = item
        self.source_record_no: str | None = source_record_no
        self.kind: Kind = kind
        self.severity: Severity | None = severity
        self.determined_on: date | None = determined_on
        self.decision_no: str | None = decision_no
        self.facts: str = facts
        self.minimum_end: datetime | None = minimum_end
        self.maximum_end: datetime | None = maximum_end
        self.duty_outstanding: bool = duty_outstanding
        # As it was sent, to tell a resend from another body under the same number.
        self.sent: Sent | None = None
        if determined_on is not None and decision_no is not None:
            self.sent = Sent(
                subject=subject,
                kind=kind,
                severity=severity,
                determined_on=determined_on,
                decision_no=decision_no,
                facts=facts,
                duty_outstanding=duty_outstanding,
            )
        self.list: str | None = list
        self.ground: str | None = ground
        self.notified_by: str | None = officer
        self.plea_until: datetime | None = plea_until
        self.pleas: int = 0
        self.plea_answered: bool = False
        # Whether the subject stands on ``list`` with this record.
        self.listed: bool = False
        self.listed_on: date | None = None
        # The listing's own number, whatever is corrected later: by it others know the listing.
        self.listed_under: str | None = None
        self.public_name: str | None = None
        self.objection_open: bool = False
        self.repair_accepted: bool = False
        # Who has still to confirm that the record is gone.
        self.to_confirm: tuple[str, ...] = ()
        self.read_clocks(clocks)

    # --- what the catalogue says of it ---------------------------------------------------------

    @property
    def catalogued(self) -> CatalogueItem | None:
        """The item in the catalogue, None for a listing."""
        return ITEMS[self.item] if self.item else None

    @property
    def credit_list(self) -> CreditList | None:
        """The list that it puts its subject on, or would with its publication."""
        if self.list is not None:
            return LISTS[self.list]
        return self.catalogued.entered if self.catalogued else None

    @property
    def its_item(self) -> CatalogueItem:
        """The catalogue's item; there is one for all that was contributed."""
        if self.catalogued is None:
            raise LookupError("a listing has no item")
        return self.catalogued

    @property
    def its_list(self) -> CreditList:
        """The list; there is one for all that was noticed."""
        if self.credit_list is None:
            raise LookupError("no list goes with this item")
        return self.credit_list

    @property
    def decided_on(self) -> date:
        """The day of the decision; there is one from the contribution or the listing on."""
        if self.determined_on is None:
            raise LookupError("nothing has been decided")
        return self.determined_on

    @property
    def its_decision(self) -> str:
        """The number of the decision; there is one from the contribution or the listing on."""
        if self.decision_no is None:
            raise LookupError("nothing has been decided")
        return self.decision_no

    @property
    def colour(self) -> Colour | None:
        """Of its list."""
        return self.credit_list.colour if self.credit_list else None

    @property
    def repairable(self) -> bool:
        """Whether the law knows a repair: of what is bad, and not of a court's own listing."""
        if self.kind is not Kind.NEGATIVE:
            return False
        if self.catalogued is not None:
            return self.catalogued.repairable
        return self.credit_list is None or not self.credit_list.court_decides

    @property
    def on_list(self) -> str | None:
        """The list the subject stands on with this record, now."""
        return self.credit_list.code if self.listed and self.credit_list else None

    @property
    def shown(self) -> Shown:
        """What others see of it as it stands."""
        return Shown(
            source=self.source,
            item=self.item,
            list=self.on_list,
            kind=self.kind,
            severity=self.severity,
            determined_on=self.decided_on,
            decision_no=self.its_decision,
            minimum_end=self.minimum_end,
            maximum_end=self.maximum_end,
            public_name=self.public_name,
        )

    def measures(self) -> tuple[Measure, ...]:
        """What follows from its list."""
        return self.credit_list.measured() if self.credit_list else ()

    def consumers(self) -> tuple[str, ...]:
        """Who shows or applies it, and has to confirm when it is gone: the credit office, which
        runs the public page, and the departments of the list's measures."""
        applying = self.credit_list.consumers() if self.credit_list else ()
        return tuple(dict.fromkeys(("development-reform", *applying)))

    # --- the duty ------------------------------------------------------------------------------

    class DutyDone(Aggregate.Event, v=1):
        """What the decision obliged the subject to do is done; its department says so."""

        subject: SubjectKey
        officer: str

    @allowed_in(
        RecordState.RECORDED, RecordState.NOTIFIED, RecordState.PUBLISHED, RecordState.DISPUTED
    )
    def record_duty_done(self, *, officer: str) -> None:
        """Before repair is applied for. Raises NoDutyOutstanding."""
        if not self.duty_outstanding:
            raise NoDutyOutstanding()
        self._duty_done(subject=self.subject, officer=officer)

    @event(DutyDone)
    def _duty_done(self, subject: str, officer: str) -> None:
        self.duty_outstanding = False

    # --- clocks --------------------------------------------------------------------------------

    def _publicity(self, maximum_end: datetime | None, calendar: Calendar) -> Readings:
        """The clock that ends the publicity, if it has an end."""
        if maximum_end is None:
            return ()
        return (periods.PUBLICITY_END.due(self.now, maximum_end, calendar),)
