"""Marks for personal data: which fields of an event, a command, a row or a refusal are personal.

A mark is part of the type (``Personal[PersonName]``), so it travels to every place that looks
at the model: log lines, filters, error texts, department grants and, when it comes, encryption
per subject. PIPL art. 28 calls some of it sensitive; those carry ``Sensitive``.
"""

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PersonalMark:
    """``sensitive`` is PIPL art. 28: health, finance, whereabouts, identity documents, minors."""

    sensitive: bool = False


Personal = Annotated[T, PersonalMark()]
Sensitive = Annotated[T, PersonalMark(sensitive=True)]


def is_personal(annotation: Any, metadata: tuple[Any, ...] = ()) -> bool:
    """Whether a type, or any part of it, carries a mark.

    ``metadata`` is Pydantic's ``FieldInfo.metadata``, where it keeps the outermost marks.
    """
    if any(isinstance(mark, PersonalMark) for mark in metadata):
        return True
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return any(isinstance(m, PersonalMark) for m in marks) or is_personal(inner)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return bool(personal_fields(annotation))
    return any(is_personal(part) for part in get_args(annotation))


def personal_fields(model: type[BaseModel]) -> frozenset[str]:
    """Names of the model's fields that hold personal data, directly or inside."""
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if is_personal(field.annotation, tuple(field.metadata))
    )
