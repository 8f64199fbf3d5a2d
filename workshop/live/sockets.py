"""One browser on a socket, and what waits for it. Nothing here grows with what a browser sends or does not read."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from .frames import Frame, encode

log = logging.getLogger(__name__)

MAX_WAITING_ROWS = 64  # beyond, the browser is told to say hello and gets the text, which is shorter
MAX_WAITING_ANSWERS = 16  # beyond, one is dropped: the browser asks again by POST, and gets the same
WRITE_DEADLINE = 30.0  # seconds in which a browser has to read something, once much waits for it

SERVER_ERROR = 1011


class Audience(NamedTuple):
    """Who gets the same bytes. A tuple, because it is looked up for every panel of every socket."""

    view: str
    language: str


@dataclass(frozen=True)
class Frames:
    """Several for one socket, by the place in its outbox where each waits if it has to."""

    by_key: Mapping[str, Frame]

    @cached_property
    def wire(self) -> bytes:
        return b"".join(frame.wire for frame in self.by_key.values())


class Direct(Protocol):
    """A connection that can be written to without waiting, where the server has such (direct.py)."""

    drained: Callable[[], None]
    """Called when there is room again after a `write` that was refused."""

    is_full: bool
    """Much waits for this browser: until it has read, `write` takes nothing."""

    def write(self, frame: bytes) -> bool:
        """Whether it was taken."""
        ...


@dataclass(eq=False)
class Socket:
    """What can't be written yet waits here: the newest frame of each panel, so that a slow phone skips what is old.

    With `direct` a frame is written at once, unless the browser is behind. Without it, a task of its own (`write`)
    sends one frame after the other.
    """

    watcher: Any
    """Has `session_id`; `participant_id` and `device_id` where it is a phone's, else None."""
    audience: Audience
    send: Callable[[str], Awaitable[None]]
    close: Callable[[int], Coroutine[Any, Any, None]]
    direct: Direct | None = None
    has: Mapping[str, str] | None = None  # panel → hash that the browser shows; None until it has said hello
    mine: dict[str, Any] | None = None  # that it was given last; None until it is being read
    draft: int | None = None
    draft_version: int = 0
    pushing: int = 0  # pushes to the draft that have come and are not decided on
    asking: int = 0  # commands that have come and are not answered
    outbox: dict[str, Frame] = field(default_factory=dict)
    rows: list[Frame] = field(default_factory=list)
    answers: list[Frame] = field(default_factory=list)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        if self.direct is not None:
            self.direct.drained = self.flush

    @property
    def waiting(self) -> int:
        """Frames that are not written yet."""
        return len(self.outbox) + len(self.rows) + len(self.answers)

    def put(self, key: str, frame: Frame) -> None:
        if self._written(frame):
            return
        self.outbox.pop(key, None)  # to the end: mine comes after the panels that it belongs to
        self.outbox[key] = frame
        self.wake.set()

    def put_all(self, frames: Frames) -> None:
        """As if each was put by itself, and written at once."""
        if self.direct is None or not self.direct.write(frames.wire):
            for key, frame in frames.by_key.items():
                self.put(key, frame)

    def put_row(self, frame: Frame) -> None:
        """Something of the draft: these go in order, and none is left out."""
        if self._written(frame):
            return
        if len(self.rows) >= MAX_WAITING_ROWS:
            self.rows.clear()
            frame = encode({"t": "behind", "draft": self.draft, "head": self.draft_version})
        self.rows.append(frame)
        self.wake.set()

    def put_answer(self, frame: Frame) -> bool:
        """Whether it goes. One that does not has to be asked for again."""
        if self._written(frame):
            return True
        if len(self.answers) >= MAX_WAITING_ANSWERS:
            return False
        self.answers.append(frame)
        self.wake.set()
        return True

    def _written(self, frame: Frame) -> bool:
        return self.direct is not None and self.direct.write(frame.wire)

    def flush(self) -> None:
        """There is room again: what waits goes, as far as it fits."""
        while self.direct is not None and not self.direct.is_full and (frame := self._next()):
            self.direct.write(frame.wire)

    def _next(self) -> Frame | None:
        if self.answers:
            return self.answers.pop(0)
        if self.rows:
            return self.rows.pop(0)
        if self.outbox:
            return self.outbox.pop(next(iter(self.outbox)))
        return None

    async def write(self) -> None:
        """Send what waits, until cancelled or until the browser is gone, of which the reader hears by itself."""
        try:
            while True:
                await self.wake.wait()
                self.wake.clear()
                while frame := self._next():
                    await asyncio.wait_for(self.send(frame.text), WRITE_DEADLINE)
        except TimeoutError:
            await self.close(SERVER_ERROR)
        except (OSError, RuntimeError):  # the connection is lost, or closed by us
            return
        except Exception:
            log.exception("A frame could not be sent")
            await self.close(SERVER_ERROR)  # better than a socket that is open and mute: the browser comes back
