"""The health archive: written, agreed to, read, opened in an emergency, merged and split."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from commands.health_visits.ending import ConsentMissing
from domain.health_visits import ArchiveState, HealthArchive
from domain.health_visits.refusals import (
    AlreadyRecorded,
    ArchiveExists,
    NothingSuch,
    SelfMerge,
    UnknownCode,
)
from domain.health_visits.values import archive_id
from domain.shared.clocks import Phase
from domain.shared.refusals import (
    DateInFuture,
    FourEyes,
    NotInState,
)
from tests import clinics as c
from tests.scenario import Scenario, Step, context, given, happened, shanghai

OTHER = archive_id(c.subject(2))
STATES: dict[ArchiveState, tuple[Step, ...]] = {
    ArchiveState.OPEN: (c.archive_opened(), c.archive_opened(2), c.allergy()),
    ArchiveState.MERGED: (
        c.archive_opened(),
        c.archive_opened(2),
        c.allergy(),
        c.merged(archive=OTHER, other_id=c.ARCHIVE),
    ),
    ArchiveState.CLOSED: (c.archive_opened(), c.archive_opened(2), c.allergy(), c.archive_closed()),
}
OPEN = {ArchiveState.OPEN}
OPENED_AT = shanghai("2026-02-28T09:00")
CONSENT_AT = shanghai("2026-02-28T10:00")


def id_of(step: Step, number: int) -> UUID:
    """The id that a step of that place gives what it begins within the archive."""
    assert step.at is not None
    return context(step.at, step.by, number=number).command_id


TABLE: dict[str, set[ArchiveState]] = {
    "record-allergy": OPEN,
    "refute-allergy": OPEN,
    "record-condition": OPEN,
    "note-medicines": OPEN,
    "record-vaccination": OPEN,
    "give-consent": OPEN,
    "withdraw-consent": OPEN,
    "merge-archives": OPEN,
    "split-archives": OPEN,
    "read-archive": set(ArchiveState),
    "break-glass": {ArchiveState.OPEN, ArchiveState.MERGED},
    "review-break-glass": {ArchiveState.OPEN, ArchiveState.MERGED},
    "close-archive": {ArchiveState.OPEN, ArchiveState.MERGED},
}
ONE_OF_EACH: dict[str, Step] = {
    "record-allergy": c.allergy(severity="mild"),
    "refute-allergy": c.refuted(),
    "record-condition": c.condition(),
    "record-vaccination": c.vaccinated(),
    "give-consent": c.consented(),
    "withdraw-consent": c.withdrawn(consent_id=id_of(c.consented(at=CONSENT_AT), 3)),
    "merge-archives": c.merged(other_id=OTHER),
    "split-archives": c.split(other_id=OTHER),
    "read-archive": c.read(institution="centre-330203-01"),
    "break-glass": c.glass_broken(),
    "review-break-glass": c.reviewed(opening_id=id_of(c.glass_broken(at=OPENED_AT), 3)),
    "close-archive": c.archive_closed(),
}
BEFORE: dict[str, Step] = {
    "withdraw-consent": c.consented(at=CONSENT_AT),
    "review-break-glass": c.glass_broken(at=OPENED_AT),
    "split-archives": c.merged(other_id=OTHER),
}


def archive(scenario: Scenario, id: UUID = c.ARCHIVE) -> HealthArchive:
    found = scenario.matters[id]
    assert isinstance(found, HealthArchive)
    return found


def test_the_archive_allows_what_the_table_says() -> None:
    declared = {name.replace("_", "-"): states for name, states in HealthArchive.actions.items()}
    assert declared == {name: {str(state) for state in states} for name, states in TABLE.items()}


@pytest.mark.parametrize("state", ArchiveState)
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_command_is_allowed_or_refused_by_state(name: str, state: ArchiveState) -> None:
    opened, other, allergy, *rest = STATES[state]
    needed = [BEFORE[name]] if name in BEFORE else []
    if name == "split-archives" and state is ArchiveState.MERGED:
        needed = []  # it points to the other one, which would have to be split
    scenario = given(opened, other, allergy, *needed, *rest)
    assert archive(scenario).state is state
    answer = scenario.when(ONE_OF_EACH[name])
    if state in TABLE[name]:
        assert answer.refused is None
    else:
        allowed = tuple(sorted(command for command, states in TABLE.items() if state in states))
        answer.then_refused(NotInState(state=state, allowed=allowed))


def test_a_resident_has_one_archive_wherever_it_was_opened() -> None:
    scenario = given(c.archive_opened())
    scenario.when(c.archive_opened(centre="centre-330205-01")).then_refused(ArchiveExists())
    assert scenario.when(c.archive_opened(2)).refused is None


def test_an_old_district_number_is_kept_under_what_is_in_force() -> None:
    scenario = given(c.archive_opened(centre="centre-330204-01"))
    assert archive(scenario).district == "330212"


def test_the_same_thing_is_not_recorded_twice() -> None:
    scenario = given(c.archive_opened(), c.allergy(), c.condition())
    scenario.when(c.allergy()).then_refused(AlreadyRecorded())
    scenario.when(c.condition()).then_refused(AlreadyRecorded())
    scenario.when(c.refuted(substance="latex")).then_refused(NothingSuch())
    refused = scenario.when(c.condition(icd10="I1")).refused
    assert isinstance(refused, UnknownCode)


def test_nobody_was_vaccinated_tomorrow() -> None:
    step = c.vaccinated(given_on=date(2026, 3, 1))
    given(c.archive_opened()).when(step).then_refused(DateInFuture())


def test_each_reading_is_recorded_and_rests_on_a_consent_the_own_centre_or_an_opening() -> None:
    scenario = given(c.archive_opened())
    scenario.when(c.read()).then_refused(ConsentMissing())
    assert scenario.when(c.read(institution="centre-330203-01")).refused is None
    scenario.run(c.consented(recipient="hospital-1", until=date(2026, 2, 28)))
    event = happened(
        HealthArchive.ArchiveRead,
        reader="doctor-1",
        institution="hospital-1",
        purpose="门诊",
        sections=("allergies",),
        break_glass=None,
    )
    scenario.when(c.read()).then(event)
    scenario.when(c.read(institution="hospital-2")).then_refused(ConsentMissing())
    scenario.when(c.read(at=shanghai("2026-03-01T00:00"))).then_refused(ConsentMissing())


def test_who_breaks_the_glass_reads_at_once_and_somebody_else_reviews_it() -> None:
    broken = c.glass_broken(at=shanghai("2026-03-06T23:00"))
    opening = id_of(broken, 1)
    scenario = given(c.archive_opened(), broken)
    assert scenario.when(c.read()).refused is None
    scenario.when(c.read(by=c.DOCTOR_2)).then_refused(ConsentMissing())
    review = c.reviewed(opening_id=opening)
    scenario.when(review, by=c.DOCTOR_1).then_refused(FourEyes())
    due_at = scenario.matters[c.ARCHIVE].clocks["break-glass-review"].due_at  # type: ignore[attr-defined]  # it has clocks
    assert due_at == shanghai("2026-03-09T17:30")
    scenario.run(review)
    assert archive(scenario).clocks["break-glass-review"].phase is Phase.STOPPED
    scenario.when(review).then_refused(NothingSuch())
    scenario.when(c.read()).then_refused(ConsentMissing())


def test_openings_share_a_clock_that_is_due_for_the_oldest() -> None:
    first = c.glass_broken(at=shanghai("2026-03-02T09:00"))
    second = c.glass_broken(at=shanghai("2026-03-03T09:00"), by=c.DOCTOR_2)
    scenario = given(c.archive_opened(), first, second)
    assert archive(scenario).clocks["break-glass-review"].due_at == shanghai("2026-03-03T17:30")
    scenario.run(c.reviewed(opening_id=id_of(first, 1)))
    assert archive(scenario).clocks["break-glass-review"].due_at == shanghai("2026-03-04T17:30")


def told(scenario: Scenario, id: UUID = c.ARCHIVE) -> tuple[Any, ...]:
    found = archive(scenario, id)
    return found.state, found.allergies, found.conditions, found.merged_into


def test_a_merge_speaks_for_both_and_a_split_leaves_both_as_they_were() -> None:
    scenario = given(
        c.archive_opened(),
        c.archive_opened(2),
        c.allergy(),
        c.allergy(archive=OTHER, substance="latex"),
        c.condition(archive=OTHER),
    )
    one, other = told(scenario), told(scenario, OTHER)
    scenario.run(c.merged(other_id=OTHER))
    both = (ArchiveState.OPEN, ("penicillins", "latex"), ("I10",), None)
    assert told(scenario) == both
    assert told(scenario, OTHER)[0::3] == (ArchiveState.MERGED, c.ARCHIVE)
    scenario.run(c.split(other_id=OTHER))
    assert (told(scenario), told(scenario, OTHER)) == (one, other)


def test_a_prescription_for_a_merged_archive_is_checked_against_the_one_that_speaks() -> None:
    archive, *rest = c.TO_CONSULTING
    scenario = given(
        archive,
        c.archive_opened(2),
        c.allergy(archive=OTHER, at=c.CONSENT_STEP_AT),
        c.merged(archive=OTHER, other_id=c.ARCHIVE),
        *rest,
    )
    refused = scenario.when(c.prescribed(c.item("J01CA04"), archive_version=3)).refused
    assert refused is not None
    assert refused.code == "allergy-conflict"


def test_an_archive_is_merged_with_another_open_one() -> None:
    scenario = given(c.archive_opened(), c.archive_opened(2))
    scenario.when(c.merged(other_id=c.ARCHIVE)).then_refused(SelfMerge())
    scenario.when(c.split(other_id=OTHER)).then_refused(NothingSuch())
    scenario.run(c.archive_closed(archive=OTHER))
    refused = scenario.when(c.merged(other_id=OTHER)).refused
    assert isinstance(refused, NotInState)
