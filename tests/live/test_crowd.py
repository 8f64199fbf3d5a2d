"""Commands that come by socket: how they are counted, and what they leave to drawings while there are many."""

import asyncio
import time
import uuid
from collections.abc import Sequence
from typing import Any

import pytest

from tests.live.a_hub import Browser, Room, Watcher, until, with_hub
from workshop.live import pictures
from workshop.live.hub import Hub
from workshop.live.reading import Command
from workshop.live.taking import AT_ONCE

pytestmark = pytest.mark.usefixtures("one_process")

SLOWLY = 0.05  # seconds that the doors take for a burst


def drawn_while(commands: int) -> int:
    """How often a meeting that changes all the time is drawn while so many commands are taken."""
    drawn = []

    async def test(hub: Hub, room: Room) -> None:
        def doors(asked: Sequence[Any]) -> list[dict[str, object] | None]:
            time.sleep(SLOWLY)
            return [{"ok": True}] * len(asked)

        hub.doors = doors
        browsers = [Browser.at(hub, watcher=Watcher()) for _number in range(commands)]
        await until(lambda: not (hub.pictures.drawing or hub.pictures.own.of_new.taken))
        before = room.drawn
        for browser in browsers:
            hub.taking.ask(browser.socket, Command("vote", uuid.uuid4(), 1, {}))
        while hub.writing:
            hub.pictures.mark(1, touched=False)
            await asyncio.sleep(0.005)
        drawn.append(room.drawn - before)

    with_hub(test)
    return drawn[0]


def test_a_crowd_of_commands_is_not_held_up_by_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_REST", 0.01)
    monkeypatch.setattr(pictures, "REST_IN_A_CROWD", 60)
    assert drawn_while(AT_ONCE * 6) == 1
    assert drawn_while(AT_ONCE) > 1


def test_only_commands_that_a_door_has_answered_are_counted_by_its_name() -> None:
    """A name that there is not would be kept for good, and there are as many as someone can think of."""
    counted: list[tuple[str, str]] = []

    async def test(hub: Hub, room: Room) -> None:
        hub.observe = lambda what, _amount, of="", /: counted.append((what, of))
        hub.doors = lambda asked: [{"ok": False} if command.door == "vote" else None for *_rest, command in asked]
        browser = Browser.at(hub)
        for door in ("made-up", "vote"):
            hub.taking.ask(browser.socket, Command(door, uuid.uuid4(), 1, {}))
        await until(lambda: not hub.writing)

    with_hub(test)
    assert [of for what, of in counted if what == "command_seconds"] == ["vote"]
