"""How many elders are cared for in each district and mode, against the city's plan."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from domain.care_orders import CareOrder, Mode, OrderState
from domain.shared.districts import District
from projections.base import Index, Row, fold

TARGETS: Mapping[Mode, int] = MappingProxyType(
    {Mode.INSTITUTION: 10_000, Mode.DAY_CARE: 50_000, Mode.HOME: 100_000}
)
"""The plan's numbers for the whole city."""

FEWEST_SHOWN = 5


class Coverage(Row, key=("district", "mode")):
    """One line per district and mode. ``served`` counts orders with a provider, resting ones too.

    ``shown`` is for statistics: below five it is ``<5``. ``city_target`` is the whole city's.
    """

    district: Annotated[District, Index]
    mode: Annotated[Mode, Index]
    served: int = 0
    shown: str = "<5"
    resting: int = 0
    city_target: int

    def plus(self, served: int, resting: int = 0) -> "Coverage":
        """This row with more, or less."""
        now = self.served + served
        return self.replace(
            served=now,
            shown=str(now) if now >= FEWEST_SHOWN else f"<{FEWEST_SHOWN}",
            resting=self.resting + resting,
        )


def where(e: Any) -> tuple[str, Mode]:
    """Key of an order's events."""
    return e.district, e.mode


@fold(Coverage, key=where)
def served(row: Coverage | None, e: CareOrder.ProviderAssigned) -> Coverage:
    row = row or Coverage(district=e.district, mode=e.mode, city_target=TARGETS[e.mode])
    return row.plus(1)


@fold(Coverage, key=where)
def resting(row: Coverage, e: CareOrder.CareSuspended | CareOrder.CareResumed) -> Coverage:
    return row.plus(0, 1 if isinstance(e, CareOrder.CareSuspended) else -1)


@fold(Coverage, key=where)
def ended(row: Coverage | None, e: CareOrder.CareEnded | CareOrder.CareRecalled) -> Coverage | None:
    if row is None or e.was not in (OrderState.ACTIVE, OrderState.SUSPENDED):
        return row
    return row.plus(-1, -1 if e.was is OrderState.SUSPENDED else 0)
