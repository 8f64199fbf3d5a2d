"""A meeting on real servers, by what goes over the wire and nothing else: HTTP with cookies, and sockets."""

import json
import sqlite3
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.servers import Stack

PATIENCE = 5.0  # seconds that the slowest way to a browser may take: the hub's own look, and a busy machine


class Person:
    """Someone's browser: cookies that go to whichever server is asked, and commands that count up."""

    view = ""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.http = httpx.Client(base_url=stack.base_url, follow_redirects=True, timeout=20)
        self.client, self.seq = str(uuid.uuid4()), 0
        self.public_id = ""

    @property
    def base(self) -> str:
        return f"/{self.view}/{self.public_id}/"

    def post(self, path: str, fields: dict[str, Any] | None = None, content: str | None = None) -> httpx.Response:
        token = next((cookie.value for cookie in self.http.cookies.jar if cookie.name == "csrftoken"), "") or ""
        headers = {"X-CSRFToken": token, "Origin": str(self.http.base_url).rstrip("/")}
        return self.http.post(path, data=fields, content=content, headers=headers)

    def do(self, door: str, /, **fields: Any) -> dict[str, Any]:
        self.seq += 1
        answer = self.post(f"{self.base}do/{door}", {"client": self.client, "seq": str(self.seq), **fields})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def must(self, door: str, /, **fields: Any) -> dict[str, Any]:
        answer = self.do(door, **fields)
        assert answer["ok"], answer
        return answer

    def cookie_header(self, base_url: str, view: str = "") -> str:
        request = self.http.build_request("GET", f"{base_url}{self.base.replace(self.view, view or self.view, 1)}live")
        self.http.cookies.set_cookie_header(request)
        return str(request.headers.get("cookie", ""))

    def socket(self, server: int = 0, *, view: str = "", origin: str | None = "own", hello: bool = True) -> "Wire":
        """A socket to one of the servers."""
        view = view or self.view
        base_url = self.stack.base_urls[server]
        address = f"ws://{urlsplit(base_url).netloc}/{view}/{self.public_id}/live"
        wire = Wire(
            connect(
                address,
                origin=base_url if origin == "own" else origin,  # type: ignore[arg-type]
                additional_headers={"Cookie": self.cookie_header(base_url, view)},
                compression=None,
                max_size=None,
                legacy=True,  # opened here, closed by the test's end
            )
        )
        if hello:
            wire.hello()
        return wire

    def panels(self, server: int = 0, *, view: str = "", have: str = "") -> dict[str, Any]:
        """By polling."""
        address = f"{self.stack.base_urls[server]}/{view or self.view}/{self.public_id}/panels"
        return dict(self.http.get(address, params={"have": have}).raise_for_status().json())


class Phone(Person):
    view = "phone"

    def join(self, code: str, name: str) -> "Phone":
        self.http.get(f"/j/{code}")
        answer = self.post(f"/j/{code}", {"name": name})
        self.public_id = answer.url.path.split("/")[2]
        assert answer.url.path.startswith("/phone/"), answer.text
        return self


class Screen(Person):
    view = "screen"


class Desk(Person):
    view = "desk"

    def set_up(self, agenda: str = "huddle") -> "Desk":
        path, _hash, token = self.stack.sign_in_path().partition("#")
        self.http.get(path)
        self.post(path, {"token": f"#{token}"})
        fields = {"title": "Front desk", "agenda": agenda, "customer_word": "guest"}
        self.public_id = self.post("/meetings/new/", fields).url.path.split("/")[2]
        self.http.get(self.base)
        self.must("door", door="open")
        self.code = self.sql(
            "SELECT code, id, revision FROM workshop_sessions_workshopsession ORDER BY id DESC LIMIT 1"
        )[0][0]
        return self

    def another(self) -> "Desk":
        """A second meeting of the same facilitator."""
        other = Desk(self.stack)
        other.http = self.http
        fields = {"title": "Back office", "agenda": "huddle", "customer_word": "guest"}
        other.public_id = self.post("/meetings/new/", fields).url.path.split("/")[2]
        other.must("door", door="open")
        other.code = self.newest("code", "workshop_sessions_workshopsession")
        return other

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Past every command, and so past every hint."""
        url = self.stack.environment["DATABASE_URL"]
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20, isolation_level=None)) as database:
                return list(database.execute(statement.replace("%s", "?"), values))
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def screen_by_link(self) -> "Screen":
        """On another machine: it has the link and nothing else."""
        page = self.post(f"/meetings/{self.public_id}/links/screen/issue/").text
        screen = Screen(self.stack)
        screen.public_id = self.public_id
        screen.http.get("/open/screen/")
        screen.post("/open/screen/", {"token": page.split("/open/screen/#")[1].split('"')[0]})
        return screen

    def newest(self, column: str, table: str) -> Any:
        return self.sql(f"SELECT {column} FROM {table} ORDER BY id DESC LIMIT 1")[0][0]

    def standing(self) -> str:
        foot = next(panel["html"] for panel in self.panels()["panels"] if panel["name"] == "foot")
        return str(foot.split('name="standing" value="')[-1].split('"')[0])

    def next(self) -> None:
        self.must("next", standing=self.standing())

    def to(self, kind: str) -> None:
        """Straight to a step of this kind."""
        rows = self.sql(
            "SELECT s.id FROM workshop_sessions_step s JOIN workshop_sessions_workshopsession w ON w.id = s.session_id"
            " WHERE w.code = %s AND s.kind = %s",
            self.code,
            kind,
        )
        self.must("go-to", step=rows[0][0])


class Wire:
    """A socket, and what has come over it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.shown: dict[str, str] = {}  # panel → hash
        self.html: dict[str, str] = {}
        self.mine: dict[str, Any] | None = None
        self.heard: list[dict[str, Any]] = []

    def hello(self, have: dict[str, str] | None = None) -> None:
        self.send({"t": "hello", "have": have or {}})

    def send(self, message: Any) -> None:
        self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    def receive(self, timeout: float) -> dict[str, Any]:
        message = dict(json.loads(self.connection.recv(timeout)))
        self.heard.append(message)
        if message["t"] == "panel":
            self.shown[message["name"]], self.html[message["name"]] = message["hash"], message["html"]
        elif message["t"] == "mine":
            self.mine = message["mine"]
        return message

    def until(self, wanted: Any, timeout: float = PATIENCE) -> dict[str, Any]:
        """Receive until a message for which `wanted` (a type, or a function) says yes."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = self.receive(left)
            except TimeoutError:
                break
            if message["t"] == wanted if isinstance(wanted, str) else wanted(message):
                return message
        raise AssertionError(f"{wanted} did not come in {timeout} s; {[m['t'] for m in self.heard[-20:]]} came")

    def quiet(self, seconds: float = 0.6) -> list[dict[str, Any]]:
        """What comes in the meantime."""
        came = []
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                came.append(self.receive(left))
            except TimeoutError:
                break
        return came

    def closed(self, timeout: float = PATIENCE) -> int | None:
        """The code with which the server closes; None if it does not in this time."""
        deadline = time.monotonic() + timeout
        try:
            while (left := deadline - time.monotonic()) > 0:
                self.receive(left)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006
        except TimeoutError:
            pass
        return None

    def close(self) -> None:
        self.connection.close()


def everywhere(person: Person, wires: Callable[["Wire"], "Wire"], **options: Any) -> list[Wire]:
    """One socket to each server process."""
    return [wires(person.socket(number, **options)) for number in range(len(person.stack.servers))]


def settled(wire: Wire) -> Wire:
    """It has its panels, and nothing more is on the way."""
    wire.until(lambda _message: len(wire.shown) >= 1)
    wire.quiet()
    return wire
