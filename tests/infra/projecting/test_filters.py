"""A range has two ends that are values; what is nothing is asked for as such."""

from typing import Annotated

import pytest

from infra.errors import BadRequest
from infra.projecting.columns import columns_of
from infra.projecting.filters import Asked
from infra.projecting.read_model import ReadModel
from projections.base import Index, Row


class Rated(Row, key="name"):
    """A row with a number that may be missing."""

    name: str
    stars: Annotated[int | None, Index] = None


ASKED = Asked(ReadModel("rated", Rated, columns_of(Rated), {}, False, ()))


@pytest.mark.parametrize("operator", ["gte", "lte"])
def test_a_range_does_not_end_with_nothing(operator: str) -> None:
    with pytest.raises(BadRequest) as refused:
        ASKED.conditions({f"stars__{operator}": None})
    assert refused.value.code == "invalid-parameter"


def test_rows_without_a_value_can_be_asked_for() -> None:
    (condition,) = ASKED.conditions({"stars": None})
    assert condition.parameters == ()
