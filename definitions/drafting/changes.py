"""Change sets on plain text: the arithmetic of joint drafting.

A change set says how one text becomes the next: sections, from left to right over the old text, of which each
keeps so many units, or takes out so many and puts words in their place. Lengths and places are in UTF-16 units.
Texts come and go as ordinary `str`; inside, the words of a change set are a unit string (see units.py).

The JSON form and the results of map, compose and invert are those of `ChangeSet` in @codemirror/state 6 (MIT
licence), which the browser uses; tests/definitions/drafting/test_against_codemirror.py compares the two. A text
is one text, and a newline is one unit like any other. Only JSON splits words at newlines,
`[5, [0, "x"], [3], [2, "ab", "cd"]]`: keep 5, put in "x", take out 3, put "ab\\ncd" in the place of 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias

from definitions.drafting.units import from_units, has_half, splits_pair
from definitions.drafting.units import text_hash as text_hash  # these three also for whoever uses change sets
from definitions.drafting.units import text_length as text_length
from definitions.drafting.units import to_units as to_units

MAX_LENGTH: Final = 1200  # units in a draft; the field itself stops at 1,000
MAX_SECTIONS: Final = 64  # in a change set as sent

Section: TypeAlias = tuple[int, str | None]  # (old units, unit string in their place; None: they are kept)
Run: TypeAlias = tuple[int, int]  # (units, seat of their author)

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")  # Unicode's Cc; a newline never stands inside a line


class ChangeError(ValueError):
    """A change set that can't be taken. `code` is for programs, `sentence` is for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def _malformed() -> ChangeError:
    return ChangeError("malformed", "This change could not be read. Reload the page and try again.")


def _mismatch() -> ChangeError:
    return ChangeError("length", "This change belongs to another version of the text. Reload the page.")


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One step from an old text to a new one. Sections are canonical, as `parse` and `_add` leave them."""

    sections: tuple[Section, ...]

    @classmethod
    def replace(cls, length: int, start: int, end: int, words: str) -> ChangeSet:
        """Put words in the place of units start..end of a text of `length` units."""
        if not 0 <= start <= end <= length:
            raise _mismatch()
        sections: list[Section] = []
        _add(sections, start, None)
        _add(sections, end - start, to_units(words))
        _add(sections, length - end, None)
        return cls(tuple(sections))

    @classmethod
    def parse(cls, data: object, length: int) -> ChangeSet:
        """Read decoded JSON as a change set for a text of `length` units.

        Strict, since what passes here goes on to every browser: there is one way to write a change set, and
        anything else raises ChangeError: malformed, sections, characters, too_long or length.
        """
        if type(data) is not list:
            raise _malformed()
        if len(data) > MAX_SECTIONS:
            raise ChangeError("sections", "This changes too many places at once. Change them one after another.")
        sections: list[Section] = []
        for item in data:
            section = (_natural(item), None) if type(item) is not list else _parse_change(item)
            count = len(sections)
            _add(sections, *section)
            if len(sections) == count:  # it was empty, or belonged to the one before
                raise _malformed()
        changes = cls(tuple(sections))
        if sum(len(insert or "") for _, insert in sections) > MAX_LENGTH:
            raise too_long()
        if changes.length != length:
            raise _mismatch()
        return changes

    @classmethod
    def stored(cls, data: list[int | list[int | str]]) -> ChangeSet:
        """Read what `to_json` of an accepted change set gave, which may have more sections than `parse` takes."""
        sections: list[Section] = []
        for item in data:
            if isinstance(item, int):
                sections.append((item, None))
            else:
                sections.append((int(item[0]), to_units("\n".join(map(str, item[1:])))))
        return cls(tuple(sections))

    def to_json(self) -> list[int | list[int | str]]:
        """The JSON form, ready for `json.dumps`; exactly CodeMirror's `toJSON()`."""
        parts: list[int | list[int | str]] = []
        for length, insert in self.sections:
            if insert is None:
                parts.append(length)
            elif not insert:
                parts.append([length])
            else:
                parts.append([length, *from_units(insert).split("\n")])
        return parts

    @property
    def length(self) -> int:
        """Units of the old text."""
        return sum([length for length, _ in self.sections])

    @property
    def new_length(self) -> int:
        """Units of the new text."""
        return sum([length if insert is None else len(insert) for length, insert in self.sections])

    @property
    def is_identity(self) -> bool:
        return not self.sections or len(self.sections) == 1 and self.sections[0][1] is None

    @property
    def inserted(self) -> str:
        """All words put in, one after another."""
        return from_units("".join([insert for _, insert in self.sections if insert]))

    def apply(self, text: str) -> str:
        """The new text. ChangeError "length" when the text is not of this change set's length."""
        return from_units(self._apply(to_units(text), None))

    def _apply(self, units: str, mark: str | None) -> str:
        """Apply to a unit string; with `mark`, every unit put in is written as that one character."""
        if len(units) != self.length:
            raise _mismatch()
        parts, at = [], 0
        for length, insert in self.sections:
            if insert is None:
                parts.append(units[at : at + length])
            else:
                parts.append(insert if mark is None else mark * len(insert))
            at += length
        return "".join(parts)

    def invert(self, text: str) -> ChangeSet:
        """The way back from the new text; `text` is the old one."""
        units = to_units(text)
        if len(units) != self.length:
            raise _mismatch()
        sections: list[Section] = []
        at = 0
        for length, insert in self.sections:
            sections.append((length, None) if insert is None else (len(insert), units[at : at + length]))
            at += length
        return ChangeSet(tuple(sections))

    def map(self, other: ChangeSet, before: bool = False) -> ChangeSet:
        """This change set as it reads after `other`, when both start from the same text.

        Where both put words at one place, this one's come first if `before`. For any two,
        `a` then `b.map(a, not before)` makes the same text as `b` then `a.map(b, before)`.
        Takes time in proportion to the sections of both together.
        """
        if self.length != other.length:
            raise _mismatch()
        if other.is_identity:
            return self
        out: list[Section] = []
        a, b = _Cursor(self.sections), _Cursor(other.sections)
        placed = -1  # the section of ours whose words are out already, while it is taken piece by piece
        while a.size != _DONE or b.size != _DONE:
            ours, theirs = a.size, b.size
            if ours == _KEEP and theirs == _KEEP:
                step = min(a.length, b.length)
                _add(out, step, None)
                a.forward(step)
                b.forward(step)
            elif theirs >= 0 and (ours < 0 or placed == a.index or not a.offset and b.length + before <= a.length):
                # Their change comes next: step over its words, and lose what it took out from under us.
                _add(out, theirs, None)
                left = b.length
                while left:
                    step = min(a.length, left)
                    if a.size >= 0 and placed < a.index and a.length <= step:
                        _add(out, 0, a.insert)
                        placed = a.index
                    a.forward(step)
                    left -= step
                b.next()
            else:
                # Our change comes next: take out what they have left of it, up to the next words of theirs.
                taken, left = 0, a.length
                while left:
                    if b.size == _KEEP:
                        step = min(left, b.length)
                        taken += step
                        left -= step
                        b.forward(step)
                    elif not b.size and b.length < left:
                        left -= b.length
                        b.next()
                    else:
                        break
                _add(out, taken, a.insert if placed < a.index else "")
                placed = a.index
                a.forward(a.length - left)
        return ChangeSet(tuple(out))

    def compose(self, other: ChangeSet) -> ChangeSet:
        """This change set and then `other`, which starts from this one's new text, as one."""
        if self.new_length != other.length:
            raise _mismatch()
        if self.is_identity or other.is_identity:
            return other if self.is_identity else self
        out: list[Section] = []
        a, b = _Cursor(self.sections), _Cursor(other.sections)
        joined = False  # the last section and the next piece are parts of one replacement
        while a.size != _DONE or b.size != _DONE:
            if a.size == 0:  # taken out by the first
                _add(out, a.length, "", joined)
                a.next()
            elif not b.length and b.size != _DONE:  # put in by the second
                _add(out, 0, b.insert, joined)
                b.next()
            else:
                step = min(a.length if a.size == _KEEP else a.size, b.length)
                count = len(out)
                theirs = b.insert if not b.offset else ""
                if a.size == _KEEP:
                    _add(out, step, None if b.size == _KEEP else theirs, joined)
                elif b.size == _KEEP:
                    words = a.insert or ""
                    _add(out, 0 if a.offset else a.length, words[a.offset : a.offset + step], joined)
                else:
                    _add(out, 0 if a.offset else a.length, theirs, joined)
                joined = (a.size > step or b.size >= 0 and b.length > step) and (joined or len(out) > count)
                a.forward_new(step)
                b.forward(step)
        return ChangeSet(tuple(out))

    def map_pos(self, pos: int, assoc: int = -1) -> int:
        """Where a place between two units of the old text lies in the new one.

        Words put in exactly there come after it with assoc -1, before it with assoc +1.
        """
        if not 0 <= pos <= self.length:
            raise _mismatch()
        old = new = 0
        for length, insert in self.sections:
            end = old + length
            if insert is None:
                if end > pos:
                    return new + pos - old
                new += length
            else:
                if end > pos or end == pos and assoc < 0 and not length:
                    return new if pos == old or assoc < 0 else new + len(insert)
                new += len(insert)
            old = end
        return new

    def map_span(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the words start..end lie in the new text, or None: an orphan, not one of its units is left.

        Words put in at its edges stay outside, words put in within belong to it.
        """
        if not 0 <= start <= end <= self.length:
            raise _mismatch()
        old = kept = 0
        for length, insert in self.sections:
            if insert is None:
                kept += max(0, min(end, old + length) - max(start, old))
            old += length
        return (self.map_pos(start, 1), self.map_pos(end, -1)) if kept else None

    def splits_pair(self, text: str) -> bool:
        """Whether an edge of this change set lies between the two halves of one character of the old text."""
        units = to_units(text)
        edge = 0
        for length, _ in self.sections[:-1]:
            edge += length
            if splits_pair(units, edge):
                return True
        return False


def rebase(mine: ChangeSet, mine_left: bool, row: ChangeSet, row_left: bool) -> ChangeSet:
    """`mine`, made from the same text as the accepted `row`, as it reads after that row.

    `left` says of a change that it goes on where its writer's last one ended. Such a change stays with its
    word: it comes before a row that doesn't, so that several people typing at one place don't shred each
    other's words. replica.js decides in the same way, from the other side.
    """
    return mine.map(row, before=mine_left and not row_left)


def authors(rows: Iterable[tuple[ChangeSet, int]], start: Sequence[Run] = ()) -> list[Run]:
    """Who wrote which unit, as runs (units, seat), after the rows (change set, its author's seat).

    `start` is the answer for the text before the first row. What is kept keeps its author; what is put in
    has the row's, who is not always the one who typed: a phrase taken from a proposal has the proposal's.
    """
    seats = "".join([chr(seat) * length for length, seat in start])  # one character a unit: slices are fast
    for changes, seat in rows:
        seats = changes._apply(seats, chr(seat))
    return [(len(list(run)), ord(seat)) for seat, run in groupby(seats)]


def too_long() -> ChangeError:
    return ChangeError("too_long", "The text would become too long. Take something out first.")


def _natural(item: object) -> int:
    """A whole number from 0 up. `True` and 1.0 are none; a number no text can have is none either."""
    if type(item) is not int or not 0 <= item <= 0x7FFFFFFF:
        raise _malformed()
    return item


def _parse_change(item: list[object]) -> Section:
    """Read `[taken out, line, line, ...]`."""
    if not item:
        raise _malformed()
    taken, lines = _natural(item[0]), item[1:]
    if len(lines) > MAX_LENGTH + 1:
        raise too_long()
    words: list[str] = []
    for line in lines:
        if not isinstance(line, str):
            raise _malformed()
        if _CONTROL.search(line) or has_half(line):
            raise ChangeError("characters", "This text has characters that can't be shown. Type it instead of pasting.")
        words.append(line)
    if words == [""]:
        raise _malformed()
    return taken, to_units("\n".join(words))


def _add(sections: list[Section], length: int, insert: str | None, join: bool = False) -> None:
    """Append a section, joined to the last where they are of one kind: this is what canonical means."""
    if not length and not insert:
        return
    if sections:
        last, words = sections[-1]
        if insert is None:
            if words is None:
                sections[-1] = (last + length, None)
                return
        elif words is not None and (join or not insert and not words or not length and not last):
            sections[-1] = (last + length, words + insert)
            return
    sections.append((length, insert))


_KEEP: Final = -1
_DONE: Final = -2


class _Cursor:
    """A place in a row of sections, which may be inside one of them."""

    __slots__ = ("sections", "index", "length", "insert", "size", "offset")

    def __init__(self, sections: tuple[Section, ...]) -> None:
        self.sections, self.index = sections, -1
        self.next()

    def next(self) -> None:
        self.index, self.offset = self.index + 1, 0
        if self.index < len(self.sections):
            self.length, self.insert = self.sections[self.index]
            self.size = _KEEP if self.insert is None else len(self.insert)
        else:
            self.length, self.insert, self.size = 0, None, _DONE

    def forward(self, step: int) -> None:
        """Go on by so many units of the old text."""
        if step == self.length:
            self.next()
        else:
            self.length -= step
            self.offset += step

    def forward_new(self, step: int) -> None:
        """Go on by so many units of the new text."""
        if self.size == _KEEP:
            self.forward(step)
        elif step == self.size:
            self.next()
        else:
            self.size -= step
            self.offset += step
