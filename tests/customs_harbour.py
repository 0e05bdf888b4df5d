"""A harbour without an engine: it decides like the executor does, over several matters at once.

Claims are judged by a plain model of the log, so everything but a race can be told here.
"""

import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from commands.base import Command, Decision, MattersNeeded, Role, decide
from domain.customs_declarations import (
    BondedStock,
    CustomsDeclaration,
    Enterprise,
    PersonQuota,
    TraceBatch,
)
from domain.customs_declarations.documents import declaration_id
from domain.customs_declarations.enterprise import enterprise_id
from domain.customs_declarations.quota import quota_id
from domain.customs_declarations.stock import stock_id
from domain.customs_declarations.tracing import batch_id
from domain.shared.aggregate import Aggregate, EventBase
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate
from domain.shared.identifiers import make_resident_id, make_uscc
from domain.shared.refusals import Forbidden, NotFound, Refused
from infra.discovery import discover
from tests.claim_book import ClaimBook
from tests.scenario import CALENDAR, HUIMIN, Step, context, keyed_hash, shanghai, spec_of

PLATFORM = make_uscc("enterprise", "330203", "MA2PTF01")
AGENT = make_uscc("enterprise", "330206", "MA2AGT01")
BEGIN = shanghai("2026-03-02T09:00")
BOOK = "T3105W000123"
TRACE = "NB-2026-0001"
OF_A_DEPARTMENT = frozenset({Role.OFFICER, Role.DEPARTMENT})

A = TypeVar("A", bound=Aggregate)


def resident(order: int = 1) -> str:
    """A resident id of Haishu; another for each number from 0 to 999."""
    return make_resident_id("330203", date(1990, 1, 1), order)


def subject(order: int = 1) -> str:
    """What stands for that person in events."""
    return keyed_hash("person", resident(order))


def order_id(order_no: str = "A-1") -> UUID:
    """The matter of an order."""
    return declaration_id(PLATFORM, order_no)


@dataclass
class Harbour:
    """All matters, what happened to them, and the time of the last step."""

    now: datetime = BEGIN
    matters: dict[UUID, Aggregate] = field(default_factory=dict)
    happened: list[EventBase] = field(default_factory=list)
    book: ClaimBook = field(default_factory=ClaimBook)
    calendar: Calendar = CALENDAR
    sent: int = 0
    policies: tuple[str, ...] = ("match-documents",)

    def send(self, step: Step) -> Decision:
        """Decides one step, a minute after the last unless it says when. Raises Refused."""
        self.now = step.at or self.now + timedelta(minutes=1)
        self.sent += 1
        spec, needed = spec_of(step.command), dict[UUID, None]()
        roles = step.by.roles & spec.roles
        if spec.departments and step.by.department not in spec.departments:
            roles -= OF_A_DEPARTMENT
        if not roles:
            raise Forbidden()
        id = getattr(step.command, spec.key) if spec.key else None
        while True:
            ctx = context(self.now, step.by, calendar=self.calendar, number=self.sent)
            copies = {i: copy.deepcopy(self.matters.get(i)) for i in needed}
            known = (
                copies.get(id)
                if id in copies
                else copy.deepcopy(self.matters.get(id or ctx.new_id))
            )
            ctx.at_hand = copies
            if id is not None and known is None and not spec.or_begins:
                raise NotFound()
            try:
                decision = decide(spec, step.command, known, ctx)
            except MattersNeeded as more:
                needed.update(dict.fromkeys(more.ids))
                continue
            break
        if decision.aggregate is not None:
            self.book.judge(decision.claims, decision.aggregate.id, self.now)
            self.matters[decision.aggregate.id] = decision.aggregate
        for other in decision.others:
            self.matters[other.id] = other
        self.happened += decision.events
        return decision

    def play(self, *steps: Step) -> "Harbour":
        """Runs the steps, and what they lead to by policy."""
        for step in steps:
            self.follow(self.send(step))
        return self

    def follow(self, decision: Decision) -> None:
        """What the programme's own policies make of the events, in the same instant."""
        for e in decision.events:
            for policy in (discover().policies[name] for name in self.policies):
                if isinstance(e, policy.event_classes):
                    commands = policy.react(e)
                    if isinstance(commands, Command):
                        self.send(Step(commands, HUIMIN, self.now))

    def refused(self, step: Step) -> Refused:
        """What the step is refused with; nothing has changed then."""
        before = {id: matter.version for id, matter in self.matters.items()}
        try:
            decision = self.send(step)
        except Refused as refused:
            assert {id: matter.version for id, matter in self.matters.items()} == before
            return refused
        raise AssertionError(f"accepted: {decision.events}")

    def settle(self, at: datetime, order_no: str = "A-1") -> list[str]:
        """Names of what the scheduler records of an order's overdue clocks at an instant."""
        matter = self.matters[order_id(order_no)]
        assert isinstance(matter, ClockedAggregate)
        with matter.deciding(at):
            matter.settle()
        events: Any = list(matter.collect_events())
        self.happened += events
        return [type(e).__name__ for e in events]

    def _found(self, kind: type[A], id: UUID) -> A:
        matter = self.matters[id]
        assert isinstance(matter, kind)
        return matter

    def declaration(self, order_no: str = "A-1") -> CustomsDeclaration:
        """The matter of an order."""
        return self._found(CustomsDeclaration, order_id(order_no))

    def quota(self, order: int = 1, year: int = 2026) -> PersonQuota:
        """A person's year."""
        return self._found(PersonQuota, quota_id(subject(order), year))

    def stock(self, item_no: int = 1) -> BondedStock:
        """An item of the ledger."""
        return self._found(BondedStock, stock_id(BOOK, item_no))

    def agent(self, code: str = AGENT) -> Enterprise:
        """An enterprise."""
        return self._found(Enterprise, enterprise_id(code))

    def batch(self) -> TraceBatch:
        """The batch."""
        return self._found(TraceBatch, batch_id(TRACE))

    def names(self, count: int | None = None) -> list[str]:
        """Names of the last events, or of all."""
        return [type(e).__name__ for e in self.happened[-(count or len(self.happened)) :]]

    def of(self, event_class: type[EventBase]) -> list[Any]:
        """All events of a class."""
        return [e for e in self.happened if isinstance(e, event_class)]
