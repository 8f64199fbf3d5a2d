"""What comes out, for the desk and for whoever has the outcome's link."""

import json
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from definitions.decisions.commands import closing
from definitions.decisions.models import AgreedDefinition
from definitions.decisions.queries.closing import agreed_of
from definitions.drafting import queries as drafting
from definitions.drafting.models import Draft
from workshop.accounts.models import User
from workshop.errors import Refused
from workshop.sessions.access import may_facilitate
from workshop.sessions.commands.people import hashed
from workshop.sessions.models import Capability, WorkshopSession

from .as_json import SCHEMA, as_json
from .as_markdown import as_markdown
from .as_poster import FORMATS, as_poster
from .fonts import missing, scripts_of
from .poster import PAPERS, Poster
from .report import report_of

COOKIE = "outcome"
FILES = {
    "definition.md": (as_markdown, "text/markdown; charset=utf-8"),
    "definition.json": (as_json, "application/json"),
}


@never_cache
@require_GET
def outcome(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session = _readable(request, public_id)
    agreed = agreed_of(session)
    report = report_of(agreed) if agreed else None
    context = {
        "session": session,
        "report": report,
        "no_font_for": scripts_of(missing(Poster(report).letters())) if report else [],
        "desk": may_facilitate(cast(User, request.user), session),
        "has_draft": Draft.objects.filter(step__session=session).exists(),
    }
    return render(request, "exports/outcome.html", context)


@never_cache
@require_GET
def download(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    session = _readable(request, public_id)
    if name == "schema.json":
        return HttpResponse(json.dumps(SCHEMA, indent=2), content_type="application/schema+json")
    if name not in FILES:
        raise Http404
    agreed = get_object_or_404(AgreedDefinition, session=session)
    write, content_type = FILES[name]
    return _file(session, write(report_of(agreed)), content_type, name)


@never_cache
@require_GET
def poster(request: HttpRequest, public_id: UUID, paper: str, file_format: str) -> HttpResponse:
    session = _readable(request, public_id)
    if paper not in PAPERS or file_format not in FORMATS:
        raise Http404
    report = report_of(get_object_or_404(AgreedDefinition, session=session))
    if missing(Poster(report).letters()):
        return redirect("exports:outcome", public_id=public_id)  # it says which font is missing
    made = as_poster(report, paper=paper, file_format=file_format)
    return _file(session, made, FORMATS[file_format], f"poster-{paper}.{file_format}")


@never_cache
@require_GET
def history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How the text came about, change by change: for the desk at any time, for others once it is sealed."""
    session, _draft, _names = _history(request, public_id)
    return render(request, "exports/history.html", {"session": session})


@never_cache
@require_GET
def history_data(request: HttpRequest, public_id: UUID) -> HttpResponse:
    _session, draft, names = _history(request, public_id)
    return JsonResponse({**drafting.history(draft), "names": names})


@require_POST
@login_required
def new_version(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session = _readable(request, public_id)
    try:
        later = closing.new_version(session, actor=cast(User, request.user))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("exports:outcome", public_id=public_id)
    return redirect("sessions:setup", public_id=later.public_id)


def _file(session: WorkshopSession, content: bytes, content_type: str, name: str) -> HttpResponse:
    stem = slugify(session.title) or "definition"
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{stem}-{name}"'
    return response


def _history(request: HttpRequest, public_id: UUID) -> tuple[WorkshopSession, Draft, dict[int, str]]:
    session = _readable(request, public_id)
    draft = Draft.objects.filter(step__session=session).order_by("step__position").last()
    agreed = agreed_of(session)
    desk = may_facilitate(cast(User, request.user), session)
    if draft is None or not (desk or agreed):
        raise Http404
    if desk and not session.anonymous:
        return session, draft, {person.seat: person.name for person in session.participants.all() if person.name}
    return session, draft, report_of(agreed).names if agreed else {}


def _readable(request: HttpRequest, public_id: UUID) -> WorkshopSession:
    """A meeting whose outcome this person may read; any other one is as good as none."""
    session = get_object_or_404(WorkshopSession, public_id=public_id)
    if may_facilitate(cast(User, request.user), session):
        return session
    token = request.COOKIES.get(COOKIE, "")
    held = Capability.objects.filter(
        session=session, scope=Capability.Scope.OUTCOME, token_hash=hashed(token), revoked_at__isnull=True
    )
    if not token or not held.exists():
        raise Http404
    return session
