"""Propose a plan of care, accept it, decline it."""

from typing import Annotated

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from commands.base import Context, Role, command
from commands.care_orders.access import OFFICE, require_family
from commands.care_orders.given import Given, OrderCommand, ServiceCode, Text, each_once
from domain.care_orders import CareOrder, Mode
from domain.care_orders.services import SubsidyKind, Wanted
from domain.shared.checks import bad
from domain.shared.money import Fen
from domain.shared.personal import Personal


class ItemGiven(Given):
    """So many minutes of a service, so many times a week."""

    code: ServiceCode
    minutes: Annotated[int, Field(ge=5, le=480)]
    times_per_week: Annotated[int, Field(ge=1, le=21)]


class ProposePlan(OrderCommand):
    """Offer an elder this care. The price is that of a week by the price list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "order_id": "01970000-0000-7000-8000-000000000001",
                    "mode": "home",
                    "items": [{"code": "bathing-help", "minutes": 60, "times_per_week": 2}],
                    "price_fen": 12000,
                    "subsidy_kind": "home",
                }
            ]
        }
    )

    mode: Mode
    items: Annotated[tuple[ItemGiven, ...], Field(min_length=1, max_length=15)]
    price_fen: Fen
    subsidy_kind: SubsidyKind
    weekdays: Annotated[
        tuple[Annotated[int, Field(ge=1, le=7)], ...],
        Field(max_length=7, description="Days of a day centre, 1 is Monday; else left out"),
    ] = Field(default=(), validate_default=True)

    @field_validator("items")
    @classmethod
    def _each_once(cls, value: tuple[ItemGiven, ...]) -> tuple[ItemGiven, ...]:
        each_once(tuple(item.code for item in value))
        return value

    @field_validator("weekdays")
    @classmethod
    def _for_a_day_centre(cls, value: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        mode = info.data.get("mode")
        if mode is not None and (mode is Mode.DAY_CARE) != bool(value):
            bad("weekdays-wrong", "A day centre has days of the week, other modes have none")
        return value


@command(key="order_id", roles={Role.OFFICER}, department=OFFICE)
def propose_plan(cmd: ProposePlan, order: CareOrder, ctx: Context) -> None:
    """By a coordinator of the office."""
    order.propose_plan(
        cmd.mode,
        tuple(Wanted(**item.model_dump()) for item in cmd.items),
        price_fen=cmd.price_fen,
        subsidy_kind=cmd.subsidy_kind,
        weekdays=tuple(sorted(set(cmd.weekdays))),
        by=ctx.actor,
    )


class AcceptPlan(OrderCommand):
    """Agree to the plan and its price."""


@command(key="order_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER}, department=OFFICE)
def accept_plan(cmd: AcceptPlan, order: CareOrder, ctx: Context) -> None:
    """By the elder or the guardian, also at the office."""
    require_family(order, ctx)
    order.accept_plan()


class DeclinePlan(OrderCommand):
    """Ask for another plan."""

    reason: Personal[Text] | None = None


@command(key="order_id", roles={Role.CITIZEN, Role.AGENT, Role.OFFICER}, department=OFFICE)
def decline_plan(cmd: DeclinePlan, order: CareOrder, ctx: Context) -> None:
    """By the elder or the guardian, also at the office."""
    require_family(order, ctx)
    order.decline_plan(cmd.reason)
