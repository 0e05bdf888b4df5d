"""What the help centre asks of itself: results for merged tickets, tickets back from a member that
may not work, the hinted holder for a ticket that Huimin opened; and what it is asked because of
other programmes: suspension by the register or a credit list, tickets for an access point that
nobody repaired, a recalled batch and a care visit that nobody began, and the end of these tickets.

The order of the commands is part of what is stored for ever: each one's id derives from the
policy, the event's position and its place in the list.
"""

from datetime import UTC, datetime
from uuid import UUID

from commands.base import policy
from commands.help_center_tickets.closing import ReportDone
from commands.help_center_tickets.companies import ReinstateMember, SuspendMember
from commands.help_center_tickets.given import HolderGiven, PlaceGiven
from commands.help_center_tickets.heat import CountOpening
from commands.help_center_tickets.holding import Dispatch, TakeBack
from commands.help_center_tickets.merging import ShareResult, UndoMerge
from commands.help_center_tickets.opening import AboutGiven, OpenTicket
from domain.care_orders import Visit
from domain.company_registration import CompanyRegistration
from domain.credit_records import Colour, CreditRecord
from domain.credit_records.identities import company_of
from domain.credit_records.lists import LISTS
from domain.customs_declarations import TraceBatch
from domain.help_center_tickets import (
    Channel,
    HelpTicket,
    Holder,
    Kind,
    MemberCompany,
    Urgency,
    member_company_id,
    policy_ticket_id,
    ticket_heat_id,
)
from domain.help_center_tickets.states import SuspensionCause
from domain.help_center_tickets.values import CENTRE
from domain.shared.instants import SHANGHAI
from domain.wifi_sessions import AccessPoint
from domain.wifi_sessions.values import HotspotKind


@policy("share-result", fails="wait")
def when_done(
    e: HelpTicket.WorkReported | HelpTicket.TicketAnswered,
) -> list[ShareResult]:
    """Merged tickets share the work, but every caller is called back."""
    holder = e.holder if isinstance(e, HelpTicket.WorkReported) else CENTRE
    return [ShareResult(ticket_id=ticket, lead=e.id, holder=holder) for ticket in e.merged]


@policy("undo-merges", fails="wait")
def when_ended_without_work(
    e: HelpTicket.TicketWithdrawn | HelpTicket.TicketDeclined | HelpTicket.EmergencyHandedOver,
) -> list[UndoMerge]:
    """One caller's withdrawal must not lose the others' matter."""
    return [UndoMerge(ticket_id=ticket) for ticket in e.merged]


@policy("return-tickets", fails="wait")
def when_member_may_not_work(
    e: MemberCompany.MemberSuspended | MemberCompany.MemberExpelled,
) -> list[TakeBack]:
    """Each live ticket goes back to the centre by itself, its clocks unbroken."""
    return [TakeBack(ticket_id=ticket, uscc=e.uscc, reason=e.reason) for ticket in e.tickets]


@policy("dispatch-hinted", fails="note")
def when_classified_with_hint(e: HelpTicket.TicketClassified) -> Dispatch | None:
    """A ticket that says who should get it is sent there; refused, the centre dispatches it."""
    hint: Holder | None = e.holder_hint
    if hint is None:
        return None
    return Dispatch(ticket_id=e.id, holder=HolderGiven(kind=hint.kind, code=hint.code))


@policy("count-ticket-heat", fails="wait")
def when_classified(e: HelpTicket.TicketClassified) -> CountOpening:
    """Beside the ticket, so that none of a hot matter waits for another."""
    return CountOpening(
        heat_id=ticket_heat_id(e.item, e.district),
        item=e.item,
        district=e.district,
        opened_at=e.opened_at,
    )


_LOST = {
    CompanyRegistration.LicenceRevoked: (SuspensionCause.LICENCE_REVOKED, "营业执照被吊销"),
    CompanyRegistration.RegistrationAnnulled: (SuspensionCause.LICENCE_REVOKED, "登记被撤销"),
    CompanyRegistration.Deregistered: (SuspensionCause.LICENCE_REVOKED, "企业已注销"),
    CompanyRegistration.BusinessSuspended: (SuspensionCause.BUSINESS_SUSPENDED, "企业歇业"),
}


@policy("suspend-member", fails="wait")
def when_a_company_may_not_trade(
    e: CompanyRegistration.LicenceRevoked
    | CompanyRegistration.RegistrationAnnulled
    | CompanyRegistration.Deregistered
    | CompanyRegistration.BusinessSuspended
    | CreditRecord.SubjectListed,
) -> SuspendMember | None:
    """Whoever may not trade, or stands on a black list of whatever department, gets no tickets; who
    is no member is not concerned."""
    if isinstance(e, CreditRecord.SubjectListed):
        uscc = company_of(e.subject)
        if uscc is None or e.colour is not Colour.BLACK:
            return None
        return SuspendMember(
            company_id=member_company_id(uscc),
            cause=SuspensionCause.LISTED,
            reason=f"列入{LISTS[e.list].zh}（{e.decision_no}）",
            source=e.id,
        )
    cause, reason = _LOST[type(e)]
    return SuspendMember(company_id=member_company_id(e.uscc), cause=cause, reason=reason)


@policy("reinstate-member", fails="wait")
def when_a_company_may_trade_again(
    e: CompanyRegistration.BusinessResumed | CreditRecord.SubjectDelisted,
) -> ReinstateMember | None:
    """A member that rested or was listed may work again, unless it is suspended for something else
    or stands on another list."""
    if isinstance(e, CompanyRegistration.BusinessResumed):
        rested = SuspensionCause.BUSINESS_SUSPENDED
        return ReinstateMember(company_id=member_company_id(e.uscc), cause=rested)
    uscc = company_of(e.subject)
    if uscc is None or e.colour is not Colour.BLACK:
        return None
    listed = SuspensionCause.LISTED
    return ReinstateMember(company_id=member_company_id(uscc), cause=listed, source=e.id)


PUBLIC_WIFI = "A137"


def _outage(ap: UUID, since: datetime) -> AboutGiven:
    """One ticket for each time that an access point is down."""
    began = since.astimezone(UTC).isoformat(timespec="seconds")
    return AboutGiven(program="wifi-sessions", matter_id=ap, what=f"ap-down {began}")


def _ticket_about(about: AboutGiven) -> UUID:
    return policy_ticket_id(about.program, about.matter_id, about.what)


@policy("ap-down-ticket", fails="wait")
def when_a_repair_is_overdue(e: AccessPoint.ClockBreached) -> OpenTicket:
    """A ticket to who runs the access point, urgent where travellers and patients are. One whose
    district nobody has told gets none: that is refused, and noted."""
    about = _outage(e.id, e.clocks[0].since)
    urgent = e.kind in (HotspotKind.STATION, HotspotKind.HOSPITAL)
    return OpenTicket(
        # the id that follows anyway; said, so that the end of the same outage waits for it
        ticket_id=_ticket_about(about),
        channel=Channel.POLICY,
        kind=Kind.HELP,
        text=f"公共无线网络接入点{e.nas_id}（热点{e.hotspot}）离线，逾期未修复",
        place=PlaceGiven(district=e.district, point=e.point) if e.district else None,
        about=about,
        item=PUBLIC_WIFI,
        urgency=Urgency.URGENT if urgent else Urgency.ORDINARY,
        holder_hint=HolderGiven(kind="company", code=e.operated_by) if e.operated_by else None,
    )


@policy("ap-up-done", fails="note")
def when_repaired(e: AccessPoint.ApRepaired) -> ReportDone | None:
    """Who was repaired in time has no ticket."""
    if not e.overdue or e.down_since is None:
        return None
    return ReportDone(
        ticket_id=_ticket_about(_outage(e.id, e.down_since)),
        text=f"接入点{e.nas_id}已恢复",
        reason="access-point-repaired",
    )


RECALLS = "F123"
SEAT_OF_THE_CITY = "330212"


@policy("recall-notice", fails="wait")
def when_a_batch_is_recalled(e: TraceBatch.RecallIssued) -> OpenTicket:
    """One ticket for each recall of a batch, with who issued it; buyers read of it on its page.

    A batch lies in no district, so the ticket has that of the city's government.
    """
    return OpenTicket(
        channel=Channel.POLICY,
        kind=Kind.HELP,
        text=f"召回：{e.goods}，批号{e.batch_no}，追溯码{e.trace_code}。原因：{e.reason}。"
        f"依据{e.decision_no}。请答复来电的买家，并跟踪召回。",
        place=PlaceGiven(district=SEAT_OF_THE_CITY),
        about=AboutGiven(
            program="customs-declarations",
            matter_id=e.id,
            what=f"recall-{e.decision_no}"[:100],
        ),
        item=RECALLS,
        holder_hint=HolderGiven(kind="department", code=e.by),
    )


MISSED_CARE = "A132"


def _missed(visit: UUID) -> AboutGiven:
    """One ticket a visit."""
    return AboutGiven(program="care-orders", matter_id=visit, what="missed-visit")


@policy("missed-visit-ticket", fails="wait")
def when_nobody_came(e: Visit.ClockBreached) -> OpenTicket:
    """An emergency, for the office whose people may say in care that the elder was found."""
    about = _missed(e.id)
    planned = e.starts_at.astimezone(SHANGHAI)
    return OpenTicket(
        ticket_id=_ticket_about(about),  # said, so that the end of the same alarm waits for it
        channel=Channel.POLICY,
        kind=Kind.HELP,
        text=f"{e.where.name}：原定{planned:%Y-%m-%d %H:%M}开始的上门护理，一小时后仍无人签到。"
        "请立即核实老人是否平安。",
        place=PlaceGiven(address=e.where.address, point=e.where.point),
        about=about,
        item=MISSED_CARE,
        urgency=Urgency.EMERGENCY,
        holder_hint=HolderGiven(kind="department", code="civil-affairs"),
    )


_FOUND = {
    Visit.MissedVisitResolved: ("missed-visit-resolved", "老人的情况已经查明，漏访已了结。"),
    Visit.LateStartAccepted: ("late-start-accepted", "护理员已在老人身边，签到晚到。"),
    Visit.VisitStarted: ("visit-started", "护理员已到老人身边。"),
}


@policy("missed-visit-found", fails="wait")
def when_somebody_came(
    e: Visit.MissedVisitResolved | Visit.LateStartAccepted | Visit.VisitStarted,
) -> ReportDone | None:
    """Ends the ticket of a visit whose hour was over, and asks nothing of any other.

    A ticket that is closed refuses for good, which is noted at once; one that is not there yet is
    waited for. A visit that begins while the scheduler is down has the hour behind it, too.
    """
    if not any("breached" in reading.raised for reading in e.clocks):
        return None
    reason, text = _FOUND[type(e)]
    return ReportDone(ticket_id=_ticket_about(_missed(e.id)), text=text, reason=reason)
