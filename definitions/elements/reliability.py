"""How far the readers of a text agree. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence


def alpha(units: Iterable[Sequence[int]]) -> float | None:
    """Krippendorff's alpha for nominal values: 1 is full agreement, 0 what chance would give, below 0 is worse.

    Each unit holds the values that its coders gave it; who gave none is left out. None where nothing can be said:
    no unit with two values, or all values the same.

    Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C.
    """
    apart = 0.0
    totals: Counter[int] = Counter()
    for values in units:
        count = len(values)
        if count < 2:
            continue
        in_unit = Counter(values)
        totals.update(in_unit)
        apart += sum(n * (count - n) for n in in_unit.values()) / (count - 1)
    everything = sum(totals.values())
    by_chance = sum(n * (everything - n) for n in totals.values())
    return 1 - (everything - 1) * apart / by_chance if by_chance else None
