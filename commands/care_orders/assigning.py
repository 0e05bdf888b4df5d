"""Take a place with a provider, wait for one, go to another.

A place is taken from the provider and given to the order in one decision, so that the last bed goes
to one of those who ask for it at once. Who comes too late is told so and is on the waiting list.
"""

from datetime import date

from pydantic import Field

from commands.base import Context, Role, command
from commands.care_orders.access import OFFICE, elder_of, provider_of, require_family
from commands.care_orders.given import OrderCommand
from domain.care_orders import CareOrder, Mode, ProviderCapacity
from domain.care_orders.limits import LONGEST_NOTICE
from domain.care_orders.places import EVERY_DAY, Weekdays
from domain.care_orders.refusals import NoPlace, StartOutOfRange
from domain.care_orders.states import StopGround
from domain.shared.identifiers import Uscc
from domain.shared.instants import shanghai_date

FAMILY = {Role.CITIZEN, Role.AGENT, Role.OFFICER, Role.SYSTEM}


def days_of(order: CareOrder) -> Weekdays:
    """The days of the week on which the order needs its place."""
    return order.agreed.weekdays or EVERY_DAY


def waited_for(order: CareOrder, but: str, ctx: Context) -> ProviderCapacity | None:
    """Another provider for whom the order waits."""
    elsewhere = order.waiting_at is not None and order.waiting_at != but
    return provider_of(order.waiting_at or "", ctx) if elsewhere else None


class AssignProvider(OrderCommand):
    """Take a place with a provider. When none is free, the order is put on its waiting list."""

    provider: Uscc
    from_day: date | None = Field(
        default=None, description="First day, today or at most 30 days ahead; left out, today"
    )


@command(key="order_id", roles=FAMILY, department=OFFICE)
def assign_provider(cmd: AssignProvider, order: CareOrder, ctx: Context) -> None:
    """The first bed in the provider's own order; nobody overtakes who waits."""
    require_family(order, ctx)
    order.require_allowed("assign_provider")
    order.require_consent()
    today = shanghai_date(ctx.now)
    from_day = cmd.from_day or today
    if not today <= from_day <= today + LONGEST_NOTICE:
        raise StartOutOfRange(earliest=today, latest=today + LONGEST_NOTICE)
    provider = provider_of(cmd.provider, ctx)
    elsewhere = waited_for(order, cmd.provider, ctx)
    elder = elder_of(order.elder.subject, ctx)
    weekdays = days_of(order)
    provider.require_open()
    if not provider.has_place_for(order.id, order.mode, weekdays):
        if order.waiting_at is not None:
            raise NoPlace(position=provider.position(order.id))
        position = provider.join_queue(order.id, order.mode, weekdays)
        order.join_waiting_list(provider.uscc, position, turned_down=True)
        return
    place_no = provider.take_place(order.id, order.mode, weekdays)
    order.assign_provider(provider.uscc, place_no, from_day, calendar=ctx.calendar)
    if elsewhere is not None:
        elsewhere.leave_queue(order.id)
    if order.mode is Mode.INSTITUTION:
        elder.begin_stay(order.id, from_day)


class JoinWaitingList(OrderCommand):
    """Wait for a place with a provider that has none. An order waits for one provider."""

    provider: Uscc


@command(key="order_id", roles=FAMILY, department=OFFICE)
def join_waiting_list(cmd: JoinWaitingList, order: CareOrder, ctx: Context) -> None:
    """Leaves the list of another provider."""
    require_family(order, ctx)
    order.require_allowed("join_waiting_list")
    provider = provider_of(cmd.provider, ctx)
    elsewhere = waited_for(order, cmd.provider, ctx)
    position = provider.join_queue(order.id, order.mode, days_of(order))
    if elsewhere is not None:
        elsewhere.leave_queue(order.id)
    order.join_waiting_list(provider.uscc, position)


class TransferProvider(OrderCommand):
    """Go to another provider. The new place is taken before the old one is given back."""

    provider: Uscc


@command(key="order_id", roles=FAMILY, department=OFFICE)
def transfer_provider(cmd: TransferProvider, order: CareOrder, ctx: Context) -> None:
    """From today."""
    require_family(order, ctx)
    order.require_allowed("transfer_provider")
    provider = provider_of(cmd.provider, ctx)
    old = provider_of(order.assigned, ctx)
    order.require_consent()
    if provider is old:
        order.transfer_provider(cmd.provider, None)  # which says no
    place_no = provider.take_place(order.id, order.mode, days_of(order))
    order.transfer_provider(provider.uscc, place_no)
    old.release_place(order.id)


class ProposeTransfer(OrderCommand):
    """Tell a family that its provider may not go on."""

    ground: StopGround


@command(key="order_id", roles={Role.SYSTEM, Role.OFFICER}, department=OFFICE)
def propose_transfer(cmd: ProposeTransfer, order: CareOrder, ctx: Context) -> None:
    """Sent by a policy when a provider is stopped."""
    order.propose_transfer(cmd.ground)
