"""What is everyone's own comes after the panels, at a pace of its own, and is never forgotten."""

import asyncio
import json
import time
from functools import partial
from uuid import uuid4

import pytest

from tests.live.a_hub import PHONE, Browser, Room, Watcher, all_is_given, changed, shows, until, with_hub
from workshop.live import hub as hubs
from workshop.live import own as owns
from workshop.live.hub import Hub
from workshop.live.own import REST, Own, give_mine
from workshop.live.reading import Command
from workshop.live.sockets import Audience, Socket
from workshop.live.taking import answer

pytestmark = pytest.mark.usefixtures("one_process")


def own_of(browser: Browser) -> str:
    return json.loads(browser.socket.outbox["mine"].text)["mine"]["name"]


def test_nobody_waits_for_what_is_everyone_s_own() -> None:
    async def test(hub: Hub, room: Room) -> None:
        room.own_may_be_read.clear()
        browser = Browser.at(hub, watcher=Watcher(participant_id=1))
        for html in ("one", "two", "three"):
            room.html = html
            hub.pictures.mark(1)
            await until(partial(shows, browser, html))
        assert "mine" not in browser.socket.outbox
        room.own_may_be_read.set()
        await until(lambda: "mine" in browser.socket.outbox)

    with_hub(test)


def test_what_is_everyone_s_own_is_read_at_a_pace_of_its_own_and_the_last_word_comes() -> None:
    async def test(hub: Hub, room: Room) -> None:
        room.own_takes = 0.05
        browser, began = Browser.at(hub, watcher=Watcher(participant_id=1)), time.monotonic()
        while room.drawn < 20:
            hub.pictures.mark(1)
            await asyncio.sleep(0.01)
        room.name = "Anouk"
        hub.pictures.mark(1)
        most = (time.monotonic() - began) / ((1 + REST) * room.own_takes) + 1
        assert 1 <= room.own_read <= most
        await until(lambda: own_of(browser) == "Anouk")

    with_hub(test)


@pytest.mark.parametrize("audience", [PHONE, Audience("phone", "fr")], ids=["drawn", "not drawn yet"])
def test_whoever_comes_while_all_of_it_rests_has_their_own(audience: Audience, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(hub: Hub, room: Room) -> None:
        first = Browser.at(hub, watcher=Watcher(participant_id=1))
        hub.pictures.mark(1)
        await until(lambda: "mine" in first.socket.outbox and 1 in hub.pictures.own.of_all.taken)
        second = Browser.at(hub, watcher=Watcher(participant_id=2), audience=audience)
        await until(lambda: "mine" in second.socket.outbox)
        assert hub.pictures.own.of_all.taken == {1}

    monkeypatch.setattr(hubs, "LOOK_EVERY", 60)
    monkeypatch.setattr(Own, "_rest", lambda _own, _took: 60)
    with_hub(test)


async def is_at_rest(hub: Hub, room: Room) -> None:
    """Everything up to now has been given."""
    await all_is_given(hub, room)
    await until(lambda: not hub.pictures.own.turns)


def test_the_own_of_whom_a_change_touched_is_read_later_once_and_nobody_else_s(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(hub: Hub, room: Room) -> None:
        first, second = (Browser.at(hub, watcher=Watcher(participant_id=pk)) for pk in (1, 2))
        await is_at_rest(hub, room)
        read, room.name = room.own_read, "Anouk"
        for html in ("one", "two", "three"):
            room.html = html
            changed(hub, room, touches=(1,))
            await until(partial(shows, first, html))
        assert room.own_read == read
        await until(lambda: own_of(first) == "Anouk")
        await is_at_rest(hub, room)
        assert (room.own_read, room.own_of, own_of(second)) == (read + 1, {1}, "Ana")

    monkeypatch.setattr(hubs, "LOOK_EVERY", 60)
    monkeypatch.setattr(owns, "LATER", 0.6)
    with_hub(test)


def test_whom_an_answer_told_what_is_theirs_is_not_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a vote that is each of them: what is theirs would be read twice for every ballot."""

    async def test(hub: Hub, room: Room) -> None:
        browser = Browser.at(hub, watcher=Watcher(participant_id=1))
        await is_at_rest(hub, room)
        read = room.own_read
        changed(hub, room, touches=(1,))
        await until(lambda: 1 in hub.pictures.own.later)
        command = Command(door="vote", client=uuid4(), seq=1, fields={})
        answer(browser.socket, command, {"ok": True, "mine": {"revision": room.revision, "name": "Ana"}})
        await is_at_rest(hub, room)
        assert room.own_read == read

    monkeypatch.setattr(hubs, "LOOK_EVERY", 60)
    monkeypatch.setattr(owns, "LATER", 0.2)
    with_hub(test)


def test_a_change_that_touches_everyone_is_not_held_up_by_one_that_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(hub: Hub, room: Room) -> None:
        browser = Browser.at(hub, watcher=Watcher(participant_id=1))
        await is_at_rest(hub, room)
        room.name = "Anouk"
        changed(hub, room, touches=None)
        changed(hub, room, touches=())
        await until(lambda: own_of(browser) == "Anouk")

    monkeypatch.setattr(hubs, "LOOK_EVERY", 60)
    monkeypatch.setattr(owns, "LATER", 60)
    with_hub(test)


def test_of_two_readings_the_newer_one_stays() -> None:
    async def send(_frame: str) -> None: ...
    async def close(_code: int) -> None: ...

    socket = Socket(Watcher(participant_id=1), PHONE, send, close)
    give_mine(socket, {1: {"revision": 8, "name": "Anouk"}})
    give_mine(socket, {1: {"revision": 7, "name": "Ana"}})
    assert socket.mine == {"revision": 8, "name": "Anouk"}
    assert json.loads(socket.outbox["mine"].text)["mine"] == socket.mine


def test_what_is_everyone_s_own_is_tried_again_where_it_could_not_be_read() -> None:
    async def test(hub: Hub, room: Room) -> None:
        room.own_fails = 2
        browser = Browser.at(hub, watcher=Watcher(participant_id=1))
        await until(lambda: "mine" in browser.socket.outbox)
        assert room.own_read == 3

    with_hub(test)
