"""The arithmetic by itself: tables of examples, and laws that hold for every text and every change set."""

import json
import os
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from definitions.drafting.changes import MAX_LENGTH, ChangeError, ChangeSet, _add, authors, rebase
from definitions.drafting.units import from_units, text_hash, text_length, to_units

# ---- examples --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "data", "after"),
    [
        ("0123456789", [5, [0, "x"], [3], [2, "ab", "cd"]], "01234xab\ncd"),
        ("", [], ""),
        ("", [[0, "a"]], "a"),
        ("abc", [3], "abc"),
        ("abc", [[3]], ""),
        ("abc", [[1, "x"], [2, "y"]], "xy"),
        ("abc", [[0, "x"], [3]], "x"),
        ("a", [1, [0, "", ""]], "a\n"),
        ("😀b", [2, [1, "👍"]], "😀👍"),
        ("a\nb", [1, [1, " "], 1], "a b"),
    ],
)
def test_a_change_set_reads_applies_and_writes_itself_again(before, data, after):
    changes = ChangeSet.parse(data, text_length(before))
    assert changes.apply(before) == after
    assert changes.invert(before).apply(after) == before
    assert changes.to_json() == data
    assert changes.new_length == text_length(after)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (None, "malformed"),
        ("10", "malformed"),
        ({"0": 10}, "malformed"),
        (10, "malformed"),
        ((10,), "malformed"),
        ([True, 9], "malformed"),
        ([10.0], "malformed"),
        ([float("nan")], "malformed"),
        (["10"], "malformed"),
        ([None], "malformed"),
        ([-5, [0, "x"], 15], "malformed"),
        ([0, 10], "malformed"),
        ([10, 0], "malformed"),
        ([5, 5], "malformed"),
        ([[5], [5]], "malformed"),
        ([[0, "a"], [0, "b"], 10], "malformed"),
        ([[0, ""], 10], "malformed"),
        ([[0], 10], "malformed"),
        ([[10, ""]], "malformed"),
        ([[], 10], "malformed"),
        ([[[10]]], "malformed"),
        ([[True], 9], "malformed"),
        ([[-1], 11], "malformed"),
        ([[1.0], 9], "malformed"),
        ([[0, 1], 10], "malformed"),
        ([[0, "a", None], 10], "malformed"),
        ([[0, ["a"]], 10], "malformed"),
        ([2**31], "malformed"),
        ([10**400], "malformed"),
        ([[0, "a\nb"], 10], "characters"),
        ([[0, "a\r"], 10], "characters"),
        ([[0, "\0"], 10], "characters"),
        ([[0, "\t"], 10], "characters"),
        ([[0, "\x7f"], 10], "characters"),
        ([[0, "\x85"], 10], "characters"),
        ([[0, "\ud83d"], 10], "characters"),
        ([[0, "a\ude00"], 10], "characters"),
        ([[0, "\ud83d", "\ude00"], 10], "characters"),
        ([9], "length"),
        ([11], "length"),
        ([], "length"),
        ([5, [6]], "length"),
        ([2**31 - 1, [0, "x"]], "length"),
        ([10, [0, "x" * (MAX_LENGTH + 1)]], "too_long"),
        ([10, [0, *[""] * (MAX_LENGTH + 2)]], "too_long"),
        ([10, [0, *["ab"] * MAX_LENGTH]], "too_long"),
        ([1, [0, "x"]] * 33, "sections"),
    ],
)
def test_there_is_one_way_to_write_a_change_set(data, code):
    with pytest.raises(ChangeError) as caught:
        ChangeSet.parse(data, 10)
    assert caught.value.code == code
    assert caught.value.sentence.endswith(".")


def test_joiners_bidi_marks_and_line_separators_are_text_like_any_other():
    words = "👩\u200d👧 \u2067שלום\u2069 a\u2028b e\u0301"
    assert ChangeSet.parse([[0, words]], 0).apply("") == words  # and not normalised


@pytest.mark.parametrize(
    ("pos", "before", "after"),
    # 3 to 6 are replaced: places within go to either end, those at its edges stay there.
    [(0, 0, 0), (1, 1, 2), (2, 3, 3), (3, 4, 4), (4, 4, 6), (5, 4, 6), (6, 6, 6), (7, 7, 7)],
)
def test_where_a_place_goes(pos, before, after):
    changes = ChangeSet.parse([1, [0, "+"], 2, [3, "xy"], 1], 7)
    assert (changes.map_pos(pos, -1), changes.map_pos(pos, 1)) == (before, after)


@pytest.mark.parametrize(
    ("data", "span"),
    [
        ([7], (2, 5)),
        ([2, [0, "x"], 5], (3, 6)),  # typed at its start: outside
        ([5, [0, "x"], 2], (2, 5)),  # typed at its end: outside
        ([3, [0, "x"], 4], (2, 6)),  # typed within: it grows
        ([2, [3], 2], None),
        ([[7]], None),
        ([2, [3, "new"], 2], None),  # others' words in its place are not it
        ([2, [1], [0, "x"], [2], 2], None),
        ([1, [3], 3], (1, 2)),
        ([3, [3], 1], (2, 3)),
        ([[2], 5], (0, 3)),
    ],
)
def test_where_a_quotation_goes_and_when_it_is_an_orphan(data, span):
    assert ChangeSet.parse(data, 7).map_span(2, 5) == span


@pytest.mark.parametrize(
    ("data", "splits"),
    [([3, [0, "x"], 2], True), ([2, [1], 2], True), ([2, [2], 1], False), ([2, [0, "x"], 3], False), ([[5]], False)],
)
def test_an_edge_inside_a_character_is_seen(data, splits):
    assert ChangeSet.parse(data, 5).splits_pair("ab😀c") is splits


def test_authors_are_whose_words_they_are():
    rows = [
        (ChangeSet.parse([[0, "we care"]], 0), 1),
        (ChangeSet.parse([3, [0, "do "], 4], 7), 2),
        (ChangeSet.parse([[2, "all"], 8], 10), 3),
        (ChangeSet.parse([8, [3]], 11), 3),
    ]
    assert authors(rows) == [(3, 3), (1, 1), (3, 2), (1, 1)]
    assert authors(rows[1:], [(7, 1)]) == authors(rows)
    assert authors([]) == []


def test_the_hash_is_crc_32():
    assert text_hash("\u3231\u3433") == 0x9BE3E0A3  # known for the bytes "1234"
    assert text_hash("") == 0


# ---- laws ------------------------------------------------------------------------------------------------------

law = settings(max_examples=5000 if os.environ.get("THOROUGH") else 100, derandomize=True, deadline=None)

texts = st.text(st.sampled_from("ab \né中😀👍\u200d"), max_size=20)


@st.composite
def changes_of(draw, text):
    """A canonical change set for the text that cuts no character in two."""
    sections, rest = [], text
    for kind, size, words in draw(st.lists(st.tuples(st.booleans(), st.integers(0, 6), texts), max_size=8)):
        taken, rest = rest[:size], rest[size:]
        _add(sections, text_length(taken), to_units(words[:4]) if kind else None)
    _add(sections, text_length(rest), None)
    return ChangeSet(tuple(sections))


@st.composite
def text_and_changes(draw, many):
    text = draw(texts)
    return text, *[draw(changes_of(text)) for _ in range(many)]


@st.composite
def text_and_steps(draw, many):
    steps, text = [], draw(texts)
    start = text
    for _ in range(many):
        steps.append(draw(changes_of(text)))
        text = steps[-1].apply(text)
    return start, *steps


@law
@given(text_and_changes(1))
def test_json_keeps_a_change_set_as_it_is(case):
    text, changes = case
    data = json.loads(json.dumps(changes.to_json()))
    assert ChangeSet.parse(data, text_length(text)) == changes
    assert ChangeSet.stored(data) == changes


@law
@given(text_and_changes(1))
def test_inverting_takes_back(case):
    text, changes = case
    back = changes.invert(text)
    assert back.apply(changes.apply(text)) == text
    assert back.invert(changes.apply(text)) == changes


@law
@given(text_and_steps(3))
def test_composing_is_doing_one_after_another_in_any_grouping(case):
    text, a, b, c = case
    assert a.compose(b).apply(text) == b.apply(a.apply(text))
    assert a.compose(b).compose(c).apply(text) == a.compose(b.compose(c)).apply(text)


@law
@given(text_and_changes(2), st.booleans(), st.booleans())
def test_two_ways_round_lead_to_one_text(case, a_left, b_left):
    text, a, b = case
    first = a_left and not b_left
    there = b.map(a, not first).apply(a.apply(text))
    assert rebase(a, a_left, b, b_left).apply(b.apply(text)) == there


@law
@given(text_and_changes(2))
def test_mapping_keeps_characters_whole(case):
    text, a, b = case
    assert not a.splits_pair(text)
    assert not a.map(b).splits_pair(b.apply(text))
    a.map(b).apply(b.apply(text)).encode()


@law
@given(text_and_changes(1), st.sampled_from([-1, 1]))
def test_places_keep_their_order(case, assoc):
    _, changes = case
    places = [changes.map_pos(pos, assoc) for pos in range(changes.length + 1)]
    assert places == sorted(places)
    assert places[0] >= 0
    assert places[-1] <= changes.new_length


@law
@given(text_and_steps(4))
def test_authors_agree_with_a_replay_unit_by_unit(case):
    text, *steps = case
    slow = [9] * text_length(text)
    for seat, changes in enumerate(steps):
        at = 0
        for length, insert in changes.sections:
            if insert is None:
                at += length
            else:
                slow[at : at + length] = [seat] * len(insert)
                at += len(insert)
    runs = authors([(changes, seat) for seat, changes in enumerate(steps)], [(text_length(text), 9)])
    assert [seat for length, seat in runs for _ in range(length)] == slow
    assert all(a[1] != b[1] for a, b in zip(runs, runs[1:], strict=False))


@law
@given(st.text())
def test_units_are_what_utf_16_says(text):
    assert len(to_units(text)) == text_length(text)
    assert from_units(to_units(text)) == text


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 12) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)


@law
@given(st.lists(anything, max_size=6))
@example([[0, "\ud83d"]])
def test_what_the_strict_parser_lets_through_is_written_back_the_same(data):
    try:
        changes = ChangeSet.parse(data, 10)
    except ChangeError:
        return
    assert changes.to_json() == data
    changes.apply("0123456789").encode()


# ---- time ------------------------------------------------------------------------------------------------------


def test_authors_of_a_long_history_come_quickly():
    rows = [(ChangeSet.replace(500, 100, 110, "ten units!"), seat % 9) for seat in range(20_000)]
    start = time.perf_counter()
    authors(rows, [(500, 0)])
    seconds = time.perf_counter() - start
    print(f"20,000 rows: {seconds:.3f} s")
    assert seconds < 1
