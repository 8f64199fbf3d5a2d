"""Rows of a draft, from a hub without a server."""

import asyncio
import json
import threading
import time
from typing import Any

import pytest

from tests.live.a_hub import Browser, Room, until, with_hub
from workshop.live import hub as hubs
from workshop.live.frames import Frame
from workshop.live.hub import Hub
from workshop.live.sockets import MAX_WAITING_ROWS

pytestmark = pytest.mark.usefixtures("one_process")


def test_rows_that_nobody_reads_become_one_word() -> None:
    async def test(hub: Hub, room: Room) -> None:
        browser = Browser.at(hub)
        browser.socket.draft, browser.socket.draft_version = 3, 7
        for number in range(10 * MAX_WAITING_ROWS):
            browser.socket.put_row(Frame(str(number)))
            assert len(browser.socket.rows) <= MAX_WAITING_ROWS
        behind = [frame for frame in browser.socket.rows if "behind" in frame.text]
        assert json.loads(behind[0].text) == {"t": "behind", "draft": 3, "head": 7}

    with_hub(test)


def test_rows_that_two_readers_bring_at_once_are_not_left_to_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that read less is done first; the other finds sockets further than it thought, and not far enough."""
    monkeypatch.setattr(hubs, "LOOK_EVERY", 60)

    async def test(hub: Hub, room: Room) -> None:
        browser = Browser.at(hub)
        browser.socket.draft = 7
        reads: list[int] = []
        both_read = threading.Event()

        def draft_rows(_draft_id: int, version: int) -> dict[str, Any]:
            rows: list[list[Any]] = [[]] * (room.head - version)
            reads.append(version)
            if len(reads) == 1:
                assert both_read.wait(5)
            elif len(reads) == 2:
                both_read.set()
                until_first = time.monotonic() + 5
                while browser.socket.draft_version == 0 and time.monotonic() < until_first:
                    time.sleep(0.01)
            return {"t": "rows", "draft": 7, "from": version, "rows": rows}

        room.draft_rows = draft_rows  # type: ignore[method-assign]
        room.head = 1
        first = asyncio.create_task(hub.drafts.show_rows(7))
        await until(lambda: reads)
        room.head = 2
        await asyncio.gather(first, hub.drafts.show_rows(7))
        await until(lambda: browser.socket.draft_version == 2)

    with_hub(test)
