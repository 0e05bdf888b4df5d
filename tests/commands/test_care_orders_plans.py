"""Plans: what an elder is offered, at which price, and what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from commands.care_orders.planning import ProposePlan
from domain.care_orders import CareOrder, Mode, OrderState
from domain.care_orders.refusals import (
    GradeExpired,
    ModeNotAllowed,
    PlanExceedsEntitlement,
    PriceMismatch,
    ServiceNotInMode,
    SubsidyNotAllowed,
)
from domain.care_orders.services import SubsidyKind, half_up
from tests import care as c
from tests import visits as v
from tests.scenario import ANY, Step, given, happened, shanghai

TODAY = date(2026, 3, 2)
INSTITUTION, DAY = Mode.INSTITUTION, Mode.DAY_CARE


# --- plans -------------------------------------------------------------------------------------


def test_a_plan_is_priced_line_by_line_and_half_up() -> None:
    """8,333 fen an hour for 25 minutes are 3,472.08; 50 % of 3,472 are 1,736."""
    items = (c.item("exercise", 25, 2), c.item("bathing-help", 45, 1))
    plan = v.order_in(given(*c.ASSESSED, c.proposed(*items))).agreed
    assert [line.price_fen for line in plan.items] == [3_472, 4_500]
    assert [line.subsidy_fen for line in plan.items] == [1_736, 2_250]
    assert all(line.price_fen == line.own_fen + line.subsidy_fen for line in plan.items)
    assert plan.price_fen == 2 * 3_472 + 4_500 == plan.own_part_fen + plan.subsidy_fen


@pytest.mark.parametrize(("numerator", "rounded"), [(9, 1), (10, 1), (29, 1), (30, 2), (31, 2)])
def test_half_a_fen_is_rounded_up(numerator: int, rounded: int) -> None:
    assert half_up(numerator, 20) == rounded - (numerator < 10)


def test_accepting_tells_the_sums() -> None:
    given(*c.ASSESSED, c.proposed()).when(c.accepted()).then(
        happened(
            CareOrder.PlanAccepted,
            mode=Mode.HOME,
            items=ANY,
            own_part_fen=15_000,
            subsidy_fen=15_000,
        )
    )


def test_a_declined_plan_leaves_the_grade() -> None:
    scenario = given(*c.ASSESSED, c.proposed(), c.declined())
    assert v.order_in(scenario).state is OrderState.ASSESSED
    assert scenario.when(c.proposed()).refused is None


@pytest.mark.parametrize(
    ("total", "step", "refused"),
    [
        (40, c.proposed(mode=DAY), ModeNotAllowed(mode="day-care")),
        (
            40,
            c.proposed(c.item("bathing-help", 300, 5)),
            PlanExceedsEntitlement(minutes=1_500, entitled=1_200),
        ),
        (40, c.proposed(c.item("stay", 60, 1)), ServiceNotInMode(services=("stay",))),
        (80, c.proposed(c.item("cleaning", 60, 1)), SubsidyNotAllowed(subsidy_kind="home")),
        (
            40,
            c.proposed(subsidy_kind=SubsidyKind.DAY_CARE),
            SubsidyNotAllowed(subsidy_kind="day-care"),
        ),
        (40, c.proposed(price_fen=1), PriceMismatch(price_fen=30_000)),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(total: int, step: Step, refused: Any) -> None:
    given(c.requested(), c.assessed(total)).when(step).then_refused(refused)


def test_an_institution_is_not_for_who_is_nearly_well() -> None:
    steps = (c.requested(mode=INSTITUTION), c.assessed(80))
    given(*steps).when(c.proposed(mode=INSTITUTION)).then_refused(
        ModeNotAllowed(mode="institution")
    )


def test_without_a_subsidy_the_elder_pays_all() -> None:
    scenario = given(c.requested(), c.assessed(80))
    step = c.proposed(c.item("cleaning", 60, 1), subsidy_kind=SubsidyKind.NONE)
    assert scenario.when(step).refused is None
    assert v.order_in(scenario).agreed.own_part_fen == 3_000


def test_a_grade_is_too_old_after_twelve_months() -> None:
    scenario = given(*c.ASSESSED)
    late = shanghai("2027-03-03T00:00")
    scenario.when(c.proposed(at=late)).then_refused(GradeExpired(valid_until=late))
    assert scenario.when(c.proposed(at=late - timedelta(seconds=1))).refused is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"weekdays": (1,)}, "weekdays-wrong"),
        ({"mode": DAY}, "weekdays-wrong"),
        ({"mode": DAY, "weekdays": (8,)}, "less_than_equal"),
        ({"items": (c.item(), c.item())}, "service-twice"),
        ({"items": ({"code": "magic", "minutes": 60, "times_per_week": 1},)}, "service-unknown"),
        ({"items": ()}, "too_short"),
        ({"price_fen": 1.5}, "int_from_float"),
    ],
)
def test_a_bad_plan_is_refused_at_the_door(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as error:
        ProposePlan.model_validate({**c.proposed().command.model_dump(), **changes}, strict=False)
    assert error.value.errors()[0]["type"] == code
