"""What the help centre does about a care visit that nobody began: a ticket, and its end."""

from typing import Any

import pytest

from commands.policies.help_center_tickets import when_nobody_came, when_somebody_came
from domain.care_orders import Visit
from domain.help_center_tickets import HelpTicket, Holder, State, Urgency, policy_ticket_id
from domain.help_center_tickets.values import Place
from domain.shared.personal import personal_fields
from tests import care as c
from tests import tickets as t
from tests import visits as v
from tests.scenario import HUIMIN, Step, given

TICKET = policy_ticket_id("care-orders", c.VISIT, "missed-visit")
START, HOUR, MINUTE = v.START, v.HOUR, v.MINUTE
LONG = (*c.ACTIVE, v.scheduled(length=3 * HOUR))
LONG_MISSED = (*LONG, v.missed(at=START + 30 * MINUTE))


def breached() -> Visit.ClockBreached:
    scenario = given(*v.MISSED)
    scenario.matter = v.visit_in(scenario)
    (breach,) = scenario.settled(START + 61 * MINUTE)
    assert isinstance(breach, Visit.ClockBreached)
    return breach


def opened() -> t.World:
    """The help centre with the ticket, and what its own policies make of it."""
    made = t.world(Step(when_nobody_came(breached()), HUIMIN))
    made.react()
    return made


def test_the_ticket_is_an_emergency_at_the_elders_home_for_civil_affairs() -> None:
    made = opened()
    assert made.names(TICKET) == ["TicketOpened", "TicketClassified", "TicketDispatched"]
    ticket: Any = made.matters[TICKET]
    assert (ticket.item, ticket.urgency) == ("A132", Urgency.EMERGENCY)
    assert ticket.holder == Holder(kind="department", code="civil-affairs")
    assert ticket.place == Place(district="330203", address=c.ADDRESS, point=c.HOME)
    assert (ticket.cause.program, ticket.cause.matter_id) == ("care-orders", c.VISIT)


def test_whom_to_look_for_stands_in_the_personal_text_alone() -> None:
    event = t.last(opened().events_of(TICKET), HelpTicket.TicketOpened)
    assert event.text.startswith("王明：原定2026-03-03 09:00开始")
    plain = event.model_dump_json(exclude=personal_fields(type(event)))
    assert all(told not in plain for told in ("王明", c.ADDRESS.detail, c.resident(), "29.86"))


def test_the_same_breach_asks_for_the_same_ticket() -> None:
    made = opened()
    again = made.refused(Step(when_nobody_came(breached()), HUIMIN))
    assert again.code == "id-in-use"


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ((*v.MISSED, v.resolved(at=START + 61 * MINUTE)), "missed-visit-resolved"),
        ((*LONG_MISSED, v.checked_in(at=START + 61 * MINUTE)), "late-start-accepted"),
        (
            (*v.MISSED, v.checked_in(at=START + 70 * MINUTE, made=START + 5 * MINUTE)),
            "late-start-accepted",
        ),
        # the scheduler was down: nobody marked the visit as missed
        ((*LONG, v.checked_in(at=START + 61 * MINUTE)), "visit-started"),
    ],
)
def test_whoever_comes_after_the_hour_closes_the_ticket_with_the_reason(
    steps: tuple[Step, ...], reason: str
) -> None:
    made = opened()
    done = when_somebody_came(given(*steps).happened[-1])
    assert done is not None
    made.run(Step(done, HUIMIN))
    reported = t.last(made.events_of(TICKET), HelpTicket.WorkReported)
    assert (reported.reason, reported.closes) == (reason, True)
    ticket: Any = made.matters[TICKET]
    assert ticket.state is State.CLOSED


@pytest.mark.parametrize(
    "steps",
    [
        (*v.MISSED, v.resolved(at=START + 60 * MINUTE)),
        (*LONG_MISSED, v.checked_in(at=START + 60 * MINUTE)),
        v.STARTED,
    ],
)
def test_whoever_comes_within_the_hour_asks_nothing_of_the_help_centre(
    steps: tuple[Step, ...],
) -> None:
    assert when_somebody_came(given(*steps).happened[-1]) is None
