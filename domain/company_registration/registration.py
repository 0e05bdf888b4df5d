"""The end of a company, and with it the whole aggregate.

Three ways out: the company asks for it (simply, after an announcement, or ordinarily, after a
liquidation), the registry revokes the licence as a penalty, or the registration is annulled because
it was got by fraud. Sources: Regulations on Registration of Market Entities, art. 31 to 33, 40, 46;
implementing rules, art. 44 to 49.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from domain.company_registration import limits
from domain.company_registration.admission import Readings
from domain.company_registration.business import Business
from domain.company_registration.names import CompanyName
from domain.company_registration.refusals import (
    AlreadyAsked,
    AlreadyExtended,
    AnnouncementOver,
    AnnouncementRunning,
    ChangeOpen,
    DeregistrationWindowOver,
    LiquidationIncomplete,
    SimpleDeregistrationBarred,
)
from domain.company_registration.states import State
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from domain.shared.identifiers import Uscc
from domain.shared.personal import Personal
from domain.shared.refusals import (
    Forbidden,
    NotDue,
)

DeregistrationKind = Literal["simple", "ordinary", "after-revocation"]


class ObjectionGround(StrEnum):
    """Why a company may not end the simple way."""

    TAX_ARREARS = "tax-arrears"
    WAGE_ARREARS = "wage-arrears"
    SOCIAL_INSURANCE_ARREARS = "social-insurance-arrears"
    CUSTOMS_DUTIES = "customs-duties"
    OPEN_CASE = "open-case"
    LAWSUIT = "lawsuit"
    DEBT = "debt"
    OTHER = "other"


class CompanyRegistration(Business, program="company-registration"):
    """One company's matter at the registry, from a reserved name to its deregistration.

    Source: Regulations on Registration of Market Entities (State Council Decree 746).
    """

    # filings are taken back there, and nothing else
    FINAL = frozenset({State.ANNULLED})

    # --- simple deregistration -----------------------------------------------------------------

    class DeregistrationAnnounced(Aggregate.Event, v=1):
        """The company wants to end the simple way.

        ``public``: everybody reads the announcement and may object; for a sole trader it went to
        the departments only (art. 33). ``deregister_until`` is the end of the time to act on it.
        """

        uscc: Uscc
        public: bool
        objections_until: datetime
        deregister_until: datetime
        clocks: Readings

    @allowed_in(State.REGISTERED)
    def announce_simple_deregistration(
        self, *, no_debts: bool, on_abnormal_list: bool, calendar: Calendar
    ) -> None:
        """Raises SimpleDeregistrationBarred, and ChangeOpen while a change waits."""
        barred = {"debts": not no_debts, "abnormal-list": on_abnormal_list}
        if grounds := tuple(ground for ground, holds in barred.items() if holds):
            raise SimpleDeregistrationBarred(grounds=grounds)
        if self.open_change is not None:
            raise ChangeOpen(field=self.open_change.field)
        public = self.applied.entity_type != "sole-trader"
        period = limits.ANNOUNCED if public else limits.ANNOUNCED_SOLE_TRADER
        objections_until = period.after(self.now, calendar)
        deregister_until = limits.following(limits.DEREGISTRATION.limit, objections_until, calendar)
        self._deregistration_announced(
            uscc=self.code,
            public=public,
            objections_until=objections_until,
            deregister_until=deregister_until,
            clocks=(limits.DEREGISTRATION.due(self.now, deregister_until, calendar),),
        )

    @event(DeregistrationAnnounced)
    def _deregistration_announced(
        self,
        uscc: str,
        public: bool,
        objections_until: datetime,
        deregister_until: datetime,
        clocks: Readings,
    ) -> None:
        self.state = State.ANNOUNCING
        self.announcement_public = public
        self.objections_until = objections_until
        self.deregister_until = deregister_until
        self.asked = ()
        self.window_extended = False
        self.read_clocks(clocks)

    class ObjectionRequested(Aggregate.Event, v=1, audit_only=True):
        """A department was asked whether it objects."""

        department: DepartmentCode
        until: datetime

    @allowed_in(State.ANNOUNCING)
    def request_objection(self, department: str) -> None:
        """Raises AlreadyAsked, and AnnouncementOver when no objection could come any more."""
        if department in self.asked:
            raise AlreadyAsked(department=department)
        if self.now > self.objections_until:
            raise AnnouncementOver(ended_at=self.objections_until)
        self._objection_requested(department=department, until=self.objections_until)

    @event(ObjectionRequested)
    def _objection_requested(self, department: str, until: datetime) -> None:
        self.asked = (*self.asked, department)

    class DeregistrationObjected(Aggregate.Event, v=1):
        """A department or a creditor objected; the company stays registered."""

        uscc: Uscc
        public: bool
        department: DepartmentCode | None
        creditor: Personal[str] | None
        ground: ObjectionGround
        note: Personal[str]
        clocks: Readings

    @allowed_in(State.ANNOUNCING)
    def object(
        self, ground: ObjectionGround, note: str, *, department: str | None, creditor: str | None
    ) -> None:
        """Raises AnnouncementOver when late, and Forbidden to a creditor of a sole trader, whose
        announcement was not public."""
        if department is None and not self.announcement_public:
            raise Forbidden()
        if self.now > self.objections_until:
            raise AnnouncementOver(ended_at=self.objections_until)
        self._deregistration_objected(
            uscc=self.code,
            public=self.announcement_public,
            department=department,
            creditor=creditor,
            ground=ground,
            note=note,
            clocks=self._stopped(limits.DEREGISTRATION),
        )

    @event(DeregistrationObjected)
    def _deregistration_objected(
        self,
        uscc: str,
        public: bool,
        department: str | None,
        creditor: str | None,
        ground: ObjectionGround,
        note: str,
        clocks: Readings,
    ) -> None:
        self.state = State.REGISTERED
        self.read_clocks(clocks)

    class DeregistrationExtended(Aggregate.Event, v=1):
        """The company got thirty days more to act on its announcement."""

        deregister_until: datetime
        clocks: Readings

    @allowed_in(State.ANNOUNCING)
    def extend_deregistration(self, *, calendar: Calendar) -> None:
        """Once, and before the time is over."""
        if self.window_extended:
            raise AlreadyExtended()
        if self.now > self.deregister_until:
            raise DeregistrationWindowOver(ended_at=self.deregister_until)
        until = limits.following(limits.DEREGISTRATION_EXTENSION, self.deregister_until, calendar)
        self._deregistration_extended(
            deregister_until=until,
            clocks=(limits.DEREGISTRATION.due(self.now, until, calendar),),
        )

    @event(DeregistrationExtended)
    def _deregistration_extended(self, deregister_until: datetime, clocks: Readings) -> None:
        self.deregister_until = deregister_until
        self.window_extended = True
        self.read_clocks(clocks)

    class AnnouncementEnded(Aggregate.Event, v=1):
        """The company let the time to deregister pass; it stays registered."""

        uscc: Uscc
        public: bool
        clocks: Readings

    @allowed_in(State.ANNOUNCING)
    def end_announcement(self) -> None:
        """Raises NotDue while the company may still deregister."""
        if self.now < self.deregister_until:
            raise NotDue(due_at=self.deregister_until)
        self._announcement_ended(
            uscc=self.code,
            public=self.announcement_public,
            clocks=self._stopped(limits.DEREGISTRATION),
        )

    @event(AnnouncementEnded)
    def _announcement_ended(self, uscc: str, public: bool, clocks: Readings) -> None:
        self.state = State.REGISTERED
        self.read_clocks(clocks)

    # --- the ends ------------------------------------------------------------------------------

    class Deregistered(Aggregate.Event, v=1):
        """The company is no more; its name is nobody's until ``name_kept_until``."""

        uscc: Uscc
        registry: District
        name: CompanyName
        pending_name: CompanyName | None
        kind: DeregistrationKind
        decision_no: str
        name_kept_until: datetime
        clocks: Readings

    @allowed_in(State.ANNOUNCING, State.REGISTERED, State.SUSPENDED, State.REVOKED)
    def deregister(
        self,
        decision_no: str,
        *,
        liquidation_report: str | None,
        tax_clearance: str | None,
        calendar: Calendar,
    ) -> None:
        """The state tells the way: after an announcement, or with the papers of a liquidation.

        Raises AnnouncementRunning, DeregistrationWindowOver or LiquidationIncomplete.
        """
        kind: DeregistrationKind = "ordinary"
        if self.state is State.ANNOUNCING:
            kind = "simple"
            if self.now < self.objections_until:
                raise AnnouncementRunning(ends_at=self.objections_until)
            if self.now > self.deregister_until:
                raise DeregistrationWindowOver(ended_at=self.deregister_until)
        else:
            papers = {"liquidation-report": liquidation_report}
            if self.state is State.REVOKED:
                kind = "after-revocation"
            else:
                papers["tax-clearance"] = tax_clearance
            if missing := tuple(paper for paper, number in papers.items() if not number):
                raise LiquidationIncomplete(missing=missing)
        self._deregistered(
            uscc=self.code,
            registry=self.registry,
            name=self.name,
            pending_name=self.pending_name(),
            kind=kind,
            decision_no=decision_no,
            name_kept_until=limits.name_free_again(self.now, calendar),
            clocks=self._stopped(limits.DEREGISTRATION, limits.SUSPENSION),
        )

    @event(Deregistered)
    def _deregistered(
        self,
        uscc: str,
        registry: str,
        name: CompanyName,
        pending_name: CompanyName | None,
        kind: DeregistrationKind,
        decision_no: str,
        name_kept_until: datetime,
        clocks: Readings,
    ) -> None:
        self.state = State.DEREGISTERED
        self.open_change = None
        self.read_clocks(clocks)

    class LicenceRevoked(Aggregate.Event, v=1):
        """The licence was taken away as a penalty (吊销); the company is still to be liquidated."""

        uscc: Uscc
        registry: District
        name: CompanyName
        pending_name: CompanyName | None
        decision_no: str
        reason: str
        clocks: Readings

    @allowed_in(State.REGISTERED, State.SUSPENDED)
    def revoke_licence(self, decision_no: str, reason: str) -> None:
        """By a penalty decision. The name stays the company's until it is deregistered."""
        self._licence_revoked(
            uscc=self.code,
            registry=self.registry,
            name=self.name,
            pending_name=self.pending_name(),
            decision_no=decision_no,
            reason=reason,
            clocks=self._stopped(limits.SUSPENSION),
        )

    @event(LicenceRevoked)
    def _licence_revoked(
        self,
        uscc: str,
        registry: str,
        name: CompanyName,
        pending_name: CompanyName | None,
        decision_no: str,
        reason: str,
        clocks: Readings,
    ) -> None:
        self.state = State.REVOKED
        self.open_change = None
        self.read_clocks(clocks)

    class RegistrationAnnulled(Aggregate.Event, v=1):
        """The registration was got by fraud and is void from the start (撤销).

        ``filings`` are the departments that have the company on file, in the order of filing.
        """

        uscc: Uscc
        registry: District
        name: CompanyName
        pending_name: CompanyName | None
        decision_no: str
        filings: tuple[DepartmentCode, ...]
        name_kept_until: datetime

    @allowed_in(State.REGISTERED)
    def annul_registration(self, decision_no: str, *, calendar: Calendar) -> None:
        """By a decision that found the fraud proven (art. 40)."""
        self._registration_annulled(
            uscc=self.code,
            registry=self.registry,
            name=self.name,
            pending_name=self.pending_name(),
            decision_no=decision_no,
            filings=tuple(self.filings),
            name_kept_until=limits.name_free_again(self.now, calendar),
        )

    @event(RegistrationAnnulled)
    def _registration_annulled(
        self,
        uscc: str,
        registry: str,
        name: CompanyName,
        pending_name: CompanyName | None,
        decision_no: str,
        filings: tuple[str, ...],
        name_kept_until: datetime,
    ) -> None:
        self.state = State.ANNULLED
        self.open_change = None
