"""One process at a time per data directory, by a lock that the kernel frees when its holder dies.

The file says who holds it, for the message of the one that is refused. A process made by a bare
fork would share the lock; programs that are started afresh (exec) do not.
"""

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from infra.engines.failure import EngineInUse


class DataDirLock:
    """`acquire()` and `release()` of `data_dir`, which must exist."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "lock"
        self._file: int | None = None

    def acquire(self) -> None:
        """Takes the lock at once or raises EngineInUse, naming the holder."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(file, 200, 0)
            os.close(file)
            raise EngineInUse(self._refusal(holder)) from None
        os.ftruncate(file, 0)
        os.pwrite(file, _about_this_process(), 0)
        self._file = file

    def release(self) -> None:
        """Frees the lock; does nothing when it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _refusal(self, holder: bytes) -> str:
        try:
            who = json.loads(holder)
            zh, en = (
                f"进程 {who['pid']}（始于 {who['since']}）",
                f"process {who['pid']}, since {who['since']}",
            )
        except (ValueError, KeyError, TypeError):  # read between the holder's truncate and write
            zh, en = "另一个进程", "another process"
        place = self._path.parent
        return (
            f"数据目录 {place} 正由{zh}使用。请先停止它，或为 HUIMIN_DATA_DIR 另选一个目录。\n"
            f"The data directory {place} is in use by {en}. "
            f"Stop it first, or choose another HUIMIN_DATA_DIR."
        )


def _about_this_process() -> bytes:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps({"pid": os.getpid(), "since": since}).encode()
