"""How far a room agrees. Pure: scales, and counts in, what came of a round out.

Gradients of agreement (after Kaner, 1996): one no is not a veto, and a yes may carry a reservation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Literal

Side = Literal["for", "aside", "against"]
SIDES: tuple[Side, ...] = ("for", "aside", "against")
Ending = Literal["agreed", "agreed-with-reservations", "working-sentence"]

FEW = 7  # with fewer answers a result can be guessed back to people: it is told coarsely


@dataclass(frozen=True)
class Level:
    """One step of a scale. Whoever is `aside` has answered, and leaves the result to the others."""

    slug: str
    side: Side
    reserves: bool = False
    """It comes with a reason, and with the words that it is about."""


GLADLY = Level("gladly", "for")
SMALL_POINT = Level("small-point", "for", reserves=True)
SUPPORT = Level("support", "for")
CHANGE = Level("change", "for", reserves=True)
ASIDE = Level("aside", "aside")
TALK = Level("talk", "against", reserves=True)
NOT_YET = Level("not-yet", "against", reserves=True)
NO = Level("no", "against", reserves=True)

# The most willing first. By how many steps a scale has.
SCALES: dict[str, tuple[Level, ...]] = {
    "3": (GLADLY, CHANGE, NOT_YET),
    "5": (GLADLY, SUPPORT, CHANGE, NOT_YET, NO),
    "8": (GLADLY, SMALL_POINT, SUPPORT, CHANGE, ASIDE, TALK, NOT_YET, NO),
}

LEVELS = sorted({level.slug for scale in SCALES.values() for level in scale})
REASONS = ("unclear", "not-us", "too-much", "missing", "wording")
THRESHOLDS = ("2/3", "3/4", "9/10", "1/1")
TURNOUTS = ("1/2", "2/3", "3/4", "1/1")


def level_of(scale: str, slug: str) -> Level | None:
    return next((level for level in SCALES[scale] if level.slug == slug), None)


@dataclass(frozen=True)
class Outcome:
    """What came of a round: `counts` hold a number for every level of the scale, hands included."""

    scale: str
    counts: Mapping[str, int]
    hands: int
    present: int
    threshold: str
    turnout: str

    @cached_property
    def answers(self) -> int:
        return sum(self.counts.values())

    def on_side(self, side: Side) -> int:
        return sum(self.counts[level.slug] for level in SCALES[self.scale] if level.side == side)

    @property
    def supporters(self) -> int:
        return self.on_side("for")

    @property
    def taking_sides(self) -> int:
        """Of whom the threshold is a share: all who answered but those who stand aside."""
        return self.answers - self.on_side("aside")

    @property
    def needed(self) -> int:
        """How many supporters would do."""
        return max(1, ceil(Fraction(self.threshold) * self.taking_sides))

    @property
    def answers_needed(self) -> int:
        return max(1, ceil(Fraction(self.turnout) * self.present))

    @property
    def enough_answered(self) -> bool:
        return self.answers >= self.answers_needed

    @property
    def reached(self) -> bool:
        return self.enough_answered and self.supporters >= self.needed

    @property
    def reserved(self) -> int:
        return sum(self.counts[level.slug] for level in SCALES[self.scale] if level.reserves)

    @property
    def coarse(self) -> bool:
        return self.answers < FEW

    def ending(self, settled: int = 0) -> Ending:
        """How the meeting ends, if the sentence stays; `settled`: reservations that their people call settled."""
        if not self.reached:
            return "working-sentence"
        return "agreed-with-reservations" if self.reserved > settled else "agreed"


def outcome(
    scale: str,
    stances: Mapping[str, int],
    hands: Mapping[str, int],
    *,
    present: int,
    threshold: str,
    turnout: str,
) -> Outcome:
    """Count answers from phones and hands. Levels that the scale does not have are not counted.

    `present`: who was here when the round closed; never fewer than those who answered.
    """
    counts = {level.slug: stances.get(level.slug, 0) + hands.get(level.slug, 0) for level in SCALES[scale]}
    raised = sum(hands.get(level.slug, 0) for level in SCALES[scale])
    return Outcome(scale, counts, raised, max(present, sum(counts.values())), threshold, turnout)
