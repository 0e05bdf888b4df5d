"""Who is next: the brief's rule of the queue, through the commands that move people through it."""

from uuid import UUID

import pytest

from domain.health_visits import ClinicSession, HealthVisit, PatientBookings, VisitState
from domain.health_visits.refusals import (
    AlreadyWaiting,
    BookingLimit,
    NotNext,
    RoomOccupied,
    SessionOccupied,
    WrongDay,
)
from domain.shared.refusals import (
    Forbidden,
    NotDue,
)
from tests import clinics as c
from tests.scenario import MATTER, Scenario, Step, given, shanghai


def opened(seats: int = 9) -> Scenario:
    return given(
        c.session_opened("doctor-1", *c.slots("09:00", "09:30", "10:00", seats=seats)),
        c.session_opened("doctor-2"),
    )


def arrive(scenario: Scenario, order: int, time: str) -> UUID:
    """Somebody walks in; the id of the visit."""
    scenario.run(c.walked_in(order, at=shanghai(f"2026-03-02T{time}")))
    assert scenario.matter is not None
    return scenario.matter.id


def session(scenario: Scenario) -> ClinicSession:
    found = scenario.matters[c.SESSION]
    assert isinstance(found, ClinicSession)
    return found


def visit(scenario: Scenario, id: UUID = MATTER) -> HealthVisit:
    found = scenario.matters[id]
    assert isinstance(found, HealthVisit)
    return found


def queue(scenario: Scenario) -> list[UUID]:
    return [one.visit for one in session(scenario).queue]


def book(scenario: Scenario, order: int, slot: str) -> UUID:
    scenario.run(c.booked(order, slot=shanghai(f"2026-03-02T{slot}"), at=c.BOOKING))
    assert scenario.matter is not None
    return scenario.matter.id


def test_triage_one_arrives_last_and_is_called_next_and_the_others_keep_their_order() -> None:
    """Acceptance 2."""
    scenario = opened()
    first, second, third, urgent = (
        arrive(scenario, n, time) for n, time in enumerate(("08:10", "08:20", "08:30", "08:40"))
    )
    scenario.run(c.triaged(visit=urgent, level=1))
    assert queue(scenario) == [urgent, first, second, third]
    scenario.when(c.called(visit=first)).then_refused(NotNext(next=urgent))
    assert scenario.when(c.called(visit=urgent)).refused is None
    assert queue(scenario) == [first, second, third]


@pytest.mark.parametrize(
    ("checked_in", "called", "started", "waited_s"),
    [("08:40", "09:04", "09:05", 5 * 60), ("09:10", "09:29", "09:30", 20 * 60)],
)
def test_the_wait_counts_from_the_later_of_arrival_and_appointment(
    checked_in: str, called: str, started: str, waited_s: int
) -> None:
    """Acceptance 7."""
    scenario = given(*c.TO_BOOKED)
    scenario.run(c.checked_in(at=shanghai(f"2026-03-02T{checked_in}")))
    scenario.run(c.called(at=shanghai(f"2026-03-02T{called}")))
    answer = scenario.when(c.started(at=shanghai(f"2026-03-02T{started}")))
    assert answer.decision is not None
    (event,) = (e for e in answer.decision.events if isinstance(e, HealthVisit.ConsultationStarted))
    assert event.waited_s == waited_s


def test_who_was_missing_and_comes_late_is_last_and_was_missed_once() -> None:
    """Acceptance 8: 45 minutes late."""
    scenario = opened()
    late = book(scenario, 1, "09:00")
    waiting = [arrive(scenario, n, "09:20") for n in (2, 3)]
    scenario.run(c.missed(visit=late))
    scenario.run(c.checked_in(visit=late, at=shanghai("2026-03-02T09:45")))
    assert queue(scenario) == [*waiting, late]
    checked_in = [e for e in scenario.happened if isinstance(e, HealthVisit.PatientCheckedIn)]
    assert checked_in[-1].late
    counted = [e for e in scenario.happened if isinstance(e, PatientBookings.NoShowCounted)]
    assert len(counted) == 1
    assert visit(scenario, late).state is VisitState.WAITING


def test_who_was_missing_and_has_booked_anew_comes_for_the_new_booking() -> None:
    scenario = opened()
    missed = book(scenario, 1, "09:00")
    scenario.run(c.missed(visit=missed))
    anew = book(scenario, 1, "10:00")
    arriving = c.checked_in(visit=missed, at=shanghai("2026-03-02T09:45"))
    scenario.when(arriving).then_refused(BookingLimit())
    scenario.run(c.checked_in(visit=anew, at=shanghai("2026-03-02T09:46")))
    assert visit(scenario, anew).state is VisitState.WAITING


def test_who_was_missing_may_not_come_in_the_afternoon() -> None:
    scenario = given(*c.TO_BOOKED, c.missed())
    scenario.when(c.checked_in(at=shanghai("2026-03-02T12:00"))).then_refused(WrongDay(day=c.DAY))


def test_who_comes_on_time_waits_by_appointment_and_others_by_arrival() -> None:
    scenario = opened()
    booked_at_nine = book(scenario, 1, "09:00")
    booked_at_ten = book(scenario, 2, "10:00")
    walk_in = arrive(scenario, 3, "09:05")
    scenario.run(c.checked_in(visit=booked_at_ten, at=shanghai("2026-03-02T09:10")))
    scenario.run(c.checked_in(visit=booked_at_nine, at=shanghai("2026-03-02T09:15")))
    assert queue(scenario) == [booked_at_nine, walk_in, booked_at_ten]


def test_who_does_not_answer_goes_back_three_places_and_the_second_time_out() -> None:
    scenario = opened()
    ids = [arrive(scenario, n, f"08:0{n}") for n in range(6)]
    gone, *others = ids
    scenario.run(c.called(visit=gone, at=shanghai("2026-03-02T09:00")))
    scenario.when(c.absent(visit=gone, at=shanghai("2026-03-02T09:02"))).then_refused(
        NotDue(due_at=shanghai("2026-03-02T09:03"))
    )
    scenario.run(c.absent(visit=gone, at=shanghai("2026-03-02T09:03")))
    assert queue(scenario) == [*others[:3], gone, *others[3:]]
    for n in range(3):
        scenario.run(c.called(visit=others[n], at=shanghai(f"2026-03-02T09:{n + 1}0")))
        scenario.run(c.started(visit=others[n]))
        scenario.run(c.finished(visit=others[n]))
    scenario.run(c.called(visit=gone, at=shanghai("2026-03-02T10:00")))
    scenario.run(c.absent(visit=gone, at=shanghai("2026-03-02T10:04")))
    assert visit(scenario, gone).state is VisitState.LEFT
    assert queue(scenario) == others[3:]


def test_a_room_is_for_one() -> None:
    scenario = opened()
    first, second = (arrive(scenario, n, "08:30") for n in (1, 2))
    scenario.run(c.called(visit=first))
    scenario.when(c.called(visit=second)).then_refused(RoomOccupied())


def test_nobody_takes_two_numbers_in_a_department() -> None:
    scenario = opened()
    arrive(scenario, 1, "08:30")
    scenario.when(c.walked_in(1)).then_refused(AlreadyWaiting())
    scenario.when(c.walked_in(1, session=c.OTHER_SESSION)).then_refused(AlreadyWaiting())


def test_a_number_is_for_today() -> None:
    opened().when(c.walked_in(at=shanghai("2026-03-03T09:00"))).then_refused(WrongDay(day=c.DAY))


def test_only_the_sessions_doctor_begins() -> None:
    given(*c.TO_CALLED).when(c.started(by=c.DOCTOR_2)).then_refused(Forbidden())


def test_a_session_with_people_in_it_is_not_closed() -> None:
    for steps in (c.TO_WAITING, c.TO_CALLED, c.TO_CONSULTING):
        given(*steps).when(c.session_closed()).then_refused(SessionOccupied())


def test_another_citizen_does_not_check_somebody_in() -> None:
    steps: tuple[Step, ...] = c.TO_BOOKED
    given(*steps).when(c.checked_in(by=c.STRANGER, at=c.EARLY)).then_refused(Forbidden())
