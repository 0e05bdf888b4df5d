"""Whatever is asked about two subjects in whatever order, what must always hold does.

Commands are drawn without regard to whether they are allowed, and sent by whomever. Each event goes
through the form in which it is stored, and the read models are held against the records.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from commands.base import Caller, Role
from domain.credit_records import (
    Colour,
    CreditRecord,
    CreditSubject,
    Kind,
    QueryAuthorisation,
    RecordState,
    Severity,
)
from domain.credit_records.identities import company_of
from domain.shared.aggregate import EventBase
from domain.shared.clocks import Phase
from domain.shared.instants import shanghai_date
from infra.discovery import discover
from infra.log.codec import Codec
from projections.credit_records.lists import ListsLive
from projections.credit_records.profile import CreditProfile
from projections.credit_records.public import PublicRecords
from tests import credits as c
from tests.projections.rows import rows_of
from tests.scenario import HUIMIN, MONDAY_MORNING, Scenario, Step, folded, spec_of

CODEC = Codec(discover())
S = RecordState
LIVE = {S.PUBLISHED, S.DISPUTED, S.REPAIRING}
SENDERS = (c.TAX_7, c.TAX_8, c.MARKET, c.COURT_1, c.COURT_2, c.OWNER, c.STRANGER, HUIMIN)
AUTHORISATION = UUID(int=7)
ON_RECORDS = (
    c.published, c.duty_done, c.pleaded, c.decided, c.dropped, c.delisted, c.objected,
    c.evidence_asked, c.evidence_submitted, c.dismissed, c.withdrawn_on_objection, c.corrected,
    c.applied, c.accepted, c.granted, c.refused, c.repair_revoked, c.publicity_ended,
    c.basis_withdrawn, c.removal_confirmed, c.measure_reported,
)  # fmt: skip
TURNS: dict[str, Any] = {
    "accept-repair": c.accepted,
    "apply-repair": c.applied,
    "ask-evidence": c.evidence_asked,
    "confirm-removal": c.removal_confirmed,
    "decide-listing": c.decided,
    "delist": c.delisted,
    "dismiss-objection": c.dismissed,
    "end-publicity": c.publicity_ended,
    "grant-repair": c.granted,
    "plead": c.pleaded,
    "publish": c.published,
    "raise-objection": c.objected,
    "record-duty-done": c.duty_done,
    "refuse-repair": c.refused,
    "report-measure": c.measure_reported,
    "revoke-repair": c.repair_revoked,
    "submit-evidence": c.evidence_submitted,
    "uphold-objection": c.corrected,
}
ON_FILES = (
    c.proxy_recorded(),
    c.proxy_recorded(proxy=c.BANK.actor),
    c.proxy_ended(proxy=c.BANK.actor),
    c.authorised(authorisation=AUTHORISATION),
    c.requested(authorisation=AUTHORISATION),
    c.authorisation_revoked(authorisation=AUTHORISATION),
    c.company_opened(),
)


def stored_and_read(event: EventBase) -> EventBase:
    new = CODEC.encode(event)
    return CODEC.event_from(new.type, new.data, new.stream_id, new.version, event.timestamp)


def may_send(step: Step) -> bool:
    """Whether the door would let the sender in with it."""
    spec = spec_of(step.command)
    departments = spec.departments
    return bool(step.by.roles & spec.roles) and (
        not departments or Role.OFFICER not in step.by.roles or step.by.department in departments
    )


class CreditOffice(RuleBasedStateMachine):
    """Two files with their records, and a clock that only goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = MONDAY_MORNING
        self.world = Scenario()

    def send(self, step: Step) -> None:
        """As the executor would: what is named is there and of its kind, a chosen id is free."""
        spec = spec_of(step.command)
        field = spec.key or spec.id_field
        named = self.world.matters.get(getattr(step.command, field)) if field else None
        fits = isinstance(named, spec.aggregate) if spec.key else named is None
        if may_send(step) and fits:
            self.world.when(step.but(at=self.now))

    @initialize()
    def begin(self) -> None:
        for step in (*c.COMPANY, c.person_opened()):
            self.send(step)

    # --- what may be asked ---------------------------------------------------------------------

    @rule(
        number=st.integers(1, 3),
        severity=st.sampled_from(Severity),
        about=st.sampled_from([c.company(), c.person()]),
        days=st.integers(0, 500),
        duty=st.booleans(),
        publish=st.booleans(),
    )
    def contribute(
        self, number: int, severity: Severity, about: Any, days: int, duty: bool, publish: bool
    ) -> None:
        step = c.contributed(
            source_record_no=f"T-{number}",
            severity=severity,
            subject=about,
            determined_on=self.today() - timedelta(days=days),
            duty_outstanding=duty,
        )
        self.send(step)
        if publish and isinstance(self.world.matter, CreditRecord):
            self.send(c.published(record=self.world.matter.id))

    @rule(number=st.integers(1, 2), publish=st.booleans())
    def praise(self, number: int, publish: bool) -> None:
        self.send(c.grade_a(source_record_no=f"A-{number}", determined_on=self.today()))
        if publish and isinstance(self.world.matter, CreditRecord):
            self.send(c.published(record=self.world.matter.id))

    @rule(by_court=st.booleans(), decide=st.booleans())
    def list_someone(self, by_court: bool, decide: bool) -> None:
        """Also the whole way, so that a listing is not a rare thing."""
        self.send(c.court_notified() if by_court else c.notified())
        entry = self.world.matter
        if decide and isinstance(entry, CreditRecord):
            self.now += timedelta(days=14)
            self.send(c.decided(record=entry.id, by=c.COURT_2 if by_court else c.TAX_8))

    @rule(data=st.data(), make=st.sampled_from(ON_RECORDS))
    @precondition(lambda self: self.records())
    def ask(self, data: st.DataObject, make: Any) -> None:
        step = make(record=self.some(data))
        by: Caller = data.draw(st.one_of(st.just(step.by), st.sampled_from(SENDERS)), label="by")
        self.send(step.but(by=by))

    @rule(data=st.data())
    @precondition(lambda self: self.records())
    def ask_what_is_allowed(self, data: st.DataObject) -> None:
        """By the one whose turn it is, so that whole lives are lived."""
        record = self.records()[self.some(data)]
        names = sorted(set(record.allowed()) - {"withdraw-basis"})
        if names:
            name = data.draw(st.sampled_from(names), label="allowed")
            step = TURNS[name](record=record.id)
            officers = (c.COURT_1, c.COURT_2) if record.source == "court" else (c.TAX_7, c.TAX_8)
            own = Role.OFFICER in step.by.roles and step.by.department == "tax"
            self.send(step.but(by=data.draw(st.sampled_from(officers)) if own else step.by))

    @rule(data=st.data())
    @precondition(lambda self: self.records())
    def repair_in_time(self, data: st.DataObject) -> None:
        """The way to a repair, after the minimum."""
        record = self.records()[self.some(data)]
        if record.minimum_end is not None and record.minimum_end > self.now:
            self.now = record.minimum_end
        for make in (c.applied, c.granted):
            self.send(make(record=record.id))

    @rule(step=st.sampled_from(ON_FILES))
    def ask_about_the_file(self, step: Step) -> None:
        self.send(step)

    @rule(data=st.data(), severity=st.sampled_from(Severity))
    @precondition(lambda self: self.records())
    def correct(self, data: st.DataObject, severity: Severity) -> None:
        self.send(c.corrected(record=self.some(data), severity=severity))

    @rule(
        passed=st.one_of(
            st.timedeltas(timedelta(seconds=1), timedelta(hours=9)),
            st.timedeltas(timedelta(days=1), timedelta(days=200)),
        )
    )
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    @rule(wait=st.booleans())
    def what_is_due_is_done(self, wait: bool) -> None:
        for record in self.records().values():
            reading = record.clocks.get("publicity")
            due = reading.next() if reading else None
            if due and (wait or due[1] <= self.now):
                self.now = max(self.now, due[1])
                self.send(c.publicity_ended(record=record.id))
                assert self.records()[record.id].state is S.ENDED

    def today(self) -> date:
        return shanghai_date(self.now)

    def records(self) -> dict[UUID, CreditRecord]:
        matters = self.world.matters.items()
        return {id: matter for id, matter in matters if isinstance(matter, CreditRecord)}

    def some(self, data: st.DataObject) -> UUID:
        return data.draw(st.sampled_from(sorted(self.records())), label="record")

    @rule()
    @precondition(lambda self: len(self.world.happened) > 30)
    def close(self) -> None:
        """Late, since little happens afterwards."""
        self.send(c.subject_closed())

    # --- what must always hold -----------------------------------------------------------------

    @invariant()
    def there_is_one_live_entry_for_subject_and_list_and_the_subject_knows_it(self) -> None:
        held: dict[tuple[str, str], list[UUID]] = defaultdict(list)
        for record in self.records().values():
            if record.listed:
                held[(record.subject, record.its_list.code)].append(record.id)
        for subject in self.subjects():
            for place in subject.places.values():
                if place.listed:
                    assert held.pop((subject.subject, place.list)) == [place.record]
                else:
                    assert self.records()[place.record].state is S.NOTIFIED
        assert not held

    @invariant()
    def nobody_is_on_a_black_and_on_a_red_list(self) -> None:
        for subject in self.subjects():
            assert not (subject.entries(Colour.BLACK) and subject.entries(Colour.RED))

    @invariant()
    def publicity_is_timed_to_its_end_and_ends_once(self) -> None:
        for record in self.records().values():
            reading = record.clocks.get("publicity")
            running = reading is not None and reading.phase is Phase.RUNNING
            assert running == (record.state in LIVE and record.maximum_end is not None)
            if reading is not None and running:
                assert reading.due_at == record.maximum_end
            ends = self.count(record.id, CreditRecord.PublicityEnded)
            assert ends <= 1 + self.count(record.id, CreditRecord.RepairRevoked)

    @invariant()
    def clocks_run_only_while_somebody_is_to_act(self) -> None:
        for record in self.records().values():
            active = {
                name
                for name, reading in record.clocks.items()
                if reading.phase in (Phase.RUNNING, Phase.PAUSED)
            }
            assert ("objection" in active) == record.objection_open
            assert ("removal" in active) == bool(record.to_confirm)
            repairing = {"repair-accept", "repair-decide"} & active
            assert len(repairing) == (record.state is S.REPAIRING)
            assert "contribute" not in active

    def the_read_models_show_what_stands(self) -> None:
        happened = self.world.happened
        live = rows_of(ListsLive, happened)
        assert {(row.list, row.subject): row.record_id for row in live.values()} == {
            (r.its_list.code, r.subject): r.id for r in self.records().values() if r.listed
        }
        pages = rows_of(PublicRecords, happened)
        shown = {item.record_id for page in pages.values() for item in page.items}
        assert shown == {
            r.id
            for r in self.records().values()
            if company_of(r.subject) and r.state in {S.PUBLISHED, S.REPAIRING}
        }
        for subject, row in rows_of(CreditProfile, happened).items():
            standing = [
                r
                for r in self.records().values()
                if r.subject == subject and r.item and r.state in {S.RECORDED, *LIVE}
            ]
            assert row.serious == sum(r.severity is Severity.SERIOUS for r in standing)
            assert row.positive == sum(r.kind is Kind.POSITIVE for r in standing)
            assert len(row.records) == len(standing)

    @invariant()
    def no_report_goes_out_on_an_authorisation_that_was_taken_back(self) -> None:
        granted = False
        for event in self.world.happened:
            if isinstance(event, QueryAuthorisation.AuthorisationGranted):
                granted = True
            elif isinstance(event, QueryAuthorisation.AuthorisationRevoked):
                granted = False
            elif isinstance(event, CreditSubject.ReportIssued):
                assert granted

    @invariant()
    def events_are_numbered_and_in_order_of_time(self) -> None:
        for events in self.by_matter().values():
            assert [e.version for e in events] == list(range(1, len(events) + 1))
            times = [e.at for e in events]
            assert times == sorted(times)
            assert all(time.tzinfo is UTC for time in times)

    def teardown(self) -> None:
        self.the_read_models_show_what_stands()
        for id, events in self.by_matter().items():
            again, matter = folded(events, stored_and_read), self.world.matters[id]
            if isinstance(matter, CreditRecord) and isinstance(again, CreditRecord):
                assert again.clocks == matter.clocks  # an empty one is made when it is looked at
            assert again == matter

    def subjects(self) -> list[CreditSubject]:
        return [m for m in self.world.matters.values() if isinstance(m, CreditSubject)]

    def by_matter(self) -> dict[UUID, list[EventBase]]:
        grouped: dict[UUID, list[EventBase]] = defaultdict(list)
        for event in self.world.happened:
            grouped[event.id].append(event)
        return grouped

    def count(self, matter: UUID, event_class: type[EventBase]) -> int:
        return sum(isinstance(e, event_class) and e.id == matter for e in self.world.happened)


TestCreditOffice = CreditOffice.TestCase
TestCreditOffice.settings = settings(
    stateful_step_count=40, max_examples=settings().max_examples, deadline=None
)
