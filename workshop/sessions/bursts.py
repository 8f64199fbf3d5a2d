"""Several commands under one lock of their session: what is read once for all of them.

One command alone reads everything itself, under its own lock.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from django.db.models import Model

from .models import Participant, Round, WorkshopSession

Found = TypeVar("Found")


@dataclass
class OwnRows:
    """What belongs to each sender by themselves, as it was when the first of them wanted it."""

    rows: Mapping[int, Any]
    unused: set[int]
    """Senders who had no use of theirs yet: from their second on it is read again, the first may have changed it."""


@dataclass
class Held:
    """A session that is locked for several commands; its revision is saved once, raised by one for each."""

    session: WorkshopSession
    senders: frozenset[int]
    """The people whose commands they are."""
    changes: int = 0
    touches: frozenset[int] | None = frozenset()
    on_phones: bool = False
    """What all of them together touch, as in `changing`."""
    known: dict[Hashable, Any] = field(default_factory=dict)
    own: dict[Hashable, OwnRows] = field(default_factory=dict)
    unsaved: list[Model] = field(default_factory=list)
    """New rows, for the end of the burst (commands/new_rows.py)."""


_held: ContextVar[Mapping[int, Held]] = ContextVar("held", default=MappingProxyType({}))


def held(session_id: int) -> Held | None:
    """None: the command that runs is alone."""
    return _held.get().get(session_id)


def all_held() -> Iterable[Held]:
    return _held.get().values()


@contextmanager
def holding(locked: Iterable[WorkshopSession], senders: Iterable[Participant]) -> Iterator[list[Held]]:
    """For the commands of the block, which all work on sessions that are locked by now."""
    by_session: dict[int, set[int]] = {}
    for sender in senders:
        by_session.setdefault(sender.session_id, set()).add(sender.pk)
    bursts = {session.pk: Held(session, frozenset(by_session.get(session.pk, ()))) for session in locked}
    before = _held.set(bursts)
    try:
        yield list(bursts.values())
    finally:
        _held.reset(before)


def read_once(session: WorkshopSession, what: Hashable, read: Callable[[], Found]) -> Found:
    """For what phones' commands leave as it is: read by the first that wants it.

    The session's lock keeps everyone else from changing it meanwhile.
    """
    if (burst := held(session.pk)) is None:
        return read()
    if what not in burst.known:
        burst.known[what] = read()
    found: Found = burst.known[what]
    return found


def look_at_round(round_: Round) -> None:
    """The round as it is under the session's lock. One that was read under it already needs no second look."""
    burst = held(round_.step.session_id)
    if burst is None or not any(known is round_ for known in burst.known.values()):
        round_.look_again()


def own_row(person: Participant, what: Hashable, read: Callable[[Iterable[int]], Mapping[int, Found]]) -> Found | None:
    """A row of theirs that only their own commands change, by `read` (participant ids → rows): once for all senders."""
    burst = held(person.session_id)
    if burst is None:
        return read([person.pk]).get(person.pk)
    if what not in burst.own:
        burst.own[what] = OwnRows(read(burst.senders), set(burst.senders))
    own = burst.own[what]
    if person.pk not in own.unused:
        return read([person.pk]).get(person.pk)
    own.unused.discard(person.pk)
    row: Found | None = own.rows.get(person.pk)
    return row


def look_at_person(person: Participant) -> None:
    """Their row as it is."""
    now = own_row(person, "person", Participant.objects.in_bulk)
    if now is None:
        raise Participant.DoesNotExist
    vars(person).update((name, value) for name, value in vars(now).items() if name != "_state")
