"""Visits for tests, and worlds up to them: an hour of bathing on a Tuesday morning by carer 1."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from commands.base import Caller
from commands.care_orders import attending, elders, scheduling, settling
from domain.care_orders import CareOrder, Visit
from domain.care_orders.states import CancelReason, MissedOutcome, ReclaimReason
from tests.care import (
    ACTIVE,
    CARER_1,
    COORDINATOR,
    ELDER,
    FAMILY,
    FINANCE,
    HEALTH,
    MARCH,
    NEAR,
    OFFICE,
    ORDER,
    VISIT,
    carer_subject,
)
from tests.scenario import HUIMIN, Scenario, Step, shanghai

START = shanghai("2026-03-03T09:00")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
IN_APRIL = shanghai("2026-04-02T09:00")


def scheduled(
    visit: UUID = VISIT,
    *,
    order: UUID = ORDER,
    who: int = 1,
    start: datetime = START,
    length: timedelta = HOUR,
    items: tuple[str, ...] = ("bathing-help",),
    at: datetime | None = None,
    by: Caller = COORDINATOR,
) -> Step:
    """Carer ``who`` is to come for an hour."""
    command = scheduling.ScheduleVisit(
        visit_id=visit,
        order_id=order,
        carer=carer_subject(who),
        starts_at=start,
        ends_at=start + length,
        items=items,
    )
    return Step(command, by, at)


def _visit(make: Any, by: Caller, **fixed: Any) -> Any:
    def build(
        visit: UUID = VISIT, *, at: datetime | None = None, sender: Caller = by, **fields: Any
    ) -> Step:
        return Step(make(visit_id=visit, **{**fixed, **fields}), sender, at)

    return build


def _seen(make: Any, **fixed: Any) -> Any:
    def build(
        visit: UUID = VISIT,
        *,
        at: datetime,
        made: datetime | None = None,
        sender: Caller = CARER_1,
        **fields: Any,
    ) -> Step:
        own = {"at": made or at, "device_time": at, "offline": made is not None}
        place = {} if "tag" in fields else {"point": NEAR}
        return Step(make(visit_id=visit, **{**own, **place, **fixed, **fields}), sender, at)

    return build


reassigned = _visit(scheduling.Reassign, COORDINATOR, carer=carer_subject(2))
cancelled = _visit(scheduling.CancelVisit, COORDINATOR, reason=CancelReason.CARER_ABSENT)
checked_in = _seen(attending.CheckIn)
checked_out = _seen(attending.CheckOut, items=("bathing-help",))
missed = _visit(attending.MarkMissed, HUIMIN)
left_open = _visit(attending.CloseForgotten, HUIMIN)
contact_tried = _visit(attending.RecordContact, COORDINATOR, reached=False)
resolved = _visit(attending.ResolveMissed, COORDINATOR, outcome=MissedOutcome.SEEN)
verified = _visit(settling.VerifyVisit, COORDINATOR)
disputed = _visit(settling.DisputeVisit, FAMILY, text="没有来")
dispute_resolved = _visit(settling.ResolveDispute, OFFICE, upheld=False)
settled = _visit(settling.IncludeInSettlement, HUIMIN)
reclaimed = _visit(settling.ReclaimVisit, OFFICE, reason=ReclaimReason.FRAUD)


def done(visit: UUID = VISIT, start: datetime = START, **seen: Any) -> tuple[Step, ...]:
    """A visit begun and ended as planned."""
    return (
        checked_in(visit, at=start, **seen),
        checked_out(visit, at=start + HOUR, **seen),
    )


def confirmed(
    settlement: UUID = MARCH,
    *,
    at: datetime | None = IN_APRIL,
    by: Caller = OFFICE,
) -> Step:
    """A month is confirmed."""
    return Step(settling.ConfirmSettlement(settlement_id=settlement), by, at)


def paid(settlement: UUID = MARCH, *, at: datetime | None = None, by: Caller = FINANCE) -> Step:
    """A month is paid."""
    return Step(settling.PaySettlement(settlement_id=settlement), by, at)


# --- elders ------------------------------------------------------------------------------------


def admitted(elder: UUID = ELDER, *, by: Caller = HEALTH) -> Step:
    """A hospital admits the elder."""
    return Step(elders.NoteAdmission(elder_id=elder), by, None)


def discharged(elder: UUID = ELDER, *, functional_loss: bool = True, by: Caller = HEALTH) -> Step:
    """A hospital discharges the elder."""
    command = elders.NoteDischarge(elder_id=elder, functional_loss=functional_loss)
    return Step(command, by, None)


def died(on: date, elder: UUID = ELDER, *, at: datetime | None = None, by: Caller = HEALTH) -> Step:
    """The elder died."""
    return Step(elders.NoteDeath(elder_id=elder, on=on), by, at)


# --- worlds ------------------------------------------------------------------------------------

SCHEDULED = (*ACTIVE, scheduled())
STARTED = (*SCHEDULED, checked_in(at=START))
COMPLETED = (*SCHEDULED, *done())
MISSED = (*SCHEDULED, missed(at=START + 30 * MINUTE))
VERIFIED = (*COMPLETED, verified())
SETTLED = (*VERIFIED, settled())


def order_in(scenario: Scenario, order: UUID = ORDER) -> CareOrder:
    """An order of a world."""
    found = scenario.matters[order]
    assert isinstance(found, CareOrder)
    return found


def visit_in(scenario: Scenario, visit: UUID = VISIT) -> Visit:
    """A visit of a world."""
    found = scenario.matters[visit]
    assert isinstance(found, Visit)
    return found


def names(events: Iterable[Any]) -> list[str]:
    """What happened, by name alone."""
    return [event.type_name.split(".")[1] for event in events]
