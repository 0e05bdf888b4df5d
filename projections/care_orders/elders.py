"""What stands of an elder whatever the order, by reference only: orders, whereabouts, subsidies."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from domain.care_orders import Elder, Mode
from domain.care_orders.people import month_of
from domain.care_orders.services import SubsidyKind
from domain.shared.identifiers import SubjectRef
from domain.shared.personal import Sensitive
from projections.base import Index, Row, fold


class CareElder(Row, key="elder_id", main=True):
    """One line per elder; ``orders`` are the live ones by mode."""

    elder_id: UUID
    elder: Annotated[SubjectRef, Index]
    orders: Mapping[str, UUID]
    resident_since: Annotated[date | None, Index] = None
    in_hospital: Sensitive[bool] = False
    died_on: Annotated[date | None, Index] = None


@fold(CareElder)
def elder_entered(row: None, e: Elder.ElderEntered) -> CareElder:
    return CareElder(elder_id=e.id, elder=e.elder, orders={e.mode.value: e.order_id})


@fold(CareElder)
def order_opened(row: CareElder, e: Elder.OrderOpened) -> CareElder:
    return row.replace(orders={**row.orders, e.mode.value: e.order_id})


@fold(CareElder)
def order_closed(row: CareElder, e: Elder.OrderClosed) -> CareElder:
    left = {mode: id for mode, id in row.orders.items() if id != e.order_id}
    since = None if e.mode is Mode.INSTITUTION else row.resident_since
    return row.replace(orders=left, resident_since=since)


@fold(CareElder)
def stay_began(row: CareElder, e: Elder.StayBegan) -> CareElder:
    return row.replace(resident_since=e.from_day)


@fold(CareElder)
def in_hospital(row: CareElder, e: Elder.ElderAdmitted | Elder.ElderDischarged) -> CareElder:
    return row.replace(in_hospital=isinstance(e, Elder.ElderAdmitted))


@fold(CareElder)
def death_noted(row: CareElder, e: Elder.DeathNoted) -> CareElder:
    return row.replace(died_on=e.on)


# --- subsidies ---------------------------------------------------------------------------------


class CareSubsidy(Row, key=("elder", "month", "kind")):
    """One line per elder, month and kind: what the city pays, of which order's visits."""

    elder: Annotated[SubjectRef, Index]
    month: Annotated[str, Index]
    kind: Annotated[SubsidyKind, Index]
    order_id: UUID
    visits: int = 0
    subsidy_fen: int = 0


def of_the_month(e: Elder.SubsidyGranted | Elder.SubsidyReturned) -> tuple[str, str, SubsidyKind]:
    """Key of a grant: the month of the visit's day."""
    return e.elder, month_of(e.grant.day), e.grant.kind


@fold(CareSubsidy, key=of_the_month)
def subsidy_granted(row: CareSubsidy | None, e: Elder.SubsidyGranted) -> CareSubsidy:
    elder, month, kind = of_the_month(e)
    now = row or CareSubsidy(elder=elder, month=month, kind=kind, order_id=e.grant.order_id)
    return now.replace(
        order_id=e.grant.order_id,
        visits=now.visits + 1,
        subsidy_fen=now.subsidy_fen + e.grant.subsidy_fen,
    )


@fold(CareSubsidy, key=of_the_month)
def subsidy_returned(row: CareSubsidy, e: Elder.SubsidyReturned) -> CareSubsidy:
    return row.replace(visits=row.visits - 1, subsidy_fen=row.subsidy_fen - e.grant.subsidy_fen)
