"""What becomes of one order: three documents, a list, customs' answers, what comes back.

Each story is drawn for one order and written as steps with instants; what would fall behind the end
of the days is left out. Receipts carry customs' own time, some seconds before they reach the city.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any
from uuid import UUID

from domain.customs_declarations.documents import declaration_id
from simulation import people
from simulation.customs_declarations.trade import (
    CUSTOMS,
    PORT,
    Basket,
    Firm,
    Trade,
    customs_officer,
)
from simulation.matters import Matter, Sender, Step, Until, in_order
from simulation.office import MINUTE, lognormal_seconds

PROGRAM = "customs-declarations"
HOUR = 3600


class Fate(StrEnum):
    """What is special about an order; ``PLAIN`` for most."""

    PLAIN = "plain"
    MISMATCH = "mismatch"
    RETURNED_LIST = "returned-list"
    REVIEWED = "reviewed"
    INSPECTED = "inspected"
    DETAINED = "detained"
    BACK_ABROAD = "back-abroad"
    CANCELLED = "cancelled"
    FAULT = "fault"
    LATE_RECEIPT = "late-receipt"
    OVER_LIMIT = "over-limit"
    OVER_YEAR = "over-year"
    MISADDED = "misadded"
    WRONG_SENDER = "wrong-sender"
    UNFINISHED = "unfinished"


SHARES: Mapping[Fate, float] = {
    Fate.PLAIN: 78,
    Fate.MISMATCH: 4,
    Fate.RETURNED_LIST: 3,
    Fate.REVIEWED: 3,
    Fate.INSPECTED: 3,
    Fate.DETAINED: 0.8,
    Fate.BACK_ABROAD: 0.5,
    Fate.CANCELLED: 2.2,
    Fate.FAULT: 1.5,
    Fate.LATE_RECEIPT: 1,
    Fate.OVER_LIMIT: 0.8,
    Fate.OVER_YEAR: 0.5,
    Fate.MISADDED: 0.6,
    Fate.WRONG_SENDER: 0.4,
    Fate.UNFINISHED: 0.7,
}
"""Percent of the orders. Customs inspects some three in a hundred of such parcels."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys; ``usage`` labels the step that recorded what the year had seen elsewhere."""

    person: people.Person
    usage: str | None = None

    @property
    def body(self) -> dict[str, str]:
        """As a document names the person."""
        return {"name": self.person.name, "resident_id": self.person.resident_id}


@dataclass(slots=True)
class Story:
    """One order as it is written. ``bonded``: from the zone, else by parcel from abroad."""

    rng: Random
    trade: Trade
    order_no: str
    fate: Fate
    basket: Basket
    buyer: Buyer
    bonded: bool
    begun: datetime
    platform: Firm
    payer: Firm
    carrier: Firm
    agent: Firm
    steps: list[Step] = field(default_factory=list)
    tries: int = 0
    false_at: datetime | None = None
    """When the order of detained goods is found to be false."""

    @property
    def detained_label(self) -> str:
        """Of the answer that detains the goods."""
        return f"{PROGRAM}/order/{self.order_no}/detained"

    @property
    def id(self) -> UUID:
        """The matter, which platform and number name."""
        return declaration_id(self.platform.code, self.order_no)

    def matter(self, end: datetime) -> Matter | None:
        """Its steps up to the end of the days, None when there are none."""
        steps = in_order(self.steps, end)
        if not any(step.refused is None for step in steps):
            return None
        about = {"platform": self.platform.n, "fate": self.fate, "bonded": self.bonded}
        return Matter(f"{PROGRAM}/order/{self.order_no}", PROGRAM, steps, self.id, about)

    # --- steps ---------------------------------------------------------------------------------

    def step(
        self,
        at: datetime,
        sender: Sender,
        command: str,
        body: dict[str, Any],
        *,
        refused: str | None = None,
        until: Until | None = None,
        label: str | None = None,
    ) -> None:
        after = (self.buyer.usage,) if self.buyer.usage and command == "declare-list" else ()
        self.steps.append(Step(at, sender, command, body, label, refused, until=until, after=after))

    def on_it(self, **fields: Any) -> dict[str, Any]:
        """A body of a command on the matter."""
        return {"declaration_id": str(self.id), **fields}

    def order(
        self, at: datetime, *, refused: str | None = None, sender: Sender | None = None
    ) -> None:
        """The platform's document; misadded when its sum is refused."""
        misadded = 100 if refused == "sum-mismatch" else 0
        body = {
            "ebp_code": self.platform.code,
            "order_no": self.order_no,
            "items": self.basket.items(self.trade, traced=self.bonded),
            "freight_fen": self.freight_fen,
            "tax_fen": self.tax_fen,
            "actual_paid_fen": self.paid_fen + misadded,
            "buyer": self.buyer.body,
            "phone": self.buyer.person.mobile,
        }
        self.step(at, sender or self.platform.sender, "receive-order", body, refused=refused)

    @property
    def freight_fen(self) -> int:
        """Free from 300 yuan on."""
        return 0 if self.basket.total_fen > 30_000 else 1_000

    @property
    def tax_fen(self) -> int:
        """What the platform collects beforehand: 70 % of 13 %."""
        return (self.basket.total_fen + self.freight_fen) * 91 // 1000

    @property
    def paid_fen(self) -> int:
        """What the buyer paid in all."""
        return self.basket.total_fen + self.freight_fen + self.tax_fen

    def payment(self, at: datetime, *, less: int = 0, until: Until | None = None) -> None:
        """The payment firm's document."""
        body = {
            "ebp_code": self.platform.code,
            "order_no": self.order_no,
            "pay_code": self.payer.code,
            "transaction_id": f"{self.order_no}-P{'' if not until else 'C'}",
            "payer": self.buyer.body,
            "amount_fen": self.paid_fen - less,
        }
        self.step(at, self.payer.sender, "receive-payment", body, until=until)

    def waybill(self, at: datetime) -> None:
        """The carrier's document."""
        body = {
            "ebp_code": self.platform.code,
            "order_no": self.order_no,
            "logistics_code": self.carrier.code,
            "logistics_no": f"{self.order_no}-W",
            "consignee": self.buyer.person.name,
            "weight_g": self.basket.grams,
            "goods": self.basket.goods(),
        }
        self.step(at, self.carrier.sender, "receive-waybill", body)

    def declare(
        self, at: datetime, *, refused: str | None = None, until: Until | None = None
    ) -> None:
        """The agent's list, under a new number each time."""
        self.tries += 1
        body = self.on_it(
            mode="1210" if self.bonded else "9610",
            cop_no=self.cop_no,
            port=PORT,
            agent_code=self.agent.code,
            ledger=[
                {"line": line, "book_no": self.trade.book_no, "item_no": good.item_no}
                for line, (good, _, _) in enumerate(self.basket.lines, 1)
            ]
            if self.bonded
            else [],
        )
        self.step(at, self.agent.sender, "declare-list", body, refused=refused, until=until)

    @property
    def cop_no(self) -> str:
        """The number of the list that is out."""
        return f"{self.order_no}-{self.tries}"

    def receipt(self, at: datetime, code: int, *, told: datetime | None = None) -> None:
        """Customs answers; a release brings the list's own number."""
        number = int.from_bytes(self.id.bytes[:7]) % 10**18
        invt_no = {"invt_no": f"{number:018d}"} if code == 800 else {}
        time = (told or at) - timedelta(seconds=self.rng.randint(2, 20))
        body = self.on_it(code=code, customs_time=time.isoformat(), cop_no=self.cop_no, **invt_no)
        label = self.detained_label if code == 502 else None
        self.step(at, CUSTOMS, "record-receipt", body, label=label)

    # --- the story -----------------------------------------------------------------------------

    def write(self) -> None:
        """From the first document to the release, or to what came instead."""
        rng = self.rng
        order_at = self.begun
        payment_at = order_at + timedelta(seconds=rng.randint(4, 150))
        waybill_at = order_at + timedelta(seconds=lognormal_seconds(rng, 55 * MINUTE, 0.8))
        if rng.random() < 0.12:  # documents come in any order
            order_at, payment_at = payment_at, order_at
        self.order(order_at)
        short = 100 if self.fate is Fate.MISMATCH else 0
        self.payment(payment_at, less=short)
        if self.fate is Fate.MISADDED:
            self.order(min(order_at, payment_at) - timedelta(seconds=40), refused="sum-mismatch")
        if self.fate is Fate.WRONG_SENDER:
            before = min(order_at, payment_at) - timedelta(seconds=40)
            self.order(before, refused="sender-not-entitled", sender=self.carrier.sender)
        if self.fate is Fate.UNFINISHED:
            return
        self.waybill(waybill_at)
        complete = max(order_at, payment_at, waybill_at)
        if self.fate is Fate.MISMATCH:
            complete += timedelta(seconds=lognormal_seconds(rng, 25 * MINUTE, 0.7))
            self.payment(complete, until=Until("mismatch-found"))
        declared = complete + timedelta(seconds=lognormal_seconds(rng, 12 * MINUTE, 0.7))
        until = Until("documents-matched")
        if self.fate in (Fate.OVER_LIMIT, Fate.OVER_YEAR):
            why = "order-over-limit" if self.fate is Fate.OVER_LIMIT else "annual-limit-exceeded"
            self.declare(declared, refused=why, until=until)
            return
        self.declare(declared, until=until)
        self._answered(declared)

    def _answered(self, declared: datetime) -> None:
        rng = self.rng
        at = declared + timedelta(seconds=rng.randint(20, 240))
        if self.fate is Fate.FAULT:
            self.receipt(at, -621)
            at += timedelta(seconds=rng.randint(30, 90))
        self.receipt(at, 120)
        decided = at + timedelta(seconds=lognormal_seconds(rng, 18 * MINUTE, 0.9))
        match self.fate:
            case Fate.RETURNED_LIST:
                self.receipt(decided, 100)
                again = decided + timedelta(seconds=lognormal_seconds(rng, 20 * MINUTE, 0.6))
                self.declare(again)
                self.receipt(again + timedelta(minutes=3), 120)
                self.receipt(again + timedelta(minutes=rng.randint(9, 30)), 800)
            case Fate.CANCELLED:
                body = self.on_it(reason="买家取消订单")
                self.step(decided, self.agent.sender, "cancel", body)
            case Fate.INSPECTED:
                self.receipt(decided, 500)
                self.receipt(decided + timedelta(minutes=rng.randint(70, 260)), 800)
            case Fate.DETAINED:
                self.receipt(decided, 502)
                if rng.random() < 0.5:
                    self.receipt(decided + timedelta(hours=rng.randint(2, 7)), 800)
                else:
                    self.false_at = decided + timedelta(hours=rng.randint(1, 4))
            case Fate.BACK_ABROAD:
                self.receipt(decided, 500)
                self.receipt(decided + timedelta(hours=rng.randint(2, 5)), 700)
            case Fate.REVIEWED:
                self.receipt(decided, 300)
                self.receipt(decided + timedelta(minutes=rng.randint(15, 90)), 399)
                self.receipt(decided + timedelta(minutes=rng.randint(95, 130)), 800)
            case Fate.LATE_RECEIPT:
                self.receipt(decided, 800)
                self.receipt(decided + timedelta(minutes=4), 300, told=at)
            case _:
                self.receipt(decided, 800)

    # --- after the release ---------------------------------------------------------------------

    def returned(self, applied: datetime, arrived: datetime) -> None:
        """One piece of the first line comes back, in time or late, mostly the original."""
        by = self.agent if self.rng.random() < 0.7 else self.platform
        items = [{"line": 1, "qty": 1}]
        reason = self.rng.choices(
            ("changed-mind", "defective", "wrong-goods", "undelivered"), (55, 25, 12, 8)
        )[0]
        if self.rng.random() < 0.06:
            wrong = [{"line": 1, "qty": self.basket.lines[0][1] + 1}]
            before = applied - timedelta(minutes=2)
            body = self.on_it(items=wrong, reason=reason)
            self.step(before, by.sender, "apply-return", body, refused="quantity-exceeds")
        self.step(applied, by.sender, "apply-return", self.on_it(items=items, reason=reason))
        original = self.rng.random() > 0.05
        arrival = self.on_it(place=PORT, inspected=True, original=original)
        self.step(arrived, customs_officer(self.rng), "record-return-arrival", arrival)

    def too_late(self, applied: datetime) -> None:
        """Who asks after the thirty days is told so."""
        body = self.on_it(items=[{"line": 1, "qty": 1}], reason="changed-mind")
        self.step(applied, self.agent.sender, "apply-return", body, refused="return-too-late")

    def paid(self, at: datetime) -> None:
        """The agent's tax of the month is paid, and customs closes the list."""
        self.step(at, CUSTOMS, "record-tax-paid", self.on_it(bill_no=f"{self.order_no}-T"))
        closed = at + timedelta(minutes=self.rng.randint(5, 50))
        body = self.on_it(customs_time=(closed - timedelta(seconds=9)).isoformat())
        self.step(closed, CUSTOMS, "close", body)
