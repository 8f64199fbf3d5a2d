"""The day before: a facilitator runs their meeting with simulated colleagues, and throws the rehearsal away."""

import re

import pytest
from playwright.sync_api import expect

from tests.stories.cast import Cast, Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def begins(cast: Cast, people: int = 8) -> Desk:
    """From the desk of a meeting to that of its rehearsal."""
    desk = cast.desk()
    desk.set_up("Night shift", "huddle")
    desk.open()
    desk.page.get_by_role("link", name="Try it with 24 simulated colleagues").click()
    desk.page.get_by_label("Simulated colleagues").fill(str(people))
    desk.page.get_by_label("How fast they are").select_option("fast")
    desk.page.get_by_role("button", name="Start the rehearsal").click()
    desk.page.wait_for_url("**/desk/**")
    desk.public_id = desk.page.url.rstrip("/").split("/")[-1]
    desk.wait_live()
    return desk


def test_a_facilitator_tries_a_meeting_out_the_day_before(cast: Cast) -> None:
    desk = begins(cast)
    expect(desk.page.locator(".desk-top")).to_contain_text("Rehearsal Night shift")
    expect(desk.page.locator("#people h2")).to_have_text(re.compile(r"8\s+here"), timeout=30_000)
    phone = cast.phone().join(desk.page.locator("#door .code-s").inner_text().replace(" ", ""), "Dana")
    expect(phone.page.locator("#bar")).to_contain_text("Rehearsal")
    screen = cast.screen(desk)
    expect(screen.wall).to_contain_text("Rehearsal")
    expect(screen.wall).to_contain_text("Dana")

    desk.next("Start the meeting")
    desk.next("Key words")
    expect(desk.page.locator("#lead")).to_contain_text("8 of 9 done", timeout=30_000)
    desk.next("Close Key words")
    desk.next("Reveal")
    expect(screen.wall.locator(".wordcards li").first).to_be_visible()

    desk.page.get_by_role("button", name="Stop the colleagues").click()
    expect(desk.page.get_by_role("button", name="Stop the colleagues")).to_have_count(0)
    desk.page.goto(f"{desk.base_url}/meetings/")
    rehearsal = desk.page.locator(".meeting", has_text="Rehearsal").first
    rehearsal.get_by_role("button", name="Delete the rehearsal of Night shift").click()
    expect(desk.page.get_by_text("The rehearsal is deleted")).to_be_visible()
    expect(phone.page.get_by_role("heading", name="There is nothing on this page.")).to_be_visible()
