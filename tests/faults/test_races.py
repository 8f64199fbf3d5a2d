"""Two things at the same moment: the one or the other comes first, and what each was told is what happened."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from tests.faults.scale import scaled
from tests.live.meeting import Desk, Phone

pytestmark = pytest.mark.faults

TURNS = scaled(50, 1_000)
APART = 0.004  # seconds at most between two that race, on purpose: so that either is first now and then

Figure = Callable[[str, Any], None]
Race = Callable[[Callable[[], Any], Callable[[], Any]], tuple[Any, Any]]


@pytest.fixture
def race(rng: Random) -> Race:
    def run(one: Callable[[], Any], other: Callable[[], Any]) -> tuple[Any, Any]:
        together = threading.Barrier(2)
        waits = [0.0, APART * rng.random()]
        rng.shuffle(waits)

        def start(call: Callable[[], Any], wait: float) -> Any:
            together.wait(10)
            time.sleep(wait)
            return call()

        with ThreadPoolExecutor(2) as threads:
            first, second = threads.submit(start, one, waits[0]), threads.submit(start, other, waits[1])
            return first.result(), second.result()

    return run


@pytest.fixture
def ben(desk: Desk, ada: Phone) -> Phone:
    """On another server process, where there are several."""
    ben = Phone(desk.stack)
    ben.http.base_url = desk.stack.base_urls[-1]
    return ben.join(desk.code, "Ben")


@pytest.fixture
def options(desk: Desk, ada: Phone, ben: Phone) -> list[int]:
    """The room is at the vote, with two sentences to vote for."""
    desk.must("start")
    desk.to("propose")
    round_ = desk.newest("id", "workshop_sessions_round")
    for number, phone in enumerate((ada, ben)):
        id_ = f"00000000-0000-4000-8000-{time.time_ns() % 10**12:012}"
        phone.must("send-proposal", round=round_, id=id_, body=f"We care, number {number}.")
    desk.next()
    desk.next()
    desk.to("vote")
    return options_of(desk)


def options_of(desk: Desk) -> list[int]:
    round_ = desk.newest("id", "workshop_sessions_round")
    return [id_ for (id_,) in desk.sql("SELECT id FROM proposals_option WHERE round_id = %s ORDER BY id", round_)]


def choices(desk: Desk) -> list[list[int]]:
    """Of the ballots of the newest round."""
    rows = desk.sql(
        "SELECT choices FROM proposals_ballot WHERE round_id = (SELECT max(id) FROM workshop_sessions_round)"
    )
    return sorted(json.loads(value) if isinstance(value, str) else value for (value,) in rows)


def test_the_same_is_sent_twice(desk: Desk, ada: Phone, race: Race, figure: Figure) -> None:
    """By two connections, to two processes where there are two: one effect, and the same answer to both."""
    twin = Phone(desk.stack)
    twin.http.base_url = desk.stack.base_urls[-1]
    twin.http.cookies, twin.public_id, twin.client = ada.http.cookies, ada.public_id, ada.client
    session = desk.newest("id", "workshop_sessions_workshopsession")
    for turn in range(1, TURNS + 1):
        one, other = race(lambda: ada.must("move-code"), lambda: twin.must("move-code"))
        assert one["move_code"] == other["move_code"]
        made = desk.sql("SELECT count(*) FROM workshop_sessions_capability WHERE session_id = %s", session)
        assert made == [(turn,)]
    figure("turns, each with one effect", TURNS)


def test_two_tabs_vote_at_once(
    desk: Desk, ada: Phone, options: list[int], race: Race, rng: Random, figure: Figure
) -> None:
    """One person has one ballot, and one of the two votes stands on it."""
    tab = Phone(desk.stack)
    tab.http.base_url = desk.stack.base_urls[-1]
    tab.http.cookies, tab.public_id = ada.http.cookies, ada.public_id
    round_ = desk.newest("id", "workshop_sessions_round")
    seen: Counter[str] = Counter()
    for _turn in range(TURNS):
        mine, other = rng.sample([[options[0]], [options[1]], options, []], 2)
        race(
            lambda mine=mine: ada.must("vote", round=round_, choices=joined(mine)),
            lambda other=other: tab.must("vote", round=round_, choices=joined(other)),
        )
        (ballot,) = choices(desk)
        assert ballot in (sorted(mine), sorted(other))
        seen["first" if ballot == sorted(mine) else "second"] += 1
    figure("turns, one ballot each", TURNS)
    figure("… the first, the second stood", f"{seen['first']}/{seen['second']}")


def test_a_vote_against_the_close(
    desk: Desk, ada: Phone, ben: Phone, options: list[int], race: Race, rng: Random, figure: Figure
) -> None:
    """A vote that was taken counts, whatever closes; one that was refused does not."""
    seen: Counter[str] = Counter()
    for turn in range(TURNS):
        if turn:
            desk.must("reopen")
        round_, options, standing = desk.newest("id", "workshop_sessions_round"), options_of(desk), desk.standing()
        chosen = [rng.choice(options)]
        vote, _next = race(
            lambda chosen=chosen, round_=round_: ben.do("vote", round=round_, choices=joined(chosen)),
            lambda standing=standing: desk.must("next", standing=standing),
        )
        if vote["ok"]:
            assert choices(desk) == [chosen]
        else:
            assert (vote["error"]["code"], choices(desk)) == ("vote-closed", [])
        rolls = desk.sql("SELECT count(*), count(ballot_id) FROM proposals_roll WHERE round_id = %s", round_)
        assert rolls == [(int(vote["ok"]), 0)]  # sealed: no roll points to a ballot any more
        seen["taken" if vote["ok"] else "refused"] += 1
    figure("turns", TURNS)
    figure("… taken, refused", f"{seen['taken']}/{seen['refused']}")


def test_a_vote_against_being_removed(
    desk: Desk, ada: Phone, ben: Phone, options: list[int], race: Race, rng: Random, figure: Figure
) -> None:
    """Either the vote came first and stands, or it was refused and changed nothing."""
    round_, id_ = desk.newest("id", "workshop_sessions_round"), desk.newest("id", "workshop_sessions_participant")
    seen: Counter[str] = Counter()
    stands: list[int] = []
    ben.must("vote", round=round_, choices="")
    for _turn in range(TURNS):
        chosen = rng.choice([one for one in ([options[0]], [options[1]], sorted(options), []) if one != stands])
        answer, _removed = race(
            lambda chosen=chosen: vote_of(ben, round_, chosen), lambda: desk.must("remove", participant=id_)
        )
        stands = chosen if answer["ok"] else stands
        assert choices(desk) == [stands], answer
        assert vote_of(ben, round_, [])["error"]["code"] == "not-admitted"
        assert choices(desk) == [stands]
        desk.must("bring-back", participant=id_)
        seen["taken" if answer["ok"] else "refused"] += 1
    figure("turns", TURNS)
    figure("… taken, refused", f"{seen['taken']}/{seen['refused']}")


def test_an_edit_against_the_decision(
    desk: Desk, ada: Phone, ben: Phone, options: list[int], race: Race, figure: Figure
) -> None:
    """What the room decides on is the draft as it stands: an edit is in it, or it was refused."""
    desk.to("draft")
    draft, seen = desk.newest("id", "drafting_draft"), Counter[str]()
    for turn in range(1, TURNS + 1):
        version, body = desk.sql("SELECT version, body FROM drafting_draft WHERE id = %s", draft)[0]
        push = {"t": "push", "draft": draft, "version": version, "client": "tab", "seq": turn, "left": False}
        push["changes"] = [len(body), [0, "x"]] if len(body) < 200 else [199, [len(body) - 199]]
        answer, _gone = race(
            lambda push=push: ben.post(f"{ben.base}draft", content=json.dumps(push)).json()["messages"][0],
            lambda: desk.to("decide"),
        )
        now = desk.sql("SELECT version, body FROM drafting_draft WHERE id = %s", draft)[0]
        pinned = desk.sql("SELECT draft_version, body FROM decisions_decision ORDER BY round_id DESC LIMIT 1")[0]
        taken = answer["t"] == "rows"
        assert now[0] == version + taken, answer
        assert taken or (answer["t"], answer["code"]) == ("refused", "closed"), answer
        assert pinned == (now[0], now[1].strip())
        seen["taken" if taken else "refused"] += 1
        desk.to("draft")
        desk.must("reopen")
    figure("turns", TURNS)
    figure("… taken, refused", f"{seen['taken']}/{seen['refused']}")


def vote_of(phone: Phone, round_: int, chosen: list[int]) -> dict[str, Any]:
    """A removed phone is answered with 403, and the reason."""
    phone.seq += 1
    fields = {"client": phone.client, "seq": str(phone.seq), "round": str(round_), "choices": joined(chosen)}
    return dict(phone.post(f"{phone.base}do/vote", fields).json())


def joined(chosen: list[int]) -> str:
    return ",".join(map(str, chosen))
