"""Joining as a browser sees it: pages that are everybody's, and a POST that must come from ours."""

import pytest
from django.test import Client

from tests.room.meeting import Meeting, Phone
from workshop.room.identity import has_nothing_here, has_what_pages_need, in_the_meeting
from workshop.sessions.commands import people

HERE = {"origin": "http://testserver"}
TOKEN = "t" * 32


def csrf_cookie(client: Client) -> bool:
    return "csrftoken" in client.cookies


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "https://testserver",
        "http://testserver:8000",
        "http://testserver/",
        "http://evil.example",
        "http://testserver.evil.example",
        "testserver",
    ],
)
def test_who_is_sent_by_another_page_does_not_join(meeting: Meeting, origin: str | None) -> None:
    code = people.issue_move_code(meeting.session, actor=meeting.phones[0].person, participant=meeting.phones[0].person)
    before = meeting.fresh.revision
    headers = {} if origin is None else {"origin": origin}
    for address, fields in (
        (f"/j/{meeting.session.code}", {"name": "Eve"}),
        ("/join/", {"code": meeting.session.code, "name": "Eve"}),
        ("/join/", {"code": code}),
    ):
        browser = Client(enforce_csrf_checks=True)
        answer = browser.post(address, fields, headers=headers)
        assert (answer.status_code, dict(browser.cookies)) == (403, {})
        assert "Type the address on the big screen" in answer.content.decode()
    assert (meeting.fresh.revision, meeting.session.participants.count()) == (before, len(meeting.phones))


def test_who_joins_needs_no_token_and_gets_all_cookies_of_the_phones_page(meeting: Meeting) -> None:
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(f"/j/{meeting.session.code}")
    assert (page.status_code, dict(browser.cookies), b"csrf" in page.content) == (200, {}, False)
    assert browser.post(f"/j/{meeting.session.code}", {"name": "Zoe"}, headers=HERE).status_code == 302
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    assert cookies.keys() == {"phone", "csrftoken", f"in-{meeting.public_id.hex[:8]}"}
    assert has_what_pages_need(cookies)
    page = browser.get(f"/phone/{meeting.public_id}/")
    assert (page.status_code, dict(page.cookies)) == (200, {})
    envelope = {"client": "00000000-0000-4000-8000-000000000001", "seq": 1}
    address = f"/phone/{meeting.public_id}/do/leave"
    assert browser.post(address, envelope, headers={"X-CSRFToken": cookies["csrftoken"]}).json()["ok"]


def test_a_phone_that_lost_its_token_is_given_one(meeting: Meeting) -> None:
    ada = meeting.phones[0].http
    for token in (None, "", "short", "<" * 32):
        ada.cookies.pop("csrftoken", None)
        if token is not None:
            ada.cookies["csrftoken"] = token
        assert "csrftoken" in ada.get(f"/phone/{meeting.public_id}/").cookies, token


def test_the_page_for_joining_is_everybodys_where_nothing_is_known_of_the_browser() -> None:
    assert has_nothing_here({}) and has_nothing_here({"csrftoken": TOKEN})
    for cookie in ("in-0123abcd", "sessionid", "django_language", "messages", "phone"):
        assert not has_nothing_here({"csrftoken": TOKEN, cookie: "1"}), cookie


def test_a_phones_page_is_everybodys_where_it_would_set_no_cookie_and_be_no_other() -> None:
    usual = {"csrftoken": TOKEN, "phone": "x", "in-0123abcd": "1"}
    assert has_what_pages_need(usual) and has_what_pages_need({**usual, "csrftoken": TOKEN * 2})
    for cookie in ("sessionid", "django_language", "messages"):
        assert not has_what_pages_need({**usual, cookie: "1"}), cookie
    for token in ("", "short", "<" * 32):
        assert not has_what_pages_need({**usual, "csrftoken": token}), token


def test_of_many_phones_those_are_in_the_meeting_whose_holder_was_not_removed(meeting: Meeting) -> None:
    ada, ben, cleo = meeting.phones
    people.remove(meeting.session, actor=meeting.owner, participant=ben.person)
    other = Meeting.set_up(1).phones[0]

    def cookies(phone: Phone) -> dict[str, str]:
        return {"phone": phone.cookie}

    asked = [cookies(ada), cookies(ben), {}, cookies(other), {"phone": "x"}, cookies(cleo)]
    assert in_the_meeting(meeting.public_id, asked) == [True, False, False, False, False, True]
