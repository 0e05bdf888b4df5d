"""What the read models of customs declarations say after a piece of an order's life."""

from datetime import date, timedelta

import pytest

from commands.customs_declarations import supervising, tracing
from domain.customs_declarations import State
from domain.customs_declarations.enterprise import EnterpriseState
from domain.customs_declarations.returning import RefusalGround
from domain.customs_declarations.tracing import Finding
from domain.shared.personal import personal_fields
from infra.discovery import discover
from projections.base import Row
from projections.customs_declarations.desk import MatchDesk
from projections.customs_declarations.enterprises import CustomsEnterprises
from projections.customs_declarations.quota import QuotaBalance
from projections.customs_declarations.status import DeclarationStatus
from projections.customs_declarations.stock import StockLedger
from projections.customs_declarations.tax import TaxLedger
from projections.customs_declarations.trace import Trace, TracedOrders
from projections.customs_declarations.trade import ImportsByMonth
from tests import customs as c
from tests.projections.rows import rows_of
from tests.scenario import Step, shanghai

DAY = date(2026, 3, 2)
HOUR = timedelta(hours=1)
LATER = shanghai("2026-04-03T09:00")


def status(*steps: Step) -> DeclarationStatus:
    return rows_of(DeclarationStatus, c.harbour(*steps).happened)[c.order_id()]


def desk(*steps: Step) -> dict[object, MatchDesk]:
    return rows_of(MatchDesk, c.harbour(*steps).happened)


def balance(*steps: Step) -> QuotaBalance:
    return rows_of(QuotaBalance, c.harbour(*steps).happened)[c.subject(), 2026]


def ledger(*steps: Step) -> TaxLedger:
    return rows_of(TaxLedger, c.harbour(*steps).happened)[c.AGENT, DAY]


# --- status ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "state", "held_by"),
    [
        ((c.order(),), State.COLLECTING, "platform"),
        ((c.order(), c.payment(1), c.waybill()), State.MISMATCHED, "platform"),
        (c.documents(), State.MATCHED, "agent"),
        (c.DECLARED, State.DECLARED, "customs"),
        ((*c.DECLARED, c.receipt(120)), State.ACCEPTED, "customs"),
        ((*c.DECLARED, c.receipt(300)), State.REVIEWING, "customs"),
        ((*c.DECLARED, c.receipt(100)), State.MATCHED, "agent"),
        ((*c.DECLARED, c.receipt(500)), State.INSPECTING, "customs"),
        ((*c.DECLARED, c.receipt(599)), State.DETAINED, "customs"),
        ((*c.DECLARED, c.receipt(399)), State.CLEARED, "customs"),
        (c.RELEASED, State.RELEASED, "carrier"),
        ((*c.DECLARED, c.receipt(500), c.receipt(700)), State.RETURNED_ABROAD, "nobody"),
        ((*c.DECLARED, c.cancelled()), State.CANCELLED, "nobody"),
        ((*c.RELEASED, c.return_applied()), State.RETURN_OPEN, "buyer"),
        ((*c.RELEASED, c.return_applied(), c.arrived()), State.RETURNED, "nobody"),
        ((*c.RELEASED, c.tax_paid(at=LATER)), State.SETTLED, "buyer"),
        ((*c.RELEASED, c.tax_paid(at=LATER), c.closed()), State.CLOSED, "nobody"),
    ],
)
def test_the_status_tells_the_state_and_who_has_the_parcel(
    steps: tuple[Step, ...], state: State, held_by: str
) -> None:
    row = status(*steps)
    assert (row.state, row.held_by) == (state, held_by)
    assert row.state is c.harbour(*steps).declaration().state


def test_the_status_names_numbers_amounts_and_the_buyer_by_reference() -> None:
    row = status(*c.RELEASED)
    assert (row.buyer, row.agent_code, row.ebp_code) == (c.subject(), c.AGENT, c.PLATFORM)
    assert (row.value_fen, row.tax_fen, row.mode) == (100_000, 23_059, "9610")
    assert (row.cop_no, row.logistics_no) == ("cop-1", "way-A-1")
    assert row.released_at == c.BEGIN + HOUR
    assert row.return_until == shanghai("2026-04-02T00:00")
    assert row.tax_due_at == shanghai("2026-04-17T00:00")


def test_every_receipt_is_shown_ignored_ones_too() -> None:
    row = status(*c.DECLARED, c.receipt(120), c.receipt(120), c.released(c.BEGIN + HOUR))
    assert row.receipts == (120, 120, 800)


def test_a_technical_fault_shows_until_customs_answers() -> None:
    assert status(*c.DECLARED, c.receipt(-621)).technical_fault == -621
    assert status(*c.DECLARED, c.receipt(-621), c.receipt(120)).technical_fault is None


def test_the_buyers_page_says_why_a_return_was_refused() -> None:
    late = (c.return_applied(), c.arrived(at=shanghai("2026-04-20T09:00")))
    row = status(*c.RELEASED, *late)
    assert row.return_refused is RefusalGround.LATE
    assert row.arrive_by is None


def test_an_alarm_shows() -> None:
    harbour = c.harbour(*c.DECLARED)
    harbour.settle(c.BEGIN + 3 * HOUR)
    assert rows_of(DeclarationStatus, harbour.happened)[c.order_id()].alarm == "breached"


# --- desk --------------------------------------------------------------------------------------


def test_the_desk_says_what_is_missing() -> None:
    row = desk(c.waybill())[c.order_id()]
    assert (row.missing, row.differing) == (("order", "payment"), ())
    assert row.due_at is not None


def test_the_desk_names_differing_fields_without_values() -> None:
    row = desk(c.order(), c.payment(1), c.waybill())[c.order_id()]
    assert (row.state, row.missing) == (State.MISMATCHED, ())
    assert row.differing == ("payment.amount_fen",)


def test_what_matches_leaves_the_desk_for_good() -> None:
    assert desk(*c.documents()) == {}
    harbour = c.harbour(*c.RELEASED)
    harbour.settle(shanghai("2026-06-01T09:00"))
    assert rows_of(MatchDesk, harbour.happened) == {}


def test_the_desk_shows_who_is_late() -> None:
    harbour = c.harbour(c.order())
    harbour.settle(c.BEGIN + 25 * HOUR)
    assert rows_of(MatchDesk, harbour.happened)[c.order_id()].late


# --- quota, tax, stock -------------------------------------------------------------------------


def test_the_buyer_sees_what_remains_of_the_year() -> None:
    row = balance(c.used_elsewhere(1_000_000), *c.DECLARED)
    assert (row.reserved_fen, row.used_fen, row.remainder_fen) == (100_000, 0, 1_500_000)
    row = balance(*c.RELEASED)
    assert (row.reserved_fen, row.used_fen, row.remainder_fen) == (0, 100_000, 2_500_000)
    row = balance(*c.RELEASED, c.return_applied(), c.arrived())
    assert (row.reserved_fen, row.used_fen, row.remainder_fen) == (0, 0, 2_600_000)
    row = balance(*c.DECLARED, c.receipt(100))
    assert (row.reserved_fen, row.used_fen, row.remainder_fen) == (0, 0, 2_600_000)


def test_the_ledger_of_an_agent_tells_due_paid_and_not_levied() -> None:
    row = ledger(*c.DECLARED)
    assert (row.due_fen, row.paid_fen, row.unpaid_fen) == (23_059, 0, 23_059)
    assert row.guarantee_fen == 100_000_000
    row = ledger(*c.RELEASED, c.tax_paid(at=LATER))
    assert (row.due_fen, row.paid_fen, row.unpaid_fen) == (23_059, 23_059, 0)
    row = ledger(*c.DECLARED, c.cancelled())
    assert (row.due_fen, row.not_levied_fen, row.unpaid_fen) == (0, 23_059, 0)


def test_the_stock_ledger_is_what_the_matter_says() -> None:
    harbour = c.harbour(c.stocked(5), *c.documents(c.item(qty=3)), c.declared(ledger=((1, 1),)))
    harbour.play(c.released(c.BEGIN + HOUR), c.return_applied((1, 2)), c.arrived())
    (row,) = rows_of(StockLedger, harbour.happened).values()
    stock = harbour.stock()
    assert (row.free, row.reserved, row.shipped) == (stock.free, stock.reserved, stock.shipped)
    assert (row.free, row.reserved, row.shipped, row.written_off) == (4, 0, 1, 0)


# --- trace, trade, enterprises -----------------------------------------------------------------


def inspected() -> Step:
    command = tracing.RecordInspection(
        trace_code=c.TRACE, finding=Finding.SOUND, report_no="r-1", on=DAY
    )
    return Step(command, c.CUSTOMS)


def test_a_trace_code_tells_origin_inspections_and_recall() -> None:
    harbour = c.harbour(c.batch_registered(), inspected(), c.recalled())
    row = rows_of(Trace, harbour.happened)[c.TRACE]
    assert (row.origin, row.batch_no) == ("FRA", "b-1")
    assert row.inspections == ("2026-03-02 customs sound",)
    assert (row.recalled, row.recalled_by) == (True, "market-regulation")


def test_the_buyers_of_a_batch_are_found_by_reference() -> None:
    goods = c.documents(c.item(qty=2, trace_code=c.TRACE), c.item(5_000))
    harbour = c.harbour(*goods, c.declared(), c.released(c.BEGIN + HOUR))
    rows = rows_of(TracedOrders, harbour.happened)
    assert set(rows) == {(c.TRACE, c.order_id())}
    assert (rows[c.TRACE, c.order_id()].pieces, rows[c.TRACE, c.order_id()].buyer) == (
        2,
        c.subject(),
    )


def test_trade_is_counted_by_month_and_chapter() -> None:
    goods = c.documents(c.item(), c.item(2_000, qty=3, hs_code=c.MILK), freight_fen=106)
    harbour = c.harbour(*goods, c.declared(), c.released(c.BEGIN + HOUR))
    rows = rows_of(ImportsByMonth, harbour.happened)
    assert set(rows) == {("2026-03", "33"), ("2026-03", "19")}
    assert rows["2026-03", "33"].value_fen == 100_100
    assert (rows["2026-03", "19"].value_fen, rows["2026-03", "19"].pieces) == (6_006, 3)


def test_customs_sees_guarantee_unpaid_tax_and_suspension() -> None:
    suspend = supervising.SuspendEnterprise(code=c.AGENT, decision_no="甬关1号")
    harbour = c.harbour(*c.DECLARED, Step(suspend, c.CUSTOMS))
    row = rows_of(CustomsEnterprises, harbour.happened)[harbour.agent().id]
    assert (row.state, row.unpaid_tax_fen) == (EnterpriseState.SUSPENDED, 23_059)


OURS = (
    CustomsEnterprises,
    DeclarationStatus,
    ImportsByMonth,
    MatchDesk,
    QuotaBalance,
    StockLedger,
    TaxLedger,
    Trace,
    TracedOrders,
)


@pytest.mark.parametrize("row", [row for row in OURS if row is not QuotaBalance])
def test_only_the_buyers_own_balance_is_personal(row: type[Row]) -> None:
    assert personal_fields(row) == frozenset()
    assert discover().folds[row.model_name]


def test_what_everybody_and_statistics_read_has_no_reference_to_a_person() -> None:
    for row in (Trace, ImportsByMonth, TaxLedger, StockLedger):
        assert not {"buyer", "subject"} & set(row.model_fields)
