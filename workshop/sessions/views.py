"""Setting up a meeting. Each view: fetch, form, command, respond."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from workshop.accounts.models import User
from workshop.errors import Refused

from . import kinds
from .commands import links
from .commands import setup as commands
from .forms import KindForm, MinutesForm, NewMeetingForm, PlaceForm, SettingsForm, StepSettingsForm, WifiForm
from .models import Step, WorkshopSession
from .queries import meetings_of


@login_required
def list_(request: HttpRequest) -> HttpResponse:
    return render(request, "sessions/list.html", {"meetings": meetings_of(cast(User, request.user))})


@login_required
def new(request: HttpRequest) -> HttpResponse:
    form = NewMeetingForm(request.POST or None)
    if form.is_valid():
        session = commands.set_up(cast(User, request.user), **form.cleaned_data)
        return redirect("sessions:setup", public_id=session.public_id)
    return render(request, "sessions/new.html", {"form": form})


@never_cache
@login_required
def setup(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session = _own(request, public_id)
    return render(request, "sessions/setup.html", _context(session, request.GET.get("step")))


@login_required
def settings(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session = _own(request, public_id)
    form = SettingsForm(request.POST or None, instance=session)
    if request.method == "POST" and form.is_valid():
        fresh = _own(request, public_id)
        try:
            commands.change_settings(fresh, actor=cast(User, request.user), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("sessions:settings", public_id=public_id)
    shown = request.session.pop("link", None)
    return render(request, "sessions/settings.html", {"session": session, "form": form, "link": shown})


@never_cache
@login_required
def ready(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session, form = _own(request, public_id), WifiForm(request.POST or None)
    wifi = form.code() if form.is_valid() else ""
    context = {"session": session, "phones": session.participants.filter(has_phone=True).count()}
    return render(request, "sessions/ready.html", {**context, "form": form, "wifi": wifi})


@login_required
def paper(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The paper kit: sheets to print for people without a phone; the facilitator types what is on them."""
    session = _own(request, public_id)
    steps = [step for step in session.steps.all() if step.of_kind.paper]
    return render(request, "sessions/paper.html", {"session": session, "steps": steps})


@require_POST
@login_required
def add_step(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session, form = _own(request, public_id), KindForm(request.POST)
    if not form.is_valid():
        return _changed(request, session, error=_("Choose a kind of step."))
    return _try(
        request, session, lambda: commands.add_step(session, actor=cast(User, request.user), **form.cleaned_data)
    )


@require_POST
@login_required
def change_step(request: HttpRequest, public_id: UUID, step_id: int) -> HttpResponse:
    session, step = _own_step(request, public_id, step_id)
    form = StepSettingsForm(request.POST, kind=step.of_kind)
    if not form.is_valid():
        return _changed(request, session, step, form=form)
    return _try(
        request,
        session,
        lambda: commands.change_step(
            session,
            actor=cast(User, request.user),
            step=step,
            prompt=form.cleaned_data["prompt"],
            minutes=form.cleaned_data["minutes"],
            settings={**step.settings, **form.options},
        ),
        step,
    )


@require_POST
@login_required
def change_minutes(request: HttpRequest, public_id: UUID, step_id: int) -> HttpResponse:
    session, step = _own_step(request, public_id, step_id)
    form = MinutesForm(request.POST)
    by = form.cleaned_data["by"] if form.is_valid() else 0
    return _try(
        request,
        session,
        lambda: commands.change_step(session, actor=cast(User, request.user), step=step, minutes=step.minutes + by),
        _selected(request, session),
    )


@require_POST
@login_required
def move_step(request: HttpRequest, public_id: UUID, step_id: int) -> HttpResponse:
    session, step = _own_step(request, public_id, step_id)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _changed(request, session, step, error=_("Choose a place in the agenda."))
    return _try(
        request,
        session,
        lambda: commands.move_step(session, actor=cast(User, request.user), step=step, to=form.cleaned_data["to"]),
        step,
    )


@require_POST
@login_required
def remove_step(request: HttpRequest, public_id: UUID, step_id: int) -> HttpResponse:
    session, step = _own_step(request, public_id, step_id)
    return _try(request, session, lambda: commands.remove_step(session, actor=cast(User, request.user), step=step))


@require_POST
@login_required
def issue_link(request: HttpRequest, public_id: UUID, scope: str) -> HttpResponse:
    """The link is shown once, on the page that follows; the database keeps only its hash."""
    session = _own(request, public_id)
    try:
        token = links.issue_link(session, actor=cast(User, request.user), scope=scope)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        base = django_settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
        request.session["link"] = {"scope": scope, "url": f"{base}{reverse('room:open-link', args=[scope])}#{token}"}
    return redirect(f"{reverse('sessions:settings', args=[public_id])}#links")


@require_POST
@login_required
def withdraw_links(request: HttpRequest, public_id: UUID, scope: str) -> HttpResponse:
    session = _own(request, public_id)
    try:
        links.withdraw_links(session, actor=cast(User, request.user), scope=scope)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Withdrawn: the links that were given out no longer work."))
    return redirect(f"{reverse('sessions:settings', args=[public_id])}#links")


def _own(request: HttpRequest, public_id: UUID) -> WorkshopSession:
    """A meeting that the signed-in person facilitates; any other one is as good as none."""
    return get_object_or_404(meetings_of(cast(User, request.user)), public_id=public_id)


def _own_step(request: HttpRequest, public_id: UUID, step_id: int) -> tuple[WorkshopSession, Step]:
    session = _own(request, public_id)
    return session, get_object_or_404(session.steps, pk=step_id)


def _selected(request: HttpRequest, session: WorkshopSession) -> Step | None:
    selected = request.POST.get("selected", "")
    return session.steps.filter(pk=selected).first() if selected.isdigit() else None


def _try(request: HttpRequest, session: WorkshopSession, command: Any, step: Step | None = None) -> HttpResponse:
    try:
        result = command()
    except Refused as refused:
        return _changed(request, session, step, error=str(refused))
    return _changed(request, session, step or (result if isinstance(result, Step) else None))


def _changed(
    request: HttpRequest,
    session: WorkshopSession,
    step: Step | None = None,
    *,
    error: str = "",
    form: StepSettingsForm | None = None,
) -> HttpResponse:
    """With htmx the agenda as it is now, in place; without it the page anew."""
    selected = str(step.pk) if step else None
    if request.htmx:  # type: ignore[attr-defined]
        context = _context(session, selected, form=form, error=error)
        return render(request, "sessions/_agenda.html", context, status=422 if error or form else 200)
    if error or form:
        return render(request, "sessions/setup.html", _context(session, selected, form=form, error=error), status=422)
    query = f"?step={selected}" if selected else ""
    return redirect(f"{reverse('sessions:setup', args=[session.public_id])}{query}")


def _context(
    session: WorkshopSession, selected: str | None, *, form: StepSettingsForm | None = None, error: str = ""
) -> dict[str, Any]:
    steps = list(session.steps.all())
    step = next((candidate for candidate in steps if str(candidate.pk) == selected), None)
    if step is not None and form is None:
        initial = {"prompt": step.prompt, "minutes": step.minutes}
        options = {option.name: step.setting(option.name) for option in step.of_kind.options}
        form = StepSettingsForm(initial=initial | options, kind=step.of_kind)
    return {
        "session": session,
        "steps": steps,
        "total": sum(one.minutes for one in steps),
        "selected": step,
        "form": form,
        "error": error,
        "kinds": kinds.every(),
    }
