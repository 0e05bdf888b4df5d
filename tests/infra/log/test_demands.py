"""Folding an append's demands changes nothing that anyone can see: every short sequence of demands
on one value, from every state of it, has the same outcome as a set as in turn."""

from datetime import datetime
from itertools import product

import pytest

from infra.log.demands import Folded, fold
from infra.log.records import ClaimDemand, Claimed
from tests.infra.log.appending import LATER, NOW, append, demand
from tests.infra.log.model import Holding, Model
from tests.infra.log.test_verdicts import ONE, TWO

EARLIER = datetime(2014, 3, 2, tzinfo=NOW.tzinfo)
ENDS = (None, EARLIER, NOW, LATER)
DEMANDS = [
    *(demand("take", ONE, until=end) for end in ENDS),
    *(demand("release", ONE, until=end) for end in ENDS),
    demand("absent", ONE),
]
STATES: list[Holding | None] = [None, *product((ONE, TWO), ENDS)]
KEY = ("name", "hefeng")


def as_a_set(folded: list[Folded], state: Holding | None) -> tuple[Claimed | str, Holding | None]:
    """What the database does: all demands are looked at first, then all changes are made."""
    if state is not None and (state[1] is None or state[1] > NOW):
        mine = state[0] == ONE
        failed = [
            f.index
            for f in folded
            if (f.kind in ("take", "touch") and not mine)
            or (f.kind == "absent" and not (mine and f.own_allowed))
        ]
        if failed:
            return Claimed(min(failed), state[0]), state
    for change in sorted(
        folded, key=lambda f: ["absent", "release", "take", "touch"].index(f.kind)
    ):
        if change.kind == "take":
            state = (ONE, change.until)
        elif change.kind == "touch":
            state = None
        elif change.kind == "release" and state is not None and state[0] == ONE:
            state = None if change.until is None else (ONE, change.until)
    return "appended", state


def in_turn(
    demands: tuple[ClaimDemand, ...], state: Holding | None
) -> tuple[object, Holding | None]:
    """What the model says."""
    model = Model(claims={} if state is None else {KEY: state})
    verdict = model.judge(append(ONE, claims=demands))
    return verdict, model.claims.get(KEY)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_demands_as_a_set_do_what_they_do_in_turn(length: int) -> None:
    compared = 0
    for demands in product(DEMANDS, repeat=length):
        try:
            folded = fold(demands, NOW)
        except ValueError:
            continue
        for state in STATES:
            told, after = as_a_set(folded, state)
            assert (told, after) == in_turn(demands, state)
            compared += 1
    assert compared > 9 * 6**length
