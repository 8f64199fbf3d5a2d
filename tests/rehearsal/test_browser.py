"""How long a simulated colleague waits for the answer to a command by socket, against a socket that is slow."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest
from websockets.asyncio.server import ServerConnection, serve

from workshop.rehearsal.address import Address
from workshop.rehearsal.colleagues import browser
from workshop.rehearsal.colleagues.browser import Browser, Server

ANSWER = {"ok": True}


@asynccontextmanager
async def slow(*, answers_at: int, pongs: int) -> AsyncIterator[Browser]:
    """A phone on a socket that answers a command with the ping of this number, and so many pings with a pong."""
    pings = 0

    async def handle(connection: ServerConnection) -> None:
        nonlocal pings
        asked = {}
        async for frame in connection:
            message = json.loads(frame)
            if message["t"] == "do":
                asked = {"t": "answer", "client": message["client"], "seq": message["seq"], "answer": ANSWER}
            if message["t"] == "ping":
                pings += 1
                if pings <= pongs:
                    await connection.send(json.dumps({"t": "pong"}))
                if pings == answers_at:
                    await connection.send(json.dumps(asked))

    async with serve(handle, "127.0.0.1", 0) as server:
        origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        phone = Browser(Server(Address(origin, origin)), Random(1))
        phone.view, phone.public_id = "phone", "a-meeting"
        watching = asyncio.create_task(phone.watch())
        while phone.connection is None:  # noqa: ASYNC110  # nothing says that it opens
            await asyncio.sleep(0.01)
        yield phone
        watching.cancel()
        await phone.server.close()


@pytest.mark.parametrize(
    ("answers_at", "pongs", "answered"),
    [
        pytest.param(3, 3, True, id="it has more to do than it can"),
        pytest.param(3, 1, False, id="it is dead"),
        pytest.param(9, 9, False, id="it answers pings for ever"),
    ],
)
def test_a_socket_is_believed_while_it_answers_pings(
    answers_at: int, pongs: int, answered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By POST as well, a command would be twice the work for a server that is slow."""
    monkeypatch.setattr(browser, "ASK_SECONDS", 0.2)
    monkeypatch.setattr(browser, "MOST_ASKED", 6)

    async def test() -> dict[str, bool] | None:
        async with slow(answers_at=answers_at, pongs=pongs) as phone:
            return await asyncio.wait_for(phone.by_socket("add-card", 1, {}), 10)

    assert asyncio.run(test()) == (ANSWER if answered else None)
