"""Writers of a Yjs text: every key is an update that goes out at once, as the providers send it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pycrdt import Doc, Text, TransactionEvent

from bench import wire
from bench.crowd import Crowd, Link
from bench.peers import node_peer
from bench.program import House
from bench.rows.typing import WORD, Desk, Key

SYNC, AUTH = 0, 2
STEP_1, UPDATE = 0, 2
PATIENCE = 60.0
NAME = "bench"


def varuint(number: int) -> bytes:
    """As lib0 writes it: seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 127:
        out.append(0x80 | number & 127)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varuint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def varbytes(data: bytes) -> bytes:
    return varuint(len(data)) + data


def what_changed(update: bytes) -> tuple[str, int, int]:
    """An update of one key: ("put", client, clock), or ("taken", client, clock)."""
    clients, at = read_varuint(update, 0)
    if clients:
        _structs, at = read_varuint(update, at)
        client, at = read_varuint(update, at)
        clock, _at = read_varuint(update, at)
        return "put", client, clock
    _clients, at = read_varuint(update, at)
    client, at = read_varuint(update, at)
    _ranges, at = read_varuint(update, at)
    clock, _at = read_varuint(update, at)
    return "taken", client, clock


class Writer:
    def __init__(self, number: int) -> None:
        self.doc: Doc[Any] = Doc(client_id=number + 1)
        self.text: Text = self.doc.get("text", type=Text)
        self.updates: list[bytes] = []
        self.doc.observe(self._changed)
        self.forward = True

    def _changed(self, event: TransactionEvent) -> None:
        self.updates.append(event.update)

    def press(self) -> bytes:
        if len(self.text) >= WORD:
            self.forward = False
        elif len(self.text) == 0:
            self.forward = True
        if self.forward:
            self.text += "e"
        else:
            del self.text[len(self.text) - 1]
        return self.updates.pop()


@contextmanager
def y_websocket(_house: House, writers: int, phones: int) -> Iterator[Desk]:
    with _yjs("ywebsocket", b"", writers, phones) as desk:
        yield desk


@contextmanager
def hocuspocus(_house: House, writers: int, phones: int) -> Iterator[Desk]:
    with _yjs("hocuspocus", varbytes(NAME.encode()), writers, phones) as desk:
        yield desk


@contextmanager
def _yjs(peer: str, prefix: bytes, writers: int, phones: int) -> Iterator[Desk]:
    """`prefix`: what stands before each message; Hocuspocus says there which document it is of, and wants a token."""
    with node_peer(peer) as (port, pids), Crowd(port) as crowd:
        pens = [Writer(number) for number in range(writers)]
        key_of: dict[tuple[str, int, int], Key] = {}
        known: dict[bytes, tuple[Key, ...]] = {}
        synced: set[int] = set()

        def type_key(number: int) -> None:
            update = pens[number].press()
            key_of[what_changed(update)] = desk.count_key(number)
            links[number].tell(prefix + bytes((SYNC, UPDATE)) + varbytes(update), wire.BINARY)

        def took(link: Link, payload: bytes, now: float) -> None:
            keys = known.get(payload)
            if keys is None:
                keys = known[payload] = read(payload)
            if keys:
                desk.see(link.number, keys, now)
            else:
                synced.add(link.number)

        def read(payload: bytes) -> tuple[Key, ...]:
            message = payload[len(prefix) :]
            if message[:2] != bytes((SYNC, UPDATE)):
                return ()
            length, at = read_varuint(message, 2)
            key = key_of.get(what_changed(message[at : at + length]))
            return (key,) if key else ()

        desk = Desk(crowd, pids, phones, type_key)
        requests = (wire.upgrade(f"/{NAME}", crowd.host) for _phone in range(phones))
        links = crowd.sockets(requests, _greeting(prefix), took)
        crowd.until(lambda: len(synced) == phones, PATIENCE, "every phone has the document")
        crowd.rest(0.5)
        yield desk


def _greeting(prefix: bytes) -> Callable[[Link], None]:
    def greet(link: Link) -> None:
        if prefix:
            link.tell(prefix + bytes((AUTH, 0)) + varbytes(b"token"), wire.BINARY)
        link.tell(prefix + bytes((SYNC, STEP_1)) + varbytes(b"\0"), wire.BINARY)

    return greet
