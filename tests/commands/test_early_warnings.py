"""Early warnings: who acts when, what is added and what is new, and which policy raises them."""

from datetime import timedelta
from typing import Any

import pytest

from commands.policies.early_warnings import when_something_is_suspicious
from domain.early_warnings import (
    ACTS,
    EarlyWarning,
    Finding,
    Sighting,
    State,
    Suspicion,
    WarningWatch,
    watch_id,
)
from domain.shared.aggregate import EventBase
from domain.shared.clocks import Phase
from domain.shared.departments import DEPARTMENTS
from domain.shared.refusals import Forbidden, FourEyes, NotInState
from projections.early_warnings import LATEST, EarlyWarnings
from tests import early_warnings as ew
from tests import wifi as w
from tests.projections.rows import rows_of
from tests.scenario import ANY, MATTER, MONDAY_MORNING, Scenario, Step, given, happened, shanghai

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SEEN = Sighting(
    program="wifi-sessions",
    matter_id=ew.raised().command.matter_id,  # type: ignore[attr-defined]  # a RaiseWarning
    detail="同一号码当日索取验证码超过10次",
)

PATHS: dict[State, tuple[Step, ...]] = {
    State.RAISED: (ew.raised(),),
    State.ACKNOWLEDGED: (ew.raised(), ew.acknowledged()),
    State.HANDLED: (ew.raised(), ew.acknowledged(), ew.handled()),
    State.CLOSED: (ew.raised(), ew.acknowledged(), ew.handled(), ew.closed()),
}
OPEN = {State.RAISED, State.ACKNOWLEDGED, State.HANDLED}
TABLE: dict[str, tuple[Step, set[State], type[EventBase]]] = {
    "acknowledge-warning": (
        ew.acknowledged(),
        {State.RAISED},
        EarlyWarning.WarningAcknowledged,
    ),
    "handle-warning": (ew.handled(), {State.ACKNOWLEDGED}, EarlyWarning.WarningHandled),
    "close-warning": (ew.closed(), {State.HANDLED}, EarlyWarning.WarningClosed),
}


def row(scenario: Scenario) -> EarlyWarnings:
    return rows_of(EarlyWarnings, scenario.happened)[MATTER]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", TABLE)
def test_a_command_on_a_warning_is_allowed_or_refused_by_state(name: str, state: State) -> None:
    scenario = given(*PATHS[state])
    assert row(scenario).state is state
    step, states, event = TABLE[name]
    answer = scenario.when(step)
    if state in states:
        assert answer.decision is not None
        assert [type(e) for e in answer.decision.events] == [event]
    else:
        allowed = {n for n, (_, s, _) in TABLE.items() if state in s}
        allowed |= {"repeat-warning"} if state in OPEN else set()
        answer.then_refused(NotInState(state=state, allowed=tuple(sorted(allowed))))


@pytest.mark.parametrize("state", State)
def test_what_repeats_is_added_while_the_warning_is_open(state: State) -> None:
    scenario = given(*PATHS[state])
    answer = scenario.when(ew.raised(), at=MONDAY_MORNING + 20 * MINUTE)
    if state in OPEN:
        answer.then(happened(EarlyWarning.WarningRepeated, sighting=SEEN, seen=2))
        assert row(scenario).state is state
    else:
        assert answer.decision is not None
        begun, moved = answer.decision.events
        assert isinstance(begun, EarlyWarning.WarningRaised)
        assert isinstance(moved, WarningWatch.WatchMoved)
        assert moved.warning == begun.id != MATTER


def test_the_warnings_marks_are_the_tables() -> None:
    declared = {name.replace("_", "-"): v for name, v in EarlyWarning.actions.items()}
    expected = {name: {str(s) for s in states} for name, (_, states, _) in TABLE.items()}
    assert declared == expected | {"repeat-warning": {str(s) for s in OPEN}}


def test_a_warning_goes_to_the_department_that_has_to_act() -> None:
    given().when(ew.raised()).then(
        happened(
            EarlyWarning.WarningRaised,
            suspicion=Suspicion.CODE_FLOOD,
            scope="HS-1",
            district=None,
            department="cyberspace",
            sighting=SEEN,
            clocks=ANY,
        ),
        happened(
            WarningWatch.WatchBegun,
            on=watch_id(Suspicion.CODE_FLOOD, "HS-1"),
            suspicion=Suspicion.CODE_FLOOD,
            scope="HS-1",
            warning=MATTER,
        ),
    )
    assert set(ACTS) == set(Suspicion)
    assert set(ACTS.values()) <= set(DEPARTMENTS)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.RAISED, ew.acknowledged()),
        (State.ACKNOWLEDGED, ew.handled()),
        (State.HANDLED, ew.closed()),
    ],
)
def test_another_department_has_no_say_in_it(state: State, step: Step) -> None:
    given(*PATHS[state]).when(step, by=ew.EMERGENCY).then_refused(Forbidden())


def test_who_handled_a_warning_does_not_close_it() -> None:
    given(*PATHS[State.HANDLED]).when(ew.closed(), by=ew.CYBER_1).then_refused(FourEyes())


@pytest.mark.parametrize(("after", "added"), [(HOUR, True), (HOUR + MINUTE, False)])
def test_an_hour_after_it_was_raised_what_is_seen_is_another_warning(
    after: timedelta, added: bool
) -> None:
    scenario = given(ew.raised())
    scenario.run(ew.raised(at=MONDAY_MORNING + 30 * MINUTE))
    scenario.run(ew.raised(at=MONDAY_MORNING + after))
    rows = rows_of(EarlyWarnings, scenario.happened)
    assert [r.seen for r in rows.values()] == ([3] if added else [2, 1])


@pytest.mark.parametrize(
    "other", [{"scope": "HS-2"}, {"suspicion": Suspicion.PORT_SCAN}], ids=["place", "kind"]
)
def test_what_is_seen_elsewhere_or_is_something_else_is_another_warning(
    other: dict[str, Any],
) -> None:
    scenario = given(ew.raised(), ew.raised(**other))
    assert [r.seen for r in rows_of(EarlyWarnings, scenario.happened).values()] == [1, 1]


def test_the_latest_sightings_are_shown_and_all_are_counted() -> None:
    scenario = given(ew.raised(at=MONDAY_MORNING))
    for n in range(LATEST + 5):
        scenario.run(ew.raised(at=MONDAY_MORNING + n * MINUTE, detail=f"第{n}次"))
    assert (row(scenario).seen, len(row(scenario).sightings)) == (LATEST + 6, LATEST)
    assert row(scenario).sightings[-1].detail == f"第{LATEST + 4}次"


# --- the clock ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at",
    [
        "2026-03-02T09:00",  # a morning of work
        "2026-03-07T23:45",  # over midnight on a Saturday
        "2026-10-01T02:00",  # National Day
        "2026-10-10T12:00",  # the Saturday that is worked for it
    ],
)
def test_who_does_not_acknowledge_in_half_an_hour_is_late_and_supervision_hears_of_it(
    at: str,
) -> None:
    raised_at = shanghai(at)
    scenario = given(ew.raised(at=raised_at))
    assert scenario.settled(raised_at + 30 * MINUTE) == []
    (breach,) = scenario.settled(raised_at + 31 * MINUTE)
    assert isinstance(breach, EarlyWarning.ClockBreached)
    assert (row(scenario).late, row(scenario).escalated) == (True, False)
    assert scenario.settled(raised_at + HOUR) == []
    (escalated,) = scenario.settled(raised_at + HOUR + MINUTE)
    assert isinstance(escalated, EarlyWarning.ClockEscalated)
    assert escalated.to == "supervision"
    assert row(scenario).escalated


def test_nothing_runs_once_it_is_acknowledged() -> None:
    scenario = given(ew.raised(), ew.acknowledged(at=MONDAY_MORNING + 30 * MINUTE))
    assert scenario.clock("warning-acknowledgement").phase is Phase.STOPPED
    assert scenario.settled(MONDAY_MORNING + 9 * HOUR) == []
    scenario.run(ew.raised(at=MONDAY_MORNING + 40 * MINUTE))
    assert row(scenario).state is State.ACKNOWLEDGED


def test_a_warning_shows_what_it_came_to() -> None:
    shown = row(given(*PATHS[State.CLOSED]))
    assert (shown.finding, shown.measures, shown.officer) == (
        Finding.CONFIRMED,
        "已限制该热点的短信发送",
        "cyber-2",
    )
    assert shown.closed_at is not None


# --- what raises them --------------------------------------------------------------------------


def test_no_warning_of_the_wifi_says_who_it_was() -> None:
    scenario = given(*w.ONLINE, w.port_scan())
    warning = when_something_is_suspicious(scenario.happened[-1])
    assert (warning.suspicion, warning.scope, warning.matter_id) == (
        Suspicion.PORT_SCAN,
        "HS-1",
        MATTER,
    )
    for personal in (w.mobile(), w.user(), w.MAC):
        assert personal not in warning.model_dump_json()
