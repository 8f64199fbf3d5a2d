"""Simulated colleagues of a rehearsal: sent, kept, called back.

They run in a process of their own, perhaps on another machine than the one that is asked to stop them. So what holds
is a Capability: its token lets them join, its lease (`expires_at`) says that they are alive, and once it is revoked
they go.
"""

import secrets
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from workshop.accounts.models import User
from workshop.errors import Refused

from ..access import Actor, must_facilitate
from ..models import Capability, WorkshopSession
from ..queries import colleagues_out
from .changing import changing
from .people import hashed

LEASE = timedelta(seconds=20)


def send_colleagues(session: WorkshopSession, *, actor: Actor) -> str:
    """The token with which they join. One rehearsal at a time for everyone who facilitates; colleagues come once."""
    user = must_facilitate(actor, session)
    token = secrets.token_urlsafe(24)
    with changing(session) as locked:
        if not locked.rehearsal:
            raise Refused("no-rehearsal", _("Simulated colleagues come to a rehearsal only, never to a meeting."))
        if locked.capabilities.filter(scope=Capability.Scope.REHEARSE).exists():
            raise Refused("been-there", _("Its colleagues have come already. Rehearse again, in a new copy."))
        User.objects.select_for_update().get(pk=user.pk)  # two rehearsals that are begun at once have two locks
        if (other := colleagues_out(user)) is not None:
            raise Refused(
                "one-at-a-time",
                _("You are rehearsing “%(title)s”. Stop its colleagues first.") % {"title": other.title},
            )
        Capability.objects.create(
            session=locked,
            scope=Capability.Scope.REHEARSE,
            token_hash=hashed(token),
            expires_at=timezone.now() + LEASE,
        )
    return token


def keep_colleagues(session_id: int) -> bool:
    """They are alive: renew their lease. False: they have been called back, or the meeting is gone."""
    lease = Capability.objects.filter(session=session_id, scope=Capability.Scope.REHEARSE, revoked_at=None)
    return lease.update(expires_at=timezone.now() + LEASE) > 0


def stop_colleagues(session: WorkshopSession, *, actor: Actor) -> WorkshopSession:
    """Call them back. What they gave stays, and so do their names."""
    must_facilitate(actor, session)
    with changing(session, even_ended=True) as locked:
        locked.capabilities.filter(scope=Capability.Scope.REHEARSE, revoked_at=None).update(revoked_at=timezone.now())
    return locked
