"""The scenario itself, on a programme whose decisions look at, change and begin several matters."""

from uuid import UUID

import pytest

from commands.base import Role
from domain.shared.refusals import NotFound
from tests.scenario import MATTER, Scenario, Step, caller, happened
from tests.shelves import (
    Barred,
    Box,
    BuildShelf,
    CountStock,
    Full,
    GrowShelf,
    MakeAndPlace,
    MakeBox,
    MakePair,
    MoveStock,
    OpenStore,
    PlaceBox,
    Shelf,
    Short,
    Store,
    TurnAway,
    registry,
)

REGISTRY = registry()
ME = caller("citizen-1", Role.CITIZEN)
SHELF, OTHER_BOX = UUID(int=1), UUID(int=2)
NORTH, SOUTH = UUID(int=3), UUID(int=4)


def shelf(places: int = 1) -> Step:
    return Step(BuildShelf(shelf_id=SHELF, places=places), ME)


def store(id: UUID, stock: int) -> Step:
    return Step(OpenStore(store_id=id, stock=stock), ME)


def placed(box: UUID = MATTER) -> Step:
    return Step(PlaceBox(box_id=box, shelf_id=SHELF), ME)


BOX = Step(MakeBox(), ME)


def given(*steps: Step) -> Scenario:
    return Scenario(registry=REGISTRY).after(*steps)


def test_events_of_other_matters_stand_behind_the_matters_own() -> None:
    (
        given(shelf(), BOX)
        .when(placed())
        .then(happened(Box.Placed, shelf=SHELF), happened(Shelf.Taken, box=MATTER, on=SHELF))
    )


def test_an_event_of_another_matter_is_not_taken_for_the_matters_own() -> None:
    answer = given(shelf(), BOX).when(placed())
    with pytest.raises(AssertionError):
        answer.then(happened(Box.Placed, shelf=SHELF), happened(Shelf.Taken, box=MATTER))


def test_what_one_step_changed_the_next_one_finds_changed() -> None:
    given(shelf(places=1), BOX, placed()).when(Step(MakeAndPlace(shelf_id=SHELF), ME)).then_refused(
        Full()
    )


def test_a_refused_step_changes_no_matter_at_all() -> None:
    world = given(store(NORTH, 3), store(SOUTH, 0))
    moved = Step(MoveStock(store_id=NORTH, to_store_id=SOUTH, count=4), ME)
    world.when(moved).then_refused(Short(stock=3))
    counted = Step(CountStock(store_id=NORTH, others=(SOUTH, UUID(int=9)), at_least=0), ME)
    world.when(counted).then(happened(Store.Counted, total=3))


def test_a_matter_that_was_never_begun_is_none() -> None:
    given(BOX).when(placed()).then_refused(NotFound())
    (
        given()
        .when(Step(GrowShelf(shelf_id=SHELF, box=MATTER), ME))
        .then(happened(Shelf.Built, places=1))
    )


@pytest.mark.parametrize("count", [1, 2])
def test_a_matter_may_be_its_own_other(count: int) -> None:
    (
        given(store(NORTH, 2))
        .when(Step(MoveStock(store_id=NORTH, to_store_id=NORTH, count=count), ME))
        .then(happened(Store.Given, count=count), happened(Store.Received, count=count))
    )


def test_a_matter_that_is_begun_beside_is_there_afterwards() -> None:
    pair = Step(MakePair(other_id=OTHER_BOX, look_first=True), ME)
    world = given()
    world.when(pair).then(happened(Box.Made), happened(Box.Made, on=OTHER_BOX))
    world.when(pair).then(happened(Box.Made))
    assert set(world.matters) >= {MATTER, OTHER_BOX}
    assert len(world.matters) == 3


def test_a_request_that_is_turned_down_on_record_has_an_event_and_a_refusal() -> None:
    (
        given(BOX)
        .when(Step(TurnAway(box_id=MATTER), ME))
        .then_turned_down(Barred(why="dusty"), happened(Box.TurnedAway, why="dusty"))
    )
