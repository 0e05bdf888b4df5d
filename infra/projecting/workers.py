"""The processes of a rebuild: each takes one job after another and tells how far it is.

They are started when there is something for them to do and stay until the block ends, so that many
read models cost one import a process. They end when this process does, however it ends.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import orjson

from infra.projecting.worker import FAILED, Done, Job

Reached = Callable[[int], None]
"""Called with the position that a job has reached."""


class Workers:
    """At most so many processes; made by :func:`open_workers`."""

    def __init__(self, most: int) -> None:
        self._places = asyncio.Semaphore(most)
        self._idle: list[Process] = []
        self.started: list[Process] = []

    async def run(self, job: Job, tell: Reached) -> Done:
        """Does the job in a process that has nothing else to do; waits for one if need be.

        A process that died in the middle has FAILED. When the caller goes away, so does the
        process, as nobody could stop what it does.
        """
        async with self._places:
            process = self._idle.pop() if self._idle else await self._start()
            try:
                done = await _do(process, job, tell)
            except BaseException:
                process.kill()
                raise
            if process.returncode is None:
                self._idle.append(process)
            return done

    async def _start(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "infra.projecting.worker",
            stdin=PIPE,
            stdout=PIPE,
            # the same modules as here, however this process came by them
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self.started.append(process)
        return process


async def _do(process: Process, job: Job, tell: Reached) -> Done:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a worker without pipes")
    process.stdin.write(job.to_line())
    while line := await process.stdout.readline():
        said = orjson.loads(line)
        if "code" in said:
            return Done(**said)
        tell(said["position"])
    await process.wait()
    return Done(FAILED)


@asynccontextmanager
async def open_workers(most: int) -> AsyncIterator[Workers]:
    """Workers that are gone when the block ends."""
    workers = Workers(max(1, most))
    try:
        yield workers
    finally:
        for process in workers.started:
            if process.returncode is None:
                process.kill()
            await process.wait()
