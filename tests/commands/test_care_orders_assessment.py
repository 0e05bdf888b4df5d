"""Asking for care and being assessed: who may, what the grade is, who may sign."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from commands.care_orders.requesting import IncidentsGiven, RecordAssessment, RequestCare
from domain.care_orders import CareOrder, Elder, Mode
from domain.care_orders.assessment import (
    MOST_POINTS,
    SCHEMES,
    Diagnosis,
    Grade,
    Incidents,
    scheme_on,
)
from domain.care_orders.people import Applicant, Contact, Person
from domain.care_orders.refusals import (
    AssessorNotIndependent,
    ConsentMissing,
    ElderDied,
    NoPause,
    OpenOrderExists,
    TooYoung,
)
from domain.shared.identifiers import make_resident_id
from domain.shared.refusals import (
    BornInFuture,
    DateInFuture,
    Forbidden,
)
from tests import care as c
from tests import visits as v
from tests.scenario import ANY, MONDAY_MORNING, given, happened, keyed_hash, shanghai

SCHEME = scheme_on(date(2026, 3, 2))
NOTHING = Incidents()


def codes(error: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    return [one["type"] for one in error.value.errors()]


# --- request -----------------------------------------------------------------------------------


def test_a_request_begins_the_order_and_the_elder() -> None:
    given().when(c.requested()).then(
        happened(
            CareOrder.CareRequested,
            elder=Person(subject=c.subject(), name="王明", resident_id=c.resident()),
            mode=Mode.HOME,
            district="330203",
            address=c.ADDRESS,
            location=c.HOME,
            home_tag="tag-1",
            guardian=None,
            emergency_contact=Contact(name="王芳", phone="+8613812345678"),
            applicant=Applicant(subject=keyed_hash("actor", "citizen-1"), actor="citizen-1"),
            consent_id="consent-1",
            clocks=ANY,
        ),
        happened(
            Elder.ElderEntered,
            on=c.ELDER,
            elder=c.subject(),
            mode=Mode.HOME,
            order_id=c.ORDER,
        ),
    )


def test_care_is_for_people_of_sixty() -> None:
    today = MONDAY_MORNING.date()
    sixty = date(today.year - 60, today.month, today.day)
    assert given().when(c.requested(born=sixty)).refused is None
    given().when(c.requested(born=sixty + timedelta(days=1))).then_refused(TooYoung(least_age=60))


def test_someone_who_is_not_born_yet_is_refused() -> None:
    unborn = make_resident_id("330203", date(2027, 1, 1), 1)
    answer = given().when(c.requested(elder={"name": "王明", "resident_id": unborn}))
    answer.then_refused(BornInFuture())


def test_health_data_need_a_consent_of_their_own() -> None:
    given().when(c.requested(consent_id=None)).then_refused(ConsentMissing())


def test_an_elder_has_one_live_order_of_a_mode() -> None:
    scenario = given(c.requested())
    again = c.requested(c.order_number(2))
    scenario.when(again).then_refused(OpenOrderExists(mode="home"))
    other = scenario.when(c.requested(c.order_number(3), mode=Mode.INSTITUTION))
    assert other.refused is None
    scenario.run(c.ended())
    assert scenario.when(again).refused is None


def test_nothing_is_asked_for_after_a_death() -> None:
    scenario = given(c.requested(), v.died(date(2026, 3, 2)))
    scenario.when(c.requested(c.order_number(2), mode=Mode.DAY_CARE)).then_refused(ElderDied())


def test_an_old_division_becomes_the_present_one() -> None:
    address = c.ADDRESS.model_copy(update={"division": "330204"})
    order = v.order_in(given(c.requested(address=address)))
    assert (order.district, order.address.division) == ("330212", "330212")


# --- grade -------------------------------------------------------------------------------------


def test_the_table_has_26_items_in_four_groups_and_90_points() -> None:
    for scheme in SCHEMES:
        assert [len(group) for group in scheme.groups.values()] == [8, 4, 9, 5]
        assert sum(scheme.most.values()) == 90


@pytest.mark.parametrize(
    ("total", "grade"),
    [(90, 0), (89, 1), (66, 1), (65, 2), (46, 2), (45, 3), (30, 3), (29, 4), (0, 4)],
)
def test_points_make_the_grade(total: int, grade: int) -> None:
    assert SCHEME.grade(c.scores(total), frozenset(), NOTHING) == grade


@pytest.mark.parametrize(("total", "grade"), [(66, 2), (20, 4)])
def test_dementia_makes_it_one_worse_and_never_five(total: int, grade: int) -> None:
    """Acceptance 1."""
    step = c.assessed(total, diagnoses=(Diagnosis.DEMENTIA,))
    order = v.order_in(given(c.requested(), step))
    assert order.grade == grade


def test_coma_is_complete_loss() -> None:
    assert SCHEME.grade(c.scores(90), frozenset({Diagnosis.COMA}), NOTHING) is Grade.COMPLETE


@pytest.mark.parametrize(
    ("incidents", "grade"),
    [
        (Incidents(falls=1), Grade.MILD),
        (Incidents(falls=2), Grade.MODERATE),
        (Incidents(chokings=1, wanderings=1), Grade.MODERATE),
        (Incidents(self_harm=9), Grade.MODERATE),
    ],
)
def test_two_incidents_in_thirty_days_make_it_one_worse(incidents: Incidents, grade: Grade) -> None:
    assert SCHEME.grade(c.scores(80), frozenset(), incidents) is grade


def test_incidents_and_diagnoses_together_make_it_one_worse_only() -> None:
    both = frozenset({Diagnosis.DEMENTIA, Diagnosis.MENTAL_DISORDER})
    assert SCHEME.grade(c.scores(80), both, Incidents(falls=3)) is Grade.MODERATE


def test_an_old_assessment_keeps_its_own_table() -> None:
    assert scheme_on(date(2000, 1, 1)) is SCHEMES[0]
    assert scheme_on(date(2030, 1, 1)) is SCHEMES[-1]


# --- assessment --------------------------------------------------------------------------------


def test_a_grade_holds_twelve_months_and_stops_the_limits() -> None:
    scenario = given(c.requested(), c.assessed(40))
    order = v.order_in(scenario)
    assert (order.grade, order.state) == (Grade.SEVERE, "assessed")
    assert order.valid_until == shanghai("2027-03-03T00:00")
    assert [reading.next() for reading in order.clocks.values()] == [None, None]


def test_an_assessment_is_not_made_tomorrow() -> None:
    tomorrow = MONDAY_MORNING + timedelta(days=1)
    given(c.requested()).when(c.assessed(on=tomorrow)).then_refused(DateInFuture())


def test_no_assessor_works_for_the_provider_of_the_elder() -> None:
    by_body = (c.assessor(701, c.USCC), c.assessor(702))
    by_staff = (
        c.assessor(701),
        c.assessor(702).model_copy(
            update={"resident_id": c.resident(501, date(1980, 1, 1))},
        ),
    )
    for assessors in (by_body, by_staff):
        answer = given(*c.ACTIVE).when(c.assessed(assessors=assessors))
        answer.then_refused(AssessorNotIndependent())
        # before there is a provider, nobody depends on one
        assert given(c.requested()).when(c.assessed(assessors=assessors)).refused is None


def test_without_consent_nobody_is_assessed() -> None:
    scenario = given(c.requested(), c.consent_withdrawn())
    scenario.when(c.assessed()).then_refused(ConsentMissing())
    scenario.when(c.consent_withdrawn()).then_refused(ConsentMissing())


def test_a_pause_needs_a_limit_that_runs() -> None:
    scenario = given(c.requested())
    scenario.when(c.assessment_resumed()).then_refused(NoPause())
    scenario.run(c.assessment_paused())
    scenario.when(c.assessment_paused()).then_refused(NoPause())
    given(*c.ACTIVE).when(c.assessment_paused()).then_refused(NoPause())


def test_a_second_contact_is_no_first_one() -> None:
    scenario = given(c.requested(), c.contacted())
    scenario.when(c.contacted()).then()


def test_others_than_the_family_and_the_office_do_not_decide_for_an_elder() -> None:
    scenario = given(*c.PROVIDERS, c.requested(), c.assessed(), c.proposed())
    for step in (c.accepted(), c.declined(), c.consent_withdrawn(), c.ended()):
        scenario.when(step, by=c.STRANGER).then_refused(Forbidden())
    assert scenario.when(c.accepted(), by=c.OFFICE).refused is None


# --- bodies ------------------------------------------------------------------------------------


def body(**changes: Any) -> dict[str, Any]:
    return {**c.assessed().command.model_dump(mode="python"), **changes}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scores": {**c.scores(40), "eating": 5}}, "score-out-of-range"),
        ({"scores": {**c.scores(40), "eating": -1}}, "score-out-of-range"),
        ({"scores": {**c.scores(40), "juggling": 1}}, "scores-incomplete"),
        ({"scores": dict.fromkeys(list(MOST_POINTS)[1:], 0)}, "scores-incomplete"),
        ({"assessors": (c.assessor(1), c.assessor(1))}, "same-assessor-twice"),
        ({"assessors": (c.assessor(1),)}, "too_short"),
        ({"incidents_30d": {"falls": -1}}, "greater_than_equal"),
    ],
)
def test_a_bad_assessment_is_refused_at_the_door(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as error:
        RecordAssessment.model_validate(body(**changes), strict=False)
    assert codes(error) == [code]


def test_a_bad_request_is_refused_at_the_door() -> None:
    sound = c.requested().command.model_dump(mode="python")
    for changes, code in (
        ({"elder": {"name": "王明", "resident_id": "330203194001011234"}}, "bad-resident-id"),
        ({"emergency_contact": {"name": "王芳", "phone": "12"}}, "bad-mobile"),
        ({"location": {"lat": 39.9, "lon": 116.4}}, "outside-city"),
        ({"mode": "boarding"}, "enum"),
    ):
        with pytest.raises(ValidationError) as error:
            RequestCare.model_validate({**sound, **changes}, strict=False)
        assert codes(error) == [code]


def test_incidents_are_counted_from_nothing() -> None:
    assert Incidents(**IncidentsGiven().model_dump()).total == 0
