"""The process of joint measures: what waits for whom, when it is late, how everything is lifted."""

from typing import Any

import pytest

from commands.base import Role
from commands.credit_consequence import BeginConsequence, LiftMeasures, RecordRemoval
from commands.policies.credit_consequence import follow_the_listing
from domain.credit_consequence import (
    CreditConsequence,
    ListingOver,
    MeasureNotAwaited,
    Standing,
    State,
    consequence_id,
)
from domain.credit_records import Colour, CreditRecord
from domain.credit_records.lists import LISTS
from domain.credit_records.states import DelistingReason
from domain.shared.clocks import Phase
from domain.shared.refusals import Forbidden, NotInState
from projections.credit_consequence import CreditConsequences, JointMeasures
from tests import consequences as k
from tests import credits as c
from tests.projections.rows import rows_of
from tests.scenario import ANY, HUIMIN, Happened, Scenario, Step, caller, given, happened, shanghai

FINANCE = k.OFFICERS["finance"]


def consequence(scenario: Scenario) -> CreditConsequence:
    matter = scenario.matters[k.CONSEQUENCE]
    assert isinstance(matter, CreditConsequence)
    return matter


def row(scenario: Scenario) -> CreditConsequences:
    return rows_of(CreditConsequences, scenario.happened)[k.CONSEQUENCE]


def in_hand(scenario: Scenario, department: str) -> list[JointMeasures]:
    """What a department sees of its own."""
    rows = rows_of(JointMeasures, scenario.happened).values()
    return [row for row in rows if row.department == department]


def ordered(measure: str, department: str) -> Happened:
    return happened(
        CreditConsequence.MeasureOrdered,
        measure=measure,
        department=department,
        subject=c.USCC,
        list=k.LIST,
        due_at=shanghai("2026-03-24T17:30"),
    )


# --- begun -------------------------------------------------------------------------------------


def test_a_listing_orders_each_measure_from_its_department_within_ten_working_days() -> None:
    scenario = given(*c.LISTED)
    scenario.when(k.begun()).then(
        happened(
            CreditConsequence.ConsequenceBegun,
            record_id=c.ENTRY,
            subject=c.USCC,
            list=k.LIST,
            colour=Colour.BLACK,
            source="tax",
            clocks=ANY,
        ),
        *(ordered(measure, department) for measure, department in k.MEASURES.items()),
    )
    assert consequence(scenario).id == k.CONSEQUENCE
    assert scenario.clock("credit-consequence").due_at == shanghai("2026-03-24T17:30")


def test_a_measure_of_several_departments_waits_for_each_of_them() -> None:
    scenario = given(*c.COMPANY, c.grade_a(), c.published(record=c.GRADE_A))
    command = follow_the_listing(scenario.happened[-2])
    scenario.run(Step(command, HUIMIN))
    rows = rows_of(JointMeasures, scenario.happened).values()
    assert [(row.measure, row.department) for row in rows] == [
        ("green-channel", "market-regulation"),
        ("green-channel", "tax"),
        ("green-channel", "customs"),
        ("bonus-points", "finance"),
    ]


# --- confirmed ---------------------------------------------------------------------------------


def test_the_last_confirmation_completes_it() -> None:
    *before, last = k.DONE
    scenario = given(*before)
    scenario.when(last).then(
        happened(
            CreditConsequence.MeasureConfirmed, measure="no-honours", department="civil-affairs"
        ),
        happened(CreditConsequence.ConsequenceCompleted, clocks=ANY),
    )
    assert scenario.clock("credit-consequence").phase is Phase.STOPPED
    assert (row(scenario).state, row(scenario).waits_for) == (State.DONE, ())
    assert row(scenario).due_at is None


def test_a_measure_is_confirmed_once_and_by_its_own_department_alone() -> None:
    scenario = given(*k.OPEN, k.confirmed("no-procurement"))
    for step, department in [
        (k.confirmed("no-procurement"), "finance"),
        (k.confirmed("no-land", by=FINANCE), "finance"),
        (k.confirmed("no-land", by=c.TAX_7), "tax"),
    ]:
        measure = step.command.measure  # type: ignore[attr-defined]  # all three have one
        scenario.when(step).then_refused(MeasureNotAwaited(measure=measure, department=department))


def test_an_officer_of_no_department_confirms_nothing() -> None:
    nobody = caller("officer-0", Role.OFFICER)
    given(*k.OPEN).when(k.confirmed("no-land", by=nobody)).then_refused(Forbidden())
    given(*k.LIFTING).when(k.lifting_confirmed("no-land", by=nobody)).then_refused(Forbidden())


def test_a_measure_is_refused_from_the_very_end_of_the_listing_on() -> None:
    """Credit brief: repair stops measures at one position, also before the process has heard."""
    scenario = given(*k.OPEN, k.OFF_THE_LIST)
    scenario.when(k.confirmed("no-land")).then_refused(ListingOver())


def test_each_department_sees_what_waits_for_it_since_when_and_until_when() -> None:
    scenario = given(*k.OPEN, k.confirmed("no-land", at=shanghai("2026-03-11T10:00")))
    assert row(scenario).waits_for == ("finance", "customs", "civil-affairs")
    assert [(m.measure, m.standing, m.since) for m in row(scenario).measures][-1] == (
        "no-land",
        Standing.CONFIRMED,
        shanghai("2026-03-11T10:00"),
    )
    (of_customs,) = in_hand(scenario, "customs")
    assert (of_customs.standing, of_customs.since, of_customs.due_at) == (
        Standing.AWAITED,
        shanghai("2026-03-10T09:01"),
        shanghai("2026-03-24T17:30"),
    )
    (of_land,) = in_hand(scenario, "natural-resources")
    assert (of_land.standing, of_land.due_at) == (Standing.CONFIRMED, None)


# --- late --------------------------------------------------------------------------------------


def test_what_is_not_confirmed_in_time_is_supervisions_at_once_and_once() -> None:
    """From Monday, 28 September: free from 1 to 7 October, and Saturday the 10th is worked."""
    listed_at = shanghai("2026-09-28T09:00")
    scenario = given(*c.LISTED, k.begun(listed_at=listed_at, at=listed_at))
    names = {
        at: [(type(e).__name__, getattr(e, "to", None)) for e in scenario.settled(shanghai(at))]
        for at in ("2026-10-14T17:30", "2026-10-14T17:31", "2026-10-16T17:30", "2026-10-16T17:31")
    }
    assert names == {
        "2026-10-14T17:30": [],
        "2026-10-14T17:31": [("ClockWarned", None)],
        "2026-10-16T17:30": [],
        "2026-10-16T17:31": [("ClockBreached", None), ("ClockEscalated", "supervision")],
    }
    assert (row(scenario).late, row(scenario).escalated) == (True, True)
    assert scenario.settled(shanghai("2026-12-01T09:00")) == []
    # late is not too late
    scenario.when(k.confirmed("no-land", at=shanghai("2026-12-01T09:00"))).then(
        happened(
            CreditConsequence.MeasureConfirmed, measure="no-land", department="natural-resources"
        )
    )


def test_what_is_not_lifted_in_three_working_days_is_supervisions_a_day_later() -> None:
    scenario = given(*k.LIFTING)
    assert scenario.clock("credit-consequence").phase is Phase.STOPPED
    # Thursday, 12 March; Friday, Monday, Tuesday
    assert row(scenario).due_at == shanghai("2026-03-17T17:30")
    late = scenario.settled(shanghai("2026-03-18T17:31"))
    assert [type(e).__name__ for e in late] == ["ClockBreached", "ClockEscalated"]
    assert row(scenario).escalated


# --- lifted ------------------------------------------------------------------------------------


def test_the_end_of_the_listing_lifts_what_was_confirmed_and_calls_off_what_was_not() -> None:
    *before, last = k.LIFTING
    scenario = given(*before)
    due_at = shanghai("2026-03-17T17:30")
    scenario.when(last).then(
        happened(CreditConsequence.LiftingBegun, reason=DelistingReason.BY_KEEPER, clocks=ANY),
        happened(
            CreditConsequence.MeasureCalledOff, measure="customs-inspection", department="customs"
        ),
        happened(
            CreditConsequence.MeasureCalledOff, measure="no-honours", department="civil-affairs"
        ),
        happened(
            CreditConsequence.LiftingOrdered,
            measure="no-procurement",
            department="finance",
            due_at=due_at,
        ),
        happened(
            CreditConsequence.LiftingOrdered,
            measure="no-land",
            department="natural-resources",
            due_at=due_at,
        ),
    )
    assert row(scenario).waits_for == ("finance", "natural-resources")
    assert [m.due_at for m in in_hand(scenario, "finance")] == [due_at]
    assert [m.standing for m in in_hand(scenario, "customs")] == [Standing.CALLED_OFF]


def test_it_is_lifted_when_the_last_department_says_so() -> None:
    scenario = given(*k.LIFTING, k.lifting_confirmed("no-procurement"))
    again = k.lifting_confirmed("no-procurement")
    scenario.when(again).then_refused(
        MeasureNotAwaited(measure="no-procurement", department="finance")
    )
    scenario.when(k.lifting_confirmed("no-land")).then(
        happened(
            CreditConsequence.MeasureLifted, measure="no-land", department="natural-resources"
        ),
        happened(CreditConsequence.LiftingCompleted, clocks=ANY),
    )
    assert scenario.clock("credit-consequence-lifting").phase is Phase.STOPPED
    assert (row(scenario).state, row(scenario).waits_for) == (State.LIFTED, ())


def test_what_was_called_off_has_nothing_to_lift() -> None:
    step = k.lifting_confirmed("customs-inspection")
    refused = MeasureNotAwaited(measure="customs-inspection", department="customs")
    given(*k.LIFTING).when(step).then_refused(refused)


def test_when_nothing_was_confirmed_it_is_lifted_at_once() -> None:
    scenario = given(*k.LIFTED)
    assert consequence(scenario).state is State.LIFTED
    assert scenario.clock("credit-consequence-lifting").phase is Phase.STOPPED
    assert row(scenario).due_at is None


def test_who_confirms_the_removal_of_the_record_has_lifted_its_measures() -> None:
    scenario = given(*k.LIFTING)
    scenario.when(k.removed("finance")).then(
        happened(CreditConsequence.MeasureLifted, measure="no-procurement", department="finance")
    )
    for department in ("finance", "customs", "development-reform"):
        scenario.when(k.removed(department)).then()


def test_a_removal_of_a_record_that_listed_nobody_is_nothing_to_the_process() -> None:
    given(*c.PUBLISHED).when(k.removed("finance")).then()


def test_an_entry_that_stands_again_begins_the_process_anew() -> None:
    again = shanghai("2026-03-16T09:00")
    scenario = given(*k.LIFTING, k.lifting_confirmed("no-land"))
    scenario.run(k.begun(listed_at=again, at=again))
    assert consequence(scenario).that(Standing.AWAITED) == tuple(k.MEASURES.items())
    assert scenario.clock("credit-consequence").due_at == shanghai("2026-03-30T17:30")
    assert scenario.clock("credit-consequence-lifting").phase is Phase.STOPPED
    shown = row(scenario)
    assert (shown.state, shown.due_at) == (State.OPEN, shanghai("2026-03-30T17:30"))
    assert shown.waits_for == tuple(k.MEASURES.values())
    assert (shown.begun_at, shown.delisted_because) == (again, None)


# --- every pair of a state and a command -------------------------------------------------------

STATES = {
    State.OPEN: k.OPEN,
    State.DONE: k.DONE,
    State.LIFTING: k.LIFTING,
    State.LIFTED: k.LIFTED,
}
TABLE = {
    "begin-consequence": {State.LIFTING, State.LIFTED},
    "confirm-measure": {State.OPEN},
    "lift-measures": {State.OPEN, State.DONE},
    "confirm-lifting": {State.LIFTING},
}
COMMANDS = {
    "begin-consequence": k.begun(),
    "confirm-measure": k.confirmed("customs-inspection"),
    "lift-measures": k.lifted(),
    "confirm-lifting": k.lifting_confirmed("no-land"),
}


def test_the_process_declares_the_table() -> None:
    declared = {n.replace("_", "-"): states for n, states in CreditConsequence.actions.items()}
    assert declared == {name: {str(s) for s in states} for name, states in TABLE.items()}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", TABLE)
def test_a_command_is_allowed_or_refused_by_state(name: str, state: State) -> None:
    scenario = given(*STATES[state])
    assert consequence(scenario).state is state
    answer = scenario.when(COMMANDS[name])
    if state in TABLE[name]:
        assert answer.refused is None
        assert answer.decision is not None
        assert answer.decision.events
    else:
        allowed = tuple(sorted(n for n, states in TABLE.items() if state in states))
        answer.then_refused(NotInState(state=state, allowed=allowed))


@pytest.mark.parametrize("state", State)
def test_a_removal_is_heard_in_every_state_and_changes_only_what_is_to_lift(state: State) -> None:
    answer = given(*STATES[state]).when(k.removed("finance"))
    assert answer.refused is None
    assert answer.decision is not None
    assert len(answer.decision.events) == (state is State.LIFTING)


# --- the policy --------------------------------------------------------------------------------


def asked(*steps: Step) -> list[Any]:
    """What the policy answers to each event it listens to, in their order."""
    heard = (
        CreditRecord.SubjectListed,
        CreditRecord.SubjectDelisted,
        CreditRecord.RemovalConfirmed,
    )
    return [follow_the_listing(e) for e in given(*steps).happened if isinstance(e, heard)]


def test_the_process_follows_the_entry() -> None:
    removal = c.removal_confirmed(record=c.ENTRY, sender=FINANCE)
    begin, lift, removed = asked(*c.LISTED, k.OFF_THE_LIST, removal)
    assert begin == k.begun().command
    assert lift == k.lifted().command
    assert removed == k.removed("finance").command


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (
            (c.applied(record=c.ENTRY, at=c.LISTING_REPAIRABLE), c.granted(record=c.ENTRY)),
            DelistingReason.REPAIRED,
        ),
        ((c.basis_withdrawn(record=c.ENTRY),), DelistingReason.WITHDRAWN),
        (
            (c.publicity_ended(record=c.ENTRY, at=shanghai("2029-03-11T00:00")),),
            DelistingReason.TERM_OVER,
        ),
        ((k.OFF_THE_LIST,), DelistingReason.BY_KEEPER),
    ],
)
def test_however_an_entry_ends_its_measures_are_lifted_once(
    steps: tuple[Step, ...], reason: DelistingReason
) -> None:
    begin, lift = asked(*c.LISTED, *steps)
    assert isinstance(begin, BeginConsequence)
    assert isinstance(lift, LiftMeasures)
    assert (lift.consequence_id, lift.reason) == (k.CONSEQUENCE, reason)


def test_a_black_listing_lifts_the_rewards_of_the_red_ones() -> None:
    red, black, lift = asked(*c.RED_LISTED, c.notified(), c.decided(at=c.PLEA_OVER))
    assert (red.colour, red.list) == (Colour.RED, "grade-a-taxpayers")
    assert black.colour is Colour.BLACK
    assert lift.consequence_id == consequence_id(c.GRADE_A)
    assert lift.reason is DelistingReason.BLACKLISTED


def test_a_repair_that_is_revoked_begins_the_process_again() -> None:
    repaired = (c.applied(record=c.ENTRY, at=c.LISTING_REPAIRABLE), c.granted(record=c.ENTRY))
    _, _, begin = asked(*c.LISTED, *repaired, c.repair_revoked(record=c.ENTRY))
    assert isinstance(begin, BeginConsequence)
    assert begin.record_id == c.ENTRY


def test_a_removal_is_told_of_every_record() -> None:
    """The event does not say whether the record listed anybody; the process knows."""
    (removed,) = asked(*c.PUBLISHED, c.basis_withdrawn(), c.removal_confirmed())
    assert removed == RecordRemoval(
        consequence_id=consequence_id(c.RECORD), department="development-reform"
    )


@pytest.mark.parametrize("code", LISTS)
def test_every_list_has_measures_with_departments_that_confirm_them(code: str) -> None:
    measures = LISTS[code].measured()
    assert measures
    assert all(measure.departments for measure in measures)
