"""What the reports of all programmes reckon alike."""

from simulation.counting import counted, nearest_rank


def test_the_nearest_rank_is_one_of_the_values_in_whatever_order_they_come() -> None:
    assert [nearest_rank([4, 1, 3, 2], percent) for percent in (50, 90, 25)] == [2, 4, 1]
    assert nearest_rank([], 50) == 0


def test_what_never_came_is_counted_as_none() -> None:
    rows = (("a", "ticket-opened", "受理", "opened"), ("b", "ticket-closed", "关闭", "closed"))
    figures = counted(rows, {"ticket-opened": 3})
    assert [(figure.key, figure.value) for figure in figures] == [("a", 3), ("b", 0)]
