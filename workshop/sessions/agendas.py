"""Agendas to start from, and what *Next* does next. Pure: slugs, minutes and flags in, names out."""

from dataclasses import dataclass
from typing import Literal

Act = Literal["start", "close", "reveal", "page", "step", "seal", "end", "none"]


@dataclass(frozen=True)
class Agenda:
    """A named list of (kind, minutes) to begin a set-up with."""

    slug: str
    minutes: int
    steps: tuple[tuple[str, int], ...]


TEMPLATES = (
    Agenda(
        "department-meeting",
        45,
        (("welcome", 2), ("key-words", 6), ("propose", 8), ("vote", 5), ("draft", 16), ("close", 6)),
    ),
    Agenda(
        "huddle",
        20,
        (("welcome", 1), ("key-words", 3), ("propose", 4), ("vote", 2), ("draft", 6), ("close", 3)),
    ),
)


def template(slug: str) -> Agenda:
    return next(agenda for agenda in TEMPLATES if agenda.slug == slug)


@dataclass(frozen=True)
class Position:
    """Where the room is: what *Next* needs to know, and no more."""

    started: bool
    ended: bool
    reveals: bool
    closed: bool
    revealed: bool
    page: int
    pages: int
    has_next_step: bool
    seals: bool = False


def next_act(at: Position) -> Act:
    """What *Next* does: close, reveal, turn the page, then the next step; at the end, seal."""
    if at.ended:
        return "none"
    if not at.started:
        return "start"
    if at.reveals and not at.revealed:
        return "reveal" if at.closed else "close"
    if at.page < at.pages:
        return "page"
    if at.has_next_step:
        return "step"
    return "seal" if at.seals else "end"


def wants_second_press(act: Act, done: int, present: int) -> bool:
    """Closing on a fifth or more of the room who are not done wants a second press."""
    return act in ("close", "step") and present > 0 and (present - done) * 5 >= present
