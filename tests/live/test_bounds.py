"""The hub without a server: what one socket does, or does not do, costs the others nothing and never piles up."""

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.live.a_hub import PHONE, Browser, Room, Watcher, is_quiet, until, with_hub
from workshop import metrics
from workshop.live import drafts
from workshop.live import hub as hubs
from workshop.live.consumer import Consumer
from workshop.live.drafts import MAX_WAITING_PUSHES
from workshop.live.frames import Frame
from workshop.live.hub import Hub
from workshop.live.reading import Command
from workshop.live.sockets import SERVER_ERROR, Socket
from workshop.live.taking import AT_ONCE, MAX_WAITING

pytestmark = pytest.mark.usefixtures("one_process")


def test_what_can_t_be_answered_closes_the_socket_with_a_word(caplog: pytest.LogCaptureFixture) -> None:
    """The browser comes back after a random while. Without the word it was cut, with the server's own traceback."""

    async def test(hub: Hub, room: Room) -> None:
        heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        said: list[dict[str, Any]] = []

        async def say(event: dict[str, Any]) -> None:
            said.append(event)

        heard.put_nowait({"type": "websocket.connect"})
        heard.put_nowait({"type": "websocket.receive", "text": '{"t":"draft","draft":1,"version":0}'})
        consumer = Consumer(hub, lambda coming: [Watcher() for _one in coming], lambda host: True)
        scope = {"headers": [(b"host", b"ours"), (b"origin", b"http://ours")], "scheme": "ws"}
        await consumer(scope, heard.get, say, view="phone", public_id=uuid.uuid4())
        assert [event.get("code", event["type"]) for event in said] == ["websocket.accept", SERVER_ERROR]
        assert hub.everyone() == []

    with_hub(test)
    assert "What a browser sent could not be answered" in caplog.text


def test_pushes_beyond_a_few_are_not_gathered() -> None:
    async def test(hub: Hub, room: Room) -> None:
        browser, other = Browser.at(hub), Browser.at(hub)
        for _number in range(1_000):
            hub.drafts.push(browser.socket, 3, {})
        hub.drafts.push(other.socket, 3, {})
        assert len(hub.drafts.pushes[3]) == MAX_WAITING_PUSHES + 1
        await until(lambda: browser.socket.pushing == 0)
        hub.drafts.push(browser.socket, 3, {})
        assert len(hub.drafts.pushes[3]) == 1  # and it may go on

    with_hub(test)


def a_command(seq: int) -> Command:
    return Command("vote", uuid.UUID(int=1), seq, {})


def told(browser: Browser) -> dict[int, Any]:
    messages = [json.loads(frame.text) for frame in browser.socket.answers]
    return {message["seq"]: message["answer"] for message in messages}


def test_commands_of_a_burst_are_taken_together_and_what_is_too_much_is_told_so() -> None:
    async def test(hub: Hub, room: Room) -> None:
        batches: list[int] = []
        unanswered: list[int] = []

        def doors(asked: Sequence[Any]) -> list[Any]:
            batches.append(len(asked))
            unanswered.append(hub.figures()["commands_waiting"])  # what is being saved is not answered either
            return [{"ok": True, "language": language} for _watcher, language, _command in asked]

        hub.doors = doors
        browsers = [Browser.at(hub) for _number in range(20)]
        for browser in browsers:
            for seq in range(MAX_WAITING + 3):
                hub.taking.ask(browser.socket, a_command(seq))
        await until(lambda: not any(browser.socket.asking for browser in browsers))
        assert batches == [AT_ONCE, AT_ONCE, AT_ONCE, 10]
        assert unanswered == [160, 110, 60, 10]
        assert hub.figures()["commands_waiting"] == 0
        for browser in browsers:
            took, not_now = {"ok": True, "language": "en"}, None
            assert told(browser) == {seq: took if seq < MAX_WAITING else not_now for seq in range(MAX_WAITING + 3)}

    with_hub(test)


def test_a_batch_that_fails_is_told_so_and_the_next_is_taken() -> None:
    async def test(hub: Hub, room: Room) -> None:
        fails = [True]

        def doors(asked: Sequence[Any]) -> list[Any]:
            if fails.pop():
                raise RuntimeError("the database is away")
            return [{"ok": True}] * len(asked)

        hub.doors, browser = doors, Browser.at(hub)
        hub.taking.ask(browser.socket, a_command(1))
        await until(lambda: told(browser))
        fails.append(False)
        hub.taking.ask(browser.socket, a_command(2))
        await until(lambda: len(told(browser)) == 2)
        assert told(browser) == {1: None, 2: {"ok": True}}
        assert (browser.socket.asking, hub.figures()["commands_waiting"]) == (0, 0)

    with_hub(test)


def test_what_happens_can_be_observed() -> None:
    async def test(hub: Hub, room: Room) -> None:
        seen: Counter[str] = Counter()
        hub.observe = lambda what, _amount, of="": seen.update([f"{what} {of}".strip()])
        hub.doors = lambda asked: [{"ok": True}] * len(asked)
        browser = Browser.at(hub)
        hub.taking.ask(browser.socket, a_command(1))
        await until(lambda: told(browser) and browser.socket.outbox)
        await until(lambda: seen["fan_out_seconds"])
        assert set(seen) >= {"fan_out_seconds", f"command_seconds {a_command(1).door}", "commands_at_once"}
        assert set(hub.figures()) == set(metrics.STANDS)
        assert (hub.figures()["sockets"], hub.figures()["meetings"]) == (1, 1)

    with_hub(test)


def test_carets_under_many_names_take_one_place() -> None:
    async def test(hub: Hub, room: Room) -> None:
        writer, reader = Browser.at(hub, watcher=Watcher(participant_id=1)), Browser.at(hub)
        writer.socket.draft = reader.socket.draft = 3
        for number in range(50):
            await hub.drafts.tell_caret(writer.socket, {"t": "caret", "draft": 3, "client": f"name{number}"})
        carets = [frame for key, frame in reader.socket.outbox.items() if key.startswith("caret")]
        assert [json.loads(frame.text)["client"] for frame in carets] == ["name49"]

    with_hub(test)


def test_after_rows_the_meeting_is_looked_at_anew_once_nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "SETTLED", 0.2)

    async def test(hub: Hub, room: Room) -> None:
        browser = Browser.at(hub)
        await until(
            lambda: browser.socket.outbox and not hub.came and not hub.pictures.drawing and not hub.pictures.marked
        )
        drawn, due = room.drawn, [0.0]
        for version in range(1, 6):
            browser.socket.draft, browser.socket.draft_version = 3, version - 1
            room.head = version
            await hub.drafts.show_rows(3)
            due.append(hub.drafts.settling[1].when())
        assert due == sorted(set(due))  # each row puts it off
        await until(lambda: room.drawn > drawn)
        assert asyncio.get_running_loop().time() >= due[-1]
        assert (room.drawn, hub.drafts.settling) == (drawn + 1, {})

    with_hub(test)


def test_where_nobody_ever_pauses_it_is_looked_at_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "SETTLED", 0.2)
    monkeypatch.setattr(drafts, "AT_LATEST", 0.5)

    async def test(hub: Hub, room: Room) -> None:
        browser = Browser.at(hub)
        await until(
            lambda: browser.socket.outbox and not hub.came and not hub.pictures.drawing and not hub.pictures.marked
        )
        drawn, began = room.drawn, asyncio.get_running_loop().time()
        for version in range(1, 13):
            browser.socket.draft, browser.socket.draft_version = 3, version - 1
            room.head = version
            await hub.drafts.show_rows(3)
            assert hub.drafts.settling[1].when() <= hub.drafts.typing[1] + 0.5
            await asyncio.sleep(0.1)
            if asyncio.get_running_loop().time() - began > 0.7:
                break
        assert room.drawn > drawn

    with_hub(test)


def test_a_flood_of_hellos_leaves_half_of_the_time_to_others() -> None:
    async def test(hub: Hub, room: Room) -> None:
        room.takes = 0.05
        browser, began = Browser.at(hub), time.monotonic()
        for _number in range(100):
            hub.hello(browser.socket, {})
            await asyncio.sleep(0.01)
        turns = (time.monotonic() - began) / (2 * room.takes)
        assert 1 < room.drawn <= turns + 1  # without a rest there would be twice as many

    with_hub(test)


def test_whoever_is_removed_before_a_hello_is_closed_and_forgotten() -> None:
    async def test(hub: Hub, room: Room) -> None:
        removed = Watcher(participant_id=5)
        room.gone = frozenset([removed])
        silent, other = Browser.at(hub, hello=False, watcher=removed), Browser.at(hub)
        await until(lambda: silent.closed)
        await until(lambda: other.socket.outbox)
        assert silent.closed == [4403]
        assert hub.sockets[1] == {other.socket}
        assert not silent.socket.outbox

    with_hub(test)


def test_whoever_is_removed_while_they_come_is_closed_although_nothing_changes() -> None:
    async def test(hub: Hub, room: Room) -> None:
        first = Browser.at(hub)
        await until(lambda: first.socket.outbox and is_quiet(hub))
        removed = Watcher(participant_id=5)
        room.gone = frozenset([removed])
        late = Browser.at(hub, watcher=removed)
        await until(lambda: late.closed)
        assert hub.sockets[1] == {first.socket}

    with_hub(test)


def test_before_a_hello_nothing_is_sent() -> None:
    async def test(hub: Hub, room: Room) -> None:
        silent, other = Browser.at(hub, hello=False), Browser.at(hub)
        await until(lambda: other.socket.outbox)
        assert not silent.socket.outbox

    with_hub(test)


def test_whoever_comes_is_shown_what_the_others_show_without_a_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(hub: Hub, room: Room) -> None:
        first = Browser.at(hub)
        await until(lambda: first.socket.outbox and not hub.pictures.drawing)
        second = Browser.at(hub, watcher=Watcher(participant_id=2))
        assert second.socket.has == first.socket.has != {}
        await until(lambda: "mine" in second.socket.outbox)
        assert room.drawn == 1

    monkeypatch.setattr(hubs, "LOOK_EVERY", 60)
    with_hub(test)


def test_whoever_comes_with_something_newer_keeps_it_until_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(hub: Hub, room: Room) -> None:
        first = Browser.at(hub)
        await until(lambda: first.socket.outbox and not hub.pictures.drawing)
        room.html = "two"  # the hint is still on its way
        second = Browser.at(hub, have={"stage": "two"})
        assert not second.socket.outbox
        await until(lambda: first.socket.has == {"stage": "two"})
        assert not second.socket.outbox

    monkeypatch.setattr(hubs, "LOOK_EVERY", 60)
    with_hub(test)


def test_whoever_comes_while_it_is_drawn_is_shown_that_drawing_too() -> None:
    async def test(hub: Hub, room: Room) -> None:
        first = Browser.at(hub)
        await until(lambda: first.socket.outbox and is_quiet(hub))
        room.takes, room.html = 0.2, "two"
        hub.pictures.mark(1)
        await until(lambda: hub.pictures.drawing)
        second = Browser.at(hub)
        assert second.socket.has == {"stage": "one"}
        await until(lambda: second.socket.has == first.socket.has == {"stage": "two"})

    with_hub(test)


def test_a_drawing_that_failed_is_tried_again_although_nothing_changes() -> None:
    async def test(hub: Hub, room: Room) -> None:
        browser = Browser.at(hub)
        await until(lambda: browser.socket.outbox)
        room.fails = 2
        browser.socket.outbox.clear()
        hub.hello(browser.socket, {})  # the revision is drawn already, but the page shows nothing of it any more
        await until(lambda: browser.socket.outbox)
        assert room.drawn >= 4

    with_hub(test)


def test_a_frame_that_cannot_be_sent_does_not_leave_a_mute_socket() -> None:
    async def broken(error: Exception) -> list[int]:
        closed: list[int] = []

        async def send(_frame: str) -> None:
            raise error

        async def close(code: int) -> None:
            closed.append(code)

        socket = Socket(Watcher(), PHONE, send, close)
        socket.put("stage", Frame("{}"))
        await asyncio.wait_for(socket.write(), 5)
        return closed

    assert asyncio.run(broken(UnicodeEncodeError("utf-8", "\ud800", 0, 1, "half a character"))) == [1011]
    assert asyncio.run(broken(ConnectionResetError())) == []


def test_the_hub_keeps_nothing_of_sockets_that_are_gone() -> None:
    async def test(hub: Hub, room: Room) -> None:
        browsers = [Browser.at(hub) for _number in range(20)]
        await until(lambda: all(browser.socket.outbox for browser in browsers))
        for browser in browsers:
            hub.discard(browser.socket)
        await asyncio.sleep(0.2)
        assert (dict(hub.sockets), hub.pictures.known, hub.pictures.drawing) == ({}, {}, set())
        assert (hub.pictures.own.of_all.asked, hub.pictures.own.turns) == (set(), 0)
        assert len(hub._tasks) == 4  # its own: tick, look, presence, garbage

    with_hub(test)


def test_the_newest_panel_takes_the_place_of_an_older_one_that_waits() -> None:
    async def test(hub: Hub, room: Room) -> None:
        slow = Browser.at(hub)
        await until(lambda: slow.socket.outbox)
        for number in range(5):
            room.html = f"version {number}"
            hub.pictures.mark(1)
            await until(lambda number=number: f"version {number}" in slow.socket.outbox.get("stage", Frame("")).text)
        assert [key for key in slow.socket.outbox if key == "stage"] == ["stage"]

    with_hub(test)


def test_a_drawing_that_takes_long_is_not_asked_for_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(hub: Hub, room: Room) -> None:
        Browser.at(hub)
        await until(lambda: room.drawn and not hub.came and not hub.pictures.drawing and not hub.pictures.marked)
        drawn, room.takes, room.revision = room.drawn, 0.5, 2
        hub.hint(1, session=1)
        await until(lambda: hub.pictures.known.get(1) == 2 and not hub.pictures.drawing)
        assert (room.drawn, hub.pictures.marked) == (drawn + 1, set())

    monkeypatch.setattr(hubs, "LOOK_EVERY", 0.05)
    with_hub(test)


def test_one_phone_has_so_many_pages_and_the_oldest_makes_room() -> None:
    async def test(hub: Hub, room: Room) -> None:
        phone, other = Watcher(participant_id=1, device_id=1), Watcher(participant_id=2, device_id=2)
        pages = [Browser.at(hub, watcher=phone) for _page in range(hubs.MOST_PAGES)]
        hub.discard(pages.pop().socket)  # one is closed by whoever has it
        pages += [Browser.at(hub, watcher=phone), Browser.at(hub, watcher=other)]
        await asyncio.sleep(0)
        assert not any(page.closed for page in pages)
        Browser.at(hub, watcher=phone)
        await until(lambda: pages[0].closed)
        assert [page.closed for page in pages] == [[hubs.TOO_MANY]] + [[]] * hubs.MOST_PAGES
        assert pages[0].socket not in hub.everyone()

    with_hub(test)


def test_of_phones_that_have_gone_nothing_is_kept() -> None:
    async def test(hub: Hub, room: Room) -> None:
        for number in range(3):
            hub.discard(Browser.at(hub, watcher=Watcher(participant_id=number, device_id=number)).socket)
        assert not hub.pages

    with_hub(test)
