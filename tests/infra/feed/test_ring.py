"""The ring: the latest events without a gap, within its bounds."""

from hypothesis import given
from hypothesis import strategies as st

from infra.feed.ring import Ring
from tests.infra.relay.chronicle import another_event


def test_an_event_that_is_not_the_next_one_is_not_taken() -> None:
    ring = Ring()
    ring.reset(10)

    assert [ring.append(another_event(p)) for p in (10, 12, 11, 11, 12)] == [
        False,
        False,
        True,
        False,
        True,
    ]
    assert (ring.first, ring.last) == (11, 12)


@given(st.integers(0, 300), st.integers(1, 40), st.integers(0, 310), st.integers(1, 50))
def test_what_is_covered_reads_as_the_next_events_and_the_bounds_hold(
    count: int, most: int, after: int, limit: int
) -> None:
    ring = Ring(most=most, most_bytes=21 * 30)
    for position in range(1, count + 1):
        ring.append(another_event(position))

    held = ring.last - ring.first + 1
    assert held <= max(most * 5 // 4, 1)
    assert held * len(another_event(1).data) <= 21 * 30 * 5 // 4
    if ring.covers(after):
        read = [e.position for e in ring.read(after, limit)]
        assert read == list(range(after + 1, min(after + limit, count) + 1))
    else:
        assert after >= count or after < ring.first - 1
