"""The frame of every command: one lock, one revision, one announcement, exactly once."""

import logging
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.dispatch import Signal
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from workshop import fail_points
from workshop.accounts.models import User
from workshop.errors import Refused

from ..access import Actor
from ..bursts import held, holding
from ..models import Client, Participant, WorkshopSession
from .new_rows import dropped_on_failure, save_all

log = logging.getLogger(__name__)

session_changed = Signal()
"""Sent with `session_id` and `change` (a Change, or None: it may be anything) after the commit.

A hint: whoever misses it loses nothing but a moment.
"""


@dataclass(frozen=True)
class Change:
    """What pages show another way now than at the revision before."""

    since: int
    revision: int
    touches: tuple[int, ...] | None
    """Participants whose own (`mine`) it may be in; None: anyone's."""
    on_phones: bool
    """It may be in the panels of phones, as in those of the desk and the screen."""


def announce(session_id: int, change: Change | None = None) -> None:
    fail_points.passing("committed")
    session_changed.send(sender=WorkshopSession, session_id=session_id, change=change)
    fail_points.passing("announced")


@contextmanager
def changing(
    session: WorkshopSession,
    *,
    even_ended: bool = False,
    touches: Collection[Participant] | None = None,
    on_phones: bool = True,
) -> Iterator[WorkshopSession]:
    """Lock the session for the block, raise its revision last, and announce it once committed.

    Commands of one session run one after the other because of this lock; it is always taken before any other row's
    but a Client's. `touches`: whose own (`mine`) may change by it, where it isn't anyone's; so that nobody else's is
    read anew. `on_phones` false: no panel of a phone shows it, so that none is drawn anew.
    """
    if (burst := held(session.pk)) is not None:
        _must_go_on(burst.session, even_ended)
        yield burst.session
        burst.changes += 1
        burst.touches = _joined(burst.touches, _ids(touches))
        burst.on_phones |= on_phones
        return
    with transaction.atomic():
        locked = WorkshopSession.objects.select_for_update().get(pk=session.pk)
        _must_go_on(locked, even_ended)
        yield locked
        _raise_revision(locked, touches=_ids(touches), on_phones=on_phones)
    session.revision = locked.revision


def _must_go_on(session: WorkshopSession, even_ended: bool) -> None:
    if session.ended_at is not None and not even_ended:
        raise Refused("ended", _("This meeting has ended. What was agreed can't change anymore."))


def _ids(people: Collection[Participant] | None) -> frozenset[int] | None:
    return None if people is None else frozenset(person.pk for person in people)


def _joined(some: frozenset[int] | None, others: frozenset[int] | None) -> frozenset[int] | None:
    return None if some is None or others is None else some | others


def _raise_revision(locked: WorkshopSession, *, touches: frozenset[int] | None, on_phones: bool, by: int = 1) -> None:
    since = locked.revision
    locked.revision += by
    locked.save(update_fields=["revision"])
    change = Change(since, locked.revision, None if touches is None else tuple(sorted(touches)), on_phones)
    transaction.on_commit(partial(announce, locked.pk, change))


Answer = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A command as it came: the `seq`-th of this client."""

    client_id: uuid.UUID
    seq: int
    owner: Actor
    command: Callable[[], Answer | None]
    language: str = ""
    """Of whoever gets the answer; empty: the one that is active."""


def exactly_once(client_id: uuid.UUID, seq: int, *, owner: Actor, command: Callable[[], Answer | None]) -> Answer:
    """Run a command for (client, seq) and keep its answer; asked again, give the kept answer and run nothing.

    The answer is {"ok": true, …} or {"ok": false, "error": {"code", "sentence"}}; a refusal uses up its seq too, so
    that a retry can't do later what was refused before.
    """
    asked = Asked(client_id, seq, owner, command)
    with transaction.atomic():
        client = _locked_clients([asked])[client_id]
        answer = _once(client, asked)
        client.save(update_fields=["last_seq", "last_answer"])
    return answer


def each_once(asked: Sequence[Asked]) -> list[Answer | None]:
    """`exactly_once` for many, in one transaction, in their order. One that fails, fails alone.

    None: it broke in an unforeseen way. Nothing of it is kept, its seq neither; it may come again.
    """
    with transaction.atomic():
        clients = _locked_clients(asked)
        senders = [one.owner for one in asked if isinstance(one.owner, Participant)]
        # Once for all of them: a lock that was taken in one command's savepoint would go with it.
        sessions = WorkshopSession.objects.select_for_update().order_by("pk")
        locked = sessions.in_bulk({sender.session_id for sender in senders})
        with holding(locked.values(), senders) as bursts:
            answers = [_once_among_others(clients[one.client_id], one) for one in _saving_between(asked)]
            save_all()
        for burst in bursts:
            if burst.changes:
                _raise_revision(burst.session, touches=burst.touches, on_phones=burst.on_phones, by=burst.changes)
        Client.objects.bulk_create(
            clients.values(),
            update_conflicts=True,  # they are all there: this is an update, and one of many is quicker so
            unique_fields=["id"],
            update_fields=["last_seq", "last_answer"],
        )
    return answers


def _saving_between(asked: Sequence[Asked]) -> Iterator[Asked]:
    """Whoever comes a second time finds what their first command made."""
    came: set[Actor] = set()
    for one in asked:
        if one.owner in came:
            came.clear()
            save_all()
        came.add(one.owner)
        yield one


def refusal(refused: Refused) -> Answer:
    return {"ok": False, "error": {"code": refused.code, "sentence": str(refused)}}


def _once_among_others(client: Client, asked: Asked) -> Answer | None:
    try:
        with override(asked.language or get_language()):
            return _once(client, asked)
    except Refused as refused:
        return refusal(refused)
    except Exception:
        log.exception("A command among others failed")
        return None


def _once(client: Client, asked: Asked) -> Answer:
    """Its answer, which `client` keeps from then on; whoever calls saves that, in the transaction of the command."""
    owner = asked.owner
    mine = client.user_id == owner.pk if isinstance(owner, User) else client.participant_id == owner.pk
    if not mine:
        raise Refused("not-your-client", _("This tab belongs to someone else now. Reload the page."))
    if asked.seq == client.last_seq:
        return dict(client.last_answer)
    if asked.seq < client.last_seq:
        return {"ok": True, "earlier": True}
    try:
        with _failing_alone():
            answer: Answer = {"ok": True, **(asked.command() or {})}
    except Refused as refused:
        answer = refusal(refused)
    client.last_seq, client.last_answer = asked.seq, answer
    return answer


@contextmanager
def _failing_alone() -> Iterator[None]:
    """What the block wrote is undone if it fails, and nothing else of the transaction.

    Its savepoint is made before the first statement that writes: a command that leaves its rows for later needs none.
    (Where reading fails, PostgreSQL fails all that follows: a burst is then sent again, each command alone.)
    """
    savepoint: str | None = None

    def make_before_writing(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal savepoint
        if savepoint is None and not sql.startswith("SELECT"):
            savepoint = ""  # the statement that makes it comes by here as well
            savepoint = transaction.savepoint()
        return execute(sql, *rest)

    try:
        with connection.execute_wrapper(make_before_writing), dropped_on_failure():
            yield
    except BaseException:
        if savepoint:
            transaction.set_rollback(False)  # a block within the command may have asked for all of it
            transaction.savepoint_rollback(savepoint)
        raise
    if savepoint:
        transaction.savepoint_commit(savepoint)


def _locked_clients(asked: Sequence[Asked]) -> dict[uuid.UUID, Client]:
    """All of them before any session, and in one order: so that no two transactions wait for each other."""
    wanted = {
        one.client_id: Client(id=one.client_id, **{"user" if isinstance(one.owner, User) else "participant": one.owner})
        for one in sorted(asked, key=lambda one: one.client_id)
    }
    rows = Client.objects.select_for_update().order_by("id")
    clients = rows.in_bulk(wanted)
    if len(clients) < len(wanted):
        Client.objects.bulk_create(wanted.values(), ignore_conflicts=True)
        clients = rows.in_bulk(wanted)
    return clients
