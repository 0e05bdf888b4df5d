"""Who holds office in which companies and stands on which lists: one matter a person.

A listing does not say where its person holds office, and a licence does not say who is listed. Here
both are known, so that whichever comes second finds the other: its event names what to flag.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from domain.company_registration.applications import Value
from domain.company_registration.business import BarList
from domain.company_registration.limits import BAR_END
from domain.shared.aggregate import Aggregate, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate, ClockReading
from domain.shared.derived_ids import derived_id
from domain.shared.identifiers import SubjectRef
from domain.shared.refusals import NotDue

Readings = tuple[ClockReading, ...]
Lists = tuple[BarList, ...]
Companies = tuple[UUID, ...]


def officeholder_id(subject: str) -> UUID:
    """The matter of a person who holds office, or may not; there is one."""
    return derived_id("officeholder", subject)


class Bar(Value):
    """A place on a list: by which listing, and until when if that is known."""

    bar_id: UUID
    until: datetime | None


class Officeholder(ClockedAggregate, program="company-registration", clock_events="officeholder"):
    """One person. Source: Company Law 2023, art. 178; cross-programme brief, section 3."""

    CLOCKS = (BAR_END,)

    class OfficeholderEntered(Aggregate.Created, v=1, audit_only=True):
        """The person takes office, or comes onto a list, for the first time."""

        subject: SubjectRef

    @event(OfficeholderEntered)
    def __init__(self, subject: str) -> None:
        self.subject: str = subject
        # Registrations, in the order in which the person came into office there.
        self.companies: Companies = ()
        self.bars: dict[BarList, Bar] = {}
        self.read_clocks(())

    # --- offices -------------------------------------------------------------------------------

    class OfficeTaken(Aggregate.Event, v=1, audit_only=True):
        """The person holds office in a company, which is to be flagged for these lists."""

        subject: SubjectRef
        company: UUID
        lists: Lists

    def take_office(self, company: UUID, *, calendar: Calendar) -> None:
        """Nothing happens when it is held already."""
        self._end_what_is_over(calendar)
        if company not in self.companies:
            self._office_taken(subject=self.subject, company=company, lists=tuple(self.bars))

    @event(OfficeTaken)
    def _office_taken(self, subject: str, company: UUID, lists: Lists) -> None:
        self.companies = (*self.companies, company)

    class OfficeLeft(Aggregate.Event, v=1, audit_only=True):
        """The person holds no office there any more; the flags for these lists are to be lifted."""

        subject: SubjectRef
        company: UUID
        lists: Lists

    def leave_office(self, company: UUID, *, lives: bool, calendar: Calendar) -> None:
        """Nothing happens when none is held. ``lives``: the company goes on without the person;
        one that ended keeps its flags."""
        self._end_what_is_over(calendar)
        if company in self.companies:
            lists = tuple(self.bars) if lives else ()
            self._office_left(subject=self.subject, company=company, lists=lists)

    @event(OfficeLeft)
    def _office_left(self, subject: str, company: UUID, lists: Lists) -> None:
        self.companies = tuple(held for held in self.companies if held != company)

    # --- lists ---------------------------------------------------------------------------------

    class OfficeholderListed(Aggregate.Event, v=1):
        """The person came onto a list; these companies are to be flagged."""

        subject: SubjectRef
        list: BarList
        bar_id: UUID
        until: datetime | None
        companies: Companies
        clocks: Readings

    def enter_list(
        self, list: BarList, bar_id: UUID, until: datetime | None, *, calendar: Calendar
    ) -> None:
        """Nothing happens when the listing is over already; that nobody stands on a list twice is
        the log's to judge."""
        self._end_what_is_over(calendar)
        if until is not None and until <= self.now:
            return
        bars = {**self.bars, list: Bar(bar_id=bar_id, until=until)}
        self._officeholder_listed(
            subject=self.subject,
            list=list,
            bar_id=bar_id,
            until=until,
            companies=self.companies,
            clocks=self._first_end(bars.values(), calendar),
        )

    @event(OfficeholderListed)
    def _officeholder_listed(
        self,
        subject: str,
        list: BarList,
        bar_id: UUID,
        until: datetime | None,
        companies: Companies,
        clocks: Readings,
    ) -> None:
        self.bars = {**self.bars, list: Bar(bar_id=bar_id, until=until)}
        self.read_clocks(clocks)

    class OfficeholderDelisted(Aggregate.Event, v=1):
        """The person is off a list; the flags of these companies are to be lifted."""

        subject: SubjectRef
        list: BarList
        companies: Companies
        clocks: Readings

    def leave_list(self, list: BarList, bar_id: UUID, *, calendar: Calendar) -> None:
        """Nothing happens when the person does not stand there by this listing (any more)."""
        self._end_what_is_over(calendar)
        held = self.bars.get(list)
        if held is not None and held.bar_id == bar_id:
            self._delist(list, calendar)

    def end_bars(self, *, calendar: Calendar) -> None:
        """Takes the person off the lists whose time is over. Raises NotDue when none is."""
        if not self._over():
            ends = [bar.until for bar in self.bars.values() if bar.until is not None]
            raise NotDue(due_at=min(ends, default=None))
        self._end_what_is_over(calendar)

    def _over(self) -> Lists:
        return tuple(
            list
            for list, bar in self.bars.items()
            if bar.until is not None and bar.until <= self.now
        )

    def _end_what_is_over(self, calendar: Calendar) -> None:
        for list in self._over():
            self._delist(list, calendar)

    def _delist(self, list: BarList, calendar: Calendar) -> None:
        remaining = [bar for other, bar in self.bars.items() if other != list]
        self._officeholder_delisted(
            subject=self.subject,
            list=list,
            companies=self.companies,
            clocks=self._first_end(remaining, calendar),
        )

    @event(OfficeholderDelisted)
    def _officeholder_delisted(
        self, subject: str, list: BarList, companies: Companies, clocks: Readings
    ) -> None:
        self.bars = {other: bar for other, bar in self.bars.items() if other != list}
        self.read_clocks(clocks)

    def _first_end(self, bars: Iterable[Bar], calendar: Calendar) -> Readings:
        """The clock that ends the first of these bars, stopped when none has an end."""
        ends = [bar.until for bar in bars if bar.until is not None]
        if not ends:
            return self._stopped(BAR_END)
        return (BAR_END.due(self.now, min(ends), calendar),)
