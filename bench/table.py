"""The goal table, each row with its sides, sizes and goals, and how it is printed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.figures import median, meets, ratio, shown, slope
from bench.measured import Measured
from bench.program import House

BEGIN, END = "<!-- the table: made by `make bench` -->", "<!-- the end of the table -->"
Line = dict[str, Any]  # one measurement, as results.jsonl keeps it


@dataclass(frozen=True)
class Side:
    """Ours or a peer. The last argument is how much time a measurement may take, in seconds."""

    name: str
    measure: Callable[[House, int, float], Measured]


@dataclass(frozen=True)
class Goal:
    """`of` in relation to the best of `against`; without `against`, the figure itself."""

    value: float
    stretch: float
    against: tuple[str, ...] = ()
    of: str = "ours"


@dataclass(frozen=True)
class Row:
    slug: str
    work: str
    unit: str
    more_is_better: bool
    sides: tuple[Side, ...]
    goals: tuple[Goal, ...]
    sizes: tuple[int, int, int]  # the last is the one that the goal is about
    short: int
    seconds: float = 8.0
    most_rounds: int = 99  # where one takes many minutes


def markdown(rows: Sequence[Row], lines: Sequence[Line]) -> str:
    """The table, from all that has been measured so far."""
    head = (
        "work",
        "against",
        "ours",
        "theirs",
        "ratio",
        "goal",
        "stretch",
        "",
        "grows as",
        "server / client CPU",
        "of",
    )
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        mine = [line for line in lines if line["row"] == row.slug]
        if mine:
            out += ["| " + " | ".join(cells) + " |" for cells in _cells(row, mine)]
    return "\n".join(out)


def _cells(row: Row, lines: Sequence[Line]) -> list[tuple[str, ...]]:
    size = max(line["size"] for line in lines)
    middle = {side.name: _middle(lines, side.name, size) for side in row.sides}
    found: list[tuple[str, ...]] = []
    for number, goal in enumerate(row.goals):
        first = number == 0
        ours = middle[goal.of]
        peers = {name: figure for name in goal.against if (figure := middle[name]) is not None}
        best = _best(peers, row.more_is_better)
        reached = "not measured"
        times = theirs = "–"
        if ours is not None and (not goal.against or best):
            value = ratio(ours, peers[best]) if best else ours
            # Of what takes long, ours over theirs is small when it is good; so is its goal.
            reached = "**yes**" if meets(value, goal.value, row.more_is_better) else "no"
            reached = "**stretch**" if meets(value, goal.stretch, row.more_is_better) else reached
            if best:
                times, theirs = shown(value), f"{shown(peers[best])} ({best})"
        power = shown(slope(_curve(row, lines, goal.of)))
        grows = power if power == "–" else f"n^{power}"
        found.append(
            (
                f"{row.work}, {row.unit}" if first else "same",
                ", ".join(goal.against) or "–",
                shown(ours) if ours is not None else "failed",
                theirs,
                times,
                _bound(goal.value, row.more_is_better),
                shown(goal.stretch),
                reached,
                grows,
                _cpu(lines, goal.of, size) + (f"; {_cpu(lines, best, size)}" if best else ""),
                f"{size:,}, {lines[-1]['date'][:10]} {lines[-1]['commit']}",
            )
        )
    return found


def _bound(value: float, more_is_better: bool) -> str:
    return f"{'≥' if more_is_better else '≤'} {shown(value)}"


def _best(figures: dict[str, float], more_is_better: bool) -> str:
    if not figures:
        return ""
    return (max if more_is_better else min)(figures, key=lambda name: figures[name])


def _middle(lines: Sequence[Line], side: str, size: int) -> float | None:
    figures = [line["figure"] for line in lines if (line["side"], line["size"]) == (side, size) and "error" not in line]
    return median(figures) if figures else None


def _curve(row: Row, lines: Sequence[Line], side: str) -> list[tuple[float, float]]:
    """What one more costs: time as it is; of rates, how long one takes."""
    by_size: dict[int, list[float]] = defaultdict(list)
    for line in lines:
        if line["side"] == side and "error" not in line:
            by_size[line["size"]].append(line["figure"])
    points = [(float(size), median(figures)) for size, figures in sorted(by_size.items())]
    return [(size, 1 / figure if row.more_is_better and figure else figure) for size, figure in points]


def _cpu(lines: Sequence[Line], side: str, size: int) -> str:
    details = [line["detail"] for line in lines if (line["side"], line["size"]) == (side, size) and "error" not in line]
    shares = [(d["server_share"], d["client_share"]) for d in details if "server_share" in d]
    if not shares:
        return "–"
    server, client = (median(column) for column in zip(*shares, strict=True))
    return f"{server:.0%} / {client:.0%}"
