"""What a refused body is told, place by place, without a server."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from api.http.problems import faults_of


def test_a_list_whose_items_are_wrong_is_not_called_too_short_for_it() -> None:
    class Item(BaseModel):
        unit: Literal["mg", "g"]

    class Body(BaseModel):
        items: Annotated[tuple[Item, ...], Field(min_length=2)]

    def told(sent: dict[str, Any]) -> list[tuple[str, str]]:
        with pytest.raises(ValidationError) as refused:
            Body.model_validate(sent)
        return [(fault.pointer, fault.code) for fault in faults_of(refused.value, sent)]

    wrong, right = {"unit": "片"}, {"unit": "g"}
    assert told({"items": [right, wrong]}) == [("/items/1/unit", "literal-error")]
    assert told({"items": [right]}) == [("/items", "too-short")]
    assert told({"items": [wrong]}) == [("/items/0/unit", "literal-error"), ("/items", "too-short")]
