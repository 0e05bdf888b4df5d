"""What every programme's plan has to be, whoever wrote it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from domain.shared.calendar import Calendar
from infra.discovery import discover
from simulation.city import days_before
from simulation.matters import Matter, Ref, Step
from simulation.order import labelled
from simulation.programme import World
from tests.scenario import keyed_hash

CALENDAR = Calendar()
SATURDAY = date(2026, 11, 28)
SOME_ID = "01970000-0000-7000-8000-000000000001"


def world(scale: float = 0.001, *, days: int = 1, seed: int = 2014, run: str = "1") -> World:
    """Days that end with Friday 27 November 2026."""
    return World(seed, run, scale, days_before(SATURDAY, days, CALENDAR), CALENDAR)


def told(matters: Sequence[Matter]) -> list[Any]:
    """Everything that is to happen, for comparing."""
    return [(m.name, m.id, s) for m in matters for s in m.steps]


def faults(matters: Sequence[Matter], *, judged_at_the_door: frozenset[str]) -> Iterator[str]:
    """Steps that their command would not take, or whose sender may not send them.

    ``judged_at_the_door`` are the refusals that a body alone is enough for.
    """
    labelled(matters)
    for matter in matters:
        for step in matter.steps:
            yield from _faults(matter, step, judged_at_the_door)


def _faults(matter: Matter, step: Step, judged_at_the_door: frozenset[str]) -> Iterator[str]:
    spec = discover().commands[matter.program, step.command]
    if step.sender.role not in spec.roles:
        yield f"{step.command}: {step.sender.role} may not"
    try:
        spec.model.model_validate_json(orjson.dumps(_filled(step.body)))
    except ValueError as error:
        if step.refused not in judged_at_the_door:
            yield f"{step.command}: {error}"
    else:
        if step.refused in judged_at_the_door:
            yield f"{step.command}: taken, though {step.refused} was due"


def _filled(value: Any) -> Any:
    if isinstance(value, Ref):
        return SOME_ID if value.keyed is None else value.keyed(UUID(SOME_ID), keyed_hash)
    if isinstance(value, dict):
        return {key: _filled(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(one) for one in value]
    return value
