"""Commands by socket: the same doors as by POST, once each, answered when they are saved."""

import json
import struct
import time
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.live.meeting import PATIENCE, Desk, Phone, Wire, everywhere, settled
from tests.live.test_hub import raw_socket

pytestmark = pytest.mark.live

WAITING_FOR_A_LOCK = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
CARDS = "SELECT body FROM texts_text t JOIN cards_card c ON c.text_id = t.id ORDER BY body"


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ask(wire: Wire, phone: Phone, door: str, seq: int = 0, /, **fields: Any) -> int:
    """Send a command; its seq."""
    phone.seq = seq or phone.seq + 1
    wire.send({"t": "do", "door": door, "client": phone.client, "seq": phone.seq, "fields": fields})
    return phone.seq


def answer_to(wire: Wire, phone: Phone, seq: int) -> dict[str, Any] | None:
    def wanted(message: dict[str, Any]) -> bool:
        return message["t"] == "answer" and (message["client"], message["seq"]) == (phone.client, seq)

    told = next(filter(wanted, wire.heard), None) or wire.until(wanted, 4 * PATIENCE)
    return told["answer"]  # type: ignore[no-any-return]


def by_socket(wire: Wire, phone: Phone, door: str, /, **fields: Any) -> dict[str, Any]:
    answer = answer_to(wire, phone, ask(wire, phone, door, **fields))
    assert answer is not None
    return answer


def name_of(desk: Desk) -> str:
    return str(desk.newest("name", "workshop_sessions_participant"))


@pytest.fixture
def key_words(desk: Desk, ada: Phone) -> int:
    """The round of key words, open."""
    desk.must("start")
    desk.to("key-words")
    return int(desk.newest("id", "workshop_sessions_round"))


def test_what_is_answered_is_saved_and_comes_with_what_is_mine(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]
) -> None:
    for wire in everywhere(ada, wires):
        for number in range(3):
            answer = by_socket(wire, ada, "rename-me", name=f"Ada{number}")
            assert name_of(desk) == f"Ada{number}"  # in the database by now
            assert answer["ok"]
            assert (answer["mine"]["name"], answer["mine"]["taken"]) == (f"Ada{number}", ada.seq)


def test_where_one_meeting_is_held_up_no_other_is_for_long(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]
) -> None:
    """A process that froze in mid-transaction holds the row of its meeting: who waits for that gives up."""
    url = desk.stack.environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        pytest.skip("SQLite has one lock for all, and one process")
    ben = Phone(desk.stack).join(desk.another().code, "Ben")
    ada_s, ben_s = (settled(wires(phone.socket())) for phone in (ada, ben))
    with psycopg.connect(url) as frozen:
        frozen.execute("SELECT 1 FROM workshop_sessions_workshopsession WHERE code = %s FOR UPDATE", [desk.code])
        seq = ask(ada_s, ada, "rename-me", name="Adele")
        wait_until(lambda: desk.sql(WAITING_FOR_A_LOCK)[0][0])  # the writer is at it
        assert by_socket(ben_s, ben, "rename-me", name="Benno")["ok"]
        assert answer_to(ada_s, ada, seq) is None  # not saved: it comes again
        frozen.rollback()
    assert ada.must("rename-me", name="Adele")


def test_a_refusal_is_the_one_that_a_post_gets(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    wire = settled(wires(ada.socket()))
    for door, fields in (
        ("rename-me", {"name": "A" * 41}),
        ("vote", {"round": "999999", "choices": ""}),
        ("vote", {}),
        ("send-proposal", {"round": "x", "id": "y", "body": ""}),
    ):
        by_post, over_socket = ada.do(door, **fields), by_socket(wire, ada, door, **fields)
        assert not over_socket["ok"]
        assert over_socket["error"] == by_post["error"]
    assert name_of(desk) == "Ada"


def test_one_that_fails_among_fifty_fails_alone(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire], key_words: int
) -> None:
    phones = [Phone(desk.stack).join(desk.code, f"P{number}") for number in range(10)]
    opened = [wires(phone.socket()) for phone in phones]
    sent: list[tuple[Wire, Phone, int, bool]] = []
    for number in range(50):
        wire, phone = opened[number % 10], phones[number % 10]
        good = number != 17
        fields = {"round": str(key_words), "id": str(uuid.uuid4()), "body": f"word{number:02}" if good else ""}
        sent.append((wire, phone, ask(wire, phone, "add-card", **fields), good))
    for wire, phone, seq, good in sent:
        answer = answer_to(wire, phone, seq)
        assert answer is not None
        assert answer["ok"] is good, answer
    words = [body for (body,) in desk.sql(CARDS) if body.startswith("word")]
    assert words == [f"word{number:02}" for number in range(50) if number != 17]
    desk.sql("DELETE FROM cards_card")


def test_a_burst_of_two_hundred_is_answered_each_once(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire], key_words: int
) -> None:
    phones = [Phone(desk.stack).join(desk.code, f"P{number}") for number in range(25)]
    opened = [wires(phone.socket(number % len(desk.stack.servers))) for number, phone in enumerate(phones)]
    sent = []
    for number in range(200):
        wire, phone = opened[number % 25], phones[number % 25]
        fields = {"round": str(key_words), "id": str(uuid.uuid4()), "body": f"burst{number:03}"}
        sent.append((wire, phone, ask(wire, phone, "add-card", **fields), fields))
    for wire, phone, seq, fields in sent:
        answer = answer_to(wire, phone, seq)
        if answer is None:  # more than eight waited: it goes by POST
            answer = phone.post(f"{phone.base}do/add-card", {"client": phone.client, "seq": seq, **fields}).json()
        assert answer["ok"], answer
    assert len([body for (body,) in desk.sql(CARDS) if body.startswith("burst")]) == 200
    desk.sql("DELETE FROM cards_card")


def test_cut_between_sending_and_answer_a_repeat_by_post_has_one_effect(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire], key_words: int
) -> None:
    for turn in range(6):
        wire = wires(ada.socket())
        wire.until("mine")
        fields = {"round": str(key_words), "id": str(uuid.uuid4()), "body": f"cut{turn}"}
        seq = ask(wire, ada, "add-card", **fields)
        time.sleep(turn * 0.004)  # before it is taken, while it is, after it
        wire.connection.socket.close()
        answer = ada.post(f"{ada.base}do/add-card", {"client": ada.client, "seq": seq, **fields}).json()
        assert answer["ok"], answer
    words = [body for (body,) in desk.sql(CARDS) if body.startswith("cut")]
    assert words == [f"cut{turn}" for turn in range(6)]
    desk.sql("DELETE FROM cards_card")


def test_a_repeat_by_socket_gets_the_first_answer(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    wire = wires(ada.socket())
    ada.must("rename-me", name="Adele")
    assert answer_to(wire, ada, ask(wire, ada, "rename-me", ada.seq, name="Bertha")) is not None
    assert name_of(desk) == "Adele"


def test_whoever_was_removed_is_refused(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    """Past every hint, so that the socket is still open: the command looks for itself."""
    wire = settled(wires(ada.socket()))
    id_ = desk.newest("id", "workshop_sessions_participant")
    desk.sql("UPDATE workshop_sessions_participant SET removed_at = joined_at WHERE id = %s", id_)
    wire.send({"t": "do", "door": "rename-me", "client": ada.client, "seq": 1, "fields": {"name": "Back"}})
    answer = answer_to(wire, ada, 1)
    assert answer is not None
    assert answer["error"]["code"] == "not-admitted"
    assert name_of(desk) == "Ada"


def test_a_socket_does_nothing_in_another_s_name(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire], key_words: int
) -> None:
    ada.must("rename-me", name="Adele")
    ben = Phone(desk.stack).join(desk.code, "Ben")
    wire = wires(ben.socket())
    wire.send({"t": "do", "door": "rename-me", "client": ada.client, "seq": ada.seq + 1, "fields": {"name": "Eve"}})
    answer = answer_to(wire, ada, ada.seq + 1)
    assert answer is not None
    assert answer["error"]["code"] == "not-your-client"
    assert desk.sql("SELECT name FROM workshop_sessions_participant ORDER BY id DESC LIMIT 2") == [("Ben",), ("Adele",)]


def test_desk_and_screen_can_do_nothing_by_socket_and_a_phone_nothing_of_the_desk_s(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]
) -> None:
    for person, view in ((desk, "desk"), (desk, "screen"), (desk.screen_by_link(), "screen")):
        wire = wires(person.socket(view=view))
        for door in ("start", "leave"):
            wire.send({"t": "do", "door": door, "client": ada.client, "seq": 1, "fields": {}})
            wire.until("unreadable")
    wire = wires(ada.socket())
    for seq, door in enumerate(("start", "remove", "share-phone", "pass-phone", "nonsense"), 1):
        assert answer_to(wire, ada, ask(wire, ada, door, seq)) is None  # by POST it is 404
    assert desk.sql("SELECT started_at FROM workshop_sessions_workshopsession ORDER BY id DESC LIMIT 1") == [(None,)]


def test_before_the_reveal_nobody_else_hears_of_it(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire], key_words: int
) -> None:
    ben = Phone(desk.stack).join(desk.code, "Ben")
    others = [wires(ben.socket()), wires(desk.socket()), wires(desk.socket(view="screen"))]
    for wire in others:
        settled(wire)
    wire = wires(ada.socket())
    fields = {"round": str(key_words), "id": str(uuid.uuid4()), "body": "quiet-secret"}
    answer = by_socket(wire, ada, "add-card", **fields)
    assert "quiet-secret" in str(answer["mine"])  # or this would find nothing
    for other in others:
        other.quiet(1)
        assert "quiet-secret" not in str(other.heard)
        assert not any(message["t"] == "answer" for message in other.heard)
    desk.sql("DELETE FROM cards_card")


UNREADABLE: list[dict[str, Any]] = [
    {},
    {"seq": 0},
    {"seq": True},
    {"seq": 2**53 + 1},
    {"seq": "1"},
    {"client": "nobody"},
    {"client": "00000000-0000-4000-8000-00000000000G"},
    {"door": "../leave"},
    {"door": ""},
    {"fields": []},
    {"fields": {"name": 5}},
    {"fields": {"name": ["Ada"]}},
    {"fields": {"name": None}},
    {"fields": {"name": "\ud800"}},
    {"fields": {"\udfff": "Ada"}},
    {"fields": {str(number): "" for number in range(41)}},
]


def test_what_is_no_command_is_unreadable(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    wire = settled(wires(ada.socket()))
    good = {"t": "do", "door": "rename-me", "client": ada.client, "seq": 1, "fields": {"name": "Eve"}}
    for wrong in UNREADABLE:
        wire.send({**good, **wrong} if wrong else {"t": "do"})
        wire.until("unreadable")
    assert name_of(desk) == "Ada"
    assert answer_to(wire, ada, ask(wire, ada, "rename-me", name="x" * 60_000)) is not None  # read, and refused


def test_one_page_holds_eight_places_and_no_more(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    """A flood from one page is told so at once, and another's command does not wait for it."""
    flood = settled(wires(ada.socket()))
    ben = Phone(desk.stack).join(desk.code, "Ben")
    other = settled(wires(ben.socket()))
    for seq in range(1, 401):
        ask(flood, ada, "rename-me", seq, name=f"Ada{seq}")
    began = time.monotonic()
    assert by_socket(other, ben, "rename-me", name="Benno")["ok"]
    assert time.monotonic() - began < PATIENCE
    answers = [answer_to(flood, ada, seq) for seq in range(1, 401)]
    assert answers[0] is not None
    assert None in answers


def test_commands_of_one_that_never_reads_hold_nobody_up(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    mute = raw_socket(ada, "phone")
    try:
        for seq in range(1, 41):
            fields = {"name": f"Ada{seq}"}
            text = json.dumps({"t": "do", "door": "rename-me", "client": ada.client, "seq": seq, "fields": fields})
            mute.sendall(struct.pack("!BBHI", 0x81, 0x80 | 126, len(text), 0) + text.encode())  # masked with zeros
        ben = Phone(desk.stack).join(desk.code, "Ben")
        other = settled(wires(ben.socket()))
        for number in range(10):
            assert by_socket(other, ben, "rename-me", name=f"Benno{number}")["ok"]
    finally:
        mute.close()


def test_what_came_with_the_answer_does_not_come_again(
    desk: Desk, ada: Phone, wires: Callable[[Wire], Wire], key_words: int
) -> None:
    wire, other = (settled(wires(ada.socket())) for _tab in range(2))
    wire.heard.clear()
    assert by_socket(wire, ada, "done", round=str(key_words), done="1")["mine"]["done"]
    other.until(lambda message: message["t"] == "mine" and message["mine"]["done"])  # of the same phone: it reads all
    assert "mine" not in {message["t"] for message in [*wire.heard, *wire.quiet()]}


def test_doors_that_there_are_not_are_not_counted(desk: Desk, ada: Phone, wires: Callable[[Wire], Wire]) -> None:
    """Each would be kept for good, and there are as many as someone can think of."""
    wire = settled(wires(ada.socket()))
    for door in ("rename-me-not", "removed-by-me"):
        assert answer_to(wire, ada, ask(wire, ada, door)) is None
    by_socket(wire, ada, "rename-me", name="Ada")
    told = ada.http.get("/metrics").text
    assert "rename-me" in told
    assert "rename-me-not" not in told
    assert "removed-by-me" not in told
