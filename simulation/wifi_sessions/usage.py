"""What a session has moved, as a NAS counts it: in octets of 32 bits, with or without gigawords."""

import math
from dataclasses import dataclass, field
from random import Random
from typing import Any

OCTETS = 2**32


@dataclass(slots=True)
class Usage:
    """Totals that rise. ``giant`` moves more than 32 bits count."""

    rng: Random
    giant: bool = False
    sent: int = 0
    received: int = 0
    seconds: int = 0
    _rate: float = field(init=False)
    _forgotten: tuple[int, int] = field(init=False, default=(0, 0))

    def __post_init__(self) -> None:
        # bytes a second: mostly pages and messages, some films
        median, sigma = (9_000_000, 0.2) if self.giant else (24_000, 1.1)
        self._rate = median * math.exp(self.rng.gauss(0, sigma))

    def until(self, seconds: int) -> dict[str, Any]:
        """The fields of a record, so many seconds after the start."""
        passed = max(0, seconds - self.seconds)
        moved = round(passed * self._rate * self.rng.uniform(0.6, 1.4))
        self.received += moved
        self.sent += round(moved * self.rng.uniform(0.05, 0.15))
        self.seconds = max(self.seconds, seconds)
        sent, received = self.sent - self._forgotten[0], self.received - self._forgotten[1]
        return {
            "input_octets": sent % OCTETS,
            "input_gigawords": sent // OCTETS,
            "output_octets": received % OCTETS,
            "output_gigawords": received // OCTETS,
            "session_time_s": self.seconds,
        }

    def forget(self) -> None:
        """The NAS counts anew, from all but nothing."""
        self._forgotten = self.sent, self.received
