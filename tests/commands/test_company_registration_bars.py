"""Bars from office: who may set and lift them, and what they claim."""

from datetime import UTC, datetime

from commands.base import Caller, Claim
from commands.company_registration.barring import BarOfficeholder, LiftOfficeholderBar
from domain.company_registration import BarList, Officeholder, OfficeholderBar
from domain.company_registration.bars import BAR_SCOPE, bar_id
from domain.company_registration.officeholders import officeholder_id
from domain.company_registration.refusals import AlreadyBarred
from domain.shared.refusals import Forbidden, NotInState
from projections.company_registration.bars import OfficeholderBars
from tests import registrations as r
from tests.projections.rows import rows_of
from tests.scenario import ANY, HUIMIN, Step, given, happened

WHO = r.subject(3)
PERSON = officeholder_id(WHO)
BAR = bar_id(WHO, BarList.COURT, "甬执1号")
UNTIL = datetime(2028, 1, 1, tzinfo=UTC)


def barred(by: Caller = r.COURT, until: datetime | None = None) -> Step:
    command = BarOfficeholder(
        list=BarList.COURT, decision_no="甬执1号", resident_id=r.resident(3), until=until
    )
    return Step(command, by)


def lifted(by: Caller = r.COURT) -> Step:
    return Step(LiftOfficeholderBar(bar_id=BAR), by)


def test_a_bar_takes_the_persons_place_on_the_list() -> None:
    (
        given()
        .when(barred(until=UNTIL))
        .then(
            happened(
                OfficeholderBar.OfficeholderBarred,
                subject=WHO,
                list=BarList.COURT,
                decision_no="甬执1号",
                until=UNTIL,
            ),
            happened(Officeholder.OfficeholderEntered, on=PERSON, subject=WHO),
            happened(
                Officeholder.OfficeholderListed,
                on=PERSON,
                subject=WHO,
                list=BarList.COURT,
                bar_id=BAR,
                until=UNTIL,
                companies=(),
                clocks=ANY,
            ),
        )
        .then_claims(
            Claim("take", BAR_SCOPE, f"court:{WHO}", UNTIL, AlreadyBarred(list=BarList.COURT))
        )
    )


def test_the_matter_of_a_listing_follows_from_who_and_why() -> None:
    matter = given(barred()).matter
    assert matter is not None
    assert matter.id == BAR


def test_lifting_gives_the_place_back_at_once_and_once() -> None:
    scenario = given(barred())
    scenario.when(lifted()).then(
        happened(OfficeholderBar.OfficeholderBarLifted, subject=WHO, list=BarList.COURT),
        happened(
            Officeholder.OfficeholderDelisted,
            on=PERSON,
            subject=WHO,
            list=BarList.COURT,
            companies=(),
            clocks=(),
        ),
    ).then_claims(Claim("release", BAR_SCOPE, f"court:{WHO}", None, None))
    scenario.when(lifted()).then_refused(NotInState(state="lifted", allowed=()))
    assert rows_of(OfficeholderBars, scenario.happened)[BAR].state == "lifted"


def test_only_the_department_of_the_list_and_huimin_itself_bar_and_lift() -> None:
    given().when(barred(by=r.TAX)).then_refused(Forbidden())
    given(barred()).when(lifted(by=r.OFFICER_7)).then_refused(Forbidden())
    assert given().when(barred(by=HUIMIN)).refused is None


def test_the_identity_is_not_kept() -> None:
    assert r.resident(3) not in str([e.model_dump_json() for e in given(barred()).happened])
