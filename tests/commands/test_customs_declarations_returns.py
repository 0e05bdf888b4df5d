"""After the release: what comes back in time counts as never sold, and the rest is paid for."""

from datetime import timedelta

import pytest

from commands.customs_declarations.given import ItemGiven
from domain.customs_declarations import CustomsDeclaration, Enterprise, PersonQuota, State
from domain.customs_declarations.limits import tax_payable_from
from domain.customs_declarations.refusals import (
    NotInspected,
    QuantityExceeds,
    ReturnTooLate,
    SenderNotEntitled,
    TaxUnpaid,
    WrongSupervisedPlace,
)
from domain.customs_declarations.returning import RefusalGround
from domain.shared.refusals import (
    Forbidden,
    NotDue,
    NotInState,
)
from tests import customs as c
from tests.scenario import shanghai

D, Q = CustomsDeclaration, PersonQuota
DAY_0 = shanghai("2026-03-02T10:00")
# 1 April is day 30; day 45 is 16 April, a Thursday.
DAY_30, DAY_31 = shanghai("2026-04-01T23:59"), shanghai("2026-04-02T00:01")
DAY_45, DAY_46 = shanghai("2026-04-16T23:59"), shanghai("2026-04-17T00:01")


def out(*items: ItemGiven, stocked: int = 0) -> c.Harbour:
    """Goods that were released on day 0."""
    steps = (c.stocked(stocked),) if stocked else ()
    ledger = tuple((n, 1) for n in range(1, len(items or (1,)) + 1)) if stocked else ()
    documents = c.documents(*items, tax_fen=0)
    return c.harbour(*steps, *documents, c.declared(ledger=ledger), c.released(DAY_0))


def test_acceptance_5_applied_on_day_30_and_back_on_day_45_counts() -> None:
    harbour = out().play(c.return_applied(at=DAY_30), c.arrived(at=DAY_45))
    (completed,) = harbour.of(D.ReturnCompleted)
    assert completed.quota_restored_fen == 100_000
    assert completed.tax_not_levied_fen == 23_059
    assert harbour.quota().confirmed_fen == 0
    assert harbour.agent().unpaid_tax_fen == 0
    assert harbour.declaration().state is State.RETURNED


def test_acceptance_5_back_on_day_46_is_refused() -> None:
    harbour = out().play(c.return_applied(at=DAY_30), c.arrived(at=DAY_46))
    (refused,) = harbour.of(D.ReturnRefused)
    assert refused.ground is RefusalGround.LATE
    assert harbour.of(D.ReturnCompleted) == []
    assert harbour.quota().confirmed_fen == 100_000
    assert harbour.agent().unpaid_tax_fen == 23_059
    assert harbour.declaration().state is State.RELEASED


def test_nobody_applies_on_day_31() -> None:
    refused = out().refused(c.return_applied(at=DAY_31))
    assert refused == ReturnTooLate(until=shanghai("2026-04-02T00:00"))


def test_a_last_day_in_a_holiday_moves_behind_it() -> None:
    # day 30 is 2 October, in the National Day holiday that ends on the 7th
    harbour = c.harbour(*c.DECLARED, c.released(shanghai("2026-09-02T10:00")))
    harbour.play(c.return_applied(at=shanghai("2026-10-08T23:59")))
    late = c.harbour(*c.DECLARED, c.released(shanghai("2026-09-02T10:00")))
    assert isinstance(
        late.refused(c.return_applied(at=shanghai("2026-10-09T00:01"))), ReturnTooLate
    )


def test_a_last_day_that_is_worked_in_exchange_stays_and_a_weekend_moves_on() -> None:
    # day 30 is Saturday 9 May, worked for Labour Day; a week later it is a Saturday as any other
    for released, last in (("2026-04-09", "2026-05-09"), ("2026-04-16", "2026-05-18")):
        harbour = c.harbour(*c.DECLARED, c.released(shanghai(f"{released}T10:00")))
        harbour.play(c.return_applied(at=shanghai(f"{last}T23:59")))
        harbour = c.harbour(*c.DECLARED, c.released(shanghai(f"{released}T10:00")))
        too_late = shanghai(f"{last}T23:59") + timedelta(minutes=2)
        assert isinstance(harbour.refused(c.return_applied(at=too_late)), ReturnTooLate)


def test_the_scheduler_refuses_what_did_not_arrive() -> None:
    harbour = out().play(c.return_applied(at=DAY_30))
    clock = harbour.declaration().clocks["return-arrival"]
    assert (clock.kind, clock.due_at) == ("deadline", shanghai("2026-04-17T00:00"))
    not_yet = NotDue(due_at=shanghai("2026-04-17T00:00"))
    assert harbour.refused(c.return_refused(at=DAY_45)) == not_yet
    harbour.play(c.return_refused(at=DAY_46))
    assert harbour.declaration().state is State.RELEASED
    assert harbour.declaration().clocks["return-arrival"].phase == "stopped"


def test_acceptance_8_one_of_three_carries_its_share_and_the_last_the_remainder() -> None:
    harbour = out(c.item(33_333, qty=3), stocked=3)
    tax = harbour.declaration().out().assessment.tax_fen
    given_back = []
    for _ in range(3):
        harbour.play(c.return_applied((1, 1)), c.arrived())
        last = harbour.of(D.ReturnCompleted)[-1]
        given_back.append((last.quota_restored_fen, last.tax_not_levied_fen))
    assert sum(value for value, _ in given_back) == 99_999
    assert sum(share for _, share in given_back) == tax
    assert all(abs(share - tax / 3) <= 2 for _, share in given_back)
    assert [e.whole for e in harbour.of(D.ReturnCompleted)] == [False, False, True]
    assert (harbour.quota().confirmed_fen, harbour.agent().unpaid_tax_fen) == (0, 0)
    assert (harbour.stock().free, harbour.stock().shipped) == (3, 0)


def test_the_rest_of_a_part_return_stays_released_and_is_paid_for() -> None:
    harbour = out(c.item(40_000, qty=3)).play(c.return_applied((1, 1)), c.arrived())
    assert harbour.declaration().state is State.RELEASED
    assert harbour.quota().confirmed_fen == 80_000
    owed = harbour.agent().unpaid_tax_fen
    harbour.play(c.tax_paid(at=DAY_45))
    assert harbour.of(D.TaxSettled)[0].tax_fen == owed
    assert harbour.agent().unpaid_tax_fen == 0


def test_no_more_comes_back_than_was_bought() -> None:
    harbour = out(c.item(qty=3), c.item(1_000))
    assert harbour.refused(c.return_applied((1, 4))) == QuantityExceeds(line=1, left=3)
    assert harbour.refused(c.return_applied((3, 1))) == QuantityExceeds(line=3, left=0)
    harbour.play(c.return_applied((1, 2)), c.arrived())
    assert harbour.refused(c.return_applied((2, 1), (1, 2))) == QuantityExceeds(line=1, left=1)


def test_goods_return_to_the_place_they_left_and_are_looked_at() -> None:
    harbour = out().play(c.return_applied())
    assert harbour.refused(c.arrived(place="3101")) == WrongSupervisedPlace(place="3105")
    assert harbour.refused(c.arrived(inspected=False)) == NotInspected()
    harbour.play(c.arrived(original=False))
    assert harbour.of(D.ReturnRefused)[0].ground is RefusalGround.NOT_ORIGINAL


def test_customs_refuses_other_goods_at_any_time() -> None:
    harbour = out().play(c.return_applied())
    not_original = RefusalGround.NOT_ORIGINAL
    harbour.play(c.return_refused(by=c.CUSTOMS_OFFICER, ground=not_original))
    assert harbour.declaration().state is State.RELEASED


def test_agent_or_platform_apply_and_nobody_else() -> None:
    for by in (c.AGENT_SENDS, c.PLATFORM_SENDS):
        out().play(c.return_applied(by=by))
    assert isinstance(out().refused(c.return_applied(by=c.CARRIER_SENDS)), SenderNotEntitled)
    with pytest.raises(Forbidden):
        out().send(c.return_applied(by=c.CITIZEN))


# --- tax ---------------------------------------------------------------------------------------


def test_tax_is_paid_from_day_31_and_frees_the_guarantee() -> None:
    harbour = out()
    assert tax_payable_from(DAY_0) == shanghai("2026-04-02T00:00")
    assert harbour.refused(c.tax_paid(at=DAY_30)) == NotDue(due_at=shanghai("2026-04-02T00:00"))
    harbour.play(c.tax_paid(at=DAY_31))
    (settled,) = harbour.of(D.TaxSettled)
    assert (settled.tax_fen, settled.late) == (23_059, False)
    (freed,) = harbour.of(Enterprise.GuaranteeFreed)
    assert (freed.tax_fen, freed.paid, harbour.agent().unpaid_tax_fen) == (23_059, True, 0)


def test_tax_after_day_45_is_late_and_still_paid() -> None:
    harbour = out()
    assert harbour.settle(DAY_45) == []
    harbour.play(c.tax_paid(at=DAY_46))
    assert harbour.of(D.TaxSettled)[0].late
    assert "ClockBreached" in harbour.names()


def test_unpaid_tax_is_brought_before_supervision_a_working_day_later() -> None:
    harbour = out()
    assert harbour.settle(shanghai("2026-04-30T09:00")) == ["ClockBreached", "ClockEscalated"]


def test_no_tax_falls_due_while_a_return_is_open() -> None:
    harbour = out().play(c.return_applied(at=DAY_30))
    assert harbour.settle(shanghai("2026-04-30T09:00")) == []
    harbour.play(c.return_refused(at=shanghai("2026-04-30T09:00")))
    # 1 to 5 May is Labour Day: a working day more ends on the 6th
    clock = harbour.declaration().clocks["tax-payment"]
    assert clock.due_at == shanghai("2026-05-06T17:30")


def test_what_came_back_whole_owes_nothing() -> None:
    harbour = out().play(c.return_applied(at=DAY_30), c.arrived())
    assert harbour.settle(shanghai("2026-06-30T09:00")) == []
    assert isinstance(harbour.refused(c.tax_paid(at=shanghai("2026-06-30T09:00"))), NotInState)


def test_a_list_is_closed_once_its_tax_is_paid() -> None:
    harbour = out()
    assert harbour.refused(c.closed()) == TaxUnpaid(tax_fen=23_059)
    harbour.play(c.tax_paid(at=DAY_31, by=c.TAX_OFFICER), c.closed())
    assert harbour.declaration().state is State.CLOSED


def test_the_law_counts_from_customs_own_time() -> None:
    told_later = c.receipt(800, customs_time=DAY_0, at=DAY_0 + timedelta(days=3))
    harbour = c.harbour(*c.DECLARED, told_later)
    assert harbour.declaration().released_at == DAY_0
    assert isinstance(harbour.refused(c.return_applied(at=DAY_31)), ReturnTooLate)


def test_a_year_gets_its_value_back_even_in_the_next_one() -> None:
    harbour = c.harbour(*c.documents(), c.declared(at=shanghai("2026-12-20T09:00")))
    harbour.play(c.released(shanghai("2026-12-20T10:00")))
    harbour.play(c.return_applied(at=shanghai("2027-01-05T09:00")), c.arrived())
    assert harbour.quota(year=2026).confirmed_fen == 0
    assert len(harbour.of(Q.QuotaOpened)) == 1
