"""Many phones at once: some never read, and all of them come back at the same moment."""

import asyncio
import resource
import socket
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.faults.phones import FaultyPhone, a_room
from tests.faults.scale import scaled
from tests.live.meeting import Desk
from tests.live.test_hub import raw_socket
from tests.servers import Server

pytestmark = pytest.mark.faults

PHONES = scaled(60, 500)
NEVER_READ = scaled(20, 100)
CHANGES = scaled(200, 1_000)  # of the meeting, which the mute ones would be sent
MOST_MEMORY = 1.0  # MB for each mute one
LIVE_WITHIN = 10.0  # seconds
BIG = "w" * 36 + " {}"

Figure = Callable[[str, Any], None]


def test_phones_that_never_read_cost_little(desk: Desk, rng: Random, figure: Figure) -> None:
    """They have the desk's panels drawn to them, the largest there are, and change what is in them all the time."""
    enough_files(PHONES + NEVER_READ + 100)

    async def meeting() -> None:
        async with a_room(desk, PHONES - NEVER_READ, rng) as room:
            before = [memory(server) for server in desk.stack.servers]
            mute: list[socket.socket] = []
            try:
                for _number in range(NEVER_READ):
                    mute.append(await asyncio.to_thread(raw_socket, desk, "desk"))
                    mute[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
                most = 0.0
                for number in range(CHANGES):
                    phone = room.phones[number % len(room.phones)]
                    name = BIG.format(number)
                    assert (await phone.deliver("rename-me", name=name))["ok"]
                    phone.model.note("rename-me", {"name": name})
                    grown = [memory(server) - was for server, was in zip(desk.stack.servers, before, strict=True)]
                    most = max(most, *grown)
                agreed = await room.agreed(LIVE_WITHIN)
            finally:
                for one in mute:
                    one.close()
            figure("phones, of them mute", f"{PHONES}/{NEVER_READ}")
            figure("memory of a process grew by at most, MB", most)
            figure("the others agree after, s", agreed)
            assert most < MOST_MEMORY * NEVER_READ

    asyncio.run(meeting())


def test_all_come_back_after_a_restart(desk: Desk, rng: Random, figure: Figure) -> None:
    """In order and as a power cut does it: each is live again soon after the server is up."""
    enough_files(PHONES + 100)

    async def meeting() -> None:
        async with a_room(desk, PHONES, rng) as room:
            for how in ("stop", "kill"):
                for server in desk.stack.servers:
                    await asyncio.to_thread(getattr(server, how))
                await until(lambda: not any(phone.live.is_set() for phone in room.phones))
                for server in desk.stack.servers:
                    await asyncio.to_thread(server.start)
                up = time.monotonic()
                await until(lambda: all(is_live(phone) for phone in room.phones))
                took = time.monotonic() - up
                figure(f"{PHONES} phones are live after {how}, s", took)
                figure("… and all agree, s later", await room.agreed(LIVE_WITHIN))
                assert took < LIVE_WITHIN

    asyncio.run(meeting())


def is_live(phone: FaultyPhone) -> bool:
    """By socket, or by polling until the next try of one."""
    return phone.live.is_set() or phone.polls


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # of many, who set no event
            await asyncio.sleep(0.02)


def memory(server: Server) -> float:
    """MB that the process holds in RAM."""
    assert server.process is not None
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def enough_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted), hard))
