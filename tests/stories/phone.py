"""A phone, and what its person does with it."""

import re

from playwright.sync_api import Browser, Locator, expect

from tests.stories.watched import PHONE, Faults, Watched


class Phone(Watched):
    def __init__(self, browser: Browser, base_url: str, faults: Faults) -> None:
        self.base_url, self.faults = base_url, faults
        context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")
        self.open_page(context, faults)

    def join(self, code: str, name: str = "") -> "Phone":
        self.page.goto(f"{self.base_url}/j/{code}")
        if name:
            self.page.get_by_label("What shall we call you?").fill(name)
        self.page.get_by_role("button", name="Join the meeting").click()
        self.page.wait_for_url("**/phone/**")
        self.wait_live()
        return self

    def another_tab(self) -> "Phone":
        """The same person in a second tab of the same browser."""
        tab = object.__new__(Phone)
        tab.base_url, tab.faults = self.base_url, self.faults
        tab.open_page(self.context, self.faults)
        tab.page.goto(self.page.url)
        tab.wait_live()
        return tab

    def reload(self) -> None:
        self.page.reload()
        self.wait_live()

    def go_offline(self) -> None:
        self.context.set_offline(True)
        expect(self.page.locator("#net")).to_have_attribute("data-net", "offline")

    def come_online(self) -> None:
        self.context.set_offline(False)
        self.wait_live()

    def menu(self) -> Locator:
        self.page.locator("#net").click()
        return self.page.locator("#menu")

    # ---- key words

    @property
    def word(self) -> Locator:
        return self.page.get_by_label("One word or a few")

    def put_card(self, word: str) -> Locator:
        """Returns the card on one's own list; it may still be on its way."""
        self.word.fill(word)
        self.page.get_by_role("button", name="Add this word").click()
        return self.own_card(word)

    def add_card(self, word: str) -> None:
        self.put_card(word)
        self.card_arrived(word)

    def own_card(self, word: str) -> Locator:
        return self.page.get_by_role("list", name="Your words").get_by_role("listitem").filter(has_text=word)

    def card_arrived(self, word: str) -> None:
        expect(self.page.locator("[data-own-cards] > .is-sent", has_text=word)).to_have_count(1)

    # ---- propose

    @property
    def sentence(self) -> Locator:
        return self.page.locator("[data-propose] textarea")

    def write(self, sentence: str) -> None:
        self.sentence.fill(sentence)

    def send_sentence(self, sentence: str) -> None:
        self.write(sentence)
        self.page.get_by_role("button", name="Send my sentence").click()
        self.sentence_arrived()

    def sentence_arrived(self) -> None:
        expect(self.page.get_by_role("button", name="Change it")).to_be_visible()
        expect(self.page.locator("[data-propose-state] b:visible")).to_contain_text("Sent")

    # ---- vote

    def choice(self, sentence: str) -> Locator:
        return self.page.get_by_role("checkbox", name=re.compile(re.escape(sentence)))

    def mark(self, *sentences: str) -> None:
        """Marks exactly these."""
        expect(self.page.locator("[data-ballot]")).to_be_visible()  # all() waits for nothing
        for choice in self.page.locator("[data-ballot] label").all():
            wanted = any(sentence in choice.inner_text() for sentence in sentences)
            if choice.locator("input").is_checked() != wanted:
                choice.click()

    def vote(self, *sentences: str) -> None:
        self.mark(*sentences)
        self.page.get_by_role("button", name="Send my vote").click()
        self.vote_arrived()

    def vote_arrived(self) -> None:
        expect(self.page.get_by_text("Sent. You can change it until the vote closes.")).to_be_visible()

    # ---- tag

    def asked(self, place: str, question: str = "") -> None:
        """Which question the phone is at: "Sentence 1 of 3, question 2 of 7"."""
        expect(self.page.locator("[data-tag-place]")).to_have_text(place)
        if question:
            expect(self.page.get_by_role("heading", name=question)).to_be_visible()

    def word_to_tap(self, word: str) -> Locator:
        return self.page.locator("[data-text]:visible").get_by_role("button", name=word, exact=True)

    def tap(self, *words: str) -> None:
        for word in words:
            self.word_to_tap(word).click()

    def tag(self, *words: str) -> None:
        """These words, or that it is not here; and on to the next question."""
        place = self.page.locator("[data-tag-place]").inner_text()
        self.tap(*words)
        self.page.get_by_role("button", name="These words" if words else "Not here").click()
        expect(self.page.locator("[data-tag-place]")).not_to_have_text(place)

    def read_all(self) -> None:
        """Answers "not here" to every question that there is for this phone."""
        finished = self.page.locator("[data-tag-finished]")
        for _question in range(40):
            if finished.is_visible():
                return
            self.page.get_by_role("button", name="Not here").click()
        raise AssertionError("the questions never end")

    # ---- draft

    @property
    def draft(self) -> Locator:
        return self.page.locator("[data-draft] textarea")

    def caret_to(self, place: int | str) -> None:
        """Into the draft: to the "End", to the "Home", or before the character with this number."""
        expect(self.draft).to_be_editable()
        self.draft.focus()
        if isinstance(place, str):
            self.page.keyboard.press(f"Control+{place}")
        else:
            self.draft.evaluate("(field, place) => field.setSelectionRange(place, place)", place)

    def type_at_end(self, words: str) -> None:
        self.caret_to("End")
        self.page.keyboard.type(words)

    def type_at_start(self, words: str) -> None:
        self.caret_to("Home")
        self.page.keyboard.type(words)

    def draft_saved(self) -> None:
        expect(self.page.locator("#draft-state b:visible")).to_have_text("Saved")

    def tap_after(self, before: str) -> None:
        """On the letter of the draft that follows these."""
        expect(self.draft).to_have_value(re.compile("^" + re.escape(before)))
        x, y = self.draft.evaluate(
            """(field, at) => {
                const mirror = field.closest("[data-draft]").querySelector(".mirror");
                const walker = document.createTreeWalker(mirror, NodeFilter.SHOW_TEXT, (node) =>
                    node.parentElement.closest(".caret, .ltr") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
                for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                    if (at < node.length) {
                        const range = new Range();
                        range.setStart(node, at);
                        range.setEnd(node, at + 1);
                        node.parentElement.scrollIntoView({block: "center"});
                        const box = range.getBoundingClientRect();
                        return [box.x + box.width / 2, box.y + box.height / 2];
                    }
                    at -= node.length;
                }
            }""",
            len(before),
        )
        self.page.mouse.click(x, y)
        expect(self.page.locator("[data-draft] .is-chosen")).to_have_count(1)

    def tap_words(self, words: str) -> None:
        """The first word of these, then the last."""
        text = self.draft.input_value()
        at = text.index(words)
        self.tap_after(text[:at])
        if " " in words:
            self.tap_after(text[: at + words.rindex(" ") + 1])

    def is_asked(self, question: str) -> None:
        expect(self.page.locator("[data-asking-q]")).to_have_text(question)

    def is_asked_where(self, phrase: str) -> None:
        """Skips what is asked before that."""
        for _question in range(8):
            if self.page.locator("[data-asking-q]").inner_text() == f"Where is {phrase}?":
                return
            self.answer("Skip")
        self.is_asked(f"Where is {phrase}?")

    def answer(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def sees(self, phrase: str, words: str) -> None:
        self.is_asked_where(phrase)
        self.tap_words(words)
        self.answer("These words")

    # ---- decide

    def level(self, level: str) -> Locator:
        """A step of the scale, by its words."""
        return self.page.locator("label.level", has_text=level)

    def agree(self, level: str, *, reason: str = "", words: str = "", says: str = "") -> None:
        """Says how far they agree; what they reserve at which words, which must stand in the sentence together."""
        self.level(level).click()
        for word in words.split():
            self.page.locator("[data-decide-words] .tw", has_text=word).first.click()
        if reason:
            self.page.get_by_role("button", name=reason, exact=True).click()
        if says:
            self.page.get_by_label("More, if you like").fill(says)
        self.page.get_by_role("button", name="Send my answer").click()
        self.answer_arrived()

    def answer_arrived(self) -> None:
        expect(self.page.get_by_text("Sent. You can change it until this closes.")).to_be_visible()

    def settle(self, answer: str = "Yes, settled") -> None:
        button = self.page.get_by_role("button", name=answer)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")

    # ---- all of them

    def done(self) -> None:
        self.page.get_by_role("button", name="I’m done").click()
        expect(self.page.get_by_role("button", name="Not done after all")).to_be_visible()
