"""HTTP: Django as WSGI in a small pool of threads, static files without it.

Django's synchronous views under ASGI would take a thread a request; a bounded pool holds more writes a second.
"""

import asyncio
import contextvars
import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from a2wsgi.wsgi import build_environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from .files import Files

WORKERS = 8
ALIVE = "/healthz"

Event = dict[str, Any]


async def say_alive(send: Any) -> None:
    """The process answers. Where all threads wait for the database this waits for none of them."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


class Pool:
    """A WSGI application as an ASGI one. What a request brings has been read before (bodies.py), and each answer is
    handed over whole: so a thread and the loop meet twice, and not for each part.
    """

    def __init__(self, app: Any, workers: int) -> None:
        self.app = app
        self.workers = workers
        self.threads = ThreadPoolExecutor(workers, thread_name_prefix="WSGI")
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive()).get("body", b"")
        environ = build_environ(scope, cast(Any, io.BytesIO(body)))
        run = contextvars.copy_context().run  # what one request leaves behind in it, the thread's next does not find
        self.asked += 1
        try:
            answer = asyncio.wrap_future(self.threads.submit(run, self._answer, environ))
            if self.asked > self.workers and await _gave_up(answer, receive):
                return
            for event in await answer:
                await send(event)
        finally:
            self.asked -= 1

    def _answer(self, environ: Any) -> list[Event]:
        heads: list[Event] = []

        def start(status: str, headers: Iterable[tuple[str, str]], _exc_info: Any = None) -> None:
            named = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            heads.append({"type": "http.response.start", "status": int(status[:3]), "headers": named})

        parts = self.app(environ, start)
        try:
            body = b"".join(parts)
        finally:
            parts.close()
        return [heads[-1], {"type": "http.response.body", "body": body}]


async def _gave_up(answer: asyncio.Future[Any], receive: Any) -> bool:
    """Whether its browser went before a thread was free for it.

    Nobody waits for such an answer, and whoever asked has asked again: a server that has more to do than it can would
    never get to what somebody does wait for.
    """
    gone = asyncio.ensure_future(receive())
    try:
        await asyncio.wait((gone, answer), return_when=asyncio.FIRST_COMPLETED)
        return gone.done() and gone.result()["type"] == "http.disconnect" and answer.cancel()
    finally:
        gone.cancel()


site = Pool(get_wsgi_application(), WORKERS)
files = Files(site, settings.STATIC_ROOT, settings.STATIC_URL)
