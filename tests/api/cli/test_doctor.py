"""`huimin doctor` beside real engines: what is well, and what waits for an operator."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from infra.database import PROJECTOR, connect
from infra.settings import Settings
from tests.infra.relay.chronicle import another_event, open_chronicle, publish

ROOT = Path(__file__).parent.parent.parent.parent


async def doctor(settings: Settings, what: str = "stream ") -> tuple[int, dict[str, Any]]:
    """The exit code, and what was found of what begins so."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "main", "doctor", "--json"),
        cwd=ROOT,
        env={
            **os.environ,
            "HUIMIN_DATA_DIR": str(settings.data_dir),
            "HUIMIN_DATABASE_URL": str(settings.database_url),
            "HUIMIN_NATS_URL": str(settings.nats_url),
            "HUIMIN_NAMESPACE": settings.namespace,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await running.communicate()
    findings = json.loads(told)
    (finding,) = [f for f in findings if f["what"].startswith(what)]
    assert running.returncode is not None
    return running.returncode, finding


async def test_a_stream_that_went_on_with_the_log_is_well_and_one_that_is_missing_is_not(
    settings: Settings,
) -> None:
    servers = settings.nats_servers or []
    async with open_chronicle(str(settings.database_url), servers, settings.namespace) as city:
        await city.write(5)
        code, stream = await doctor(settings)
        assert (code, stream["ok"], stream["found"]) == (1, False, "absent, sequence 0, log 5")
        city.relay()
        await city.level()
        code, stream = await doctor(settings)
    assert (code, stream["ok"], stream["found"]) == (0, True, "sequence 5, log 5")


async def test_a_stream_with_events_the_log_never_had_is_marked_also_when_the_log_is_longer(
    settings: Settings,
) -> None:
    servers = settings.nats_servers or []
    async with open_chronicle(str(settings.database_url), servers, settings.namespace) as city:
        await publish(city, *(another_event(position) for position in range(1, 6)))
        await city.write(9)
        code, stream = await doctor(settings)
    assert code == 1
    assert not stream["ok"]
    assert stream["found"].startswith("stream-ahead: ")
    assert stream["found"].endswith("sequence 5, log 9")
    assert "docs/operators.md" in stream["advice"]


async def test_a_read_model_whose_rows_drift_is_marked(settings: Settings) -> None:
    servers = settings.nats_servers or []
    url = str(settings.database_url)
    async with open_chronicle(url, servers, settings.namespace) as city:
        city.relay()
        await city.write(1)
        await city.level()
        async with await connect(url, settings.namespace, role=PROJECTOR) as connection:
            await connection.execute(
                "INSERT INTO projections (name, fingerprint, build, position) VALUES ('wall', '', 1, 1)"
            )
            code, wall = await doctor(settings, "read model wall")
            assert (code, wall["ok"]) == (0, True)
            await connection.execute("UPDATE projections SET drifting = 2")
            code, wall = await doctor(settings, "read model wall")
    assert (code, wall["ok"]) == (1, False)
    assert wall["found"] == "running, lag 0, dead letters 0, drifting 2"
    assert wall["advice"] == "huimin projections verify wall, then rebuild wall"


async def test_a_calendar_that_cannot_be_read_is_marked(settings: Settings) -> None:
    servers = settings.nats_servers or []
    calendar = settings.data_dir / "calendar.toml"
    async with open_chronicle(str(settings.database_url), servers, settings.namespace):
        for text in ("closures = [", 'nonsense = "2027"', "closures = [2027]"):
            calendar.write_text(text)
            code, found = await doctor(settings, "working calendar")
            assert (code, found["ok"]) == (1, False), text
            assert found["advice"] == "mend calendar.toml, see docs/configuration.md"
        calendar.unlink()
        _, found = await doctor(settings, "working calendar")
    assert found["ok"]


async def test_a_nats_that_is_away_hides_nothing_of_what_else_there_is_to_find(
    settings: Settings,
) -> None:
    servers = settings.nats_servers or []
    away = settings.model_copy(update={"nats_url": "nats://127.0.0.1:9"})
    async with open_chronicle(str(settings.database_url), servers, settings.namespace) as city:
        await city.write(1)
        code, stream = await doctor(away)
        assert (code, stream["ok"], stream["found"]) == (3, False, "unknown")
        code, log = await doctor(away, "log ")
    assert (code, log["ok"], log["found"]) == (3, True, "1 events, head 1")
