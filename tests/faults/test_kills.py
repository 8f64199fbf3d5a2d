"""`kill -9` while phones send: what a phone was told is saved is there, once, and all phones agree soon after."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest

from tests.faults.phones import a_room
from tests.faults.scale import LONG, scaled
from tests.live.meeting import Desk, Person, Phone, Wire, everywhere, settled
from tests.servers import PostgreSQL, Server, Valkey
from workshop.fail_points import POINTS

pytestmark = pytest.mark.faults

# Phones, kills of a web process, and of each other. Each kill has hundreds of phones come back, which is most of its
# time: so few of many phones, and many of fewer.
ROOMS = [(100, 90, 45), (500, 10, 5)] if LONG else [(12, 4, 2)]
WEB = [pytest.param(people, web, id=f"{people}") for people, web, _other in ROOMS]
OTHER = [pytest.param(people, other, id=f"{people}") for people, _web, other in ROOMS]
AT_ONCE = 20  # kills, until all stop and the database is compared with what the phones were told
# Two cores need most of ten seconds to let 500 in again that all have something to send.
HEALED_WITHIN, FOR_MANY = 10.0, 20.0  # seconds
DIES_WITHIN = 120.0
AWAY = scaled(17, 70)  # seconds

Figure = Callable[[str, Any], None]


@pytest.mark.parametrize(("people", "times"), WEB)
def test_the_web_process_dies(people: int, times: int, desk: Desk, rng: Random, seed: int, figure: Figure) -> None:
    """Each server in turn, at each point in turn, the n-th time that it gets there."""
    servers = desk.stack.servers
    waiting: list[Server] = []  # those that will end at a point

    async def kills(first: int, last: int) -> None:
        for number in range(first, last):
            server = servers[number % len(servers)]
            if server in waiting:
                await ended(server)
            else:
                await asyncio.to_thread(server.kill)  # this one at no point in particular
                waiting.append(server)
            server.launch(FAIL_AT=f"{POINTS[number % len(POINTS)]}:{rng.randrange(1, 40)}")
        while waiting:
            await ended(waiting[0])
            await asyncio.to_thread(waiting.pop(0).start)

    try:
        run(people, times, desk, rng, seed, figure, kills)
    finally:
        for server in waiting:  # where it failed: the next test should not die of that
            server.kill()


@pytest.mark.parametrize(("people", "times"), OTHER)
def test_postgresql_dies(people: int, times: int, desk: Desk, rng: Random, seed: int, figure: Figure) -> None:
    if desk.stack.database is None:
        pytest.skip("SQLite has no process; another's PostgreSQL is not ours to kill")
    run(people, times, desk, rng, seed, figure, again_and_again(desk.stack.database, rng))


def test_postgresql_is_away(desk: Desk, rng: Random, seed: int, figure: Figure) -> None:
    """Longer than anything waits for it: what waits must not wait as long again once it is back."""
    if (database := desk.stack.database) is None:
        pytest.skip("SQLite has no process; another's PostgreSQL is not ours to kill")

    async def away(_first: int, _last: int) -> None:
        await asyncio.to_thread(database.kill)
        await asyncio.sleep(AWAY)
        await asyncio.to_thread(database.start)

    run(ROOMS[0][0], 1, desk, rng, seed, figure, away)


@pytest.mark.parametrize(("people", "times"), OTHER)
def test_valkey_dies(people: int, times: int, desk: Desk, rng: Random, seed: int, figure: Figure) -> None:
    if desk.stack.layer is None:
        pytest.skip("one process has no layer; another's Valkey is not ours to kill")
    run(people, times, desk, rng, seed, figure, again_and_again(desk.stack.layer, rng))


def test_valkey_is_away(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    """It brings hints sooner and counts failed sign-ins: all goes on without, the draft's lamps and doors too."""
    if (layer := desk.stack.layer) is None:
        pytest.skip("one process has no layer; another's Valkey is not ours to kill")
    desk.must("start")
    desk.to("draft")
    element = desk.newest("id", "elements_element")
    draft, version, body = desk.sql("SELECT id, version, body FROM drafting_draft ORDER BY id DESC LIMIT 1")[0]
    words = {"version": version, "start": 0, "end": len(body.split()[0])}
    ada.must("tag-draft", draft=draft, element=element, **words)  # a lamp to work out
    layer.kill()
    try:
        for wire in everywhere(desk, wires, view="screen"):
            settled(wire)  # it is drawn, with the lamp
        desks = [settled(wire) for wire in everywhere(desk, wires)]
        ada.must("rename-me", name="Adele")
        for wire in desks:
            wire.until(lambda message: "Adele" in message.get("html", ""))
        stranger = Person(desk.stack)
        stranger.http.get("/accounts/sign-in/")
        refused = stranger.post("/accounts/sign-in/", {"email": "dana@example.org", "password": "a guess"})
        assert (refused.status_code, "belong together" in refused.text) == (200, True)
    finally:
        layer.start()


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
    people: int,
    times: int,
    desk: Desk,
    rng: Random,
    seed: int,
    figure: Figure,
    kills: Callable[[int, int], Awaitable[None]],
) -> None:
    """Phones send all the while. After the kills all show the same, and the database has what they were told."""

    async def meeting() -> None:
        back, agreed = [0.0], [0.0]
        within = HEALED_WITHIN if people <= 100 else FOR_MANY
        async with a_room(desk, people, rng) as room:
            for first in range(0, times, AT_ONCE):
                over = asyncio.Event()
                async with asyncio.timeout(None) as finishing, asyncio.TaskGroup() as group:
                    group.create_task(room.keep_pressing(over.is_set, seed + first))
                    await kills(first, min(first + AT_ONCE, times))
                    back.append(await room.all_back(within))
                    over.set()
                    room.wake()
                    finishing.reschedule(asyncio.get_running_loop().time() + within)
                agreed.append(await room.agreed(within))
                await asyncio.to_thread(room.check_database)
            figure("phones, kills", f"{people}, {times}")
            figure("commands acknowledged, none lost or doubled", sum(phone.model.acked for phone in room.phones))
            for way in ("socket", "post", "again"):
                figure(f"… {way}", sum(phone.by[way] for phone in room.phones))
            figure("all phones are answered again after, s", max(back))
            figure("all phones agree after, s", max(agreed))

    asyncio.run(meeting())
