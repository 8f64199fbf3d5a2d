"""What the server says of itself to whoever watches it."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from tests.room.conftest import _nothing_need_be_built as _nothing_need_be_built
from tests.room.meeting import NAMES, Meeting, id_of
from tests.servers import ROOT, Server, Stack, free_port
from tests.test_settings import manage
from workshop import health, metrics

LOCAL = {"host": "localhost:8000"}


def values(text: str) -> dict[str, float]:
    """Each sample as `name{label values}` → its value."""
    return {
        f"{sample.name}{{{','.join(sample.labels.values())}}}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def told(**asking: Any) -> dict[str, float]:
    answer = Client().get("/metrics", headers=LOCAL, **asking)
    assert answer.status_code == 200
    return values(answer.content.decode())


# ---- ready


@pytest.mark.django_db(transaction=True)
def test_a_server_with_its_database_is_ready() -> None:
    assert Client().get("/readyz").status_code == 200


@contextmanager
def silence() -> Iterator[int]:
    """A port where everything is accepted and nothing answered, as half a network does it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held: list[socket.socket] = []

        def hold() -> None:
            while True:
                try:
                    held.append(listener.accept()[0])
                except OSError:
                    return

        threading.Thread(target=hold, daemon=True).start()
        yield listener.getsockname()[1]
        for one in held:
            one.close()


ASK = """
import time
from django.test import Client
browser = Client(HTTP_HOST="localhost")
browser.get("/csp-reports")
began = time.monotonic()
answer = browser.get("/readyz")
print(answer.status_code, answer.content.decode())
print(time.monotonic() - began)
"""


@pytest.mark.parametrize("gone", ["cannot be opened", "is not set up", "refuses", "is silent"])
def test_a_database_that_is_gone_is_said_in_time(tmp_path: Path, gone: str) -> None:
    with silence() as port:
        database_url = {
            "cannot be opened": "sqlite:////nowhere/at/all/words.sqlite3",
            "is not set up": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
            "refuses": f"postgresql://words@127.0.0.1:{free_port()}/words",
            "is silent": f"postgresql://words@127.0.0.1:{port}/words",
        }[gone]
        done = manage("shell", "--no-imports", "--command", ASK, DATABASE_URL=database_url)
    said, seconds = done.stdout.strip().splitlines()
    assert said == "503 The database does not answer.", done.stderr
    assert float(seconds) < health.MOST_SECONDS + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gone", ["refuses", "is silent"])
def test_a_layer_that_is_gone_is_said_in_time(settings: Settings, gone: str) -> None:
    with silence() as port:
        settings.REDIS_URL = f"redis://127.0.0.1:{port if gone == 'is silent' else free_port()}"
        began = time.monotonic()
        answer = Client().get("/readyz")
        assert (answer.status_code, answer.content) == (503, b"The channel layer does not answer.")
        assert time.monotonic() - began < 2 * health.MOST_SECONDS + 1


@pytest.mark.django_db(transaction=True)
def test_whoever_asks_a_process_by_its_own_address_hears_too(settings: Settings) -> None:
    """As a balancer does, past the proxy that knows the public name and TLS."""
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["words.example.org"]
    assert Client().get("/readyz", headers={"host": "8.8.8.8:8000"}).status_code == 200
    assert Client().get("/how/", headers={"host": "8.8.8.8:8000"}).status_code == 400


# ---- who may see the metrics


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {"Host": "[::1]:8000"}, 200),
        ("192.168.1.7", {}, 404),
        ("192.168.1.7", {"Host": "192.168.1.2:8000"}, 404),
        ("127.0.0.1", {"Host": "evil.example"}, 404),  # a name of somebody else's that leads here
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8"}, 404),  # through a proxy on this machine
        ("127.0.0.1", {"Via": "1.1 proxy"}, 404),
        ("192.168.1.7", {"X-Forwarded-For": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Host": "localhost.evil.example"}, 404),
        ("127.0.0.1", {"Host": ""}, 404),
    ],
)
def test_without_a_token_the_metrics_are_this_machine_s(address: str, headers: dict[str, str], status: int) -> None:
    answer = Client().get("/metrics", headers={"Host": "127.0.0.1:8000", **headers}, REMOTE_ADDR=address)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("Bearer tell-me", 200),
        ("", 404),
        ("Bearer ", 404),
        ("Bearer tell-m", 404),
        ("Bearer tell-me-", 404),
        ("é", 404),
    ],
)
def test_with_a_token_it_is_the_token_alone(settings: Settings, authorization: str, status: int) -> None:
    settings.METRICS_TOKEN = "tell-me"
    for address, host in (("127.0.0.1", "127.0.0.1"), ("10.0.0.9", "10.0.0.7:8000")):
        answer = Client().get("/metrics", headers={"host": host, "authorization": authorization}, REMOTE_ADDR=address)
        assert answer.status_code == status


# ---- what they say


def test_commands_refusals_panels_and_people_are_counted(db: None) -> None:
    before = told()
    meeting = Meeting.set_up(2)
    Client().post(f"/j/{meeting.session.code}", {"name": "Zoe"}, headers={"origin": "http://testserver"})
    meeting.to("key-words")
    ada = meeting.phones[0]
    assert ada.do("add-card", round=meeting.round.pk, id=id_of("a"), body="honest")["ok"]
    assert not ada.do("add-card", round=meeting.round.pk, id=id_of("b"), body="")["ok"]
    meeting.panels("screen")
    after = told()
    risen = {name: after[name] - before.get(name, 0) for name in after}
    assert risen["words_joined_total{joined}"] == 1
    assert risen["words_command_seconds_count{add-card}"] == 2
    assert risen["words_refused_total{field-body}"] == 1
    assert risen["words_panels_seconds_count{screen}"] == risen["words_panels_total{screen}"] == 1
    assert 0 < risen["words_command_seconds_sum{add-card}"] < 10


def test_who_guesses_codes_is_seen_however_they_ask(db: None) -> None:
    before = told()
    Client().get("/j/ABCDEFGH")
    Client().post("/j/ABCDEFGH", {"name": "Zoe"}, headers={"origin": "http://testserver"})
    assert told()["words_refused_total{no-such-code}"] - before.get("words_refused_total{no-such-code}", 0) == 2


def test_nothing_of_a_meeting_or_a_person_stands_in_them(db: None) -> None:
    meeting = Meeting.set_up(3).end()
    meeting.phones[0].do("rename-me", name="Adelheid")
    told_all = Client().get("/metrics", headers=LOCAL).content.decode()
    for secret in (*NAMES[:3], "Adelheid", "word0", "sentence 1", str(meeting.public_id), meeting.session.code):
        assert secret not in told_all
    assert "words_command_seconds" in told_all


def test_the_names_that_alarms_are_written_for_stay() -> None:
    exposed = {sample.name for family in metrics.REGISTRY.collect() for sample in (family, *family.samples)}
    alarms = set(re.findall(r"words_\w+", (ROOT / "docs/operations.md").read_text()))
    asked = {re.sub("_(bucket|total)$", "", name) for name in alarms}
    assert asked >= {"words_command_seconds", "words_fan_out_seconds", "words_commands_waiting", "words_panels_seconds"}
    assert asked - exposed == set()


# ---- several processes


COUNT = """
import os, sys, time
from workshop import metrics
metrics.JOINED.labels("joined").inc(int(sys.argv[1]))
metrics.STANDS["sockets"].inc(int(sys.argv[1]))
print("counted", flush=True)
sys.stdin.read()
"""


def test_what_several_processes_count_is_added_up_and_the_dead_hold_no_sockets(tmp_path: Path) -> None:
    environment = {**os.environ, metrics.FOLDER: str(tmp_path)}
    command = [sys.executable, "-c", COUNT]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    running = [subprocess.Popen([*command, number], **pipes) for number in ("3", "40")]
    try:
        for process in running:
            assert process.stdout.readline() == "counted\n"
        told = values(asked_in(environment))
        assert (told["words_joined_total{joined}"], told["words_sockets{}"]) == (43, 43)
        running[1].send_signal(signal.SIGKILL)
        running[1].wait()
        told = values(asked_in(environment))
        assert (told["words_joined_total{joined}"], told["words_sockets{}"]) == (43, 3)
    finally:
        for process in running:
            process.kill()
            process.communicate()


def asked_in(environment: dict[str, str]) -> str:
    ask = [sys.executable, "-c", "from workshop import metrics; print(metrics.text().decode())"]
    return subprocess.run(ask, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.live
def test_whichever_process_of_a_port_is_asked_tells_of_all(stack: Stack, tmp_path: Path) -> None:
    if "REDIS_URL" not in stack.environment:
        pytest.skip("without a layer there is one process")
    server = Server(stack.environment, tmp_path / "log", "--workers", "2")
    server.start()
    try:
        for _guess in range(16):  # each by a connection of its own, so that both processes get some
            with httpx.Client(base_url=server.base_url) as browser:
                ours = {"Origin": server.base_url}
                assert browser.post("/join/", data={"code": "22222222"}, headers=ours).status_code == 404
        asked = [values(httpx.get(f"{server.base_url}/metrics").raise_for_status().text) for _time in range(8)]
        assert {one["words_refused_total{no-such-code}"] for one in asked} == {16}
    finally:
        server.stop()
