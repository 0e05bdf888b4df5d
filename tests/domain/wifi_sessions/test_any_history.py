"""Whatever portals, access points and officers send in whatever order, what must always hold does.

Commands are drawn without regard to whether they are allowed; claims are judged by a plain model of
the log. Each event goes through the form in which it is stored.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from commands.policies.wifi_sessions import when_blocked, when_restarted
from domain.shared.aggregate import Aggregate, EventBase
from domain.shared.clocks import ClockedAggregate, Phase
from domain.shared.refusals import Refused
from domain.wifi_sessions import (
    AccessPoint,
    LogDay,
    LogRequest,
    PublicPorts,
    SessionState,
    WifiSession,
    WifiUser,
)
from domain.wifi_sessions.limits import CODES_A_DAY, LIVE_DEVICES
from infra.discovery import discover
from infra.log.codec import Codec
from tests import wifi as w
from tests.claim_book import ClaimBook
from tests.scenario import HUIMIN, MATTER, MONDAY_MORNING, Scenario, Step, folded, shanghai, spec_of

CODEC = Codec(discover())
MACS = (w.MAC, w.mac(1), w.mac(2), w.MADE_UP)
NASES = (w.NAS, w.OTHER_NAS)
ENDS = (
    WifiSession.SessionPresumedEnded,
    WifiSession.SessionStopped,
    WifiSession.SessionClosedByRestart,
)


def stored_and_read(event: EventBase) -> EventBase:
    new = CODEC.encode(event)
    return CODEC.event_from(new.type, new.data, new.stream_id, new.version, event.timestamp)


def state_of(matter: Aggregate) -> dict[str, Any]:
    """All a matter knows; the readings of clocks are made when they are first asked for."""
    clocks = matter.clocks if isinstance(matter, ClockedAggregate) else {}
    return {**vars(matter), "_clocks": clocks}


class Town(RuleBasedStateMachine):
    """Two access points, three people, four devices, and a clock that only goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = MONDAY_MORNING
        self.book = ClaimBook()
        self.world = Scenario()
        for nas in NASES:
            point = w.SQUARE if nas == w.NAS else w.FAR
            self.send(w.installed(nas, hotspot=f"HS-{nas}", point=point))

    def send(self, step: Step) -> WifiSession | None:
        """One command, judged like the executor and the log would: all of it or nothing."""
        spec = spec_of(step.command)
        named = self.world.matters.get(getattr(step.command, spec.key)) if spec.key else None
        if spec.key and not isinstance(named, spec.aggregate):
            return None
        before = dict(self.world.matters), list(self.world.happened)
        try:
            decision = self.world.run(step.but(at=self.now))
            if decision.aggregate is not None:
                self.book.judge(decision.claims, decision.aggregate.id, self.now)
        except Refused:
            self.world.matters, self.world.happened = before
            return None
        for event in self.world.happened[len(before[1]) :]:
            if isinstance(event, AccessPoint.ApRestarted):
                for close in when_restarted(event):
                    self.send(Step(close, HUIMIN))
            if isinstance(event, WifiUser.UserBlocked):
                for ask in when_blocked(event):
                    self.send(Step(ask, HUIMIN))
        return decision.aggregate if isinstance(decision.aggregate, WifiSession) else None

    def sessions(self) -> list[UUID]:
        return sorted(m.id for m in self.world.matters.values() if isinstance(m, WifiSession))

    def some(self, data: st.DataObject) -> UUID:
        """A session, one of the last three mostly, so that things happen to it."""
        return data.draw(st.sampled_from(self.sessions() or [MATTER]), label="session")

    # --- what may be asked ---------------------------------------------------------------------

    @rule(n=st.integers(1, 3), mac=st.sampled_from(MACS))
    def ask_for_code(self, n: int, mac: str) -> None:
        self.send(w.code_sent(n, mac))

    @rule(n=st.integers(1, 3), mac=st.sampled_from(MACS), nas=st.sampled_from(NASES))
    def sign_in(self, n: int, mac: str, nas: str) -> None:
        """The way to access, so that a session online is not a rare thing."""
        self.now += timedelta(seconds=61)
        session = self.send(w.code_sent(n, mac))
        if session is not None:
            self.send(w.verified(session.id))
            self.send(w.access(session.id, nas))
            self.send(
                w.start(
                    session.id,
                    nas_id=nas,
                    calling_station_id=mac,
                    acct_session_id=f"S{len(self.world.matters)}",
                )
            )

    @rule(data=st.data(), right=st.booleans())
    def say_code(self, data: st.DataObject, right: bool) -> None:
        session = self.some(data)
        self.send(w.verified(session, w.code(session) if right else w.wrong(session)))

    @rule(mac=st.sampled_from(MACS))
    def recognise(self, mac: str) -> None:
        self.send(w.recognised(mac))

    @rule(data=st.data(), nas=st.sampled_from(NASES))
    def ask_access(self, data: st.DataObject, nas: str) -> None:
        self.send(w.access(self.some(data), nas))

    @rule(
        data=st.data(),
        kind=st.sampled_from(["start", "interim", "stop"]),
        classed=st.booleans(),
        acct=st.sampled_from(["own", "own", "own", "A1", "A2"]),
        nas=st.sampled_from(NASES),
        octets=st.sampled_from([0, 10, 1_000, 4_294_967_000]),
        seconds=st.integers(0, 20_000),
        delay=st.sampled_from([0, 0, 30, 1_000]),
    )
    def account(
        self,
        data: st.DataObject,
        kind: str,
        classed: bool,
        acct: str,
        nas: str,
        octets: int,
        seconds: int,
        delay: int,
    ) -> None:
        id = self.some(data)
        session = self.world.matters.get(id)
        if acct == "own" and isinstance(session, WifiSession) and session.accounting:
            nas, acct = session.accounting
        given: dict[str, Any] = {
            "nas_id": nas,
            "acct_session_id": acct,
            "delay_time_s": delay,
        }
        named = id if classed else None
        if kind == "start":
            self.send(w.start(named, **given))
        elif kind == "interim":
            self.send(w.interim(seconds, octets, named, **given))
        else:
            self.send(w.stop(seconds, octets, named, **given))

    @rule(data=st.data())
    @precondition(lambda self: self.sessions())
    def ask_anything(self, data: st.DataObject) -> None:
        session = self.some(data)
        steps = (
            w.silent(session),
            w.lapsed(session),
            w.overlong(session),
            w.disconnected(session),
            w.answered(session),
            w.answered(session, acknowledged=False),
            w.nas_restarted(session),
            w.port_scan(session),
        )
        self.send(data.draw(st.sampled_from(steps), label="step"))

    @rule(data=st.data(), comes_back=st.booleans())
    @precondition(lambda self: self.in_state(SessionState.ONLINE))
    def fall_silent(self, data: st.DataObject, comes_back: bool) -> None:
        """So that sessions are taken for ended, and revived, more than once in a while."""
        online = {session.id: session for session in self.in_state(SessionState.ONLINE)}
        session = online[data.draw(st.sampled_from(list(online)), label="online")]
        self.now += timedelta(minutes=46)
        self.send(w.silent(session.id))
        if comes_back and session.accounting is not None:
            nas, acct = session.accounting
            given: dict[str, Any] = {"nas_id": nas, "acct_session_id": acct}
            self.send(w.interim(session.seconds + 2_760, 77, session.id, **given))

    @rule()
    @precondition(lambda self: self.in_state(SessionState.AUTHENTICATED))
    def never_come(self) -> None:
        self.now += timedelta(minutes=11)
        for session in self.in_state(SessionState.AUTHENTICATED):
            self.send(w.lapsed(session.id))

    def in_state(self, state: SessionState) -> list[WifiSession]:
        """The sessions in a state, by id."""
        found = [m for m in self.world.matters.values() if isinstance(m, WifiSession)]
        return sorted((m for m in found if m.state is state), key=lambda m: m.id)

    @rule(nas=st.sampled_from(NASES), kind=st.sampled_from(["on", "off"]))
    def restart(self, nas: str, kind: str) -> None:
        self.send(w.accounting_on(nas_id=nas, kind=kind))

    @rule(busy=st.integers(0, 100), uptime=st.integers(0, 999))
    def beat(self, busy: int, uptime: int) -> None:
        self.send(w.heartbeat(busy, uptime))

    @rule(
        step=st.sampled_from(
            [
                w.declared_down(),
                w.maintained(),
                w.maintained_no_more(),
                w.moved(),
                w.log_requested(),
                w.log_requested(public_ip=None, port=None, hotspot="HS-1"),
                w.logs_destroyed(MONDAY_MORNING.date()),
                w.blocked(1),
                w.blocked(2, until=shanghai("2026-03-03T09:00")),
                w.unblocked(1),
                w.erased(3),
            ]
        )
    )
    def run_the_network(self, step: Step) -> None:
        self.send(step)

    @rule(data=st.data(), approve=st.booleans())
    def decide_request(self, data: st.DataObject, approve: bool) -> None:
        requests = [m.id for m in self.world.matters.values() if isinstance(m, LogRequest)]
        if requests:
            request = data.draw(st.sampled_from(sorted(requests)), label="request")
            self.send(w.log_approved(request) if approve else w.log_rejected(request))
            self.send(w.log_disclosed(request))

    @rule(
        data=st.data(),
        first=st.integers(1000, 1100),
        width=st.integers(0, 50),
        begins=st.integers(-60, 60),
        lasts=st.integers(1, 60),
    )
    def map_ports(
        self, data: st.DataObject, first: int, width: int, begins: int, lasts: int
    ) -> None:
        self.send(
            w.mapped(
                self.some(data),
                minutes=(begins, begins + lasts),
                first_port=first,
                last_port=first + width,
            )
        )

    @rule(
        passed=st.one_of(
            st.timedeltas(timedelta(seconds=1), timedelta(hours=1)),
            st.timedeltas(timedelta(hours=1), timedelta(days=2)),
        )
    )
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    # --- what must always hold -----------------------------------------------------------------

    @invariant()
    def three_devices_are_live_at_most(self) -> None:
        for matter in self.world.matters.values():
            if isinstance(matter, WifiUser):
                assert len(matter.places) <= LIVE_DEVICES
                held = [place.session for place in matter.places]
                assert len(set(held)) == len(held)
                for id in held:
                    session = self.world.matters[id]
                    assert isinstance(session, WifiSession)
                    live = (SessionState.AUTHENTICATED, SessionState.ONLINE)
                    assert session.state in live
                    assert session.user == matter.user

    @invariant()
    def totals_never_fall_and_add_up(self) -> None:
        reported: Counter[UUID] = Counter()
        for event in self.world.happened:
            if isinstance(event, WifiSession.UsageReported | WifiSession.SessionStopped):
                assert event.added.sent >= 0
                assert event.added.received >= 0
                reported[event.id] += event.added.received
                assert event.total.received == reported[event.id]

    @invariant()
    def a_session_ends_once_however_often_it_is_said(self) -> None:
        online: Counter[UUID] = Counter()
        for event in self.world.happened:
            if isinstance(event, WifiSession.SessionStarted | WifiSession.SessionRevived):
                online[event.id] += 1
            elif isinstance(event, ENDS) and getattr(event, "ends", True):
                online[event.id] -= 1
            assert not hasattr(event, "nas") or 0 <= online[event.id] <= 1
        for id in self.sessions():
            session = self.world.matters[id]
            assert isinstance(session, WifiSession)
            assert online[id] == (session.state is SessionState.ONLINE)

    @invariant()
    def a_port_has_one_session_at_a_time(self) -> None:
        for matter in self.world.matters.values():
            if isinstance(matter, PublicPorts):
                for n, one in enumerate(matter.held):
                    assert not any(one.overlaps(other) for other in matter.held[n + 1 :])

    @invariant()
    def a_number_of_an_access_point_has_one_session_between_restarts(self) -> None:
        seen = Counter(
            (e.nas, e.acct_session_id, e.boot, e.id)
            for e in self.world.happened
            if isinstance(e, WifiSession.SessionStarted)
        )
        assert all(count == 1 for count in seen.values())

    @invariant()
    def clocks_run_only_while_they_can_fall_due(self) -> None:
        for id in self.sessions():
            session = self.world.matters[id]
            assert isinstance(session, WifiSession)
            running = {n for n, r in session.clocks.items() if r.phase is Phase.RUNNING}
            if session.state is SessionState.ONLINE:
                assert "silence" in running
                assert "access-grant" not in running
            elif session.state is SessionState.AUTHENTICATED:
                assert running == ({"access-grant"} if session.granted else set())
            else:
                assert running == set()

    @invariant()
    def an_open_request_holds_its_days(self) -> None:
        days = [m for m in self.world.matters.values() if isinstance(m, LogDay)]
        for matter in self.world.matters.values():
            if isinstance(matter, LogRequest):
                is_open = matter.state in ("requested", "approved")
                held = sum(matter.id in day.holders for day in days)
                assert held == (1 if is_open and self.kept(days) else 0)

    def kept(self, days: list[LogDay]) -> bool:
        return any(day.state == "kept" for day in days)

    @invariant()
    def codes_are_ten_a_day(self) -> None:
        for matter in self.world.matters.values():
            if isinstance(matter, WifiUser):
                assert len(matter.codes) <= CODES_A_DAY

    @invariant()
    def events_are_numbered_and_in_order_of_time(self) -> None:
        versions: Counter[UUID] = Counter()
        for event in self.world.happened:
            versions[event.id] += 1
            assert event.version == versions[event.id]
            assert event.at.tzinfo is UTC

    def teardown(self) -> None:
        for id, matter in self.world.matters.items():
            own = [event for event in self.world.happened if event.id == id]
            assert state_of(folded(own, stored_and_read)) == state_of(matter)


TestTown = Town.TestCase
TestTown.settings = settings(
    stateful_step_count=50, max_examples=settings().max_examples, deadline=None
)
