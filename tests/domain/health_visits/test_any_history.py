"""Whatever is asked of a small hospital in whatever order, what must always hold does."""

from collections import Counter
from datetime import UTC
from uuid import UUID

from hypothesis import settings
from hypothesis.stateful import invariant

from domain.health_visits import (
    ClinicSession,
    HealthVisit,
    NotifiableReport,
    PatientBookings,
    VisitState,
)
from domain.shared.clocks import ClockedAggregate, Phase
from projections.health_visits.rooms import WaitingRoom
from projections.health_visits.slots import AppointmentSlots
from tests.hospital import Hospital, stored_and_read
from tests.projections.rows import rows_of
from tests.scenario import folded


class HospitalKept(Hospital):
    """The hospital, and what holds after each command."""

    def in_state(self, session: ClinicSession, *states: VisitState) -> set[UUID]:
        return {
            visit.id
            for visit in self.of(HealthVisit)
            if visit.clinic.session == session.id and visit.state in states
        }

    @invariant()
    def no_slot_has_more_bookings_than_seats(self) -> None:
        for session in self.of(ClinicSession):
            for slot, seats in session.seats.items():
                assert len(seats) <= session.slots[slot]
                assert len(set(seats.values())) == len(seats)

    @invariant()
    def who_is_booked_has_a_seat_and_nobody_else_is_expected(self) -> None:
        for session in self.of(ClinicSession):
            assert set(session.expected) == self.in_state(session, VisitState.BOOKED)
            for visit, (slot, seat) in session.expected.items():
                assert session.seats[slot][seat] == visit

    @invariant()
    def who_waits_is_in_the_queue_once_and_in_its_order(self) -> None:
        for session in self.of(ClinicSession):
            waiting = [one.visit for one in session.queue]
            assert len(set(waiting)) == len(waiting)
            assert set(waiting) == self.in_state(session, VisitState.WAITING)
            assert list(session.queue) == sorted(session.queue, key=lambda one: one.rank)
            numbers = [one.number for one in session.queue]
            assert len(set(numbers)) == len(numbers)

    @invariant()
    def a_room_holds_one_and_a_doctor_has_one(self) -> None:
        for session in self.of(ClinicSession):
            inside = self.in_state(session, VisitState.CALLED, VisitState.CONSULTING)
            assert inside == ({session.serving.visit} if session.serving else set())
        doctors = Counter(
            visit.doctor for visit in self.of(HealthVisit) if visit.state is VisitState.CONSULTING
        )
        assert all(count == 1 for count in doctors.values())

    @invariant()
    def a_bed_has_one_patient(self) -> None:
        beds = [visit.bed for visit in self.of(HealthVisit) if visit.state is VisitState.ADMITTED]
        assert None not in beds
        assert len(set(beds)) == len(beds)

    @invariant()
    def a_patients_bookings_are_those_that_live(self) -> None:
        live = {
            VisitState.BOOKED,
            VisitState.WAITING,
            VisitState.CALLED,
            VisitState.CONSULTING,
        }
        for bookings in self.of(PatientBookings):
            own = [v for v in self.of(HealthVisit) if v.patient.subject == bookings.subject]
            assert set(bookings.live) == {visit.id for visit in own if visit.state in live}
            places = Counter(bookings.live.values())
            assert all(count == 1 for count in places.values())
            missed = sum(visit.no_show_recorded for visit in own)
            assert len(bookings.no_shows) == missed

    @invariant()
    def a_disease_is_due_to_be_reported_once_a_visit(self) -> None:
        about = Counter((r.visit, r.case.patient.subject) for r in self.of(NotifiableReport))
        found = {
            (event.id, event.disease)
            for events in self.events.values()
            for event in events
            if isinstance(event, HealthVisit.DiagnosisRecorded) and event.disease
        }
        assert sum(about.values()) == len(found)

    @invariant()
    def clocks_run_only_while_somebody_is_to_act(self) -> None:
        runs = {
            "no-show": {VisitState.BOOKED},
            "waiting": {VisitState.WAITING, VisitState.CALLED},
        }
        for visit in self.of(HealthVisit):
            for name, states in runs.items():
                reading = visit.clocks.get(name)
                if reading is not None and reading.phase is Phase.RUNNING:
                    assert visit.state in states
            critical = visit.clocks.get("critical-result")
            running = critical is not None and critical.phase is Phase.RUNNING
            assert running == bool(visit.critical)
        for matter in self.of(ClockedAggregate):
            for reading in matter.clocks.values():
                assert len(set(reading.raised)) == len(reading.raised)

    @invariant()
    def events_are_numbered_and_in_order_of_time(self) -> None:
        for events in self.events.values():
            assert [e.version for e in events] == list(range(1, len(events) + 1))
            times = [e.at for e in events]
            assert times == sorted(times)
            assert all(time.tzinfo is UTC for time in times)

    def teardown(self) -> None:
        for id, matter in self.matters.items():
            again = folded(self.events[id], stored_and_read)
            if isinstance(again, ClockedAggregate):
                assert again.clocks == getattr(matter, "clocks", None)
            assert again == matter
        self.screens_show_what_the_sessions_hold()

    def screens_show_what_the_sessions_hold(self) -> None:
        sessions = self.of(ClinicSession)
        histories = [self.events[session.id] for session in sessions]
        rooms = rows_of(WaitingRoom, *histories)
        for session in sessions:
            assert rooms[session.id].queue == session.queue
            assert rooms[session.id].next_visit == session.next_visit
        for row in rows_of(AppointmentSlots, *histories).values():
            for slot in row.slots:
                session = self.matters[slot.session]  # type: ignore[assignment]  # a session
                assert isinstance(session, ClinicSession)
                assert slot.free == session.free(slot.at)


TestHospital = HospitalKept.TestCase
TestHospital.settings = settings(
    stateful_step_count=50, max_examples=settings().max_examples, deadline=None
)
