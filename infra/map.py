"""``make map``: what discovery finds, written where a reader looks, and names that live for ever.

``docs/map.md`` follows each command to its aggregate, events, read models and policies.
``tests/golden/names.txt`` keeps every stored name, each event with a hash of its schema: new lines
are appended, and one that vanished or changed is never written over but fails ``make test``.
"""

import hashlib
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_type_hints

import orjson
from eventsourcing.domain import CanInitAggregate, CommandMethodDecorator, decorated_func_callers

from commands.base import Command, CommandSpec, PolicySpec
from domain.shared.aggregate import Aggregate, EventBase
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
        lines += [
            f"## {program}",
            "",
            "| Command | Who | Begins or changes | Events |",
            "|---|---|---|---|",
        ]
        specs = [spec for spec in registry.commands.values() if spec.program == program]
        lines += [_command_line(spec) for spec in sorted(specs, key=lambda s: s.name)]
        lines += ["", "| Event | Read models | Policies |", "|---|---|---|"]
        lines += [
            _event_line(registry, name, event)
            for name, event in sorted(registry.events.items())
            if name.startswith(f"{program}.")
        ]
        policies = [
            policy
            for _, policy in sorted(registry.policies.items())
            if any(event.type_name.startswith(f"{program}.") for event in policy.event_classes)
        ]
        if policies:
            lines += ["", "| Policy | Asks for | When refused |", "|---|---|---|"]
            lines += [_policy_line(registry, policy) for policy in policies]
        lines.append("")
    return "\n".join(lines)


def _command_line(spec: CommandSpec) -> str:
    who = ", ".join(sorted(spec.roles))
    if spec.departments:
        who += f" of {', '.join(sorted(spec.departments))}"
    if spec.when_due:
        who += f"; when `{spec.when_due}` falls due"
    events = ", ".join(f"`{name}`" for name in _events_of(spec))
    begins = spec.begins and not _finds(spec)
    change = "begins or changes" if spec.or_begins else "begins" if begins else "changes"
    change = f"{change} {spec.aggregate.__name__}"
    if others := ", ".join(other.__name__ for other in _others_of(spec)):
        change += f"; with {others}"
    return f"| `{spec.name}` | {who} | {change} | {events} |"


Named = Mapping[str, Any]
"""Each name that a function uses, with its global of that name or None."""


def _functions(spec: CommandSpec) -> list[Named]:
    """What the handler names, then what the functions among the commands that it calls do."""
    found: dict[Any, Named] = {}
    waiting = [inspect.unwrap(spec.handler)]
    while waiting:
        function = waiting.pop(0)
        if function not in found:
            names = function.__code__.co_names
            found[function] = {name: function.__globals__.get(name) for name in names}
            called = [f for f in found[function].values() if inspect.isfunction(f)]
            waiting += [inspect.unwrap(f) for f in called if f.__module__.startswith("commands.")]
    return list(found.values())


def _classes(named: Named) -> list[type[Aggregate]]:
    return [c for c in named.values() if isinstance(c, type) and issubclass(c, Aggregate)]


def _finds(spec: CommandSpec) -> bool:
    """Whether a handler without a key only ever gives back a matter that it asked for."""
    functions = _functions(spec)
    asks = any("matter" in named and spec.aggregate in _classes(named) for named in functions)
    return asks and not any("begin" in named for named in functions)


def _others_of(spec: CommandSpec) -> list[type[Aggregate]]:
    """The classes of further matters, named where one is asked for or begun."""
    reaching = {"matter", "matters", "also"}
    functions = [named for named in _functions(spec) if reaching & named.keys()]
    classes = dict.fromkeys(c for named in functions for c in _classes(named))
    # whoever begins a matter names its class for that
    begins = spec.begins or spec.or_begins
    return [c for c in classes if not (begins and c is spec.aggregate)]


def _events_of(spec: CommandSpec) -> list[str]:
    """The events a command may record, without programme: of a matter that it begins, the first;
    else those that the deciding methods named by its functions have applied, and their own parts."""
    functions = _functions(spec)
    names = list(dict.fromkeys(name for named in functions for name in named))
    begins = spec.or_begins or (spec.begins and not _finds(spec))
    found = _first(spec.aggregate, names) if begins else []
    if not spec.begins or not begins:
        found += _applied(spec.aggregate, names)
    for other in _others_of(spec):
        also = any("also" in named and other in _classes(named) for named in functions)
        found += [*(_first(other, names) if also else []), *_applied(other, names)]
    return list(dict.fromkeys(found))


def _first(aggregate: type[Aggregate], names: Sequence[str]) -> list[str]:
    """The events that begin a matter: those that are named, or all when none is."""
    first = {n: e for n, e in aggregate.events.items() if issubclass(e, CanInitAggregate)}
    named = [n for n, e in first.items() if e.__name__ in names]
    return [_event_name(n) for n in named or first]


def _applied(aggregate: type[Aggregate], named: Sequence[str]) -> list[str]:
    found: list[str] = []
    deciding = {n for c in aggregate.__mro__ if issubclass(c, Aggregate) for n in vars(c)}
    deciding -= set(dir(Aggregate))
    waiting = [
        name
        for name in named
        if name in deciding and inspect.isfunction(inspect.getattr_static(aggregate, name))
    ]
    seen = set(waiting)
    while waiting:
        member = inspect.getattr_static(aggregate, waiting.pop(0), None)
        if isinstance(member, CommandMethodDecorator):
            applied = decorated_func_callers[member].__name__
            found += [_event_name(n) for n, e in aggregate.events.items() if e.__name__ == applied]
        elif inspect.isfunction(member):
            names = set(inspect.unwrap(member).__code__.co_names) - seen
            waiting += sorted(name for name in names if name.startswith("_"))
            seen |= names
    return found


def _event_name(stored: str) -> str:
    return stored.split(".")[1]


def _policy_line(registry: Registry, policy: PolicySpec) -> str:
    asked = ", ".join(f"`{spec.program}/{spec.name}`" for spec in _asked_for(registry, policy))
    return f"| `{policy.name}` | {asked} | {policy.fails} |"


def _asked_for(registry: Registry, policy: PolicySpec) -> list[CommandSpec]:
    """The commands in what a policy says it returns."""
    said: list[Any] = [get_type_hints(policy.react).get("return")]
    models = []
    while said:
        part = said.pop(0)
        said = [*get_args(part), *said]
        if isinstance(part, type) and issubclass(part, Command) and part is not Command:
            models.append(part)
    return [registry.command_for(model) for model in models]


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
