"""What a hint says of a change: nothing is drawn for whom it does not concern, and nobody misses what does."""

import pytest

from tests.live.a_hub import DESK, PHONE, Browser, Room, Watcher, all_is_given, changed, shows, until, with_hub
from workshop.live import hub as hubs
from workshop.live.hub import Hub

LONG = 60.0


@pytest.fixture(autouse=True)
def _only_hints_tell(one_process: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "LOOK_EVERY", LONG)


def test_what_phones_do_not_show_is_not_drawn_for_them() -> None:
    async def test(hub: Hub, room: Room) -> None:
        phone, desk = Browser.at(hub), Browser.at(hub, audience=DESK)
        await all_is_given(hub, room)
        room.html = "3 of 8 have voted"
        changed(hub, room, on_phones=False)
        await until(lambda: shows(desk, room.html))
        assert room.drawn_for == {DESK}
        assert shows(phone, "one")
        room.html = "the result"
        changed(hub, room)
        await until(lambda: shows(phone, room.html) and shows(desk, room.html))

    with_hub(test)


def test_who_is_there_is_drawn_for_the_desk_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "SEEN_EVERY", 0.2)

    async def test(hub: Hub, room: Room) -> None:
        Browser.at(hub, watcher=Watcher(participant_id=1))
        Browser.at(hub, audience=DESK)
        await all_is_given(hub, room)
        drawn = room.drawn
        await until(lambda: room.drawn > drawn)
        assert room.drawn_for == {DESK}

    with_hub(test)


def test_where_there_are_only_phones_nothing_is_drawn_and_nothing_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hubs, "LOOK_EVERY", 0.02)

    async def test(hub: Hub, room: Room) -> None:
        Browser.at(hub)
        await until(lambda: not hub.came)
        await all_is_given(hub, room)
        looks, drawn, revisions = [0], room.drawn, room.revisions

        def look(session_ids: list[int]) -> dict[int, int]:
            looks[0] += 1
            return revisions(session_ids)

        monkeypatch.setattr(room, "revisions", look)
        for _vote in range(5):
            changed(hub, room, on_phones=False)
            await until(lambda: hub.pictures.known.get(1) == room.revision)
        await until(lambda: looks[0] > 3)
        assert room.drawn == drawn

    with_hub(test)


@pytest.mark.parametrize("lost", [0, 1])
def test_what_a_lost_hint_would_have_told_is_drawn_with_the_next(lost: int) -> None:
    """The next says that phones see nothing of it; but of what was before it nobody has said so."""

    async def test(hub: Hub, room: Room) -> None:
        phone, desk = Browser.at(hub), Browser.at(hub, audience=DESK)
        await all_is_given(hub, room)
        room.html = "the result"
        changed(hub, room, lost=lost, on_phones=False)
        await until(lambda: shows(desk, room.html))
        await all_is_given(hub, room)
        assert shows(phone, room.html) is bool(lost)

    with_hub(test)


def test_one_part_s_drawing_does_not_hide_a_change_that_no_hint_has_told_of() -> None:
    """The desk's drawing was made after it. Phones have it when the hint comes, or the hub's own look."""

    async def test(hub: Hub, room: Room) -> None:
        phone, desk = Browser.at(hub), Browser.at(hub, audience=DESK)
        await all_is_given(hub, room)
        changed(hub, room, on_phones=False)
        room.revision += 1  # its hint is lost
        room.html = "the result"
        await until(lambda: shows(desk, room.html))
        assert not shows(phone, room.html)
        assert hub.pictures.known[1] == room.revision - 1
        changed(hub, room, on_phones=False)
        await until(lambda: shows(phone, room.html))

    with_hub(test)


def test_a_phone_that_comes_after_a_drawing_for_others_is_given_what_phones_show() -> None:
    async def test(hub: Hub, room: Room) -> None:
        first, desk = Browser.at(hub), Browser.at(hub, audience=DESK)
        await all_is_given(hub, room)
        room.html = "3 of 8 have voted"
        changed(hub, room, on_phones=False)
        await until(lambda: shows(desk, room.html))
        drawn, second = room.drawn, Browser.at(hub)
        assert second.socket.has == first.socket.has
        assert '"one"' in second.socket.outbox["stage"].text
        assert room.drawn == drawn

    with_hub(test)


def test_what_could_not_be_drawn_for_some_is_drawn_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "LOOK_EVERY", 0.05)

    async def test(hub: Hub, room: Room) -> None:
        phone, desk = Browser.at(hub), Browser.at(hub, audience=DESK)
        await all_is_given(hub, room)
        room.fails, room.html = 1, "two"
        changed(hub, room, on_phones=False)
        await until(lambda: shows(phone, "two") and shows(desk, "two"))
        assert room.drawn_for == {PHONE, DESK}

    with_hub(test)


def test_hints_in_another_order_leave_nobody_behind() -> None:
    """Two processes have each told of a change; the later one is heard first."""

    async def test(hub: Hub, room: Room) -> None:
        phone = Browser.at(hub)
        await all_is_given(hub, room)
        before, room.revision, room.html = room.revision, room.revision + 2, "two"
        told = {"session": 1, "touches": (), "on_phones": False}
        hub.hint(1, since=before + 1, revision=before + 2, **told)
        await until(lambda: shows(phone, "two"))
        await all_is_given(hub, room)
        drawn = room.drawn
        hub.hint(1, since=before, revision=before + 1, **told)
        changed(hub, room, on_phones=False)
        await until(lambda: hub.pictures.known.get(1) == room.revision)
        assert (room.drawn, hub.pictures.marked) == (drawn, set())

    with_hub(test)
