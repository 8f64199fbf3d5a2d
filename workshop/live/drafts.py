"""Joint drafting: pushes are gathered and taken together, rows go to whoever lacks them, carets pass by."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any

from django.conf import settings

from .engine import Engine
from .frames import encode
from .sockets import Socket

log = logging.getLogger(__name__)

SETTLED = 2.0  # seconds without new rows of a draft after which what is drawn around it is looked at
AT_LATEST = 8.0  # seconds after which it is looked at all the same, where eight people never pause at once
MAX_WAITING_PUSHES = 8  # of one socket; a browser sends one at a time


def head_after(message: dict[str, Any]) -> int:
    """The draft's version where a `state` or `rows` message leads."""
    return int(message["version"] if message["t"] == "state" else message["from"] + len(message["rows"]))


class Drafts:
    def __init__(
        self,
        engine: Engine,
        mark_session: Callable[[int], None],
        pass_on: Callable[[int, dict[str, Any]], Coroutine[Any, Any, None]],
    ) -> None:
        self.engine = engine
        self.mark_session = mark_session
        self.pass_on = pass_on
        self.pushes: dict[int, list[tuple[Socket, dict[str, Any]]]] = defaultdict(list)
        self.undecided = 0  # pushes that wait, and those that are being decided on
        self.settling: dict[int, asyncio.TimerHandle] = {}
        self.typing: dict[int, float] = {}  # since when rows have come without a pause
        self._marked: set[int] = set()
        self._taking: set[int] = set()

    def mark(self, draft_id: int) -> None:
        self._marked.add(draft_id)
        self.engine.work.set()

    def mark_watched(self) -> None:
        for draft_id in {socket.draft for socket in self.engine.everyone() if socket.draft is not None}:
            self.mark(draft_id)

    def take_marked(self) -> None:
        marked, self._marked = self._marked, set()
        for draft_id in marked:
            self.engine.spawn(self.show_rows(draft_id))
        for draft_id in [draft_id for draft_id in self.pushes if draft_id not in self._taking]:
            self._taking.add(draft_id)
            self.engine.spawn(self._take(draft_id))

    async def watch(self, socket: Socket, message: dict[str, Any]) -> bool:
        """A hello: the socket gets what it misses, and from then on the rows. False: not a draft of its meeting."""
        assert self.engine.room is not None
        answer = await self.engine.in_thread(self.engine.room.draft_hello, socket.watcher, message)
        if answer is None:
            return False
        socket.draft, socket.draft_version = message["draft"], head_after(answer)
        socket.rows.clear()
        socket.put_row(encode(answer))
        self.mark(message["draft"])  # rows may have come while this was read
        return True

    def push(self, socket: Socket, draft_id: int, message: dict[str, Any]) -> None:
        if socket.pushing >= MAX_WAITING_PUSHES:
            self._say_behind(socket, draft_id)
            return
        socket.pushing += 1
        self.undecided += 1
        self.pushes[draft_id].append((socket, message))
        self.engine.work.set()

    async def _take(self, draft_id: int) -> None:
        """Take what has gathered for a draft in one transaction, then tell everyone."""
        assert self.engine.room is not None
        gathered = self.pushes.pop(draft_id, [])
        try:
            pushes = [(socket.watcher, message) for socket, message in gathered]
            answers = await self.engine.in_thread(self.engine.room.take_pushes, draft_id, pushes)
            for (socket, _message), answer in zip(gathered, answers, strict=True):
                if answer is not None:
                    socket.put_row(encode(answer))
            await self.show_rows(draft_id)
        except Exception:
            log.exception("Pushes to draft %s could not be taken", draft_id)
            for socket, _message in gathered:  # nothing was saved: they say hello and send again
                self._say_behind(socket, draft_id)
        finally:
            for socket, _message in gathered:
                socket.pushing -= 1
                self.undecided -= 1
            self._taking.discard(draft_id)
            if self.pushes.get(draft_id):
                self.engine.work.set()

    def _say_behind(self, socket: Socket, draft_id: int) -> None:
        socket.put_row(encode({"t": "behind", "draft": draft_id, "head": socket.draft_version}))

    async def show_rows(self, draft_id: int) -> None:
        """Give everyone who watches a draft the rows that they do not have; read once for all who are equally far."""
        assert self.engine.room is not None
        behind: dict[int, list[Socket]] = defaultdict(list)
        for socket in self.engine.everyone():
            if socket.draft == draft_id:
                behind[socket.draft_version].append(socket)
        for version, group in behind.items():
            try:
                message = await self.engine.in_thread(self.engine.room.draft_rows, draft_id, version)
            except Exception:
                log.exception("The rows of draft %s could not be read; the next look tries again", draft_id)
                return
            head = head_after(message)
            if head == version:
                continue
            frame = encode(message)
            for socket in group:
                # While this was read another reader may have brought the socket further.
                if socket.draft_version == version and socket.draft == draft_id:
                    socket.draft_version = head
                    socket.put_row(frame)
            # … but not as far: then that one has left it to this one, which came too late.
            if any(socket.draft == draft_id and socket.draft_version < head for socket in group):
                self.mark(draft_id)
            self._settle(group[0].watcher.session_id)

    def _settle(self, session_id: int) -> None:
        """What is said of words stands beside them: it is drawn anew once nobody has typed for a moment, or at last."""
        loop = asyncio.get_running_loop()
        first = self.typing.setdefault(session_id, loop.time())
        if waiting := self.settling.get(session_id):
            waiting.cancel()
        at = min(loop.time() + SETTLED, first + AT_LATEST)
        self.settling[session_id] = loop.call_at(at, self._settled, session_id)

    def _settled(self, session_id: int) -> None:
        del self.settling[session_id], self.typing[session_id]
        self.mark_session(session_id)

    async def tell_caret(self, socket: Socket, message: dict[str, Any]) -> None:
        """Others' carets are the one passing thing: they ride on a hint, and are kept nowhere."""
        assert self.engine.room is not None
        caret = await self.engine.in_thread(self.engine.room.caret, socket.watcher, message)
        if caret is None:
            return
        what = {"caret": caret, "in": socket.watcher.session_id, "of": socket.watcher.participant_id}
        self.show_caret(what)
        if settings.REDIS_URL:
            self.engine.spawn(self.pass_on(what["in"], what))  # whoever types does not wait for other processes

    def show_caret(self, what: dict[str, Any]) -> None:
        """One place for each who writes, whatever names they send."""
        caret, frame = what["caret"], encode(what["caret"])
        for other in self.engine.sockets.get(what["in"], ()):
            if other.draft == caret["draft"] and other.watcher.participant_id != what["of"]:
                other.put(f"caret-{what['of']}", frame)
