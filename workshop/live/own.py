"""What is everyone's own: read after the panels, so that nobody waits for it before they see what is for all.

In a large meeting it is as much work as the panels are. While one panel follows the other it is therefore read at a
pace of its own; whoever sends a command gets what is theirs with the answer, and does not wait for this.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from .engine import Engine, taking_turns
from .frames import encode
from .sockets import Socket

log = logging.getLogger(__name__)

REST = 4  # times as long as it took: what is everyone's own has at most a fifth of the time
MOST_REST = 0.5  # seconds


class Own:
    """`failed` is called with a meeting of which it could not be read."""

    def __init__(self, engine: Engine, failed: Callable[[int], None]) -> None:
        self.engine = engine
        self.failed = failed
        self.marked: set[int] = set()
        self.giving: set[int] = set()

    def mark(self, session_id: int) -> None:
        self.marked.add(session_id)
        if session_id not in self.giving:
            self.giving.add(session_id)
            self.engine.spawn(self._give_while_marked(session_id))

    async def _give_while_marked(self, session_id: int) -> None:
        try:
            while session_id in self.marked:
                self.marked.discard(session_id)
                began = time.monotonic()
                if await self._give(session_id):
                    took = time.monotonic() - began
                    await asyncio.sleep(MOST_REST if self.engine.writing else min(MOST_REST, REST * took))
        except Exception:
            log.exception("What is everyone's own in meeting %s could not be read", session_id)
            self.failed(session_id)
        finally:
            self.giving.discard(session_id)

    async def _give(self, session_id: int) -> bool:
        assert self.engine.room is not None
        sockets = [socket for socket in self.engine.sockets.get(session_id, ()) if socket.has is not None]
        people = {pk for socket in sockets if (pk := socket.watcher.participant_id) is not None}
        if not people:
            return False
        mine = await self.engine.in_thread(self.engine.room.mine, session_id, people)
        async for socket in taking_turns(sockets):
            give_mine(socket, mine)
        return True


def give_mine(socket: Socket, mine: dict[int, dict[str, Any]]) -> None:
    own = mine.get(socket.watcher.participant_id)
    if own is not None and (socket.mine is None or differs(own, socket.mine)):
        socket.mine = own
        socket.put("mine", encode({"t": "mine", "mine": own}))


def differs(mine: dict[str, Any], given: dict[str, Any]) -> bool:
    """In anything but the revision, which every change of the meeting raises for everyone."""
    return any(value != given.get(name) for name, value in mine.items() if name != "revision")
