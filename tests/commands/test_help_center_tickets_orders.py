"""Orders to keep people from the city's WiFi: who may give them, until when, and what WiFi does."""

from datetime import timedelta
from typing import Any

import pytest

from commands.policies.wifi_sessions import when_blocked, when_ordered
from commands.wifi_sessions.users import BlockUser, UnblockUser
from domain.help_center_tickets import WifiBlockOrder
from domain.help_center_tickets.refusals import OrderEndPassed
from domain.help_center_tickets.states import OrderState
from domain.shared.aggregate import EventBase
from domain.shared.refusals import FourEyes, NotFound, NotInState
from domain.wifi_sessions import WifiUser
from domain.wifi_sessions.refusals import NotBlocked
from projections.help_center_tickets.orders import WifiBlockOrders
from projections.wifi_sessions.warnings import UserBlocks
from tests import orders as o
from tests import tickets as t
from tests import wifi as w
from tests.projections.rows import rows_of
from tests.scenario import HUIMIN, MATTER, Scenario, Step, given, happened, shanghai

UNTIL = shanghai("2026-06-01T00:00")
S = OrderState

ordered = o.ordered()
turned_down = o.turned_down()
lifted = o.lifted()
REQUESTED = (t.opened(), o.requested())

PATHS: dict[OrderState, tuple[Step, ...]] = {
    S.REQUESTED: REQUESTED,
    S.ORDERED: (*REQUESTED, ordered),
    S.TURNED_DOWN: (*REQUESTED, turned_down),
    S.LIFTED: (*REQUESTED, ordered, lifted),
}
TABLE: dict[str, tuple[Step, OrderState, type[EventBase]]] = {
    "order-wifi-block": (ordered, S.REQUESTED, WifiBlockOrder.WifiBlockOrdered),
    "turn-down-wifi-block": (turned_down, S.REQUESTED, WifiBlockOrder.WifiBlockTurnedDown),
    "lift-wifi-block": (lifted, S.ORDERED, WifiBlockOrder.WifiBlockLifted),
}


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("name", TABLE)
def test_a_command_on_an_order_is_allowed_or_refused_by_state(name: str, state: OrderState) -> None:
    scenario = given(*PATHS[state])
    (row,) = rows_of(WifiBlockOrders, scenario.happened).values()
    assert row.state is state
    step, allowed_in, event = TABLE[name]
    answer = scenario.when(step)
    if state is allowed_in:
        assert answer.decision is not None
        assert [type(e) for e in answer.decision.events] == [event]
    else:
        allowed = tuple(sorted(n for n, (_, only, _) in TABLE.items() if only is state))
        answer.then_refused(NotInState(state=state, allowed=allowed))


def test_the_orders_marks_are_the_tables() -> None:
    declared = {name.replace("_", "-"): v for name, v in WifiBlockOrder.actions.items()}
    assert declared == {name: {str(state)} for name, (_, state, _) in TABLE.items()}


@pytest.mark.parametrize("step", [ordered, turned_down])
def test_the_officer_who_asked_does_not_decide(step: Step) -> None:
    requested = o.requested(by=w.POLICE_1)
    given(t.opened(), requested).when(step, by=w.POLICE_1).then_refused(FourEyes())


def test_an_order_names_whom_it_concerns_by_reference_alone() -> None:
    given(*REQUESTED).when(ordered).then(
        happened(
            WifiBlockOrder.WifiBlockOrdered,
            user=w.user(),
            order_no="甬公网安〔2026〕7号",
            until=UNTIL,
            officer="police-1",
        )
    )


def test_an_order_needs_a_ticket_and_an_end_to_come() -> None:
    given().when(o.requested()).then_refused(NotFound())
    over = OrderEndPassed(until=UNTIL)
    given(t.opened()).when(o.requested(), at=UNTIL).then_refused(over)
    given(*REQUESTED).when(ordered, at=UNTIL).then_refused(over)
    assert given(*REQUESTED).when(turned_down, at=UNTIL).refused is None


# --- what WiFi does ----------------------------------------------------------------------------


def reacted(scenario: Scenario, policy: Any) -> list[Any]:
    """What came of the commands that a policy asks for because of the last event."""
    asked = policy(scenario.happened[-1])
    commands = asked if isinstance(asked, list) else [asked]
    return [scenario.when(Step(command, HUIMIN)).refused for command in commands]


def test_an_order_blocks_the_user_and_its_end_lets_him_in_again() -> None:
    scenario = given(*w.ONLINE, t.opened(2), o.requested(2), ordered)
    order = scenario.happened[-1].id
    assert reacted(scenario, when_ordered) == [None]
    blocked = scenario.happened[-1]
    assert isinstance(blocked, WifiUser.UserBlocked)
    assert (blocked.until, blocked.sessions) == (UNTIL, (MATTER,))
    assert reacted(scenario, when_blocked) == [None]
    assert type(scenario.happened[-1]).__name__ == "DisconnectRequested"
    scenario.run(o.lifted(order))
    assert reacted(scenario, when_ordered) == [None]
    assert rows_of(UserBlocks, scenario.happened) == {}


def block(order_no: str, until: Any = None) -> Step:
    return Step(BlockUser(user=w.user(), until=until, order_no=order_no), HUIMIN)


def unblock(order_no: str | None) -> Step:
    return Step(UnblockUser(user=w.user(), order_no=order_no), HUIMIN)


def test_what_another_order_blocks_stays_blocked() -> None:
    scenario = given(block("police"), block("centre", UNTIL))
    user = scenario.matters[w.USER]
    assert isinstance(user, WifiUser)
    assert user.blocked_until is None
    row = rows_of(UserBlocks, scenario.happened)[w.user()]
    assert (row.until, row.order_no) == (None, "centre")
    scenario.when(unblock("nobody's")).then_refused(NotBlocked())
    scenario.run(unblock("centre"))
    row = rows_of(UserBlocks, scenario.happened)[w.user()]
    assert (row.until, row.order_no, len(row.orders)) == (None, "police", 1)
    scenario.when(unblock("centre")).then_refused(NotBlocked())
    scenario.run(unblock("police"))
    assert rows_of(UserBlocks, scenario.happened) == {}


def test_a_user_is_blocked_until_the_last_order_ends() -> None:
    scenario = given(block("one", UNTIL), block("two", UNTIL - timedelta(days=30)))
    user = scenario.matters[w.USER]
    assert isinstance(user, WifiUser)
    assert user.blocked_until == UNTIL
    assert user.is_blocked(UNTIL - timedelta(days=1))
    assert not user.is_blocked(UNTIL)
    scenario.run(unblock(None))
    assert rows_of(UserBlocks, scenario.happened) == {}
