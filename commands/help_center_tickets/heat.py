"""Count tickets by service, district and hour. Huimin asks this itself, after each classification."""

from uuid import UUID

from commands.base import Command, Context, Role, command
from domain.help_center_tickets import TicketHeat
from domain.help_center_tickets.heat import hour_of
from domain.help_center_tickets.values import ItemCode
from domain.shared.districts import District
from domain.shared.instants import Instant


class CountOpening(Command):
    """Count one ticket into the hour in which it was opened."""

    heat_id: UUID
    item: ItemCode
    district: District
    opened_at: Instant


@command(key="heat_id", roles={Role.SYSTEM})
def count_opening(cmd: CountOpening, heat: TicketHeat | None, ctx: Context) -> TicketHeat:
    """Begins the counter with the first one."""
    if heat is not None:
        heat.count_opening(cmd.opened_at)
        return heat
    begun = TicketHeat.begin(
        TicketHeat.HeatCountBegun,
        id=cmd.heat_id,
        at=ctx.now,
        item=cmd.item,
        district=cmd.district,
        first_hour=hour_of(cmd.opened_at),
    )
    with begun.deciding(ctx.now):
        begun.count_opening(cmd.opened_at)
    return begun
