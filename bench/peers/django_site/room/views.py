"""Sync views, as most Django sites have them."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST

from .models import Meeting, Vote, Voter


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@ensure_csrf_cookie
def join(request: HttpRequest, code: str) -> HttpResponse:
    meeting = get_object_or_404(Meeting, code=code)
    if request.method == "POST":
        voter = Voter.objects.create(meeting=meeting, name=request.POST["name"])
        request.session["voter"] = voter.pk
        return redirect(f"/phone/{code}")
    return render(request, "room/join.html", {"meeting": meeting})


@ensure_csrf_cookie
def phone(request: HttpRequest, code: str) -> HttpResponse:
    meeting = get_object_or_404(Meeting, code=code)
    voter = get_object_or_404(meeting.voters, pk=request.session.get("voter"))
    return render(request, "room/phone.html", {"meeting": meeting, "voter": voter, "options": meeting.options.all()})


@require_POST
def vote(request: HttpRequest, code: str) -> HttpResponse:
    with transaction.atomic():
        voter = get_object_or_404(Voter, pk=request.session.get("voter"), meeting__code=code)
        wanted = [int(part) for part in request.POST.get("choices", "").split(",") if part]
        known = set(voter.meeting.options.filter(pk__in=wanted).values_list("pk", flat=True))
        Vote.objects.update_or_create(voter=voter, defaults={"choices": sorted(known)})
    return JsonResponse({"ok": True, "choices": sorted(known)})
