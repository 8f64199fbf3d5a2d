"""What waits for a thread is given up once its browser has gone: a server that is behind gets to what is waited for."""

import asyncio
import io
import threading
from typing import Any

from workshop.live.http import Pool


async def ask(pool: Pool, path: str, gone: asyncio.Event) -> list[int]:
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
    await pool(scope | {"query_string": b"", "server": ("127.0.0.1", 80), "client": None}, receive, send)
    return statuses


def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    free = threading.Event()
    done: list[str] = []

    def app(environ: dict[str, Any], start: Any) -> io.BytesIO:
        if environ["PATH_INFO"] == "/slow":
            free.wait(10)
        done.append(environ["PATH_INFO"])
        start("200 OK", [])
        return io.BytesIO(b"done")

    async def three_come() -> None:
        pool, stays, goes = Pool(app, 1), asyncio.Event(), asyncio.Event()
        slow = asyncio.create_task(ask(pool, "/slow", stays))
        left = asyncio.create_task(ask(pool, "/left", goes))
        waits = asyncio.create_task(ask(pool, "/waits", stays))
        await asyncio.sleep(0)
        goes.set()
        async with asyncio.timeout(10):
            assert await left == []
            free.set()
            assert (await slow, await waits) == ([200], [200])

    asyncio.run(three_come())
    assert done == ["/slow", "/waits"]
