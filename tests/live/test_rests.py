"""How long a meeting rests between two drawings, where much comes at once: a hub without a server."""

import asyncio

import pytest

from tests.live.a_hub import Browser, Room, Watcher, until, with_hub
from workshop.live import hub as hubs
from workshop.live import pictures
from workshop.live.hub import Hub

LONG, OFTEN = 60.0, 5


@pytest.fixture(autouse=True)
def _rests(one_process: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crowd's is longer than any test; the hub's own look marks nothing meanwhile."""
    monkeypatch.setattr(pictures, "REST_IN_A_CROWD", LONG)
    monkeypatch.setattr(hubs, "LOOK_EVERY", LONG)


async def is_drawn_again_and_again(hub: Hub, room: Room, session_id: int) -> None:
    for number in range(room.drawn, room.drawn + OFTEN):
        hub.pictures.mark(session_id)
        await until(lambda number=number: room.drawn > number and session_id not in hub.pictures.drawing)


async def is_drawn_once(hub: Hub, room: Room, session_id: int) -> None:
    before = room.drawn
    hub.pictures.mark(session_id)
    await until(lambda: room.drawn > before)
    hub.pictures.mark(session_id)
    await asyncio.sleep(0.3)  # nothing happens, which no condition tells; a machine that stalls changes nothing of it
    assert room.drawn == before + 1


@pytest.mark.parametrize("crowd", ["none", "commands", "people"])
def test_a_meeting_rests_longer_where_more_comes_than_can_be_shown(crowd: str) -> None:
    """Each drawing of that time is out of date before it arrives, and takes what the commands behind it need."""

    async def test(hub: Hub, room: Room) -> None:
        browser = Browser.at(hub)
        await until(lambda: browser.socket.outbox and not hub.pictures.drawing)
        hub.crowded = crowd == "commands"
        if crowd == "people":
            hub.pictures.own.of_new.taken.add(1)
        await (is_drawn_again_and_again if crowd == "none" else is_drawn_once)(hub, room, 1)

    with_hub(test)


def test_one_meeting_s_crowd_is_no_other_s() -> None:
    async def test(hub: Hub, room: Room) -> None:
        browsers = [Browser.at(hub, watcher=Watcher(session_id)) for session_id in (1, 2)]
        await until(lambda: all(browser.socket.outbox for browser in browsers) and not hub.pictures.drawing)
        hub.pictures.own.of_new.taken.add(1)
        await is_drawn_again_and_again(hub, room, 2)

    with_hub(test)
