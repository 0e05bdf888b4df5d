"""Types many commands into one process, one after the other, and tells how each ended.

As a process of its own (``python -m tests.api.cli.typing_in``), because a command sets up logging
for its whole process; and one for all of them, because most of a command's second is imports.
"""

import io
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import main

ROOT = Path(main.__file__).parent
PATIENCE_SECONDS = 600


class Ended(NamedTuple):
    """How a command ended; ``code`` is None when it raised what nobody had foreseen."""

    code: int | None
    printed: str
    complained: str


def type_in(commands: Sequence[tuple[Sequence[str], Mapping[str, str]]]) -> list[Ended]:
    """Runs each command (its arguments after ``huimin``, its variables); how they ended."""
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(commands),
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("HUIMIN_")},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [Ended(*one) for one in json.loads(done.stdout)]


def _run(arguments: Sequence[str], variables: Mapping[str, str]) -> Ended:
    sys.argv = ["huimin", *arguments]
    os.environ.update(variables)
    code: int | None = None
    printed, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(printed), redirect_stderr(complained):
        try:
            main.run()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        except BaseException:  # noqa: BLE001  # whatever it is, a test is to show it
            traceback.print_exc()
    for name in variables:
        del os.environ[name]
    return Ended(code, printed.getvalue(), complained.getvalue())


if __name__ == "__main__":
    typed = json.load(sys.stdin)
    json.dump([_run(arguments, variables) for arguments, variables in typed], sys.stdout)
