"""The costs that the simulation works with, measured on the program, and the real runs that it is checked against."""

import json
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import median
from bench.processes import cores
from bench.program import House, house
from bench.rows import joining, panel, rooms
from bench.simulation import Costs, of_a_vote

IDLE_SECONDS = 10.0
PHONES_FOR_MEMORY = 500
RESULTS = Path(__file__).with_name("results.jsonl")
PROCESSES = {"1 process": 1, "2 processes": 2, "4 processes": 4}


def measure_and_check(small: int, large: int, rounds: int) -> dict[str, Any]:
    """Costs from `small` rooms; beside what they say of `large` ones, the real runs of those by `make bench ROW=rooms`.

    Checked: CPU in ms that the program's processes use for a vote and all that follows from it.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.sched_setaffinity(0, cores()[1])
    with house() as at_home:
        costs = measured_costs(at_home, small, rounds)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "measured_with_rooms": small,
        "checked_with_rooms": large,
        "ms_a_vote": {
            f"{processes}": {"real": real["vote_ms"], "simulated": _simulated_ms(costs, processes, large, real)}
            for processes, real in real_runs(large).items()
        },
        "costs": vars(costs),
    }


def _simulated_ms(costs: Costs, processes: int, count: int, real: dict[str, float]) -> float:
    """While it went on the phones were connected, too."""
    seconds_a_vote = real["wall_s"] / (rooms.VOTES * count)
    return 1000 * (
        of_a_vote(costs, processes, together=True) + seconds_a_vote * count * rooms.PHONES * costs.idle_phone
    )


def real_runs(count: int) -> dict[int, dict[str, float]]:
    """Of so many rooms, by the number of processes: what was measured last."""
    lines = [json.loads(line) for line in RESULTS.read_text().splitlines()] if RESULTS.exists() else []
    return {
        PROCESSES[line["side"]]: line["detail"]
        for line in lines
        if (line["row"], line["size"]) == ("rooms", count) and "error" not in line
    }


def measured_costs(at_home: House, count: int, rounds: int) -> Costs:
    idle = rooms.idle(at_home, count, IDLE_SECONDS).figure / 1e6
    alone = [rooms.rooms(at_home, count, rooms.Setting()).detail for _round in range(rounds)]
    two = [rooms.rooms(at_home, count, rooms.Setting(2, kept_together=False)).detail for _round in range(rounds)]
    vote, among_two = (median([_of_votes_alone(one, idle, count) for one in runs]) for runs in (alone, two))
    memory = joining.memory(panel.ours, at_home, min(PHONES_FOR_MEMORY, count * rooms.PHONES)).figure * 1024
    return Costs(
        act=vote,
        draw=max(0.0, among_two - vote),  # with two processes both have phones of nearly every room
        hint=rooms.hint_cost(at_home, count).figure / 1000,
        idle_phone=idle,
        database=median([one["database_and_layer_ms"] for one in alone]) / 1000,
        phone_bytes=memory,
    )


def _of_votes_alone(used: dict[str, float], idle: float, count: int) -> float:
    """CPU seconds of a vote, without what the connected phones would have cost in that time anyway."""
    return used["vote_ms"] / 1000 - used["wall_s"] / (rooms.VOTES * count) * count * rooms.PHONES * idle
