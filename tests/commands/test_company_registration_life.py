"""A registered company: filings, changes, rest, flags, and its ends."""

from datetime import date

import pytest

from commands.base import Claim
from commands.company_registration import changing
from domain.company_registration import BarList, CompanyRegistration, ObjectionGround
from domain.company_registration import refusals as no
from domain.company_registration.bars import BAR_SCOPE, bar_values
from domain.company_registration.changes import CapitalChange
from domain.shared.refusals import Forbidden, NotDue
from tests import registrations as r
from tests.scenario import ANY, HUIMIN, Scenario, Step, given, happened, shanghai

SCOPE = "company-name:330203"
OLD = ("=宁波市海曙区甬江商贸有限公司", "甬江:F")
NEW = ("=宁波市海曙区姚江商贸有限公司", "姚江:F")
IN_A_YEAR = shanghai("2027-03-03T00:00")


def registered() -> Scenario:
    return given(*r.REGISTERED)


def company(scenario: Scenario) -> CompanyRegistration:
    assert isinstance(scenario.matter, CompanyRegistration)
    return scenario.matter


# --- filings -----------------------------------------------------------------------------------


def test_a_company_is_filed_once_with_each_department() -> None:
    (
        registered()
        .when(r.filed("tax", "税-1"))
        .then(
            happened(
                CompanyRegistration.FilingRecorded,
                uscc=r.USCC,
                department="tax",
                receipt_no="税-1",
            )
        )
    )
    given(*r.REGISTERED, r.filed("tax")).when(r.filed("tax")).then_refused(
        no.AlreadyFiled(department="tax")
    )


def test_a_derived_receipt_is_the_same_for_the_same_command() -> None:
    receipts = [company(given(*r.REGISTERED, r.filed("tax", None))).filings for _ in range(2)]
    assert receipts[0] == receipts[1]
    assert receipts[0]["tax"].startswith("tax-")


def test_a_department_files_for_itself_only() -> None:
    assert registered().when(r.filed("tax", by=r.TAX)).refused is None
    registered().when(r.filed("hrss", by=r.TAX)).then_refused(Forbidden())


def test_an_annulled_companys_filings_are_taken_back_and_no_new_ones_made() -> None:
    scenario = given(*r.REGISTERED, r.filed("tax"), r.filed("hrss"))
    (
        scenario.when(r.annulled())
        .then(
            happened(
                CompanyRegistration.RegistrationAnnulled,
                uscc=r.USCC,
                registry="330203",
                name=ANY,
                pending_name=None,
                decision_no="撤销-1",
                filings=("tax", "hrss"),
                name_kept_until=IN_A_YEAR,
            )
        )
        .then_claims(*(Claim("release", SCOPE, v, IN_A_YEAR, None) for v in OLD))
    )
    scenario.when(r.taken_back("hrss")).then(
        happened(
            CompanyRegistration.FilingTakenBack,
            uscc=r.USCC,
            department="hrss",
            receipt_no="r-1",
        )
    )
    scenario.when(r.taken_back("hrss")).then_refused(no.NotFiled(department="hrss"))


# --- changes -----------------------------------------------------------------------------------


def test_a_change_waits_for_its_decision_and_no_other_beside_it() -> None:
    scenario = given(*r.REGISTERED, r.change_applied())
    scenario.when(r.change_applied(r.renaming())).then_refused(no.ChangeOpen(field="capital"))
    scenario.when(r.announced()).then_refused(no.ChangeOpen(field="capital"))
    (
        scenario.when(r.change_approved()).then(
            happened(
                CompanyRegistration.ChangeApproved,
                uscc=r.USCC,
                registry="330203",
                name=ANY,
                field="capital",
                old=CapitalChange(subscribed_capital_fen=100_000_000),
                new=CapitalChange(subscribed_capital_fen=200_000_000),
                officer="officer-7",
                name_kept_until=None,
            )
        )
    )
    scenario.when(r.change_approved()).then_refused(no.NoOpenChange())
    scenario.when(r.change_applied()).then_refused(no.NothingChanges(field="capital"))


def test_a_new_name_is_claimed_when_it_is_applied_for() -> None:
    (
        registered()
        .when(r.change_applied(r.renaming()))
        .then_claims(*(Claim("take", SCOPE, v, None, no.NameTaken()) for v in NEW))
    )


def test_the_old_name_is_kept_for_a_year() -> None:
    (
        given(*r.REGISTERED, r.change_applied(r.renaming()))
        .when(r.change_approved())
        .then_claims(*(Claim("release", SCOPE, v, IN_A_YEAR, None) for v in OLD))
    )


def test_what_old_and_new_name_share_is_not_given_up() -> None:
    other_words = r.renaming("甬江", industry_term="批发")
    (
        given(*r.REGISTERED, r.change_applied(other_words))
        .when(r.change_approved())
        .then_claims(Claim("release", SCOPE, OLD[0], IN_A_YEAR, None))
    )


@pytest.mark.parametrize("end", [r.change_rejected(), r.deregistered(), r.revoked(), r.annulled()])
def test_a_name_applied_for_is_free_at_once_when_it_comes_to_nothing(end: Step) -> None:
    answer = given(*r.REGISTERED, r.change_applied(r.renaming())).when(end)
    assert answer.decision is not None
    at_once = {c.value for c in answer.decision.claims if c.kind == "release" and c.until is None}
    assert at_once == set(NEW)


def test_a_new_representative_may_not_be_barred() -> None:
    change = changing.RepresentativeChangeGiven(
        field="legal-representative", legal_representative=r.person(5)
    )
    (
        given(*r.REGISTERED, r.change_applied(change))
        .when(r.change_approved())
        .then_claims(
            *(
                Claim("absent", BAR_SCOPE, v, None, no.OfficeholderBarred())
                for v in bar_values(r.subject(5))
            )
        )
    )


def test_only_the_applicant_and_the_counter_act_for_a_company() -> None:
    registered().when(r.change_applied(by=r.STRANGER)).then_refused(Forbidden())
    registered().when(r.change_applied(by=r.TAX)).then_refused(Forbidden())
    assert registered().when(r.change_applied(by=r.OFFICER_7)).refused is None


# --- rest --------------------------------------------------------------------------------------


def test_a_company_rests_until_the_end_of_a_day() -> None:
    scenario = given(*r.REGISTERED, r.suspended(date(2026, 6, 30)))
    end = shanghai("2026-07-01T00:00")
    scenario.when(r.resumed(sender=HUIMIN, at=shanghai("2026-06-30T23:00"))).then_refused(
        NotDue(due_at=end)
    )
    scenario.when(r.resumed(sender=HUIMIN, at=end)).then(
        happened(CompanyRegistration.BusinessResumed, uscc=r.USCC, suspended_days=121, clocks=ANY)
    )


def test_rest_lasts_three_years_in_all() -> None:
    registered().when(r.suspended(date(2029, 3, 3))).then_refused(
        no.SuspensionTooLong(latest=date(2029, 3, 2))
    )
    rested = (
        *r.REGISTERED,
        r.suspended(date(2027, 3, 1)),
        r.resumed(at=shanghai("2027-03-02T10:00")),
    )
    (
        given(*rested)
        .when(r.suspended(date(2030, 1, 1), at=shanghai("2027-03-02T11:00")))
        .then_refused(no.SuspensionTooLong(latest=date(2029, 3, 2)))
    )


def test_rest_does_not_end_today() -> None:
    registered().when(r.suspended(date(2026, 3, 2))).then_refused(no.SuspensionEndPassed())


# --- flags -------------------------------------------------------------------------------------


def test_an_officeholder_is_flagged_once_per_list() -> None:
    scenario = given(*r.REGISTERED, r.flagged())
    scenario.when(r.flagged()).then_refused(no.AlreadyFlagged(list=BarList.COURT))
    assert scenario.when(r.flagged(1, BarList.MARKET_REGULATION)).refused is None
    scenario.when(r.flagged(9)).then_refused(no.NotAnOfficeholder())
    assert scenario.when(r.flag_lifted()).refused is None
    scenario.when(r.flag_lifted()).then_refused(no.NotFlagged(list=BarList.COURT))


# --- ends --------------------------------------------------------------------------------------

TWENTY_DAYS = shanghai("2026-03-24T00:00")  # the 22nd is a Sunday


def test_an_announcement_is_public_and_runs_twenty_days() -> None:
    (
        registered()
        .when(r.announced())
        .then(
            happened(
                CompanyRegistration.DeregistrationAnnounced,
                uscc=r.USCC,
                public=True,
                objections_until=TWENTY_DAYS,
                deregister_until=shanghai("2026-04-14T00:00"),
                clocks=ANY,
            )
        )
    )


@pytest.mark.parametrize(
    ("no_debts", "on_abnormal_list", "grounds"),
    [
        (False, False, ("debts",)),
        (True, True, ("abnormal-list",)),
        (False, True, ("debts", "abnormal-list")),
    ],
)
def test_who_has_debts_or_is_on_the_abnormal_list_does_not_end_the_simple_way(
    no_debts: bool, on_abnormal_list: bool, grounds: tuple[str, ...]
) -> None:
    (
        registered()
        .when(r.announced(no_debts=no_debts, on_abnormal_list=on_abnormal_list))
        .then_refused(no.SimpleDeregistrationBarred(grounds=grounds))
    )


def test_an_objection_of_the_last_minute_counts_and_one_of_the_next_day_is_late() -> None:
    (
        given(*r.REGISTERED, r.announced())
        .when(r.objected(at=shanghai("2026-03-23T23:59")))
        .then(
            happened(
                CompanyRegistration.DeregistrationObjected,
                uscc=r.USCC,
                public=True,
                department="tax",
                creditor=None,
                ground=ObjectionGround.TAX_ARREARS,
                note="",
                clocks=ANY,
            )
        )
    )
    (
        given(*r.REGISTERED, r.announced())
        .when(r.objected(at=shanghai("2026-03-24T08:30")))
        .then_refused(no.AnnouncementOver(ended_at=TWENTY_DAYS))
    )


def test_a_creditor_objects_to_a_public_announcement_only() -> None:
    assert given(*r.REGISTERED, r.announced()).when(r.objected(by=r.STRANGER)).refused is None
    (given(*r.SOLE_TRADER, r.announced()).when(r.objected(by=r.STRANGER)).then_refused(Forbidden()))


def test_a_company_deregisters_after_its_announcement_and_before_the_window_closes() -> None:
    announced = (*r.REGISTERED, r.announced())
    early, late = shanghai("2026-03-23T12:00"), shanghai("2026-04-14T00:01")
    given(*announced).when(r.deregistered(papers=False, at=early)).then_refused(
        no.AnnouncementRunning(ends_at=TWENTY_DAYS)
    )
    given(*announced).when(r.deregistered(papers=False, at=late)).then_refused(
        no.DeregistrationWindowOver(ended_at=shanghai("2026-04-14T00:00"))
    )
    in_time = given(*announced).when(r.deregistered(papers=False, at=shanghai("2026-03-24T09:00")))
    in_time.then(
        happened(
            CompanyRegistration.Deregistered,
            uscc=r.USCC,
            registry="330203",
            name=ANY,
            pending_name=None,
            kind="simple",
            decision_no="注销-1",
            name_kept_until=shanghai("2027-03-25T00:00"),
            clocks=ANY,
        )
    )


def test_thirty_days_more_are_granted_once() -> None:
    scenario = given(*r.REGISTERED, r.announced(), r.deregistration_extended())
    assert scenario.clock("deregistration").due_at == shanghai("2026-05-14T00:00")
    scenario.when(r.deregistration_extended()).then_refused(no.AlreadyExtended())
    assert scenario.when(r.deregistered(at=shanghai("2026-05-10T09:00"))).refused is None


def test_an_announcement_on_which_nobody_acts_ends_by_itself() -> None:
    scenario = given(*r.REGISTERED, r.announced())
    end = shanghai("2026-04-14T00:00")
    scenario.when(r.announcement_ended(at=shanghai("2026-04-13T23:00"))).then_refused(
        NotDue(due_at=end)
    )
    scenario.when(r.announcement_ended(at=end)).then(
        happened(CompanyRegistration.AnnouncementEnded, uscc=r.USCC, public=True, clocks=ANY)
    )


def test_a_department_is_asked_once_and_not_after_the_time_for_objections() -> None:
    scenario = given(*r.REGISTERED, r.announced(), r.objection_requested())
    scenario.when(r.objection_requested()).then_refused(no.AlreadyAsked(department="tax"))
    scenario.when(
        r.objection_requested(department="hrss", at=shanghai("2026-03-25T09:00"))
    ).then_refused(no.AnnouncementOver(ended_at=TWENTY_DAYS))


def test_the_ordinary_way_needs_the_papers_of_a_liquidation() -> None:
    registered().when(r.deregistered(papers=False)).then_refused(
        no.LiquidationIncomplete(missing=("liquidation-report", "tax-clearance"))
    )
    given(*r.REGISTERED, r.revoked()).when(r.deregistered(papers=False)).then_refused(
        no.LiquidationIncomplete(missing=("liquidation-report",))
    )
    answer = registered().when(r.deregistered())
    answer.then_claims(*(Claim("release", SCOPE, v, IN_A_YEAR, None) for v in OLD))


def test_a_revoked_company_keeps_its_name_until_it_is_deregistered() -> None:
    (
        registered()
        .when(r.revoked())
        .then(
            happened(
                CompanyRegistration.LicenceRevoked,
                uscc=r.USCC,
                registry="330203",
                name=ANY,
                pending_name=None,
                decision_no="吊销-1",
                reason="连续停业",
                clocks=(),
            )
        )
        .then_claims()
    )
