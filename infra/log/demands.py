"""Demands on claims, brought into the form that the database judges as a set.

The append functions look at every demand beside what is stored, not one after another. So when an
append names a value more than once (a company gives back its old names and takes new ones, and
some are the same), its demands are folded here into at most one absence and one change per value,
with the same outcome as if each had been done in turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from infra.log.records import ClaimDemand

Key = tuple[str, str]

Kind = Literal["take", "release", "absent", "touch"]
"""``touch``: taken and given back at once, so it must be to be had, and nothing remains."""


@dataclass(slots=True)
class Folded:
    """A demand as it is sent; ``index`` is its place in the append, for the verdict."""

    index: int
    kind: Kind
    demand: ClaimDemand
    until: datetime | None
    own_allowed: bool = False


def fold(demands: Sequence[ClaimDemand], at: datetime) -> list[Folded]:
    """The demands of one append, made at ``at``, each value with at most one change.

    Raises ValueError for demands that cannot hold together: a value taken, or kept until later,
    and yet absent.
    """
    folded = [Folded(i, d.kind, d, d.until) for i, d in enumerate(demands)]
    if len({(d.scope, d.value) for d in demands}) == len(demands):
        return folded
    result: list[Folded] = []
    changes: dict[Key, Folded] = {}
    absences: dict[Key, Folded] = {}
    for item in folded:
        key = (item.demand.scope, item.demand.value)
        before = changes.get(key)
        if item.kind == "absent":
            if key not in absences:
                item.own_allowed = _leaves_free(before, at)
                absences[key] = item
                result.append(item)
            elif before is not None:
                _leaves_free(before, at)
        elif before is None:
            changes[key] = item
            result.append(item)
        else:
            result[_place(result, before)] = changes[key] = _after(before, item)
    return result


def _place(items: list[Folded], item: Folded) -> int:
    return next(n for n, other in enumerate(items) if other is item)


def _leaves_free(before: Folded | None, at: datetime) -> bool:
    """Whether a change before it in this append has freed the value, if the holder had it."""
    if before is None:
        return False
    taken = before.kind == "take"
    if (before.until is None and taken) or (before.until is not None and before.until > at):
        raise ValueError(f"a value is {'taken' if taken else 'kept until later'} and to be absent")
    return True


def _after(first: Folded, second: Folded) -> Folded:
    """One change with the effect of two in turn on the same value."""
    must_be_had = first.kind in ("take", "touch")
    if second.kind == "take":
        # Whatever was given back, the holder wants it again; a first take is the one to fail.
        first_asked = first if must_be_had else second
        return Folded(first_asked.index, "take", first_asked.demand, second.until)
    if first.kind == "touch" or (first.kind == "release" and first.until is None):
        return first  # given back twice: what is gone stays gone
    if must_be_had:
        kind: Kind = "touch" if second.until is None else "take"
        return Folded(first.index, kind, first.demand, second.until)
    return second
