import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions.elements.sharing import share, shares, texts_each


@pytest.mark.parametrize(
    ("seconds", "texts", "elements", "each"),
    [
        (240, 3, 7, 3),  # the agenda's four minutes are enough for all three
        (120, 3, 7, 2),
        (60, 3, 7, 1),
        (10, 3, 7, 1),  # one at least
        (240, 1, 7, 1),
        (240, 3, 2, 3),
        (240, 0, 7, 1),
        (240, 3, 0, 3),  # a set has an element at least; nothing is divided by none
    ],
)
def test_how_many_texts_fit_into_the_time(seconds: int, texts: int, elements: int, each: int) -> None:
    assert texts_each(seconds, texts, elements) == each


@pytest.mark.parametrize(
    ("people", "texts", "each", "expected"),
    [
        (0, 3, 1, []),
        (2, 0, 1, [[], []]),
        (4, 3, 1, [[0], [1], [2], [0]]),
        (3, 3, 2, [[0, 1], [2, 0], [1, 2]]),
        (4, 3, 3, [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2]]),  # each begins with another
        (2, 1, 1, [[0], [0]]),
    ],
)
def test_who_reads_which(people: int, texts: int, each: int, expected: list[list[int]]) -> None:
    assert shares(people, texts, each) == expected


@given(st.integers(0, 80), st.integers(1, 6), st.integers(1, 6))
def test_each_text_gets_as_even_a_number_of_readers_as_possible(people: int, texts: int, each: int) -> None:
    read = [number for numbers in shares(people, texts, each) for number in numbers]
    counts = [read.count(text) for text in range(texts)]
    assert max(counts) - min(counts) <= 1
    assert all(len(set(numbers)) == len(numbers) == min(each, texts) for numbers in shares(people, texts, each))


@given(st.integers(0, 80), st.integers(1, 6))
def test_who_comes_later_reads_what_their_number_says(person: int, texts: int) -> None:
    assert share(person, texts, 1) == [person % texts]
