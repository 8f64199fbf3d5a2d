import pytest
from hypothesis import given
from hypothesis import strategies as st

from definitions.cards.counting import Counted, counted


def numbered(*bodies: str) -> list[tuple[str, str]]:
    return [(str(number), body) for number, body in enumerate(bodies)]


@pytest.mark.parametrize(
    ("bodies", "entries"),
    [
        ([], []),
        (["smile"], [("smile", 1)]),
        (["smile", "care", "smile"], [("smile", 2), ("care", 1)]),
        (["Smile", "smile!", "SMILE", "smile"], [("Smile", 4)]),
        (["Smile", "smile", "smile"], [("smile", 3)]),  # under the spelling that most chose
        (["café", "cafe", "CAFÉ"], [("café", 3)]),
        (["to care", "to  care", "to-care"], [("to care", 3)]),
        (["care", "caring"], [("care", 1), ("caring", 1)]),
        (["b", "A", "c", "C"], [("c", 2), ("A", 1), ("b", 1)]),
        (["😀", "🎉", "😀"], [("😀", 2), ("🎉", 1)]),
        (["笑顔", "笑顔"], [("笑顔", 2)]),
    ],
)
def test_equal_words_are_counted_once_with_their_number(bodies: list[str], entries: list[tuple[str, int]]) -> None:
    assert [(entry.body, entry.count) for entry in counted(numbered(*bodies))] == entries


def test_an_entry_knows_the_cards_that_it_counts() -> None:
    assert counted([("x", "smile"), ("y", "care"), ("z", "Smile")])[0] == Counted("smile", 2, ("x", "z"))


@given(st.lists(st.sampled_from(["smile", "Smile", "smile!", "care", "😀", "!", "é", "e"])))
def test_every_card_is_counted_once_and_the_most_named_come_first(bodies: list[str]) -> None:
    entries = counted(numbered(*bodies))
    assert sorted(id_ for entry in entries for id_ in entry.ids) == sorted(id_ for id_, _body in numbered(*bodies))
    assert [len(entry.ids) for entry in entries] == [entry.count for entry in entries]
    assert [entry.count for entry in entries] == sorted((entry.count for entry in entries), reverse=True)
    assert {entry.body for entry in entries} <= set(bodies)
