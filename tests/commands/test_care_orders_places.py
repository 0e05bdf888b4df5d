"""Places: who gets the last bed, who waits for one, who moves, who goes."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from commands.care_orders.providing import ChangeCapacity, RegisterCarer
from domain.care_orders import CareOrder, Mode, OrderState, ProviderCapacity
from domain.care_orders.places import EVERY_DAY, Place
from domain.care_orders.refusals import (
    AlreadyStopped,
    AlreadyWaiting,
    CapacityInUse,
    CarerKnown,
    CarerUnknown,
    ConsentMissing,
    EndOutOfRange,
    NoHeldPlace,
    NoPlace,
    NotStopped,
    PlaceFree,
    ProviderBarred,
    ProviderUnknown,
    ProviderUnlicensed,
    RatedThisMonth,
    ReassessmentOpen,
    SameProvider,
    StartOutOfRange,
    VisitNotOfOrder,
)
from domain.care_orders.states import EndReason, StopGround
from domain.shared.identifiers import make_uscc
from domain.shared.refusals import (
    Forbidden,
    NotDue,
)
from tests import care as c
from tests import visits as v
from tests.scenario import ANY, MONDAY_MORNING, Scenario, Step, given, happened, shanghai

TODAY = date(2026, 3, 2)
INSTITUTION, DAY = Mode.INSTITUTION, Mode.DAY_CARE


def waiting_families(count: int, mode: Mode = INSTITUTION, **capacity: Any) -> tuple[Step, ...]:
    """So many orders that may take a place, numbers 1 to ``count``."""
    steps: tuple[Step, ...] = (c.provider(**capacity), c.provider(c.OTHER_USCC))
    for n in range(1, count + 1):
        steps += c.planned(c.order_number(n), mode, who=n)
    return steps


def take(n: int, **fields: Any) -> Step:
    step: Step = c.assigned(c.order_number(n), **fields)
    return step


def capacity_of(scenario: Scenario, id: UUID = c.PROVIDER) -> ProviderCapacity:
    found = scenario.matters[id]
    assert isinstance(found, ProviderCapacity)
    return found


# --- places ------------------------------------------------------------------------------------


def test_the_second_family_for_the_last_bed_gets_a_position() -> None:
    """Acceptance 3, one after the other; the race is on a real log."""
    scenario = given(*waiting_families(2, beds=("1-1",)), take(1))
    scenario.when(take(2)).then_turned_down(
        NoPlace(position=1),
        happened(
            CareOrder.WaitingListed,
            provider=c.USCC,
            mode=INSTITUTION,
            position=1,
            turned_down=True,
        ),
        happened(
            ProviderCapacity.WaitingJoined,
            on=c.PROVIDER,
            uscc=c.USCC,
            order_id=c.order_number(2),
            wanted=Place(mode=INSTITUTION, weekdays=EVERY_DAY),
            position=1,
            waiting=1,
        ),
    )
    scenario.when(take(2)).then_refused(NoPlace(position=1))


def test_beds_are_given_in_the_providers_order() -> None:
    scenario = given(*waiting_families(3), take(1), take(2))
    assert [p.place_no for p in capacity_of(scenario).places.values()] == ["1-1", "1-2"]
    scenario.run(c.ended(c.order_number(1)))
    answer = scenario.when(take(3))
    assert answer.decision is not None
    (event, *_) = answer.decision.events
    assert isinstance(event, CareOrder.ProviderAssigned)
    assert event.place_no == "1-1"


def test_nobody_overtakes_who_waits() -> None:
    scenario = given(*waiting_families(3, beds=("1-1",)), take(1))
    scenario.when(take(2))
    released = scenario.when(c.ended(c.order_number(1))).decision
    assert released is not None
    (free,) = (e for e in released.events if isinstance(e, ProviderCapacity.PlaceReleased))
    assert free.offered == (c.order_number(2),)
    scenario.when(take(3)).then_turned_down(NoPlace(position=2), ANY_EVENT, ANY_EVENT)
    assert scenario.when(take(2)).refused is None


class _AnyEvent:
    """Stands for an event of which a test says nothing."""

    def shown(self, own: UUID | None) -> Any:
        return ANY


ANY_EVENT: Any = _AnyEvent()


def test_waiting_is_for_those_who_find_no_place() -> None:
    scenario = given(*waiting_families(2))
    join = c.waiting_joined(c.order_number(1))
    scenario.when(join).then_refused(PlaceFree(free=2))
    scenario.run(c.capacity_changed(beds=()))
    scenario.run(join)
    scenario.when(join).then_refused(AlreadyWaiting(position=1))


def test_an_order_waits_for_one_provider() -> None:
    steps = waiting_families(1, beds=())
    scenario = given(*steps, c.waiting_joined())
    # who waits and finds a place elsewhere leaves the list
    assert scenario.when(c.assigned(provider=c.OTHER_USCC)).refused is None
    assert capacity_of(scenario).queue == {}


def test_who_moves_to_another_list_leaves_the_first() -> None:
    full = (c.provider(beds=()), c.provider(c.OTHER_USCC, beds=()), *c.planned(mode=INSTITUTION))
    scenario = given(*full, c.waiting_joined(), c.waiting_joined(provider=c.OTHER_USCC))
    assert capacity_of(scenario).queue == {}
    assert capacity_of(scenario, c.OTHER_PROVIDER).position(c.ORDER) == 1
    scenario.when(c.assigned()).then_refused(NoPlace(position=None))


def test_a_day_centre_has_places_of_each_day() -> None:
    steps: tuple[Step, ...] = (c.provider(day_places=1),)
    for n, weekdays in enumerate([(1,), (2,), (1, 3), (3,)], 1):
        order = c.order_number(n)
        plan = c.proposed(c.item("day-programme", 240, 1), order=order, mode=DAY, weekdays=weekdays)
        steps += (c.requested(order, who=n, mode=DAY), c.assessed(order=order), plan)
        steps += (c.accepted(order),)
    scenario = given(*steps, take(1), take(2))
    scenario.when(take(3)).then_turned_down(NoPlace(position=1), ANY_EVENT, ANY_EVENT)
    # Wednesday is still free, but who waits for Monday and Wednesday comes first
    scenario.when(take(4)).then_turned_down(NoPlace(position=2), ANY_EVENT, ANY_EVENT)
    scenario.run(c.ended(c.order_number(1)))
    assert scenario.when(take(4)).refused == NoPlace(position=2)
    assert scenario.when(take(3)).refused is None
    assert capacity_of(scenario).used(DAY) == 1


def test_a_place_is_taken_from_today_to_a_month_ahead() -> None:
    scenario = given(*waiting_families(1))
    latest = TODAY + timedelta(days=30)
    refused = StartOutOfRange(earliest=TODAY, latest=latest)
    scenario.when(take(1, from_day=TODAY - timedelta(days=1))).then_refused(refused)
    scenario.when(take(1, from_day=latest + timedelta(days=1))).then_refused(refused)
    assert scenario.when(take(1, from_day=latest)).refused is None


def test_a_provider_has_to_be_known_licensed_and_not_barred() -> None:
    nobody = make_uscc("enterprise", "330203", "MA2NEW01")
    scenario = given(*waiting_families(1), c.provider(nobody, licensed_until=TODAY))
    unknown = make_uscc("enterprise", "330203", "MA2NEW02")
    scenario.when(take(1, provider=unknown)).then_refused(ProviderUnknown())
    tomorrow = MONDAY_MORNING + timedelta(days=1)
    scenario.when(take(1, provider=nobody, at=tomorrow)).then_refused(
        ProviderUnlicensed(licensed_until=TODAY)
    )
    scenario.after(c.stopped(), c.stopped(StopGround.SAFETY, by=c.OFFICE))
    barred = ProviderBarred(grounds=("licence-revoked", "safety"))
    scenario.when(take(1)).then_refused(barred)
    scenario.when(c.waiting_joined()).then_refused(barred)
    scenario.after(c.allowed())
    scenario.when(take(1)).then_refused(ProviderBarred(grounds=("safety",)))


def test_nobody_gets_an_elder_whose_consent_is_withdrawn() -> None:
    scenario = given(*waiting_families(1), c.consent_withdrawn())
    scenario.when(take(1)).then_refused(ConsentMissing())
    given(*c.ACTIVE, c.consent_withdrawn()).when(c.transferred()).then_refused(ConsentMissing())


# --- providers ---------------------------------------------------------------------------------


def test_what_is_taken_cannot_be_given_up() -> None:
    scenario = given(*waiting_families(2), take(1), take(2))
    scenario.when(c.capacity_changed(beds=("1-1",))).then_refused(
        CapacityInUse(mode="institution", used=2)
    )
    scenario.when(c.capacity_changed(beds=("1-1", "2-1", "2-2"))).then_refused(
        CapacityInUse(mode="institution", used=2)
    )
    assert scenario.when(c.capacity_changed(beds=("1-2", "1-1", "2-1"))).refused is None


def test_new_places_are_offered_to_as_many_as_wait() -> None:
    scenario = given(*waiting_families(4, beds=("1-1",)), take(1))
    for n in (2, 3, 4):
        scenario.when(take(n))
    decision = scenario.when(c.capacity_changed(beds=("1-1", "1-2", "1-3"))).decision
    assert decision is not None
    (changed,) = decision.events
    assert isinstance(changed, ProviderCapacity.CapacityChanged)
    assert changed.offered == (c.order_number(2), c.order_number(3))


def test_a_stopped_provider_offers_nothing_until_it_is_allowed() -> None:
    scenario = given(*waiting_families(2, beds=("1-1",)), take(1))
    scenario.when(take(2))
    scenario.after(c.stopped(), c.ended(c.order_number(1)))
    freed = [e for e in scenario.happened if isinstance(e, ProviderCapacity.PlaceReleased)]
    assert [e.offered for e in freed] == [()]
    scenario.run(c.allowed())
    lifted = scenario.happened[-1]
    assert isinstance(lifted, ProviderCapacity.AssignmentsAllowed)
    assert lifted.offered == (c.order_number(2),)


def test_a_ground_is_set_and_lifted_once() -> None:
    scenario = given(c.provider(), c.stopped())
    scenario.when(c.stopped()).then_refused(AlreadyStopped(ground="licence-revoked"))
    scenario.run(c.allowed())
    scenario.when(c.allowed()).then_refused(NotStopped(ground="licence-revoked"))


def test_a_ground_with_two_sources_is_lifted_with_the_last_of_them() -> None:
    listed, first, second = StopGround.CREDIT_LISTED, UUID(int=1), UUID(int=2)
    scenario = given(c.provider(), c.stopped(listed, source=first))
    source = ProviderCapacity.StopSourceAdded
    scenario.when(c.stopped(listed, source=second)).then(
        happened(source, uscc=c.USCC, ground=listed, source=second)
    )
    scenario.when(c.stopped(listed, source=second)).then_refused(AlreadyStopped(ground=listed))
    scenario.when(c.allowed(listed, source=first)).then(
        happened(ProviderCapacity.StopSourceGone, uscc=c.USCC, ground=listed, source=first)
    )
    scenario.when(c.allowed(listed, source=first)).then_refused(NotStopped(ground=listed))
    scenario.when(c.allowed(listed, source=second)).then(
        happened(ProviderCapacity.StopSourceGone, uscc=c.USCC, ground=listed, source=second),
        happened(ProviderCapacity.AssignmentsAllowed, uscc=c.USCC, ground=listed, offered=()),
    )
    # who lifts a ground by hand lifts it whatever stands behind it
    scenario.after(c.stopped(listed, source=first), c.stopped(listed, source=second))
    scenario.after(c.allowed(listed, by=c.OFFICE), c.stopped(listed, source=first))
    assert capacity_of(scenario).grounds == {listed}


def test_a_company_that_gives_no_care_is_not_stopped() -> None:
    given().when(c.stopped()).then()
    given().when(c.allowed()).then()


def test_carers_come_and_go() -> None:
    scenario = given(c.provider(), c.carer())
    scenario.when(c.carer()).then_refused(CarerKnown())
    scenario.when(c.carer_removed(2)).then_refused(CarerUnknown())
    assert scenario.when(c.carer_removed(1)).refused is None
    scenario.when(c.carer(by=c.CARER_1)).then_refused(Forbidden())


def test_bad_capacities_and_qualifications_are_refused_at_the_door() -> None:
    with pytest.raises(ValidationError) as error:
        ChangeCapacity.model_validate(
            {
                "provider_id": c.PROVIDER,
                "capacity": {"licensed_until": TODAY, "beds": ("1", "1")},
            }
        )
    assert [one["type"] for one in error.value.errors()] == ["bed-twice"]
    sound = c.carer().command.model_dump()
    with pytest.raises(ValidationError) as error:
        RegisterCarer.model_validate({**sound, "qualifications": ("magician",)})
    assert [one["type"] for one in error.value.errors()] == ["qualification-unknown"]


# --- rest, transfer, end -----------------------------------------------------------------------


def test_a_held_place_is_there_on_return() -> None:
    scenario = given(*waiting_families(2, beds=("1-1",)), take(1), c.suspended())
    scenario.when(take(2)).then_turned_down(NoPlace(position=1), ANY_EVENT, ANY_EVENT)
    assert scenario.when(c.resumed()).refused is None
    assert v.order_in(scenario).state is OrderState.ACTIVE


def test_after_fifteen_days_the_place_goes_to_who_waits() -> None:
    scenario = given(*waiting_families(2, beds=("1-1",)), take(1), c.suspended())
    scenario.when(take(2))
    due = shanghai("2026-03-18T00:00")
    early = scenario.when(c.place_released(at=due - timedelta(seconds=1)))
    early.then_refused(NotDue(due_at=due))
    scenario.run(c.place_released(at=due))
    freed = scenario.happened[-1]
    assert isinstance(freed, ProviderCapacity.PlaceReleased)
    assert freed.offered == (c.order_number(2),)
    scenario.when(c.place_released()).then_refused(NoHeldPlace())
    scenario.run(take(2))
    scenario.when(c.resumed()).then_refused(NoPlace(position=None))
    scenario.run(c.ended(c.order_number(2)))
    assert scenario.when(c.resumed()).refused is None
    assert capacity_of(scenario).places[c.ORDER].place_no == "1-1"


def test_a_transfer_takes_the_new_place_before_it_gives_the_old_one_back() -> None:
    scenario = given(*waiting_families(1), take(1))
    scenario.when(c.transferred(provider=c.USCC)).then_refused(SameProvider())
    answer = scenario.when(c.transferred())
    assert answer.decision is not None
    names = v.names(answer.decision.events)
    assert names == ["provider-changed", "place-taken", "place-released"]
    assert capacity_of(scenario).places == {}
    assert v.order_in(scenario).provider == c.OTHER_USCC


def test_a_transfer_to_a_full_house_leaves_the_old_place() -> None:
    scenario = given(*waiting_families(1), take(1))
    other = c.capacity_changed(beds=())
    command = other.command.model_copy(update={"provider_id": c.OTHER_PROVIDER})
    scenario.run(Step(command, other.by))
    scenario.when(c.transferred()).then_refused(NoPlace(position=None))
    assert c.ORDER in capacity_of(scenario).places


def test_an_end_gives_back_the_place_and_calls_off_the_visits() -> None:
    scenario = given(*v.SCHEDULED)
    decision = scenario.when(c.ended()).decision
    assert decision is not None
    assert v.names(decision.events) == ["care-ended", "order-closed", "place-released"]
    end = decision.events[0]
    assert isinstance(end, CareOrder.CareEnded)
    assert (end.later_visits, end.unpayable_visits) == ((c.VISIT,), ())


def test_who_waits_and_ends_leaves_the_list() -> None:
    scenario = given(*waiting_families(1, beds=()), c.waiting_joined(), c.ended())
    assert capacity_of(scenario).queue == {}


def test_only_a_death_lies_in_the_past_and_nothing_in_the_future() -> None:
    scenario = given(*c.ACTIVE)
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    for reason, on in ((EndReason.WISH, yesterday), (EndReason.MOVE, tomorrow)):
        scenario.when(c.ended(reason=reason, on=on)).then_refused(
            EndOutOfRange(earliest=TODAY, latest=TODAY)
        )
    answer = scenario.when(c.ended(reason=EndReason.DEATH, on=tomorrow))
    answer.then_refused(EndOutOfRange(earliest=TODAY, latest=TODAY))
    assert scenario.when(c.ended(reason=EndReason.DEATH, on=yesterday)).refused is None


# --- reassessment and rating -------------------------------------------------------------------


def test_a_grade_is_found_anew_once_at_a_time() -> None:
    scenario = given(*c.ACTIVE)
    due = shanghai("2027-03-03T00:00")
    scenario.when(c.reassessment_due()).then_refused(NotDue(due_at=due))
    scenario.run(c.reassessment())
    scenario.when(c.reassessment()).then_refused(ReassessmentOpen())
    scenario.run(c.assessed(20))
    order = v.order_in(scenario)
    assert (order.grade, order.state) == (4, OrderState.ACTIVE)
    assert scenario.when(c.reassessment()).refused is None


def test_a_month_is_rated_once_and_only_after_a_visit() -> None:
    given(*v.SCHEDULED).when(c.rated()).then_refused(VisitNotOfOrder())
    given(*c.ACTIVE).when(c.rated()).then_refused(VisitNotOfOrder())
    scenario = given(*v.COMPLETED)
    scenario.when(c.rated(), by=c.STRANGER).then_refused(Forbidden())
    scenario.run(c.rated())
    scenario.when(c.rated()).then_refused(RatedThisMonth(month="2026-03"))
    assert scenario.when(c.rated(at=shanghai("2026-04-01T09:00"))).refused is None
