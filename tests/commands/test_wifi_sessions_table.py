"""The brief's table of states: every pair of a state and a command, and what comes of it.

Written out by hand: event names where the command is allowed, ``ORPHAN`` where an accounting record
begins a session of its own instead, ``NOTHING`` where it is answered and changes nothing.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.shared.aggregate import Aggregate
from domain.shared.refusals import NotInState
from domain.wifi_sessions import (
    AccessPoint,
    ApState,
    LogRequest,
    LogRequestState,
    SessionState,
    WifiSession,
)
from domain.wifi_sessions.refusals import CodeLocked
from tests import wifi as w
from tests.scenario import MATTER, MONDAY_MORNING, Scenario, Step, given

S = SessionState
NOTHING: tuple[str, ...] = ()
REFUSED = None
LATER = MONDAY_MORNING + timedelta(hours=5)

WRONG_CODES = tuple(w.verified(said=w.wrong()) for _ in range(5))


def after_wrong_codes() -> Scenario:
    scenario = given(w.installed(), w.code_sent())
    for step in WRONG_CODES:
        scenario.run(step)
    return scenario


def refused() -> Scenario:
    return given(*w.AUTHENTICATED, w.blocked()).after(w.access())


STATES: dict[SessionState, Callable[[], Scenario]] = {
    S.CODE_SENT: lambda: given(w.installed(), w.code_sent()),
    S.LOCKED: after_wrong_codes,
    S.AUTHENTICATED: lambda: given(*w.GRANTED),
    S.REFUSED: refused,
    S.ONLINE: lambda: given(*w.ONLINE, w.interim(at=MONDAY_MORNING + timedelta(minutes=20))),
    S.PRESUMED_ENDED: lambda: given(*w.ONLINE, w.silent(at=LATER)),
    S.CLOSED: lambda: given(*w.ONLINE, w.stop()),
}

ORPHAN_STARTED = ("OrphanBegun", "SessionStarted", "ApSessionBegan")
ORPHAN_USED = ("OrphanBegun", "SessionStarted", "UsageReported", "ApSessionBegan")
ORPHAN_STOPPED = ("OrphanBegun", "SessionStopped")

Outcome = tuple[str, ...] | None

TABLE: dict[str, tuple[Step, dict[SessionState, Outcome], Outcome]] = {
    "verify-code": (
        w.verified(),
        {S.CODE_SENT: ("UserAuthenticated", "DeviceKnown", "DeviceBound")},
        REFUSED,
    ),
    "request-access": (w.access(), {S.AUTHENTICATED: NOTHING}, REFUSED),
    "lapse-grant": (
        w.lapsed(at=LATER),
        {S.AUTHENTICATED: ("GrantLapsed", "DeviceLeft")},
        REFUSED,
    ),
    "record-start": (
        w.start(),
        {
            S.AUTHENTICATED: ("SessionStarted", "ApSessionBegan"),
            S.ONLINE: NOTHING,
            S.PRESUMED_ENDED: NOTHING,
            S.CLOSED: NOTHING,
        },
        ORPHAN_STARTED,
    ),
    "record-interim": (
        w.interim(1_800, 5_000),
        {
            S.AUTHENTICATED: ("SessionStarted", "UsageReported", "ApSessionBegan"),
            S.ONLINE: ("UsageReported",),
            S.PRESUMED_ENDED: ("SessionRevived", "UsageReported", "DeviceAdmitted"),
            S.CLOSED: NOTHING,
        },
        ORPHAN_USED,
    ),
    "record-stop": (
        w.stop(),
        {
            S.AUTHENTICATED: ("SessionStopped", "DeviceLeft"),
            S.ONLINE: ("SessionStopped", "DeviceLeft"),
            S.PRESUMED_ENDED: ("SessionStopped",),
            S.CLOSED: NOTHING,
        },
        ORPHAN_STOPPED,
    ),
    "declare-silent": (
        w.silent(at=LATER),
        {S.ONLINE: ("SessionPresumedEnded", "DeviceLeft")},
        REFUSED,
    ),
    "record-nas-restart": (
        w.nas_restarted(),
        {S.ONLINE: ("SessionClosedByRestart", "DeviceLeft")},
        NOTHING,
    ),
    "disconnect": (w.disconnected(), {S.ONLINE: ("DisconnectRequested",)}, REFUSED),
    "end-overlong": (w.overlong(at=LATER), {S.ONLINE: ("DisconnectRequested",)}, REFUSED),
    "answer-disconnect": (w.answered(), {S.ONLINE: ("DisconnectConfirmed",)}, REFUSED),
    "record-nat-mapping": (
        w.mapped(),
        dict.fromkeys(
            (S.ONLINE, S.PRESUMED_ENDED, S.CLOSED), ("NatMapped", "PortsOpened", "PortsHeld")
        ),
        REFUSED,
    ),
    "report-port-scan": (
        w.port_scan(),
        dict.fromkeys((S.ONLINE, S.PRESUMED_ENDED, S.CLOSED), ("PortScanSuspected",)),
        REFUSED,
    ),
}


def names(scenario: Scenario, before: int) -> tuple[str, ...]:
    return tuple(type(event).__name__ for event in scenario.happened[before:])


def session_of(scenario: Scenario) -> WifiSession:
    session = scenario.matters[MATTER]
    assert isinstance(session, WifiSession)
    return session


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", TABLE)
def test_a_command_on_a_session_is_allowed_or_refused_by_state(
    name: str, state: SessionState
) -> None:
    scenario = STATES[state]()
    assert session_of(scenario).state is state
    step, allowed, otherwise = TABLE[name]
    if name == "answer-disconnect" and state is S.ONLINE:
        scenario.run(w.disconnected())
    before = len(scenario.happened)
    outcome = allowed.get(state, otherwise)
    answer = scenario.when(step)
    if outcome is not REFUSED:
        assert answer.refused is None
        assert names(scenario, before) == outcome
    elif (name, state) == ("verify-code", S.LOCKED):
        answer.then_refused(CodeLocked())
    else:
        answer.then_refused(NotInState(state=state, allowed=session_of(scenario).allowed()))


def test_the_sessions_marks_are_the_tables() -> None:
    by_records = {S.UNAUTHENTICATED, S.AUTHENTICATED, S.ONLINE, S.PRESUMED_ENDED, S.CLOSED}
    declared = {name.replace("_", "-"): set(v) for name, v in WifiSession.actions.items()}
    expected = {
        name: {s for s, outcome in allowed.items() if outcome is not REFUSED}
        for name, (_, allowed, _) in TABLE.items()
    }
    for record in ("record-start", "record-interim", "record-stop"):
        expected[record] = by_records
    assert declared == {**expected, "recognise": {S.UNAUTHENTICATED}}


def test_every_state_of_a_session_that_lasts_is_tried() -> None:
    assert set(STATES) == set(SessionState) - {S.UNAUTHENTICATED}


# --- access points -----------------------------------------------------------------------------

A = ApState
WORKING = {A.INSTALLED, A.UP, A.DEGRADED, A.DOWN}
DOWN = (w.installed(), w.heartbeat(), w.declared_down(LATER))
AP_PATHS = {
    A.INSTALLED: (w.installed(),),
    A.UP: (w.installed(), w.heartbeat()),
    A.DEGRADED: (w.installed(), w.heartbeat(95)),
    A.DOWN: DOWN,
    A.MAINTENANCE: (w.installed(), w.maintained()),
    A.RETIRED: (w.installed(), w.retired()),
}
AP_TABLE: dict[str, tuple[Step, set[ApState]]] = {
    "report-heartbeat": (w.heartbeat(uptime_s=10), WORKING),
    "declare-ap-down": (w.declared_down(LATER), {A.UP, A.DEGRADED}),
    "begin-maintenance": (w.maintained(), WORKING),
    "end-maintenance": (w.maintained_no_more(), {A.MAINTENANCE}),
    "move-ap": (w.moved(), WORKING | {A.MAINTENANCE}),
    "retire-ap": (w.retired(), WORKING | {A.MAINTENANCE}),
}


@pytest.mark.parametrize("state", AP_PATHS)
@pytest.mark.parametrize("name", AP_TABLE)
def test_a_command_on_an_access_point_is_allowed_or_refused_by_state(
    name: str, state: ApState
) -> None:
    scenario = given(*AP_PATHS[state])
    assert_in_state(scenario.matters[w.AP], state)
    step, states = AP_TABLE[name]
    assert_judged(scenario, step, scenario.matters[w.AP], state in states)


def test_the_access_points_marks_are_the_tables() -> None:
    declared = {name.replace("_", "-"): v for name, v in AccessPoint.actions.items()}
    assert declared == {name: {str(s) for s in states} for name, (_, states) in AP_TABLE.items()}
    assert set(AP_PATHS) == set(ApState)


# --- requests for logs -------------------------------------------------------------------------

L = LogRequestState
LOG_PATHS = {
    L.REQUESTED: (w.log_requested(),),
    L.APPROVED: (w.log_requested(), w.log_approved()),
    L.DISCLOSED: (w.log_requested(), w.log_approved(), w.log_disclosed()),
    L.REJECTED: (w.log_requested(), w.log_rejected()),
    L.TURNED_DOWN: (w.log_requested(legal_document_no=""),),
}
LOG_TABLE: dict[str, tuple[Step, set[LogRequestState]]] = {
    "approve-log": (w.log_approved(), {L.REQUESTED}),
    "reject-log": (w.log_rejected(), {L.REQUESTED}),
    "disclose-log": (w.log_disclosed(), {L.APPROVED}),
}


@pytest.mark.parametrize("state", LOG_PATHS)
@pytest.mark.parametrize("name", LOG_TABLE)
def test_a_command_on_a_request_is_allowed_or_refused_by_state(
    name: str, state: LogRequestState
) -> None:
    scenario = given(*LOG_PATHS[state])
    assert_in_state(scenario.matters[MATTER], state)
    step, states = LOG_TABLE[name]
    assert_judged(scenario, step, scenario.matters[MATTER], state in states)


def test_the_requests_marks_are_the_tables() -> None:
    declared = {name.replace("_", "-"): v for name, v in LogRequest.actions.items()}
    assert declared == {name: {str(s) for s in states} for name, (_, states) in LOG_TABLE.items()}
    assert set(LOG_PATHS) == set(LogRequestState)


def assert_in_state(matter: Aggregate, state: str) -> None:
    assert getattr(matter, "state", None) == state


def assert_judged(scenario: Scenario, step: Step, matter: Aggregate, allowed: bool) -> None:
    answer = scenario.when(step)
    if allowed:
        assert answer.refused is None
        assert answer.decision is not None
        assert answer.decision.events
    else:
        state = str(getattr(matter, "state", None))
        answer.then_refused(NotInState(state=state, allowed=matter.allowed()))
