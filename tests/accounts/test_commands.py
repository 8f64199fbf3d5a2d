import socket
import time
from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError
from django.test import override_settings
from django.utils import timezone

from workshop.accounts import commands, failures
from workshop.accounts.models import SignInLink, User
from workshop.errors import Refused

PASSWORD = "a quiet lunch together"
HERE = "192.168.178.31"
PAGE = "http://words.example/accounts/enter/"


def refusal(**sign_in: str) -> str:
    with pytest.raises(Refused) as refused:
        commands.sign_in(**sign_in)
    return refused.value.code


def test_an_address_is_one_account_whatever_its_case(facilitator: User) -> None:
    with pytest.raises(Refused) as refused:
        commands.register(email=" DANA@Example.ORG ", name="Somebody", password=PASSWORD)
    assert refused.value.code == "email-taken"
    assert list(User.objects.values_list("email", flat=True)) == ["dana@example.org"]


def test_the_database_holds_to_it_too(facilitator: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="Dana@example.org", name="Past the manager")])


@pytest.mark.parametrize("password", ["short", "password1", "dana@example.org"])
def test_a_weak_password_is_refused_and_no_account_is_made(db: None, password: str) -> None:
    with pytest.raises(Refused) as refused:
        commands.register(email="dana@example.org", name="Dana", password=password)
    assert refused.value.code == "weak-password"
    assert User.objects.count() == 0


def test_signing_in_takes_the_address_in_any_case(facilitator: User) -> None:
    assert commands.sign_in(email="Dana@Example.org", password=PASSWORD, address=HERE) == facilitator


def test_a_wrong_password_and_an_unknown_address_are_refused_alike(facilitator: User) -> None:
    sentences = set()
    for email in ("dana@example.org", "stranger@example.org"):
        with pytest.raises(Refused) as refused:
            commands.sign_in(email=email, password="not this one", address=HERE)
        sentences.add((refused.value.code, str(refused.value)))
    assert len(sentences) == 1


def test_somebody_who_may_no_longer_sign_in_is_refused(facilitator: User) -> None:
    User.objects.update(is_active=False)
    assert refusal(email=facilitator.email, password=PASSWORD, address=HERE) == "wrong-password"


def test_after_too_many_wrong_passwords_the_right_one_is_refused_as_well(facilitator: User) -> None:
    for number in range(failures.PER_EMAIL):
        assert refusal(email=facilitator.email, password="guess", address=f"10.0.0.{number}") == "wrong-password"
    assert refusal(email=facilitator.email, password=PASSWORD, address=HERE) == "too-many-failures"


def test_one_address_that_guesses_at_many_accounts_is_stopped(facilitator: User) -> None:
    for number in range(failures.PER_ADDRESS):
        assert refusal(email=f"p{number}@example.org", password="guess", address=HERE) == "wrong-password"
    assert refusal(email=facilitator.email, password=PASSWORD, address=HERE) == "too-many-failures"
    assert commands.sign_in(email=facilitator.email, password=PASSWORD, address="10.0.0.1") == facilitator


def test_a_whole_department_signs_in_from_one_address(facilitator: User) -> None:
    for _ in range(failures.PER_ADDRESS + 1):
        assert commands.sign_in(email=facilitator.email, password=PASSWORD, address=HERE) == facilitator


def test_the_right_password_makes_the_earlier_wrong_ones_forgotten(facilitator: User) -> None:
    for _ in range(2):
        for _ in range(failures.PER_EMAIL - 1):
            assert refusal(email=facilitator.email, password="guess", address=HERE) == "wrong-password"
        assert commands.sign_in(email=facilitator.email, password=PASSWORD, address=HERE) == facilitator


@pytest.mark.parametrize("gone", ["refuses", "is silent"])
def test_without_the_shared_cache_people_sign_in(facilitator: User, gone: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0), backlog=50)) as listener:
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}"
        if gone == "refuses":
            listener.close()
        began = time.monotonic()
        with override_settings(CACHES={**settings.CACHES, "shared": {**settings.IN_VALKEY, "LOCATION": url}}):
            assert refusal(email=facilitator.email, password="guess", address=HERE) == "wrong-password"
            assert commands.sign_in(email=facilitator.email, password=PASSWORD, address=HERE) == facilitator
        assert time.monotonic() - began < 10


def test_a_link_signs_in_once(facilitator: User) -> None:
    token = commands.issue_sign_in_link("Dana@example.org")
    assert commands.redeem_sign_in_link(token) == facilitator
    with pytest.raises(Refused) as refused:
        commands.redeem_sign_in_link(token)
    assert refused.value.code == "link-spent"


def test_a_link_ends_after_fifteen_minutes(facilitator: User) -> None:
    token = commands.issue_sign_in_link(facilitator.email)
    link = SignInLink.objects.get()
    assert link.expires_at - link.created_at == timedelta(minutes=15)
    SignInLink.objects.update(expires_at=timezone.now())
    with pytest.raises(Refused):
        commands.redeem_sign_in_link(token)


def test_a_link_of_somebody_who_may_no_longer_sign_in_is_refused(facilitator: User) -> None:
    token = commands.issue_sign_in_link(facilitator.email)
    User.objects.update(is_active=False)
    with pytest.raises(Refused):
        commands.redeem_sign_in_link(token)


def test_a_made_up_token_is_refused(db: None) -> None:
    with pytest.raises(Refused):
        commands.redeem_sign_in_link("made-up")


def test_the_token_itself_is_not_kept(facilitator: User) -> None:
    token = commands.issue_sign_in_link(facilitator.email)
    (row,) = SignInLink.objects.values()
    assert token not in str(row)


def test_the_laptops_own_link_makes_a_facilitator_without_a_password_once(db: None) -> None:
    first, second = (commands.redeem_sign_in_link(commands.issue_sign_in_link()) for _ in range(2))
    assert first == second
    assert (first.email, first.has_usable_password()) == ("facilitator@localhost", False)


def test_old_links_are_cleared_away(facilitator: User) -> None:
    commands.issue_sign_in_link(facilitator.email)
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    commands.issue_sign_in_link(facilitator.email)
    assert SignInLink.objects.count() == 1


def test_a_new_password_ends_the_links_that_are_still_open(facilitator: User) -> None:
    token = commands.issue_sign_in_link(facilitator.email)
    commands.change_password(facilitator, password="another quiet lunch")
    with pytest.raises(Refused):
        commands.redeem_sign_in_link(token)
    assert commands.sign_in(email=facilitator.email, password="another quiet lunch", address=HERE) == facilitator


def test_a_letter_brings_a_link_that_works(facilitator: User, mailoutbox: list[EmailMessage]) -> None:
    commands.mail_sign_in_link(email="Dana@example.org", page=PAGE)
    (letter,) = mailoutbox
    token = str(letter.body).partition(f"{PAGE}#")[2].split()[0]
    assert letter.to == ["dana@example.org"]
    assert commands.redeem_sign_in_link(token) == facilitator


def test_no_letter_goes_to_an_address_without_an_account(db: None, mailoutbox: list[EmailMessage]) -> None:
    commands.mail_sign_in_link(email="stranger@example.org", page=PAGE)
    assert (mailoutbox, User.objects.count()) == ([], 0)


def test_nobody_fills_a_mailbox(facilitator: User, mailoutbox: list[EmailMessage]) -> None:
    for _ in range(commands.MOST_OPEN_LINKS + 2):
        commands.mail_sign_in_link(email=facilitator.email, page=PAGE)
    assert len(mailoutbox) == commands.MOST_OPEN_LINKS
