"""From measurements to the table: medians, the best peer, and whether the goal is met."""

from typing import Any

from bench.table import Goal, Row, Side, markdown


def a_row(more_is_better: bool, *goals: Goal) -> Row:
    sides = tuple(Side(name, lambda *_given: None) for name in ("ours", "A", "B"))  # type: ignore[arg-type, return-value]
    return Row("work", "some work", "ms", more_is_better, sides, goals, (10, 100, 1000), 5)


def a_line(side: str, figure: float, size: int = 1000, **more: Any) -> dict[str, Any]:
    line = {"row": "work", "side": side, "size": size, "round": 1, "date": "2026-01-02T03:04:05", "commit": "abc1234"}
    return {**line, "figure": figure, "detail": {"server_share": 0.5, "client_share": 0.25}, **more}


def cells(row: Row, lines: list[dict[str, Any]], number: int = 0) -> list[str]:
    return markdown([row], lines).splitlines()[2 + number].strip("| ").split(" | ")


def test_medians_are_set_against_the_best_peer() -> None:
    lines = [a_line("ours", figure) for figure in (9, 10, 99)] + [a_line("A", 200), a_line("B", 100)]
    row = cells(a_row(False, Goal(1 / 5, 1 / 10, ("A", "B"))), lines)
    assert row[2:8] == ["10.0", "100 (B)", "0.100", "≤ 0.200", "0.100", "**stretch**"]
    assert row[9] == "50% / 25%; 50% / 25%"
    assert row[10] == "1,000, 2026-01-02 abc1234"


def test_where_more_is_better_the_best_peer_has_most() -> None:
    lines = [a_line("ours", 300), a_line("A", 200), a_line("B", 100)]
    assert cells(a_row(True, Goal(1.4, 1.8, ("A", "B"))), lines)[3:8] == [
        "200 (A)",
        "1.50",
        "≥ 1.40",
        "1.80",
        "**yes**",
    ]


def test_a_measurement_that_failed_is_no_figure() -> None:
    failed = {
        "row": "work",
        "side": "ours",
        "size": 1000,
        "round": 1,
        "date": "2026-01-02",
        "commit": "abc",
        "error": "x",
    }
    row = cells(a_row(True, Goal(2, 3, ("A",))), [failed, a_line("A", 200)])
    assert (row[2], row[7]) == ("failed", "not measured")


def test_growth_is_that_of_the_cost_of_one() -> None:
    """A rate that halves while the size doubles is a cost that doubles."""
    lines = [a_line("ours", 100, 10), a_line("ours", 10, 100), a_line("ours", 1, 1000)]
    assert cells(a_row(True, Goal(2, 3)), lines)[8] == "n^1.00"
    lines = [a_line("ours", 5, 10), a_line("ours", 5, 100), a_line("ours", 5, 1000)]
    assert cells(a_row(False, Goal(2, 3)), lines)[8] == "n^0"
