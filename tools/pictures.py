"""Takes the pictures of the README: a rehearsal of the example meeting that runs by itself, on a server of its own.

    python -m tools.pictures [folder]        by default docs/pictures/

Three browser windows look on: the desk, the screen, and the phone of somebody real, Dana, who joins and types a
sentence. A picture is taken when what it shows stands there; the rehearsal goes on meanwhile.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.conftest import BROWSER_OPTIONS, browser_program
from tests.servers import MANAGE, ROOT, Stack, running_stack

SIZES = {"desk": (1280, 800), "screen": (1280, 720), "phone": (360, 740)}
MOST_SECONDS = 400
SENTENCE = "Making sure that every guest leaves a little lighter than they came."

# What stands on a page when its picture is taken: picture → (page, selector).
MOMENTS = {
    "screen-welcome": ("screen", ".names li:nth-child(18)"),
    "desk-propose": ("desk", "body:has(.plan .is-now:has-text('Propose')) .dots--room i:not(.no):nth-child(9)"),
    "phone-propose": ("phone", "[data-propose] textarea"),
    "screen-reveal": ("screen", ".slips .slip"),
    "phone-tag": ("phone", ".tag-text:not([hidden]) .tw"),
    "screen-heat": ("screen", ".heat .hbar i"),
    "desk-draft": ("desk", "#show:has(.passages li:nth-child(3)):has(.lamp.is-lit)"),
    "screen-draft": ("screen", ".drafting:has(.pz.is-lit):has(.caret)"),
    "phone-draft": ("phone", ".phone-main:has(.lamp.is-lit):has(.passages li:nth-child(3))"),
    "screen-decide": ("screen", ".decision .pinned"),
    "screen-agreed": ("screen", ".signed"),
}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, running_stack("sqlite", Path(temporary)) as stack:
        take(stack, folder)


def take(stack: Stack, folder: Path) -> None:
    command = [*MANAGE, "rehearse", "--people", "24", "--pace", "fast", "--steer", "--base-url", stack.base_url]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program(), args=BROWSER_OPTIONS)
        pages = opened(browser, stack)  # before they come: all of them are there within seconds
        rehearsal = subprocess.Popen(command, cwd=ROOT, env=stack.environment, stdout=subprocess.PIPE, text=True)
        try:
            look_on(pages, told(rehearsal, "Desk"), told(rehearsal, "Screen"), told(rehearsal, "Join").split()[0])
            photograph(pages, folder, rehearsal)
        finally:
            rehearsal.terminate()
            rehearsal.communicate()
            browser.close()


def told(rehearsal: "subprocess.Popen[str]", what: str) -> str:
    """What the command prints beside a word: an address."""
    assert rehearsal.stdout is not None
    for line in rehearsal.stdout:
        if line.strip().startswith(what):
            return line.split(maxsplit=1)[1].strip()
    raise SystemExit(f"The rehearsal ended without saying its {what}.")


def context_of(browser: Any, name: str) -> BrowserContext:
    width, height = SIZES[name]
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", color_scheme="light"
    )
    return context


def opened(browser: Any, stack: Stack) -> dict[str, Page]:
    contexts = {name: context_of(browser, name) for name in SIZES}
    pages = {name: context.new_page() for name, context in contexts.items()}
    pages["desk"].goto(stack.base_url + stack.sign_in_path())
    pages["desk"].wait_for_url("**/meetings/")
    contexts["screen"].add_cookies(contexts["desk"].cookies())  # type: ignore[arg-type]
    return pages


def look_on(pages: dict[str, Page], desk: str, screen: str, join: str) -> None:
    pages["screen"].goto(screen)
    pages["desk"].goto(desk)
    pages["phone"].goto(join)
    pages["phone"].get_by_label("What shall we call you?").fill("Dana")
    pages["phone"].get_by_role("button", name="Join the meeting").click()


def photograph(pages: dict[str, Page], folder: Path, rehearsal: "subprocess.Popen[str]") -> None:
    waiting, deadline = dict(MOMENTS), time.monotonic() + MOST_SECONDS
    while waiting and time.monotonic() < deadline:
        for picture, (page, selector) in list(waiting.items()):
            if pages[page].locator(selector).count():
                prepare(picture, pages[page])
                pages[page].screenshot(path=folder / f"{picture}.png")
                print(f"{picture}.png")
                del waiting[picture]
        done(pages["phone"])
        time.sleep(0.1)
    if waiting:
        raise SystemExit(f"These did not come to stand there: {', '.join(waiting)}")


def prepare(picture: str, page: Page) -> None:
    if (read := page.locator("[data-so-far] [data-close-dialog]")).is_visible():
        read.click()
    if picture == "phone-propose":
        page.locator("[data-propose] textarea").fill(SENTENCE)
        page.wait_for_timeout(300)


def done(phone: Page) -> None:
    """Dana keeps nobody waiting: what a step asks, she does once its picture is taken."""
    phone.evaluate(
        """() => {
            const button = document.querySelector("[data-send-proposal]:not([hidden])");
            if (button && document.querySelector("[data-propose] textarea")?.value) return button.click();
            document.querySelector("[data-mine-undone][value='1']")?.form.requestSubmit();
            const ballot = document.querySelector("[data-ballot]:not([disabled])");
            if (ballot && !ballot.querySelector(":checked")) {
                ballot.querySelector("[type=checkbox]")?.click();
                document.querySelector("[data-send-vote]")?.click();
            }
            document.querySelector("[data-tag-buttons]:not([hidden]) [data-tag-says='not-here']")?.click();
            const levels = document.querySelector("[data-deciding]");
            if (levels && !levels.querySelector(":checked")) {
                levels.querySelector("[type=radio]")?.click();
                document.querySelector("[data-send-stance]")?.click();
            }
        }"""
    )


if __name__ == "__main__":
    main()
