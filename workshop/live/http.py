"""HTTP: Django as WSGI in a small pool of threads, and static files without it.

Django's synchronous views under ASGI would take a thread a request; a bounded pool holds more writes a second. Static
files need none at all: they are small and in the page cache, so they are read where they are sent.
"""

from typing import Any, cast
from wsgiref.headers import Headers

from a2wsgi.wsgi import WSGIMiddleware, WSGIResponder
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from servestatic import ServeStaticASGI

WORKERS = 8
UNBOUNDED = 0
OPEN_FILE = "http.response.zerocopysend"  # what is sent is an open file, and which part of it


async def http(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"].startswith(settings.STATIC_URL):
        await _files({**scope, "extensions": {OPEN_FILE: {}}}, receive, _reading_files(send))
    else:
        await _site(scope, receive, send)


class Responder(WSGIResponder):
    """Its thread goes on at once; else it would wait for the loop to take note of each of three parts."""

    def send(self, message: Any) -> None:
        self.loop.call_soon_threadsafe(self.send_queue.put_nowait, message)


class Pool(WSGIMiddleware):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await Responder(self.app, self.executor, UNBOUNDED)(scope, receive, send)


def _harden(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def _reading_files(send: Any) -> Any:
    async def send_read(event: dict[str, Any]) -> None:
        if event["type"] == OPEN_FILE:
            event["file"].seek(event["offset"])
            event = {"type": "http.response.body", "body": event["file"].read(event.get("count", -1))}
        await send(event)

    return send_read


_site = Pool(cast(Any, get_wsgi_application()), WORKERS)
_files = ServeStaticASGI(_site, settings.STATIC_ROOT, settings.STATIC_URL, add_headers_function=_harden)
