"""The three views of a running meeting: first load, polling, and the doors. Each: who, what, respond."""

import time
from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    RawPostDataException,
)
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from workshop import metrics
from workshop.accounts.models import User
from workshop.errors import Refused
from workshop.live.reading import Unreadable, read_frame
from workshop.live.shared import may_be_shared
from workshop.live.sockets import Audience
from workshop.sessions.access import may_facilitate
from workshop.sessions.commands import links, people
from workshop.sessions.commands.changing import refusal
from workshop.sessions.models import CODE_LETTERS, Capability, WorkshopSession

from . import joining
from .doors import DESK, PHONE, Entering
from .drawing import drawn_for
from .forms import EnvelopeForm, JoinForm
from .identity import (
    DEVICE_COOKIE,
    OUTCOME_COOKIE,
    SCREEN_COOKIE,
    View,
    device_of,
    holder_of,
    note_of,
    watcher_of,
)
from .security import is_from_our_page
from .show import Room, own_of
from .taking import not_admitted, take_one

A_YEAR = 365 * 24 * 60 * 60


# Joining


@never_cache
@csrf_exempt  # the page has no token, so that it is everybody's; what is sent must come from it all the same
def join(request: HttpRequest, code: str = "") -> HttpResponse:
    """Code → name → in. With the QR code the code is in the address already.

    There is no limit on tries: a whole department joins from one address, and 31⁸ codes can't be guessed.
    """
    if request.method == "POST" and not is_from_our_page(request):
        return render(request, "room/from_elsewhere.html", status=403)
    code = _read_code(code or request.GET.get("code", "") or request.POST.get("code", ""))
    session = joining.meeting_at(code) if code else None
    if session is None:
        return _join_by_move_code(request, code)
    if _known_here(request, session) and "anew" not in request.GET:
        return redirect("room:phone", public_id=session.public_id)
    form = JoinForm(request.POST if request.method == "POST" else None)
    error = ""
    if request.method == "POST" and form.is_valid():
        try:
            _participant, cookie = joining.join(session, **form.cleaned_data)
        except Refused as refused:
            error = str(refused)
            metrics.REFUSED.labels(refused.code).inc()
        else:
            metrics.JOINED.labels("joined").inc()
            return _in(request, session, cookie)
    if request.method == "GET":
        may_be_shared(request)
    return render(
        request, "room/join_name.html", {"session": session, "form": form, "error": error}, status=422 if error else 200
    )


def _known_here(request: HttpRequest, session: WorkshopSession) -> bool:
    return request.COOKIES.get(note_of(session)) == "1"


def _join_by_move_code(request: HttpRequest, code: str) -> HttpResponse:
    """The same field takes the code that one's old phone shows. Only a POST uses it up."""
    error = ""
    if code and request.method == "POST":
        try:
            participant, cookie = people.redeem_move_code(code)
        except Refused as refused:
            error = str(refused)
            metrics.REFUSED.labels(refused.code).inc()
        else:
            metrics.JOINED.labels("moved").inc()
            return _in(request, participant.session, cookie)
    elif code:
        metrics.REFUSED.labels("no-such-code").inc()  # whoever guesses need not send the form
        error = _("No meeting has this code. Look at the big screen once more.")
    return render(request, "room/join.html", {"code": code, "error": error}, status=404 if error else 200)


def _in(request: HttpRequest, session: WorkshopSession, cookie: str) -> HttpResponse:
    """On to the phone's page, with all the cookies that it needs: so it is the same for everyone."""
    get_token(request)
    response = redirect("room:phone", public_id=session.public_id)
    response.set_cookie(
        DEVICE_COOKIE,
        cookie,
        max_age=A_YEAR,
        path=f"/phone/{session.public_id}/",
        httponly=True,
        samesite="Lax",
        secure=settings.DEPLOYED,
    )
    response.set_cookie(note_of(session), "1", max_age=A_YEAR, path="/", samesite="Lax")
    return response


def _read_code(typed: str) -> str:
    """What people make of a code when they type it: small letters, blanks, a hyphen, O for 0."""
    return "".join(letter for letter in typed.upper()[:20] if letter in CODE_LETTERS)


# The three views


@never_cache
@require_GET
def phone(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Nothing in it is anybody's own: what is comes by the socket, or with the polls."""
    session = _session(public_id)
    device = device_of(session, request.COOKIES)
    if device is None:
        return redirect(f"{reverse('room:join-code', args=[session.code])}?anew=1")
    if holder_of(device) is None:
        return render(request, "room/removed.html", {"session": session}, status=403)
    if settings.CSRF_COOKIE_NAME not in request.COOKIES:
        get_token(request)
    may_be_shared(request)
    return _view(request, session, "phone")


@never_cache
@ensure_csrf_cookie
@require_GET
@login_required
def desk(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session = _session(public_id)
    if not may_facilitate(cast(User, request.user), session):
        raise Http404
    return _view(request, session, "desk")


@never_cache
@require_GET
def screen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session = _session(public_id)
    if watcher_of(session.public_id, "screen", request.COOKIES) is None:
        raise Http404
    return _view(request, session, "screen")


def _view(request: HttpRequest, session: WorkshopSession, view: View) -> HttpResponse:
    drawn = drawn_for(session.pk, Audience(view, get_language() or "en"))
    return render(
        request,
        f"room/{view}.html",
        {"session": drawn.session, "panels": drawn.panels, "view": view, "base": f"/{view}/{session.public_id}/"},
    )


# Where WebSockets are blocked: the same panels and the same draft messages by HTTP


@never_cache
@require_GET
def panels(request: HttpRequest, view: View, public_id: UUID) -> HttpResponse:
    """Panels that differ from what the browser has (`have`: name:hash,…), and what is mine."""
    watcher = watcher_of(public_id, view, request.COOKIES)
    if watcher is None:
        return _not_admitted()
    have = dict(part.split(":", 1) for part in request.GET.get("have", "")[:2000].split(",") if ":" in part)
    audience = Audience(view, get_language() or "en")
    drawn = drawn_for(watcher.session_id, audience)
    return JsonResponse(
        {
            "panels": [
                {"t": "panel", "name": name, "rev": drawn.session.revision, "hash": panel.hash, "html": panel.html}
                for name, panel in drawn.panels.items()
                if have.get(name) != panel.hash
            ],
            "mine": own_of(watcher.session_id, pk) if (pk := watcher.participant_id) else None,
            "now": round(time.time() * 1000),
        }
    )


@never_cache
@require_POST
def draft(request: HttpRequest, view: View, public_id: UUID) -> HttpResponse:
    """One draft message in, the answers out; as over the socket."""
    watcher = watcher_of(public_id, view, request.COOKIES)
    if watcher is None:
        return _not_admitted()
    room = Room()
    try:
        message = read_frame(request.body.decode())
    # RawPostDataException: it came as a form, and was read as one.
    except (Unreadable, UnicodeDecodeError, RequestDataTooBig, RawPostDataException):
        return JsonResponse({"messages": [{"t": "unreadable"}]}, status=400)
    news = room.draft_hello(watcher, message)
    if news is None:
        return JsonResponse({"messages": [{"t": "unreadable"}]}, status=400)
    if message["t"] == "push":
        answer = room.take_pushes(message["draft"], [(watcher, message)])[0]
        news = answer or room.draft_hello(watcher, message) or news
    return JsonResponse({"messages": [news]})


# The doors


@never_cache
@require_POST
def do(request: HttpRequest, view: View, public_id: UUID, name: str) -> HttpResponse:
    session = _session(public_id)
    entering = _entering(request, session, view)
    door = (PHONE if view == "phone" else DESK).get(name) if view != "screen" else None
    if door is None:
        raise Http404
    if entering is None:
        return _not_admitted()
    envelope = EnvelopeForm(request.POST)
    if not envelope.is_valid():
        unreadable = Refused("no-envelope", _("This could not be read. Reload the page."))
        return JsonResponse(refusal(unreadable), status=400)
    with metrics.COMMAND_SECONDS.labels(name).time():
        answer = take_one(door, entering, envelope, request.POST)
    return JsonResponse(answer)


def _entering(request: HttpRequest, session: WorkshopSession, view: View) -> Entering | None:
    if view == "desk":
        user = cast(User, request.user)
        return Entering(session, user) if may_facilitate(user, session) else None
    device = device_of(session, request.COOKIES)
    participant = holder_of(device)
    return Entering(session, participant, device) if participant else None


def _not_admitted() -> JsonResponse:
    return JsonResponse(not_admitted(), status=403)


# Rights that came as a link: #token → POST → cookie


@never_cache
@ensure_csrf_cookie
def open_link(request: HttpRequest, scope: str) -> HttpResponseBase:
    """The page reads the token behind the # and posts it: so it stands in no log and no history of a server."""
    error = ""
    if request.method == "POST":
        try:
            return _opened(request, scope, request.POST.get("token", "")[:100])
        except Refused as refused:
            error = str(refused)
    return render(request, "room/open_link.html", {"scope": scope, "error": error}, status=404 if error else 200)


def _opened(request: HttpRequest, scope: str, token: str) -> HttpResponse:
    if scope == Capability.Scope.CO_FACILITATE:
        if not isinstance(request.user, User):
            raise Refused("sign-in-first", _("Sign in first, then open the link again."))
        session = links.become_co_facilitator(request.user, token=token)
        return redirect("room:desk", public_id=session.public_id)
    session = links.holder_of(token, scope).session
    name, view = (SCREEN_COOKIE, "screen") if scope == Capability.Scope.SCREEN else (OUTCOME_COOKIE, "outcome")
    response = redirect(f"/{view}/{session.public_id}/")
    response.set_cookie(
        name,
        token,
        max_age=A_YEAR,
        path=f"/{view}/{session.public_id}/",
        httponly=True,
        samesite="Lax",
        secure=settings.DEPLOYED,
    )
    return response


def _session(public_id: UUID) -> WorkshopSession:
    return get_object_or_404(WorkshopSession.objects.select_related("current_step"), public_id=public_id)
