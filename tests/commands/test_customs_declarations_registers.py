"""What many orders share: enterprises, bonded stock, batches; and who may touch them."""

import pytest

from commands.base import Caller, Role
from commands.customs_declarations import stocking, supervising, tracing
from domain.customs_declarations import TraceBatch
from domain.customs_declarations.enterprise import (
    EnterpriseKind,
    EnterpriseState,
    enterprise_id,
)
from domain.customs_declarations.refusals import (
    AlreadyRegistered,
    BatchKnown,
    GuaranteeShort,
    LedgerItemMismatch,
    SenderNotEntitled,
    StockInRecorded,
    StockShort,
)
from domain.customs_declarations.stock import WriteOffReason
from domain.customs_declarations.tracing import BatchState, Finding
from domain.shared.refusals import (
    DateInFuture,
    Forbidden,
    NotFound,
    NotInState,
)
from tests import customs as c
from tests.scenario import HUIMIN, Step, caller, shanghai

SUSPEND = Step(
    supervising.SuspendEnterprise(code=c.AGENT, decision_no="甬关1号"), c.CUSTOMS_OFFICER
)
RESUME = Step(supervising.ResumeEnterprise(code=c.AGENT, decision_no="甬关2号"), c.CUSTOMS_OFFICER)


def rate(code: str = c.AGENT, ppm: int = 500_000, *, by: Caller = c.CUSTOMS_OFFICER) -> Step:
    return Step(supervising.SetInspectionRate(code=code, rate_ppm=ppm), by)


def false_documents(order_no: str = "A-1") -> Step:
    command = supervising.ReportFalseDocuments(
        code=c.AGENT,
        document="order",
        declaration_id=c.order_id(order_no),
        decision_no="甬关缉3号",
    )
    return Step(command, c.CUSTOMS_OFFICER)


def guarantee(fen: int) -> Step:
    return Step(supervising.SetGuarantee(code=c.AGENT, guarantee_fen=fen), c.CUSTOMS_OFFICER)


# --- enterprises: every state and command ------------------------------------------------------

BOTH = {EnterpriseState.REGISTERED, EnterpriseState.SUSPENDED}
TABLE: dict[str, tuple[Step, set[EnterpriseState]]] = {
    "set-guarantee": (guarantee(5), BOTH),
    "set-inspection-rate": (rate(), BOTH),
    "report-false-documents": (false_documents(), BOTH),
    "suspend-enterprise": (SUSPEND, {EnterpriseState.REGISTERED}),
    "resume-enterprise": (RESUME, {EnterpriseState.SUSPENDED}),
}


@pytest.mark.parametrize("state", EnterpriseState)
@pytest.mark.parametrize("name", TABLE)
def test_what_may_be_done_with_an_enterprise(name: str, state: EnterpriseState) -> None:
    harbour = c.harbour(c.order(), *([SUSPEND] if state is EnterpriseState.SUSPENDED else []))
    step, states = TABLE[name]
    if state in states:
        assert harbour.send(step).events
    else:
        assert isinstance(harbour.refused(step), NotInState)
    assert set(harbour.agent().actions) == {n.replace("-", "_") for n in TABLE}


def test_an_enterprise_is_registered_once() -> None:
    again = c.registered(c.AGENT, c.AGENT_SENDS, EnterpriseKind.AGENT)
    assert c.harbour().refused(again) == AlreadyRegistered()


def test_whoever_hears_of_a_company_by_its_code_finds_its_matter() -> None:
    assert c.harbour().agent().id == enterprise_id(c.AGENT)


def test_false_documents_are_of_an_order_that_exists_and_customs_officer_says_so() -> None:
    harbour = c.harbour(c.order(), false_documents())
    assert harbour.agent().false_documents == 1
    with pytest.raises(NotFound):
        harbour.send(false_documents("B-1"))
    with pytest.raises(Forbidden):
        harbour.send(false_documents().but(by=c.CUSTOMS))


def test_a_suspended_enterprise_sends_nothing_and_what_it_sent_goes_on() -> None:
    harbour = c.harbour(*c.DECLARED, *c.documents(order_no="B-1"), SUSPEND)
    assert harbour.refused(c.declared(order_no="B-1")) == SenderNotEntitled(enterprise=c.AGENT)
    harbour.play(c.receipt(399), c.cancelled(by=c.CUSTOMS))
    assert harbour.agent().unpaid_tax_fen == 0
    harbour.play(RESUME, c.declared(order_no="B-1"))


def test_a_guarantee_is_never_below_what_is_unpaid() -> None:
    harbour = c.harbour(*c.DECLARED)
    short = GuaranteeShort(guarantee_fen=23_058, unpaid_tax_fen=23_059)
    assert harbour.refused(guarantee(23_058)) == short
    harbour.play(guarantee(23_059))


def test_a_company_on_a_list_that_customs_does_not_know_is_no_matter_of_customs() -> None:
    harbour = c.harbour()
    assert harbour.send(rate(c.OTHER_AGENT, by=HUIMIN)).events == ()
    with pytest.raises(NotFound):
        harbour.send(rate(c.OTHER_AGENT))


def test_a_company_that_is_inspected_more_is_not_refused() -> None:
    harbour = c.harbour(rate(), *c.DECLARED)
    assert harbour.agent().inspection_rate_ppm == 500_000


@pytest.mark.parametrize(
    "step", [SUSPEND, RESUME, guarantee(1), rate(), c.used_elsewhere(1), c.stocked(1)]
)
def test_only_customs_keeps_its_registers(step: Step) -> None:
    harbour = c.harbour()
    for other in (c.TAX_OFFICER, c.AGENT_SENDS, c.CITIZEN):
        with pytest.raises(Forbidden):
            harbour.send(step.but(by=other))


# --- stock -------------------------------------------------------------------------------------


def write_off(qty: int) -> Step:
    command = stocking.WriteOffStock(
        book_no=c.BOOK, item_no=1, qty=qty, reason=WriteOffReason.EXPIRED
    )
    return Step(command, c.CUSTOMS_OFFICER)


def test_a_stock_in_counts_once() -> None:
    harbour = c.harbour(c.stocked(3))
    assert harbour.refused(c.stocked(3)) == StockInRecorded()
    harbour.play(c.stocked(2, stock_in_no="in-2"), c.stocked(7, item_no=2))
    assert (harbour.stock(1).free, harbour.stock(2).free) == (5, 7)


def test_a_ledger_item_stays_the_same_goods() -> None:
    harbour = c.harbour(c.stocked(3))
    other = c.stocked(1, hs_code=c.MILK, stock_in_no="in-2")
    assert harbour.refused(other) == LedgerItemMismatch(lines=())


def test_only_free_pieces_are_written_off() -> None:
    harbour = c.harbour(c.stocked(3), *c.documents(), c.declared(ledger=((1, 1),)))
    assert harbour.refused(write_off(3)) == StockShort(book_no=c.BOOK, item_no=1, free=2)
    harbour.play(write_off(2))
    stock = harbour.stock()
    assert (stock.free, stock.reserved, stock.written_off) == (0, 1, 2)


# --- batches -----------------------------------------------------------------------------------

RECALL_OVER = Step(
    tracing.EndRecall(trace_code=c.TRACE, decision_no="甬市监召2号"), c.CUSTOMS_OFFICER
)


def inspected(day: str = "2026-03-01", *, by: object = c.CUSTOMS) -> Step:
    on = shanghai(f"{day}T12:00").date()
    command = tracing.RecordInspection(
        trace_code=c.TRACE, finding=Finding.SOUND, report_no="r-1", on=on
    )
    return Step(command, by)  # type: ignore[arg-type]  # a caller


BATCH_TABLE: dict[str, tuple[Step, set[BatchState]]] = {
    "record-inspection": (inspected(), set(BatchState)),
    "issue-recall": (c.recalled(), {BatchState.TRACED}),
    "end-recall": (RECALL_OVER, {BatchState.RECALLED}),
}


@pytest.mark.parametrize("state", BatchState)
@pytest.mark.parametrize("name", BATCH_TABLE)
def test_what_may_be_done_with_a_batch(name: str, state: BatchState) -> None:
    recalled = [c.recalled()] if state is BatchState.RECALLED else []
    harbour = c.harbour(c.batch_registered(), *recalled)
    step, states = BATCH_TABLE[name]
    if state in states:
        assert harbour.send(step).events
    else:
        assert isinstance(harbour.refused(step), NotInState)
    assert set(harbour.batch().actions) == {n.replace("-", "_") for n in BATCH_TABLE}


def test_a_recall_says_what_the_help_centre_needs_for_its_ticket() -> None:
    harbour = c.harbour(c.batch_registered(), c.recalled())
    (recall,) = harbour.of(TraceBatch.RecallIssued)
    assert (recall.trace_code, recall.goods, recall.by) == (
        c.TRACE,
        "护肤面霜",
        "market-regulation",
    )


def test_a_trace_code_is_registered_once() -> None:
    assert c.harbour(c.batch_registered()).refused(c.batch_registered()) == BatchKnown()


def test_an_inspection_is_not_of_tomorrow() -> None:
    harbour = c.harbour(c.batch_registered())
    assert harbour.refused(inspected("2026-03-03")) == DateInFuture()


def test_customs_and_market_regulation_recall_by_an_officer() -> None:
    for by in (c.TAX_OFFICER, c.AGENT_SENDS, c.CUSTOMS, caller("s-1", Role.SYSTEM)):
        with pytest.raises(Forbidden):
            c.harbour(c.batch_registered()).send(c.recalled(by=by))
    c.harbour(c.batch_registered()).send(c.recalled(by=c.CUSTOMS_OFFICER))
