"""What customs sets off in credit records and at the help centre, and credit lists at customs, with
the policies of the whole city over a real log.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from commands.credit_records.given import SubjectGiven
from commands.customs_declarations import supervising
from domain.credit_records.identities import record_id, subject_id
from domain.customs_declarations.enterprise import LISTED_INSPECTION_PPM, enterprise_id
from domain.customs_declarations.tracing import batch_id
from domain.help_center_tickets import policy_ticket_id
from tests import credits as credit
from tests import customs as c
from tests import tickets
from tests.acceptance.customs_town import CustomsTown, customs_town
from tests.infra.reacting.roles import running
from tests.scenario import Step

NEUTRAL = record_id("customs", "goods-detained", str(c.order_id()))
TICKET = policy_ticket_id("customs-declarations", batch_id(c.TRACE), "recall-甬市监召1号")
NEVER = [timedelta(days=9)]
FOUND_FALSE = Step(
    supervising.ReportFalseDocuments(
        code=c.PLATFORM, document="order", declaration_id=c.order_id(), decision_no="甬关缉3号"
    ),
    c.CUSTOMS_OFFICER,
)


@pytest.fixture
async def town(database_url: str, namespace: str) -> AsyncIterator[CustomsTown]:
    async with customs_town(database_url, namespace) as made:
        yield made


async def rate(town: CustomsTown) -> int:
    """The agent's share of inspections."""
    told: list[Any] = [
        town.codec.decode(e)
        for e in await town.reader.stream(enterprise_id(c.AGENT))
        if "inspection_rate_ppm" in e.data.decode()
    ]
    rate: int = told[-1].inspection_rate_ppm
    return rate


async def detained(town: CustomsTown) -> None:
    await town.send(*c.documents())
    await town.answered()
    await town.send(c.declared(), c.receipt(500), c.receipt(502))


# --- detained-to-credit ------------------------------------------------------------------------


async def test_detained_goods_are_neutral_until_they_pass(town: CustomsTown) -> None:
    await town.send(credit.company_opened(uscc=c.AGENT))
    await detained(town)
    await town.answered()
    contributed: Any = town.codec.decode(await town.only("record-contributed"))
    assert (contributed.id, contributed.kind, contributed.source) == (
        NEUTRAL,
        "neutral",
        "customs",
    )
    await town.send(c.receipt(399))
    await town.answered()
    assert await town.names(NEUTRAL) == ["record-contributed", "record-withdrawn"]
    for effect, cause in [
        ("record-contributed", "goods-detained"),
        ("record-withdrawn", "detention-decided"),
    ]:
        assert town.follows(await town.only(effect), await town.only(cause))
    await town.delivered_again()
    assert not await town.events("policy-refused")


async def test_false_documents_are_a_record_of_whose_they_are_and_end_the_neutral_one(
    town: CustomsTown,
) -> None:
    await town.send(*(credit.company_opened(uscc=u) for u in (c.AGENT, c.PLATFORM)))
    await detained(town)
    await town.send(FOUND_FALSE)
    await town.answered()
    assert await town.names(NEUTRAL) == ["record-contributed", "record-withdrawn"]
    negative: Any = town.codec.decode((await town.events("record-contributed"))[-1])
    assert (negative.subject, negative.kind, negative.severity) == (
        c.PLATFORM,
        "negative",
        "general",
    )
    await town.delivered_again()


async def test_a_detention_waits_for_the_credit_file_and_its_withdrawal_for_the_record(
    town: CustomsTown,
) -> None:
    await detained(town)
    await town.send(c.receipt(399))
    async with running(town.runner(pauses=NEVER)):

        async def both_wait() -> bool:
            return len(await town.operations.waiting()) == 2

        await town.until(both_wait)
        waiting = sorted((w.command, w.code) for w in await town.operations.waiting())
        assert waiting == [
            ("credit-records/contribute-record", "subject-unknown"),
            ("credit-records/withdraw-basis", "not-found"),
        ]
        await town.send(credit.company_opened(uscc=c.AGENT))
        for record in ("record-contributed", "record-withdrawn"):
            ordinal = "contribute" if record == "record-contributed" else "withdraw"
            await town.rows(
                "UPDATE policy_retries SET due_at = now() WHERE command LIKE %s", f"%{ordinal}%"
            )

            async def there(name: str = record) -> bool:
                return bool(await town.events(name))

            await town.until(there)
        await town.policies_done()
    assert await town.names(NEUTRAL) == ["record-contributed", "record-withdrawn"]


async def test_a_detention_of_somebody_without_a_credit_file_is_noted_in_the_end(
    town: CustomsTown,
) -> None:
    await detained(town)
    await town.answered()
    noted: Any = town.codec.decode(await town.only("policy-refused"))
    assert (noted.policy, noted.code) == ("detained-to-credit", "subject-unknown")
    assert town.follows(await town.only("policy-refused"), await town.only("goods-detained"))


# --- raise-inspection --------------------------------------------------------------------------


async def listing(town: CustomsTown, uscc: str) -> UUID:
    outcome = await town.send(
        credit.company_opened(uscc=uscc), credit.notified(subject=SubjectGiven(uscc=uscc))
    )
    await town.send(credit.decided(record=outcome.aggregate_id, at=credit.PLEA_OVER))
    return outcome.aggregate_id


async def test_a_listed_enterprise_is_inspected_more_until_it_is_delisted(
    town: CustomsTown,
) -> None:
    await town.answered()
    entry = await listing(town, c.AGENT)
    await town.answered()
    assert await rate(town) == LISTED_INSPECTION_PPM
    await town.send(credit.delisted(record=entry))
    await town.answered()
    assert await rate(town) == 20_000
    for effect, cause in zip(
        await town.events("inspection-rate-set"),
        (await town.only("subject-listed"), await town.only("subject-delisted")),
        strict=True,
    ):
        assert town.follows(effect, cause)
    await town.delivered_again()
    assert not await town.events("policy-refused")


async def test_a_listed_company_that_customs_does_not_know_is_no_matter_of_customs(
    town: CustomsTown,
) -> None:
    await listing(town, credit.USCC)
    await town.answered()
    assert await town.names(enterprise_id(credit.USCC)) == []
    assert not await town.events("inspection-rate-set")
    assert not [e for e in await town.events("policy-refused") if b"raise-inspection" in e.data]
    assert (await town.names(subject_id(credit.USCC)))[0] == "subject-opened"


# --- recall-notice -----------------------------------------------------------------------------


async def test_a_recall_is_one_ticket_with_the_department_that_issued_it(town: CustomsTown) -> None:
    await town.send(c.batch_registered(), c.recalled())
    await town.answered()
    assert await town.names(TICKET) == ["ticket-opened", "ticket-classified", "ticket-dispatched"]
    recall, opened = await town.only("recall-issued"), await town.only("ticket-opened")
    assert town.follows(opened, recall)
    dispatched: Any = town.codec.decode(await town.only("ticket-dispatched"))
    assert dispatched.holder.code == "market-regulation"
    assert (await town.only("ticket-dispatched")).correlation_id == recall.correlation_id
    await town.delivered_again()
    assert not await town.events("policy-refused")


async def test_a_recall_whose_service_the_centre_gives_no_more_waits_and_is_noted(
    town: CustomsTown,
) -> None:
    await town.send(tickets.service_retired("F123"), c.batch_registered(), c.recalled())
    await town.answered()
    noted: Any = town.codec.decode(await town.only("policy-refused"))
    assert (noted.policy, noted.code) == ("recall-notice", "item-retired")
