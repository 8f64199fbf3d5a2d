"""What is everyone's own comes after the panels, at a pace of its own, and is never forgotten."""

import asyncio
import json
import time

import pytest

from tests.live.a_hub import Browser, Room, Watcher, until, with_hub
from workshop.live.hub import Hub

pytestmark = pytest.mark.usefixtures("one_process")


def test_nobody_waits_for_what_is_everyone_s_own() -> None:
    async def test(hub: Hub, room: Room) -> None:
        room.own_takes, began = 0.5, time.monotonic()
        browser = Browser.at(hub, watcher=Watcher(participant_id=1))
        for html in ("one", "two", "three"):
            room.html = html
            hub.pictures.mark(1)
            await until(lambda html=html: html in browser.socket.has.values())  # type: ignore[misc]
        assert time.monotonic() - began < room.own_takes
        await until(lambda: "mine" in browser.socket.outbox)

    with_hub(test)


def test_what_is_everyone_s_own_is_read_at_a_pace_of_its_own_and_the_last_word_comes() -> None:
    async def test(hub: Hub, room: Room) -> None:
        room.own_takes = 0.05
        browser, began = Browser.at(hub, watcher=Watcher(participant_id=1)), time.monotonic()
        for _number in range(60):
            hub.pictures.mark(1)
            await asyncio.sleep(0.01)
        room.name = "Anouk"
        hub.pictures.mark(1)
        most = (time.monotonic() - began) / (5 * room.own_takes) + 1
        assert 1 <= room.own_read <= most < room.drawn
        await until(lambda: json.loads(browser.socket.outbox["mine"].text)["mine"]["name"] == "Anouk")

    with_hub(test)


def test_whoever_comes_meanwhile_has_their_own_at_once() -> None:
    async def test(hub: Hub, room: Room) -> None:
        room.own_takes = 0.1
        first = Browser.at(hub, watcher=Watcher(participant_id=1))
        await until(lambda: "mine" in first.socket.outbox)
        second, came = Browser.at(hub, watcher=Watcher(participant_id=2)), time.monotonic()
        await until(lambda: "mine" in second.socket.outbox)
        assert time.monotonic() - came < 3 * room.own_takes  # all are read again four times that long after the first

    with_hub(test)


def test_what_is_everyone_s_own_is_tried_again_where_it_could_not_be_read() -> None:
    async def test(hub: Hub, room: Room) -> None:
        room.own_fails = 2
        browser = Browser.at(hub, watcher=Watcher(participant_id=1))
        await until(lambda: "mine" in browser.socket.outbox)
        assert room.own_read == 3

    with_hub(test)
