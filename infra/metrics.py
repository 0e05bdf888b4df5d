"""What /metrics shows: one place that names every figure and its labels.

Labels are programmes, commands, codes, read models and roles, never a matter or a person. The
figures of other processes (lags, dead letters, breaches) are read from the database when someone
asks, so any API process can answer for the whole city.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """One per process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.commands = Counter(
            "huimin_commands",
            "Commands by what came of them: accepted, or the problem's code",
            ("program", "command", "outcome"),
            registry=self.registry,
        )
        self.problems = Counter(
            "huimin_problems",
            "Answers that were problems, by their code",
            ("code",),
            registry=self.registry,
        )
        self.command_seconds = Histogram(
            "huimin_command_seconds",
            "From the request's first byte to a durable verdict",
            ("program", "command"),
            buckets=FAST,
            registry=self.registry,
        )
        self.query_seconds = Histogram(
            "huimin_query_seconds",
            "From the request to its answer, without the wait for a position",
            ("read_model",),
            buckets=FAST,
            registry=self.registry,
        )
        self.wait_seconds = Histogram(
            "huimin_read_your_writes_seconds",
            "How long queries with a min_position waited for it",
            ("read_model",),
            buckets=FAST,
            registry=self.registry,
        )
        self.sla_levels = Counter(
            "huimin_sla_levels",
            "Warnings, breaches and escalations of clocks in the log",
            ("program", "level"),
            registry=self.registry,
        )

    def gauge(self, name: str, meaning: str, labels: tuple[str, ...] = ()) -> Gauge:
        """A figure that is set when someone asks."""
        return Gauge(name, meaning, labels, registry=self.registry)

    def shown(self) -> bytes:
        """All figures in Prometheus' text form."""
        return generate_latest(self.registry)
