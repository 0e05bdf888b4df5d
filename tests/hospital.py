"""A small hospital of which anything is asked in any order, for properties of any history.

Commands are drawn without regard to whether they are allowed; claims are judged by a plain model of
the log. Each event goes through the form in which it is stored.
"""

import copy
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from commands.base import Context, MattersNeeded, Role, decide
from commands.health_visits.ending import ReferPatient
from domain.health_visits import (
    ClinicSession,
    HealthArchive,
    HealthVisit,
    SessionState,
    VisitState,
)
from domain.health_visits.institutions import Specialty
from domain.health_visits.values import archive_id
from domain.shared.aggregate import Aggregate, EventBase
from domain.shared.refusals import Refused
from infra.discovery import discover
from infra.log.codec import Codec
from tests import clinics as c
from tests.claim_book import ClaimBook
from tests.scenario import HUIMIN, MATTER, Step, context, shanghai, spec_of

CODEC = Codec(discover())
PATIENTS = range(1, 6)
SENDERS = (c.DOCTOR_1, c.DOCTOR_2, c.NURSE, c.CITIZEN, c.STRANGER, c.TAX, HUIMIN)
SLOTS = [shanghai(f"2026-03-02T{time}") for time in ("09:00", "09:30", "10:00", "10:30")]
CODES = ("I10", "F32.1", "A37.0", "A20.0", "J06", "O80.0", "U07.1")
DRUGS = ("J01CA04", "B01AA03", "M01AE01", "C08CA01", "C09AA02")

M = TypeVar("M", bound=Aggregate)


def stored_and_read(event: EventBase) -> EventBase:
    new = CODEC.encode(event)
    return CODEC.event_from(new.type, new.data, new.stream_id, new.version, event.timestamp)


def referring(visit: UUID, consent: UUID) -> Step:
    return c.step(
        ReferPatient,
        c.DOCTOR_1,
        visit=visit,
        direction="up",
        target="hospital-2",
        specialty=Specialty.CARDIOLOGY,
        reason="需造影",
        consent_id=consent,
    )


class Hospital(RuleBasedStateMachine):
    """Two doctors' morning, five patients, a clock that only goes on, and the claims of all."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = c.OPENING
        self.book = ClaimBook()
        self.matters: dict[UUID, Aggregate] = {}
        self.events: dict[UUID, list[EventBase]] = {}
        self.sent = 0

    def of(self, kind: type[M]) -> list[M]:
        return [matter for matter in self.matters.values() if isinstance(matter, kind)]

    def send(self, step: Step) -> bool:
        """One command, judged like the executor and the log would: all of it or nothing."""
        self.sent += 1
        spec = spec_of(step.command)
        if not step.by.roles & spec.roles:
            return False
        officer = Role.OFFICER in step.by.roles
        if officer and spec.departments and step.by.department not in spec.departments:
            return False
        asked: tuple[UUID, ...] = ()
        while True:
            ctx = context(self.now, step.by, number=self.sent)
            ctx.new_id = UUID(int=MATTER.int + self.sent)
            named = getattr(step.command, spec.key) if spec.key else None
            known = copy.deepcopy(self.matters.get(named)) if named else None
            if known is None and spec.key and not spec.or_begins:
                return False
            at_hand = {id: copy.deepcopy(self.matters.get(id)) for id in asked}
            ctx.at_hand = {**at_hand, known.id: known} if known and known.id in asked else at_hand
            try:
                return self.decided(step, known, ctx)
            except MattersNeeded as more:
                asked = (*asked, *more.ids)
            except Refused:
                return False

    def decided(self, step: Step, known: Aggregate | None, ctx: Context) -> bool:
        decision = decide(spec_of(step.command), step.command, known, ctx)
        assert decision.aggregate is not None
        self.book.judge(decision.claims, decision.aggregate.id, self.now)
        for matter in (decision.aggregate, *decision.others):
            self.matters[matter.id] = matter
        for event in decision.events:
            self.events.setdefault(event.id, []).append(event)
        return True

    @initialize(begun=st.sampled_from(["empty", "booked", "treated"]))
    def begin(self, begun: str) -> None:
        seats = c.slots(seats=2)
        for doctor in ("doctor-1", "doctor-2"):
            assert self.send(c.session_opened(doctor, *seats))
        assert self.send(c.archive_opened())
        if begun == "empty":
            return
        for order in PATIENTS:
            self.send(c.booked(order, slot=SLOTS[order % 4]))
        self.now = c.EARLY
        if begun == "treated":
            (first, *_) = sorted(visit.id for visit in self.of(HealthVisit))
            for step in (c.checked_in, c.called, c.started):
                assert self.send(step(visit=first))

    # --- what may be asked ---------------------------------------------------------------------

    @rule(
        order=st.sampled_from(PATIENTS),
        slot=st.sampled_from(SLOTS),
        session=st.sampled_from([c.SESSION, c.OTHER_SESSION]),
        rebook=st.booleans(),
    )
    def book_one(self, order: int, slot: datetime, session: UUID, rebook: bool) -> None:
        self.send(c.booked(order, slot=slot, session=session, rebook_if_closed=rebook))

    @rule(order=st.sampled_from(PATIENTS), session=st.sampled_from([c.SESSION, c.OTHER_SESSION]))
    def walk_in(self, order: int, session: UUID) -> None:
        self.send(c.walked_in(order, session=session))

    @rule(data=st.data())
    @precondition(lambda self: self.of(HealthVisit))
    def move(self, data: st.DataObject) -> None:
        visit = self.some(data, HealthVisit).id
        slot = data.draw(st.sampled_from(SLOTS))
        session = data.draw(st.sampled_from([c.SESSION, c.OTHER_SESSION]))
        by = data.draw(st.sampled_from(SENDERS))
        self.send(c.rescheduled(visit=visit, slot=slot, session_id=session, by=by))

    @rule(data=st.data())
    @precondition(lambda self: self.of(HealthVisit))
    def go_on_as_allowed(self, data: st.DataObject) -> None:
        """What the state allows, by whom it is for, so that visits get on."""
        visit = self.some(data, HealthVisit)
        steps = self.steps(data, visit)
        names = [name for name in visit.allowed() if name in steps]
        if names:
            self.send(steps[data.draw(st.sampled_from(names), label="allowed")])

    @rule(data=st.data())
    @precondition(lambda self: self.of(HealthVisit))
    def ask_anything(self, data: st.DataObject) -> None:
        steps = self.steps(data, self.some(data, HealthVisit))
        step = steps[data.draw(st.sampled_from(sorted(steps)), label="command")]
        by = data.draw(st.one_of(st.just(step.by), st.sampled_from(SENDERS)), label="by")
        self.send(step.but(by=by))

    def steps(self, data: st.DataObject, visit: HealthVisit) -> dict[str, Step]:
        doctor = c.DOCTOR_1 if visit.clinic.doctor == "doctor-1" else c.DOCTOR_2
        own: dict[str, Any] = {"visit": visit.id, "by": doctor}
        archive = self.matters.get(archive_id(visit.patient.subject))
        version = archive.content_version if isinstance(archive, HealthArchive) else 0
        consents = list(archive.consents) if isinstance(archive, HealthArchive) else []
        drug = data.draw(st.sampled_from(DRUGS), label="drug")
        reason = data.draw(st.sampled_from([None, "无替代药物"]), label="reason")
        return {
            "check-in-patient": c.checked_in(visit=visit.id),
            "triage": c.triaged(visit=visit.id, level=data.draw(st.integers(1, 4))),
            "call-patient": c.called(visit=visit.id),
            "mark-absent": c.absent(visit=visit.id),
            "leave-queue": c.left(visit=visit.id),
            "start-consultation": c.started(**own),
            "cancel-appointment": c.cancelled(visit=visit.id),
            "delay-appointment": c.delayed(visit=visit.id),
            "mark-no-show": c.missed(visit=visit.id),
            "record-diagnosis": c.diagnosed(
                icd10=data.draw(st.sampled_from(CODES)), principal=data.draw(st.booleans()), **own
            ),
            "order-examination": c.examination(**own),
            "record-result": c.result(visit=visit.id, critical=data.draw(st.booleans())),
            "acknowledge-result": c.acknowledged(visit=visit.id),
            "prescribe": c.prescribed(
                c.item(drug), archive_version=version, override_reason=reason, **own
            ),
            "admit-patient": c.admitted(bed=data.draw(st.sampled_from("12")), **own),
            "finish-consultation": c.finished(**own),
            "refer-patient": referring(visit.id, (consents or [MATTER])[0]).but(by=doctor),
            "discharge-patient": c.discharged(visit=visit.id),
            "amend-record": c.amended(visit=visit.id),
            "close-visit": c.closed(visit=visit.id),
            "record-death": c.died(
                visit=visit.id, second_doctor=data.draw(st.sampled_from(["doctor-1", "chief-1"]))
            ),
        }

    @rule(
        step=st.sampled_from(
            [
                c.allergy(),
                c.allergy(substance="nsaids"),
                c.refuted(),
                c.condition(),
                c.consented(purpose="referral"),
                c.archive_opened(2),
                c.merged(other_id=archive_id(c.subject(2))),
                c.split(other_id=archive_id(c.subject(2))),
                c.glass_broken(),
                c.read(),
                c.slots_added(),
                c.session_delayed(),
            ]
        )
    )
    def ask_of_the_others(self, step: Step) -> None:
        self.send(step)

    @rule(
        step=st.sampled_from(
            [
                c.archive_closed(),
                c.session_closed(),
                c.session_closed(substitute=c.OTHER_SESSION),
            ]
        )
    )
    @precondition(lambda self: self.sent > 60)
    def end(self, step: Step) -> None:
        """Late, since little can be asked afterwards."""
        self.send(step)

    @rule(data=st.data())
    @precondition(lambda self: self.now >= c.EARLY and self.of(HealthVisit))
    def see_the_next(self, data: st.DataObject) -> None:
        """Somebody comes, and whoever is next comes to the doctor or does not."""
        arriving = self.some(data, HealthVisit)
        self.send(c.checked_in(visit=arriving.id))
        session = self.matters[arriving.clinic.session]
        assert isinstance(session, ClinicSession)
        if session.next_visit is not None:
            self.send(c.called(visit=session.next_visit))
        session = self.matters[session.id]
        assert isinstance(session, ClinicSession)
        if session.serving is not None:
            doctor = c.DOCTOR_1 if session.clinic.doctor == "doctor-1" else c.DOCTOR_2
            visit = session.serving.visit
            if data.draw(st.booleans(), label="comes"):
                self.send(c.started(visit=visit, by=doctor))
            else:
                self.now += timedelta(minutes=3)
                self.send(c.absent(visit=visit))

    @rule(data=st.data())
    @precondition(lambda self: self.treated())
    def treat(self, data: st.DataObject) -> None:
        """Something of what a doctor does."""
        treated = {visit.id: visit for visit in self.treated()}
        visit = treated[data.draw(st.sampled_from(sorted(treated)), label="treated")]
        steps = self.steps(data, visit)
        names = [name for name in visit.allowed() if name in steps]
        self.send(steps[data.draw(st.sampled_from(names), label="allowed")])

    def treated(self) -> list[HealthVisit]:
        begun = (VisitState.CONSULTING, VisitState.ADMITTED, VisitState.FINISHED, VisitState.CLOSED)
        return [visit for visit in self.of(HealthVisit) if visit.state in begun]

    @rule(data=st.data())
    @precondition(lambda self: self.closed())
    def resettle(self, data: st.DataObject) -> None:
        """What the policy does, perhaps late and perhaps twice."""
        closed = {session.id: session for session in self.closed()}
        session = closed[data.draw(st.sampled_from(sorted(closed)), label="closed")]
        for visit in tuple(session.expected):
            self.send(c.resettled(visit=visit, substitute_id=c.OTHER_SESSION))

    def closed(self) -> list[ClinicSession]:
        return [s for s in self.of(ClinicSession) if s.state is SessionState.CLOSED]

    @rule(minutes=st.one_of(st.integers(1, 5), st.integers(20, 120)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def the_day_begins(self) -> None:
        self.now = max(self.now, c.EARLY)

    def some(self, data: st.DataObject, kind: type[M]) -> M:
        ids = sorted(matter.id for matter in self.of(kind))
        found = self.matters[data.draw(st.sampled_from(ids), label="matter")]
        assert isinstance(found, kind)
        return found
