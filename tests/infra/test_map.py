"""The map of a programme whose decisions reach over several matters."""

from infra.map import written_map
from tests.shelves import registry


def test_the_map_names_the_other_matters_of_a_decision_and_their_events() -> None:
    lines = written_map(registry()).splitlines()
    for line in (
        "| `place-box` | citizen | changes Box; with Shelf | `placed`, `taken` |",
        "| `grow-shelf` | citizen | begins or changes Shelf | `built`, `taken` |",
        "| `make-and-place` | citizen | begins Box; with Shelf | `made`, `taken` |",
        "| `make-box` | citizen | begins Box | `made` |",
    ):
        assert line in lines
