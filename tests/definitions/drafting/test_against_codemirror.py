"""Our arithmetic and the browser's give the same answer, section by section, on anything we can think of."""

import json

import pytest

from definitions.drafting.changes import ChangeSet, _add
from definitions.drafting.units import from_units, text_hash, to_units

PIECES = ["a", "b", "word ", "\n", "\n\n", "é", "中", "😀", "👩‍👩‍👧", "\ud83d", "\ude00", " "]


def random_units(rng, most):
    return to_units("".join(rng.choices(PIECES, k=rng.randint(0, most))))


def random_changes(rng, length):
    """Any canonical change set: edits side by side, at the ends, over everything, or none at all."""
    sections, left = [], length
    density = rng.choice([0.1, 0.5, 0.9])
    while left or rng.random() < density / 2:
        step = min(left, rng.choice([0, 1, 1, 2, 3, 10, left]))
        if rng.random() < density:
            _add(sections, step, random_units(rng, rng.choice([0, 1, 1, 3])))
        else:
            _add(sections, step, None)
        left -= step
    return ChangeSet(tuple(sections))


def plain(changes):
    """As it comes through JSON; halves that stand together become a character there, on both sides."""
    return json.loads(json.dumps(changes.to_json()))


def test_the_same_as_codemirror(node, rng, times):
    total = 0
    for _ in range(times(30, 1500)):
        cases, calls = [], []
        for _ in range(100):
            units = random_units(rng, rng.choice([0, 2, 5, 20]))
            text = from_units(units)
            a, b = random_changes(rng, len(units)), random_changes(rng, len(units))
            after = a.apply(text)
            c = random_changes(rng, a.new_length)
            cases.append((text, a, b, c))
            jsons = a.to_json(), b.to_json(), c.to_json()
            calls += [
                ["apply", jsons[0], text],
                ["map", jsons[0], jsons[1], False],
                ["map", jsons[0], jsons[1], True],
                ["compose", jsons[0], jsons[2]],
                ["invert", jsons[0], text],
                ["positions", jsons[0]],
                ["hash", after],
            ]
        answers = iter(node.batch(calls))
        for text, a, b, c in cases:
            case = (text, a, b, c)
            assert next(answers) == a.apply(text), case
            assert next(answers) == plain(a.map(b)), case
            assert next(answers) == plain(a.map(b, before=True)), case
            assert next(answers) == plain(a.compose(c)), case
            assert next(answers) == plain(a.invert(text)), case
            assert next(answers) == [[a.map_pos(pos), a.map_pos(pos, 1)] for pos in range(a.length + 1)], case
            assert next(answers) == text_hash(a.apply(text)), case
        total += len(calls)
    print(f"{total} comparisons")


@pytest.mark.parametrize(
    ("before", "after", "caret", "changes"),
    [
        ("aab", "aaab", 1, [[0, "a"], 3]),
        ("aab", "aaab", 2, [1, [0, "a"], 2]),
        ("aab", "aaab", 3, [2, [0, "a"], 1]),
        ("aaa", "aa", 1, [1, [1], 1]),
        ("abc", "abc", 2, [3]),
        ("", "", 0, []),
        ("one two", "one 2 two", 0, [3, [0, " 2"], 4]),
        ("teh cat", "the cat", 3, [1, [2, "he"], 4]),
        ("a\nb", "a\n\nb", 3, [2, [0, "", ""], 1]),
        ("😀", "😁", 2, [[2, "😁"]]),
        ("😀😀", "😀😁😀", 4, [2, [0, "😁"], 2]),
        ("\U0001f600", "\U0001f200", 2, [[2, "\U0001f200"]]),
        ("\U0001f600x", "x", 0, [[2], 1]),
    ],
)
def test_the_difference_is_small_ends_at_the_caret_and_cuts_no_character(node, before, after, caret, changes):
    assert node.call("difference", before, after, caret) == changes


def test_the_difference_makes_the_new_text_and_passes_the_strict_parser(node, rng, times):
    for _ in range(times(5, 100)):
        pairs = []
        for _ in range(200):
            before, after = ("".join(rng.choices("ab\n😀😁🈀", k=rng.randint(0, 8))) for _ in range(2))
            pairs.append((before, after, rng.randint(0, len(to_units(after)))))
        answers = node.batch([["difference", *pair] for pair in pairs])
        for (before, after, caret), answer in zip(pairs, answers, strict=True):
            changes = ChangeSet.parse(answer, len(to_units(before)))
            assert changes.apply(before) == after, (before, after, caret)
            assert not changes.splits_pair(before)


def test_what_the_browser_cleans_passes_the_strict_parser(node, rng):
    texts = [
        "".join(chr(rng.choice([9, 10, 13, 0, 0x7F, 0x85, 0xD83D, 0xDE00, 97])) for _ in range(8)) for _ in range(500)
    ]
    for dirty, text in zip(texts, node.batch([["clean", text] for text in texts]), strict=True):
        if text:
            ChangeSet.parse([[0, *text.split("\n")]], 0)
        assert text.count("a") == dirty.count("a")
