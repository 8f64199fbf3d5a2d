"""Whoever sends half a request takes no thread from the others."""

import asyncio
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.servers import Stack
from workshop.live import bodies
from workshop.live.http import WORKERS

PART = {"type": "http.request", "body": b"half", "more_body": True}
CHUNKED = ((b"transfer-encoding", b"chunked"),)
REST = {"type": "http.request", "body": b" and half", "more_body": False}


def answered(
    *events: dict[str, Any], head: int = 0, how: Sequence[tuple[bytes, bytes]] = CHUNKED
) -> tuple[list[Any], list[int]]:
    """What an application gets to read of these, and the statuses that are answered in its place."""
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    got: list[Any] = []
    statuses: list[int] = []

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        got.extend([await receive(), await receive()])

    async def send(event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            assert (b"connection", b"close") in event["headers"]
            statuses.append(event["status"])
        else:
            assert event["body"] == bodies.WHY[statuses[-1]].encode()

    for event in events:
        heard.put_nowait(event)
    scope = {"headers": [(b"x", b"y" * head), *how]}
    asyncio.run(asyncio.wait_for(bodies.with_whole_body(app, scope, heard.get, send), 5))
    return got, statuses


def test_a_body_is_read_as_a_whole_and_then_whether_the_browser_has_gone() -> None:
    gone = {"type": "http.disconnect"}
    assert answered(PART, REST, gone) == ([{**REST, "body": b"half and half"}, gone], [])
    assert answered(PART, gone) == ([], [])


def test_a_request_without_one_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.05)
    none, gone = {"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}
    assert answered(none, gone, how=()) == ([none, gone], [])


@pytest.mark.parametrize("how", [CHUNKED, ((b"content-length", b"9"),)], ids=["chunked", "of a length"])
def test_one_that_does_not_come_is_not_waited_for(
    how: Sequence[tuple[bytes, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.05)
    assert answered(PART, how=how) == ([], [408])


def test_one_that_never_ends_is_not_kept() -> None:
    large = {**PART, "body": b"x" * (bodies.MOST_BYTES // 2)}
    assert answered(large, large, PART) == ([], [413])


def test_a_head_that_is_larger_than_any_of_ours_is_not_looked_at() -> None:
    assert answered(REST, head=bodies.MOST_OF_HEAD) == ([], [431])
    assert answered(REST, {"type": "http.disconnect"}, head=bodies.MOST_OF_HEAD // 2)[1] == []


@pytest.mark.live
def test_whoever_sends_too_much_reads_what_to_do(stack: Stack) -> None:
    refused = httpx.post(f"{stack.base_url}/", content=b"x" * (bodies.MOST_BYTES + 1))
    assert (refused.status_code, refused.text) == (413, bodies.WHY[413])
    assert refused.headers["content-type"].startswith("text/plain")


@pytest.mark.live
def test_half_requests_hold_nobody_up(stack: Stack) -> None:
    half = b"POST /accounts/sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
    half += b"Content-Type: application/x-www-form-urlencoded\r\n\r\nemail="
    with ExitStack() as opened:
        for _phone in range(3 * WORKERS):
            phone = opened.enter_context(socket.create_connection(("127.0.0.1", stack.server.port)))
            phone.sendall(half)
        time.sleep(0.5)
        assert httpx.get(f"{stack.base_url}/readyz", timeout=10).status_code == 200
