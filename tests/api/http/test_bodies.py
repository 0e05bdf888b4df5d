"""Which bodies are JSON to us: compared with a slow and exact reading of the same text."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.http.bodies import DEEPEST, parsed
from infra.errors import BadRequest

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    [":", '"', '":', '" :', "\\", '\\"', "\\u0000", "a", "b"]
)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
KEYS = st.sampled_from(["a", "b", '"', ":", "\\"]) | TEXTS

Pairs = list[tuple[str, str]]


def rendered(value: Any, space: str) -> str:
    """JSON text of a tree in which an object is a list of pairs, so that keys can come twice."""
    match value:
        case ("object", pairs):
            inner = (f"{json.dumps(k)}{space}:{space}{rendered(v, space)}" for k, v in pairs)
            return "{" + ",".join(inner) + "}"
        case ("array", parts):
            return "[" + ",".join(rendered(part, space) for part in parts) + "]"
        case _:
            return json.dumps(value, ensure_ascii=bool(space))


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    arrays = st.tuples(st.just("array"), st.lists(inner, max_size=4))
    objects = st.tuples(st.just("object"), st.lists(st.tuples(KEYS, inner), max_size=4))
    return arrays | objects


TREES = st.recursive(st.none() | st.booleans() | NUMBERS | TEXTS, containers, max_leaves=20)


def is_good(value: Any) -> bool:
    """Whether no key comes twice, no text holds NUL, and every integer has 64 bits."""
    match value:
        case ("object", pairs):
            keys = [k for k, _ in pairs]
            return len(set(keys)) == len(keys) and all(is_good(k) and is_good(v) for k, v in pairs)
        case ("array", parts):
            return all(map(is_good, parts))
        case bool() | None | float():
            return True
        case int():
            return -(2**63) <= value < 2**64
        case str():
            return "\0" not in value
    raise AssertionError(value)


@given(TREES, st.sampled_from(["", " ", "\n\t "]))
@example(("object", [("a", 1), ("a", 1)]), "")
@example(("object", [("a", ":"), ("b", '":"')]), "")
@example(("object", [("a", ":"), ("a", ":")]), " ")
@example(("object", [("\\u0000", "\\u0000")]), "")
@example(("array", [2**64 - 1, -(2**63), 2**64]), "")
def test_what_is_taken_is_what_an_exact_reading_would_take(tree: Any, space: str) -> None:
    text = rendered(tree, space)
    if is_good(tree):
        assert parsed(text.encode()) == json.loads(text)
    else:
        with pytest.raises(BadRequest, match="malformed-json"):
            parsed(text.encode())


def arrays(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def objects(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize("nested", [arrays, objects])
def test_nesting_is_taken_up_to_a_depth_and_no_deeper(nested: Callable[[int], bytes]) -> None:
    parsed(nested(DEEPEST))
    for depth in (DEEPEST + 1, 1_000, 1_025, 100_000):
        with pytest.raises(BadRequest, match="malformed-json"):
            parsed(nested(depth))
