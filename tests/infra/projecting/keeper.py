"""A projector in a process of its own, to be killed: ``python -m tests.infra.projecting.keeper``."""

import asyncio
import sys

from infra.log.codec import Codec
from infra.projecting.projector import Projector
from tests.infra.projecting.city import open_city
from tests.infra.projecting.programmes import registry


async def keep(url: str, namespace: str, page: int) -> None:
    """Keeps the test programme's read models until killed."""
    async with open_city(url, namespace) as city:
        projector = Projector(
            city.feed(), city.reader, Codec(registry()), registry(), url, namespace, page=page
        )
        await projector.run()


if __name__ == "__main__":
    asyncio.run(keep(sys.argv[1], sys.argv[2], int(sys.argv[3])))
