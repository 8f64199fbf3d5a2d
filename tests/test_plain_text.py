import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from workshop.fields import PlainTextField
from workshop.plain_text import Unreadable, clean, skeleton, told_apart

ZALGO = "c" + "\u0335\u0310\u0321\u0347" + "\u0329\u0354" * 20 + "are"
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
# What clean() has rules for stands close together, so that one rule meets the leftovers of another.
TRICKY = st.text(
    st.sampled_from("ae \t\n\r\u0301\u0307\u0327\u0335\u202a\u202e\u2067\u2069\u200b\u200f\xa0\u2028ש한각ᄀ")
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  We care.  ", "We care."),
        ("We\t \xa0 \u2003care", "We care"),
        ("We\r\ncare\rabout\n\n\nit", "We care about it"),
        ("cafe\u0301", "café"),
        ("\u202bשירות\u202c לקוחות", "שירות לקוחות"),
        ("\u2067שירות\u2069", "\u2067שירות\u2069"),  # isolates and marks: right-to-left writing needs them
        ("מחיר\u200f!", "מחיר\u200f!"),
        ("خدمة العملاء", "خدمة العملاء"),
        ("نیم\u200cفاصله", "نیم\u200cفاصله"),
        ("👩🏽\u200d🚒 👍🏽", "👩🏽\u200d🚒 👍🏽"),
        ("safe \u202egnp.exe", "safe gnp.exe"),
        ("e\u202a\u0301", "é"),  # normal again after what stood between is gone
        (ZALGO, "c\u0335\u0321\u0347\u0329are"),
        ("thiệt\u0301\u0301\u0301", "thiệt\u0301\u0301\u0301"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("ﬁne Ｗｉｄｅ", "ﬁne Ｗｉｄｅ"),  # what they typed, not what we would have
        ("\u200b", ""),
        ("\u2067 \u200d\u2069", ""),
        ("\u0301", ""),
    ],
)
def test_what_people_type_is_kept_as_they_meant_it(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_lines_are_kept_where_a_text_may_have_them_and_blank_ones_are_not() -> None:
    assert clean(" We care. \r\n\r\n \t We\xa0listen.\r", lines=True) == "We care.\nWe listen."


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\x9f", "\x0b", "\x1c", "\ud83d"])
def test_what_no_keyboard_makes_is_refused(character: str) -> None:
    with pytest.raises(Unreadable):
        clean(f"We {character}care")


@pytest.mark.parametrize("lines", [False, True])
@given(text=ANYTHING | TRICKY)
@example(text="e\u202a\u0301")
@example(text="\u202a\u0301")
def test_cleaning_what_is_clean_changes_nothing_and_nothing_else_is_raised(lines: bool, text: str) -> None:
    try:
        once = clean(text, lines=lines)
    except Unreadable:
        assert any(unicodedata.category(c) in ("Cs", "Cc") for c in text)
        return
    assert clean(once, lines=lines) == once
    assert once == once.strip() == unicodedata.normalize("NFC", once)
    assert "\n" not in once or lines
    assert once.encode() is not None


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("Ben", "ben"),
        ("  BEN!  ", "ben"),
        ("Bén", "ben"),
        ("Ｂｅｎ", "ben"),
        ("Straße", "strasse"),
        ("O'Neil-Smith", "o neil smith"),
        ("ﬁne", "fine"),
        ("Łukasz", "łukasz"),
        ("😀", ""),
        ("山田", "山田"),
        ("Ben 2", "ben 2"),
    ],
)
def test_a_hurried_eye_sees_no_case_no_accents_and_no_punctuation(typed: str, seen: str) -> None:
    assert skeleton(typed) == seen


@pytest.mark.parametrize(
    ("name", "taken", "shown"),
    [
        ("Ben", [], "Ben"),
        ("Ben", ["Ana"], "Ben"),
        ("Ben", ["Ben"], "Ben 2"),
        ("ben", ["Ben"], "ben 2"),
        ("Bén.", ["Ben"], "Bén. 2"),
        ("Ben", ["Ben", "Ben 2", "BEN-3"], "Ben 4"),
        ("Ben 2", ["Ben", "Ben 2"], "Ben 2 2"),
        ("Benno", ["Ben"], "Benno"),
        ("😀", ["🎉"], "😀"),
        ("😀", ["😀"], "😀 2"),
        ("x" * 40, ["x" * 40], "x" * 38 + " 2"),
        ("x" * 37 + " yz", ["x" * 37 + " yz"], "x" * 37 + " 2"),
        ("x" * 40, ["x" * 40] + ["x" * 38 + f" {n}" for n in range(2, 10)], "x" * 37 + " 10"),
    ],
)
def test_names_that_look_alike_are_told_apart_within_forty_letters(name: str, taken: list[str], shown: str) -> None:
    assert told_apart(name, taken) == shown


@given(name=st.text(min_size=1, max_size=40), taken=st.lists(st.text(max_size=40), max_size=5))
def test_a_name_that_was_told_apart_fits_and_is_not_taken(name: str, taken: list[str]) -> None:
    shown = told_apart(name, taken)
    assert shown not in taken
    assert len(shown) <= 40


@pytest.mark.parametrize(("value", "kept"), [(None, ""), ("", ""), (" a\nb ", "a b"), (12, "12")])
def test_a_field_reads_by_the_same_rules(value: object, kept: str) -> None:
    assert PlainTextField(required=False).clean(value) == kept


def test_a_field_s_limit_counts_what_is_kept() -> None:
    assert PlainTextField(max_length=4).clean("   cafe\u0301   ") == "café"


@pytest.mark.parametrize(
    ("value", "code"),
    [("\0", "unreadable"), ("\ud83d", "unreadable"), ("five!", "max_length"), (" \u200b ", "required")],
)
def test_a_field_refuses_with_a_reason(value: str, code: str) -> None:
    with pytest.raises(ValidationError) as error:
        PlainTextField(max_length=4).clean(value)
    assert [each.code for each in error.value.error_list] == [code]
