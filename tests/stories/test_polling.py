"""Where a company's network blocks WebSockets the meeting goes on by polling, the joint draft too."""

import pytest
from playwright.sync_api import Request, Route, expect

from tests.stories.cast import Cast, Phone

pytestmark = pytest.mark.browser

START = "Customer service is "

REFUSED = """
window.WebSocket = class extends EventTarget {
  static OPEN = 1;
  readyState = 3;
  constructor() { super(); setTimeout(() => this.onclose?.({code: 1006}), 20); }
  send() { throw new Error("not open"); }
  close() {}
};
"""


@pytest.fixture(params=["never opens", "opens and is cut", "opens and stays silent"])
def blocked(request: pytest.FixtureRequest, cast: Cast) -> Phone:
    """A phone in a network that lets no message of a socket through."""
    phone = cast.phone()
    if request.param == "never opens":
        phone.context.add_init_script(REFUSED)
    elif request.param == "opens and is cut":
        phone.context.route_web_socket("**/live", lambda socket: socket.close())
    else:
        phone.context.route_web_socket("**/live", lambda socket: None)
    return phone


def test_a_phone_that_polls(cast: Cast, blocked: Phone) -> None:
    desk = cast.desk()
    desk.set_up()
    desk.open()
    code = desk.open_door()
    (amara,) = cast.phones(code, "Amara")
    blocked.page.goto(f"{blocked.base_url}/j/{code}")
    blocked.page.get_by_label("What shall we call you?").fill("Ben")
    blocked.page.get_by_role("button", name="Join the meeting").click()
    blocked.page.wait_for_url("**/phone/**")
    expect(blocked.page.locator("#net")).to_have_attribute("data-net", "polling", timeout=30_000)
    desk.next("Start the meeting")
    desk.next("Key words")
    blocked.add_card("honest")
    blocked.done()
    amara.add_card("kind")
    desk.next("Close Key words")
    desk.next("Reveal")
    expect(blocked.page.locator("main li")).to_have_count(2)
    desk.go_to("Draft")
    expect(blocked.draft).to_have_value(START)
    amara.type_at_start("To us ")
    blocked.type_at_end("honest ")
    amara.caret_to("End")
    text = f"To us {START}honest "
    for phone in (amara, blocked):
        expect(phone.draft).to_have_value(text)
        phone.draft_saved()
    amara.type_at_end("work")
    expect(blocked.draft).to_have_value(f"{text}work")
    desk.what_can_be_done_for("Ben").get_by_role("button", name="Take out of the meeting").click()
    expect(blocked.page.get_by_role("heading", name="This phone is no longer in the meeting.")).to_be_visible(
        timeout=5_000
    )


@pytest.mark.parametrize("stack", ["sqlite"], indirect=True)
def test_a_poll_that_nobody_answers(cast: Cast) -> None:
    """Others do not pile up behind it. It is given up after a while, and at once when a socket gets through."""
    desk = cast.desk()
    desk.set_up()
    desk.open()
    phone = cast.phone()
    page = phone.page
    through: list[bool] = []  # not empty: the network lets sockets through
    phone.context.route_web_socket("**/live", lambda ws: ws.connect_to_server() if through else ws.close())
    page.goto(f"{phone.base_url}/j/{desk.open_door()}")
    page.get_by_label("What shall we call you?").fill("Ben")
    page.get_by_role("button", name="Join the meeting").click()
    net = page.locator("#net")
    expect(net).to_have_attribute("data-net", "polling", timeout=30_000)

    polls: list[Route] = []
    given_up: list[Request] = []
    page.on("requestfailed", lambda request: given_up.append(request))
    page.route("**/panels?*", lambda route: polls.append(route))
    expect(net).to_have_attribute("data-net", "offline", timeout=15_000)  # eight seconds: four polls' turns
    assert [poll.request for poll in polls] == given_up
    assert len(given_up) == 1

    with page.expect_request("**/panels?*"):
        pass
    through.append(True)
    page.evaluate("dispatchEvent(new Event('online'))")
    with page.expect_event("requestfailed", timeout=5_000):
        phone.wait_live()
    assert len(polls) == 2
