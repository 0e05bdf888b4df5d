"""A company's life at the registry: named, licensed, filed with its departments, changed twice."""

from datetime import date, timedelta
from typing import Any

from bench.lives.life import (
    ADDRESS,
    DIGEST,
    DISTRICT,
    HUIMIN,
    KeyedHash,
    Life,
    Telling,
    mobile,
    resident_id,
    sender,
    uscc,
)
from bench.load import name
from commands.base import Role
from commands.company_registration.applying import Resubmit, SubmitApplication
from commands.company_registration.changing import (
    ApplyChange,
    ApproveChange,
    CapitalChangeGiven,
    ScopeChangeGiven,
)
from commands.company_registration.examining import Approve, IssueLicence, RequestCorrection
from commands.company_registration.filing import FileWithDepartment
from commands.company_registration.given import (
    AnswerGiven,
    DefectGiven,
    PersonGiven,
    PersonShareholderGiven,
)
from commands.company_registration.naming import ReserveName
from domain.company_registration.applications import Document, ReasonCode
from domain.company_registration.names import OrganisationForm

REGISTRY = "market-regulation"
EXAMINER = sender("officer-7", Role.OFFICER, REGISTRY)
SECOND = sender("officer-8", Role.OFFICER, REGISTRY)
DEPARTMENTS = ("tax", "hrss", "housing-fund", "public-security", "statistics")
CHECKLIST = (
    Document.APPLICATION_FORM,
    Document.ARTICLES,
    Document.IDENTITY,
    Document.APPOINTMENTS,
    Document.DOMICILE,
)


def life(n: int, keyed_hash: KeyedHash) -> Life:
    """Every other application has to be mended first."""
    tell, applicant = Telling(n), sender(f"citizen-{n}", Role.CITIZEN)
    reserved = ReserveName(
        registry=DISTRICT,
        division=DISTRICT,
        trade_name=name(n),
        industry_code="F5199",
        organisation_form=OrganisationForm.LIMITED_COMPANY,
    )
    matter = yield tell(reserved, applicant)
    owner = PersonGiven(name="王明", resident_id=resident_id(n))
    application = SubmitApplication(
        registration_id=matter,
        entity_type="enterprise",
        subscribed_capital_fen=100_000_000,
        shareholders=(PersonShareholderGiven(kind="person", share_ppm=1_000_000, **dict(owner)),),
        contribution_due=date(2030, 12, 31),
        legal_representative=owner,
        phone=mobile(n),
        address=ADDRESS,
        business_scope=("F5199",),
    )
    yield tell(application, applicant, 30)
    if n % 2:
        wrong: Any = {"document": Document.DOMICILE, "reason_code": ReasonCode.EXPIRED}
        asked = RequestCorrection(registration_id=matter, defects=(DefectGiven(**wrong),))
        yield tell(asked, EXAMINER, 10)
        answer = AnswerGiven(sha256=DIGEST, **wrong)
        yield tell(Resubmit(registration_id=matter, answers=(answer,)), applicant, 60)
    yield tell(Approve(registration_id=matter, checklist=CHECKLIST), EXAMINER, 10)
    yield tell(IssueLicence(registration_id=matter, uscc=uscc(n, "M")), SECOND, 10)
    for department in DEPARTMENTS:
        yield tell(FileWithDepartment(registration_id=matter, department=department), HUIMIN)
    tell.at += timedelta(days=7)
    for change in (
        CapitalChangeGiven(field="capital", subscribed_capital_fen=200_000_000),
        ScopeChangeGiven(field="business-scope", business_scope=("F5199", "F5299")),
    ):
        yield tell(ApplyChange(registration_id=matter, change=change), applicant)
        yield tell(ApproveChange(registration_id=matter), EXAMINER, 30)
