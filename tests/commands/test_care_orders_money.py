"""Subsidies and settlements: nothing twice, nothing after a death, every fen with its line."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.care_orders import Elder, Mode, MonthlySettlement, SettlementState, Visit, VisitState
from domain.care_orders.elder import Grant, Stay
from domain.care_orders.people import month_after, month_of, settlement_id
from domain.care_orders.refusals import DoubleSubsidy, MonthNotOver, NotPayable
from domain.care_orders.services import SubsidyKind
from domain.care_orders.settlement import Amounts
from domain.care_orders.states import EndReason, ReclaimReason
from domain.shared.refusals import FourEyes, NotInState
from tests import care as c
from tests import visits as v
from tests.scenario import ANY, HUIMIN, Scenario, Step, given, happened, shanghai

MARCH, APRIL = c.MARCH, c.APRIL
DAY = timedelta(days=1)
INSTITUTION = c.order_number(2)


def visit_no(number: int) -> UUID:
    return UUID(int=c.VISIT.int + number)


def made(number: int, start: Any = v.START) -> tuple[Step, ...]:
    """A visit planned, made and verified."""
    id = visit_no(number)
    return (
        v.scheduled(id, start=start, at=start - v.HOUR),
        *v.done(id, start),
        v.verified(id),
    )


def settlement(scenario: Scenario, id: UUID = MARCH) -> MonthlySettlement:
    found = scenario.matters[id]
    assert isinstance(found, MonthlySettlement)
    return found


def elder(scenario: Scenario) -> Elder:
    found = scenario.matters[c.ELDER]
    assert isinstance(found, Elder)
    return found


def test_a_settled_visit_has_its_line_and_its_grant() -> None:
    """6,000 fen an hour, half of it paid by the city."""
    amounts = Amounts(minutes=60, subsidy_fen=3_000, own_fen=3_000)
    grant = Grant(order_id=c.ORDER, day=date(2026, 3, 3), kind=SubsidyKind.HOME, subsidy_fen=3_000)
    given(*v.VERIFIED).when(v.settled()).then(
        happened(
            Visit.VisitSettled,
            order_id=c.ORDER,
            elder=c.subject(),
            provider=c.USCC,
            month="2026-03",
            minutes=60,
            own_fen=3_000,
            subsidy_fen=3_000,
        ),
        happened(
            Elder.SubsidyGranted, on=c.ELDER, elder=c.subject(), visit_id=c.VISIT, grant=grant
        ),
        happened(
            MonthlySettlement.SettlementDrafted,
            on=MARCH,
            provider=c.USCC,
            month="2026-03",
            clocks=ANY,
        ),
        happened(
            MonthlySettlement.LineAdded,
            on=MARCH,
            provider=c.USCC,
            month="2026-03",
            visit_id=c.VISIT,
            amounts=amounts,
        ),
    )


def test_what_was_not_done_is_not_paid() -> None:
    items = (c.item(), c.item("cleaning", 30, 5))
    both = ("bathing-help", "cleaning")
    scenario = given(*c.PROVIDERS, *c.ASSESSED, c.proposed(*items), c.accepted(), c.assigned())
    scenario.after(v.scheduled(items=both, length=90 * v.MINUTE), v.checked_in(at=v.START))
    scenario.after(v.checked_out(at=v.START + v.HOUR, items=("cleaning",)), v.verified())
    scenario.run(v.settled())
    assert settlement(scenario).total == Amounts(minutes=60, subsidy_fen=750, own_fen=750)


def test_the_months_most_caps_the_subsidy_and_the_elder_pays_the_rest() -> None:
    """Grade 2: 30 % of the price, at most 600 yuan a month."""
    items = (c.item("exercise", 200, 3),)
    steps = (*c.PROVIDERS, c.requested(), c.assessed(50), c.proposed(*items), c.accepted())
    scenario = given(*steps, c.assigned())
    price, wanted, most = 27_777, 8_333, 60_000
    for n in range(9):
        start = v.START + 7 * (n // 3) * DAY + n % 3 * DAY
        id = visit_no(n)
        scenario.after(
            v.scheduled(id, start=start, length=4 * v.HOUR, items=("exercise",), at=start - v.HOUR),
            v.checked_in(id, at=start),
            v.checked_out(id, at=start + 4 * v.HOUR, items=("exercise",)),
            v.verified(id),
            v.settled(id),
        )
    total = settlement(scenario).total
    assert total.subsidy_fen == most == 7 * wanted + 1_669
    assert total.own_fen == 9 * price - most


def test_a_death_told_late_is_settled_back() -> None:
    """Acceptance 5: on the 10th, told on the 25th."""
    scenario = given(*c.ACTIVE)
    for day in (9, 10, 11, 20):
        start = shanghai(f"2026-03-{day:02d}T09:00")
        scenario.after(*made(day, start))
        if day != 20:
            scenario.run(v.settled(visit_no(day)))
    coming = visit_no(26)
    scenario.run(
        v.scheduled(coming, start=shanghai("2026-03-26T09:00"), at=shanghai("2026-03-25T08:00"))
    )
    decision = scenario.when(c.ended(reason=EndReason.DEATH, on=date(2026, 3, 10))).decision
    assert decision is not None
    end: Any = decision.events[0]
    assert end.unpayable_visits == (visit_no(11), visit_no(20))
    assert end.later_visits == (coming,)
    # what the policies ask for
    for id in end.unpayable_visits:
        scenario.run(v.reclaimed(id, sender=HUIMIN, reason=ReclaimReason.DEATH))
    scenario.run(v.cancelled(coming, sender=HUIMIN))
    states = {day: v.visit_in(scenario, visit_no(day)).state for day in (9, 10, 11, 20, 26)}
    assert states == {
        9: VisitState.SETTLED,
        10: VisitState.SETTLED,
        11: VisitState.RECLAIMED,
        20: VisitState.REJECTED,
        26: VisitState.CANCELLED,
    }
    entries = [e for e in scenario.happened if isinstance(e, MonthlySettlement.CounterEntryMade)]
    assert [(e.visit_id, e.amounts) for e in entries] == [
        (visit_no(11), Amounts(minutes=-60, subsidy_fen=-3_000, own_fen=-3_000))
    ]
    assert settlement(scenario).total == Amounts(minutes=120, subsidy_fen=6_000, own_fen=6_000)
    assert visit_no(11) not in elder(scenario).grants


def test_a_counter_entry_to_a_confirmed_month_stands_in_the_next() -> None:
    scenario = given(*v.SETTLED, v.confirmed())
    scenario.run(v.reclaimed())
    back = Amounts(minutes=-60, subsidy_fen=-3_000, own_fen=-3_000)
    assert settlement(scenario).total == Amounts(minutes=60, subsidy_fen=3_000, own_fen=3_000)
    assert settlement(scenario, APRIL).total == back
    counter = scenario.happened[-1]
    assert isinstance(counter, MonthlySettlement.CounterEntryMade)
    assert (counter.of_month, counter.month) == ("2026-03", "2026-04")


def test_a_visit_after_a_death_is_never_settled() -> None:
    scenario = given(*v.VERIFIED, v.died(date(2026, 3, 2)))
    scenario.when(v.settled()).then_refused(NotPayable())
    assert given(*v.VERIFIED, v.died(date(2026, 3, 3))).when(v.settled()).refused is None


# --- twice -------------------------------------------------------------------------------------


def admitted_on(*steps: Step, day: date | None = None) -> Scenario:
    """The elder also goes to an institution, today or on a day."""
    scenario = given(*steps).after(*c.planned(INSTITUTION, Mode.INSTITUTION))
    return scenario.after(c.assigned(INSTITUTION, from_day=day))


def test_no_subsidy_for_a_visit_at_home_on_the_day_of_admission() -> None:
    """Acceptance 6."""
    scenario = admitted_on(*v.VERIFIED)  # on 3 March, the day of the visit
    scenario.when(v.settled()).then_refused(DoubleSubsidy())
    scenario.run(v.settled(without_subsidy=True))
    assert settlement(scenario).total == Amounts(minutes=60, subsidy_fen=0, own_fen=6_000)


def test_a_subsidy_that_was_granted_before_the_admission_is_reclaimed() -> None:
    scenario = admitted_on(*v.SETTLED)
    (began,) = [e for e in scenario.happened if isinstance(e, Elder.StayBegan)]
    assert began.double == (c.VISIT,)
    scenario.run(v.reclaimed(sender=HUIMIN, reason=ReclaimReason.ADMISSION))
    # the elder owes what the city does not pay, and the provider's minutes stay
    assert settlement(scenario).total == Amounts(minutes=60, subsidy_fen=0, own_fen=6_000)


def test_an_admission_takes_nothing_back_that_was_not_granted() -> None:
    scenario = admitted_on(*v.VERIFIED)
    step = v.reclaimed(sender=HUIMIN, reason=ReclaimReason.ADMISSION)
    scenario.when(step).then()
    refused = scenario.when(step, by=c.OFFICE).refused
    assert isinstance(refused, NotInState)


def test_a_visit_that_costs_nothing_is_not_reclaimed() -> None:
    scenario = given(*v.SCHEDULED, v.cancelled())
    scenario.when(v.reclaimed(sender=HUIMIN, reason=ReclaimReason.DEATH)).then()


def test_one_subsidy_of_a_kind_a_month() -> None:
    """An order that ended and its successor of the same month share nothing."""
    scenario = given(*v.SETTLED, c.ended())
    second = c.order_number(3)
    scenario.after(*c.planned(second), c.assigned(second))
    start = shanghai("2026-03-10T09:00")
    id = visit_no(1)
    scenario.after(v.scheduled(id, order=second, start=start), *v.done(id, start), v.verified(id))
    scenario.when(v.settled(id)).then_refused(DoubleSubsidy())
    start = shanghai("2026-04-01T09:00")
    id = visit_no(2)
    scenario.after(v.scheduled(id, order=second, start=start), *v.done(id, start), v.verified(id))
    assert scenario.when(v.settled(id)).refused is None


def test_the_day_of_admission_counts_and_the_last_day_does_not() -> None:
    day = date(2026, 3, 10)
    stay = Stay(from_day=day, until=day + 2 * DAY)
    assert [stay.has(day + n * DAY) for n in (-1, 0, 1, 2)] == [False, True, True, False]
    assert Stay(from_day=day).has(day + 500 * DAY)
    assert Stay(from_day=day, until=day).has(day)
    assert not Stay(from_day=day, until=day - DAY).has(day)


# --- settlement --------------------------------------------------------------------------------


def test_a_disputed_visit_enters_the_next_month() -> None:
    """Acceptance 7."""
    scenario = given(*c.ACTIVE).after(*made(1), v.settled(visit_no(1)))
    start = shanghai("2026-03-30T09:00")
    id = visit_no(2)
    scenario.after(v.scheduled(id, start=start), *v.done(id, start), v.disputed(id))
    scenario.run(v.confirmed())
    assert settlement(scenario).visits == 1
    scenario.after(v.dispute_resolved(id), v.settled(id))
    assert settlement(scenario, APRIL).visits == 1
    assert settlement(scenario).visits == 1
    assert settlement(scenario).state is SettlementState.CONFIRMED


def test_a_month_is_confirmed_when_it_is_over_and_paid_by_another() -> None:
    scenario = given(*v.SETTLED)
    over = shanghai("2026-04-01T00:00")
    early = over - timedelta(seconds=1)
    scenario.when(v.confirmed(at=early)).then_refused(MonthNotOver(ends_at=over))
    scenario.when(v.confirmed(at=over)).then(
        happened(
            MonthlySettlement.SettlementConfirmed,
            provider=c.USCC,
            month="2026-03",
            visits=1,
            minutes=60,
            subsidy_fen=3_000,
            own_fen=3_000,
            by="officer-ca-1",
            clocks=ANY,
        )
    )
    scenario.when(v.paid(), by=c.OFFICE).then_refused(FourEyes())
    scenario.when(v.paid()).then(
        happened(
            MonthlySettlement.SettlementPaid,
            provider=c.USCC,
            month="2026-03",
            subsidy_fen=3_000,
            by="officer-fin-1",
        )
    )


@pytest.mark.parametrize(
    ("month", "after"), [("2026-03", "2026-04"), ("2026-12", "2027-01"), ("2026-09", "2026-10")]
)
def test_months_follow_each_other(month: str, after: str) -> None:
    assert month_after(month) == after
    assert month_of(date(2026, 3, 31)) == "2026-03"
    assert settlement_id(c.USCC, month) != settlement_id(c.USCC, after)
