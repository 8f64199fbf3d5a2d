"""Whom the consumer lets open a socket, and what becomes of all when the server stops: without one."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.live.a_hub import Browser, Room, Watcher, until, with_hub
from workshop.live import consumer as consumers
from workshop.live.consumer import IN_A_ROW, NOT_ALLOWED, Consumer
from workshop.live.hub import RESTARTING, Hub


@pytest.mark.parametrize(
    ("origin", "opens"),
    [
        (b"http://ours:8000", True),
        (b"https://ours:8000", False),
        (b"http://ours", False),
        (b"http://ours:8001", False),
        (b"http://theirs:8000", False),
        (b"http://ours:8000.theirs", False),
        (b"null", False),
        (b"", False),
    ],
)
def test_a_socket_opens_for_pages_of_ours_alone(origin: bytes, opens: bool) -> None:
    async def test(hub: Hub, room: Room) -> None:
        heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        said: list[dict[str, Any]] = []

        async def say(event: dict[str, Any]) -> None:
            said.append(event)

        for event in ("websocket.connect", "websocket.disconnect"):
            heard.put_nowait({"type": event})
        scope = {"headers": [(b"host", b"ours:8000"), (b"origin", origin)], "scheme": "ws"}
        consumer = Consumer(hub, lambda coming: [Watcher() for _one in coming], lambda host: True)
        await consumer(scope, heard.get, say, view="phone", public_id=uuid.uuid4())
        assert said == [{"type": "websocket.accept"} if opens else {"type": "websocket.close", "code": NOT_ALLOWED}]

    with_hub(test)


SCOPE = {"headers": [(b"host", b"ours:8000"), (b"origin", b"http://ours:8000")], "scheme": "ws"}


def a_consumer(hub: Hub) -> Consumer:
    return Consumer(hub, lambda coming: [Watcher() for _one in coming], lambda host: True)


@pytest.mark.parametrize("flood", [False, True])
def test_a_close_that_nobody_reads_ends_the_socket_all_the_same(flood: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub has forgotten it by then: whoever was removed would be answered, and never told."""
    monkeypatch.setattr(consumers, "LAST_WORD", 0.05)
    monkeypatch.setattr(consumers, "IN_A_ROW", 1_000_000)  # a frame in each turn of the loop

    async def test(hub: Hub, room: Room) -> None:
        first = [{"type": "websocket.connect"}]

        async def hear() -> dict[str, Any]:
            if first:
                return first.pop()
            await (asyncio.sleep(0) if flood else asyncio.Future())
            return {"type": "websocket.receive", "text": '{"t":"ping","at":1}'}

        async def say(event: dict[str, Any]) -> None:
            if event["type"] == "websocket.close":
                await asyncio.Future()

        serving = asyncio.create_task(a_consumer(hub)(SCOPE, hear, say, view="phone", public_id=uuid.uuid4()))
        await until(hub.everyone)
        (socket,) = hub.everyone()
        hub.discard(socket)
        await socket.close(NOT_ALLOWED)
        await asyncio.wait_for(serving, 2)

    with_hub(test)


def test_between_frames_that_came_at_one_time_others_have_their_turn() -> None:
    async def test(hub: Hub, room: Room) -> None:
        heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        ping = {"type": "websocket.receive", "text": '{"t":"ping","at":1}'}
        for event in ({"type": "websocket.connect"}, *[ping] * 1_000, {"type": "websocket.disconnect"}):
            heard.put_nowait(event)
        turns = 0

        async def take_turns() -> None:
            nonlocal turns
            while heard.qsize():
                turns += 1
                await asyncio.sleep(0)

        async def say(event: dict[str, Any]) -> None:
            pass

        serving = a_consumer(hub)(SCOPE, heard.get, say, view="phone", public_id=uuid.uuid4())
        await asyncio.gather(serving, take_turns())
        assert turns >= 1_000 // IN_A_ROW

    with_hub(test)


def test_a_server_that_stops_says_so_to_every_socket() -> None:
    async def test(hub: Hub, room: Room) -> None:
        browsers = [Browser.at(hub) for _number in range(3)]
        await until(lambda: all(browser.socket.outbox for browser in browsers))
        await hub.stop()
        assert [browser.closed for browser in browsers] == [[RESTARTING]] * 3

    with_hub(test)
