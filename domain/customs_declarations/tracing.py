"""Where goods come from, how they were inspected, whether they are recalled: one matter per trace
code, which stands on every piece of a batch. It names no person.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from domain.customs_declarations.documents import Country
from domain.customs_declarations.tariff import HsCode
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.departments import DepartmentCode
from domain.shared.derived_ids import derived_id


def batch_id(trace_code: str) -> UUID:
    """The matter of a batch."""
    return derived_id("customs-trace", trace_code)


class BatchState(StrEnum):
    """A recall may end, and another one begin."""

    TRACED = "traced"
    RECALLED = "recalled"


class Finding(StrEnum):
    """What an inspection found."""

    SOUND = "sound"
    UNSOUND = "unsound"


class TraceBatch(Aggregate, program="customs-declarations"):
    """One batch of goods. Source: 商财发〔2018〕486号, part 4 (traceability, recalls)."""

    class BatchRegistered(Aggregate.Created, v=1):
        """The batch is known, by what its importer says of it."""

        trace_code: str
        batch_no: str
        goods: str
        hs_code: HsCode
        origin: Country
        producer: str

    @event(BatchRegistered)
    def __init__(
        self,
        trace_code: str,
        batch_no: str,
        goods: str,
        hs_code: str,
        origin: str,
        producer: str,
    ) -> None:
        self.state: BatchState = BatchState.TRACED
        self.trace_code: str = trace_code
        self.batch_no: str = batch_no
        self.goods: str = goods
        self.hs_code: str = hs_code

    @classmethod
    def registered(
        cls,
        trace_code: str,
        *,
        batch_no: str,
        goods: str,
        hs_code: str,
        origin: str,
        producer: str,
        at: datetime,
    ) -> "TraceBatch":
        """Begins a batch."""
        return cls.begin(
            cls.BatchRegistered,
            id=batch_id(trace_code),
            at=at,
            trace_code=trace_code,
            batch_no=batch_no,
            goods=goods,
            hs_code=hs_code,
            origin=origin,
            producer=producer,
        )

    class BatchInspected(Aggregate.Event, v=1):
        """An inspection of the batch, on a day of the city."""

        trace_code: str
        finding: Finding
        report_no: str
        by: DepartmentCode
        on: date

    @allowed_in(BatchState.TRACED, BatchState.RECALLED)
    def record_inspection(self, finding: Finding, report_no: str, *, by: str, on: date) -> None:
        """By customs or market regulation."""
        self._batch_inspected(
            trace_code=self.trace_code, finding=finding, report_no=report_no, by=by, on=on
        )

    @event(BatchInspected)
    def _batch_inspected(
        self, trace_code: str, finding: Finding, report_no: str, by: str, on: date
    ) -> None:
        pass

    class RecallIssued(Aggregate.Event, v=1):
        """The batch is recalled. The help centre gets one ticket; buyers see it on their page."""

        trace_code: str
        batch_no: str
        goods: str
        hs_code: HsCode
        reason: str
        decision_no: str
        by: DepartmentCode

    @allowed_in(BatchState.TRACED)
    def issue_recall(self, reason: str, decision_no: str, *, by: str) -> None:
        """One at a time."""
        self._recall_issued(
            trace_code=self.trace_code,
            batch_no=self.batch_no,
            goods=self.goods,
            hs_code=self.hs_code,
            reason=reason,
            decision_no=decision_no,
            by=by,
        )

    @event(RecallIssued)
    def _recall_issued(
        self,
        trace_code: str,
        batch_no: str,
        goods: str,
        hs_code: str,
        reason: str,
        decision_no: str,
        by: str,
    ) -> None:
        self.state = BatchState.RECALLED

    class RecallEnded(Aggregate.Event, v=1):
        """All that could be called back is back, or the recall was lifted."""

        trace_code: str
        decision_no: str

    @allowed_in(BatchState.RECALLED)
    def end_recall(self, decision_no: str) -> None:
        """By who may issue one."""
        self._recall_ended(trace_code=self.trace_code, decision_no=decision_no)

    @event(RecallEnded)
    def _recall_ended(self, trace_code: str, decision_no: str) -> None:
        self.state = BatchState.TRACED
