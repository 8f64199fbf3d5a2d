"""Who may do what: the one permission check. Every command calls it; there is no flag to skip it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from workshop.accounts.models import User
from workshop.errors import Refused

from .bursts import look_at_person
from .models import Participant, WorkshopSession

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

Actor = User | Participant


def may_facilitate(user: User | AnonymousUser | Participant, session: WorkshopSession) -> bool:
    if not isinstance(user, User) or not user.is_active:
        return False
    return session.owner_id == user.pk or session.memberships.filter(user=user).exists()


def must_facilitate(actor: Actor, session: WorkshopSession) -> User:
    if not isinstance(actor, User) or not may_facilitate(actor, session):
        raise Refused("facilitator-only", _("Only the facilitator can do that."))
    return actor


def must_own(actor: Actor, session: WorkshopSession) -> User:
    if not isinstance(actor, User) or session.owner_id != actor.pk:
        raise Refused("owner-only", _("Only the facilitator who made this meeting can do that."))
    return actor


def must_take_part(actor: Actor, session: WorkshopSession, *, now: Participant | None = None) -> Participant:
    """The actor's row as it is now: another tab may have removed them since their request began.

    `now`: that row, where it was read for several at once.
    """
    if not isinstance(actor, Participant) or actor.session_id != session.pk:
        raise Refused("not-in-this-meeting", _("You are not in this meeting. Join with the code on the screen."))
    if now is not None and now.pk == actor.pk:
        actor = now
    else:
        look_at_person(actor)
    if actor.removed_at is not None:
        raise Refused("removed", _("The facilitator has taken this phone out of the meeting. Please ask them."))
    return actor
