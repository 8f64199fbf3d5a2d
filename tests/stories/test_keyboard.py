"""A facilitator runs a whole meeting from the keyboard, or with a presentation remote."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.stories.cast import SEVEN, Cast, Desk

# Of one stack: this is about the pages, which are the same on the other.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("stack", ["sqlite"], indirect=True)]

KIND = "We are kind to everyone who comes in."
SWIFT = "We answer quickly, and we mean it."
START = "Customer service is "


class Keys:
    """Presses keys at the desk; what Next would do is read first."""

    def __init__(self, desk: Desk, forth: list[str], back: str) -> None:
        self.desk, self.page = desk, desk.page
        self._forth, self._back, self._count = forth, back, 0

    def forth(self, label: str) -> None:
        """Presses Next, and once more where many are not done."""
        button = self.page.locator('[data-key="next"]')
        expect(button).to_contain_text(label)
        self._press_forth()
        if button.and_(self.page.locator("[data-second]")).count():
            expect(button).to_contain_text("Press again")
            self._press_forth()

    def _press_forth(self) -> None:
        self.page.keyboard.press(self._forth[self._count % len(self._forth)])
        self._count += 1

    def back(self, heading: str) -> None:
        self.page.keyboard.press(self._back)
        self.desk.heading(heading)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)


@pytest.mark.parametrize(
    ("forth", "back"),
    [(["ArrowRight", " "], "ArrowLeft"), (["PageDown"], "PageUp")],
    ids=["keyboard", "remote"],
)
def test_a_huddle_from_the_keyboard_alone(cast: Cast, forth: list[str], back: str) -> None:
    desk = cast.desk()
    desk.set_up("Night shift", agenda="huddle")
    desk.open()
    desk.page.mouse.move(0, 0)
    door = desk.page.get_by_role("button", name="Open the door")
    tab_to(desk.page, "Open the door")
    desk.page.keyboard.press("Enter")
    expect(door).to_have_count(0)
    code = desk.page.locator("#door .code-s").inner_text().replace(" ", "")
    amara, ben = cast.phones(code, "Amara", "Ben")
    desk.page.evaluate("document.activeElement.blur()")
    keys = Keys(desk, forth, back)

    keys.press("?")
    help_ = desk.page.get_by_role("dialog", name="All keys")
    expect(help_).to_be_visible()
    keys.press(forth[0])  # behind a dialog nothing moves
    keys.press("Escape")
    expect(help_).not_to_be_visible()
    desk.heading("Before the meeting")

    keys.forth("Start the meeting")
    desk.heading("Welcome")
    keys.forth("Key words")
    desk.heading("Key words")
    amara.add_card("kind")
    clock = desk.page.locator("[data-clock] b")
    expect(clock).to_have_text(re.compile(r"[12]:\d\d"))
    keys.press("t")
    expect(clock).to_have_text(re.compile(r"[23]:\d\d"))
    keys.press("T")
    expect(clock).to_have_text(re.compile(r"[34]:\d\d"))
    keys.forth("Close Key words")
    expect(desk.page.get_by_text("Closed. Not revealed yet.")).to_be_visible()
    keys.press("r")
    ben.add_card("swift")
    keys.forth("Close Key words")
    keys.forth("Reveal")
    expect(ben.page.locator("main li")).to_have_count(2)
    keys.forth("Samples")
    desk.heading("Samples")
    keys.forth("Propose")
    desk.heading("Propose")
    keys.back("Samples")
    keys.forth("Propose")
    amara.send_sentence(KIND)
    ben.send_sentence(SWIFT)
    expect(desk.page.locator("#people")).to_contain_text("2 of 2 done")
    keys.forth("Close Propose")
    keys.forth("Reveal")
    keys.forth("Vote")
    amara.vote(KIND)
    ben.vote(KIND)
    expect(desk.page.locator("#people")).to_contain_text("2 of 2 done")
    keys.forth("Close Vote")
    keys.forth("Reveal")
    keys.forth("Draft")
    expect(amara.draft).to_have_value(KIND)
    amara.type_at_end(" Yes.")
    expect(ben.draft).to_have_value(f"{KIND} Yes.")
    keys.press("f")
    expect(amara.draft).not_to_be_editable()
    keys.press("b")
    expect(ben.draft).to_have_value(KIND)
    keys.press("F")
    ben.type_at_end(" Always.")
    ben.draft_saved()
    keys.forth("Decide")
    amara.agree("Yes, gladly")
    ben.agree("Not yet", reason="Not clear")
    expect(desk.page.locator("#people")).to_contain_text("2 of 2 done")
    keys.forth("Close Decide")
    keys.forth("Reveal")
    expect(desk.page.get_by_role("button", name="Back to the draft")).to_be_visible()
    keys.press("m")
    desk.heading("Draft")
    ben.type_at_end(" Ever.")
    ben.draft_saved()
    keys.forth("Decide")
    amara.agree("Yes, gladly")
    ben.agree("Yes, gladly")
    expect(desk.page.locator("#people")).to_contain_text("2 of 2 done")
    keys.forth("Close Decide")
    keys.forth("Reveal")
    keys.forth("Close")
    desk.heading("Close")
    keys.forth("Seal it")
    seal = desk.page.get_by_role("dialog", name="Seal it?")
    expect(seal).to_be_visible()
    keys.press("Escape")
    expect(seal).not_to_be_visible()
    desk.heading("Close")
    keys.forth("Seal it")
    tab_to(desk.page, "Seal it")
    keys.press("Enter")
    desk.heading("The meeting is over")
    expect(amara.page.get_by_role("heading", name=f"{KIND} Always. Ever.")).to_be_visible()
    keys.forth("Take it home")
    desk.page.wait_for_url("**/outcome/**")


def tab_to(page: Page, name: str) -> None:
    """With Tab alone."""
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')") == name:
            return
    raise AssertionError(f"Tab never came to {name!r}")


def test_focus_stays_when_a_panel_is_replaced(cast: Cast) -> None:
    """Whoever goes on with Enter on the focused Next never has to look for it again."""
    desk, (amara,) = cast.meeting("Amara")
    next_ = desk.page.locator('[data-key="next"]')
    next_.focus()
    for leads_to in (
        "Close Key words", "Reveal", "Samples", *SEVEN, "All in place",
        "Propose", "Close Propose", "Reveal", "Draft", "Decide",
    ):  # fmt: skip
        second_press = next_.and_(desk.page.locator("[data-second]")).count()
        desk.page.keyboard.press("Enter")
        if second_press:
            desk.page.keyboard.press("Enter")
        expect(next_.locator("[data-next-label]")).to_have_text(leads_to)
        expect(next_).to_be_focused()
    desk.page.locator('[data-key="f"]').focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator('[data-key="f"]')).to_have_attribute("aria-pressed", "true")
    expect(desk.page.locator('[data-key="f"]')).to_be_focused()
    button = desk.page.get_by_role("button", name="What can be done for Amara")
    button.focus()
    amara.done()
    expect(desk.page.locator("#people")).to_contain_text("1 of 1 done")
    expect(button).to_be_focused()


def test_dialogs_close_with_escape_and_give_the_focus_back(cast: Cast) -> None:
    desk, (amara,) = cast.meeting("Amara")
    for opener, dialog in (
        ("all keys", "All keys"),
        ("Someone without a phone", "Someone without a phone"),
        ("What can be done for Amara", "Amara"),
    ):
        button = desk.page.get_by_role("button", name=opener)
        button.focus()
        desk.page.keyboard.press("Enter")
        shown = desk.page.get_by_role("dialog", name=dialog, exact=True)
        expect(shown).to_be_visible()
        assert shown.evaluate("(dialog) => dialog.contains(document.activeElement)")
        desk.page.keyboard.press("Escape")
        expect(shown).not_to_be_visible()
        expect(button).to_be_focused()
    amara.menu()
    expect(amara.page.get_by_role("dialog")).to_be_visible()
    amara.page.keyboard.press("Escape")
    expect(amara.page.get_by_role("dialog")).not_to_be_visible()
    expect(amara.page.locator("#net")).to_be_focused()


def test_letters_are_letters_while_one_types(cast: Cast) -> None:
    desk, _phones = cast.meeting("Amara")
    desk.next("Key words")
    desk.page.get_by_text("Type for someone").click()
    words = desk.page.get_by_label("Their words")
    words.press_sequentially("t r f b ?")
    words.press("ArrowRight")
    expect(words).to_have_value("t r f b ?")
    desk.heading("Key words")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    expect(desk.page.locator('[data-key="next"]')).to_contain_text("Close Key words")
    words.press("PageDown")  # the remote has no letters: it works all the same
    expect(desk.page.locator('[data-key="next"]')).to_contain_text("Press again")


def test_typing_on_a_phone_is_not_disturbed(cast: Cast) -> None:
    """Others are done, the time changes, someone comes in: text, focus and caret stay."""
    desk, (amara, ben) = cast.meeting("Amara", "Ben")
    code = desk.page.locator("#door .code-s").inner_text().replace(" ", "")
    desk.go_to("Propose")
    amara.write("We are to guests")
    amara.sentence.focus()
    amara.sentence.evaluate("(field) => field.setSelectionRange(7, 7)")
    amara.page.keyboard.type("kind ")
    ben.send_sentence(KIND)
    desk.page.keyboard.press("t")
    cast.phones(code, "Chioma")
    expect(amara.page.locator("#stage")).to_contain_text("1 of 3 sent")
    expect(amara.sentence).to_be_focused()
    amara.page.keyboard.type("all ")
    expect(amara.sentence).to_have_value("We are kind all to guests")


@pytest.mark.parametrize("view", ["desk", "phone"])
def test_tab_goes_through_the_page_in_its_order(cast: Cast, view: str) -> None:
    desk, (amara,) = cast.meeting("Amara")
    desk.next("Key words")
    amara.add_card("kind")
    page = desk.page if view == "desk" else amara.page
    seen = places(page)
    expected = (
        ["a.skip", "header", "nav", "main", "aside", "footer"]
        if view == "desk"
        else ["a.skip", "header", "main", "footer"]
    )
    assert [place for place in expected if place in seen] == list(dict.fromkeys(seen)), seen
    assert seen == sorted(seen, key=list(dict.fromkeys(seen)).index), f"it jumps: {seen}"
    assert {"header", "main", "footer"} <= set(seen)


def places(page: Page) -> list[str]:
    """Press Tab from the beginning to the end of the page: the parts of it that are passed through."""
    page.reload()
    expect(page.locator("#net")).to_have_attribute("data-net", "live")
    seen: list[str] = []
    for _step in range(80):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => {
                const now = document.activeElement;
                if (now === document.body) return null;
                if (now.matches(".skip")) return "a.skip";
                return now.closest("header, nav, main, aside, footer")?.localName ?? now.outerHTML;
            }"""
        )
        if place is None or (seen and place == seen[0] and place == "a.skip"):
            return seen
        seen.append(place)
    return seen
