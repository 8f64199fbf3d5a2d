"""The way into a rehearsal, and the end of one. Each view: fetch, form, command, respond."""

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
from workshop.sessions.models import WorkshopSession
from workshop.sessions.queries import colleagues_out, meetings_of

from . import commands, starting
from .forms import RehearsalForm


@never_cache
@login_required
def rehearse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session, user = _own(request, public_id), cast(User, request.user)
    form = RehearsalForm(request.POST or None)
    if form.is_valid():
        try:
            starting.must_be_served()
            copy, token = commands.rehearse_with_colleagues(session, actor=user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            starting.start_process(copy, token, **form.cleaned_data)
            return redirect("room:desk", public_id=copy.public_id)
    context = {"session": session, "form": form, "running": colleagues_out(user), "can_start": starting.is_served()}
    return render(request, "rehearsal/rehearse.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def forget(request: HttpRequest, public_id: UUID) -> HttpResponse:
    try:
        commands.forget_rehearsal(_own(request, public_id), actor=cast(User, request.user))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The rehearsal is deleted, with all that was written in it."))
    return redirect("sessions:list")


def _own(request: HttpRequest, public_id: UUID) -> WorkshopSession:
    return get_object_or_404(meetings_of(cast(User, request.user)), public_id=public_id)
