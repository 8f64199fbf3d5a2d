"""Where tagged words are while a text changes around them. Pure. Offsets count UTF-16 units.

A place follows every change. Its words count while they stand there as they were; a word that somebody takes out and
puts back is the same word again.
"""

from __future__ import annotations

from dataclasses import dataclass

from definitions.drafting.changes import ChangeSet
from definitions.drafting.units import from_units, to_units
from definitions.texts.tokens import Token, tokens


@dataclass(frozen=True, slots=True)
class Place:
    """`orphan`: nothing of the words was left at some moment. Then it is where they were, with all that came there."""

    start: int
    end: int
    orphan: bool = False


def follow(place: Place, changes: ChangeSet) -> Place:
    """The place after a change. What is typed at the edges of words stays outside, of an orphan it is inside."""
    span = None if place.orphan else changes.map_span(place.start, place.end)
    if span is not None:
        return Place(*span)
    return Place(changes.map_pos(place.start, -1), changes.map_pos(place.end, 1), orphan=True)


class Wording:
    """A text as its words."""

    def __init__(self, body: str) -> None:
        self.units = to_units(body)
        self.words: list[Token] = tokens(body)
        self._starts = {word.start for word in self.words}
        self._ends = {word.end for word in self.words}

    def __getitem__(self, span: slice) -> str:
        return from_units(self.units[span])

    def standing(self, place: Place, quotation: str) -> tuple[int, int] | None:
        """Where the quoted words are now; None: not in their place.

        They are in it where they touch it as whole words: so an undo finds them again, also one that put back only
        what had been taken out at an edge.
        """
        quoted = to_units(quotation)
        length, found = len(quoted), []
        at = self.units.find(quoted, max(0, place.start - length))
        while 0 <= at <= place.end:
            if at in self._starts and at + length in self._ends:
                found.append(at)
            at = self.units.find(quoted, at + 1)
        start = min(found, key=lambda at: abs(at - place.start), default=None)
        return None if start is None else (start, start + length)

    def words_at(self, start: int, end: int) -> tuple[int, int] | None:
        """The whole words that a span touches, without what stands between words at its edges."""
        inside = [word for word in self.words if word.start < end and word.end > start]
        return (inside[0].start, inside[-1].end) if inside else None


def gains_words(changes: ChangeSet) -> bool:
    """Whether a change puts a word in, or letters into one: where *not here* was said, it may be here now."""
    return any(character.isalnum() for character in changes.inserted)
