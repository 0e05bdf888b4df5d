"""What runs out when: office hours, weekends, holidays with make-up days, pauses, and escalation."""

from datetime import date, timedelta

import pytest

from domain.help_center_tickets import HelpTicket, Kind, Urgency
from domain.help_center_tickets import refusals as no
from domain.help_center_tickets.limits import ACCEPT, CONTACT, SETTLE
from domain.help_center_tickets.states import PauseGround
from domain.shared.clocks import Phase
from domain.shared.refusals import NotDue
from tests import tickets as t
from tests.scenario import CALENDAR, HUIMIN, shanghai
from tests.tickets import World, last, world

FRIDAY = shanghai("2026-11-20T16:50")


def due(made: World, clock: str, number: int = 1) -> object:
    return made.ticket(number).clocks[clock].due_at


# --- starting ----------------------------------------------------------------------------------


def test_an_ordinary_ticket_of_friday_evening_is_accepted_by_monday_ten_to_ten() -> None:
    """Acceptance 1."""
    made = world(t.opened(at=FRIDAY), t.classified())
    assert due(made, ACCEPT.name) == shanghai("2026-11-23T09:50")


def test_clocks_start_when_classified_but_count_from_the_opening() -> None:
    late = shanghai("2026-11-23T10:00")
    made = world(t.opened(at=FRIDAY), t.classified(at=late))
    assert due(made, ACCEPT.name) == shanghai("2026-11-23T09:50")
    assert due(made, SETTLE.name) == shanghai("2026-11-25T17:30")
    assert [type(e).__name__ for e in made.settled(late + timedelta(seconds=1))] == [
        "ClockWarned",
        "ClockBreached",
        "TicketEscalated",
    ]


@pytest.mark.parametrize(
    ("kind", "item", "urgency", "accept", "contact", "settle"),
    [
        # emergency: 5 minutes, 15 minutes, 2 hours, round the clock
        (Kind.HELP, t.LIFT, Urgency.ORDINARY, "11-20T16:55", "11-20T17:05", "11-20T18:50"),
        # urgent: 30 minutes, 2 hours, 24 hours
        (Kind.HELP, t.LAMP, Urgency.URGENT, "11-20T17:20", "11-20T18:50", "11-21T16:50"),
        # ordinary: 2 and 4 office hours, 3 working days
        (Kind.HELP, t.LAMP, Urgency.ORDINARY, "11-23T09:50", "11-23T11:50", "11-25T17:30"),
        # consult: a working day, three
        (Kind.CONSULT, t.LAMP, Urgency.ORDINARY, None, "11-23T17:30", "11-25T17:30"),
        (Kind.SUGGESTION, t.LAMP, Urgency.ORDINARY, None, "11-23T17:30", "11-25T17:30"),
        # complaint and report: one, one, ten
        (Kind.COMPLAINT, t.LAMP, Urgency.ORDINARY, "11-23T17:30", "11-23T17:30", "12-04T17:30"),
        (Kind.REPORT, t.LAMP, Urgency.ORDINARY, "11-23T17:30", "11-23T17:30", "12-04T17:30"),
        # consumer complaint, SAMR Order 20: seven to accept, forty-five to mediate
        (Kind.COMPLAINT, "F116", Urgency.ORDINARY, "12-01T17:30", None, "2027-01-25T17:30"),
    ],
)
def test_the_table_of_limits(
    kind: Kind,
    item: str,
    urgency: Urgency,
    accept: str | None,
    contact: str | None,
    settle: str,
) -> None:
    made = world(t.opened(at=FRIDAY, kind=kind), t.classified(item=item, urgency=urgency))
    clocks = made.ticket().clocks
    for clock, text in ((ACCEPT, accept), (CONTACT, contact), (SETTLE, settle)):
        if text is None:
            assert clock.name not in clocks
        else:
            assert clocks[clock.name].due_at == shanghai(
                text if text.startswith("2027") else f"2026-{text}"
            )


def test_a_holiday_with_a_make_up_day_is_counted_as_it_is_worked() -> None:
    # Spring Festival 2026: off from 15 to 23 February, worked on Saturday the 14th.
    made = world(t.opened(at=shanghai("2026-02-13T10:00")), t.classified())
    assert due(made, SETTLE.name) == shanghai("2026-02-25T17:30")


def test_a_typhoon_stops_office_hours_but_no_emergency() -> None:
    closed = CALENDAR.with_closures([date(2026, 8, 11)])
    evening = shanghai("2026-08-10T16:50")
    made = world(t.opened(at=evening), t.classified(), calendar=closed)
    assert due(made, ACCEPT.name) == shanghai("2026-08-12T09:50")
    made = world(t.opened(at=evening), t.classified(item=t.LIFT), calendar=closed)
    assert due(made, SETTLE.name) == shanghai("2026-08-10T18:50")


# --- reclassifying and merging -----------------------------------------------------------------


def test_reclassifying_upward_counts_from_the_beginning_and_may_be_overdue_at_once() -> None:
    made = world(t.opened(at=FRIDAY), t.classified())
    made.run(t.reclassified(urgency=Urgency.EMERGENCY, at=shanghai("2026-11-20T17:10")))
    assert due(made, ACCEPT.name) == shanghai("2026-11-20T16:55")
    names = [type(e).__name__ for e in made.settled(shanghai("2026-11-20T17:11"))]
    assert names.count("ClockBreached") == 2  # acceptance and first contact


def test_reclassifying_downward_moves_no_due_time_back() -> None:
    made = world(t.opened(at=FRIDAY), t.classified(urgency=Urgency.URGENT))
    before = due(made, SETTLE.name)
    made.run(t.reclassified(urgency=Urgency.ORDINARY))
    assert due(made, SETTLE.name) == before
    assert made.ticket().urgency is Urgency.ORDINARY


def test_merging_keeps_the_earliest_clock() -> None:
    monday = shanghai("2026-11-23T10:00")
    made = world(
        t.opened(1, at=FRIDAY),
        t.opened(2, at=monday),
        t.classified(2),
        t.merged(1, lead=t.ticket_id(2)),
    )
    assert due(made, ACCEPT.name, 2) == shanghai("2026-11-23T09:50")
    assert due(made, SETTLE.name, 2) == shanghai("2026-11-25T17:30")


def test_a_merge_that_is_undone_leaves_the_time_unbroken() -> None:
    made = world(
        t.opened(1, at=FRIDAY),
        t.opened(2, by=t.STRANGER),
        t.classified(1),
        t.classified(2),
        t.merged(1),
    )
    before = shanghai("2026-11-25T17:30")
    assert made.ticket(1).clocks[SETTLE.name].phase is Phase.CANCELLED
    made.run(t.withdrawn(2, by=t.STRANGER))
    made.react()
    assert due(made, SETTLE.name) == before
    assert made.ticket(1).state == "classified"


# --- pausing and extending ---------------------------------------------------------------------


def test_a_pause_stops_the_settle_clock_only() -> None:
    made = world(*t.WORKING, t.paused(at=shanghai("2026-03-03T10:00")))
    assert made.ticket().clocks[SETTLE.name].phase is Phase.PAUSED
    assert made.ticket().clocks[CONTACT.name].phase is Phase.RUNNING
    made.run(t.resumed(by=HUIMIN, at=shanghai("2026-03-06T09:00")))
    assert due(made, SETTLE.name) == shanghai("2026-03-10T17:30")
    assert made.ticket().paused_days == 3


def test_a_pause_ends_by_itself_and_not_before() -> None:
    made = world(*t.WORKING, t.paused())
    until = shanghai("2026-03-06T09:00")
    assert made.ticket().clocks["pause"].next() == ("due", until)
    assert made.refused(t.resumed(by=HUIMIN)) == NotDue(due_at=until)
    made.run(t.resumed(by=HUIMIN, at=until))
    assert made.ticket().clocks["pause"].phase is Phase.STOPPED


def test_pauses_last_ten_working_days_in_all() -> None:
    made = world(*t.WORKING)
    # 2 March 2026 is a Monday; ten working days later it is Monday the 16th.
    until = shanghai("2026-03-17T09:00")
    assert made.refused(t.paused(until=until)) == no.PauseSpent(days_left=10)
    made.run(t.paused(until=shanghai("2026-03-13T09:00")))
    made.run(t.resumed(at=shanghai("2026-03-13T09:00")))
    again = t.paused(until=shanghai("2026-03-17T09:00"), at=shanghai("2026-03-13T10:00"))
    assert made.refused(again) == no.PauseSpent(days_left=1)
    made.run(t.paused(until=shanghai("2026-03-16T09:00"), at=shanghai("2026-03-13T10:00")))


def test_a_caller_who_does_not_agree_is_not_kept_waiting() -> None:
    made = world(*t.WORKING)
    assert made.refused(t.paused(ground=PauseGround.CALLER)) == no.PauseNotAgreed()
    assert made.refused(t.paused(until=made.at)) == no.PauseEndPassed()
    made.run(t.paused(ground=PauseGround.CALLER, caller_agrees=True))


def test_a_clock_that_has_run_out_is_not_stopped_by_a_pause() -> None:
    late = shanghai("2026-03-06T10:00")
    made = world(*t.WORKING, t.paused(at=late, until=late + timedelta(hours=3)))
    settle = made.ticket().clocks[SETTLE.name]
    assert (settle.phase, settle.due_at) == (Phase.RUNNING, shanghai("2026-03-05T17:30"))


def test_one_second_after_the_due_time_nothing_is_extended() -> None:
    """Acceptance 4."""
    made = world(*t.WORKING)
    at = shanghai("2026-03-05T17:30")
    late = t.extended(at=at + timedelta(seconds=1))
    assert made.refused(late) == no.AlreadyOverdue(due_at=at)
    made.run(t.extended(at=at))
    assert due(made, SETTLE.name) == shanghai("2026-03-09T17:30")
    assert made.refused(t.extended()) == no.AlreadyExtended()


def test_an_extension_is_not_longer_than_the_limit_itself() -> None:
    made = world(*t.WORKING)
    bounds = no.ExtensionOutOfRange(
        after=shanghai("2026-03-05T17:30"), latest=shanghai("2026-03-10T17:30")
    )
    assert made.refused(t.extended(until=shanghai("2026-03-10T17:31"))) == bounds
    assert made.refused(t.extended(until=shanghai("2026-03-05T17:30"))) == bounds
    made.run(t.extended(until=shanghai("2026-03-10T17:30")))


# --- warning, breach, escalation ---------------------------------------------------------------


def test_warned_at_75_percent_breached_at_100_and_escalated_at_100_150_and_200() -> None:
    """Two hours, round the clock: every level at its instant, once, in order."""
    made = world(
        t.opened(at=FRIDAY),
        t.classified(item=t.LIFT),
        t.dispatched(),
        t.accepted(),
        t.contacted(),
    )
    settled = made.settled(FRIDAY + timedelta(hours=5))
    told = [
        (type(e).__name__, getattr(e, "clock", None) or getattr(e, "level", None)) for e in settled
    ]
    assert told == [
        ("ClockWarned", "settle"),
        ("ClockBreached", "settle"),
        ("TicketEscalated", 1),
        ("TicketEscalated", 2),
        ("TicketEscalated", 3),
    ]
    assert made.settled(FRIDAY + timedelta(days=9)) == []


@pytest.mark.parametrize(
    ("minutes", "level"), [(120, 0), (121, 1), (180, 1), (181, 2), (240, 2), (241, 3)]
)
def test_a_level_is_raised_after_its_instant_and_not_at_it(minutes: int, level: int) -> None:
    made = world(
        t.opened(at=FRIDAY), t.classified(item=t.LIFT), t.dispatched(), t.accepted(), t.contacted()
    )
    made.settled(FRIDAY + timedelta(minutes=minutes))
    assert max(made.ticket().raised, default=0) == level


def test_the_scheduler_sees_the_next_rung() -> None:
    made = world(
        t.opened(at=FRIDAY), t.classified(item=t.LIFT), t.dispatched(), t.accepted(), t.contacted()
    )
    rung = made.ticket().clocks["escalation"]
    assert rung.next() == ("escalated", FRIDAY + timedelta(hours=2))
    made.settled(FRIDAY + timedelta(minutes=121))
    assert made.ticket().clocks["escalation"].next() == ("escalated", FRIDAY + timedelta(hours=3))


def test_a_level_that_an_officer_raised_is_not_raised_by_time_again() -> None:
    made = world(
        t.opened(at=FRIDAY), t.classified(item=t.LIFT), t.dispatched(), t.accepted(), t.contacted()
    )
    made.run(t.escalated(level=1))
    made.settled(FRIDAY + timedelta(hours=9))
    levels = [e.level for e in made.events_of() if isinstance(e, HelpTicket.TicketEscalated)]
    assert levels == [1, 2, 3]
    assert made.refused(t.escalated(level=2)) == no.LevelRaised(level=2)
    made.run(t.escalated(level=4))
    assert last(made.events_of(), HelpTicket.TicketEscalated).to == "supervision"


def test_percentages_of_working_days_count_in_office_hours() -> None:
    # Ten working days from Friday: due on 4 December at 17:30, then 45 office hours, five days.
    made = world(t.opened(at=FRIDAY, kind=Kind.COMPLAINT), t.classified())
    made.run(t.dispatched(), t.accepted())
    assert made.ticket().levels == (
        shanghai("2026-12-04T17:30"),
        shanghai("2026-12-11T17:30"),
        shanghai("2026-12-18T17:30"),
    )


def test_who_accepts_in_the_last_instant_is_in_time() -> None:
    at = shanghai("2026-11-23T09:50")
    made = world(t.opened(at=FRIDAY), t.classified(), t.dispatched(), t.accepted(at=at))
    assert last(made.events_of(), HelpTicket.DispatchAccepted).in_time
    late = at + timedelta(seconds=1)
    made = world(t.opened(at=FRIDAY), t.classified(), t.dispatched(), t.accepted(at=late))
    assert not last(made.events_of(), HelpTicket.DispatchAccepted).in_time


def test_nothing_runs_after_the_end() -> None:
    for end in (t.reported_done(), t.withdrawn()):
        made = world(*t.WORKING, end)
        assert all(reading.next() is None for reading in made.ticket().clocks.values())


def test_a_reopened_ticket_has_its_time_anew() -> None:
    again = shanghai("2026-03-09T09:00")
    made = world(*t.CALLING_BACK, t.content(), t.reopened(at=again))
    assert due(made, SETTLE.name) == shanghai("2026-03-12T17:30")
    assert made.ticket().raised == frozenset()
