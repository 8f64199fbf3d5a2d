"""How long a meeting rests between two drawings, where much comes at once: a hub without a server."""

import asyncio

import pytest

from tests.live.a_hub import Browser, Room, Watcher, until, with_hub
from workshop.live import pictures
from workshop.live.hub import Hub

pytestmark = pytest.mark.usefixtures("one_process")

LONG, OFTEN = 60.0, 5


@pytest.mark.parametrize("crowd", ["none", "commands", "people"])
def test_a_meeting_rests_longer_where_more_comes_than_can_be_shown(crowd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each drawing of that time is out of date before it arrives, and takes what the commands behind it need."""
    monkeypatch.setattr(pictures, "REST_IN_A_CROWD", LONG)

    async def test(hub: Hub, room: Room) -> None:
        browser = Browser.at(hub)
        await until(lambda: browser.socket.outbox and not hub.pictures.drawing)
        hub.crowded = crowd == "commands"
        if crowd == "people":
            hub.pictures.own.of_new.taken.add(1)
        before = room.drawn
        for _time in range(OFTEN):
            hub.pictures.mark(1)
            await asyncio.sleep(0.1)
        assert room.drawn - before == (OFTEN if crowd == "none" else 1)

    with_hub(test)


def test_one_meeting_s_crowd_is_no_other_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "REST_IN_A_CROWD", LONG)

    async def test(hub: Hub, room: Room) -> None:
        browsers = [Browser.at(hub, watcher=Watcher(session_id)) for session_id in (1, 2)]
        await until(lambda: all(browser.socket.outbox for browser in browsers) and not hub.pictures.drawing)
        hub.pictures.own.of_new.taken.add(1)
        before = room.drawn
        for _time in range(OFTEN):
            hub.pictures.mark(2)
            await asyncio.sleep(0.1)
        assert room.drawn - before == OFTEN

    with_hub(test)
