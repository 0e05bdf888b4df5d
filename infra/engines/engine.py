"""What the two embedded engines have in common: a life from start to stop, with the same address.

`start` and `stop` block; call them through `asyncio.to_thread` where a loop must go on.
All methods may be called from any thread.
"""

import signal
import threading
import time
from abc import ABC, abstractmethod
from datetime import timedelta
from pathlib import Path

import structlog

from infra.engines import ports
from infra.engines.child import Account, Child, end_orphan, tail
from infra.engines.failure import EngineFailed

_READY_WITHIN = timedelta(seconds=60)
_LOOK_AGAIN_SECONDS = 0.05
_LOG_BYTES_KEPT = 16 * 1024 * 1024
_TRIES_FOR_A_PORT = 3

log = structlog.get_logger()


class EmbeddedEngine(ABC):
    """One engine over one data directory, which the caller holds the lock of."""

    name: str
    # each signal of a stop with the time it is given; SIGKILL comes after the last
    _stop_steps: tuple[tuple[signal.Signals, timedelta], ...]

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.absolute()
        self._child: Child | None = None
        self._wanted = False
        # someone was given the address, so it may not change any more while this process lives
        self._address_is_out = False
        self._turn = threading.RLock()

    @property
    def log_path(self) -> Path:
        """Where the engine's own log goes."""
        return self._data_dir / "log" / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        """The process id while it runs, else None."""
        child = self._child
        return child.pid if child and child.running else None

    @property
    def running(self) -> bool:
        """Whether its process is alive. It may still be starting."""
        return self.pid is not None

    def start(self) -> None:
        """Starts the engine unless it runs, and returns when it answers.

        Raises EngineFailed with the tail of its log when it does not answer in time.
        """
        with self._turn:
            self._wanted = True
            if self.running:
                return
            self.log_path.parent.mkdir(mode=0o700, exist_ok=True)
            if self.log_path.exists() and self.log_path.stat().st_size > _LOG_BYTES_KEPT:
                self.log_path.replace(self.log_path.with_suffix(".log.1"))
            end_orphan(self._record, self._home)
            self._prepare()
            # a port that was handed out in an address is kept; a new one may be lost to a race
            for _ in range(_TRIES_FOR_A_PORT):
                if self._launch():
                    break
                self._choose_ports()
            else:
                raise self._failed("exits at its start")
            self._address_is_out = True
            self._complete()
            log.info("engine_started", engine=self.name, pid=self.pid)

    def stop(self) -> None:
        """Stops the engine cleanly, with force when it does not heed. Does nothing if it is not up."""
        with self._turn:
            self._wanted = False
            if self._child is not None and self._child.running:
                self._child.end(*self._stop_steps)
                log.info("engine_stopped", engine=self.name)
            self._child = None

    def kill(self) -> None:
        """Ends the process at once, as kill -9 would, and returns when it is gone."""
        with self._turn:
            if self._child is not None:
                self._child.end()

    def restart(self) -> None:
        """Stops and starts it in place: the same address, the same data."""
        with self._turn:
            self.stop()
            self.start()

    def ensure_running(self) -> bool:
        """Starts the engine again if it should run and does not; whether that was needed.

        Raises EngineFailed when it does not come up.
        """
        with self._turn:
            if not self._wanted or self.running:
                return False
            log.warning("engine_died", engine=self.name)
            self.start()
            return True

    def wait_for_exit(self, timeout: timedelta) -> bool:
        """Waits until the process is gone; False when it still runs after `timeout`."""
        child = self._child
        return child is None or child.exited.wait(timeout.total_seconds())

    def _launch(self) -> bool:
        """False when the process ended because its port was taken from under it."""
        child = Child(
            self._command(), log=self.log_path, record=self._record, account=self._account()
        )
        self._child = child
        give_up = time.monotonic() + _READY_WITHIN.total_seconds()
        while not self._answers():
            if child.exited.wait(_LOOK_AGAIN_SECONDS):
                if self._address_is_out or all(map(ports.is_free, self._ports())):
                    raise self._failed("exits at its start")
                return False
            if time.monotonic() > give_up:
                child.end(*self._stop_steps)
                raise self._failed("does not answer")
        return True

    def _failed(self, what: str) -> EngineFailed:
        return EngineFailed(
            f"{self.name} 未能启动 · {self.name} {what}. {self.log_path}:\n{tail(self.log_path)}"
        )

    @property
    def _record(self) -> Path:
        return self._data_dir / f"{self.name}.pid"

    def _account(self) -> Account | None:
        return None

    @property
    @abstractmethod
    def _home(self) -> Path:
        """A path of its data, which is on its command line."""

    @abstractmethod
    def _prepare(self) -> None:
        """Makes what the first start needs, and reads what it left."""

    @abstractmethod
    def _choose_ports(self) -> None:
        """Takes new ports and keeps them."""

    @abstractmethod
    def _ports(self) -> list[int]:
        """The ports it listens on."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Absolute program and arguments."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it is ready to serve."""

    @abstractmethod
    def _complete(self) -> None:
        """What is to be done once it answers, each time."""
