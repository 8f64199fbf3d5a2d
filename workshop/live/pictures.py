"""Meetings that have changed are drawn once for each audience, and every socket is given what it does not have."""

import asyncio
import logging
import time
from collections.abc import Collection

from .engine import Engine, in_turns
from .handout import Handout
from .own import Own
from .sockets import Socket

log = logging.getLogger(__name__)

MOST_REST = 0.1  # seconds that a meeting rests between two drawings; less where drawing it took less
REST_IN_A_CROWD = 0.25  # seconds, while many send, or people come: with each name every phone's panel is another
NOT_ALLOWED = 4403
PHONE = "phone"  # the view of most sockets


class Pictures:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.known: dict[int, int] = {}  # meeting → revision up to which everything was given, or is marked
        self.last: dict[int, Handout] = {}  # meeting → what its sockets were given, for those who come
        self.marked: set[int] = set()
        self.whole: set[int] = set()  # of those marked: phones show it, too
        self.touched: set[int] = set()  # of those marked: also what is everyone's own may have changed
        self.drawing: set[int] = set()
        self.own = Own(engine, self._try_again)

    def mark(self, session_id: int, *, touched: bool = True, on_phones: bool = True) -> None:
        """It has changed. `touched`: what is everyone's own may have, too. `on_phones` false: phones don't show it."""
        if session_id not in self.engine.sockets:
            return
        self.marked.add(session_id)
        if on_phones:
            self.whole.add(session_id)
        if touched:
            self.touched.add(session_id)
        self.engine.work.set()

    def changed(
        self, session_id: int, *, since: int, revision: int, touches: Collection[int] | None, on_phones: bool
    ) -> None:
        """Between these two revisions only panels have, and what is theirs of the people that it `touches` (None:
        anyone's). What was before it may be unknown, as where hints come in another order: then all may have.
        """
        if session_id not in self.engine.sockets:
            return
        follows = self.known.get(session_id, -1) >= since
        self.known[session_id] = max(revision, self.known.get(session_id, revision))
        if not follows:
            self.mark(session_id, touched=False)
            self.own.read_later(session_id, None, revision)
            return
        if touches is not None:
            self.own.read_later(session_id, touches, revision)
        if on_phones or touches is None or self._beside_phones(session_id):
            self.mark(session_id, touched=touches is None, on_phones=on_phones)

    def _beside_phones(self, session_id: int) -> list[Socket]:
        return [socket for socket in self.engine.sockets.get(session_id, ()) if socket.audience.view != PHONE]

    def draw_marked(self) -> None:
        """One that is being drawn stays marked until that is done."""
        sessions, self.marked = self.marked - self.drawing, self.marked & self.drawing
        for session_id in sessions:
            self.drawing.add(session_id)
            self.engine.spawn(self._show(session_id))

    def forget(self, session_id: int) -> None:
        self.known.pop(session_id, None)
        self.last.pop(session_id, None)
        self.whole.discard(session_id)
        self.touched.discard(session_id)
        self.own.forget(session_id)

    def _try_again(self, session_id: int) -> None:
        """It could not be read: the next look, or whatever comes before, takes everything for changed."""
        self.forget(session_id)
        if session_id in self.engine.sockets:
            self.whole.add(session_id)
            self.touched.add(session_id)

    def show_last(self, socket: Socket) -> bool:
        """What all others show goes to one more; what has changed since comes to them all.

        False: not drawn for it, or its page shows something else, which may be newer and would not give way.
        """
        handout = self.last.get(socket.watcher.session_id)
        if handout is None or socket.has is None or socket.audience not in handout.hashes:
            return False
        if any(socket.has.get(name, hash_) != hash_ for name, hash_ in handout.hashes[socket.audience].items()):
            return False
        handout.give(socket)
        self.own.greet(socket.watcher.session_id)
        return True

    async def _show(self, session_id: int) -> None:
        try:
            began = time.monotonic()
            if await self._draw_and_give(session_id):
                await asyncio.sleep(self._rest(session_id, time.monotonic() - began))
        except Exception:
            log.exception("Meeting %s could not be drawn", session_id)
            self._try_again(session_id)
        finally:
            self.drawing.discard(session_id)
            if session_id in self.marked:
                self.engine.work.set()

    def _rest(self, session_id: int, took: float) -> float:
        """In seconds. Whoever makes a meeting change without end leaves time for the others.

        In a crowd nobody waits for one drawing in particular.
        """
        if self.engine.crowded or session_id in self.own.of_new.taken:
            return REST_IN_A_CROWD
        return MOST_REST if self.engine.writing else min(MOST_REST, took)

    async def _draw_and_give(self, session_id: int) -> bool:
        assert self.engine.room is not None
        touched, whole = session_id in self.touched, session_id in self.whole or session_id not in self.last
        self.touched.discard(session_id)
        self.whole.discard(session_id)

        def shown() -> list[Socket]:
            return list(self.engine.sockets.get(session_id, ())) if whole else self._beside_phones(session_id)

        if not (sockets := shown()):
            return False
        audiences = {socket.audience for socket in sockets}
        watchers = {socket.watcher for socket in sockets}
        picture = await self.engine.in_thread(self.engine.room.draw, session_id, audiences, watchers)
        drawn = time.monotonic()
        handout = Handout(picture, None if whole else self.last.get(session_id))
        if session_id in self.engine.sockets:
            self.last[session_id] = handout
            # What is drawn for a part, or without what is everyone's own, may leave out what no hint has told of yet.
            if whole and (touched or session_id not in self.known):
                self.known[session_id] = max(picture.revision, self.known.get(session_id, picture.revision))
        # Those who came meanwhile, too: they have been shown the picture before this one.
        async for some in in_turns(shown()):
            for socket in some:
                if picture.gone and socket.watcher in picture.gone:
                    self.engine.discard(socket)
                    self.engine.spawn(socket.close(NOT_ALLOWED))
                else:
                    handout.give(socket)
        self.engine.observe("fan_out_seconds", time.monotonic() - drawn)
        self.own.mark(session_id, touched=touched)
        return True
