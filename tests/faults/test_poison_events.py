"""An event that a fold cannot take: its key waits, and nothing else does, until the fold is mended.

In a city of its own, whose processes load a module that breaks one fold for one company. The module
looks for a file at each event, so that taking the file away mends the fold while all runs.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from domain.company_registration import State
from tests import registrations as r
from tests.faults.city import ROOT, City
from tests.faults.life import Life
from tests.faults.test_min_position import live
from tests.scenario import Step

pytestmark = pytest.mark.faults

MODEL = "registration_overview"
OTHERS = 20

BROKEN_FOLD = """
from dataclasses import replace
from pathlib import Path

from projections.base import FOLD
from projections.company_registration import overview

POISON = Path(__file__).parent / "poison"


def correction_requested(row, e, right=overview.correction_requested):
    if POISON.exists() and str(e.id) == POISON.read_text("utf-8"):
        raise ZeroDivisionError
    return right(row, e)


specs = getattr(overview.correction_requested, FOLD)
setattr(overview.correction_requested, FOLD, [replace(s, apply=correction_requested) for s in specs])
"""


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[City]:
    """A city with that fold."""
    (tmp_path / "sitecustomize.py").write_text(BROKEN_FOLD, "utf-8")
    city = City({"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))})
    try:
        city.start()
        yield city
    finally:
        city.stop()
        city.remove()


class Clerk:
    """Takes one life step by step and looks at its row."""

    def __init__(self, city: City, life: Life) -> None:
        self.city = city
        self.life = life
        self.position = 0

    def take(self, *steps: Step) -> None:
        """Sends the steps' commands."""
        for step in steps:
            sent = self.life.make(step)
            answer = httpx.post(
                f"{self.city.base_url}{sent.path}", json=sent.body, headers=sent.headers
            )
            assert answer.is_success, answer.text
            self.life.id, self.position = answer.json()["id"], answer.json()["position"]

    def state(self) -> str:
        """The state in the row, as of the last command's position or later."""
        row = f"{self.city.base_url}/queries/registration-overview/{self.life.id}"
        query = {"min_position": self.position, "wait": 30}
        clerk = self.city.token("officer-7", "officer", department="market-regulation")
        answer = httpx.get(row, params=query, headers=clerk, timeout=60)
        assert answer.status_code == httpx.codes.OK, answer.text
        return str(answer.json()["state"])


async def test_a_poison_event_parks_one_key_and_a_retry_drains_in_order(
    fragile: City, tmp_path: Path
) -> None:
    """The read model itself goes on: 100 commands on other companies are each read back at their
    position. What waited is folded in order once the fold is mended, and the key goes on."""
    poison = tmp_path / "poison"
    sick = Clerk(fragile, Life(fragile))
    sick.take(r.name_reserved(), r.submitted())
    assert sick.life.id is not None
    poison.write_text(sick.life.id, "utf-8")
    sick.take(r.correction_requested(), r.resubmitted(), r.correction_requested(), r.resubmitted())
    assert sick.state() == State.SUBMITTED, "its row stays as it was before the poison"

    assert len(await live(fragile, [Life(fragile) for _ in range(OTHERS)])) == 5 * OTHERS
    sick.take(r.withdrawn())
    assert sick.state() == State.SUBMITTED
    parked = fragile.asked("dead-letters", "list", code=1)
    assert [(x["read_model"], x["queue"]) for x in parked] == [(MODEL, sick.life.id)] * 5
    assert [x["reason"] for x in parked] == ["ZeroDivisionError"] + ["Queued"] * 4
    [standing] = [x for x in fragile.asked("projections", "status") if x["name"] == MODEL]
    assert (standing["lag_events"], standing["dead_letters"]) == (0, 5)
    retry = ("dead-letters", "retry", MODEL, sick.life.id)
    assert "0 done, 5 left" in fragile.cli(*retry, code=1)

    poison.unlink()
    assert "5 done, 0 left" in fragile.cli(*retry)
    assert sick.state() == State.WITHDRAWN
    assert fragile.asked("dead-letters", "list") == []
    fragile.cli("projections", "verify")
