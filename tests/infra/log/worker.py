"""A process that appends: ``python -m tests.infra.log.worker URL NAMESPACE APPENDS``.

Prints the first position of each append.
"""

import asyncio
import sys

from infra.log.append import GroupCommit
from infra.log.records import Appended
from tests.infra.log.appending import append
from tests.infra.log.together import send_together


async def main(url: str, namespace: str, count: int) -> None:
    """Appends of one to three events each, ten at a time."""
    commit = GroupCommit(url, namespace)
    await commit.start()
    for _ in range(count // 10):
        for verdict in await send_together(commit, [append(events=1 + n % 3) for n in range(10)]):
            assert isinstance(verdict, Appended)
            print(verdict.first_position)
    await commit.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
