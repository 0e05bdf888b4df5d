"""The brief's table of states: every pair of a state and a command, and of a state and a receipt.

The tables are written out here once more, by hand and from the brief, so that a mark changed by
mistake in the aggregate is found.
"""

from datetime import timedelta

import pytest

from domain.customs_declarations import CustomsDeclaration, State
from domain.customs_declarations.receipts import EFFECTS
from domain.customs_declarations.refusals import DocumentsNotMatched
from domain.shared.refusals import NotInState
from tests import customs as c
from tests.scenario import Step, shanghai

S = State
HOUR = timedelta(hours=1)
LATER = shanghai("2026-04-03T09:00")
AFTER_ALL = shanghai("2026-05-01T09:00")

OPEN = {S.COLLECTING, S.MISMATCHED}
WAITING = {S.DECLARED, S.ACCEPTED, S.REVIEWING}
UNRELEASED = WAITING | {S.INSPECTING, S.DETAINED, S.CLEARED}

TABLE: dict[str, set[State]] = {
    "receive-order": OPEN,
    "receive-payment": OPEN,
    "receive-waybill": OPEN,
    "match-documents": OPEN,
    "declare-list": {S.MATCHED},
    "record-receipt": set(S) - OPEN,
    "cancel": UNRELEASED,
    "apply-return": {S.RELEASED},
    "record-return-arrival": {S.RETURN_OPEN},
    "refuse-return": {S.RETURN_OPEN},
    "record-tax-paid": {S.RELEASED},
    "close": {S.RELEASED, S.SETTLED},
}

COMMANDS: dict[str, Step] = {
    "receive-order": c.order(c.item(99_000), by=c.PLATFORM_SENDS),
    "receive-payment": c.payment(transaction_id="pay-other"),
    "receive-waybill": c.waybill(logistics_no="way-other"),
    "match-documents": c.matching(),
    "declare-list": c.declared("cop-2"),
    "record-receipt": c.receipt(120),
    "cancel": c.cancelled(by=c.CUSTOMS_OFFICER),
    "apply-return": c.return_applied(by=c.PLATFORM_SENDS),
    "record-return-arrival": c.arrived(),
    "refuse-return": c.return_refused(at=AFTER_ALL),
    "record-tax-paid": c.tax_paid(at=LATER),
    "close": c.closed(),
}

INSPECTING = (*c.DECLARED, c.receipt(500))
# How to come into each state.
PATHS: dict[State, tuple[Step, ...]] = {
    S.COLLECTING: (c.order(),),
    S.MISMATCHED: (c.order(), c.payment(1), c.waybill()),
    S.MATCHED: (*c.DECLARED, c.receipt(100)),
    S.DECLARED: c.DECLARED,
    S.ACCEPTED: (*c.DECLARED, c.receipt(120)),
    S.REVIEWING: (*c.DECLARED, c.receipt(300)),
    S.INSPECTING: INSPECTING,
    S.DETAINED: (*INSPECTING, c.receipt(502)),
    S.CLEARED: (*c.DECLARED, c.receipt(399)),
    S.RELEASED: c.RELEASED,
    S.RETURN_OPEN: (*c.RELEASED, c.return_applied()),
    S.RETURNED: (*c.RELEASED, c.return_applied(), c.arrived()),
    S.SETTLED: (*c.RELEASED, c.tax_paid(at=LATER)),
    S.RETURNED_ABROAD: (*INSPECTING, c.receipt(700)),
    S.CANCELLED: (*c.DECLARED, c.cancelled()),
    S.CLOSED: (*c.RELEASED, c.tax_paid(at=LATER), c.closed()),
}

# What a command needs in a state besides being allowed there.
THE_OTHER_TWO = (c.payment(1), c.waybill())
ALL_THREE_AGREE = (c.payment(),)
UNTAXED = (
    *c.documents(c.item(1, hs_code=c.MILK), tax_fen=0),
    c.declared(),
    c.released(c.BEGIN + HOUR),
)


def arrived(state: State, name: str = "") -> c.Harbour:
    """A harbour with an order in ``state``, ready for a command."""
    harbour = c.harbour(*(UNTAXED if (name, state) == ("close", S.RELEASED) else PATHS[state]))
    assert harbour.declaration().state is state
    if name == "match-documents" and state in OPEN:
        for step in THE_OTHER_TWO if state is S.COLLECTING else ALL_THREE_AGREE:
            harbour.send(step)
    return harbour


def allowed_by_hand(state: State) -> tuple[str, ...]:
    return tuple(sorted(name for name, states in TABLE.items() if state in states))


def test_the_aggregate_allows_what_the_brief_allows() -> None:
    declared = {
        name.replace("_", "-"): states for name, states in CustomsDeclaration.actions.items()
    }
    assert declared == {name: {str(state) for state in states} for name, states in TABLE.items()}


def test_every_state_and_every_command_is_tried() -> None:
    assert set(PATHS) == set(State)
    assert set(COMMANDS) == set(TABLE)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", TABLE)
def test_a_command_is_allowed_or_refused_by_state(name: str, state: State) -> None:
    harbour = arrived(state, name)
    step = COMMANDS[name]
    if step.at is not None:
        step = step.but(at=max(step.at, harbour.now))
    if state in TABLE[name]:
        assert harbour.send(step).events
    elif name == "declare-list" and state in OPEN:
        assert harbour.refused(step) == DocumentsNotMatched(state=state)
    else:
        assert harbour.refused(step) == NotInState(state=state, allowed=allowed_by_hand(state))


@pytest.mark.parametrize("state", [S.RETURNED, S.RETURNED_ABROAD, S.CANCELLED, S.CLOSED])
def test_at_an_end_only_late_receipts_are_noted(state: State) -> None:
    harbour = arrived(state)
    assert harbour.declaration().allowed() == ("record-receipt",)
    assert str(state) in CustomsDeclaration.FINAL


# Where each receipt leads from each state; a pair that is not here is ignored.
HELD = UNRELEASED - {S.CLEARED}
RECEIPTS: dict[int, tuple[set[State], State]] = {
    100: (WAITING, S.MATCHED),
    120: ({S.DECLARED}, S.ACCEPTED),
    300: ({S.DECLARED, S.ACCEPTED}, S.REVIEWING),
    399: (HELD, S.CLEARED),
    500: (WAITING, S.INSPECTING),
    501: (WAITING | {S.INSPECTING}, S.DETAINED),
    502: (WAITING | {S.INSPECTING}, S.DETAINED),
    503: (WAITING | {S.INSPECTING}, S.DETAINED),
    599: (WAITING | {S.INSPECTING}, S.DETAINED),
    700: ({S.INSPECTING, S.DETAINED}, S.RETURNED_ABROAD),
    800: (UNRELEASED, S.RELEASED),
}


def test_every_code_of_customs_is_in_the_table() -> None:
    assert set(EFFECTS) == set(RECEIPTS)


@pytest.mark.parametrize("state", sorted(set(State) - OPEN))
@pytest.mark.parametrize("code", RECEIPTS)
def test_a_receipt_moves_the_list_or_is_noted_as_ignored(code: int, state: State) -> None:
    harbour = arrived(state)
    now = harbour.now
    names = [type(e).__name__ for e in harbour.send(c.receipt(code, customs_time=now)).events]
    states, leads_to = RECEIPTS[code]
    if state in states:
        assert harbour.declaration().state is leads_to
        assert "ReceiptIgnored" not in names
    else:
        assert harbour.declaration().state is state
        assert names == ["ReceiptIgnored"]


@pytest.mark.parametrize("state", sorted(set(State) - OPEN))
def test_a_negative_code_is_a_technical_fault_and_changes_nothing(state: State) -> None:
    harbour = arrived(state)
    names = [type(e).__name__ for e in harbour.send(c.receipt(-621)).events]
    assert (names, harbour.declaration().state) == (["TechnicalFaultReceived"], state)
