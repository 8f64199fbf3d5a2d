"""Markup that means harm, in every field that others read, in Chromium: nothing runs, and nothing tries to."""

import json
import uuid
from collections.abc import Callable
from itertools import islice, product
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.faults.scale import scaled
from tests.live.meeting import Desk, Person, Phone

pytestmark = pytest.mark.browser

PAYLOADS = scaled(60, 500)
SENTENCE_LETTERS, DRAFT_LETTERS, NAME_LETTERS, CARD_LETTERS = 600, 500, 40, 60
SETTLED_MS = 1_500

BREAKS_OUT = ("", '">', "'>", "</p>", "</title>", "</textarea>", "</script>", "-->", "]]>", "`>", "\\u003e", "&gt;")
RUNS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<b onclick=alert(1)>x",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<style>*{background:url(//x)}</style>",
    "<link rel=stylesheet href=//x>",
    "<base href=//x>",
    "<form action=//x>",
    "<math><mi xlink:href=javascript:alert(1)>",
    "<svg><script>alert(1)</script>",
    "<object data=//x>",
    "<embed src=//x>",
    "<meta http-equiv=refresh content=0>",
    "<div hx-get=//x hx-trigger=load>",
    "<div hx-on:load=alert(1)>",
    "<img src=//x>",
    "<p style=background:url(//x)>",
    "{{constructor.constructor('alert(1)')()}}",
    "${alert(1)}",
    "javascript:alert(1)",
    "<scr<script>ipt>alert(1)</script>",
    "<img/src=`x`onerror=alert(1)>",
    "<ScRiPt>alert(1)//",
    "\u003cscript\u003ealert(1)",
    "<template><img src=x onerror=alert(1)>",
    "<xmp><img src=x onerror=alert(1)>",
    "<noscript><img src=x onerror=alert(1)>",
    "<select><img src=x onerror=alert(1)>",
    "<div data-panel=stage id=stage>",
    "<button data-door=leave>",
    "<svg><animate onbegin=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<isindex onx=alert(1)>",
    "<a id=csrftoken name=client>",
    "<form id=live>",
    "<img name=getElementById>",
)
REPORTS = """
    window.harm = [];
    addEventListener("securitypolicyviolation", (report) => {
        window.harm.push(`${report.violatedDirective} ${report.blockedURI}`);
    });
"""

Figure = Callable[[str, Any], None]


def corpus() -> list[str]:
    return [breaks + runs for breaks, runs in islice(product(BREAKS_OUT, RUNS), PAYLOADS)]


def test_markup_is_words(desk: Desk, browser: Browser, figure: Figure) -> None:
    payloads, shown = corpus(), 0
    desk.must("start")
    phones = [Phone(desk.stack).join(desk.code, payload[:NAME_LETTERS]) for payload in payloads[: len(payloads) // 6]]
    pages = Pages(browser, desk, phones[0])
    shown += pages.look()
    desk.to("key-words")
    round_ = desk.newest("id", "workshop_sessions_round")
    for number, payload in enumerate(payloads):
        card = {"round": round_, "id": str(uuid.uuid4()), "body": payload[:CARD_LETTERS]}
        phones[number % len(phones)].must("add-card", **card)
    desk.next(), desk.next()
    shown += pages.look()
    desk.to("propose")
    round_ = desk.newest("id", "workshop_sessions_round")
    for number, phone in enumerate(phones):
        words = " ".join(payloads[number :: len(phones)])[:SENTENCE_LETTERS]
        phone.must("send-proposal", round=round_, id=str(uuid.uuid4()), body=words)
    desk.next(), desk.next()
    shown += pages.look()
    desk.to("vote")
    shown += pages.look()
    desk.to("draft")
    draft = desk.newest("id", "drafting_draft")
    version, body = desk.sql("SELECT version, body FROM drafting_draft WHERE id = %s", draft)[0]
    push = {"t": "push", "draft": draft, "version": version, "client": "tab", "seq": 1, "left": False}
    push["changes"] = [len(body.encode("utf-16-le")) // 2, [0, " ".join(payloads)[:DRAFT_LETTERS]]]
    desk.must("all-write", draft=draft, all_write="on")
    assert phones[0].post(f"{phones[0].base}draft", content=json.dumps(push)).json()["messages"][0]["t"] == "rows"
    shown += pages.look()
    desk.to("decide")
    shown += pages.look()
    figure("payloads, in names, cards, sentences, draft", len(payloads))
    figure("pages looked at", shown)
    figure("dialogs, policy reports, errors", 0)


class Pages:
    """Phone, desk and screen in Chromium; whatever runs or tries to is noted."""

    def __init__(self, browser: Browser, desk: Desk, phone: Phone) -> None:
        self.harm: list[str] = []
        self.pages = [
            self.open(browser, person, view) for person, view in ((phone, "phone"), (desk, "desk"), (desk, "screen"))
        ]

    def open(self, browser: Browser, person: Person, view: str) -> Page:
        base = person.stack.base_url
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        host = urlsplit(base).hostname
        cookies = person.http.cookies.jar
        context.add_cookies(
            [{"name": one.name, "value": one.value or "", "domain": host, "path": one.path} for one in cookies]
        )
        context.add_init_script(REPORTS)
        page = context.new_page()
        page.on("dialog", lambda dialog: (self.harm.append(f"{view}: dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.harm.append(f"{view}: {error}"))
        page.goto(f"{base}/{view}/{person.public_id}/")
        return page

    def look(self) -> int:
        """As pushed to the page that is open, and as first loaded."""
        for page in self.pages:
            for _way in ("pushed", "loaded"):
                page.wait_for_timeout(SETTLED_MS)
                self.harm += page.evaluate("window.harm")
                assert self.harm == [], page.url
                page.reload()
        return 2 * len(self.pages)
