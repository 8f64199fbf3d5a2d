"""Close: a line for each element from the phones, a photo, the seal; then the poster."""

from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import expect

from tests.stories.cast import Cast, Desk
from tests.stories.phone import Phone

pytestmark = pytest.mark.browser

SENTENCE = "Customer service is choosing to help."


def writes_line(phone: Phone, line: str) -> None:
    phone.page.locator("[data-line-form] textarea").fill(line)
    phone.page.get_by_role("button", name="Send my line").click()


def line_sent(phone: Phone) -> None:
    expect(phone.page.locator("[data-line-state]")).to_contain_text("you can still change it")


def at_close(cast: Cast, *names: str) -> tuple[Desk, list[Phone]]:
    desk, phones = cast.meeting(*names)
    desk.go_to("Close")
    desk.page.get_by_label("Spelling: the room looks on").fill(SENTENCE)
    desk.page.get_by_role("button", name="Show this spelling").click()
    return desk, phones


def test_lines_come_from_the_phones_one_is_picked_and_it_stands_on_the_poster(cast: Cast, tmp_path: Path) -> None:
    desk, (ana, ben) = at_close(cast, "Ana", "Ben")
    screen = cast.screen(desk)
    expect(ana.page.get_by_text("Here, nobody made us looks like…")).to_be_visible()
    expect(ben.page.get_by_text("Here, we do something looks like…")).to_be_visible()
    expect(ana.page.get_by_text("Here, we do something looks like…")).to_be_hidden()
    writes_line(ana, "Nobody has to tell us."), writes_line(ben, "We do it now.")
    line_sent(ana), line_sent(ben)

    desk.page.get_by_role("button", name="Nobody has to tell us.").click()
    expect(screen.wall.get_by_text("Nobody has to tell us.")).to_be_visible()
    expect(screen.wall.get_by_text("We do it now.")).to_have_count(0)
    expect(ana.page.get_by_text("Yours is on the screen")).to_be_visible()

    desk.seal()
    desk.page.goto(f"{desk.base_url}/outcome/{desk.public_id}/")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("link", name="Poster, A4").click()
    download.value.save_as(tmp_path / "poster.pdf")
    document = pypdfium2.PdfDocument(tmp_path / "poster.pdf")
    text = " ".join(document[0].get_textpage().get_text_range().split())
    assert len(document) == 1
    assert (SENTENCE in text, "Nobody has to tell us." in text, "We do it now." in text) == (True, True, False)


def test_a_line_written_without_network_waits_on_the_phone_and_arrives(cast: Cast) -> None:
    desk, (ana,) = at_close(cast, "Ana")
    ana.go_offline()
    writes_line(ana, "We look up.")
    expect(ana.page.locator("[data-line-state]")).to_contain_text("Waiting for network")
    ana.come_online()
    line_sent(ana)
    expect(desk.page.get_by_role("button", name="We look up.")).to_be_visible()


def test_what_is_half_written_is_still_there_after_the_photo(cast: Cast) -> None:
    desk, (ana, ben) = at_close(cast, "Ana", "Ben")
    screen = cast.screen(desk)
    ana.page.locator("[data-line-form] textarea").fill("We look")
    desk.page.get_by_role("button", name="Photo: every phone a piece").click()
    expect(ana.page.get_by_role("heading", name="nobody made us")).to_be_visible()
    expect(ben.page.get_by_role("heading", name="we do something")).to_be_visible()
    expect(ana.page.locator(".photo-piece:visible")).to_have_count(1)
    expect(screen.wall.get_by_role("heading", name="Hold up your phones")).to_be_visible()
    desk.page.get_by_role("button", name="The photo is taken").click()
    expect(ana.page.locator("[data-line-form] textarea")).to_have_value("We look")
