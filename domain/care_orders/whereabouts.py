"""What a visit knows of whom it is for and where, and what shows that a carer was there."""

from datetime import datetime
from uuid import UUID

from domain.care_orders.people import Value
from domain.care_orders.services import SubsidyKind
from domain.care_orders.states import Mode
from domain.shared.address import Address, Point
from domain.shared.districts import District
from domain.shared.identifiers import PersonName, SubjectRef, Uscc
from domain.shared.money import Fen
from domain.shared.personal import Personal, Sensitive


class Whose(Value):
    """What never changes of a visit: for whom it is, by whom, and on which terms."""

    order_id: UUID
    elder: SubjectRef
    mode: Mode
    district: District
    provider: Uscc
    subsidy_kind: SubsidyKind
    month_subsidy_fen: Fen


class Where(Value):
    """Where the carer is to be, and whom to look for there."""

    name: Personal[PersonName]
    address: Personal[Address]
    point: Sensitive[Point]
    tag: Personal[str] | None


class Presence(Value):
    """What shows that a carer was there: ``at`` is when; ``skewed``: the device's clock is off."""

    at: datetime
    point: Sensitive[Point] | None
    offline: bool
    skewed: bool


class Seen(Value):
    """How a carer says where and when he is; ``at`` is believed only of an offline device."""

    at: datetime
    device_time: datetime
    point: Point | None
    tag: str | None
    offline: bool
