"""The cast of a story, each in a real browser: the facilitator's desk, the screen, and phones."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

DESK: ViewportSize = {"width": 1280, "height": 800}
SCREEN: ViewportSize = {"width": 1920, "height": 1080}
PHONE: ViewportSize = {"width": 360, "height": 740}
PATIENCE_MS = 10_000

expect.set_options(timeout=PATIENCE_MS)


class Faults:
    """What a browser complains about: uncaught errors, and what the security policy blocked."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.seen.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: self.seen.append(f"{page.url}: {message.text}") if _is_fault(message.text) else None,
        )


def _is_fault(text: str) -> bool:
    return "Content Security Policy" in text or "Uncaught" in text


class Desk:
    def __init__(self, browser: Browser, base_url: str, sign_in_path: str, faults: Faults) -> None:
        self.base_url = base_url
        self.context: BrowserContext = browser.new_context(viewport=DESK, accept_downloads=True)
        self.page = self.context.new_page()
        faults.watch(self.page)
        self.page.goto(base_url + sign_in_path)
        self.page.wait_for_url("**/meetings/")

    def set_up(self, title: str = "Front desk", agenda: str = "department-meeting") -> str:
        """A new meeting; returns its public id."""
        self.page.goto(f"{self.base_url}/meetings/new/")
        self.page.get_by_label("Who is meeting?").fill(title)
        self.page.get_by_label("Begin with").select_option(agenda)
        self.page.get_by_role("button", name="Set it up").click()
        self.page.wait_for_url(re.compile(r"/meetings/[0-9a-f-]{36}/"))
        self.public_id = urlsplit(self.page.url).path.split("/")[2]
        return self.public_id

    def change_settings(self, **choices: str | bool) -> None:
        self.page.goto(f"{self.base_url}/meetings/{self.public_id}/settings/")
        for name, value in choices.items():
            field = self.page.locator(f"[name={name}]")
            if isinstance(value, bool):
                field.set_checked(value, force=True)
            else:
                field.select_option(value)
        self.page.get_by_role("button", name="Save").first.click()
        expect(self.page.get_by_text("Saved.")).to_be_visible()

    def open(self) -> None:
        self.page.goto(f"{self.base_url}/desk/{self.public_id}/")
        self.wait_live()

    def wait_live(self) -> None:
        expect(self.page.locator("#net")).to_have_attribute("data-net", "live")

    def open_door(self) -> str:
        """Returns the join code."""
        self.page.get_by_role("button", name="Open the door").click()
        expect(self.page.get_by_role("button", name="Door open")).to_be_visible()
        return self.page.locator(".code-s").first.inner_text().replace(" ", "").strip()

    def next(self, expected: str | re.Pattern[str]) -> None:
        """Press Next, which says what it does; where it wants a second press, press twice."""
        button = self.page.locator('[data-key="next"]')
        expect(button).to_contain_text(expected)
        button.click()
        again = self.page.locator(".btn--next.is-sure")  # many are not done; the click itself changes the button
        if again.count():
            again.click()

    def heading(self, text: str) -> None:
        expect(self.page.locator("#lead h1")).to_have_text(text)


class Screen:
    def __init__(self, desk: Desk, faults: Faults, base_url: str | None = None) -> None:
        """By default in the facilitator's own browser, as a second window."""
        self.page = desk.context.new_page()
        self.page.set_viewport_size(SCREEN)
        faults.watch(self.page)
        self.page.goto(f"{base_url or desk.base_url}/screen/{desk.public_id}/")

    @property
    def wall(self) -> Locator:
        return self.page.locator("#wall")


class Phone:
    def __init__(self, browser: Browser, base_url: str, faults: Faults) -> None:
        self.base_url = base_url
        self.context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
        self.page = self.context.new_page()
        faults.watch(self.page)

    def join(self, code: str, name: str = "") -> "Phone":
        self.page.goto(f"{self.base_url}/j/{code}")
        if name:
            self.page.get_by_label("What shall we call you?").fill(name)
        self.page.get_by_role("button", name="Join the meeting").click()
        self.page.wait_for_url("**/phone/**")
        self.wait_live()
        return self

    def wait_live(self) -> None:
        expect(self.page.locator("#net")).to_have_attribute("data-net", "live")

    def add_card(self, word: str) -> None:
        self.page.get_by_label("One word or a few").fill(word)
        self.page.get_by_role("button", name="Add this word").click()
        expect(self.page.locator(".card.is-sent", has_text=word)).to_be_visible()

    def write(self, sentence: str) -> None:
        self.page.locator("textarea.page").fill(sentence)

    def send_sentence(self, sentence: str) -> None:
        self.write(sentence)
        self.page.get_by_role("button", name="Send my sentence").click()
        expect(self.page.get_by_role("button", name="Change it")).to_be_visible()
        expect(self.page.locator("[data-propose-state] b:visible")).to_contain_text("Sent")

    def vote(self, *sentences: str) -> None:
        for sentence in sentences:
            self.page.locator("label.choice", has_text=sentence).click()
        self.page.get_by_role("button", name="Send my vote").click()
        expect(self.page.get_by_text("Sent. You can change it")).to_be_visible()

    @property
    def draft(self) -> Locator:
        return self.page.locator("[data-draft] textarea")

    def draft_saved(self) -> None:
        expect(self.page.locator("#draft-state b:visible")).to_have_text("Saved")

    def done(self) -> None:
        self.page.get_by_role("button", name="I’m done").click()
        expect(self.page.get_by_role("button", name="Not done after all")).to_be_visible()


def shoot(pages: dict[str, Page], folder: Path, name: str) -> None:
    """Screenshots of a moment, light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    for who, page in pages.items():
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=folder / f"{name}-{who}-{scheme}.png")
        page.emulate_media(color_scheme="light")
