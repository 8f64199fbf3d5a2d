"""Hints between processes: they go to whom they concern."""

import asyncio
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.test import override_settings

from tests.live.a_hub import Browser, Room, Watcher, until, with_hub
from workshop.live import hints
from workshop.live.hints import GROUP, MOST_LEAVING, TOGETHER, Hints
from workshop.live.hub import Hub


@pytest.fixture(autouse=True)
def several_processes() -> Any:
    """As if there were others: the layer in memory stands for theirs."""
    with override_settings(
        REDIS_URL="redis://elsewhere", CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    ):
        yield


def groups() -> set[str]:
    return set(get_channel_layer().groups)


def test_a_process_listens_to_the_meetings_that_it_has_sockets_of() -> None:
    async def test(hub: Hub, _room: Room) -> None:
        first, second = (Browser.at(hub, watcher=Watcher(id_)) for id_ in (1, 2))
        third = Browser.at(hub, watcher=Watcher(2))
        await until(lambda: groups() == {GROUP.format(1), GROUP.format(2)})
        hub.discard(second.socket)
        await asyncio.sleep(0.05)
        assert groups() == {GROUP.format(1), GROUP.format(2)}
        hub.discard(third.socket)
        await until(lambda: groups() == {GROUP.format(1)})
        hub.discard(first.socket)
        await until(lambda: groups() == set())

    with_hub(test)


def test_a_hint_reaches_the_processes_of_its_meeting_and_no_others() -> None:
    async def test(hub: Hub, _room: Room) -> None:
        Browser.at(hub, watcher=Watcher(1))
        await until(groups)
        heard: list[dict[str, Any]] = []
        hub.hints.heard = heard.append
        other = Hints(hub, heard.append)
        await other.pass_on(2, {"session": 2})
        await other.pass_on(1, {"draft": 7})
        await until(lambda: heard)
        assert heard == [{"draft": 7}]

    with_hub(test)


def test_where_the_layer_hangs_nobody_waits_and_hints_do_not_pile_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is alive and silent, which is worse than gone."""

    class Hanging(InMemoryChannelLayer):
        async def group_send(self, group: str, message: dict[str, Any]) -> None:
            await asyncio.Future()

    layer = Hanging()
    monkeypatch.setattr(hints, "get_channel_layer", lambda: layer)
    monkeypatch.setattr(hints, "PASS_ON_WITHIN", 0.2)

    async def test(hub: Hub, _room: Room) -> None:
        browser = Browser.at(hub)
        await asyncio.wait_for(hub.drafts.tell_caret(browser.socket, {"t": "caret", "draft": 7}), 0.1)
        for number in range(3 * MOST_LEAVING):
            hub.hint(1, draft=number)
        await until(lambda: hub.hints.passing >= MOST_LEAVING)
        assert hub.hints.passing == MOST_LEAVING
        await until(lambda: hub.hints.passing == 0)
        assert len(caplog.records) == 1

    with_hub(test)


def test_one_s_own_hint_is_not_heard_again_from_the_layer() -> None:
    """A meeting would be drawn twice for each change."""

    async def test(hub: Hub, _room: Room) -> None:
        Browser.at(hub, watcher=Watcher(1))
        await until(groups)
        heard: list[dict[str, Any]] = []
        hub.hints.heard = heard.append
        hub.hint(1, session=1)
        await until(lambda: heard)
        await asyncio.sleep(4 * TOGETHER)  # it has left by then
        await Hints(hub, heard.append).pass_on(1, {"draft": 7})  # comes after it
        await until(lambda: heard[1:])
        assert heard == [{"session": 1}, {"draft": 7}]

    with_hub(test)
