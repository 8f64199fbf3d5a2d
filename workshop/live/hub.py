"""One hub per process: it knows which sockets watch which meeting, joins hints, has panels drawn, hands them out.

It holds nothing that can't be lost: the database is the truth, and every few seconds the hub looks there by itself.
Everything but `hint` runs on the server's event loop; drawing runs in a small pool of threads.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import close_old_connections

from .frames import encode, panel_frame
from .sockets import Audience, Socket

log = logging.getLogger(__name__)

GROUP = "hints"  # the one group; all that travels on it are hints
TICK = 0.02  # seconds that a hint waits for others
SETTLED = 2.0  # seconds without new rows of a draft after which what is drawn around it is looked at
AT_LATEST = 8.0  # seconds after which it is looked at all the same, where eight people never pause at once
LOOK_EVERY = 2.0  # seconds between the hub's own looks at the revisions
SEEN_EVERY = 20.0  # seconds between two savings of who is there
THREADS = 4
MOST_REST = 0.1  # seconds that a meeting rests between two drawings, unless drawing it was quicker
MAX_WAITING_PUSHES = 8  # of one socket; a browser sends one at a time
NOT_ALLOWED, RESTARTING = 4403, 1012

Result = TypeVar("Result")


@dataclass(frozen=True)
class Panel:
    html: str
    hash: str


@dataclass(frozen=True)
class Picture:
    """One meeting as drawn for its audiences, and what is each participant's own."""

    revision: int
    panels: dict[Audience, dict[str, Panel]]
    mine: dict[int, dict[str, Any]]
    gone: frozenset[Hashable]


class Room(Protocol):
    """What the hub is given: functions that read the database. They run in threads."""

    def draw(self, session_id: int, audiences: set[Audience], watchers: set[Any]) -> Picture: ...
    def revisions(self, session_ids: list[int]) -> dict[int, int]: ...
    def seen(self, participant_ids: list[int]) -> None: ...
    def draft_hello(self, watcher: Any, message: dict[str, Any]) -> dict[str, Any] | None: ...
    def draft_rows(self, draft_id: int, version: int) -> dict[str, Any]: ...
    def caret(self, watcher: Any, message: dict[str, Any]) -> dict[str, Any] | None: ...
    def take_pushes(self, draft_id: int, pushes: list[tuple[Any, dict[str, Any]]]) -> list[dict[str, Any] | None]: ...


def head_after(message: dict[str, Any]) -> int:
    """The draft's version where a `state` or `rows` message leads."""
    return int(message["version"] if message["t"] == "state" else message["from"] + len(message["rows"]))


class Hub:
    def __init__(self) -> None:
        self.room: Room | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self._sockets: dict[int, set[Socket]] = defaultdict(set)
        self._drawn: dict[int, int] = {}
        self._marked: set[int] = set()
        self._marked_drafts: set[int] = set()
        self._pushes: dict[int, list[tuple[Socket, dict[str, Any]]]] = defaultdict(list)
        self._taking: set[int] = set()
        self._drawing: set[int] = set()
        self._settling: dict[int, asyncio.TimerHandle] = {}
        self._typing: dict[int, float] = {}  # since when rows have come without a pause
        self._work = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads: ThreadPoolExecutor | None = None

    # Life

    def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._work = asyncio.Event()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="hub")
        for job in (self._tick, self._look, self._presence):
            self._spawn(job())
        if settings.REDIS_URL:
            self._spawn(self._listen())

    async def stop(self) -> None:
        """Close every socket with 1012, "service restart": browsers come back after a random while."""
        self.loop = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*(socket.close(RESTARTING) for socket in self._all()), return_exceptions=True)
        if self._threads:
            self._threads.shutdown(wait=False)

    async def in_thread(self, function: Callable[..., Result], *args: Any) -> Result:
        def run() -> Result:
            close_old_connections()
            try:
                return function(*args)
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a task and keep it: the loop itself holds on to none."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Sockets

    def add(self, socket: Socket) -> None:
        """Known from its first moment: whoever is removed before they say hello is closed too."""
        self._sockets[socket.watcher.session_id].add(socket)
        self.mark(socket.watcher.session_id)

    def hello(self, socket: Socket, have: dict[str, str]) -> None:
        """The browser shows these panels (name → hash); it gets those that differ."""
        socket.has, socket.mine = have, ""
        self.mark(socket.watcher.session_id)

    def discard(self, socket: Socket) -> None:
        watching = self._sockets[socket.watcher.session_id]
        watching.discard(socket)
        if not watching:
            del self._sockets[socket.watcher.session_id]
            self._drawn.pop(socket.watcher.session_id, None)

    def _all(self) -> list[Socket]:
        return [socket for watching in self._sockets.values() for socket in watching]

    # Hints

    def hint(self, **what: int) -> None:
        """From any thread, after a commit: session=id or draft=id has changed."""
        loop = self.loop  # it may be gone by the next line
        if loop is not None:
            loop.call_soon_threadsafe(self._hinted, what)

    def _hinted(self, what: dict[str, int]) -> None:
        self._take_hint(what)
        if settings.REDIS_URL:
            self._spawn(self._pass_on(what))

    def _take_hint(self, what: dict[str, Any]) -> None:
        if "session" in what:
            self.mark(what["session"])
        if "draft" in what:
            self.mark_draft(what["draft"])
        if "caret" in what:
            self._show_caret(what["caret"], what["in"], what["of"])

    def mark(self, session_id: int) -> None:
        if session_id in self._sockets:
            self._marked.add(session_id)
            self._work.set()

    def mark_draft(self, draft_id: int) -> None:
        self._marked_drafts.add(draft_id)
        self._work.set()

    async def _pass_on(self, what: dict[str, Any]) -> None:
        try:
            await get_channel_layer().group_send(GROUP, {"type": "hint", **what})
        except Exception:
            log.warning("A hint was not passed on; the other processes will look by themselves.", exc_info=True)

    async def _listen(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                for session_id in list(self._sockets):
                    self.mark(session_id)
                while True:
                    message = await layer.receive(channel)
                    self._take_hint({key: value for key, value in message.items() if key != "type"})
            except asyncio.CancelledError:
                raise
            except Exception:
                log.warning("The channel layer is gone; trying again.", exc_info=True)
                await asyncio.sleep(1)

    # Work

    async def _tick(self) -> None:
        while True:
            await self._work.wait()
            await asyncio.sleep(TICK)
            self._work.clear()
            sessions, self._marked = self._marked - self._drawing, self._marked & self._drawing
            drafts, self._marked_drafts = self._marked_drafts, set()
            for session_id in sessions:
                self._drawing.add(session_id)
                self._spawn(self._show(session_id))
            for draft_id in drafts:
                self._spawn(self._show_rows(draft_id))
            for draft_id in [draft_id for draft_id in self._pushes if draft_id not in self._taking]:
                self._taking.add(draft_id)
                self._spawn(self._take(draft_id))

    async def _show(self, session_id: int) -> None:
        """Draw a meeting once for each audience, and give every socket what it does not have."""
        assert self.room is not None
        try:
            sockets = set(self._sockets.get(session_id, ()))
            if not sockets:
                return
            began = time.monotonic()
            audiences = {socket.audience for socket in sockets}
            watchers = {socket.watcher for socket in sockets}
            picture = await self.in_thread(self.room.draw, session_id, audiences, watchers)
            if session_id in self._sockets:
                self._drawn[session_id] = picture.revision
            frames: dict[tuple[Audience, str], str] = {}
            for number, socket in enumerate(sockets):
                if socket.watcher in picture.gone:
                    self.discard(socket)
                    self._spawn(socket.close(NOT_ALLOWED))
                    continue
                self._give(socket, picture, frames)
                if number % 256 == 255:
                    await asyncio.sleep(0)
            # Whoever makes a meeting change without end leaves time for the others.
            await asyncio.sleep(min(MOST_REST, 2 * (time.monotonic() - began)))
        except Exception:
            log.exception("Meeting %s could not be drawn", session_id)
            self._drawn.pop(session_id, None)  # so that the next look tries again
        finally:
            self._drawing.discard(session_id)
            if session_id in self._marked:
                self._work.set()

    def _give(self, socket: Socket, picture: Picture, frames: dict[tuple[Audience, str], str]) -> None:
        if socket.has is None:
            return
        for name, panel in picture.panels[socket.audience].items():
            if socket.has.get(name) != panel.hash:
                key = (socket.audience, name)
                if key not in frames:
                    frames[key] = panel_frame(name, panel.html, panel.hash, picture.revision)
                socket.has[name] = panel.hash
                socket.put(name, frames[key])
        if socket.watcher.participant_id is not None:
            mine = encode({"t": "mine", "mine": picture.mine.get(socket.watcher.participant_id, {})})
            if mine != socket.mine:
                socket.mine = mine
                socket.put("mine", mine)

    async def _look(self) -> None:
        """Our own look at the revisions: what a lost hint costs is these seconds, and nothing else."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            watched = list(self._sockets)
            if not watched or self.room is None:
                continue
            try:
                revisions = await self.in_thread(self.room.revisions, watched)
            except Exception:
                log.exception("The revisions could not be read")
                continue
            for session_id, revision in revisions.items():
                if self._drawn.get(session_id) != revision:
                    self.mark(session_id)
            for draft_id in {socket.draft for socket in self._all() if socket.draft is not None}:
                self.mark_draft(draft_id)

    async def _presence(self) -> None:
        while True:
            await asyncio.sleep(SEEN_EVERY)
            ids = {socket.watcher.participant_id for socket in self._all()}
            if self.room is None or not ids - {None}:
                continue
            try:
                await self.in_thread(self.room.seen, sorted(ids - {None}))
            except Exception:
                log.exception("Who is there could not be saved")
            for session_id, sockets in list(self._sockets.items()):
                if any(socket.audience.view == "desk" for socket in sockets):
                    self.mark(session_id)

    # Joint drafting

    async def watch_draft(self, socket: Socket, message: dict[str, Any]) -> bool:
        """A hello: the socket gets what it misses, and from then on the rows. False: not a draft of its meeting."""
        assert self.room is not None
        answer = await self.in_thread(self.room.draft_hello, socket.watcher, message)
        if answer is None:
            return False
        socket.draft, socket.draft_version = message["draft"], head_after(answer)
        socket.rows.clear()
        socket.put_row(encode(answer))
        self.mark_draft(message["draft"])  # rows may have come while this was read
        return True

    def push(self, socket: Socket, draft_id: int, message: dict[str, Any]) -> None:
        if socket.pushing >= MAX_WAITING_PUSHES:
            socket.put_row(encode({"t": "behind", "draft": draft_id, "head": socket.draft_version}))
            return
        socket.pushing += 1
        self._pushes[draft_id].append((socket, message))
        self._work.set()

    async def _take(self, draft_id: int) -> None:
        """Take what has gathered for a draft in one transaction, then tell everyone."""
        assert self.room is not None
        gathered = self._pushes.pop(draft_id, [])
        try:
            pushes = [(socket.watcher, message) for socket, message in gathered]
            answers = await self.in_thread(self.room.take_pushes, draft_id, pushes)
            for (socket, _message), answer in zip(gathered, answers, strict=True):
                if answer is not None:
                    socket.put_row(encode(answer))
            await self._show_rows(draft_id)
        except Exception:
            log.exception("Pushes to draft %s could not be taken", draft_id)
            for socket, _message in gathered:  # nothing was saved: they say hello and send again
                socket.put_row(encode({"t": "behind", "draft": draft_id, "head": socket.draft_version}))
        finally:
            for socket, _message in gathered:
                socket.pushing -= 1
            self._taking.discard(draft_id)
            if self._pushes.get(draft_id):
                self._work.set()

    async def _show_rows(self, draft_id: int) -> None:
        """Give everyone who watches a draft the rows that they do not have; read once for all who are equally far."""
        assert self.room is not None
        behind: dict[int, list[Socket]] = defaultdict(list)
        for socket in self._all():
            if socket.draft == draft_id:
                behind[socket.draft_version].append(socket)
        for version, group in behind.items():
            try:
                message = await self.in_thread(self.room.draft_rows, draft_id, version)
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
            self._settle(group[0].watcher.session_id)

    def _settle(self, session_id: int) -> None:
        """What is said of words stands beside them: it is drawn anew once nobody has typed for a moment, or at last."""
        loop = asyncio.get_running_loop()
        first = self._typing.setdefault(session_id, loop.time())
        if waiting := self._settling.get(session_id):
            waiting.cancel()
        at = min(loop.time() + SETTLED, first + AT_LATEST)
        self._settling[session_id] = loop.call_at(at, self._settled, session_id)

    def _settled(self, session_id: int) -> None:
        del self._settling[session_id], self._typing[session_id]
        self.mark(session_id)

    async def tell_caret(self, socket: Socket, message: dict[str, Any]) -> None:
        """Others' carets are the one passing thing: they ride on a hint, and are kept nowhere."""
        assert self.room is not None
        caret = await self.in_thread(self.room.caret, socket.watcher, message)
        if caret is None:
            return
        what = {"caret": caret, "in": socket.watcher.session_id, "of": socket.watcher.participant_id}
        if settings.REDIS_URL:
            await self._pass_on(what)
        else:
            self._take_hint(what)

    def _show_caret(self, caret: dict[str, Any], session_id: int, participant_id: int) -> None:
        frame = encode(caret)
        for other in self._sockets.get(session_id, ()):
            if other.draft == caret["draft"] and other.watcher.participant_id != participant_id:
                other.put(f"caret-{participant_id}", frame)  # one place for each who writes, whatever names they send


hub = Hub()
