"""What the matters of care with clocks have in common."""

from domain.shared.clocks import Clock, ClockedAggregate, ClockReading, Phase
from domain.shared.refusals import NotInState

Readings = tuple[ClockReading, ...]


class Timed(ClockedAggregate):
    """A matter with clocks that stop when their time is over."""

    def runs(self, clock: Clock, phase: Phase = Phase.RUNNING) -> bool:
        """Whether a clock is in this phase."""
        reading = self.clocks.get(clock.name)
        return reading is not None and reading.phase is phase

    def require_allowed(self, action: str) -> None:
        """Raises NotInState as the action itself would; for what is decided before it."""
        state = str(self.state)  # type: ignore[attr-defined]  # each of these matters has one
        if state not in self.actions[action]:
            raise NotInState(state=state, allowed=self.allowed())
