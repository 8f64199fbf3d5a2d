"""A hub without a server: browsers whose sockets keep what they are sent, and a room that draws what it is told to."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from workshop.live.hub import Hub
from workshop.live.room import Panel, Picture
from workshop.live.sockets import Audience, Socket

PHONE, DESK = Audience("phone", "en"), Audience("desk", "en")


@dataclass(frozen=True)
class Watcher:
    session_id: int = 1
    participant_id: int | None = None
    device_id: int | None = None


class Room:
    """Draws what it is told to, and counts."""

    def __init__(self) -> None:
        self.html, self.drawn, self.fails, self.gone = "one", 0, 0, frozenset[Any]()
        self.takes = 0.0  # seconds
        self.revision = 1
        self.own_read, self.own_fails, self.name = 0, 0, "Ana"
        self.own_of = set[int]()  # of these, the last time
        self.drawn_for = set[Audience]()  # the last time
        self.own_takes = 0.0
        self.own_may_be_read = threading.Event()
        self.own_may_be_read.set()
        self.head = 0  # of the draft

    def draw(self, session_id: int, audiences: set[Audience], watchers: set[Any]) -> Picture:
        self.drawn += 1
        self.drawn_for = audiences
        revision = self.revision
        time.sleep(self.takes)
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the database is away")
        panels = {audience: {"stage": Panel(self.html, self.html)} for audience in audiences}
        return Picture(revision, panels, self.gone & watchers)

    def mine(self, session_id: int, participant_ids: set[int]) -> dict[int, dict[str, Any]]:
        self.own_read += 1
        self.own_of = participant_ids
        revision = self.revision
        assert self.own_may_be_read.wait(10)
        time.sleep(self.own_takes)
        if self.own_fails:
            self.own_fails -= 1
            raise RuntimeError("the database is away")
        return {pk: {"revision": revision, "name": self.name} for pk in participant_ids}

    def revisions(self, session_ids: list[int]) -> dict[int, int]:
        return dict.fromkeys(session_ids, self.revision)

    def seen(self, participant_ids: list[int]) -> None:
        """Whoever is there is not kept."""

    def draft_hello(self, watcher: Any, message: dict[str, Any]) -> None:
        raise RuntimeError("the database is away")

    def draft_rows(self, draft_id: int, version: int) -> dict[str, Any]:
        return {"t": "rows", "draft": draft_id, "from": version, "rows": [[]] * max(0, self.head - version)}

    def caret(self, watcher: Any, message: dict[str, Any]) -> dict[str, Any]:
        return message

    def take_pushes(self, draft_id: int, pushes: list[Any]) -> list[Any]:
        return [None] * len(pushes)


def with_hub(test: Callable[[Hub, Room], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        hub, room = Hub(), Room()
        hub.room = room  # type: ignore[assignment]
        hub.start()
        try:
            await asyncio.wait_for(test(hub, room), 10)
        finally:
            await hub.stop()

    asyncio.run(run())


class Browser(SimpleNamespace):
    socket: Socket

    @classmethod
    def at(
        cls,
        hub: Hub,
        *,
        hello: bool = True,
        watcher: Watcher | None = None,
        audience: Audience = PHONE,
        have: dict[str, str] | None = None,
    ) -> "Browser":
        browser = cls(sent=[], closed=[])

        async def send(frame: str) -> None:
            browser.sent.append(json.loads(frame))

        async def close(code: int) -> None:
            browser.closed.append(code)

        browser.socket = Socket(watcher or Watcher(), audience, send, close)
        hub.add(browser.socket)
        if hello:
            hub.hello(browser.socket, dict(have or {}))
        return browser


def is_quiet(hub: Hub) -> bool:
    """Everything that was asked for is done, except for rests of what is everyone's own."""
    return not (hub.came or hub.pictures.marked or hub.pictures.drawing)


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110  # of others, who set no event
        await asyncio.sleep(0.01)


def changed(hub: Hub, room: Room, *, by: int = 1, lost: int = 0, **what: Any) -> None:
    """`by` changes were made, and `lost` before them that no hint tells of."""
    since = room.revision + lost
    room.revision = since + by
    hub.hint(1, session=1, since=since, revision=room.revision, **{"touches": (), "on_phones": True, **what})


async def all_is_given(hub: Hub, room: Room) -> None:
    await until(
        lambda: hub.pictures.known.get(1) == room.revision and not (hub.pictures.marked or hub.pictures.drawing)
    )


def shows(browser: Browser, html: str) -> bool:
    assert browser.socket.has is not None
    return html in browser.socket.has.values()
