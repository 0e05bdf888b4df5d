"""The drift audit finds rows that are not what the log says, and mends nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from infra.database import PROJECTOR, connect
from infra.log.codec import Codec
from infra.projecting import catalogue
from infra.projecting.drift import DriftAudit
from infra.projecting.read_model import read_models
from tests.infra.projecting import programmes
from tests.infra.projecting.city import City, Matter
from tests.infra.projecting.programmes import Account, Kind

OPENED = {"owner": "A", "kind": Kind.SAVINGS, "since": date(2026, 1, 1), "rate": Decimal("0.10")}
MODELS = read_models(programmes.registry())


async def look(city: City, name: str) -> Any:
    audit = DriftAudit(city.url, city.namespace, Codec(programmes.registry()))
    verdict = await audit.look(MODELS[name])
    assert verdict is not None
    return verdict


@pytest.mark.parametrize("name", ["balance", "dated", "owner_total"])
async def test_rows_that_are_right_are_found_right(city: City, name: str) -> None:
    matters = [Matter() for _ in range(10)]
    for m in matters:
        await city.append(m(Account.Opened, **OPENED), m(Account.Deposited, amount=1))
    await city.append(matters[0](Account.Closed))
    await city.project()
    verdict = await look(city, name)
    assert verdict.equal
    assert verdict.rows


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE read_dated SET balance = balance + 1",
        "DELETE FROM read_dated",
        "UPDATE read_dated SET account_id = gen_random_uuid()",
        "DELETE FROM read_dated__h",
    ],
)
async def test_changed_missing_and_invented_rows_are_found_and_counted(
    city: City, harm: str
) -> None:
    m = Matter()
    await city.append(m(Account.Opened, **OPENED), m(Account.Deposited, amount=1))
    await city.project()
    await city.sql(harm)
    assert not (await look(city, "dated")).equal
    connection = await connect(city.url, city.namespace, role=PROJECTOR)
    async with connection:
        (line,) = [s for s in await catalogue.status(connection) if s.name == "dated"]
    assert line.drifting > 0
    assert (line.lag_events, line.lag_seconds, line.dead_letters) == (0, 0, 0)
