"""The simulated writers: a caret that moved wrongly would take out other people's letters, and measure nothing real."""

from random import Random

import pytest

from bench.rows.typing_ours import moved, net, replacing
from definitions.drafting.changes import ChangeSet


@pytest.mark.parametrize(
    ("keys", "expected"), [("ee", ("ee", 0)), (["e", ""], ("", 0)), (["", "", "e"], ("e", 2)), ([], ("", 0))]
)
def test_keys_come_to_letters_and_letters_taken_out(keys: list[str], expected: tuple[str, int]) -> None:
    assert net(iter(keys)) == expected


def test_what_writers_send_are_change_sets() -> None:
    """Each types behind a dash of their own, all at once; each letter stays behind its own dash."""
    chance = Random(1)
    text, carets = "-----", [1, 2, 3, 4, 5]
    own = [0] * 5
    for _key in range(300):
        who = chance.randrange(5)
        typed, taken = ("abcde"[who], 0) if own[who] == 0 or chance.random() < 0.5 else ("", 1)
        changes = replacing(len(text), carets[who] - taken, carets[who], typed)
        text = ChangeSet.parse(changes, len(text)).apply(text)
        for other in range(5):
            carets[other], length = moved(carets[other], changes, after=other == who)
            assert length == len(text)
        own[who] += len(typed) - taken
    assert text == "".join("-" + letter * count for letter, count in zip("abcde", own, strict=True))
