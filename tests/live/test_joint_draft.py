"""The joint draft over real sockets: rows to everyone, on every process, and to nobody else."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.live.meeting import PATIENCE, Desk, Phone, Wire, everywhere, settled

pytestmark = pytest.mark.live


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


def test_a_caret_is_told_to_the_others_on_every_process_and_a_flood_of_them_to_nobody_for_long(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]
) -> None:
    draft = drafting(desk)
    writer, *readers = wires(ada.socket()), *everywhere(desk, wires, view="screen")
    head = greet(writer, draft, "tab0")
    for number, reader in enumerate(readers, 1):
        greet(reader, draft, f"tab{number}")
    writer.send({"t": "caret", "draft": draft, "client": "tab0", "pos": 3, "version": head["version"]})
    for reader in readers:
        caret = reader.until("caret")
        assert (caret["client"], caret["pos"], caret["name"]) == ("tab0", 3, "Ada")
    for number in range(200):
        writer.send({"t": "caret", "draft": draft, "client": f"name{number}", "pos": 1, "version": head["version"]})
    for client in ("\ud800", "", "x" * 65, 7, None):
        writer.send(json.dumps({"t": "caret", "draft": draft, "client": client, "pos": 1, "version": 0}))
    for reader in readers:
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
