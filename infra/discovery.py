"""Finds the programmes: whatever stands in ``domain``, ``commands`` and ``projections``.

A new programme is its own files and nothing else, so nothing here knows a name; what must be
unique is checked while collecting. Importing this module imports no programme: :func:`discover`
does.
"""

import gc
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType
from typing import TypeVar

from commands.base import POLICY, SPEC, CommandSpec, PolicySpec
from domain.shared.aggregate import Aggregate, EventBase
from domain.shared.refusals import Refused
from infra.errors import Misconfigured
from projections.base import FOLD, FoldSpec, Row


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything declared by all programmes, keyed by stored name.

    ``events`` maps every current type name to its class; ``commands`` is keyed by
    (program, command); ``folds`` by read model, in order of declaration; ``due`` by deadline
    clock name within a programme. Two programmes may refuse with the same code and say it each in
    their own words: ``refusal_sentences``. ``sentences`` has one of them for each code.
    """

    aggregates: Mapping[str, type[Aggregate]] = field(default_factory=dict)
    events: Mapping[str, type[EventBase]] = field(default_factory=dict)
    event_owner: Mapping[str, type[Aggregate]] = field(default_factory=dict)
    commands: Mapping[tuple[str, str], CommandSpec] = field(default_factory=dict)
    rows: Mapping[str, type[Row]] = field(default_factory=dict)
    folds: Mapping[str, tuple[FoldSpec, ...]] = field(default_factory=dict)
    policies: Mapping[str, PolicySpec] = field(default_factory=dict)
    due: Mapping[tuple[str, str], CommandSpec] = field(default_factory=dict)
    refusals: tuple[type[Refused], ...] = ()
    sentences: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    refusal_sentences: Mapping[type[Refused], tuple[str, str]] = field(default_factory=dict)

    def main_row(self, aggregate: type[Aggregate]) -> type[Row] | None:
        """The read model that ``Location`` points to: declared ``main``, and each event that
        begins such a matter makes a row there under the matter's id; None when there is none."""
        begins = {e for e in aggregate.events.values() if issubclass(e, Aggregate.Created)}
        for name, folds in self.folds.items():
            made = {f.event_class for f in folds if f.expects != "row" and f.by_matter}
            if self.rows[name].main and begins and begins <= made:
                return self.rows[name]
        return None

    def command_for(self, model: type) -> CommandSpec:
        """The spec of a command's model class, as policies name commands by their model."""
        for spec in self.commands.values():
            if spec.model is model:
                return spec
        raise Misconfigured(f"no handler takes the command {model.__name__}")


def modules(package: str) -> Iterator[ModuleType]:
    """Imports and yields every module below a package, the package first."""
    root = importlib.import_module(package)
    yield root
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        yield importlib.import_module(info.name)


@lru_cache(maxsize=1)
def discover() -> Registry:
    """Collects all programmes once per process.

    Raises Misconfigured when two declare the same stored name.
    """
    packages = ("domain", "commands", "projections")
    collecting = gc.isenabled()
    # what is made here stays, and looking through all of it again and again takes a fifth longer
    gc.disable()
    try:
        return collect(module for package in packages for module in modules(package))
    finally:
        if collecting:
            gc.enable()


def collect(declaring: Iterable[ModuleType]) -> Registry:
    """What these modules themselves declare; what they import is left to where it stands.

    Raises Misconfigured when two declare the same stored name.
    """
    found = _Collector()
    for module in declaring:
        found.take(module)
    return found.registry()


K = TypeVar("K")
V = TypeVar("V")


class _Collector:
    def __init__(self) -> None:
        self.aggregates: dict[str, type[Aggregate]] = {}
        self.events: dict[str, type[EventBase]] = {}
        self.event_owner: dict[str, type[Aggregate]] = {}
        self.commands: dict[tuple[str, str], CommandSpec] = {}
        self.rows: dict[str, type[Row]] = {}
        self.folds: dict[str, list[FoldSpec]] = {}
        self.policies: dict[str, PolicySpec] = {}
        self.due: dict[tuple[str, str], CommandSpec] = {}
        self.refusals: list[type[Refused]] = []
        self.sentences: dict[str, dict[str, tuple[str, str]]] = {}

    def take(self, module: ModuleType) -> None:
        for member in list(vars(module).values()):
            if getattr(member, "__module__", None) != module.__name__:
                continue
            # not issubclass, which asks an abstract class's every descendant: a tenth of the start
            if isinstance(member, type) and Aggregate in member.__mro__:
                if getattr(member, "program", ""):
                    self._aggregate(member)
            elif isinstance(member, type) and Refused in member.__mro__:
                self.refusals.append(member)
            elif (spec := getattr(member, SPEC, None)) is not None:
                _put(self.commands, (spec.program, spec.name), spec)
                if spec.when_due:
                    _put(self.due, (spec.program, spec.when_due), spec)
            elif (rule := getattr(member, POLICY, None)) is not None:
                _put(self.policies, rule.name, rule)
            for spec in getattr(member, FOLD, ()):
                self.rows[spec.row.model_name] = spec.row
                self.folds.setdefault(spec.row.model_name, []).append(spec)
        said = self.sentences.setdefault(_home(module.__name__), {})
        said |= getattr(module, "SENTENCES", {})

    def _aggregate(self, aggregate: type[Aggregate]) -> None:
        _put(self.aggregates, f"{aggregate.program}.{aggregate.__name__}", aggregate)
        for name, event_class in aggregate.events.items():
            _put(self.events, name, event_class)
            self.event_owner[name] = aggregate
        for member in vars(aggregate).values():
            if isinstance(member, type) and issubclass(member, Refused):
                self.refusals.append(member)

    def registry(self) -> Registry:
        everyones: dict[str, tuple[str, str]] = {}
        for said in self.sentences.values():
            everyones = {**said, **everyones}
        own = {
            refusal: self.sentences.get(_home(refusal.__module__), {}) for refusal in self.refusals
        }
        return Registry(
            aggregates=self.aggregates,
            events=self.events,
            event_owner=self.event_owner,
            commands=self.commands,
            rows=self.rows,
            folds={name: tuple(folds) for name, folds in self.folds.items()},
            policies=self.policies,
            due=self.due,
            refusals=tuple(self.refusals),
            sentences=everyones,
            refusal_sentences={r: said[r.code] for r, said in own.items() if r.code in said},
        )


def _home(module: str) -> str:
    """A programme's own name, which comes after the layer's in the modules of all layers."""
    _layer, _, inner = module.partition(".")
    return inner.partition(".")[0]


def _put(where: dict[K, V], key: K, value: V) -> None:
    if key in where:
        raise Misconfigured(f"{key} is declared twice")
    where[key] = value
