"""Frames and forms by a grammar, at every step of a meeting: no traceback, no restart, and the neighbours go on."""

import contextlib
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event
from typing import Any

import httpx
import pytest
from websockets.exceptions import WebSocketException

from tests.faults.grammar import Grammar
from tests.faults.scale import scaled
from tests.live.meeting import Desk, Phone
from workshop.room.doors import DESK, PHONE

pytestmark = pytest.mark.faults

AT_EACH_STEP = scaled(100, 3_500)  # frames; half as many forms from a phone, a quarter from a desk
STEPS = ("key-words", "samples", "propose", "vote", "tag", "draft", "decide", "close")
ANSWERED_WITHIN = 10.0
P99, TIMES_ITS_REST = 1.0, 5  # of a neighbour: seconds, or as many times what it was before, on a machine that is busy
TURNS, ROUNDS, EVERY = scaled(3, 15), 4, 1.0  # of nothing, use and fuzz; each so many times; seconds
TIMES_USE = 1.5  # a neighbour's p99 beside fuzz, at most as many times that beside use
# These end the meeting or lock us out: each would leave the rest of the fuzz before closed doors.
NOT_AT_RANDOM = {"seal", "next", "go-to", "back", "reopen", "remove", "door", "leave"}

Figure = Callable[[str, Any], None]


@pytest.fixture
def neighbour(desk: Desk) -> Iterator[Callable[[], list[float]]]:
    """Someone in another meeting of the same process, who sends all the while. Called: how long each answer took."""
    other = desk.another()
    phone, over, took = Phone(desk.stack).join(other.code, "Neighbour"), Event(), list[float]()

    def go_on() -> None:
        while not over.wait(0.02):
            began = time.monotonic()
            phone.must("rename-me", name=f"Neighbour {len(took)}")
            took.append(time.monotonic() - began)

    def so_far() -> list[float]:
        found = took.copy()
        took.clear()
        return found

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(go_on)
        yield so_far
        over.set()
        running.result()


def test_nothing_that_comes_in_breaks_anything(
    desk: Desk, rng: Random, neighbour: Callable[[], list[float]], figure: Figure
) -> None:
    fields = {"title": "Fuzz", "agenda": "department-meeting", "customer_word": "guest"}
    desk.public_id = desk.post("/meetings/new/", fields).url.path.split("/")[2]
    desk.must("door", door="open")
    desk.code = desk.newest("code", "workshop_sessions_workshopsession")
    processes = [server.process for server in desk.stack.servers]
    logs = [server.log.stat().st_size for server in desk.stack.servers]
    phones = [Phone(desk.stack).join(desk.code, f"Fuzz {number}") for number in range(4)]
    time.sleep(3)
    quiet = neighbour()
    desk.must("start")
    seen: Counter[str] = Counter()
    for step in STEPS:
        desk.to(step)
        tabs = [a_grammar(desk, person, rng) for person in (phones[0], phones[1], phones[2], desk)]
        with ThreadPoolExecutor(4) as threads:
            work = [threads.submit(frames, phones[0], tabs[0], AT_EACH_STEP // 2, seen)]
            work += [threads.submit(frames, phones[1], tabs[1], AT_EACH_STEP // 2, seen)]
            work += [threads.submit(forms, phones[2], tabs[2], AT_EACH_STEP // 2, seen)]
            work += [threads.submit(forms, desk, tabs[3], AT_EACH_STEP // 4, seen)]
            for one in work:
                one.result()
        if step == "propose":  # so that there is something to vote on, to tag, to decide
            round_ = desk.newest("id", "workshop_sessions_round")
            for number, phone in enumerate(phones[2:]):
                phone.must("send-proposal", round=round_, id=str(uuid.uuid4()), body=f"We care, number {number}.")
            desk.next(), desk.next()
    loud = neighbour()
    figure("frames, forms", f"{seen['frames']}/{seen['forms']}")
    for what, times in sorted(seen.items()):
        if what not in ("frames", "forms"):
            figure(f"… {what}", times)
    figure("neighbour's p99 before, s", p99(quiet))
    figure("neighbour's p99 meanwhile, s", p99(loud))
    for server, process, size in zip(desk.stack.servers, processes, logs, strict=True):
        assert server.process is process and server.is_running
        said = server.log.read_bytes()[size:].decode(errors="replace")
        assert "Traceback" not in said and " ERROR " not in said, said[-6_000:]
    assert p99(loud) < max(P99, TIMES_ITS_REST * p99(quiet))


def test_it_costs_a_neighbour_no_more_than_use_does(
    desk: Desk, rng: Random, neighbour: Callable[[], list[float]], figure: Figure
) -> None:
    """By turns nothing, use, and as many frames and forms of fuzz, so that whatever else the machine does meets all
    three alike. Against nothing, any use at all costs a neighbour in the same process its own share of time."""
    phones = [Phone(desk.stack).join(desk.code, f"Fuzz {number}") for number in range(4)]
    desk.must("start"), desk.to("key-words")
    grammars = [a_grammar(desk, phone, rng) for phone in phones[:2]]
    seen: Counter[str] = Counter()

    def fuzz() -> None:
        frames(phones[0], grammars[0], 10, seen)
        forms(phones[1], grammars[1], 10, seen)

    ways: dict[str, Callable[[], None]] = {"nothing": lambda: None, "use": lambda: use(*phones[2:]), "fuzz": fuzz}
    took: dict[str, list[float]] = {way: [] for way in ways}
    for _turn in range(TURNS):
        for way in rng.sample(list(ways), len(ways)):
            neighbour()
            for _round in range(ROUNDS):
                due = time.monotonic() + EVERY
                ways[way]()
                time.sleep(max(0.0, due - time.monotonic()))
            took[way] += neighbour()
    for way, of_way in took.items():
        figure(f"neighbour beside {way}: p50, p99, ms", f"{1_000 * p50(of_way):.0f}, {1_000 * p99(of_way):.0f}")
    figure("… p99 beside fuzz, times beside use", p99(took["fuzz"]) / p99(took["use"]))
    figure("frames, forms of each", f"{seen['frames']}/{seen['forms']}")
    assert p99(took["fuzz"]) < TIMES_USE * p99(took["use"])


def use(one: Phone, other: Phone) -> None:
    """Ten commands by a new socket, and ten by POST."""
    wire = one.socket(0)
    for number in range(10):
        one.seq += 1
        message = {"t": "do", "door": "rename-me", "client": one.client, "seq": one.seq}
        wire.send(message | {"fields": {"name": f"Fuzz {number}"}})
    wire.send({"t": "ping", "at": 77})
    wire.until(lambda message: message["t"] == "pong" and message["at"] == 77, ANSWERED_WITHIN)
    wire.connection.socket.close()
    for number in range(10):
        other.must("rename-me", name=f"Fuzz {number}")


def frames(phone: Phone, grammar: Grammar, times: int, seen: Counter[str]) -> None:
    """Ten at a time; then a ping must be answered, unless the server has said goodbye."""
    rng = grammar.rng
    for _turn in range(times // 10):
        sent: list[str | bytes] = []
        wire = phone.socket(rng.randrange(len(phone.stack.servers)))
        try:
            for _frame in range(10):
                sent.append(grammar.frame())
                wire.send(sent[-1])
                seen["frames"] += 1
            wire.send(json.dumps({"t": "ping", "at": 77}))
            wire.until(lambda message: message["t"] == "pong" and message["at"] == 77, ANSWERED_WITHIN)
            seen.update(f"frames answered with {message['t']}" for message in wire.heard if message["t"] != "panel")
        except (WebSocketException, UnicodeEncodeError) as end:
            seen[f"sockets ended: {type(end).__name__} {getattr(getattr(end, 'rcvd', None), 'code', '')}"] += 1
        except AssertionError as error:
            raise AssertionError(f"no pong after {sent!r}"[:4_000]) from error
        finally:
            with contextlib.suppress(Exception):
                wire.connection.socket.close()


def forms(person: Desk | Phone, grammar: Grammar, times: int, seen: Counter[str]) -> None:
    rng = grammar.rng
    token = next(cookie.value for cookie in person.http.cookies.jar if cookie.name == "csrftoken") or ""
    for _turn in range(times):
        door, content_type, body = grammar.body()
        headers = {"X-CSRFToken": token, "Content-Type": content_type}
        address = f"{person.base}do/{door}"
        if rng.random() < 0.1:
            text = grammar.frame()
            body, address = text if isinstance(text, bytes) else text.encode(errors="replace"), f"{person.base}draft"
        elif rng.random() < 0.05:
            have = httpx.QueryParams({"have": grammar.text().encode(errors="replace").decode()[:1_000]})
            answer = person.http.get(f"{person.base}panels", params=have)
            assert answer.status_code == 200, (have, answer.text[:500])
        answer = person.http.post(address, content=body, headers=headers)
        assert answer.status_code < 500, (address, content_type, body[:2_000], answer.text[:500])
        seen["forms"] += 1
        code = ""
        if answer.headers["content-type"].startswith("application/json") and not answer.json().get("ok", True):
            code = "refused"
        seen[f"forms answered with {answer.status_code} {code}"] += 1


def a_grammar(desk: Desk, person: Desk | Phone, rng: Random) -> Grammar:
    tables = ("workshop_sessions_round", "workshop_sessions_participant", "workshop_sessions_step")
    tables += ("drafting_draft", "proposals_option", "elements_element", "texts_text")
    ids = [id_ for table in tables for (id_,) in desk.sql(f"SELECT max(id) FROM {table}") if id_ is not None]
    doors = {
        name: list(door.form.base_fields)
        for name, door in (PHONE if person.view == "phone" else DESK).items()
        if name not in NOT_AT_RANDOM
    }
    return Grammar(Random(rng.random()), ids, doors, str(uuid.UUID(int=rng.getrandbits(128), version=4)))


def p50(took: list[float]) -> float:
    return sorted(took)[len(took) // 2]


def p99(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.99)]
