"""Ports of a public address: who had which, a day and 1,024 ports a matter.

Two sessions never have one port of one address at one instant. Mappings are told afterwards and out
of order, so this is judged on intervals, and cut so that no matter grows or is waited for.
"""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.shared.aggregate import Aggregate, event
from domain.wifi_sessions.refusals import MappingOverlap
from domain.wifi_sessions.values import Ip


class Held(BaseModel):
    """A session's block of ports from ``since`` until just before ``until``."""

    model_config = ConfigDict(frozen=True)

    session: UUID
    first_port: int
    last_port: int
    since: datetime
    until: datetime

    def overlaps(self, other: "Held") -> bool:
        """Whether some port is in both at some instant."""
        return (
            self.first_port <= other.last_port
            and other.first_port <= self.last_port
            and self.since < other.until
            and other.since < self.until
        )


class PublicPorts(Aggregate, program="wifi-sessions"):
    """1,024 ports of a public address on one day."""

    class PortsOpened(Aggregate.Created, v=1, audit_only=True):
        """The first mapping of the day here is to be recorded."""

        public_ip: Ip

    @event(PortsOpened)
    def __init__(self, public_ip: str) -> None:
        self.public_ip: str = public_ip
        self.held: tuple[Held, ...] = ()

    class PortsHeld(Aggregate.Event, v=1, audit_only=True):
        """A block is a session's for a time."""

        block: Held

    def has(self, block: Held) -> bool:
        """Whether this very mapping was recorded before."""
        return block in self.held

    def hold(self, block: Held) -> None:
        """Raises MappingOverlap when another session has a port of it at some instant."""
        if any(block.overlaps(held) for held in self.held):
            raise MappingOverlap()
        self._ports_held(block=block)

    @event(PortsHeld)
    def _ports_held(self, block: Held) -> None:
        self.held = (*self.held, block)
