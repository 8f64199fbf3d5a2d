import pytest

from definitions.proposals.paging import MOST_SENTENCES, MOST_WORDS, pages


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], []),
        ([5], [1]),
        ([18] * 12, [12]),
        ([18] * 13, [12, 1]),
        ([100] * 6, [2, 2, 2]),
        ([400, 5, 400], [1, 1, 1]),
        ([1] * 30, [12, 12, 6]),
    ],
)
def test_a_page_holds_as_much_as_can_be_read(words: list[int], expected: list[int]) -> None:
    assert [len(page) for page in pages(words)] == expected


def test_every_sentence_stands_on_exactly_one_page() -> None:
    lengths = [7, 60, 3, 200, 90, 1, 1, 1, 250, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18, 18]
    found = pages(lengths)
    assert [index for page in found for index in page] == list(range(len(lengths)))
    assert all(len(page) <= MOST_SENTENCES for page in found)
    assert all(len(page) == 1 or sum(lengths[index] for index in page) <= MOST_WORDS for page in found)
