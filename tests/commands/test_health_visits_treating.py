"""In the doctor's room: diagnoses, reports of diseases, results, prescriptions."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from commands.health_visits.reporting import CorrectReport
from commands.policies import health_visits as policies
from domain.health_visits import (
    HealthArchive,
    HealthVisit,
    NotifiableReport,
    ReportState,
)
from domain.health_visits.icd10 import Sensitivity
from domain.health_visits.institutions import Specialty
from domain.health_visits.notifiable import DiseaseClass
from domain.health_visits.refusals import (
    AllergyConflict,
    ArchiveMoved,
    CodeNotForSexOrAge,
    DaysTooLong,
    Interaction,
    NothingCritical,
    OrderUnknown,
    PrincipalExists,
    UnknownCode,
)
from domain.health_visits.values import report_id
from domain.shared.aggregate import EventBase
from domain.shared.refusals import Forbidden, NotInState
from tests import clinics as c
from tests.scenario import HUIMIN, MATTER, Scenario, Step, given, shanghai

CONSULTING = c.TO_CONSULTING


def visit(scenario: Scenario, id: UUID = MATTER) -> HealthVisit:
    found = scenario.matters[id]
    assert isinstance(found, HealthVisit)
    return found


def of(scenario: Scenario, kind: type[EventBase]) -> list[Any]:
    return [e for e in scenario.happened if isinstance(e, kind)]


# --- diagnoses ---------------------------------------------------------------------------------


def test_an_unknown_code_is_answered_with_the_five_nearest() -> None:
    answer = given(*CONSULTING).when(c.diagnosed(icd10="J06"))
    answer.then_refused(UnknownCode(nearest=("J06.0", "J06.8", "J06.9", "J20.6", "X06")))


@pytest.mark.parametrize(
    "code", ["I10", "J06.9", "J06.900", "J06.900x001", "I10.x00", "B18.1", "B18.10", "B18.107"]
)
def test_who_codes_and_national_ones_that_lengthen_them_are_taken(code: str) -> None:
    assert given(*CONSULTING).when(c.diagnosed(icd10=code)).refused is None


@pytest.mark.parametrize("code", ["J06", "j06.9", "J06.9999", "Z99.99x", "高血压"])
def test_other_codes_are_not(code: str) -> None:
    refused = given(*CONSULTING).when(c.diagnosed(icd10=code)).refused
    assert isinstance(refused, UnknownCode)
    assert len(refused.nearest) == 5


def test_a_visit_has_one_principal_diagnosis() -> None:
    scenario = given(*CONSULTING, c.diagnosed())
    scenario.when(c.diagnosed(icd10="E11.9")).then_refused(PrincipalExists())
    assert scenario.when(c.diagnosed(icd10="E11.9", principal=False)).refused is None


@pytest.mark.parametrize("code", ["O80.0", "C53.9", "P22.0", "R54", "R95.0"])
def test_a_man_of_thirty_six_has_none_of_these(code: str) -> None:
    given(*CONSULTING).when(c.diagnosed(icd10=code)).then_refused(CodeNotForSexOrAge())


@pytest.mark.parametrize(
    ("code", "sensitivity"),
    [
        ("I10", Sensitivity.ORDINARY),
        ("F32.1", Sensitivity.PSYCHIATRIC),
        ("A37.0", Sensitivity.INFECTIOUS),
        ("N46", Sensitivity.REPRODUCTIVE),
    ],
)
def test_a_diagnosis_says_who_may_know_of_it(code: str, sensitivity: Sensitivity) -> None:
    scenario = given(*CONSULTING, c.diagnosed(icd10=code))
    assert of(scenario, HealthVisit.DiagnosisRecorded)[0].sensitivity is sensitivity


def test_only_the_treating_doctor_writes_it_down() -> None:
    for step in (c.diagnosed(), c.finished(), c.admitted(), c.examination(), c.prescribed()):
        given(*CONSULTING).when(step, by=c.DOCTOR_2).then_refused(Forbidden())


# --- notifiable diseases -----------------------------------------------------------------------


def test_a_notifiable_diagnosis_is_reported_once_however_often_it_is_recorded() -> None:
    scenario = given(
        *CONSULTING, c.diagnosed(icd10="A37.0"), c.diagnosed(icd10="A37.9", principal=False)
    )
    assert len(of(scenario, NotifiableReport.ReportFellDue)) == 1
    commands = [policies.when_diagnosed(e) for e in of(scenario, HealthVisit.DiagnosisRecorded)]
    assert commands[0] == commands[1]
    assert commands[0] is not None
    scenario.run(Step(commands[0], HUIMIN))
    refused = scenario.when(Step(commands[0], HUIMIN)).refused
    assert isinstance(refused, NotInState)
    (reported,) = of(scenario, NotifiableReport.NotifiableReported)
    assert (reported.code, reported.disease_class) == ("pertussis", DiseaseClass.B)
    assert reported.district == "330203"


def test_nothing_is_reported_that_need_not_be() -> None:
    scenario = given(*CONSULTING, c.diagnosed())
    (event,) = of(scenario, HealthVisit.DiagnosisRecorded)
    assert policies.when_diagnosed(event) is None
    assert not of(scenario, NotifiableReport.ReportFellDue)


def reported() -> tuple[Scenario, UUID]:
    scenario = given(*CONSULTING, c.diagnosed(icd10="A37.0"))
    (event,) = of(scenario, HealthVisit.DiagnosisRecorded)
    command = policies.when_diagnosed(event)
    assert command is not None
    scenario.run(Step(command, HUIMIN))
    return scenario, report_id(MATTER, "pertussis")


def test_a_report_is_corrected_to_another_disease_or_to_none_and_back() -> None:
    scenario, report = reported()
    for code in ("A36.0", None, "A37.1"):
        command = CorrectReport(report_id=report, icd10=code, reason="复检结果")
        scenario.run(Step(command, c.NURSE))
    corrected = of(scenario, NotifiableReport.ReportCorrected)
    shown = [(e.code_before, e.was_counted, e.code, e.excluded) for e in corrected]
    assert shown == [
        ("pertussis", True, "diphtheria", False),
        ("diphtheria", True, "diphtheria", True),
        ("diphtheria", False, "pertussis", False),
    ]


def test_a_report_that_was_not_made_is_not_corrected() -> None:
    scenario = given(*CONSULTING, c.diagnosed(icd10="A37.0"))
    command = CorrectReport(report_id=report_id(MATTER, "pertussis"), reason="复检结果")
    scenario.when(Step(command, c.NURSE)).then_refused(
        NotInState(state=ReportState.DUE, allowed=("report-notifiable",))
    )


# --- examinations ------------------------------------------------------------------------------


def test_a_result_after_the_end_attaches_to_the_visit_and_names_its_author() -> None:
    scenario = given(*CONSULTING, c.examination(), c.diagnosed(), c.finished(), c.closed())
    scenario.run(c.result())
    (event,) = of(scenario, HealthVisit.ResultRecorded)
    assert (event.late, event.author) == (True, "doctor-1")


def test_a_result_needs_an_order_and_only_a_critical_one_an_acknowledgement() -> None:
    scenario = given(*CONSULTING, c.examination())
    scenario.when(c.result(order_no=2)).then_refused(OrderUnknown())
    scenario.run(c.result())
    scenario.when(c.acknowledged()).then_refused(NothingCritical())


# --- prescriptions -----------------------------------------------------------------------------

AMOXICILLIN = c.item("J01CA04")


def test_a_prescription_names_the_version_that_it_was_checked_against() -> None:
    """Acceptance 3: seven entries, then the allergy makes it version 8."""
    codes = ("E11.9", "E78.5", "M81.0", "K21.9", "J45.9", "N18.3")
    conditions = [c.condition(icd10=code, at=c.CONSENT_STEP_AT) for code in codes]
    archive, *rest = CONSULTING
    scenario = given(archive, *conditions, *rest)
    before = scenario.matters[c.ARCHIVE]
    assert isinstance(before, HealthArchive)
    assert before.content_version == 7
    scenario.run(c.allergy())
    prescribed = c.prescribed(AMOXICILLIN, archive_version=7)
    scenario.when(prescribed).then_refused(ArchiveMoved(archive_version=8))
    against = c.prescribed(AMOXICILLIN, archive_version=8)
    scenario.when(against).then_refused(AllergyConflict(substance="penicillins"))
    scenario.run(c.prescribed(AMOXICILLIN, archive_version=8, override_reason="无替代药物"))
    (event,) = of(scenario, HealthVisit.PrescriptionOverridden)
    assert (event.archive_version, event.conflicts) == (8, ("penicillins",))


def test_reading_the_archive_moves_nothing() -> None:
    archive, *rest = CONSULTING
    scenario = given(archive, c.consented(at=c.CONSENT_STEP_AT), *rest, c.read())
    assert scenario.when(c.prescribed()).refused is None


def test_drugs_that_must_not_meet_are_found_within_and_across_prescriptions() -> None:
    pair = (c.item("B01AA03"), c.item("M01AE01"))
    conflict = Interaction(pair=("B01AA03", "M01AE01"))
    given(*CONSULTING).when(c.prescribed(*pair)).then_refused(conflict)
    scenario = given(*CONSULTING, c.prescribed(pair[0]))
    scenario.when(c.prescribed(pair[1], archive_version=2)).then_refused(conflict)


def test_what_another_visit_prescribed_counts_until_its_last_day() -> None:
    """Ibuprofen for three days, amlodipine for seven, and warfarin from another doctor."""
    archive, opening, other, *rest = CONSULTING
    scenario = given(archive, opening, other, *rest)
    scenario.run(c.prescribed(c.item("M01AE01", days=3)))
    scenario.run(c.prescribed(c.item("C08CA01", days=7), archive_version=2))
    scenario.run(c.finished())
    for day, conflicts in ((date(2026, 3, 4), True), (date(2026, 3, 5), False)):
        again = scenario.after(
            c.session_opened("doctor-1", *c.slots("09:00", day=day), day=day, at=None)
        )
        assert again.matter is not None
        session = again.matter.id
        again.run(c.walked_in(session=session, at=shanghai(f"{day}T08:50")))
        visit = again.matter.id
        again.after(c.called(visit=visit), c.started(visit=visit))
        answer = again.when(c.prescribed(c.item("B01AA03"), archive_version=3, visit=visit))
        assert (answer.refused is not None) == conflicts
        again.run(c.finished(visit=visit))


def test_without_an_archive_the_version_is_nought() -> None:
    _, *rest = CONSULTING
    scenario = given(*rest)
    scenario.when(c.prescribed()).then_refused(ArchiveMoved(archive_version=0))
    assert scenario.when(c.prescribed(archive_version=0)).refused is None


def test_long_prescriptions_need_a_long_term_condition() -> None:
    scenario = given(*CONSULTING)
    scenario.when(c.prescribed(c.item(days=8))).then_refused(DaysTooLong(most=7))
    scenario.run(c.condition())
    long = c.prescribed(c.item(days=84), archive_version=2)
    assert scenario.when(long).refused is None
    too_long = c.prescribed(c.item("C09CA03", days=85), archive_version=3)
    scenario.when(too_long).then_refused(DaysTooLong(most=84))


def test_an_emergency_prescribes_for_three_days_and_no_reason_makes_it_four() -> None:
    archive, *_ = CONSULTING
    emergency = c.session_opened(department=Specialty.EMERGENCY)
    rest = (c.booked(), c.checked_in(at=c.EARLY), c.called(), c.started())
    scenario = given(archive, emergency, *rest)
    four = c.prescribed(c.item(days=4), override_reason="路远")
    scenario.when(four).then_refused(DaysTooLong(most=3))
