"""A small programme for the tests of decisions over several matters: boxes, shelves that take so many
of them, and stores that move stock among themselves. It looks at other matters, changes and begins
them, and turns requests down on record.
"""

import sys
from uuid import UUID

from commands.base import Command, Context, Role, command
from domain.shared.aggregate import Aggregate, event
from domain.shared.refusals import NotFound, Refused
from infra.discovery import Registry, collect

SENTENCES = {
    "full": ("货架已满。", "The shelf is full."),
    "barred": ("此箱不得上架：{why}。", "The box may not stand there: {why}."),
    "labelled": ("此箱已有标签。", "The box has a label."),
    "label-taken": ("标签已被使用。", "Another box has this label."),
    "short": ("存量只有{stock}。", "There are {stock} only."),
}


class Full(Refused, code="full"):
    """The shelf has no place left."""


class Barred(Refused, code="barred"):
    """The shelf is closed to this box."""

    why: str


class Labelled(Refused, code="labelled"):
    """The box has a label already."""


class LabelTaken(Refused, code="label-taken"):
    """Another box has this label."""


class Short(Refused, code="short"):
    """The stores have less than that."""

    stock: int


class Shelf(Aggregate, program="shelves"):
    """So many places."""

    class Built(Aggregate.Created):
        places: int

    class Taken(Aggregate.Event):
        box: UUID

    class Emptied(Aggregate.Event):
        box: UUID

    @event(Built)
    def __init__(self, places: int) -> None:
        self.places = places
        self.boxes: tuple[UUID, ...] = ()

    def take(self, box: UUID) -> None:
        if len(self.boxes) == self.places:
            raise Full()
        self._taken(box=box)

    @event(Taken)
    def _taken(self, box: UUID) -> None:
        self.boxes = (*self.boxes, box)

    def give_back(self, box: UUID) -> None:
        """Of one that stands here: of another it fails, as it would of a fault of ours."""
        self._emptied(box=box)

    @event(Emptied)
    def _emptied(self, box: UUID) -> None:
        self.places -= 1
        place = self.boxes.index(box)
        self.boxes = (*self.boxes[:place], *self.boxes[place + 1 :])
        self.places += 1


class Box(Aggregate, program="shelves"):
    """Stands somewhere."""

    class Made(Aggregate.Created):
        pass

    class Placed(Aggregate.Event):
        shelf: UUID

    class Looked(Aggregate.Event):
        boxes: int

    class LabelPut(Aggregate.Event):
        label: str

    class TurnedAway(Aggregate.Event):
        """A request that is kept on record although it was turned down."""

        why: str

        def refusal(self) -> Refused:
            return Barred(why=self.why)

    @event(Made)
    def __init__(self) -> None:
        self.places: tuple[UUID, ...] = ()
        self.label = ""

    def put_label(self, label: str) -> None:
        if self.label:
            raise Labelled()
        self._label_put(label=label)

    @event(LabelPut)
    def _label_put(self, label: str) -> None:
        self.label = label

    def place(self, shelf: UUID) -> None:
        self._placed(shelf=shelf)

    @event(Placed)
    def _placed(self, shelf: UUID) -> None:
        self.places = (*self.places, shelf)

    def look(self, boxes: int) -> None:
        self._looked(boxes=boxes)

    @event(Looked)
    def _looked(self, boxes: int) -> None:
        pass

    def turn_away(self, why: str) -> None:
        self._turned_away(why=why)

    @event(TurnedAway)
    def _turned_away(self, why: str) -> None:
        pass


class Store(Aggregate, program="shelves"):
    """So much of something."""

    class Opened(Aggregate.Created):
        stock: int

    class Given(Aggregate.Event):
        count: int

    class Received(Aggregate.Event):
        count: int

    class Counted(Aggregate.Event):
        total: int

    @event(Opened)
    def __init__(self, stock: int) -> None:
        self.stock = stock

    def give(self, count: int) -> None:
        if count > self.stock:
            raise Short(stock=self.stock)
        self._given(count=count)

    @event(Given)
    def _given(self, count: int) -> None:
        self.stock -= count

    def receive(self, count: int) -> None:
        self._received(count=count)

    @event(Received)
    def _received(self, count: int) -> None:
        self.stock += count

    def note(self, total: int) -> None:
        self._counted(total=total)

    @event(Counted)
    def _counted(self, total: int) -> None:
        pass


class BuildShelf(Command):
    places: int
    shelf_id: UUID | None = None


class MakeBox(Command):
    pass


class MakeAndPlace(Command):
    shelf_id: UUID


class PlaceBox(Command):
    box_id: UUID
    shelf_id: UUID


class TakeDown(Command):
    """From the shelf, where the box's own events say that it stands."""

    box_id: UUID
    shelf_id: UUID


class CountShelf(Command):
    box_id: UUID
    shelf_id: UUID


class TurnAway(Command):
    box_id: UUID


class GrowShelf(Command):
    shelf_id: UUID
    box: UUID | None


class PutLabel(Command):
    box_id: UUID
    label: str


class MakePair(Command):
    """Two boxes at once; the other has the id that is given."""

    other_id: UUID
    look_first: bool


class OpenStore(Command):
    store_id: UUID | None = None
    stock: int


class MoveStock(Command):
    store_id: UUID
    to_store_id: UUID
    count: int


class CountStock(Command):
    """Of this store and the others together; refused when it is less than so much."""

    store_id: UUID
    others: tuple[UUID, ...]
    at_least: int


@command(roles={Role.CITIZEN}, id_field="shelf_id")
def build_shelf(cmd: BuildShelf, ctx: Context) -> Shelf:
    return Shelf.begin(Shelf.Built, id=ctx.new_id, at=ctx.now, places=cmd.places)


@command(roles={Role.CITIZEN})
def make_box(cmd: MakeBox, ctx: Context) -> Box:
    return Box.begin(Box.Made, id=ctx.new_id, at=ctx.now)


@command(roles={Role.CITIZEN})
def make_and_place(cmd: MakeAndPlace, ctx: Context) -> Box:
    shelf = ctx.matter(Shelf, cmd.shelf_id)
    if shelf is None:
        raise NotFound()
    shelf.take(ctx.new_id)
    return Box.begin(Box.Made, id=ctx.new_id, at=ctx.now)


@command(roles={Role.CITIZEN}, key="box_id")
def place_box(cmd: PlaceBox, box: Box, ctx: Context) -> None:
    shelf = ctx.matter(Shelf, cmd.shelf_id)
    if shelf is None:
        raise NotFound()
    shelf.take(box.id)
    box.place(cmd.shelf_id)


@command(roles={Role.CITIZEN}, key="box_id")
def take_down(cmd: TakeDown, box: Box, ctx: Context) -> None:
    shelf = ctx.matter(Shelf, cmd.shelf_id)
    if shelf is None or cmd.shelf_id not in box.places:
        raise NotFound()
    shelf.give_back(box.id)
    box.look(len(shelf.boxes))


@command(roles={Role.CITIZEN}, key="box_id")
def count_shelf(cmd: CountShelf, box: Box, ctx: Context) -> None:
    shelf = ctx.matter(Shelf, cmd.shelf_id)
    box.look(len(shelf.boxes) if shelf else 0)


@command(roles={Role.CITIZEN}, key="box_id")
def turn_away(cmd: TurnAway, box: Box, ctx: Context) -> None:
    box.turn_away("dusty")


@command(roles={Role.CITIZEN}, key="shelf_id")
def grow_shelf(cmd: GrowShelf, shelf: Shelf | None, ctx: Context) -> Shelf | None:
    if shelf is None:
        if cmd.box is None:
            return None
        return Shelf.begin(Shelf.Built, id=cmd.shelf_id, at=ctx.now, places=1)
    if cmd.box is not None:
        shelf.take(cmd.box)
    return shelf


@command(roles={Role.CITIZEN}, key="box_id")
def put_label(cmd: PutLabel, box: Box, ctx: Context) -> None:
    box.put_label(cmd.label)
    ctx.claims.take("label", cmd.label, refused=LabelTaken())


@command(roles={Role.CITIZEN})
def make_pair(cmd: MakePair, ctx: Context) -> Box:
    if not cmd.look_first or ctx.matter(Box, cmd.other_id) is None:
        ctx.also(Box.begin(Box.Made, id=cmd.other_id, at=ctx.now))
    return Box.begin(Box.Made, id=ctx.new_id, at=ctx.now)


@command(roles={Role.CITIZEN}, id_field="store_id")
def open_store(cmd: OpenStore, ctx: Context) -> Store:
    return Store.begin(Store.Opened, id=ctx.new_id, at=ctx.now, stock=cmd.stock)


@command(roles={Role.CITIZEN}, key="store_id")
def move_stock(cmd: MoveStock, store: Store, ctx: Context) -> None:
    to = ctx.matter(Store, cmd.to_store_id)
    if to is None:
        raise NotFound()
    store.give(cmd.count)
    to.receive(cmd.count)


@command(roles={Role.CITIZEN}, key="store_id")
def count_stock(cmd: CountStock, store: Store, ctx: Context) -> None:
    total = store.stock + sum(o.stock for o in ctx.matters(Store, cmd.others) if o is not None)
    if total < cmd.at_least:
        raise Short(stock=total)
    store.note(total)


def registry() -> Registry:
    """The programme, as discovery would find it."""
    return collect([sys.modules[__name__]])
