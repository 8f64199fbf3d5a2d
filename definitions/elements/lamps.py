"""When a lamp is lit, and which words it stands for. Pure: counts and spans in, states and strokes out.

One rule for all: an element is lit when at least two people and a third of those who answered see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from definitions.texts.tokens import Token

State = Literal["lit", "part", "out", "left-out"]
Span = tuple[int, int]  # half open, in UTF-16 units
Key = TypeVar("Key")

FEWEST = 2  # people who see it: one person's view is no agreement
SHARE = 3  # one of so many who answered
MOST_STROKES = 2  # on a word; more would hide it


def needed(answered: int) -> int:
    """How many have to see it, of so many who said *these words* or *not here*."""
    return max(FEWEST, -(-answered // SHARE))


def state_of(sees: int, answered: int, *, left_out: bool = False) -> State:
    """What is left out on purpose counts as complete, whoever sees it all the same."""
    if left_out:
        return "left-out"
    if sees >= needed(answered):
        return "lit"
    return "part" if sees else "out"


def complete(states: Sequence[State]) -> int:
    """How many pieces need nothing more."""
    return sum(state in ("lit", "left-out") for state in states)


def shared(words: Sequence[Token], spans: Sequence[Span]) -> list[int]:
    """For each word how many see it in there, if that is at least half of those who do; else 0.

    Where no word has half of them, the words that most agree on stand for all.
    """
    counts = [sum(start < word.end and end > word.start for start, end in spans) for word in words]
    enough = min(max(counts, default=0), -(-len(spans) // 2))
    return [count if count >= enough else 0 for count in counts]


@dataclass(frozen=True, slots=True)
class Stroke(Generic[Key]):
    """Words that are marked alike, with the blanks between them."""

    start: int
    end: int
    marks: tuple[Key, ...]


def strokes(words: Sequence[Token], seen: Sequence[tuple[Key, Sequence[Span]]]) -> list[Stroke[Key]]:
    """The marks on each word, at most two: those that most people see there, in the order of `seen`."""
    columns = [(key, shared(words, spans)) for key, spans in seen if spans]
    found: list[Stroke[Key]] = []
    before = -2
    for index, word in enumerate(words):
        here = [(number, key) for number, (key, counts) in enumerate(columns) if counts[index]]
        strongest = sorted(here, key=lambda mark: (-columns[mark[0]][1][index], mark[0]))[:MOST_STROKES]
        marks = tuple(key for _number, key in sorted(strongest, key=lambda mark: mark[0]))
        if not marks:
            continue
        if before == index - 1 and found[-1].marks == marks:
            found[-1] = Stroke(found[-1].start, word.end, marks)
        else:
            found.append(Stroke(word.start, word.end, marks))
        before = index
    return found
