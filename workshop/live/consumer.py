"""The one consumer: a plain receive loop over an ASGI socket.

Channels' own dispatch would make a thread hop and a task for every event, so the hot path goes without it.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import parse_cookie
from django.utils.translation import get_supported_language_variant

from .direct import EXTENSION
from .frames import encode
from .gathering import Gathering
from .hub import Hub
from .pictures import NOT_ALLOWED
from .reading import Unreadable, read_command, read_frame
from .sockets import SERVER_ERROR, Audience, Direct, Socket

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

SILENCE = 60  # seconds without a ping before a socket counts as gone
MAX_UNREADABLE = 20
IN_A_ROW = 16  # frames that are read before others have their turn: what came at one time is there at one time

LAST_WORD = 5.0  # seconds that a close may wait for a browser that reads nothing

NOT_FOUND, UNREADABLE, SILENT = 4404, 4400, 1001


class Consumer:
    """Serves /<view>/<public id>/live. `identify` says who of several may watch; it runs in a thread."""

    def __init__(
        self,
        hub: Hub,
        identify: Callable[[Sequence[tuple[UUID, Any, dict[str, str]]]], Sequence[Any]],
        is_ours: Callable[[str], bool],
    ) -> None:
        self.hub = hub
        self.coming = Gathering(hub, identify)
        self.is_ours = is_ours

    async def __call__(self, scope: Scope, receive: Receive, send: Send, *, view: str, public_id: UUID) -> None:
        await receive()  # websocket.connect
        if opened := await self._open(scope, send, view, public_id):
            await self._serve(receive, send, *opened, scope.get("extensions", {}).get(EXTENSION))

    async def _open(self, scope: Scope, send: Send, view: str, public_id: UUID) -> tuple[Any, Audience] | None:
        """Who watches, and as whom; None where nobody may. Apart, so that its headers are not kept as long as it is."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not self._same_origin(headers, scope):
            await send({"type": "websocket.close", "code": NOT_ALLOWED})
            return None
        watcher = await self.coming.ask((public_id, view, parse_cookie(headers.get("cookie", ""))))
        await send({"type": "websocket.accept"})
        if watcher is None:
            await send({"type": "websocket.close", "code": NOT_ALLOWED})
            return None
        return watcher, Audience(view, _language(headers))

    async def _serve(
        self, receive: Receive, send: Send, watcher: Any, audience: Audience, direct: Direct | None
    ) -> None:
        async def send_text(text: str) -> None:
            await send({"type": "websocket.send", "text": text})

        unheard = False

        async def close(code: int) -> None:
            nonlocal unheard
            if unheard:
                return
            try:
                await asyncio.wait_for(send({"type": "websocket.close", "code": code}), LAST_WORD)
            except Exception:
                # Nobody reads it, or the socket is gone. What the hub has forgotten must not go on being answered.
                unheard = True
                end_now(silence)

        loop = asyncio.get_running_loop()
        silence = asyncio.timeout(SILENCE)
        socket = Socket(watcher, audience, send_text, close, direct)
        self.hub.add(socket)
        writing = None if direct else loop.create_task(socket.write())
        unreadable = came = 0
        try:
            async with silence:
                if writing:
                    writing.add_done_callback(lambda _task: end_now(silence))
                while True:
                    event = await receive()
                    came += 1
                    if not came % IN_A_ROW:
                        await asyncio.sleep(0)
                    if (now := loop.time()) < (silence.when() or 0):  # it is not to end now: see end_now
                        silence.reschedule(now + SILENCE)
                    if event["type"] == "websocket.disconnect":
                        return
                    try:
                        await self._read(socket, read_frame(event.get("text")))
                    except Unreadable:
                        unreadable += 1
                        socket.put_answer(encode({"t": "unreadable"}))
                        if unreadable > MAX_UNREADABLE:
                            await close(UNREADABLE)
                            return
        except TimeoutError:
            await close(SILENT)
        except Exception:
            log.exception("What a browser sent could not be answered")
            await close(SERVER_ERROR)  # it comes back after a random while, and says what it has
        finally:
            self.hub.discard(socket)
            if writing:
                writing.cancel()

    async def _read(self, socket: Socket, message: dict[str, Any]) -> None:
        match message:
            case {"t": "hello", "have": dict(have)}:
                self.hub.hello(socket, {name: hash_ for name, hash_ in have.items() if isinstance(hash_, str)})
            case {"t": "ping", "at": int() | float()}:
                pong = {"t": "pong", "at": message["at"], "now": round(time.time() * 1000)}
                socket.put("pong", encode(pong))
            case {"t": "draft", "draft": int(), "version": int()}:
                if not await self.hub.drafts.watch(socket, message):
                    raise Unreadable("no such draft")
            case {"t": "push", "draft": int(draft)} if draft == socket.draft:
                self.hub.drafts.push(socket, draft, message)
            case {"t": "caret", "draft": int(draft)} if draft == socket.draft:
                await self.hub.drafts.tell_caret(socket, message)
            case {"t": "do"} if socket.audience.view == "phone":
                self.hub.taking.ask(socket, read_command(message))
            case _:
                raise Unreadable("unknown type")

    def _same_origin(self, headers: dict[str, str], scope: Scope) -> bool:
        """Exactly our own pages: the Origin is scheme, host and port of this request, and the host is ours."""
        host = headers.get("host", "")
        try:
            origin = urlsplit(headers.get("origin", ""))
        except ValueError:
            return False
        scheme = "https" if scope.get("scheme") == "wss" else "http"
        return (origin.scheme, origin.netloc) == (scheme, host) and self.is_ours(host)


def end_now(silence: asyncio.Timeout) -> None:
    """Where nothing can be written any more, there is no use in reading."""
    with contextlib.suppress(RuntimeError):  # it is over already
        silence.reschedule(asyncio.get_running_loop().time())


def _language(headers: dict[str, str]) -> str:
    for part in headers.get("accept-language", "").split(",")[:10]:
        with contextlib.suppress(LookupError):
            return get_supported_language_variant(part.split(";")[0].strip().lower())
    return "en"
