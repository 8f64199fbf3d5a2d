"""The one entry: HTTP, sockets to the consumer, the hub with the server's life."""

import gc
import os
import re
from collections.abc import Mapping, Sequence
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workshop.settings")

from workshop.live.http import ALIVE, files, say_alive, site  # isort: skip  # first of all, since it sets Django up

from django.conf import settings

from workshop import metrics
from workshop.live.bodies import with_whole_body
from workshop.live.consumer import NOT_FOUND, Consumer, Receive, Scope, Send
from workshop.live.hub import hub
from workshop.live.shared import Page, Shared
from workshop.room.hosts import is_ours
from workshop.room.identity import has_nothing_here, has_what_pages_need, in_the_meeting, watchers_of
from workshop.room.show import Room
from workshop.room.taking import take

ID = r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
SOCKET = re.compile(rf"/(phone|desk|screen)/{ID}/live")

hub.room, hub.doors, hub.observe = Room(), take, metrics.observe
consumer = Consumer(hub, watchers_of, is_ours)


async def have_joined(page: re.Match[str], cookies: Sequence[Mapping[str, str]]) -> list[bool]:
    return await hub.in_thread(in_the_meeting, UUID(page[1]), cookies)


shared = Shared(
    site,
    [
        Page(re.compile(r"/j/[^/]+"), has_nothing_here),
        Page(re.compile(rf"/phone/{ID}/"), has_what_pages_need, have_joined),
    ],
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    match scope["type"]:
        case "http":
            if scope["path"] == ALIVE:
                await say_alive(send)
            elif scope["path"].startswith(settings.STATIC_URL):
                await files(scope, receive, send)
            else:
                await with_whole_body(shared, scope, receive, send)
        case "websocket":
            if found := SOCKET.fullmatch(scope["path"]):
                await consumer(scope, receive, send, view=found[1], public_id=UUID(found[2]))
            else:
                await receive()
                await send({"type": "websocket.close", "code": NOT_FOUND})
        case "lifespan":
            await receive()
            hub.start()
            gc.freeze()  # what is loaded by now stays: no need to look through it again and again
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
