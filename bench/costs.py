"""The costs that the simulation works with, measured on the program, and a real run that it is checked against."""

import os
import signal
from datetime import UTC, datetime
from typing import Any

from bench.figures import median
from bench.processes import cores
from bench.program import House, house
from bench.rows import joining, panel, rooms
from bench.simulation import Costs, closed_loop

IDLE_SECONDS = 10.0
PHONES_FOR_MEMORY = 500


def measure_and_check(small: int, large: int, votes: int, rounds: int) -> dict[str, Any]:
    """Costs from `small` rooms; then `large` rooms for real, beside what the costs say of them."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.sched_setaffinity(0, cores()[1])
    with house() as at_home:
        costs = measured_costs(at_home, small, votes, rounds)
        real = rooms.rooms(at_home, large, votes, rooms.Setting())
        used = real.detail
    expected = closed_loop(costs, processes=1, cores=1)
    # One core was shared with whoever else ran: what the program and its database had of it is what it could use.
    share = min(1.0, used["server_share"])
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "measured_with_rooms": small,
        "checked_with_rooms": large,
        "real_votes_a_second_of_a_core": used["votes_a_second"] / share,
        "simulated_votes_a_second_of_a_core": expected,
        "costs": vars(costs),
    }


def measured_costs(at_home: House, count: int, votes: int, rounds: int) -> Costs:
    alone = [rooms.rooms(at_home, count, votes, rooms.Setting()) for _round in range(rounds)]
    two = [rooms.rooms(at_home, count, votes, rooms.Setting(2)) for _round in range(rounds)]
    vote = median([one.detail["vote_ms"] for one in alone]) / 1000
    among_two = median([one.detail["vote_ms"] for one in two]) / 1000
    hint = rooms.hint_cost(at_home, count, votes).figure / 1000
    memory = joining.memory(panel.ours, at_home, min(PHONES_FOR_MEMORY, count * rooms.PHONES)).figure * 1024
    return Costs(
        act=vote,
        draw=max(0.0, among_two - vote),  # with two processes both have phones of nearly every room
        hint=hint,
        idle_phone=rooms.idle(at_home, count, IDLE_SECONDS).figure / 1e6,
        database=median([one.detail["database_and_layer_ms"] for one in alone]) / 1000,
        phone_bytes=memory,
    )
