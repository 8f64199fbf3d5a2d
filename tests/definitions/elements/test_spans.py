import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions.elements.spans import Segment, Span, place, segments
from definitions.texts.tokens import utf16_length


@pytest.mark.parametrize(
    ("text", "spans", "cut"),
    [
        ("", [], []),
        ("We care", [], [("We care", ())]),
        ("We care", [(0, 2, "a")], [("We", ("a",)), (" care", ())]),
        ("We care", [(3, 7, "a")], [("We ", ()), ("care", ("a",))]),
        ("We care", [(0, 7, "a"), (3, 7, "b")], [("We ", ("a",)), ("care", ("a", "b"))]),
        ("We care", [(3, 7, "b"), (0, 7, "a")], [("We ", ("a",)), ("care", ("b", "a"))]),
        ("😀 care", [(3, 7, "a")], [("😀 ", ()), ("care", ("a",))]),  # two units, one character
        ("We care", [(3, 70, "a")], [("We ", ()), ("care", ("a",))]),  # beyond the text: up to its end
    ],
)
def test_a_text_is_cut_where_marks_begin_and_end(
    text: str, spans: list[tuple[int, int, str]], cut: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert segments(text, [Span(*span) for span in spans]) == [Segment(*piece) for piece in cut]


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_nothing_of_the_text_is_lost(text: str, places: list[tuple[int, int]]) -> None:
    spans = [Span(min(pair), max(pair), number) for number, pair in enumerate(places)]
    cut = segments(text, spans)
    units = "".join(piece.text for piece in cut).encode("utf-16-le", "surrogatepass")
    # Where a cut goes through a character both halves become the sign for "unreadable", and no unit is missing.
    assert len(units) // 2 == utf16_length(text)


def test_words_are_placed_in_utf16_units() -> None:
    assert place("😀 we care", "care", "a") == Span(6, 10, "a")
    assert place("we care", "smile", "a") is None
