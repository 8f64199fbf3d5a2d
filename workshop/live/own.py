"""What is everyone's own: read after the panels, so that nobody waits for it before they see what is for all.

In a large meeting it is as much work as the panels are. While one panel follows the other it is therefore read at a
pace of its own; whoever sends a command gets what is theirs with the answer, and whoever comes has theirs at once.
Where a change touched the own of a few, as of whoever sent it, it is read for those of their pages that were not
answered, which can wait a little.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from .engine import Engine, in_turns
from .frames import encode
from .sockets import Socket

log = logging.getLogger(__name__)

REST = 4  # times as long as it took: what is everyone's own has at most a fifth of the time
MOST_REST = 0.5  # seconds
MOST_REST_OF_NEW = 0.2  # seconds; whoever comes meanwhile waits for that long at most
LATER = 3.0  # seconds until it is read for those whom a change touched, as far as no answer told them


class Turns:
    """One after the other for each meeting, with a rest between; asked for meanwhile, one more follows."""

    def __init__(
        self, engine: Engine, turn: Callable[[int], Coroutine[Any, Any, bool]], rest: Callable[[float], float]
    ) -> None:
        """`turn`: whether there was anything to do. `rest`: how long after one that took so many seconds."""
        self.engine, self.turn, self.rest = engine, turn, rest
        self.asked: set[int] = set()
        self.taken: set[int] = set()  # of these meetings, now

    def ask(self, session_id: int) -> None:
        self.asked.add(session_id)
        if session_id not in self.taken:
            self.taken.add(session_id)
            self.engine.spawn(self._take(session_id))

    async def _take(self, session_id: int) -> None:
        try:
            while session_id in self.asked:
                self.asked.discard(session_id)
                began = time.monotonic()
                if await self.turn(session_id):
                    await asyncio.sleep(self.rest(time.monotonic() - began))
        finally:
            self.taken.discard(session_id)


@dataclass
class Later:
    due: asyncio.TimerHandle
    touched: dict[int, int] = field(default_factory=dict)  # participant → the revision that they are to have
    anyone: bool = False  # it may touch others, too


class Own:
    """`failed` is called with a meeting of which it could not be read."""

    def __init__(self, engine: Engine, failed: Callable[[int], None]) -> None:
        self.engine = engine
        self.failed = failed
        self.of_all = Turns(engine, self._give, self._rest)
        self.of_new = Turns(engine, self._give_new, lambda took: min(MOST_REST_OF_NEW, REST * took))
        self.later: dict[int, Later] = {}

    def mark(self, session_id: int, *, touched: bool) -> None:
        """The panels have changed. `touched`: what is anybody's own may have changed, too."""
        if (session_id in self.of_all.taken or not touched) and self._new(session_id):
            self.of_new.ask(session_id)
        if touched:
            self._all(session_id)

    def read_later(self, session_id: int, touched: Collection[int] | None, revision: int) -> None:
        """A change, with which this revision came, `touched` what is theirs of these people; None: anyone's."""
        if session_id not in self.later:
            due = asyncio.get_running_loop().call_later(LATER, self._read_now, session_id)
            self.later[session_id] = Later(due)
        later = self.later[session_id]
        later.touched.update(dict.fromkeys(touched or (), revision))
        later.anyone |= touched is None

    def _read_now(self, session_id: int) -> None:
        later = self.later.pop(session_id)
        if later.anyone:
            self.of_all.ask(session_id)
        elif behind := [socket for socket in self._there(session_id) if _is_behind(socket, later.touched)]:
            self.engine.spawn(self._give_again(behind, session_id))

    async def _give_again(self, sockets: list[Socket], session_id: int) -> None:
        await self._give_to(sockets, session_id)

    def forget(self, session_id: int) -> None:
        if later := self.later.pop(session_id, None):
            later.due.cancel()

    def _all(self, session_id: int) -> None:
        self.forget(session_id)
        self.of_all.ask(session_id)

    def greet(self, session_id: int) -> None:
        """Someone has come, and nothing has changed."""
        self.of_new.ask(session_id)

    @property
    def turns(self) -> int:
        """Those that are due, are being taken, or rest."""
        return len(self.of_all.taken) + len(self.of_new.taken) + len(self.later)

    def _rest(self, took: float) -> float:
        return MOST_REST if self.engine.writing else min(MOST_REST, REST * took)

    def _there(self, session_id: int) -> list[Socket]:
        sockets = self.engine.sockets.get(session_id, ())
        return [socket for socket in sockets if socket.has is not None and socket.watcher.participant_id is not None]

    def _new(self, session_id: int) -> list[Socket]:
        return [socket for socket in self._there(session_id) if socket.mine is None]

    async def _give(self, session_id: int) -> bool:
        return await self._give_to(self._there(session_id), session_id)

    async def _give_new(self, session_id: int) -> bool:
        return await self._give_to(self._new(session_id), session_id)

    async def _give_to(self, sockets: list[Socket], session_id: int) -> bool:
        assert self.engine.room is not None
        if not sockets:
            return False
        for socket in sockets:
            socket.mine = socket.mine or {}  # on its way: they are not new any more
        people = {socket.watcher.participant_id for socket in sockets}
        try:
            mine = await self.engine.in_thread(self.engine.room.mine, session_id, people)
        except Exception:
            log.exception("What is everyone's own in meeting %s could not be read", session_id)
            self.failed(session_id)
            return False
        async for some in in_turns(sockets):
            for socket in some:
                give_mine(socket, mine)
        return True


def _is_behind(socket: Socket, touched: Mapping[int, int]) -> bool:
    """Its page has not been given what is theirs since that was touched, neither by the hub nor with an answer."""
    revision = touched.get(socket.watcher.participant_id)
    return revision is not None and (socket.mine or {}).get("revision", 0) < revision


def give_mine(socket: Socket, mine: dict[int, dict[str, Any]]) -> None:
    own, given = mine.get(socket.watcher.participant_id), socket.mine or {}
    # Of two that were read at the same time the older one may come last.
    if own is not None and own["revision"] >= given.get("revision", 0) and differs(own, given):
        socket.mine = own
        socket.put("mine", encode({"t": "mine", "mine": own}))


def differs(mine: dict[str, Any], given: dict[str, Any]) -> bool:
    """In anything but the revision, which every change of the meeting raises for everyone."""
    return any(value != given.get(name) for name, value in mine.items() if name != "revision")
