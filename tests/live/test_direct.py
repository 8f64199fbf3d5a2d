"""Writing without waiting, on uvicorn itself: how much waits for a browser that does not read, and for how long."""

import asyncio
import socket as network
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvicorn

from workshop.live import direct
from workshop.live.direct import EXTENSION, FULL, KERNEL_BUFFER, DirectProtocol
from workshop.live.frames import Frame
from workshop.live.sockets import Audience, Socket

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
PANEL = "x" * 10_000


class Served:
    """One browser on a real server, with the socket that the hub would write to. It reads when it is told to."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.socket: Socket
        self.direct: DirectProtocol

    async def app(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})

        async def nothing(_what: Any) -> None:
            raise AssertionError("not by waiting")

        self.direct = scope["extensions"][EXTENSION]
        self.socket = Socket(None, Audience("phone", "en"), nothing, nothing, self.direct)
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self.ended.set()


def with_browser(test: Callable[[Served, network.socket], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        served = Served()
        config = uvicorn.Config(
            served.app,
            ws=DirectProtocol,
            lifespan="off",
            interface="asgi3",
            log_config=None,
            ws_per_message_deflate=False,
        )
        server = uvicorn.Server(config)
        listener = network.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        browser = network.socket()
        browser.setsockopt(network.SOL_SOCKET, network.SO_RCVBUF, 4096)
        browser.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_connect(browser, listener.getsockname())
            await loop.sock_sendall(browser, HANDSHAKE)
            assert b"101" in await loop.sock_recv(browser, 4096)
            await asyncio.wait_for(test(served, browser), 20)
        finally:
            browser.close()
            server.should_exit = True
            await serving

    asyncio.run(run())


async def read(browser: network.socket, until: Callable[[bytes], bool]) -> bytes:
    loop, got = asyncio.get_running_loop(), b""
    while not until(got):
        chunk = await loop.sock_recv(browser, 1 << 16)
        assert chunk, "the connection was dropped"
        got += chunk
    return got


async def fill(served: Served) -> int:
    """Write panels until the browser is behind; how many went."""
    number = 0
    while not served.direct.is_full:
        served.socket.put("stage", Frame(f"{number:06}{PANEL}"))
        number += 1
        await asyncio.sleep(0)
        assert number < 100
    return number


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_a_frame_of_any_size_arrives_as_it_was(size: int) -> None:
    async def test(served: Served, browser: network.socket) -> None:
        text = "ä" * (size // 2) + "x" * (size % 2)
        served.socket.put("stage", Frame(text))
        head = 2 if size < 126 else 4 if size < 65_536 else 10
        got = await read(browser, lambda got: len(got) >= head + size)
        assert (got[0], got[head:].decode()) == (0x81, text)

    with_browser(test)


def test_for_a_browser_that_does_not_read_little_waits_and_then_comes_the_newest() -> None:
    async def test(served: Served, browser: network.socket) -> None:
        sent = await fill(served)
        assert sent * len(PANEL) < FULL + 2 * KERNEL_BUFFER + 3 * len(PANEL)
        for number in range(sent, 5_000):
            served.socket.put("stage", Frame(f"{number:06}{PANEL}"))
            served.socket.put("bar", Frame(f"bar{number:06}"))
        assert len(served.socket.outbox) == 2
        assert served.direct.transport.get_write_buffer_size() < FULL + 2 * len(PANEL)
        got = await read(browser, lambda got: b"bar004999" in got)
        assert b"004999xxx" in got
        assert f"{sent:06}x".encode() not in got  # what was old by then
        assert not served.direct.is_full
        served.socket.put("stage", Frame("again"))
        await read(browser, lambda got: b"again" in got)

    with_browser(test)


def test_who_reads_nothing_for_too_long_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "WRITE_DEADLINE", 0.3)

    async def test(served: Served, browser: network.socket) -> None:
        await fill(served)
        await asyncio.wait_for(served.ended.wait(), 5)
        assert served.direct.transport.get_write_buffer_size() == 0
        served.socket.put("stage", Frame("to nobody"))  # and nothing comes of that

    with_browser(test)


def test_who_reads_again_in_time_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "WRITE_DEADLINE", 1.0)

    async def test(served: Served, browser: network.socket) -> None:
        for _turn in range(3):
            await fill(served)
            await asyncio.sleep(0.5)
            served.socket.put("stage", Frame("marker"))
            await read(browser, lambda got: b"marker" in got)
        assert not served.ended.is_set()

    with_browser(test)
