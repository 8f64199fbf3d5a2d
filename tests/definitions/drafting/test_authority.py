"""The authority by itself: what becomes of a push, how long it takes, and what no push can do."""

import time

import pytest

from definitions.drafting import authority
from definitions.drafting.authority import Accepted, Push, Row, decide, read_push
from definitions.drafting.changes import MAX_LENGTH, ChangeError, ChangeSet
from definitions.drafting.units import text_length


def push(changes, **more):
    return Push(**{"version": 0, "client": "c", "seq": 1, "left": False, "changes": changes, **more})


def test_a_push_is_accepted_rebased_and_given_its_seat():
    row = Row("other", 1, ChangeSet.parse([[0, "we "], 4], 4), False, 2)
    decision = decide(1, "we care", [row], push([4, [0, "!"]]), seat=7)
    assert decision == Accepted(Row("c", 1, ChangeSet.parse([7, [0, "!"]], 7), False, 7), "we care!")
    assert decision.row.to_json() == ["c", 1, [7, [0, "!"]], False, 7]


def test_a_push_that_was_taken_before_is_only_acknowledged():
    assert decide(1, "a", [], push([0], version=1), seat=1, last_seq=1) == authority.Repeated(1)


@pytest.mark.parametrize("version", [99, 401])
def test_a_push_from_too_far_is_behind(version):
    assert decide(400, "a", [], push([1], version=version), seat=1) == authority.Behind(400)


def test_the_cap_lets_a_text_shrink_and_refuses_growth():
    full = "x" * MAX_LENGTH
    assert decide(0, full, [], push([MAX_LENGTH, [0, "y"]]), seat=1).code == "too_long"
    assert decide(0, full, [], push([[1, "yz"], MAX_LENGTH - 1]), seat=1).code == "too_long"
    assert decide(0, full, [], push([[1], MAX_LENGTH - 1]), seat=1).text == full[1:]
    assert decide(0, full + "xx", [], push([[1], MAX_LENGTH + 1]), seat=1).text == full + "x"


def test_half_a_character_is_neither_taken_out_nor_typed_into():
    for changes in ([[1], 2], [1, [0, "x"], 2], [1, [1], 1]):
        assert decide(0, "😀a", [], push(changes), seat=1).code == "pair"


@pytest.mark.parametrize("key", ["version", "client", "seq", "left"])
@pytest.mark.parametrize("value", [None, True, -1, 1.5, "", "x" * 65, "a b", "é", [], {}, 2**31, 0])
def test_a_message_of_another_shape_is_malformed(key, value):
    good = {"version": 0, "client": "c", "seq": 1, "left": False, "changes": []}
    assert read_push({**good, "more": 1}) == push([])
    if (key, value) in [("left", True), ("version", 0)]:
        return
    with pytest.raises(ChangeError):
        read_push({**good, key: value})
    with pytest.raises(ChangeError):
        read_push({name: field for name, field in good.items() if name != key})


def best(function, repeat=5):
    def once():
        start = time.perf_counter()
        function()
        return time.perf_counter() - start

    return min(once() for _ in range(repeat))


def test_rebasing_is_quick_and_hostile_rows_cost_little_more():
    text = "x" * 1000
    rows = [Row("o", seq, ChangeSet.replace(1000, 500, 503, "abc"), False, 1) for seq in range(50)]
    usual = best(lambda: decide(50, text, rows, push([500, [0, "h"], 500], left=True), seat=1))
    scattered = ChangeSet.parse([1, [1, "y"]] * 32, 64)
    hostile = [Row("o", seq, scattered, False, 1) for seq in range(300)]
    worst = best(lambda: decide(300, "x" * 64, hostile, push([[1, "z"], 1] * 32), seat=1))
    print(f"50 rows: {usual * 1000:.2f} ms; 300 rows of 64 sections: {worst * 1000:.1f} ms")
    assert usual < 0.005
    assert worst < 0.5


def test_a_change_that_rows_cut_into_too_many_pieces_is_refused():
    length, rows = 400, []
    for seq in range(5):  # each puts 31 words between units that stood side by side
        done = 93 * seq
        sections = [done + 2, [0, "i"], *[2, [0, "i"]] * 30, length - done - 62]
        rows.append(Row("o", seq, ChangeSet.parse(sections, length), False, 1))
        length += 31
    four = decide(4, "x" * (length - 31), rows[:4], push([[400]]), seat=1)
    assert isinstance(four, Accepted)
    assert len(four.row.changes.sections) == 4 * 62 + 1
    assert ChangeSet.stored(four.row.changes.to_json()) == four.row.changes  # more than a push may have
    assert decide(5, "x" * length, rows, push([[400]]), seat=1).code == "sections"


WORDS = ["", "a", "é\n😀", "\r", "\ud83d"]


def test_mutated_pushes_are_taken_or_refused_and_the_text_stays_valid(rng, times):
    """Fuzz: pushes with pieces swapped, doubled, cut or poisoned, against a draft that goes on living."""
    poison = [
        None,
        True,
        -1,
        0,
        1.5,
        2**31,
        10**30,
        "",
        "a",
        "\r",
        "\0",
        "\ud83d",
        "😀",
        "\n",
        [],
        {},
        [0],
        [1],
        [0, "x"],
        [[]],
    ]
    counts: dict[str, int] = {}
    text, rows = "We are 😀 here", []

    def mutate(value):
        if isinstance(value, list) and value and rng.random() < 0.8:
            at, luck = rng.randrange(len(value)), rng.random()
            copy = list(value)
            if luck < 0.4:
                copy[at] = mutate(copy[at])
            elif luck < 0.6:
                copy.insert(at, rng.choice(poison))
            elif luck < 0.8:
                del copy[at]
            else:
                copy += copy[at:]
            return copy
        if type(value) is int and rng.random() < 0.6:
            return value + rng.choice([-2, -1, 1, 2])
        return rng.choice(poison)

    for seq in range(1, times(10_000, 1_000_000) + 1):
        if len(rows) > 400 or text_length(text) > 1000:
            text, rows = "We are 😀 here", []
        version = max(0, len(rows) - rng.choice([0, 0, 1, 5, 301]))
        length = rows[version].changes.length if version < len(rows) else text_length(text)
        start = rng.randint(0, length)
        changes = ChangeSet.replace(length, start, min(length, start + rng.choice([0, 1, 3])), rng.choice(WORDS))
        message = {
            "version": version,
            "client": "c",
            "seq": seq,
            "left": rng.random() < 0.5,
            "changes": changes.to_json(),
        }
        for _ in range(rng.choice([0, 1, 1, 2])):
            key = rng.choice(["changes", "changes", "changes", "version", "client", "seq", "left", "author"])
            message[key] = mutate(message.get(key))
        try:
            message = read_push(message)
        except ChangeError as error:
            counts[error.code] = counts.get(error.code, 0) + 1
            continue
        since = [] if authority.is_behind(len(rows), message.version) else rows[message.version :]
        decision = decide(len(rows), text, since, message, seat=1)
        name = getattr(decision, "code", type(decision).__name__)
        counts[name] = counts.get(name, 0) + 1
        if isinstance(decision, Accepted):
            row = decision.row
            assert row.changes.length == text_length(text)
            assert row.changes.apply(text) == decision.text
            text = decision.text
            text.encode()
            assert "\r" not in text
            assert "\0" not in text
            assert text_length(text) <= MAX_LENGTH
            rows.append(row)
    print(counts)
    assert {"Accepted", "Behind", "malformed", "length", "characters", "pair"} <= set(counts)
