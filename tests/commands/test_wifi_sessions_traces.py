"""Public addresses, requests for logs, what is kept and how long; blocks; access points."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from commands.policies.help_center_tickets import when_a_repair_is_overdue
from commands.wifi_sessions.users import BlockUser
from domain.help_center_tickets.refusals import CauseWithoutItem
from domain.shared.refusals import (
    DateInFuture,
    FourEyes,
    NotDue,
    NotFound,
)
from domain.wifi_sessions import AccessPoint, ApState, LogDay, LogRequest, WifiSession
from domain.wifi_sessions.ids import log_day_id
from domain.wifi_sessions.refusals import (
    ApExists,
    BlockTooWide,
    LegalHold,
    MappingOverlap,
    NoLegalBasis,
    NotBlocked,
    TimeImplausible,
    UnknownAp,
    WindowTooWide,
)
from domain.wifi_sessions.values import HotspotKind
from tests import tickets as t
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
    shanghai,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = date(2026, 3, 2)
KEPT_UNTIL = shanghai("2026-09-03T00:00")


def types(scenario: Scenario) -> list[str]:
    return [type(event).__name__ for event in scenario.happened]


# --- public addresses --------------------------------------------------------------------------


def two_sessions() -> tuple[Scenario, Any]:
    scenario = given(*w.ONLINE, w.start(None, acct_session_id="B", calling_station_id=w.mac(9)))
    assert scenario.matter is not None
    return scenario, scenario.matter.id


@pytest.mark.parametrize(
    ("ports", "minutes", "overlaps"),
    [
        ((1024, 1535), (0, 60), True),
        ((1535, 1600), (59, 90), True),
        ((1000, 1024), (0, 1), True),
        ((1000, 2999), (10, 20), True),
        ((1536, 2000), (0, 60), False),
        ((1024, 1535), (60, 120), False),
        ((1024, 1535), (-60, 0), False),
    ],
)
def test_a_port_belongs_to_one_session_at_a_time(
    ports: tuple[int, int], minutes: tuple[int, int], overlaps: bool
) -> None:
    scenario, other = two_sessions()
    scenario.run(w.mapped())
    step = w.mapped(other, minutes=minutes, first_port=ports[0], last_port=ports[1])
    answer = scenario.when(step)
    assert isinstance(answer.refused, MappingOverlap) is overlaps


def test_another_address_has_its_own_ports() -> None:
    scenario, other = two_sessions()
    assert scenario.after(w.mapped()).when(w.mapped(other, public_ip="203.0.113.8")).refused is None


def test_a_mapping_sent_again_changes_nothing() -> None:
    given(*w.ONLINE, w.mapped()).when(w.mapped()).then()


def test_a_mapping_over_midnight_and_a_border_of_ports_lies_in_four_matters() -> None:
    scenario = given(
        *w.ONLINE, w.mapped(minutes=(14 * 60, 16 * 60), first_port=2000, last_port=2100)
    )
    assert types(scenario).count("PortsHeld") == 4


@pytest.mark.parametrize("wide", [{"last_port": 1024 + 2048}, {"minutes": (0, 24 * 60 + 1)}])
def test_a_mapping_has_a_most(wide: dict[str, Any]) -> None:
    given(*w.ONLINE).when(w.mapped(**wide)).then_refused(BlockTooWide(ports=2048, hours=24))


def test_a_mapping_that_ends_more_than_a_day_ahead_is_not_believed() -> None:
    far = w.mapped(minutes=(23 * 60, 25 * 60))
    given(*w.ONLINE).when(far).then_refused(TimeImplausible())


def test_a_day_to_come_has_no_logs_to_destroy() -> None:
    given().when(w.logs_destroyed(date(9999, 12, 31))).then_refused(DateInFuture())


@pytest.mark.parametrize("wrong", [{"last_port": 1}, {"minutes": (60, 60)}, {"public_ip": "1.2.3"}])
def test_a_mapping_has_an_order(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        w.mapped(**wrong)


# --- requests for logs -------------------------------------------------------------------------


def test_a_narrow_request_runs_and_holds_its_day() -> None:
    given().when(w.log_requested(at=MONDAY_MORNING)).then(
        happened(
            LogRequest.LogRequested,
            legal_document_no="甬公调〔2026〕9号",
            case_no="A330203",
            officer="police-1",
            public_ip="203.0.113.7",
            port=1100,
            user=None,
            hotspot=None,
            since=MONDAY_MORNING + 10 * MINUTE,
            until=MONDAY_MORNING + 10 * MINUTE,
            urgent=False,
        ),
        happened(LogRequest.LogClockStarted, clocks=ANY),
        happened(LogDay.LogDayOpened, on=log_day_id(DAY), day=DAY, kept_until=KEPT_UNTIL),
        happened(LogDay.LogsHeld, on=log_day_id(DAY), request=MATTER),
    )


@pytest.mark.parametrize(
    "wide",
    [
        {"hotspot": "HS-1", "public_ip": None, "port": None},
        {"hotspot": "HS-1"},
        {"port": None},
        {"until": MONDAY_MORNING + HOUR},
        {
            "public_ip": None,
            "port": None,
            "mobile": w.mobile(),
            "until": MONDAY_MORNING + timedelta(days=30, minutes=11),
        },
    ],
)
def test_a_request_for_a_place_or_more_than_thirty_days_is_refused_and_recorded(
    wide: dict[str, Any],
) -> None:
    """Acceptance 8."""
    answer = given().when(w.log_requested(**wide))
    assert answer.decision is not None
    told = [event.refusal() for event in answer.decision.events]
    assert told == [None, WindowTooWide()]


def test_a_request_without_a_document_is_refused_and_recorded() -> None:
    answer = given().when(w.log_requested(legal_document_no="  "))
    assert answer.decision is not None
    assert answer.decision.events[-1].refusal() == NoLegalBasis()


def test_a_request_for_a_mobile_may_have_thirty_days_and_holds_each() -> None:
    changes: dict[str, Any] = {"public_ip": None, "port": None, "mobile": w.mobile()}
    end = MONDAY_MORNING + timedelta(days=30, minutes=10)
    scenario = given(w.log_requested(**changes, until=end, at=end))
    assert types(scenario).count("LogsHeld") == 31


def test_a_window_ends_after_it_begins() -> None:
    with pytest.raises(ValidationError, match="ends after"):
        w.log_requested(until=MONDAY_MORNING)


def test_nobody_asks_for_logs_of_what_is_to_come() -> None:
    given().when(w.log_requested(), at=MONDAY_MORNING - HOUR).then_refused(DateInFuture())


def test_the_officer_who_asked_cannot_agree() -> None:
    scenario = given(w.log_requested())
    for step in (w.log_approved(by=w.POLICE_1), w.log_rejected(by=w.POLICE_1)):
        scenario.when(step).then_refused(FourEyes())


def test_a_disclosure_names_all_three_officers_and_releases_the_day() -> None:
    scenario = given(w.log_requested(), w.log_approved())
    scenario.when(w.log_disclosed()).then(
        happened(
            LogRequest.LogDisclosed,
            legal_document_no="甬公调〔2026〕9号",
            officers=("police-1", "police-2", "data-1"),
            row_count=1,
            subject=w.user(),
            clocks=ANY,
        ),
        happened(LogDay.LogsReleased, on=log_day_id(DAY), request=MATTER),
    )


@pytest.mark.parametrize(("urgent", "hours"), [(True, 2), (False, 24)])
def test_a_disclosure_is_due_in_a_day_or_in_two_hours(urgent: bool, hours: int) -> None:
    scenario = given(w.log_requested(urgent=urgent))
    due_at = scenario.at + hours * HOUR
    assert scenario.clock("log-disclosure").due_at == due_at
    assert scenario.settled(due_at) == []
    (breach,) = scenario.settled(due_at + MINUTE)
    assert isinstance(breach, LogRequest.ClockBreached)


# --- what is kept ------------------------------------------------------------------------------


def test_logs_are_destroyed_after_six_months_and_not_before() -> None:
    refused = LegalHold(until=KEPT_UNTIL, open_requests=0)
    given().when(w.logs_destroyed(DAY), at=KEPT_UNTIL - MINUTE).then_refused(refused)
    for at, late in ((KEPT_UNTIL, False), (KEPT_UNTIL + timedelta(days=31), True)):
        answer = given().when(w.logs_destroyed(DAY), at=at)
        assert answer.decision is not None
        assert answer.decision.events[-1].late is late  # type: ignore[attr-defined]  # LogsDestroyed


def test_an_open_request_holds_logs_longer() -> None:
    scenario = given(w.log_requested())
    scenario.when(w.logs_destroyed(DAY), at=KEPT_UNTIL).then_refused(
        LegalHold(until=KEPT_UNTIL, open_requests=1)
    )
    scenario.run(w.log_rejected())
    assert scenario.when(w.logs_destroyed(DAY), at=KEPT_UNTIL + HOUR).refused is None


def test_the_logs_of_a_day_end_once() -> None:
    scenario = given(w.logs_destroyed(DAY, at=KEPT_UNTIL))
    assert scenario.when(w.logs_destroyed(DAY)).refused is not None
    held = given(w.logs_destroyed(DAY, at=KEPT_UNTIL), w.log_requested())
    assert "LogsHeld" not in types(held)


def test_an_erasure_on_day_one_hundred_is_refused_until_six_months_are_over() -> None:
    """Acceptance 6, as far as it can be decided without keys."""
    scenario = given(*w.ONLINE, w.stop())
    scenario.when(w.erased(), at=MONDAY_MORNING + timedelta(days=100)).then_refused(
        LegalHold(until=KEPT_UNTIL, open_requests=0)
    )
    scenario.run(w.erased(at=shanghai("2026-10-02T09:00")))
    assert types(scenario)[-1] == "UserErased"


def test_nobody_can_be_erased_whom_nobody_knows() -> None:
    given().when(w.erased()).then_refused(NotFound())


def test_a_block_is_lifted_once_and_a_user_is_named_once() -> None:
    scenario = given(w.blocked(), w.unblocked())
    scenario.when(w.unblocked()).then_refused(NotBlocked())
    given().when(w.unblocked()).then_refused(NotFound())
    both: dict[str, Any] = {"mobile": w.mobile(), "user": w.user()}
    for named in ({}, both):
        with pytest.raises(ValidationError, match="one of the two"):
            BlockUser(order_no="甬公1号", **named)


# --- access points -----------------------------------------------------------------------------


def test_an_identifier_is_installed_once() -> None:
    given(w.installed()).when(w.installed()).then_refused(ApExists())


def test_a_heartbeat_of_nobody_is_told_so() -> None:
    given().when(w.heartbeat()).then_refused(UnknownAp())


def test_heartbeats_that_say_nothing_new_are_kept_every_five_minutes() -> None:
    scenario = given(w.installed())
    start = scenario.at
    for minute in range(1, 21):
        scenario.run(w.heartbeat(uptime_s=60 * minute, at=start + minute * MINUTE))
    assert types(scenario).count("ApHeard") == 4


def test_a_heartbeat_that_says_that_the_access_point_began_anew_is_kept() -> None:
    scenario = given(w.installed(), w.heartbeat(uptime_s=600), w.heartbeat(uptime_s=3))
    assert types(scenario).count("ApHeard") == 2


def test_an_access_point_is_degraded_while_its_channel_is_busy() -> None:
    scenario = given(w.installed(), *(w.heartbeat(percent) for percent in (20, 85, 71, 70)))
    changes = [e.new for e in scenario.happened if isinstance(e, AccessPoint.ApStateChanged)]
    assert changes == [ApState.UP, ApState.DEGRADED, ApState.UP]


@pytest.mark.parametrize(
    ("kind", "hours"),
    [(HotspotKind.STATION, 4), (HotspotKind.HOSPITAL, 4), (HotspotKind.SQUARE, 24)],
)
def test_a_silent_access_point_is_down_and_to_be_repaired_in_time(
    kind: HotspotKind, hours: int
) -> None:
    scenario = given(w.installed(kind=kind), w.heartbeat())
    due_at = scenario.at + 8 * MINUTE
    scenario.when(w.declared_down(), at=due_at - MINUTE).then_refused(NotDue(due_at=due_at))
    scenario.run(w.declared_down(due_at))
    assert scenario.clock("ap-repair").due_at == due_at + hours * HOUR
    (breach,) = scenario.settled(due_at + hours * HOUR + MINUTE)
    assert isinstance(breach, AccessPoint.ClockBreached)
    assert (breach.nas_id, breach.hotspot, breach.kind, breach.point, breach.district) == (
        w.NAS,
        "HS-1",
        kind,
        w.SQUARE,
        "330203",
    )


def test_a_heartbeat_of_a_down_access_point_says_how_long_it_was() -> None:
    scenario = given(*(w.installed(), w.heartbeat()))
    down_at = scenario.at + 8 * MINUTE
    scenario.run(w.declared_down(down_at))
    scenario.run(w.heartbeat(uptime_s=1, at=down_at + HOUR))
    (repaired,) = (e for e in scenario.happened if isinstance(e, AccessPoint.ApRepaired))
    assert (repaired.down_s, repaired.down_since, repaired.overdue) == (3600, down_at, False)
    assert scenario.settled(down_at + 30 * HOUR) == []


def test_an_access_point_that_is_worked_at_while_it_is_down_is_repaired_when_it_is_up() -> None:
    scenario = given(w.installed(), w.heartbeat())
    down_at = scenario.at + 8 * MINUTE
    scenario.run(w.declared_down(down_at))
    scenario.settled(down_at + 25 * HOUR)
    scenario.after(w.maintained(), w.maintained_no_more(), w.heartbeat(at=down_at + 26 * HOUR))
    (repaired,) = (e for e in scenario.happened if isinstance(e, AccessPoint.ApRepaired))
    assert (repaired.down_s, repaired.overdue) == (26 * 3600, True)


def test_an_access_point_that_is_moved_breaches_at_its_new_place() -> None:
    scenario = given(w.installed(operated_by=t.USCC), w.heartbeat())
    down_at = scenario.at + 8 * MINUTE
    scenario.after(w.declared_down(down_at), w.moved())
    (breach,) = scenario.settled(down_at + 25 * HOUR)
    assert isinstance(breach, AccessPoint.ClockBreached)
    assert (breach.district, breach.operated_by, breach.point) == ("330205", None, w.FAR)
    assert when_a_repair_is_overdue(breach).holder_hint is None


def test_an_outage_stored_before_districts_were_told_gets_no_ticket() -> None:
    scenario = given(w.installed(), w.heartbeat())
    down_at = scenario.at + 8 * MINUTE
    (breach,) = scenario.after(w.declared_down(down_at)).settled(down_at + 25 * HOUR)
    assert isinstance(breach, AccessPoint.ClockBreached)
    ticket = when_a_repair_is_overdue(breach.model_copy(update={"district": None}))
    given().when(Step(ticket, HUIMIN)).then_refused(CauseWithoutItem())


def test_maintenance_stops_the_clocks() -> None:
    scenario = given(w.installed(), w.heartbeat(), w.maintained())
    assert scenario.settled(scenario.at + 99 * HOUR) == []
    assert scenario.after(w.maintained_no_more(), w.heartbeat()).matter is not None
    assert types(scenario)[-2:] == ["ApStateChanged", "ApHeard"]


def test_a_port_scan_tells_how_many_and_never_which() -> None:
    given(*w.ONLINE).when(w.port_scan()).then(
        happened(WifiSession.PortScanSuspected, ap=w.AP, hotspot="HS-1", targets=500)
    )
