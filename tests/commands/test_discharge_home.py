"""The way home from a hospital: how it begins, whom it tells, when it is late, what it takes back."""

from typing import Any
from uuid import UUID

import pytest

from commands.discharge_home import (
    RecallDischarge,
)
from commands.policies.care_orders import when_a_discharge_is_recalled
from commands.policies.discharge_home import follow_the_way_home
from domain.care_orders import CareOrder, Elder, Mode
from domain.care_orders.refusals import ConsentMissing, OpenOrderExists, TooYoung
from domain.discharge_home import DischargeHome, EndReason, State, WrongElder
from domain.health_visits.values import archive_id
from domain.shared.clocks import Phase
from tests import care as c
from tests import clinics as h
from tests import discharges as d
from tests.scenario import (
    ANY,
    HUIMIN,
    Happened,
    Step,
    given,
    happened,
    shanghai,
)

D = DischargeHome
S = State
OTHER_STAY = UUID(int=77)


# --- how it begins -----------------------------------------------------------------------------


def test_an_elder_without_care_is_to_be_asked_for_within_seven_days() -> None:
    scenario = given(*d.BEGUN)
    assert scenario.clock("discharge-home").due_at == shanghai("2026-03-10T00:00")
    assert (d.row(scenario).state, d.row(scenario).institution) == (S.TO_ASK, "hospital-1")
    assert not d.row(scenario).orders


def test_an_elder_who_has_care_goes_on_with_it() -> None:
    scenario = given(*d.AGREED, *d.on_monday(*c.ACTIVE), d.begun())
    assert (d.row(scenario).state, d.row(scenario).provider) == (S.SERVED, c.USCC)
    assert d.way_home(scenario).sent == {}


def test_an_elder_who_waits_for_care_already_is_told_of_at_once() -> None:
    waiting = (*c.WAITING, c.capacity_changed(home_places=0), c.waiting_joined())
    scenario = given(*d.AGREED, *d.on_monday(*waiting), d.begun())
    assert d.row(scenario).state is S.WAITING
    assert d.notices(scenario)[d.WAY_HOME].community == c.ADDRESS.community


def test_a_consent_that_was_withdrawn_before_the_process_heard_of_the_discharge_is_recalled() -> (
    None
):
    scenario = given(*d.AGREED, d.withdrawn())
    scenario.when(d.begun()).then(
        happened(
            D.DischargeBegun,
            elder=d.ELDER,
            visit=d.STAY,
            consent=d.CONSENT,
            institution="hospital-1",
            discharged_at=d.DISCHARGED_AT,
            orders={},
            clocks=ANY,
        ),
        happened(D.DischargeRecalled, consent=d.CONSENT, current=True, orders=(), clocks=ANY),
    )
    assert scenario.clock("discharge-home").phase is Phase.CANCELLED


def test_another_stay_begins_it_anew_with_a_limit_of_its_own() -> None:
    scenario = given(*d.AGREED_TWICE, d.begun(), d.visited())
    later = shanghai("2026-04-01T10:00")
    scenario.after(d.begun(OTHER_STAY, consent=d.OTHER_CONSENT, discharged_at=later))
    assert (d.row(scenario).visit_id, d.row(scenario).completed_at) == (OTHER_STAY, None)
    assert scenario.clock("discharge-home").due_at == shanghai("2026-04-09T00:00")


# --- what care needs ---------------------------------------------------------------------------


def handing_over(order: Any = ANY) -> tuple[Happened, ...]:
    return (happened(D.CareHandedOver, order_id=order, mode=Mode.HOME, consent=d.CONSENT),)


def test_care_is_asked_for_on_the_consent_of_the_discharge() -> None:
    scenario = given(*d.BEGUN, d.handed_over())
    order = scenario.matters[d.order_sent(scenario)]
    assert isinstance(order, CareOrder)
    assert (order.consent_id, order.elder.subject) == (str(d.CONSENT), d.ELDER)
    assert order.address == c.ADDRESS
    names = [type(e) for e in scenario.happened[-3:]]
    assert names == [D.CareHandedOver, Elder.ElderEntered, CareOrder.CareRequested]
    assert d.row(scenario).state is S.ASKED


def test_nothing_personal_lies_in_the_process_before_somebody_waits() -> None:
    scenario = given(*d.BEGUN, d.handed_over(), d.provider_found(), d.visited())
    own = [
        e.model_dump_json() for e in scenario.happened if isinstance(e, tuple(D.events.values()))
    ]
    for personal in ("王", "330203194", "1381234", "中山西路"):
        assert not [text for text in own if personal in text]


def test_the_desk_cannot_hand_over_somebody_else() -> None:
    given(*d.BEGUN).when(d.handed_over(elder=c.person(2))).then_refused(WrongElder())


def test_care_says_no_as_it_does_to_anybody() -> None:
    live = c.requested(d.HOME_ORDER)
    given(*d.BEGUN, live).when(d.handed_over()).then_refused(OpenOrderExists(mode="home"))


def test_nothing_is_handed_over_once_the_consent_is_withdrawn_though_no_policy_told() -> None:
    given(*d.BEGUN, d.withdrawn()).when(d.handed_over()).then_refused(ConsentMissing())


def test_who_is_too_young_for_care_is_told_so() -> None:
    young = d.handed_over(elder=c.person(1, born=h.DAY.replace(year=1990)))
    refused = given(*d.BEGUN).when(young).refused
    assert isinstance(refused, WrongElder | TooYoung)


# --- a provider, or none -----------------------------------------------------------------------


def test_when_nobody_has_a_place_the_districts_office_and_the_community_are_told() -> None:
    scenario = given(*d.PATHS[S.ASKED], c.requested(d.HOME_ORDER))
    scenario.when(d.waiting_seen()).then(
        happened(
            D.CommunityTold,
            elder=d.ELDER,
            order_id=d.HOME_ORDER,
            mode=Mode.HOME,
            waiting_at=c.USCC,
            department="civil-affairs",
            district="330203",
            street="鼓楼街道",
            community="秀水社区",
        )
    )
    told = d.notices(scenario)[d.WAY_HOME]
    assert (told.department, told.district, told.community) == (
        "civil-affairs",
        "330203",
        "秀水社区",
    )
    assert (d.row(scenario).state, d.row(scenario).provider) == (S.WAITING, c.USCC)


def test_a_day_centre_takes_the_elder_meanwhile_and_the_notice_goes() -> None:
    scenario = given(*d.PATHS[S.WAITING], d.handed_over(Mode.DAY_CARE, by=c.OFFICE))
    order = d.order_sent(scenario, Mode.DAY_CARE)
    assert d.row(scenario).state is S.WAITING
    scenario.after(
        d.provider_found(order_id=order, mode=Mode.DAY_CARE, provider=c.OTHER_USCC),
    )
    assert d.notices(scenario) == {}
    assert (d.row(scenario).state, d.row(scenario).order_id) == (S.SERVED, order)


def test_when_the_served_one_of_two_orders_ends_the_other_is_looked_for() -> None:
    scenario = given(*d.PATHS[S.SERVED], d.day_request_seen())
    scenario.when(d.care_ended()).then(happened(D.OrderDropped, order_id=d.HOME_ORDER))
    assert (d.row(scenario).state, d.row(scenario).provider) == (S.ASKED, None)
    assert d.way_home(scenario).state is S.ASKED


def test_when_the_last_order_ends_nobody_is_late() -> None:
    scenario = given(*d.PATHS[S.SERVED], d.care_ended())
    assert (d.row(scenario).ended, d.row(scenario).due_at) == (EndReason.CARE_ENDED, None)
    assert scenario.settled(shanghai("2026-05-01T09:00")) == []


# --- the first visit, and when it is late ------------------------------------------------------


def test_the_first_visit_is_the_end() -> None:
    scenario = given(*d.PATHS[S.SERVED])
    scenario.when(d.visited()).then(
        happened(D.HomecomingCompleted, order_id=d.HOME_ORDER, care_visit=d.CARE_VISIT, clocks=ANY)
    )
    assert scenario.clock("discharge-home").phase is Phase.STOPPED
    assert d.row(scenario).completed_at is not None


def test_a_visit_from_before_the_stay_that_is_told_late_is_not_the_one() -> None:
    before = d.visited(starts_at=shanghai("2026-02-27T09:00"))
    assert given(*d.PATHS[S.SERVED]).run(before).events == ()


@pytest.mark.parametrize(
    ("discharged", "due"),
    [
        ("2026-03-02T10:00", "2026-03-10T00:00"),
        # a Friday: the days of a weekend between count
        ("2026-03-06T23:59", "2026-03-14T00:00"),
        # the last day a Saturday, a Sunday: the Monday
        ("2026-03-07T00:00", "2026-03-17T00:00"),
        ("2026-03-08T10:00", "2026-03-17T00:00"),
        # the last day in National Day's week: the Thursday after it
        ("2026-09-24T10:00", "2026-10-09T00:00"),
        ("2026-09-30T10:00", "2026-10-09T00:00"),
        # the last day a Saturday that is worked: that Saturday
        ("2026-10-03T10:00", "2026-10-11T00:00"),
        # a Sunday that is not worked after it
        ("2026-10-04T10:00", "2026-10-13T00:00"),
    ],
)
def test_seven_days_end_on_a_day_that_is_worked(discharged: str, due: str) -> None:
    scenario = given(*d.AGREED, d.begun(discharged_at=shanghai(discharged)))
    assert scenario.clock("discharge-home").due_at == shanghai(due)


def test_who_has_had_no_visit_after_seven_days_is_late_and_escalated_once() -> None:
    scenario = given(*d.PATHS[S.ASKED])
    assert scenario.settled(shanghai("2026-03-10T00:00")) == []
    late = scenario.settled(shanghai("2026-03-10T00:01"))
    assert [type(e) for e in late] == [D.ClockBreached]
    assert (d.row(scenario).late, d.row(scenario).escalated) == (True, False)
    escalated = scenario.settled(shanghai("2026-03-12T09:00"))
    assert [(type(e), getattr(e, "to", None)) for e in escalated] == [
        (D.ClockEscalated, "supervision")
    ]
    assert d.row(scenario).escalated
    assert scenario.settled(shanghai("2026-06-01T09:00")) == []
    scenario.after(d.visited(at=shanghai("2026-06-01T10:00")))
    assert (d.row(scenario).state, d.row(scenario).late) == (S.DONE, True)


# --- the consent is withdrawn ------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.HOME, Mode.DAY_CARE])
def test_what_was_sent_is_taken_back_and_what_the_family_asked_for_is_not(mode: Mode) -> None:
    other = Mode.DAY_CARE if mode is Mode.HOME else Mode.HOME
    theirs = d.request_seen(mode=other)
    scenario = given(*d.BEGUN, theirs, d.handed_over(mode))
    order = d.order_sent(scenario, mode)
    scenario.when(d.recalled()).then(
        happened(D.DischargeRecalled, consent=d.CONSENT, current=True, orders=(order,), clocks=ANY)
    )
    (asked,) = when_a_discharge_is_recalled(scenario.happened[-1])
    assert (asked.order_id, asked.consent_id) == (order, str(d.CONSENT))
    assert (d.row(scenario).state, d.row(scenario).orders) == (S.RECALLED, {})
    assert scenario.settled(shanghai("2026-05-01T09:00")) == []


def test_the_notice_to_the_community_is_taken_back_too() -> None:
    assert d.notices(given(*d.PATHS[S.WAITING], d.recalled())) == {}


def test_the_consent_of_a_stay_before_takes_back_what_rested_on_it_and_not_this_stay() -> None:
    later = shanghai("2026-04-01T10:00")
    scenario = given(*d.AGREED_TWICE, d.begun(), d.handed_over())
    order = d.order_sent(scenario)
    scenario.after(d.begun(OTHER_STAY, consent=d.OTHER_CONSENT, discharged_at=later))
    assert d.row(scenario).state is S.ASKED
    scenario.when(d.recalled()).then(
        happened(D.DischargeRecalled, consent=d.CONSENT, current=False, orders=(order,), clocks=())
    )
    assert (d.row(scenario).state, d.way_home(scenario).state) == (S.TO_ASK, S.TO_ASK)
    assert d.row(scenario).due_at == shanghai("2026-04-09T00:00")


def test_a_consent_that_was_withdrawn_at_care_carries_no_later_stay() -> None:
    scenario = given(*d.BEGUN, d.handed_over(), d.recalled())
    scenario.after(d.begun(OTHER_STAY, discharged_at=shanghai("2026-04-01T10:00")))
    assert (d.way_home(scenario).state, d.row(scenario).visit_id) == (S.RECALLED, OTHER_STAY)


def test_one_whose_archive_was_merged_goes_home_by_the_consent_of_the_other() -> None:
    speaking = h.archive_opened(2)
    consent = d.consent_number(2)
    scenario = given(
        d.archive_opened(),
        speaking,
        h.consented(archive=archive_id(h.subject(2)), purpose="care", at=h.CONSENT_STEP_AT),
        h.merged(archive=archive_id(h.subject(2)), other_id=d.ARCHIVE),
        d.begun(consent=consent),
        d.handed_over(),
        h.withdrawn(archive=archive_id(h.subject(2)), consent_id=consent),
    )
    asked = follow_the_way_home(scenario.happened[-1])
    assert isinstance(asked, RecallDischarge)
    scenario.run(Step(asked, HUIMIN))
    assert d.way_home(scenario).state is S.RECALLED
