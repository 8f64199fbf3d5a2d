"""Pages around an account, and the two pages that anyone sees first. Each: fetch, form, command, respond."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from workshop.errors import Refused

from . import commands
from .forms import EnterForm, ForgottenForm, NameForm, PasswordForm, SignInForm, SignUpForm
from .models import User

CAME_BY_LINK = "came_by_link_at"


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@require_GET
def how(request: HttpRequest) -> HttpResponse:
    return render(request, "how.html")


@never_cache
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest) -> HttpResponse:
    form = SignUpForm(request.POST or None)
    if form.is_valid():
        try:
            user = commands.register(**form.cleaned_data)
        except Refused as refused:
            form.add_error("email" if refused.code == "email-taken" else "password", str(refused))
        else:
            return _let_in(request, user)
    return render(request, "accounts/sign_up.html", {"form": form, "next": _wanted(request)})


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(_wanted(request) or settings.LOGIN_REDIRECT_URL)
    form = SignInForm(request.POST or None)
    if form.is_valid():
        try:
            user = commands.sign_in(**form.cleaned_data, address=request.META["REMOTE_ADDR"])
        except Refused as refused:
            form.add_error("password", str(refused))
        else:
            return _let_in(request, user)
    return render(request, "accounts/sign_in.html", {"form": form, "next": _wanted(request)})


@never_cache
def to_admin(request: HttpRequest) -> HttpResponse:
    """In the place of the admin pages' own sign-in, which would let anyone try passwords without end."""
    if request.user.is_authenticated:
        raise PermissionDenied  # they send those here who may not use them
    return redirect_to_login(_wanted(request) or reverse("admin:index"))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("home")


@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    form = ForgottenForm(request.POST or None)
    sent = commands.mail_is_set_up() and form.is_valid()
    if sent:
        page = request.build_absolute_uri(reverse("accounts:enter"))
        commands.mail_sign_in_link(email=form.cleaned_data["email"], page=page)
    context = {"form": form, "sent": sent, "mail_is_set_up": commands.mail_is_set_up()}
    return render(request, "accounts/forgotten.html", context)


@never_cache
@sensitive_post_parameters("token")
def enter(request: HttpRequest) -> HttpResponse:
    form = EnterForm(request.POST or None)
    if form.is_valid():
        try:
            user = commands.redeem_sign_in_link(form.cleaned_data["token"])
        except Refused as refused:
            form.add_error("token", str(refused))
        else:
            answer = _let_in(request, user)
            request.session[CAME_BY_LINK] = time.time()
            return answer
    return render(request, "accounts/enter.html", {"form": form})


@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = NameForm(request.POST or None, initial={"name": user.name})
    if form.is_valid():
        commands.rename(user, name=form.cleaned_data["name"])
        messages.success(request, _("Your name is saved."))
        return redirect("accounts:account")
    context = {"name_form": form, "password_form": PasswordForm(user=user, ask_current=_asks_current(request))}
    return render(request, "accounts/account.html", context)


@never_cache
@sensitive_post_parameters("current", "password")
@login_required
def password(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = PasswordForm(request.POST or None, user=user, ask_current=_asks_current(request))
    if form.is_valid():
        try:
            commands.change_password(user, password=form.cleaned_data["password"])
        except Refused as refused:
            form.add_error("password", str(refused))
        else:
            update_session_auth_hash(request, user)  # this browser stays signed in, all others are out
            request.session.pop(CAME_BY_LINK, None)
            messages.success(request, _("Your password is saved."))
            return redirect("accounts:account")
    context = {"name_form": NameForm(initial={"name": user.name}), "password_form": form}
    return render(request, "accounts/account.html", context)


def _let_in(request: HttpRequest, user: User) -> HttpResponse:
    wanted = _wanted(request)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])  # a new session key: no fixation
    return redirect(wanted or resolve_url(settings.LOGIN_REDIRECT_URL))


def _wanted(request: HttpRequest) -> str:
    """Where the person was going before they had to sign in, if that is a page of ours."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if ours else ""


def _asks_current(request: HttpRequest) -> bool:
    came = float(request.session.get(CAME_BY_LINK, 0))
    return _user(request).has_usable_password() and time.time() - came > commands.LINK_LIFETIME.total_seconds()


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
