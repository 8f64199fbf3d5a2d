"""One hub per process: it knows which sockets watch which meeting, joins hints, has panels drawn, hands them out.

It holds nothing that can't be lost: the database is the truth, and every few seconds the hub looks there by itself.
Everything but `hint` runs on the server's event loop; drawing runs in a small pool of threads.
"""

import asyncio
import logging
from typing import Any

from django.conf import settings

from .drafts import Drafts
from .engine import Engine
from .garbage import collect_when_quiet
from .hints import Hints
from .pictures import Pictures
from .sockets import Socket
from .taking import Taking

log = logging.getLogger(__name__)

TICK = 0.005  # seconds that a hint waits for others; what comes while a meeting is drawn waits for that anyway
LOOK_EVERY = 2.0  # seconds between the hub's own looks at the revisions
SEEN_EVERY = 20.0  # seconds between two savings of who is there
PATIENCE = 2.0  # seconds in which a last word to every socket has to be said
MOST_PAGES = 16  # of one phone with a socket
RESTARTING, TOO_MANY = 1012, 4429


class Hub(Engine):
    def __init__(self) -> None:
        super().__init__()
        self.pictures = Pictures(self)
        self.hints = Hints(self, self._heard)
        self.drafts = Drafts(self, self.pictures.mark, self.hints.pass_on)
        self.taking = Taking(self)
        self.came: set[int] = set()  # meetings with sockets that no drawing has checked yet

    def figures(self) -> dict[str, int]:
        """How it stands now, for metrics."""
        everyone = self.everyone()
        return {
            "sockets": len(everyone),
            "meetings": len(self.sockets),
            "commands_waiting": self.taking.unanswered,
            "pushes_waiting": self.drafts.undecided,
            "frames_waiting": sum(socket.waiting for socket in everyone),
            "drawings": len(self.pictures.drawing | self.pictures.marked) + self.pictures.own.turns,
        }

    def is_quiet(self) -> bool:
        """Nobody waits for anything."""
        busy = self.taking.unanswered or self.drafts.undecided or self.pictures.marked or self.pictures.drawing
        return not (busy or self.came or self.pictures.own.turns)

    # Life

    def start(self) -> None:
        super().start()
        for job in (self._tick(), self._look(), self._presence(), collect_when_quiet(self.is_quiet)):
            self.spawn(job)
        if settings.REDIS_URL:
            self.spawn(self.hints.listen())

    async def stop(self) -> None:
        """Close every socket with 1012, "service restart": browsers come back after a random while."""
        self.end()
        closing = [asyncio.create_task(socket.close(RESTARTING)) for socket in self.everyone()]
        if closing:
            await asyncio.wait(closing, timeout=PATIENCE)  # one that reads nothing holds nobody up

    # Sockets

    def add(self, socket: Socket) -> None:
        """Known from its first moment: whoever is removed before they say hello is closed too."""
        if socket.watcher.session_id not in self.sockets:
            self.hints.meetings_changed()
        self.sockets[socket.watcher.session_id].add(socket)
        self.came.add(socket.watcher.session_id)
        if socket.watcher.device_id is not None:
            pages = self.pages[socket.watcher.device_id]
            pages.append(socket)
            if len(pages) > MOST_PAGES:  # the oldest may be one that the phone has long forgotten
                oldest = pages[0]
                self.discard(oldest)
                self.spawn(oldest.close(TOO_MANY))

    def hello(self, socket: Socket, have: dict[str, str]) -> None:
        """The browser shows these panels (name → hash); it gets those that differ."""
        is_first = socket.has is None
        socket.has, socket.mine = have, None
        # Only once for each socket: a browser that says hello without end waits for drawings, which rest between.
        if not (is_first and self.pictures.show_last(socket)):
            self.pictures.mark(socket.watcher.session_id, touched=False)

    def discard(self, socket: Socket) -> None:
        super().discard(socket)
        if socket.watcher.session_id not in self.sockets:
            self.pictures.forget(socket.watcher.session_id)
            self.hints.meetings_changed()

    # Hints

    def hint(self, meeting: int, **what: Any) -> None:
        """From any thread, after a commit: session=id or draft=id has changed. With a session may stand what of it
        has, as `Pictures.changed` takes it; without, it may be anything."""
        self.hints.hint(meeting, **what)

    def _heard(self, what: dict[str, Any]) -> None:
        if "revision" in what:
            self.pictures.changed(
                what["session"],
                **{name: what[name] for name in ("since", "revision", "touches", "on_phones")},
            )
        elif "session" in what:
            self.pictures.mark(what["session"])
        if "draft" in what:
            self.drafts.mark(what["draft"])
        if "caret" in what:
            self.drafts.show_caret(what)

    # Work

    async def _tick(self) -> None:
        while True:
            await self.work.wait()
            await asyncio.sleep(TICK)
            self.work.clear()
            self.pictures.draw_marked()
            self.drafts.take_marked()

    async def _look(self) -> None:
        """Our own look at the revisions: what a lost hint costs is these seconds, and nothing else."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for what, amount in self.figures().items():
                self.observe(what, amount)
            watched = list(self.sockets)
            while self.came:  # they may have been removed while they came
                self.pictures.mark(self.came.pop(), touched=False)
            if not watched or self.room is None:
                continue
            try:
                revisions = await self.in_thread(self.room.revisions, watched)
            except Exception:
                log.exception("The revisions could not be read")
                continue
            for session_id, revision in revisions.items():
                # What is on its way may wait for seconds where much changes, and would then be drawn twice.
                if session_id not in self.pictures.drawing and self.pictures.known.get(session_id, -1) < revision:
                    self.pictures.mark(session_id)
            self.drafts.mark_watched()

    async def _presence(self) -> None:
        while True:
            await asyncio.sleep(SEEN_EVERY)
            ids = {socket.watcher.participant_id for socket in self.everyone()}
            if self.room is None or not ids - {None}:
                continue
            try:
                await self.in_thread(self.room.seen, sorted(ids - {None}))
            except Exception:
                log.exception("Who is there could not be saved")
            for session_id, sockets in list(self.sockets.items()):
                if any(socket.audience.view == "desk" for socket in sockets):
                    self.pictures.mark(session_id, touched=False, on_phones=False)  # the desk alone shows it


hub = Hub()
