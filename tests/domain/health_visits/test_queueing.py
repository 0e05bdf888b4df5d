"""The rule of the queue holds for any arrivals, triages and absences."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.health_visits import queueing
from domain.health_visits.queueing import Queue, Waiting

NINE = datetime(2026, 3, 2, 1, tzinfo=UTC)
MINUTES = st.integers(0, 240)
LEVELS = st.integers(1, 4)


def one(number: int, minutes: int, level: int = queueing.UNTRIAGED) -> Waiting:
    return Waiting(
        visit=UUID(int=number),
        level=level,
        since=NINE + timedelta(minutes=minutes),
        number=number,
        turn=number,
    )


ARRIVALS = st.lists(st.tuples(MINUTES, LEVELS), max_size=12)


def queue_of(arrivals: list[tuple[int, int]]) -> Queue:
    queue: Queue = ()
    for number, (minutes, level) in enumerate(arrivals, 1):
        queue = queueing.joined(queue, one(number, minutes, level))
    return queue


@given(ARRIVALS)
def test_who_only_arrives_waits_by_level_then_time_then_number(
    arrivals: list[tuple[int, int]],
) -> None:
    queue = queue_of(arrivals)
    assert list(queue) == sorted(queue, key=lambda waiting: waiting.rank)
    assert sorted(waiting.number for waiting in queue) == list(range(1, len(arrivals) + 1))


@given(ARRIVALS.filter(bool), st.data(), LEVELS)
def test_a_triage_changes_nobody_elses_order(
    arrivals: list[tuple[int, int]], data: st.DataObject, level: int
) -> None:
    queue = queue_of(arrivals)
    visit = data.draw(st.sampled_from([waiting.visit for waiting in queue]))
    after = queueing.triaged(queue, visit, level)
    assert queueing.without(after, visit) == queueing.without(queue, visit)
    assert next(waiting.level for waiting in after if waiting.visit == visit) == level


@given(ARRIVALS.filter(bool))
def test_level_one_is_next_whenever_it_comes(arrivals: list[tuple[int, int]]) -> None:
    calmer = [(minutes, max(level, 2)) for minutes, level in arrivals]
    queue = queue_of(calmer)
    urgent = one(99, 999, level=1)
    assert queueing.joined(queue, urgent) == (urgent, *queue)


@given(ARRIVALS.filter(bool))
def test_who_does_not_answer_goes_back_three_places_or_to_the_end(
    arrivals: list[tuple[int, int]],
) -> None:
    first, *rest = queue_of(arrivals)
    after = queueing.set_back(tuple(rest), first)
    places = [waiting.visit for waiting in after]
    assert places.index(first.visit) == min(queueing.PLACES_BACK, len(rest))
    assert queueing.without(after, first.visit) == tuple(rest)
    (again,) = (waiting for waiting in after if waiting.visit == first.visit)
    assert again.number == first.number


@given(ARRIVALS, st.lists(st.sampled_from(["absent", "call", "join"]), max_size=30), st.data())
def test_however_people_come_and_go_the_queue_stays_in_order(
    arrivals: list[tuple[int, int]], steps: list[str], data: st.DataObject
) -> None:
    queue, number = queue_of(arrivals), len(arrivals)
    for step in steps:
        if step == "join":
            number += 1
            minutes, level = data.draw(MINUTES), data.draw(LEVELS)
            queue = queueing.joined(queue, one(number, minutes, level))
        elif queue:
            first, rest = queue[0], queue[1:]
            queue = queueing.set_back(rest, first) if step == "absent" else rest
        assert list(queue) == sorted(queue, key=lambda waiting: waiting.rank)
        assert len({waiting.visit for waiting in queue}) == len(queue)


@given(MINUTES, MINUTES, st.booleans())
def test_who_comes_on_time_counts_from_the_earlier_and_who_is_late_from_the_arrival(
    arrived: int, appointment: int, late: bool
) -> None:
    at, slot = NINE + timedelta(minutes=arrived), NINE + timedelta(minutes=appointment)
    since = queueing.counted_from(at, slot, late=late)
    assert since == (at if late else min(at, slot))
    assert queueing.counted_from(at, None, late=False) == at
