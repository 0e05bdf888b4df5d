"""What the simulated clinics came to: reckoned from events, compared line by line."""

from datetime import timedelta
from uuid import UUID

import pytest

from simulation.health_visits import checks
from simulation.health_visits.checks import Before, Told
from simulation.health_visits.following import all_followed
from simulation.health_visits.reckoning import (
    ArchiveTold,
    BookingsTold,
    SessionTold,
    VisitTold,
    cases,
)
from simulation.reading import Event
from tests.simulation.events import MATTER, event, shanghai

NINE = shanghai("2026-11-27T09:00")
MINUTE = timedelta(minutes=1)

# --- the reckoning -----------------------------------------------------------------------------

CLINIC = {"institution": "hospital-1", "department": "internal", "day": "2026-11-27"}
SLOT = "2026-11-27T09:00:00+08:00"
OPENED = event("session-opened", data={"clinic": CLINIC, "slots": [{"at": SLOT, "seats": 1}]})
BOOKED = event("appointment-booked", data={"slot": SLOT, "referral": None})


def visit(*stream: Event) -> VisitTold:
    one = VisitTold()
    for e in stream:
        one.take(e)
    return one


def session(*stream: Event) -> SessionTold:
    one = SessionTold()
    for e in (OPENED, *stream):
        one.take(e)
    return one


def joined(who: str, number: int, level: int = 4) -> Event:
    one = {"visit": who, "level": level, "since": SLOT, "number": number, "turn": number}
    return event("queue-joined", data={"clinic": CLINIC, "one": one})


def on(name: str, who: str, minute: int = 0, **data: object) -> Event:
    return event(name, NINE + minute * MINUTE, data={"visit": who, **data})


def test_who_comes_early_waits_from_the_appointment_on() -> None:
    checked_in = event("patient-checked-in", NINE - 20 * MINUTE, data={"late": False})
    started = event("consultation-started", NINE + 5 * MINUTE, data={"waited_s": 1_500})
    one = visit(BOOKED, checked_in, started)
    assert (one.state, one.waited_s, one.told_s) == ("consulting", 300, 1_500)
    assert list(checks.differing_waits(Told(visits={MATTER: one}))) == [
        f"visit {MATTER}: its wait is not what its instants come to"
    ]


def test_a_wrong_line_of_a_visit_is_found() -> None:
    one = visit(BOOKED, event("no-show-recorded", data={"within_90_days": 1}))
    right: dict[str, object] = {
        "state": "no_show",
        "waited_s": None,
        "no_show": True,
        "late": False,
        "alarm": None,
        "slot": "2026-11-27T01:00:00Z",
        "prescriptions": [],
        "examinations": [],
        "referrals": [],
        "amendments": [],
    }
    assert not list(checks.visit_line(one, right))
    for column, value in {"state": "booked", "slot": None, "referrals": [1], "late": True}.items():
        assert len(list(checks.visit_line(one, {**right, column: value}))) == 1
    assert list(checks.visit_line(one, None)) == ["there is no line"]


def test_a_call_out_of_turn_and_a_seat_given_twice_are_found() -> None:
    in_turn = session(joined("a", 1), joined("b", 2), on("next-called", "a"))
    assert (in_turn.out_of_turn, in_turn.waiting) == (0, [2])
    assert session(joined("a", 1), joined("b", 2), on("next-called", "b")).out_of_turn == 1
    assert session(joined("a", 1), joined("b", 2, 1), on("next-called", "a")).out_of_turn == 1
    taken = event("seat-taken", data={"clinic": CLINIC, "slot": SLOT, "seat": 1, "visit": "a"})
    assert not session(taken).overfull
    assert session(taken, taken).overfull


def test_a_wrong_line_of_a_waiting_room_is_found() -> None:
    one = session(joined("a", 1), joined("b", 2), on("next-called", "a"), on("room-freed", "a", 6))
    right = {
        "state": "open",
        "numbers": [2],
        "next_visit": "b",
        "now_serving": None,
        "served": 1,
        "served_s": 360,
    }
    assert not list(checks.room_line(one, right))
    assert len(list(checks.room_line(one, {**right, "numbers": [1], "served_s": 0}))) == 2


def test_slots_and_waits_and_coverage_are_compared_with_what_stood_before() -> None:
    one = session(event("seat-taken", data={"clinic": CLINIC, "slot": SLOT}))
    slot = {"session": str(MATTER), "at": "2026-11-27T01:00:00Z", "seats": 1, "free": 0}
    found = Told(sessions={MATTER: one})
    assert not checks.slot_faults(found, [{**CLINIC, "slots": [slot]}])
    assert checks.slot_faults(found, [{**CLINIC, "slots": [{**slot, "free": 1}]}])

    started = event("consultation-started", data={"clinic": CLINIC, "waited_s": 90})
    found = Told(streams={MATTER: [started]})
    known = Before({("hospital-1", "internal", "2026-11-27"): [60, 120]}, {"330203": 4}, {})
    line = {**CLINIC, "consultations": 3, "waits_s": [60, 90, 120], "median_s": 90, "p90_s": 120}
    assert not checks.wait_faults(found, known, [line])
    assert checks.wait_faults(found, known, [{**line, "median_s": 60}])

    archive = ArchiveTold(district="330203", counted=1)
    found = Told(archives={MATTER: archive})
    assert not checks.coverage_faults(found, known, [{"district": "330203", "archives": 5}])
    assert checks.coverage_faults(found, known, [{"district": "330203", "archives": 4}])


def test_an_archive_says_what_was_written_and_counts_while_it_stands() -> None:
    one = ArchiveTold()
    for e in (
        event("archive-opened", data={"subject": "s", "district": "330203"}),
        event("allergy-recorded"),
        event("consent-given"),
        event("archive-read"),
        event("merged-into"),
    ):
        one.take(e)
    assert (one.version, one.state, one.counted, one.consents, one.readings) == (
        3,
        "merged",
        0,
        1,
        1,
    )
    right = {
        "state": "merged",
        "archive_version": 3,
        "district": "330203",
        "consents": [1],
        "readings": [1],
        "openings": [],
    }
    assert not list(checks.archive_line(one, right))
    assert list(checks.archive_line(one, {**right, "archive_version": 2, "openings": [1]}))


def test_a_ban_that_is_lifted_counts_nothing_any_more() -> None:
    one = BookingsTold()
    for e in (on("booking-added", "a"), on("no-show-counted", "a"), event("patient-banned")):
        one.take(e)
    assert (one.no_shows, one.banned, one.live) == (1, True, set())
    line = {"no_shows": 1, "deceased": False, "live": [], "banned_until": "2027-02-01"}
    assert not list(checks.people_line(one, line))
    assert list(checks.people_line(one, {**line, "banned_until": None}))
    one.take(event("ban-lifted"))
    assert (one.no_shows, one.banned) == (0, False)


def test_a_corrected_case_counts_as_what_it_was() -> None:
    where = {"district": "330203", "day": "2026-11-27"}
    reported = event("notifiable-reported", data={"code": "influenza", **where})
    other = event("report-corrected", data={"code": "mumps", "excluded": False, **where})
    none = event("report-corrected", data={"code": "mumps", "excluded": True, **where})
    assert cases([reported, other]) == {("mumps", "330203", "2026-11-27"): 1}
    assert not cases([reported, other, none])
    known = Before({}, {}, {("mumps", "330203", "2026-11-27"): 2})
    found = Told(cases=cases([reported, other]))
    row = {"code": "mumps", **where, "cases": 3}
    assert not checks.case_faults(found, known, [row])
    assert checks.case_faults(found, known, [{**row, "cases": 2}])


# --- what follows ------------------------------------------------------------------------------

OTHER = UUID("01970000-0000-7000-8000-000000000002")


def of(name: str, position: int, matter: UUID = MATTER, **data: object) -> Event:
    found = event(name, position=position, matter=matter, data=data)
    return Event(
        **{
            field: getattr(found, field)
            for field in ("position", "matter", "version", "at", "actor", "command_id", "clock")
        },
        type=f"health-visits.{name}.v1",
        data=data,
    )


@pytest.mark.parametrize(
    ("did", "follows"),
    [
        (of("report-fell-due", 1), of("notifiable-reported", 2)),
        (of("session-ended", 1, booked=[str(OTHER)]), of("appointment-cancelled", 2, OTHER)),
        (
            of("death-recorded", 1, archive=str(OTHER), later_bookings=[]),
            of("archive-closed", 2, OTHER),
        ),
        (
            of("referral-accepted", 1, session=str(OTHER)),
            of("appointment-booked", 2, OTHER, referral=str(MATTER)),
        ),
    ],
)
def test_what_follows_is_waited_for(did: Event, follows: Event) -> None:
    assert not all_followed({MATTER: [did]})
    streams: dict[UUID, list[Event]] = {MATTER: [did]}
    streams.setdefault(follows.matter, []).append(follows)
    assert all_followed(streams)


def test_a_ban_is_waited_for_in_the_matter_that_counts_the_missed_ones() -> None:
    missed = of("no-show-recorded", 2, within_90_days=3)
    counting = of("no-show-counted", 3, OTHER, visit=str(MATTER))
    assert not all_followed({MATTER: [missed], OTHER: [counting]})
    assert all_followed({MATTER: [missed], OTHER: [counting, of("patient-banned", 4, OTHER)]})
