"""When a lamp is lit, and which words it stands for: tables of examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions.elements.lamps import Stroke, complete, needed, shared, state_of, strokes
from definitions.texts.tokens import tokens

TEXT = "choosing to leave you happier"
WORDS = tokens(TEXT)


def span(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def marked(*seen: tuple[str, list[str]]) -> list[tuple[str, str]]:
    """Each stroke's words, with the letters on them."""
    found = strokes(WORDS, [(key, [span(words) for words in spans]) for key, spans in seen])
    return [(TEXT[stroke.start : stroke.end], "".join(stroke.marks)) for stroke in found]


@pytest.mark.parametrize(
    ("sees", "answered", "state"),
    [
        (0, 0, "out"),
        (0, 9, "out"),
        (1, 1, "part"),  # one person's view is no agreement
        (1, 3, "part"),  # not even where it is a third
        (2, 2, "lit"),
        (2, 6, "lit"),
        (2, 7, "part"),
        (3, 9, "lit"),
        (3, 10, "part"),
        (20, 60, "lit"),
        (19, 60, "part"),
    ],
)
def test_lit_when_two_people_and_a_third_of_those_who_answered_see_it(sees: int, answered: int, state: str) -> None:
    assert state_of(sees, answered) == state
    assert (sees >= needed(answered)) == (state == "lit")


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_third_is_of_people_and_never_rounded_in_favor(sees: int, more: int) -> None:
    assert (state_of(sees, sees + more) == "lit") == (sees >= 2 and 3 * sees >= sees + more)


@pytest.mark.parametrize("sees", [0, 1, 5])
def test_what_is_left_out_on_purpose_counts_as_complete(sees: int) -> None:
    assert state_of(sees, 5, left_out=True) == "left-out"
    assert complete(["lit", "part", "left-out", "out"]) == 2


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([], []),
        (["leave"], ["leave"]),
        (["leave", "leave you"], ["leave", "you"]),  # half of two is one
        (["leave", "leave", "leave you"], ["leave"]),
        (["to leave", "leave", "leave you happier"], ["leave"]),
        (["choosing", "leave", "happier"], ["choosing", "leave", "happier"]),  # nobody agrees: all they said
        (["choosing", "choosing", "leave", "you", "happier"], ["choosing"]),  # fewer than half, but most
    ],
)
def test_words_are_shared_that_half_of_those_who_see_it_mean(spans: list[str], words: list[str]) -> None:
    counts = shared(WORDS, [span(each) for each in spans])
    assert [word.word for word, count in zip(WORDS, counts, strict=True) if count] == words


def test_neighbors_with_the_same_marks_are_one_stroke_with_the_blank_between_them() -> None:
    assert marked(("s", ["leave you happier"] * 2)) == [("leave you happier", "s")]
    assert marked(("s", ["choosing", "leave"])) == [("choosing", "s"), ("leave", "s")]


def test_two_elements_share_words_and_a_third_gives_way_to_those_that_more_people_see_there() -> None:
    seen = [("v", ["choosing", "choosing to"]), ("e", ["choosing"] * 3), ("a", ["choosing to"] * 4)]
    assert marked(*seen) == [("choosing", "ea"), ("to", "va")]


def test_a_text_without_words_has_no_strokes() -> None:
    assert strokes([], [("v", [(0, 3)])]) == []
    assert strokes(WORDS, [("v", [])]) == []
    assert strokes(tokens("日本"), [("v", [(0, 1)])]) == [Stroke(0, 1, ("v",))]
