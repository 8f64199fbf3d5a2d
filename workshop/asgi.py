"""The one entry: HTTP as WSGI in a small pool of threads, sockets to the consumer, the hub with the server's life.

Django's synchronous views under ASGI would take a thread a request; a bounded pool holds more writes a second. Static
files need none at all: they are small and in the page cache, so they are read where they are sent.
"""

import os
import re
from typing import Any, cast
from uuid import UUID
from wsgiref.headers import Headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workshop.settings")

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from servestatic import ServeStaticASGI


def harden(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


http = WSGIMiddleware(cast(Any, get_wsgi_application()), workers=8)
static = ServeStaticASGI(http, settings.STATIC_ROOT, settings.STATIC_URL, add_headers_function=harden)

from workshop import metrics  # noqa: E402
from workshop.live.consumer import NOT_FOUND, Consumer, Receive, Scope, Send  # noqa: E402
from workshop.live.hub import hub  # noqa: E402
from workshop.room.hosts import is_ours  # noqa: E402
from workshop.room.identity import watcher_of  # noqa: E402
from workshop.room.show import Room  # noqa: E402
from workshop.room.taking import take  # noqa: E402

OPEN_FILE = "http.response.zerocopysend"  # what is sent is an open file, and what of it
SOCKET = re.compile(r"/(phone|desk|screen)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/live")

hub.room, hub.doors, hub.observe = Room(), take, metrics.observe
consumer = Consumer(hub, watcher_of, is_ours)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    match scope["type"]:
        case "http" if scope["path"].startswith(settings.STATIC_URL):
            await static({**scope, "extensions": {OPEN_FILE: {}}}, receive, reading_files(send))
        case "http":
            await http(scope, receive, send)  # type: ignore[arg-type]
        case "websocket":
            if found := SOCKET.fullmatch(scope["path"]):
                await consumer(scope, receive, send, view=found[1], public_id=UUID(found[2]))
            else:
                await receive()
                await send({"type": "websocket.close", "code": NOT_FOUND})
        case "lifespan":
            await receive()
            hub.start()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})


def reading_files(send: Send) -> Send:
    async def send_read(event: dict[str, Any]) -> None:
        if event["type"] == OPEN_FILE:
            event["file"].seek(event["offset"])
            event = {"type": "http.response.body", "body": event["file"].read(event.get("count", -1))}
        await send(event)

    return send_read
