"""UTF-16 code units, in which joint drafting counts, because browsers do: "é" is one, "😀" is two.

A *unit string* is a text in which a character beyond U+FFFF stands as its two surrogate halves, so that one
item is one unit and slices are offsets. It never leaves the server: JSON and the database get texts.
"""

import re
import zlib
from typing import Final

_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def to_units(text: str) -> str:
    """The unit string of a text."""

    def halves(match: re.Match[str]) -> str:
        rest = ord(match[0]) - 0x10000
        return chr(0xD800 + (rest >> 10)) + chr(0xDC00 + (rest & 0x3FF))

    return _ASTRAL.sub(halves, text)


def from_units(units: str) -> str:
    """The text of a unit string: halves that stand side by side become one character."""
    if not _SURROGATE.search(units):
        return units
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def has_half(text: str) -> bool:
    """Whether there is half a character in a text: valid JSON, but nothing that UTF-8 or a database can hold."""
    return _SURROGATE.search(text) is not None


def splits_pair(units: str, at: int) -> bool:
    """Whether the place before unit `at` lies between the two halves of one character."""
    return 0 < at < len(units) and "\ud800" <= units[at - 1] <= "\udbff" and "\udc00" <= units[at] <= "\udfff"


def text_length(text: str) -> int:
    """How many units a text has, as JavaScript's `length` says."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_hash(text: str) -> int:
    """CRC-32 (as in zlib, unsigned) over the units, low byte first; `textHash` in replica.js is the same."""
    return zlib.crc32(text.encode("utf-16-le", "surrogatepass"))
