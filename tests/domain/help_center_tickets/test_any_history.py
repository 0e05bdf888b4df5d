"""Whatever is asked of a few tickets and two members in whatever order, what must always hold does.

Commands are drawn without regard to whether they are allowed. Each event goes through the form in
which it is stored, and what comes of the stored events is what is in memory.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.help_center_tickets import HelpTicket, Kind, MemberCompany, State, Urgency
from domain.help_center_tickets.states import LIVE, WITH_HOLDER, SuspensionCause
from domain.help_center_tickets.values import CENTRE
from domain.shared.aggregate import EventBase
from domain.shared.clocks import Phase
from domain.shared.refusals import Refused
from infra.discovery import discover
from infra.log.codec import Codec
from tests import tickets as t
from tests.scenario import HUIMIN, Step, folded, spec_of
from tests.tickets import World

CODEC = Codec(discover())

STEPS: dict[str, Any] = {
    "hand-over-emergency": t.handed_over,
    "classify": t.classified,
    "reclassify": t.reclassified,
    "undo-merge": t.merge_undone,
    "decline": t.declined,
    "answer-from-knowledge": t.answered_from_article,
    "dispatch": t.dispatched,
    "accept": t.accepted,
    "return-to-centre": t.returned,
    "arbitrate": t.arbitrated,
    "transfer": t.transferred,
    "take-back": t.taken_back,
    "record-contact": t.contacted,
    "quote": t.quoted,
    "accept-quote": t.quote_accepted,
    "pause": t.paused,
    "resume": t.resumed,
    "extend-deadline": t.extended,
    "urge": t.urged,
    "supervise": t.supervised,
    "report-done": t.reported_done,
    "report-cause-gone": t.cause_gone,
    "record-call-back": t.content,
    "reopen": t.reopened,
    "prove-misconduct": t.misconduct_proven,
    "withdraw": t.withdrawn,
    "escalate": t.escalated,
}
SENDERS = (t.CITIZEN, t.AGENT, t.URBAN_OFFICER, t.STAFF, t.SUPERVISOR, HUIMIN, t.STRANGER)
HOLDERS = (t.COMPANY, t.OTHER_COMPANY, t.URBAN, t.HEALTH)
MEMBER_STEPS = (t.admitted, t.admitted, t.services_changed, t.expelled)


def stored_and_read(event: EventBase) -> EventBase:
    new = CODEC.encode(event)
    return CODEC.event_from(new.type, new.data, new.stream_id, new.version, event.timestamp)


class Centre(RuleBasedStateMachine):
    """A few tickets, two members, and a clock that only goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.tickets = 0

    def send(self, step: Step) -> None:
        """One command, judged as at the door: who may not send it is not heard."""
        spec = spec_of(step.command)
        if not step.by.roles & spec.roles:
            return
        if spec.departments and step.by.department not in spec.departments:
            return
        at = step.at or self.world.at + timedelta(seconds=1)
        try:
            self.world.decide(replace(step, at=at))
        except Refused:
            return

    @initialize()
    def begin(self) -> None:
        """Two members: one that is soon full, one that has still to be admitted."""
        for step in (t.applied(capacity=2), t.admitted(), t.applied(t.OTHER_USCC), t.article()):
            self.send(step)
        for number in (1, 2, 3):
            self.send(t.opened(number))
            self.send(t.classified(number))
        self.tickets = 3

    # --- what may be asked ---------------------------------------------------------------------

    @rule(
        kind=st.sampled_from([Kind.HELP, Kind.HELP, Kind.COMPLAINT, Kind.REPORT, Kind.CONSULT]),
        accused=st.sampled_from([(), (), (t.USCC,)]),
        anonymous=st.booleans(),
        item=st.sampled_from([None, t.LAMP, t.LAMP, t.DRAIN, t.LIFT]),
    )
    @precondition(lambda self: self.tickets < 6)
    def open(self, kind: Kind, accused: tuple[str, ...], anonymous: bool, item: str | None) -> None:
        self.tickets += 1
        caller: dict[str, Any] = {"caller": None} if anonymous else {}
        self.send(t.opened(self.tickets, kind=kind, accused=accused, **caller))
        if item is not None:
            self.send(t.classified(self.tickets, item=item))

    @rule(data=st.data(), name=st.sampled_from(sorted(STEPS)))
    @precondition(lambda self: self.tickets)
    def ask(self, data: st.DataObject, name: str) -> None:
        step = STEPS[name](self.some(data))
        by = data.draw(st.one_of(st.just(step.by), st.sampled_from(SENDERS)), label="by")
        self.send(step.but(by=by))

    @rule(data=st.data())
    @precondition(lambda self: self.tickets)
    def ask_what_is_allowed(self, data: st.DataObject) -> None:
        number = self.some(data)
        allowed = [name for name in self.world.ticket(number).allowed() if name in STEPS]
        if allowed:
            step = STEPS[data.draw(st.sampled_from(allowed), label="allowed")](number)
            self.send(step)
            self.send(step.but(by=t.AGENT))

    @rule(data=st.data(), holder=st.sampled_from(HOLDERS), accept=st.booleans())
    @precondition(lambda self: self.tickets)
    def give(self, data: st.DataObject, holder: Any, accept: bool) -> None:
        number = self.some(data)
        for make in (t.dispatched, t.arbitrated, t.transferred):
            self.send(make(number, holder=t.to(holder), by=make(number).by))
        if accept:
            self.send(t.accepted(number, by=t.AGENT))

    @rule(data=st.data(), holder=st.sampled_from(HOLDERS), steps=st.integers(1, 5))
    @precondition(lambda self: self.tickets)
    def work_on(self, data: st.DataObject, holder: Any, steps: int) -> None:
        """The way to a result, so that late states are no rare thing."""
        number = self.some(data)
        way = (
            t.classified(number),
            t.dispatched(number, holder=t.to(holder)),
            t.accepted(number, by=t.AGENT),
            t.reported_done(number, by=t.AGENT),
            t.content(number),
        )
        for step in way[:steps]:
            self.send(step)

    @rule(data=st.data(), holder=st.sampled_from(HOLDERS))
    @precondition(lambda self: self.tickets)
    def return_often(self, data: st.DataObject, holder: Any) -> None:
        number = self.some(data)
        for _ in range(2):
            self.send(t.dispatched(number, holder=t.to(holder)))
            self.send(t.returned(number, by=t.AGENT))

    @rule(data=st.data(), into=st.integers(1, 6))
    @precondition(lambda self: self.tickets > 1)
    def merge(self, data: st.DataObject, into: int) -> None:
        self.send(t.merged(self.some(data), lead=t.ticket_id(into)))

    @rule(data=st.data(), content=st.booleans())
    @precondition(lambda self: self.tickets)
    def call_back(self, data: st.DataObject, content: bool) -> None:
        number = self.some(data)
        self.send(t.reported_done(number, by=t.AGENT))
        self.send(t.content(number) if content else t.not_content(number))

    @rule(data=st.data(), days=st.integers(1, 5))
    @precondition(lambda self: self.tickets)
    def extend(self, data: st.DataObject, days: int) -> None:
        number = self.some(data)
        settle = self.world.ticket(number).clocks.get("settle")
        if settle is not None and settle.due_at is not None:
            self.send(t.extended(number, until=settle.due_at + timedelta(days=days)))

    @rule(data=st.data(), close=st.booleans())
    @precondition(lambda self: self.tickets)
    def call_in_vain(self, data: st.DataObject, close: bool) -> None:
        self.send(t.nobody_answered(self.some(data), close=close))

    @rule(data=st.data(), urgency=st.sampled_from(Urgency), item=st.sampled_from([t.LAMP, t.LIFT]))
    @precondition(lambda self: self.tickets)
    def reclassify(self, data: st.DataObject, urgency: Urgency, item: str) -> None:
        self.send(t.reclassified(self.some(data), urgency=urgency, item=item))

    @rule(data=st.data(), days=st.integers(0, 12), until_its_end=st.booleans())
    @precondition(lambda self: self.tickets)
    def pause(self, data: st.DataObject, days: int, until_its_end: bool) -> None:
        until = self.world.at + timedelta(days=days, minutes=5)
        number = self.some(data)
        self.send(t.paused(number, until=until, by=t.AGENT))
        ticket = self.world.ticket(number)
        # it may have been paused before, and to another end
        here = ticket.state is State.PAUSED and ticket.clocks["pause"].due_at == until
        if until_its_end and here:
            self.send(t.resumed(number, by=HUIMIN, at=until))
            assert self.world.ticket(number).state is State.WORKING

    @rule(make=st.sampled_from(MEMBER_STEPS), uscc=st.sampled_from([t.USCC, *[t.OTHER_USCC] * 4]))
    def ask_of_member(self, make: Any, uscc: str) -> None:
        self.send(make(uscc))

    @rule(
        make=st.sampled_from([t.suspended, t.reinstated]),
        uscc=st.sampled_from([t.USCC, t.OTHER_USCC]),
        cause=st.sampled_from([SuspensionCause.LISTED, SuspensionCause.CONDUCT]),
    )
    def judge_member(self, make: Any, uscc: str, cause: SuspensionCause) -> None:
        self.send(make(uscc, cause=cause))
        self.react()

    @rule(uscc=st.sampled_from([t.USCC, t.OTHER_USCC]), capacity=st.integers(0, 3))
    def set_capacity(self, uscc: str, capacity: int) -> None:
        self.send(t.capacity_set(uscc, capacity=capacity, by=t.AGENT))

    @rule(
        passed=st.one_of(
            st.timedeltas(timedelta(seconds=1), timedelta(hours=3)),
            st.timedeltas(timedelta(days=1), timedelta(days=20)),
        )
    )
    def time_passes(self, passed: timedelta) -> None:
        self.world.at += passed

    @rule(data=st.data())
    @precondition(lambda self: self.tickets)
    def settle(self, data: st.DataObject) -> None:
        self.world.settled(self.world.at, self.some(data))

    @rule()
    def react(self) -> None:
        """Policies answer what has happened; a refusal of theirs is noted elsewhere."""
        registry = discover()
        for event in list(self.world.happened):
            for name in ("share-result", "undo-merges", "return-tickets"):
                policy = registry.policies[name]
                if type(event) in policy.event_classes:
                    asked: Any = policy.react(event)
                    for command in asked:
                        self.send(Step(command, HUIMIN))

    def some(self, data: st.DataObject) -> int:
        return data.draw(st.integers(1, self.tickets), label="ticket")

    def all_tickets(self) -> list[HelpTicket]:
        return [self.world.ticket(n) for n in range(1, self.tickets + 1)]

    # --- what must always hold -----------------------------------------------------------------

    @invariant()
    def a_live_ticket_has_exactly_one_holder(self) -> None:
        for ticket in self.all_tickets():
            if ticket.state in (State.OPEN, State.CLASSIFIED, State.RETURNED):
                assert ticket.holder == CENTRE
            if ticket.state in WITH_HOLDER:
                assert ticket.holder != CENTRE

    @invariant()
    def a_company_carries_what_it_holds_and_took_no_more_than_it_could(self) -> None:
        held = {
            ticket.id: ticket.holder.code
            for ticket in self.all_tickets()
            if ticket.state in WITH_HOLDER and ticket.holder.kind == "company"
        }
        capacity: dict[str, int] = {}
        for event in self.world.happened:
            match event:
                case MemberCompany.MemberApplied() | MemberCompany.CapacitySet():
                    capacity[event.uscc] = event.capacity
                case MemberCompany.TicketTaken():
                    assert event.load <= capacity[event.uscc]
        for uscc in capacity:
            company = self.world.company(uscc)
            assert set(company.tickets) == {id for id, code in held.items() if code == uscc}
            assert len(set(company.tickets)) == len(company.tickets)

    @invariant()
    def nobody_judges_a_complaint_about_himself(self) -> None:
        for ticket in self.all_tickets():
            if ticket.state in WITH_HOLDER:
                assert ticket.holder.code not in ticket.accused

    @invariant()
    def what_is_merged_is_merged_on_both_sides(self) -> None:
        by_id = {ticket.id: ticket for ticket in self.all_tickets()}
        for ticket in by_id.values():
            assert (ticket.lead is not None) == (ticket.state is State.MERGED)
            for other in ticket.merged:
                assert by_id[other].lead == ticket.id
            if ticket.merged:
                assert ticket.state in LIVE

    @invariant()
    def clocks_run_only_while_somebody_is_to_act(self) -> None:
        for ticket in self.all_tickets():
            for reading in ticket.clocks.values():
                if reading.phase is Phase.RUNNING:
                    assert reading.due_at is not None
                    assert ticket.state in LIVE
                    assert ticket.state is not State.CALLING_BACK
                if reading.phase is Phase.PAUSED:
                    assert (reading.clock, ticket.state) == ("settle", State.PAUSED)
                assert len(set(reading.raised)) == len(reading.raised)
            if ticket.state in (State.CLASSIFIED, State.DISPATCHED, State.WORKING):
                assert ticket.clocks["settle"].phase is Phase.RUNNING

    @invariant()
    def each_level_is_raised_once_between_two_openings(self) -> None:
        for ticket in self.all_tickets():
            raised: Counter[int] = Counter()
            for event in self.world.events_of(ticket.id):
                if isinstance(event, HelpTicket.TicketReopened):
                    raised.clear()
                if isinstance(event, HelpTicket.TicketEscalated):
                    raised[event.level] += 1
            assert all(count == 1 for count in raised.values())
            assert set(raised) == set(ticket.raised)

    @invariant()
    def nobody_returns_or_reopens_without_end(self) -> None:
        for ticket in self.all_tickets():
            assert ticket.returns <= 2
            assert ticket.reopenings <= 2
            if ticket.reopenings == 0 and ticket.opened_at == ticket.counted_from:
                assert ticket.tier is None or "settle" in ticket.clocks

    def teardown(self) -> None:
        for id, matter in self.world.matters.items():
            assert folded(self.world.events_of(id), stored_and_read) == matter


TestCentre = Centre.TestCase
TestCentre.settings = settings(
    stateful_step_count=60, max_examples=settings().max_examples, deadline=None
)
