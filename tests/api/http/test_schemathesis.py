"""Schemathesis over the whole OpenAPI, with good data and bad: seeded, so that it can be run again.

Its settings, with the reason for each, stand in schemathesis.toml.
"""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from infra.discovery import Registry, discover
from tests.api.http import permits
from tests.api.http.city import City, running

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
EVERY_ROLE = ("citizen", "agent", "officer", "department", "auditor", "operator", "simulator")
NEVER = {"internal", "store-unavailable", "overloaded", "broker-unavailable"}
MOST_SECONDS = 3600


@pytest.mark.faults
@pytest.mark.parametrize(
    ("programmes", "department"),
    [(permits.registry, "urban-management"), (discover, "market-regulation")],
    ids=["the test's own programme", "all programmes"],
)
async def test_no_request_that_schemathesis_makes_finds_a_fault(
    database_url: str,
    tmp_path: Path,
    programmes: type[Registry],
    department: str,
) -> None:
    with running(database_url, programmes(), tmp_path) as city:
        token = city.token("everyone", *EVERY_ROLE, department=department)["Authorization"]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli"),
            *("--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{city.base_url}/openapi.json", "-H", f"Authorization: {token}"),
            *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "15"),
            *("--report-dir", str(tmp_path / "report"), "--no-color"),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(MOST_SECONDS):
            told, _ = await process.communicate()
        text = told.decode()
        assert process.returncode == 0, text
        print(re.findall(r"\d+ generated, .*", text))
        assert not NEVER & answered(city)


def answered(city: City) -> set[str]:
    """The codes of all problems that were answered."""
    with city.client() as client:
        figures = client.get("/metrics").text
    return set(re.findall(r'huimin_problems_total\{code="([^"]+)"\}', figures))
