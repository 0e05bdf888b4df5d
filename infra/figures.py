"""The city's figures for /metrics that live in the database: lags, dead letters, drift, breaches.

Any API process can tell them for all roles. What may surprise: breaches are counted along the log,
a stretch at each asking, because the log has no index by type; after a start the count catches up.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import nats.errors
from prometheus_client import Gauge

from infra.database import Pool, translated, undisturbed
from infra.discovery import Registry
from infra.errors import Unavailable
from infra.log.append import GroupCommit
from infra.log.read import LogReader
from infra.log.records import RecordedEvent
from infra.metrics import Metrics
from infra.projecting.catalogue import Status, status
from infra.reacting.operating import policy_status

PAGE = 5_000
MOST_PAGES = 40
LEVELS = ("clock-warned", "clock-breached", "clock-escalated")

StreamPosition = Callable[[], Awaitable[int]]
"""The stream's last position; raises BrokerUnavailable."""


class Figures:
    """Sets the gauges of one process's Metrics from what the database says now."""

    def __init__(
        self,
        metrics: Metrics,
        registry: Registry,
        reader: LogReader,
        pool: Pool,
        commit: GroupCommit | None = None,
        stream_position: StreamPosition | None = None,
    ) -> None:
        self._registry = registry
        self._reader = reader
        self._pool = pool
        self._stream_position = stream_position
        self._counted = 0
        self._streamed = 0
        self._turn = asyncio.Lock()
        self._types = [t for t in registry.events if t.split(".")[1].endswith(LEVELS)]
        gauge = metrics.gauge
        self._head = gauge("huimin_log_position", "The log's last position")
        self._relay = gauge("huimin_relay_lag_events", "Events of the log not yet in the stream")
        self._relay_seconds = gauge(
            "huimin_relay_lag_seconds", "Since the first event not yet in the stream was recorded"
        )
        model = ("read_model",)
        self._lag = gauge("huimin_projection_lag_events", "Events a read model has to take", model)
        self._lag_seconds = gauge(
            "huimin_projection_lag_seconds",
            "Since the first event that the read model has not taken was recorded",
            model,
        )
        self._dead = gauge("huimin_dead_letters", "Events parked by a read model", model)
        self._drifting = gauge(
            "huimin_projection_drifting",
            "Keys found to differ from the log, each time again, since the last switch",
            model,
        )
        self._policy_lag = gauge(
            "huimin_policy_lag_events", "Events a policy has to answer", ("policy",)
        )
        self._policy_waiting = gauge(
            "huimin_policy_waiting", "Commands of a policy that wait for another try", ("policy",)
        )
        self._levels = metrics.sla_levels
        if commit is not None:
            _watch(metrics, commit)

    async def refresh(self) -> None:
        """Asks once, for all who ask at the same time in turn. A stream that cannot be asked
        counts as standing where it stood last, so that its lag grows. Raises StoreUnavailable."""
        async with self._turn:
            await self._refresh()

    async def _refresh(self) -> None:
        head = await self._reader.head()
        self._head.set(head)
        await self._refresh_projections()
        await self._refresh_policies()
        await self._refresh_relay(head)
        await self._count_levels()

    async def _refresh_projections(self) -> None:
        async def ask() -> Sequence[Status]:
            with translated():
                async with self._pool.connection() as connection:
                    return await status(connection)

        for one in await undisturbed(ask):
            self._lag.labels(one.name).set(one.lag_events)
            self._lag_seconds.labels(one.name).set(one.lag_seconds)
            self._dead.labels(one.name).set(one.dead_letters)
            self._drifting.labels(one.name).set(one.drifting)

    async def _refresh_policies(self) -> None:
        for one in await policy_status(self._pool, self._registry):
            self._policy_lag.labels(one.policy).set(one.lag)
            self._policy_waiting.labels(one.policy).set(one.waiting)

    async def _refresh_relay(self, head: int) -> None:
        if self._stream_position is None:
            return
        with suppress(Unavailable, nats.errors.Error, OSError):
            self._streamed = await self._stream_position()
        self._relay.set(max(0, head - self._streamed))
        waiting = await self._reader.read(self._streamed, 1)
        self._relay_seconds.set(await self._seconds_since(waiting[0]) if waiting else 0)

    async def _seconds_since(self, recorded: RecordedEvent) -> float:
        # by the clock that recorded it, which is the database's
        rows = await self._reader.query(
            "SELECT extract(epoch FROM clock_timestamp() - %b::timestamptz)::float8",
            [recorded.recorded_at],
        )
        return max(0.0, float(rows[0][0]))

    async def _count_levels(self) -> None:
        if not self._types:
            return
        for _ in range(MOST_PAGES):
            upto = self._counted + 20 * PAGE
            found = await self._reader.read(self._counted, PAGE, self._types, upto)
            for recorded in found:
                self._levels.labels(recorded.program, recorded.name).inc()
            if len(found) == PAGE:
                self._counted = found[-1].position
                continue
            self._counted = min(upto, await self._reader.head())
            if self._counted < upto:
                return


def _watch(metrics: Metrics, commit: GroupCommit) -> None:
    """Figures that the group commit of this process keeps as it goes."""

    def kept(name: str, meaning: str, attribute: str) -> None:
        gauge: Gauge = metrics.gauge(name, meaning)
        gauge.set_function(lambda: float(getattr(commit, attribute)))

    kept("huimin_append_queue", "Appends that wait for the next batch", "queue_length")
    kept("huimin_append_batch_size", "Appends in the last batch", "last_batch_size")
    kept("huimin_append_batches", "Batches since the start", "batches")
    kept("huimin_append_judged_batches", "Batches that were refused whole", "judged_batches")
    kept("huimin_appends", "Appends accepted since the start", "appended")
    kept("huimin_append_conflicts", "Appends that lost the race for their matter", "conflicts")
    kept("huimin_append_duplicates", "Appends whose command was there already", "duplicates")
    kept("huimin_append_claims_refused", "Appends whose claim another holds", "claimed")
