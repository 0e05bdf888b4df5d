"""The process of opening a business: who owes a filing, when it is late, how it is undone."""

from typing import Any

import pytest

from commands.business_opening import (
    AbandonOpening,
    BeginBusinessOpening,
    RecordOpeningFiling,
    RecordTakeBack,
)
from commands.policies.business_opening import follow_the_registration
from commands.policies.company_registration import when_announced, when_annulled, when_licensed
from domain.business_opening import BusinessOpening, NotExpected, State, opening_id
from domain.shared.clocks import Phase
from domain.shared.refusals import NotInState
from projections.business_opening import BusinessOpenings
from tests import registrations as r
from tests.projections.rows import rows_of
from tests.scenario import (
    ANY,
    HUIMIN,
    MATTER,
    MONDAY_MORNING,
    Scenario,
    Step,
    given,
    happened,
    shanghai,
)

OPENING = opening_id(MATTER)


def begun(*departments: str) -> Step:
    command = BeginBusinessOpening(
        registration_id=MATTER,
        uscc=r.USCC,
        name="甬江",
        registry="330203",
        departments=departments or ("tax", "hrss"),
        licensed_at=MONDAY_MORNING,
    )
    return Step(command, HUIMIN)


def filed(department: str) -> Step:
    return Step(RecordOpeningFiling(opening_id=OPENING, department=department), HUIMIN)


def abandoned(*filings: str) -> Step:
    return Step(AbandonOpening(opening_id=OPENING, filings=filings), HUIMIN)


def taken_back(department: str) -> Step:
    return Step(RecordTakeBack(opening_id=OPENING, department=department), HUIMIN)


def opening(scenario: Scenario) -> BusinessOpening:
    assert isinstance(scenario.matter, BusinessOpening)
    return scenario.matter


def row(scenario: Scenario) -> BusinessOpenings:
    return rows_of(BusinessOpenings, scenario.happened)[OPENING]


def test_a_company_has_one_opening_due_a_working_day_after_the_licence() -> None:
    scenario = given(begun())
    assert opening(scenario).id == OPENING
    assert scenario.clock("business-opening").due_at == shanghai("2026-03-03T17:30")


def test_the_last_filing_completes_it() -> None:
    scenario = given(begun(), filed("hrss"))
    scenario.when(filed("tax")).then(
        happened(BusinessOpening.OpeningFilingRecorded, department="tax"),
        happened(BusinessOpening.OpeningCompleted, clocks=ANY),
    )
    assert scenario.clock("business-opening").phase is Phase.STOPPED
    assert (row(scenario).state, row(scenario).missing) == (State.DONE, ())


def test_a_filing_counts_once_and_only_when_it_is_owed() -> None:
    scenario = given(begun(), filed("tax"))
    scenario.when(filed("tax")).then_refused(NotExpected(department="tax"))
    scenario.when(filed("customs")).then_refused(NotExpected(department="customs"))


def test_who_owes_a_filing_is_shown_and_that_it_is_late() -> None:
    scenario = given(begun("tax", "hrss", "statistics"), filed("hrss"))
    scenario.settled(shanghai("2026-03-03T17:31"))
    assert (row(scenario).missing, row(scenario).late) == (("tax", "statistics"), True)
    scenario.settled(shanghai("2026-03-05T09:00"))
    assert row(scenario).escalated


def test_an_annulment_is_done_when_the_last_filing_is_taken_back() -> None:
    scenario = given(begun(), filed("tax"))
    scenario.when(abandoned("tax", "hrss")).then(
        happened(BusinessOpening.OpeningAbandoned, to_take_back=("hrss", "tax"), clocks=ANY)
    )
    scenario.when(filed("statistics")).then_refused(
        NotInState(state="undoing", allowed=("record-take-back",))
    )
    scenario.run(taken_back("hrss"))
    scenario.when(taken_back("hrss")).then_refused(NotExpected(department="hrss"))
    assert row(scenario).filed == ("tax",)
    scenario.run(taken_back("tax"))
    assert (opening(scenario).state, row(scenario).state) == (State.UNDONE, State.UNDONE)


def test_an_annulment_before_any_filing_is_done_at_once() -> None:
    assert opening(given(begun(), abandoned())).state is State.UNDONE


# --- policies ----------------------------------------------------------------------------------


def last(*steps: Step) -> Any:
    return given(*steps).happened[-1]


@pytest.mark.parametrize("foreign_trader", [False, True])
def test_a_licence_is_filed_with_five_departments_and_a_foreign_traders_with_customs(
    foreign_trader: bool,
) -> None:
    licence = last(
        r.name_reserved(), r.submitted(foreign_trader=foreign_trader), r.approved(), r.licensed()
    )
    asked = [(c.registration_id, c.department) for c in when_licensed(licence)]
    expected = ["tax", "hrss", "housing-fund", "public-security", "statistics"]
    if foreign_trader:
        expected.append("customs")
    assert asked == [(MATTER, department) for department in expected]


def test_an_annulled_companys_filings_are_taken_back_in_reverse_order() -> None:
    annulment = last(
        *r.REGISTERED, r.filed("tax"), r.filed("hrss"), r.filed("customs"), r.annulled()
    )
    assert [c.department for c in when_annulled(annulment)] == ["customs", "hrss", "tax"]


def test_tax_social_security_and_customs_are_asked_to_object() -> None:
    announcement = last(*r.REGISTERED, r.announced())
    assert [c.department for c in when_announced(announcement)] == ["tax", "hrss", "customs"]


def test_the_process_follows_the_registration() -> None:
    scenario = given(*r.REGISTERED, r.filed("tax"), r.annulled(), r.taken_back("tax"))
    asked = [follow_the_registration(e) for e in scenario.happened[3:]]
    licence = scenario.happened[3]
    assert asked == [
        BeginBusinessOpening(
            registration_id=MATTER,
            uscc=r.USCC,
            name="宁波市海曙区甬江商贸有限公司",
            registry="330203",
            departments=("tax", "hrss", "housing-fund", "public-security", "statistics"),
            licensed_at=licence.at,
        ),
        RecordOpeningFiling(opening_id=OPENING, department="tax"),
        AbandonOpening(opening_id=OPENING, filings=("tax",)),
        RecordTakeBack(opening_id=OPENING, department="tax"),
    ]
