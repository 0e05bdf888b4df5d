"""Huimin measured beside its peers, all in one run, as ratios.

Absolute figures hold for one machine and one hour. So the cases of a comparison alternate (A B C,
A B C, …), medians are taken with their range, and what is quoted is the ratio.
"""

import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Figures = Mapping[str, float]
Case = Callable[[], Figures]


@dataclass
class Comparison:
    """A table of cases; the first figure of each is compared with that of the case ``base``."""

    title: str
    base: str
    cases: Mapping[str, Case]
    measured: dict[str, list[Figures]] = field(default_factory=dict)

    def run(self, rounds: int) -> None:
        """Every case once, then every case again, and so on."""
        for round_ in range(rounds):
            for name, case in self.cases.items():
                begun = time.perf_counter()
                figures = case()
                self.measured.setdefault(name, []).append(figures)
                told = ", ".join(f"{key} {_short(value)}" for key, value in figures.items())
                spent = time.perf_counter() - begun
                print(f"  {round_ + 1}: {name}: {told} ({spent:.0f} s)", file=sys.stderr)

    def median(self, name: str) -> float:
        """The median of a case's first figure."""
        return statistics.median(next(iter(f.values())) for f in self.measured[name])

    def markdown(self) -> str:
        """The table: medians, with the least and the most in brackets."""
        columns = list(dict.fromkeys(k for runs in self.measured.values() for k in runs[0]))
        lines = [f"### {self.title}", ""]
        lines.append("| case | " + " | ".join(columns) + f" | × {self.base} |")
        lines.append("|---" * (len(columns) + 2) + "|")
        for name, runs in self.measured.items():
            cells = [_cell([f[c] for f in runs if c in f]) for c in columns]
            ratio = self.median(name) / self.median(self.base)
            lines.append(f"| {name} | " + " | ".join(cells) + f" | {ratio:.2f} |")
        return "\n".join(lines) + "\n"


def _cell(values: Sequence[float]) -> str:
    if not values:
        return ""
    middle = _short(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({_short(min(values))}–{_short(max(values))})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that ``percent`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
