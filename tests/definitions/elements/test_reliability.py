"""Our alpha against the `krippendorff` package, and against the example in Krippendorff's own paper."""

import warnings

import krippendorff  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions.elements.reliability import alpha


def theirs(units: list[list[int | None]]) -> float | None:
    table = np.array([[np.nan if value is None else value for value in unit] for unit in units], dtype=float).T
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return float(krippendorff.alpha(reliability_data=table, level_of_measurement="nominal"))
    except (ValueError, AssertionError):
        return None


def ours(units: list[list[int | None]]) -> float | None:
    return alpha([value for value in unit if value is not None] for unit in units)


def test_the_example_of_the_paper() -> None:
    """Computing Krippendorff's Alpha-Reliability (2011), section C: four observers, twelve units, 0.743."""
    table = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    units = [list(unit) for unit in zip(*table, strict=True)]
    assert ours(units) == pytest.approx(0.743, abs=0.0005)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ([], None),
        ([[1]], None),  # one reader alone agrees with nobody
        ([[1, 1], [1, 1]], None),  # nothing differs: there is no chance to compare with
        ([[1, 1], [0, 0]], 1.0),
        ([[1, 0], [0, 1]], -0.5),
    ],
)
def test_what_can_be_said(units: list[list[int]], expected: float | None) -> None:
    assert alpha(units) == expected


@given(
    st.integers(2, 6).flatmap(
        lambda readers: st.lists(
            st.lists(st.sampled_from([0, 1, 1, None]), min_size=readers, max_size=readers), min_size=1, max_size=30
        )
    )
)
def test_it_is_what_the_package_says(units: list[list[int | None]]) -> None:
    mine = ours(units)
    if mine is not None:
        assert mine == pytest.approx(theirs(units), abs=1e-9)
