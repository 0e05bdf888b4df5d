"""How a value type refuses: a check becomes a Pydantic validator with a code of ours.

The HTTP door reports ``errors[{pointer, code}]`` from the error's type; the message never holds
the value. What may surprise: a validation with ``context={"stored": True}`` judges nothing, so
that a fact in an old log loads under new rules.
"""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError

T = TypeVar("T")

STORED = {"stored": True}
"""Validation context of what was judged when it was written: pass it when reading the log."""


def bad(code: str, message: str) -> NoReturn:
    """Raises the refusal of a value; ``message`` is English and never holds the value."""
    raise PydanticCustomError(code, message)


def is_stored(info: ValidationInfo[Any]) -> bool:
    """Whether the value comes from the log and is not to be judged again."""
    return bool(info.context) and bool(info.context.get("stored"))


def judged_by(check: Callable[[T], T]) -> AfterValidator:
    """A validator that normalises and judges a value, unless it is stored already."""

    def validate(value: T, info: ValidationInfo[Any]) -> T:
        return value if is_stored(info) else check(value)

    return AfterValidator(validate)
