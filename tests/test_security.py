"""What a deployed server tells browsers, and what it takes from them."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

from tests.room.conftest import _nothing_need_be_built as _nothing_need_be_built
from tests.room.conftest import meeting as meeting
from tests.room.meeting import Meeting
from tests.test_health import told
from tests.test_settings import manage
from workshop.room import security

ASK = """
import json
from django.core.management import call_command
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
call_command("migrate", verbosity=0)
from django.test import Client
from tests.factories import a_session
from workshop.accounts.commands import issue_sign_in_link, register
from workshop.sessions.commands import links
session = a_session("welcome")
browser = Client(HTTP_HOST="words.example.org")
def cookies(answer):
    return {name: {key: value for key, value in morsel.items() if value} for name, morsel in answer.cookies.items()}
asked = {}
plain = browser.get("/how/")
asked["plain"] = [plain.status_code, plain["Location"]]
asked["headers"] = dict(browser.get("/accounts/sign-in/", secure=True).headers)
token = issue_sign_in_link("x@example.org")
asked["signed in"] = cookies(browser.post("/accounts/enter/", {"token": token}, secure=True))
asked["joined"] = cookies(browser.post(f"/j/{session.code}", {"name": "Ada"}, secure=True, headers={"origin": "https://words.example.org"}))
for scope in ("screen", "outcome"):
    token = links.issue_link(session, actor=session.owner, scope=scope)
    asked[scope] = cookies(browser.post(f"/open/{scope}/", {"token": token}, secure=True))
asked["base"] = str(session.public_id)
asked["phone"] = browser.get(f"/phone/{session.public_id}/panels", secure=True).status_code
print("ASKED" + json.dumps(asked))
"""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a server with a public address answers."""
    database = f"sqlite:///{tmp_path_factory.mktemp('deployed') / 'words.sqlite3'}"
    settings = {"PUBLIC_URL": "https://words.example.org", "DATABASE_URL": database}
    done = manage("shell", "--no-imports", "--command", ASK, **settings)
    assert "ASKED" in done.stdout, done.stderr
    return dict(json.loads(done.stdout.partition("ASKED")[2]))


def test_what_comes_without_tls_is_sent_on_to_where_there_is_some(deployed: dict[str, Any]) -> None:
    assert deployed["plain"] == [301, "https://words.example.org/how/"]


def test_every_page_tells_browsers_what_to_refuse(deployed: dict[str, Any]) -> None:
    headers = deployed["headers"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Content-Security-Policy"] == security.POLICY
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "SAMEORIGIN")
    assert (headers["Referrer-Policy"], headers["Cross-Origin-Opener-Policy"]) == ("same-origin", "same-origin")
    assert "no-store" in headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in headers


def test_pages_take_code_from_our_files_alone_and_make_markup_in_one_place() -> None:
    rules = dict(part.partition(" ")[::2] for part in security.POLICY.split("; "))
    assert (rules["default-src"], rules["base-uri"]) == ("'none'", "'none'")
    assert {rules[f"{kind}-src"] for kind in ("script", "style", "connect", "font", "frame")} == {"'self'"}
    assert (rules["require-trusted-types-for"], rules["trusted-types"]) == ("'script'", "words")
    assert (rules["report-uri"], rules["report-to"]) == (security.REPORTS, "csp")
    # Django's admin pages do without the rule on markup, and without no other.
    assert set(security.POLICY.split("; ")) - set(security.POLICY_OF_ADMIN.split("; ")) == {
        "require-trusted-types-for 'script'",
        "trusted-types words",
    }


def test_cookies_that_carry_a_right_go_by_tls_only_and_no_script_reads_them(deployed: dict[str, Any]) -> None:
    of = {"secure": True, "httponly": True, "samesite": "Lax"}
    found = {
        "__Host-sessionid": (deployed["signed in"], "/"),
        "__Secure-phone": (deployed["joined"], f"/phone/{deployed['base']}/"),
        "__Secure-screen": (deployed["screen"], f"/screen/{deployed['base']}/"),
        "__Secure-outcome": (deployed["outcome"], f"/outcome/{deployed['base']}/"),
    }
    for name, (cookies, path) in found.items():
        assert {key: cookies[name].get(key) for key in of} == of, name
        assert (cookies[name]["path"], cookies[name].get("domain")) == (path, None)
    assert deployed["signed in"]["csrftoken"]["secure"] is True
    assert deployed["phone"] == 200  # it is read by the name that it was given


def test_nobody_s_session_is_taken_over_at_signing_in_or_joining(meeting: Meeting) -> None:
    """A session or phone cookie that somebody else put into the browser is worth nothing afterwards."""
    browser = Client()
    browser.cookies["sessionid"] = "a" * 32
    browser.cookies["phone"] = planted = "b" * 22
    answer = browser.post(f"/j/{meeting.session.code}", {"name": "Zoe"}, headers={"origin": "http://testserver"})
    assert answer.cookies["phone"].value not in (planted, "")
    other = Client()
    other.cookies["phone"] = planted
    assert other.get(f"/phone/{meeting.public_id}/panels").status_code == 403


# ---- reports


def report(**body: Any) -> Any:
    return Client().post("/csp-reports", json.dumps({"csp-report": body}), content_type="application/csp-report")


@pytest.fixture(autouse=True)
def _full_allowance() -> None:
    security._lines = security._Lines(security.LINES_A_MINUTE)


@pytest.mark.parametrize("kind", ["older", "newer"])
def test_a_report_is_a_line_with_our_rule_and_our_page_and_nothing_that_was_sent(
    db: None, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    page, blocked = "https://words.example.org/j/ABCD2345?from=Ada#s3cret", "https://evil.example/Ada.js"
    if kind == "older":
        answer = report(**{"effective-directive": "script-src-elem", "document-uri": page, "blocked-uri": blocked})
    else:
        body = {"effectiveDirective": "script-src-elem", "documentURL": page, "blockedURL": blocked, "sample": "Ada"}
        sent = json.dumps([{"type": "csp-violation", "body": body}])
        answer = Client().post("/csp-reports", sent, content_type="application/reports+json")
    assert answer.status_code == 204
    assert [record.getMessage() for record in caplog.records] == [
        "A browser kept something from a page: script-src-elem at /j/<str:code>, from elsewhere"
    ]


NO_REPORTS = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"[1]",
    b'{"csp-report":[]}',
    b"[" * 8000,
    b"\xff",
    b'[{"body":{}}]',
    b'"\\ud800"',
]


@pytest.mark.parametrize("body", NO_REPORTS)
def test_what_is_no_report_is_taken_like_one(db: None, body: bytes) -> None:
    answer = Client().post("/csp-reports", body, content_type="application/reports+json")
    assert answer.status_code == 204


def test_a_form_is_no_report_either(db: None) -> None:
    assert Client().post("/csp-reports", {"csp-report": "{}"}).status_code == 204


def test_a_flood_of_reports_is_counted_and_a_few_are_logged(db: None, caplog: pytest.LogCaptureFixture) -> None:
    before = told()["words_csp_reports_total{}"]
    with caplog.at_level(logging.WARNING):
        for _time in range(50):
            report(**{"effective-directive": "img-src"})
    assert len(caplog.records) == security.LINES_A_MINUTE
    assert told()["words_csp_reports_total{}"] == before + 50


def test_a_report_is_small(db: None, caplog: pytest.LogCaptureFixture) -> None:
    assert report(sample="x" * security.MOST_BYTES).status_code == 413
    assert Client().get("/csp-reports").status_code == 405
