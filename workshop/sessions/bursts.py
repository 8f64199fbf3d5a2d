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

from .models import Participant, Round, WorkshopSession

Found = TypeVar("Found")


@dataclass
class Held:
    """A session that is locked for several commands; its revision is saved once, raised by one for each."""

    session: WorkshopSession
    people: dict[int, Participant]
    """Who sent them, as they were when the lock was taken; each until their own first command."""
    changes: int = 0
    known: dict[Hashable, Any] = field(default_factory=dict)


_held: ContextVar[Mapping[int, Held]] = ContextVar("held", default=MappingProxyType({}))


def held(session_id: int) -> Held | None:
    """None: the command that runs is alone."""
    return _held.get().get(session_id)


@contextmanager
def holding(locked: Iterable[WorkshopSession], senders: Iterable[Participant]) -> Iterator[list[Held]]:
    """For the commands of the block, which all work on sessions that are locked by now."""
    people = Participant.objects.in_bulk({sender.pk for sender in senders})
    all_held = {
        session.pk: Held(session, {one.pk: one for one in people.values() if one.session_id == session.pk})
        for session in locked
    }
    before = _held.set(all_held)
    try:
        yield list(all_held.values())
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


def look_at_person(person: Participant) -> None:
    """Their row as it is. From their second command on it is read again: the first may have changed it."""
    burst = held(person.session_id)
    now = burst.people.pop(person.pk, None) if burst else None
    if now is None:
        person.refresh_from_db()
        return
    for column in Participant._meta.concrete_fields:
        setattr(person, column.attname, getattr(now, column.attname))
