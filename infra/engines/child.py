"""One engine as a child process: started, watched and ended.

A thread of its own starts the process and waits for it as long as it lives. It must be a thread
that stays, because Linux ties "stop me when my parent dies" to the thread that started the child.
So a kill -9 of this process stops the engine too, cleanly; where the kernel cannot promise that,
the record of the child's pid and start time lets the next start end the orphan, and nothing else.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import psutil

from infra.engines.failure import EngineFailed
from infra.engines.kept import write_kept

# psutil derives start times from the boot time, which shifts when the clock is set
_START_TOLERANCE_SECONDS = 2.0
# nothing of the caller's PG… and locale settings may change how an engine behaves
ENVIRONMENT = {"PATH": os.defpath, "LANG": "C", "TZ": "UTC"}
_LAUNCHER = Path(__file__).with_name("launch.py")


class Account(NamedTuple):
    """Whom a child runs as."""

    uid: int
    gid: int


class Child:
    """A running program. `exited` is set when it is gone, for whatever reason."""

    def __init__(
        self, argv: list[str], *, log: Path, record: Path, account: Account | None = None
    ) -> None:
        """Starts `argv`, an absolute program and its arguments, with all output into `log`.

        Raises EngineFailed when the operating system cannot start it.
        """
        self.exited = threading.Event()
        self._record = record
        started = threading.Event()
        self._process: subprocess.Popen[bytes]
        self._failure: OSError | None = None
        launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid())]
        launcher += [str(int(signal.SIGINT)), *map(str, account or (-1, -1))]
        # a daemon, so that a program which forgets to stop its engines still ends, and they with it
        threading.Thread(
            target=self._live, args=([*launcher, *argv], log, started), name=argv[0], daemon=True
        ).start()
        started.wait()
        if self._failure is not None:
            raise EngineFailed(f"{argv[0]}: {self._failure.strerror}")

    @property
    def pid(self) -> int:
        """The process id, also after its end."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return not self.exited.is_set()

    def end(self, *steps: tuple[signal.Signals, timedelta]) -> None:
        """Sends each signal in turn, waits that long for the end, and at last SIGKILL."""
        for number, patience in steps:
            self._process.send_signal(number)
            if self.exited.wait(patience.total_seconds()):
                return
        self._process.kill()
        self.exited.wait()

    def _live(self, argv: list[str], log: Path, started: threading.Event) -> None:
        try:
            with open(log, "ab") as output:
                process = subprocess.Popen(
                    argv,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd="/",
                    env=ENVIRONMENT,
                    # so that Ctrl-C reaches us only, and we stop the engines last
                    start_new_session=True,
                )
        except OSError as error:
            self._failure = error
            self.exited.set()
            started.set()
            return
        self._process = process
        write_kept(self._record, {"pid": process.pid, "started": start_time(process.pid)})
        started.set()
        process.wait()
        self._record.unlink(missing_ok=True)
        self.exited.set()


def end_orphan(record: Path, mark: Path) -> None:
    """Ends the child that `record` names, if it outlived its parent.

    It counts as ours only when its start time is the recorded one and `mark`, a path inside the
    data directory, is on its command line: a process id alone may be a stranger's by now.
    """
    try:
        known = json.loads(record.read_bytes())
        orphan = psutil.Process(known["pid"])
        same_start = abs(orphan.create_time() - known["started"]) < _START_TOLERANCE_SECONDS
        if same_start and any(str(mark) in argument for argument in orphan.cmdline()):
            _end(orphan)
    except (OSError, ValueError, KeyError, TypeError, psutil.NoSuchProcess):
        pass  # no record, a torn one, or a process that is gone: nothing to end
    record.unlink(missing_ok=True)


def end_leftovers(directory: Path, patience: timedelta) -> None:
    """Waits for processes that work inside `directory` to go by themselves, then ends them.

    These are the backends of a PostgreSQL whose postmaster was killed: they notice and leave, but
    hold its shared memory until then.
    """
    left = [p for p in psutil.process_iter() if _works_in(p, directory)]
    _, stubborn = psutil.wait_procs(left, timeout=patience.total_seconds())
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=patience.total_seconds())


def start_time(pid: int) -> float:
    """Seconds since 1970 at which the process began; 0 when it is gone already."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error's text."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _end(process: psutil.Process) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        process.send_signal(number)
        with suppress(psutil.TimeoutExpired):
            process.wait(timeout=10)
            return


def _works_in(process: psutil.Process, directory: Path) -> bool:
    try:
        return process.cwd() == str(directory)
    except (psutil.Error, OSError):
        return False
