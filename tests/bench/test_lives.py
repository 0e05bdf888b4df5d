"""The benches' lives: the domain accepts each act, of somebody who may send it."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest

from bench.growth import chosen
from bench.lives import EVENTS, LIVES, SHARES
from bench.lives.life import Act, Life
from domain.shared.aggregate import EventBase
from tests.claim_book import ClaimBook
from tests.scenario import Scenario, Step, keyed_hash, spec_of

SEVERAL = 6
"""So many lives of a programme take every turn that its lives may take."""


@dataclass
class World(Scenario):
    """A small world in which lives are led; claims are judged and senders looked at."""

    book: ClaimBook = field(default_factory=ClaimBook)

    def lead(self, life: Life) -> list[EventBase]:
        """All that happens in a life."""
        before = len(self.happened)
        act = next(life)
        while True:
            try:
                act = life.send(self.act(act))
            except StopIteration:
                return self.happened[before:]

    def act(self, act: Act) -> UUID:
        """The matter that one act came to."""
        spec, officer = spec_of(act.command), act.by.department
        assert act.by.roles & spec.roles, f"{act.by.actor} may not send {spec.name}"
        assert not (spec.departments and officer) or officer in spec.departments, spec.name
        decision = self.run(Step(act.command, act.by, act.at))
        assert decision.aggregate is not None
        assert decision.events, f"{spec.name} changes nothing"
        self.book.judge(decision.claims, decision.aggregate.id, act.at)
        return decision.aggregate.id


@pytest.mark.parametrize("program", LIVES)
def test_several_lives_in_one_world_are_accepted_and_are_of_their_programme(program: str) -> None:
    world = World()
    for n in range(SEVERAL):
        events = world.lead(LIVES[program](n, keyed_hash))
        assert {e.type_name.split(".")[0] for e in events} == {program}
    assert len(world.happened) / SEVERAL == pytest.approx(EVENTS[program], rel=0.1)


@pytest.mark.parametrize("program", LIVES)
def test_lives_late_in_a_long_log_are_accepted_too(program: str) -> None:
    World().lead(LIVES[program](123_457, keyed_hash))


def test_programmes_have_their_shares_of_a_log() -> None:
    assert LIVES.keys() == SHARES.keys() == EVENTS.keys()
    assert sum(SHARES.values()) == 100
    events = dict.fromkeys(SHARES, 0)
    for program, _ in chosen(100_000):
        events[program] += EVENTS[program]
    for program, share in SHARES.items():
        assert events[program] == pytest.approx(1_000 * share, abs=max(EVENTS.values()))
