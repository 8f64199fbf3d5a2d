"""What a step can be. An app of `definitions` registers its kinds here in its AppConfig.ready()."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from .agendas import TEMPLATES

Ids = Iterable[int]
"""Of people: a list of a few, or for all of a meeting the query that finds them, which goes into others as it is."""


def _nothing(round_: Any) -> None:
    """A hook that does nothing."""


def _always(of: Any) -> bool:
    return True


def _never(of: Any) -> bool:
    return False


def _nobody(round_: Any, participant_ids: Ids) -> dict[int, dict[str, Any]]:
    return {}


def _silent(round_: Any) -> str:
    return ""


def _one(round_: Any) -> int:
    return 1


def _unnamed(round_: Any, page: int) -> str:
    return ""


@dataclass(frozen=True)
class Kind:
    """One kind of step.

    The texts are lazy translations. `say` is the one sentence for the facilitator to say, `watch` the one thing to
    watch for. Hooks get the Round and run inside the transaction of the step command that calls them.
    """

    slug: str
    name: Any
    summary: Any
    prompt: Any
    say: Any
    watch: Any
    minutes: int
    asks: bool = True
    """People do something in it, so it counts who is done."""
    reveals: bool = False
    """What people give stays private until the facilitator reveals it."""
    seals: bool = False
    """It ends the meeting by sealing what was agreed, which asks first and can't be undone."""
    sources: tuple[str, ...] = ()
    """Kinds of earlier steps that it can start from."""
    why: Any = ""
    """Shown in the set-up: why it is in the agenda, and why just here."""
    paper: str = ""
    """How it looks in the paper kit: "cards", "sentence", "marks"; empty where paper is no help."""
    options: tuple["Option", ...] = ()
    on_open: Callable[[Any], None] = _nothing
    on_close: Callable[[Any], None] = _nothing
    on_reveal: Callable[[Any], None] = _nothing
    may_go_on: Callable[[Any], bool] = _always
    """Reopening an unrevealed round goes on with it; where this says no (a secret vote) it is a new round."""
    fits: Callable[[Any], bool] = _always
    """Whether a step has what it needs; *Next* goes past one that hasn't (a vote on a single sentence)."""
    anew: Callable[[Any], bool] = _never
    """Whether coming on to a step that has been open before opens it once more (a decision on a text since mended)."""
    protected: bool = False
    """It stands before the close and belongs to the end that is kept free for it."""
    mine: Callable[[Any, Ids], dict[int, dict[str, Any]]] = _nobody
    """What each participant has given in a round, for their own eyes: participant id → JSON object."""
    pages: Callable[[Any], int] = _one
    """How many pages the screen needs: for what has been revealed, or for what a step shows that reveals nothing."""
    page_name: Callable[[Any, int], str] = _unnamed
    """What the button says that turns to a page; nothing: its number."""
    so_far: Callable[[Any], str] = _silent
    """One line for a latecomer: what came of a round."""
    report: Callable[[Any], dict[str, Any] | None] = field(default=lambda round_: None)
    """What a revealed round adds to the frozen report."""


@dataclass(frozen=True)
class Option:
    """One setting of a step, as the set-up shows it: a switch, or with `choices` (value, label) one of them."""

    name: str
    label: Any
    hint: Any
    default: bool | str
    choices: tuple[tuple[str, Any], ...] = ()


_registry: dict[str, Kind] = {}


@dataclass(frozen=True)
class Joined:
    """What a later app adds to a kind of an earlier one: imports go to the left only, hooks may go to the right.

    Its hooks run after the kind's own; what they say is added to what that says.
    """

    options: tuple[Option, ...] = ()
    on_open: Callable[[Any], None] = _nothing
    mine: Callable[[Any, Ids], dict[int, dict[str, Any]]] = _nobody
    report: Callable[[Any], dict[str, Any] | None] = field(default=lambda round_: None)

    def to(self, kind: Kind) -> Kind:
        def on_open(round_: Any) -> None:
            kind.on_open(round_)
            self.on_open(round_)

        def mine(round_: Any, participant_ids: Ids) -> dict[int, dict[str, Any]]:
            own, more = kind.mine(round_, participant_ids), self.mine(round_, participant_ids)
            return {pk: {**own.get(pk, {}), **more.get(pk, {})} for pk in own.keys() | more.keys()}

        def report(round_: Any) -> dict[str, Any] | None:
            return {**(kind.report(round_) or {}), **(self.report(round_) or {})} or None

        options = (*kind.options, *self.options)
        return replace(kind, options=options, on_open=on_open, mine=mine, report=report)


def register(kind: Kind) -> None:
    if kind.slug in _registry:
        raise ValueError(f"The kind {kind.slug!r} is registered twice.")
    _registry[kind.slug] = kind


def join(slug: str, joined: Joined) -> None:
    """Add to a kind of an app that stands before one's own in INSTALLED_APPS."""
    _registry[slug] = joined.to(_registry[slug])


def get(slug: str) -> Kind:
    return _registry[slug]


def every() -> list[Kind]:
    """In the order of the whole meeting; kinds that are not part of it come last."""
    order = {planned.kind: place for place, planned in enumerate(TEMPLATES[0].steps)}
    return sorted(_registry.values(), key=lambda kind: order.get(kind.slug, len(order)))
