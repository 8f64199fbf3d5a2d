import re
from pathlib import Path

import pytest
import segno
from django import forms
from pytest_django.fixtures import Settings

from workshop.room.templatetags import look

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _nothing_need_be_built(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def test_every_icon_that_a_template_draws_is_in_the_sprite() -> None:
    drawn = set()
    for template in (ROOT / "templates").rglob("*.html"):
        drawn |= set(re.findall(r"{% icon \"([^\"]+)\"", template.read_text()))
    kept = set(re.findall(r'id="i-([^"]+)"', (ROOT / "static/img/icons.svg").read_text()))
    assert drawn - kept == set()
    assert "check" in drawn


def test_only_icons_that_point_turn_around_with_the_reading_direction() -> None:
    assert '<svg class="i i--way" ' in look.icon("next")
    assert '<svg class="i" ' in look.icon("check")


def test_puzzle_lights_the_pieces_that_are_in_place_and_no_others() -> None:
    assert re.findall(r'<g class="pz pz--(\w) is-lit"', look.puzzle("gc")) == ["g", "c"]
    assert re.findall(r'<g class="pz pz--(\w)', look.puzzle("gc")) == list("vadgesc")


def test_puzzle_is_an_ornament_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in look.puzzle(small=True)
    assert 'role="img" aria-label="Two &lt;of&gt; seven"' in look.puzzle("va", label="Two <of> seven")


@pytest.mark.parametrize(("count", "bundles"), [(0, []), (1, [1]), (4, [4]), (5, [5]), (13, [5, 5, 3])])
def test_tally_has_one_stroke_a_person_in_bundles_of_five(count: int, bundles: list[int]) -> None:
    paths = re.findall(r' d="([^"]*)"', look.tally(count))
    assert [path.count("M") for path in paths] == bundles


@pytest.mark.parametrize(
    ("done", "total", "filled", "empty"), [(0, 3, 0, 3), (12, 18, 12, 6), (5, 3, 3, 0), (0, 0, 0, 0)]
)
def test_dots_show_each_person_once(done: int, total: int, filled: int, empty: int) -> None:
    drawn = look.dots(done, total)
    assert (drawn.count("<i></i>"), drawn.count('<i class="no"></i>')) == (filled, empty)


def test_dots_say_the_count_to_those_who_hear_the_page() -> None:
    assert 'aria-label="12 of 18 done"' in look.dots(12, 18)
    assert 'aria-label="12 of 500 done"' in look.dots(12, 500)


def test_too_many_people_for_dots_become_a_bar() -> None:
    assert look.dots(30, 121).startswith('<progress class="crowd" max="121" value="30"')
    assert look.dots(30, 120).startswith('<div class="dots is-many"')


def test_qr_draws_exactly_the_dark_modules_inside_a_quiet_zone_of_four() -> None:
    address = "http://192.168.178.20:8000/join/KM47PDXQ"
    drawn = look.qr(address)
    matrix = segno.make_qr(address, error="m").matrix
    dark = {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    painted = {
        (int(x) + step, int(y))
        for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", drawn)
        for step in range(int(run))
    }
    assert painted == dark
    side = len(matrix) + 8
    assert f'viewBox="-4 -4 {side} {side}"' in drawn


@pytest.mark.parametrize(
    ("typed", "shown"), [("km47pdxq", "KM47 PDXQ"), ("KM47PDXQ", "KM47 PDXQ"), ("KM4", "KM4"), ("", ""), (None, "")]
)
def test_a_join_code_is_shown_in_two_halves(typed: str | None, shown: str) -> None:
    assert look.code(typed) == shown


def test_marked_words_get_their_elements_and_the_rest_is_escaped() -> None:
    assert look.marked("<b> [ge:care & time]!") == (
        '&lt;b&gt; <mark class="hl" data-el="g e">care &amp; time<span class="ltr" aria-hidden="true">GE</span></mark>!'
    )


def test_words_in_other_brackets_stay_as_they_are() -> None:
    assert look.marked("[sic] [x:no]") == "[sic] [x:no]"


class NameForm(forms.Form):
    nickname = forms.CharField(help_text="As you like", required=False)
    name = forms.CharField(help_text="As colleagues know you")
    town = forms.CharField()
    loud = forms.BooleanField(required=False, label="Loud")


def test_a_wrong_field_names_its_error_and_the_first_one_has_the_focus() -> None:
    form = NameForm({"nickname": "Sam"})
    drawn = {name: look.field(form[name]) for name in form.fields}
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn["name"]
    assert 'id="id_name_error"' in drawn["name"]
    assert 'id="id_name_helptext"' in drawn["name"]
    assert [name for name, html in drawn.items() if " autofocus" in html] == ["name"]
    assert [name for name, html in drawn.items() if 'aria-invalid="true"' in html] == ["name", "town"]


def test_every_field_has_its_label() -> None:
    form = NameForm()
    assert '<label for="id_town">Town</label>' in look.field(form["town"])
    assert re.search(
        r'<label class="opt"><input type="checkbox" name="loud"[^>]*><span class="box">', look.field(form["loud"])
    )


def test_nothing_drawn_carries_a_style_attribute() -> None:
    everything = (
        look.puzzle()
        + look.tally(7)
        + look.dots(1, 2)
        + look.qr("x")
        + look.icon("check")
        + look.field(NameForm()["loud"])
    )
    assert re.findall(r"\sstyle=", everything) == []


def test_names_stand_side_by_side_without_the_comma_of_one_script() -> None:
    assert look.names(["Anna <b>", "ليلى"]) == "<bdi>Anna &lt;b&gt;</bdi>\u00a0· <bdi>ليلى</bdi>"
    assert look.names([]) == ""


@pytest.mark.parametrize(
    ("text", "wordy"),
    [
        ("Wir üben Kundendienstleistungsverständnis.", True),
        ("We look after every guest as a visitor.", False),
        ("ให้บริการลูกค้าด้วยความเต็มใจทุกครั้ง", False),  # breaks between any two words, which no space shows
    ],
)
def test_a_long_word_asks_for_smaller_type(text: str, wordy: bool) -> None:
    assert bool(look.wordy(text)) is wordy
