"""How a ticket's clocks move together: acceptance, first contact, settling, and the escalation.

All start when the ticket is classified but count from its opening. What may surprise: escalation
has three levels that raise themselves, so its clock is a ladder; each level that is recorded sets
it to the next one, and which instants those are stands in the event that moved the other clocks.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from domain.help_center_tickets import limits
from domain.help_center_tickets.states import Tier
from domain.shared.aggregate import Aggregate, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import Clock, ClockedAggregate, ClockReading, Level, Limit, Phase
from domain.shared.instants import shanghai_date

Readings = tuple[ClockReading, ...]


class Clocked(ClockedAggregate):
    """The part of a ticket that keeps time."""

    CLOCKS = limits.CLOCKS

    if TYPE_CHECKING:  # at run time annotations would make them fields of a dataclass
        opened_at: datetime
        tier: Tier | None
        levels: limits.Levels
        raised: frozenset[int]

    class TicketEscalated(Aggregate.Event, v=1):
        """A level was reached, or an officer raised it; ``to`` hears of it.

        ``by`` is None when time raised it.
        """

        level: int
        to: str
        by: str | None
        reason: str | None
        clocks: Readings

    def _escalate_to(self, level: int, *, by: str | None, reason: str | None) -> None:
        clocks: Readings = ()
        rung = self.clocks.get(limits.ESCALATION.name)
        if rung is not None and rung.phase is Phase.RUNNING:
            clocks = (self._climbed(rung, self.raised | {level}),)
        self._ticket_escalated(
            level=level, to=limits.ESCALATED_TO[level], by=by, reason=reason, clocks=clocks
        )

    @event(TicketEscalated)
    def _ticket_escalated(
        self, level: int, to: str, by: str | None, reason: str | None, clocks: Readings
    ) -> None:
        self.raised = self.raised | {level}
        self.read_clocks(clocks)

    def _record(self, reading: ClockReading, level: Level) -> None:
        """Of the ladder, the programme's own event; of the other clocks, the usual ones."""
        if reading.clock != limits.ESCALATION.name:
            super()._record(reading, level)
            return
        due = next(n for n, _ in enumerate(self.levels, 1) if n not in self.raised)
        self._escalate_to(due, by=None, reason=None)

    def _climbed(self, rung: ClockReading, raised: frozenset[int]) -> ClockReading:
        """The ladder set to the lowest level that was not raised, or at its end."""
        for level, due_at in enumerate(self.levels, 1):
            if level not in raised:
                return rung.model_copy(update={"due_at": due_at, "escalate_at": due_at})
        return rung.stop(self.now)

    # --- moving the clocks ---------------------------------------------------------------------

    def _sla(self, tier: Tier) -> limits.Sla:
        return limits.sla_on(shanghai_date(self.opened_at))[tier]

    def _from_the_beginning(
        self,
        tier: Tier,
        since: datetime,
        calendar: Calendar,
        *,
        raised: frozenset[int] | None = None,
    ) -> tuple[Readings, limits.Levels]:
        """Every clock of the tier, started at ``since`` whatever has become of it before.

        ``raised`` are the levels not to raise again; those raised so far unless said otherwise.
        """
        sla = self._sla(tier)
        started = [
            limits.started(clock, limit, since, calendar)
            for clock, limit in _limited(sla)
            if limit is not None
        ]
        return self._with_ladder(tuple(started), tier, calendar, raised=raised)

    def _not_later(
        self, tier: Tier, since: datetime, calendar: Calendar
    ) -> tuple[Readings, limits.Levels]:
        """Clocks that still run, each with the earlier of its due time and the tier's."""
        sla = self._sla(tier)
        moved = []
        for clock, limit in _limited(sla):
            now = self.clocks.get(clock.name)
            if limit is None or now is None or now.phase is not Phase.RUNNING:
                continue
            anew = limits.started(clock, limit, since, calendar)
            if anew.due_at and now.due_at and anew.due_at < now.due_at:
                moved.append(anew.model_copy(update={"raised": now.raised}))
        return self._with_ladder(tuple(moved), tier, calendar)

    def _with_ladder(
        self,
        changed: Readings,
        tier: Tier,
        calendar: Calendar,
        *,
        raised: frozenset[int] | None = None,
    ) -> tuple[Readings, limits.Levels]:
        """The readings together with the ladder that follows from them, and its levels."""
        readings = {**self.clocks, **{reading.clock: reading for reading in changed}}
        levels = limits.levels_of(readings, self._sla(tier), calendar)
        ladder = self.clocks.get(limits.ESCALATION.name)
        done = self.raised if raised is None else raised
        open_levels = [due_at for n, due_at in enumerate(levels, 1) if n not in done]
        if open_levels:
            rung = limits.ESCALATION.rung(self.now, open_levels[0], calendar)
            return (*changed, rung), levels
        if ladder is not None:
            return (*changed, ladder.stop(self.now)), levels
        return changed, levels

    def _ended(self, *, cancelled: bool = False) -> Readings:
        """Every clock that has not ended, ended."""
        return tuple(
            reading.stop(self.now, cancelled=cancelled)
            for reading in self.clocks.values()
            if reading.phase in (Phase.RUNNING, Phase.PAUSED)
        )


def _limited(sla: limits.Sla) -> tuple[tuple[Clock, Limit | None], ...]:
    return (
        (limits.ACCEPT, sla.accept),
        (limits.CONTACT, sla.contact),
        (limits.SETTLE, sla.settle),
    )
