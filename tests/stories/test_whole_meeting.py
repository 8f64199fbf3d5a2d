"""A whole meeting, from the QR code to a sentence that the room wrote: nothing early, nothing lost, nothing doubled."""

import json
import re

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from playwright.sync_api import expect

from definitions.exports.as_json import SCHEMA
from tests.stories.cast import SEVEN, Cast, Phone, Watched

pytestmark = pytest.mark.browser

NOTICING = "Customer service is noticing what a guest needs and choosing to help before they have to ask."
WANTING = "It is wanting the guest to leave happier than they came, and showing it in what you do."
HONEST = "Good service means honest answers, quick hands and a face that means it."


def test_a_whole_meeting(cast: Cast) -> None:
    desk = cast.desk()
    desk.set_up("Front desk, Harbor House")
    screen = cast.screen_by_link(desk.make_link("screen"))
    manager_link = desk.make_link("outcome")
    expect(screen.wall).to_contain_text("The door opens soon")
    desk.open()
    code = desk.open_door()
    expect(screen.wall).to_contain_text("Point your phone here")

    # Welcome: the names arrive.
    amara, ben, chioma = phones = cast.phones(code, "Amara", "Ben", "Chioma")
    for name in ("Amara", "Ben", "Chioma"):
        expect(screen.wall).to_contain_text(name)
        expect(desk.page.locator("#people")).to_contain_text(name)
    expect(amara.page.get_by_role("heading", name="You’re in, Amara.")).to_be_visible()
    desk.next("Start the meeting")
    desk.heading("Welcome")
    expect(screen.wall).to_contain_text("Nobody has the one right answer.")

    # Key words: private, also when closed; then all of them, equal ones once.
    desk.next("Key words")
    for phone, words in ((amara, ["Kind", "a real smile"]), (ben, ["kind", "honest"]), (chioma, ["swift"])):
        for word in words:
            phone.add_card(word)
    amara.done()
    expect(screen.wall).to_contain_text("1 of 3 done")
    nobody_else_has(cast, {amara: "a real smile", ben: "honest", chioma: "swift"})
    desk.next("Close Key words")
    expect(chioma.page.get_by_text("The pens are down")).to_be_visible()
    nobody_else_has(cast, {amara: "a real smile", ben: "honest", chioma: "swift"})
    desk.next("Reveal")
    for page in (screen.page, amara.page, ben.page, chioma.page):
        cards = page.get_by_role("listitem")
        expect(cards).to_have_count(4)
        for shown in ("a real smile", "honest", "swift", re.compile(r"kind\s*2", re.IGNORECASE)):
            expect(cards.filter(has_text=shown)).to_have_count(1)

    # Samples: taken apart at the desk's pace, and a word to try on the phone.
    desk.next("Samples")
    amara.page.get_by_role("button", name="service").click()
    expect(amara.page.get_by_text("Try another word, too.")).to_be_visible()
    amara.page.get_by_role("button", name="voluntary").click()
    expect(amara.page.get_by_text("That’s it: Voluntary.")).to_be_visible()
    for piece in SEVEN:
        desk.next(piece)
        for page in (screen.page, amara.page, ben.page):
            expect(page.locator(".piece-name, .piece h2")).to_contain_text(piece)
    desk.next("All in place")
    expect(screen.page.locator("mark.hl")).to_have_count(7)

    # Propose: private, also what is only typed and when closed; then each once.
    desk.next("Propose")
    amara.write("Customer service is noticing")
    nobody_else_has(cast, {amara: "is noticing"})
    for phone, sentence in zip(phones, (NOTICING, WANTING, HONEST), strict=True):
        phone.send_sentence(sentence)
    expect(screen.wall).to_contain_text("3 of 3 done")
    nobody_else_has(cast, {amara: "have to ask", ben: "leave happier", chioma: "quick hands"})
    desk.next("Close Propose")
    expect(screen.wall).to_contain_text("The pens are down.")
    nobody_else_has(cast, {amara: "have to ask", ben: "leave happier", chioma: "quick hands"})
    desk.next("Reveal")
    for page in (screen.page, amara.page, ben.page, chioma.page):
        for sentence in (NOTICING, WANTING, HONEST):
            expect(page.locator("li p", has_text=sentence)).to_have_count(1)

    # Vote: no result, not even its trace, before the reveal.
    desk.next("Vote")
    order = sentences_on(screen)
    amara.vote("noticing")
    ben.vote("wanting")
    expect(screen.wall).to_contain_text("2 of 3 have voted")
    before = {player: player.polled() for player in cast.others(amara)}
    amara.vote("noticing", "wanting")
    for player, panels in before.items():
        assert player.polled() == panels, "a changed vote leaves a trace with others"
    chioma.vote("honest answers")
    nobody_sees_a_result(cast, order)
    desk.next("Close Vote")
    expect(ben.page.get_by_text("The vote is closed")).to_be_visible()
    nobody_sees_a_result(cast, order)
    desk.next("Reveal")
    for page in (screen.page, amara.page, ben.page, chioma.page):
        first = page.get_by_role("listitem").first
        expect(first).to_contain_text(WANTING)
        expect(first).to_contain_text("2 votes")
    expect(screen.wall).to_contain_text("3 ballots")

    # Tag: one question at a time, alone; then what the room saw.
    desk.next("Tag")
    for phone in phones:
        phone.read_all()
    expect(screen.wall).to_contain_text("3 of 3 have read their part.")
    desk.next("Close Tag")
    desk.next("Reveal")
    desk.next("Sentence 2")
    desk.next("Sentence 3")

    # Draft: from the winner, all together.
    desk.next("Draft")
    for phone in phones:
        expect(phone.draft).to_have_value(WANTING)
    amara.type_at_end(" Every day.")
    ben.type_at_start("For us ")
    agreed = f"For us {WANTING} Every day."
    for phone in phones:
        expect(phone.draft).to_have_value(agreed)
        phone.draft_saved()
    screen.shows_draft(agreed)

    # Decide: alone and at once; with three of us no more is told than who supports it.
    desk.next("Decide")
    expect(screen.wall).to_contain_text(agreed)
    amara.agree("Yes, gladly")
    ben.agree("OK")
    expect(screen.wall).to_contain_text("2 of 3 have said")
    before = {player: player.polled() for player in cast.others(ben)}
    ben.agree("Yes, gladly")
    for player, panels in before.items():
        assert player.polled() == panels, "a changed answer leaves a trace with others"
    chioma.agree("OK")
    desk.next("Close Decide")
    for player in cast.others():
        assert "3 support it" not in str(player.polled()), player.page.url
    desk.next("Reveal")
    for page in (screen.page, amara.page, desk.page):
        expect(page.locator(".verdict")).to_contain_text("3 support it.")
        expect(page.locator(".spread li")).to_have_count(0)

    # Close: asked first, then it never changes.
    desk.next("Close")
    expect(screen.wall).to_contain_text(agreed)
    amara.page.get_by_role("button", name="Yes, put my name on it").click()
    expect(desk.page.get_by_text("1 person wants their name on the poster.")).to_be_visible()
    spelled = agreed.replace("For us It is", "For us it is")
    desk.page.get_by_label("Spelling: the room looks on").fill(spelled)
    desk.page.get_by_role("button", name="Show this spelling").click()
    expect(screen.wall).to_contain_text(spelled)
    desk.seal()
    for page in (screen.page, amara.page, ben.page, chioma.page):
        expect(page.get_by_role("heading", name=spelled)).to_be_visible()
        expect(page.get_by_text("In our own words!")).to_be_visible()
    expect(screen.wall).to_contain_text("Amara")
    expect(screen.wall).not_to_contain_text("Chioma")

    # What comes out, for the desk and for whoever has the link.
    desk.next("Take it home")
    desk.page.wait_for_url("**/outcome/**")
    expect(desk.page.get_by_role("heading", name=spelled)).to_be_visible()
    markdown = desk.download("Markdown")
    plain = markdown.replace("\\", "")
    assert plain.startswith("# Front desk, Harbor House\n\n> For us it is wanting")
    assert plain.count(NOTICING) == 3  # among the sentences, in the result, and where it was read word by word
    assert f"- 2: {WANTING} **We built on it.**" in plain
    assert "3 ballots." in plain
    assert "(Amara)" in plain and "Ben" not in plain and "Chioma" not in plain
    report = json.loads(desk.download("JSON"))
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(report)
    assert desk.page.request.get(f"{desk.base}schema.json").json() == SCHEMA
    assert report["definition"]["text"] == spelled
    assert report["definition"]["outcome"] == "agreed"
    assert report["definition"]["signed_by"] == ["Amara"]
    assert report["names"] == {"1": "Amara"}
    assert report["meeting"]["people"] == 3
    rounds = {step["kind"]: step["rounds"] for step in report["steps"]}
    assert {kind: len(of_kind) for kind, of_kind in rounds.items()} == dict.fromkeys(rounds, 1)
    assert sorted((card["text"].lower(), card["count"]) for card in rounds["key-words"][0]["cards"]) == [
        ("a real smile", 1),
        ("honest", 1),
        ("kind", 2),
        ("swift", 1),
    ]
    assert sorted(proposal["text"] for proposal in rounds["propose"][0]["proposals"]) == sorted(
        [NOTICING, WANTING, HONEST]
    )
    vote = rounds["vote"][0]
    assert vote["ballots"] == 3
    assert {entry["text"]: (entry["support"], entry["chosen"]) for entry in vote["result"]} == {
        WANTING: (2, True),
        NOTICING: (1, False),
        HONEST: (1, False),
    }
    decision = rounds["decide"][0]["decision"]
    assert (decision["text"], decision["sides"]) == (agreed, {"for": 3, "aside": 0, "against": 0})
    draft = rounds["draft"][0]
    assert draft["text"] == agreed
    assert [(run["seat"], run["units"]) for run in draft["authors"]] == [(2, 7 + len(WANTING)), (1, len(" Every day."))]

    manager = cast.browser.new_context()
    page = manager.new_page()
    page.goto(manager_link)
    page.wait_for_url("**/outcome/**")
    expect(page.get_by_role("heading", name=spelled)).to_be_visible()
    assert page.request.get(f"{page.url}definition.md").text() == markdown
    assert page.request.get(f"{cast.stack.base_url}/desk/{desk.public_id}/", max_redirects=0).status in (302, 404)
    manager.close()


def nobody_else_has(cast: Cast, words_of: dict[Phone, str]) -> None:
    """Not on a page, not in its source, not by polling, and it never came over a socket."""
    for player in cast.players.values():
        everything = player.everything().lower()
        for owner, words in words_of.items():
            if player is owner:
                assert words in everything, "or this would find nothing anywhere"
            else:
                assert words not in everything, f"{words!r} is at {player.page.url}"


def nobody_sees_a_result(cast: Cast, order: list[str]) -> None:
    """No counts, and no order that tells which one leads."""
    for player in cast.others():
        for place, html in {**player.polled(), "page": player.page.content()}.items():
            assert not re.search(r"\d+ votes?<", html), f"{place} of {player.page.url} tells"
        assert sentences_on(player) in ([], order)


def sentences_on(player: Watched) -> list[str]:
    written = player.page.locator("main .words").all_inner_texts()
    return [text for text in written if text in (NOTICING, WANTING, HONEST)]
