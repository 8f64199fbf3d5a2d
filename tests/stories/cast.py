"""The cast of a story, each in a real browser: the facilitator's desk, the screen, and phones."""

import json
import re
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, StorageState, expect
from playwright.sync_api import Error as PlaywrightError

from tests.servers import Stack
from tests.stories.phone import Phone
from tests.stories.watched import DESK, PATIENCE_MS, SCREEN, Faults, Watched

P = TypeVar("P", bound=Watched)


SEVEN = ["Voluntary", "Act", "Demonstrates", "Genuine", "Desire", "Satisfy, if not delight", "Customer"]


class Desk(Watched):
    def __init__(
        self,
        browser: Browser,
        base_url: str,
        sign_in_path: str,
        faults: Faults,
        *,
        signed_in: StorageState | None = None,
    ) -> None:
        """`sign_in_path`: used once; without it the cookies of `signed_in`, which has signed in before."""
        self.base_url, self.faults = base_url, faults
        context = browser.new_context(viewport=DESK, reduced_motion="reduce", storage_state=signed_in)
        self.open_page(context, faults)
        if sign_in_path:
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

    def switch_on(self, step: str, option: str) -> None:
        """One of the switches of a step, in the set-up."""
        self.page.goto(f"{self.base_url}/meetings/{self.public_id}/")
        self.page.locator("#setup").get_by_role("link", name=re.compile(rf"^{step}")).click()
        self.page.get_by_role("checkbox", name=option).set_checked(True, force=True)
        with self.page.expect_response(re.compile(r"/steps/\d+/$")):
            self.page.get_by_role("button", name="Save").click()
        self.page.reload()
        expect(self.page.get_by_role("checkbox", name=option)).to_be_checked()

    def make_link(self, scope: str) -> str:
        """A link that carries a right: screen, co-facilitate or outcome. It is shown once."""
        self.page.goto(f"{self.base_url}/meetings/{self.public_id}/settings/")
        self.page.locator(f'form[action$="/links/{scope}/issue/"] button').click()
        return self.page.get_by_label("The link. It is shown this once").input_value()

    def open(self) -> None:
        self.page.goto(f"{self.base_url}/desk/{self.public_id}/")
        self.wait_live()

    def open_door(self) -> str:
        """Returns the join code."""
        self.page.get_by_role("button", name="Open the door").click()
        expect(self.page.get_by_role("button", name="Door open")).to_be_visible()
        return self.page.locator("#door .code-s").inner_text().replace(" ", "").strip()

    def next(self, expected: str | re.Pattern[str]) -> None:
        """Press Next, which says what it does, until the room has moved; a second press where it wants one."""
        button = self.page.locator('[data-key="next"]')
        expect(button).to_contain_text(expected)
        standing = self.page.locator('[name="standing"] + [data-key="next"]').locator("xpath=../input")
        before = standing.input_value() if standing.count() else None
        button.click()
        if before is None:
            return
        still = self.page.locator(f'form:has([data-key="next"]) [name="standing"][value="{before}"]')
        if button.and_(self.page.locator(".is-sure")).count():
            button.click()
        try:
            expect(still).to_have_count(0, timeout=PATIENCE_MS / 3)
        except AssertionError:  # the last one was done between the two presses: then the first counts for nothing
            button.click()
            expect(still).to_have_count(0)

    def go_to(self, step: str) -> None:
        """Straight to a step of the agenda."""
        self.page.locator("#agenda").get_by_role("button", name=re.compile(rf"^{step}")).click()
        self.heading(step)

    def take_sample_apart(self) -> None:
        """From the step before Samples to its last page."""
        self.next("Samples")
        for piece in [*SEVEN, "All in place"]:
            self.next(piece)

    def back(self, expected: str) -> None:
        button = self.page.locator('[data-key="back"]')
        expect(button).to_contain_text(expected)
        button.click()

    def reopen(self) -> None:
        self.page.locator('[data-key="r"]').click()
        expect(self.page.locator('[data-key="r"]')).to_have_count(0)

    def heading(self, text: str) -> None:
        expect(self.page.locator("#lead h1")).to_have_text(text)

    def seal(self, ending: str | None = None) -> None:
        self.next("Seal it")
        dialog = self.page.get_by_role("dialog", name="Seal it?")
        if ending:
            dialog.get_by_role("radio", name=ending).check(force=True)
        dialog.get_by_role("button", name="Seal it").click()
        self.heading("The meeting is over")

    def what_can_be_done_for(self, name: str) -> Locator:
        """Opens the dialog of one person."""
        self.page.get_by_role("button", name=f"What can be done for {name}", exact=True).click()
        return self.page.get_by_role("dialog", name=name)

    def download(self, link: str) -> str:
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=link, exact=True).click()
        return Path(download.value.path()).read_text(encoding="utf-8")

    def report(self) -> dict[str, Any]:
        """After the end: what came out, as JSON."""
        self.page.goto(f"{self.base_url}/outcome/{self.public_id}/")
        return dict(json.loads(self.download("JSON")))


class Screen(Watched):
    def __init__(self, browser: Browser, desk: Desk, faults: Faults, base_url: str) -> None:
        """The facilitator's second window. A second page of the desk's context would be a tab before it, and a page
        behind another draws one frame a second."""
        signed_in = desk.context.storage_state()
        self.open_page(browser.new_context(viewport=SCREEN, storage_state=signed_in, reduced_motion="reduce"), faults)
        self.page.goto(f"{base_url}/screen/{desk.public_id}/")

    @property
    def wall(self) -> Locator:
        return self.page.locator("#wall")

    def shows_draft(self, text: str) -> None:
        """The joint text, without the letters of elements and the names at carets."""
        self.page.wait_for_function(
            """(text) => {
                const shown = document.querySelector("#wall [data-draft]")?.cloneNode(true);
                shown?.querySelectorAll(".caret, .ltr").forEach((mark) => mark.remove());
                return shown?.textContent === text;
            }""",
            arg=text,
        )


class ScreenByLink(Screen):
    """On another machine, by the link that can only look."""

    def __init__(self, browser: Browser, link: str, faults: Faults) -> None:
        self.open_page(browser.new_context(viewport=SCREEN, reduced_motion="reduce"), faults)
        self.page.goto(link)
        self.page.wait_for_url("**/screen/**")


class Cast:
    """Everyone in one story, on one stack."""

    def __init__(self, browser: Browser, stack: Stack, faults: Faults) -> None:
        self.browser, self.stack, self.faults = browser, stack, faults
        self.players: dict[str, Watched] = {}
        self._numbers = count()

    def desk(self, email: str = "facilitator@localhost") -> Desk:
        signed_in = _signed_in(self.browser, self.stack, email)
        desk = Desk(self.browser, self.stack.base_url, "", self.faults, signed_in=signed_in)
        return self._enter(f"desk-of-{email.split('@')[0]}", desk)

    def screen(self, desk: Desk) -> Screen:
        """The other window of the facilitator's laptop; of the last server process, so that news must travel."""
        return self._enter("screen", Screen(self.browser, desk, self.faults, self.stack.base_urls[-1]))

    def screen_by_link(self, link: str) -> Screen:
        return self._enter("screen", ScreenByLink(self.browser, link, self.faults))

    def phone(self) -> Phone:
        number = next(self._numbers)
        base_urls = self.stack.base_urls
        return self._enter(f"phone-{number}", Phone(self.browser, base_urls[-1 - number % len(base_urls)], self.faults))

    def phones(self, code: str, *names: str) -> list[Phone]:
        return [self.phone().join(code, name) for name in names]

    def meeting(self, *names: str) -> tuple[Desk, list[Phone]]:
        """A meeting that has just been started, with a phone for each name."""
        desk = self.desk()
        desk.set_up()
        desk.open()
        phones = self.phones(desk.open_door(), *names)
        desk.next("Start the meeting")
        desk.heading("Welcome")
        return desk, phones

    def others(self, *players: Watched) -> list[Watched]:
        return [player for player in self.players.values() if player not in players]

    def _enter(self, name: str, player: P) -> P:
        self.players[name] = player
        return player

    def shoot(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, player in self.players.items():
            with suppress(PlaywrightError):
                player.page.screenshot(path=folder / f"{name}.png", timeout=5_000)

    def close(self) -> None:
        for context in {player.context for player in self.players.values()}:
            context.close()


@cache
def _signed_in(browser: Browser, stack: Stack, email: str) -> StorageState:
    """The cookies of a facilitator: each signs in once a stack, not once a story."""
    desk = Desk(browser, stack.base_url, stack.sign_in_path(email), Faults())
    state = desk.context.storage_state()
    desk.context.close()
    return state


def shoot(pages: dict[str, Page], folder: Path, name: str) -> None:
    """Screenshots of a moment, light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    for who, page in pages.items():
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=folder / f"{name}-{who}-{scheme}.png")
        page.emulate_media(color_scheme="light")
