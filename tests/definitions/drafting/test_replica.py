"""What a replica does by itself: carets, large pushes, and answers that come late or differ."""

import pytest

from definitions.drafting.units import text_hash
from tests.definitions.drafting.room import Room, any_writing, run


@pytest.fixture
def replica(node):
    """act(name, *args) on a replica of "We care" at version 3."""
    node.call("make", "r", {"draft": 1, "client": "me", "version": 3, "body": "We care"})
    yield lambda name, *args: node.call("act", "r", name, *args)
    node.call("forget")


def rows(version, text, *items):
    return {"from": version, "rows": [list(item) for item in items], "hash": text_hash(text)}


def text(node):
    return node.call("look", "r")["text"]


def test_the_messages_are_those_of_the_wire(replica):
    assert replica("hello") == {"draft": 1, "client": "me", "version": 3}
    replica("receive", rows(3, "We care"))
    replica("type", 7, 0, "d", False)
    push = {"version": 3, "client": "me", "seq": 1, "left": False, "changes": [7, [0, "d"]]}
    assert replica("push") == push
    assert replica("push") is None  # one at a time
    replica("retry")
    assert replica("push") == push


def test_nothing_is_pushed_between_a_hello_and_its_answer(replica):
    replica("type", 7, 0, "d", False)
    replica("push")
    replica("hello")
    assert replica("push") is None
    replica("receive", rows(3, "So We care", ["you", 1, [[0, "So "], 7], False, 2]))
    assert replica("push")["changes"] == [10, [0, "d"]]


def test_a_row_from_a_later_version_asks_for_a_hello_and_an_old_one_for_nothing(replica, node):
    assert replica("receive", rows(5, "?", ["you", 1, [7], False, 2]))["hello"] is True
    assert (
        replica("receive", rows(1, "We care", ["you", 1, [2], False, 2], ["you", 2, [7], False, 2]))["hello"] is False
    )
    assert text(node) == "We care"


def test_rows_of_which_some_are_known_are_taken_from_where_they_are_new(replica, node):
    answer = replica(
        "receive", rows(2, "We do care", ["you", 1, [9], False, 2], ["she", 2, [3, [0, "do "], 4], False, 5])
    )
    assert answer == {"changes": [3, [0, "do "], 4], "writers": ["she"], "hello": False}
    assert text(node) == "We do care"


def test_ones_own_row_with_other_words_leads_to_a_state_and_counts_as_sent(replica, node):
    """As after its author was erased: the words in the row are blanked."""
    replica("type", 7, 0, "d", False)
    replica("push")
    assert replica("receive", rows(3, "We care ", ["me", 1, [7, [0, " "]], False, 1]))["hello"] is True
    replica("reset", {"version": 4, "body": "We care ", "seq": 1})
    assert node.call("look", "r") == {"text": "We care ", "base": "We care ", "version": 4, "saved": True}


def test_a_state_that_has_the_push_in_it_does_not_double_it(replica, node):
    replica("type", 7, 0, "d", False)
    replica("push")
    replica("type", 8, 0, "!", False)
    replica("hello")
    replica("reset", {"version": 400, "body": "All of us cared", "seq": 1})
    assert text(node) == "All of us cared!"
    assert replica("push")["seq"] == 2


def test_a_refused_push_that_is_accepted_later_is_a_row_like_any_other(replica, node):
    replica("type", 7, 0, "d", False)
    replica("push")
    assert replica("refused", {"seq": 1, "reason": "too_long"})["unsent"] == "d"
    assert replica("refused", {"seq": 1, "reason": "too_long"}) is None
    replica("hello")
    replica("receive", rows(3, "We cared", ["me", 1, [7, [0, "d"]], False, 1]))
    assert text(node) == "We cared"


def test_going_on_where_one_ended_is_left_whatever_others_put_there(replica):
    replica("type", 7, 0, "d", False)
    assert replica("push")["left"] is False
    replica("receive", rows(3, "We cared", ["me", 1, [7, [0, "d"]], False, 1]))
    replica("receive", rows(4, "We cared?", ["you", 1, [8, [0, "?"]], False, 2]))
    replica("type", 8, 0, "!", False)
    replica("type", 2, 0, ",", False)  # goes with it; a push has one flag, that of its first edit
    assert replica("push") == {"version": 5, "client": "me", "seq": 2, "left": True,
                               "changes": [2, [0, ","], 6, [0, "!"], 1]}  # fmt: skip
    replica("receive", rows(5, "We, cared!?", ["me", 2, [2, [0, ","], 6, [0, "!"], 1], True, 1]))
    replica("type", 10, 0, "!", False)
    assert replica("push")["left"] is False


def test_changes_in_many_places_go_in_pushes_that_the_server_takes(node, rng):
    def session(rng, name):
        room = Room(rng, name, 2, "x" * 200)
        yield from room.open()
        for place in range(0, 400, 3):
            yield room.browsers[0].do("type", place, rng.choice([0, 1]), "yy", False)
        yield room.browsers[1].do("type", 50, 20, "", False)
        yield from room.settle()
        yield from room.same()
        assert room.draft.refusals == []
        assert room.draft.head > 2

    run(node, rng, 3, session)


@pytest.mark.parametrize(
    ("caret", "place"),
    [
        ({"version": 3, "pos": 2}, 2),
        ({"version": 3, "pos": 7}, 7),
        ({"version": 2, "pos": 7}, None),
        ({"version": 4, "pos": 2}, None),
        ({"version": 3, "pos": 8}, None),
        ({"version": 3, "pos": -1}, None),
        ({"version": 3, "pos": 1.5}, None),
        ({"version": 3, "pos": "2"}, None),
        ({"pos": 2}, None),
        ({}, None),
        (None, True),
    ],
)
def test_a_caret_is_placed_or_left_out(replica, node, caret, place):
    assert replica("placeCaret", "you", caret) is (place is not None)
    assert node.call("carets", "r") == ({"you": place} if caret and place is not None else {})


def test_what_was_said_of_words_stays_at_them(replica, node):
    said = {"version": 3, "start": 3, "end": 7}
    assert replica("placeSpan", said) == {"start": 3, "end": 7}
    replica("type", 7, 0, "!", False)  # typing at its edge stays outside
    assert replica("placeSpan", said) == {"start": 3, "end": 7}
    replica("receive", rows(3, "So We care", ["you", 1, [[0, "So "], 7], False, 2]))
    assert replica("placeSpan", said) == {"start": 6, "end": 10}
    replica("receive", rows(4, "So We ", ["you", 2, [6, [4]], False, 2]))
    assert replica("placeSpan", said) is None  # nothing of it is left


@pytest.mark.parametrize(
    "said",
    [{"version": 2, "start": 0, "end": 2}, {"version": 4, "start": 0, "end": 2}, {"version": 3, "start": 3, "end": 8}],
)
def test_what_can_t_be_told_is_not_drawn(replica, said):
    assert replica("placeSpan", said) is None


def test_a_caret_goes_with_its_owners_words_and_stays_put_among_others(replica, node):
    replica("placeCaret", "you", {"version": 3, "pos": 2})
    replica("type", 0, 0, "So ", False)
    assert node.call("carets", "r") == {"you": 5}
    replica("receive", rows(3, "We do care", ["you", 1, [2, [0, " do"], 5], False, 2]))
    assert node.call("carets", "r") == {"you": 8}
    replica("receive", rows(4, "We do! care", ["she", 1, [5, [0, "!"], 5], False, 3]))
    assert node.call("carets", "r") == {"you": 8}
    replica("placeCaret", "late", {"version": 3, "pos": 7})
    assert node.call("carets", "r") == {"you": 8, "late": 14}


def test_where_all_is_settled_a_caret_is_where_its_owner_has_it(node, rng, times):
    def session(rng, name):
        room = Room(rng, name, 3, "We are 😀 here")
        writes = any_writing(rng)
        yield from room.open()
        for _ in range(30):
            yield from room.step(writes)
        yield from room.settle()
        one, two, _ = room.browsers
        length = len((yield ["look", one.id])["text"].encode("utf-16-le")) // 2
        pos = rng.randint(0, length)
        for words in (0, 1):  # with words that nobody else has yet, the place is in front of them
            caret = yield one.do("caretAt", pos + words)
            yield two.do("placeCaret", one.client, caret)
            assert (yield ["carets", two.id])[one.client] == pos
            yield one.do("type", pos, 0, "x", False)
            if (yield ["look", one.id])["text"].encode("utf-16-le")[2 * pos :][:2] != b"x\0":
                return  # the place was within a character

    run(node, rng, times(20, 500), session)
