"""Pages that are the same for everyone who asks now: drawn once for all of them, in front of Django.

A department that scans the code asks for two pages, in which nothing is personal: the one where a name is typed, and
the phone's own. Each is drawn after the last of those who get it has asked. So nobody is shown what was true before
they asked: no phone a page that is older than what it showed, and no page goes to one whose holder had been removed by
then. Nothing is kept, and so nothing has to be forgotten.

Which answer may go to others its view says (`may_be_shared`). One that sets a cookie, or is not 200, goes to nobody
else: each of them then asks by themselves, as does everyone who may not have the page or comes with unusual cookies.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.http import HttpRequest, parse_cookie
from django.utils.translation import get_language_from_request

log = logging.getLogger(__name__)

MOST_REST = 0.2  # seconds that a page rests between two drawings
REST = 4  # times as long as it took, if that is less
SHARED = "words.shared"  # in the scope of a request whose answer may go to others
OF_ONE_REQUEST = {b"x-request-id"}

Cookies = Mapping[str, str]
Scope = dict[str, Any]
Event = dict[str, Any]
Key = tuple[str, ...]


class Page(NamedTuple):
    path: re.Pattern[str]
    is_usual: Callable[[Cookies], bool]
    """Whether nothing in it would be another because of these cookies, and it would set none."""
    may_have: Callable[[re.Match[str], Sequence[Cookies]], Awaitable[Sequence[bool]]] | None = None
    """Who of them may have it: asked once for all. None: everyone."""


class Asked(NamedTuple):
    scope: Scope
    cookies: Cookies
    answer: asyncio.Future[list[Event] | None]
    """None: ask by yourself."""


class Shared:
    def __init__(self, site: Any, pages: Sequence[Page]) -> None:
        """`site` draws them, and answers everything else."""
        self.site, self.pages = site, pages
        self.waiting: dict[Key, list[Asked]] = {}
        self.drawing: dict[Key, asyncio.Task[None]] = {}

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        events = await self._drawn(scope) if scope["method"] == "GET" and not scope["query_string"] else None
        if events is None:
            await self.site(scope, receive, send)
            return
        for event in events:
            await send(event)

    async def _drawn(self, scope: Scope) -> list[Event] | None:
        path = scope["path"]
        page, found = next(((page, found) for page in self.pages if (found := page.path.fullmatch(path))), (None, None))
        if page is None or found is None:
            return None
        cookies = parse_cookie(_header(scope, b"cookie"))
        if not page.is_usual(cookies):
            return None
        key = (scope["scheme"], _header(scope, b"host"), path, _language(_header(scope, b"accept-language")))
        loop = asyncio.get_running_loop()
        asked = Asked(scope, cookies, loop.create_future())
        self.waiting.setdefault(key, []).append(asked)
        if key not in self.drawing:
            self.drawing[key] = loop.create_task(self._draw(key, page, found))
        return await asked.answer

    async def _draw(self, key: Key, page: Page, found: re.Match[str]) -> None:
        """One after the other, as long as somebody waits."""
        try:
            while waiting := self.waiting.pop(key, None):
                began = time.monotonic()
                try:
                    await self._draw_for(waiting, page, found)
                except Exception:
                    log.exception("A page for several could not be drawn")
                _answer(waiting, None)
                await asyncio.sleep(min(MOST_REST, REST * (time.monotonic() - began)))
        finally:
            del self.drawing[key]

    async def _draw_for(self, waiting: list[Asked], page: Page, found: re.Match[str]) -> None:
        if page.may_have is not None:
            may_have = await page.may_have(found, [asked.cookies for asked in waiting])
            waiting = [asked for asked, may in zip(waiting, may_have, strict=True) if may]
        if waiting:
            _answer(waiting, await self._ask_site(waiting[0].scope))

    async def _ask_site(self, scope: Scope) -> list[Event] | None:
        """What the site answers to one of them, if that may go to all."""
        scope, events = {**scope}, []

        async def take(event: Event) -> None:
            events.append(event)

        await self.site(scope, _no_body(), take)
        head, *parts = events
        headers = [(name, value) for name, value in head["headers"] if name not in OF_ONE_REQUEST]
        if SHARED not in scope or head["status"] != 200 or any(name == b"set-cookie" for name, _value in headers):
            return None
        body = b"".join(part["body"] for part in parts)
        return [{**head, "headers": headers}, {"type": "http.response.body", "body": body}]


def may_be_shared(request: HttpRequest) -> None:
    """Of the answer to this request nothing is personal: it may go to all who ask for the same page now."""
    if (scope := request.META.get("asgi.scope")) is not None:
        scope[SHARED] = True


def _answer(waiting: list[Asked], events: list[Event] | None) -> None:
    for asked in waiting:
        if not asked.answer.done():
            asked.answer.set_result(events)


def _no_body() -> Callable[[], Awaitable[Event]]:
    """What a request without a body brings, and then silence: it is for several, so no browser that goes ends it."""
    events = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Event:
        if not events:
            await asyncio.get_running_loop().create_future()
        return events.pop()

    return receive


def _header(scope: Scope, wanted: bytes) -> str:
    return ";".join(value.decode("latin-1") for name, value in scope["headers"] if name == wanted)


@lru_cache(maxsize=1000)
def _language(accepted: str) -> str:
    """As Django's middleware finds it out where no cookie names one."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return get_language_from_request(request)
