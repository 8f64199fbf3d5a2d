"""The load client: thousands of connections in one thread, without a library between it and the kernel.

It must cost less than any server that it measures; every row prints its share of a core beside the server's.
"""

import heapq
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from bench import wire

WINDOW = 64  # connections that are being opened at one time
READ = 256 * 1024


class Stuck(Exception):
    """What was waited for did not come in time."""


class Link:
    """One connection: HTTP until it is upgraded, then a WebSocket. `number` is whoever's it is."""

    __slots__ = ("crowd", "is_open", "is_socket", "number", "on_answer", "on_frame", "rest", "sock", "unsent")

    def __init__(self, crowd: "Crowd", number: int) -> None:
        self.crowd, self.number = crowd, number
        self.rest = self.unsent = b""
        self.is_open, self.is_socket = True, False
        self.on_answer: Callable[[wire.Answer, float], None] | None = None
        self.on_frame: Callable[[Link, bytes, float], None] | None = None
        self.sock = socket.create_connection((crowd.address, crowd.port_of(number)))
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        crowd.watch(self)

    def send(self, data: bytes) -> None:
        if self.unsent:
            self.unsent += data
            return
        try:
            sent = self.sock.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.lost()
            return
        if sent < len(data):
            self.unsent = data[sent:]
            self.crowd.poll.modify(self.sock, select.EPOLLIN | select.EPOLLOUT)

    def tell(self, payload: bytes, opcode: int = wire.TEXT) -> None:
        self.send(wire.frame(payload, opcode))

    def ask(self, request: bytes, then: Callable[[wire.Answer, float], None]) -> None:
        """One at a time: the answer goes to `then` with the moment when it came."""
        assert self.on_answer is None, "one request at a time"
        self.on_answer = then
        self.send(request)

    def writable(self) -> None:
        unsent, self.unsent = self.unsent, b""
        self.crowd.poll.modify(self.sock, select.EPOLLIN)
        self.send(unsent)

    def readable(self) -> None:
        try:
            data = self.crowd.receive(self.sock)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.lost()
            return
        now = time.perf_counter()
        if self.rest:
            data = self.rest + data
        if not self.is_socket:
            data, upgraded = self._read_http(data, now)
            if not upgraded or not data:
                self.rest = data
                return
        frames, self.rest = wire.read_frames(data)
        for opcode, payload in frames:
            if opcode <= wire.BINARY:
                if self.on_frame is not None:
                    self.on_frame(self, payload, now)
            elif opcode == wire.PING:
                self.tell(payload, wire.PONG)
            elif opcode == wire.CLOSE:
                self.lost()

    def _read_http(self, data: bytes, now: float) -> tuple[bytes, bool]:
        """What is not read yet, and whether it is a WebSocket's."""
        while data:
            answer, data = wire.read_answer(data)
            if answer is None:
                return data, False
            upgraded = self.is_socket = answer.status == 101
            then, self.on_answer = self.on_answer, None
            if then is not None:
                then(answer, now)
            if upgraded:
                return data, True
        return data, False

    def lost(self) -> None:
        if self.is_open:
            self.is_open = False
            self.crowd.lost += 1
            self.close()

    def close(self) -> None:
        self.is_open = False
        self.crowd.forget(self)


class Crowd:
    """Everyone's connections, and what is to be done at which moment.

    All go to one server, unless `port_of` says where the one with this number goes, as a proxy would.
    """

    idle = 0.0  # seconds, of all crowds so far, in which nothing had come and nothing was due

    def __init__(self, port: int, address: str = "127.0.0.1", port_of: Callable[[int], int] | None = None) -> None:
        self.address, self.host = address, f"{address}:{port}"
        self.port_of = port_of or (lambda _number: port)
        self.poll = select.epoll()
        self.links: dict[int, Link] = {}
        self.lost = 0
        self._buffer = memoryview(bytearray(READ))  # one for all: a fresh one each time costs more than reading
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._last_busy = time.perf_counter()

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *_error: Any) -> None:
        for link in list(self.links.values()):
            link.close()
        self.poll.close()

    def watch(self, link: Link) -> None:
        self.links[link.sock.fileno()] = link
        self.poll.register(link.sock, select.EPOLLIN)

    def forget(self, link: Link) -> None:
        number = link.sock.fileno()
        if number >= 0:
            self.links.pop(number, None)
            self.poll.unregister(number)
            link.sock.close()

    def receive(self, sock: socket.socket) -> bytes:
        return bytes(self._buffer[: sock.recv_into(self._buffer)])

    def link(self, number: int = 0) -> Link:
        return Link(self, number)

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """Do it at this moment of time.perf_counter(), or as soon after as the loop comes round."""
        self._order += 1
        heapq.heappush(self._due, (moment, self._order, act))

    def turn(self) -> None:
        """Let what has come be handled, and what is due be done."""
        now = time.perf_counter()
        while self._due and self._due[0][0] <= now:
            heapq.heappop(self._due)[2]()
            now = time.perf_counter()
            self._last_busy = now
        # Never asleep: to wake us costs whoever sends as much as sending, and phones are woken by their own machines.
        came = self.poll.poll(0, 512)
        for number, event in came:
            link = self.links.get(number)
            if link is None:
                continue
            if event & select.EPOLLOUT:
                link.writable()
            if event & ~select.EPOLLOUT and link.is_open:
                link.readable()
        now = time.perf_counter()
        if not came:
            Crowd.idle += now - self._last_busy
        self._last_busy = now

    def until(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        self._last_busy = time.perf_counter()
        deadline = self._last_busy + seconds
        while not ready():
            if time.perf_counter() >= deadline:
                raise Stuck(f"After {seconds:.0f} s still waiting: {what}")
            self.turn()

    def rest(self, seconds: float) -> None:
        self._last_busy = time.perf_counter()
        deadline = self._last_busy + seconds
        while time.perf_counter() < deadline:
            self.turn()

    def sockets(
        self,
        requests: Iterable[bytes],
        greet: Callable[[Link], None],
        on_frame: Callable[[Link, bytes, float], None],
        seconds: float = 120,
    ) -> list[Link]:
        """Open a WebSocket for each request, a window of them at a time. `greet` is called once each is open."""
        waiting, opened = deque(enumerate(requests)), []
        opening = 0

        def open_next() -> None:
            nonlocal opening
            while waiting and opening < WINDOW:
                number, request = waiting.popleft()
                opening += 1
                link = self.link(number)
                link.on_frame = on_frame
                link.ask(request, lambda answer, now, link=link: came(link, answer))  # type: ignore[misc]

        def came(link: Link, answer: wire.Answer) -> None:
            nonlocal opening
            opening -= 1
            if answer.status != 101:
                raise Stuck(f"A WebSocket was answered with HTTP {answer.status}: {answer.body[:200]!r}")
            opened.append(link)
            greet(link)
            open_next()

        open_next()
        self.until(lambda: not waiting and not opening, seconds, "every WebSocket is open")
        return sorted(opened, key=lambda link: link.number)
