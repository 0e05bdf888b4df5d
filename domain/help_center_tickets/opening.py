"""A ticket's beginning: opened, handed over to the emergency lines, or told what it is about.

``merging``, ``holding``, ``working``, ``sealing`` and ``ticket`` build on it, in the order in which
a ticket lives. In each, a deciding method bears its command's name and the states that
allow it, and stands between its event and what applies it.
"""

from datetime import date, datetime
from uuid import UUID

from domain.help_center_tickets import limits
from domain.help_center_tickets.clocked import Clocked
from domain.help_center_tickets.refusals import NoDanger, NotAcknowledged
from domain.help_center_tickets.states import (
    Channel,
    EmergencyService,
    Kind,
    State,
    Tier,
    Urgency,
)
from domain.help_center_tickets.values import (
    CENTRE,
    Answered,
    Attachment,
    Caller,
    Cause,
    Holder,
    ItemCode,
    Place,
    ServiceVersion,
)
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockReading
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from domain.shared.personal import Personal

Readings = tuple[ClockReading, ...]
Levels = limits.Levels


class Opening(Clocked):
    """From the call to the moment somebody is to work on it."""

    class TicketOpened(Aggregate.Created, v=1):
        """Somebody, or Huimin, asked for something.

        ``identity_sealed``: a report (举报), whose reporter nobody learns of but by two officers
        with grounds. ``accused`` are whom it is about. ``holder_hint`` is who should get it.
        """

        channel: Channel
        kind: Kind
        text: Personal[str]
        place: Personal[Place] | None
        district: District | None
        caller: Personal[Caller] | None
        recording_ref: Personal[str] | None
        attachments: tuple[Attachment, ...]
        accused: tuple[str, ...]
        identity_sealed: bool
        cause: Cause | None
        holder_hint: Holder | None

    @event(TicketOpened)
    def __init__(
        self,
        channel: Channel,
        kind: Kind,
        text: str,
        place: Place | None,
        district: str | None,
        caller: Caller | None,
        recording_ref: str | None,
        attachments: tuple[Attachment, ...],
        accused: tuple[str, ...],
        identity_sealed: bool,
        cause: Cause | None,
        holder_hint: Holder | None,
    ) -> None:
        self.state: State = State.OPEN
        self.channel: Channel = channel
        self.kind: Kind = kind
        self.place: Place | None = place
        self.district: str | None = district
        self.caller: Caller | None = caller
        self.accused: frozenset[str] = frozenset(accused)
        self.identity_sealed: bool = identity_sealed
        self.cause: Cause | None = cause
        self.holder_hint: Holder | None = holder_hint
        self.opened_at: datetime = self.created_on
        # From when the limits count: the opening, of merged tickets the earliest one.
        self.counted_from: datetime = self.created_on
        self.item: str | None = None
        self.owner: str | None = None
        self.urgency: Urgency = Urgency.ORDINARY
        self.consumer: bool = False
        self.paid: bool = False
        self.tier: Tier | None = None
        self.holder: Holder = CENTRE
        self.levels: Levels = ()
        self.raised: frozenset[int] = frozenset()
        self.lead: UUID | None = None
        self.merged: tuple[UUID, ...] = ()
        self.merged_in: State | None = None
        self.returns: int = 0
        self.decided: bool = False
        self.return_until: datetime | None = None
        self.quoted_fen: int | None = None
        self.paused_days: int = 0
        self.extended: bool = False
        self.urged_on: date | None = None
        self.worked_by: Holder | None = None
        self.tries: tuple[date, ...] = ()
        self.answered: Answered | None = None
        self.reopenings: int = 0
        self.reopen_until: datetime | None = None
        self.misconduct_proven: bool = False
        self.unseal_asked_by: str | None = None
        self.read_clocks(())

    # --- danger to life ------------------------------------------------------------------------

    class EmergencyHandedOver(Aggregate.Event, v=1):
        """The emergency lines have it, each with its receipt."""

        receipts: dict[EmergencyService, str]
        merged: tuple[UUID, ...]

    @allowed_in(State.OPEN)
    def hand_over_emergency(
        self,
        services: tuple[EmergencyService, ...],
        receipts: dict[EmergencyService, str],
        *,
        danger_to_life: bool,
    ) -> None:
        """Raises NoDanger, and NotAcknowledged when a line that was called has not answered."""
        if not danger_to_life:
            raise NoDanger()
        if missing := tuple(s for s in services if s not in receipts):
            raise NotAcknowledged(services=missing)
        self._emergency_handed_over(receipts={s: receipts[s] for s in services}, merged=self.merged)

    @event(EmergencyHandedOver)
    def _emergency_handed_over(
        self, receipts: dict[EmergencyService, str], merged: tuple[UUID, ...]
    ) -> None:
        self.state = State.HANDED_OVER
        self.merged = ()

    # --- classification ------------------------------------------------------------------------

    class TicketClassified(Aggregate.Event, v=1):
        """The ticket is about this service; its clocks run, counted from the opening.

        ``grid`` is the square kilometre or the district, ``owner`` the department that owns the
        service. ``levels`` are when escalation is due.
        """

        kind: Kind
        item: ItemCode
        urgency: Urgency
        tier: Tier
        district: District
        grid: str
        owner: DepartmentCode
        paid: bool
        consumer: bool
        accused: tuple[str, ...]
        holder_hint: Holder | None
        opened_at: datetime
        clocks: Readings
        levels: Levels

    @allowed_in(State.OPEN)
    def classify(
        self,
        service: ServiceVersion,
        urgency: Urgency,
        district: str,
        *,
        accused: tuple[str, ...],
        calendar: Calendar,
    ) -> None:
        """Says what the ticket is; the service's own urgency is the least it gets."""
        urgency = max(urgency, service.urgency, key=lambda u: u.rank)
        tier = limits.tier_of(self.kind, urgency, consumer=service.consumer)
        clocks, levels = self._from_the_beginning(tier, self.counted_from, calendar)
        self._ticket_classified(
            kind=self.kind,
            item=service.code,
            urgency=urgency,
            tier=tier,
            district=district,
            grid=self.place.grid if self.place and self.place.district == district else district,
            owner=service.department,
            paid=service.paid,
            consumer=service.consumer,
            accused=tuple(sorted({*self.accused, *accused})),
            holder_hint=self.holder_hint,
            opened_at=self.opened_at,
            clocks=clocks,
            levels=levels,
        )

    @event(TicketClassified)
    def _ticket_classified(
        self,
        kind: Kind,
        item: str,
        urgency: Urgency,
        tier: Tier,
        district: str,
        grid: str,
        owner: str,
        paid: bool,
        consumer: bool,
        accused: tuple[str, ...],
        holder_hint: Holder | None,
        opened_at: datetime,
        clocks: Readings,
        levels: Levels,
    ) -> None:
        self.state = State.CLASSIFIED
        self.item, self.owner = item, owner
        self.urgency, self.tier = urgency, tier
        self.district = district
        self.paid, self.consumer = paid, consumer
        self.accused = frozenset(accused)
        self.levels = levels
        self.read_clocks(clocks)

    class TicketReclassified(Aggregate.Event, v=1):
        """It is about another service, or more urgent; limits that grew shorter count anew."""

        item: ItemCode
        urgency: Urgency
        tier: Tier
        owner: DepartmentCode
        paid: bool
        consumer: bool
        clocks: Readings
        levels: Levels

    @allowed_in(State.CLASSIFIED, State.DISPATCHED, State.RETURNED, State.WORKING)
    def reclassify(self, service: ServiceVersion, urgency: Urgency, *, calendar: Calendar) -> None:
        """Upward it recomputes from the beginning and may be overdue at once; a due time that
        would move back stays, because the centre's mistake is not the caller's."""
        urgency = max(urgency, service.urgency, key=lambda u: u.rank)
        tier = limits.tier_of(self.kind, urgency, consumer=service.consumer)
        clocks, levels = self._not_later(tier, self.counted_from, calendar)
        self._ticket_reclassified(
            item=service.code,
            urgency=urgency,
            tier=tier,
            owner=service.department,
            paid=service.paid,
            consumer=service.consumer,
            clocks=clocks,
            levels=levels,
        )

    @event(TicketReclassified)
    def _ticket_reclassified(
        self,
        item: str,
        urgency: Urgency,
        tier: Tier,
        owner: str,
        paid: bool,
        consumer: bool,
        clocks: Readings,
        levels: Levels,
    ) -> None:
        self.item, self.owner = item, owner
        self.urgency, self.tier = urgency, tier
        self.paid, self.consumer = paid, consumer
        self.levels = levels
        self.read_clocks(clocks)

    # --- results ---------------------------------------------------------------------------------

    def _reopen_until(self, calendar: Calendar) -> datetime:
        return limits.REOPEN_WITHIN.after(self.now, calendar)

    def _result(
        self, by: Holder, closes: bool, reopen_until: datetime | None, clocks: Readings
    ) -> None:
        """What every result leads to: the call-back, or the end when there is nobody to call."""
        self.state = State.CLOSED if closes else State.CALLING_BACK
        self.worked_by = by
        self.merged = ()
        self.reopen_until = reopen_until
        self.tries = ()
        self.levels = ()
        self.read_clocks(clocks)
