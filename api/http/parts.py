"""What the HTTP door needs of the rest of Huimin, made by the composition root."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from api.http.rates import Rates
from infra.auditing.audit import Audit
from infra.discovery import Registry
from infra.executing.executor import Executor
from infra.figures import Figures
from infra.keys import Keys
from infra.metrics import Metrics
from infra.projecting.queries import ReadModels
from infra.tokens import Verifier

Probe = Callable[[], Awaitable[None]]
"""Returns when the engine answers, raises when it does not."""


@dataclass(frozen=True, slots=True)
class Parts:
    """``probes`` are asked by /health/ready, by the engine's name; ``namespace`` is how the
    installation's stream and subjects are named."""

    registry: Registry
    executor: Executor
    verifier: Verifier
    keys: Keys
    metrics: Metrics
    read_models: ReadModels
    audit: Audit
    namespace: str
    rates: Rates = field(default_factory=Rates)
    figures: Figures | None = None
    probes: Mapping[str, Probe] = field(default_factory=dict)
