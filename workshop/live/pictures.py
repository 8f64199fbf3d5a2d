"""Meetings that have changed are drawn once for each audience, and every socket is given what it does not have."""

import asyncio
import logging
import time
from typing import Any

from .engine import Engine
from .frames import Frame, encode, panel_frame
from .room import Picture
from .sockets import Audience, Socket

log = logging.getLogger(__name__)

MOST_REST = 0.1  # seconds that a meeting rests between two drawings, unless drawing it was quicker
SOCKETS_AT_A_TIME = 256  # written to before others on the loop have their turn
NOT_ALLOWED = 4403


class Pictures:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.drawn: dict[int, int] = {}  # meeting → revision of what its sockets were given last
        self.marked: set[int] = set()
        self.drawing: set[int] = set()

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

    async def _show(self, session_id: int) -> None:
        try:
            began = time.monotonic()
            if await self._draw_and_give(session_id):
                # Whoever makes a meeting change without end leaves time for the others.
                await asyncio.sleep(min(MOST_REST, 2 * (time.monotonic() - began)))
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
        if session_id in self.engine.sockets:
            self.drawn[session_id] = picture.revision
        frames: dict[tuple[Audience, str], Frame] = {}
        given = []
        for number, socket in enumerate(sockets, 1):
            if socket.watcher in picture.gone:
                self.engine.discard(socket)
                self.engine.spawn(socket.close(NOT_ALLOWED))
            elif socket.has is not None:
                give_panels(socket, picture, frames)
                given.append(socket)
            if number % SOCKETS_AT_A_TIME == 0:
                await asyncio.sleep(0)
        self.engine.observe("fan_out_seconds", time.monotonic() - drawn)
        await self._give_mine(session_id, given)
        return True

    async def _give_mine(self, session_id: int, sockets: list[Socket]) -> None:
        """Afterwards, so that nobody waits for what is everyone's own before they see what is for all."""
        assert self.engine.room is not None
        people = {pk for socket in sockets if (pk := socket.watcher.participant_id) is not None}
        if not people:
            return
        mine = await self.engine.in_thread(self.engine.room.mine, session_id, people)
        for number, socket in enumerate(sockets, 1):
            give_mine(socket, mine)
            if number % SOCKETS_AT_A_TIME == 0:
                await asyncio.sleep(0)


def give_panels(socket: Socket, picture: Picture, frames: dict[tuple[Audience, str], Frame]) -> None:
    """Put those that this socket lacks on their way. `frames`: made so far, for others to whom the same goes."""
    if socket.has is None:
        return
    for name, panel in picture.panels[socket.audience].items():
        if socket.has.get(name) != panel.hash:
            key = (socket.audience, name)
            if key not in frames:
                frames[key] = panel_frame(name, panel.html, panel.hash, picture.revision)
            socket.has[name] = panel.hash
            socket.put(name, frames[key])


def give_mine(socket: Socket, mine: dict[int, dict[str, Any]]) -> None:
    own = mine.get(socket.watcher.participant_id)
    if own is not None and (socket.mine is None or differs(own, socket.mine)):
        socket.mine = own
        socket.put("mine", encode({"t": "mine", "mine": own}))


def differs(mine: dict[str, Any], given: dict[str, Any]) -> bool:
    """In anything but the revision, which every change of the meeting raises for everyone."""
    return any(value != given.get(name) for name, value in mine.items() if name != "revision")
