"""One process of a rebuild: ``python -m infra.projecting.worker``.

Takes jobs, each as one line of JSON on standard input (so that no password is on a command line),
tells how far it is and how each job ended in lines of JSON on standard output, and ends when its
input ends, as it does when the process that started it is gone.
"""

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import import_module
from queue import SimpleQueue
from typing import Any, NamedTuple

import orjson

from infra.database import translated
from infra.discovery import Registry
from infra.errors import HuiminError
from infra.log.codec import Codec
from infra.projecting.builds import Build
from infra.projecting.decoding import BulkDecoder
from infra.projecting.filling import Share, Unstorable, fill, fill_by_pages
from infra.projecting.read_model import ReadModel, read_models
from infra.projecting.window import Decode

FAILED = 1

UNSTORABLE = 3
"""Some row cannot be stored; by pages it can be found."""


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


class Done(NamedTuple):
    """How a job ended: 0, FAILED or UNSTORABLE; ``events`` are those it took from the log."""

    code: int
    events: int = 0


def load_registry(place: str) -> Registry:
    """The registry that ``module:function`` gives."""
    module, _, function = place.partition(":")
    registry: Registry = getattr(import_module(module), function)()
    return registry


@cache
def _known(place: str) -> tuple[Mapping[str, ReadModel], Decode]:
    registry = load_registry(place)
    known = read_models(registry), BulkDecoder(registry, Codec(registry)).decode
    gc.freeze()  # all this stays: looking through it for garbage takes 0.2 s, which every job does
    return known


async def work(job: Job) -> int:
    """Does the job; how many events it took. Raises Unstorable and what the engines raise."""
    models, decode = _known(job.registry)
    build = Build(job.build, models[job.read_model])
    way = fill_by_pages if job.by_pages else fill
    with translated():
        return await way(job.url, job.namespace, build, job.share, decode, _tell)


def done(job: Job) -> Done:
    """Does the job; how it ended."""
    try:
        return Done(0, asyncio.run(work(job)))
    except Unstorable:
        return Done(UNSTORABLE)
    except HuiminError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return Done(FAILED)


def _tell(position: int) -> None:
    _say({"position": position})


def _say(what: Mapping[str, int]) -> None:
    sys.stdout.write(orjson.dumps(what).decode() + "\n")
    sys.stdout.flush()


def _listen(jobs: "SimpleQueue[bytes]") -> None:
    for line in sys.stdin.buffer:
        jobs.put(line)
    os._exit(FAILED)


def main() -> None:
    """One job after another, for as long as there is an input."""
    jobs: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=[jobs], daemon=True).start()
    while True:
        _say(done(Job.from_line(jobs.get()))._asdict())


if __name__ == "__main__":
    main()
