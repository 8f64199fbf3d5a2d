"""Shows that nothing grows: meetings all the time, phones that come and go, and a look at the processes meanwhile.

    python -m bench.soak --minutes 40                      both stacks, side by side
    python -m bench.soak --minutes 3 --stack sqlite        one of them

Both at once, because what grows does so with meetings and reconnects, and not with the speed of the machine: one run
has the whole time for each. Runs of less than ten minutes are a smoke check, and nothing is written. Everything that it
starts is ended by it, also on Ctrl-C.
"""

import argparse
import asyncio
import json
import signal
import sys
import time
from collections import Counter
from contextlib import AbstractContextManager, ExitStack
from itertools import count
from pathlib import Path
from random import Random
from urllib.request import urlopen

import httpx

from bench.measured import machine, when
from bench.processes import on_all_cores
from bench.program import House, Program, house
from bench.soak.growth import BEGIN, END, RECONNECTS_A_MINUTE, Run, Sample, figures, markdown, with_full_pools
from bench.soak.meeting import Meeting, cut
from bench.soak.watching import NotSeen, Watching
from workshop.rehearsal.address import Address
from workshop.rehearsal.colleagues.browser import Browser, Server

STACKS = {"sqlite": "SQLite, one process", "postgresql": "PostgreSQL and Valkey, two processes"}
README = Path(__file__).parents[1] / "README.md"
KEPT = Path(__file__).parents[1] / "soak.jsonl"
AT_ONCE = 2  # meetings of a stack
FIRST_AT_ONCE = 4  # as many as a process's hub has threads: none of them starts later
SAMPLE_SECONDS = 5.0
SAY_SECONDS = 60.0
FIRST_MINUTES = 15.0  # that the first meetings may take
CUTS_A_MINUTE = RECONNECTS_A_MINUTE * 1.1  # a little more than is wanted: the last are under way at the end
CUT_EVERY = 0.1  # seconds
ON_ITS_WAY = 5.0  # seconds in which what was pressed last is answered, though nobody waits for it any more
ASKED_AT_ONCE = 64  # more than all pools of a process have threads
WRITTEN_FROM = 10.0  # minutes


def main() -> None:
    parser = argparse.ArgumentParser(prog="make soak", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=40.0, help="of meetings; some more to begin and to end")
    parser.add_argument("--stack", action="append", choices=list(STACKS), help="both, where none is said")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        with house() as at_home:
            runs = asyncio.run(soak(at_home, options.stack or list(STACKS), options.minutes))
    except KeyboardInterrupt:
        sys.exit("\nStopped. Everything that was started has been ended; nothing is written.")
    lines = [figures(run, when()) for run in runs]
    print(f"\n{markdown(lines)}\n\n{machine()}")
    if options.minutes >= WRITTEN_FROM:
        keep(lines)
    if grown := [f"{line['stack']}: {sentence}" for line in lines for sentence in line["wrong"]]:
        sys.exit("\n".join(grown))


async def soak(at_home: House, stacks: list[str], minutes: float) -> list[Run]:
    with ExitStack() as servers:
        programs = {stack: servers.enter_context(started(at_home, stack)) for stack in stacks}
        on_all_cores()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(Soak(stack, program, minutes).run()) for stack, program in programs.items()]
        return [task.result() for task in tasks]


def started(at_home: House, stack: str) -> AbstractContextManager[Program]:
    if stack == "sqlite":
        return at_home.program(at_home.prepare("door", 1, "sqlite"))
    return at_home.program(at_home.prepare("door", 1, "postgresql"), processes=2, with_valkey=True)


class Soak:
    """One stack."""

    def __init__(self, stack: str, program: Program, minutes: float) -> None:
        self.stack, self.program, self.minutes = stack, program, minutes
        self.base_url = f"http://127.0.0.1:{program.port}"
        self.happened: Counter[str] = Counter()
        self.meetings: set[Meeting] = set()
        self.numbers = count(1)
        self.faults: list[str] = []
        self.rng = Random(stack)
        self.watching = Watching(program, lambda: self.happened["reconnects"])
        self.missed = 0

    async def run(self) -> Run:
        self.say("the first meetings")
        await self.burst()
        async with asyncio.timeout(FIRST_MINUTES * 60):
            await self.people(FIRST_AT_ONCE, once=True)
        rested = await self.watching.at_rest()
        self.say(f"at rest after them: {rested.processes}")
        self.happened = Counter(meetings=self.happened["meetings"])
        self.watching.began = time.monotonic()
        samples: list[Sample] = []
        sampling = asyncio.create_task(self.sample(samples))
        try:
            async with asyncio.timeout(self.minutes * 60):
                await self.people(AT_ONCE, once=False)
        except TimeoutError:
            self.say("everyone leaves")
        finally:
            sampling.cancel()
        looked = await asyncio.gather(sampling, return_exceptions=True)
        happened = {what: number for what, number in self.happened.items() if what != "reconnects"}
        rested = with_full_pools(rested, samples, self.minutes)
        last = await self.watching.back(rested)
        wrong = [f"a colleague stumbled: {fault}" for fault in sorted(set(self.faults))]
        wrong += [f"the processes could not be looked at: {end!r}" for end in looked if isinstance(end, Exception)]
        return Run(STACKS[self.stack], self.minutes, rested, samples, last, happened, wrong, self.missed)

    async def burst(self) -> None:
        """All pools of threads and connections are full from the start; they keep what they have."""
        address = f"{self.base_url}/readyz"

        def ask() -> None:
            with urlopen(address, timeout=30) as answer:
                answer.read()

        await asyncio.gather(*(asyncio.to_thread(ask) for _number in range(ASKED_AT_ONCE)))

    async def people(self, at_once: int, *, once: bool) -> None:
        """Meetings, one after the other in each of the rooms, and cuts among all of them."""
        server = Server(Address(self.base_url, self.base_url))
        cutting = asyncio.create_task(self.cut())
        try:
            async with asyncio.TaskGroup() as rooms:
                for _room in range(at_once):
                    rooms.create_task(self.room(server, once))
        finally:
            cutting.cancel()
            await asyncio.gather(cutting, return_exceptions=True)
            await asyncio.sleep(ON_ITS_WAY)
            await server.close()

    async def room(self, server: Server, once: bool) -> None:
        while True:
            meeting = Meeting(server, self.program.signed_in, next(self.numbers), self.happened)
            self.meetings.add(meeting)
            try:
                await meeting.run()
            except httpx.TransportError as error:  # the desk's, while it sets a meeting up
                self.faults.append(repr(error))
            finally:
                self.meetings.discard(meeting)
                self.faults += meeting.faults
            if once:
                return

    async def cut(self) -> None:
        """As many as are due by now, of those who are there: who comes late finds more of them due."""
        began, before = time.monotonic(), self.happened["reconnects"]
        away: set[Browser] = set()
        async with asyncio.TaskGroup() as waiting:
            while True:
                await asyncio.sleep(CUT_EVERY)
                due = (time.monotonic() - began) / 60 * CUTS_A_MINUTE + before
                due -= self.happened["reconnects"] + len(away)
                there = [page for meeting in self.meetings for page in meeting.pages() if page not in away]
                for page in self.rng.sample(there, min(len(there), max(0, round(due)))):
                    away.add(page)
                    waiting.create_task(self.cut_one(page, away))

    async def cut_one(self, page: Browser, away: set[Browser]) -> None:
        came_back = await cut(page, self.rng)
        self.happened["reconnects"] += came_back  # not in one line with `await`: others count meanwhile
        away.discard(page)

    async def sample(self, samples: list[Sample]) -> None:
        said = time.monotonic()
        while True:
            try:
                samples.append(await self.watching.look())
            except NotSeen:
                self.missed += 1
            if samples and time.monotonic() - said >= SAY_SECONDS:
                said = time.monotonic()
                now = samples[-1]
                self.say(
                    f"{now.at / 60:.1f} min, {now.reconnects:,} reconnects, {now.resident / 1e6:.1f} MB, "
                    f"{[(one.threads, one.files) for one in now.processes.values()]}, {dict(now.stands)}"
                )
            await asyncio.sleep(SAMPLE_SECONDS)

    def say(self, sentence: str) -> None:
        print(f"{self.stack:10} {sentence}", flush=True)


def keep(lines: list[dict[str, object]]) -> None:
    """Beside what the other stack gave earlier."""
    renewed = {line["stack"] for line in lines}
    earlier = [json.loads(text) for text in KEPT.read_text().splitlines()] if KEPT.exists() else []
    kept = sorted(
        [line for line in earlier if line["stack"] not in renewed] + lines, key=lambda line: str(line["stack"])
    )
    KEPT.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in kept))
    before, _begin, rest = README.read_text().partition(BEGIN)
    _old, _end, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n\n{markdown(kept)}\n\n{machine()}\n\n{END}{after}")


if __name__ == "__main__":
    main()
