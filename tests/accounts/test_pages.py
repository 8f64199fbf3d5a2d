import re
from html import unescape

import pytest
from django.core.mail import EmailMessage
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from workshop.accounts.commands import issue_sign_in_link
from workshop.accounts.models import User
from workshop.room.security import POLICY
from workshop.sessions import agendas

PASSWORD = "a quiet lunch together"
SIGN_IN = {"email": "dana@example.org", "password": PASSWORD}
NEW_ACCOUNT = {"name": "Dana", "email": "dana@example.org", "password": PASSWORD}


def page(client: Client, name: str) -> str:
    return unescape(client.get(reverse(name)).content.decode())


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


# ---- signing up, in and out


def test_signing_up_signs_in_and_opens_the_meetings(db: None, client: Client) -> None:
    answer = client.post(reverse("accounts:sign-up"), NEW_ACCOUNT)
    assert answer["Location"] == reverse("sessions:list")
    assert who(client) == str(User.objects.get(email="dana@example.org").pk)


def test_signing_up_with_a_taken_address_says_so_at_the_address(facilitator: User, client: Client) -> None:
    answer = client.post(reverse("accounts:sign-up"), NEW_ACCOUNT)
    assert list(answer.context["form"].errors) == ["email"]
    assert who(client) is None


def test_signing_in_goes_on_to_the_page_that_was_asked_for(facilitator: User, client: Client) -> None:
    answer = client.post(reverse("accounts:sign-in"), {**SIGN_IN, "next": "/accounts/you/"})
    assert answer["Location"] == "/accounts/you/"


@pytest.mark.parametrize(
    "foreign", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "\\\\x.y"]
)
def test_signing_in_never_leads_to_a_foreign_page(facilitator: User, client: Client, foreign: str) -> None:
    answer = client.post(reverse("accounts:sign-in"), {**SIGN_IN, "next": foreign})
    assert answer["Location"] == reverse("sessions:list")
    client.logout()
    assert client.get(reverse("accounts:sign-in"), {"next": foreign}).context["next"] == ""


def test_the_admin_pages_have_no_sign_in_of_their_own(facilitator: User, client: Client) -> None:
    """It would count no failures: passwords could be tried there without end."""
    fields = {"username": SIGN_IN["email"], "password": SIGN_IN["password"]}
    for answer in (client.get("/admin/"), client.post("/admin/login/?next=/admin/", fields)):
        assert answer.status_code == 302
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/accounts/sign-in/?next=/admin/"
    assert client.get("/admin/login/?next=https://evil.example/")["Location"] == "/accounts/sign-in/?next=/admin/"
    assert "_auth_user_id" not in client.session
    client.post(reverse("accounts:sign-in"), SIGN_IN)
    assert client.get("/admin/", follow=True).status_code == 403  # and no redirect without end
    User.objects.update(is_staff=True)
    inside = client.get("/admin/")
    assert inside.status_code == 200
    rules = inside["Content-Security-Policy"].split("; ")
    assert [rule.split()[0] for rule in POLICY.split("; ") if rule not in rules] == [
        "require-trusted-types-for",
        "trusted-types",
    ]


def test_the_session_from_before_signing_in_is_worth_nothing_after_it(facilitator: User, client: Client) -> None:
    client.session.save()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.post(reverse("accounts:sign-in"), SIGN_IN)
    assert before is not None
    assert client.session.session_key != before
    assert not client.session.exists(before)


def test_a_wrong_password_is_told_at_the_password_and_the_address_is_kept(facilitator: User, client: Client) -> None:
    answer = client.post(reverse("accounts:sign-in"), {**SIGN_IN, "password": "not this one"})
    html = answer.content.decode()
    assert list(answer.context["form"].errors) == ["password"]
    assert re.findall(r"<input[^>]* autofocus[^>]*>", html)[0].count('name="password"') == 1
    assert 'value="dana@example.org"' in html
    assert "not this one" not in html


def test_only_a_form_signs_out(facilitator: User, client: Client) -> None:
    client.force_login(facilitator)
    assert client.get(reverse("accounts:sign-out")).status_code == 405
    assert who(client) == str(facilitator.pk)
    client.post(reverse("accounts:sign-out"))
    assert who(client) is None


# ---- links


def test_looking_at_the_page_does_not_use_up_the_link(facilitator: User, client: Client) -> None:
    token = issue_sign_in_link(facilitator.email)
    client.get(reverse("accounts:enter"), {"token": token})
    assert client.post(reverse("accounts:enter"), {"token": token})["Location"] == reverse("sessions:list")
    assert who(client) == str(facilitator.pk)


def test_the_whole_link_may_be_pasted(facilitator: User, client: Client) -> None:
    token = issue_sign_in_link(facilitator.email)
    client.post(reverse("accounts:enter"), {"token": f" http://words.example/accounts/enter/#{token} "})
    assert who(client) == str(facilitator.pk)


def test_a_used_link_says_so_and_lets_nobody_in(facilitator: User, client: Client) -> None:
    token = issue_sign_in_link(facilitator.email)
    client.post(reverse("accounts:enter"), {"token": token})
    stranger = Client()
    answer = stranger.post(reverse("accounts:enter"), {"token": token})
    assert "This link has been used, or is too old." in answer.content.decode()
    assert who(stranger) is None


def test_forgotten_answers_alike_whether_or_not_there_is_an_account(
    facilitator: User, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    answers = {
        re.sub(
            r'name="csrfmiddlewaretoken" value="\w+"',
            "",
            client.post(reverse("accounts:forgotten"), {"email": email}).content.decode(),
        )
        for email in ("dana@example.org", "stranger@example.org")
    }
    assert len(answers) == 1
    assert [letter.to for letter in mailoutbox] == [["dana@example.org"]]
    assert "http://testserver/accounts/enter/#" in str(mailoutbox[0].body)


def test_without_mail_the_page_says_how_to_get_in(db: None, client: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    html = page(client, "accounts:forgotten")
    assert "manage.py sign_in_link" in html
    assert 'name="email"' not in html


# ---- the account


def test_a_name_can_be_changed(facilitator: User, client: Client) -> None:
    client.force_login(facilitator)
    client.post(reverse("accounts:account"), {"name": "  Dana   Rivers "})
    facilitator.refresh_from_db()
    assert facilitator.name == "Dana Rivers"


def test_a_new_password_asks_for_the_present_one(facilitator: User, client: Client) -> None:
    client.force_login(facilitator)
    for current in ({}, {"current": "not this one"}):
        answer = client.post(reverse("accounts:password"), {**current, "password": "another quiet lunch"})
        assert list(answer.context["password_form"].errors) == ["current"]
    facilitator.refresh_from_db()
    assert facilitator.check_password(PASSWORD)


def test_a_new_password_keeps_this_browser_and_puts_the_others_out(facilitator: User, client: Client) -> None:
    other = Client()
    for browser in (client, other):
        browser.post(reverse("accounts:sign-in"), SIGN_IN)
    client.post(reverse("accounts:password"), {"current": PASSWORD, "password": "another quiet lunch"})
    assert client.get(reverse("accounts:account")).status_code == 200
    assert other.get(reverse("accounts:account")).status_code == 302


def test_who_came_by_a_link_chooses_a_password_without_the_old_one(facilitator: User, client: Client) -> None:
    client.post(reverse("accounts:enter"), {"token": issue_sign_in_link(facilitator.email)})
    client.post(reverse("accounts:password"), {"password": "another quiet lunch"})
    facilitator.refresh_from_db()
    assert facilitator.check_password("another quiet lunch")
    answer = client.post(reverse("accounts:password"), {"password": "a third quiet lunch"})
    assert list(answer.context["password_form"].errors) == ["current"]


def test_a_weak_new_password_is_told_at_its_field(facilitator: User, client: Client) -> None:
    client.force_login(facilitator)
    answer = client.post(reverse("accounts:password"), {"current": PASSWORD, "password": "short"})
    assert list(answer.context["password_form"].errors) == ["password"]


def test_a_stranger_is_sent_to_sign_in_and_comes_back(db: None, client: Client) -> None:
    answer = client.get(reverse("accounts:account"))
    assert answer["Location"] == f"{reverse('accounts:sign-in')}?next={reverse('accounts:account')}"


# ---- pages that anyone sees


def test_the_first_page_takes_a_code_to_the_door(db: None, client: Client) -> None:
    html = page(client, "home")
    assert re.search(rf'<form [^>]*action="{reverse("room:join")}"', html)
    assert re.search(r'<label for="code">.*?<input [^>]*id="code" name="code"', html, re.S)


def test_the_first_page_leads_to_signing_up_or_to_ones_meetings(facilitator: User, client: Client) -> None:
    meetings, sign_up = f'href="{reverse("sessions:list")}"', f'href="{reverse("accounts:sign-up")}"'
    html = page(client, "home")
    assert (meetings in html, sign_up in html) == (False, True)
    client.force_login(facilitator)
    html = page(client, "home")
    assert (meetings in html, sign_up in html) == (True, False)


def test_the_definition_on_the_first_page_is_called_an_example(db: None, client: Client) -> None:
    html = page(client, "home")
    assert html.index("Example") < html.index("leave happier than they came")


def test_how_a_meeting_goes_is_the_agenda_that_a_meeting_starts_with(db: None, client: Client) -> None:
    told = re.findall(r'<li><span class="num quiet">(\d+) min</span><h3>(.*?)</h3>', page(client, "how"))
    agenda = agendas.TEMPLATES[0]
    assert [(name.lower().replace(" ", "-"), int(minutes)) for minutes, name in told] == [
        (step.kind, step.minutes) for step in agenda.steps
    ]


PUBLIC = ["home", "how", "accounts:sign-in", "accounts:sign-up", "accounts:forgotten", "accounts:enter"]


@pytest.mark.parametrize("name", PUBLIC)
def test_no_page_has_style_or_script_written_into_it(db: None, client: Client, name: str) -> None:
    html = page(client, name)
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", html) == []


@pytest.mark.parametrize("name", PUBLIC)
def test_every_page_has_one_heading_and_a_way_past_the_navigation(db: None, client: Client, name: str) -> None:
    html = page(client, name)
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert re.findall(r'<a class="skip" href="#(\w+)"', html) == re.findall(r'<main[^>]* id="(\w+)"', html) == ["main"]


@pytest.mark.parametrize("name", ["accounts:sign-in", "accounts:sign-up", "accounts:enter"])
def test_every_typed_field_has_a_label_and_says_what_may_fill_it(db: None, client: Client, name: str) -> None:
    html = page(client, name)
    fields = [tag for tag in re.findall(r"<input [^>]*>", html) if 'type="hidden"' not in tag]
    assert fields
    for tag in fields:
        (identity,) = re.findall(r' id="([^"]+)"', tag)
        assert f'<label for="{identity}">' in html
        assert " autocomplete=" in tag


# ---- when something goes wrong


def test_a_page_that_is_not_there_says_so_kindly(db: None, client: Client) -> None:
    answer = client.get("/nothing-here/")
    assert answer.status_code == 404
    assert "There is nothing on this page." in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_what_to_do(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("accounts:sign-in"), SIGN_IN)
    assert answer.status_code == 403
    assert "This page was open for too long." in unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("template", "heading"),
    [
        ("400.html", "That didn’t come through in one piece."),
        ("403.html", "This page isn’t yours to open."),
        ("403_csrf.html", "This page was open for too long."),
        ("404.html", "There is nothing on this page."),
        ("500.html", "Something broke on our side."),
    ],
)
def test_error_pages_need_neither_request_nor_database(template: str, heading: str) -> None:
    assert heading in unescape(get_template(template).render())
