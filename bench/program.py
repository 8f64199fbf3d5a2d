"""The program as it is measured: prepared meetings in real databases, and `manage.py serve` on a copy of them."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench import wire
from bench.crowd import Crowd, Link
from bench.processes import ROOT, family, on_servers_core, running
from tests.servers import SETTINGS_VARIABLES, free_port, postgresql, valkey

Engine = Literal["sqlite", "postgresql"]
TOKEN = "b" * 32  # a CSRF token is whatever cookie and header agree on
CLIENT_ID = "{:08x}-0000-4000-8000-{:012x}"


@dataclass
class Meeting:
    """What bench.prepare tells of a meeting that it has made."""

    public_id: str
    code: str
    standing: str
    round: int
    options: list[int]
    draft: int
    phones: list[str]  # the cookie of each
    clients: int = 0  # how many tabs have sent commands so far


@dataclass
class Prepared:
    """Meetings in a database that is copied for each measurement."""

    signed_in: str  # the facilitator's session cookie
    meetings: list[Meeting]
    source: str

    @property
    def engine(self) -> Engine:
        return "sqlite" if self.source.startswith("sqlite") else "postgresql"


@dataclass
class Program:
    port: int
    pids: list[int]
    signed_in: str
    meetings: list[Meeting]
    database_url: str
    own_pids: list[int]  # without the database's and the layer's
    others: list[int]  # theirs

    @property
    def meeting(self) -> Meeting:
        return self.meetings[0]

    def crowd(self) -> Crowd:
        return Crowd(self.port)

    def phone_socket(self, meeting: Meeting, number: int) -> bytes:
        cookie = {"Cookie": f"phone={meeting.phones[number]}", "Accept-Language": "en"}
        return wire.upgrade(f"/phone/{meeting.public_id}/live", f"127.0.0.1:{self.port}", cookie)

    def staff_socket(self, meeting: Meeting, view: str) -> bytes:
        cookie = {"Cookie": f"sessionid={self.signed_in}", "Accept-Language": "en"}
        return wire.upgrade(f"/{view}/{meeting.public_id}/live", f"127.0.0.1:{self.port}", cookie)

    def at_desk(self, meeting: Meeting, door: str, tab: "Tab", **fields: str) -> bytes:
        return self._command(meeting, "desk", door, f"sessionid={self.signed_in}", tab, fields)

    def on_phone(self, meeting: Meeting, number: int, door: str, tab: "Tab", **fields: str) -> bytes:
        return self._command(meeting, "phone", door, f"phone={meeting.phones[number]}", tab, fields)

    def _command(
        self, meeting: Meeting, view: str, door: str, cookie: str, tab: "Tab", fields: dict[str, str]
    ) -> bytes:
        headers = {"Cookie": f"{cookie}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        path = f"/{view}/{meeting.public_id}/do/{door}"
        return wire.request("POST", path, f"127.0.0.1:{self.port}", headers, {**fields, **tab.envelope()})


class Tab:
    """One page of one person, which numbers its commands."""

    def __init__(self) -> None:
        self.client, self.seq = CLIENT_ID.format(secrets.randbits(32), secrets.randbits(48)), 0

    def numbered(self) -> dict[str, Any]:
        """What makes the next command one of this tab's, as a socket has it."""
        self.seq += 1
        return {"client": self.client, "seq": self.seq}

    def envelope(self) -> dict[str, str]:
        """The same, as a form has it."""
        return {name: str(value) for name, value in self.numbered().items()}


def went_well(answer: wire.Answer) -> None:
    said = json.loads(answer.body) if answer.header("content-type").startswith("application/json") else {}
    if answer.status != 200 or not said.get("ok"):
        raise RuntimeError(f"A command was answered with {answer.status}: {answer.body[:300]!r}")


def greet(link: Link) -> None:
    link.tell(b'{"t":"hello","have":{}}')


class House:
    """Where everything of a run lies: databases, servers that several rows share, and what was prepared."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self._prepared: dict[tuple[Any, ...], Prepared] = {}
        self._postgres: tuple[str, list[int]] | None = None
        self._valkey: tuple[str, list[int]] | None = None
        self._copies = 0

    def postgres(self) -> tuple[str, list[int]]:
        """A PostgreSQL that keeps what it has said (fsync on), its address and its processes."""
        if self._postgres is None:
            before = set(family(os.getpid()))
            with on_servers_core():
                url = self.stack.enter_context(postgresql(durable=True)).url
            self._postgres = (url, [pid for pid in family(os.getpid()) if pid not in before])
        return self._postgres

    def valkey(self) -> tuple[str, list[int]]:
        if self._valkey is None:
            before = set(family(os.getpid()))
            with on_servers_core():
                url = self.stack.enter_context(valkey()).url
            self._valkey = (url, [pid for pid in family(os.getpid()) if pid not in before])
        return self._valkey

    def prepare(self, kind: str, people: int, engine: Engine = "sqlite", rooms: int = 1) -> Prepared:
        """Meetings of a kind, made by the real commands in a process of its own; once for a run."""
        key = (kind, people, engine, rooms)
        if key not in self._prepared:
            name = f"bench_{kind}_{people}_{rooms}_{secrets.token_hex(3)}"
            url = self._new_database(engine, name)
            command = [sys.executable, "-m", "bench.prepare", kind, str(people), str(rooms)]
            done = subprocess.run(command, cwd=ROOT, env=self.environment(url), capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"Meetings could not be prepared:\n{done.stderr[-3000:]}")
            told = json.loads(done.stdout)
            meetings = [Meeting(**meeting) for meeting in told["meetings"]]
            self._prepared[key] = Prepared(told["signed_in"], meetings, url)
        return self._prepared[key]

    def environment(self, database_url: str, redis_url: str = "") -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in SETTINGS_VARIABLES}
        kept |= {"DATABASE_URL": database_url, "SECRET_KEY": "bench" * 12, "PYTHONUNBUFFERED": "1"}
        return kept | ({"REDIS_URL": redis_url} if redis_url else {})

    def copy_of(self, prepared: Prepared) -> str:
        """The address of a fresh copy of what was prepared."""
        self._copies += 1
        return self._new_database(prepared.engine, f"copy_{os.getpid()}_{self._copies}", like=prepared.source)

    def fresh_database(self, engine: Engine) -> tuple[str, list[int]]:
        """An empty one for a peer, and the processes behind it."""
        self._copies += 1
        url = self._new_database(engine, f"fresh_{os.getpid()}_{self._copies}")
        return url, self.postgres()[1] if engine == "postgresql" else []

    def _new_database(self, engine: Engine, name: str, like: str = "") -> str:
        if engine == "sqlite":
            path = self.folder / f"{name}.sqlite3"
            if like:
                shutil.copyfile(like.removeprefix("sqlite:///"), path)
            return f"sqlite:///{path}"
        server, _pids = self.postgres()
        template = f' TEMPLATE "{urlsplit(like).path[1:]}"' if like else ""
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"{template}')
        return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))

    @contextmanager
    def program(
        self, prepared: Prepared, processes: int = 1, with_valkey: bool = False, beside: Program | None = None
    ) -> Iterator[Program]:
        """`manage.py serve` on a fresh copy of what was prepared (or on the one of another server), on its core."""
        url = beside.database_url if beside else self.copy_of(prepared)
        redis_url, others = self.valkey() if with_valkey else ("", [])
        if prepared.engine == "postgresql":
            others = [*others, *self.postgres()[1]]
        port = free_port()
        command = [sys.executable, "manage.py", "serve", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--workers", str(processes)] if processes > 1 else []
        environment = self.environment(url, redis_url)
        with running(command, environment, f"http://127.0.0.1:{port}/readyz") as pids:
            meetings = [Meeting(**vars(meeting)) for meeting in prepared.meetings]
            yield Program(port, [*pids, *others], prepared.signed_in, meetings, url, pids, others)
        if prepared.engine == "sqlite" and beside is None:
            Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)


@contextmanager
def house() -> Iterator[House]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="words-bench-")))
        yield House(folder, stack)
