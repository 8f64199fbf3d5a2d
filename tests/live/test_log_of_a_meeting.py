"""A meeting on a real server that logs all it can: every name, text, code and token that went in is looked for."""

import json
import uuid
from pathlib import Path

import pytest

from tests.live.meeting import Desk, Phone, Wire
from tests.servers import Server, Stack

pytestmark = pytest.mark.live

NAMES = ("Adelheid", "Bartholomäus")
WORD, SENTENCE, TYPED = "sunshinehearted", "We wholeheartedly greet", " flabbergastingly"
GUEST, OTHER = "Ottokar", "gadget"


@pytest.fixture
def talkative(stack: Stack, tmp_path: Path) -> Stack:
    """One server on the stack's database that logs whatever it logs at all, and a line for each request."""
    own = Stack.__new__(Stack)
    own.name, own.environment = stack.name, {**stack.environment, "LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG"}
    own.servers = [Server(own.environment, tmp_path / "log", "--access-log")]
    own.server.start()
    return own


def test_nothing_that_people_typed_are_called_or_come_in_with_is_in_the_log(talkative: Stack) -> None:
    try:
        secrets = drive(talkative)
    finally:
        talkative.server.stop()
    written = talkative.server.log.read_text().partition("Ctrl-C stops it.\n")[2]  # above it stands the way in
    lines = [line for line in written.splitlines() if line and not line.startswith("Stopped.")]
    told = [json.loads(line) for line in lines]
    assert len([line for line in told if line["logger"] == "workshop.requests"]) > 20
    assert [line["error"]["type"] for line in told if line["level"] == "ERROR" and "error" in line]
    assert {secret for secret in secrets for line in lines if secret.lower() in line.lower()} == set()


def drive(stack: Stack) -> list[str]:
    """A meeting with all that can be typed, and all that can go wrong with it. What went in."""
    desk = Desk(stack).set_up()
    ada, ben = phones = [Phone(stack).join(desk.code, name) for name in NAMES]
    sockets = [person.socket() for person in (desk, *phones)]
    desk.must("start")
    desk.to("key-words")
    ada.must("add-card", round=newest_round(desk), id=str(uuid.uuid4()), body=WORD)
    assert not ada.do("add-card", round=newest_round(desk), id="no id", body=WORD)["ok"]
    desk.must("add-person", name=GUEST)
    desk.to("propose")
    ben.must("send-proposal", round=newest_round(desk), id=str(uuid.uuid4()), body=SENTENCE)
    desk.to("draft")
    type_into_draft(desk, sockets[1])
    sockets[2].send(f'{{"t":"{OTHER}"}}')
    sockets[2].until("unreadable")
    move_code = ada.must("move-code")["move_code"]
    for address in (f"/j/{move_code}X?name={GUEST}", f"/{GUEST}/?text={OTHER}", f"/join/?code={OTHER}"):
        ada.http.get(address)
    ada.http.get("/", headers={"Host": f"{OTHER}.example"})
    ada.http.post("/join/", data={"code": WORD})  # without the token of our own pages
    desk.sql("ALTER TABLE drafting_draft RENAME TO drafting_gone")
    try:
        assert ada.http.get(f"{ada.base}panels").status_code == 500
        sockets[1].send({"t": "draft", "draft": 1, "version": -1, "client": "tab2"})
        sockets[1].closed()  # its process could not read what it asked for
    finally:
        desk.sql("ALTER TABLE drafting_gone RENAME TO drafting_draft")
    for socket in sockets:
        socket.close()
    cookies = [str(cookie.value) for one in (desk, *phones) for cookie in one.http.cookies.jar]
    return [*NAMES, WORD, SENTENCE, TYPED, GUEST, OTHER, desk.code, move_code, *(c for c in cookies if len(c) > 8)]


def newest_round(desk: Desk) -> int:
    return int(desk.newest("id", "workshop_sessions_round"))


def type_into_draft(desk: Desk, wire: Wire) -> None:
    draft = int(desk.newest("id", "drafting_draft"))
    wire.send({"t": "draft", "draft": draft, "version": -1, "client": "tab1"})
    state = wire.until("state")
    changes = [len(state["body"].encode("utf-16-le")) // 2, [0, TYPED]]
    push = {"t": "push", "draft": draft, "version": state["version"], "client": "tab1", "seq": 1, "left": False}
    wire.send({**push, "changes": changes})
    wire.until("rows")
