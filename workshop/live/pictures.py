"""Meetings that have changed are drawn once for each audience, and every socket is given what it does not have."""

import asyncio
import logging
import time

from .engine import Engine, taking_turns
from .frames import Frame, panel_frame
from .own import Own
from .room import Picture
from .sockets import Audience, Socket

log = logging.getLogger(__name__)

Frames = dict[tuple[Audience, str], Frame]  # by panel, made for the first who gets it

MOST_REST = 0.1  # seconds that a meeting rests between two drawings, unless drawing it was quicker
NOT_ALLOWED = 4403


class Pictures:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.drawn: dict[int, int] = {}  # meeting → revision of what its sockets were given last
        self.last: dict[int, tuple[Picture, Frames]] = {}  # meeting → that, for those who come
        self.marked: set[int] = set()
        self.drawing: set[int] = set()
        self.own = Own(engine, self.forget)

    def mark(self, session_id: int) -> None:
        if session_id in self.engine.sockets:
            self.marked.add(session_id)
            self.engine.work.set()

    def draw_marked(self) -> None:
        """One that is being drawn stays marked until that is done."""
        sessions, self.marked = self.marked - self.drawing, self.marked & self.drawing
        for session_id in sessions:
            self.drawing.add(session_id)
            self.engine.spawn(self._show(session_id))

    def forget(self, session_id: int) -> None:
        self.drawn.pop(session_id, None)
        self.last.pop(session_id, None)

    def show_last(self, socket: Socket) -> bool:
        """What all others show goes to one more; what has changed since comes to them all.

        False: not drawn for it, or its page shows something else, which may be newer and would not give way.
        """
        picture, frames = self.last.get(socket.watcher.session_id, (None, {}))
        if picture is None or socket.has is None or socket.audience not in picture.panels:
            return False
        if any(
            socket.has.get(name, panel.hash) != panel.hash for name, panel in picture.panels[socket.audience].items()
        ):
            return False
        give_panels(socket, picture, frames)
        self.own.greet(socket.watcher.session_id)
        return True

    async def _show(self, session_id: int) -> None:
        try:
            began = time.monotonic()
            if await self._draw_and_give(session_id):
                # Whoever makes a meeting change without end leaves time for the others.
                took = time.monotonic() - began
                await asyncio.sleep(MOST_REST if self.engine.writing else min(MOST_REST, 2 * took))
        except Exception:
            log.exception("Meeting %s could not be drawn", session_id)
            self.forget(session_id)  # so that the next look tries again
        finally:
            self.drawing.discard(session_id)
            if session_id in self.marked:
                self.engine.work.set()

    async def _draw_and_give(self, session_id: int) -> bool:
        assert self.engine.room is not None
        sockets = list(self.engine.sockets.get(session_id, ()))
        if not sockets:
            return False
        audiences = {socket.audience for socket in sockets}
        watchers = {socket.watcher for socket in sockets}
        picture = await self.engine.in_thread(self.engine.room.draw, session_id, audiences, watchers)
        drawn = time.monotonic()
        frames: Frames = {}
        if session_id in self.engine.sockets:
            self.drawn[session_id] = picture.revision
            self.last[session_id] = picture, frames
        # Those who came meanwhile, too: they have been shown the picture before this one.
        async for socket in taking_turns(list(self.engine.sockets.get(session_id, ()))):
            if socket.watcher in picture.gone:
                self.engine.discard(socket)
                self.engine.spawn(socket.close(NOT_ALLOWED))
            else:
                give_panels(socket, picture, frames)
        self.engine.observe("fan_out_seconds", time.monotonic() - drawn)
        self.own.mark(session_id)
        return True


def give_panels(socket: Socket, picture: Picture, frames: Frames) -> None:
    """Put those that this socket lacks on their way."""
    if socket.has is None:
        return
    for name, panel in picture.panels.get(socket.audience, {}).items():
        if socket.has.get(name) != panel.hash:
            key = (socket.audience, name)
            if key not in frames:
                frames[key] = panel_frame(name, panel.html, panel.hash, picture.revision)
            socket.has[name] = panel.hash
            socket.put(name, frames[key])
