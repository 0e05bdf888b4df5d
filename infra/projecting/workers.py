"""Runs the processes of a rebuild, one a share, and listens to how far they are."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import orjson

from infra.projecting.worker import Job


async def run_workers(jobs: Sequence[Job], tell: Callable[[int], None]) -> list[int]:
    """The exit codes, in order of the jobs. ``tell`` gets the position reached, on average.

    When one fails the others go on; when the caller goes away, all end.
    """
    reached = [0] * len(jobs)

    async def run(n: int, job: Job) -> int:
        async with _process(job) as process:
            while process.stdout and (line := await process.stdout.readline()):
                reached[n] = orjson.loads(line)["position"]
                tell(sum(reached) // len(reached))
            return await process.wait()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run(n, job)) for n, job in enumerate(jobs)]
    return [task.result() for task in tasks]


@asynccontextmanager
async def _process(job: Job) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "infra.projecting.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # the same modules as here, however this process came by them
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        if process.stdin:  # stays open: its end is how the worker learns of ours
            process.stdin.write(job.to_line())
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
