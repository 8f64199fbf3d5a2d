"""People who come late, leave, share a phone, have none, or want no name: every one of them takes part."""

import re

import pytest
from playwright.sync_api import expect

from tests.stories.cast import Cast, Desk, Phone

pytestmark = pytest.mark.browser

KIND = "We are kind to everyone who comes in."
SWIFT = "We answer quickly, and we mean it."
RUDE = "This whole meeting is a waste of my time."
EVERY_OUT = 5_000  # ms in which a removed phone must be out


def proposed(desk: Desk, *sent: tuple[Phone, str]) -> None:
    """From anywhere before it to the revealed sentences."""
    desk.go_to("Propose")
    for phone, sentence in sent:
        phone.send_sentence(sentence)
    desk.next("Close Propose")
    desk.next("Reveal")
    expect(desk.page.get_by_text("Everyone sees it.")).to_be_visible()


# ---- ties


def test_a_latecomer_reads_what_has_happened_once(cast: Cast) -> None:
    desk, (amara, ben) = cast.meeting("Amara", "Ben")
    code = desk.page.locator("#door .code-s").inner_text().replace(" ", "")
    desk.next("Key words")
    amara.add_card("patience")
    desk.next("Close Key words")
    desk.next("Reveal")
    proposed(desk, (amara, KIND), (ben, SWIFT))
    desk.next("Vote")
    (late,) = cast.phones(code, "Late")
    dialog = late.page.get_by_role("dialog", name="What has happened so far")
    expect(dialog.get_by_role("listitem")).to_have_text(["Our words: patience.", "2 sentences were read."])
    dialog.get_by_role("button", name="Go on").click()
    late.vote(KIND)
    expect(desk.page.locator("#people")).to_contain_text("1 of 3 done")
    late.reload()
    late.vote_arrived()
    expect(dialog).not_to_be_visible()
    for phone in (amara, ben):
        assert phone.page.get_by_role("dialog").count() == 0, "who was there needs no summary"


def test_one_phone_for_three(cast: Cast) -> None:
    """Passed on; blank after each; each of them counted."""
    desk, (phone, other) = cast.meeting("Amara", "Other")
    for name in ("Ben", "Chioma"):
        phone.menu().get_by_label("Share this phone with someone").fill(name)
        with phone.page.expect_navigation():
            phone.page.get_by_role("button", name="Hand it over").click()
        phone.wait_live()
        expect(phone.page.get_by_text(f"This phone is in the hands of {name}")).to_be_visible()
    expect(desk.page.locator("#people")).to_contain_text("4 here")

    def pass_to(name: str) -> None:
        with phone.page.expect_navigation():
            phone.page.get_by_role("button", name=f"Pass it on to {name}").click()
        phone.wait_live()
        expect(phone.page.get_by_text(f"This phone is in the hands of {name}")).to_be_visible()

    desk.next("Key words")
    for name, word in (("Amara", "apple"), ("Ben", "pear"), ("Chioma", "plum")):
        pass_to(name)
        expect(phone.page.get_by_role("list", name="Your words")).to_be_empty()
        expect(phone.word).to_have_value("")
        phone.add_card(word)
        phone.word.fill(f"half a word of {name}")
    pass_to("Amara")
    phone.card_arrived("apple")
    expect(phone.word).to_have_value("half a word of Amara")
    phone.word.fill("")
    phone.done()
    for name in ("Ben", "Chioma"):
        pass_to(name)
        phone.word.fill("")
        phone.done()
    expect(desk.page.locator("#people")).to_contain_text("3 of 4 done")

    desk.go_to("Propose")
    pass_to("Amara")
    phone.write("Amara is still writing")
    pass_to("Ben")
    expect(phone.sentence).to_have_value("")
    phone.send_sentence(SWIFT)
    pass_to("Chioma")
    expect(phone.sentence).to_have_value("")
    phone.send_sentence(KIND)
    pass_to("Amara")
    expect(phone.sentence).to_have_value("Amara is still writing")
    phone.send_sentence("Amara has written.")
    expect(desk.page.locator("#people")).to_contain_text("3 of 4 done")
    desk.next("Close Propose")
    desk.next("Reveal")
    expect(other.page.locator("main li")).to_have_count(3)

    desk.next("Vote")
    phone.mark(KIND)  # and passes it on without sending
    pass_to("Ben")
    expect(phone.page.locator("[data-ballot] :checked")).to_have_count(0)
    phone.vote(KIND)
    pass_to("Chioma")
    expect(phone.page.locator("[data-ballot] :checked")).to_have_count(0)
    phone.vote(KIND, SWIFT)
    pass_to("Amara")
    phone.vote(KIND)
    other.vote(SWIFT)
    desk.next("Close Vote")
    desk.next("Reveal")
    expect(other.page.get_by_role("listitem").filter(has_text=KIND)).to_contain_text("3 votes")
    expect(other.page.get_by_role("listitem").filter(has_text=SWIFT)).to_contain_text("2 votes")


def test_someone_without_a_phone(cast: Cast) -> None:
    """The facilitator types for them, and counts their hands."""
    desk, (amara, ben) = cast.meeting("Amara", "Ben")
    screen = cast.screen(desk)
    desk.page.get_by_role("button", name="Someone without a phone").click()
    desk.page.get_by_role("dialog").get_by_label("Their name").fill("Zoe")
    desk.page.get_by_role("dialog").get_by_role("button", name="Add").click()
    zoe = desk.page.locator("#people li").filter(has_text="Zoe")
    expect(zoe).to_contain_text("no phone")
    expect(desk.page.locator("#people")).to_contain_text("3 here")

    desk.next("Key words")
    desk.page.get_by_text("Type for someone").click()
    desk.page.get_by_label("For", exact=True).select_option(label="Zoe")
    desk.page.get_by_label("Their words").fill("patience")
    desk.page.get_by_role("button", name="Send for them").click()
    expect(desk.page.get_by_label("Their words")).to_have_value("")
    desk.next("Close Key words")
    desk.next("Reveal")
    expect(screen.wall.get_by_role("listitem").filter(has_text="patience")).to_have_count(1)

    desk.go_to("Propose")
    desk.page.get_by_text("Type for someone").click()
    desk.page.get_by_label("For", exact=True).select_option(label="Zoe")
    desk.page.get_by_label("Their words").fill(KIND)
    code = desk.page.locator("#door .code-s").inner_text().replace(" ", "")
    (adam,) = cast.phones(code, "Adam")  # somebody comes in, before Zoe in the list, while the facilitator types
    expect(desk.page.locator("#people")).to_contain_text("Adam")
    expect(desk.page.get_by_label("For", exact=True).locator("option").first).to_have_text("Adam")
    expect(desk.page.get_by_label("For", exact=True).locator(":checked")).to_have_text("Zoe")
    expect(desk.page.get_by_label("Their words")).to_have_value(KIND)
    desk.page.get_by_role("button", name="Send for them").click()
    expect(desk.page.locator("#people")).to_contain_text("1 of 4 done")
    amara.send_sentence(SWIFT)
    expect(adam.sentence).to_have_value("")
    desk.next("Close Propose")
    desk.next("Reveal")
    expect(screen.wall.get_by_role("listitem")).to_have_count(2)

    desk.next("Vote")
    amara.vote(SWIFT)
    ben.vote(SWIFT)
    desk.page.get_by_text("Count hands").click()
    desk.page.get_by_label(KIND).fill("3")
    desk.page.get_by_role("button", name="Save the count").click()
    expect(desk.page.get_by_label(KIND)).to_have_attribute("placeholder", "3")
    desk.next("Close Vote")
    desk.next("Reveal")
    kind = screen.wall.get_by_role("listitem").filter(has_text=KIND)
    expect(kind).to_contain_text("3 votes")
    expect(kind).to_contain_text("3 hands counted in the room")


def test_one_word_more_than_is_taken_stays_in_the_field(cast: Cast) -> None:
    desk, (amara, _ben) = cast.meeting("Amara", "Ben")
    desk.next("Key words")
    for number in range(12):
        amara.put_card(f"word {number}")
    amara.card_arrived("word 11")
    amara.word.fill("the last straw")
    amara.page.get_by_role("button", name="Add this word").click()
    expect(amara.page.locator("#toasts")).to_contain_text("That is 12 already. Take one away first.")
    expect(amara.word).to_have_value("the last straw")
    amara.reload()
    expect(amara.word).to_have_value("the last straw")
    amara.own_card("word 3").get_by_role("button", name="Take this word away").click()
    amara.page.get_by_role("button", name="Add this word").click()
    amara.card_arrived("the last straw")
    expect(amara.word).to_have_value("")


def test_i_have_to_go_and_come_back(cast: Cast) -> None:
    desk, (amara, ben) = cast.meeting("Amara", "Ben")
    desk.go_to("Propose")
    ben.send_sentence(KIND)
    expect(desk.page.locator("#people")).to_contain_text("1 of 2 done")
    amara.write("I am not")
    amara.menu().get_by_role("button", name="I have to go").click()
    gone = amara.page.get_by_role("dialog", name="You have left the meeting")
    expect(gone).to_be_visible()
    expect(desk.page.locator("#people")).to_contain_text("1 of 1 done")
    expect(desk.page.locator("#people li").filter(has_text="Amara")).to_contain_text("had to go")
    amara.page.reload()
    expect(gone).to_be_visible()
    gone.get_by_role("button", name="Come back").click()
    expect(gone).not_to_be_visible()
    expect(desk.page.locator("#people")).to_contain_text("1 of 2 done")
    expect(amara.sentence).to_have_value("I am not")


def test_moving_to_another_phone(cast: Cast) -> None:
    desk, (amara, _ben) = cast.meeting("Amara", "Ben")
    desk.go_to("Propose")
    amara.send_sentence(KIND)
    amara.menu().get_by_role("button", name="Show me a code").click()
    shown = amara.page.locator("#menu [data-answer=move_code]")
    expect(shown).to_have_text(re.compile(r"\w{4} \w{4}"))
    new = cast.phone()
    new.page.goto(f"{new.base_url}/join/")
    new.page.get_by_label("Code on the big screen").fill(shown.inner_text().lower())
    new.page.get_by_role("button", name="Go on").click()
    new.page.get_by_role("button", name="Go on here with it").click()
    new.page.wait_for_url("**/phone/**")
    new.wait_live()
    new.sentence_arrived()
    expect(new.sentence).to_have_value(KIND)
    expect(desk.page.locator("#people")).to_contain_text("1 of 2 done")
    # It works once.
    third = cast.phone()
    third.page.goto(f"{third.base_url}/join/?code={shown.inner_text().replace(' ', '')}")
    third.page.get_by_role("button", name="Go on here with it").click()
    expect(third.page.get_by_role("alert")).to_be_visible()


# ---- time


def test_an_anonymous_meeting(cast: Cast) -> None:
    desk = cast.desk()
    desk.set_up()
    desk.change_settings(names_shown="nobody")
    desk.open()
    code = desk.open_door()
    one, two = cast.phone(), cast.phone()
    for phone in (one, two):
        phone.page.goto(f"{phone.base_url}/j/{code}")
        expect(
            phone.page.get_by_text("Nobody is asked for a name in this meeting, the facilitator included.")
        ).to_be_visible()
        expect(phone.page.get_by_role("textbox")).to_have_count(0)
        phone.join(code)
    expect(one.page.get_by_role("heading", name="You’re in.")).to_be_visible()
    expect(desk.page.locator("#people")).to_contain_text("Seat 1")
    desk.next("Start the meeting")
    desk.go_to("Draft")
    one.type_at_end("ours.")
    expect(two.draft).to_have_value("Customer service is ours.")
    expect(two.page.locator("[data-draft] .caret")).to_have_text("")
    desk.go_to("Close")
    expect(one.page.get_by_role("button", name="Yes, put my name on it")).to_have_count(0)
    desk.seal()
    report = desk.report()
    assert report["names"] == {} and report["definition"]["signed_by"] == []


def test_names_for_the_facilitator_only(cast: Cast) -> None:
    desk = cast.desk()
    desk.set_up()
    desk.change_settings(names_shown="facilitator")
    desk.open()
    code = desk.open_door()
    screen = cast.screen(desk)
    amara = cast.phone()
    amara.page.goto(f"{amara.base_url}/j/{code}")
    expect(amara.page.get_by_text("Only the facilitator sees it.")).to_be_visible()
    amara.join(code, "Amara")
    (ben,) = cast.phones(code, "Ben")
    expect(desk.page.locator("#people")).to_contain_text("Amara")
    expect(screen.wall).to_contain_text("2 here")
    desk.next("Start the meeting")
    desk.go_to("Draft")
    amara.type_at_end("ours.")
    expect(ben.draft).to_have_value("Customer service is ours.")
    for player in (screen, ben):
        assert "Amara" not in player.everything()
    desk.go_to("Close")
    desk.seal()
    assert "Amara" not in str(desk.report())


def test_the_door_is_locked(cast: Cast) -> None:
    desk, (amara,) = cast.meeting("Amara")
    code = desk.page.locator("#door .code-s").inner_text().replace(" ", "")
    desk.page.get_by_role("button", name="Door open").click()
    expect(desk.page.get_by_role("button", name="Door locked")).to_be_visible()
    stranger = cast.phone()
    stranger.page.goto(f"{stranger.base_url}/j/{code}")
    stranger.page.get_by_label("What shall we call you?").fill("Stranger")
    stranger.page.get_by_role("button", name="Join the meeting").click()
    expect(stranger.page.get_by_role("alert")).to_have_text("The door is locked. Ask the facilitator to open it.")
    expect(desk.page.locator("#people")).to_contain_text("1 here")
    desk.next("Key words")
    amara.reload()  # who is in stays in
    amara.add_card("kind")
    desk.page.get_by_role("button", name="Door locked").click()
    expect(desk.page.get_by_role("button", name="Door open")).to_be_visible()
    stranger.join(code, "Stranger")


def test_names_that_look_alike_are_told_apart(cast: Cast) -> None:
    desk, _phones = cast.meeting("Anna", "anna")
    names = desk.page.locator("#people li > :first-child").all_inner_texts()
    assert len({name.casefold() for name in names}) == 2, names


# ---- two facilitators
