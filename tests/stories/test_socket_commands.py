"""A phone sends by its socket, and by POST where that is cut; either way it arrives once."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.stories.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("stack", ["sqlite"], indirect=True)]

SWALLOW = """
window.WebSocket = class extends WebSocket {
  send(text) {
    const late = window.late && text.includes('"t":"do"') ? window.late : 0;
    if (!window.swallow) late ? setTimeout(() => super.send(text), late) : super.send(text);
  }
};
"""


def posts(page: Page) -> list[str]:
    """The doors that were opened by POST, from now on."""
    seen: list[str] = []
    page.on("request", lambda request: request.method == "POST" and seen.append(request.url.rsplit("/", 1)[1]))
    return seen


def test_a_phone_sends_by_its_socket(cast: Cast) -> None:
    desk = cast.desk()
    desk.set_up()
    desk.open()
    (amara,) = cast.phones(desk.open_door(), "Amara")
    desk.next("Start the meeting")
    desk.next("Key words")
    amara.page.add_init_script(SWALLOW)
    amara.reload()
    posted = posts(amara.page)
    amara.add_card("kind")
    amara.card_arrived("kind")
    assert posted == []

    # A socket that answers pings is only slow: by POST as well, the command would be twice the work.
    amara.page.evaluate("window.late = 6_000")
    amara.add_card("slow")
    expect(amara.own_card("slow")).to_have_class(re.compile("is-sent"), timeout=20_000)
    assert posted == []
    amara.page.evaluate("window.late = 0")

    # What the socket takes without a word goes by POST, and so does the next, at once.
    amara.page.evaluate("window.swallow = true")
    amara.add_card("swift")
    amara.card_arrived("swift")
    amara.add_card("honest")
    amara.card_arrived("honest")
    assert posted == ["add-card", "add-card"]

    # A request that hangs, as where Wi-Fi goes without a word, is sent anew.
    held: list[Route] = []
    amara.page.route("**/do/add-card", lambda route: held.append(route), times=1)
    amara.add_card("patient")
    expect(amara.own_card("patient")).to_have_class(re.compile("is-sent"), timeout=20_000)
    assert (len(held), posted) == (1, ["add-card"] * 4)

    # Offline nothing goes; back again the socket is another one, and is trusted.
    amara.page.evaluate("window.swallow = false")
    amara.go_offline()
    amara.put_card("calm")
    amara.come_online()
    amara.card_arrived("calm")
    del posted[:]
    amara.add_card("warm")
    amara.card_arrived("warm")
    assert posted == []
    for word in ("kind", "slow", "swift", "honest", "patient", "calm", "warm"):
        expect(amara.own_card(word)).to_have_count(1)
