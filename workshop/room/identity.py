"""Who is asking: from the cookies of a request or a socket to a watcher of one meeting."""

import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Literal, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from workshop.accounts.models import User
from workshop.sessions.access import may_facilitate
from workshop.sessions.commands.people import hashed
from workshop.sessions.models import Capability, Device, Participant, WorkshopSession
from workshop.sessions.queries import Scene

View = Literal["phone", "screen", "desk"]
# Each for the path of its own page only, so their prefix can't be __Host-.
_PREFIX = "__Secure-" if settings.DEPLOYED else ""
DEVICE_COOKIE = f"{_PREFIX}phone"
SCREEN_COOKIE = f"{_PREFIX}screen"
OUTCOME_COOKIE = f"{_PREFIX}outcome"
# The phone's cookie goes to the phone's pages only, so the join page can't see it: it has a note of its own.
_NOTE = "in-{}"
_CSRF_TOKEN = re.compile(r"[A-Za-z0-9]{32}|[A-Za-z0-9]{64}")  # what Django takes for one, and does not renew


def note_of(session: WorkshopSession) -> str:
    """The name of the cookie which says that this browser has joined."""
    return _NOTE.format(session.public_id.hex[:8])


def has_nothing_here(cookies: Mapping[str, str]) -> bool:
    """Nothing that would make the join page another than everybody's: no note, no session, no choice of language."""
    return not cookies.keys() - {settings.CSRF_COOKIE_NAME}


def has_what_pages_need(cookies: Mapping[str, str]) -> bool:
    """A phone's page would set no cookie, and nothing in it would be another than everybody's."""
    others = cookies.keys() - {settings.CSRF_COOKIE_NAME, DEVICE_COOKIE}
    has_token = _CSRF_TOKEN.fullmatch(cookies.get(settings.CSRF_COOKIE_NAME, "")) is not None
    return has_token and all(other.startswith(_NOTE.format("")) for other in others)


class Watcher(NamedTuple):
    """Someone with a right to look: a participant, a user or a capability. A participant's phone may do things, too.

    A tuple, because everyone's is hashed for each drawing.
    """

    session_id: int
    participant_id: int | None = None
    user_id: int | None = None
    capability_id: int | None = None
    device_id: int | None = None


def device_of(session: WorkshopSession, cookies: Mapping[str, str]) -> Device | None:
    cookie = cookies.get(DEVICE_COOKIE, "")
    if not cookie:
        return None
    return Device.objects.select_related("holder").filter(session=session, cookie_hash=hashed(cookie)).first()


def holder_of(device: Device | None) -> Participant | None:
    """Who has this phone in hand, unless they were removed."""
    holder = device.holder if device else None
    return holder if holder is not None and holder.removed_at is None else None


def capability_of(session: WorkshopSession, cookies: Mapping[str, str], scope: str) -> Capability | None:
    token = cookies.get(SCREEN_COOKIE if scope == Capability.Scope.SCREEN else OUTCOME_COOKIE, "")
    if not token:
        return None
    return Capability.objects.filter(
        session=session, scope=scope, token_hash=hashed(token), revoked_at__isnull=True
    ).first()


Coming = tuple[UUID | str, View, Mapping[str, str]]  # which meeting, which view, and the cookies


def watchers_of(coming: Sequence[Coming]) -> list[Watcher | None]:
    """For sockets that open at one time: who each is, if they may look at this view of this meeting."""
    phones = {hashed(cookies.get(DEVICE_COOKIE, "")) for _id, view, cookies in coming if view == "phone"}
    there = Device.objects.filter(cookie_hash__in=phones, holder__isnull=False, holder__removed_at=None)
    known = {
        (str(public_id), hash_): Watcher(session_id, participant_id=holder_id, device_id=pk)
        for public_id, hash_, session_id, holder_id, pk in there.values_list(
            "session__public_id", "cookie_hash", "session_id", "holder_id", "pk"
        )
    }
    return [
        known.get((str(public_id), hashed(cookies.get(DEVICE_COOKIE, ""))))
        if view == "phone"
        else _watcher_of_staff(public_id, view, cookies)
        for public_id, view, cookies in coming
    ]


def watcher_of(public_id: UUID | str, view: View, cookies: Mapping[str, str]) -> Watcher | None:
    return watchers_of([(public_id, view, cookies)])[0]


def in_the_meeting(public_id: UUID, phones: Sequence[Mapping[str, str]]) -> list[bool]:
    """Of each phone, by its cookies, whether somebody has it in hand who was not removed."""
    return [watcher is not None for watcher in watchers_of([(public_id, "phone", cookies) for cookies in phones])]


def _watcher_of_staff(public_id: UUID | str, view: View, cookies: Mapping[str, str]) -> Watcher | None:
    session = WorkshopSession.objects.filter(public_id=public_id).first()
    if session is None:
        return None
    user = _user_of(cookies)
    if may_facilitate(user, session):
        return Watcher(session.pk, user_id=user.pk)
    capability = capability_of(session, cookies, Capability.Scope.SCREEN) if view == "screen" else None
    return Watcher(session.pk, capability_id=capability.pk) if capability else None


def still_admitted(scene: Scene, watchers: set[Watcher]) -> set[Watcher]:
    """Those of a meeting's watchers whose right still stands."""
    users = _facilitators(scene.session) if any(w.user_id for w in watchers) else set()
    links = {w.capability_id for w in watchers if w.capability_id}
    not_revoked = Capability.objects.filter(pk__in=links, revoked_at__isnull=True)
    capabilities = set(not_revoked.values_list("pk", flat=True)) if links else set()
    return {
        watcher
        for watcher in watchers
        if watcher.participant_id in scene.admitted_ids
        or watcher.user_id in users
        or watcher.capability_id in capabilities
    }


def _facilitators(session: WorkshopSession) -> set[int]:
    known = [session.owner_id, *session.memberships.values_list("user_id", flat=True)]
    return set(User.objects.filter(pk__in=known, is_active=True).values_list("pk", flat=True))


def _user_of(cookies: Mapping[str, str]) -> User | AnonymousUser:
    """The signed-in user of a socket, by Django's own rules (the session's hash included)."""
    engine = import_module(settings.SESSION_ENGINE)
    request = HttpRequest()
    request.session = engine.SessionStore(cookies.get(settings.SESSION_COOKIE_NAME))
    if SESSION_KEY not in request.session:
        return AnonymousUser()
    user = get_user(request)
    return user if isinstance(user, User) else AnonymousUser()
