"""What an engine keeps between starts: ports, passwords, the child's pid. Small private JSON files."""

import json
import os
from pathlib import Path

from infra.engines.failure import EngineFailed

Kept = dict[str, str | int | float]


def write_kept(path: Path, content: Kept) -> None:
    """Writes a file that only this user may read, whole or not at all."""
    new = path.with_name(f"{path.name}.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def read_kept(path: Path) -> Kept:
    """What `write_kept` wrote.

    Raises EngineFailed when there is no such file (the engines were never started here), or when
    it cannot be read.
    """
    try:
        content: Kept = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise EngineFailed(
            f"没有 {path}：此数据目录的引擎尚未启动过，请先运行 huimin up。\n"
            f"There is no {path}: the engines of this data directory were never started; "
            f"run huimin up first."
        ) from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "JSON"
        raise EngineFailed(
            f"{path}: {why}；无法读取，请用启动引擎的用户运行，或从备份恢复 · it cannot be read; run as the "
            f"user who started the engines, or restore it from a backup"
        ) from None
    return content
