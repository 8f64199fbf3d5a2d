"""The arithmetic behind the table: a wrong percentile or ratio would be believed."""

import math

import pytest

from bench.figures import meets, percentile, ratio, shown, slope


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([5], 0.95, 5),
        (range(1, 101), 0.95, 95),
        (range(1, 101), 0.5, 50),
        ([3, 1, 2], 1.0, 3),
        ([3, 1, 2], 0.0, 1),
        ([1.0, math.inf], 0.95, math.inf),  # what never came is late, and not left out
        ([1.0] * 19 + [math.inf], 0.95, 1.0),
    ],
)
def test_the_percentile_is_the_nearest_rank(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.95)


def test_a_ratio_says_how_many_times_theirs_ours_is() -> None:
    assert ratio(30, 20) == 1.5
    assert ratio(30, 0) == math.inf


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(10, 7), (100, 7), (1000, 7)], 0),
        ([(10, 1), (100, 10), (1000, 100)], 1),
        ([(1, 2), (2, 8), (4, 32)], 2),
    ],
)
def test_the_slope_is_the_power_of_growth(points: list[tuple[float, float]], expected: float) -> None:
    assert slope(points) == pytest.approx(expected)


def test_one_size_has_no_slope() -> None:
    assert math.isnan(slope([(10, 1), (10, 2)]))
    assert math.isnan(slope([(10, 1), (100, math.inf)]))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (0.01234, "0.0123"), (1.5, "1.50"), (99.94, "99.9"), (12345.6, "12,346"), (math.inf, "never")],
)
def test_figures_are_shown_with_three_digits_that_mean_something(value: float, expected: str) -> None:
    assert shown(value) == expected


def test_a_goal_is_met_from_its_own_side() -> None:
    assert meets(1.1, 1.1, more_is_better=True) and not meets(1.0, 1.1, more_is_better=True)
    assert meets(30, 30, more_is_better=False) and not meets(31, 30, more_is_better=False)
    assert not meets(math.nan, 1, more_is_better=True) and not meets(math.nan, 1, more_is_better=False)
