"""HTTP: Django as WSGI in a small pool of threads, static files without it.

Django's synchronous views under ASGI would take a thread a request; a bounded pool holds more writes a second.
"""

from typing import Any, cast

from a2wsgi.wsgi import WSGIMiddleware, WSGIResponder
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from .files import Files

WORKERS = 8
UNBOUNDED = 0


class Responder(WSGIResponder):
    """Its thread goes on at once; else it would wait for the loop to take note of each of three parts."""

    def send(self, message: Any) -> None:
        self.loop.call_soon_threadsafe(self.send_queue.put_nowait, message)


class Pool(WSGIMiddleware):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await Responder(self.app, self.executor, UNBOUNDED)(scope, receive, send)


site = Pool(cast(Any, get_wsgi_application()), WORKERS)
files = Files(site, settings.STATIC_ROOT, settings.STATIC_URL)
