"""What customs and trade did, from the events alone, held against the read models.

Each order's state, value and tax, each agent's days of tax, each ledger item's pieces and each
buyer's year must be what the orders' own events come to.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from simulation.counting import counted, nearest_rank
from simulation.customs_declarations.orders import PROGRAM
from simulation.customs_declarations.reckoning import Told, told
from simulation.customs_declarations.trade import trade_of
from simulation.matters import Played
from simulation.programme import Figure, Findings, Report, Table
from simulation.reading import Event, Reader

AT_ONCE = 32

WITH_DATA = frozenset(
    f"{PROGRAM}.{name}"
    for name in (
        "list-declared",
        "goods-released",
        "return-completed",
        "return-refused",
        "tax-settled",
        "central-purchase-received",
        "stock-written-off",
        "clock-breached",
    )
)

_COUNTED = (
    ("matched", "documents-matched", "三单比对一致", "orders whose documents agree"),
    ("mismatched", "mismatch-found", "三单不符", "mismatches"),
    ("declared", "list-declared", "申报清单", "lists declared"),
    ("released", "goods-released", "放行", "released"),
    ("list_returned", "list-returned", "退单", "lists returned by customs"),
    ("inspected", "inspection-ordered", "查验", "inspections"),
    ("detained", "goods-detained", "扣留", "detained"),
    ("cancelled", "list-cancelled", "撤销", "cancelled"),
    ("ignored", "receipt-ignored", "迟到回执", "late receipts ignored"),
    ("came_back", "return-completed", "退货入区", "returns completed"),
    ("return_refused", "return-refused", "退货不予受理", "returns refused"),
    ("tax_bills", "tax-settled", "缴税", "tax bills paid"),
)


def orders(findings: Findings) -> list[tuple[Played, Sequence[Event], Told]]:
    """The run's orders with their events."""
    found = []
    for one in findings.played:
        if one.id is not None and one.matter.name.startswith(f"{PROGRAM}/order/"):
            stream = findings.events.get(one.id, ())
            found.append((one, stream, told(stream)))
    return found


def settled(findings: Findings) -> bool:
    """Whether each order that is complete has been compared."""
    for _, stream, _ in orders(findings):
        names = Counter(event.name for event in stream)
        here = names["order-received"] and names["payment-received"] and names["waybill-received"]
        if here and not names["documents-matched"] + names["mismatch-found"]:
            return False
    return True


async def report(findings: Findings, reader: Reader) -> Report:
    """Figures, the platforms' table, and every difference."""
    all_orders = orders(findings)
    return Report(
        program=PROGRAM,
        zh="跨境电商通关",
        en="Customs declarations",
        figures=tuple(_figures(all_orders)),
        tables=(_platforms(all_orders),),
        differences=(
            *await _status_faults(all_orders, reader, findings.last),
            *await _year_faults(all_orders, reader, findings.last),
            *await _tax_faults(all_orders, reader, findings.last),
            *await _stock_faults(findings, all_orders, reader),
        ),
    )


Orders = Sequence[tuple[Played, Sequence[Event], Told]]


def _figures(all_orders: Orders) -> Iterable[Figure]:
    names = Counter(event.name for _, stream, _ in all_orders for event in stream)
    yield Figure("orders", "订单", "orders", len(all_orders))
    yield from counted(_COUNTED, names)
    seconds = (_seconds(one) for _, _, one in all_orders if one.released_at)
    middle = round(nearest_rank(seconds, 50) / 60, 1)
    yield Figure("median_minutes", "申报到放行中位分钟", "median minutes to release", middle)
    breached = sum(
        event.name == "clock-breached" and event.data["clock"] == "clearance"
        for _, stream, _ in all_orders
        for event in stream
    )
    yield Figure("breaches", "通关超过两小时", "clearances past two hours", breached)
    yuan = sum(one.value_fen for _, _, one in all_orders) / 100
    yield Figure("value_yuan", "货值（元）", "value in yuan", round(yuan, 2))
    tax = sum(one.tax_fen for _, _, one in all_orders) / 100
    yield Figure("tax_yuan", "应税（元）", "tax in yuan", round(tax, 2))


def _seconds(one: Told) -> float:
    begun: datetime | None = one.declared_at
    return (one.released_at - begun).total_seconds() if one.released_at and begun else 0.0


def _platforms(all_orders: Orders) -> Table:
    by_platform: dict[int, list[Told]] = defaultdict(list)
    for played, _, one in all_orders:
        by_platform[played.matter.about["platform"]].append(one)
    rows = [
        {
            "platform": n,
            "orders": len(here),
            "released": sum(one.shipped for one in here),
            "yuan": round(sum(one.value_fen for one in here) / 100, 2),
        }
        for n, here in sorted(by_platform.items())[:12]
    ]
    columns = (
        ("platform", "平台", "platform"),
        ("orders", "订单", "orders"),
        ("released", "放行", "released"),
        ("yuan", "货值（元）", "yuan"),
    )
    return Table("各平台", "By platform", columns, tuple(rows))


async def _status_faults(all_orders: Orders, reader: Reader, position: int) -> list[str]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def fault(played: Played, one: Told) -> str | None:
        async with gate:
            row = await reader.row("declaration-status", str(played.id), min_position=position)
        if row is None or row["state"] != one.state:
            return f"{played.id}: the status says {row and row['state']}, the log {one.state}"
        at = datetime.fromisoformat(row["released_at"]) if row["released_at"] else None
        if at != one.released_at:
            return f"{played.id}: the status has another release than the log"
        return None

    found = await asyncio.gather(*(fault(played, one) for played, _, one in all_orders))
    return [one for one in found if one]


async def _year_faults(all_orders: Orders, reader: Reader, position: int) -> list[str]:
    mine: Counter[tuple[str, int]] = Counter()
    for _, _, one in all_orders:
        if one.buyer:
            mine[one.buyer, one.year] += one.value_fen
    rows = {
        (row["subject"], row["year"]): row["used_fen"] + row["reserved_fen"]
        for row in await reader.rows("quota-balance", min_position=position)
    }
    wrong = sum(rows.get(key, 0) != fen for key, fen in mine.items())
    return [f"{wrong} buyers' years are not what their lists come to"] if wrong else []


async def _tax_faults(all_orders: Orders, reader: Reader, position: int) -> list[str]:
    due: Counter[tuple[str, str]] = Counter()
    paid: Counter[tuple[str, str]] = Counter()
    for _, _, one in all_orders:
        if one.agent:
            due[one.agent, one.day] += one.tax_fen
            paid[one.agent, one.day] += one.paid_fen
    rows: dict[tuple[str, str], dict[str, Any]] = {
        (row["agent_code"], row["day"]): row
        for row in await reader.rows("tax-ledger", min_position=position)
    }
    found = []
    for key, fen in due.items():
        row = rows.get(key)
        if row is None or (row["due_fen"], row["paid_fen"]) != (fen, paid[key]):
            found.append(f"tax ledger {key[0]} {key[1]}: not what the lists of the day come to")
    return found


async def _stock_faults(findings: Findings, all_orders: Orders, reader: Reader) -> list[str]:
    trade = trade_of(findings.world)
    reserved: Counter[tuple[str, int]] = Counter()
    shipped: Counter[tuple[str, int]] = Counter()
    for _, _, one in all_orders:
        (shipped if one.shipped else reserved).update(one.pieces)
    found = []
    for row in await reader.rows("stock-ledger", min_position=findings.last):
        key = (row["book_no"], row["item_no"])
        if row["book_no"] != trade.book_no:
            continue
        if (row["reserved"], row["shipped"]) != (reserved[key], shipped[key]):
            found.append(f"stock {key[0]} {key[1]}: not what the lists hold of it")
    return found
