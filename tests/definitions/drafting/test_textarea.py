"""The field and its mirror in a real browser: typing, input methods and undo among others' changes."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
PAGE = '<!doctype html><div class="mirror" aria-hidden="true"></div><textarea></textarea><button>elsewhere</button>'


@pytest.fixture(scope="module")
def script():
    (esbuild,) = (HERE.parents[2] / "node_modules/@esbuild").glob("*/bin/esbuild")
    return subprocess.run(
        [esbuild, HERE / "textarea.mjs", "--bundle", "--format=iife"], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def field(page, script):
    """A page with the draft "We care", and the caret at its end."""
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.set_content(PAGE)
    page.add_script_tag(content=script)
    page.evaluate("begin('We care')")
    page.focus("textarea")
    page.keyboard.press("End")
    yield page
    assert errors == []


def at(page):
    """(what the field shows with | at the caret or both ends of the selection, after the next frame)."""
    page.evaluate("frame()")
    text, start, end, _ = page.evaluate("at()")
    return text[:start] + "|" + (text[start:end] + "|" if end > start else "") + text[end:]


def test_typing_and_others_changes_meet(field):
    field.keyboard.type(" a lot")
    field.evaluate("other(0, 2, 'All of us')")
    assert at(field) == "All of us care a lot|"
    field.keyboard.type("!")
    assert field.evaluate("flush()") == "All of us care a lot!"


def test_what_is_typed_before_others_changes_are_shown_lands_where_it_was_meant(field):
    field.evaluate("other(0, 0, 'Yes: '); document.execCommand('insertText', false, '!')")
    assert at(field) == "Yes: We care!|"
    assert field.evaluate("flush()") == "Yes: We care!"


def test_others_words_at_the_caret_come_after_it(field):
    field.evaluate("other(7, 7, ' more')")
    assert at(field) == "We care| more"
    field.keyboard.type("d")
    assert field.evaluate("flush()") == "We cared more"


def test_a_selection_keeps_to_its_words_and_its_direction(field):
    field.evaluate("document.querySelector('textarea').setSelectionRange(3, 7, 'backward')")
    field.evaluate("other(3, 3, 'do ')")
    assert at(field) == "We do |care|"
    field.evaluate("other(10, 10, ' a lot')")
    assert at(field) == "We do |care| a lot"
    assert field.evaluate("at()[3]") == "backward"


@pytest.mark.parametrize(
    ("known", "change", "end"),
    [
        (False, (0, 0, "Yes: "), "Yes: We care 你好|"),
        (False, (2, 3, ""), "Wecare 你好|"),
        (False, (7, 7, " more"), "We care more 你好|"),
        (True, (9, 9, "?"), "We care 你好|?"),  # right behind what is being composed
        (True, (8, 9, ""), "We care 你好|"),  # some of it taken out
        (True, (0, 9, "All new. "), "All new. 你好|"),
    ],
)
def test_a_composition_is_read_at_once_and_left_alone_until_its_end(field, known, change, end):
    input_method = field.context.new_cdp_session(field)
    field.keyboard.type(" ")

    def compose(text):
        place = {"selectionStart": len(text), "selectionEnd": len(text)}
        input_method.send("Input.imeSetComposition", {"text": text, **place})

    compose("n")
    if known:
        field.evaluate("flush()")
    field.evaluate("(change) => other(...change)", list(change))
    compose("ni")
    assert at(field) == "We care ni|"
    assert "i" in field.evaluate("flush()")
    compose("nih")
    input_method.send("Input.insertText", {"text": "你好"})
    assert at(field) == end
    assert field.evaluate("flush()") == end.replace("|", "")


def test_undo_takes_back_ones_own_words_and_leaves_the_others(field):
    field.keyboard.type(" a lot")
    field.evaluate("flush()")
    field.evaluate("other(0, 0, 'Yes: ')")
    field.evaluate("other(14, 14, 'n awful')")
    assert at(field) == "Yes: We care an awful lot|"
    field.keyboard.press("Control+z")
    assert field.evaluate("flush()") == "Yes: We caren awful"
    field.keyboard.press("Control+z")
    assert field.evaluate("flush()") == "Yes: We caren awful"
    field.keyboard.press("Control+Shift+z")
    assert sorted(field.evaluate("flush()")) == sorted("Yes: We care an awful lot")


def test_the_browsers_own_undo_is_ours_too(field):
    """As its menu asks for it; Chromium lets no script press that menu."""

    def ask(kind):
        event = f"new InputEvent('beforeinput', {{inputType: '{kind}', cancelable: true}})"
        assert field.evaluate(f"document.querySelector('textarea').dispatchEvent({event})") is False

    field.keyboard.type("d")
    field.evaluate("other(0, 0, 'Yes: ')")
    ask("historyUndo")
    assert at(field) == "Yes: We care|"
    ask("historyRedo")
    assert at(field) == "Yes: We cared|"


def test_a_pause_or_a_move_begins_another_step_of_undo(field):
    field.keyboard.type("d x")
    field.keyboard.press("Home")
    field.keyboard.type("So ")
    field.keyboard.press("Control+z")
    assert at(field) == "|We cared x"
    field.keyboard.press("Control+z")
    assert at(field) == "We care|"


def test_a_long_paste_is_cut_and_a_full_text_can_still_shrink(field):
    field.evaluate("document.execCommand('insertText', false, 'x'.repeat(2000))")
    assert field.evaluate("flush().length") == 1000
    field.keyboard.type("y")
    field.keyboard.press("Backspace")
    assert field.evaluate("flush().length") == 999


def test_characters_the_server_refuses_never_leave(field):
    field.evaluate("document.execCommand('insertText', false, '\\ta\\u0007b')")
    assert field.evaluate("flush()") == "We care ab"
    assert at(field).replace("|", "") == "We care ab"


def test_an_emoji_replaced_by_its_cousin_stays_whole(field):
    field.evaluate("document.execCommand('insertText', false, '😀')")
    field.keyboard.press("Shift+ArrowLeft")
    field.evaluate("document.execCommand('insertText', false, '😁')")
    assert field.evaluate("flush()") == "We care😁"


def test_a_phrase_is_a_push_of_its_own_with_its_author(field):
    field.keyboard.type("d for")
    field.keyboard.press("Home")
    field.evaluate("draft.insertPhrase('What we do:', 'p7')")
    assert at(field) == "What we do:| We cared for"
    assert field.evaluate("flush()") == "What we do: We cared for"
    assert field.evaluate("sent.map((push) => push.author ?? null)") == [None, "p7", None]
    assert field.evaluate("draft.insertPhrase('x'.repeat(1000), 'p7')") is False


def test_nobody_elses_change_moves_the_focus(field):
    field.focus("button")
    field.evaluate("other(0, 0, 'Yes: ')")
    field.evaluate("frame()")
    assert field.evaluate("document.activeElement.tagName") == "BUTTON"
    assert field.evaluate("at()[0]") == "Yes: We care"


def test_others_changes_can_be_held_while_ones_own_go_on(field):
    field.evaluate("draft.hold(true); other(0, 0, 'Yes: ')")
    field.keyboard.type("d")
    assert at(field) == "We cared|"
    assert field.evaluate("flush()") == "Yes: We cared"
    field.evaluate("draft.hold(false)")
    assert at(field) == "Yes: We cared|"


def test_many_changes_at_once_are_shown_with_the_caret_in_its_place(field):
    field.evaluate("for (let i = 0; i < 60; i++) other(i * 2 % 60, i * 2 % 60, 'ab')")
    assert at(field).endswith("We care|")
    assert field.evaluate("flush() === at()[0]")


def test_the_mirror_shows_what_the_field_shows(field):
    field.keyboard.type("d\n")
    assert field.evaluate("document.querySelector('.mirror').textContent") == "We cared\n\u200b"


@pytest.mark.parametrize(
    ("drawing", "html"),
    [
        ({"text": ""}, "\u200b"),
        ({"text": "<b>&", "carets": [{"pos": 4, "name": "<i>"}]},
         '&lt;b&gt;&amp;<span class="caret"><b dir="auto">&lt;i&gt;</b></span>'),
        ({"text": "we act now",
          "spans": [{"start": 3, "end": 6, "className": "hl", "data": {"el": "a"}, "label": "A"}]},
         'we <mark class="hl" data-el="a"><span class="ltr">A</span>act</mark> now'),
        ({"text": "abcd", "carets": [{"pos": 2, "name": "K"}, {"pos": 9, "name": "no"}],
          "spans": [{"start": 2, "end": 9, "className": "y"}, {"start": 0, "end": 2, "className": "x"},
                    {"start": 3, "end": 3, "className": "none"}]},
         '<mark class="x">ab</mark><span class="caret"><b dir="auto">K</b></span><mark class="y">cd</mark>'),
        ({"text": "abcd", "spans": [{"start": 0, "end": 3, "className": "x", "label": "X"},
                                    {"start": 1, "end": 4, "className": "y", "label": "Y"}]},
         '<mark class="x"><span class="ltr">X</span>a<mark class="y"><span class="ltr">Y</span>bc</mark></mark>'
         '<mark class="y">d</mark>'),
        ({"text": "a😀", "carets": [{"pos": 2, "name": "K"}]}, 'a<span class="caret"><b dir="auto">K</b></span>😀'),
    ],
)  # fmt: skip
def test_the_mirror_draws_marks_and_carets_and_nothing_else(field, drawing, html):
    assert field.evaluate("(drawing) => draw(drawing)", drawing) == html


def test_a_name_at_the_end_of_a_line_turns_to_where_there_is_room(field):
    for part in ("highlighter", "drafting"):
        field.add_style_tag(path=HERE.parents[2] / f"static/css/parts/{part}.css")
    field.add_style_tag(content=".mirror { position: relative; inline-size: 300px; font: 20px monospace; }")
    text = "We care for every guest"
    carets = [{"pos": pos, "name": "Maximilian"} for pos in (0, 8, len(text))]
    assert field.evaluate("(drawing) => turned(drawing)", {"text": text, "carets": carets}) == [False, False, True]
    edges = "Array.from(document.querySelectorAll('.caret > b'), (flag) => flag.getBoundingClientRect().right)"
    assert max(field.evaluate(edges)) <= field.locator(".mirror").bounding_box()["x"] + 300 + 2
