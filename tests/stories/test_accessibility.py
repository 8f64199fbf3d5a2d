"""axe finds nothing to mend on any page, in any step and phase, light and dark."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.servers import Stack
from tests.stories.cast import SEVEN, Cast

# Of one stack: this is about the pages, which are the same on the other.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("stack", ["sqlite"], indirect=True)]

EVERYTHING = {"resultTypes": ["violations"]}
ONLY_COLORS = EVERYTHING | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@pytest.fixture(scope="session", params=["sqlite"])
def stack(request: pytest.FixtureRequest, stacks: Callable[[str], Stack]) -> Stack:
    """One is enough: what is looked at is the same on both."""
    return stacks(request.param)


class Examination:
    """Looks at pages, and says at the end what was found on all of them."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def look(self, moment: str, *pages: Page) -> None:
        for page in pages:
            self._run(moment, page, "light", EVERYTHING)
            page.emulate_media(color_scheme="dark")
            self._run(moment, page, "dark", ONLY_COLORS)  # the rest is the same in the dark
            page.emulate_media(color_scheme="light")

    def _run(self, moment: str, page: Page, scheme: str, options: dict[str, Any]) -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        results = page.evaluate("(options) => axe.run(options)", options)
        for violation in results["violations"]:
            places = [f"      {node['target']} {node['failureSummary']}" for node in violation["nodes"][:4]]
            where = f"   {moment}, {page.url}, {scheme}"
            self.found.append("\n".join([f"{violation['id']}: {violation['help']}", where, *places]))

    def finish(self) -> None:
        assert not self.found, "\n".join(self.found)


def test_pages_before_and_beside_a_meeting(cast: Cast) -> None:
    examination = Examination()
    stranger = cast.phone()
    for path in (
        "/",
        "/how/",
        "/join/",
        "/join/?code=ZZZZZZZZ",
        "/accounts/sign-in/",
        "/accounts/sign-up/",
        "/accounts/forgotten/",
        "/accounts/enter/",
        "/open/screen/",
        "/open/co-facilitate/",
        "/no/such/page/",
    ):
        stranger.page.goto(stranger.base_url + path)
        examination.look(path, stranger.page)
    stranger.page.goto(stranger.base_url + "/accounts/sign-in/")
    stranger.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    examination.look("signing in with nothing", stranger.page)

    desk = cast.desk()
    desk.page.set_viewport_size({"width": 1280, "height": 800})
    desk.page.goto(f"{desk.base_url}/meetings/new/")
    examination.look("a new meeting", desk.page)
    desk.set_up()
    examination.look("set-up", desk.page)
    desk.page.locator("#setup").get_by_role("link", name="Propose").click()
    examination.look("set-up of a step", desk.page)
    desk.make_link("screen")
    examination.look("settings, with a link", desk.page)
    for path in ("/meetings/", "/accounts/you/", f"/meetings/{desk.public_id}/ready/", f"/outcome/{desk.public_id}/"):
        desk.page.goto(desk.base_url + path)
        examination.look(path, desk.page)
    desk.open()
    code = desk.open_door()
    stranger.page.goto(f"{stranger.base_url}/j/{code}")
    examination.look("the name", stranger.page)
    examination.finish()


def test_every_step_of_a_meeting(cast: Cast) -> None:
    examination = Examination()
    desk = cast.desk()
    desk.set_up()
    desk.switch_on("Propose", "Look first")
    desk.open()
    screen = cast.screen(desk)
    examination.look("before, door closed", desk.page, screen.page)
    amara, ben = cast.phones(desk.open_door(), "Amara", "Ben")
    desk.page.get_by_role("button", name="Someone without a phone").click()
    examination.look("the dialog for someone without a phone", desk.page)
    desk.page.keyboard.press("Escape")
    desk.what_can_be_done_for("Ben")
    examination.look("the dialog for a person", desk.page)
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("?")
    examination.look("the keys", desk.page)
    desk.page.keyboard.press("Escape")
    amara.menu()
    examination.look("the menu", amara.page)
    amara.page.keyboard.press("Escape")

    def look(moment: str) -> None:
        examination.look(moment, desk.page, screen.page, amara.page)

    look("before")
    desk.next("Start the meeting")
    expect(amara.page.locator("#bar")).to_contain_text("Welcome")
    look("welcome")
    desk.next("Key words")
    amara.add_card("kind")
    ben.add_card("kind")
    desk.page.get_by_text("Type for someone").click()
    look("key words")
    desk.next("Close Key words")
    amara.page.get_by_text("The pens are down").wait_for()
    look("key words, closed")
    desk.next("Reveal")
    screen.page.get_by_text("Our words").wait_for()
    look("key words, revealed")
    desk.next("Samples")
    amara.page.get_by_text("Tap it.").wait_for()
    look("samples, the sentence")
    desk.next("Voluntary")
    amara.page.get_by_role("heading", name="Voluntary").wait_for()
    look("samples, a piece")
    for piece in [*SEVEN[1:], "All in place"]:
        desk.next(piece)
    look("samples, all in place")
    desk.next("Propose")
    amara.write("We are")
    look("propose")
    amara.send_sentence("We are kind to everyone who comes in.")
    ben.send_sentence("We answer quickly, and we mean it.")
    look("propose, sent")
    desk.next("Close Propose")
    desk.page.get_by_role("button", name="Hide", exact=True).first.wait_for()
    look("propose, closed")
    desk.next("Reveal")
    screen.page.get_by_text("2 ways to say it").wait_for()
    look("propose, revealed")
    desk.next("Vote")
    amara.mark("kind")
    look("vote")
    amara.vote("kind")
    ben.vote("quickly")
    desk.page.get_by_text("Count hands").click()
    look("vote, sent")
    desk.next("Close Vote")
    amara.page.get_by_text("The vote is closed").wait_for()
    look("vote, closed")
    desk.next("Reveal")
    screen.page.get_by_text("They are level.").wait_for()
    desk.page.locator("#show summary").filter(has_text="Choose one").click()
    look("vote, a tie")
    desk.next("Tag")
    amara.page.get_by_role("button", name="Not here").wait_for()
    look("tag")
    amara.read_all(), ben.read_all()
    desk.next("Close Tag")
    desk.next("Reveal")
    screen.page.get_by_text("as full as readers").wait_for()
    look("tag, revealed")
    desk.go_to("Draft")
    amara.type_at_end(" Every day.")
    amara.draft_saved()
    desk.page.get_by_role("button", name="Hand out pens").click()
    look("draft")
    amara.page.get_by_role("button", name="Borrow from the others").click()
    examination.look("borrow", amara.page)
    amara.page.keyboard.press("Escape")
    desk.page.get_by_role("button", name="Stop the pens").click()
    amara.page.get_by_text("The pens rest for a moment.").wait_for()
    look("draft, stopped")
    desk.next("Decide")
    amara.level("Not yet").click()
    amara.page.get_by_role("button", name="Not clear").click()
    look("decide")
    amara.page.get_by_role("button", name="Send my answer").click()
    amara.answer_arrived()
    ben.agree("Yes, gladly")
    desk.page.get_by_text("Count hands").click()
    look("decide, sent")
    desk.next("Close Decide")
    amara.page.get_by_text("This is closed").wait_for()
    look("decide, closed")
    desk.next("Reveal")
    screen.page.get_by_text("How far we agree").wait_for()
    look("decide, revealed")
    desk.page.get_by_role("button", name="Back to the draft").click()
    amara.page.get_by_text("Is your reservation settled?").wait_for()
    look("draft, mended")
    desk.go_to("Close")
    amara.page.get_by_label("looks like…").fill("We look up.")
    look("close")
    amara.page.get_by_role("button", name="Send my line").click()
    desk.page.get_by_role("button", name="We look up.").click()
    screen.page.get_by_text("We look up.").wait_for()
    look("close, a line")
    desk.page.get_by_role("button", name="Photo: every phone a piece").click()
    screen.page.get_by_text("Hold up your phones").wait_for()
    look("close, the photo")
    desk.page.get_by_role("button", name="The photo is taken").click()
    screen.page.get_by_text("We look up.").wait_for()
    desk.next("Seal it")
    examination.look("seal", desk.page)
    desk.page.keyboard.press("Escape")
    late = cast.phones(desk.page.locator("#door .code-s").inner_text().replace(" ", ""), "Late")[0]
    late.page.get_by_role("dialog", name="What has happened so far").wait_for()
    examination.look("late", late.page)
    late.page.get_by_role("button", name="Go on").click()
    late.menu().get_by_role("button", name="I have to go").click()
    late.page.get_by_role("dialog", name="You have left the meeting").wait_for()
    examination.look("gone", late.page)
    desk.what_can_be_done_for("Late").get_by_role("button", name="Take out of the meeting").click()
    late.page.get_by_role("heading", name="This phone is no longer in the meeting.").wait_for()
    examination.look("removed", late.page)
    desk.seal()
    amara.page.get_by_text("In our own words!").wait_for()
    look("after")
    desk.page.goto(f"{desk.base_url}/outcome/{desk.public_id}/")
    examination.look("outcome", desk.page)
    examination.finish()
