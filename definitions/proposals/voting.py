"""Voting rules. Pure: options and ballots in, result out. One interface, so that a step can name its rule."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

OptionId = int
Ballot = frozenset[OptionId]


@dataclass(frozen=True)
class Result:
    """`tally` is in the order of the result: most support first, equal ones in the order they were given."""

    tally: tuple[tuple[OptionId, int], ...]
    ballots: int
    hands: int = 0

    @property
    def leaders(self) -> tuple[OptionId, ...]:
        """Everyone with the most support; more than one is a tie, none means that nobody supported anything."""
        best = self.tally[0][1] if self.tally else 0
        return tuple(option for option, support in self.tally if support == best) if best else ()


Rule = Callable[[Iterable[OptionId], Iterable[Ballot], Mapping[OptionId, int]], Result]


def approval(options: Iterable[OptionId], ballots: Iterable[Ballot], hands: Mapping[OptionId, int]) -> Result:
    """Approval voting (Brams and Fishburn, 1978): mark every option that you support; the most marks lead.

    `hands` are marks counted in the room for people without a phone. Marks for unknown options are not counted.
    """
    order = list(dict.fromkeys(options))
    cast = list(ballots)
    marks: Counter[OptionId] = Counter({option: hands.get(option, 0) for option in order})
    for ballot in cast:
        marks.update(option for option in ballot if option in marks)
    tally = sorted(((option, marks[option]) for option in order), key=lambda entry: -entry[1])
    return Result(tuple(tally), len(cast), max(hands.values(), default=0))


RULES: dict[str, Rule] = {"approval": approval}
