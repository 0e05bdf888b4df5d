"""Names, applications, corrections and licences: what is recorded, and what is refused."""

from datetime import date

import pytest

from commands.base import Claim
from commands.company_registration.given import ApplicationGiven
from domain.company_registration import CompanyRegistration, RejectionGround
from domain.company_registration import refusals as no
from domain.company_registration.applications import Applicant, Document, ReasonCode
from domain.company_registration.bars import BAR_SCOPE, bar_values
from domain.company_registration.names import CompanyName, OrganisationForm
from domain.shared.clocks import Phase
from domain.shared.refusals import BornInFuture, Forbidden, FourEyes, NotDue, Refused
from tests import registrations as r
from tests.scenario import ANY, given, happened, keyed_hash, shanghai

SCOPE = "company-name:330203"
TEXT = "宁波市海曙区甬江商贸有限公司"
RESERVED_UNTIL = shanghai("2026-05-03T00:00")


def take(scope: str, value: str, refused: Refused, until: object = None) -> Claim:
    return Claim("take", scope, value, until, refused)  # type: ignore[arg-type]  # datetime or None


def release(scope: str, value: str, until: object = None) -> Claim:
    return Claim("release", scope, value, until, None)  # type: ignore[arg-type]  # datetime or None


def the_name(**parts: object) -> CompanyName:
    fields = {
        "registry": "330203",
        "division": "330203",
        "trade_name": "甬江",
        "industry_code": "F5199",
        "industry_term": "商贸",
        "organisation_form": OrganisationForm.LIMITED_COMPANY,
        "text": TEXT,
        **parts,
    }
    return CompanyName.model_validate(fields)


# --- names -------------------------------------------------------------------------------------


def test_a_name_is_reserved_for_two_months() -> None:
    (
        given()
        .when(r.name_reserved())
        .then(
            happened(
                CompanyRegistration.NameReserved,
                name=the_name(),
                registry="330203",
                applicant=Applicant(subject=keyed_hash("actor", "citizen-1"), actor="citizen-1"),
                needs_prior_approval=False,
                expires_at=RESERVED_UNTIL,
                clocks=ANY,
            )
        )
        .then_claims(
            take(SCOPE, f"={TEXT}", no.NameTaken(), RESERVED_UNTIL),
            take(SCOPE, "甬江:F", no.NameTaken(), RESERVED_UNTIL),
        )
    )


def test_a_name_that_needs_a_prior_approval_is_reserved_for_a_year() -> None:
    scenario = given(r.name_reserved(needs_prior_approval=True))
    assert scenario.clock("name-reservation").due_at == shanghai("2027-03-03T00:00")


def test_a_name_without_industry_takes_all_twenty_sections() -> None:
    answer = given().when(r.name_reserved(industry_code=None))
    assert answer.decision is not None
    values = [claim.value for claim in answer.decision.claims]
    assert values == ["=宁波市海曙区甬江有限公司", *(f"甬江:{s}" for s in "ABCDEFGHIJKLMNOPQRST")]


def test_a_name_by_investment_claims_only_itself() -> None:
    (
        given()
        .when(r.name_reserved(related_registration=r.matter_id(9)))
        .then_claims(take(SCOPE, f"={TEXT}", no.NameTaken(), RESERVED_UNTIL))
    )


def test_a_name_by_investment_is_approved_only_with_its_proof() -> None:
    (
        given(r.name_reserved(related_registration=r.matter_id(9)), r.submitted())
        .when(r.approved())
        .then_refused(no.ChecklistIncomplete(missing=(Document.INVESTMENT_RELATION,)))
    )


@pytest.mark.parametrize(
    ("registry", "division", "kept", "text"),
    [
        ("330204", "330212", "330212", "宁波市鄞州区甬江商贸有限公司"),
        ("330283", "330283", "330213", "宁波市奉化区甬江商贸有限公司"),
        ("330282", "330282", "330282", "慈溪甬江商贸有限公司"),
        ("330226", "330226", "330226", "宁海甬江商贸有限公司"),
        ("330205", "330200", "330205", "宁波甬江商贸有限公司"),
    ],
)
def test_a_name_is_kept_under_the_number_in_force(
    registry: str, division: str, kept: str, text: str
) -> None:
    matter = given(r.name_reserved(registry=registry, division=division)).matter
    assert isinstance(matter, CompanyRegistration)
    assert (matter.registry, matter.name.text) == (kept, text)


def test_a_reservation_lapses_in_the_instant_it_runs_out_and_not_before() -> None:
    early = given(r.name_reserved())
    early.when(r.name_expired(at=shanghai("2026-05-02T23:59"))).then_refused(
        NotDue(due_at=RESERVED_UNTIL)
    )
    (
        given(r.name_reserved())
        .when(r.name_expired(at=RESERVED_UNTIL))
        .then(
            happened(
                CompanyRegistration.NameLapsed,
                registry="330203",
                name=the_name(),
                expires_at=RESERVED_UNTIL,
                clocks=ANY,
            )
        )
        .then_claims(release(SCOPE, f"={TEXT}"), release(SCOPE, "甬江:F"))
    )


def test_an_application_after_the_reservation_is_too_late() -> None:
    (
        given(r.name_reserved())
        .when(r.submitted(at=RESERVED_UNTIL))
        .then_refused(no.NameLapsed(expired_at=RESERVED_UNTIL))
    )


def test_an_application_keeps_the_name_past_the_reservation() -> None:
    (
        given(r.name_reserved())
        .when(r.submitted())
        .then_claims(take(SCOPE, f"={TEXT}", no.NameTaken()), take(SCOPE, "甬江:F", no.NameTaken()))
    )


# --- applications ------------------------------------------------------------------------------


def test_capital_may_be_due_in_five_years_and_no_later() -> None:
    latest = date(2031, 3, 2)
    assert given(r.name_reserved()).when(r.submitted(contribution_due=latest)).refused is None
    (
        given(r.name_reserved())
        .when(r.submitted(contribution_due=date(2031, 3, 3)))
        .then_refused(no.ContributionTooLate(latest=latest))
    )


def test_a_company_registers_where_its_address_is() -> None:
    elsewhere = r.ADDRESS.model_copy(update={"division": "330282"})
    (
        given(r.name_reserved())
        .when(r.submitted(address=elsewhere))
        .then_refused(no.AddressOutsideRegistry(registry="330203"))
    )


def test_a_company_name_is_not_for_a_sole_trader() -> None:
    (
        given(r.name_reserved())
        .when(r.submitted_by_sole_trader())
        .then_refused(
            no.FormMismatch(organisation_form="limited-company", entity_type="sole-trader")
        )
    )


def test_nobody_else_may_submit_answer_or_withdraw() -> None:
    correcting = (r.name_reserved(), r.submitted(), r.correction_requested())
    for steps, step in (
        ((r.name_reserved(),), r.submitted(by=r.STRANGER)),
        (correcting, r.resubmitted(by=r.STRANGER)),
        (correcting, r.withdrawn(sender=r.STRANGER)),
    ):
        given(*steps).when(step).then_refused(Forbidden())


def test_a_birth_in_the_future_makes_a_resident_id_bad() -> None:
    unborn = r.person().model_copy(update={"resident_id": "330203203001011233"})
    given(r.name_reserved()).when(r.submitted(legal_representative=unborn)).then_refused(
        BornInFuture()
    )


# --- corrections -------------------------------------------------------------------------------


def test_all_defects_have_to_be_told_at_once() -> None:
    (
        given(r.name_reserved(), r.submitted(), r.correction_requested(), r.resubmitted())
        .when(r.correction_requested(r.defect(), r.defect(Document.ARTICLES)))
        .then_refused(no.CorrectionNotOnce(documents=(Document.ARTICLES,)))
    )


def test_what_came_with_the_answers_may_be_found_wanting_again() -> None:
    scenario = given(r.name_reserved(), r.submitted(), r.correction_requested(), r.resubmitted())
    again = r.correction_requested(r.defect(Document.DOMICILE, ReasonCode.ILLEGIBLE))
    assert scenario.when(again).refused is None


def test_every_defect_has_to_be_answered() -> None:
    two = r.correction_requested(r.defect(), r.defect(Document.ARTICLES))
    (
        given(r.name_reserved(), r.submitted(), two)
        .when(r.resubmitted())
        .then_refused(no.DefectsUnanswered(documents=(Document.ARTICLES,)))
    )


def test_an_answer_may_change_the_application_and_is_judged_like_a_first_one() -> None:
    richer = ApplicationGiven(**r.application(subscribed_capital_fen=5_000))
    late = ApplicationGiven(**r.application(contribution_due=date(2041, 1, 1)))
    steps = (r.name_reserved(), r.submitted(), r.correction_requested())
    matter = given(*steps, r.resubmitted(application=richer)).matter
    assert isinstance(matter, CompanyRegistration)
    assert matter.applied.subscribed_capital_fen == 5_000
    (
        given(*steps)
        .when(r.resubmitted(application=late))
        .then_refused(no.ContributionTooLate(latest=date(2031, 3, 2)))
    )


def test_an_application_lapses_when_the_answer_does_not_come() -> None:
    steps = (r.name_reserved(), r.submitted(), r.correction_requested(days=10))
    end = shanghai("2026-03-13T00:00")
    given(*steps).when(r.lapsed(at=shanghai("2026-03-12T23:00"))).then_refused(NotDue(due_at=end))
    (
        given(*steps)
        .when(r.lapsed(at=end))
        .then(
            happened(
                CompanyRegistration.ApplicationLapsed,
                registry="330203",
                name=the_name(),
                clocks=ANY,
            )
        )
        .then_claims(release(SCOPE, f"={TEXT}"), release(SCOPE, "甬江:F"))
    )


# --- decisions ---------------------------------------------------------------------------------


def test_approval_demands_that_nobody_in_office_is_barred_at_this_position() -> None:
    steps = (
        r.name_reserved(),
        r.submitted(
            legal_representative=r.person(1),
            directors=(r.person(2),),
            shareholders=(r.shareholder(3),),
        ),
    )
    demanded = bar_values(r.subject(1), r.subject(2))
    (
        given(*steps)
        .when(r.approved())
        .then(
            happened(
                CompanyRegistration.ApplicationApproved, officer="officer-7", checklist=r.CHECKLIST
            )
        )
        .then_claims(
            *(Claim("absent", BAR_SCOPE, v, None, no.OfficeholderBarred()) for v in demanded)
        )
    )


def test_approval_needs_every_document_seen() -> None:
    (
        given(r.name_reserved(), r.submitted())
        .when(r.approved(checklist=r.CHECKLIST[:3]))
        .then_refused(no.ChecklistIncomplete(missing=(Document.APPOINTMENTS, Document.DOMICILE)))
    )


def test_a_sole_trader_needs_no_articles() -> None:
    three = (Document.APPLICATION_FORM, Document.IDENTITY, Document.DOMICILE)
    scenario = given(r.sole_trader_name(), r.submitted_by_sole_trader())
    assert scenario.when(r.approved(checklist=three)).refused is None


def test_a_licence_needs_two_pairs_of_eyes() -> None:
    (
        given(r.name_reserved(), r.submitted(), r.approved(by=r.OFFICER_7))
        .when(r.licensed(), by=r.OFFICER_7)
        .then_refused(FourEyes())
    )


def test_an_approved_company_gets_its_licence() -> None:
    steps = (r.name_reserved(), r.submitted(foreign_trader=True), r.approved())
    (
        given(*steps)
        .when(r.licensed(r.USCC, by=r.OFFICER_8))
        .then(
            happened(
                CompanyRegistration.LicenceIssued,
                uscc=r.USCC,
                name=the_name(),
                type="enterprise",
                registry="330203",
                established_on=date(2026, 3, 2),
                subscribed_capital_fen=100_000_000,
                representative=ANY,
                address=r.ADDRESS,
                business_scope=("F5199",),
                departments=(
                    "tax",
                    "hrss",
                    "housing-fund",
                    "public-security",
                    "statistics",
                    "customs",
                ),
                issued_by="officer-8",
                office_seconds=120,
                clocks=ANY,
            )
        )
        .then_claims(take("uscc", r.USCC, no.UsccTaken()))
    )


def test_a_company_gets_no_sole_traders_code() -> None:
    (
        given(r.name_reserved(), r.submitted(), r.approved())
        .when(r.licensed(r.SOLE_TRADER_USCC))
        .then_refused(no.UsccKindMismatch(entity_type="enterprise"))
    )


def test_a_rejection_stops_the_clocks_and_frees_the_name() -> None:
    scenario = given(r.name_reserved(), r.submitted())
    (
        scenario.when(r.rejected())
        .then(
            happened(
                CompanyRegistration.ApplicationRejected,
                registry="330203",
                name=the_name(),
                ground=RejectionGround.FORBIDDEN_BY_LAW,
                reason="经营范围被禁止",
                officer="officer-7",
                clocks=ANY,
            )
        )
        .then_claims(release(SCOPE, f"={TEXT}"), release(SCOPE, "甬江:F"))
    )
    for clock in ("licence-1h", "registration-legal"):
        assert scenario.clock(clock).phase is Phase.STOPPED


def test_the_legal_term_is_extended_once_and_in_time() -> None:
    scenario = given(r.name_reserved(), r.submitted(), r.term_extended())
    assert scenario.clock("registration-legal").due_at == shanghai("2026-03-10T17:30")
    scenario.when(r.term_extended()).then_refused(no.AlreadyExtended())
    (
        given(r.name_reserved(), r.submitted())
        .when(r.term_extended(at=shanghai("2026-03-05T17:31")))
        .then_refused(no.TermOver(due_at=shanghai("2026-03-05T17:30")))
    )
