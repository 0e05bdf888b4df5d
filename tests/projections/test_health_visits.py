"""What the read models of health visits say after a piece of a visit, a session, an archive."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from commands.health_visits.referring import AcceptReferral, DeclineReferral
from commands.health_visits.reporting import CorrectReport
from domain.health_visits import (
    ArchiveState,
    ClinicSession,
    ReferralState,
    ReportState,
    SessionState,
    VisitState,
)
from domain.health_visits.institutions import RESIDENTS, Specialty
from domain.health_visits.notifiable import usual_thousandths
from domain.health_visits.values import archive_id, referral_id
from infra.discovery import discover
from projections.health_visits.archives import ArchiveCoverage, HealthArchive
from projections.health_visits.desks import (
    BookingsOfPatient,
    NotifiableCases,
    NotifiableReports,
    ReferralDesk,
)
from projections.health_visits.records import VisitRecord
from projections.health_visits.rooms import WaitingRoom
from projections.health_visits.slots import AppointmentSlots
from projections.health_visits.waits import WaitingTimes, nearest_rank
from tests import clinics as c
from tests.commands.test_health_visits_booking import with_no_shows
from tests.commands.test_health_visits_ending import referring, with_consent
from tests.commands.test_health_visits_queue import arrive, opened, queue
from tests.commands.test_health_visits_treating import reported
from tests.projections.rows import rows_of
from tests.scenario import MATTER, Scenario, Step, given, shanghai

DEPARTMENT_DAY = ("hospital-1", Specialty.CARDIOLOGY, c.DAY)


def record(scenario: Scenario, id: UUID = MATTER) -> VisitRecord:
    return rows_of(VisitRecord, scenario.happened)[id]


def room(scenario: Scenario) -> WaitingRoom:
    return rows_of(WaitingRoom, scenario.happened)[c.SESSION]


def archive(scenario: Scenario, id: UUID = c.ARCHIVE) -> HealthArchive:
    return rows_of(HealthArchive, scenario.happened)[id]


# --- visit_record ------------------------------------------------------------------------------


def test_a_record_holds_the_whole_visit() -> None:
    row = record(
        given(
            *c.TO_CONSULTING,
            c.diagnosed(),
            c.diagnosed(icd10="F32.1", principal=False, note="家属代述"),
            c.examination(),
            c.result(critical=True),
            c.acknowledged(),
            c.prescribed(),
            c.prescribed(c.item("J01CA04"), archive_version=2),
            c.admitted(),
            c.discharged(),
            c.amended(),
            c.closed(),
        )
    )
    assert (row.state, row.doctor, row.waited_s) == (VisitState.CLOSED, "doctor-1", 300)
    assert [f.icd10 for f in row.diagnoses] == ["I10", "I50.0"]
    assert [(f.icd10, f.note) for f in row.guarded_diagnoses] == [("F32.1", "家属代述")]
    (examination,) = row.examinations
    assert (examination.value, examination.acknowledged_by) == ("12.1 g/L", "doctor-2")
    assert [p.archive_version for p in row.prescriptions] == [1, 2]
    assert (row.bed, row.barthel, row.bill, row.amount_fen) == (None, 60, "settled", 12_300)
    assert [a.number for a in row.amendments] == [1]


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (c.TO_BOOKED, VisitState.BOOKED),
        ((*c.TO_BOOKED, c.cancelled()), VisitState.CANCELLED),
        ((*c.TO_BOOKED, c.missed()), VisitState.NO_SHOW),
        (c.TO_WAITING, VisitState.WAITING),
        (c.TO_CALLED, VisitState.CALLED),
        ((*c.TO_WAITING, c.left()), VisitState.LEFT),
        (c.TO_CONSULTING, VisitState.CONSULTING),
        (c.TO_ADMITTED, VisitState.ADMITTED),
        (c.TO_FINISHED, VisitState.FINISHED),
        ((*c.TO_CONSULTING, c.died()), VisitState.DECEASED),
    ],
)
def test_a_record_shows_the_state_of_its_visit(steps: tuple[Step, ...], state: VisitState) -> None:
    scenario = given(*steps)
    matter: Any = scenario.matters[MATTER]
    assert record(scenario).state is matter.state is state


def test_a_record_tells_that_the_patient_has_to_hear_of_a_change() -> None:
    moved = given(*c.TO_BOOKED, c.rescheduled(by=c.NURSE))
    row = record(moved)
    assert (row.told, row.slot, row.seat) == (True, shanghai("2026-03-02T10:00"), 1)
    late = record(given(*c.TO_BOOKED, c.delayed()))
    assert (late.told, late.expected_at) == (True, c.SLOT + timedelta(minutes=30))
    assert not record(given(*c.TO_BOOKED, c.rescheduled())).told


# --- waiting_room ------------------------------------------------------------------------------


def test_the_room_shows_the_queue_that_the_next_call_obeys() -> None:
    scenario = opened()
    ids = [arrive(scenario, n, f"08:0{n}") for n in range(5)]
    scenario.run(c.triaged(visit=ids[3], level=1))
    scenario.run(c.called(visit=ids[3], at=c.SLOT))
    scenario.run(c.absent(visit=ids[3], at=shanghai("2026-03-02T09:03")))
    row = room(scenario)
    assert [one.visit for one in row.queue] == queue(scenario)
    assert (row.numbers, row.next_visit) == ((1, 2, 3, 4, 5), ids[0])
    scenario.run(c.called(visit=ids[0]))
    row = room(scenario)
    assert (row.now_serving, row.numbers) == (1, (2, 3, 4, 5))


def test_the_estimate_goes_by_the_sessions_own_consultations() -> None:
    scenario = opened()
    first, *_ = [arrive(scenario, n, f"08:0{n}") for n in range(3)]
    assert room(scenario).estimates_min == (8, 16, 24)
    scenario.run(c.called(visit=first, at=shanghai("2026-03-02T09:00")))
    scenario.run(c.started(visit=first, at=shanghai("2026-03-02T09:01")))
    scenario.run(c.finished(visit=first, at=shanghai("2026-03-02T09:05")))
    assert room(scenario).estimates_min == (5, 10)


def test_the_room_shows_a_delay_and_an_end() -> None:
    row = room(given(*c.TO_BOOKED, c.session_delayed(), c.session_closed()))
    assert (row.delayed_min, row.state) == (30, SessionState.CLOSED)


# --- appointment_slots -------------------------------------------------------------------------


def free(scenario: Scenario) -> dict[str, int]:
    row = rows_of(AppointmentSlots, scenario.happened)[DEPARTMENT_DAY]
    assert row.free == sum(slot.free for slot in row.slots)
    return {f"{slot.doctor} {slot.at:%H:%M}": slot.free for slot in row.slots}


def test_slots_show_what_is_free_after_bookings_moves_and_cancellations() -> None:
    scenario = given(
        c.session_opened("doctor-1", *c.slots("09:00", "10:00")),
        c.session_opened("doctor-2", *c.slots("09:00")),
    )
    assert free(scenario) == {"doctor-1 01:00": 2, "doctor-1 02:00": 2, "doctor-2 01:00": 2}
    scenario.after(c.booked(1), c.booked(2))
    assert free(scenario)["doctor-1 01:00"] == 0
    scenario.run(c.rescheduled())
    assert (free(scenario)["doctor-1 01:00"], free(scenario)["doctor-1 02:00"]) == (1, 1)
    scenario.run(c.cancelled())
    assert free(scenario)["doctor-1 02:00"] == 2
    scenario.run(c.slots_added(*c.slots("09:00", "11:00", seats=1)))
    assert (free(scenario)["doctor-1 01:00"], free(scenario)["doctor-1 03:00"]) == (2, 1)
    scenario.run(c.session_closed())
    assert free(scenario) == {"doctor-2 01:00": 2}


def test_slots_say_what_the_session_has() -> None:
    scenario = given(*c.TO_BOOKED, c.booked(2), c.booked(3, slot=shanghai("2026-03-02T09:30")))
    session = scenario.matters[c.SESSION]
    assert isinstance(session, ClinicSession)
    shown = free(scenario)
    for at in session.slots:
        assert shown[f"doctor-1 {at:%H:%M}"] == session.free(at)


# --- health_archive and coverage ---------------------------------------------------------------


def test_an_archive_shows_what_it_says_by_who_may_know() -> None:
    opening, *rest = c.TO_CONSULTING
    row = archive(
        given(
            opening,
            c.allergy(at=c.CONSENT_STEP_AT),
            c.condition(),
            c.condition(icd10="F32.1"),
            c.condition(icd10="N46"),
            c.vaccinated(),
            c.consented(),
            c.refuted(),
            *rest,
            c.read(),
            c.glass_broken(),
            c.prescribed(archive_version=6),
        )
    )
    assert (row.archive_version, row.allergies, row.conditions) == (7, (), ("I10",))
    assert (row.psychiatric_conditions, row.reproductive_conditions) == (("F32.1",), ("N46",))
    assert [m.drug for m in row.medicines] == ["C08CA01"]
    assert [m.until for m in row.medicines] == [date(2026, 3, 8)]
    assert [v.vaccine for v in row.vaccinations] == ["流感疫苗"]
    assert [seen.visit for seen in row.visits] == [MATTER]
    assert [r.without_consent for r in row.readings] == [False]
    assert [o.justified for o in row.openings] == [None]
    assert len(row.consents) == 1


def test_a_visit_of_somebody_without_an_archive_makes_none() -> None:
    _, *rest = c.TO_CONSULTING
    assert rows_of(HealthArchive, given(*rest).happened) == {}


def test_coverage_counts_each_resident_once() -> None:
    other = archive_id(c.subject(2))
    scenario = given(c.archive_opened(), c.archive_opened(2))

    def count() -> int:
        return rows_of(ArchiveCoverage, scenario.happened)["330203"].archives

    assert count() == 2
    scenario.run(c.merged(other_id=other))
    assert (count(), archive(scenario, other).state) == (1, ArchiveState.MERGED)
    scenario.run(c.split(other_id=other))
    assert (count(), archive(scenario, other).merged_into) == (2, None)
    scenario.after(c.merged(other_id=other), c.archive_closed(archive=other))
    assert count() == 1
    scenario.run(c.archive_closed())
    assert count() == 0
    row = rows_of(ArchiveCoverage, given(c.archive_opened()).happened)["330203"]
    assert row.coverage_ppm == 1_000_000 // RESIDENTS["330203"]


# --- desks -------------------------------------------------------------------------------------


def test_the_desk_shows_what_is_offered_and_when_it_is_due() -> None:
    id = referral_id(MATTER, 1)
    scenario = with_consent(referring())
    row = rows_of(ReferralDesk, scenario.happened)[id]
    assert (row.state, row.target, row.due_at) == (
        ReferralState.OFFERED,
        "hospital-2",
        shanghai("2026-03-05T17:30"),
    )
    scenario.run(Step(AcceptReferral(referral_id=id), c.DOCTOR_2))
    row = rows_of(ReferralDesk, scenario.happened)[id]
    assert (row.state, row.due_at) == (ReferralState.ACCEPTED, None)
    scenario = with_consent(referring())
    scenario.run(Step(DeclineReferral(referral_id=id, reason="无床"), c.DOCTOR_2))
    row = rows_of(ReferralDesk, scenario.happened)[id]
    assert (row.state, row.declined_because) == (ReferralState.DECLINED, "无床")


def cases(scenario: Scenario) -> dict[str, int]:
    rows = rows_of(NotifiableCases, scenario.happened)
    return {code: row.cases for (code, _, _), row in rows.items()}


def test_cases_are_counted_where_they_were_reported_and_follow_corrections() -> None:
    scenario, report = reported()
    assert cases(scenario) == {"pertussis": 1}
    (row,) = rows_of(NotifiableCases, scenario.happened).values()
    assert (row.district, row.day) == ("330203", c.DAY)
    assert row.usual_thousandths == usual_thousandths("pertussis") > 0
    for code, expected in (
        ("A36.0", {"pertussis": 0, "diphtheria": 1}),
        (None, {"pertussis": 0, "diphtheria": 0}),
        ("A37.1", {"pertussis": 1, "diphtheria": 0}),
        ("A37.9", {"pertussis": 1, "diphtheria": 0}),
    ):
        command = CorrectReport(report_id=report, icd10=code, reason="复检结果")
        scenario.run(Step(command, c.NURSE))
        assert cases(scenario) == expected
    row_of_report = rows_of(NotifiableReports, scenario.happened)[report]
    assert (row_of_report.state, row_of_report.excluded) == (ReportState.CORRECTED, False)


def test_a_patients_bookings_show_what_is_live_and_what_was_missed() -> None:
    scenario = with_no_shows(2)
    row = rows_of(BookingsOfPatient, scenario.happened)[c.PATIENT]
    assert (row.no_shows, row.live, row.subject) == (2, (), c.subject())
    row = rows_of(BookingsOfPatient, given(*c.TO_WAITING).happened)[c.PATIENT]
    assert [one.visit for one in row.live] == [MATTER]
    row = rows_of(BookingsOfPatient, given(*c.TO_FINISHED).happened)[c.PATIENT]
    assert row.live == ()


# --- waiting_times -----------------------------------------------------------------------------


def test_waits_are_measured_against_those_of_2013() -> None:
    scenario = opened()
    ids = [arrive(scenario, n, "09:00") for n in range(3)]
    for n, minutes in enumerate((10, 20, 40)):
        at = c.SLOT + timedelta(minutes=minutes)
        scenario.run(c.called(visit=ids[n], at=at - timedelta(seconds=30)))
        scenario.run(c.started(visit=ids[n], at=at))
        scenario.run(c.finished(visit=ids[n]))
    row = rows_of(WaitingTimes, scenario.happened)[DEPARTMENT_DAY]
    assert (row.consultations, row.median_s, row.p90_s) == (3, 1200, 2400)
    assert (row.baseline_s, row.ratio_percent) == (96 * 60, 20)


def test_a_percentile_is_a_wait_that_occurred() -> None:
    assert nearest_rank([1, 2, 3, 4], 50) == 2
    assert nearest_rank([7], 90) == 7


# --- all of them -------------------------------------------------------------------------------


def test_every_read_model_of_the_brief_is_there() -> None:
    assert {
        "waiting_room",
        "appointment_slots",
        "health_archive",
        "visit_record",
        "referral_desk",
        "waiting_times",
        "archive_coverage",
        "notifiable_cases",
    } <= set(discover().rows)
