"""Tag: which words say what. One question at a time, on one's own; then the heat map."""

import pytest
from playwright.sync_api import expect

from tests.stories.cast import SEVEN, Cast, Desk, Phone

pytestmark = pytest.mark.browser

LEAVE = "We want every guest to leave happier than they came."
FACE = "Quick hands, and a face that means it."

# The words whose bars name nothing, or with a letter that is cut off.
BARS_WITHOUT_A_WHOLE_LETTER = """() => Array.from(document.querySelectorAll(".hw > .hbar:not(:empty)"))
    .filter((bar) => {
        const shown = Array.from(bar.querySelectorAll("b, em")).filter((letter) => letter.offsetWidth > 1);
        const isCut = (letter) => letter.matches("b") && letter.offsetWidth > letter.parentElement.offsetWidth;
        return !shown.length || shown.some(isCut);
    })
    .map((bar) => bar.parentElement.textContent)"""


def at_tag(desk: Desk, phones: list[Phone], *sentences: str) -> None:
    """From anywhere before it; everyone votes for every sentence."""
    desk.go_to("Propose")
    for phone, sentence in zip(phones, sentences, strict=False):
        phone.send_sentence(sentence)
    desk.next("Close Propose")
    desk.next("Reveal")
    if len(sentences) > 1:
        desk.next("Vote")
        for number, phone in enumerate(phones):
            phone.vote(*(sentences if number else sentences[:1]))  # so that the first leads
        desk.next("Close Vote")
        desk.next("Reveal")
    desk.next("Tag")
    desk.heading("Tag")


def test_three_read_two_sentences(cast: Cast) -> None:
    desk, (amara, ben, chioma) = phones = cast.meeting("Amara", "Ben", "Chioma")
    screen = cast.screen(desk)
    at_tag(desk, phones[1], LEAVE, FACE)
    expect(screen.wall).to_contain_text(LEAVE)

    # Everyone begins with another sentence; one question after the other, with a way back.
    amara.asked("Sentence 1 of 2, question 1 of 7", "Which words say: nobody made us?")
    expect(amara.word_to_tap("guest")).to_be_visible()
    expect(ben.word_to_tap("face")).to_be_visible()
    expect(amara.page.get_by_role("button", name="Tap the words")).to_be_disabled()
    amara.tag("want")
    amara.asked("Sentence 1 of 2, question 2 of 7", "Which words say: we do something?")
    amara.page.get_by_role("button", name="Back to the question before").click()
    expect(amara.word_to_tap("want")).to_have_attribute("aria-pressed", "true")
    amara.tap("every")
    amara.tag("want")  # no longer this one
    amara.asked("Sentence 1 of 2, question 2 of 7")

    # Half tapped: a reload keeps it, and when the network is gone it goes on.
    amara.tap("leave")
    amara.reload()
    expect(amara.word_to_tap("leave")).to_have_attribute("aria-pressed", "true")
    amara.go_offline()
    amara.page.get_by_role("button", name="These words").click()
    expect(amara.page.get_by_text("Waiting for network. It goes by itself.")).to_be_visible()
    amara.asked("Sentence 1 of 2, question 3 of 7")
    amara.come_online()
    expect(amara.page.get_by_text("Waiting for network. It goes by itself.")).to_be_hidden()

    # Ben reads all of it; Chioma's last words are tapped but not sent when the room moves on.
    ben.tag()
    ben.tag("hands,")
    ben.read_all()
    expect(desk.page.locator("#people")).to_contain_text("1 of 3 done")
    expect(desk.page.get_by_text("1 has read it through")).to_have_count(2)
    chioma.tag("guest", "happier")
    chioma.tap("leave", "happier")
    for phone in (amara, ben):
        expect(phone.page.locator(".hbar")).to_have_count(0)
    desk.next("Close Tag")
    expect(chioma.page.get_by_text("The reading is closed")).to_be_visible()
    expect(screen.page.locator(".hbar")).to_have_count(0)
    desk.next("Reveal")

    # What the room saw: by word, with how many; the same on the phones.
    desk.heading("Tag")
    for page in (screen.page, amara.page, ben.page):
        expect(page.get_by_role("heading", name="What 3 of us saw in sentence 1")).to_be_visible()
        expect(page.get_by_role("img", name="Voluntary 1 of 3", exact=True)).to_have_count(2)  # every; guest
        expect(page.get_by_role("img", name="Act 2 of 3", exact=True)).to_have_count(1)  # leave
        expect(page.get_by_role("img", name="Voluntary 1 of 3, Act 1 of 3", exact=True)).to_have_count(1)  # happier
        expect(page.get_by_text("In a small group people can guess who saw what.")).to_be_visible()
    for page in (screen.page, amara.page):
        assert page.evaluate(BARS_WITHOUT_A_WHOLE_LETTER) == []
    expect(screen.wall).to_contain_text("Nobody sees: Demonstrates · Genuine")
    expect(desk.page.get_by_text("Krippendorff’s alpha over words")).to_be_visible()
    desk.next("Sentence 2")
    expect(screen.page.get_by_role("heading", name="What 1 of us saw in sentence 2")).to_be_visible()
    expect(screen.page.get_by_role("img", name="Act 1 of 1")).to_have_count(1)
    desk.next("Draft")


def test_everything_not_here(cast: Cast) -> None:
    desk, phones = cast.meeting("Amara", "Ben")
    screen = cast.screen(desk)
    at_tag(desk, phones, LEAVE)
    for phone in phones:
        phone.asked("Question 1 of 7")
        phone.read_all()
    expect(desk.page.locator("#people")).to_contain_text("2 of 2 done")
    phones[0].page.get_by_role("button", name="Look at my answers again").click()
    expect(phones[0].page.get_by_role("button", name="Not here")).to_have_attribute("aria-pressed", "true")
    desk.next("Close Tag")
    desk.next("Reveal")
    expect(screen.wall).to_contain_text("Nobody sees any of the pieces here.")
    for name in SEVEN:
        share = phones[0].page.get_by_role("listitem").filter(has_text=name)
        expect(share).to_contain_text("0 of 2")
    desk.next("Draft")


def test_nobody_answers_and_a_latecomer_does(cast: Cast) -> None:
    desk, phones = cast.meeting("Amara", "Ben")
    screen = cast.screen(desk)
    at_tag(desk, phones, LEAVE, FACE)
    late = cast.phone().join(desk.page.locator("#door .code-s").inner_text().replace(" ", ""), "Late")
    late.page.get_by_role("button", name="Go on").click()
    late.tag()
    desk.next("Close Tag")
    desk.next("Reveal")
    expect(screen.page.get_by_role("heading", name="What 1 of us saw in sentence 1")).to_be_visible()
    expect(screen.wall).to_contain_text("Nobody sees any of the pieces here.")
    desk.next("Sentence 2")
    expect(screen.wall).to_contain_text("Nobody has answered a question.")
