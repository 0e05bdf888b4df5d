"""One process of a rebuild: ``python -m infra.projecting.worker``.

Takes its job as one line of JSON on standard input (so that no password is on a command line),
tells how far it is in lines of JSON on standard output, and ends when its input ends, as it does
when the process that started it is gone.
"""

import asyncio
import os
import sys
import threading
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

import orjson

from infra.database import translated
from infra.discovery import Registry
from infra.errors import HuiminError
from infra.log.codec import Codec
from infra.projecting.builds import Build
from infra.projecting.decoding import BulkDecoder
from infra.projecting.filling import Share, Unstorable, fill, fill_by_pages
from infra.projecting.read_model import read_models

UNSTORABLE = 3
"""Exit code: some row cannot be stored; by pages it can be found."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is to do. ``registry`` is ``module:function``."""

    url: str
    namespace: str
    registry: str
    read_model: str
    build: int
    share: Share
    by_pages: bool = False

    def to_line(self) -> bytes:
        """As JSON, for a worker's standard input."""
        return orjson.dumps(asdict(self)) + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "Job":
        """From JSON."""
        values: dict[str, Any] = orjson.loads(line)
        return cls(**values | {"share": Share(**values["share"])})


def load_registry(place: str) -> Registry:
    """The registry that ``module:function`` gives."""
    module, _, function = place.partition(":")
    registry: Registry = getattr(import_module(module), function)()
    return registry


async def work(job: Job) -> None:
    """Does the job. Raises Unstorable and what the engines raise."""
    registry = load_registry(job.registry)
    build = Build(job.build, read_models(registry)[job.read_model])
    decode = BulkDecoder(registry, Codec(registry)).decode
    way = fill_by_pages if job.by_pages else fill
    with translated():
        await way(job.url, job.namespace, build, job.share, decode, _tell)


def _tell(position: int) -> None:
    sys.stdout.write(f'{{"position":{position}}}\n')
    sys.stdout.flush()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> int:
    """The exit code: 0 when the share is filled."""
    job = Job.from_line(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        asyncio.run(work(job))
    except Unstorable:
        return UNSTORABLE
    except HuiminError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the thread that watches the input would hold the end up
