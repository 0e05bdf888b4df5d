"""Who offers what where: the companies that may get a ticket of a service in a district.

An event names the districts of one service, and a fold touches one row: so there is a pair of folds
for each district that ever had a number, which leaves the rows of other districts alone.
"""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from domain.help_center_tickets import MemberCompany
from domain.help_center_tickets.values import ItemCode
from domain.shared.address import Point
from domain.shared.districts import DIVISIONS, District
from domain.shared.identifiers import Uscc
from projections.base import Index, Row, fold

M = MemberCompany


class Candidates(Row, key=("item", "district", "uscc")):
    """One line per service, district and company that offers it there.

    ``base`` is where its people set out from, for the distance to a place (WGS-84). Its load,
    rating and standing are in ``member_companies``.
    """

    item: Annotated[ItemCode, Index]
    district: Annotated[District, Index]
    uscc: Annotated[Uscc, Index]
    company_id: UUID
    name: str
    base: Point | None = None


Folds = tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]


def folds_of(district: str) -> Folds:
    """The folds that open and close a service in one district."""

    def key(e: M.ServiceOffered | M.ServiceDropped) -> tuple[str, str, str]:
        return e.item, district, e.uscc

    @fold(Candidates, key=key)
    def offered(row: Candidates | None, e: M.ServiceOffered) -> Candidates | None:
        if district not in e.districts:
            return row
        return Candidates(
            item=e.item,
            district=district,
            uscc=e.uscc,
            company_id=e.id,
            name=e.name,
            base=e.base,
        )

    @fold(Candidates, key=key)
    def dropped(row: Candidates | None, e: M.ServiceDropped) -> Candidates | None:
        return None

    return offered, dropped


for _district in DIVISIONS:
    globals()[f"offered_in_{_district}"], globals()[f"dropped_in_{_district}"] = folds_of(_district)
