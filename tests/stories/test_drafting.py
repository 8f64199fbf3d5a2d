"""Several people write one text at once, each in a real browser."""

import re

import pytest
from playwright.sync_api import CDPSession, expect

from tests.stories.cast import Cast, Desk, Phone

pytestmark = pytest.mark.browser

START = "Customer service is "
KIND = "We are kind to everyone who comes in."
SWIFT = "We answer quickly, and we mean it."


def drafting(cast: Cast, *names: str) -> tuple[Desk, list[Phone]]:
    """An open draft that begins with its first words."""
    desk, phones = cast.meeting(*names)
    desk.go_to("Draft")
    for phone in phones:
        expect(phone.draft).to_have_value(START)
    return desk, phones


def type_by_turns(*typing: tuple[Phone, str]) -> None:
    """A letter each, as fast as it goes: while one types, the others' letters are under way."""
    for number in range(max(len(words) for _phone, words in typing)):
        for phone, words in typing:
            phone.page.keyboard.type(words[number : number + 1])


def all_have(phones: list[Phone], text: str | re.Pattern[str]) -> str:
    """They converge, and all of it is saved. Returns the text."""
    for phone in phones:
        expect(phone.draft).to_have_value(text)
        phone.draft_saved()
    found = {phone.draft.input_value() for phone in phones}
    assert len(found) == 1, found
    return found.pop()


# ---- typing at once


def test_in_different_places(cast: Cast) -> None:
    _desk, phones = drafting(cast, "Amara", "Ben", "Chioma")
    amara, ben, chioma = phones
    amara.caret_to("Home")
    ben.caret_to(len("Customer"))
    chioma.caret_to("End")
    type_by_turns((amara, "For us "), (ben, " or guest"), (chioma, "what we mean."))
    all_have(phones, "For us Customer or guest service is what we mean.")


def test_in_the_same_place_no_word_is_shredded(cast: Cast) -> None:
    desk, phones = drafting(cast, "Amara", "Ben", "Chioma")
    screen = cast.screen(desk)
    for phone in phones:
        phone.caret_to("End")
    type_by_turns(*zip(phones, ("strawberry ", "blueberry ", "cloudberry "), strict=True))
    text = all_have(phones, re.compile(f"^{START}.{{32}}$"))
    assert sorted(text.removeprefix(START).split()) == ["blueberry", "cloudberry", "strawberry"], text
    screen.shows_draft(text)


# ---- a network that goes without a word

CLOSES_LATE = """
window.WebSocket = class extends WebSocket {
  gone = false;
  constructor(url) { super(url); (window.sockets ??= []).push(this); }
  get readyState() { return this.gone ? WebSocket.CLOSING : super.readyState; }
  close() { this.gone = true; }
  set onmessage(take) { super.onmessage = (event) => { this.heard = true; if (!this.gone) take(event); }; }
  set onclose(end) { super.onclose = (event) => this.gone || end(event); }
};
"""


def test_a_socket_that_takes_the_place_of_one_that_is_not_closed_yet(cast: Cast) -> None:
    """Where its network is gone a browser says only much later that a socket is closed: some minutes."""
    desk, (amara,) = drafting(cast, "Amara")
    screen = cast.screen(desk)
    screen.page.add_init_script(CLOSES_LATE)
    screen.page.reload()
    screen.shows_draft(START)
    amara.type_at_end("warm ")
    screen.shows_draft(f"{START}warm ")
    screen.page.evaluate("dispatchEvent(new Event('offline')); dispatchEvent(new Event('online'))")
    screen.page.wait_for_function("() => sockets.length > 1 && sockets.at(-1).heard")
    amara.type_at_end("and fair ")
    screen.shows_draft(f"{START}warm and fair ")


# ---- an input method


class InputMethod:
    """A composition, as the keyboards of phones and of many languages make it."""

    def __init__(self, phone: Phone) -> None:
        self.session: CDPSession = phone.context.new_cdp_session(phone.page)

    def compose(self, text: str) -> None:
        self.session.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )

    def commit(self, text: str) -> None:
        self.session.send("Input.insertText", {"text": text})


def test_a_composition_while_another_edits(cast: Cast) -> None:
    """Before it, in the midst of it, and after it."""
    _desk, phones = drafting(cast, "Amara", "Ben")
    amara, ben = phones
    amara.type_at_end("old ")
    all_have(phones, f"{START}old ")
    amara.caret_to(len(START))
    method = InputMethod(amara)

    method.compose("に")
    ben.type_at_start("Ours: ")  # before it
    expect(ben.draft).to_have_value(f"Ours: {START}にold ")
    method.compose("にほ")
    ben.caret_to(len("Ours: ") + len(START) + 1)  # in the midst of it: behind its first letter
    ben.page.keyboard.type("X")
    expect(ben.draft).to_have_value(re.compile("X"))
    method.compose("にほん")
    ben.type_at_end("end")  # after it
    method.commit("日本")
    text = all_have(phones, re.compile(f"^Ours: {START}.*old end$"))
    middle = text.removeprefix(f"Ours: {START}").removesuffix("old end")
    assert middle in ("日本X", "X日本"), middle
    amara.page.keyboard.type(" go on")
    all_have(phones, re.compile("日本X? go on"))


def test_a_composition_that_is_called_off(cast: Cast) -> None:
    _desk, phones = drafting(cast, "Amara", "Ben")
    amara, ben = phones
    amara.caret_to("End")
    method = InputMethod(amara)
    method.compose("ka")
    ben.type_at_start("So ")
    method.compose("")
    amara.page.keyboard.type("kind")
    all_have(phones, f"So {START}kind")


# ---- undo


def test_undo_takes_back_only_ones_own(cast: Cast) -> None:
    _desk, phones = drafting(cast, "Amara", "Ben")
    amara, ben = phones
    amara.type_at_end("kind")
    all_have(phones, f"{START}kind")
    ben.type_at_start("To us ")
    ben.caret_to("End")
    ben.page.keyboard.type(" and swift")
    all_have(phones, f"To us {START}kind and swift")
    amara.page.get_by_role("button", name="Undo").click()
    all_have(phones, f"To us {START} and swift")
    amara.draft.focus()
    amara.page.keyboard.press("Control+y")
    all_have(phones, f"To us {START}kind and swift")
    ben.draft.focus()
    ben.page.keyboard.press("Control+z")
    ben.page.keyboard.press("Control+z")
    all_have(phones, f"{START}kind")
    ben.page.keyboard.press("Control+z")  # there is nothing more of one's own
    amara.page.keyboard.press("Control+z")
    all_have(phones, START)


# ---- much at once, reloads, no network


def test_a_paste_of_a_thousand_characters(cast: Cast) -> None:
    _desk, phones = drafting(cast, "Amara", "Ben")
    amara, ben = phones
    words = ("we mean it, " * 90)[: 1_000 - len(START)]
    paste(amara, words + "and this is cut off by the field")
    all_have(phones, START + words)
    ben.caret_to("Home")
    ben.page.keyboard.press("Delete")
    ben.page.keyboard.type("K")
    all_have(phones, ("K" + START[1:]) + words)


def test_what_is_too_long_for_the_room_is_given_back(cast: Cast) -> None:
    """The field stops at 1,000 characters, the room at 1,200: two who write without network can get beyond."""
    _desk, phones = drafting(cast, "Amara", "Ben")
    amara, ben = phones
    ours, mine = "ours " * 190, "mine " * 60
    amara.go_offline()
    paste(amara, mine)
    paste(ben, ours)
    all_have([ben], START + ours)
    amara.come_online()
    expect(amara.page.locator("[data-draft-refused]")).to_be_visible()
    expect(amara.page.locator("[data-draft-refused-text]")).to_have_text(mine.strip())
    all_have(phones, START + ours)


def paste(phone: Phone, text: str) -> None:
    phone.caret_to("End")
    phone.page.evaluate("(text) => document.execCommand('insertText', false, text)", text)


def test_a_reload_in_mid_word(cast: Cast) -> None:
    _desk, phones = drafting(cast, "Amara", "Ben")
    amara, ben = phones
    amara.caret_to("End")
    ben.caret_to("Home")
    for number, letter in enumerate("strawberry"):
        amara.page.keyboard.type(letter)
        ben.page.keyboard.type(str(number))
        if number in (3, 6):
            amara.page.reload()
            amara.caret_to("End")
    all_have(phones, f"0123456789{START}strawberry")


def test_offline_for_a_while_as_both_type(cast: Cast) -> None:
    desk, phones = drafting(cast, "Amara", "Ben")
    amara, ben = phones
    amara.go_offline()
    amara.type_at_end("kind ")
    expect(amara.page.locator("#draft-state b:visible")).to_have_text("Waiting for network. Your text is safe here.")
    ben.type_at_start("To us ")
    ben.caret_to("End")
    ben.page.keyboard.type("swift ")
    ben.draft_saved()
    amara.page.keyboard.type("and honest ")
    amara.come_online()
    text = all_have(phones, re.compile(f"^To us {START}.{{22}}$"))
    assert "kind and honest " in text and "swift " in text
    desk.go_to("Close")
    expect(amara.page.get_by_role("heading", name=text.strip())).to_be_visible()


# ---- borrowing, readers


def test_borrowed_words_stay_their_authors(cast: Cast) -> None:
    desk, (amara, ben) = cast.meeting("Amara", "Ben")
    desk.go_to("Propose")
    amara.send_sentence(KIND)
    ben.send_sentence(SWIFT)
    desk.next("Close Propose")
    desk.next("Reveal")
    desk.go_to("Draft")
    expect(ben.draft).to_have_value(START)
    ben.page.get_by_role("button", name="Borrow from the others").click()
    borrow = ben.page.get_by_role("dialog", name="Borrow from the others")
    put_in = borrow.get_by_role("button", name="Put them in the text")
    expect(put_in).to_be_disabled()
    borrow.get_by_role("button", name="kind", exact=True).click()
    borrow.get_by_role("button", name="everyone", exact=True).click()
    put_in.click()
    expect(borrow).not_to_be_visible()
    expect(amara.draft).to_have_value(f"{START}kind to everyone")
    ben.type_at_end(" here")
    all_have([amara, ben], f"{START}kind to everyone here")
    desk.go_to("Close")
    desk.seal()
    (draft,) = next(step["rounds"] for step in desk.report()["steps"] if step["kind"] == "draft")
    assert [(run["seat"], run["units"]) for run in draft["authors"]] == [
        (0, len(START)),
        (1, len("kind to everyone")),
        (2, len(" here")),
    ]


def test_carets_show_whose_they_are(cast: Cast) -> None:
    desk, phones = drafting(cast, "Amara", "Ben", "Chioma")
    amara, ben, chioma = phones
    screen = cast.screen(desk)
    screen.shows_draft(START)
    amara.type_at_end("kind")
    chioma.type_at_start("So ")
    for player in (ben, chioma):
        expect(player.page.locator("[data-draft] .caret").filter(has_text="Amara")).to_have_count(1)
    expect(screen.wall.locator(".caret").filter(has_text="Amara")).to_have_count(1)
    expect(amara.page.locator("[data-draft] .caret").filter(has_text="Amara")).to_have_count(0)
    expect(amara.page.locator("[data-draft] .caret").filter(has_text="Chioma")).to_have_count(1)


def test_others_changes_can_be_held_and_are_told_to_who_cannot_see_them(cast: Cast) -> None:
    _desk, (amara, ben) = drafting(cast, "Amara", "Ben")
    hold = ben.page.get_by_role("button", name="Hold the others’ changes")
    hold.click()
    expect(hold).to_have_attribute("aria-pressed", "true")
    expect(ben.page.get_by_text("the others’ changes wait")).to_be_visible()
    amara.type_at_end("kind to all")
    expect(ben.page.locator("[data-draft-news]")).to_have_text("Amara changed: kind to all")
    expect(ben.draft).to_have_value(START)
    amara.type_at_end(" of them")
    ben.type_at_start("To us, ")  # what one writes oneself goes on being sent
    expect(amara.draft).to_have_value(f"To us, {START}kind to all of them")
    expect(ben.page.locator("[data-draft-news]")).to_contain_text("them")
    hold.click()
    expect(ben.page.get_by_text("the others’ changes wait")).to_be_hidden()
    all_have([amara, ben], f"To us, {START}kind to all of them")


def test_above_eight_three_hold_pens_and_everyone_steers(cast: Cast) -> None:
    desk = cast.desk()
    desk.set_up()
    desk.open()
    amara, ben = cast.phones(desk.open_door(), "Amara", "Ben")
    for number in range(7):
        desk.page.get_by_role("button", name="Someone without a phone").click()
        dialog = desk.page.get_by_role("dialog", name="Someone without a phone")
        dialog.get_by_label("Their name").fill(f"Colleague {number}")
        dialog.get_by_role("button", name="Add").click()
        expect(dialog).not_to_be_visible()
    desk.next("Start the meeting")
    desk.go_to("Draft")
    pens = desk.page.locator("#show").get_by_role("button", pressed=True)
    expect(desk.page.get_by_text("3 pens")).to_be_visible()
    expect(pens.filter(has_text=re.compile("Amara|Ben|Colleague"))).to_have_count(3)
    amara.type_at_end("kind to everyone.")
    all_have([amara, ben], f"{START}kind to everyone.")

    # The pen is passed on, in mid-sentence.
    desk.page.locator("#show").get_by_role("button", name="Ben").click()
    expect(ben.draft).not_to_be_editable()
    expect(ben.page.get_by_text("Others hold the pens.")).to_be_visible()
    keep = ben.page.get_by_role("button", name="Keep")
    expect(keep).to_be_disabled()

    # A reader taps words and says what they think of them; it stays with the words.
    ben.tap_after(START + "ki")
    keep.click()
    for page in (amara.page, desk.page):
        expect(page.get_by_role("listitem").filter(has_text=re.compile(r"keep\s*kind"))).to_be_visible()
    ben.tap_after(START + "kind to ev")
    ben.page.get_by_role("button", name="Suggest").click()
    ben.page.get_by_label("The words you suggest").fill("all who come")
    ben.page.get_by_role("button", name="Suggest").click()
    said = amara.page.get_by_role("listitem").filter(has_text=re.compile(r"say instead\s*all who come"))
    expect(said).to_contain_text("everyone.")
    amara.type_at_start("To us, ")
    expect(ben.page.locator("mark.said--keep")).to_have_text("kind")
    ben.tap_after("To us, Cust")
    ben.page.get_by_role("button", name="Change").click()
    expect(desk.page.get_by_role("listitem").filter(has_text=re.compile(r"change\s*Customer"))).to_be_visible()
    desk.page.get_by_role("button", name="Clear these").click()
    expect(said).to_have_count(0)


def test_the_facilitator_writes_from_the_desk(cast: Cast) -> None:
    desk, phones = drafting(cast, "Amara")
    desk.page.get_by_text("Write from here").click()
    field = desk.page.locator("#show").get_by_label("Our draft")
    expect(field).to_be_editable()
    field.focus()
    desk.page.keyboard.press("Control+End")
    desk.page.keyboard.type("ours.")
    all_have(phones, f"{START}ours.")
    desk.heading("Draft")  # its keys are letters while one types
