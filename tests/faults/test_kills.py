"""`kill -9` while phones send: what a phone was told is saved is there, once, and all phones agree soon after."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest

from tests.faults.phones import a_room
from tests.faults.scale import scaled
from tests.live.meeting import Desk
from tests.servers import PostgreSQL, Server, Valkey
from workshop.fail_points import POINTS

pytestmark = pytest.mark.faults

PEOPLE = scaled(12, 500)
WEB_KILLS = scaled(4, 200)
OTHER_KILLS = scaled(2, 50)
AT_ONCE = 20  # kills, until all stop and the database is compared with what the phones were told
HEALED_WITHIN = 10.0  # seconds
DIES_WITHIN = 60.0

Figure = Callable[[str, Any], None]


def test_the_web_process_dies(desk: Desk, rng: Random, seed: int, figure: Figure) -> None:
    """Each server in turn, at each point in turn, the n-th time that it gets there."""
    servers = desk.stack.servers

    async def kills(first: int, last: int) -> None:
        waiting: list[Server] = []  # those that will end at a point
        for number in range(first, last):
            server = servers[number % len(servers)]
            if server in waiting:
                await ended(server)
            else:
                await asyncio.to_thread(server.kill)  # this one at no point in particular
                waiting.append(server)
            server.launch(FAIL_AT=f"{POINTS[number % len(POINTS)]}:{rng.randrange(1, 40)}")
        for server in waiting:
            await ended(server)
            await asyncio.to_thread(server.start)

    run(desk, rng, seed, figure, kills, WEB_KILLS)


def test_postgresql_dies(desk: Desk, rng: Random, seed: int, figure: Figure) -> None:
    if desk.stack.database is None:
        pytest.skip("SQLite has no process; another's PostgreSQL is not ours to kill")
    run(desk, rng, seed, figure, again_and_again(desk.stack.database, rng), OTHER_KILLS)


def test_valkey_dies(desk: Desk, rng: Random, seed: int, figure: Figure) -> None:
    if desk.stack.layer is None:
        pytest.skip("one process has no layer; another's Valkey is not ours to kill")
    run(desk, rng, seed, figure, again_and_again(desk.stack.layer, rng), OTHER_KILLS)


def again_and_again(server: PostgreSQL | Valkey, rng: Random) -> Callable[[int, int], Awaitable[None]]:
    async def kills(first: int, last: int) -> None:
        for _number in range(first, last):
            await asyncio.sleep(rng.random())
            await asyncio.to_thread(server.kill)
            await asyncio.sleep(rng.random())
            await asyncio.to_thread(server.start)

    return kills


async def ended(server: Server) -> None:
    assert server.process is not None
    assert await asyncio.to_thread(server.process.wait, DIES_WITHIN) == -signal.SIGKILL
    server.process = None


def run(
    desk: Desk, rng: Random, seed: int, figure: Figure, kills: Callable[[int, int], Awaitable[None]], times: int
) -> None:
    """Phones send all the while. After the kills all show the same, and the database has what they were told."""

    async def meeting() -> None:
        back, agreed = [0.0], [0.0]
        async with a_room(desk, PEOPLE, rng) as room:
            for first in range(0, times, AT_ONCE):
                over = asyncio.Event()
                async with asyncio.timeout(None) as finishing, asyncio.TaskGroup() as group:
                    group.create_task(room.keep_pressing(over.is_set, seed + first))
                    await kills(first, min(first + AT_ONCE, times))
                    back.append(await room.all_back(HEALED_WITHIN))
                    over.set()
                    finishing.reschedule(asyncio.get_running_loop().time() + HEALED_WITHIN)
                agreed.append(await room.agreed(HEALED_WITHIN))
                await asyncio.to_thread(room.check_database)
            figure("kills", times)
            figure("commands acknowledged, none lost or doubled", sum(phone.model.acked for phone in room.phones))
            for way in ("socket", "post", "again"):
                figure(f"… {way}", sum(phone.by[way] for phone in room.phones))
            figure("all phones are answered again after, s", max(back))
            figure("all phones agree after, s", max(agreed))

    asyncio.run(meeting())
