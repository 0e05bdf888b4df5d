"""Makes a read model again from the log, beside the live one, and puts it in its place.

Shadow tables are filled by worker processes, caught up by the page, compared with the log by an
independent fold, and switched to in one transaction; readers see the old rows up to then. One
rebuild of a read model at a time; one that was killed leaves tables that the next one drops, and
nothing else. A rebuild only writes rows: it sends no message and issues no command.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

import structlog

from infra.database import PROJECTOR, Connection, connect, translated
from infra.discovery import Registry
from infra.errors import BadRequest, Corrupt, HuiminError, StoreUnavailable
from infra.log.codec import Codec
from infra.log.read import LogReader
from infra.projecting import builds, catalogue, pool, switching
from infra.projecting.builds import Build, Folding, folding
from infra.projecting.filling import ROWS_IN_MEMORY, Share
from infra.projecting.read_model import ReadModel, read_models
from infra.projecting.tables import Table
from infra.projecting.verify import Verdict, verify
from infra.projecting.worker import UNSTORABLE, Done, Job
from infra.projecting.workers import Workers, open_workers

log = structlog.get_logger(__name__)

DISCOVERED = "infra.discovery:discover"
"""Where a worker process finds the registry."""

EVENTS_VERIFIED = 100_000
"""A rebuild compares all keys of a log up to this size, and so many events' worth of a longer one."""

SMALL_LAG = 500

Progress = Callable[[str, int, int], None]
"""Called with the phase (``fill``, ``catch-up``, ``verify``, ``switch``), done and all."""

ProgressOf = Callable[[str, str, int, int], None]
"""As Progress, with the read model's name before it."""


class VerifyRefused(Corrupt):
    """The new table is not what the log says; the live one stays. Facts name a few keys."""

    code = "verify-refused"


class RebuildRunning(HuiminError):
    """Another process is rebuilding this read model."""

    code = "rebuild-running"
    status = 409


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild came to; ``seconds`` by phase, ``events`` those of its own types that the
    fill took from the log."""

    name: str
    build: int
    position: int
    events: int
    verdict: Verdict
    seconds: Mapping[str, float]
    switched: bool


_LOCK = b"SELECT pg_try_advisory_lock(hashtextextended(current_schema() || '.rebuild.' || %s, 0))"
_SNAPSHOT = b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


class Rebuilder:
    """Rebuilds read models of one registry; ``registry_source`` is for its worker processes."""

    def __init__(
        self,
        database_url: str,
        namespace: str,
        registry: Registry,
        *,
        registry_source: str = DISCOVERED,
        rows_in_memory: int = ROWS_IN_MEMORY,
    ) -> None:
        self.models: Mapping[str, ReadModel] = read_models(registry)
        self._url = database_url
        self._namespace = namespace
        self._codec = Codec(registry)
        self._registry_source = registry_source
        self._rows_in_memory = rows_in_memory

    async def rebuild(
        self,
        name: str,
        *,
        workers: int = 1,
        keep_serving: bool = True,
        progress: Progress | None = None,
        share: float | None = None,
        switch: bool = True,
    ) -> Rebuilt:
        """Fills, catches up, verifies and switches.

        ``keep_serving`` false lets the live projector rest meanwhile, so its rows stay as they
        are and the rebuild has the machine to itself. ``share`` of the keys is verified (default:
        all, fewer for a long log). Without ``switch`` the build waits for :meth:`switch`.
        Raises VerifyRefused, RebuildRunning, BadRequest ``unknown-read-model``, StoreUnavailable.
        """
        self._model(name)
        async with open_workers(workers) as processes:
            return await self._rebuild(
                name, processes, workers, keep_serving, progress or _silent, share, switch
            )

    async def rebuild_all(
        self,
        *,
        workers: int = 1,
        keep_serving: bool = True,
        progress: ProgressOf | None = None,
        switch: bool = True,
    ) -> tuple[list[Rebuilt], dict[str, HuiminError]]:
        """Rebuilds every read model, as many at a time as there are ``workers``; what each came
        to, by name, and the refused ones with why: they do not keep the others from theirs.

        Raises StoreUnavailable.
        """
        tell = progress or (lambda *_: None)
        rebuilt: list[Rebuilt] = []
        refused: dict[str, HuiminError] = {}
        names = iter(self.models)

        async def one_after_another() -> None:
            for name in names:
                try:
                    done = await self._rebuild(
                        name, processes, 1, keep_serving, partial(tell, name), None, switch
                    )
                    rebuilt.append(done)
                except (VerifyRefused, RebuildRunning) as refusal:
                    refused[name] = refusal

        async with open_workers(workers) as processes, asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(one_after_another())
        return sorted(rebuilt, key=attrgetter("name")), dict(sorted(refused.items()))

    async def _rebuild(
        self,
        name: str,
        processes: Workers,
        parts: int,
        keep_serving: bool,
        tell: Progress,
        share: float | None,
        switch: bool,
    ) -> Rebuilt:
        model, clock = self._model(name), _Stopwatch()
        async with self._working(name) as (connection, reader):
            await catalogue.begin(connection, model)
            async with self._resting(connection, name, resting=not keep_serving):
                build = await builds.begin(connection, model)
                upto = await reader.head()
                events = await self._fill(connection, build, processes, parts, upto, tell)
                clock.lap("fill")
                for statement in [*build.table.create_indexes(build.id), *build.table.analyze()]:
                    await connection.execute(statement)
                clock.lap("index")
                fold = await folding(connection, build, self._codec.decode)
                await _follow(connection, fold, reader, tell)
                clock.lap("catch-up")
                verdict = await self._verify(connection, build, share, tell)
                clock.lap("verify")
                await _follow(connection, fold, reader, tell)
                position = await builds.position(connection, build.id)
                if switch:
                    position = await switching.switch(connection, model, build.id, fold, reader)
                clock.lap("switch")
                tell("switch", 1, 1)
        log.info("read_model_rebuilt", read_model=name, position=position, rows=verdict.rows)
        return Rebuilt(name, build.id, position, events, verdict, clock.laps, switch)

    async def switch(self, name: str) -> int:
        """Switches to the build that a rebuild without switch made; the position it is live at.

        Raises BadRequest ``not-found`` when there is none, RebuildRunning, StoreUnavailable.
        """
        model = self._model(name)
        async with self._working(name) as (connection, reader):
            build = await builds.ready(connection, model)
            if build is None:
                raise BadRequest(
                    "not-found", 404, "没有待切换的重建 · no build waits for a switch", name=name
                )
            fold = await folding(connection, build, self._codec.decode)
            await _follow(connection, fold, reader, _silent)
            return await switching.switch(connection, model, build.id, fold, reader)

    async def rollback(self, name: str) -> int:
        """Goes back to the tables before the last switch; the position they are live at.

        They are brought up to date first, if this code made them; if other code did, they go live
        as they stand and the read model is paused. Raises BadRequest ``not-found`` when nothing
        was kept, RebuildRunning, StoreUnavailable.
        """
        model = self._model(name)
        async with self._working(name) as (connection, reader):
            stand = await catalogue.standing(connection, name)
            if stand is None or stand.previous_build is None:
                raise BadRequest(
                    "not-found", 404, "没有保留旧表 · no earlier tables are kept", name=name
                )
            kept = Build(stand.previous_build, model)
            fold: Folding | None = None
            if await builds.fingerprint(connection, kept.id) == model.fingerprint:
                fold = await folding(connection, kept, self._codec.decode)
                await _follow(connection, fold, reader, _silent)
            return await switching.switch(connection, model, kept.id, fold, reader)

    async def verify(self, name: str, *, share: float = 1.0) -> Verdict:
        """Compares the live table with the log, in one snapshot and without holding anyone up.

        Raises BadRequest ``unknown-read-model``, StoreUnavailable.
        """
        model = self._model(name)
        with translated():
            connection = await connect(
                self._url, self._namespace, role=PROJECTOR, application="huimin-verify"
            )
            async with connection, connection.transaction():
                await connection.execute(_SNAPSHOT)
                stand = await catalogue.standing(connection, name)
                if stand is None:
                    raise catalogue.unstarted(name)
                table = Table.live(model)
                return await verify(
                    connection, model, self._codec, table, stand.build, stand.position, share=share
                )

    def _model(self, name: str) -> ReadModel:
        if name not in self.models:
            raise catalogue.unknown(name)
        return self.models[name]

    async def _verify(
        self, connection: Connection, build: Build, share: float | None, tell: Progress
    ) -> Verdict:
        position = await builds.position(connection, build.id)
        tell("verify", 0, position)
        if share is None:
            share = min(1.0, EVENTS_VERIFIED / max(position, 1))
        verdict = await verify(
            connection, build.model, self._codec, build.table, build.id, position, share=share
        )
        tell("verify", position, position)
        if not verdict.equal:
            async with connection.transaction():
                await builds.drop(connection, build.model.name, build.id)
            raise VerifyRefused(
                f"{build.model.name}: {verdict.rows} rows, the log says {verdict.expected_rows}",
                keys=verdict.differing,
            )
        await builds.set_state(connection, build.id, "ready")
        return verdict

    async def _fill(
        self,
        connection: Connection,
        build: Build,
        processes: Workers,
        parts: int,
        upto: int,
        tell: Progress,
    ) -> int:
        """Lets a process fill each share; how many events of the log are in the build."""
        shares = [Share(n, parts, upto, self._rows_in_memory) for n in range(parts)]
        done = await self._run(build, processes, shares, tell, by_pages=False)
        if UNSTORABLE in [one.code for one in done]:
            log.warning("rebuild_by_pages", read_model=build.model.name)
            await builds.empty(connection, build)
            done = await self._run(build, processes, shares, tell, by_pages=True)
        if any(one.code for one in done):
            raise StoreUnavailable(f"a worker of the rebuild of {build.model.name} failed")
        await builds.moved(connection, build.id, upto)
        taken = [one.events for one in done]
        return sum(taken) if build.model.by_stream else max(taken)

    async def _run(
        self,
        build: Build,
        processes: Workers,
        shares: list[Share],
        tell: Progress,
        *,
        by_pages: bool,
    ) -> list[Done]:
        reached = [0] * len(shares)

        async def run(share: Share) -> Done:
            job = Job(
                url=self._url,
                namespace=self._namespace,
                registry=self._registry_source,
                read_model=build.model.name,
                build=build.id,
                share=share,
                by_pages=by_pages,
            )

            def moved(position: int) -> None:
                reached[share.part] = position
                tell("fill", sum(reached) // len(reached), share.upto)

            return await processes.run(job, moved)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(share)) for share in shares]
        return [task.result() for task in tasks]

    @asynccontextmanager
    async def _working(self, name: str) -> AsyncIterator[tuple[Connection, LogReader]]:
        """A connection that holds the rebuild lock of a read model, and a reader of the log."""
        with translated():
            connection = await connect(
                self._url, self._namespace, role=PROJECTOR, application="huimin-rebuild"
            )
            async with connection:
                await pool.configure(connection)
                # what is switched to must be on the disk
                await connection.execute("SET synchronous_commit = on")
                found = await connection.execute(_LOCK, [name])
                if not (await found.fetchall())[0][0]:
                    raise RebuildRunning(
                        f"该读模型正由另一进程重建 · another process rebuilds it: {name}", name=name
                    )
                readers = await pool.open_work_pool(self._url, self._namespace, size=1)
                try:
                    yield connection, LogReader(readers)
                finally:
                    await readers.close()

    @asynccontextmanager
    async def _resting(
        self, connection: Connection, name: str, *, resting: bool
    ) -> AsyncIterator[None]:
        """Lets the live projector rest. If we are killed, it finds our lock gone and goes on."""
        stand = await catalogue.standing(connection, name)
        if not resting or stand is None or stand.state != catalogue.RUNNING:
            yield
            return
        await catalogue.set_state(connection, name, catalogue.RESTING)
        try:
            yield
        finally:
            await catalogue.set_state(connection, name, catalogue.RUNNING)


class _Stopwatch:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._at = time.monotonic()

    def lap(self, phase: str) -> None:
        now = time.monotonic()
        self.laps[phase] = now - self._at
        self._at = now


async def _follow(connection: Connection, fold: Folding, reader: LogReader, tell: Progress) -> None:
    """Catches up until little is left, which the switch takes care of."""
    while True:
        head, at = await reader.head(), await builds.position(connection, fold.build.id)
        tell("catch-up", at, head)
        if head - at <= SMALL_LAG:
            return
        await fold.catch_up(connection, reader, head)


def _silent(phase: str, done: int, of: int) -> None:
    """Tells nobody."""
