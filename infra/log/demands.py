"""Demands on claims, brought into the form that the database judges as a set.

The append functions look at every demand beside what is stored, not one after another. So when an
append names a value more than once (a company gives back its old names and takes new ones, and
some are the same), its demands are folded here into at most one absence and one change per value,
with the same outcome as if each had been done in turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.log.records import ClaimDemand

Key = tuple[str, str]


@dataclass(slots=True)
class Folded:
    """A demand as it is sent; ``index`` is its place in the append, for the verdict."""

    index: int
    demand: ClaimDemand
    until: datetime | None
    own_allowed: bool = False


def fold(demands: Sequence[ClaimDemand], at: datetime) -> list[Folded]:
    """The demands of one append, made at ``at``, each value with at most one change.

    Raises ValueError for demands that cannot hold together: a value taken, or kept until later,
    and yet absent.
    """
    folded = [Folded(i, d, d.until) for i, d in enumerate(demands)]
    if len({(d.scope, d.value) for d in demands}) == len(demands):
        return folded
    result: list[Folded] = []
    changes: dict[Key, Folded] = {}
    absences: dict[Key, Folded] = {}
    for item in folded:
        key = (item.demand.scope, item.demand.value)
        before = changes.get(key)
        if item.demand.kind == "absent":
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
            result[_place(result, before)] = changes[key] = _after(before, item, at)
    return result


def _place(items: list[Folded], item: Folded) -> int:
    return next(n for n, other in enumerate(items) if other is item)


def _leaves_free(before: Folded | None, at: datetime) -> bool:
    """Whether an earlier change of this append has freed the value if the holder had it."""
    if before is None:
        return False
    if before.demand.kind == "take" and (before.until is None or before.until > at):
        raise ValueError("a value is both taken and to be absent")
    if before.until is not None and before.until > at:
        raise ValueError("a value is kept until later and yet to be absent")
    return before.demand.kind == "release"


def _after(first: Folded, second: Folded, at: datetime) -> Folded:
    """One change with the effect of two in turn on the same value."""
    if second.demand.kind == "take":
        # Whatever was given back, the holder wants it again; a first take is the one to fail.
        if first.demand.kind == "take":
            return Folded(first.index, first.demand, second.until)
        return second
    if first.demand.kind == "take":
        # Taken and given back: it must have been to be had, and ends as given back.
        return Folded(first.index, first.demand, at if second.until is None else second.until)
    # Given back twice: what is gone stays gone.
    return first if first.until is None else second
