"""The arithmetic of the table. Pure: numbers in, numbers and their wording out."""

import math
from collections.abc import Iterable, Sequence
from statistics import median as median


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share (0 to 1) of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def ratio(ours: float, theirs: float) -> float:
    """How many times theirs ours is; infinite where theirs is nothing."""
    return ours / theirs if theirs else math.inf


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The power with which a cost grows with size, by least squares on logarithms: 0 is constant, 1 is linear."""
    logs = [(math.log(size), math.log(cost)) for size, cost in points if size > 0 and 0 < cost < math.inf]
    if len({x for x, _y in logs}) < 2:
        return math.nan
    mean_x, mean_y = (sum(axis) / len(logs) for axis in zip(*logs, strict=True))
    return float(sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _y in logs))


def shown(value: float) -> str:
    """A figure with three digits that mean something."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "never"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def meets(value: float, goal: float, more_is_better: bool) -> bool:
    return not math.isnan(value) and (value >= goal if more_is_better else value <= goal)
