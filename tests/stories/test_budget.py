"""What a phone must fetch before it can take part, and that all of it comes from this server."""

from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.stories.cast import Cast, Phone

# Of one stack: this is about the pages, which are the same on the other.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("stack", ["sqlite"], indirect=True)]

MOST_BYTES = 75 * 1024
MOST_SHIFT = 0.02

SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.shifts.push([entry.value, entry.sources.map(({node}) => node?.outerHTML?.slice(0, 120) ?? "")]);
  }
}).observe({type: "layout-shift", buffered: true});
"""


def test_the_first_load_of_a_phone(cast: Cast) -> None:
    """By plain HTTP, as on a laptop's Wi-Fi: browsers take gzip there, and nothing better."""
    desk = cast.desk()
    desk.set_up()
    desk.open()
    phone = cast.phone().join(desk.open_door(), "Amara")
    cdp = phone.context.new_cdp_session(phone.page)
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    cdp.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": "gzip"}})
    fetched: dict[str, str] = {}
    sizes: dict[str, int] = defaultdict(int)
    cdp.on("Network.responseReceived", lambda event: fetched.update({event["requestId"]: event["response"]["url"]}))
    cdp.on(
        "Network.loadingFinished",
        lambda event: sizes.update({fetched.get(event["requestId"], "?"): int(event["encodedDataLength"])}),
    )
    phone.page.add_init_script(SHIFTS)
    phone.page.reload(wait_until="networkidle")
    phone.wait_live()
    report = "\n".join(f"{size:7} {url}" for url, size in sorted(sizes.items(), key=lambda item: -item[1]))
    assert any(url.endswith(".woff2") for url in sizes), "the fonts count too"
    assert any(url.endswith(".js") for url in sizes)
    assert sum(sizes.values()) <= MOST_BYTES, f"{sum(sizes.values())} bytes:\n{report}"
    print(f"{sum(sizes.values())} bytes:\n{report}")
    stands_still(phone.page)

    # The steps that follow bring nothing in late.
    desk.next("Start the meeting")
    for step in ("Key words", "Propose"):
        desk.go_to(step)
        expect(phone.page.locator("#bar")).to_contain_text(step)
        phone.page.reload()
        phone.wait_live()
        phone.page.wait_for_load_state("networkidle")
        stands_still(phone.page)


def stands_still(page: Page) -> None:
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, _where in shifts) < MOST_SHIFT, shifts


def test_nothing_comes_from_elsewhere(cast: Cast) -> None:
    """Every request of every page goes to the server that the page came from; nothing is blocked (see `faults`)."""
    asked: list[tuple[Page, str]] = []

    def watch(player: Phone) -> Phone:
        player.page.on("request", lambda request: asked.append((player.page, request.url)))
        return player

    desk = cast.desk()
    for player in (desk,):
        player.page.on("request", lambda request: asked.append((desk.page, request.url)))
    for path in ("/", "/how/", "/meetings/", "/accounts/you/"):
        desk.page.goto(desk.base_url + path, wait_until="networkidle")
    desk.set_up()
    desk.page.goto(f"{desk.base_url}/meetings/{desk.public_id}/ready/")
    desk.open()
    phone = watch(cast.phone())
    phone.join(desk.open_door(), "Amara")
    desk.next("Start the meeting")
    desk.go_to("Draft")
    phone.type_at_end("ours.")
    phone.draft_saved()
    desk.go_to("Close")
    desk.seal()
    desk.report()
    assert len(asked) > 30
    for page, url in asked:
        here, there = urlsplit(page.url), urlsplit(url)
        assert there.scheme in ("data", "blob") or there.netloc == here.netloc, url
