"""Whatever is asked of a few registrations in whatever order, what must always hold does.

Commands are drawn without regard to whether they are allowed; claims are judged by a plain model of
the log. Each event goes through the form in which it is stored.
"""

import copy
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from commands.base import Role, decide
from commands.company_registration import changing
from domain.company_registration import CompanyRegistration, State
from domain.company_registration.applications import OrganisationShareholder, PersonShareholder
from domain.company_registration.changes import NameChange
from domain.shared.aggregate import EventBase
from domain.shared.clocks import Phase
from domain.shared.money import WHOLE_PPM
from domain.shared.refusals import Refused
from infra.discovery import discover
from infra.log.codec import Codec
from tests import registrations as r
from tests.claim_book import ClaimBook
from tests.scenario import HUIMIN, MONDAY_MORNING, Step, context, folded, spec_of

CODEC = Codec(discover())

ENDED = {State.LAPSED, State.REJECTED, State.WITHDRAWN, State.DEREGISTERED, State.ANNULLED}
NEVER_LICENSED = {State.LAPSED, State.REJECTED, State.WITHDRAWN}
BEFORE_LICENCE = {State.NAME_RESERVED, State.SUBMITTED, State.CORRECTING, State.APPROVED}
SENDERS = (r.APPLICANT, r.OFFICER_7, r.OFFICER_8, r.TAX, r.COURT, HUIMIN, r.STRANGER)

CHANGES: tuple[Any, ...] = (
    r.renaming("姚江"),
    r.renaming("甬江", industry_code="I6510"),
    r.renaming("东海", industry_code=None),
    changing.CapitalChangeGiven(field="capital", subscribed_capital_fen=7),
    changing.ScopeChangeGiven(field="business-scope", business_scope=("I6510",)),
    changing.DirectorsChangeGiven(field="directors", directors=(r.person(4), r.person(5))),
    changing.RepresentativeChangeGiven(
        field="legal-representative", legal_representative=r.person(6)
    ),
    changing.ShareholdersChangeGiven(
        field="shareholders",
        shareholders=(r.shareholder(1, 333_333), r.shareholder(2, 666_667)),
    ),
)
APPLICATIONS: tuple[dict[str, Any], ...] = (
    {},
    {"shareholders": tuple(r.shareholder(n, 250_000) for n in range(4))},
    {"contribution_due": date(2099, 1, 1)},
    {"foreign_trader": True, "directors": (r.person(4),)},
)


def stored_and_read(event: EventBase) -> EventBase:
    new = CODEC.encode(event)
    return CODEC.event_from(new.type, new.data, new.stream_id, new.version, event.timestamp)


class Registry(RuleBasedStateMachine):
    """A few matters, a clock that only goes on, and the claims of all."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = MONDAY_MORNING
        self.book = ClaimBook()
        self.matters: dict[UUID, CompanyRegistration] = {}
        self.events: dict[UUID, list[EventBase]] = {}
        self.sent = 0

    def send(self, step: Step, matter: UUID) -> None:
        """One command, judged like the executor and the log would: all of it or nothing."""
        self.sent += 1
        spec = spec_of(step.command)
        if not step.by.roles & spec.roles:
            return
        if (
            spec.departments
            and Role.OFFICER in step.by.roles
            and step.by.department not in spec.departments
        ):
            return
        ctx = context(self.now, step.by, number=self.sent)
        ctx.new_id = matter
        known = copy.deepcopy(self.matters.get(matter))
        try:
            decision = decide(
                spec, step.command.model_copy(update={"registration_id": matter}), known, ctx
            )
            self.book.judge(decision.claims, matter, self.now)
        except Refused:
            return
        assert isinstance(decision.aggregate, CompanyRegistration)
        self.matters[matter] = decision.aggregate
        self.events.setdefault(matter, []).extend(decision.events)

    @initialize(licensed=st.booleans())
    def begin(self, licensed: bool) -> None:
        """Half of the histories begin with a licensed company: most of a life lies behind it."""
        if licensed:
            steps = (r.name_reserved(trade_name="奉化江"), r.submitted(), r.approved())
            for step in (*steps, r.licensed()):
                self.send(step, r.matter_id(0))

    # --- what may be asked ---------------------------------------------------------------------

    @rule(
        trade_name=st.sampled_from(["甬江", "姚江"]),
        industry_code=st.sampled_from(["F5199", "I6510", None]),
        related=st.sampled_from([None, r.matter_id(77)]),
    )
    @precondition(lambda self: len(self.matters) < 6)
    def reserve(self, trade_name: str, industry_code: str | None, related: UUID | None) -> None:
        step = r.name_reserved(
            trade_name=trade_name, industry_code=industry_code, related_registration=related
        )
        self.send(step, r.matter_id(len(self.matters)))

    @rule(data=st.data(), name=st.sampled_from(sorted(r.ONE_OF_EACH)))
    @precondition(lambda self: self.matters)
    def ask(self, data: st.DataObject, name: str) -> None:
        step = r.ONE_OF_EACH[name]
        by = data.draw(st.one_of(st.just(step.by), st.sampled_from(SENDERS)), label="by")
        self.send(step.but(by=by), self.some(data))

    @rule(data=st.data())
    @precondition(lambda self: self.live())
    def ask_what_is_allowed(self, data: st.DataObject) -> None:
        matter = data.draw(st.sampled_from(self.live()), label="live matter")
        name = data.draw(st.sampled_from(self.matters[matter].allowed()), label="allowed")
        self.send(r.ONE_OF_EACH[name], matter)

    @rule(data=st.data(), changes=st.sampled_from(APPLICATIONS))
    @precondition(lambda self: self.matters)
    def submit(self, data: st.DataObject, changes: dict[str, Any]) -> None:
        self.send(r.submitted(**changes), self.some(data))

    @rule(data=st.data())
    @precondition(lambda self: self.matters)
    def work_on(self, data: st.DataObject) -> None:
        """The way to a licence, so that a registered company is not a rare thing."""
        matter = self.some(data)
        uscc = data.draw(st.sampled_from([r.USCC, r.OTHER_USCC]), label="uscc")
        for step in (r.submitted(), r.approved(), r.licensed(uscc)):
            self.send(step, matter)

    @rule(data=st.data(), change=st.sampled_from(CHANGES))
    @precondition(lambda self: self.matters)
    def apply_change(self, data: st.DataObject, change: Any) -> None:
        self.send(r.change_applied(change), self.some(data))

    @rule(
        passed=st.one_of(
            st.timedeltas(timedelta(seconds=1), timedelta(hours=3)),
            st.timedeltas(timedelta(days=1), timedelta(days=70)),
        )
    )
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    @rule(data=st.data())
    @precondition(lambda self: self.matters)
    def settle(self, data: st.DataObject) -> None:
        matter = self.some(data)
        known = copy.deepcopy(self.matters[matter])
        with known.deciding(self.now):
            known.settle()
        events: Any = known.collect_events()
        self.events[matter].extend(events)
        self.matters[matter] = known

    def live(self) -> list[UUID]:
        return sorted(id for id, matter in self.matters.items() if matter.allowed())

    def some(self, data: st.DataObject) -> UUID:
        return data.draw(st.sampled_from(sorted(self.matters)), label="matter")

    # --- what must always hold -----------------------------------------------------------------

    @invariant()
    def shares_make_a_whole(self) -> None:
        for matter in self.matters.values():
            holders: tuple[PersonShareholder | OrganisationShareholder, ...] = (
                matter.application.shareholders if matter.application else ()
            )
            assert not holders or sum(h.share_ppm for h in holders) == WHOLE_PPM

    @invariant()
    def a_company_has_one_licence_and_a_code_has_one_company(self) -> None:
        for id, matter in self.matters.items():
            licences = self.count(id, CompanyRegistration.LicenceIssued)
            assert licences == (matter.uscc is not None) <= 1
            if matter.state in BEFORE_LICENCE | NEVER_LICENSED:
                assert licences == 0
        codes = [matter.uscc for matter in self.matters.values() if matter.uscc]
        assert len(codes) == len(set(codes))

    @invariant()
    def one_change_is_open_at_most(self) -> None:
        for id, matter in self.matters.items():
            undecided = (
                self.count(id, CompanyRegistration.ChangeApplied)
                - self.count(id, CompanyRegistration.ChangeApproved)
                - self.count(id, CompanyRegistration.ChangeRejected)
            )
            if matter.state in ENDED | {State.REVOKED}:
                assert matter.open_change is None
            else:
                assert undecided == (matter.open_change is not None)

    @invariant()
    def clocks_run_only_while_somebody_is_to_act(self) -> None:
        for matter in self.matters.values():
            for reading in matter.clocks.values():
                if reading.phase is Phase.RUNNING:
                    assert reading.due_at is not None
                    assert reading.since <= reading.due_at
                    assert matter.state not in ENDED
                if reading.phase is Phase.PAUSED:
                    assert (reading.clock, matter.state) == ("licence-1h", State.CORRECTING)
                assert len(set(reading.raised)) == len(reading.raised)

    @invariant()
    def a_name_is_claimed_as_long_as_its_matter_needs_it(self) -> None:
        for id, matter in self.matters.items():
            names = [matter.name]
            if isinstance(matter.open_change, NameChange):
                names.append(matter.open_change.name)
            held = {
                value: self.book.holder(name.scope, value, self.now) == id
                for name in names
                for value in name.claimed_values()
            }
            if matter.state is State.NAME_RESERVED:
                assert all(held.values()) or self.now >= matter.expires_at
            elif matter.state in NEVER_LICENSED:
                assert not any(held.values())
            elif matter.state not in ENDED:
                assert all(held.values())

    @invariant()
    def a_departments_filing_is_there_once(self) -> None:
        for id, matter in self.matters.items():
            filed = Counter(
                e.department
                for e in self.events[id]
                if isinstance(e, CompanyRegistration.FilingRecorded)
            )
            assert all(count == 1 for count in filed.values())
            assert set(matter.filings) <= set(filed)

    @invariant()
    def events_are_numbered_and_in_order_of_time(self) -> None:
        for events in self.events.values():
            assert [e.version for e in events] == list(range(1, len(events) + 1))
            times = [e.at for e in events]
            assert times == sorted(times)
            assert all(time.tzinfo is UTC for time in times)

    def teardown(self) -> None:
        for id, matter in self.matters.items():
            assert folded(self.events[id], stored_and_read) == matter

    def count(self, matter: UUID, event_class: type[EventBase]) -> int:
        return sum(isinstance(event, event_class) for event in self.events[matter])


TestRegistry = Registry.TestCase
TestRegistry.settings = settings(
    stateful_step_count=60, max_examples=settings().max_examples, deadline=None
)
