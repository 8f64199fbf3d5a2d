"""One drawing for all who ask now: which of them share it, and which answers go to nobody else."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest
from django.http import HttpRequest

from workshop.live import shared
from workshop.live.shared import Page, Shared, may_be_shared

Scope = dict[str, Any]
PATH = re.compile(r"/page/(\w+)")


class Site:
    """In place of Django: each answer says which one it is."""

    def __init__(self, *, status: int = 200, headers: Sequence[tuple[bytes, bytes]] = (), share: bool = True) -> None:
        self.status, self.headers, self.share = status, list(headers), share
        self.asked: list[Scope] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.begun = asyncio.Event()
        self.breaks = False

    async def __call__(self, scope: Scope, _receive: Any, send: Any) -> None:
        self.asked.append(scope)
        self.begun.set()
        number = len(self.asked)
        await self.go_on.wait()
        if self.breaks:
            raise RuntimeError("no answer")
        if self.share:
            request = HttpRequest()
            request.META["asgi.scope"] = scope
            may_be_shared(request)
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"page ", "more_body": True})
        await send({"type": "http.response.body", "body": b"%d" % number})


async def get(pages: Shared, path: str = "/page/a", **more: Any) -> tuple[int, dict[bytes, bytes], bytes]:
    headers = [(b"host", more.pop("host", b"here")), (b"cookie", more.pop("cookie", b""))]
    scope = {"method": "GET", "scheme": "http", "path": path, "query_string": b"", "headers": headers, **more}
    events: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        events.append(event)

    await pages(scope, None, send)
    return events[0]["status"], dict(events[0]["headers"]), b"".join(event["body"] for event in events[1:])


async def bodies(asked: Sequence[Awaitable[tuple[int, dict[bytes, bytes], bytes]]]) -> list[bytes]:
    return [body for _status, _headers, body in await asyncio.gather(*asked)]


def usual(cookies: Mapping[str, str]) -> bool:
    return "odd" not in cookies


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 10))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MOST_REST", 0)


def test_those_who_ask_at_the_same_time_share_a_drawing_and_who_asks_later_does_not() -> None:
    async def test() -> None:
        site = Site()
        pages = Shared(site, [Page(PATH, usual)])
        site.go_on.clear()
        first = asyncio.create_task(bodies([get(pages) for _number in range(3)]))
        await site.begun.wait()
        late = asyncio.create_task(bodies([get(pages) for _number in range(40)]))
        await asyncio.sleep(0.01)
        site.go_on.set()
        assert await first == [b"page 1"] * 3
        assert await late == [b"page 2"] * 40  # not the one that had begun before they asked
        assert await bodies([get(pages)]) == [b"page 3"]  # nothing is kept
        assert len(site.asked) == 3 and not pages.waiting

    run(test)


def test_pages_of_other_hosts_paths_schemes_and_languages_are_others() -> None:
    async def test() -> None:
        site = Site()
        pages = Shared(site, [Page(PATH, usual)])
        asked = [get(pages), get(pages, "/page/b"), get(pages, host=b"there"), get(pages, scheme="https")]
        assert sorted(await bodies(asked)) == [b"page 1", b"page 2", b"page 3", b"page 4"]

    run(test)


@pytest.mark.parametrize(
    "site",
    [
        {"share": False},
        {"status": 404},
        {"status": 302},
        {"headers": [(b"set-cookie", b"phone=secret")]},
    ],
)
def test_what_is_not_for_all_goes_to_nobody_else(site: dict[str, Any]) -> None:
    async def test() -> None:
        asked = Site(**site)
        answers = await bodies([get(Shared(asked, [Page(PATH, usual)]))])
        assert answers == [b"page 2"]  # the first answer was thrown away
        pages = Shared(asked, [Page(PATH, usual)])
        assert len(set(await bodies([get(pages) for _number in range(5)]))) == 5

    run(test)


def test_whoever_asks_in_another_way_asks_alone() -> None:
    async def test() -> None:
        pages = Shared(Site(), [Page(PATH, usual)])
        odd = [
            get(pages, method="POST"),
            get(pages, method="HEAD"),
            get(pages, query_string=b"anew=1"),
            get(pages, cookie=b"odd=1"),
            get(pages, "/page/a/panels"),
        ]
        assert len(set(await bodies([*odd, get(pages)]))) == 6

    run(test)


def test_who_may_not_have_the_page_is_sent_on_and_is_never_the_one_it_is_drawn_for() -> None:
    async def may_have(found: re.Match[str], cookies: Sequence[Mapping[str, str]]) -> list[bool]:
        assert found[1] == "a"
        return ["phone" in one for one in cookies]

    async def test() -> None:
        site = Site()
        pages = Shared(site, [Page(PATH, usual, may_have)])
        removed, ada, ben = await bodies([get(pages), get(pages, cookie=b"phone=a"), get(pages, cookie=b"phone=b")])
        assert ada == ben != removed
        assert dict(site.asked[0]["headers"])[b"cookie"] == b"phone=a"

    run(test)


def test_where_drawing_fails_each_asks_alone_and_the_next_are_served() -> None:
    async def test() -> None:
        site = Site()
        pages = Shared(site, [Page(PATH, usual)])
        site.breaks = True
        asked = await asyncio.gather(*(get(pages) for _number in range(3)), return_exceptions=True)
        assert [type(error) for error in asked] == [RuntimeError] * 3  # as without us
        site.breaks = False
        assert len(set(await bodies([get(pages) for _number in range(3)]))) == 1

    run(test)


def test_a_shared_answer_does_not_name_one_request() -> None:
    async def test() -> None:
        site = Site(headers=[(b"x-request-id", b"1"), (b"content-security-policy", b"default-src 'none'")])
        _status, headers, _body = await get(Shared(site, [Page(PATH, usual)]))
        assert headers == {b"content-security-policy": b"default-src 'none'"}

    run(test)


def test_the_page_rests_between_two_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        monkeypatch.setattr(shared, "MOST_REST", 0.5)
        monkeypatch.setattr(shared, "REST", 10**6)
        site = Site()
        pages = Shared(site, [Page(PATH, usual)])
        await get(pages)
        asking = [asyncio.create_task(get(pages)) for _number in range(20) if await asyncio.sleep(0.001) is None]
        await asyncio.gather(*asking)
        assert len(site.asked) == 2

    run(test)
