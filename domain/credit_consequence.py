"""Joint measures as one thing (联合奖惩): from a listing until each department has acted on it.

A process of its own that watches one entry on a list: which measure waits for which department, and,
once the subject is off the list, which department still has to lift what it applied. Sources:
国办发〔2020〕49号; cross-programme brief, section 3. What may surprise: an entry that stands again,
as after a revoked repair, is the same process, which begins anew.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.credit_records.identities import SubjectKey
from domain.credit_records.lists import ListCode, Measure
from domain.credit_records.states import Colour, DelistingReason
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import Clock, ClockedAggregate, ClockReading, Limit, Unit
from domain.shared.departments import DepartmentCode
from domain.shared.derived_ids import derived_id
from domain.shared.refusals import Refused

CONFIRMING = Clock(
    "credit-consequence",
    Limit(10, Unit.WORKING_DAYS),
    warn=Limit(8, Unit.WORKING_DAYS),
    # An unconfirmed measure is supervision's from the moment it is late.
    escalate=Limit(0, Unit.ELAPSED_SECONDS),
)
# As long as consumers have to take a record away (credit brief, removal).
LIFTING = Clock(
    "credit-consequence-lifting",
    Limit(3, Unit.WORKING_DAYS),
    escalate=Limit(1, Unit.WORKING_DAYS),
)


def consequence_id(record_id: UUID) -> UUID:
    """The process of an entry on a list; a new listing of the same subject is a new record."""
    return derived_id("credit-consequence", record_id)


class State(StrEnum):
    """``LIFTING`` until every measure of an ended listing is lifted, then ``LIFTED``."""

    OPEN = "open"
    DONE = "done"
    LIFTING = "lifting"
    LIFTED = "lifted"


class Standing(StrEnum):
    """How far a department is with a measure. What was ``AWAITED`` when the listing ended is
    ``CALLED_OFF``; what was ``CONFIRMED`` is ``TO_LIFT`` until it is ``LIFTED``."""

    AWAITED = "awaited"
    CONFIRMED = "confirmed"
    CALLED_OFF = "called-off"
    TO_LIFT = "to-lift"
    LIFTED = "lifted"


class MeasureNotAwaited(Refused, code="measure-not-awaited"):
    """Nothing is awaited of this department about this measure, or it has been said."""

    measure: str
    department: str


class ListingOver(Refused, code="listing-over"):
    """The subject is off the list already, though the process has not heard of it yet."""


class CreditConsequence(ClockedAggregate, program="credit-consequence"):
    """The measures that follow from one entry on a list, each at each department that applies it."""

    CLOCKS = (CONFIRMING, LIFTING)

    class ConsequenceBegun(Aggregate.Created, v=1):
        """A subject came onto a list with this record; its measures are ordered next."""

        record_id: UUID
        subject: SubjectKey
        list: ListCode
        colour: Colour
        source: DepartmentCode
        clocks: tuple[ClockReading, ...]

    @event(ConsequenceBegun)
    def __init__(
        self,
        record_id: UUID,
        subject: str,
        list: str,
        colour: Colour,
        source: str,
        clocks: tuple[ClockReading, ...],
    ) -> None:
        self.state: State = State.OPEN
        self.record_id: UUID = record_id
        self.subject: str = subject
        self.list: str = list
        # By measure and department.
        self.measures: dict[tuple[str, str], Standing] = {}
        self.read_clocks(clocks)

    def that(self, standing: Standing) -> tuple[tuple[str, str], ...]:
        """Measures and departments with this standing, in the order in which they were ordered."""
        return tuple(of for of, its in self.measures.items() if its is standing)

    # --- ordered and confirmed -----------------------------------------------------------------

    class MeasureOrdered(Aggregate.Event, v=1):
        """A department is to apply a measure, or to grant it, and to say so by ``due_at``."""

        measure: str
        department: DepartmentCode
        subject: SubjectKey
        list: ListCode
        due_at: datetime

    def order_measures(self, measures: Iterable[Measure]) -> None:
        """Each at each of its departments."""
        for measure in measures:
            for department in measure.departments:
                self._measure_ordered(
                    measure=measure.code,
                    department=department,
                    subject=self.subject,
                    list=self.list,
                    due_at=self._due(CONFIRMING),
                )

    @event(MeasureOrdered)
    def _measure_ordered(
        self, measure: str, department: str, subject: str, list: str, due_at: datetime
    ) -> None:
        self._stands(measure, department, Standing.AWAITED)

    class ConsequenceBegunAgain(Aggregate.Event, v=1):
        """The entry stands again; whatever was confirmed or lifted before, all is asked anew."""

        clocks: tuple[ClockReading, ...]

    @allowed_in(State.LIFTING, State.LIFTED)
    def begin_consequence(
        self, measures: Iterable[Measure], listed_at: datetime, calendar: Calendar
    ) -> None:
        """After a listing that ended: a repair that was granted for a false commitment."""
        self._consequence_begun_again(
            clocks=(*self._stopped(LIFTING), CONFIRMING.start(listed_at, calendar))
        )
        self.order_measures(measures)

    @event(ConsequenceBegunAgain)
    def _consequence_begun_again(self, clocks: tuple[ClockReading, ...]) -> None:
        self.state = State.OPEN
        self.measures = {}
        self.read_clocks(clocks)

    class MeasureConfirmed(Aggregate.Event, v=1):
        """A department applies the measure from now on."""

        measure: str
        department: DepartmentCode

    class ConsequenceCompleted(Aggregate.Event, v=1):
        """Every measure is confirmed."""

        clocks: tuple[ClockReading, ...]

    @allowed_in(State.OPEN)
    def confirm_measure(self, measure: str, *, department: str, listed: bool) -> None:
        """``listed``: the subject still stands on the list. The last measure completes the process.

        Raises MeasureNotAwaited and ListingOver.
        """
        self._require(measure, department, Standing.AWAITED)
        if not listed:
            raise ListingOver()
        self._measure_confirmed(measure=measure, department=department)
        if not self.that(Standing.AWAITED):
            self._consequence_completed(clocks=self._stopped(CONFIRMING))

    @event(MeasureConfirmed)
    def _measure_confirmed(self, measure: str, department: str) -> None:
        self._stands(measure, department, Standing.CONFIRMED)

    @event(ConsequenceCompleted)
    def _consequence_completed(self, clocks: tuple[ClockReading, ...]) -> None:
        self.state = State.DONE
        self.read_clocks(clocks)

    # --- lifted --------------------------------------------------------------------------------

    class LiftingBegun(Aggregate.Event, v=1):
        """The subject is off the list: nothing is applied any more, what was confirmed is lifted."""

        reason: DelistingReason
        clocks: tuple[ClockReading, ...]

    class MeasureCalledOff(Aggregate.Event, v=1):
        """A department need not, and may not, apply the measure that it had not confirmed yet."""

        measure: str
        department: DepartmentCode

    class LiftingOrdered(Aggregate.Event, v=1):
        """A department is to lift the measure that it applies, and to say so by ``due_at``."""

        measure: str
        department: DepartmentCode
        due_at: datetime

    class LiftingCompleted(Aggregate.Event, v=1):
        """No measure of the listing is applied any more."""

        clocks: tuple[ClockReading, ...]

    @allowed_in(State.OPEN, State.DONE)
    def lift_measures(
        self, reason: DelistingReason, delisted_at: datetime, calendar: Calendar
    ) -> None:
        """All of them, also those in flight; done at once when none was confirmed."""
        self._lifting_begun(
            reason=reason,
            clocks=(*self._stopped(CONFIRMING), LIFTING.start(delisted_at, calendar)),
        )
        for measure, department in self.that(Standing.AWAITED):
            self._measure_called_off(measure=measure, department=department)
        for measure, department in self.that(Standing.CONFIRMED):
            self._lifting_ordered(measure=measure, department=department, due_at=self._due(LIFTING))
        self._complete_lifting()

    @event(LiftingBegun)
    def _lifting_begun(self, reason: DelistingReason, clocks: tuple[ClockReading, ...]) -> None:
        self.state = State.LIFTING
        self.read_clocks(clocks)

    @event(MeasureCalledOff)
    def _measure_called_off(self, measure: str, department: str) -> None:
        self._stands(measure, department, Standing.CALLED_OFF)

    @event(LiftingOrdered)
    def _lifting_ordered(self, measure: str, department: str, due_at: datetime) -> None:
        self._stands(measure, department, Standing.TO_LIFT)

    @event(LiftingCompleted)
    def _lifting_completed(self, clocks: tuple[ClockReading, ...]) -> None:
        self.state = State.LIFTED
        self.read_clocks(clocks)

    class MeasureLifted(Aggregate.Event, v=1):
        """A department applies the measure no longer."""

        measure: str
        department: DepartmentCode

    @allowed_in(State.LIFTING)
    def confirm_lifting(self, measure: str, *, department: str) -> None:
        """The last one ends the process. Raises MeasureNotAwaited."""
        self._require(measure, department, Standing.TO_LIFT)
        self._measure_lifted(measure=measure, department=department)
        self._complete_lifting()

    def record_removal(self, department: str) -> None:
        """The department has taken the whole record away, and with it whatever it is to lift."""
        for measure, of in self.that(Standing.TO_LIFT):
            if of == department:
                self.confirm_lifting(measure, department=department)

    @event(MeasureLifted)
    def _measure_lifted(self, measure: str, department: str) -> None:
        self._stands(measure, department, Standing.LIFTED)

    def _complete_lifting(self) -> None:
        if not self.that(Standing.TO_LIFT):
            self._lifting_completed(clocks=self._stopped(LIFTING))

    # -------------------------------------------------------------------------------------------

    def _require(self, measure: str, department: str, standing: Standing) -> None:
        if self.measures.get((measure, department)) is not standing:
            raise MeasureNotAwaited(measure=measure, department=department)

    def _stands(self, measure: str, department: str, standing: Standing) -> None:
        self.measures = {**self.measures, (measure, department): standing}

    def _due(self, clock: Clock) -> datetime:
        return self.clocks[clock.name].due_at or self.now  # never the latter: it has just started


SENTENCES: dict[str, tuple[str, str]] = {
    "measure-not-awaited": (
        "该措施无需该部门确认，或者已经确认。措施是{measure}，部门是{department}。",
        "Nothing is awaited of this department here, or it has been said."
        " The measure is {measure}, the department {department}.",
    ),
    "listing-over": (
        "该主体已移出名单。请勿再实施该措施。",
        "The subject is off the list. Do not apply the measure.",
    ),
}
"""Code → Chinese, English."""
