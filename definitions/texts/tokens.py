"""The one tokenizer: where the words of a text are. Pure. Offsets count UTF-16 units, as browsers do."""

from dataclasses import dataclass

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
