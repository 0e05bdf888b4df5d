"""A process that moves stock between stores: ``python -m tests.infra.executing.mover URL NAMESPACE
SEED MOST STORE…``. Prints a line for each command that was answered, until it has sent so many.
"""

import asyncio
import sys
from random import Random
from uuid import UUID

from infra.database import READER, open_pool
from tests.infra.executing.process import Process
from tests.shelves import CountStock, MoveStock, Short, registry


async def main(url: str, namespace: str, seed: int, most: int, stores: list[UUID]) -> None:
    """Eight commands at a time; a store that has too little refuses, which is an answer."""
    pool = await open_pool(url, namespace, size=4, role=READER)
    process = Process(url, namespace, pool, registry())
    await process.appends.start()
    rng = Random(seed)

    async def send() -> None:
        one, *others = rng.sample(stores, len(stores))
        try:
            if rng.random() < 0.2:
                await process.send(CountStock(store_id=one, others=tuple(others), at_least=0))
            else:
                count = rng.randint(1, 6)
                await process.send(MoveStock(store_id=one, to_store_id=others[0], count=count))
        except Short:
            pass
        print("answered", flush=True)

    for _ in range(most // 8):
        await asyncio.gather(*(send() for _ in range(8)))
    await process.appends.stop()
    await pool.close()


if __name__ == "__main__":
    _, address, name, number, limit, *ids = sys.argv
    asyncio.run(main(address, name, int(number), int(limit), [UUID(id) for id in ids]))
