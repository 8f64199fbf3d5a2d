"""Text becomes markup in one place of ours, and browsers that can see to it refuse it everywhere else."""

import re

import pytest
from playwright.sync_api import expect

from tests.stories.cast import Cast

# Of one stack: this is about the pages, which are the same on the other.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("stack", ["sqlite"], indirect=True)]

TRIES = """() => {
    const tried = (act) => { try { act(); return "done" } catch (error) { return error.name } };
    return [
        tried(() => { document.createElement("p").innerHTML = "<b>bold</b>" }),
        tried(() => new DOMParser().parseFromString("<b>bold</b>", "text/html")),
        tried(() => trustedTypes.createPolicy("words", { createHTML: (html) => html })),
        tried(() => trustedTypes.createPolicy("another", { createHTML: (html) => html })),
    ];
}"""


def test_pages_change_and_nothing_else_makes_markup(cast: Cast) -> None:
    desk = cast.desk()
    desk.set_up()
    desk.page.evaluate("window.stays = true")
    minutes = desk.page.locator("#setup .setup-list li").first
    before = minutes.inner_text()
    desk.page.get_by_role("button", name=re.compile("One minute more")).first.click()
    expect(minutes).not_to_contain_text(before.splitlines()[-1])
    assert desk.page.evaluate("window.stays"), "the set-up is changed in place"
    desk.open()
    phone = cast.phone().join(desk.open_door(), "Amara")
    desk.next("Start the meeting")
    desk.go_to("Key words")
    expect(phone.page.locator("#bar")).to_contain_text("Key words")
    assert not cast.faults.seen
    assert [phone.page.evaluate(TRIES), desk.page.evaluate(TRIES)] == [["TypeError"] * 4] * 2
    expect_refusals(cast)


def expect_refusals(cast: Cast) -> None:
    """The browser complains of what we tried; nothing else."""
    assert cast.faults.seen
    assert [line for line in cast.faults.seen if "Trusted" not in line] == []
    cast.faults.seen.clear()
