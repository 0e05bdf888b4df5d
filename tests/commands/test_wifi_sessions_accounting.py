"""Accounting records that come late, twice, in the wrong order, with counters that begin anew."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from commands.base import Claim, Command
from commands.policies.wifi_sessions import when_blocked, when_restarted
from commands.wifi_sessions.accounting import RecordInterim, RecordNasRestart
from commands.wifi_sessions.disconnecting import Disconnect
from domain.shared.refusals import (
    NotDue,
    NotInState,
)
from domain.wifi_sessions import AccessPoint, SessionState, WifiSession, WifiUser
from domain.wifi_sessions.ids import orphan_session_id
from domain.wifi_sessions.refusals import (
    AcctSessionTaken,
    NoDisconnectOpen,
    StartAfterStop,
    TimeImplausible,
    UnknownNas,
)
from domain.wifi_sessions.values import Volume
from tests import wifi as w
from tests.scenario import (
    ANY,
    HUIMIN,
    MATTER,
    MONDAY_MORNING,
    Scenario,
    Step,
    given,
    happened,
    keyed_hash,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def session(scenario: Scenario, id: UUID = MATTER) -> WifiSession:
    matter = scenario.matters[id]
    assert isinstance(matter, WifiSession)
    return matter


def types(scenario: Scenario) -> list[str]:
    return [type(event).__name__ for event in scenario.happened]


def added(scenario: Scenario) -> list[int]:
    return [e.added.received for e in scenario.happened if isinstance(e, WifiSession.UsageReported)]


# --- the order of records ----------------------------------------------------------------------


def test_a_stop_whose_start_comes_forty_seconds_later_is_one_session() -> None:
    """Acceptance 1."""
    scenario = given(*w.GRANTED)
    stopped_at = scenario.at + 20 * MINUTE
    scenario.run(w.stop(600, at=stopped_at))
    assert session(scenario).start_missing
    late = w.start(at=stopped_at + timedelta(seconds=40), delay_time_s=640)
    scenario.when(late).then(
        happened(
            WifiSession.StartReconciled,
            started_at=stopped_at - timedelta(seconds=600),
            seconds=600,
        )
    )
    assert session(scenario).seconds == 600
    assert len([m for m in scenario.matters.values() if isinstance(m, WifiSession)]) == 1
    scenario.when(late).then()


def test_a_start_after_the_stop_it_belongs_to_is_refused() -> None:
    scenario = given(*w.GRANTED, w.stop(600))
    scenario.when(w.start()).then_refused(StartAfterStop(stopped_at=session(scenario).reported_at))  # type: ignore[arg-type]  # it stopped


def test_an_interim_before_the_start_stands_for_it() -> None:
    scenario = given(*w.GRANTED)
    at = scenario.at + 15 * MINUTE
    scenario.run(w.interim(900, at=at))
    assert session(scenario).state is SessionState.ONLINE
    assert session(scenario).started_at == at - 15 * MINUTE
    scenario.when(w.start(delay_time_s=960)).then(
        happened(WifiSession.StartReconciled, started_at=at - 15 * MINUTE, seconds=900)
    )


def test_records_sent_again_are_answered_and_change_nothing() -> None:
    scenario = given(*w.ONLINE, w.interim())
    for again in (w.start(), w.interim()):
        scenario.when(again).then().then_claims()
    scenario.run(w.stop())
    for again in (w.stop(), w.interim(), w.start()):
        scenario.when(again).then()


def test_an_interim_that_is_older_than_the_last_is_left_aside() -> None:
    scenario = given(*w.ONLINE, w.interim(1_800, 5_000))
    scenario.when(w.interim(900, 1_000, delay_time_s=900)).then()
    assert session(scenario).total == Volume(received=5_000)


def test_another_stop_of_a_closed_session_is_refused() -> None:
    scenario = given(*w.ONLINE, w.stop())
    answer = scenario.when(w.stop(9_999))
    assert isinstance(answer.refused, NotInState)


def test_the_first_record_claims_its_number_with_the_restarts_of_its_access_point() -> None:
    given(*w.GRANTED).when(w.start()).then_claims(
        Claim("take", "acct-session:AP-7", f"A1:{MATTER}:0", None, AcctSessionTaken())
    )


# --- counters ----------------------------------------------------------------------------------


def test_gigawords_count_and_a_lower_value_without_them_is_a_reset() -> None:
    """Acceptance 2."""
    before = w.interim(900, 4_294_967_000)
    with_gigawords = given(*w.ONLINE, before, w.interim(1_800, 200, output_gigawords=1))
    assert added(with_gigawords) == [4_294_967_000, 496]
    without = given(*w.ONLINE, before, w.interim(1_800, 200))
    assert types(without)[-2:] == ["CounterReset", "UsageReported"]
    assert added(without) == [4_294_967_000, 200]
    assert session(without).total == Volume(received=4_294_967_200)


def test_totals_never_fall_over_many_resets() -> None:
    scenario = given(*w.ONLINE)
    for n, octets in enumerate((500, 100, 50, 70), start=1):
        scenario.run(w.interim(900 * n, octets))
    assert added(scenario) == [500, 100, 50, 20]
    scenario.run(w.stop(4_000, 10))
    assert session(scenario).total == Volume(received=500 + 100 + 70 + 10)


@pytest.mark.parametrize("field", ["output_octets", "input_gigawords"])
@pytest.mark.parametrize("value", [-1, 1 << 32])
def test_a_counter_has_its_bounds(field: str, value: int) -> None:
    body: dict[str, Any] = {
        "nas_id": w.NAS,
        "acct_session_id": "A1",
        "calling_station_id": w.MAC,
        "session_time_s": 1,
        field: value,
    }
    with pytest.raises(ValidationError, match=field):
        RecordInterim(**body)


# --- time --------------------------------------------------------------------------------------


def test_the_instant_is_the_event_time_or_the_receipt_less_the_delay() -> None:
    scenario = given(*w.GRANTED)
    told = scenario.at - 5 * MINUTE
    timed = given(*w.GRANTED, w.start(event_time=told, delay_time_s=99))
    assert session(timed).started_at == told
    delayed = given(*w.GRANTED, w.start(at=scenario.at + MINUTE, delay_time_s=30))
    assert session(delayed).started_at == scenario.at + timedelta(seconds=30)


@pytest.mark.parametrize("off", [timedelta(hours=-24, seconds=-1), timedelta(hours=24, seconds=1)])
def test_a_time_more_than_a_day_off_is_refused(off: timedelta) -> None:
    at = MONDAY_MORNING + HOUR
    given(*w.GRANTED).when(w.start(event_time=at + off), at=at).then_refused(TimeImplausible())


def test_a_nas_nobody_knows_is_told_so() -> None:
    given(*w.GRANTED).when(w.start(nas_id="AP-99")).then_refused(UnknownNas())


# --- orphans -----------------------------------------------------------------------------------


def orphan(nas: str = w.NAS, boot: int = 0, mac: str = w.MAC) -> UUID:
    return orphan_session_id(nas, "A1", keyed_hash("mac", mac), boot)


@pytest.mark.parametrize("radius_class", [None, "of another server", str(UUID(int=7))])
def test_a_start_without_a_sign_in_is_logged_as_an_orphan(radius_class: str | None) -> None:
    scenario = given(w.installed(), w.start(None, radius_class=radius_class))
    assert session(scenario, orphan()).state is SessionState.ONLINE
    (started,) = (e for e in scenario.happened if isinstance(e, WifiSession.SessionStarted))
    assert (started.orphan, started.user) == (True, None)
    scenario.after(w.interim(session=None), w.stop(session=None))
    assert session(scenario, orphan()).state is SessionState.CLOSED


def test_the_number_of_an_orphan_is_another_after_a_restart() -> None:
    scenario = given(w.installed(), w.start(None), w.accounting_on(), w.start(None))
    assert {orphan(boot=0), orphan(boot=1)} <= set(scenario.matters)


def test_a_class_that_another_record_has_used_does_not_join_two_sessions() -> None:
    scenario = given(*w.ONLINE, w.start(acct_session_id="A2"))
    started = [e for e in scenario.happened if isinstance(e, WifiSession.SessionStarted)]
    assert [e.orphan for e in started] == [False, True]


# --- silence -----------------------------------------------------------------------------------


def test_a_session_is_taken_for_ended_after_three_intervals_and_not_before() -> None:
    scenario = given(*w.ONLINE, w.interim())
    due_at = scenario.at + 45 * MINUTE
    scenario.when(w.silent(), at=due_at - timedelta(seconds=1)).then_refused(NotDue(due_at=due_at))
    scenario.when(w.silent(), at=due_at).then(
        happened(
            WifiSession.SessionPresumedEnded, ap=w.AP, hotspot="HS-1", user=w.user(), clocks=ANY
        ),
        happened(WifiUser.DeviceLeft, on=w.USER, session=MATTER, left_at=due_at),
    )


def test_a_report_revives_a_session_and_its_place() -> None:
    scenario = given(*w.ONLINE)
    scenario.after(w.silent(at=scenario.at + HOUR), w.interim(3_700))
    assert types(scenario)[-3:] == ["SessionRevived", "UsageReported", "DeviceAdmitted"]
    assert session(scenario).state is SessionState.ONLINE


def test_a_revived_session_whose_place_is_gone_is_asked_to_go() -> None:
    scenario = given(*w.ONLINE)
    scenario.run(w.silent(at=scenario.at + HOUR))
    for n in range(3):
        scenario.run(w.code_sent(device=w.mac(n)))
        assert scenario.matter is not None
        other = scenario.matter.id
        scenario.after(w.verified(other), w.access(other))
    scenario.run(w.interim(3_700))
    asked = [e for e in scenario.happened if isinstance(e, WifiSession.DisconnectRequested)]
    assert [(e.id, e.reason) for e in asked] == [(MATTER, "limit")]


def test_a_stop_after_silence_has_the_longer_time_and_is_no_second_end() -> None:
    """Acceptance 4."""
    scenario = given(*w.ONLINE, w.interim(900))
    scenario.run(w.silent(at=scenario.at + HOUR))
    scenario.run(w.stop(7_200, 9_000))
    (stopped,) = (e for e in scenario.happened if isinstance(e, WifiSession.SessionStopped))
    assert (stopped.seconds, stopped.total, stopped.ends) == (7_200, Volume(received=9_000), False)
    assert session(scenario).seconds == 7_200


# --- restarts ----------------------------------------------------------------------------------


def sent(scenario: Scenario) -> list[Command]:
    """What the policy makes of the restarts."""
    restarts = [e for e in scenario.happened if isinstance(e, AccessPoint.ApRestarted)]
    return [command for e in restarts for command in when_restarted(e)]


def test_a_restart_told_thrice_closes_each_session_once() -> None:
    """Acceptance 3."""
    scenario = given(*w.ONLINE, w.start(None, acct_session_id="B", calling_station_id=w.mac(9)))
    other = orphan_session_id(w.NAS, "B", keyed_hash("mac", w.mac(9)), 0)
    at = scenario.at + MINUTE
    scenario.after(*(w.accounting_on(at + n * MINUTE, event_time=at) for n in range(3)))
    assert sent(scenario) == [RecordNasRestart(session_id=id, boot=1) for id in (MATTER, other)]
    for command in (*sent(scenario), *sent(scenario)):
        scenario.run(Step(command, HUIMIN))
    closed = [e.id for e in scenario.happened if isinstance(e, WifiSession.SessionClosedByRestart)]
    assert closed == [MATTER, other]


def test_a_session_that_began_after_the_restart_stays() -> None:
    scenario = given(*w.AUTHENTICATED, w.access())
    restart = scenario.at + MINUTE
    scenario.run(w.start(at=restart + MINUTE))
    scenario.run(w.accounting_on(event_time=restart))
    assert sent(scenario) == []


def test_an_off_and_an_on_are_two_restarts() -> None:
    scenario = given(*w.ONLINE, w.accounting_on(kind="off"), w.accounting_on())
    assert sent(scenario) == [RecordNasRestart(session_id=MATTER, boot=1)]
    assert scenario.matters[w.AP].boot == 2  # type: ignore[attr-defined]  # an access point


def test_an_access_point_forgets_what_must_be_over() -> None:
    scenario = given(*w.ONLINE)
    scenario.run(w.start(None, acct_session_id="B", at=scenario.at + 7 * HOUR))
    scenario.run(w.accounting_on())
    assert MATTER not in {c.session_id for c in sent(scenario) if isinstance(c, RecordNasRestart)}


# --- disconnecting -----------------------------------------------------------------------------


def test_a_session_is_online_until_its_stop_whatever_the_access_point_answers() -> None:
    scenario = given(*w.ONLINE, w.disconnected(), w.disconnected(), w.answered())
    assert types(scenario).count("DisconnectRequested") == 1
    assert session(scenario).state is SessionState.ONLINE
    scenario.run(w.stop())
    assert session(scenario).state is SessionState.CLOSED


def test_only_what_was_asked_can_be_answered() -> None:
    given(*w.ONLINE).when(w.answered()).then_refused(NoDisconnectOpen())


def test_an_overlong_session_is_asked_to_end_after_four_hours_and_again_after_a_refusal() -> None:
    scenario = given(*w.ONLINE)
    due_at = scenario.at + 4 * HOUR
    scenario.when(w.overlong(), at=due_at - MINUTE).then_refused(NotDue(due_at=due_at))
    scenario.after(w.overlong(at=due_at), w.answered(acknowledged=False))
    scenario.after(w.overlong(at=scenario.at + 30 * MINUTE))
    asked = [e for e in scenario.happened if isinstance(e, WifiSession.DisconnectRequested)]
    assert [e.reason for e in asked] == ["limit", "limit"]


def test_a_block_asks_each_live_session_to_go() -> None:
    scenario = given(*w.ONLINE, w.blocked())
    (event,) = (e for e in scenario.happened if isinstance(e, WifiUser.UserBlocked))
    assert when_blocked(event) == [
        Disconnect(session_id=MATTER, reason="block", order_no="甬公2号")
    ]
