"""Phones as the fault tests need them: each does what a page does (static/js/live), and remembers what it was told.

Nothing here waits by wait_for(): that of Python 3.11 may swallow a cancellation, and the test would never end.

A command goes by the socket while that lives, else by POST, always with the same (client, seq), until it is answered.
The page's own waits are kept; only what takes longest is a little shorter, so that a test takes seconds.
"""

import asyncio
import contextlib
import json
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from random import Random
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from tests.faults.asking import ask
from tests.live.meeting import Desk
from workshop.rehearsal.address import Address
from workshop.rehearsal.colleagues.browser import Browser, Server

GREETING_SECONDS = 5.0  # connection.js: in which a new socket brings something
POLL_SECONDS = 2.0
POLL_AFTER = 3  # sockets that brought nothing
PING_SECONDS = 2.0  # a page: 15
SILENCE_SECONDS = 8.0  # a page: 40
POST_SECONDS = 8.0  # outbox.js: until a request counts as lost
AT_MOST = 100  # commands a second of a whole room: more than 500 people press, and less than keeps a machine busy


class FaultyPhone(Browser):
    view = "phone"

    def __init__(self, server: Server, rng: Random) -> None:
        super().__init__(server, rng)
        self.shows: dict[str, tuple[int, str]] = {}  # panel → revision, hash
        self.live = asyncio.Event()  # by socket
        self.back = asyncio.Event()  # by socket or by polling: what waits is sent at once
        self.polls = False  # and was answered
        self.posting: asyncio.Timeout | None = None  # of a POST that is under way
        self.by: Counter[str] = Counter()  # answers by socket and by POST; attempts that had none
        self.model = Model()

    async def join(self, code: str, name: str) -> "FaultyPhone":
        await self.request("GET", f"/j/{code}")
        answer = await self.request("POST", f"/j/{code}", {"name": name})
        assert answer.status_code == 302, answer.text
        self.public_id = answer.headers["location"].split("/")[2]
        return self

    async def request(self, method: str, path: str, fields: dict[str, Any] | None = None) -> httpx.Response:
        headers = {"Cookie": self.cookie_header(), "X-CSRFToken": self.cookies.get("csrftoken", "")}
        if self.public_id:
            headers["Referer"] = f"{self.server.address.origin}{self.base}"
        answer = await ask(self.server.address, method, path, headers, fields)
        for header in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return answer

    # Up

    async def deliver(self, door: str, /, **fields: Any) -> dict[str, Any]:
        """Until it is answered, as outbox.js does it."""
        async with self._one_in_flight:
            self.seq += 1
            seq, failures = self.seq, 0
            while True:
                answer = await self.by_socket(door, seq, fields)
                self.by["socket"] += answer is not None
                if answer is None:
                    answer = await self.by_post(door, seq, fields)
                    self.by["post"] += answer is not None
                if answer is not None:
                    self.take_mine(answer.get("mine"))
                    return answer
                self.by["again"] += 1
                failures += 1
                self.back.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(min(4.0, 0.4 * 2 ** min(failures, 5)) * (0.5 + self.rng.random())):
                        await self.back.wait()
                        failures = 0

    async def by_socket(self, door: str, seq: int, fields: dict[str, Any]) -> dict[str, Any] | None:
        return await super().by_socket(door, seq, fields) if self.live.is_set() else None

    async def by_post(self, door: str, seq: int, fields: dict[str, Any]) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(POST_SECONDS) as self.posting:
                sent = {**fields, "client": self.client, "seq": str(seq)}
                response = await self.request("POST", f"{self.base}do/{door}", sent)
        except (httpx.TransportError, TimeoutError):
            return None
        finally:
            self.posting = None
        if response.headers.get("content-type", "").startswith("application/json"):
            return dict(response.json())
        assert response.status_code >= 500, f"{door} was answered with {response.status_code}: {response.text[:300]}"
        return None

    # Down

    async def stay(self) -> None:
        """Keep a socket open, and poll where none lives, as connection.js does it."""
        failures = brought_nothing = 0
        polling: asyncio.Task[None] | None = None
        try:
            while True:
                brought = False
                with contextlib.suppress(OSError, TimeoutError, WebSocketException):
                    async with asyncio.timeout(GREETING_SECONDS):
                        connection = await self.server.socket(f"{self.base}live", self.cookie_header())
                    try:
                        self.connection = connection
                        await self.send(
                            {"t": "hello", "have": {name: hash_ for name, (_, hash_) in self.shows.items()}}
                        )
                        async for message in self._messages(connection):
                            if not brought:
                                brought, failures, brought_nothing = True, 0, 0
                                self.live.set(), self.back.set()
                                if self.posting:
                                    self.posting.reschedule(0)
                                if polling:
                                    polling.cancel()
                                    polling, self.polls = None, False
                            self.take(message)
                    finally:
                        self._cut(connection)
                failures += 1
                brought_nothing += not brought
                if brought_nothing >= POLL_AFTER and polling is None:
                    polling = asyncio.create_task(self._poll())
                await asyncio.sleep(min(4.0, 0.3 * 2 ** min(failures, 5)) * (0.5 + self.rng.random()))
        finally:
            if polling:
                polling.cancel()

    async def _messages(self, connection: ClientConnection) -> AsyncIterator[dict[str, Any]]:
        pinging = asyncio.create_task(self._ping())
        patience = GREETING_SECONDS
        try:
            while True:
                async with asyncio.timeout(patience):  # wait_for() of Python 3.11 may swallow a cancellation
                    message = await connection.recv()
                yield json.loads(message)
                patience = SILENCE_SECONDS
        finally:
            pinging.cancel()

    def _cut(self, connection: ClientConnection) -> None:
        self.live.clear()
        self.cut()
        connection.transport.abort()

    async def _ping(self) -> None:
        while True:
            await self.send({"t": "ping", "at": 1})
            await asyncio.sleep(PING_SECONDS)

    async def _poll(self) -> None:
        self.polls = False
        while True:
            before = self.polls
            try:
                self.take_fresh(await self.fresh())
                self.polls = True
            except (httpx.TransportError, httpx.HTTPStatusError, ValueError):
                self.polls = False
            if self.polls and not before:
                self.back.set()
            await asyncio.sleep(POLL_SECONDS)

    async def fresh(self, have: str = "") -> dict[str, Any]:
        """The panels as somebody gets them who loads the page now."""
        response = await self.request("GET", f"{self.base}panels?have={have}")
        return dict(response.raise_for_status().json())

    def take_fresh(self, answer: dict[str, Any]) -> None:
        for panel in answer["panels"]:
            self.take(panel)
        self.take_mine(answer["mine"])

    def take(self, message: dict[str, Any]) -> None:
        if message["t"] == "panel" and message["rev"] >= self.shows.get(message["name"], (-1, ""))[0]:
            self.shows[message["name"]] = (message["rev"], message["hash"])
        elif message["t"] == "answer":
            self.take_answer(message)
        elif message["t"] == "mine":
            self.take_mine(message["mine"])
        elif message["t"] == "pong":
            self.ponged = True

    def hashes(self) -> dict[str, str]:
        return {name: hash_ for name, (_revision, hash_) in self.shows.items()}


class Model:
    """What this phone was told is saved: what must stand in the database, and no more."""

    def __init__(self) -> None:
        self.cards: dict[str, str] = {}
        self.name = ""
        self.done = False
        self.codes = 0
        self.acked = 0

    def note(self, door: str, fields: dict[str, Any]) -> None:
        self.acked += 1
        match door:
            case "add-card":
                self.cards[fields["id"]] = fields["body"]
            case "remove-card":
                del self.cards[fields["id"]]
            case "rename-me":
                self.name = fields["name"]
            case "done":
                self.done = bool(fields.get("done"))
            case "move-code":
                self.codes += 1


@dataclass
class Room:
    """A meeting at its key words, with phones in it that are on their servers' sockets."""

    desk: Desk
    phones: list[FaultyPhone]
    round: int
    revision: int  # of the meeting before the phones began
    hurry: asyncio.Event = field(default_factory=asyncio.Event)

    async def press(self, phone: FaultyPhone, rng: Random) -> None:
        """Something that a person does, chosen by chance; it must be taken."""
        door, fields = self.choice(phone.model, rng)
        answer = await phone.deliver(door, **fields)
        assert answer["ok"] and not answer.get("earlier"), (door, fields, answer)
        phone.model.note(door, fields)

    def choice(self, model: Model, rng: Random) -> tuple[str, dict[str, Any]]:
        doors = ["rename-me", "done", "move-code"]
        doors += ["add-card"] * 4 if len(model.cards) < 12 else ["remove-card"] * 4
        door = rng.choice(doors)
        fields: dict[str, Any] = {}
        match door:
            case "add-card":
                fields = {"round": self.round, "id": str(uuid.uuid4())}
                fields["body"] = f"word {fields['id'][:8]}"
            case "remove-card":
                fields = {"round": self.round, "id": rng.choice(list(model.cards))}
            case "rename-me":
                fields = {"name": f"P{rng.randrange(10**9)}"}
            case "done":
                fields = {"round": self.round, **({"done": "on"} if rng.random() < 0.5 else {})}
        return door, fields

    async def keep_pressing(self, until: Callable[[], bool], seed: int) -> None:
        """Everybody at once, each after their own chance; whoever is at something when it is over finishes that."""
        pause = max(0.05, len(self.phones) / AT_MOST)

        async def one(phone: FaultyPhone, rng: Random) -> None:
            while not until():
                await self.press(phone, rng)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause * rng.random() * 2):
                        await self.hurry.wait()

        async with asyncio.TaskGroup() as group:
            for number, phone in enumerate(self.phones):
                group.create_task(one(phone, Random(seed * 1_000 + number)))

    async def extend(self) -> None:
        """The facilitator gives the step more time, which every phone shows."""
        await asyncio.to_thread(self.desk.must, "extend", seconds=1)
        self.revision += 1

    def wake(self) -> None:
        """Whoever pauses, presses now, or sees that it is over."""
        self.hurry.set()
        self.hurry = asyncio.Event()

    async def all_back(self, patience: float) -> float:
        """Seconds until each phone has had one more command answered than now."""
        self.wake()
        loop = asyncio.get_running_loop()
        began, before = loop.time(), [phone.model.acked for phone in self.phones]
        while waiting := [one for one, acked in zip(self.phones, before, strict=True) if one.model.acked <= acked]:
            assert loop.time() - began < patience, f"{len(waiting)} of {len(before)} have had no answer in {patience} s"
            await asyncio.sleep(0.05)
        return loop.time() - began

    async def agreed(self, patience: float) -> float:
        """Seconds from one more change until every phone shows what somebody gets who loads the page now, and has all
        that is its own."""
        await self.extend()
        loop = asyncio.get_running_loop()
        began = loop.time()
        while different := await self._different():
            assert loop.time() - began < patience, f"{len(different)} phones differ: {different[:3]}"
            await asyncio.sleep(0.05)
        took = loop.time() - began
        for phone in self.phones:  # each asks for itself, which takes a while where there are many
            fresh = (await phone.fresh())["mine"]
            assert {**phone.mine, "revision": 0} == {**fresh, "revision": 0}
        return took

    async def _different(self) -> list[str]:
        """All see the same panels, so one on each server asks for them; what is mine counts each phone's commands."""
        wanted: dict[Server, dict[str, str]] = {}
        for phone in self.phones:
            if phone.server not in wanted:
                panels = (await phone.fresh())["panels"]
                wanted[phone.server] = {panel["name"]: panel["hash"] for panel in panels}
        assert all(one == next(iter(wanted.values())) for one in wanted.values()), "two servers draw two rooms"
        return [
            f"{phone.model.name} shows {phone.shows}, fresh is {wanted[phone.server]}; {phone.mine} after {phone.seq}"
            for phone in self.phones
            if phone.hashes() != wanted[phone.server] or phone.mine.get("taken") != phone.seq
        ]

    def check_database(self) -> None:
        """Everything that was acknowledged stands there, once; and nothing else does."""
        sql, of_session = self.desk.sql, "WHERE p.session_id = %s"
        sessions = sql("SELECT id, revision FROM workshop_sessions_workshopsession WHERE code = %s", self.desk.code)
        ((session, revision),) = sessions
        person = "FROM workshop_sessions_participant p"
        people = sql(f"SELECT p.id, p.name {person} {of_session} ORDER BY p.seat", session)
        assert [name for _id, name in people] == [phone.model.name for phone in self.phones]

        def each(column: str, table: str, more: str = "") -> dict[int, list[Any]]:
            """Person → what this table has of theirs."""
            found: dict[int, list[Any]] = {id_: [] for id_, _name in people}
            joined = f"{person} JOIN {table} t ON t.participant_id = p.id {more}"
            for id_, value in sql(f"SELECT p.id, {column} {joined} {of_session}", session):
                found[id_].append(value)
            return found

        cards = each("x.body", "cards_card", "JOIN texts_text x ON x.id = t.text_id")
        done, codes = each("t.round_id", "workshop_sessions_done"), each("t.id", "workshop_sessions_capability")
        seqs = each("t.last_seq", "workshop_sessions_client")
        for (id_, name), phone in zip(people, self.phones, strict=True):
            assert sorted(cards[id_]) == sorted(phone.model.cards.values()), name
            assert len(done[id_]) == phone.model.done, name
            assert len(codes[id_]) == phone.model.codes, name
            assert seqs[id_] == ([phone.seq] if phone.seq else []), name
        # Each command that ran raised the revision by one: so none of them ran twice.
        assert revision == self.revision + sum(phone.model.acked for phone in self.phones)


@contextlib.asynccontextmanager
async def a_room(desk: Desk, people: int, rng: Random, *, base_urls: list[str] | None = None) -> AsyncIterator[Room]:
    """Phones on the servers of the desk's stack in turn, or on `base_urls`: a proxy, say."""
    urls = base_urls or desk.stack.base_urls
    servers = [Server(Address(url, url)) for url in urls]
    phones = []
    for number in range(people):
        phone = FaultyPhone(servers[number % len(servers)], Random(rng.random()))
        phone.model.name = f"Person {number}"
        phones.append(await phone.join(desk.code, phone.model.name))
    await asyncio.to_thread(desk.must, "start")
    await asyncio.to_thread(desk.to, "key-words")
    round_ = int(desk.newest("id", "workshop_sessions_round"))
    revision = int(desk.newest("revision", "workshop_sessions_workshopsession"))
    watching = [asyncio.create_task(phone.stay()) for phone in phones]
    try:
        async with asyncio.timeout(60):
            for phone in phones:
                await phone.live.wait()
        yield Room(desk, phones, round_, revision)
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        for server in servers:
            await server.close()
