"""Agendas to start from, and what *Next* does next. Pure: slugs, minutes and flags in, names out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Act = Literal["start", "close", "reveal", "page", "step", "seal", "end", "none"]


@dataclass(frozen=True)
class Planned:
    """A step of a template; `settings` are options of its kind that differ from their defaults."""

    kind: str
    minutes: int
    settings: Mapping[str, bool | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Agenda:
    """A named list of steps to begin a set-up with."""

    slug: str
    minutes: int
    steps: tuple[Planned, ...]


TEMPLATES = (
    Agenda(
        "department-meeting",
        45,
        (
            Planned("welcome", 2),
            Planned("key-words", 5),
            Planned("samples", 4),
            Planned("propose", 6),
            Planned("vote", 3),
            Planned("tag", 4),
            Planned("draft", 9),
            Planned("decide", 6),
            Planned("close", 4),
        ),
    ),
    Agenda(
        "huddle",
        20,
        (
            Planned("welcome", 1),
            Planned("key-words", 2),
            Planned("samples", 2, {"whole": True}),
            Planned("propose", 3),
            Planned("vote", 2),
            Planned("draft", 5),
            Planned("decide", 2),
            Planned("close", 2),
        ),
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
