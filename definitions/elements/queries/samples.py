"""The sample that a meeting takes apart."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from workshop.sessions.models import Round, Step

from .. import published
from ..models import Element
from ..spans import Segment, placed, segments
from .sets import elements_of, set_slug


@dataclass(frozen=True)
class TakenApart:
    """A sample as the room sees it now: the pieces that are in place, and the one that is being placed."""

    sample: published.Sample
    pieces: list[Element]
    placed: int
    segments: list[Segment[Element]]

    @property
    def current(self) -> Element | None:
        return self.pieces[self.placed - 1] if 0 < self.placed <= len(self.pieces) else None

    @property
    def lit(self) -> str:
        return "".join(piece.hue for piece in self.pieces[: self.placed])


def sample_of(step: Step) -> published.Sample:
    """The one that the step names, else the one that the meeting's element set comes with."""
    slug = step.setting("sample") or published.set_named(set_slug(step.session)).sample
    return published.sample_named(str(slug))


def pieces_of(step: Step) -> list[Element]:
    """The meeting's elements that the sample has, in the order of the set."""
    marks = sample_of(step).marks
    return [element for element in elements_of(step.session) if element.key in marks]


def pages(round_: Round) -> int:
    """The sentence alone, a page for each piece, then all in place; or that at once."""
    pieces = pieces_of(round_.step)
    return len(pieces) + 2 if pieces and not round_.step.setting("whole") else 1


def page_name(round_: Round, page: int) -> str:
    pieces = pieces_of(round_.step)
    return pieces[page - 2].name if 1 < page <= len(pieces) + 1 else _("All in place")


def taken_apart(round_: Round) -> TakenApart:
    sample, pieces = sample_of(round_.step), pieces_of(round_.step)
    count = len(pieces) + 1 if round_.step.setting("whole") else round_.page - 1
    spans = placed(sample.text, [(sample.marks[piece.key], piece) for piece in pieces[:count]])
    return TakenApart(sample, pieces, count, segments(sample.text, spans))


@dataclass(frozen=True)
class Practice:
    """Before the first piece is placed, phones try a tap: which words say it? Nothing of it is sent."""

    element: Element
    words: list[tuple[str, bool]]  # as they stand in the sentence, and whether they are among those that say it


def practice(taken: TakenApart) -> Practice | None:
    if taken.placed or not taken.pieces:
        return None
    first, text = taken.pieces[0], taken.sample.text
    start = text.index(taken.sample.marks[first.key])
    end = start + len(taken.sample.marks[first.key])
    words = re.finditer(r"\S+", text)
    return Practice(first, [(word[0], word.start() < end and word.end() > start) for word in words])


def samples_report(round_: Round) -> dict[str, Any]:
    sample = sample_of(round_.step)
    return {"sample": {"text": sample.text, "author": sample.author}}
