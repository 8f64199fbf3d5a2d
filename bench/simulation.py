"""What a cluster holds: many rooms, simulated with the costs that were measured.

    python -m bench.simulation                 up to 100,000 rooms of ten, on up to 4,096 processes
    python -m bench.simulation --check         measures, and sets the simulation beside real runs of 1,000 rooms

Each process is a queue with one server, its core. An act of a phone (a vote, a mark, an edit) is work for the process
where it arrives; the drawing that follows is work for each process that has phones of the room; the hint is work for
those too (*to all*: for every process there is, as it once went, which can't grow without end). The database is a queue
of its own, with as many servers as cores.
"""

import argparse
import heapq
import json
import math
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench.figures import percentile

PHONES = 10
MOST_PROCESSES = 4096
SIZES = (1_000, 10_000, 100_000)
WAYS = (  # name, sharded, together
    ("to all", False, False),
    ("to whom they concern", True, False),
    ("so, and a room is in one process", True, True),
)
COSTS = Path(__file__).with_name("costs.json")
SCALING = Path(__file__).parent.parent / "docs/scaling.md"
BEGIN, END = "<!-- the table: made by bench.simulation --check -->", "<!-- the end of the table -->"


@dataclass(frozen=True)
class Costs:
    """CPU seconds, of the program's processes unless it says otherwise."""

    act: float  # taking one act in, with the drawing for one process
    draw: float  # the drawing, for each further process that has phones of the room
    hint: float  # taking note of a hint about somebody else's room
    idle_phone: float  # a second and connected phone
    database: float  # of PostgreSQL's cores, an act
    phone_bytes: float = 40_000.0


@dataclass(frozen=True)
class Load:
    rooms: int = 100_000
    acts_a_minute: float = 2.0  # of each phone, over a whole meeting; while all vote it is several times that
    seconds: float = 10.0  # simulated


@dataclass(frozen=True)
class Cluster:
    processes: int
    database_cores: int
    sharded: bool = False  # a hint goes only to the processes that have phones of its room
    together: bool = False  # all phones of a room come to the same process


@dataclass(frozen=True)
class Outcome:
    busiest: float  # share of its core that the busiest process uses; above 1 it falls behind
    database: float  # share of the database's cores
    p95_ms: float  # from an act to its answer
    hint_share: float  # of a core, for other rooms' hints alone
    gigabytes: float


def simulate(load: Load, cluster: Cluster, costs: Costs, *, seed: int = 1, most_acts: int = 30_000) -> Outcome:
    """Acts arrive at random moments. Above `most_acts` the time that is simulated is shortened, not the load."""
    chance = random.Random(seed)
    rate = load.rooms * PHONES * load.acts_a_minute / 60
    seconds = min(load.seconds, most_acts / rate)
    # What grows with everybody's acts is the same for every process at every moment: it slows all of its work down.
    hints = 0.0 if cluster.sharded else rate * costs.hint
    background = hints + load.rooms * PHONES * costs.idle_phone / cluster.processes
    left = max(1.0 - background, 1e-6)
    free = [0.0] * cluster.processes
    worked = [0.0] * cluster.processes
    database = [0.0] * cluster.database_cores
    database_worked, took = 0.0, []
    now = 0.0
    while (now := now + chance.expovariate(rate)) < seconds:
        at = chance.randrange(cluster.processes)
        begun = max(now, free[at])
        ready = heapq.heappop(database)
        done = max(begun + costs.act / left, max(begun, ready) + costs.database)
        heapq.heappush(database, max(begun, ready) + costs.database)
        database_worked += costs.database
        free[at] = begun + costs.act / left
        worked[at] += costs.act
        elsewhere = 0 if cluster.together else PHONES - 1
        for other in {chance.randrange(cluster.processes) for _phone in range(elsewhere)} - {at}:
            free[other] = max(now, free[other]) + costs.draw / left
            worked[other] += costs.draw
        took.append(done - now)
    return Outcome(
        busiest=max(worked) / seconds + background,
        database=database_worked / seconds / cluster.database_cores,
        p95_ms=1000 * percentile(took, 0.95),
        hint_share=hints,
        gigabytes=load.rooms * PHONES * costs.phone_bytes / 1e9,
    )


def of_a_vote(costs: Costs, processes: int, *, together: bool) -> float:
    """CPU seconds of all processes for one act and what follows from it. `together`: a room's phones are in one."""
    watching = 1 if together else processes * (1 - (1 - 1 / processes) ** PHONES)
    return costs.act + (watching - 1) * costs.draw


def smallest_cluster(
    load: Load, costs: Costs, *, sharded: bool, together: bool = False, most: int = MOST_PROCESSES
) -> tuple[Cluster, Outcome] | None:
    """The fewest processes, in powers of two, of which none is more than 70 % busy; None where no number is enough."""
    rate = load.rooms * PHONES * load.acts_a_minute / 60
    database_cores = max(1, math.ceil(rate * costs.database / 0.7))
    processes = 1
    while processes <= most:
        cluster = Cluster(processes, database_cores, sharded, together)
        outcome = simulate(load, cluster, costs)
        if outcome.busiest <= 0.7:
            return cluster, outcome
        processes *= 2
    return None


def table(costs: Costs, sizes: Sequence[int]) -> str:
    head = ("rooms of ten", "hints go", "processes", "busiest", "database cores", "p95", "hints alone", "memory")
    out = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for rooms in sizes:
        for where, sharded, together in WAYS:
            found = smallest_cluster(replace(Load(), rooms=rooms), costs, sharded=sharded, together=together)
            if found is None:
                cells = (f"{rooms:,}", where, f"none up to {MOST_PROCESSES:,}", "–", "–", "–", "–", "–")
            else:
                cluster, seen = found
                cells = (
                    f"{rooms:,}", where, str(cluster.processes), f"{seen.busiest:.0%}", str(cluster.database_cores),
                    f"{seen.p95_ms:.0f} ms", f"{seen.hint_share:.0%} of a core", f"{seen.gigabytes:.1f} GB",
                )  # fmt: skip
            out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="measure the costs first, and set a real run beside it")
    parser.add_argument("--small", type=int, default=100, help="rooms that the costs are measured with")
    parser.add_argument("--large", type=int, default=1000, help="rooms of the real runs")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.check:
        from bench.costs import measure_and_check  # it starts servers, which simulating does not need

        told = measure_and_check(options.small, options.large, options.rounds)
        COSTS.write_text(json.dumps(told, indent=2) + "\n")
    if not COSTS.exists():
        sys.exit("There are no measured costs yet. Run it with --check first.")
    told = json.loads(COSTS.read_text())
    costs = Costs(**told["costs"])
    print(json.dumps({key: value for key, value in told.items() if key != "costs"}, indent=2))
    print(json.dumps(asdict(costs), indent=2))
    holds = table(costs, SIZES)
    print(holds)
    if options.check:
        SCALING.write_text(with_table(SCALING.read_text(), holds))


def with_table(text: str, holds: str) -> str:
    """The text, with this table in place of the one that it has."""
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{holds}\n\n{END}{after}"


if __name__ == "__main__":
    main()
