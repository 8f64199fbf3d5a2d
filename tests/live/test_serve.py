"""`manage.py serve` as a person starts it: what it says, what it refuses, and how it stops."""

import asyncio
import os
import re
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.live.meeting import Desk, Phone
from tests.servers import MANAGE, ROOT, SETTINGS_VARIABLES, Server, Stack, free_port
from workshop.live.http import WORKERS
from workshop.live.management.commands.serve import bound_socket

pytestmark = pytest.mark.live


def serve(*options: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A start that is expected to be refused."""
    kept = {key: value for key, value in os.environ.items() if key not in SETTINGS_VARIABLES}
    return subprocess.run(
        [*MANAGE, "serve", *options], cwd=ROOT, env=kept | environment, capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def empty(tmp_path: Path) -> dict[str, str]:
    """The settings of a start on a database that nobody has set up."""
    return {"SECRET_KEY": "k" * 60, "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}


def test_a_port_that_is_taken_is_named_with_the_way_out(empty: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = serve("--host", "127.0.0.1", "--port", str(port), **empty)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        rf"Port {port} is already taken by another program on this machine\. Take another: make run PORT=\d+\n",
        done.stderr,
    )


@pytest.mark.parametrize("port", ["0", "65536", "-1", "x", "80.5", ""])
def test_what_is_no_port_is_refused(empty: dict[str, str], port: str) -> None:
    done = serve("--port", port, **empty)
    assert done.returncode == 2
    assert "is no port: a port is a number from 1 to 65535" in done.stderr or "expected one argument" in done.stderr


def test_what_is_written_goes_at_once() -> None:
    """Without TCP_NODELAY whatever is written in two parts comes 40 ms late."""

    async def accepted() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def came(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = bound_socket("127.0.0.1", 0)
        async with await asyncio.start_server(came, sock=listener):
            _reader, writer = await asyncio.open_connection(*listener.getsockname())
            nodelay = await asyncio.wait_for(found, 10)
            writer.close()
            return nodelay

    assert asyncio.run(accepted()) == 1


def test_several_processes_need_a_layer_between_them(empty: dict[str, str]) -> None:
    done = serve("--workers", "2", "--port", str(free_port()), **empty)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("2 processes need REDIS_URL")


def test_a_database_that_was_not_set_up_is_said_in_a_line(empty: dict[str, str]) -> None:
    done = serve("--port", str(free_port()), **empty)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "`make run` sets it up" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_to_go_and_stops_in_order(stack: Stack, tmp_path: Path, number: int) -> None:
    server = Server(stack.environment, tmp_path / "log")
    server.start()
    said = server.log.read_text()
    assert f"http://localhost:{server.port}/accounts/enter/#" in said
    assert f"On this laptop            http://localhost:{server.port}/" in said
    process = server._taken()
    assert process is not None
    with httpx.Client(base_url=server.base_url) as browser:  # it holds a connection open
        assert browser.get("/healthz").status_code == 200
        process.send_signal(number)
        assert process.wait(10) == 0
    assert server.log.read_text().endswith("Stopped. All that was saved is kept.\n")


def test_it_is_alive_while_all_its_threads_wait_for_the_database(desk: Desk, ada: Phone) -> None:
    """A watcher that started it again would mend nothing."""
    fields = [{"client": str(uuid4()), "seq": "1", "name": f"Ada{number}"} for number in range(WORKERS + 4)]
    with ThreadPoolExecutor(len(fields)) as phones:
        with nothing_can_be_saved(desk):
            answers = [phones.submit(ada.post, f"{ada.base}do/rename-me", one) for one in fields]
            all_threads_wait(desk.stack.base_url)
            assert httpx.get(f"{desk.stack.base_url}/healthz", timeout=2).text == "ok"
        assert {answer.result().status_code for answer in answers} == {200}


def all_threads_wait(base_url: str) -> None:
    """A page that needs one does not come."""
    for _try in range(100):
        try:
            httpx.get(f"{base_url}/how/", timeout=0.5)
        except httpx.ReadTimeout:
            return
    raise AssertionError("there is always a thread free")


@contextmanager
def nothing_can_be_saved(desk: Desk) -> Iterator[None]:
    url = desk.stack.environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(url) as connection:
            connection.execute("LOCK TABLE workshop_sessions_workshopsession IN EXCLUSIVE MODE")
            yield


def test_several_processes_behind_one_port_stop_together(stack: Stack, tmp_path: Path) -> None:
    if "REDIS_URL" not in stack.environment:
        pytest.skip("without a layer there is one process")
    server = Server(stack.environment, tmp_path / "log", "--workers", "2")
    server.start()
    server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.base_url}/healthz")


def test_files_come_packed_and_for_good_and_nothing_beside_them(stack: Stack) -> None:
    with httpx.Client(base_url=stack.base_url, headers={"Accept-Encoding": "gzip"}) as browser:
        style = re.search(r'href="(/static/[^"]+\.css)"', browser.get("/how/").text)
        assert style is not None
        answer = browser.get(style[1])
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')
        assert (answer.headers["Content-Encoding"], answer.headers["X-Content-Type-Options"]) == ("gzip", "nosniff")
        assert "immutable" in answer.headers["Cache-Control"]
        again = browser.get(style[1], headers={"If-Modified-Since": answer.headers["Last-Modified"]})
        assert (again.status_code, again.content) == (304, b"")
        part = browser.get(style[1], headers={"Range": "bytes=2-11", "Accept-Encoding": "identity"})
        assert (part.status_code, part.content) == (206, answer.content[2:12])
        for path in ("/static/none.css", "/static/../settings.py", "/static/%2e%2e/%2e%2e/manage.py", "/static/"):
            assert browser.get(path).status_code == 404
