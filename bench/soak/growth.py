"""Does it grow? The arithmetic, the limits, and the table of the soak. Pure: samples in, verdict and wording out.

Neighbouring samples of a process's memory are alike (a meeting is a hill of several minutes), so least squares on all
of them would be far too sure of itself. The line is laid through the means of at most `BLOCKS` stretches of time.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist, mean
from typing import Any

BEGIN, END = "<!-- the soak: made by `make soak` -->", "<!-- the end of the soak -->"
BLOCKS = 30
WARM_UP = 0.25  # of the time: caches, pools and the allocator's arenas fill
QUEUES = ("commands_waiting", "pushes_waiting", "frames_waiting", "drawings")
EMPTY = ("sockets", "meetings", *QUEUES)

# A week of meetings: 40 hours at the soak's own rate of 15,000 reconnects an hour. A machine of 2 GB has about 600 MB
# left for growing, beside the system, PostgreSQL and two fresh processes: 1,000 bytes a reconnect.
MOST_BYTES_A_RECONNECT = 1000
RECONNECTS_A_MINUTE = 250  # at least
MOST_MISSED = 0.05  # of the looks at the processes: where more were not answered, the soak has seen too little
# What an allocator may still be settling after the warm-up; it is asked for once, so it weighs in a short run only.
SETTLING = 3_000_000  # bytes


@dataclass(frozen=True)
class Process:
    """What the kernel says of one, now."""

    resident: int  # bytes
    threads: int
    files: int


@dataclass(frozen=True)
class Sample:
    at: float  # seconds since the soak proper began
    reconnects: int
    processes: Mapping[int, Process]  # by process id
    stands: Mapping[str, float]  # the hub's figures, of all processes together

    @property
    def resident(self) -> int:
        return sum(process.resident for process in self.processes.values())

    @property
    def is_empty(self) -> bool:
        return not any(self.stands[name] for name in EMPTY)


@dataclass(frozen=True)
class Line:
    """A straight line by least squares, and how sure it is."""

    slope: float
    margin: float  # half of the 95 % interval

    @property
    def low(self) -> float:
        return self.slope - self.margin


@dataclass
class Run:
    """One stack, from its first meetings to the last look."""

    stack: str
    minutes: float
    rested: Sample  # after the first meetings, when everyone had left; with full pools
    samples: list[Sample]  # while meetings went on
    last: Sample  # a minute after everyone had left, or as soon as all was back
    happened: Mapping[str, int]
    wrong: list[str] = field(default_factory=list)  # what kept it from being a soak
    missed: int = 0  # looks at the processes that were not answered in time

    @property
    def measured(self) -> list[Sample]:
        """Those after the warm-up."""
        return [sample for sample in self.samples if sample.at >= WARM_UP * self.minutes * 60]

    @property
    def reconnects(self) -> int:
        return self.samples[-1].reconnects


def line(points: Sequence[tuple[float, float]]) -> Line:
    """Through the means of at most `BLOCKS` stretches, of as many points each; needs five at least."""
    blocks = min(BLOCKS, len(points))
    if blocks < 5:
        raise ValueError("too few samples for a line")
    edges = [len(points) * number // blocks for number in range(blocks + 1)]
    parts = [points[begin:end] for begin, end in zip(edges, edges[1:], strict=False)]
    xs = [mean(x for x, _y in part) for part in parts]
    ys = [mean(y for _x, y in part) for part in parts]
    mean_x, mean_y = mean(xs), mean(ys)
    across = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / across
    left_over = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in zip(xs, ys, strict=True))
    return Line(slope, student(blocks - 2) * math.sqrt(left_over / (blocks - 2) / across))


def student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t (Abramowitz and Stegun 26.7.5); good to 1 % from three on."""
    z = NormalDist().inv_cdf(0.975)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def memory_an_hour(run: Run) -> Line:
    """Of all processes of the program together, in MB."""
    return line([(sample.at / 3600, sample.resident / 1e6) for sample in run.measured])


def bytes_a_reconnect(run: Run) -> Line:
    return line([(float(sample.reconnects), float(sample.resident)) for sample in run.measured])


def most_bytes_a_reconnect(run: Run) -> float:
    """The limit, and what may still be settling, spread over the reconnects that were measured."""
    counted = run.measured[-1].reconnects - run.measured[0].reconnects
    return MOST_BYTES_A_RECONNECT + SETTLING / max(1, counted)


def with_full_pools(rested: Sample, samples: Sequence[Sample], minutes: float) -> Sample:
    """At rest, with as many threads as each process had until the end of the warm-up: a pool starts its last one when
    all others are busy at once, which may take a while to happen, and keeps it."""
    warm_up = [sample for sample in samples if sample.at < WARM_UP * minutes * 60]
    full = {
        pid: replace(process, threads=max([process.threads, *(now.processes[pid].threads for now in warm_up)]))
        for pid, process in rested.processes.items()
        if all(pid in now.processes for now in warm_up)
    }
    return replace(rested, processes={**rested.processes, **full})


def not_back(rested: Sample, now: Sample) -> list[str]:
    """What is not as it was at rest: sockets, meetings and queues at nothing; of each process no thread and no open
    file more than at rest."""
    wrong = [f"{name} is {now.stands[name]:.0f}, not 0" for name in EMPTY if now.stands[name]]
    if now.processes.keys() != rested.processes.keys():
        wrong.append("a process has ended, or another one was started")
    for pid in rested.processes.keys() & now.processes.keys():
        before, after = rested.processes[pid], now.processes[pid]
        if after.threads > before.threads:
            wrong.append(f"process {pid} has {after.threads} threads; it was {before.threads}")
        if after.files > before.files:
            wrong.append(f"process {pid} has {after.files} files open; it was {before.files}")
    return wrong


def what_grew(run: Run) -> list[str]:
    """Sentences; none where nothing grew, and all was done that was to be done."""
    wrong = [*run.wrong, *not_back(run.rested, run.last)]
    if run.reconnects < RECONNECTS_A_MINUTE * run.minutes:
        wrong.append(f"only {run.reconnects:,} reconnects, of {RECONNECTS_A_MINUTE * run.minutes:,.0f}")
    if run.missed > MOST_MISSED * len(run.samples):
        wrong.append(f"{run.missed:,} looks at the processes were not answered, and {len(run.samples):,} were")
    if run.happened.get("meetings", 0) < 2:
        wrong.append("fewer than two meetings came to their end")
    try:
        grown, most = bytes_a_reconnect(run), most_bytes_a_reconnect(run)
    except ValueError as error:
        return [*wrong, str(error)]
    if grown.low > most:
        wrong.append(f"memory grows by {grown.low:,.0f} bytes a reconnect at the least; {most:,.0f} is the limit")
    return wrong


def figures(run: Run, when: Mapping[str, Any]) -> dict[str, Any]:
    """One run as soak.jsonl keeps it."""
    hour, each = memory_an_hour(run), bytes_a_reconnect(run)
    return {
        **when,
        "stack": run.stack,
        "minutes": run.minutes,
        "reconnects": run.reconnects,
        "happened": dict(run.happened),
        "mb_an_hour": [round(hour.slope, 2), round(hour.margin, 2)],
        "bytes_a_reconnect": [round(each.slope), round(each.margin)],
        "most_bytes_a_reconnect": round(most_bytes_a_reconnect(run)),
        "resident_mb": [
            round(one.resident / 1e6, 1) for one in (run.rested, run.measured[0], run.samples[-1], run.last)
        ],
        "most_sockets": round(max(sample.stands["sockets"] for sample in run.samples)),
        "threads": [_each(one, "threads") for one in (run.rested, run.last)],
        "files": [_each(one, "files") for one in (run.rested, run.last)],
        "left": {name: round(run.last.stands[name]) for name in EMPTY},
        "wrong": what_grew(run),
    }


def _each(sample: Sample, what: str) -> list[int]:
    return [getattr(sample.processes[pid], what) for pid in sorted(sample.processes)]


def markdown(kept: Sequence[Mapping[str, Any]]) -> str:
    """The table of what was kept: one column for each stack."""
    rows: list[tuple[str, list[str]]] = [
        ("measured", [f"{one['date'][:10]}, {one['commit']}" for one in kept]),
        ("minutes, of them warm-up", [f"{one['minutes']:g}, {one['minutes'] * WARM_UP:g}" for one in kept]),
        ("reconnects", [f"{one['reconnects']:,}" for one in kept]),
        ("what went on", [_told(one["happened"]) for one in kept]),
        ("sockets at one time, at most", [f"{one['most_sockets']:,}" for one in kept]),
        ("memory at rest, after the warm-up, at the end, at rest, MB", [_steps(one["resident_mb"]) for one in kept]),
        ("memory an hour, MB", [_interval(one["mb_an_hour"]) for one in kept]),
        ("memory a reconnect, bytes", [_interval(one["bytes_a_reconnect"]) for one in kept]),
        ("… the limit", [f"{one['most_bytes_a_reconnect']:,}" for one in kept]),
        ("threads of each process, then and at the end", [_then(one["threads"]) for one in kept]),
        ("open files of each process, then and at the end", [_then(one["files"]) for one in kept]),
        ("sockets, meetings, waiting at the end", [_left(one["left"]) for one in kept]),
        ("**nothing grows**", [f"no: {'; '.join(one['wrong'])}" if one["wrong"] else "**yes**" for one in kept]),
    ]
    head = f"| | {' | '.join(one['stack'] for one in kept)} |\n|---|{'---|' * len(kept)}\n"
    return head + "\n".join(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)


def _told(happened: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in happened.items())


def _interval(told: Sequence[float]) -> str:
    return f"{told[0]:,} ± {told[1]:,}"


def _steps(told: Sequence[float]) -> str:
    return ", ".join(f"{one:,}" for one in told)


def _then(told: Sequence[Sequence[int]]) -> str:
    return "; ".join(" + ".join(str(one) for one in each) for each in told)


def _left(told: Mapping[str, int]) -> str:
    return f"{told['sockets']}, {told['meetings']}, {sum(told[name] for name in QUEUES)}"
