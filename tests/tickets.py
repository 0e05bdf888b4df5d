"""Steps of help-centre tickets, and a small world of matters that they run in, without any engine.

A step is a sound command with its usual sender; a test changes what it is about. The world answers
``ctx.matter`` as the executor does: a handler that asks for a matter runs anew with it at hand, and
of a refused decision nothing stays. The ticket is about a street lamp in Haishu.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid5

import pytest

from commands.base import Caller, Decision, MattersNeeded, Role, decide
from commands.help_center_tickets import closing as c
from commands.help_center_tickets import companies as m
from commands.help_center_tickets import holding as h
from commands.help_center_tickets import knowledge as k
from commands.help_center_tickets import merging as g
from commands.help_center_tickets import opening as o
from commands.help_center_tickets import working as w
from commands.help_center_tickets.given import CallerGiven, HolderGiven, PlaceGiven
from domain.help_center_tickets import (
    Channel,
    HelpTicket,
    Holder,
    Kind,
    MemberCompany,
    Urgency,
    member_company_id,
    service_item_id,
)
from domain.help_center_tickets import states as s
from domain.shared.aggregate import Aggregate, EventBase
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate
from domain.shared.identifiers import make_uscc
from domain.shared.refusals import IdInUse, NotFound, Refused
from infra.discovery import discover
from tests.scenario import CALENDAR, HUIMIN, MONDAY_MORNING, Step, caller, context, shanghai

TICKET = UUID("01970000-0000-7000-8000-000000000001")
ARTICLE = UUID("01970000-0000-7000-8000-0000000000a1")
LAMP, LIFT, DRAIN, CLINIC = "A116", "A114", "A101", "D106"

USCC = "91330203MA2AF3XQ2G"
OTHER_USCC = make_uscc("enterprise", "330203", "MA2A0007")
COMPANY = Holder(kind="company", code=USCC)
OTHER_COMPANY = Holder(kind="company", code=OTHER_USCC)
URBAN = Holder(kind="department", code="urban-management")
HEALTH = Holder(kind="department", code="health")

CITIZEN = caller("citizen-1", Role.CITIZEN)
STRANGER = caller("citizen-2", Role.CITIZEN)
AGENT = caller("officer-12345", Role.OFFICER, department="data-bureau")
SUPERVISOR = caller("officer-sv", Role.OFFICER, department="supervision")
SUPERVISOR_2 = caller("officer-sv-2", Role.OFFICER, department="supervision")
URBAN_OFFICER = caller("officer-um", Role.OFFICER, department="urban-management")
HEALTH_OFFICER = caller("officer-h", Role.OFFICER, department="health")
STAFF = caller("worker-1", Role.CITIZEN)


def ticket_id(number: int) -> UUID:
    """An id for one of several tickets; the first is ``TICKET``."""
    return UUID(int=TICKET.int + number - 1)


def opened(
    number: int = 1, *, at: datetime | None = None, by: Caller = CITIZEN, **fields: Any
) -> Step:
    """A lamp is out, says a citizen by the app."""
    command = o.OpenTicket(
        **{
            "ticket_id": ticket_id(number),
            "channel": Channel.APP,
            "kind": Kind.HELP,
            "text": "楼道灯坏了三天",
            "place": PlaceGiven(district="330203"),
            "caller": CallerGiven(name="王明", phone="13812345678"),
            **fields,
        }
    )
    return Step(command, by, at)


def _on(make: Any, by: Caller, defaults: dict[str, Any], number: int = 1, /, **given: Any) -> Step:
    sender, at = given.pop("by", by), given.pop("at", None)
    return Step(make(ticket_id=ticket_id(number), **{**defaults, **given}), sender, at)


def _step(make: Any, by: Caller, **defaults: Any) -> Any:
    return partial(_on, make, by, defaults)


def to(holder: Holder) -> HolderGiven:
    """A holder as a command names it."""
    return HolderGiven(kind=holder.kind, code=holder.code)


handed_over = _step(
    o.HandOverEmergency,
    AGENT,
    danger_to_life=True,
    services=(s.EmergencyService.FIRE,),
    receipts={s.EmergencyService.FIRE: "119-1"},
)
classified = _step(o.Classify, AGENT, item=LAMP, district="330203")
reclassified = _step(o.Reclassify, AGENT, item=LAMP, urgency=Urgency.URGENT)
merged = _step(g.MergeInto, AGENT, lead=ticket_id(2))
merge_undone = _step(g.UndoMerge, HUIMIN)
result_shared = _step(g.ShareResult, HUIMIN, lead=ticket_id(2), holder=URBAN)
declined = _step(g.Decline, AGENT, ground=s.DeclineGround.COURT)
answered_from_article = _step(g.AnswerFromKnowledge, AGENT, article_id=ARTICLE)
dispatched = _step(h.Dispatch, AGENT, holder=to(URBAN))
accepted = _step(h.Accept, URBAN_OFFICER)
returned = _step(
    h.ReturnToCentre, URBAN_OFFICER, ground=s.ReturnGround.NOT_COMPETENT, reason="属于物业"
)
arbitrated = _step(h.Arbitrate, SUPERVISOR, holder=to(URBAN), reason="职责明确")
transferred = _step(
    h.Transfer, URBAN_OFFICER, holder=to(HEALTH), reason="归口", receiver_agrees=True
)
taken_back = _step(h.TakeBack, HUIMIN, uscc=USCC, reason="营业执照被吊销")
contacted = _step(w.RecordContact, URBAN_OFFICER)
quoted = _step(w.Quote, URBAN_OFFICER, amount_fen=12_000, what_for="更换灯具")
quote_accepted = _step(w.AcceptQuote, CITIZEN)
paused = _step(
    w.Pause, URBAN_OFFICER, ground=s.PauseGround.PARTS, until=shanghai("2026-03-06T09:00")
)
resumed = _step(w.Resume, URBAN_OFFICER)
extended = _step(
    w.ExtendDeadline, SUPERVISOR, ground="备件未到", until=shanghai("2026-03-09T17:30")
)
urged = _step(w.Urge, CITIZEN)
supervised = _step(w.Supervise, SUPERVISOR, reason="群众反映强烈")
statement_requested = _step(w.RequestStatement, AGENT, accused=USCC, question="是否属实？")
statement_recorded = _step(w.RecordStatement, AGENT, accused=USCC, text="情况不属实")
reported_done = _step(c.ReportDone, URBAN_OFFICER, text="已更换灯具", photos=("a" * 64,))
cause_gone = _step(c.ReportDone, HUIMIN, text="已找到", reason="missed-visit-resolved")
content = _step(c.RecordCallBack, AGENT, contacted=True, solved=True, satisfied=5)
not_content = _step(c.RecordCallBack, AGENT, contacted=True, solved=False, satisfied=1)
nobody_answered = _step(c.RecordCallBack, AGENT, contacted=False)
reopened = _step(c.Reopen, CITIZEN, facts="灯又坏了")
misconduct_proven = _step(
    c.ProveMisconduct,
    SUPERVISOR,
    severity=s.Severity.ORDINARY,
    finding="虚假报完工",
    evidence=("b" * 64,),
    decision_no="甬督字1号",
)
withdrawn = _step(c.Withdraw, CITIZEN)
escalated = _step(c.Escalate, AGENT, level=4, reason="社会影响大")
unsealing_requested = _step(c.RequestUnsealing, SUPERVISOR, ground="涉嫌诬告")
unsealing_approved = _step(c.ApproveUnsealing, SUPERVISOR_2)

WORKING = (opened(), classified(), dispatched(), accepted())
CALLING_BACK = (*WORKING, reported_done())

# --- members, services, articles ---------------------------------------------------------------


def applied(uscc: str = USCC, *, by: Caller = STAFF, at: Any = None, **fields: Any) -> Step:
    """A company applies that mends lamps and clears drains in Haishu."""
    command = m.ApplyMembership(
        **{
            "uscc": uscc,
            "name": "甬江家政服务有限公司",
            "items": (LAMP, DRAIN),
            "districts": ("330203",),
            "capacity": 5,
            "licence_until": date(2027, 12, 31),
            **fields,
        }
    )
    return Step(command, by, at)


def _of(make: Any, by: Caller, defaults: dict[str, Any], uscc: str = USCC, /, **given: Any) -> Step:
    sender, at = given.pop("by", by), given.pop("at", None)
    return Step(make(company_id=member_company_id(uscc), **{**defaults, **given}), sender, at)


def _member(make: Any, by: Caller, **defaults: Any) -> Any:
    return partial(_of, make, by, defaults)


admitted = _member(m.AdmitMember, AGENT, deposit_fen=500_000)
services_changed = _member(m.ChangeServices, STAFF, items=(LAMP,), districts=("330203",))
capacity_set = _member(m.SetCapacity, STAFF, capacity=7)
licence_renewed = _member(m.RenewLicence, AGENT, licence_until=date(2030, 12, 31))
suspended = _member(m.SuspendMember, AGENT, cause=s.SuspensionCause.CONDUCT, reason="多次投诉")
reinstated = _member(m.ReinstateMember, AGENT, cause=s.SuspensionCause.CONDUCT)
expelled = _member(m.ExpelMember, AGENT, reason="弄虚作假")

MEMBER = (applied(), admitted())


def article(*, by: Caller = AGENT, at: Any = None, **fields: Any) -> Step:
    """An article about lamps."""
    command = k.PublishArticle(
        **{
            "article_id": ARTICLE,
            "item": LAMP,
            "title": "路灯报修",
            "text": "路灯由综合行政执法局维护。",
            **fields,
        }
    )
    return Step(command, by, at)


def article_revised(**fields: Any) -> Step:
    """It says something else."""
    command = k.ReviseArticle(
        **{"article_id": ARTICLE, "title": "路灯", "text": "三日内修复。", **fields}
    )
    return Step(command, AGENT)


def article_retired() -> Step:
    """Nobody answers with it any more."""
    return Step(k.RetireArticle(article_id=ARTICLE, reason="已过时"), AGENT)


def service_published(code: str = LAMP, *, at: Any = None, **fields: Any) -> Step:
    """A service is given in another way from a day on."""
    command = k.PublishServiceItem(
        **{
            "item_id": service_item_id(code),
            "code": code,
            "group": s.ServiceGroup.LIFE,
            "zh": "路灯维修",
            "en": "Street lamps",
            "department": "urban-management",
            "since": date(2026, 1, 1),
            **fields,
        }
    )
    return Step(command, AGENT, at)


def service_retired(code: str = LAMP, last_day: date = date(2026, 2, 28)) -> Step:
    """A service is given to a day."""
    command = k.RetireServiceItem(item_id=service_item_id(code), code=code, last_day=last_day)
    return Step(command, AGENT)


# --- the world ---------------------------------------------------------------------------------


@dataclass
class World:
    """Matters by id, all that happened in order, and the time of the last step."""

    matters: dict[UUID, Aggregate] = field(default_factory=dict)
    happened: list[EventBase] = field(default_factory=list)
    at: datetime = MONDAY_MORNING
    calendar: Calendar = CALENDAR
    sent: int = 0

    def run(self, *steps: Step) -> "World":
        """Decides the steps, each a minute after the last unless it says when. Raises Refused."""
        for step in steps:
            self.decide(step)
        return self

    def decide(self, step: Step) -> Decision:
        """One step as the executor runs it. Raises Refused; then nothing has changed."""
        spec = discover().command_for(type(step.command))
        at = step.at or (self.at + timedelta(minutes=1) if self.happened else self.at)
        if not step.by.roles & spec.roles:
            pytest.fail(f"{step.by.actor} has none of the roles of {spec.name}")
        if spec.departments and step.by.department not in spec.departments | {None}:
            pytest.fail(f"{step.by.actor} is not of a department that sends {spec.name}")
        named = spec.key or spec.id_field
        chosen: Any = getattr(step.command, named) if named else None
        needed: set[UUID] = set()
        self.sent += 1
        decision: Decision | None = None
        while decision is None:
            matter = None if spec.begins else copy.deepcopy(self.matters.get(chosen))
            if spec.key and matter is None and not spec.or_begins:
                raise NotFound()
            ctx = context(at, step.by, calendar=self.calendar, number=self.sent)
            ctx.new_id = chosen or uuid5(TICKET, str(self.sent))
            ctx.at_hand = {id: copy.deepcopy(self.matters.get(id)) for id in needed}
            try:
                decision = decide(spec, step.command, matter, ctx)
            except MattersNeeded as more:
                needed |= set(more.ids)
        begun = decision.aggregate
        if begun is not None:
            if spec.begins and begun.id in self.matters:
                raise IdInUse()
            self.matters[begun.id] = begun
        for other in decision.others:
            self.matters[other.id] = other
        self.happened += decision.events
        self.at = at
        return decision

    def refused(self, step: Step) -> Refused:
        """The refusal of a step; nothing changes."""
        before = len(self.happened)
        with pytest.raises(Refused) as caught:
            self.decide(step)
        assert len(self.happened) == before
        return caught.value

    def react(self) -> None:
        """Lets the programme's own policies answer all that happened, and what they lead to."""
        done = 0
        while done < len(self.happened):
            for policy in discover().policies.values():
                if type(self.happened[done]) not in policy.event_classes:
                    continue
                asked: Any = policy.react(self.happened[done])
                for command in asked if isinstance(asked, list) else [asked]:
                    if command is not None:
                        self.decide(Step(command, HUIMIN))
            done += 1

    def settled(self, at: datetime, number: int = 1) -> list[EventBase]:
        """What the scheduler records of a ticket's overdue clocks at an instant."""
        ticket = self.matters[ticket_id(number)]
        assert isinstance(ticket, ClockedAggregate)
        with ticket.deciding(at):
            ticket.settle()
        events: list[Any] = list(ticket.collect_events())
        self.happened += events
        self.at = at
        return events

    def ticket(self, number: int = 1) -> HelpTicket:
        """One of the tickets."""
        found = self.matters[ticket_id(number)]
        assert isinstance(found, HelpTicket)
        return found

    def company(self, uscc: str = USCC) -> MemberCompany:
        """One of the members."""
        found = self.matters[member_company_id(uscc)]
        assert isinstance(found, MemberCompany)
        return found

    def events_of(self, matter: UUID = TICKET) -> list[EventBase]:
        """What happened to a matter."""
        return [e for e in self.happened if e.id == matter]

    def names(self, matter: UUID = TICKET) -> list[str]:
        """Names of the events of a matter."""
        return [type(e).__name__ for e in self.events_of(matter)]


def world(*steps: Step, calendar: Calendar = CALENDAR) -> World:
    """A world in which these steps happened."""
    return World(calendar=calendar).run(*steps)


def last(events: Iterable[EventBase], kind: type[Any]) -> Any:
    """The last event of a class."""
    return [e for e in events if isinstance(e, kind)][-1]
