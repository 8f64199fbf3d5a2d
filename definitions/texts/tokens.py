"""The one tokenizer: where the words of a text are. Pure. Offsets count UTF-16 units, as browsers do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

VERSION = 1

# A word is a run of letters, digits and marks, with apostrophes and hyphens inside it. Scripts that write without
# blanks count one word a character: static/js/parts/words.js holds the same pattern.
_ALONE = r"[\p{Han}\p{Hiragana}\p{Katakana}ー]"
_RUN = rf"(?:(?!{_ALONE})[\p{{L}}\p{{M}}\p{{N}}])+"
PATTERN = rf"{_ALONE}\p{{M}}*|{_RUN}(?:['’‑-]{_RUN})*"
_WORD = regex.compile(PATTERN)


@dataclass(frozen=True)
class Token:
    start: int
    end: int
    word: str


def utf16_length(text: str) -> int:
    return len(text) + sum(ord(character) > 0xFFFF for character in text)


def tokens(text: str) -> list[Token]:
    """Every word with its half-open span in UTF-16 units."""
    found: list[Token] = []
    at, offset = 0, 0
    for match in _WORD.finditer(text):
        offset += utf16_length(text[at : match.start()])
        at = match.end()
        length = utf16_length(match.group())
        found.append(Token(offset, offset + length, match.group()))
        offset += length
    return found


def word_count(text: str) -> int:
    return sum(1 for _match in _WORD.finditer(text))


def words_in(found: Sequence[Token], spans: Iterable[Sequence[int]]) -> frozenset[int]:
    """The numbers of the words that spans (start, end) touch."""
    return frozenset(
        number for start, end in spans for number, token in enumerate(found) if token.start < end and token.end > start
    )


def spans_of(found: Sequence[Token], words: Iterable[int]) -> list[list[int]]:
    """Words by their numbers as spans [start, end]; neighbors are one span."""
    spans: list[list[int]] = []
    last = None
    for number in sorted(set(words)):
        if last is not None and number == last + 1:
            spans[-1][1] = found[number].end
        else:
            spans.append([found[number].start, found[number].end])
        last = number
    return spans


@dataclass(frozen=True)
class Piece:
    """A stretch of a text as people see it: a word with the signs that cling to it, or what lies between two."""

    text: str
    word: int | None = None
    """Which word of the text it is, from 0."""


def pieces(text: str) -> list[Piece]:
    """The whole text: signs that stand beside a word without a blank go with it, so that a tap takes its full stop."""
    found: list[Piece] = []
    number = 0
    for run in regex.findall(r"\s+|\S+", text):
        starts = [match.start() for match in _WORD.finditer(run)]
        if not starts:
            found.append(Piece(run))
            continue
        cuts = [0, *starts[1:], len(run)]
        for start, end in pairwise(cuts):
            found.append(Piece(run[start:end], number))
            number += 1
    return found
