"""The process of a return: what each step needs, when it is late, and what the buyer reads."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from commands.base import Command
from commands.parcel_return import (
    BeginParcelReturn,
    RecordGoodsBack,
    RecordLimitBack,
    RecordRefusal,
    RecordTaxBack,
)
from commands.policies.parcel_return import follow_the_return
from domain.customs_declarations import CustomsDeclaration, Enterprise, PersonQuota
from domain.customs_declarations.returning import RefusalGround
from domain.parcel_return import (
    AmountDiffers,
    ParcelReturn,
    PlatformReceipt,
    State,
    Step,
    StepNotExpected,
    parcel_return_id,
)
from domain.shared.clocks import Phase
from domain.shared.refusals import NotFound, NotInState
from projections.parcel_return import ParcelReturns
from tests import customs as c
from tests.projections.rows import rows_of
from tests.scenario import ANY, HUIMIN, Scenario, given, happened, shanghai
from tests.scenario import Step as Asked

ORDER = c.order_id()
RETURN = parcel_return_id(ORDER)
TAX, VALUE = 23_059, 100_000
ARRIVE_BY = shanghai("2026-04-17T00:00")
OUT = (
    *c.ENTERPRISES,
    *c.documents(),
    c.matching(),
    c.declared(),
    c.released(shanghai("2026-03-02T10:00")),
)
FOLLOWED = ("match-documents", "parcel-return")


def asked(command: Command) -> Asked:
    return Asked(command, HUIMIN)


def begun(tax_fen: int = TAX, value_fen: int = VALUE) -> Asked:
    command = BeginParcelReturn(
        declaration_id=ORDER,
        ebp_code=c.PLATFORM,
        order_no="A-1",
        tax_fen=tax_fen,
        value_fen=value_fen,
        arrive_by=ARRIVE_BY,
    )
    return asked(command)


def goods_back() -> Asked:
    return asked(RecordGoodsBack(declaration_id=ORDER))


def tax_back(fen: int = TAX) -> Asked:
    return asked(RecordTaxBack(declaration_id=ORDER, tax_fen=fen))


def limit_back(fen: int = VALUE) -> Asked:
    return asked(RecordLimitBack(declaration_id=ORDER, value_fen=fen))


def refused(ground: RefusalGround = RefusalGround.LATE) -> Asked:
    return asked(RecordRefusal(declaration_id=ORDER, ground=ground))


BEGUN = (*OUT, begun())
BACK = (*BEGUN, goods_back())
DONE = (*BACK, tax_back(), limit_back())
REFUSED = (*BEGUN, refused())


def parcel(scenario: Scenario) -> ParcelReturn:
    assert isinstance(scenario.matter, ParcelReturn)
    return scenario.matter


def row(events: Any) -> ParcelReturns:
    return rows_of(ParcelReturns, events)[RETURN]


def receipt(code: int = 399, **changes: Any) -> PlatformReceipt:
    fields: dict[str, Any] = {
        "ebp_code": c.PLATFORM,
        "order_no": "A-1",
        "tax_not_levied_fen": TAX,
        "quota_restored_fen": VALUE,
        "ground": None,
        **changes,
    }
    return PlatformReceipt(code=code, **fields)


# --- every state and command -------------------------------------------------------------------

COMMANDS: dict[str, Callable[[], Asked]] = {
    "begin-parcel-return": begun,
    "record-goods-back": goods_back,
    "record-tax-back": tax_back,
    "record-limit-back": limit_back,
    "record-refusal": refused,
}
ENDED = {"begin-parcel-return"}
# Where the process may stand, and what it takes there; the rest of an open one is not expected.
PLACES: dict[str, tuple[tuple[Asked, ...], State, set[str]]] = {
    "waiting for the goods": (BEGUN, State.OPEN, {"record-goods-back", "record-refusal"}),
    "goods back": (BACK, State.OPEN, {"record-tax-back", "record-limit-back"}),
    "tax back": ((*BACK, tax_back()), State.OPEN, {"record-limit-back"}),
    "limit back": ((*BACK, limit_back()), State.OPEN, {"record-tax-back"}),
    "done": (DONE, State.DONE, ENDED),
    "refused": (REFUSED, State.REFUSED, ENDED),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_step_is_taken_where_it_is_due_and_nowhere_else(name: str, place: str) -> None:
    steps, state, takes = PLACES[place]
    scenario = given(*steps)
    assert parcel(scenario).state is state
    before = parcel(scenario).version
    answer = scenario.when(COMMANDS[name]())
    if name in takes:
        assert answer.decision is not None
        assert answer.decision.events
    else:
        in_state = state is State.OPEN and name != "begin-parcel-return"
        assert isinstance(answer.refused, StepNotExpected if in_state else NotInState)
        assert parcel(scenario).version == before


def test_the_table_has_every_command_and_every_state() -> None:
    assert {n.replace("_", "-") for n in ParcelReturn.actions} == set(COMMANDS)
    assert {state for _, state, _ in PLACES.values()} == set(State)


# --- steps -------------------------------------------------------------------------------------


def test_the_last_of_tax_and_limit_tells_the_platform_and_ends_it() -> None:
    scenario = given(*BACK, tax_back())
    scenario.when(limit_back()).then(
        happened(ParcelReturn.LimitGivenBack, value_fen=VALUE),
        happened(ParcelReturn.PlatformTold, receipt=receipt(), clocks=ANY),
    )
    assert scenario.clock("parcel-return").phase is Phase.STOPPED
    assert row(scenario.happened).waits_for == ()


def test_nothing_is_given_back_without_the_goods_nor_more_than_they_carry() -> None:
    scenario = given(*BEGUN)
    scenario.when(tax_back()).then_refused(StepNotExpected(step=Step.TAX))
    scenario.when(limit_back()).then_refused(StepNotExpected(step=Step.LIMIT))
    scenario.run(goods_back())
    scenario.when(tax_back(TAX + 1)).then_refused(
        AmountDiffers(step=Step.TAX, expected_fen=TAX, given_fen=TAX + 1)
    )


@pytest.mark.parametrize(
    ("tax_fen", "value_fen", "then"),
    [(0, VALUE, (limit_back(),)), (TAX, 0, (tax_back(),)), (0, 0, ())],
)
def test_what_the_goods_do_not_carry_nobody_waits_for(
    tax_fen: int, value_fen: int, then: tuple[Asked, ...]
) -> None:
    scenario = given(*OUT, begun(tax_fen, value_fen), goods_back(), *then)
    assert parcel(scenario).state is State.DONE


def test_a_refusal_is_told_to_the_platform_and_the_buyer_reads_why() -> None:
    scenario = given(*BEGUN)
    scenario.when(refused()).then(
        happened(ParcelReturn.ReturnTurnedDown, ground=RefusalGround.LATE),
        happened(
            ParcelReturn.PlatformTold,
            receipt=receipt(
                100, tax_not_levied_fen=0, quota_restored_fen=0, ground=RefusalGround.LATE
            ),
            clocks=ANY,
        ),
    )
    page = row(scenario.happened)
    assert (page.buyer, page.state, page.refused) == (c.subject(), State.REFUSED, "late")
    assert page.why_zh is not None
    assert "45日" in page.why_zh


def test_a_return_of_an_order_that_customs_does_not_know_is_none() -> None:
    given(*c.ENTERPRISES).when(begun()).then_refused(NotFound())
    # a list that came to nothing gives tax and limit back too
    for step in (tax_back(), limit_back()):
        given(*OUT).when(step).then()


def test_another_part_of_the_order_begins_it_again() -> None:
    scenario = given(*REFUSED)
    scenario.when(begun(5, 50)).then(
        happened(ParcelReturn.ReturnBegunAgain, tax_fen=5, value_fen=50, clocks=ANY)
    )
    page = row(scenario.happened)
    assert (page.parts, page.state, page.refused, page.why_en) == (2, State.OPEN, None, None)
    assert (page.waits_on, page.tax_fen) == ("buyer", 5)
    scenario.after(goods_back(), tax_back(5), limit_back(50))
    assert row(scenario.happened).state is State.DONE


# --- following customs -------------------------------------------------------------------------


def harbour(*steps: Asked) -> c.Harbour:
    """A harbour in which the process follows what customs decides."""
    return c.Harbour(policies=FOLLOWED).play(*c.ENTERPRISES, *steps)


def released(at: str) -> c.Harbour:
    """Goods that were released on that day and are to come back."""
    day = shanghai(f"{at}T10:00")
    town = c.Harbour(now=day - timedelta(hours=2), policies=FOLLOWED).play(*c.ENTERPRISES)
    town.play(*c.documents(), c.declared(), c.released(day), c.return_applied())
    return town


def process(town: c.Harbour) -> ParcelReturn:
    matter = town.matters[RETURN]
    assert isinstance(matter, ParcelReturn)
    return matter


def settled(town: c.Harbour, at: str) -> list[str]:
    """What the scheduler records of the process at an instant."""
    matter = process(town)
    with matter.deciding(shanghai(at)):
        matter.settle()
    events: Any = list(matter.collect_events())
    town.happened += events
    return [type(e).__name__ for e in events]


def test_the_process_follows_each_of_customs_decisions_once() -> None:
    town = released("2026-03-02").play(c.arrived())
    asked_for = [
        follow_the_return(e)
        for e in town.happened
        if isinstance(
            e,
            CustomsDeclaration.ReturnApplied
            | CustomsDeclaration.ReturnCompleted
            | Enterprise.GuaranteeFreed
            | PersonQuota.QuotaRestored,
        )
    ]
    assert asked_for[:2] == [begun().command, goods_back().command]
    assert {str(one) for one in asked_for[2:]} == {
        str(tax_back().command),
        str(limit_back().command),
    }
    assert process(town).state is State.DONE
    (told,) = town.of(ParcelReturn.PlatformTold)
    assert told.receipt == receipt()


@pytest.mark.parametrize("ground", list(RefusalGround))
def test_goods_that_are_late_or_others_end_it_with_nothing_given_back(
    ground: RefusalGround,
) -> None:
    late = ground is RefusalGround.LATE
    at = shanghai("2026-04-17T00:01") if late else None
    town = released("2026-03-02").play(c.arrived(original=late, at=at))
    assert (process(town).state, row(town.happened).refused) == (State.REFUSED, ground)
    assert town.of(ParcelReturn.TaxGivenBack) == []
    assert town.of(PersonQuota.QuotaRestored) == []


def test_tax_that_is_paid_and_lists_that_come_to_nothing_are_no_return() -> None:
    paid = harbour(*c.RELEASED, c.tax_paid(at=shanghai("2026-04-10T09:00")))
    (freed,) = paid.of(Enterprise.GuaranteeFreed)
    assert follow_the_return(freed) is None
    (restored,) = harbour(*c.DECLARED, c.cancelled()).of(PersonQuota.QuotaRestored)
    assert follow_the_return(restored) is None
    cancelled = harbour(*c.DECLARED, c.receipt(399), c.cancelled())
    assert RETURN not in cancelled.matters


def test_three_parts_of_an_order_give_back_what_it_carried() -> None:
    town = harbour(*c.documents(c.item(33_333, qty=3), tax_fen=0), c.declared())
    town.play(c.released(c.BEGIN + timedelta(hours=1)))
    for _ in range(3):
        town.play(c.return_applied((1, 1)), c.arrived())
    receipts = [e.receipt for e in town.of(ParcelReturn.PlatformTold)]
    assessment = town.declaration().out().assessment
    assert [r.code for r in receipts] == [399] * 3
    assert sum(r.tax_not_levied_fen for r in receipts) == assessment.tax_fen
    assert sum(r.quota_restored_fen for r in receipts) == assessment.value_fen
    assert row(town.happened).parts == 3


# --- the 45 days -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("released_on", "due", "escalated"),
    [
        # an ordinary Thursday
        ("2026-03-02", "2026-04-17T00:00", "2026-04-20T17:30"),
        # day 45 is Saturday 18 April: the Monday after it counts
        ("2026-03-04", "2026-04-21T00:00", "2026-04-22T17:30"),
        # day 45 is 2 October, in the holiday that ends on the 7th; Saturday the 10th is worked
        ("2026-08-18", "2026-10-09T00:00", "2026-10-10T17:30"),
        # day 45 is that Saturday itself, which is worked: nothing moves
        ("2026-08-26", "2026-10-11T00:00", "2026-10-12T17:30"),
    ],
)
def test_the_45_days_end_on_a_day_that_is_worked(
    released_on: str, due: str, escalated: str
) -> None:
    """Civil Code art. 201, 203."""
    clock = process(released(released_on)).clocks["parcel-return"]
    assert clock.due_at == shanghai(due)
    assert clock.escalate_at == shanghai(escalated)


def test_a_return_is_late_after_the_45_days_and_brought_before_supervision_once() -> None:
    town = released("2026-08-18")
    assert settled(town, "2026-10-09T00:00") == []
    assert settled(town, "2026-10-09T00:01") == ["ClockBreached"]
    assert settled(town, "2026-10-10T17:30") == []
    assert (row(town.happened).late, row(town.happened).escalated) == (True, False)
    assert settled(town, "2026-10-10T17:31") == ["ClockEscalated"]
    assert settled(town, "2026-10-20T09:00") == []
    assert row(town.happened).escalated


def test_what_is_refused_in_the_instant_it_is_late_is_not_brought_before_supervision() -> None:
    town = released("2026-03-02").play(c.return_refused(at=shanghai("2026-04-17T00:01")))
    assert row(town.happened).late
    assert settled(town, "2026-05-20T09:00") == []


def test_goods_that_come_back_on_the_last_day_are_in_time() -> None:
    town = released("2026-08-18").play(c.arrived(at=shanghai("2026-10-08T23:59")))
    assert (process(town).state, row(town.happened).late) == (State.DONE, False)
    assert settled(town, "2026-12-01T09:00") == []


def test_what_waits_for_whom_is_shown() -> None:
    town = released("2026-03-02")
    page = row(town.happened)
    assert (page.waits_on, page.waits_for) == ("buyer", tuple(Step))
    assert page.arrive_by == ARRIVE_BY
    page = row([*town.happened, *given(*BACK).happened[-1:]])
    assert (page.waits_on, page.waits_for) == ("customs", tuple(Step)[1:])
    town.play(c.arrived())
    page = row(town.happened)
    assert (page.waits_on, page.told_at) == ("nobody", town.now)
