"""Looks at the processes of a stack: what the kernel says of each, and what /metrics says of all."""

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.request import urlopen

from bench.program import Program
from bench.soak.growth import EMPTY, Process, Sample, not_back

STAND = re.compile(r"^words_(\w+) ([0-9.e+]+)$", re.MULTILINE)
REST_SECONDS = 60.0
CALM_SECONDS = 10.0  # at rest, before it is taken as rest: keep-alive and lingering connections end
LOOK_SECONDS = 1.0
METRICS_SECONDS = 20.0  # a busy machine


class NotSeen(Exception):
    """The server did not answer in time."""


class Watching:
    def __init__(self, program: Program, reconnects: Callable[[], int]) -> None:
        self.program, self.reconnects = program, reconnects
        self.began = time.monotonic()

    async def look(self) -> Sample:
        try:
            stands = await asyncio.to_thread(self._stands)
        except OSError as error:
            raise NotSeen from error
        return Sample(time.monotonic() - self.began, self.reconnects(), running(self.program.own_pids), stands)

    def _stands(self) -> dict[str, float]:
        with urlopen(f"http://127.0.0.1:{self.program.port}/metrics", timeout=METRICS_SECONDS) as answer:
            told = dict(STAND.findall(answer.read().decode()))
        return {name: float(told.get(name, 0)) for name in EMPTY}

    async def at_rest(self) -> Sample:
        """Nobody there, and no file opened or closed any more: what the end is held against."""
        deadline = time.monotonic() + REST_SECONDS
        calm_since, before = time.monotonic(), await self.look()
        while time.monotonic() - calm_since < CALM_SECONDS or not before.is_empty:
            if time.monotonic() > deadline:
                raise RuntimeError(f"After the first meetings it did not come to rest: {before}")
            await asyncio.sleep(LOOK_SECONDS)
            now = await self.look()
            if _counts(now) != _counts(before):
                calm_since = time.monotonic()
            before = now
        return before

    async def back(self, rested: Sample) -> Sample:
        """Everyone has left: the moment when all is as it was, or a minute later if it is not."""
        deadline = time.monotonic() + REST_SECONDS
        while not_back(rested, now := await self.look()) and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)
        return now


def _counts(sample: Sample) -> list[tuple[int, int]]:
    return [(one.threads, one.files) for one in sample.processes.values()]


def running(pids: Iterable[int]) -> dict[int, Process]:
    """Those of them that there still are."""
    return {pid: process(pid) for pid in pids if Path(f"/proc/{pid}").exists()}


def process(pid: int) -> Process:
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    files = sum(1 for _file in Path(f"/proc/{pid}/fd").iterdir())
    return Process(int(status["VmRSS"].split()[0]) * 1024, int(status["Threads"]), files)
