"""What waits for a thread is given up once its browser has gone: a server that is behind gets to what is waited for."""

import asyncio
import io
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.live.a_hub import until
from workshop.live.http import Pool
from workshop.live.shared import Page, Shared

Application = Callable[[dict[str, Any], Any], io.BytesIO]


async def ask(site: Pool | Shared, path: str, gone: asyncio.Event) -> list[int]:
    """The statuses that were answered."""
    body = [{"type": "http.request", "body": b""}]
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        if body:
            return body.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            statuses.append(event["status"])

    scope = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path, "headers": []}
    await site(scope | {"query_string": b"", "server": ("127.0.0.1", 80), "client": None}, receive, send)
    return statuses


@pytest.fixture
def free() -> threading.Event:
    """Until then the application is busy with /slow."""
    return threading.Event()


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def app(free: threading.Event, done: list[str]) -> Application:
    def answer(environ: dict[str, Any], start: Any) -> io.BytesIO:
        if environ["PATH_INFO"] == "/slow":
            free.wait(10)
        done.append(environ["PATH_INFO"])
        start("200 OK", [])
        return io.BytesIO(b"done")

    return answer


def test_what_nobody_waits_for_any_more_is_not_begun(app: Application, free: threading.Event, done: list[str]) -> None:
    async def three_come() -> None:
        pool, stays, goes = Pool(app, 1), asyncio.Event(), asyncio.Event()
        slow = asyncio.create_task(ask(pool, "/slow", stays))
        left = asyncio.create_task(ask(pool, "/left", goes))
        waits = asyncio.create_task(ask(pool, "/waits", stays))
        await until(lambda: pool.asked == 3)
        goes.set()
        async with asyncio.timeout(10):
            assert await left == []
            free.set()
            assert (await slow, await waits) == ([200], [200])

    asyncio.run(three_come())
    assert done == ["/slow", "/waits"]


def test_a_page_for_several_waits_for_its_turn(
    app: Application, free: threading.Event, done: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """It is asked for in nobody's name, so nobody can give it up."""

    async def two_come() -> None:
        pool, stays = Pool(app, 1), asyncio.Event()
        pages = Shared(pool, [Page(re.compile("/page"), lambda _cookies: True)])
        slow = asyncio.create_task(ask(pool, "/slow", stays))
        page = asyncio.create_task(ask(pages, "/page", stays))
        await until(lambda: pool.asked == 2)
        free.set()
        async with asyncio.timeout(10):
            assert (await slow, await page) == ([200], [200])

    asyncio.run(two_come())
    assert done == ["/slow", "/page", "/page"]  # the application did not say that its answer may be shared
    assert not caplog.records
