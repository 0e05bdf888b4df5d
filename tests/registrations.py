"""Companies for tests: each builder is a step in a company's life, with defaults for what a test
does not talk about. 甬江 is a limited company in Haishu that states its industry.
"""

from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from commands.base import Caller, Command, Role
from commands.company_registration import applying, barring, changing, ending, examining, filing
from commands.company_registration.given import (
    AnswerGiven,
    ApplicationGiven,
    DefectGiven,
    PersonGiven,
    PersonShareholderGiven,
)
from commands.company_registration.naming import ExpireName, ReserveName
from domain.company_registration import BarList, ObjectionGround, RejectionGround
from domain.company_registration.applications import Document, ReasonCode
from domain.company_registration.names import OrganisationForm
from domain.shared.address import Address
from domain.shared.identifiers import make_resident_id, make_uscc
from tests.scenario import HUIMIN, MATTER, Step, caller, keyed_hash, shanghai

USCC = "91330203MA2AF3XQ2G"
OTHER_USCC = "91330203MA2A000770"
SOLE_TRADER_USCC = make_uscc("sole-trader", "330203", "MA2AF3XQ")

APPLICANT = caller("citizen-1", Role.CITIZEN)
STRANGER = caller("citizen-2", Role.CITIZEN)
OFFICER_7 = caller("officer-7", Role.OFFICER, department="market-regulation")
OFFICER_8 = caller("officer-8", Role.OFFICER, department="market-regulation")
TAX = caller("officer-tax", Role.OFFICER, department="tax")
COURT = caller("judge-1", Role.OFFICER, department="court")


def resident(order: int) -> str:
    """A resident id of Haishu; another for each number from 0 to 999."""
    return make_resident_id("330203", date(1990, 1, 1), order)


def person(order: int = 1, name: str = "王明") -> PersonGiven:
    """Someone, by number."""
    return PersonGiven(name=name, resident_id=resident(order))


def shareholder(order: int = 1, share_ppm: int = 1_000_000) -> PersonShareholderGiven:
    """Someone with a share."""
    return PersonShareholderGiven(
        kind="person", name="王明", resident_id=resident(order), share_ppm=share_ppm
    )


def subject(order: int = 1) -> str:
    """What stands for that person in events."""
    return keyed_hash("person", resident(order))


ADDRESS = Address(
    division="330203", street="鼓楼街道", community="秀水社区", detail="中山西路100号"
)


def application(**changes: Any) -> dict[str, Any]:
    """The fields of a sound application, with changes."""
    return {
        "entity_type": "enterprise",
        "subscribed_capital_fen": 100_000_000,
        "shareholders": (shareholder(),),
        "contribution_due": date(2030, 12, 31),
        "legal_representative": person(),
        "directors": (),
        "phone": "+8613812345678",
        "address": ADDRESS,
        "business_scope": ("F5199",),
        "foreign_trader": False,
        "materials": (),
        **changes,
    }


def _step(by: Caller, command: Command, at: datetime | None) -> Step:
    return Step(command, by, at)


def name_reserved(*, at: datetime | None = None, by: Caller = APPLICANT, **parts: Any) -> Step:
    """甬江 is reserved."""
    fields: dict[str, Any] = {
        "registry": "330203",
        "division": "330203",
        "trade_name": "甬江",
        "industry_code": "F5199",
        "organisation_form": OrganisationForm.LIMITED_COMPANY,
        **parts,
    }
    return _step(by, ReserveName(**fields), at)


def sole_trader_name(**parts: Any) -> Step:
    """A sole trader's name is reserved."""
    return name_reserved(organisation_form=OrganisationForm.SHOP, **parts)


def submitted(*, at: datetime | None = None, by: Caller = APPLICANT, **changes: Any) -> Step:
    """The application is submitted."""
    fields = application(**changes)
    return _step(by, applying.SubmitApplication(registration_id=MATTER, **fields), at)


def submitted_by_sole_trader(**changes: Any) -> Step:
    """A sole trader's application is submitted."""
    return submitted(entity_type="sole-trader", contribution_due=None, **changes)


def defect(
    document: Document = Document.DOMICILE, reason: ReasonCode = ReasonCode.EXPIRED
) -> DefectGiven:
    """Something to mend."""
    return DefectGiven(document=document, reason_code=reason)


def correction_requested(
    *defects: DefectGiven,
    days: int = 30,
    at: datetime | None = None,
    by: Caller = OFFICER_7,
) -> Step:
    """The applicant is told what to mend."""
    command = examining.RequestCorrection(
        registration_id=MATTER, defects=defects or (defect(),), days=days
    )
    return _step(by, command, at)


def answer(
    document: Document = Document.DOMICILE, reason: ReasonCode = ReasonCode.EXPIRED
) -> AnswerGiven:
    """What was mended."""
    return AnswerGiven(document=document, reason_code=reason, sha256="a" * 64)


def resubmitted(
    *answers: AnswerGiven,
    application: ApplicationGiven | None = None,
    at: datetime | None = None,
    by: Caller = APPLICANT,
) -> Step:
    """Every defect is answered."""
    command = applying.Resubmit(
        registration_id=MATTER, answers=answers or (answer(),), application=application
    )
    return _step(by, command, at)


CHECKLIST = (
    Document.APPLICATION_FORM,
    Document.ARTICLES,
    Document.IDENTITY,
    Document.APPOINTMENTS,
    Document.DOMICILE,
)


def approved(
    *,
    checklist: tuple[Document, ...] = CHECKLIST,
    at: datetime | None = None,
    by: Caller = OFFICER_7,
) -> Step:
    """The application is approved."""
    return _step(by, examining.Approve(registration_id=MATTER, checklist=checklist), at)


def rejected(*, at: datetime | None = None, by: Caller = OFFICER_7) -> Step:
    """The application is rejected."""
    command = examining.Reject(
        registration_id=MATTER, ground=RejectionGround.FORBIDDEN_BY_LAW, reason="经营范围被禁止"
    )
    return _step(by, command, at)


def licensed(uscc: str = USCC, *, at: datetime | None = None, by: Caller = OFFICER_8) -> Step:
    """The licence is issued."""
    return _step(by, examining.IssueLicence(registration_id=MATTER, uscc=uscc), at)


def term_extended(*, at: datetime | None = None, by: Caller = OFFICER_7) -> Step:
    """The head of the registry allows three days more."""
    command = examining.ExtendLegalTerm(
        registration_id=MATTER, approved_by="officer-1", reason="股权结构复杂"
    )
    return _step(by, command, at)


def filed(
    department: str = "tax",
    receipt_no: str | None = "r-1",
    *,
    at: datetime | None = None,
    by: Caller = HUIMIN,
) -> Step:
    """A department has the company on file."""
    command = filing.FileWithDepartment(
        registration_id=MATTER, department=department, receipt_no=receipt_no
    )
    return _step(by, command, at)


def taken_back(department: str = "tax", *, at: datetime | None = None, by: Caller = HUIMIN) -> Step:
    """A department is told of the annulment."""
    return _step(by, filing.TakeBackFiling(registration_id=MATTER, department=department), at)


def change_applied(
    change: Any = None, *, at: datetime | None = None, by: Caller = APPLICANT
) -> Step:
    """A change is applied for; more capital by default."""
    change = change or changing.CapitalChangeGiven(
        field="capital", subscribed_capital_fen=200_000_000
    )
    return _step(by, changing.ApplyChange(registration_id=MATTER, change=change), at)


def renaming(trade_name: str = "姚江", **parts: Any) -> changing.NameChangeGiven:
    """A change to another trade name."""
    fields: dict[str, Any] = {
        "field": "name",
        "trade_name": trade_name,
        "industry_code": "F5199",
        "organisation_form": OrganisationForm.LIMITED_COMPANY,
        **parts,
    }
    return changing.NameChangeGiven(**fields)


def suspended(
    until: date = date(2026, 12, 31), *, at: datetime | None = None, by: Caller = APPLICANT
) -> Step:
    """The company rests."""
    return _step(by, changing.Suspend(registration_id=MATTER, until=until), at)


def announced(
    *,
    no_debts: bool = True,
    on_abnormal_list: bool = False,
    at: datetime | None = None,
    by: Caller = APPLICANT,
) -> Step:
    """The company announces its simple end."""
    command = ending.AnnounceSimpleDeregistration(
        registration_id=MATTER, no_debts=no_debts, on_abnormal_list=on_abnormal_list
    )
    return _step(by, command, at)


def objected(*, at: datetime | None = None, by: Caller = TAX) -> Step:
    """A department objects."""
    command = ending.Object(registration_id=MATTER, ground=ObjectionGround.TAX_ARREARS)
    return _step(by, command, at)


def deregistered(
    *,
    papers: bool = True,
    at: datetime | None = None,
    by: Caller = OFFICER_7,
) -> Step:
    """The company is deregistered, with the papers of a liquidation unless said otherwise."""
    command = ending.Deregister(
        registration_id=MATTER,
        decision_no="注销-1",
        liquidation_report="清算-1" if papers else None,
        tax_clearance="清税-1" if papers else None,
    )
    return _step(by, command, at)


def flagged(order: int = 1, list: BarList = BarList.COURT, *, by: Caller = HUIMIN) -> Step:
    """Someone in office is flagged."""
    command = barring.FlagOfficeholder(registration_id=MATTER, subject=subject(order), list=list)
    return _step(by, command, None)


def flag_lifted(order: int = 1, list: BarList = BarList.COURT, *, by: Caller = HUIMIN) -> Step:
    """The flag is lifted."""
    command = barring.LiftFlag(registration_id=MATTER, subject=subject(order), list=list)
    return _step(by, command, None)


def _plain(make: Any, by: Caller, *, at: datetime | None = None, **fields: Any) -> Step:
    return _step(fields.pop("sender", by), make(registration_id=MATTER, **fields), at)


name_expired = partial(_plain, ExpireName, HUIMIN)
lapsed = partial(_plain, applying.Lapse, HUIMIN)
withdrawn = partial(_plain, applying.Withdraw, APPLICANT)
change_approved = partial(_plain, changing.ApproveChange, OFFICER_7)
change_rejected = partial(_plain, changing.RejectChange, OFFICER_7, reason="缺少决议")
resumed = partial(_plain, changing.Resume, APPLICANT)
objection_requested = partial(_plain, ending.RequestObjection, HUIMIN, department="tax")
deregistration_extended = partial(_plain, ending.ExtendDeregistration, APPLICANT)
announcement_ended = partial(_plain, ending.EndAnnouncement, HUIMIN)
revoked = partial(_plain, ending.RevokeLicence, OFFICER_7, decision_no="吊销-1", reason="连续停业")
annulled = partial(_plain, ending.AnnulRegistration, OFFICER_7, decision_no="撤销-1")

REGISTERED = (name_reserved(), submitted(), approved(), licensed())
SOLE_TRADER = (
    sole_trader_name(),
    submitted_by_sole_trader(),
    approved(),
    licensed(SOLE_TRADER_USCC),
)


ONE_OF_EACH: dict[str, Step] = {
    "expire-name": name_expired(at=shanghai("2026-06-01T09:00")),
    "submit-application": submitted(),
    "request-correction": correction_requested(),
    "resubmit": resubmitted(),
    "lapse": lapsed(at=shanghai("2026-06-01T09:00")),
    "extend-legal-term": term_extended(),
    "approve": approved(),
    "reject": rejected(),
    "withdraw": withdrawn(),
    "issue-licence": licensed(),
    "file-with-department": filed("hrss"),
    "take-back-filing": taken_back(),
    "apply-change": change_applied(),
    "approve-change": change_approved(),
    "reject-change": change_rejected(),
    "suspend": suspended(),
    "resume": resumed(),
    "announce-simple-deregistration": announced(),
    "request-objection": objection_requested(),
    "object": objected(),
    "extend-deregistration": deregistration_extended(),
    "end-announcement": announcement_ended(at=shanghai("2026-06-01T09:00")),
    "deregister": deregistered(),
    "revoke-licence": revoked(),
    "annul-registration": annulled(),
    "flag-officeholder": flagged(),
    "lift-flag": flag_lifted(),
}
"""Every command on a registration once, sound but for the state that it may meet."""


def matter_id(number: int) -> UUID:
    """An id for one of several matters."""
    return UUID(int=MATTER.int + number)
