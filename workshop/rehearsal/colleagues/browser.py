"""One person's browser: cookies, commands that count up, and the socket of live/README.md."""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from http.cookies import SimpleCookie
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from ..address import Address
from .page import Node, read

PING_SECONDS = 15
PATIENCE_SECONDS = 20
# The server closes what was idle for five seconds. A request that meets this moment has no answer; where a browser
# would send it again by itself, this client does not.
KEEP_ALIVE_SECONDS = 2
ASK_SECONDS = 2  # without an answer to a command, until the socket is asked whether it lives
MOST_ASKED = 10  # times; one that answers has the command and more to do than it can
REMOVED = 4403


class Over(Exception):
    """This person has nothing more to do here: removed, or the meeting is gone."""


@dataclass
class Shown:
    """A panel as this page has it."""

    revision: int
    html: str
    at: float  # when it came, on time.monotonic()


class Server:
    """The way to one server, shared by all: it keeps no cookie, follows no redirect, and asks no proxy."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.reached = time.monotonic()
        # Their cookies are their own; a jar that takes none keeps them apart.
        nobody = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self.http = httpx.AsyncClient(
            base_url=address.connect,
            headers={**address.headers, "Accept-Language": "en"},
            cookies=nobody,
            timeout=PATIENCE_SECONDS,
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(
                max_connections=100, max_keepalive_connections=100, keepalive_expiry=KEEP_ALIVE_SECONDS
            ),
        )

    def socket(self, path: str, cookies: str) -> connect:
        """Connects to the address, and speaks to the origin's host."""
        to, host = urlsplit(self.address.connect), urlsplit(self.address.origin).netloc
        return connect(
            f"ws://{host}{path}",
            host=to.hostname,
            port=to.port or 80,
            origin=self.address.origin,  # type: ignore[arg-type]  # a NewType of str
            additional_headers={"Cookie": cookies, "Accept-Language": "en"},
            compression=None,
            max_size=None,
            ping_interval=None,
            proxy=None,
            open_timeout=PATIENCE_SECONDS,
        )

    async def close(self) -> None:
        await self.http.aclose()


class Browser:
    view = ""

    def __init__(self, server: Server, rng: Random) -> None:
        self.server, self.rng = server, rng
        self.cookies: dict[str, str] = {}
        self.client, self.seq = str(uuid.uuid4()), 0
        self.public_id = ""
        self.panels: dict[str, Shown] = {}
        self.mine: dict[str, Any] = {}
        self.news = asyncio.Event()  # a panel or what is mine has changed
        self.connection: ClientConnection | None = None
        self.sent: list[tuple[str, dict[str, Any], dict[str, Any]]] = []  # door, fields, answer
        self._one_in_flight = asyncio.Lock()
        self.ponged = False
        self._answers: dict[int, asyncio.Future[dict[str, Any] | None]] = {}  # seq → of what is under way by the socket

    @property
    def base(self) -> str:
        return f"/{self.view}/{self.public_id}/"

    def page(self, panel: str) -> Node:
        """A panel as a tree."""
        return read(self.panels[panel].html if panel in self.panels else "")

    # HTTP

    async def request(self, method: str, path: str, fields: dict[str, Any] | None = None) -> httpx.Response:
        headers = {
            "Cookie": self.cookie_header(),
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
            "Origin": self.server.address.origin,
        }
        if self.public_id:
            headers["Referer"] = f"{self.server.address.origin}{self.base}"
        answer = await self.server.http.request(method, path, data=fields, headers=headers)
        self.server.reached = time.monotonic()
        for header in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return answer

    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def do(self, door: str, /, **fields: Any) -> dict[str, Any]:
        """A command, as the outbox sends it: one after the other, each until it is answered, each only once.

        It goes through even when whoever waits for it is no longer interested.
        """
        return await asyncio.shield(asyncio.create_task(self._do(door, fields)))

    async def _do(self, door: str, fields: dict[str, Any]) -> dict[str, Any]:
        async with self._one_in_flight:
            self.seq += 1
            answer = await self.by_socket(door, self.seq, fields) or await self._by_post(door, fields)
            self.sent.append((door, fields, answer))
        self.take_mine(answer.get("mine"))
        return answer

    async def by_socket(self, door: str, seq: int, fields: dict[str, Any]) -> dict[str, Any] | None:
        """A phone's command goes by its socket while that lives. None: by POST, then; it is done once all the same."""
        if self.view != "phone" or self.connection is None:
            return None
        asked = {name: str(value) for name, value in fields.items()}
        answer = self._answers[seq] = asyncio.get_running_loop().create_future()
        await self.send({"t": "do", "door": door, "client": self.client, "seq": seq, "fields": asked})
        try:
            self.ponged = True
            for _time in range(MOST_ASKED):
                await asyncio.wait([answer], timeout=ASK_SECONDS)
                if answer.done() or not self.ponged:
                    break
                self.ponged = False
                await self.send({"t": "ping", "at": round(time.time() * 1000)})
            return answer.result() if answer.done() else None
        finally:
            del self._answers[seq]

    def take_answer(self, message: dict[str, Any]) -> None:
        answer = self._answers.get(message["seq"])
        if message["client"] == self.client and answer is not None and not answer.done():
            answer.set_result(message["answer"])

    def cut(self) -> None:
        """The socket is gone, and with it every answer that was on its way."""
        self.connection = None
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result(None)

    async def _by_post(self, door: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Until there is an answer. Raises Over where none comes, or where there is no right to ask any more."""
        for attempt in range(1, 100):
            try:
                sent = {**fields, "client": self.client, "seq": str(self.seq)}
                response = await self.request("POST", f"{self.base}do/{door}", sent)
            except httpx.TransportError:
                response = None
            if response is not None and response.headers.get("content-type", "").startswith("application/json"):
                if response.status_code == 403:
                    raise Over(f"{door}: no longer in this meeting")
                return dict(response.json())
            if response is not None and response.status_code < 500:
                raise RuntimeError(f"{door} was answered with {response.status_code}")
            await asyncio.sleep(min(8.0, 0.2 * 2**attempt) * (0.5 + self.rng.random()))
        raise Over(f"{door}: no answer")

    async def submit(self, form: Node, **fields: Any) -> dict[str, Any]:
        """Press the button of a form with data-door, some of its fields filled in."""
        return await self.do(form["data-door"], **{**form.fields(), **fields})

    # The socket

    async def watch(self) -> None:
        """Keep a socket open, and take what it brings. Raises Over when there is no right to look any more."""
        failures = 0
        while True:
            try:
                async with self.server.socket(f"{self.base}live", self.cookie_header()) as connection:
                    self.connection = connection
                    await self.send({"t": "hello", "have": {}})
                    await self.connected()
                    pinging = asyncio.create_task(self._ping())
                    try:
                        async for frame in connection:
                            failures = 0
                            self.server.reached = time.monotonic()
                            self.take(json.loads(frame))
                    finally:
                        pinging.cancel()
                    if connection.close_code == REMOVED:
                        raise Over("no longer in this meeting")
            except (OSError, TimeoutError, WebSocketException):
                pass
            finally:
                self.cut()
            failures += 1
            await asyncio.sleep(min(8.0, 0.3 * 2 ** min(failures, 5)) * (0.5 + self.rng.random()))

    async def send(self, message: dict[str, Any]) -> None:
        """Over the socket. What is lost with it is said again after the next hello."""
        if self.connection is not None:
            with contextlib.suppress(WebSocketException, OSError):
                await self.connection.send(json.dumps(message))

    async def connected(self) -> None:
        """After each hello."""

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            await self.send({"t": "ping", "at": round(time.time() * 1000)})

    def take(self, message: dict[str, Any]) -> None:
        if message["t"] == "panel":
            shown = self.panels.get(message["name"])
            if shown is None or message["rev"] >= shown.revision:
                self.panels[message["name"]] = Shown(message["rev"], message["html"], time.monotonic())
                self.news.set()
        elif message["t"] == "mine":
            self.take_mine(message["mine"])
        elif message["t"] == "answer":
            self.take_answer(message)
        elif message["t"] == "pong":
            self.ponged = True

    def take_mine(self, mine: dict[str, Any] | None) -> None:
        if mine and mine["revision"] >= self.mine.get("revision", -1):
            self.mine = mine
            self.news.set()

    async def until(self, seen: Callable[[], bool], seconds: float) -> bool:
        """Wait for something to stand on the page; False when it does not in this time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not seen():
                    self.news.clear()
                    if not seen():
                        await self.news.wait()
                return True
        return seen()
