"""Who trades what: platforms, payment firms, carriers, agents, their goods and bonded ledgers.

Codes and ledgers are of one run; what happens with them is the seed's. Figures of the trade are
rounded from what Ningbo's cross-border zone told of its first years.
"""

import hashlib
from dataclasses import dataclass
from random import Random
from typing import Any

from commands.base import Role
from simulation.codes import uscc
from simulation.matters import Sender
from simulation.programme import World

PORT = "3105"
"""The bonded zone's supervised place."""

CUSTOMS = Sender("customs-system", Role.DEPARTMENT, "customs")
MARKET_OFFICER = Sender("market-officer-1", Role.OFFICER, "market-regulation")


def customs_officer(rng: Random) -> Sender:
    """One of those at the desks."""
    return Sender(f"customs-officer-{rng.randint(1, 12):02d}", Role.OFFICER, "customs")


@dataclass(frozen=True, slots=True)
class Good:
    """An article: its line of the ledger, price range in yuan, origin, how often it is bought."""

    item_no: int
    hs_code: str
    name: str
    yuan: tuple[int, int]
    country: str
    weight: float

    @property
    def sku(self) -> str:
        """The platforms' number."""
        return f"SKU-{self.hs_code}"


GOODS = (
    Good(1, "9619001100", "婴儿纸尿裤", (79, 168), "JPN", 24),
    Good(2, "1901101090", "婴幼儿配方乳粉", (128, 320), "NZL", 18),
    Good(3, "3304990099", "保湿面膜", (59, 260), "KOR", 16),
    Good(4, "2106909090", "深海鱼油胶囊", (88, 330), "AUS", 11),
    Good(5, "3304990029", "精华面霜", (380, 1_480), "FRA", 8),
    Good(6, "3306101090", "牙膏", (19, 66), "DEU", 6),
    Good(7, "0901210000", "焙炒咖啡", (49, 180), "ITA", 5),
    Good(8, "2204210000", "干红葡萄酒", (98, 560), "FRA", 4),
    Good(9, "8509809000", "电动牙刷", (199, 899), "DEU", 3),
    Good(10, "6404110000", "运动鞋", (299, 899), "VNM", 3),
    Good(11, "8715000010", "婴儿推车", (999, 3_280), "NLD", 1),
    Good(12, "4202210090", "皮革手提包", (1_200, 3_900), "ITA", 1),
)
BAG = GOODS[-1]


@dataclass(frozen=True, slots=True)
class Firm:
    """An enterprise that sends by its own system."""

    n: int
    kind: str
    code: str
    name: str
    sender: Sender


@dataclass(frozen=True, slots=True)
class Trade:
    """All of them, of one run."""

    book_no: str
    trace: str
    platforms: tuple[Firm, ...]
    payment: tuple[Firm, ...]
    carriers: tuple[Firm, ...]
    agents: tuple[Firm, ...]
    resting: Firm
    """A carrier without orders, whose papers customs looks through."""

    def trace_code(self, good: Good) -> str:
        """Of the batch that lies in the bonded zone."""
        return f"{self.trace}-{good.item_no:02d}"

    @property
    def firms(self) -> tuple[Firm, ...]:
        """All of them."""
        return (*self.platforms, *self.payment, *self.carriers, *self.agents, self.resting)


_NAMES = {
    "platform": "宁波跨境购电子商务有限公司",
    "payment": "宁波汇通支付有限公司",
    "carrier": "宁波速达物流有限公司",
    "agent": "宁波通关报关代理有限公司",
}


def trade_of(world: World) -> Trade:
    """The firms: in the whole city some 300 platforms, 15 payment firms, 20 carriers, 120 agents."""
    token = hashlib.blake2b(world.run.encode(), digest_size=6).hexdigest().upper()

    def firms(kind: str, count: int) -> tuple[Firm, ...]:
        return tuple(
            Firm(
                n,
                kind,
                uscc("enterprise", "330206", f"{world.run}:{kind}:{n}"),
                _NAMES[kind],
                Sender(f"{kind}-system-{n}", Role.AGENT),
            )
            for n in range(1, count + 1)
        )

    *carriers, resting = firms("carrier", world.scaled(20, least=2) + 1)
    return Trade(
        book_no=f"T{PORT}W{token[:6]}",
        trace=f"NB-{token}",
        platforms=firms("platform", world.scaled(300, least=3)),
        payment=firms("payment", world.scaled(15, least=2)),
        carriers=tuple(carriers),
        agents=firms("agent", world.scaled(120, least=3)),
        resting=resting,
    )


@dataclass(frozen=True, slots=True)
class Basket:
    """What somebody buys: goods with pieces and price in fen."""

    lines: tuple[tuple[Good, int, int], ...]

    def items(self, trade: Trade, *, traced: bool) -> list[dict[str, Any]]:
        """As an order lists them; only what lies in the bonded zone has a trace code."""
        return [
            {
                "sku": good.sku,
                "hs_code": good.hs_code,
                "name": good.name,
                "qty": qty,
                "price_fen": price,
                "country": good.country,
                **({"trace_code": trade.trace_code(good)} if traced else {}),
            }
            for good, qty, price in self.lines
        ]

    def goods(self) -> list[dict[str, Any]]:
        """As a waybill lists them."""
        return [{"sku": good.sku, "qty": qty} for good, qty, _ in self.lines]

    @property
    def total_fen(self) -> int:
        """Price of all."""
        return sum(qty * price for _, qty, price in self.lines)

    @property
    def grams(self) -> int:
        """Gross weight."""
        return 200 + sum(350 * qty for _, qty, _ in self.lines)


MOST_FEN = 480_000
"""A buyer who knows the limit of 5,000 yuan keeps below it, freight included."""


def basket(rng: Random) -> Basket:
    """One to three articles, mostly of one or two pieces."""
    count = rng.choices((1, 2, 3), (72, 21, 7))[0]
    chosen: dict[int, Good] = {}
    while len(chosen) < count:
        good = rng.choices(GOODS, [one.weight for one in GOODS])[0]
        chosen[good.item_no] = good
    lines = tuple(
        (good, rng.choices((1, 2, 3, 4), (66, 20, 8, 6))[0], rng.randint(*good.yuan) * 100)
        for good in chosen.values()
    )
    found = Basket(lines)
    return (
        found if found.total_fen <= MOST_FEN else Basket(tuple((g, 1, p) for g, _, p in lines[:1]))
    )


TWO_BAGS = Basket(((BAG, 2, 290_000),))
"""More than 5,000 yuan in two pieces: not this way."""
