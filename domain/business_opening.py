"""Opening a business as one thing (开办企业一件事): from the licence to the last filing.

A process of its own that watches one company's filings with the departments against a limit of one
working day. It decides nothing about the company; it knows who still owes a filing, and when a
registration is annulled, which filings are still to be taken back.
"""

from enum import StrEnum
from uuid import UUID, uuid5

from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.clocks import Clock, ClockedAggregate, ClockReading, Limit, Unit
from domain.shared.departments import DepartmentCode
from domain.shared.districts import District
from domain.shared.identifiers import Uscc
from domain.shared.refusals import Refused

OPENING = Clock(
    "business-opening",
    Limit(1, Unit.WORKING_DAYS),
    escalate=Limit(1, Unit.WORKING_DAYS),
)

_OPENINGS = UUID("0f5b7c0a-54f0-5d7e-8d0c-6b1f4f4e2a77")


def opening_id(registration_id: UUID) -> UUID:
    """The process of a company's registration; there is one."""
    return uuid5(_OPENINGS, str(registration_id))


class State(StrEnum):
    """``UNDOING`` until every filing of an annulled company is taken back, then ``UNDONE``."""

    OPEN = "open"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class NotExpected(Refused, code="filing-not-expected"):
    """The department owes no filing in this process, or has made it."""

    department: str


class BusinessOpening(ClockedAggregate, program="business-opening"):
    """The filings that one new company waits for."""

    CLOCKS = (OPENING,)

    class OpeningBegun(Aggregate.Created, v=1):
        """A licence was issued; ``departments`` owe a filing each."""

        registration_id: UUID
        uscc: Uscc
        name: str
        registry: District
        departments: tuple[DepartmentCode, ...]
        clocks: tuple[ClockReading, ...]

    @event(OpeningBegun)
    def __init__(
        self,
        registration_id: UUID,
        uscc: str,
        name: str,
        registry: str,
        departments: tuple[str, ...],
        clocks: tuple[ClockReading, ...],
    ) -> None:
        self.state: State = State.OPEN
        self.registration_id: UUID = registration_id
        self.missing: tuple[str, ...] = departments
        self.filed: tuple[str, ...] = ()
        self.read_clocks(clocks)

    class OpeningFilingRecorded(Aggregate.Event, v=1):
        """A department has filed the company."""

        department: DepartmentCode

    class OpeningCompleted(Aggregate.Event, v=1):
        """Nobody owes a filing any more."""

        clocks: tuple[ClockReading, ...]

    @allowed_in(State.OPEN)
    def record_opening_filing(self, department: str) -> None:
        """Raises NotExpected; the last one completes the process."""
        if department not in self.missing:
            raise NotExpected(department=department)
        self._opening_filing_recorded(department=department)
        if not self.missing:
            self._opening_completed(clocks=(self.clocks[OPENING.name].stop(self.now),))

    @event(OpeningFilingRecorded)
    def _opening_filing_recorded(self, department: str) -> None:
        self.missing = tuple(d for d in self.missing if d != department)
        self.filed = (*self.filed, department)

    @event(OpeningCompleted)
    def _opening_completed(self, clocks: tuple[ClockReading, ...]) -> None:
        self.state = State.DONE
        self.read_clocks(clocks)

    class OpeningAbandoned(Aggregate.Event, v=1):
        """The registration was annulled; ``to_take_back`` is in the order of taking back."""

        to_take_back: tuple[DepartmentCode, ...]
        clocks: tuple[ClockReading, ...]

    @allowed_in(State.OPEN, State.DONE)
    def abandon_opening(self, filings: tuple[str, ...]) -> None:
        """``filings`` are those that the company has, in the order in which they were made.

        They count, not those recorded here: of a filing made just before, word may be on its way.
        """
        self._opening_abandoned(
            to_take_back=tuple(reversed(filings)),
            clocks=(self.clocks[OPENING.name].stop(self.now),),
        )

    @event(OpeningAbandoned)
    def _opening_abandoned(
        self, to_take_back: tuple[str, ...], clocks: tuple[ClockReading, ...]
    ) -> None:
        self.state = State.UNDOING if to_take_back else State.UNDONE
        self.missing = ()
        self.filed = tuple(reversed(to_take_back))
        self.read_clocks(clocks)

    class OpeningFilingTakenBack(Aggregate.Event, v=1):
        """A department was told that the company never was; ``last`` when it was the last one."""

        department: DepartmentCode
        last: bool

    @allowed_in(State.UNDOING)
    def record_take_back(self, department: str) -> None:
        """Raises NotExpected."""
        if department not in self.filed:
            raise NotExpected(department=department)
        self._opening_filing_taken_back(department=department, last=len(self.filed) == 1)

    @event(OpeningFilingTakenBack)
    def _opening_filing_taken_back(self, department: str, last: bool) -> None:
        self.filed = tuple(d for d in self.filed if d != department)
        if last:
            self.state = State.UNDONE


SENTENCES: dict[str, tuple[str, str]] = {
    "filing-not-expected": (
        "本事项不需要该部门办理，或者该部门已经办理。部门是{department}。",
        "This department owes nothing here, or has done its part. It is {department}.",
    ),
}
"""Code → Chinese, English."""
