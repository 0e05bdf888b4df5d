"""Appends sent in one turn of the loop, so that they meet in one batch, or nearly."""

import asyncio
from collections.abc import Sequence
from typing import Any

from infra.log.append import GroupCommit
from infra.log.records import Append


async def send_together(
    commit: GroupCommit, appends: Sequence[Append], *, exceptions: bool = False
) -> list[Any]:
    """Their verdicts in order; exceptions among them, if so wished."""
    asked = [commit.append(a) for a in appends]
    return list(await asyncio.gather(*asked, return_exceptions=exceptions))
