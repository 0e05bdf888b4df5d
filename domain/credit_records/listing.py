"""From a notice to a listing, and from a record to its publication.

A listing needs a notice, time to plead, an answer to the plea and a second officer (国办发〔2020〕49号;
SAMR Order 44, art. 14 to 16). A published item that the catalogue ties to a red list puts its
subject there at once.
"""

from datetime import date, datetime

from domain.credit_records import periods
from domain.credit_records.entries import Entry, Evidence, Readings, Shown
from domain.credit_records.identities import SubjectKey
from domain.credit_records.lists import ListCode, Measure
from domain.credit_records.refusals import (
    NotPublishable,
    PleaTermOver,
    PleaTermRunning,
    PleaUnanswered,
    PublicityOver,
    TermFixedByLaw,
)
from domain.credit_records.states import Colour, DelistingReason, Kind, RecordState, Severity
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.departments import DepartmentCode
from domain.shared.identifiers import OfficerId
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal
from domain.shared.refusals import (
    FourEyes,
    NotDue,
)

S = RecordState


class Listing(Entry):
    """From what was said to what is published."""

    # --- plea and decision ---------------------------------------------------------------------

    class PleaMade(Aggregate.Event, v=1):
        """The subject says why it should not be listed."""

        plea: Personal[str]
        evidence: Evidence

    @allowed_in(S.NOTIFIED)
    def plead(self, plea: str, evidence: Evidence) -> None:
        """Raises PleaTermOver after five working days."""
        if self.plea_until is not None and self.now > self.plea_until:
            raise PleaTermOver(ended_at=self.plea_until)
        self._plea_made(plea=plea, evidence=evidence)

    @event(PleaMade)
    def _plea_made(self, plea: str, evidence: Evidence) -> None:
        self.pleas += 1

    class SubjectListed(Aggregate.Event, v=1):
        """The subject stands on a list from ``since`` on; ``colour`` tells punishment from reward.

        ``measures`` follow from it, each with the departments that apply it. ``public_name`` is
        a person's masked name, for court lists only. ``item`` is the one that led to a red list.
        """

        subject: SubjectKey
        list: ListCode
        colour: Colour
        item: str | None
        ground: str
        source: DepartmentCode
        decision_no: str
        since: date
        minimum_end: datetime | None
        maximum_end: datetime | None
        measures: tuple[Measure, ...]
        public_name: str | None
        officer: OfficerId | None
        plea_answer: Personal[str] | None
        clocks: Readings

    @allowed_in(S.NOTIFIED)
    def decide_listing(
        self,
        decision_no: str | None,
        *,
        officer: str,
        plea_answer: str | None,
        term_until: date | None,
        public_name: str | None,
        calendar: Calendar,
    ) -> None:
        """Puts the subject on the list, or, without a decision's number, drops the notice.

        ``term_until`` is a court's own term, its last day. Raises FourEyes, PleaUnanswered,
        PleaTermRunning, TermFixedByLaw and PublicityOver.
        """
        self._judge_pleas(officer, plea_answer)
        if decision_no is None:
            self._listing_dropped(
                subject=self.subject,
                list=self.its_list.code,
                officer=officer,
                plea_answer=plea_answer,
            )
            return
        listed = self.its_list
        today = shanghai_date(self.now)
        minimum_end, maximum_end = periods.ends(listed.period, today)
        if term_until is not None:
            if not listed.court_decides:
                raise TermFixedByLaw()
            maximum_end = periods.end_of_day(term_until)
            if maximum_end <= self.now:
                raise PublicityOver(ended_at=maximum_end)
        self._list(
            since=today,
            decision_no=decision_no,
            minimum_end=minimum_end,
            maximum_end=maximum_end,
            public_name=public_name if listed.court_decides else None,
            officer=officer,
            plea_answer=plea_answer,
            calendar=calendar,
        )

    def _judge_pleas(self, officer: str, plea_answer: str | None) -> None:
        if officer == self.notified_by:
            raise FourEyes()
        if self.pleas and plea_answer is None:
            raise PleaUnanswered()
        if not self.pleas and self.plea_until is not None and self.now <= self.plea_until:
            raise PleaTermRunning(ends_at=self.plea_until)

    def _list(
        self,
        *,
        since: date,
        decision_no: str,
        minimum_end: datetime | None,
        maximum_end: datetime | None,
        public_name: str | None,
        officer: str | None,
        plea_answer: str | None,
        calendar: Calendar,
    ) -> None:
        listed = self.its_list
        self._subject_listed(
            subject=self.subject,
            list=listed.code,
            colour=listed.colour,
            item=self.item,
            ground=self.ground or listed.law,
            source=self.source,
            decision_no=decision_no,
            since=since,
            minimum_end=minimum_end,
            maximum_end=maximum_end,
            measures=self.measures(),
            public_name=public_name,
            officer=officer,
            plea_answer=plea_answer,
            clocks=self._publicity(maximum_end, calendar),
        )

    @event(SubjectListed)
    def _subject_listed(
        self,
        subject: str,
        list: str,
        colour: Colour,
        item: str | None,
        ground: str,
        source: str,
        decision_no: str,
        since: date,
        minimum_end: datetime | None,
        maximum_end: datetime | None,
        measures: tuple[Measure, ...],
        public_name: str | None,
        officer: str | None,
        plea_answer: str | None,
        clocks: Readings,
    ) -> None:
        self.state = S.PUBLISHED
        self.listed = True
        self.listed_on = since
        self.listed_under = decision_no
        self.decision_no = decision_no
        self.determined_on = self.determined_on or since
        self.minimum_end = minimum_end
        self.maximum_end = maximum_end
        self.public_name = public_name
        self.read_clocks(clocks)

    class ListingDropped(Aggregate.Event, v=1):
        """The subject is not put on the list."""

        subject: SubjectKey
        list: ListCode
        officer: OfficerId
        plea_answer: Personal[str] | None

    @event(ListingDropped)
    def _listing_dropped(
        self, subject: str, list: str, officer: str, plea_answer: str | None
    ) -> None:
        self.state = S.DROPPED

    # --- publication ---------------------------------------------------------------------------

    class RecordPublished(Aggregate.Event, v=1):
        """The record is shown to everybody (a company's) and to those who may see it."""

        subject: SubjectKey
        shown: Shown
        clocks: Readings

    @allowed_in(S.RECORDED)
    def publish(self, *, calendar: Calendar) -> None:
        """With its publication a positive item may put the subject on a red list.

        Raises NotPublishable and PublicityOver; that a subject of something good is not
        blacklisted is the subject's to judge.
        """
        item = self.its_item
        if not self.publishable:
            raise NotPublishable()
        if self.maximum_end is not None and self.now >= self.maximum_end:
            raise PublicityOver(ended_at=self.maximum_end)
        self._record_published(
            subject=self.subject,
            shown=self.shown,
            clocks=self._publicity(self.maximum_end, calendar),
        )
        if item.entered is not None:
            self._list(
                since=self.decided_on,
                decision_no=self.its_decision,
                minimum_end=self.minimum_end,
                maximum_end=self.maximum_end,
                public_name=None,
                officer=None,
                plea_answer=None,
                calendar=calendar,
            )

    @property
    def publishable(self) -> bool:
        """Whether severity or law has the record published."""
        item = self.catalogued
        if item is None or item.always_published or self.kind is Kind.POSITIVE:
            return True
        return self.kind is Kind.NEGATIVE and self.severity is not Severity.MINOR

    @event(RecordPublished)
    def _record_published(self, subject: str, shown: Shown, clocks: Readings) -> None:
        self.state = S.PUBLISHED
        self.read_clocks(clocks)

    # --- the end of publicity and of a place on a list --------------------------------------------

    class SubjectDelisted(Aggregate.Event, v=1):
        """The subject stands on the list no longer; its measures end everywhere.

        ``decision_no`` is the number under which it was listed.
        """

        subject: SubjectKey
        list: ListCode
        colour: Colour
        source: DepartmentCode
        decision_no: str | None
        reason: DelistingReason
        to_confirm: tuple[DepartmentCode, ...]
        clocks: Readings

        @property
        def ends_record(self) -> bool:
            """Whether the record's publicity ends with it, rather than with an event before it."""
            return self.reason in (DelistingReason.BLACKLISTED, DelistingReason.BY_KEEPER)

    def _delist(
        self,
        reason: DelistingReason,
        *,
        to_confirm: tuple[str, ...] = (),
        clocks: Readings = (),
    ) -> None:
        """Ends the place on the list, when there is one."""
        listed = self.credit_list
        if not self.listed or listed is None:
            return
        self._subject_delisted(
            subject=self.subject,
            list=listed.code,
            colour=listed.colour,
            source=self.source,
            decision_no=self.listed_under,
            reason=reason,
            to_confirm=to_confirm,
            clocks=(*self._stopped(periods.PUBLICITY_END), *clocks),
        )

    @event(SubjectDelisted)
    def _subject_delisted(
        self,
        subject: str,
        list: str,
        colour: Colour,
        source: str,
        decision_no: str | None,
        reason: DelistingReason,
        to_confirm: tuple[str, ...],
        clocks: Readings,
    ) -> None:
        self.listed = False
        if reason in (DelistingReason.BLACKLISTED, DelistingReason.BY_KEEPER):
            self.state = S.ENDED
            self.repair_accepted = False
            self.to_confirm = to_confirm
        self.read_clocks(clocks)

    class PublicityEnded(Aggregate.Event, v=1):
        """The record is shown to nobody any more but its department; ``list`` if it was on one."""

        subject: SubjectKey
        list: ListCode | None
        clocks: Readings

    @allowed_in(S.PUBLISHED, S.DISPUTED, S.REPAIRING)
    def end_publicity(self) -> None:
        """Raises NotDue before the maximum, and for ever where there is none."""
        if self.maximum_end is None or self.now < self.maximum_end:
            raise NotDue(due_at=self.maximum_end)
        self._end_publicity()

    def _end_publicity(self) -> None:
        self._publicity_ended(
            subject=self.subject,
            list=self.on_list,
            clocks=self._stopped(
                periods.PUBLICITY_END, periods.REPAIR_ACCEPT, periods.REPAIR_DECIDE
            ),
        )
        self._delist(DelistingReason.TERM_OVER)

    @event(PublicityEnded)
    def _publicity_ended(self, subject: str, list: str | None, clocks: Readings) -> None:
        self.state = S.ENDED
        self.repair_accepted = False
        self.read_clocks(clocks)
