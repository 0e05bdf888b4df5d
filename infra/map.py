"""``make map``: what discovery finds, written where a reader looks, and names that live for ever.

``docs/map.md`` follows each command to its aggregate, events, read models and policies.
``tests/golden/names.txt`` keeps every stored name, each event with a hash of its schema: new lines
are appended, and one that vanished or changed is never written over but fails ``make test``.
"""

import hashlib
from pathlib import Path

import orjson

from commands.base import CommandSpec
from domain.shared.aggregate import EventBase
from domain.shared.clocks import ClockedAggregate
from infra.discovery import Registry, discover

ROOT = Path(__file__).resolve().parent.parent
MAP = ROOT / "docs" / "map.md"
NAMES = ROOT / "tests" / "golden" / "names.txt"


def written_map(registry: Registry) -> str:
    """The whole of docs/map.md."""
    lines = [
        "# The map",
        "",
        "Written by `make map` from what discovery finds; `make test` fails when it is stale.",
        "",
    ]
    for program in sorted({spec.program for spec in registry.commands.values()}):
        lines += [f"## {program}", "", "| Command | Who | Begins or changes |", "|---|---|---|"]
        specs = [spec for spec in registry.commands.values() if spec.program == program]
        lines += [_command_line(spec) for spec in sorted(specs, key=lambda s: s.name)]
        lines += ["", "| Event | Read models | Policies |", "|---|---|---|"]
        lines += [
            _event_line(registry, name, event)
            for name, event in sorted(registry.events.items())
            if name.startswith(f"{program}.")
        ]
        lines.append("")
    return "\n".join(lines)


def _command_line(spec: CommandSpec) -> str:
    who = ", ".join(sorted(spec.roles))
    if spec.departments:
        who += f" of {', '.join(sorted(spec.departments))}"
    if spec.when_due:
        who += f"; when `{spec.when_due}` falls due"
    return f"| `{spec.name}` | {who} | {'begins' if spec.begins else 'changes'} {spec.aggregate.__name__} |"


def _event_line(registry: Registry, name: str, event: type[EventBase]) -> str:
    models = sorted(
        model
        for model, folds in registry.folds.items()
        if any(fold.event_class is event for fold in folds)
    )
    policies = sorted(
        policy.name for policy in registry.policies.values() if event in policy.event_classes
    )
    shown = ", ".join(models) or ("audit only" if event.audit_only else "")
    return f"| `{name}` | {shown} | {', '.join(policies)} |"


def stored_names(registry: Registry) -> list[str]:
    """Every name that lives for ever, one a line: kind, name and, for events, the schema's hash."""
    names = [f"event {name} {schema_hash(event)}" for name, event in registry.events.items()]
    names += [f"read-model {name}" for name in registry.rows]
    names += [f"policy {name}" for name in registry.policies]
    names += [
        f"clock {aggregate.program} {clock.name}"
        for aggregate in registry.aggregates.values()
        if issubclass(aggregate, ClockedAggregate)
        for clock in aggregate.CLOCKS
    ]
    return sorted(names)


def schema_hash(event: type[EventBase]) -> str:
    """16 hexadecimal characters over the event's JSON Schema, without the words in it."""
    schema = _bare(event.model_json_schema())
    return hashlib.sha256(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _bare(part: object) -> object:
    if isinstance(part, dict):
        words = ("description", "title", "examples")
        return {
            k: _bare(v) for k, v in part.items() if not (k in words and not isinstance(v, dict))
        }
    return [_bare(item) for item in part] if isinstance(part, list) else part


def _name(line: str) -> str:
    """The line without a schema's hash, which only an event has."""
    return line.rpartition(" ")[0] if line.startswith("event ") else line


def main() -> None:
    """Writes both files; names are only ever added."""
    registry = discover()
    MAP.write_text(written_map(registry))
    known = NAMES.read_text().splitlines() if NAMES.exists() else []
    kept = {_name(line) for line in known}
    new = [line for line in stored_names(registry) if _name(line) not in kept]
    NAMES.parent.mkdir(parents=True, exist_ok=True)
    NAMES.write_text("".join(f"{line}\n" for line in [*known, *new]))


if __name__ == "__main__":
    main()
