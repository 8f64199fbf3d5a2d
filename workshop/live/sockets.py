"""One browser on a socket, and what waits for it. Nothing here grows with what a browser sends or does not read."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from .frames import encode

log = logging.getLogger(__name__)

MAX_WAITING_ROWS = 64  # beyond, the browser is told to say hello and gets the text, which is shorter

SERVER_ERROR = 1011


@dataclass(frozen=True)
class Audience:
    """Who gets the same bytes."""

    view: str
    language: str


@dataclass(eq=False)
class Socket:
    """Its outbox holds the newest frame of each panel: a slow phone skips what is old."""

    watcher: Any
    audience: Audience
    send: Callable[[str], Awaitable[None]]
    close: Callable[[int], Coroutine[Any, Any, None]]
    has: dict[str, str] | None = None  # panel → hash that the browser shows; None until it has said hello
    mine: str = ""
    draft: int | None = None
    draft_version: int = 0
    pushing: int = 0  # pushes to the draft that have come and are not decided on
    outbox: dict[str, str] = field(default_factory=dict)
    rows: list[str] = field(default_factory=list)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, key: str, frame: str) -> None:
        self.outbox.pop(key, None)  # to the end: mine comes after the panels that it belongs to
        self.outbox[key] = frame
        self.wake.set()

    def put_row(self, frame: str) -> None:
        """Something of the draft: these go in order, and none is left out."""
        if len(self.rows) >= MAX_WAITING_ROWS:
            self.rows.clear()
            frame = encode({"t": "behind", "draft": self.draft, "head": self.draft_version})
        self.rows.append(frame)
        self.wake.set()

    async def write(self) -> None:
        """Send what waits, until cancelled or until the browser is gone, of which the reader hears by itself."""
        try:
            while True:
                await self.wake.wait()
                self.wake.clear()
                while self.outbox or self.rows:
                    if self.rows:
                        frame = self.rows.pop(0)
                    else:
                        frame = self.outbox.pop(next(iter(self.outbox)))
                    await self.send(frame)
        except (OSError, RuntimeError):  # the connection is lost, or closed by us
            return
        except Exception:
            log.exception("A frame could not be sent")
            await self.close(SERVER_ERROR)  # better than a socket that is open and mute: the browser comes back
