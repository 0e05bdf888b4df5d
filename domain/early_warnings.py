"""Early warnings of security inspection (安全预警): raised by Huimin, acknowledged, handled, closed.

What other programmes find suspicious becomes a warning for the department that has to act, which
says within half an hour that it has seen it; else supervision hears of it. What repeats within an
hour is added to the open warning. A warning names no person: it leads to the matter where it was
seen, and who may look there learns more.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.clocks import Clock, ClockedAggregate, ClockReading, Limit, Unit
from domain.shared.departments import DepartmentCode
from domain.shared.derived_ids import derived_id
from domain.shared.districts import District
from domain.shared.identifiers import OfficerId
from domain.shared.refusals import FourEyes

# The time in which the help centre takes on what is urgent; as long again, and supervision hears.
ACKNOWLEDGEMENT = Clock(
    "warning-acknowledgement",
    Limit(30 * 60, Unit.ELAPSED_SECONDS),
    escalate=Limit(30 * 60, Unit.ELAPSED_SECONDS),
)

REPEATS_WITHIN: Final = timedelta(hours=1)
"""Cross-programme brief, section 3: heat and floods are looked at by the hour."""


class State(StrEnum):
    """``HANDLED`` has a finding; ``CLOSED`` is the end."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    HANDLED = "handled"
    CLOSED = "closed"


class Suspicion(StrEnum):
    """What was noticed."""

    TICKET_HEAT = "ticket-heat"
    CODE_FLOOD = "code-flood"
    MAC_SPOOFING = "mac-spoofing"
    PORT_SCAN = "port-scan"
    REFUSED_READS = "refused-reads"


ACTS: Final[dict[Suspicion, str]] = {
    Suspicion.TICKET_HEAT: "emergency",
    Suspicion.CODE_FLOOD: "cyberspace",
    Suspicion.MAC_SPOOFING: "cyberspace",
    Suspicion.PORT_SCAN: "cyberspace",
    Suspicion.REFUSED_READS: "data-bureau",
}
"""Who has to act: an outbreak is for emergency management; warnings of the WiFi go to the
cyberspace administration (WiFi brief, audience); reads of Huimin's data to who runs Huimin."""


class Finding(StrEnum):
    """What the department found it to be."""

    CONFIRMED = "confirmed"
    FALSE_ALARM = "false-alarm"


class Sighting(BaseModel):
    """Where it was seen: a matter of a programme, and what of it; names nobody."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    program: str
    matter_id: UUID
    detail: str


def watch_id(suspicion: Suspicion, scope: str) -> UUID:
    """What remembers the latest warning of this kind about the same thing; there is one."""
    return derived_id("warning-watch", suspicion.value, scope)


class EarlyWarning(ClockedAggregate, program="early-warnings"):
    """One warning to one department."""

    CLOCKS = (ACKNOWLEDGEMENT,)

    class WarningRaised(Aggregate.Created, v=1):
        """Something was noticed for the first time in the hour; ``scope`` is about what: a place, an
        access point, a service in a district, a programme."""

        suspicion: Suspicion
        scope: str
        district: District | None
        department: DepartmentCode
        sighting: Sighting
        clocks: tuple[ClockReading, ...]

    @event(WarningRaised)
    def __init__(
        self,
        suspicion: Suspicion,
        scope: str,
        district: str | None,
        department: str,
        sighting: Sighting,
        clocks: tuple[ClockReading, ...],
    ) -> None:
        self.state: State = State.RAISED
        self.department: str = department
        self.raised_at: datetime = self.created_on
        self.seen: int = 1
        self.found_by: str | None = None
        self.read_clocks(clocks)

    class WarningRepeated(Aggregate.Event, v=1):
        """It was seen again; ``seen`` counts the times."""

        sighting: Sighting
        seen: int

    def takes(self, at: datetime) -> bool:
        """Whether what is seen at an instant belongs to this warning and not to a new one."""
        return self.state is not State.CLOSED and at - self.raised_at <= REPEATS_WITHIN

    @allowed_in(State.RAISED, State.ACKNOWLEDGED, State.HANDLED)
    def repeat_warning(self, sighting: Sighting) -> None:
        """Nobody has to acknowledge it again."""
        self._warning_repeated(sighting=sighting, seen=self.seen + 1)

    @event(WarningRepeated)
    def _warning_repeated(self, sighting: Sighting, seen: int) -> None:
        self.seen = seen

    class WarningAcknowledged(Aggregate.Event, v=1):
        """The department has seen it."""

        officer: OfficerId
        clocks: tuple[ClockReading, ...]

    @allowed_in(State.RAISED)
    def acknowledge_warning(self, officer: str) -> None:
        """Stops the clock."""
        self._warning_acknowledged(officer=officer, clocks=self._stopped(ACKNOWLEDGEMENT))

    @event(WarningAcknowledged)
    def _warning_acknowledged(self, officer: str, clocks: tuple[ClockReading, ...]) -> None:
        self.state = State.ACKNOWLEDGED
        self.read_clocks(clocks)

    class WarningHandled(Aggregate.Event, v=1):
        """What it was, and what was done about it."""

        finding: Finding
        measures: str
        officer: OfficerId

    @allowed_in(State.ACKNOWLEDGED)
    def handle_warning(self, finding: Finding, measures: str, officer: str) -> None:
        """Once; another officer looks at it before it is closed."""
        self._warning_handled(finding=finding, measures=measures, officer=officer)

    @event(WarningHandled)
    def _warning_handled(self, finding: Finding, measures: str, officer: str) -> None:
        self.state = State.HANDLED
        self.found_by = officer

    class WarningClosed(Aggregate.Event, v=1):
        """Nothing more is to be done; what is seen from now on is another warning."""

        officer: OfficerId

    @allowed_in(State.HANDLED)
    def close_warning(self, officer: str) -> None:
        """By another officer than the one who found it handled. Raises FourEyes."""
        if officer == self.found_by:
            raise FourEyes()
        self._warning_closed(officer=officer)

    @event(WarningClosed)
    def _warning_closed(self, officer: str) -> None:
        self.state = State.CLOSED


class WarningWatch(Aggregate, program="early-warnings"):
    """Which warning is the latest of its kind about the same thing."""

    class WatchBegun(Aggregate.Created, v=1, audit_only=True):
        """The first warning of this kind about it."""

        suspicion: Suspicion
        scope: str
        warning: UUID

    @event(WatchBegun)
    def __init__(self, suspicion: Suspicion, scope: str, warning: UUID) -> None:
        self.warning: UUID = warning

    class WatchMoved(Aggregate.Event, v=1, audit_only=True):
        """A later one."""

        warning: UUID

    def move_watch(self, warning: UUID) -> None:
        """What is seen within the hour is added to that one from now on."""
        self._watch_moved(warning=warning)

    @event(WatchMoved)
    def _watch_moved(self, warning: UUID) -> None:
        self.warning = warning
