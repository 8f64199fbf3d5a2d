"""The facilitator of a rehearsal that runs by itself: presses Next, when a person would."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from .browser import Browser, Over, Server
from .pace import Pace
from .page import Node

NUMBER = re.compile(r"\d+")
LOOK_SECONDS = 0.5


@dataclass
class Press:
    """One press of Next: what it did, and when, on time.monotonic()."""

    act: str  # start, close, reveal, page, step, seal, end
    step: str
    sent: float
    answered: float


class Steering(Browser):
    view = "desk"

    def __init__(self, server: Server, public_id: str, pace: Pace, rng: Random) -> None:
        super().__init__(server, rng)
        self.public_id, self.pace = public_id, pace
        self.presses: list[Press] = []

    async def sign_in(self, token: str) -> None:
        await self.request("GET", "/accounts/enter/")
        answer = await self.request("POST", "/accounts/enter/", {"token": token})
        if answer.status_code != 302:
            raise Over("the facilitator could not sign in")
        await self.request("GET", self.base)  # the cookie that commands are sent with

    async def lead(self, expected: int, after_press: Callable[[Press], object] = lambda press: None) -> None:
        """Press Next until the meeting is over; first wait for so many people."""
        await self.until(lambda: self._counted()[:1] == [expected], 60 / self.pace.hurry + 5)
        while True:
            await self.until(lambda: self._next() is not None, 30)
            button = self._next()
            if button is None or button.tag == "a":
                return
            standing = self._standing()
            await self.pace.think(self.rng, *self._moment())
            await self.until(self._everyone_is_done, max(60.0, 600 / self.pace.hurry))
            await self._pick_lines()
            press = await self._press()
            if press is not None:
                after_press(press)
            await self.until(partial(self._moved_from, standing), 5)

    async def _pick_lines(self) -> None:
        """The first that came for each element, where none is picked yet."""
        for element in self.page("show").every("[data-lines]"):
            forms = element.every("[data-door=pick-line]")
            if forms and all(form.fields()["picked"] for form in forms):
                await self.submit(forms[0])

    async def _press(self) -> Press | None:
        button, foot = self._next(), self.page("foot")
        if button is None:
            return None
        form = next((form for form in foot.every("form") if button in form.below()), None)
        if button.get("data-dialog"):
            dialog = self.page("show").first(f"[id={button['data-dialog']}]")
            form = dialog.first("form") if dialog else None
        if form is None:
            return None
        act = form.get("id").rpartition("-")[2] or form["data-door"]
        heading, sent = self.page("lead").first("h1"), time.monotonic()
        answer = await self.submit(form)
        if not answer["ok"]:
            return None
        press = Press(act, heading.text if heading else "", sent, time.monotonic())
        self.presses.append(press)
        return press

    # What the desk says

    def _moved_from(self, standing: str) -> bool:
        return self._standing() != standing

    def _next(self) -> Node | None:
        return self.page("foot").first("[data-key=next]")

    def _standing(self) -> str:
        button = self._next()
        return f"{[form.get('id') for form in self.page('foot').every('form')]} {button and button.text}"

    def _counted(self) -> list[int]:
        """ "24 here" or "5 of 24 done", as numbers."""
        heading = self.page("people").first("h2")
        return [int(number) for number in NUMBER.findall(heading.text)] if heading else []

    def _everyone_is_done(self) -> bool:
        counted = self._counted()
        return len(counted) != 2 or counted[0] >= counted[1]

    def _moment(self) -> tuple[float, float]:
        """How long to stay, at the least: a person reads what was revealed, and turns pages faster."""
        button = self._next()
        form = self.page("foot").first("[data-door=next]")
        act = form.get("id").rpartition("-")[2] if form else (button.get("data-dialog") if button else "")
        return {"page": (8, 20), "reveal": (6, 12), "close": (10, 20)}.get(act, (25, 50))
