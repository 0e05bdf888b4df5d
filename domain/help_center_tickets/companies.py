"""Member companies (加盟企业): what they offer, where, how much they can carry, what they carry now.

A company's live tickets stand in its own matter, so that a dispatch looks at them and adds to them
in the same decision: of ten dispatches at once to the last place, one gets it.
"""

from datetime import date
from uuid import UUID

from domain.help_center_tickets.refusals import (
    CompanyFull,
    CompanyNotAdmitted,
    DepositMissing,
    LicenceExpired,
    NothingOffered,
    NotSuspendedFor,
    OutOfArea,
)
from domain.help_center_tickets.states import CompanyState, SuspensionCause
from domain.help_center_tickets.values import ItemCode
from domain.shared.address import Point
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.districts import District
from domain.shared.identifiers import OfficerId, SubjectRef, Uscc
from domain.shared.money import Fen

S = CompanyState


class MemberCompany(Aggregate, program="help-center-tickets"):
    """One company's membership, from its application on."""

    class MemberApplied(Aggregate.Created, v=1):
        """A company wants to join. ``staff`` are keyed hashes of who may act for it."""

        uscc: Uscc
        name: str
        items: tuple[ItemCode, ...]
        districts: tuple[District, ...]
        capacity: int
        licence_until: date
        base: Point | None
        staff: tuple[SubjectRef, ...]

    @event(MemberApplied)
    def __init__(
        self,
        uscc: str,
        name: str,
        items: tuple[str, ...],
        districts: tuple[str, ...],
        capacity: int,
        licence_until: date,
        base: Point | None,
        staff: tuple[str, ...],
    ) -> None:
        self.state: CompanyState = S.APPLIED
        self.uscc: str = uscc
        self.name: str = name
        self.items: tuple[str, ...] = items
        self.districts: tuple[str, ...] = districts
        self.capacity: int = capacity
        self.licence_until: date = licence_until
        self.base: Point | None = base
        self.staff: frozenset[str] = frozenset(staff)
        self.deposit_fen: int = 0
        self.suspended_for: frozenset[SuspensionCause] = frozenset()
        # What a cause rests on, where several things may stand behind it at once.
        self.sources: dict[SuspensionCause, tuple[UUID, ...]] = {}
        # What it holds now: ticket ids, in the order in which they came.
        self.tickets: tuple[UUID, ...] = ()

    class MemberAdmitted(Aggregate.Event, v=1):
        """The centre lets it work."""

        uscc: Uscc
        name: str
        deposit_fen: Fen
        officer: OfficerId

    class ServiceOffered(Aggregate.Event, v=1):
        """From now on it may get tickets of this service in these districts."""

        uscc: Uscc
        name: str
        item: ItemCode
        districts: tuple[District, ...]
        base: Point | None

    class ServiceDropped(Aggregate.Event, v=1):
        """It gets no more tickets of this service."""

        uscc: Uscc
        item: ItemCode
        districts: tuple[District, ...]

    @allowed_in(S.APPLIED)
    def admit_member(self, deposit_fen: int, *, officer: str, today: date) -> None:
        """Raises LicenceExpired, DepositMissing and NothingOffered."""
        if self.licence_until < today:
            raise LicenceExpired(expired_on=self.licence_until)
        if deposit_fen == 0:
            raise DepositMissing()
        if not self.items or not self.districts:
            raise NothingOffered()
        items, districts = self.items, self.districts
        self._member_admitted(
            uscc=self.uscc, name=self.name, deposit_fen=deposit_fen, officer=officer
        )
        self._offer(items, districts)

    @event(MemberAdmitted)
    def _member_admitted(self, uscc: str, name: str, deposit_fen: int, officer: str) -> None:
        self.state = S.ADMITTED
        self.deposit_fen = deposit_fen
        self.items = ()

    def _offer(self, items: tuple[str, ...], districts: tuple[str, ...]) -> None:
        for item in items:
            self._service_offered(
                uscc=self.uscc, name=self.name, item=item, districts=districts, base=self.base
            )

    @event(ServiceOffered)
    def _service_offered(
        self, uscc: str, name: str, item: str, districts: tuple[str, ...], base: Point | None
    ) -> None:
        self.items = (*self.items, item)
        self.districts = districts

    @event(ServiceDropped)
    def _service_dropped(self, uscc: str, item: str, districts: tuple[str, ...]) -> None:
        self.items = tuple(i for i in self.items if i != item)

    @allowed_in(S.ADMITTED, S.SUSPENDED)
    def change_services(self, items: tuple[str, ...], districts: tuple[str, ...]) -> None:
        """What it offers from now on; tickets that it has stay with it. Raises NothingOffered."""
        if not items or not districts:
            raise NothingOffered()
        for item in self.items:
            if item not in items or districts != self.districts:
                self._service_dropped(uscc=self.uscc, item=item, districts=self.districts)
        self._offer(tuple(item for item in items if item not in self.items), districts)

    class CapacitySet(Aggregate.Event, v=1):
        """How many tickets it carries at once."""

        uscc: Uscc
        capacity: int

    @allowed_in(S.ADMITTED, S.SUSPENDED)
    def set_capacity(self, capacity: int) -> None:
        """Below what it carries now it gets nothing new until it has worked that off."""
        self._capacity_set(uscc=self.uscc, capacity=capacity)

    @event(CapacitySet)
    def _capacity_set(self, uscc: str, capacity: int) -> None:
        self.capacity = capacity

    class LicenceRenewed(Aggregate.Event, v=1):
        """Its licence for the trade runs to this day."""

        uscc: Uscc
        licence_until: date

    @allowed_in(S.APPLIED, S.ADMITTED, S.SUSPENDED)
    def renew_licence(self, licence_until: date, *, today: date) -> None:
        """Raises LicenceExpired for a day that has passed."""
        if licence_until < today:
            raise LicenceExpired(expired_on=licence_until)
        self._licence_renewed(uscc=self.uscc, licence_until=licence_until)

    @event(LicenceRenewed)
    def _licence_renewed(self, uscc: str, licence_until: date) -> None:
        self.licence_until = licence_until

    # --- standing ------------------------------------------------------------------------------

    class MemberSuspended(Aggregate.Event, v=1):
        """It gets nothing more; ``tickets`` go back to the centre."""

        uscc: Uscc
        cause: SuspensionCause
        reason: str
        tickets: tuple[UUID, ...]

    class SuspensionSourceAdded(Aggregate.Event, v=1, audit_only=True):
        """One more thing stands behind a cause, such as an entry on a credit list."""

        uscc: Uscc
        cause: SuspensionCause
        source: UUID

    class SuspensionSourceGone(Aggregate.Event, v=1, audit_only=True):
        """One thing stands behind a cause no longer."""

        uscc: Uscc
        cause: SuspensionCause
        source: UUID

    @allowed_in(S.APPLIED, S.ADMITTED, S.SUSPENDED)
    def suspend_member(
        self, cause: SuspensionCause, reason: str, source: UUID | None = None
    ) -> None:
        """An applicant, too, is not let in before the cause is gone. Each cause counts once,
        whatever its sources."""
        if source is not None and source not in self.sources.get(cause, ()):
            self._suspension_source_added(uscc=self.uscc, cause=cause, source=source)
        if cause not in self.suspended_for:
            self._member_suspended(uscc=self.uscc, cause=cause, reason=reason, tickets=self.tickets)

    @event(MemberSuspended)
    def _member_suspended(
        self, uscc: str, cause: SuspensionCause, reason: str, tickets: tuple[UUID, ...]
    ) -> None:
        self.state = S.SUSPENDED
        self.suspended_for = self.suspended_for | {cause}

    @event(SuspensionSourceAdded)
    def _suspension_source_added(self, uscc: str, cause: SuspensionCause, source: UUID) -> None:
        self.sources = {**self.sources, cause: (*self.sources.get(cause, ()), source)}

    @event(SuspensionSourceGone)
    def _suspension_source_gone(self, uscc: str, cause: SuspensionCause, source: UUID) -> None:
        left = tuple(other for other in self.sources.get(cause, ()) if other != source)
        self.sources = {**self.sources, cause: left}

    class MemberReinstated(Aggregate.Event, v=1):
        """A cause is gone. With the last of them it may get tickets again; a company that was
        never admitted applies on."""

        uscc: Uscc
        cause: SuspensionCause
        state: CompanyState

    @allowed_in(S.SUSPENDED)
    def reinstate_member(self, cause: SuspensionCause, source: UUID | None = None) -> None:
        """The cause is gone, or only this ``source`` of it as long as there is another.

        Raises NotSuspendedFor when it is suspended for something else.
        """
        known = source is None or source in self.sources.get(cause, ())
        if cause not in self.suspended_for or not known:
            raise NotSuspendedFor(cause=cause)
        if source is not None:
            self._suspension_source_gone(uscc=self.uscc, cause=cause, source=source)
            if self.sources[cause]:
                return
        state = S.ADMITTED if self.deposit_fen else S.APPLIED
        if self.suspended_for != {cause}:
            state = S.SUSPENDED
        self._member_reinstated(uscc=self.uscc, cause=cause, state=state)

    @event(MemberReinstated)
    def _member_reinstated(self, uscc: str, cause: SuspensionCause, state: CompanyState) -> None:
        self.state = CompanyState(state)
        self.suspended_for = self.suspended_for - {cause}
        self.sources = {other: known for other, known in self.sources.items() if other != cause}

    class MemberExpelled(Aggregate.Event, v=1):
        """It is a member no more; ``tickets`` go back to the centre."""

        uscc: Uscc
        reason: str
        officer: OfficerId
        tickets: tuple[UUID, ...]

    @allowed_in(S.ADMITTED, S.SUSPENDED)
    def expel_member(self, reason: str, *, officer: str) -> None:
        """For good."""
        self._member_expelled(uscc=self.uscc, reason=reason, officer=officer, tickets=self.tickets)

    @event(MemberExpelled)
    def _member_expelled(
        self, uscc: str, reason: str, officer: str, tickets: tuple[UUID, ...]
    ) -> None:
        self.state = S.EXPELLED

    # --- tickets -------------------------------------------------------------------------------

    class TicketTaken(Aggregate.Event, v=1):
        """It has one ticket more; ``load`` is how many it has now."""

        uscc: Uscc
        ticket: UUID
        load: int

    def take_ticket(self, ticket: UUID, item: str, district: str, *, today: date) -> None:
        """Raises CompanyNotAdmitted, LicenceExpired, OutOfArea and CompanyFull."""
        if self.state is not S.ADMITTED:
            raise CompanyNotAdmitted(state=self.state)
        if self.licence_until < today:
            raise LicenceExpired(expired_on=self.licence_until)
        if item not in self.items or district not in self.districts:
            raise OutOfArea(item=item, district=district)
        if len(self.tickets) >= self.capacity:
            raise CompanyFull(capacity=self.capacity)
        self._ticket_taken(uscc=self.uscc, ticket=ticket, load=len(self.tickets) + 1)

    @event(TicketTaken)
    def _ticket_taken(self, uscc: str, ticket: UUID, load: int) -> None:
        self.tickets = (*self.tickets, ticket)

    class TicketGivenBack(Aggregate.Event, v=1):
        """It has one ticket less."""

        uscc: Uscc
        ticket: UUID
        load: int

    def give_ticket_back(self, ticket: UUID) -> None:
        """In whatever state the company is; a ticket it does not have stays where it is."""
        if ticket in self.tickets:
            self._ticket_given_back(uscc=self.uscc, ticket=ticket, load=len(self.tickets) - 1)

    @event(TicketGivenBack)
    def _ticket_given_back(self, uscc: str, ticket: UUID, load: int) -> None:
        self.tickets = tuple(t for t in self.tickets if t != ticket)
