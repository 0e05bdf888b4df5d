"""What the read models of WiFi sessions say after a piece of life."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.shared.personal import personal_fields
from domain.wifi_sessions import ApState, LogRequestState
from infra.discovery import discover
from projections.wifi_sessions.equipment import ApHealth, Hotspots
from projections.wifi_sessions.online import HotspotNow, OnlineNow, OpenDisconnects
from projections.wifi_sessions.traces import LogDays, LogRequests, TraceIndex
from projections.wifi_sessions.usage import HotspotUsage, MySessions, hour_of
from projections.wifi_sessions.warnings import UserBlocks, WifiWarnings
from tests import wifi as w
from tests.projections.rows import rows_of
from tests.scenario import MATTER, MONDAY_MORNING, Scenario, Step, given, shanghai

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
KEPT_UNTIL = shanghai("2026-09-03T00:00")


def online(*steps: Step) -> dict[UUID, OnlineNow]:
    return rows_of(OnlineNow, given(*steps).happened)


def at_hotspot(scenario: Scenario) -> int:
    return rows_of(HotspotNow, scenario.happened)["HS-1"].online


def mine(scenario: Scenario) -> MySessions:
    return rows_of(MySessions, scenario.happened)[MATTER]


# --- online ------------------------------------------------------------------------------------


def test_a_session_is_online_from_start_to_stop_with_its_bytes() -> None:
    row = online(*w.ONLINE, w.interim(900, 1_000))[MATTER]
    assert (row.hotspot, row.ap, row.bytes) == ("HS-1", w.AP, 1_000)
    assert online(*w.ONLINE, w.stop()) == {}


def test_silence_takes_a_session_off_the_list_and_a_report_puts_it_back() -> None:
    scenario = given(*w.ONLINE, w.interim(900, 1_000))
    scenario.run(w.silent(at=scenario.at + HOUR))
    assert rows_of(OnlineNow, scenario.happened) == {}
    assert at_hotspot(scenario) == 0
    scenario.run(w.interim(4_000, 1_500))
    assert rows_of(OnlineNow, scenario.happened)[MATTER].bytes == 1_500
    assert at_hotspot(scenario) == 1


def test_a_stop_after_silence_is_no_second_end_for_the_count() -> None:
    """Acceptance 4."""
    scenario = given(*w.ONLINE, w.interim())
    scenario.after(w.silent(at=scenario.at + HOUR), w.stop(7_200))
    assert at_hotspot(scenario) == 0


def test_a_restart_empties_the_list() -> None:
    scenario = given(*w.ONLINE, w.accounting_on(), w.nas_restarted())
    assert rows_of(OnlineNow, scenario.happened) == {}
    assert at_hotspot(scenario) == 0


def test_whoever_speaks_to_access_points_sees_what_to_end() -> None:
    scenario = given(*w.ONLINE, w.disconnected())
    row = rows_of(OpenDisconnects, scenario.happened)[MATTER]
    assert (row.nas, row.acct_session_id, row.reason) == (w.NAS, "A1", "order")
    for step in (w.answered(acknowledged=False), w.stop()):
        done = given(*w.ONLINE, w.disconnected(), step)
        assert rows_of(OpenDisconnects, done.happened) == {}


# --- equipment ---------------------------------------------------------------------------------


def test_the_wall_shows_state_clients_and_uptime() -> None:
    scenario = given(w.installed(), w.heartbeat(at=MONDAY_MORNING + HOUR))
    row = rows_of(ApHealth, scenario.happened)[w.AP]
    assert (row.state, row.clients, row.uptime_percent) == (ApState.UP, 5, 0)
    scenario.run(w.declared_down(MONDAY_MORNING + 2 * HOUR))
    row = rows_of(ApHealth, scenario.happened)[w.AP]
    assert (row.state, row.since, row.uptime_percent) == (
        ApState.DOWN,
        MONDAY_MORNING + 2 * HOUR,
        50,
    )
    scenario.settled(MONDAY_MORNING + 99 * HOUR)
    assert rows_of(ApHealth, scenario.happened)[w.AP].repair_overdue
    scenario.run(w.heartbeat(at=MONDAY_MORNING + 100 * HOUR))
    row = rows_of(ApHealth, scenario.happened)[w.AP]
    assert (row.repair_overdue, row.repairs) == (False, 1)


def test_hotspots_count_their_access_points() -> None:
    scenario = given(w.installed(), w.installed(w.OTHER_NAS))
    assert rows_of(Hotspots, scenario.happened)["HS-1"].access_points == 2
    scenario.run(w.moved("HS-2"))
    rows = rows_of(Hotspots, scenario.happened)
    assert {id: row.access_points for id, row in rows.items()} == {"HS-1": 1, "HS-2": 1}
    scenario.run(w.retired())
    assert set(rows_of(Hotspots, scenario.happened)) == {"HS-1"}
    assert rows_of(ApHealth, scenario.happened)[w.AP].state is ApState.RETIRED


def test_a_restart_is_counted() -> None:
    scenario = given(w.installed(), w.accounting_on())
    assert rows_of(ApHealth, scenario.happened)[w.AP].restarts == 1


# --- usage -------------------------------------------------------------------------------------


def test_an_hour_counts_sessions_users_and_bytes_under_pseudonyms_of_its_own() -> None:
    scenario = given(*w.ONLINE, w.interim(900, 1_000))
    scenario.run(w.stop(4_000, 3_000, at=scenario.at + HOUR))
    first, second = hour_of(MONDAY_MORNING), hour_of(MONDAY_MORNING + HOUR)
    rows = rows_of(HotspotUsage, scenario.happened)
    assert {key: (r.sessions, r.unique_users, r.bytes) for key, r in rows.items()} == {
        ("HS-1", first): (1, 1, 1_000),
        ("HS-1", second): (0, 1, 2_000),
    }
    assert rows["HS-1", first].seen != rows["HS-1", second].seen
    assert w.user() not in str(rows)


def test_a_session_without_a_start_is_counted_where_it_stopped() -> None:
    scenario = given(*w.GRANTED, w.stop())
    (row,) = rows_of(HotspotUsage, scenario.happened).values()
    assert row.sessions == 1


def test_a_user_sees_when_and_where() -> None:
    scenario = given(*w.ONLINE, w.interim(900, 1_000), w.stop(1_000, 2_000))
    row = mine(scenario)
    assert (row.user, row.hotspot, row.seconds, row.bytes) == (w.user(), "HS-1", 1_000, 2_000)
    assert row.ended_at == scenario.at


def test_an_orphan_is_nobodys_session() -> None:
    scenario = given(w.installed(), w.start(None), w.interim(session=None), w.stop(session=None))
    assert rows_of(MySessions, scenario.happened) == {}


def test_a_cut_off_session_ended_then_and_goes_on_when_it_is_revived() -> None:
    scenario = given(*w.ONLINE)
    scenario.run(w.silent(at=scenario.at + HOUR))
    assert mine(scenario).ended_at == scenario.at
    scenario.run(w.interim(4_000))
    assert mine(scenario).ended_at is None


def test_a_late_start_tells_when_it_was() -> None:
    scenario = given(*w.GRANTED)
    scenario.run(w.stop(600, at=scenario.at + HOUR))
    scenario.run(w.start(delay_time_s=700))
    assert mine(scenario).started_at == scenario.at - timedelta(seconds=700)


# --- traces ------------------------------------------------------------------------------------


def test_a_trace_leads_from_address_port_and_time_to_the_user() -> None:
    scenario = given(*w.ONLINE, w.mapped())
    row = rows_of(TraceIndex, scenario.happened)["203.0.113.7", 1024, MONDAY_MORNING]
    assert (row.last_port, row.session, row.user) == (1535, MATTER, w.user())


def test_a_request_shows_how_far_it_is() -> None:
    scenario = given(w.log_requested())
    row = rows_of(LogRequests, scenario.happened)[MATTER]
    assert (row.state, row.due_at) == (LogRequestState.REQUESTED, scenario.at + 24 * HOUR)
    scenario.settled(scenario.at + 25 * HOUR)
    assert rows_of(LogRequests, scenario.happened)[MATTER].overdue
    scenario.after(w.log_approved(), w.log_disclosed())
    row = rows_of(LogRequests, scenario.happened)[MATTER]
    assert (row.state, row.approver, row.row_count) == (LogRequestState.DISCLOSED, "police-2", 1)
    rejected = given(w.log_requested(), w.log_rejected())
    assert rows_of(LogRequests, rejected.happened)[MATTER].due_at is None


def test_a_request_that_was_turned_down_is_seen() -> None:
    """Acceptance 8."""
    scenario = given(w.log_requested(hotspot="HS-1", public_ip=None, port=None))
    row = rows_of(LogRequests, scenario.happened)[MATTER]
    assert (row.state, row.reason) == (LogRequestState.TURNED_DOWN, "window-too-wide")


def test_days_that_are_gone_are_listed() -> None:
    scenario = given(w.logs_destroyed(date(2026, 3, 2), at=KEPT_UNTIL))
    row = rows_of(LogDays, scenario.happened)[date(2026, 3, 2)]
    assert (row.count, row.late, row.destroyed_at) == (12, False, KEPT_UNTIL)


# --- warnings ----------------------------------------------------------------------------------


def test_warnings_name_no_user() -> None:
    scenario = given(*w.ONLINE, w.port_scan(), w.start(None, acct_session_id="B"))
    for n in range(11):
        scenario.run(w.code_sent(2, at=scenario.at + (1 + n) * MINUTE))
    rows = rows_of(WifiWarnings, scenario.happened)
    assert sorted(row.kind for row in rows.values()) == [
        "code-flood",
        "orphan-session",
        "port-scan",
    ]
    assert w.user(2) not in str(rows)


def test_a_spoofed_device_is_warned_of() -> None:
    scenario = given(w.installed(), w.installed(w.OTHER_NAS, hotspot="HS-2", point=w.FAR))
    scenario.run(w.code_sent())
    second = scenario.run(w.code_sent(at=scenario.at + 2 * MINUTE)).aggregate
    assert second is not None
    scenario.after(w.verified(), w.verified(second.id), w.access())
    scenario.run(w.access(second.id, w.OTHER_NAS))
    (row,) = rows_of(WifiWarnings, scenario.happened).values()
    assert (row.kind, row.ap) == ("mac-spoofing", w.OTHER_AP)


def test_a_block_stands_until_it_is_lifted() -> None:
    scenario = given(w.blocked())
    row = rows_of(UserBlocks, scenario.happened)[w.user()]
    assert (row.order_no, row.officer, row.until) == ("甬公2号", "police-1", None)
    scenario.run(w.unblocked())
    assert rows_of(UserBlocks, scenario.happened) == {}


def wifi_rows() -> list[str]:
    module = "projections.wifi_sessions"
    return [n for n, row in discover().rows.items() if row.__module__.startswith(module)]


@pytest.mark.parametrize("name", wifi_rows())
def test_no_row_holds_personal_data(name: str) -> None:
    assert personal_fields(discover().rows[name]) == frozenset()
