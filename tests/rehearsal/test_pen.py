"""A colleague's copy of the draft, against the real authority, and what they find to mend in it."""

import random

import pytest

from definitions.drafting import authority
from definitions.drafting.changes import ChangeSet, text_length
from definitions.drafting.units import text_hash
from workshop.rehearsal.colleagues.pen import Mend, Pen, end_of, mends


class Authority:
    """What the command around the pure authority does, with a list for the table."""

    def __init__(self, text: str) -> None:
        self.text, self.rows, self.last = text, [], {}

    def push(self, message: dict) -> dict | None:
        push = authority.read_push(message)
        decision = authority.decide(
            len(self.rows), self.text, self.rows[push.version :], push, seat=1, last_seq=self.last.get(push.client, 0)
        )
        assert isinstance(decision, authority.Accepted | authority.Repeated), decision
        if isinstance(decision, authority.Accepted):
            self.rows.append(decision.row)
            self.text, self.last[push.client] = decision.text, push.seq
        return None

    def since(self, version: int) -> dict:
        rows = [row.to_json() for row in self.rows[version:]]
        return {"t": "rows", "draft": 1, "from": version, "rows": rows, "hash": text_hash(self.text)}

    def pen(self, client: str) -> Pen:
        pen = Pen(1, client)
        pen.take({"t": "state", "draft": 1, "version": len(self.rows), "body": self.text, "seq": 0})
        return pen


@pytest.mark.parametrize("seed", range(20))
def test_pens_that_write_at_once_end_with_the_text_of_the_server(seed: int) -> None:
    rng = random.Random(seed)
    server = Authority("We help 😀 gladly.")
    pens = [server.pen(f"p{number}") for number in range(4)]
    for _ in range(200):
        pen = rng.choice(pens)
        match rng.randrange(3):
            case 0 if pen.pending is None:
                length = len(pen.text)
                start = rng.randrange(length + 1)
                end = min(length, start + rng.choice((0, 0, 0, 2)))
                before, words = text_length(pen.text[:start]), rng.choice(("a", " and 👍", "é "))
                pen.replace(before, before + text_length(pen.text[start:end]), words)
            case 1 if pen.pending is not None:
                server.push(pen.push() or {})  # perhaps for the second time
            case 2:
                pen.take(server.since(pen.version))
    for pen in pens:
        if pen.pending:
            server.push(pen.push() or {})
    for pen in pens:
        pen.take(server.since(pen.version))
        assert (pen.text, pen.pending, pen.version) == (server.text, None, len(server.rows))


def test_letters_of_one_word_stay_together_while_others_type_before_them() -> None:
    server = Authority("one two")
    ours, theirs = server.pen("ours"), server.pen("theirs")
    for letters in ("ki", "nd", "ly"):
        at = ours.caret if ours.version else 4
        ours.replace(at, at, letters)
        theirs.replace(0, 0, "x")
        for pen in (theirs, ours):
            server.push(pen.push() or {})
        for pen in (theirs, ours):
            pen.take(server.since(pen.version))
    assert server.text == "xxxone kindlytwo"


def test_rows_that_came_already_change_nothing_and_missing_ones_ask_for_a_hello() -> None:
    server = Authority("a")
    pen, other = server.pen("one"), server.pen("two")
    other.replace(1, 1, "b")
    server.push(other.push() or {})
    assert pen.take(server.since(0)) is False
    assert pen.take(server.since(0)) is False
    assert (pen.text, pen.version) == ("ab", 1)
    assert pen.take({"t": "rows", "from": 5, "rows": []}) is True
    assert pen.take({"t": "behind", "head": 5}) is True


def test_what_is_refused_is_given_up() -> None:
    pen = Authority("a").pen("one")
    pen.replace(0, 0, "b")
    pen.take({"t": "refused", "seq": 99, "code": "no-pen"})
    assert pen.pending is not None
    pen.take({"t": "refused", "seq": 1, "code": "no-pen"})
    assert (pen.pending, pen.refused) == (None, "no-pen")


def test_where_an_edit_ended() -> None:
    assert end_of(ChangeSet.replace(10, 3, 5, "abc")) == 6
    assert end_of(ChangeSet.replace(10, 3, 5, "")) == 3
    assert end_of(ChangeSet.replace(0, 0, 0, "😀")) == 2


@pytest.mark.parametrize(
    ("text", "goal", "found"),
    [
        ("We help.", "We help.", []),
        ("We help.", "We gladly help.", [Mend(3, 3, "gladly ")]),
        ("We do help.", "We help.", [Mend(3, 6, "")]),
        ("We 😀 you.", "We help you.", [Mend(3, 5, "help")]),
        ("", "one two three", [Mend(0, 0, "one two ")]),
    ],
)
def test_what_there_is_to_mend(text: str, goal: str, found: list[Mend]) -> None:
    assert mends(text, goal, most=2) == found


def test_mending_always_leads_to_the_goal() -> None:
    rng, words = (
        random.Random(1),
        ["we", "help", "every", "guest", "gladly", "and", "at once", "😀", "so", "they", "come"],
    )
    for _ in range(200):
        goal = " ".join(rng.choices(words, k=rng.randrange(1, 20)))
        server = Authority(" ".join(rng.choices(words, k=rng.randrange(0, 20))))
        pen = server.pen("p")
        for _mend in range(60):
            if not (left := mends(pen.text, goal)):
                break
            mend = rng.choice(left)
            pen.replace(mend.start, mend.end, mend.words)
            server.push(pen.push() or {})
            pen.take(server.since(pen.version))
        assert server.text == goal
