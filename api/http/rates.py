"""How often one actor may ask: a bucket of tokens each, so that nobody crowds out the others.

Each API process counts for itself; the bound is there to stop a runaway client, not to sell
quotas.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from infra.errors import HuiminError

REMEMBERED = 10_000


class RateLimited(HuiminError):
    """The actor asks too often; after ``retry_after`` whole seconds there is room again."""

    code = "rate-limited"
    status = 429


class Rates:
    """``per_second`` requests in the long run and ``burst`` at once, for each actor; by default
    as many at once as in two seconds."""

    def __init__(
        self,
        per_second: float = 1_000,
        burst: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second = per_second
        self._burst = 2 * per_second if burst is None else burst
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, actor: str) -> None:
        """Takes one request out of the actor's bucket. Raises RateLimited when it is empty."""
        now = self._clock()
        left, since = self._left.get(actor, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_second)
        if left < 1:
            self._left[actor] = (left, now)
            raise RateLimited(retry_after=math.ceil((1 - left) / self._per_second))
        self._left[actor] = (left - 1, now)
        self._left.move_to_end(actor)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
