"""What comes out, for the desk and for whoever has the outcome's link."""

import json
from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from definitions.decisions.models import AgreedDefinition
from definitions.decisions.queries import agreed_of
from workshop.accounts.models import User
from workshop.sessions.access import may_facilitate
from workshop.sessions.commands.people import hashed
from workshop.sessions.models import Capability, WorkshopSession

from .as_json import SCHEMA, as_json
from .as_markdown import as_markdown
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
    desk = may_facilitate(cast(User, request.user), session)
    return render(request, "exports/outcome.html", {"session": session, "report": report, "desk": desk})


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
    stem = slugify(session.title) or "definition"
    response = HttpResponse(write(report_of(agreed)), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{stem}-{name}"'
    return response


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
