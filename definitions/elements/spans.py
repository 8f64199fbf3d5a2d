"""Words of a text that are marked, perhaps by several things at once. Pure. Offsets count UTF-16 units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Mark = TypeVar("Mark")


@dataclass(frozen=True)
class Span(Generic[Mark]):
    """Half open: `end` is the first unit that is not in it."""

    start: int
    end: int
    mark: Mark


@dataclass(frozen=True)
class Segment(Generic[Mark]):
    """A stretch of a text in which the marks are the same throughout."""

    text: str
    marks: tuple[Mark, ...]


def segments(text: str, spans: Sequence[Span[Mark]]) -> list[Segment[Mark]]:
    """The whole text, cut wherever a span begins or ends; in each piece the marks are in the order of `spans`."""
    units = text.encode("utf-16-le")
    cuts = sorted({0, len(units) // 2, *(cut for span in spans for cut in (span.start, span.end))})
    cuts = [cut for cut in cuts if 0 <= cut <= len(units) // 2]
    found = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        marks = tuple(span.mark for span in spans if span.start <= start and end <= span.end)
        found.append(Segment(units[2 * start : 2 * end].decode("utf-16-le", "replace"), marks))
    return found


def place(text: str, words: str, mark: Mark) -> Span[Mark] | None:
    """Where the words stand for the first time; None where they don't."""
    at = text.find(words)
    if at < 0:
        return None
    start = len(text[:at].encode("utf-16-le")) // 2
    return Span(start, start + len(words.encode("utf-16-le")) // 2, mark)


def placed(text: str, words: Iterable[tuple[str, Mark]]) -> list[Span[Mark]]:
    return [span for each, mark in words if (span := place(text, each, mark)) is not None]
