"""What can be done to an account. Each command refuses with a sentence for the person, or returns the model."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from workshop.errors import Refused

from . import failures
from .models import SignInLink, User

LINK_LIFETIME = timedelta(minutes=15)
MOST_OPEN_LINKS = 3
LAPTOP_EMAIL = "facilitator@localhost"


def register(*, email: str, name: str, password: str) -> User:
    user = User(email=User.objects.normalize_email(email), name=name)
    _check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("email-taken", _("There is an account with this address already. Please sign in.")) from error
    return user


def sign_in(*, email: str, password: str, address: str) -> User:
    """The user, if the password is right; `address` is where the request came from.

    After too many failures the right password is refused as well: otherwise guessing would go on.
    """
    email = User.objects.normalize_email(email)
    if failures.too_many(email, address):
        raise Refused("too-many-failures", _("That went wrong too often. Please wait a quarter of an hour."))
    user = authenticate(email=email, password=password)
    if not isinstance(user, User):
        failures.count(email, address)
        # One sentence for both: whether an address has an account is nobody else's business.
        raise Refused("wrong-password", _("This address and password don’t belong together. Please try again."))
    failures.forget(email)
    return user


def rename(user: User, *, name: str) -> User:
    user.name = name
    user.save(update_fields=["name"])
    return user


def change_password(user: User, *, password: str) -> User:
    """The caller has seen to it that it is really them. Links that are still open end here."""
    _check_password(password, user)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        user.sign_in_links.filter(used_at=None).delete()
    return user


def issue_sign_in_link(email: str = LAPTOP_EMAIL) -> str:
    """The token of a new link. Somebody who is not there yet gets an account without a password.

    For whoever holds the machine, or the mailbox; never answer a request with it.
    """
    user, __ = User.objects.get_or_create(
        email=User.objects.normalize_email(email),
        defaults={"name": _("Facilitator"), "password": make_password(None)},
    )
    return _new_link(user)


def mail_is_set_up() -> bool:
    """Whether letters go out, rather than to the console of whoever runs the machine."""
    return not settings.EMAIL_BACKEND.endswith((".console.EmailBackend", ".dummy.EmailBackend"))


def mail_sign_in_link(*, email: str, page: str) -> None:
    """Send a link to whoever has an account with this address; say nothing about whether there was one.

    `page` is the full address of the page that takes the token. A few open links are enough: nobody fills another's
    mailbox.
    """
    user = User.objects.filter(email=User.objects.normalize_email(email), is_active=True).first()
    if (
        user is None
        or user.sign_in_links.filter(used_at=None, expires_at__gt=timezone.now()).count() >= MOST_OPEN_LINKS
    ):
        return
    letter = render_to_string("accounts/sign_in_mail.txt", {"name": user.name, "link": f"{page}#{_new_link(user)}"})
    send_mail(_("Your link to sign in"), letter, None, [user.email])


def redeem_sign_in_link(token: str) -> User:
    now = timezone.now()
    links = SignInLink.objects.filter(token_hash=SignInLink.hash_of(token))
    # One statement looks and marks, so that of two requests at once only one gets in.
    if links.filter(used_at=None, expires_at__gt=now, user__is_active=True).update(used_at=now) == 0:
        raise Refused("link-spent", _("This link has been used, or is too old. Please ask for a new one."))
    return links.select_related("user").get().user


def _new_link(user: User) -> str:
    now = timezone.now()
    token = secrets.token_urlsafe(32)
    SignInLink.objects.filter(expires_at__lt=now).delete()
    SignInLink.objects.create(
        token_hash=SignInLink.hash_of(token), user=user, created_at=now, expires_at=now + LINK_LIFETIME
    )
    return token


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("weak-password", " ".join(error.messages)) from error
