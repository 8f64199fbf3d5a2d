"""One panel to everyone: how many deliveries a second one core makes, and how soon a panel is everywhere.

The desk gives the step one more second, which changes the panel with the clock on every phone. The peers broadcast as
many bytes of the same shape when one of their clients asks for it.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from urllib.request import urlopen

from bench import wire
from bench.crowd import Crowd, Link, Stuck
from bench.figures import percentile
from bench.measured import Measured
from bench.peers import node_peer
from bench.peers.django import django_site
from bench.processes import Clock
from bench.program import House, Tab, greet, went_well

FRAME_BYTES = 400  # of HTML in the panel with the clock; the frame is about 480
A_SECOND = 10  # panels, where their latency is measured
DESKS = 8  # connections that press, so that no press waits for the answer to the one before
PATIENCE = 90.0


@dataclass
class Room:
    """Who watches, and a way to press. Panels are numbered from 1, as they are pressed."""

    crowd: Crowd
    pids: list[int]
    press: Callable[[int], None]
    rev_of: Callable[[bytes], int]
    links: list[Link] = field(default_factory=list)
    newest: list[int] = field(default_factory=list)  # of each phone, by its number
    on_new: Callable[[int, int, int, float], None] | None = None  # phone, from, to, when
    behind: int = 0  # phones that do not have the panel that was pressed last
    pressed: int = 0

    def took(self, link: Link, payload: bytes, now: float) -> None:
        rev = self.rev_of(payload)
        before = self.newest[link.number]
        if rev <= before:
            return
        self.newest[link.number] = rev
        if rev >= self.pressed > before:
            self.behind -= 1
        if self.on_new is not None:
            self.on_new(link.number, before, rev, now)

    def press_next(self) -> None:
        self.pressed += 1
        self.behind = sum(rev < self.pressed for rev in self.newest)
        self.press(self.pressed)

    def fill(self, requests: Iterator[bytes], phones: int, greet: Callable[[Link], None]) -> None:
        self.newest = [0] * phones
        self.links = self.crowd.sockets(requests, greet, self.took)


Opener = Callable[[House, int], AbstractContextManager[Room]]


def rev_in(payload: bytes) -> int:
    at = payload.find(b'"rev":', 0, 80)
    return int(payload[at + 6 : payload.index(b",", at)]) if at >= 0 else 0


@contextmanager
def ours(house: House, phones: int) -> Iterator[Room]:
    prepared = house.prepare("vote", phones)
    with house.program(prepared) as program, program.crowd() as crowd:
        meeting = program.meeting
        desks = [(crowd.link(), Tab()) for _desk in range(DESKS)]
        base = 0

        def press(number: int) -> None:
            free = next((desk for desk in desks if desk[0].on_answer is None), None)
            if free is None:
                crowd.at(time.perf_counter() + 0.005, lambda: press(number))
                return
            link, tab = free
            link.ask(program.at_desk(meeting, "extend", tab, seconds="1"), lambda answer, _now: went_well(answer))

        def rev_of(payload: bytes) -> int:
            return rev_in(payload) - base if payload.startswith(b'{"t":"panel","name":"bar"') else 0

        room = Room(crowd, program.pids, press, rev_of)
        room.fill((program.phone_socket(meeting, number) for number in range(phones)), phones, greet)
        crowd.until(lambda: min(room.newest) > 0, PATIENCE, "every phone shows the meeting")
        base = max(room.newest)
        room.newest = [0] * phones
        yield room


@contextmanager
def node_ws(_house: House, phones: int) -> Iterator[Room]:
    with node_peer("ws") as (port, pids), Crowd(port) as crowd:
        room = Room(crowd, pids, lambda number: room.links[0].tell(pressing(number)), rev_in)
        room.fill((wire.upgrade("/", crowd.host) for _phone in range(phones)), phones, lambda _link: None)
        yield room


@contextmanager
def socketio(_house: House, phones: int) -> Iterator[Room]:
    with node_peer("socketio") as (port, pids), Crowd(port) as crowd:
        connected: set[int] = set()

        def press(number: int) -> None:
            room.links[0].tell(b'42["press",' + pressing(number) + b"]")

        def rev_of(payload: bytes) -> int:
            return rev_in(payload) if payload.startswith(b"42") else 0

        def took(link: Link, payload: bytes, now: float) -> None:
            if payload == b"2":  # its ping
                link.tell(b"3")
            elif payload.startswith(b"0"):
                link.tell(b"40")
            elif payload.startswith(b"40"):
                connected.add(link.number)
            else:
                Room.took(room, link, payload, now)

        room = Room(crowd, pids, press, rev_of)
        room.newest = [0] * phones
        path = "/socket.io/?EIO=4&transport=websocket"
        room.links = crowd.sockets(
            (wire.upgrade(path, crowd.host) for _phone in range(phones)), lambda _link: None, took
        )
        crowd.until(lambda: len(connected) == phones, PATIENCE, "socket.io has connected everyone")
        yield room


@contextmanager
def channels(house: House, phones: int) -> Iterator[Room]:
    with django_site(house, phones) as site, Crowd(site.port) as crowd:
        room = Room(crowd, site.pids, lambda number: room.links[0].tell(pressing(number)), rev_in)
        room.fill((site.socket(number) for number in range(phones)), phones, lambda _link: None)
        crowd.rest(0.5)
        yield room


def pressing(number: int) -> bytes:
    return json.dumps({"t": "press", "rev": number, "bytes": FRAME_BYTES}).encode()


def deliveries(room: Room, seconds: float) -> Measured:
    """Press, wait until everyone has it, press again. Per second of the servers' CPU: what one core delivers."""
    for _warm in range(3):
        _everywhere(room)
    clock, first = Clock(room.pids), room.pressed
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline or room.pressed - first < 3:
        _everywhere(room)
    used = clock.read()
    delivered = (room.pressed - first) * len(room.links)
    on_a_core = delivered / max(used["server_cpu_s"], 0.01)
    return Measured(on_a_core, {**used, "a_second": round(delivered / used["wall_s"]), "panels": room.pressed - first})


def fan_out(room: Room, seconds: float) -> Measured:
    """What the program itself says that handing out takes (its metric), from a panel's drawing to the last socket.

    Deliveries a second of that time alone: without the command, its transaction, the drawing, and what is mine.
    """
    spent, pressed = _fan_out_seconds(room), room.pressed
    used = deliveries(room, seconds).detail
    spent, delivered = _fan_out_seconds(room) - spent, (room.pressed - pressed) * len(room.links)
    return Measured(delivered / spent, {**used, "us_each": 1e6 * spent / delivered})


def _fan_out_seconds(room: Room) -> float:
    with urlopen(f"http://{room.crowd.host}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("words_fan_out_seconds_sum")))


def _everywhere(room: Room) -> None:
    room.press_next()
    room.crowd.until(lambda: room.behind <= 0, PATIENCE, f"panel {room.pressed} is on every phone")


def latency(room: Room, seconds: float) -> Measured:
    """Ten panels a second, whether the one before is everywhere or not; p95 over every panel on every phone, in ms.

    A phone that got a newer panel has what the older one said. What never came counts as infinitely late.
    """
    for _warm in range(3):
        _everywhere(room)
    pressed_at: dict[int, float] = {}
    late: list[float] = []
    room.on_new = lambda _phone, before, to, now: late.extend(
        now - pressed_at[number] for number in range(before + 1, to + 1) if number in pressed_at
    )
    count, began = int(seconds * A_SECOND), time.perf_counter() + 0.1

    def press() -> None:
        pressed_at[room.pressed + 1] = time.perf_counter()
        room.press_next()

    for number in range(count):
        room.crowd.at(began + number / A_SECOND, press)
    clock = Clock(room.pids)
    room.crowd.rest(seconds + 0.2)
    used = clock.read()
    with suppress(Stuck):
        room.crowd.until(lambda: room.behind <= 0, 10.0, "the last panel is on every phone")
    missing = count * len(room.links) - len(late)
    everything = late + [float("inf")] * missing
    detail = {**used, "p50_ms": percentile(everything, 0.5) * 1000, "lost": missing}
    return Measured(percentile(everything, 0.95) * 1000, detail)
