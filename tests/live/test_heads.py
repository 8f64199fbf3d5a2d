"""Heads of requests that never end, on real servers."""

import asyncio
import gc
import socket
import time
from contextlib import suppress
from typing import Any

import httpx
import pytest
import uvicorn
from websockets.asyncio.client import connect

from tests.live.a_hub import until
from tests.servers import Stack
from workshop.live import heads
from workshop.live.direct import DirectProtocol
from workshop.live.heads import BoundedProtocol

pytestmark = pytest.mark.live

HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: "


def test_a_head_without_end_is_cut(stack: Stack) -> None:
    with socket.create_connection(("127.0.0.1", stack.server.port), timeout=20) as sender:
        sender.sendall(HEAD)
        with pytest.raises(ConnectionError):
            sender.sendall(b"x" * 100 * heads.MOST_BYTES)
    assert httpx.get(f"{stack.base_url}/healthz").status_code == 200


@pytest.mark.slow
def test_half_a_head_is_not_waited_for(stack: Stack) -> None:
    with socket.create_connection(("127.0.0.1", stack.server.port), timeout=heads.PATIENCE + 20) as sender:
        sender.sendall(HEAD)
        began = time.monotonic()
        with suppress(ConnectionResetError):
            assert sender.recv(1) == b""
        assert heads.PATIENCE - 1 < time.monotonic() - began < heads.PATIENCE + 10


def test_a_connection_goes_on_after_a_request(stack: Stack) -> None:
    with httpx.Client(base_url=stack.base_url) as browser:
        assert [browser.get("/healthz").status_code for _time in range(3)] == [200] * 3
        assert browser.post("/csp-reports", content=b"x" * 5000).status_code == 204
        assert browser.get("/healthz").status_code == 200


def test_of_the_request_that_opened_a_socket_nothing_is_kept() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()

    def kept() -> list[Any]:
        return [one for one in gc.get_objects() if isinstance(one, BoundedProtocol)]

    async def test() -> None:
        config = uvicorn.Config(app, http=BoundedProtocol, ws=DirectProtocol, lifespan="off", log_level="error")
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            async with connect(f"ws://127.0.0.1:{listener.getsockname()[1]}/"):
                await until(lambda: not kept())
            server.should_exit = True
            await serving

    gc.collect()
    gc.disable()  # nothing is left for it to do, either
    try:
        asyncio.run(asyncio.wait_for(test(), 5))
    finally:
        gc.enable()
