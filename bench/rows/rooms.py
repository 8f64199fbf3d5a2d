"""Many small meetings at once: ten phones each, all in a vote. What does a vote cost, in one process and in several?

Where the processes are more than the cores, wall time says nothing of scaling; CPU does. A process that needs as much
CPU for a vote as the one that is alone would, on a core of its own, do as much as that. So the figure of several
processes is: how many × what a vote costs alone ÷ what it costs among them, with what it costs those that only hear
of it. Their rooms vote one process after the other, each with as many votes on their way as the one that is alone: all
at once they would take turns on one core, which has one set of caches, with smaller bursts each.
"""

import time
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass

from bench.crowd import Crowd, Link
from bench.figures import percentile
from bench.measured import Measured
from bench.processes import Clock, cpu_seconds
from bench.program import House, Meeting, Prepared, Program
from bench.voting import Voter, watching

PHONES = 10
VOTES = 2  # of each room
AT_ONCE = 200  # votes that are on their way, of 200 rooms: two of the same room would share its drawing
PATIENCE = 300.0
SETTLED, MOST_SETTLING = 0.3, 120  # CPU seconds a second of servers that have nothing left to do; seconds


@dataclass(frozen=True)
class Setting:
    """How the program is run: several processes have Valkey between them."""

    processes: int = 1
    kept_together: bool = True
    """All phones of a room go to the same process, as a proxy that looks at the address has it."""


def rooms(house: House, count: int, setting: Setting) -> Measured:
    """Votes a second that as many cores as processes would keep, by what a vote and what follows from it costs.

    What PostgreSQL and Valkey use stands beside it: they have cores of their own.
    """
    prepared = house.prepare("vote", PHONES, "postgresql", rooms=count)
    apart = 1 if setting.kept_together else setting.processes
    with ExitStack() as stack:
        program = stack.enter_context(house.program(prepared, apart, with_valkey=setting.processes > 1))
        programs = [program]
        while len(programs) * apart < setting.processes:
            programs.append(stack.enter_context(house.program(prepared, with_valkey=True, beside=program)))

        def is_at(number: int) -> int:
            """Of a phone, which of the programs has it."""
            return number // PHONES % len(programs)

        crowd = stack.enter_context(Crowd(program.port, port_of=lambda number: programs[is_at(number)].port))
        own = [pid for each in programs for pid in each.own_pids]
        links = _everyone_watches(programs, crowd)
        before, clock = cpu_seconds(own), Clock([*own, *program.others])
        took: list[float] = []
        for at in range(len(programs)):
            took += _vote(crowd, [link for link in links if is_at(link.number) == at], program.meetings)
        votes = len(took)
        used, spent = clock.read(), cpu_seconds(own) - before
        detail = {
            **used,
            "votes_a_second": round(votes / used["wall_s"], 1),
            "p95_ms": percentile(took, 0.95) * 1000,
            "database_and_layer_ms": 1000 * (used["server_cpu_s"] - spent) / votes,
        }
        detail["vote_ms"] = 1000 * spent / votes
        return Measured(setting.processes * votes / spent, detail)


def idle(house: House, count: int, seconds: float) -> Measured:
    """CPU in microseconds a second for each phone that is connected while nothing happens."""
    prepared = house.prepare("vote", PHONES, "postgresql", rooms=count)
    with house.program(prepared) as program, program.crowd() as crowd:
        _everyone_watches([program], crowd)
        before, began = cpu_seconds(program.own_pids), time.perf_counter()
        crowd.rest(seconds)
        spent = cpu_seconds(program.own_pids) - before
        return Measured(1e6 * spent / (time.perf_counter() - began) / (count * PHONES))


def hint_cost(house: House, count: int) -> Measured:
    """CPU in ms that a vote costs a process that has none of its phones: it only takes note of the hint."""
    prepared: Prepared = house.prepare("vote", PHONES, "postgresql", rooms=count)
    with (
        house.program(prepared, with_valkey=True) as busy,
        house.program(prepared, with_valkey=True, beside=busy) as bystander,
        busy.crowd() as crowd,
    ):
        links = _everyone_watches([busy], crowd)
        before = cpu_seconds(bystander.own_pids)
        votes = len(_vote(crowd, links, busy.meetings))
        crowd.rest(0.5)
        return Measured(1000 * (cpu_seconds(bystander.own_pids) - before) / votes)


def _everyone_watches(programs: list[Program], crowd: Crowd) -> list[Link]:
    links = watching(programs[0], crowd, programs[0].meetings, PHONES)
    crowd.rest(3.0)
    own = [pid for each in programs for pid in each.own_pids]
    for _second in range(MOST_SETTLING):  # what came of their coming is no vote's
        before = cpu_seconds(own)
        crowd.rest(1.0)
        if cpu_seconds(own) - before < SETTLED:
            return links
    raise RuntimeError(f"The servers have not come to rest within {MOST_SETTLING} s after all phones came.")


def _vote(crowd: Crowd, links: list[Link], meetings: list[Meeting]) -> list[float]:
    """`VOTES` of each meeting, from one after the other, as many on their way as `AT_ONCE`; how long each took."""
    count = len(links) // PHONES
    votes = VOTES * count
    seats = sorted(links, key=lambda link: link.number % PHONES)[:votes]
    waiting = deque(Voter(link, meetings[link.number // PHONES], link.number % PHONES) for link in seats)
    took: list[float] = []
    asked = 0

    def next_vote() -> None:
        nonlocal asked
        if asked < votes:
            asked += 1
            # One that is on its way is not in the queue: a phone has one command in flight.
            waiting.popleft().vote(answered)

    def answered(voter: Voter, seconds: float) -> None:
        took.append(seconds)
        waiting.append(voter)
        next_vote()

    for _vote in range(min(AT_ONCE, count)):
        next_vote()
    crowd.until(lambda: len(took) == votes, PATIENCE, "every vote is answered")
    return took
