"""Care's read models in the real engine: every row is what an independent fold makes of the log."""

from uuid import UUID

from domain.care_orders import Mode
from infra.database import PROJECTOR, connect
from infra.discovery import discover
from infra.log.codec import Codec
from infra.projecting import catalogue
from infra.projecting.drift import DriftAudit
from infra.projecting.read_model import read_models
from tests import care as c
from tests import visits as v
from tests.acceptance.care_city import CareCity, care_city
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import MONDAY_MORNING, Step, shanghai

SECOND = c.order_number(2)

LIFE: tuple[Step, ...] = (
    *v.SETTLED,
    *c.planned(SECOND, Mode.INSTITUTION),
    c.assigned(SECOND),
    v.reclaimed(),
    v.scheduled(UUID(int=5), start=shanghai("2026-03-05T09:00")),
    v.reassigned(UUID(int=5)),
    v.missed(UUID(int=5), at=shanghai("2026-03-05T10:30")),
    v.contact_tried(UUID(int=5)),
    c.suspended(),
    c.ended(SECOND),
    v.confirmed(),
    v.paid(),
    c.stopped(),
    v.admitted(),
)


async def test_every_row_is_what_the_log_says(database_url: str, namespace: str) -> None:
    clock = HandClock(MONDAY_MORNING)
    models = {
        name: model
        for name, model in read_models(discover()).items()
        if model.row.__module__.startswith("projections.care_orders")
    }
    assert len(models) == 10
    async with care_city(database_url, namespace, clock) as city:
        for step in LIFE:
            clock.at = max(clock.at, step.at or clock.at)
            await city.play(step)
        async with running(city.projector()):
            await all_folded(city, *models)
        audit = DriftAudit(database_url, namespace, Codec(discover()))
        for model in models.values():
            verdict = await audit.look(model)
            assert verdict is not None
            assert verdict.equal, model.name
            assert verdict.rows, model.name


async def all_folded(city: CareCity, *names: str) -> None:
    """Each of these read models has taken all of the log, and refused none of it."""
    head = await city.reader.head()

    async def folded() -> bool:
        async with await connect(city.url, city.namespace, role=PROJECTOR) as connection:
            lines = [line for line in await catalogue.status(connection) if line.name in names]
        assert all(line.dead_letters == 0 for line in lines)
        return len(lines) == len(names) and all(line.position >= head for line in lines)

    await city.until(folded)
