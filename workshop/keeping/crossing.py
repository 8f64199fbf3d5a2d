"""Crossing out one person's words in what several wrote, so that all places and lengths stay as they are.

Pure. Every character becomes a cross for each of its UTF-16 units; blanks and line ends stay.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from definitions.drafting.changes import ChangeSet
from definitions.drafting.units import from_units, to_units

CROSS = "x"


def crossed_out(text: str) -> str:
    return re.sub(r"\S", CROSS, to_units(text))


def cross_out_rows(rows: Sequence[tuple[ChangeSet, int]], seat: int, agreed: tuple[int, str] | None) -> list[ChangeSet]:
    """The rows (change set, its author's seat) of a draft without the words that `seat` put in.

    `agreed`: a version and the text that the room made of it. The words of that version that stand in that text stay,
    whoever wrote them.
    """
    kept = _agreed_units(rows, *agreed) if agreed is not None else set()
    crossed = []
    for number, (changes, author) in enumerate(rows):
        sections, at = [], 0
        for length, insert in changes.sections:
            if insert is not None:
                places = range(at, at + len(insert))
                at += len(insert)
                if author == seat:
                    units = zip(places, insert, strict=True)
                    insert = "".join(unit if (number, k) in kept else crossed_out(unit) for k, unit in units)
            sections.append((length, insert))
        crossed.append(ChangeSet(tuple(sections)))
    return crossed


Unit = tuple[int, int]
"""One unit of a draft for ever: the row that put it in, and its how-manieth of that row's."""


def _agreed_units(rows: Sequence[tuple[ChangeSet, int]], version: int, agreed: str) -> set[Unit]:
    standing = _standing_at(rows, version)
    body = to_units(bodies([changes for changes, _author in rows], {version})[version])
    words, others = list(re.finditer(r"\S+", body)), re.findall(r"\S+", to_units(agreed))
    blocks = SequenceMatcher(None, [word.group() for word in words], others, autojunk=False).get_matching_blocks()
    same = [word for block in blocks for word in words[block.a : block.a + block.size]]
    return {unit for word in same for unit in standing[word.start() : word.end()]}


def _standing_at(rows: Sequence[tuple[ChangeSet, int]], version: int) -> list[Unit]:
    """The units of the text at a version."""
    standing: list[Unit] = []
    for number, (changes, _author) in enumerate(rows[:version]):
        after: list[Unit] = []
        old = new = 0
        for length, insert in changes.sections:
            if insert is None:
                after += standing[old : old + length]
            else:
                after += [(number, new + k) for k in range(len(insert))]
                new += len(insert)
            old += length
        standing = after
    return standing


def bodies(rows: Sequence[ChangeSet], versions: set[int]) -> dict[int, str]:
    """The text at each of these versions."""
    found, body = {0: ""}, ""
    for version, changes in enumerate(rows, start=1):
        body = changes.apply(body)
        if version in versions:
            found[version] = body
    return found


def follow(text: str, before: str, after: str) -> str:
    """`text`, which was made from `before`, with the crosses that `after` has in its place.

    What stands in `text` alone, as where a spelling was put right, stays.
    """
    units, old, new = to_units(text), to_units(before), to_units(after)
    followed = list(units)
    for block in SequenceMatcher(None, old, units, autojunk=False).get_matching_blocks():
        followed[block.b : block.b + block.size] = new[block.a : block.a + block.size]
    return from_units("".join(followed))


def cut(text: str, start: int, end: int) -> str:
    return from_units(to_units(text)[start:end])
