"""The same meeting with everything that goes wrong in a real room: reloads in mid-word, phones without network, servers
that restart, two tabs, and a facilitator who goes back and opens again. Nothing is lost, nothing is doubled."""

import json
import re
from collections import Counter

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.stories.cast import SEVEN, Cast

pytestmark = pytest.mark.browser

NOTICING = "Customer service is noticing what a guest needs."
WANTING = "It is wanting the guest to leave happier than they came."
HONEST = "Good service means honest answers and quick hands."
BETTER = "Good service means honest answers, quick hands and a face that means it."


def test_a_rough_meeting(cast: Cast) -> None:
    desk = cast.desk()
    desk.set_up("Harbor House")
    desk.open()
    screen = cast.screen(desk)
    amara, ben, chioma = phones = cast.phones(desk.open_door(), "Amara", "Ben", "Chioma")
    for phone in phones:
        phone.reload()
        expect(phone.page.get_by_role("heading", name=re.compile("You’re in"))).to_be_visible()
    ben_too = ben.another_tab()
    everyone = [screen.page, *(player.page for player in (amara, ben, ben_too, chioma))]
    desk.next("Start the meeting")
    expect(desk.page.locator("#people")).to_contain_text("3 here")

    # Key words. Amara reloads in mid-word; Chioma has no network; Ben has two tabs; a server restarts.
    desk.next("Key words")
    amara.add_card("Kind")
    amara.word.fill("wel")
    amara.reload()
    expect(amara.word).to_have_value("wel")
    amara.card_arrived("Kind")
    chioma.go_offline()
    expect(chioma.put_card("swift")).to_have_count(1)
    expect(chioma.page.locator("[data-own-cards] > .is-sent")).to_have_count(0)
    ben.add_card("honest")
    ben_too.card_arrived("honest")
    ben_too.add_card("kind")
    ben.card_arrived("kind")
    chioma.come_online()
    chioma.card_arrived("swift")
    cast.stack.servers[-1].restart()
    for phone in phones:
        phone.wait_live()
    amara.word.press("End")
    amara.word.press_sequentially("coming")
    amara.word.press("Enter")
    amara.card_arrived("welcoming")
    chioma.word.fill("gentle")  # and the room moves on before she adds it
    desk.next("Close Key words")
    chioma.page.get_by_text("The pens are down").wait_for()
    chioma.reload()
    desk.reopen()
    ben.add_card("warm")
    for phone in (amara, ben, chioma):
        phone.reload()
    desk.next("Close Key words")
    desk.next("Reveal")
    for page in everyone:
        cards = page.locator("main li")
        expect(cards).to_have_count(6)
        for word in ("swift", "honest", "welcoming", "gentle", "warm", re.compile(r"kind\s*2", re.IGNORECASE)):
            expect(cards.filter(has_text=word)).to_have_count(1)

    # Samples: a phone that reloads shows the piece that the screen shows.
    desk.next("Samples")
    ben.page.get_by_role("button", name="voluntary").click()
    expect(ben.page.get_by_text("That’s it: Voluntary.")).to_be_visible()
    for piece in SEVEN:
        desk.next(piece)
        expect(amara.page.get_by_role("heading", name=piece)).to_be_visible()
        amara.reload()
        expect(amara.page.get_by_role("heading", name=piece)).to_be_visible()
        expect(screen.wall).to_contain_text(piece)
    desk.next("All in place")

    # Propose. Ben has no network when he sends; Amara and Chioma reload before they send.
    desk.next("Propose")
    ben.write(WANTING)
    ben.go_offline()
    ben.page.get_by_role("button", name="Send my sentence").click()
    expect(ben.page.locator("[data-propose-state] b:visible")).to_have_text("Waiting for network")
    for phone, sentence in ((amara, NOTICING), (chioma, HONEST)):
        phone.write(sentence[:20])
        phone.reload()
        expect(phone.sentence).to_have_value(sentence[:20])
        phone.send_sentence(sentence)
        phone.reload()
        phone.sentence_arrived()
        expect(phone.sentence).to_have_value(sentence)
    expect(screen.wall).to_contain_text("2 of 3 done")
    ben.come_online()
    ben.sentence_arrived()
    expect(ben_too.sentence).to_have_value(WANTING)
    ben_too.sentence_arrived()
    expect(screen.wall).to_contain_text("3 of 3 done")
    desk.next("Close Propose")
    desk.back("Back to Samples")
    desk.heading("Samples")
    expect(screen.wall).to_contain_text("Ours may hold other pieces.")
    desk.back("Back to page 8")
    expect(screen.wall).to_contain_text("for whom")
    desk.go_to("Key words")
    expect(screen.wall.get_by_role("listitem")).to_have_count(6)
    desk.go_to("Propose")
    expect(screen.wall).to_contain_text("The pens are down.")
    desk.next("Reveal")
    for page in everyone:
        each_once(page, NOTICING, WANTING, HONEST)
    desk.page.reload()
    desk.wait_live()
    desk.reopen()  # a new round, with the sentences that are there
    chioma.page.get_by_role("button", name="Change it").click()
    chioma.send_sentence(BETTER)
    for phone, sentence in ((amara, NOTICING), (ben, WANTING)):
        expect(phone.sentence).to_have_value(sentence)
        phone.sentence_arrived()
    desk.next("Close Propose")
    desk.next("Reveal")
    for page in everyone:
        each_once(page, NOTICING, WANTING, BETTER)

    # Vote. Amara has no network; Chioma reloads with marks; Ben changes his mind in the other tab.
    desk.next("Vote")
    ben.vote("noticing")
    amara.go_offline()
    amara.mark("noticing", "wanting")
    amara.page.get_by_role("button", name="Send my vote").click()
    expect(amara.page.get_by_text("Waiting for network. It goes by itself.")).to_be_visible()
    chioma.mark("wanting")
    chioma.reload()
    expect(chioma.choice("wanting")).to_be_checked()
    chioma.vote("wanting")
    ben_too.vote_arrived()
    expect(ben_too.choice("noticing")).to_be_checked()
    ben_too.vote("wanting")
    amara.come_online()
    amara.vote_arrived()
    expect(screen.wall).to_contain_text("3 of 3 have voted")
    desk.back("Back to Propose")
    desk.heading("Propose")
    desk.next("Vote")
    amara.reload()
    amara.vote_arrived()
    expect(amara.choice("noticing")).to_be_checked()
    desk.next("Close Vote")
    desk.next("Reveal")
    expect(screen.wall).to_contain_text("3 ballots")
    first = screen.wall.get_by_role("listitem").first
    expect(first).to_contain_text(WANTING)
    expect(first).to_contain_text("3 votes")

    # Draft. Two type while one of them is offline and a server restarts; Amara reloads in mid-word.
    desk.go_to("Draft")
    for phone in (amara, ben, ben_too, chioma):
        expect(phone.draft).to_have_value(WANTING)
        expect(phone.draft).to_be_editable()
    chioma.go_offline()
    chioma.type_at_start("For us ")
    amara.type_at_end(" Every da")
    amara.reload()
    amara.type_at_end("y.")
    expect(ben.draft).to_have_value(f"{WANTING} Every day.")
    cast.stack.servers[0].restart()
    ben.wait_live()
    ben.type_at_end(" Each of us.")
    chioma.come_online()
    text = f"For us {WANTING} Every day. Each of us."
    for phone in (amara, ben, ben_too, chioma):
        phone.wait_live()
        expect(phone.draft).to_have_value(text)
        phone.draft_saved()
    ben_too.type_at_end(" All year.")
    text += " All year."
    screen.shows_draft(text)
    desk.go_to("Close")
    desk.go_to("Draft")
    desk.reopen()
    chioma.type_at_end(" Yes!")
    chioma.draft_saved()
    text += " Yes!"
    desk.go_to("Close")
    desk.page.get_by_role("button", name="Take the draft’s text again").click()
    for page in everyone:
        expect(page.get_by_text(text)).to_be_visible()
    desk.page.reload()
    desk.wait_live()
    desk.seal()
    for phone in phones:
        phone.page.reload()
        expect(phone.page.get_by_role("heading", name=text)).to_be_visible()

    report = desk.report()
    assert report["definition"]["text"] == text
    assert report["meeting"]["people"] == 3
    rounds = {step["kind"]: step["rounds"] for step in report["steps"]}
    (key_words,) = rounds["key-words"]
    counted = Counter({card["text"].lower(): card["count"] for card in key_words["cards"]})
    assert counted == Counter(["kind", "kind", "honest", "swift", "welcoming", "gentle", "warm"])
    first_round, second_round = rounds["propose"]
    assert texts(first_round["proposals"]) == sorted([NOTICING, WANTING, HONEST])
    assert texts(second_round["proposals"]) == sorted([NOTICING, WANTING, BETTER])
    (vote,) = rounds["vote"]
    assert vote["ballots"] == 3
    assert {entry["text"]: entry["support"] for entry in vote["result"]}[WANTING] == 3


def test_answers_that_are_lost(cast: Cast) -> None:
    """The server has done it, and the browser never hears so: it asks again, and it is done once."""
    desk, (amara,) = cast.meeting("Amara")
    desk.go_to("Propose")
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        command = route.request.url.rsplit("/", 1)[-1]
        if command in lost:
            return route.continue_()
        route.fetch()
        lost.append(command)
        return route.abort()

    by_socket: list[int] = []

    def lose_the_first_by_socket(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def down(frame: str | bytes) -> None:
            message = json.loads(frame)
            if message["t"] == "answer" and message["seq"] not in by_socket:
                by_socket.append(message["seq"])
                socket.close()  # and the answer goes with it
            else:
                socket.send(frame)

        server.on_message(down)

    for player in (desk, amara):
        player.page.route("**/do/*", lose_the_first)
    amara.page.route_web_socket("**/live", lose_the_first_by_socket)
    amara.reload()
    desk.page.locator('[data-key="t"]').click()  # one minute more
    desk.page.get_by_role("button", name="Someone without a phone").click()
    desk.page.get_by_role("dialog").get_by_label("Their name").fill("Zoe")
    desk.page.get_by_role("dialog").get_by_role("button", name="Add").click()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    amara.send_sentence(NOTICING)
    expect(desk.page.locator("#people li")).to_have_count(2)
    expect(desk.page.locator("[data-clock] b")).to_have_text(re.compile(r"6:\d\d|7:00"))  # of six, and one more
    amara.page.get_by_role("button", name="Change it").click()
    amara.send_sentence(WANTING)
    desk.next("Close Propose")
    desk.next("Reveal")
    each_once(amara.page, WANTING)
    assert {"extend", "add-person", "send-proposal", "next"} <= set(lost)
    assert by_socket  # the first went there, and by POST when it was cut


def each_once(page: Page, *sentences: str) -> None:
    expect(page.locator("main li")).to_have_count(len(sentences))
    for sentence in sentences:
        expect(page.locator("main li").filter(has_text=sentence)).to_have_count(1)


def texts(entries: list[dict[str, str]]) -> list[str]:
    return sorted(entry["text"] for entry in entries)
