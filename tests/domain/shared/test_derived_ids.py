"""Ids that follow from what a matter is about."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.shared.derived_ids import derived_id

PARTS = st.lists(st.text(max_size=5), min_size=1, max_size=3)


def test_the_same_values_give_the_same_id_for_ever() -> None:
    found = derived_id("person-limit", "91330203MA2AF3XQ2G", 2026)
    assert found == UUID("8917eb6a-6e2c-50fc-bb9a-077e86a14099")
    assert derived_id("person-limit", "91330203MA2AF3XQ2G", "2026") == found


@given(PARTS, PARTS)
def test_other_values_give_another_id_wherever_they_are_cut(one: list[str], two: list[str]) -> None:
    assert (derived_id(*one) == derived_id(*two)) == (one == two)
