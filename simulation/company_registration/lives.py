"""What becomes of a company after its licence, within the days the simulation covers.

Changes, rest, the ends by the company's own wish and by the registry's. Each is a short story of
commands drawn for one company; what would fall outside the days is left out. Every story begins
when the departments have the company on file: a matter never steps back in time, so a filing that
was overtaken by a deed of the week after would be dated, and counted as late, by that week.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from commands.base import Role
from domain.shared.calendar import Calendar
from domain.shared.identifiers import UsccKind
from domain.shared.instants import shanghai_date
from simulation import people
from simulation.company_registration.applications import Application, person_body
from simulation.matters import Body, Sender, Until
from simulation.office import MINUTE, lognormal_seconds

OBJECTORS = {
    "tax": "tax-arrears",
    "hrss": "social-insurance-arrears",
    "customs": "customs-duties",
}
OBJECTED = 0.14
"""Of the announcements."""

_LIVES = {
    "": 0.855,
    "change": 0.08,
    "suspend": 0.02,
    "announce": 0.028,
    "liquidate": 0.006,
    "revoke": 0.006,
    "annul": 0.005,
}
_CHANGES = {
    "address": 34,
    "business-scope": 30,
    "capital": 18,
    "legal-representative": 12,
    "shareholders": 6,
}


@dataclass(frozen=True, slots=True)
class Deed:
    """A command in a company's life; ``until`` are the reactions that in life come before it."""

    at: datetime
    sender: Sender
    command: str
    body: Body
    until: Until | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """What a life needs to know of its company."""

    kind: UsccKind
    district: str
    application: Application
    applicant: Sender
    officers: tuple[Sender, ...]
    licensed_at: datetime
    end: datetime
    calendar: Calendar

    def filed(self) -> Until:
        """When each department has the company on file."""
        return Until("filing-recorded", 6 if self.application.body["foreign_trader"] else 5)


def life(rng: Random, company: Company) -> list[Deed]:
    """The company's deeds in order, none after ``company.end``; for most there are none."""
    kind = rng.choices(list(_LIVES), list(_LIVES.values()))[0]
    story = {
        "change": _change,
        "suspend": _suspend,
        "announce": _announce,
        "liquidate": _liquidate,
        "revoke": _revoke,
        "annul": _annul,
    }.get(kind)
    deeds = list(story(rng, company)) if story else []
    kept: list[Deed] = []
    for deed in deeds:
        if deed.at > company.end:
            break
        kept.append(deed)
    return kept


def _some_days_later(rng: Random, company: Company, median_days: float = 3.0) -> datetime:
    seconds = lognormal_seconds(rng, median_days * 86_400, 0.9)
    return company.licensed_at + timedelta(seconds=max(2 * 3600, seconds))


def _in_office(rng: Random, company: Company, after: datetime) -> datetime:
    """When an officer gets to it: within office hours, after some working time."""
    work = lognormal_seconds(rng, 35 * MINUTE, 0.8)
    return company.calendar.add_working_time(after, work)


def _officer(rng: Random, company: Company) -> Sender:
    return rng.choice(company.officers)


def _change(rng: Random, company: Company) -> Iterator[Deed]:
    at = _some_days_later(rng, company)
    change = {"change": _changed(rng, company)}
    yield Deed(at, company.applicant, "apply-change", change, company.filed())
    decided = _in_office(rng, company, at)
    if rng.random() < 0.1:
        reason = {"reason": "提交的材料不符合变更登记的要求"}
        yield Deed(decided, _officer(rng, company), "reject-change", reason)
    else:
        yield Deed(decided, _officer(rng, company), "approve-change", {})


def _changed(rng: Random, company: Company) -> dict[str, Any]:
    body = company.application.body
    field = rng.choices(list(_CHANGES), list(_CHANGES.values()))[0]
    if company.kind != "enterprise" and field in ("legal-representative", "shareholders"):
        field = "address"
    match field:
        case "capital":
            more = body["subscribed_capital_fen"] * rng.choice((2, 2, 3, 5))
            return {"field": field, "subscribed_capital_fen": more}
        case "business-scope":
            more = [code for code in ("L7297", "F5229") if code not in body["business_scope"]]
            return {"field": field, "business_scope": [*body["business_scope"], *more]}
        case "legal-representative":
            successor = people.person(rng, shanghai_date(company.licensed_at))
            return {"field": field, "legal_representative": person_body(successor)}
        case "shareholders":
            owner = people.person(rng, shanghai_date(company.licensed_at))
            whole = {"kind": "person", **person_body(owner), "share_ppm": 1_000_000}
            return {"field": field, "shareholders": [whole]}
    return {"field": "address", "address": people.address(rng, company.district)}


def _suspend(rng: Random, company: Company) -> Iterator[Deed]:
    at = _some_days_later(rng, company, 4)
    until = shanghai_date(at) + timedelta(days=rng.choice((90, 180, 365)))
    rest = {"until": until.isoformat()}
    yield Deed(at, company.applicant, "suspend", rest, company.filed())
    if rng.random() < 0.4:
        rested = timedelta(seconds=lognormal_seconds(rng, 6 * 86_400, 0.6))
        yield Deed(at + rested, company.applicant, "resume", {})


def _announce(rng: Random, company: Company) -> Iterator[Deed]:
    at = _some_days_later(rng, company, 1.5)
    promise = {"no_debts": True, "on_abnormal_list": False}
    yield Deed(at, company.applicant, "announce-simple-deregistration", promise, company.filed())
    asked = Until("objection-requested", len(OBJECTORS))
    sole = company.kind == "sole-trader"
    over = company.calendar.add_calendar_days(at, 10 if sole else 20)
    if rng.random() < OBJECTED:
        department = rng.choice(list(OBJECTORS))
        clerk = Sender(f"{department}-clerk-{rng.randint(1, 9)}", Role.DEPARTMENT, department)
        objection = {"ground": OBJECTORS[department]}
        soon = company.calendar.add_working_time(at, rng.randint(2, 40) * 3600)
        yield Deed(min(soon, over - timedelta(hours=7)), clerk, "object", objection, asked)
    else:
        done = _in_office(rng, company, over)
        number = {"decision_no": _number(rng, company, "注")}
        yield Deed(done, _officer(rng, company), "deregister", number, asked)


def _liquidate(rng: Random, company: Company) -> Iterator[Deed]:
    at = company.calendar.add_working_time(_some_days_later(rng, company, 9), 40 * MINUTE)
    papers = {
        "decision_no": _number(rng, company, "注"),
        "liquidation_report": f"清算报告{rng.randint(1, 999):03d}号",
        "tax_clearance": f"甬税清〔{at.year}〕{rng.randint(1, 9999)}号",
    }
    yield Deed(at, _officer(rng, company), "deregister", papers, company.filed())


def _revoke(rng: Random, company: Company) -> Iterator[Deed]:
    at = company.calendar.add_working_time(_some_days_later(rng, company, 5), 50 * MINUTE)
    body = {
        "decision_no": _number(rng, company, "罚"),
        "reason": rng.choice(("提交虚假材料取得登记，情节严重", "伪造、涂改营业执照，情节严重")),
    }
    yield Deed(at, _officer(rng, company), "revoke-licence", body, company.filed())


def _annul(rng: Random, company: Company) -> Iterator[Deed]:
    at = company.calendar.add_working_time(_some_days_later(rng, company, 4), 50 * MINUTE)
    body = {"decision_no": _number(rng, company, "撤")}
    yield Deed(at, _officer(rng, company), "annul-registration", body, company.filed())


def _number(rng: Random, company: Company, kind: str) -> str:
    return f"甬市监{kind}字〔{company.licensed_at.year}〕{rng.randint(1, 99_999)}号"
