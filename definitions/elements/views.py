"""The set-up's page for the elements. Each view: fetch, form, command, respond."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from workshop.accounts.models import User
from workshop.errors import Refused
from workshop.sessions.queries import meetings_of

from .commands import sets
from .forms import ElementFormSet, Elements, SetForm
from .queries.sets import elements_of, in_use, set_slug


@never_cache
@login_required
def elements(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session = get_object_or_404(meetings_of(cast(User, request.user)), public_id=public_id)
    rows = [
        {name: getattr(element, name) for name in ("key", "name", "phrase", "question", "explanation", "hue")}
        for element in elements_of(session)
    ]
    form_set = cast(Elements, ElementFormSet(request.POST or None, initial=rows))
    status = 200
    if request.method == "POST":
        status = 422
        if form_set.is_valid():
            try:
                sets.change_elements(session, actor=cast(User, request.user), elements=form_set.kept())
            except Refused as refused:
                messages.error(request, str(refused))
            else:
                messages.success(request, _("Saved."))
                return redirect("elements:elements", public_id=public_id)
    context = {
        "session": session,
        "form_set": form_set,
        "sets": SetForm(initial={"slug": set_slug(session)}),
        "in_use": in_use(session),
    }
    return render(request, "elements/elements.html", context, status=status)


@require_POST
@login_required
def take_set(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session = get_object_or_404(meetings_of(cast(User, request.user)), public_id=public_id)
    form = SetForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the sets."))
        return redirect("elements:elements", public_id=public_id)
    try:
        sets.take_set(session, actor=cast(User, request.user), slug=form.cleaned_data["slug"])
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("elements:elements", public_id=public_id)
