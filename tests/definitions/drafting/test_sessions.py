"""Whole sessions: real replicas, the real authority, a bad network. All end with one text, and nobody is stuck."""

import random
from collections import Counter

from definitions.drafting import authority
from definitions.drafting.changes import authors
from definitions.drafting.units import text_length
from tests.definitions.drafting.room import Room, any_writing, run

STARTS = ["", "abc", "We are 😀 here", "👍🏽👍🏽\nand"]


def seats(draft):
    """The seat of each unit's author; 0 wrote the text that the draft began with."""
    runs = authors([(row.changes, row.seat) for row in draft.rows], [(text_length(draft.start), 0)])
    return [seat for length, seat in runs for _ in range(length)]


def session(rng, name, mended=False, **options):
    room = Room(rng, name, rng.randint(2, 6), rng.choice(STARTS), **options)
    writes = any_writing(rng)
    yield from room.open()
    for _ in range(rng.choice([20, 60, 120])):
        yield from room.step(writes)
    yield from room.settle()
    yield from room.same(mended)
    assert len(seats(room.draft)) == text_length(room.draft.text)
    assert room.draft.refusals == []


def test_all_end_with_the_same_text_and_no_edit_is_refused(node, rng, times):
    run(node, rng, times(400, 10_000), session)


def test_who_is_far_behind_gets_a_state_and_keeps_what_was_not_sent(node, rng, times, monkeypatch):
    """A push that is still on its way when the state comes may end in another place than here: that is mended."""
    monkeypatch.setattr(authority, "MAX_ROWS", 4)
    run(node, rng, times(50, 2_000), lambda rng, name: session(rng, name, mended=True, most_rows=2))


def test_undoing_everything_leaves_exactly_what_the_others_wrote(node, rng, times):
    """Of someone who only adds words: afterwards no unit is theirs, and they took out none of the others'."""

    def session(rng, name):
        room = Room(rng, name, rng.randint(2, 5), rng.choice(STARTS))
        undoer = room.browsers[0]
        others = any_writing(rng)

        def writes(browser):
            if browser is not undoer:
                return others(browser)
            luck = rng.random()
            if luck < 0.2:
                return browser.do(rng.choice(["undo", "redo"]))
            return browser.do("type", rng.randrange(99), 0, rng.choice(["Q", "QQ", "Q\nQ"]), rng.random() < 0.4)

        yield from room.open()
        for _ in range(rng.choice([20, 60])):
            yield from room.step(writes)
        if rng.random() < 0.5:
            yield from room.settle()
        yield undoer.do("undoAll")
        yield from room.settle()
        yield from room.same()
        assert undoer.seat not in seats(room.draft)
        owners = [0] * text_length(room.draft.start)
        for row in room.draft.rows:
            old, new = 0, []
            for length, insert in row.changes.sections:
                if insert is None:
                    new += owners[old : old + length]
                else:
                    if row.client == undoer.client:
                        assert set(owners[old : old + length]) <= {undoer.seat}
                    new += [row.seat] * len(insert)
                old += length
            owners = new

    run(node, rng, times(80, 3_000), session)


def test_undoing_everything_brings_back_what_one_took_out(node, rng, times):
    """Of someone who adds and takes out anything, among others who only add."""

    def session(rng, name):
        room = Room(rng, name, rng.randint(2, 4), "0123456789")
        undoer = room.browsers[0]

        def writes(browser):
            if browser is not undoer:
                return browser.do("type", rng.randrange(99), 0, rng.choice("abcdef"), False)
            if rng.random() < 0.2:
                return browser.do(rng.choice(["undo", "redo"]))
            words = rng.choice(["", "Q", "QQ"])
            return browser.do("type", rng.randrange(99), rng.choice([0, 1, 2, 4]), words, rng.random() < 0.4)

        yield from room.open()
        for _ in range(rng.choice([20, 60])):
            yield from room.step(writes)
        yield undoer.do("undoAll")
        yield from room.settle()
        yield from room.same()
        written = [row.changes.inserted for row in room.draft.rows if row.client != undoer.client]
        assert Counter(room.draft.text) == Counter("0123456789" + "".join(written))
        assert [unit for unit in room.draft.text if unit.isdigit()] == list("0123456789")

    run(node, rng, times(80, 3_000), session)


def test_redo_brings_back_what_undo_took(node, rng, times):
    def session(rng, name):
        room = Room(rng, name, 3, "abc")
        writes = any_writing(rng)
        yield from room.open()
        for _ in range(40):
            yield from room.step(writes)
        yield from room.settle()
        before, someone, steps = room.draft.text, rng.choice(room.browsers), 0
        while (yield someone.do("undo")):
            steps += 1
        yield from room.settle()
        for _ in range(steps):
            assert (yield someone.do("redo"))
        yield from room.settle()
        yield from room.same()
        assert room.draft.text == before

    run(node, rng, times(20, 1_000), session)


def test_twenty_people_typing_at_one_place_keep_their_words_whole(node, rng, times):
    def session(rng, name):
        room = Room(rng, name, 20, "We: .")
        words = {browser.id: chr(64 + browser.seat) + "-words" for browser in room.browsers}
        typed = dict.fromkeys(words, 0)

        yield from room.open()
        while any(typed[browser.id] < len(words[browser.id]) for browser in room.browsers):
            browser = rng.choice(room.browsers)
            done, word = typed[browser.id], words[browser.id]
            if done < len(word):
                text = (yield ["look", browser.id])["text"]
                at = 4 if not done else text.index(word[:done]) + done
                yield browser.do("type", at, 0, word[done])
                typed[browser.id] += 1
            for _ in range(rng.randint(0, 3)):
                yield from room.send(browser)
                other = rng.choice(room.browsers)
                if other.up:
                    room.arrive(other, other.up.pop(0))
                if other.down:
                    yield from room.take(other)
        yield from room.settle()
        yield from room.same()
        whole = [word for word in words.values() if word in room.draft.text]
        assert len(whole) == 20

    run(node, rng, times(2, 50), session)


def test_phrases_keep_the_author_of_their_proposal_when_redone(node):
    def session(rng, name):
        room = Room(rng, name, 2, "we  guests")
        one, two = room.browsers
        yield from room.open()
        yield one.do("phrase", 3, "care for", "107")
        yield two.do("type", 0, 0, "Yes, ", False)
        yield from room.settle()
        yield one.do("undo")
        yield from room.settle()
        yield one.do("redo")
        yield from room.settle()
        yield from room.same()
        assert room.draft.text == "Yes, we care for guests"
        assert authors([(row.changes, row.seat) for row in room.draft.rows], [(10, 0)]) == [
            (5, 2), (3, 0), (8, 107), (7, 0),
        ]  # fmt: skip

    run(node, random.Random(1), 1, session)


def test_what_is_refused_is_given_back_and_all_go_on(node):
    start = "x" * 1190

    def session(rng, name):
        room = Room(rng, name, 2, start)
        one, two = room.browsers
        yield from room.open()
        yield one.do("type", 0, 0, "eight888", False)
        yield two.do("type", 0, 0, "seven77", False)
        for browser in room.browsers:
            message = yield browser.do("push")
            room.arrive(browser, ("push", message))
        yield from room.take(one)
        yield from room.take(two)
        yield two.do("type", 11, 0, "!", False)
        refused = yield from room.take(two)
        assert (refused["reason"], refused["unsent"]) == ("too_long", "sev!en77")
        yield two.do("type", 0, 1, "", False)
        yield from room.settle()
        yield from room.same()
        assert room.draft.text == "ight888" + start

    run(node, random.Random(1), 1, session)


def test_one_who_differs_says_hello_again_and_loses_nothing_unsent(node):
    node.call("make", "d", {"draft": 1, "client": "c", "version": 3, "body": "We care"})
    node.call("act", "d", "type", 7, 0, " a lot", False)
    answer = node.call("act", "d", "receive", {"from": 3, "rows": [], "hash": 12345})
    assert answer["hello"] is True
    assert node.call("act", "d", "push") is None
    assert node.call("act", "d", "hello") == {"draft": 1, "client": "c", "version": -1}
    node.call("act", "d", "reset", {"version": 3, "body": "We do care", "seq": 0})
    assert node.call("look", "d")["text"] == "We do care a lot"
    assert node.call("act", "d", "push")["changes"] == [10, [0, " a lot"]]
