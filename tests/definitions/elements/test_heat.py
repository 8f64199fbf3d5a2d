import pytest

from definitions.elements.heat import Said, Share, Split, heat_of, in_words


def said(**readers: dict[str, set[int]]) -> list[Said[str]]:
    """What each reader says of each mark."""
    return [
        Said(number, mark, frozenset(words))
        for number, answers in enumerate(readers.values())
        for mark, words in answers.items()
    ]


def test_nobody_has_said_anything() -> None:
    heat = heat_of(2, ["v", "a"], [])
    assert (heat.readers, heat.words, heat.splits, heat.alpha) == (0, [[], []], [], None)
    assert heat.shares == {"v": Share(0, 0), "a": Share(0, 0)}


def test_words_are_counted_by_mark_the_most_seen_first() -> None:
    heat = heat_of(3, ["v", "a"], said(ada={"v": {0}, "a": {0, 1}}, ben={"v": set(), "a": {0}}))
    assert heat.words == [[("a", 2), ("v", 1)], [("a", 1)], []]
    assert heat.readers == 2


def test_what_is_level_stands_in_the_order_of_the_elements() -> None:
    assert heat_of(1, ["v", "a"], said(ada={"a": {0}}, ben={"v": {0}})).words == [[("v", 1), ("a", 1)]]


def test_who_was_not_sure_is_not_among_those_who_were_asked() -> None:
    """Ben was not sure of v: for it there is nothing of his."""
    heat = heat_of(2, ["v", "a"], said(ada={"v": {0}, "a": set()}, ben={"a": {1}}))
    assert heat.shares == {"v": Share(1, 1), "a": Share(1, 2)}


def test_everything_not_here() -> None:
    heat = heat_of(2, ["v", "a"], said(ada={"v": set(), "a": set()}, ben={"v": set(), "a": set()}))
    assert (heat.shares["v"], heat.splits, heat.alpha) == (Share(0, 2), [], None)


@pytest.mark.parametrize(
    ("readers", "splits"),
    [
        # Two see only the one, two only the other, in both words.
        ([{"v": {0, 1}}, {"v": {0, 1}}, {"a": {0, 1}}, {"a": {0, 1}}], [Split(0, 1, ("v", "a"), (2, 2))]),
        # One against one is chance.
        ([{"v": {0}}, {"a": {0}}], []),
        # Who sees both differs from nobody.
        ([{"v": {0}, "a": {0}}, {"v": {0}, "a": {0}}, {"v": {0}}, {"a": {0}}], []),
        # Two places apart are two.
        (
            [{"v": {0, 2}}, {"v": {0, 2}}, {"a": {0, 2}}, {"a": {0, 2}}],
            [Split(0, 0, ("v", "a"), (2, 2)), Split(2, 2, ("v", "a"), (2, 2))],
        ),
        # Two of nine are less than a quarter.
        ([{"v": {0}}] * 7 + [{"a": {0}}] * 2, []),
        # The widest first.
        (
            [{"v": {0, 2}}] * 3 + [{"a": {0}, "g": {2}}] * 2 + [{"g": {2}}],
            [Split(2, 2, ("v", "g"), (3, 3)), Split(0, 0, ("v", "a"), (3, 2))],
        ),
    ],
)
def test_where_readers_differ(readers: list[dict[str, set[int]]], splits: list[Split[str]]) -> None:
    everyone = [
        Said(number, mark, frozenset(words)) for number, one in enumerate(readers) for mark, words in one.items()
    ]
    assert heat_of(3, ["v", "a", "g"], everyone).splits == splits


def test_readers_who_say_the_same_agree_fully() -> None:
    assert heat_of(3, ["v"], said(ada={"v": {0}}, ben={"v": {0}})).alpha == 1.0


@pytest.mark.parametrize(
    ("value", "readers", "words"),
    [
        (None, 0, "alone"),
        (None, 1, "alone"),
        (None, 3, "same"),
        (1.0, 3, "high"),
        (0.8, 3, "high"),
        (0.79, 3, "fair"),
        (0.667, 3, "fair"),
        (0.66, 3, "low"),
        (-0.2, 3, "low"),
    ],
)
def test_agreement_in_words(value: float | None, readers: int, words: str) -> None:
    assert in_words(value, readers) == words
