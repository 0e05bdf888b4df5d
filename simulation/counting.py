"""What the reports of all programmes reckon alike: ranks of durations, and how often events came."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from simulation.programme import Figure

Number = TypeVar("Number", int, float)

Counted = tuple[str, str, str, str]
"""A figure's key, the event that it counts, its words in Chinese and English."""


def nearest_rank(values: Iterable[Number], percent: int) -> Number:
    """The smallest value that so many percent of all do not exceed; 0 when there is none."""
    ascending = sorted(values)
    return ascending[max(0, -(-len(ascending) * percent // 100) - 1)] if ascending else 0


def counted(rows: Iterable[Counted], names: Mapping[str, int]) -> Iterator[Figure]:
    """How often events came, by name."""
    for key, event, zh, en in rows:
        yield Figure(key, zh, en, names.get(event, 0))
