"""Seats, limits, bans, closed and delayed sessions: what booking keeps to."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from commands.health_visits.patients import LiftBan
from commands.policies import health_visits as policies
from domain.health_visits import ClinicSession, HealthVisit, PatientBookings, VisitState
from domain.health_visits.institutions import Specialty
from domain.health_visits.refusals import (
    BookingBanned,
    BookingLimit,
    OtherClinic,
    SessionClosed,
    SessionExists,
    SlotTaken,
    SlotUnknown,
    SpecialtyMissing,
    TooEarly,
    TooLate,
)
from domain.health_visits.values import Half, session_id
from domain.shared.aggregate import EventBase
from domain.shared.refusals import (
    Forbidden,
    NotDue,
    NotFound,
)
from tests import clinics as c
from tests.scenario import ANY, HUIMIN, MATTER, Scenario, Step, given, happened, shanghai

OPENED = (c.session_opened(), c.session_opened("doctor-2"))


def visit(scenario: Scenario, id: UUID = MATTER) -> HealthVisit:
    found = scenario.matters[id]
    assert isinstance(found, HealthVisit)
    return found


def session(scenario: Scenario, id: UUID = c.SESSION) -> ClinicSession:
    found = scenario.matters[id]
    assert isinstance(found, ClinicSession)
    return found


def last(scenario: Scenario, kind: type[EventBase]) -> EventBase:
    return [e for e in scenario.happened if isinstance(e, kind)][-1]


def test_a_booking_takes_the_lowest_free_seat_and_is_noted_for_the_patient() -> None:
    clinic = session(given(*OPENED)).clinic
    given(*OPENED, c.booked(2)).when(c.booked(1)).then(
        happened(
            HealthVisit.AppointmentBooked,
            clinic=clinic,
            slot=c.SLOT,
            seat=2,
            patient=ANY,
            channel="app",
            booked_by="citizen-1",
            rebook_if_closed=True,
            referral=None,
            clocks=ANY,
        ),
        happened(
            ClinicSession.SeatTaken, on=c.SESSION, clinic=clinic, slot=c.SLOT, seat=2, visit=ANY
        ),
        happened(PatientBookings.BookingsOpened, on=c.PATIENT, subject=c.subject()),
        happened(PatientBookings.BookingAdded, on=c.PATIENT, visit=ANY, clinic=clinic),
    )


def test_a_full_slot_is_taken_and_another_one_is_not() -> None:
    scenario = given(*OPENED, c.booked(1), c.booked(2))
    scenario.when(c.booked(3)).then_refused(SlotTaken())
    assert scenario.when(c.booked(3, slot=shanghai("2026-03-02T09:30"))).refused is None


def test_a_seat_that_was_given_back_is_free_for_the_next() -> None:
    scenario = given(*OPENED, c.booked(1), c.booked(2), c.cancelled(at=c.BOOKING))
    assert session(scenario).free(c.SLOT) == 1
    scenario.run(c.booked(3))
    event = last(scenario, HealthVisit.AppointmentBooked)
    assert isinstance(event, HealthVisit.AppointmentBooked)
    assert event.seat == 1


@pytest.mark.parametrize(
    "slot", [shanghai("2026-03-02T08:59"), shanghai("2026-03-03T09:00")], ids=["none", "other day"]
)
def test_only_a_slot_of_the_session_is_booked(slot: object) -> None:
    given(*OPENED).when(c.booked(slot=slot)).then_refused(SlotUnknown())  # type: ignore[arg-type]  # instants


def test_a_slot_that_has_begun_is_not_booked() -> None:
    given(*OPENED).when(c.booked(at=c.SLOT)).then_refused(SlotUnknown())


def test_a_session_that_does_not_exist_is_not_booked() -> None:
    given(*OPENED).when(c.booked(session=MATTER)).then_refused(NotFound())


def test_booking_opens_a_fortnight_ahead() -> None:
    early = c.session_opened(at=shanghai("2026-02-10T09:00"))
    day_before = shanghai("2026-02-15T23:59")
    given(early).when(c.booked(at=day_before)).then_refused(TooEarly(earliest=date(2026, 2, 16)))
    assert given(early).when(c.booked(at=shanghai("2026-02-16T00:00"))).refused is None


def test_one_booking_a_day_in_a_department() -> None:
    scenario = given(*OPENED, c.booked())
    scenario.when(c.booked(session=c.OTHER_SESSION)).then_refused(BookingLimit())
    eyes = c.session_opened("doctor-3", department=Specialty.OPHTHALMOLOGY, at=c.BOOKING)
    scenario.run(eyes)
    other = session_id("doctor-3", c.DAY, Half.MORNING)
    assert scenario.when(c.booked(session=other)).refused is None


def test_after_a_cancellation_the_day_is_free_again() -> None:
    scenario = given(*OPENED, c.booked(), c.cancelled())
    assert scenario.when(c.booked(session=c.OTHER_SESSION)).refused is None


def test_a_patient_changes_a_booking_two_hours_before_and_the_clinic_at_any_time() -> None:
    late = shanghai("2026-03-02T07:01")
    latest = shanghai("2026-03-02T07:00")
    scenario = given(*c.TO_BOOKED)
    scenario.when(c.cancelled(at=late)).then_refused(TooLate(latest=latest))
    scenario.when(c.rescheduled(at=late)).then_refused(TooLate(latest=latest))
    assert scenario.when(c.rescheduled(at=late, by=c.NURSE)).refused is None


def test_nobody_else_cancels_and_nobody_but_the_clinic_for_its_own_reasons() -> None:
    scenario = given(*c.TO_BOOKED)
    scenario.when(c.cancelled(by=c.STRANGER)).then_refused(Forbidden())
    scenario.when(c.cancelled(reason="clinic")).then_refused(Forbidden())


def test_a_move_takes_the_new_seat_and_gives_back_the_old_one() -> None:
    scenario = given(*c.TO_BOOKED, c.rescheduled(session_id=c.OTHER_SESSION))
    assert session(scenario).free(c.SLOT) == 2
    assert session(scenario, c.OTHER_SESSION).free(shanghai("2026-03-02T10:00")) == 1
    assert visit(scenario).clinic.session == c.OTHER_SESSION


def test_a_move_within_a_session_frees_one_seat_and_takes_one() -> None:
    scenario = given(*c.TO_BOOKED, c.rescheduled())
    assert (session(scenario).free(c.SLOT), len(session(scenario).expected)) == (2, 1)
    assert visit(scenario).appointment == shanghai("2026-03-02T10:00")


def test_a_move_into_a_full_slot_keeps_the_old_seat() -> None:
    full = shanghai("2026-03-02T10:00")
    scenario = given(*c.TO_BOOKED, c.booked(2, slot=full), c.booked(3, slot=full))
    scenario.when(c.rescheduled()).then_refused(SlotTaken())
    assert visit(scenario).appointment == c.SLOT
    assert session(scenario).free(c.SLOT) == 1


def test_a_booking_moves_within_its_department() -> None:
    eyes = c.session_opened("doctor-3", department=Specialty.OPHTHALMOLOGY, at=c.BOOKING)
    other = session_id("doctor-3", c.DAY, Half.MORNING)
    given(*c.TO_BOOKED, eyes).when(c.rescheduled(session_id=other)).then_refused(OtherClinic())


def test_a_doctor_has_one_session_in_a_half_day() -> None:
    given(*OPENED).when(c.session_opened(room="204")).then_refused(SessionExists())


def test_an_institution_opens_the_departments_that_it_has() -> None:
    given().when(c.session_opened(institution="kangning")).then_refused(
        SpecialtyMissing(specialty=Specialty.CARDIOLOGY)
    )


def test_more_seats_can_be_added() -> None:
    scenario = given(*OPENED, c.booked(1), c.booked(2), c.slots_added(*c.slots("09:00", seats=1)))
    assert scenario.when(c.booked(3)).refused is None


# --- sessions that fall out or run late --------------------------------------------------------


def policy_commands(event: EventBase, react: object) -> list[Step]:
    commands = react(event)  # type: ignore[operator]  # a policy
    return [Step(command, HUIMIN) for command in commands]


@pytest.mark.parametrize("substitute", [c.OTHER_SESSION, None])
def test_each_of_twelve_is_rebooked_or_told_and_each_seat_is_freed_once(
    substitute: UUID | None,
) -> None:
    """Acceptance 4."""
    times = ("09:00", "09:30", "10:00", "10:30")
    scenario = given(
        c.session_opened("doctor-1", *c.slots(*times, seats=3)),
        c.session_opened("doctor-2", *c.slots("09:00", "09:30", "10:00", seats=3)),
    )
    for n in range(12):
        slot = shanghai(f"2026-03-02T{times[n % 4]}")
        scenario.run(c.booked(n, slot=slot, at=c.BOOKING, rebook_if_closed=n != 5))
    scenario.run(c.session_closed(substitute=substitute))
    closed = last(scenario, ClinicSession.SessionEnded)
    for step in policy_commands(closed, policies.when_session_closed):
        scenario.run(step)
    states = [m.state for m in scenario.matters.values() if isinstance(m, HealthVisit)]
    freed = [e for e in scenario.happened if isinstance(e, ClinicSession.SeatFreed)]
    told = [e for e in scenario.happened if isinstance(e, HealthVisit.AppointmentCancelled)]
    moved = [e for e in scenario.happened if isinstance(e, HealthVisit.AppointmentRescheduled)]
    assert len({(e.slot, e.seat) for e in freed}) == len(freed) == 12
    assert len(told) + len(moved) == len(states) == 12
    assert len(moved) == (9 if substitute else 0)
    assert all(e.told for e in told)
    assert not session(scenario).expected


def test_a_closed_session_takes_nobody() -> None:
    scenario = given(*OPENED, c.session_closed(at=c.BOOKING))
    scenario.when(c.booked()).then_refused(SessionClosed())
    scenario.when(c.walked_in()).then_refused(SessionClosed())


def test_a_delayed_session_makes_nobody_miss_it() -> None:
    scenario = given(*c.TO_BOOKED, c.session_delayed(at=c.EARLY))
    delayed = last(scenario, ClinicSession.SessionDelayed)
    for step in policy_commands(delayed, policies.when_session_delayed):
        scenario.run(step)
    scenario.when(c.missed()).then_refused(NotDue(due_at=shanghai("2026-03-02T10:00")))
    assert scenario.when(c.missed(at=shanghai("2026-03-02T10:00"))).refused is None


# --- bookings that were missed -----------------------------------------------------------------


def with_no_shows(count: int) -> Scenario:
    """So many missed bookings on as many days, the last of them on 2 March."""
    scenario = given()
    for n in range(count):
        day = c.DAY - timedelta(days=count - 1 - n)
        start = shanghai(f"{day}T09:00")
        opening = c.session_opened(
            "doctor-1",
            *c.slots("09:00", day=day),
            day=day,
            at=start - timedelta(days=1),
        )
        id = session_id("doctor-1", day, Half.MORNING)
        scenario.run(opening)
        scenario.run(c.booked(session=id, slot=start, at=start - timedelta(hours=20)))
        assert scenario.matter is not None
        visit = scenario.matter.id
        scenario.run(c.missed(visit=visit, at=start + timedelta(minutes=30)))
    return scenario


@pytest.mark.parametrize(("count", "banned"), [(2, False), (3, True)])
def test_the_third_missed_booking_in_ninety_days_is_answered_by_a_ban(
    count: int, banned: bool
) -> None:
    scenario = with_no_shows(count)
    event = last(scenario, HealthVisit.NoShowRecorded)
    assert isinstance(event, HealthVisit.NoShowRecorded)
    command = policies.when_missed(event)
    assert (command is not None) == banned
    if command is None:
        return
    scenario.run(Step(command, HUIMIN))
    scenario.run(c.session_opened("doctor-2", at=shanghai("2026-03-02T09:40")))
    until = shanghai("2026-05-31T09:31")
    booking = c.booked(
        session=c.OTHER_SESSION,
        slot=shanghai("2026-03-02T10:00"),
        at=shanghai("2026-03-02T09:45"),
    )
    scenario.when(booking).then_refused(BookingBanned(until=until))
    assert scenario.when(c.walked_in(session=c.OTHER_SESSION)).refused is None
    scenario.run(Step(LiftBan(patient_id=c.PATIENT, reason="系统故障"), c.NURSE))
    assert scenario.when(booking).refused is not None


def test_a_missed_booking_waits_for_half_an_hour() -> None:
    due_at = shanghai("2026-03-02T09:30")
    scenario = given(*c.TO_BOOKED)
    scenario.when(c.missed(at=due_at - timedelta(seconds=1))).then_refused(NotDue(due_at=due_at))
    scenario.run(c.missed(at=due_at))
    assert visit(scenario).state is VisitState.NO_SHOW
