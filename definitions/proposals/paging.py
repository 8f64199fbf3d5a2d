"""How many sentences fit on the screen at once. Pure: their lengths in, pages out."""

from collections.abc import Sequence

MOST_SENTENCES = 12
MOST_WORDS = 260  # on one page, at a size that is read from ten meters


def pages(words: Sequence[int]) -> list[range]:
    """The sentences of each page, as ranges of indices; `words` has each one's length. A page has at least one."""
    found: list[range] = []
    start, total = 0, 0
    for index, count in enumerate(words):
        if index > start and (index - start == MOST_SENTENCES or total + count > MOST_WORDS):
            found.append(range(start, index))
            start, total = index, 0
        total += count
    if start < len(words):
        found.append(range(start, len(words)))
    return found
