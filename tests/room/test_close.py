"""What each view shows of Close: lines without names, and only what was picked where everyone looks."""

import re

import pytest

from tests.room.cases import lined, seen_in
from tests.room.meeting import Meeting, id_of

pytestmark = pytest.mark.django_db


def seen(meeting: Meeting, view: str) -> str:
    return "".join(meeting.panels(view).values())


def test_a_line_is_on_the_desk_without_its_writer_and_elsewhere_only_once_it_is_picked() -> None:
    meeting = Meeting.set_up(3, names_shown="facilitator")
    picked = lined(meeting)
    show = meeting.panels("desk")["show"]
    assert [(f"line {number}" in show) for number in range(3)] == [True] * 3
    assert [phone.person.name for phone in meeting.phones if phone.person.name in show] == []
    assert [view for view in ("phone", "screen") if "line 0" in seen(meeting, view)] == []
    meeting.do("pick-line", **picked)
    assert [view for view in ("phone", "screen") if "line 0" in seen(meeting, view)] == ["screen"]
    assert [view for view in ("phone", "screen", "desk") if "line 1" in seen(meeting, view)] == ["desk"]


def test_each_phone_is_told_its_own_piece_and_its_own_line_alone() -> None:
    meeting = Meeting.set_up(2)
    lined(meeting)
    given = [meeting.mine(phone)["given"] for phone in meeting.phones]
    assert [each["line"] for each in given] == [
        {"body": "line 0", "picked": False},
        {"body": "line 1", "picked": False},
    ]
    assert given[0]["piece"] != given[1]["piece"]


def test_for_the_photo_every_phone_has_all_pieces_to_choose_its_own_from_and_back() -> None:
    meeting = Meeting.set_up(1).to("close")
    meeting.do("photo", shown="1")
    assert (seen(meeting, "phone").count("photo-piece"), "Hold up your phones" in seen(meeting, "screen")) == (7, True)
    meeting.do("photo", shown="")
    assert (seen(meeting, "phone").count("photo-piece"), "Hold up your phones" in seen(meeting, "screen")) == (0, False)


def test_a_line_of_another_meeting_can_not_be_picked() -> None:
    meeting, other = Meeting.set_up(1).to("close"), Meeting.set_up(1)
    answer = meeting.do("pick-line", **lined(other))
    assert answer["error"]["code"] == "field-id"
    answer = meeting.do("pick-line", id=id_of("nothing"), picked="1")
    assert answer["error"]["code"] == "field-id"


def test_what_the_room_saw_in_the_sentence_is_what_is_lit_once_it_is_sealed() -> None:
    meeting = Meeting.set_up(2)
    for phone in meeting.phones:
        assert phone.do("tag-draft", **seen_in(meeting, "genuine"))["ok"]
    meeting.end(meeting.draft.body)
    wall = seen(meeting, "screen")
    assert re.findall(r'<g class="pz pz--(\w) is-lit"', wall) == ["g"]
    assert re.findall(r'<mark class="hl" data-el="(\w)">', wall) == ["g"]
