"""A page with all that comes to it: what its person sees, and what they could dig out of their browser."""

import json

from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

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
    return any(words in text for words in ("Content Security Policy", "Trusted", "Uncaught"))


VALUES = "() => Array.from(document.querySelectorAll('input, textarea'), (field) => field.value)"


class Watched:
    """A page with all that came to it: what its person sees, and what they could dig out of their browser."""

    page: Page

    def open_page(self, context: BrowserContext, faults: Faults) -> None:
        self.context = context
        self.page = context.new_page()
        self.frames: list[str] = []  # all that sockets have brought
        faults.watch(self.page)
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._heard))

    def _heard(self, frame: str | bytes) -> None:
        self.frames.append(str(frame))

    @property
    def base(self) -> str:
        """The address that all of this view lies under."""
        return self.page.url.split("?")[0].split("#")[0]

    def everything(self) -> str:
        """The page as it is, as it would be loaded anew, as polling would bring it, and what its sockets brought."""
        drawn = [frame.content() for frame in self.page.frames]
        typed = [value for frame in self.page.frames for value in frame.evaluate(VALUES)]
        loaded = [self.page.request.get(frame.url).text() for frame in self.page.frames]
        return "\n".join([*drawn, *typed, *loaded, *self.polled().values(), *self.frames])

    def polled(self) -> dict[str, str]:
        """The panels as polling brings them, by name, and what is mine; without the number of the revision."""
        answer = self.page.request.get(f"{self.base}panels?have=").json()
        found = {panel["name"]: str(panel["html"]) for panel in answer["panels"]}
        return found | {"mine": json.dumps({**(answer["mine"] or {}), "revision": 0}, ensure_ascii=False)}

    def wait_live(self) -> None:
        expect(self.page.locator("#net")).to_have_attribute("data-net", "live")
