"""The hub and its sockets, on real servers: one process with SQLite, two with PostgreSQL and Valkey."""

import json
import socket as network
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from websockets.exceptions import InvalidStatus

from tests.live.meeting import PATIENCE, Desk, Person, Phone, Wire
from tests.servers import Stack

pytestmark = pytest.mark.live


@pytest.fixture
def wires() -> Iterator[Callable[[Wire], Wire]]:
    opened: list[Wire] = []

    def keep(wire: Wire) -> Wire:
        opened.append(wire)
        return wire

    yield keep
    for wire in opened:
        wire.close()


@pytest.fixture(scope="module")
def desks() -> dict[str, Desk]:
    return {}


@pytest.fixture
def desk(stack: Stack, desks: dict[str, Desk]) -> Desk:
    """A new meeting with its door open; the facilitator signs in once for each stack."""
    if stack.name not in desks:
        desks[stack.name] = Desk(stack).set_up()
    return desks[stack.name].another()


@pytest.fixture
def ada(desk: Desk) -> Phone:
    return Phone(desk.stack).join(desk.code, "Ada")


def everywhere(person: Person, wires: Callable[[Wire], Wire], **options: Any) -> list[Wire]:
    """One socket to each server process."""
    return [wires(person.socket(number, **options)) for number in range(len(person.stack.servers))]


def settled(wire: Wire) -> Wire:
    """It has its panels, and nothing more is on the way."""
    wire.until(lambda _message: len(wire.shown) >= 1)
    wire.quiet()
    return wire


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


# ---- the joint draft


def drafting(desk: Desk) -> int:
    desk.must("start")
    desk.to("draft")
    return int(desk.newest("id", "drafting_draft"))


def greet(wire: Wire, draft: int, client: str) -> dict[str, Any]:
    wire.send({"t": "draft", "draft": draft, "version": -1, "client": client})
    return wire.until("state")


def test_a_push_reaches_everyone_who_watches_on_every_process(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]
) -> None:
    draft = drafting(desk)
    readers = [*everywhere(ada, wires), *everywhere(desk, wires, view="screen")]
    heads = [greet(wire, draft, f"tab{number}") for number, wire in enumerate(readers)]
    assert len({(head["version"], head["body"]) for head in heads}) == 1
    version, length = heads[0]["version"], len(heads[0]["body"])
    began = time.monotonic()
    for seq in range(1, 9):
        changes = [length, [0, "a"]]
        push = {"version": version, "client": "tab0", "seq": seq, "left": False, "changes": changes}
        readers[0].send({"t": "push", "draft": draft, **push})
        for wire in readers:
            rows = wire.until("rows")
            assert rows["from"] == version
            assert rows["rows"][0][:3] == ["tab0", seq, changes]
        version, length = version + 1, length + 1
    assert time.monotonic() - began < 5
    readers[0].send({"t": "push", "draft": draft, **push})  # its answer was lost: it comes again, and counts once
    assert readers[0].until("rows")["rows"][0][1] == 8
    assert desk.sql("SELECT version FROM drafting_draft WHERE id = %s", draft) == [(version,)]


def test_a_lost_hint_of_the_draft_costs_a_moment_only(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    draft = drafting(desk)
    wire = wires(ada.socket())
    head = greet(wire, draft, "tab0")
    row = [head["version"] + 1, json.dumps([len(head["body"]), [0, "!"]])]
    desk.sql(
        'INSERT INTO drafting_draftrow (draft_id, version, client, seq, "left", changes, seat, at)'
        " SELECT id, %s, 'past-everything', 1, false, %s, 0, CURRENT_TIMESTAMP FROM drafting_draft WHERE id = %s",
        *row,
        draft,
    )
    desk.sql("UPDATE drafting_draft SET version = version + 1, body = body || '!' WHERE id = %s", draft)
    assert wire.until("rows")["rows"][0][0] == "past-everything"


def test_who_has_no_pen_writes_nothing(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    draft = drafting(desk)
    desk.must("all-write", draft=draft)
    id_ = desk.newest("id", "workshop_sessions_participant")
    desk.must("pen", draft=draft, participant=id_)
    ada_wire, screen = wires(ada.socket()), wires(desk.screen_by_link().socket())
    head = greet(ada_wire, draft, "tab0")
    greet(screen, draft, "tab1")
    push = {
        "version": head["version"],
        "client": "tab0",
        "seq": 1,
        "left": False,
        "changes": [len(head["body"]), [0, "x"]],
    }
    ada_wire.send({"t": "push", "draft": draft, **push})
    assert ada_wire.until("refused")["code"] == "no-pen"
    ada_wire.send({"t": "caret", "draft": draft, "client": "tab0", "pos": 1, "version": head["version"]})
    screen.send({"t": "push", "draft": draft, **push, "client": "tab1"})
    desk_wire = wires(desk.socket())
    greet(desk_wire, draft, "tab2")
    desk_wire.send({"t": "push", "draft": draft, **push, "client": "tab2"})
    assert screen.until("rows")["rows"][0][0] == "tab2"
    assert [message for message in screen.heard if message["t"] == "caret"] == []


def test_a_caret_is_told_to_the_others_and_a_flood_of_them_to_nobody_for_long(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]
) -> None:
    draft = drafting(desk)
    writer, reader = wires(ada.socket()), wires(desk.socket(view="screen"))
    head = greet(writer, draft, "tab0")
    greet(reader, draft, "tab1")
    writer.send({"t": "caret", "draft": draft, "client": "tab0", "pos": 3, "version": head["version"]})
    caret = reader.until("caret")
    assert (caret["client"], caret["pos"], caret["name"]) == ("tab0", 3, "Ada")
    for number in range(200):
        writer.send({"t": "caret", "draft": draft, "client": f"name{number}", "pos": 1, "version": head["version"]})
    for client in ("\ud800", "", "x" * 65, 7, None):
        writer.send(json.dumps({"t": "caret", "draft": draft, "client": client, "pos": 1, "version": 0}))
    reader.until(lambda message: message.get("client") == "name199", 20)
    reader.send({"t": "ping", "at": 1})
    reader.until("pong")


def test_the_draft_of_another_meeting_cannot_be_watched(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    other = desk.another()
    draft = drafting(other)
    desk.must("start")
    wire = settled(wires(ada.socket()))
    wire.send({"t": "draft", "draft": draft, "version": -1, "client": "tab0"})
    wire.until("unreadable")
    push = {"version": 1, "client": "tab0", "seq": 1, "left": False, "changes": [[0, "x"]]}
    wire.send({"t": "push", "draft": draft, **push})
    wire.until("unreadable")
    for message in (
        {"t": "draft", "draft": draft, "version": -1, "client": "tab0"},
        {"t": "push", "draft": draft, **push},
    ):
        answer = ada.post(f"{ada.base}draft", content=json.dumps(message))
        assert (answer.status_code, answer.json()) == (400, {"messages": [{"t": "unreadable"}]})


def test_where_sockets_are_blocked_the_draft_goes_by_post(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]
) -> None:
    draft = drafting(desk)
    reader = wires(desk.socket(view="screen"))
    head = greet(reader, draft, "tab1")
    (state,) = ada.post(f"{ada.base}draft", content=json.dumps({"t": "draft", "draft": draft, "version": -1})).json()[
        "messages"
    ]
    assert state["body"] == head["body"]
    changes = [len(head["body"]), [0, "by post"]]
    push = {"t": "push", "draft": draft, "version": head["version"], "client": "tab0", "seq": 1, "left": False}
    answer = ada.post(f"{ada.base}draft", content=json.dumps({**push, "changes": changes}))
    (rows,) = answer.json()["messages"]
    assert rows["rows"] == reader.until("rows", PATIENCE)["rows"]
