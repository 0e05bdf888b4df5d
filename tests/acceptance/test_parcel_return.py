"""A parcel that goes back, with the policies of the whole city and the scheduler over a real log."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from commands.parcel_return import RecordRefusal
from domain.customs_declarations.enterprise import enterprise_id
from domain.customs_declarations.quota import quota_id
from domain.customs_declarations.returning import RefusalGround
from domain.parcel_return import parcel_return_id
from tests import customs as c
from tests.acceptance.customs_town import CustomsTown, customs_town
from tests.infra.reacting.roles import running
from tests.scenario import HUIMIN, Step, shanghai

RETURN = parcel_return_id(c.order_id())
QUOTA = quota_id(c.subject(), 2026)
AGENT = enterprise_id(c.AGENT)


@pytest.fixture
async def town(database_url: str, namespace: str) -> AsyncIterator[CustomsTown]:
    async with customs_town(database_url, namespace) as made:
        yield made


async def applied(town: CustomsTown, released: str = "2026-03-02T10:00") -> None:
    """Goods that were released then are to come back, and the process knows."""
    day = shanghai(released)
    town.clock.at = max(town.clock.at, day.replace(hour=0))
    await town.send(*c.documents())
    await town.answered()
    await town.send(c.declared(), c.released(day), c.return_applied())
    await town.answered()


async def test_goods_that_come_back_give_tax_and_limit_back_once_and_the_platform_is_told(
    town: CustomsTown,
) -> None:
    await applied(town)
    await town.send(c.arrived())
    await town.answered()
    names = await town.names(RETURN)
    assert (names[:2], names[-1]) == (["return-begun", "goods-back"], "platform-told")
    assert sorted(names[2:-1]) == ["limit-given-back", "tax-given-back"]
    assert (await town.names(QUOTA)).count("quota-restored") == 1
    assert (await town.names(AGENT)).count("guarantee-freed") == 1
    for effect, cause in [
        ("return-begun", "return-applied"),
        ("goods-back", "return-completed"),
        ("tax-given-back", "guarantee-freed"),
        ("limit-given-back", "quota-restored"),
    ]:
        assert town.follows(await town.only(effect), await town.only(cause))
    completed = await town.only("return-completed")
    assert (await town.only("platform-told")).correlation_id == completed.correlation_id
    await town.delivered_again()
    assert not await town.events("policy-refused")


async def test_goods_that_are_late_are_refused_by_themselves_and_the_buyers_page_says_why(
    town: CustomsTown,
) -> None:
    await applied(town)
    async with running(town.projector(), town.scheduler(), town.runner()):
        town.clock.shanghai("2026-04-17 00:00:01")
        await town.until(lambda: told(town))
        await town.policies_done()

        async def page() -> bool:
            rows = await town.rows("SELECT why_zh, waits_on FROM read_parcel_returns")
            return [("45日" in why, waits) for why, waits in rows if why] == [(True, "nobody")]

        await town.until(page)
    receipt: Any = town.codec.decode(await town.only("platform-told"))
    assert (receipt.receipt.code, receipt.receipt.ground) == (100, "late")
    assert (await town.names(c.order_id()))[-1] == "return-refused"
    assert "quota-restored" not in await town.names(QUOTA)
    await town.delivered_again()


async def told(town: CustomsTown) -> bool:
    await town.poke()
    return bool(await town.events("platform-told"))


async def test_a_return_is_late_and_escalated_once_though_the_scheduler_dies_between_them(
    town: CustomsTown,
) -> None:
    """Day 45 is 2 October, in the holiday; Saturday the 10th is worked for it."""
    await applied(town, released="2026-08-18T10:00")
    expected = ["return-begun"]
    for at, level in [
        ("2026-10-09 00:00", None),
        ("2026-10-09 00:00:01", "clock-breached"),
        ("2026-10-09 12:00", None),
        ("2026-10-10 17:30", None),
        ("2026-10-10 17:30:01", "clock-escalated"),
        ("2026-10-20 09:00", None),
    ]:
        town.clock.shanghai(at)
        # each time a scheduler that has just started: it knows what the log says, and nothing else
        town.schedulers.clear()
        async with running(town.projector(), town.scheduler()):
            await town.nothing_due()
            await town.scheduler_looked()
        expected += [level] if level else []
        assert await town.names(RETURN) == expected, at
    await town.answered()
    assert (await town.names(RETURN))[-2:] == ["return-turned-down", "platform-told"]


async def test_what_the_process_does_not_expect_waits_and_is_noted_in_its_chain(
    town: CustomsTown,
) -> None:
    await applied(town)
    by_hand = RecordRefusal(declaration_id=c.order_id(), ground=RefusalGround.LATE)
    await town.send(Step(by_hand, HUIMIN), c.arrived())
    await town.answered()
    noted: list[Any] = [town.codec.decode(e) for e in await town.events("policy-refused")]
    assert {(n.policy, n.code) for n in noted} == {("parcel-return", "not-in-state")}
    assert len(noted) == 3
    completed = await town.only("return-completed")
    refusals = await town.events("policy-refused")
    assert {e.correlation_id for e in refusals} == {completed.correlation_id}
    assert completed.position in {e.causation_position for e in refusals}
    assert (await town.names(RETURN))[-1] == "platform-told"


async def test_a_list_that_comes_to_nothing_is_no_return(town: CustomsTown) -> None:
    await town.send(*c.documents())
    await town.answered()
    await town.send(c.declared(), c.receipt(399), c.cancelled())
    await town.answered()
    assert (await town.names(QUOTA))[-1] == "quota-restored"
    assert await town.names(RETURN) == []
    assert not await town.events("policy-refused")
