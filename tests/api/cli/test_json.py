"""What ``--json`` prints is one document, whatever is logged meanwhile: that goes elsewhere."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

import main
from infra.discovery import discover
from infra.projecting.rebuild import Rebuilder
from infra.settings import Settings
from tests.infra.relay.chronicle import open_chronicle

ROOT = Path(main.__file__).parent


@pytest.mark.slow
async def test_a_rebuild_of_all_prints_one_document_and_names_whoever_was_refused(
    settings: Settings,
) -> None:
    servers, url = settings.nats_servers or [], str(settings.database_url)
    async with open_chronicle(url, servers, settings.namespace):
        rebuilder = Rebuilder(url, settings.namespace, discover())
        async with rebuilder._working("sla_wall"):  # somebody else rebuilds this one
            rebuilding = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "main", "projections", "rebuild", "--all", "--json"),
                *("--workers", "2"),
                cwd=ROOT,
                env={
                    **os.environ,
                    "HUIMIN_DATA_DIR": str(settings.data_dir),
                    "HUIMIN_DATABASE_URL": url,
                    "HUIMIN_NATS_URL": str(settings.nats_url),
                    "HUIMIN_NAMESPACE": settings.namespace,
                },
                stdout=asyncio.subprocess.PIPE,
            )
            told, _ = await rebuilding.communicate()
    assert rebuilding.returncode == 1
    report = json.loads(told)
    assert list(report["refused"]) == ["sla_wall"]
    rebuilt = report["read_models"]
    assert {one["name"] for one in rebuilt} == rebuilder.models.keys() - {"sla_wall"}
    assert all(one["verified"] and one["switched"] for one in rebuilt)
    in_all = report["in_all"]
    assert in_all["read_models"] == len(rebuilt)
    assert in_all["events"] == sum(one["events"] for one in rebuilt)
