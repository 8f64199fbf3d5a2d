"""Rights that travel as links: the screen on another machine, the outcome, a co-facilitator."""

import secrets

from django.utils import timezone
from django.utils.translation import gettext as _

from workshop.accounts.models import User
from workshop.errors import Refused

from ..access import Actor, must_facilitate, must_own
from ..models import Capability, Membership, WorkshopSession
from .changing import changing
from .people import hashed

LINK_SCOPES = (Capability.Scope.SCREEN, Capability.Scope.OUTCOME, Capability.Scope.CO_FACILITATE)


def issue_link(session: WorkshopSession, *, actor: Actor, scope: str) -> str:
    """A token for one scope. It is shown once, and only its hash is kept."""
    if scope not in LINK_SCOPES:
        raise Refused("no-such-link", _("There is no such link."))
    if scope == Capability.Scope.CO_FACILITATE:
        must_own(actor, session)
    else:
        must_facilitate(actor, session)
    token = secrets.token_urlsafe(24)
    with changing(session, even_ended=True) as locked:
        Capability.objects.create(session=locked, scope=scope, token_hash=hashed(token))
    return token


def withdraw_links(session: WorkshopSession, *, actor: Actor, scope: str) -> int:
    """Withdraw every link of a scope; with the co-facilitators' links their seats at the desk go too."""
    if scope == Capability.Scope.CO_FACILITATE:
        must_own(actor, session)
    else:
        must_facilitate(actor, session)
    with changing(session, even_ended=True) as locked:
        if scope == Capability.Scope.CO_FACILITATE:
            locked.memberships.all().delete()
        return locked.capabilities.filter(scope=scope, revoked_at__isnull=True).update(revoked_at=timezone.now())


def holder_of(token: str, scope: str) -> Capability:
    """The live capability behind a token, or a refusal."""
    capability = (
        Capability.objects.select_related("session")
        .filter(token_hash=hashed(token), scope=scope, revoked_at__isnull=True)
        .first()
    )
    if capability is None:
        raise Refused("link-withdrawn", _("This link has been withdrawn or is not complete. Ask for a new one."))
    return capability


def become_co_facilitator(user: User, *, token: str) -> WorkshopSession:
    capability = holder_of(token, Capability.Scope.CO_FACILITATE)
    with changing(capability.session) as locked:
        holder_of(token, Capability.Scope.CO_FACILITATE)
        if locked.owner_id != user.pk:
            Membership.objects.get_or_create(session=locked, user=user)
    return locked
