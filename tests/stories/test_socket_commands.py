"""A phone sends by its socket, and by POST where that is cut; either way it arrives once, and what is newest stands."""

import re
from typing import Any
from uuid import UUID, uuid4

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

    # What answers and is not ours, as a portal's page, says nothing of the command.
    portal = {"content_type": "text/html", "body": "<h1>Welcome to our Wi-Fi</h1>"}
    amara.page.route("**/do/add-card", lambda route: route.fulfill(**portal), times=1)
    amara.add_card("plain")
    amara.card_arrived("plain")
    assert posted == ["add-card"] * 6

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
    for word in ("kind", "slow", "swift", "honest", "patient", "plain", "calm", "warm"):
        expect(amara.own_card(word)).to_have_count(1)


LEAVE_BEHIND = """([door, fields, replaces, client, ago]) => {
  const entries = [{ door, fields, replaces, seq: 1 }];
  const key = `outbox:${location.pathname}:${client}`;
  localStorage.setItem(key, JSON.stringify({ began: Date.now() - ago, alive: Date.now(), entries }));
}"""
LEAVE_UNREADABLE = "() => localStorage.setItem(`outbox:${location.pathname}:unreadable`, '{')"
NOTHING_IS_LEFT = """() => !Object.keys(localStorage).some(
  (key) => key.startsWith("outbox:") && !key.endsWith(":unreadable")
)"""


def test_what_a_page_that_died_left_behind_takes_the_place_of_nothing_newer(cast: Cast) -> None:
    """It is sent once the page is known to be gone, some seconds later; by then its person may have thought anew."""
    desk = cast.desk()
    desk.set_up()
    desk.open()
    (amara,) = cast.phones(desk.open_door(), "Amara")
    desk.next("Start the meeting")
    desk.go_to("Propose")
    amara.send_sentence("We are warm.")
    round_ = amara.page.locator("[data-propose]").get_attribute("data-round")

    def left_behind(door: str, replaces: str = "", **fields: Any) -> None:
        amara.page.evaluate(LEAVE_BEHIND, [door, {"round": round_, **fields}, replaces, str(uuid4()), 60_000])

    left_behind("send-proposal", f"unsent-{round_}", id=str(uuid4()), body="We are older.")
    left_behind("rename-me", name="Adele")  # nothing of this page stands for that
    amara.page.get_by_role("button", name="Change it").click()
    amara.send_sentence("We are fair.")
    amara.page.wait_for_function(NOTHING_IS_LEFT)
    amara.reload()
    expect(amara.sentence).to_have_value("We are fair.")
    expect(desk.page.locator("#people")).to_contain_text("Adele")


def test_a_word_of_a_page_that_died_is_not_put_into_the_field_when_it_is_refused(cast: Cast) -> None:
    """The phone may have been handed on since, and words are nobody else's before the reveal."""
    desk, (amara,) = cast.meeting("Amara")
    desk.next("Key words")
    round_ = amara.page.locator("[data-add-card] [name=round]").get_attribute("value")
    too_long = {"round": round_, "id": str(uuid4()), "body": "x" * 61}
    amara.page.evaluate(LEAVE_BEHIND, ["add-card", too_long, "", str(uuid4()), 60_000])
    expect(amara.page.locator("#toasts p")).to_be_visible(timeout=20_000)
    expect(amara.word).to_have_value("")


def test_what_several_pages_left_behind_is_sent_in_the_order_in_which_they_began(cast: Cast) -> None:
    """The browser lists them by the names that they have by chance."""
    desk = cast.desk()
    desk.set_up()
    desk.open()
    (amara,) = cast.phones(desk.open_door(), "Amara")
    amara.page.evaluate(LEAVE_UNREADABLE)  # and keeps none of the others from being sent
    for name, client, ago in (
        ("Adele", UUID(int=3, version=4), 90_000),
        ("Ada", UUID(int=1, version=4), 30_000),  # the last word
        ("Agnes", UUID(int=2, version=4), 60_000),
    ):
        amara.page.evaluate(LEAVE_BEHIND, ["rename-me", {"name": name}, "", str(client), ago])
    amara.page.wait_for_function(NOTHING_IS_LEFT)
    expect(desk.page.locator("#people")).to_contain_text("Ada")
    expect(desk.page.locator("#people")).not_to_contain_text("Agnes")


def test_a_form_that_is_sent_twice_while_nothing_seems_to_happen(cast: Cast) -> None:
    desk = cast.desk()
    desk.set_up()
    desk.open()
    held: list[Route] = []
    desk.page.route("**/do/add-person", lambda route: held.append(route), times=1)
    desk.page.get_by_role("button", name="Someone without a phone").click()
    dialog = desk.page.locator("#add-person")
    dialog.get_by_label("Their name").fill("Ana")
    with desk.page.expect_request("**/do/add-person"):
        dialog.get_by_role("button", name="Add").click()
    dialog.get_by_role("button", name="Add").click()
    held[0].continue_()
    expect(dialog).to_be_hidden()
    desk.open_door()  # its command goes after all that was sent before it
    expect(desk.page.locator("#people")).to_contain_text("1 here")
    expect(desk.page.locator("#people").get_by_text("Ana")).to_have_count(1)
