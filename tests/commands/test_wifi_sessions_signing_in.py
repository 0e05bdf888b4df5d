"""Codes, devices that are known, access, places: what is refused and what is told."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from commands.wifi_sessions.signing_in import SendCode
from domain.shared.refusals import NotDue
from domain.wifi_sessions import SessionState, WifiSession, WifiUser
from domain.wifi_sessions.ids import wifi_user_id
from domain.wifi_sessions.refusals import (
    CodeExpired,
    CodeLocked,
    CodeWrong,
    DeviceUnknown,
    NoticeOutdated,
    TooManyCodes,
    TooManyDevices,
    UnknownNas,
    UserBlocked,
)
from domain.wifi_sessions.values import is_made_up
from tests import wifi as w
from tests.scenario import (
    ANY,
    MATTER,
    MONDAY_MORNING,
    Scenario,
    given,
    happened,
    keyed_hash,
    shanghai,
)

MINUTE = timedelta(minutes=1)


def types(scenario: Scenario) -> list[str]:
    return [type(event).__name__ for event in scenario.happened]


def places(scenario: Scenario, n: int = 1) -> int:
    matter = scenario.matters[wifi_user_id(w.user(n))]
    assert isinstance(matter, WifiUser)
    return len(matter.places)


def with_devices(count: int) -> Scenario:
    """So many devices of one mobile are granted access."""
    scenario = given(w.installed())
    for n in range(count):
        scenario.run(w.code_sent(device=w.mac(n)))
        assert scenario.matter is not None
        session = scenario.matter.id
        scenario.after(w.verified(session), w.access(session))
    return scenario


def one_more_device(scenario: Scenario, n: int) -> WifiSession:
    scenario.run(w.code_sent(device=w.mac(n)))
    assert scenario.matter is not None
    session = scenario.matter.id
    scenario.run(w.verified(session))
    matter = scenario.matters[session]
    assert isinstance(matter, WifiSession)
    return matter


# --- codes -------------------------------------------------------------------------------------


def test_a_code_is_stored_as_a_hash_and_good_for_five_minutes() -> None:
    given(w.installed()).when(w.code_sent(at=MONDAY_MORNING)).then(
        happened(
            WifiSession.CodeSent,
            mobile=w.mobile(),
            user=w.user(),
            mac=w.MAC,
            device=keyed_hash("mac", w.MAC),
            hotspot="HS-1",
            notice_version=w.NOTICE,
            code_hash=keyed_hash("wifi-code-sent", f"{MATTER}:{w.code()}"),
            expires_at=MONDAY_MORNING + 5 * MINUTE,
        ),
        happened(WifiUser.UserKnown, on=w.USER, user=w.user()),
        happened(WifiUser.CodeCounted, on=w.USER, today=1, sent_at=MONDAY_MORNING),
    )


def test_a_second_code_within_a_minute_is_refused_and_told_when() -> None:
    scenario = given(w.code_sent(at=MONDAY_MORNING))
    scenario.when(w.code_sent(), at=MONDAY_MORNING + timedelta(seconds=59)).then_refused(
        TooManyCodes(retry_at=MONDAY_MORNING + MINUTE)
    )
    assert scenario.when(w.code_sent(), at=MONDAY_MORNING + MINUTE).refused is None


def test_an_eleventh_code_of_a_day_is_refused_recorded_once_and_the_next_day_is_new() -> None:
    scenario = given()
    for n in range(10):
        scenario.run(w.code_sent(at=MONDAY_MORNING + n * MINUTE))
    midnight = shanghai("2026-03-03T00:00")
    refused = TooManyCodes(retry_at=midnight)
    scenario.when(w.code_sent()).then_turned_down(
        refused,
        happened(
            WifiUser.CodeFloodSuspected,
            on=w.USER,
            user=w.user(),
            hotspot="HS-1",
            codes=10,
            retry_at=midnight,
        ),
    )
    scenario.when(w.code_sent()).then_refused(refused)
    assert scenario.when(w.code_sent(), at=midnight).refused is None


def test_a_blocked_user_gets_no_code_until_the_block_ends() -> None:
    until = MONDAY_MORNING + timedelta(days=1)
    scenario = given(w.blocked(until=until))
    scenario.when(w.code_sent()).then_refused(UserBlocked(until=until))
    assert scenario.when(w.code_sent(), at=until).refused is None


def test_a_user_has_to_have_seen_the_notice_in_force() -> None:
    given().when(w.code_sent(notice_version="2025-3")).then_refused(
        NoticeOutdated(in_force=w.NOTICE)
    )


def test_a_wrong_code_counts_down_and_the_fifth_locks() -> None:
    scenario = given(w.code_sent())
    for left in (4, 3, 2, 1):
        scenario.when(w.verified(said=w.wrong())).then_turned_down(
            CodeWrong(tries_left=left), happened(WifiSession.CodeRejected, tries_left=left)
        )
    scenario.when(w.verified(said=w.wrong())).then_turned_down(
        CodeLocked(), happened(WifiSession.CodeRejected, tries_left=0)
    )
    scenario.when(w.verified()).then_refused(CodeLocked())


def test_a_code_is_good_at_five_minutes_and_not_after() -> None:
    sent, end = w.code_sent(at=MONDAY_MORNING), MONDAY_MORNING + 5 * MINUTE
    assert given(sent).when(w.verified(), at=end).refused is None
    given(sent).when(w.verified(), at=end + timedelta(seconds=1)).then_refused(
        CodeExpired(expired_at=end)
    )


@pytest.mark.parametrize("mobile", ["1381234567", "057487654321", "+861381234567x"])
def test_what_is_no_mobile_gets_no_code(mobile: str) -> None:
    with pytest.raises(ValidationError, match="mobile"):
        SendCode(mobile=mobile, hotspot="HS-1", device_mac=w.MAC, notice_version=w.NOTICE)


@pytest.mark.parametrize(
    "written", ["00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e", "001a2b3c4d5e", "00:1a:2B:3c:4D:5e"]
)
def test_every_spelling_of_an_address_is_the_same(written: str) -> None:
    sent = SendCode(mobile=w.mobile(), hotspot="HS-1", device_mac=written, notice_version=w.NOTICE)
    assert sent.device_mac == w.MAC
    assert not is_made_up(sent.device_mac)
    assert is_made_up(w.MADE_UP)


# --- devices -----------------------------------------------------------------------------------


def test_a_device_is_recognised_for_seven_days() -> None:
    scenario = given(*w.AUTHENTICATED)
    end = scenario.at + timedelta(days=7)
    assert types(scenario.after(w.recognised(at=end)))[-2:] == [
        "DeviceRecognised",
        "UserAuthenticated",
    ]
    scenario.when(w.recognised(), at=end + MINUTE).then_refused(DeviceUnknown())


def test_an_address_that_was_made_up_is_no_identity() -> None:
    scenario = given(w.code_sent(device=w.MADE_UP), w.verified())
    assert types(scenario)[-1] == "UserAuthenticated"
    scenario.when(w.recognised(w.MADE_UP)).then_refused(DeviceUnknown())


def test_a_device_belongs_to_who_verified_last() -> None:
    scenario = given(*w.AUTHENTICATED).after(w.code_sent(2))
    assert scenario.matter is not None
    scenario.run(w.verified(scenario.matter.id))
    scenario.run(w.recognised())
    assert isinstance(scenario.matter, WifiSession)
    assert scenario.matter.user == w.user(2)


# --- access ------------------------------------------------------------------------------------


def test_access_tells_the_nas_its_limits_and_takes_a_place() -> None:
    scenario = given(*w.AUTHENTICATED)
    scenario.when(w.access()).then(
        happened(
            WifiSession.AccessGranted,
            user=w.user(),
            ap=w.AP,
            hotspot="HS-1",
            session_timeout_s=4 * 3600,
            idle_timeout_s=1800,
            interim_interval_s=900,
            clocks=ANY,
        ),
        happened(WifiUser.DeviceAdmitted, on=w.USER, place=ANY),
    )


def test_an_access_point_nobody_knows_is_told_so() -> None:
    given(*w.AUTHENTICATED).when(w.access(nas="AP-99")).then_refused(UnknownNas())


def test_a_fourth_and_a_fifth_device_are_refused_and_after_a_stop_the_next_is_granted() -> None:
    """Acceptance 5, one after the other; at once it is tried over a real log."""
    scenario = with_devices(3)
    for n in (4, 5):
        session = one_more_device(scenario, n)
        answer = scenario.when(w.access(session.id))
        assert answer.decision is not None
        (event,) = answer.decision.events
        assert event.refusal() == TooManyDevices(most=3)
        assert scenario.matters[session.id].state is SessionState.REFUSED  # type: ignore[attr-defined]  # a session
    scenario.after(w.start(), w.stop())
    session = one_more_device(scenario, 6)
    scenario.run(w.access(session.id))
    assert places(scenario) == 3


def test_a_place_whose_device_never_came_is_given_back_after_ten_minutes() -> None:
    scenario = given(*w.GRANTED)
    due_at = scenario.at + 10 * MINUTE
    scenario.when(w.lapsed(), at=due_at - MINUTE).then_refused(NotDue(due_at=due_at))
    scenario.run(w.lapsed(at=due_at))
    assert places(scenario) == 0


def test_a_device_that_comes_after_all_takes_a_place_again() -> None:
    scenario = given(*w.GRANTED)
    scenario.after(w.lapsed(at=scenario.at + 10 * MINUTE), w.start())
    assert types(scenario)[-3:] == ["SessionStarted", "ApSessionBegan", "DeviceAdmitted"]


def test_a_user_blocked_before_the_start_is_asked_to_go_when_it_comes() -> None:
    scenario = given(*w.GRANTED, w.blocked(), w.start())
    assert [
        e.reason for e in scenario.happened if isinstance(e, WifiSession.DisconnectRequested)
    ] == ["block"]


# --- spoofing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("device", "point", "after", "suspected"),
    [
        (w.MAC, w.FAR, 30, True),
        (w.MAC, w.FAR, 61, False),
        (w.MAC, w.SQUARE, 30, False),
        (w.MADE_UP, w.FAR, 30, False),
    ],
)
def test_one_device_on_two_distant_access_points_within_a_minute_is_suspected(
    device: str, point: object, after: int, suspected: bool
) -> None:
    scenario = given(
        w.installed(),
        w.installed(w.OTHER_NAS, hotspot="HS-2", point=point),
        w.code_sent(device=device),
    )
    scenario.run(w.code_sent(device=device, at=scenario.at + 2 * MINUTE))
    assert scenario.matter is not None
    second = scenario.matter.id
    scenario.after(w.verified(), w.verified(second), w.access())
    scenario.run(w.access(second, w.OTHER_NAS, at=scenario.at + timedelta(seconds=after)))
    assert ("MacSpoofingSuspected" in types(scenario)) is suspected
