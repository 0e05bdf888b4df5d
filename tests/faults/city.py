"""The whole city as `make run` starts it, in a data directory of its own that tests may damage.

Embedded engines, every role, two API processes. A test kills and cuts what it likes and then waits
until the city stands again by itself: nothing here ever starts anything a second time.
"""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from infra.engines import EmbeddedNats, EmbeddedPostgres
from infra.settings import Settings
from infra.tokens import DevelopmentIssuer

ROOT = Path(__file__).parent.parent.parent
ROLES = ("api", "relay", "projector", "policies", "scheduler")
ENGINES = ("nats", "postgres")
READY_WITHIN_SECONDS = 60.0
BACK_WITHIN_SECONDS = 180.0
CLI_WITHIN_SECONDS = 600.0


class City:
    """A running city. ``environment``: variables for it beyond the data directory and the port."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="huimin-faults-"))
        self.directory.chmod(0o711)  # for PostgreSQL's own user, when we are root
        self.data_dir = self.directory / "data"
        ours = {k: v for k, v in os.environ.items() if not k.startswith("HUIMIN_")}
        self.environment = {
            **ours,
            "HUIMIN_DATA_DIR": str(self.data_dir),
            "HUIMIN_HTTP": "127.0.0.1:0",
            "HUIMIN_API_WORKERS": "2",
            "COLUMNS": "200",
            **(environment or {}),
        }
        self._running: subprocess.Popen[str] | None = None
        self.base_url = ""

    def start(self) -> None:
        """Starts it and returns when it takes commands."""
        self._running = subprocess.Popen(
            [sys.executable, "-m", "main", "up"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        give_up = threading.Timer(READY_WITHIN_SECONDS, self._running.kill)
        give_up.start()
        assert self._running.stdout is not None
        said = ""
        for line in self._running.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        give_up.cancel()
        assert "Ctrl-C" in said, f"the city did not start:\n{said}"
        self.base_url = "http://" + said.split("http://")[1].split()[0]

    def stop(self) -> None:
        """Stops it as Ctrl-C does, and keeps its data."""
        if self._running is not None:
            self._running.send_signal(signal.SIGINT)
            self._running.communicate(timeout=60)
            self._running = None

    def remove(self) -> None:
        """Removes its data."""
        shutil.rmtree(self.directory)

    @property
    def supervisor(self) -> psutil.Process:
        """The process that keeps all the others running."""
        assert self._running is not None
        return psutil.Process(self._running.pid)

    @property
    def issuer(self) -> DevelopmentIssuer:
        """Signs tokens that it trusts."""
        return DevelopmentIssuer(self.data_dir)

    @property
    def settings(self) -> Settings:
        """What its roles are told."""
        return Settings(data_dir=self.data_dir)

    @property
    def nats(self) -> EmbeddedNats:
        """Its NATS, to ask for addresses and directories; its life is the city's affair."""
        return EmbeddedNats(self.data_dir)

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """The answer of its database to a query in the city's schema."""
        url = EmbeddedPostgres(self.data_dir).url
        search = f"-c search_path={self.settings.namespace}"
        with psycopg.connect(url, options=search) as connection:
            return connection.execute(query.encode()).fetchall()

    def token(self, actor: str, *roles: str, department: str | None = None) -> dict[str, str]:
        """The header that speaks for an actor."""
        return {"Authorization": f"Bearer {self.issuer.issue(actor, roles, department)}"}

    def cli(
        self, *arguments: str, code: int | None = 0, environment: Mapping[str, str] | None = None
    ) -> str:
        """What a command of ``huimin`` prints; it must end with ``code``, or with any if None."""
        return self._ran(arguments, code, environment).stdout

    def failing(
        self, *arguments: str, code: int, environment: Mapping[str, str] | None = None
    ) -> str:
        """What a command of ``huimin`` that must end with ``code`` says of it."""
        return self._ran(arguments, code, environment).stderr

    def _ran(
        self, arguments: Sequence[str], code: int | None, environment: Mapping[str, str] | None
    ) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            [sys.executable, "-m", "main", *arguments],
            cwd=ROOT,
            env={**self.environment, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=CLI_WITHIN_SECONDS,
            check=False,
        )
        said = f"huimin {' '.join(arguments)}: {ended.returncode}\n{ended.stdout}{ended.stderr}"
        assert code is None or ended.returncode == code, said
        return ended

    def asked(self, *arguments: str, code: int | None = 0) -> Any:
        """The JSON document that a command of ``huimin`` prints."""
        return json.loads(self.cli(*arguments, "--json", code=code))

    def pids(self, victim: str) -> list[int]:
        """The processes of a role or an engine that run now; of the role api, each of its two."""
        if victim in ENGINES:
            try:
                found = [int(json.loads((self.data_dir / f"{victim}.pid").read_bytes())["pid"])]
            except (FileNotFoundError, ValueError):  # not there, or just being written
                return []
            return [pid for pid in found if psutil.pid_exists(pid)]
        found = []
        for child in self.supervisor.children():
            with suppress(psutil.NoSuchProcess):
                serving = ["-m", "main", "serve", victim]
                if " ".join(serving) in " ".join(child.cmdline()):
                    found.append(child.pid)
        return found

    def logged(self, role: str, event: str) -> int:
        """How often a role has logged an event."""
        lines = (self.data_dir / "log" / f"{role}.log").read_text("utf-8").splitlines()
        return sum(f'"event":"{event}"' in line for line in lines)

    async def kill(self, victim: str) -> None:
        """kill -9 of a role or an engine; returns once it is back and the city takes commands."""
        killed = self.pids(victim)
        assert killed, f"{victim} does not run"
        for pid in killed:
            os.kill(pid, signal.SIGKILL)

        async def others_run() -> bool:
            running = self.pids(victim)
            return len(running) >= len(killed) and not set(running) & set(killed)

        await self.eventually(others_run)
        await self.eventually(self.is_ready)

    async def is_ready(self) -> bool:
        """Whether the API says that it and both engines work."""
        async with httpx.AsyncClient(base_url=self.base_url, timeout=5) as client:
            try:
                return (await client.get("/health/ready")).status_code == httpx.codes.OK
            except httpx.TransportError:
                return False

    async def eventually(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Waits until the condition holds."""
        async with asyncio.timeout(BACK_WITHIN_SECONDS):
            while not await condition():  # noqa: ASYNC110  # what is awaited is another process
                await asyncio.sleep(0.05)  # allow: sleep, looks again at what nobody announces

    async def agrees(self) -> None:
        """The stream comes to equal the log, position for position, and the log has no gap; every
        read model equals an independent fold of the log."""

        async def levelled() -> bool:
            found = await asyncio.to_thread(self.asked, "stream", "compare", code=None)
            return bool(found["last"] == found["head"] and not found["differing"])

        await self.eventually(levelled)
        [(count, head)] = self.sql("SELECT count(*), max(position) FROM events")
        assert count == head
        verdicts = await asyncio.to_thread(self.asked, "projections", "verify")
        assert verdicts
        assert all(verdict["equal"] for verdict in verdicts)
