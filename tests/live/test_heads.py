"""Heads of requests that never end, on real servers."""

import socket
import time
from contextlib import suppress

import httpx
import pytest

from tests.servers import Stack
from workshop.live import heads

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
