"""A thousand phones arrive in ten seconds: page, name, page, files, socket. When is each one live?"""

import gzip
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bench import wire
from bench.crowd import Crowd, Link, Stuck
from bench.figures import percentile
from bench.measured import Measured
from bench.peers.django import DjangoSite, django_site
from bench.processes import Clock, resident_bytes
from bench.program import House, Program
from bench.rows.panel import Opener

ARRIVE_IN = 10.0  # seconds
PATIENCE = 90.0
A_MEETING = 499  # people that a meeting holds, beside whom prepare has let in
FILES = re.compile(rb'(?:src|href)="(/static/[^"]+\.(?:js|css|woff2)[^"]*)"')
IMPORTS = re.compile(rb'(?:from|import)\s*"(\.[^"]+\.js)"')


@dataclass
class Visit:
    """One phone's way in, on one connection, as a browser without anything in its cache goes it."""

    crowd: Crowd
    number: int
    join_path: str
    socket_path: Callable[[str], str]  # from the path of the phone's page
    live: Callable[[bytes], bool]
    then: Callable[[float], None]
    cookies: dict[str, str] = field(default_factory=dict)
    began: float = 0.0
    page: str = ""
    files: list[str] = field(default_factory=list)
    fetched: set[str] = field(default_factory=set)
    bytes_in: int = 0

    def start(self) -> None:
        self.began = time.perf_counter()
        self.link = self.crowd.link(self.number)
        self._get(self.join_path, self._joining)

    def _headers(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": pairs, "Accept-Encoding": "gzip", "Accept-Language": "en"}

    def _get(self, path: str, then: Callable[[wire.Answer], None]) -> None:
        self._ask(wire.request("GET", path, self.crowd.host, self._headers()), then)

    def _ask(self, request: bytes, then: Callable[[wire.Answer], None]) -> None:
        def answered(answer: wire.Answer, _now: float) -> None:
            if answer.status >= 400:
                raise RuntimeError(f"A visitor was answered with {answer.status}: {answer.body[:200]!r}")
            self.cookies.update(answer.cookies())
            self.bytes_in += answer.size
            then(answer)

        self.link.ask(request, answered)

    def _joining(self, _answer: wire.Answer) -> None:
        # Ours has no token in the form: the Origin stands for it.
        form = {"name": f"Guest {self.number}", "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        origin = {"Origin": f"http://{self.crowd.host}", "Referer": f"http://{self.crowd.host}{self.join_path}"}
        post = wire.request("POST", self.join_path, self.crowd.host, {**self._headers(), **origin}, form)
        self._ask(post, self._joined)

    def _joined(self, answer: wire.Answer) -> None:
        self.page = answer.header("location")
        if answer.status != 302 or not self.page:
            raise RuntimeError(f"Joining was answered with {answer.status}")
        self.bytes_in = 0  # the phone's own page begins here
        self._get(self.page, self._paged)

    def _paged(self, answer: wire.Answer) -> None:
        self.files = list(dict.fromkeys(path.decode() for path in FILES.findall(plain(answer))))
        self._next_file()

    def _next_file(self) -> None:
        waiting = [path for path in self.files if path not in self.fetched]
        if not waiting:
            self._open_socket()
            return
        self.fetched.add(waiting[0])
        self._get(waiting[0], lambda answer, path=waiting[0]: self._took_file(path, answer))  # type: ignore[misc]

    def _took_file(self, path: str, answer: wire.Answer) -> None:
        if path.endswith(".js"):
            folder = path.rsplit("/", 1)[0]
            self.files += [joined(folder, name.decode()) for name in IMPORTS.findall(plain(answer))]
        self._next_file()

    def _open_socket(self) -> None:
        socket = self.crowd.link(self.number)
        socket.on_frame = self._framed
        request = wire.upgrade(self.socket_path(self.page), self.crowd.host, {"Cookie": self._headers()["Cookie"]})
        socket.ask(request, lambda _answer, _now: socket.tell(b'{"t":"hello","have":{}}'))

    def _framed(self, link: Link, payload: bytes, now: float) -> None:
        if self.live(payload):
            link.on_frame = None
            self.then(now - self.began)


def plain(answer: wire.Answer) -> bytes:
    return gzip.decompress(answer.body) if answer.header("content-encoding") == "gzip" else answer.body


def joined(folder: str, name: str) -> str:
    parts = folder.split("/")
    for part in name.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def visit_ours(program: Program, crowd: Crowd, number: int, then: Callable[[float], None]) -> Visit:
    meeting = program.meetings[number % len(program.meetings)]
    return Visit(
        crowd,
        number,
        f"/j/{meeting.code}",
        lambda page: f"{page}live",
        lambda frame: frame.startswith(b'{"t":"mine"'),
        then,
    )


def visit_django(site: DjangoSite, crowd: Crowd, number: int, then: Callable[[float], None]) -> Visit:
    return Visit(
        crowd, number, f"/join/{site.code}", lambda _page: f"/live/{site.code}", lambda frame: b'"rev"' in frame, then
    )


def ours(house: House, phones: int) -> Measured:
    """A meeting holds 500 people, so they come to as many meetings as it takes."""
    prepared = house.prepare("door", 1, rooms=-(-phones // A_MEETING))
    with house.program(prepared) as program, program.crowd() as crowd:
        return _burst(crowd, program.pids, phones, lambda number, then: visit_ours(program, crowd, number, then))


def typical_django(house: House, phones: int) -> Measured:
    with django_site(house, 1) as site, Crowd(site.port) as crowd:
        return _burst(crowd, site.pids, phones, lambda number, then: visit_django(site, crowd, number, then))


def _burst(
    crowd: Crowd, pids: list[int], phones: int, visit: Callable[[int, Callable[[float], None]], Visit]
) -> Measured:
    live: list[float] = []
    began = time.perf_counter() + 0.1
    for number in range(phones):
        crowd.at(began + number * ARRIVE_IN / phones, visit(number, live.append).start)
    clock = Clock(pids)
    with suppress(Stuck):
        crowd.until(lambda: len(live) == phones, ARRIVE_IN + PATIENCE, "every phone is live")
    missing = phones - len(live)
    everyone = live + [float("inf")] * missing
    detail = {**clock.read(), "p50_ms": percentile(everyone, 0.5) * 1000, "never_live": missing}
    return Measured(percentile(everyone, 0.95) * 1000, detail)


def first_load(house: House) -> Measured:
    """KB of the phone's page and all that it loads before it is live, heads and bodies, over plain HTTP with gzip."""
    prepared = house.prepare("door", 1)
    with house.program(prepared) as program, program.crowd() as crowd:
        done: list[float] = []
        visit = visit_ours(program, crowd, 0, done.append)
        visit.start()
        crowd.until(lambda: bool(done), PATIENCE, "the phone is live")
        return Measured(visit.bytes_in / 1024, {"files": len(visit.fetched)})


def memory(opener: Opener, house: House, phones: int) -> Measured:
    """KB that the server's process grows by for each phone that is connected and has its panels."""
    with opener(house, 20) as warm:
        warm.press_next()
        warm.crowd.until(lambda: warm.behind <= 0, PATIENCE, "the panel is on every phone")
        few = resident_bytes(warm.pids[:1])
    with opener(house, phones) as room:
        for _press in range(3):
            room.press_next()
            room.crowd.until(lambda: room.behind <= 0, PATIENCE, "the panel is on every phone")
        room.crowd.rest(1.0)
        many = resident_bytes(room.pids[:1])
    return Measured((many - few) / (phones - 20) / 1024, {"rss_mb": round(many / 2**20, 1)})
