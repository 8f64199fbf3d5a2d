"""When a meeting does not go as planned."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.servers import Stack
from tests.stories.cast import Cast, Desk, Phone

pytestmark = pytest.mark.browser

KIND = "We are kind to everyone who comes in."
SWIFT = "We answer quickly, and we mean it."
RUDE = "This whole meeting is a waste of my time."
EVERY_OUT = 5_000  # ms in which a removed phone must be out


def proposed(desk: Desk, *sent: tuple[Phone, str]) -> None:
    """From anywhere before it to the revealed sentences."""
    desk.go_to("Propose")
    for phone, sentence in sent:
        phone.send_sentence(sentence)
    desk.next("Close Propose")
    desk.next("Reveal")
    expect(desk.page.get_by_text("Everyone sees it.")).to_be_visible()


# ---- ties


def test_a_tie(cast: Cast) -> None:
    """A run-off, keep both, and at last the facilitator's reason."""
    desk, (amara, ben, chioma) = cast.meeting("Amara", "Ben", "Chioma")
    screen = cast.screen(desk)
    proposed(desk, (amara, KIND), (ben, SWIFT), (chioma, "Service."))

    def vote_level() -> None:
        amara.vote(KIND)
        ben.vote(SWIFT)
        desk.next("Close Vote")
        desk.next("Reveal")
        expect(screen.wall).to_contain_text("They are level.")
        expect(desk.page.get_by_text("2 are level.")).to_be_visible()

    desk.next("Vote")
    vote_level()
    desk.page.get_by_role("button", name="Run-off, 30 seconds").click()
    for page in (amara.page, screen.page):
        expect(page.get_by_role("heading", name="These are level. Which one?")).to_be_visible()
    expect(amara.page.get_by_role("checkbox")).to_have_count(2)
    expect(amara.choice(KIND)).not_to_be_checked()
    expect(screen.wall.get_by_role("timer")).to_have_text(re.compile(r"0:[0-3]\d"))
    vote_level()
    desk.page.get_by_role("button", name="Keep all of them").click()
    expect(screen.wall).to_contain_text("They are level. We keep all of them.")
    desk.go_to("Draft")
    expect(amara.draft).to_have_value(re.compile(f"({KIND}\n{SWIFT})|({SWIFT}\n{KIND})"))

    desk.go_to("Vote")
    desk.reopen()
    vote_level()
    desk.page.locator("#show summary").filter(has_text="Choose one").click()
    desk.page.get_by_role("radio", name=SWIFT).check(force=True)
    desk.page.get_by_label("Why this one? The room reads it.").fill("It says that we mean it.")
    amara.page.reload()  # something happens in the room meanwhile
    desk.page.get_by_role("button", name="Choose it").click()
    for page in (screen.page, ben.page):
        expect(page.get_by_text("They were level. The facilitator chose: It says that we mean it.")).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text=SWIFT)).to_contain_text("Our draft starts here")
    expect(screen.wall.get_by_text("Our draft starts here")).to_have_count(1)


# ---- too few


def test_nobody_proposes(cast: Cast) -> None:
    desk, (amara, ben) = cast.meeting("Amara", "Ben")
    screen = cast.screen(desk)
    proposed(desk)
    for page in (screen.page, amara.page):
        expect(page.get_by_text("Nobody wrote a sentence. We start from “Customer service is…”.")).to_be_visible()
    desk.next("Draft")  # no vote on nothing
    for phone in (amara, ben):
        expect(phone.draft).to_have_value("Customer service is ")
    ben.type_at_end("what we mean.")
    expect(amara.draft).to_have_value("Customer service is what we mean.")


def test_only_one_sentence(cast: Cast) -> None:
    desk, (amara, ben) = cast.meeting("Amara", "Ben")
    proposed(desk, (ben, KIND))
    expect(amara.page.get_by_role("heading", name="One way to say it")).to_be_visible()
    desk.next("Tag")  # no vote on one; but it can be read
    desk.go_to("Draft")
    expect(amara.draft).to_have_value(KIND)


def test_fewer_than_three_begin_with_the_key_words(cast: Cast) -> None:
    desk, (amara,) = cast.meeting("Amara")
    desk.next("Key words")
    amara.add_card("patience")
    desk.next("Close Key words")
    desk.next("Reveal")
    desk.go_to("Propose")
    amara.page.get_by_text("Begin with our words").click()
    amara.page.get_by_role("button", name="patience").click()
    expect(amara.sentence).to_have_value("patience")
    amara.send_sentence("Service is patience.")


# ---- a joker


def test_a_joker(cast: Cast) -> None:
    desk = cast.desk()
    desk.set_up()
    desk.switch_on("Propose", "Look first")
    desk.open()
    amara, joker = cast.phones(desk.open_door(), "Amara", "Rude Name")
    screen = cast.screen(desk)

    # Any name hides in one click.
    expect(screen.wall).to_contain_text("Rude Name")
    desk.what_can_be_done_for("Rude Name").get_by_role("button", name="Hide the name everywhere").click()
    expect(screen.wall).not_to_contain_text("Rude Name")
    expect(desk.page.locator("#people")).to_contain_text("name hidden")
    desk.next("Start the meeting")

    # Look first: announced before anyone writes; closed texts without names; hidden before the room sees it.
    desk.go_to("Propose")
    for phone in (amara, joker):
        expect(
            phone.page.get_by_text("Before the reveal the facilitator reads the sentences without names.")
        ).to_be_visible()
    amara.send_sentence(KIND)
    joker.send_sentence(RUDE)
    assert RUDE not in desk.everything()
    desk.next("Close Propose")
    shown = desk.page.locator("#show li").filter(has_text=RUDE)
    expect(shown).to_be_visible()
    expect(shown).not_to_contain_text("Rude Name")
    for player in (amara, screen):
        assert RUDE not in player.everything()
    shown.get_by_role("button", name="Hide").click()
    expect(shown.get_by_role("button", name="Bring back")).to_be_visible()
    desk.next("Reveal")
    for page in (screen.page, amara.page):
        expect(page.get_by_role("listitem").filter(has_text=KIND)).to_have_count(1)
        expect(page.get_by_text(RUDE)).to_have_count(0)
    for player in (amara, screen):
        assert RUDE not in player.everything()
    desk.go_to("Draft")

    # In the draft: stop the pens, back 30 seconds, take the pen.
    expect(joker.draft).to_have_value(KIND)
    joker.type_at_end(" " + RUDE)
    expect(screen.wall).to_contain_text(RUDE)
    desk.page.get_by_role("button", name="Stop the pens").click()
    for phone in (amara, joker):
        expect(phone.draft).not_to_be_editable()
        expect(phone.page.get_by_text("The pens rest for a moment.")).to_be_visible()
    desk.page.get_by_role("button", name="Back 30 seconds").click()
    for phone in (amara, joker):
        expect(phone.draft).to_have_value(KIND)
    expect(screen.wall).not_to_contain_text(RUDE)
    desk.page.get_by_role("button", name="Hand out pens").click()
    pen = desk.page.locator("#show").get_by_role("button", name="Rude Name")
    expect(pen).to_have_attribute("aria-pressed", "true")
    pen.click()
    expect(pen).to_have_attribute("aria-pressed", "false")
    desk.page.get_by_role("button", name="Let them write").click()
    amara.type_at_end(" Every day.")
    expect(joker.draft).to_have_value(f"{KIND} Every day.")
    expect(joker.draft).not_to_be_editable()

    # Out, within five seconds; and no way back in but the facilitator's.
    desk.what_can_be_done_for("Rude Name").get_by_role("button", name="Take out of the meeting").click()
    gone = joker.page.get_by_role("heading", name="This phone is no longer in the meeting.")
    expect(gone).to_be_visible(timeout=EVERY_OUT)
    joker.page.reload()
    expect(gone).to_be_visible()
    assert joker.page.request.get(f"{joker.base}panels?have=").status == 403
    desk.what_can_be_done_for("Rude Name").get_by_role("button", name="Bring back").click()
    expect(desk.page.locator("#people li").filter(has_text="removed")).to_have_count(0)
    joker.page.get_by_role("link", name="Try again").click()
    expect(joker.draft).to_have_value(f"{KIND} Every day.")


# ---- who comes late, who goes, who shares, who has none


def test_time_runs_out(cast: Cast) -> None:
    """0:00 closes nothing. Late text is taken until the reveal; after it, the facilitator admits it."""
    desk, (amara, ben, chioma) = cast.meeting("Amara", "Ben", "Chioma")
    screen = cast.screen(desk)
    desk.go_to("Propose")
    amara.write("We are")
    end_the_time(cast.stack, desk)
    for page in (screen.page, amara.page):
        expect(page.get_by_role("timer")).to_have_text("0:00")
    expect(desk.page.locator("[data-clock] b")).to_have_text("0:00")
    expect(desk.page.locator('[data-key="next"]')).to_contain_text("Close Propose")
    amara.send_sentence(KIND)
    ben.write("Ben is too")
    chioma.write("Chioma never sends")
    desk.next("Close Propose")
    expect(ben.page.get_by_text("The time is up; you can still send it.")).to_be_visible()
    ben.send_sentence(SWIFT)
    desk.next("Reveal")
    expect(screen.wall.get_by_role("listitem")).to_have_count(2)
    expect(chioma.page.get_by_text("Yours was not sent in time. It is kept.")).to_be_visible()
    chioma.reload()
    chioma.page.get_by_role("button", name="Send it late").click()
    expect(chioma.page.get_by_text("The facilitator can still put it with the others.")).to_be_visible()
    expect(screen.wall.get_by_role("listitem")).to_have_count(2)
    for player in (screen, amara, ben):
        assert "Chioma never sends" not in player.everything()
    late = desk.page.locator("#show li").filter(has_text="Chioma never sends")
    late.get_by_role("button", name="Put it with the others").click()
    for page in (screen.page, amara.page, chioma.page):
        expect(page.locator("main li").filter(has_text="Chioma never sends")).to_have_count(1)
    desk.next("Vote")
    end_the_time(cast.stack, desk)
    expect(screen.wall.get_by_role("timer")).to_have_text("0:00")
    amara.vote(KIND)
    desk.page.locator('[data-key="t"]').click()
    expect(screen.wall.get_by_role("timer")).to_have_text(re.compile(r"1:00|0:5\d"))


def end_the_time(stack: Stack, desk: Desk) -> None:
    """As if it had been long ago that the step was opened."""
    stack.manage(
        "shell",
        "--no-imports",
        "--command",
        f"""
from django.utils import timezone
from workshop.sessions.commands.changing import changing
from workshop.sessions.models import WorkshopSession
with changing(WorkshopSession.objects.get(public_id="{desk.public_id}")) as session:
    session.current_step.rounds.update(ends_at=timezone.now())
""",
    )


# ---- names and doors


def test_two_facilitators_press_next_at_once(cast: Cast) -> None:
    """The room moves once, and the slower one is told."""
    desk, _phones = cast.meeting("Amara")
    link = desk.make_link("co-facilitate")
    desk.open()
    second = cast.desk("second@example.org")
    second.page.goto(link)
    second.page.wait_for_url("**/desk/**")
    second.public_id = desk.public_id
    second.wait_live()
    held: list[Route] = []
    second.page.route("**/do/next", lambda route: held.append(route))
    second.page.locator('[data-key="next"]').click()
    desk.next("Key words")
    for one in (desk, second):
        one.heading("Key words")
    assert len(held) == 1
    held[0].continue_()
    expect(second.page.get_by_text("The room has moved on already.")).to_be_visible()
    for one in (desk, second):
        one.heading("Key words")
        expect(one.page.locator('[data-key="next"]')).to_contain_text("Close Key words")
    second.page.unroute("**/do/next")
    second.next("Close Key words")
    desk.next("Reveal")


def test_next_wants_a_second_press_while_many_are_not_done(cast: Cast) -> None:
    """It asks once, and does not forget it when somebody is done meanwhile."""
    desk, phones = cast.meeting("Amara", "Ben", "Chioma")
    desk.next("Key words")
    next_ = desk.page.locator('[data-key="next"]')
    next_.click()
    expect(next_).to_contain_text("3 are not done. Press again")
    phones[0].done()
    expect(next_).to_contain_text("2 are not done. Press again")
    expect(desk.page.get_by_text("1 of 3 done").first).to_be_visible()
    next_.click()
    expect(desk.page.get_by_text("Closed. Not revealed yet.")).to_be_visible()
