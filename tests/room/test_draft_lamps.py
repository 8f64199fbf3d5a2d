"""What the pages of a draft show of the elements: how many see them, never who."""

import re
from typing import Any

from definitions.elements.models import Element
from tests.room.meeting import VIEWS, Meeting, Phone


def drafting(size: int = 4) -> Meeting:
    return Meeting.set_up(size).to("draft")


def says(phone: Phone, key: str, *, here: bool) -> None:
    m = phone.meeting
    element = Element.objects.get(element_set__session=m.session, key=key)
    span = {"start": 0, "end": 2} if here else {}
    assert phone.do("tag-draft", draft=m.draft.pk, element=element.pk, version=m.draft.version, **span)["ok"]


def seen(m: Meeting) -> dict[str, Any]:
    return {view: m.panels(view) for view in VIEWS}


def states(html: str) -> dict[str, str]:
    """Element → the state of its lamp in a panel."""
    found = re.findall(r'data-lamp="(\d+)" data-state="([a-z-]+)"', html)
    keys = {str(pk): key for pk, key in Element.objects.values_list("pk", "key")}
    return {keys[pk]: state for pk, state in found}


def test_no_panel_tells_who_sees_what(db: None) -> None:
    m = drafting()
    ana, ben, cleo, dora = m.phones
    says(ana, "genuine", here=True), says(ben, "genuine", here=False), says(cleo, "genuine", here=True)
    before, of_dora = seen(m), m.mine(dora)
    says(ana, "genuine", here=False), says(ben, "genuine", here=True)
    assert seen(m) == before
    assert {**m.mine(dora), "revision": 0} == {**of_dora, "revision": 0}
    assert [tag["says"] for tag in m.mine(ana)["given"]["tags"]] == ["not-here"]
    assert m.mine(dora)["given"]["tags"] == []


def test_all_pages_show_the_same_lamps(db: None) -> None:
    m = drafting()
    for phone in m.phones[:2]:
        says(phone, "genuine", here=True)
    says(m.phones[2], "act", here=True)
    m.do("leave-out", **ids(m, "voluntary"), left_out="1")
    expected = {"voluntary": "left-out", "act": "part", "genuine": "lit"}
    found = [states(m.panels("phone")["stage"]), states(m.panels("screen")["wall"]), states(m.panels("desk")["show"])]
    assert [{key: state for key, state in each.items() if state != "out"} for each in found] == [expected] * 3
    assert [len(each) for each in found] == [7] * 3
    assert "2 of 7" in m.panels("desk")["show"]


def ids(m: Meeting, key: str) -> dict[str, Any]:
    return {"draft": m.draft.pk, "element": Element.objects.get(element_set__session=m.session, key=key).pk}


def test_the_words_that_are_marked_come_to_every_page_with_the_version_they_are_of(db: None) -> None:
    m = drafting()
    for phone in m.phones[:2]:
        says(phone, "genuine", here=True)
        says(phone, "act", here=True)
    first = m.draft.body.split()[0]
    for view, panel in (("phone", "stage"), ("screen", "wall"), ("desk", "show")):
        html = m.panels(view)[panel]
        assert f'<ul data-strokes data-version="{m.draft.version}" hidden>' in html
        assert f'<li data-el="a g" data-letters="AG" data-start="0" data-end="{len(first)}">' in html


def test_closed_it_shows_the_lamps_and_asks_nothing(db: None) -> None:
    m = drafting()
    for phone in m.phones[:2]:
        says(phone, "genuine", here=True)
    m.to("draft", "open")
    m.next()  # to the close, and back to look at the draft
    m.do("back", standing=m.scene.standing)
    stage, show = m.panels("phone")["stage"], m.panels("desk")["show"]
    assert states(stage)["genuine"] == "lit"
    assert ("data-asking" in stage, "data-look" in stage, 'data-door="leave-out"' in show) == (False, False, False)


def test_another_number_of_elements_than_seven_is_a_list_on_the_screen(db: None) -> None:
    m = Meeting.set_up(3)
    m.http.post(f"/meetings/{m.public_id}/elements/take/", {"slug": "toporek-two"})
    m.to("draft")
    wall = m.panels("screen")["wall"]
    assert set(states(wall)) == {"consistent", "stands-out"}
    assert ('class="puzzle puzzle--words"' in wall, wall.count('class="tile ')) == (False, 2)


def test_a_long_name_takes_two_lines_of_its_piece(db: None) -> None:
    m = drafting()
    Element.objects.filter(element_set__session=m.session, key="act").update(name="Handlungsbereitschaft im Alltag")
    lines = re.findall(r'<text class="is-long"[^>]*>([^<]*)<', m.panels("screen")["wall"])
    assert lines == ["Handlungsbereitschaft", "im Alltag"]


def test_names_of_elements_are_text_wherever_they_stand(db: None) -> None:
    m = drafting()
    Element.objects.filter(element_set__session=m.session, key="genuine").update(
        name='<b>"x"', phrase="<i>'y'", letter="<"
    )
    for view in VIEWS:
        html = "".join(m.panels(view).values())
        assert ("<b>&quot;" in html or '<b>"x' in html or "<i>" in html) is False
