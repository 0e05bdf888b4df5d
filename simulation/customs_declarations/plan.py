"""Makes matters of the trade: its firms, batches and stock, then orders old and new.

On each day come new orders, the returns of the last weeks' and the tax of those of a month ago; so
some orders are written from their first document some weeks before the days.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from domain.customs_declarations.enterprise import enterprise_id
from domain.customs_declarations.stock import stock_id
from domain.customs_declarations.tracing import batch_id
from domain.shared.instants import SHANGHAI
from simulation import people
from simulation.customs_declarations.orders import PROGRAM, SHARES, Buyer, Fate, Story
from simulation.customs_declarations.trade import (
    CUSTOMS,
    GOODS,
    MARKET_OFFICER,
    TWO_BAGS,
    Firm,
    Good,
    Trade,
    basket,
    customs_officer,
    trade_of,
)
from simulation.matters import Matter, Step
from simulation.office import Arrivals, local
from simulation.programme import World

A_DAY = 30_000
"""Orders of a day: Ningbo's zone passed some ten million lists a year once it had grown up."""
LEAST = 30

RETURNED = 0.03
"""Of the orders; what comes back in a day left weeks ago."""
PAID_LATER = 0.4
"""Of the orders of a month ago, whose tax is followed to its end here. The others are as quiet."""

BONDED = 0.65

# Shopping at home: lunch, and the evening until midnight.
_BY_HOUR = (
    *(3.0, 1.2, 0.6, 0.4, 0.3, 0.4, 0.9, 2.0),
    *(3.6, 4.8, 5.6, 5.2, 5.8, 5.4, 4.9, 4.8),
    *(4.6, 4.2, 4.0, 5.2, 7.4, 9.6, 9.8, 6.3),
)
_EVERY_DAY_ALIKE = (1.0,) * 7

STOCKED_BEFORE = timedelta(days=70)
"""Firms and stock stand long before the first day."""


def plan(world: World) -> list[Matter]:
    """A function of the world."""
    trade = trade_of(world)
    begin = local(world.days[0], 0)
    end = local(world.today, 0)
    stories = list(_stories(world, trade))
    matters = [*_firms(world, trade, begin, end, stories), *_stock(world, trade, begin, end)]
    matters += [_usage(story) for story in stories if story.buyer.usage is not None]
    written = (story.matter(end) for story in stories)
    return matters + [matter for matter in written if matter is not None]


# --- what stands before ------------------------------------------------------------------------


def _firms(
    world: World, trade: Trade, begin: datetime, end: datetime, stories: Sequence[Story]
) -> Iterator[Matter]:
    rng = Random(f"{world.seed}:{PROGRAM}:firms")
    false = {story.agent.code: story for story in stories if story.false_at is not None}
    for number, firm in enumerate(trade.firms):
        at = begin - STOCKED_BEFORE + timedelta(minutes=number)
        guarantee = {"guarantee_fen": 500_000_000} if firm.kind == "agent" else {}
        body = {
            "code": firm.code,
            "name": firm.name,
            "kinds": [firm.kind],
            "sender": firm.sender.actor,
            **guarantee,
        }
        steps = [Step(at, customs_officer(rng), "register-enterprise", body)]
        office = local(rng.choice(world.working_days), 10 * 3600 + number)
        if firm.kind == "agent":
            more = {"code": firm.code, "guarantee_fen": 800_000_000}
            steps.append(Step(office, customs_officer(rng), "set-guarantee", more))
        elif firm.kind == "platform" and firm.n % 7 == 2:
            rate = {"code": firm.code, "rate_ppm": 50_000, "reason": "risk-analysis"}
            steps.append(Step(office, customs_officer(rng), "set-inspection-rate", rate))
        elif firm is trade.resting:
            ruling = {"code": firm.code, "decision_no": f"甬关企字〔{office.year}〕{office:%m%d}号"}
            steps.append(Step(office, customs_officer(rng), "suspend-enterprise", ruling))
            again = office + timedelta(hours=5)
            steps.append(Step(again, customs_officer(rng), "resume-enterprise", ruling))
        if (story := false.get(firm.code)) is not None:
            steps.append(_found_false(rng, story))
        steps.sort(key=lambda step: step.at)
        name = f"{PROGRAM}/enterprise/{firm.kind}-{firm.n}"
        kept = tuple(step for step in steps if step.at < end)
        yield Matter(name, PROGRAM, kept, enterprise_id(firm.code))


def _found_false(rng: Random, story: Story) -> Step:
    body = {
        "code": story.agent.code,
        "document": "order",
        "declaration_id": str(story.id),
        "decision_no": f"甬关缉字〔{story.begun.year}〕{rng.randint(1, 999)}号",
    }
    at = story.false_at or story.begun  # only those that have it are asked for
    return Step(
        at, customs_officer(rng), "report-false-documents", body, after=(story.detained_label,)
    )


def _stock(world: World, trade: Trade, begin: datetime, end: datetime) -> Iterator[Matter]:
    rng = Random(f"{world.seed}:{PROGRAM}:stock")
    recalled = rng.choice(GOODS[:6])
    for good in GOODS:
        yield _batch(world, trade, good, begin, rng, recalled=good is recalled)
        at = begin - STOCKED_BEFORE + timedelta(days=2, minutes=good.item_no)
        ledger = {"book_no": trade.book_no, "item_no": good.item_no}
        stocked = {
            **ledger,
            "stock_in_no": f"{trade.trace}-IN-{good.item_no}",
            "sku": good.sku,
            "hs_code": good.hs_code,
            "qty": world.scaled(A_DAY * 10 * (len(world.days) + 3), least=5_000),
            "trace_code": trade.trace_code(good),
        }
        steps = [Step(at, CUSTOMS, "receive-central-purchase", stocked)]
        broken = {**ledger, "qty": rng.randint(1, 9), "reason": rng.choice(("damaged", "expired"))}
        day = rng.choice(world.days)
        steps.append(Step(local(day, 9 * 3600 + good.item_no), CUSTOMS, "write-off-stock", broken))
        more = {**stocked, "stock_in_no": f"{trade.trace}-IN2-{good.item_no}", "qty": 500}
        again = local(day, 15 * 3600 + good.item_no)
        if again < end:
            steps.append(Step(again, CUSTOMS, "receive-central-purchase", more))
        id = stock_id(trade.book_no, good.item_no)
        yield Matter(f"{PROGRAM}/stock/{good.item_no}", PROGRAM, tuple(steps), id)


def _batch(
    world: World, trade: Trade, good: Good, begin: datetime, rng: Random, *, recalled: bool
) -> Matter:
    at = begin - STOCKED_BEFORE + timedelta(days=1, minutes=good.item_no)
    code = {"trace_code": trade.trace_code(good)}
    known = {
        **code,
        "batch_no": f"B{rng.randint(1000, 9999)}",
        "goods": good.name,
        "hs_code": good.hs_code,
        "origin": good.country,
        "producer": f"{good.country} Trading",
    }
    inspected_on = (begin - STOCKED_BEFORE + timedelta(days=3)).astimezone(SHANGHAI)
    finding = {
        **code,
        "finding": "sound",
        "report_no": f"{trade.trace}-R{good.item_no}",
        "on": inspected_on.date().isoformat(),
    }
    steps = [
        Step(at, CUSTOMS, "register-batch", known),
        Step(inspected_on + timedelta(hours=1), CUSTOMS, "record-inspection", finding),
    ]
    if recalled:
        day = rng.choice(world.working_days)
        recall = {**code, "reason": "抽检发现标签不符", "decision_no": f"甬市监召{day:%m%d}号"}
        steps.append(Step(local(day, 10 * 3600 + 1800), MARKET_OFFICER, "issue-recall", recall))
        ended = {**code, "decision_no": f"甬市监召{day:%m%d}-2号"}
        steps.append(Step(local(day, 16 * 3600), MARKET_OFFICER, "end-recall", ended))
    name = f"{PROGRAM}/batch/{good.item_no}"
    return Matter(name, PROGRAM, tuple(steps), batch_id(code["trace_code"]))


# --- orders ------------------------------------------------------------------------------------


def _stories(world: World, trade: Trade) -> Iterator[Story]:
    """New orders of the days, then those of the weeks before that come back or are paid."""
    count = world.scaled(A_DAY * len(world.days), least=LEAST)
    days = (world.days[0] - timedelta(days=1), *world.days)
    now = Arrivals(days, _BY_HOUR, _EVERY_DAY_ALIKE)
    for n in range(count):
        rng = Random(f"{world.seed}:{PROGRAM}:{n}")
        fate = rng.choices(list(SHARES), list(SHARES.values()))[0]
        yield _written(world, trade, n, rng, fate, now.draw(rng))
    for n in range(count, count + max(4, round(count * RETURNED))):
        yield _returning(world, trade, n)
    more = count + max(4, round(count * RETURNED))
    for n in range(more, more + max(3, round(count * PAID_LATER))):
        yield _paying(world, trade, n)


def _written(world: World, trade: Trade, n: int, rng: Random, fate: Fate, begun: datetime) -> Story:
    token = hashlib.blake2b(f"{world.run}:{n}".encode(), digest_size=6).hexdigest()
    person = people.person(Random(f"{world.run}:{PROGRAM}:buyer:{n}"), world.days[0])
    usage = f"{PROGRAM}/usage/{n}" if fate is Fate.OVER_YEAR else None
    platform, payer, carrier, agent = (
        _one(rng, firms) for firms in (trade.platforms, trade.payment, trade.carriers, trade.agents)
    )
    story = Story(
        rng=rng,
        trade=trade,
        order_no=f"N{n}-{token}",
        fate=fate,
        basket=TWO_BAGS if fate is Fate.OVER_LIMIT else basket(rng),
        buyer=Buyer(person, usage),
        bonded=rng.random() < BONDED,
        begun=begun,
        platform=platform,
        payer=payer,
        carrier=carrier,
        agent=agent,
    )
    story.write()
    return story


def _one(rng: Random, firms: tuple[Firm, ...]) -> Firm:
    """The first ones are the big ones."""
    return firms[min(int(rng.expovariate(4 / len(firms))), len(firms) - 1)]


def _usage(story: Story) -> Matter:
    """The national system had counted nearly all of the buyer's year."""
    at = min(step.at for step in story.steps) - timedelta(hours=5)
    year = at.astimezone(SHANGHAI).year
    body = {
        "resident_id": story.buyer.person.resident_id,
        "year": year,
        "elsewhere_fen": 2_599_000,
    }
    label = str(story.buyer.usage)
    step = Step(at, CUSTOMS, "record-national-usage", body, label)
    return Matter(label, PROGRAM, (step,))


def _a_time(rng: Random, day: date, first: int = 8, last: int = 18) -> datetime:
    return local(day, rng.randint(first * 3600, last * 3600))


def _returning(world: World, trade: Trade, n: int) -> Story:
    """Released two to four weeks ago, applied for since, back on one of the days."""
    rng = Random(f"{world.seed}:{PROGRAM}:{n}")
    day = rng.choice(world.days)
    late, asks_late = rng.random() < 0.08, rng.random() < 0.06
    ago = 50 if late else 33 if asks_late else rng.randint(12, 28)
    begun = _a_time(rng, min(day, world.days[0]) - timedelta(days=ago), 6, 12)
    story = _written(world, trade, n, rng, Fate.PLAIN, begun)
    if asks_late and not late:
        story.too_late(_a_time(rng, day))
    else:
        applied = begun + timedelta(days=25 if late else rng.randint(2, 9), hours=1)
        story.returned(applied, _a_time(rng, day))
    return story


def _paying(world: World, trade: Trade, n: int) -> Story:
    """Released some 35 days ago; the tax is paid and the list closed on one of the days."""
    rng = Random(f"{world.seed}:{PROGRAM}:{n}")
    day = rng.choice(world.days)
    begun = _a_time(rng, day - timedelta(days=rng.randint(34, 39)), 6, 12)
    story = _written(world, trade, n, rng, Fate.PLAIN, begun)
    story.paid(_a_time(rng, day, 9, 17))
    return story
