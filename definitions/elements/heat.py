"""What the readers of one text saw in it: by word, by element, and where they differ. Pure."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, TypeVar

from .reliability import alpha

Mark = TypeVar("Mark", bound=Hashable)


@dataclass(frozen=True)
class Said(Generic[Mark]):
    """What one reader says of one mark: the numbers of the words; none of them: it is not there."""

    reader: int
    mark: Mark
    words: frozenset[int]


@dataclass(frozen=True)
class Share:
    """How many see something, of those who were asked and were sure."""

    seen: int
    asked: int


@dataclass(frozen=True)
class Split(Generic[Mark]):
    """Neighboring words in which some read one thing and some another: first and last word, and how many read which."""

    first: int
    last: int
    marks: tuple[Mark, Mark]
    readers: tuple[int, int]


@dataclass(frozen=True)
class Heat(Generic[Mark]):
    readers: int
    words: list[list[tuple[Mark, int]]]
    """For each word the marks that someone saw in it, with how many did; most first."""
    shares: dict[Mark, Share]
    splits: list[Split[Mark]]
    """The widest differences first."""
    alpha: float | None


def heat_of(words: int, marks: Sequence[Mark], said: Iterable[Said[Mark]]) -> Heat[Mark]:
    """`words`: how many the text has; `marks`: all that were asked about, in the order that settles what is level."""
    everything = list(said)
    seen: list[dict[Mark, set[int]]] = [defaultdict(set) for _word in range(words)]
    for entry in everything:
        for word in entry.words:
            seen[word][entry.mark].add(entry.reader)
    order = {mark: number for number, mark in enumerate(marks)}
    counts = [
        sorted(((mark, len(who)) for mark, who in at.items()), key=lambda pair: (-pair[1], order[pair[0]]))
        for at in seen
    ]
    readers = len({entry.reader for entry in everything})
    return Heat(
        readers,
        [sorted(at, key=lambda entry: -entry[1]) for at in counts],
        _shares(marks, everything),
        _splits(seen, marks, readers),
        alpha(_units(words, everything)),
    )


def _shares(marks: Sequence[Mark], said: Sequence[Said[Mark]]) -> dict[Mark, Share]:
    asked = Counter(entry.mark for entry in said)
    seen = Counter(entry.mark for entry in said if entry.words)
    return {mark: Share(seen[mark], asked[mark]) for mark in marks}


def _units(words: int, said: Sequence[Said[Mark]]) -> Iterable[list[int]]:
    """A unit for each word and mark: did a reader see this mark in this word? Who was not sure gives no value."""
    by_mark: dict[Mark, list[frozenset[int]]] = defaultdict(list)
    for entry in said:
        by_mark[entry.mark].append(entry.words)
    for seen in by_mark.values():
        for word in range(words):
            yield [int(word in marked) for marked in seen]


def _splits(seen: Sequence[dict[Mark, set[int]]], marks: Sequence[Mark], readers: int) -> list[Split[Mark]]:
    """A word is split between two marks where at least two readers, and a quarter of all, saw only the one, and as
    many only the other. Who saw both differs from nobody."""
    least = max(2, -(-readers // 4))
    found: list[Split[Mark]] = []
    for one, other in combinations(marks, 2):
        run: list[tuple[int, int, int]] = []
        for word in range(len(seen) + 1):
            at = seen[word] if word < len(seen) else {}
            only_one = len(at.get(one, set()) - at.get(other, set()))
            only_other = len(at.get(other, set()) - at.get(one, set()))
            if min(only_one, only_other) >= least:
                run.append((word, only_one, only_other))
            elif run:
                widest = max(run, key=lambda entry: min(entry[1:]))
                found.append(Split(run[0][0], run[-1][0], (one, other), widest[1:]))
                run = []
    return sorted(found, key=lambda split: (-min(split.readers), -sum(split.readers), split.first))


def in_words(value: float | None, readers: int) -> str:
    """A reliability as one of a few names: "alone", "same", "high", "fair", "low".

    The limits are Krippendorff's own: 0.8 to rely on, 0.667 for tentative conclusions.
    """
    if readers < 2:
        return "alone"
    if value is None:
        return "same"
    return "high" if value >= 0.8 else "fair" if value >= 0.667 else "low"
