"""What the way home from a hospital is told: by policies, and by the desk that hands over to care.

The desk's command begins the order at care in its own decision. So it is judged by care's own
rules, its data lie nowhere but with care, and the log itself holds that the consent stood then.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from pydantic import Field

from commands.base import Command, Context, Role, command
from commands.care_orders.given import ContactGiven, PersonGiven, Text
from commands.care_orders.requesting import RequestCare, request_care
from domain.care_orders import CareOrder, Elder, Mode, OrderState, Visit
from domain.care_orders.people import elder_id
from domain.care_orders.refusals import ConsentMissing
from domain.discharge_home import HOMECOMING, DischargeHome, EndReason, WrongElder, discharge_id
from domain.health_visits import HealthArchive
from domain.health_visits.institutions import InstitutionCode
from domain.health_visits.values import archive_id
from domain.shared.address import Address, Point
from domain.shared.derived_ids import derived_id
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.instants import Instant, shanghai_date
from domain.shared.personal import Personal, Sensitive

BY_POLICY = frozenset({Role.SYSTEM, Role.OPERATOR})
DESKS = ("health", "civil-affairs")
"""The hospital's own desk, and the office whose community was told."""


class DischargeCommand(Command):
    """Base of the commands on one elder's way home."""

    discharge_id: UUID = Field(description="The way home, as discharges_home shows it")


class BeginDischargeHome(DischargeCommand):
    """Begin to watch that care comes to a patient who went home with less than he could do."""

    elder: SubjectRef
    visit_id: UUID
    consent_id: UUID
    institution: InstitutionCode
    discharged_at: Instant = Field(description="The limit of seven days counts from it")


@command(key="discharge_id", roles=BY_POLICY)
def begin_discharge_home(
    cmd: BeginDischargeHome, discharge: DischargeHome | None, ctx: Context
) -> DischargeHome:
    """With the care that the elder has. What was withdrawn, meanwhile or at care, is recalled at
    once."""
    orders = _live_orders(cmd.elder, ctx)
    stands = cmd.consent_id in _consents(cmd.elder, ctx)
    reading = HOMECOMING.start(cmd.discharged_at, ctx.calendar)
    modes = {order.id: order.mode for order in orders}
    if discharge is None:
        discharge = DischargeHome.begin(
            DischargeHome.DischargeBegun,
            id=cmd.discharge_id,
            at=ctx.now,
            elder=cmd.elder,
            visit=cmd.visit_id,
            consent=cmd.consent_id,
            institution=cmd.institution,
            discharged_at=cmd.discharged_at,
            orders=modes,
            clocks=(reading,),
        )
        with discharge.deciding(ctx.now):
            _look_at(discharge, orders, stands=stands)
        return discharge
    if cmd.visit_id != discharge.visit:
        discharge.begin_discharge_home(
            cmd.visit_id, cmd.consent_id, cmd.institution, cmd.discharged_at, modes, reading
        )
        _look_at(discharge, orders, stands=stands and cmd.consent_id not in discharge.withdrawn)
    return discharge


def _look_at(discharge: DischargeHome, orders: Sequence[CareOrder], *, stands: bool) -> None:
    """What the orders have come to already, and whether the consent stands."""
    for order in orders:
        if order.state is OrderState.ACTIVE:
            discharge.note_provider(order.id, order.mode, order.assigned)
        elif order.waiting_at is not None:
            _note_waiting_list(discharge, order, order.waiting_at)
    if not stands:
        discharge.recall_discharge(discharge.consent)


def _note_waiting_list(discharge: DischargeHome, order: CareOrder, waiting_at: str) -> None:
    home = order.address
    discharge.note_waiting_list(
        order.id,
        waiting_at,
        district=order.district,
        street=home.street,
        community=home.community,
    )


def _live_orders(subject: str, ctx: Context) -> list[CareOrder]:
    elder = ctx.matter(Elder, elder_id(subject))
    found = ctx.matters(CareOrder, elder.live.values() if elder is not None else ())
    return [order for order in found if order is not None]


def _archive(subject: str, ctx: Context) -> HealthArchive | None:
    """The archive that speaks for a person, as it did at the discharge."""
    own = ctx.matter(HealthArchive, archive_id(subject))
    if own is None or own.merged_into is None:
        return own
    return ctx.matter(HealthArchive, own.merged_into)


def _consents(subject: str, ctx: Context) -> frozenset[UUID]:
    archive = _archive(subject, ctx)
    return frozenset(archive.consents if archive is not None else ())


class HandOverToCare(DischargeCommand):
    """Ask for care for a discharged patient who has none, with what care needs to know.

    Begins an order at care, on the consent that was given at the discharge. When nobody has a place
    for care at home, it may be asked for in a day centre besides.
    """

    elder: PersonGiven
    mode: Mode
    address: Personal[Address]
    location: Sensitive[Point] = Field(description="The home, WGS-84 degrees")
    home_tag: Personal[Text] | None = None
    guardian: ContactGiven | None = None
    emergency_contact: ContactGiven


SHARED = RequestCare.model_fields.keys() & HandOverToCare.model_fields.keys()
"""What care is told as the desk tells it."""


@command(key="discharge_id", roles={Role.OFFICER}, department=DESKS)
def hand_over_to_care(cmd: HandOverToCare, discharge: DischargeHome, ctx: Context) -> None:
    """Raises WrongElder, ConsentMissing, and whatever care says no with."""
    archive = _archive(discharge.elder, ctx)
    order_id = derived_id("discharge-care", ctx.command_id)
    asked = RequestCare(
        order_id=order_id,
        consent_id=str(discharge.consent),
        **{name: getattr(cmd, name) for name in SHARED},
    )
    discharge.hand_over_to_care(order_id, cmd.mode)
    if ctx.keyed_hash("person", cmd.elder.resident_id) != discharge.elder:
        raise WrongElder()
    today = shanghai_date(ctx.now)
    if archive is None or not archive.consented(discharge.consent, "care", "any", today):
        raise ConsentMissing()
    ctx.also(request_care(asked, replace(ctx, new_id=order_id)))


class NoteCareRequest(DischargeCommand):
    """Note that care was asked for, by whomever."""

    order_id: UUID
    mode: Mode


@command(key="discharge_id", roles=BY_POLICY)
def note_care_request(
    cmd: NoteCareRequest, discharge: DischargeHome | None, ctx: Context
) -> DischargeHome | None:
    """Of an elder who does not come home from a hospital nothing is recorded."""
    if discharge is not None:
        discharge.note_care_request(cmd.order_id, cmd.mode)
    return discharge


class NoteWaitingList(Command):
    """Note that no provider has a place for an order; the community is told."""

    order_id: UUID
    waiting_at: Uscc


@command(roles=BY_POLICY)
def note_waiting_list(cmd: NoteWaitingList, ctx: Context) -> DischargeHome | None:
    """The order knows whose it is, and where the elder lives."""
    order = ctx.matter(CareOrder, cmd.order_id)
    if order is None:
        return None
    discharge = ctx.matter(DischargeHome, discharge_id(order.elder.subject))
    if discharge is not None:
        _note_waiting_list(discharge, order, cmd.waiting_at)
    return discharge


class NoteProvider(DischargeCommand):
    """Note that a provider cares for the elder, or does so again."""

    order_id: UUID
    mode: Mode
    provider: Uscc


@command(key="discharge_id", roles=BY_POLICY)
def note_provider(
    cmd: NoteProvider, discharge: DischargeHome | None, ctx: Context
) -> DischargeHome | None:
    """As NoteCareRequest."""
    if discharge is not None:
        discharge.note_provider(cmd.order_id, cmd.mode, cmd.provider)
    return discharge


class NoteCareVisit(DischargeCommand):
    """Note that a carer was with the elder; the first time is the end of the way home."""

    order_id: UUID
    care_visit: UUID
    starts_at: Instant


@command(key="discharge_id", roles=BY_POLICY)
def note_care_visit(
    cmd: NoteCareVisit, discharge: DischargeHome | None, ctx: Context
) -> DischargeHome | None:
    """As NoteCareRequest."""
    if discharge is not None:
        discharge.note_care_visit(cmd.order_id, cmd.care_visit, cmd.starts_at)
    return discharge


class NoteVerifiedVisit(Command):
    """Note that somebody vouches for a visit whose end the carer did not record."""

    care_visit: UUID


@command(roles=BY_POLICY)
def note_verified_visit(cmd: NoteVerifiedVisit, ctx: Context) -> DischargeHome | None:
    """The visit knows whose it is."""
    visit = ctx.matter(Visit, cmd.care_visit)
    if visit is None:
        return None
    discharge = ctx.matter(DischargeHome, discharge_id(visit.whose.elder))
    if discharge is not None:
        discharge.note_care_visit(visit.whose.order_id, visit.id, visit.starts_at)
    return discharge


class NoteCareEnd(DischargeCommand):
    """Note that an order of care ended."""

    order_id: UUID
    died: bool


@command(key="discharge_id", roles=BY_POLICY)
def note_care_end(
    cmd: NoteCareEnd, discharge: DischargeHome | None, ctx: Context
) -> DischargeHome | None:
    """As NoteCareRequest."""
    if discharge is not None:
        discharge.note_care_end(cmd.order_id, died=cmd.died)
    return discharge


class EndDischargeHome(DischargeCommand):
    """End a way home on which nobody is to come: the elder died, or is in hospital again."""

    reason: EndReason


@command(key="discharge_id", roles=BY_POLICY)
def end_discharge_home(
    cmd: EndDischargeHome, discharge: DischargeHome | None, ctx: Context
) -> DischargeHome | None:
    """As NoteCareRequest."""
    if discharge is not None:
        discharge.end_discharge_home(cmd.reason)
    return discharge


class RecallDischarge(DischargeCommand):
    """Take back what was sent under a consent that was withdrawn."""

    consent_id: UUID
    archive_id: UUID | None = Field(
        default=None, description="The archive in which it was withdrawn, if it was there"
    )


@command(key="discharge_id", roles=BY_POLICY)
def recall_discharge(
    cmd: RecallDischarge, discharge: DischargeHome | None, ctx: Context
) -> DischargeHome | None:
    """Also from one whose archive is merged into that of the consent, and who went home by it."""
    archive = ctx.matter(HealthArchive, cmd.archive_id) if cmd.archive_id else None
    merged = ctx.matters(HealthArchive, archive.merged if archive is not None else ())
    others = ctx.matters(DischargeHome, [discharge_id(a.subject) for a in merged if a is not None])
    for one in (discharge, *others):
        if one is not None:
            one.recall_discharge(cmd.consent_id)
    return discharge
