"""Whatever customs answers, how often and how late: a list's quota is given back exactly once."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.customs_declarations import CustomsDeclaration, Enterprise, PersonQuota, State
from domain.customs_declarations.receipts import EFFECTS
from domain.customs_declarations.states import UNRELEASED
from domain.shared.refusals import Refused
from tests import customs as c
from tests.scenario import Step

CODES = st.sampled_from([*EFFECTS, -1])
RECEIPTS = st.lists(st.tuples(CODES, st.integers(-300, 5), st.booleans()), max_size=25)


def told(receipts: list[tuple[int, int, bool]], *, again: bool) -> c.Harbour:
    """A declared list and these answers: code, minutes of customs' clock, twice or once.

    What customs returned is declared anew under the next number.
    """
    harbour = c.harbour(*c.documents(), c.declared("cop-0"))
    tries = 0
    for code, minutes, twice in receipts:
        for _ in range(1 + twice):
            at = c.BEGIN + timedelta(hours=6, minutes=minutes)
            step = c.receipt(code, cop_no=f"cop-{tries}", customs_time=at)
            harbour.send(Step(step.command, step.by, c.BEGIN + timedelta(hours=7)))
        if again and harbour.declaration().state is State.MATCHED:
            tries += 1
            harbour.send(c.declared(f"cop-{tries}", at=c.BEGIN + timedelta(hours=7)))
    return harbour


@given(receipts=RECEIPTS, again=st.booleans(), cancelled=st.booleans())
def test_a_quota_is_given_back_exactly_once(
    receipts: list[tuple[int, int, bool]], again: bool, cancelled: bool
) -> None:
    harbour = told(receipts, again=again)
    if cancelled:
        try:
            harbour.send(c.cancelled(by=c.CUSTOMS))
        except Refused:
            assert harbour.declaration().state not in UNRELEASED
    reserved = len(harbour.of(PersonQuota.QuotaReserved))
    restored = len(harbour.of(PersonQuota.QuotaRestored))
    stands = harbour.declaration().state in {*UNRELEASED, State.RELEASED}
    assert reserved - restored == stands
    assert len(harbour.of(PersonQuota.QuotaConfirmed)) <= 1
    quota = harbour.quota()
    assert quota.reserved_fen + quota.confirmed_fen == (100_000 if stands else 0)
    held, freed = harbour.of(Enterprise.GuaranteeHeld), harbour.of(Enterprise.GuaranteeFreed)
    assert len(held) - len(freed) == stands


@given(receipts=RECEIPTS)
def test_no_receipt_is_lost_and_none_goes_back_in_customs_time(
    receipts: list[tuple[int, int, bool]],
) -> None:
    harbour = told(receipts, again=True)
    recorded = [e for e in harbour.happened if hasattr(e, "receipt")]
    assert len(recorded) == sum(1 + twice for _, _, twice in receipts)
    kept = (CustomsDeclaration.ReceiptIgnored, CustomsDeclaration.TechnicalFaultReceived)
    applied = [e.receipt.customs_time for e in recorded if not isinstance(e, kept)]
    assert applied == sorted(applied)
