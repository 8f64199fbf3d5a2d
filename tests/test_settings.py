"""The settings as the environment makes them; each in a process of its own, because they are read once."""

import os
import subprocess

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from tests.servers import MANAGE, ROOT, SETTINGS_VARIABLES

# Takes POST alone, and so says 405 where the host is right, without a page that would have to be built.
ASK = """
from django.test import Client
print(Client(HTTP_HOST={host!r}).get("/csp-reports", secure=True).status_code)
"""


def manage(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {key: value for key, value in os.environ.items() if key not in SETTINGS_VARIABLES}
    return subprocess.run(
        [*MANAGE, *arguments],
        cwd=ROOT,
        env=kept | {"SECRET_KEY": "k" * 60} | environment,
        capture_output=True,
        text=True,
        timeout=240,  # a busy machine takes its time to make a database
    )


@pytest.mark.parametrize(
    ("public_url", "host", "status"),
    [
        ("https://words.example.org", "words.example.org", "405"),
        ("https://words.example.org/", "words.example.org", "405"),
        ("https://words.example.org:8443", "words.example.org:8443", "405"),
        ("https://words.example.org", "evil.example.org", "400"),
        ("https://words.example.org", "127.0.0.1", "400"),
        ("", "192.168.1.7:8000", "405"),
        ("", "evil.example.org", "400"),
    ],
)
def test_the_server_answers_under_its_own_name_and_no_other(public_url: str, host: str, status: str) -> None:
    done = manage("shell", "--no-imports", "--command", ASK.format(host=host), PUBLIC_URL=public_url)
    assert done.stdout.split() == [status], done.stderr


@pytest.mark.parametrize(
    "public_url", ["words.example.org", "http://words.example.org", "https://", "https://words.example.org/words"]
)
def test_a_public_address_that_can_t_be_one_is_refused_at_the_start(public_url: str) -> None:
    done = manage("check", PUBLIC_URL=public_url)
    assert done.returncode != 0
    assert "PUBLIC_URL must be https:// and a name" in done.stderr


def test_a_public_server_needs_a_secret_that_all_its_processes_share() -> None:
    done = manage("check", PUBLIC_URL="https://words.example.org", SECRET_KEY="")
    assert done.returncode != 0
    assert "Set SECRET_KEY" in done.stderr


@pytest.mark.parametrize("fail_at", ["committed", "committed:", "committed:x", "nowhere:3", ":3", "committed:3:3"])
def test_a_fail_point_that_is_none_is_refused_at_the_start(fail_at: str) -> None:
    done = manage("check", FAIL_AT=fail_at)
    assert done.returncode != 0
    assert f"FAIL_AT is one of validated, committed, announced, answering, a colon, and a number: not {fail_at!r}" in (
        done.stderr
    )


def test_a_public_server_never_starts_with_a_fail_point() -> None:
    done = manage("check", PUBLIC_URL="https://words.example.org", FAIL_AT="committed:3")
    assert done.returncode != 0
    assert "FAIL_AT is for test runs" in done.stderr


def test_a_fail_point_ends_the_process_the_nth_time_and_no_other_does() -> None:
    ask = "from workshop.fail_points import passing\n"
    ask += "for number in range(1, 6): passing('announced'); print(number, flush=True); passing('committed')"
    done = manage("shell", "--no-imports", "--command", ask, FAIL_AT="committed:3")
    assert (done.returncode, done.stdout.split()) == (-9, ["1", "2", "3"])
    done = manage("shell", "--no-imports", "--command", ask)
    assert (done.returncode, done.stdout.split()) == (0, ["1", "2", "3", "4", "5"])


def test_no_request_takes_an_event_loop_of_its_own() -> None:
    """One middleware that is only asynchronous, among synchronous ones, costs every request a loop and a thread."""
    assert [name for name in settings.MIDDLEWARE if not getattr(import_string(name), "sync_capable", True)] == []


@pytest.mark.parametrize(("told", "off"), [({}, "False"), ({"PGBOUNCER": "on"}, "True")])
def test_cursors_of_the_server_are_left_out_behind_pgbouncer(told: dict[str, str], off: str) -> None:
    ask = 'from django.db import connection; print(connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"])'
    done = manage("shell", "--command", ask, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", **told)
    assert done.stdout.split()[-1] == off, done.stderr
