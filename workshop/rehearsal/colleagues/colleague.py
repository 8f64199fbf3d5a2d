"""One simulated phone."""

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Coroutine
from random import Random
from typing import Any

import httpx

from .behaviour import BEHAVIOURS, Behaviour
from .browser import Browser, Over, Server
from .pace import Pace
from .page import Node, read
from .pen import Pen
from .script import Part

log = logging.getLogger(__name__)

CARET_SECONDS = 6  # a caret that has not moved for so long is nobody typing
PUSH_SECONDS = 15  # how long to wait for one's own letters to come back


class Colleague(Browser):
    view = "phone"

    def __init__(self, server: Server, part: Part, pace: Pace, rng: Random) -> None:
        super().__init__(server, rng)
        self.part, self.pace = part, pace
        self.pen: Pen | None = None
        self.told: asyncio.Event = asyncio.Event()  # something of the draft has come
        self.faults: list[str] = []
        self._greeting = False
        self._carets: dict[str, tuple[int, float]] = {}  # client → where, when
        self._sending: set[asyncio.Task[None]] = set()
        self._doing: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def live(self, code: str, token: str) -> None:
        """From the QR code to the end. Returns when this phone has no more to do in the meeting."""
        try:
            await self.join(code, token)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.watch())
                tasks.create_task(self.look_after())
        except* Over:
            pass
        finally:
            for task in self._doing.values():
                task.cancel()

    async def join(self, code: str, token: str) -> None:
        """Type a name and come in; where the door is not open yet, wait before it."""
        while True:
            with contextlib.suppress(httpx.TransportError):
                page = await self.request("GET", f"/j/{code}")
                if page.status_code == 404:
                    raise Over("no such meeting")
                answer = await self.request("POST", f"/j/{code}", {"name": self.part.name, "rehearsing": token})
                if answer.status_code == 302:
                    self.public_id = answer.headers["location"].split("/")[2]
                    return
                error = read(answer.text).first("[role=alert]")
                log.info("%s waits at the door: %s", self.part.name, error.text if error else answer.status_code)
            await asyncio.sleep(2 + 2 * self.rng.random())

    # What is asked of them

    @property
    def stage(self) -> Node:
        return self.page("stage")

    async def look_after(self) -> None:
        """Do what the page asks for, each thing once; let go of what it no longer asks."""
        while True:
            await self.news.wait()
            self.news.clear()
            if self.mine:  # it comes after the panels that it belongs to
                self.look()
            await asyncio.sleep(0.05)

    def look(self) -> None:
        asked: set[tuple[str, str]] = set()
        for what, behaviour in BEHAVIOURS.items():
            for node in self.stage.every(what):
                key = (what, _whose(node))
                asked.add(key)
                if key not in self._doing:
                    self._doing[key] = asyncio.create_task(self._do_it(behaviour, node))
        for key in self._doing.keys() - asked:
            self._doing.pop(key).cancel()

    async def _do_it(self, behaviour: Behaviour, node: Node) -> None:
        """A colleague who stumbles stays in the room."""
        try:
            await behaviour(self, node)
        except Over:
            return
        except Exception:
            log.exception("%s does not know how to go on", self.part.name)
            self.faults.append(behaviour.__name__)

    # What they do it with

    async def think(self, least: float, most: float) -> None:
        await self.pace.think(self.rng, least, most)

    def new_id(self) -> str:
        """Not from the seed: two rehearsals with one would give the same ids to different cards."""
        return str(uuid.uuid4())

    async def open_draft(self, draft: int) -> Pen:
        if self.pen is None or self.pen.draft != draft:
            self.pen = Pen(draft, self.client)
            await self.greet()
        while not self.pen.knows:
            await self._hear()
        return self.pen

    async def push(self, pen: Pen, start: int, end: int, words: str) -> bool:
        """Change the draft, and wait until that is saved."""
        pen.replace(start, end, words)
        message = pen.push()
        if message:
            await self.send(message)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PUSH_SECONDS):
                while pen.pending:
                    await self._hear()
                await self.send(pen.where())
        if pen.pending:
            await self.greet()
        return not pen.pending and not pen.refused

    async def point(self, pen: Pen, place: int) -> None:
        """Put the caret somewhere, before anything is typed there."""
        await self.send({**pen.where(), "pos": place})

    async def _hear(self) -> None:
        self.told.clear()
        await self.told.wait()

    def others_type_at(self) -> list[int]:
        """Where others' carets were a moment ago; what has moved them since is little."""
        since = time.monotonic() - max(1.0, CARET_SECONDS / self.pace.hurry)
        return [at for at, when in self._carets.values() if when > since]

    async def greet(self) -> None:
        if self.pen is not None:
            self._greeting = True
            await self.send(self.pen.hello())

    async def connected(self) -> None:
        await self.greet()

    def take(self, message: dict[str, Any]) -> None:
        super().take(message)
        if message["t"] == "caret" and message["client"] != self.client:
            self._carets[message["client"]] = (message["pos"], time.monotonic())
        if self.pen is None or message["t"] not in ("state", "rows", "behind", "refused"):
            return
        again = self.pen.take(message)
        self.told.set()
        if again:
            self._soon(self.greet())
        elif self._greeting:
            self._greeting = False
            if push := self.pen.push():  # it may have been lost with the connection; taken twice, it counts once
                self._soon(self.send(push))

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)


def _whose(node: Node) -> str:
    """Ids hold the round's, so that a new round asks anew; and what is locked is another thing than what is open."""
    return f"{node.get('id')} {node.get('data-locked')} {'disabled' in node} {node.get('data-open')}"
