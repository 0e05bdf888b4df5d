"""Members and what they may get: the standing of each company, and who offers what where.

What may surprise: who can go is two questions, because a company's load is one fact and its
services are hundreds: ``candidates`` by service and district, then those ``member_companies``.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from domain.help_center_tickets import HelpTicket, MemberCompany, member_company_id
from domain.help_center_tickets.states import CompanyState
from domain.shared.address import Point
from domain.shared.identifiers import Uscc
from projections.base import Index, Row, fold

M = MemberCompany


class MemberCompanies(Row, key="company_id", main=True):
    """One line per company that ever applied.

    ``free`` is how many tickets more it can carry; ``rating_permille`` the mean satisfaction of
    the last answers, 1000 to 5000, None without any.
    """

    company_id: UUID
    uscc: Annotated[Uscc, Index]
    name: str
    state: Annotated[CompanyState, Index]
    capacity: int
    load: Annotated[int, Index] = 0
    free: Annotated[int, Index] = 0
    licence_until: Annotated[date, Index]
    deposit_fen: int = 0
    base: Point | None = None
    rating_permille: Annotated[int | None, Index] = None
    answers: int = 0
    satisfaction: int = 0
    misconducts: int = 0

    def loaded(self, load: int) -> "MemberCompanies":
        """This row with another load."""
        return self.replace(load=load, free=max(0, self.capacity - load))

    def rated(self, answers: int, satisfaction: int) -> "MemberCompanies":
        """This row with so many answers whose satisfaction sums to so much."""
        rating = 1000 * satisfaction // answers if answers else None
        return self.replace(answers=answers, satisfaction=satisfaction, rating_permille=rating)


@fold(MemberCompanies)
def applied(row: None, e: M.MemberApplied) -> MemberCompanies:
    return MemberCompanies(
        company_id=e.id,
        uscc=e.uscc,
        name=e.name,
        state=CompanyState.APPLIED,
        capacity=e.capacity,
        free=e.capacity,
        licence_until=e.licence_until,
        base=e.base,
    )


@fold(MemberCompanies)
def admitted(row: MemberCompanies, e: M.MemberAdmitted) -> MemberCompanies:
    return row.replace(state=CompanyState.ADMITTED, deposit_fen=e.deposit_fen)


@fold(MemberCompanies)
def suspended(row: MemberCompanies, e: M.MemberSuspended) -> MemberCompanies:
    return row.replace(state=CompanyState.SUSPENDED)


@fold(MemberCompanies)
def reinstated(row: MemberCompanies, e: M.MemberReinstated) -> MemberCompanies:
    return row.replace(state=e.state)


@fold(MemberCompanies)
def expelled(row: MemberCompanies, e: M.MemberExpelled) -> MemberCompanies:
    return row.replace(state=CompanyState.EXPELLED)


@fold(MemberCompanies)
def capacity_set(row: MemberCompanies, e: M.CapacitySet) -> MemberCompanies:
    return row.replace(capacity=e.capacity, free=max(0, e.capacity - row.load))


@fold(MemberCompanies)
def licence_renewed(row: MemberCompanies, e: M.LicenceRenewed) -> MemberCompanies:
    return row.replace(licence_until=e.licence_until)


@fold(MemberCompanies)
def load_changed(row: MemberCompanies, e: M.TicketTaken | M.TicketGivenBack) -> MemberCompanies:
    return row.loaded(e.load)


def answered_about(e: HelpTicket.CallBackAnswered) -> UUID:
    """Key of the company that did the work; of a department's work, of no company at all."""
    return member_company_id(e.counted.holder)


def answered_before_about(e: HelpTicket.CallBackAnswered) -> UUID:
    """Key of the company whose answer this one replaces."""
    return member_company_id((e.replaces or e.counted).holder)


@fold(MemberCompanies, key=answered_before_about)
def answer_replaced(
    row: MemberCompanies | None, e: HelpTicket.CallBackAnswered
) -> MemberCompanies | None:
    if row is None or e.replaces is None:
        return row
    return row.rated(row.answers - 1, row.satisfaction - e.replaces.satisfied)


@fold(MemberCompanies, key=answered_about)
def answer_counted(
    row: MemberCompanies | None, e: HelpTicket.CallBackAnswered
) -> MemberCompanies | None:
    return row and row.rated(row.answers + 1, row.satisfaction + e.satisfied)


def proven_against(e: HelpTicket.MisconductProven) -> UUID:
    """Key of the company whose misconduct it was."""
    return member_company_id(e.uscc)


@fold(MemberCompanies, key=proven_against)
def misconduct(
    row: MemberCompanies | None, e: HelpTicket.MisconductProven
) -> MemberCompanies | None:
    return row and row.replace(misconducts=row.misconducts + 1)
