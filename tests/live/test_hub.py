"""The hub and its sockets, on real servers: one process with SQLite, two with PostgreSQL and Valkey."""

import json
import socket as network
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from websockets.exceptions import InvalidStatus

from tests.live.meeting import Desk, Person, Phone, Wire, everywhere, settled
from workshop.live.hub import MOST_PAGES, TOO_MANY

pytestmark = pytest.mark.live


# ---- panels


def test_a_hello_is_answered_with_what_differs_and_nothing_else(ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    wire = wires(ada.socket())
    wire.until("mine")
    assert set(wire.shown) == {"bar", "stage"}
    assert [message["t"] for message in wire.heard].index("mine") == 2  # after the panels that it belongs to
    again = wires(ada.socket(hello=False))
    assert again.quiet() == []  # whoever has not said what it has gets nothing
    again.hello(wire.shown)
    assert [message["t"] for message in again.quiet()] == ["mine"]
    other = wires(ada.socket(hello=False))
    other.hello({**wire.shown, "bar": "an older one"})
    assert [message.get("name", message["t"]) for message in other.quiet()] == ["bar", "mine"]


def test_polling_gives_the_panels_of_the_socket(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    for person, view in ((ada, "phone"), (desk, "desk"), (desk, "screen")):
        wire = settled(wires(person.socket(view=view)))
        # The wall shows the address of the process that drew it, where no PUBLIC_URL is set.
        for number in range(1 if view == "screen" else len(person.stack.servers)):
            polled = person.panels(number, view=view)
            assert {panel["name"]: panel["html"] for panel in polled["panels"]} == wire.html
            assert polled["mine"] == wire.mine
            have = ",".join(f"{name}:{hash_}" for name, hash_ in wire.shown.items())
            assert person.panels(number, view=view, have=have)["panels"] == []


def test_a_change_reaches_the_sockets_of_every_process_at_once(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]
) -> None:
    """Eight changes, one after the other. By its own looks alone the hub would need eight seconds."""
    screens = everywhere(desk, wires, view="screen")
    for wire in screens:
        settled(wire)
    began = time.monotonic()
    for number in range(8):
        ada.must("rename-me", name=f"Ada{number}")
        for wire in screens:
            wire.until(lambda message, number=number: f"Ada{number}" in message.get("html", ""))
    assert time.monotonic() - began < 4
    assert len({wire.heard[-1]["rev"] for wire in screens}) == 1


def test_a_lost_hint_costs_a_moment_only(desk: Desk, wires: Callable[[Wire], Wire]) -> None:
    """The row is changed past every command: only the hub's own look can find that."""
    for wire in (opened := everywhere(desk, wires)):
        settled(wire)
        assert "Door open" in wire.html["door"]
    desk.sql(
        "UPDATE workshop_sessions_workshopsession SET door = 'locked', revision = revision + 1 WHERE code = %s",
        desk.code,
    )
    for wire in opened:
        wire.until(lambda message: "Door locked" in message.get("html", ""))


def test_the_layer_may_go_and_come_back(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    """Valkey's connections are cut, as when it restarts: nothing stays lost, and hints travel again afterwards."""
    if not (url := desk.stack.environment.get("REDIS_URL")):
        pytest.skip("one process has no layer to lose")
    screens = [settled(wire) for wire in everywhere(desk, wires, view="screen")]
    with closing(redis.Redis.from_url(url)) as valkey:
        for kind in ("pubsub", "normal"):
            valkey.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
    ada.must("rename-me", name="Adele")
    for wire in screens:
        wire.until(lambda message: "Adele" in message.get("html", ""))
    time.sleep(2)  # by now it listens again
    began = time.monotonic()
    for number in range(6):
        ada.must("rename-me", name=f"Ada{number}")
        for wire in screens:
            wire.until(lambda message, number=number: f"Ada{number}" in message.get("html", ""))
    assert time.monotonic() - began < 4


def test_a_removed_phone_is_closed_on_every_process(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    greeted = everywhere(ada, wires)
    silent = everywhere(ada, wires, hello=False)
    for wire in greeted:
        settled(wire)
    id_ = desk.newest("id", "workshop_sessions_participant")
    began = time.monotonic()
    desk.must("remove", participant=id_)
    assert [wire.closed() for wire in greeted + silent] == [4403] * len(greeted + silent)
    assert time.monotonic() - began < 5
    assert [wire.closed() for wire in everywhere(ada, wires, hello=False)] == [4403] * len(silent)


# ---- who may connect, and what may be sent


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None, "http://127.0.0.1", "http://[::1", "file://"])
def test_a_socket_from_a_page_that_is_not_ours_is_refused(ada: Phone, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        ada.socket(origin=origin)
    assert refusal.value.response.status_code == 403


def test_a_socket_of_nobody_is_closed(desk: Desk, wires: Callable[[Wire], Wire]) -> None:
    nobody = Phone(desk.stack)
    nobody.public_id = desk.public_id
    for view in ("phone", "desk", "screen"):
        assert wires(nobody.socket(view=view, hello=False)).closed() == 4403
    nobody.public_id = "00000000-0000-4000-8000-000000000000"
    assert wires(nobody.socket(hello=False)).closed() == 4403


MALFORMED: list[Any] = [
    "{",
    "",
    "[]",
    "null",
    '{"t":1}',
    '{"t":"nonsense"}',
    '{"t":"hello"}',
    '{"t":"hello","have":[]}',
    '{"t":"ping","at":NaN}',
    '{"t":"ping","at":1e999}',
    '{"t":"ping","at":' + "9" * 5000 + "}",
    '{"t":"hello","have":' + "[" * 30_000 + "]" * 30_000 + "}",
    '{"t":"hello","have":{"a":"\\u0000"}}',
    '{"t":"draft","draft":1,"version":-7}',
    '{"t":"draft","draft":999999999999999,"version":-1}',
    '{"t":"draft","draft":true,"version":true}',
    '{"t":"draft","draft":1,"version":-1,"client":"\\ud800"}',
    '{"t":"push","draft":1}',
    b"\x00\xff",
]


def test_frames_that_no_page_of_ours_sends_are_answered_and_the_socket_lives(
    ada: Phone, wires: Callable[[Wire], Wire]
) -> None:
    wire = settled(wires(ada.socket()))
    for frame in MALFORMED:
        wire.send(frame)
        wire.until("unreadable")
    wire.send({"t": "ping", "at": 5, "t2": 1})
    assert wire.until("pong")["at"] == 5
    wire.send('{"t":"ping","t":"ping","at":1,"at":2}')
    assert wire.until("pong")["at"] == 2
    for _again in range(3):
        wire.send("{")
    assert wire.closed() == 4400  # whoever sends nothing else is no page of ours


def test_a_frame_beyond_every_size_closes_its_own_socket_only(ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    wire, other = settled(wires(ada.socket())), settled(wires(ada.socket()))
    wire.send('{"t":"ping","at":"' + "x" * 100_000 + '"}')
    assert wire.closed() == 1009
    other.send({"t": "ping", "at": 1})
    other.until("pong")


def test_sockets_that_never_read_hold_nobody_up(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    stalled = [raw_socket(desk, "screen") for _number in range(8)]
    try:
        wire = settled(wires(desk.socket(view="screen")))
        slowest = 0.0
        for number in range(25):
            began = time.monotonic()
            ada.must("rename-me", name=f"Ada{number}")
            wire.until(lambda message, number=number: f"Ada{number}" in message.get("html", ""))
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < 2
    finally:
        for raw in stalled:
            raw.close()


def raw_socket(person: Person, view: str) -> network.socket:
    """It shakes hands, says hello, and reads no more; its window is as small as can be."""
    base = urlsplit(person.stack.base_url)
    raw = network.socket()
    raw.setsockopt(network.SOL_SOCKET, network.SO_RCVBUF, 1024)
    raw.connect((base.hostname, base.port))
    lines = [
        f"GET /{view}/{person.public_id}/live HTTP/1.1",
        f"Host: {base.netloc}",
        f"Origin: {person.stack.base_url}",
        f"Cookie: {person.cookie_header(person.stack.base_url, view)}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    raw.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    assert b"101" in raw.recv(64)
    hello = json.dumps({"t": "hello", "have": {}}).encode()
    raw.sendall(bytes([0x81, 0x80 | len(hello), 0, 0, 0, 0]) + hello)  # masked with zeros
    return raw


def test_a_server_that_stops_says_so_and_what_it_showed_is_there_again(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]
) -> None:
    last = len(desk.stack.servers) - 1
    wire = settled(wires(ada.socket(last)))
    server = desk.stack.servers[last]
    server.stop()
    assert wire.closed() == 1012
    server.start()
    again = wires(ada.socket(last, hello=False))
    again.hello(wire.shown)
    assert [message["t"] for message in again.quiet(1)] == ["mine"]


def test_a_phone_s_seventeenth_page_takes_the_place_of_its_first(ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    pages = [settled(wires(ada.socket())) for _page in range(MOST_PAGES)]
    settled(wires(ada.socket()))
    assert pages[0].closed() == TOO_MANY
    assert pages[1].closed(0.5) is None
