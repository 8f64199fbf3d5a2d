"""How a colleague reads a panel."""

import pytest

from tests.room.meeting import Meeting
from workshop.rehearsal.colleagues.page import read


def test_what_stands_on_the_page_is_found_by_tag_attribute_and_value() -> None:
    page = read('<main><form data-door="done" id="a"><input name="x"></form><form data-door="vote"></form></main>')
    assert [form["data-door"] for form in page.every("form")] == ["done", "vote"]
    assert [node.tag for node in page.every("[data-door]")] == ["form", "form"]
    found = page.first("[data-door=vote]")
    assert found is not None and found["data-door"] == "vote"
    assert page.first("[data-door=other]") is None


def test_a_form_sends_what_a_browser_would() -> None:
    page = read(
        '<form><input type="hidden" name="round" value="7"><input name="off" value="1" disabled>'
        '<input type="checkbox" name="a" value="1"><input type="checkbox" name="b" value="2" checked>'
        '<input type="radio" name="c" value="1"><input type="radio" name="c" value="2" checked>'
        "<textarea name=t>two\nlines</textarea><select name=s><option value=1><option value=2 selected></select>"
        "<button>Go</button></form>"
    )
    form = page.first("form")
    assert form is not None
    assert form.fields() == {"round": "7", "b": "2", "c": "2", "t": "two\nlines", "s": "2"}


def test_what_stands_in_a_template_is_not_on_the_page_yet() -> None:
    page = read("<ul></ul><template><form data-door='remove-card'></form></template><p>after</p>")
    assert page.first("[data-door]") is None
    assert page.text == "after"


def test_words_are_read_as_they_were_written() -> None:
    page = read('<p dir="auto">We &lt;3 <b>guests</b> &amp; “more”</p><p>Second</p>')
    assert page.text == "We <3 guests & “more” Second"


def test_a_page_that_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    page = read("</p><div><p>one<div data-x>two</section></div>three<br/>four<")
    assert [node.tag for node in page.every("[data-x]")] == ["div"]
    assert page.text.endswith("two three four<")


@pytest.mark.django_db
def test_the_panels_of_a_real_meeting_have_what_colleagues_look_for() -> None:
    """The markers of behaviour.py, in the templates as they are."""
    markers = {
        "key-words": "[data-add-card]",
        "propose": "[data-propose]",
        "vote": "[data-ballot]",
        "draft": "[data-draft]",
        "close": "[data-door=on-poster]",
    }
    meeting = Meeting.set_up(3)
    for kind, marker in markers.items():
        page = read(meeting.to(kind).panels("phone")["stage"])
        assert page.first(marker) is not None, kind
