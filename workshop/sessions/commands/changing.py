"""The frame of every command: one lock, one revision, one announcement, exactly once."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from workshop.accounts.models import User
from workshop.errors import Refused

from ..access import Actor
from ..models import Client, WorkshopSession

session_changed = Signal()
"""Sent with `session_id` after the commit. A hint: whoever misses it loses nothing but a moment."""


def announce(session_id: int) -> None:
    session_changed.send(sender=WorkshopSession, session_id=session_id)


@contextmanager
def changing(session: WorkshopSession, *, even_ended: bool = False) -> Iterator[WorkshopSession]:
    """Lock the session for the block, raise its revision last, and announce it once committed.

    Commands of one session run one after the other because of this lock; it is always taken before any other row's
    but a Client's.
    """
    with transaction.atomic():
        locked = WorkshopSession.objects.select_for_update().get(pk=session.pk)
        if locked.ended_at is not None and not even_ended:
            raise Refused("ended", _("This meeting has ended. What was agreed can't change anymore."))
        yield locked
        locked.revision += 1
        locked.save(update_fields=["revision"])
        transaction.on_commit(partial(announce, locked.pk))
    session.revision = locked.revision


def exactly_once(
    client_id: uuid.UUID, seq: int, *, owner: Actor, command: Callable[[], dict[str, Any] | None]
) -> dict[str, Any]:
    """Run a command for (client, seq) and keep its answer; asked again, give the kept answer and run nothing.

    The answer is {"ok": true, …} or {"ok": false, "error": {"code", "sentence"}}; a refusal uses up its seq too, so
    that a retry can't do later what was refused before.
    """
    with transaction.atomic():
        client = _locked_client(client_id, owner)
        if seq == client.last_seq:
            return dict(client.last_answer)
        if seq < client.last_seq:
            return {"ok": True, "earlier": True}
        try:
            with transaction.atomic():
                answer: dict[str, Any] = {"ok": True, **(command() or {})}
        except Refused as refusal:
            answer = {"ok": False, "error": {"code": refusal.code, "sentence": str(refusal)}}
        client.last_seq = seq
        client.last_answer = answer
        client.save(update_fields=["last_seq", "last_answer"])
    return answer


def _locked_client(client_id: uuid.UUID, owner: Actor) -> Client:
    owned_by = {"user": owner} if isinstance(owner, User) else {"participant": owner}
    client, _created = Client.objects.select_for_update().get_or_create(id=client_id, defaults=owned_by)
    mine = client.user_id == owner.pk if isinstance(owner, User) else client.participant_id == owner.pk
    if not mine:
        raise Refused("not-your-client", _("This tab belongs to someone else now. Reload the page."))
    return client
