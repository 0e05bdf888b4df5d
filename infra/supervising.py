"""Runs every role as a child process, starts again what dies, and stops all of it in order.

For one machine; on many, each role is started by the machine's own supervisor with
``huimin serve``. A role that keeps dying is started with growing pauses, so that a broken setting
does not burn a core. Children end with their parent, also when that is killed: see
``infra/engines/launch.py``.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import structlog

from infra.errors import Misconfigured

log = structlog.get_logger(__name__)

_LAUNCHER = Path(__file__).parent / "engines" / "launch.py"
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0
_STEADY_SECONDS = 30.0
_PATIENCE = timedelta(seconds=15)


@dataclass(slots=True)
class Role:
    """A role to keep running: its name for people, and the arguments after ``huimin``."""

    name: str
    arguments: Sequence[str]
    inherit: Sequence[int] = ()


@dataclass
class Supervisor:
    """Keeps roles running from ``run`` until it is cancelled; logs go to ``log_dir``."""

    roles: Sequence[Role]
    log_dir: Path
    environment: dict[str, str]
    pids: dict[str, int] = field(default_factory=dict)

    async def run(self) -> None:
        """Until cancelled; then stops the roles, the first of the list last.

        Raises Misconfigured when there is no place for the logs.
        """
        try:
            self.log_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise Misconfigured(
                f"{self.log_dir}: {error.strerror}；请检查 HUIMIN_DATA_DIR · check HUIMIN_DATA_DIR"
            ) from error
        tasks = [asyncio.create_task(self._keep(role), name=role.name) for role in self.roles]
        try:
            # not gather: cancelled, it cancels all at once and goes on when the first has ended,
            # and the cancelling below would then tear the others from waiting for their processes
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            for task in reversed(tasks):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _keep(self, role: Role) -> None:
        pause = _FIRST_PAUSE_SECONDS
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            code = await self._live(role)
            if loop.time() - begun > _STEADY_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            log.error("role_died", role=role.name, exit_code=code, again_in_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _live(self, role: Role) -> int:
        with self._log_of(role) as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid())),
                *(str(int(signal.SIGTERM)), "-1", "-1"),
                *(sys.executable, "-m", "main", *role.arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=tuple(role.inherit),
                env=self.environment,
                # so that Ctrl-C reaches the supervisor only, which stops the roles in order
                start_new_session=True,
            )
        self.pids[role.name] = process.pid
        try:
            return await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        finally:
            self.pids.pop(role.name, None)

    def _log_of(self, role: Role) -> BinaryIO:
        return open(self.log_dir / f"{role.name}.log", "ab")


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE.total_seconds())
        except TimeoutError:
            process.kill()
            await process.wait()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that API processes share by inheriting it; port 0 picks a free one.

    Raises Misconfigured when the address is taken or not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Misconfigured(
            f"HUIMIN_HTTP={host}:{port}: {error.strerror}；请换一个地址，或用端口 0 任选 · "
            "choose another address, or port 0 for any"
        ) from error
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


def inherited(descriptor: int) -> socket.socket:
    """The listening socket that whoever started this process left it.

    Raises Misconfigured when there is none.
    """
    try:
        return socket.socket(fileno=descriptor)
    except OSError as error:
        raise Misconfigured(
            f"--listen-fd {descriptor}: {error.strerror}；须为继承的监听套接字 · "
            "it must be a listening socket that was inherited"
        ) from error
