"""What a read model is: a row type and pure folds over events.

No SQL, no clock, no I/O: the engine decides whether a fold runs one event at a time, by the page
or over the whole log in memory. ``@fold`` only attaches a description; the machinery finds it by
discovery.
"""

import inspect
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.shared.aggregate import EventBase


@dataclass(frozen=True, slots=True)
class IndexMark:
    """``Annotated[str, Index]``: filters and sorts by this column use an index.

    ``prefix`` also serves filters by the beginning of a text, for search as one types. ``without``
    names another column: a second index holds only the rows that have this one and not that.
    """

    prefix: bool = False
    without: str | None = None


Index = IndexMark()
PrefixIndex = IndexMark(prefix=True)


class Row(BaseModel):
    """One line of a read model. Class keywords:

    ``key``: name of the key column, or several; ``main``: where ``Location`` points to after a
    command on a matter that has its row here under its own id; ``history``: keep a validity range
    by position, so that ``as_of`` works.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    key: ClassVar[tuple[str, ...]] = ()
    main: ClassVar[bool] = False
    history: ClassVar[bool] = False
    model_name: ClassVar[str] = ""

    def __init_subclass__(
        cls,
        *,
        key: str | Sequence[str] = (),
        main: bool = False,
        history: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.key = (key,) if isinstance(key, str) else tuple(key)
        cls.main = main
        cls.history = history
        name = cls.__name__
        cls.model_name = "".join(
            f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name)
        )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Swallows the class keywords, which Pydantic hands on a second time."""

    def replace(self, **changes: Any) -> Self:
        """A copy with some columns changed; ten times faster than validating again, because a
        fold's values come from events that were validated when they were decided."""
        new = object.__new__(type(self))
        object.__setattr__(new, "__dict__", {**self.__dict__, **changes})
        object.__setattr__(new, "__pydantic_fields_set__", self.__pydantic_fields_set__)
        object.__setattr__(new, "__pydantic_extra__", None)
        object.__setattr__(new, "__pydantic_private__", None)
        return new

    def key_values(self) -> tuple[Any, ...]:
        """The values of the key columns, in order."""
        return tuple(self.__dict__[k] for k in self.key)


KeyOf = Callable[[Any], Any]
"""From an event to the key of the row it touches: a value, or a tuple for a composite key."""

Expects = Literal["nothing", "row", "either"]


@dataclass(frozen=True, slots=True)
class FoldSpec:
    """A fold as the engine sees it. ``expects`` is read off its signature: ``(None, e)`` creates,
    ``(Row, e)`` changes, ``(Row | None, e)`` does either."""

    row: type[Row]
    event_class: type[EventBase]
    key_of: KeyOf
    apply: Callable[[Any, Any], Row | None]
    expects: Expects

    @property
    def by_matter(self) -> bool:
        """Whether the key is the matter's id: asked with an event that has nothing else."""
        nothing_else: dict[str, Any] = {"originator_id": _PROBE}
        try:
            return self.key_of(self.event_class.model_construct(**nothing_else)) is _PROBE
        except Exception:  # noqa: BLE001  # whatever it looks at, it is not the matter's id alone
            return False


_PROBE = UUID(int=0)

FOLD = "__huimin_fold__"


def fold(
    row: type[Row], *, key: str | KeyOf | None = None
) -> Callable[[Callable[[Any, Any], Any]], Callable[[Any, Any], Any]]:
    """Marks a pure function ``(row, event) -> row | None`` as part of a read model.

    ``key``: the event's field (or a function of the event) with the row's key; by default the
    matter's id. Returning None removes the row.
    """

    def mark(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        names = list(inspect.signature(apply).parameters)
        hints = get_type_hints(apply)
        classes = _members(hints[names[1]])
        specs = [
            FoldSpec(row, c, _key_function(key), apply, _expects(hints[names[0]])) for c in classes
        ]
        setattr(apply, FOLD, (*getattr(apply, FOLD, ()), *specs))
        return apply

    return mark


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _expects(hint: Any) -> Expects:
    members = _members(hint)
    if members == (type(None),):
        return "nothing"
    return "either" if type(None) in members else "row"


def _key_function(key: str | KeyOf | None) -> KeyOf:
    if key is None:
        return lambda e: e.originator_id
    if isinstance(key, str):
        return lambda e: getattr(e, key)
    return key
