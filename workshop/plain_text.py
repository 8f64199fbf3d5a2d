"""Reading what people typed. Pure: any string in, plain text or a reason out."""

import unicodedata
from functools import lru_cache

import regex

MAX_MARKS = 4
_MARKS = regex.compile(rf"(\p{{M}}{{{MAX_MARKS}}})\p{{M}}+")
_BLANKS = regex.compile(r"[^\S\n]+")
_LINES = regex.compile(r"\s*\n\s*")
# Bidirectional embeddings and overrides would reorder the text around them; isolates and marks are left, since
# right-to-left languages need them.
_REORDERING = regex.compile(r"[\u202a-\u202e]")
_VISIBLE = regex.compile(r"[^\p{Cf}\p{Z}\p{M}\n]")


class Unreadable(ValueError):
    """The text holds something that no keyboard makes."""


def clean(value: str, *, lines: bool = False) -> str:
    """Normalize to NFC, fold white space, trim; keep line breaks only where `lines` is set.

    At most four combining marks stand on one letter: more of them would paint over the neighboring lines. A text in
    which there is nothing to see is empty.
    Raises Unreadable on NUL, control characters and half surrogate pairs.
    """
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    for character in value:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in "\n\t"):
            raise Unreadable(f"U+{ord(character):04X}")
    value = unicodedata.normalize("NFC", _REORDERING.sub("", value))
    value = _MARKS.sub(r"\1", value)
    value = _BLANKS.sub(" ", value)
    value = _LINES.sub("\n" if lines else " ", value)
    return value.strip() if _VISIBLE.search(value) else ""


@lru_cache(maxsize=4096)  # everyone who joins is compared with all who are there
def skeleton(value: str) -> str:
    """What a hurried eye sees of a short text: no case, no accents, no punctuation, single blanks."""
    folded = unicodedata.normalize("NFKD", value).casefold()
    letters = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(regex.findall(r"[\p{L}\p{N}]+", letters))


def told_apart(name: str, taken: list[str], longest: int = 40) -> str:
    """The name, with a number behind it when one that looks like it is taken: Ben, Ben 2, Ben 3."""
    seen = {skeleton(other) or other for other in taken}
    shown, number = name, 1
    while (skeleton(shown) or shown) in seen:
        number += 1
        shown = f"{name[: longest - len(f' {number}')].rstrip()} {number}"
    return shown
