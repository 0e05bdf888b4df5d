"""Runs roles beside a test, or as this file in a process of its own that can be killed.

``python -m tests.infra.reacting.roles policies|scheduler URL NAMESPACE AHEAD STEP`` has a clock that
is AHEAD seconds ahead, and dies by SIGKILL at the STEP-th step: each append, each checkpoint has one
before it and one behind it. With 0 it lives until its work is done.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from infra.reacting.checkpoints import Checkpoints
from tests.infra.reacting.market import Late, market


@asynccontextmanager
async def running(*works: Any) -> AsyncIterator[None]:
    """Runs roles for the time of a ``with`` block."""
    tasks = [asyncio.create_task(work.run()) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if ended is not None and not isinstance(ended, asyncio.CancelledError):
                raise ended


class Mortal:
    """Counts steps and dies at one of them."""

    def __init__(self, last: int) -> None:
        self._left = last

    def step(self) -> None:
        """One step nearer."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, work: Any) -> Any:
        """``work`` with a step before and one behind it."""

        async def stepped(*args: Any, **more: Any) -> Any:
            self.step()
            result = await work(*args, **more)
            self.step()
            return result

        return stepped


async def main(role: str, url: str, namespace: str, ahead: float, last: int) -> None:
    """Runs one role until its work is done or its time has come."""
    mortal = Mortal(last)
    clock = Late(timedelta(seconds=ahead))
    async with market(url, namespace, "file-with-desks", "tell-desk", clock=clock) as m:
        m.appends.append = mortal.around(m.appends.append)  # type: ignore[method-assign]  # on purpose
        if role == "policies":
            Checkpoints.save = mortal.around(Checkpoints.save)  # type: ignore[method-assign]  # as above
            Checkpoints.settle = mortal.around(Checkpoints.settle)  # type: ignore[method-assign]  # as above
            async with running(m.runner()):
                await m.policies_done()
        else:
            async with running(m.projector(), m.scheduler()):
                await m.nothing_due()


async def run_apart(role: str, url: str, namespace: str, *, ahead: float = 0, last: int = 0) -> int:
    """Runs a role in a process of its own; gives the exit code, -9 if it was killed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, role, url, namespace, str(ahead), str(last)),
        cwd=Path(__file__).parents[3],
        stdout=asyncio.subprocess.DEVNULL,
    )
    return await process.wait()


if __name__ == "__main__":
    its_role, its_url, its_namespace, its_ahead, its_last = sys.argv[1:]
    asyncio.run(main(its_role, its_url, its_namespace, float(its_ahead), int(its_last)))
