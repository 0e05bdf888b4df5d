"""Who has a credit file: one matter for each company and person, with what must hold across records.

The subject keeps on which lists it stands and with which record, who acts for it, until when it may
not apply for repair, and who asked for reports; the records themselves are matters of their own.
"""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.credit_records.identities import SubjectKey
from domain.credit_records.lists import LISTS, ListCode
from domain.credit_records.periods import ADULT_YEARS
from domain.credit_records.refusals import (
    REPORT_REFUSALS,
    AlreadyListed,
    Blacklisted,
    NotAProxy,
    RepairBarred,
    SubjectClosed,
)
from domain.credit_records.reports import Asked, Basis, Purpose, ReportPart
from domain.credit_records.states import Colour, SubjectState, SubjectType
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.departments import DepartmentCode
from domain.shared.identifiers import (
    PersonName,
    ResidentId,
    Uscc,
    age_on,
    mask_person_name,
    resident_id_birthdate,
)
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal, Sensitive
from domain.shared.refusals import Refused


class Place(BaseModel):
    """A subject's place on a list: held by which record, and whether it is only noticed so far."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    list: ListCode
    colour: Colour
    record: UUID
    listed: bool


class CreditSubject(Aggregate, program="credit-records"):
    """One company or person whose public credit information is kept.

    Source: 浙江省公共信用信息管理条例, art. 3. Bank credit (征信) is another system.
    """

    class SubjectOpened(Aggregate.Created, v=1):
        """Records about the subject may be contributed from now on.

        ``holder`` is the token's subject of the person himself, when it is known.
        """

        subject: SubjectKey
        type: SubjectType
        uscc: Uscc | None
        name: Personal[PersonName] | None
        resident_id: Sensitive[ResidentId] | None
        holder: Personal[str] | None

    @event(SubjectOpened)
    def __init__(
        self,
        subject: str,
        type: SubjectType,
        uscc: str | None,
        name: str | None,
        resident_id: str | None,
        holder: str | None,
    ) -> None:
        self.state: SubjectState = SubjectState.OPEN
        self.subject: str = subject
        self.type: SubjectType = type
        self.name: str | None = name
        self.resident_id: str | None = resident_id
        # Who acts for the subject, until the end of which day; None without an end.
        self.proxies: dict[str, date | None] = {holder: None} if holder else {}
        self.places: dict[str, Place] = {}
        self.repair_barred_until: datetime | None = None
        self.closed_on: date | None = None

    # --- the file ------------------------------------------------------------------------------

    class SubjectClosed(Aggregate.Event, v=1):
        """The company is no more; what was recorded stays."""

        subject: SubjectKey
        closed_on: date

    @allowed_in(SubjectState.OPEN)
    def close_subject(self) -> None:
        """After the deregistration."""
        self._subject_closed(subject=self.subject, closed_on=shanghai_date(self.now))

    @event(SubjectClosed)
    def _subject_closed(self, subject: str, closed_on: date) -> None:
        self.state = SubjectState.CLOSED
        self.closed_on = closed_on

    def require_open(self, decided_on: date) -> None:
        """Raises SubjectClosed for what was decided after the subject's end."""
        if self.closed_on is not None and decided_on > self.closed_on:
            raise SubjectClosed(closed_on=self.closed_on)

    # --- who acts for it -----------------------------------------------------------------------

    class ProxyRecorded(Aggregate.Event, v=1, audit_only=True):
        """Someone acts for the subject; the office has seen the identity and the power."""

        proxy: Personal[str]
        until: date | None
        officer: str

    @allowed_in(SubjectState.OPEN, SubjectState.CLOSED)
    def record_proxy(self, proxy: str, until: date | None, *, officer: str) -> None:
        """``until`` is the last day. Recording someone again changes the day."""
        self._proxy_recorded(proxy=proxy, until=until, officer=officer)

    @event(ProxyRecorded)
    def _proxy_recorded(self, proxy: str, until: date | None, officer: str) -> None:
        self.proxies = {**self.proxies, proxy: until}

    class ProxyEnded(Aggregate.Event, v=1, audit_only=True):
        """Someone no longer acts for the subject."""

        proxy: Personal[str]

    @allowed_in(SubjectState.OPEN, SubjectState.CLOSED)
    def end_proxy(self, proxy: str) -> None:
        """Raises NotAProxy."""
        if proxy not in self.proxies:
            raise NotAProxy()
        self._proxy_ended(proxy=proxy)

    @event(ProxyEnded)
    def _proxy_ended(self, proxy: str) -> None:
        self.proxies = {p: until for p, until in self.proxies.items() if p != proxy}

    def acts_for(self, actor: str, now: datetime) -> bool:
        """Whether this token's subject is the credit subject himself or acts for it today."""
        if actor not in self.proxies:
            return False
        until = self.proxies[actor]
        return until is None or shanghai_date(now) <= until

    # --- lists ---------------------------------------------------------------------------------

    class ListPlaceNoticed(Aggregate.Event, v=1, audit_only=True):
        """The subject has notice of a listing; nobody else gives it another for the same list."""

        list: ListCode
        record: UUID

    def notice_place(self, list: str, record: UUID) -> None:
        """Raises AlreadyListed while there is a live entry or a notice."""
        if list in self.places:
            raise AlreadyListed()
        self._list_place_noticed(list=list, record=record)

    @event(ListPlaceNoticed)
    def _list_place_noticed(self, list: str, record: UUID) -> None:
        place = Place(list=list, colour=Colour.BLACK, record=record, listed=False)
        self.places = {**self.places, list: place}

    class ListEntered(Aggregate.Event, v=1, audit_only=True):
        """The subject stands on a list with this record."""

        list: ListCode
        colour: Colour
        record: UUID

    def enter_list(self, list: str, colour: Colour, record: UUID) -> None:
        """Raises AlreadyListed for another record's place, and Blacklisted for a red list of
        someone on a black one; the other way round, who lists ends the red entries first."""
        held = self.places.get(list)
        if held is not None and held.record != record:
            raise AlreadyListed()
        if colour is Colour.RED:
            self.require_not_blacklisted()
        self._list_entered(list=list, colour=colour, record=record)

    @event(ListEntered)
    def _list_entered(self, list: str, colour: Colour, record: UUID) -> None:
        place = Place(list=list, colour=colour, record=record, listed=True)
        self.places = {**self.places, list: place}

    class ListLeft(Aggregate.Event, v=1, audit_only=True):
        """The subject stands on a list no longer, or the notice of it came to nothing."""

        list: ListCode
        record: UUID

    def leave_list(self, list: str, record: UUID) -> None:
        """The place of this record; nothing happens when it holds none."""
        held = self.places.get(list)
        if held is not None and held.record == record:
            self._list_left(list=list, record=record)

    @event(ListLeft)
    def _list_left(self, list: str, record: UUID) -> None:
        self.places = {code: place for code, place in self.places.items() if code != list}

    def entries(self, colour: Colour) -> tuple[UUID, ...]:
        """The records with which the subject stands on lists of a colour."""
        return tuple(p.record for p in self.places.values() if p.listed and p.colour is colour)

    def bears(self, measure: str) -> bool:
        """Whether a list that the subject stands on now brings this measure with it."""
        listed = (place.list for place in self.places.values() if place.listed)
        return any(measure in LISTS[code].measures for code in listed)

    def require_not_blacklisted(self) -> None:
        """Raises Blacklisted."""
        if self.entries(Colour.BLACK):
            raise Blacklisted()

    def is_minor(self, today: date) -> bool:
        """Whether the subject is a person under eighteen."""
        if self.resident_id is None:
            return False
        return age_on(resident_id_birthdate(self.resident_id), today) < ADULT_YEARS

    @property
    def masked_name(self) -> str | None:
        """The person's name as a court's public page shows it."""
        return mask_person_name(self.name) if self.name else None

    # --- repair --------------------------------------------------------------------------------

    class SubjectRepairBarred(Aggregate.Event, v=1):
        """A false commitment: no application for repair until then."""

        subject: SubjectKey
        record: UUID
        until: datetime

    def bar_repair(self, record: UUID, until: datetime) -> None:
        """A later bar goes before an earlier one."""
        self._subject_repair_barred(subject=self.subject, record=record, until=until)

    @event(SubjectRepairBarred)
    def _subject_repair_barred(self, subject: str, record: UUID, until: datetime) -> None:
        self.repair_barred_until = max(until, self.repair_barred_until or until)

    def require_repair_open(self) -> None:
        """Raises RepairBarred while a bar lasts."""
        if self.repair_barred_until is not None and self.now < self.repair_barred_until:
            raise RepairBarred(until=self.repair_barred_until)

    # --- reports -------------------------------------------------------------------------------

    class ReportIssued(Aggregate.Event, v=1):
        """Someone may read the subject's report, as of ``as_of`` or of this event's own position.

        ``reference`` is the authorisation's id or the case's number.
        """

        subject: SubjectKey
        reader: Personal[str]
        department: DepartmentCode | None
        purpose: Purpose
        basis: Basis
        reference: str | None
        fields: tuple[ReportPart, ...]
        as_of: int | None

    def issue_report(self, asked: Asked, basis: Basis) -> None:
        """Every report is recorded, the subject's own ones too."""
        self._report_issued(
            subject=self.subject,
            reader=asked.reader,
            department=asked.department,
            purpose=asked.purpose,
            basis=basis,
            reference=asked.reference,
            fields=asked.parts,
            as_of=asked.as_of,
        )

    @event(ReportIssued)
    def _report_issued(
        self,
        subject: str,
        reader: str,
        department: str | None,
        purpose: Purpose,
        basis: Basis,
        reference: str | None,
        fields: tuple[ReportPart, ...],
        as_of: int | None,
    ) -> None:
        pass

    class ReportRefused(Aggregate.Event, v=1):
        """Someone asked without a basis that covers it, and was refused with ``code``."""

        subject: SubjectKey
        reader: Personal[str]
        department: DepartmentCode | None
        purpose: Purpose
        reference: str | None
        fields: tuple[ReportPart, ...]
        code: str

        def refusal(self) -> Refused:
            """What the reader is told."""
            return REPORT_REFUSALS[self.code]()

    def refuse_report(self, asked: Asked, code: str) -> None:
        """The refusal is recorded and answered."""
        self._report_refused(
            subject=self.subject,
            reader=asked.reader,
            department=asked.department,
            purpose=asked.purpose,
            reference=asked.reference,
            fields=asked.parts,
            code=code,
        )

    @event(ReportRefused)
    def _report_refused(
        self,
        subject: str,
        reader: str,
        department: str | None,
        purpose: Purpose,
        reference: str | None,
        fields: tuple[ReportPart, ...],
        code: str,
    ) -> None:
        pass
