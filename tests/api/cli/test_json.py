"""What ``--json`` prints is one document, whatever is logged meanwhile: that goes elsewhere."""

import asyncio
import json
import os
import sys
from pathlib import Path

import main
from infra.settings import Settings
from tests.infra.relay.chronicle import open_chronicle

ROOT = Path(main.__file__).parent


async def test_a_rebuild_prints_one_document(settings: Settings) -> None:
    servers = settings.nats_servers or []
    async with open_chronicle(str(settings.database_url), servers, settings.namespace):
        rebuilding = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "main", "projections", "rebuild", "sla_wall", "--json"),
            *("--workers", "1"),
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
        told, _ = await rebuilding.communicate()
    assert rebuilding.returncode == 0
    assert all(one["verified"] and one["switched"] for one in json.loads(told))
