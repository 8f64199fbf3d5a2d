import pytest

from definitions.decisions.rules import REASONS, SCALES, THRESHOLDS, TURNOUTS, Outcome, level_of, outcome
from definitions.decisions.wording import LEVELS, SHARES
from definitions.decisions.wording import REASONS as REASON_WORDS


def came(scale: str = "5", present: int = 20, threshold: str = "3/4", turnout: str = "2/3", **stances: int) -> Outcome:
    """Levels by name, with "_" for "-"; those that begin with hands_ were counted in the room."""
    named = {name.replace("_", "-"): count for name, count in stances.items() if not name.startswith("hands_")}
    hands = {name[6:].replace("_", "-"): count for name, count in stances.items() if name.startswith("hands_")}
    return outcome(scale, named, hands, present=present, threshold=threshold, turnout=turnout)


@pytest.mark.parametrize(
    ("result", "supporters", "needed", "reached", "ending"),
    [
        # 16 of 18, where 14 would do.
        (came(gladly=9, support=5, change=2, not_yet=2), 16, 14, True, "agreed-with-reservations"),
        (came(gladly=18), 18, 14, True, "agreed"),
        (came(gladly=10, support=8), 18, 14, True, "agreed"),  # support without a reservation leaves nothing open
        (came(gladly=14, no=4), 14, 14, True, "agreed-with-reservations"),  # no one has a veto
        (came(gladly=13, no=5), 13, 14, False, "working-sentence"),
        (came(not_yet=20), 0, 15, False, "working-sentence"),
        (came(change=20), 20, 15, True, "agreed-with-reservations"),
        # Nobody answers; an empty room.
        (came(), 0, 1, False, "working-sentence"),
        (came(present=0), 0, 1, False, "working-sentence"),
        # Too few answer, whatever they say: 14 of 20 are two thirds.
        (came(gladly=13), 13, 10, False, "working-sentence"),
        (came(gladly=14), 14, 11, True, "agreed"),
        (came(present=3, turnout="1/1", gladly=2), 2, 2, False, "working-sentence"),
        # Everyone must support it.
        (came(threshold="1/1", gladly=19, not_yet=1), 19, 20, False, "working-sentence"),
        (came(threshold="1/1", gladly=20), 20, 20, True, "agreed"),
        # Two thirds of three are two, exactly: no rounding error.
        (came("3", present=3, threshold="2/3", gladly=2, not_yet=1), 2, 2, True, "agreed-with-reservations"),
        # Who stands aside has answered, and is no part of the share.
        (came("8", gladly=6, aside=8), 6, 5, True, "agreed"),
        (came("8", aside=20), 0, 1, False, "working-sentence"),
        # Hands count as answers do, even where more were raised than people are known.
        (came(present=4, gladly=4, hands_gladly=3, hands_no=1), 7, 6, True, "agreed-with-reservations"),
    ],
)
def test_what_comes_of_a_round(result: Outcome, supporters: int, needed: int, reached: bool, ending: str) -> None:
    assert (result.supporters, result.needed, result.reached, result.ending()) == (supporters, needed, reached, ending)


def test_reservations_that_are_settled_stand_in_the_way_no_more() -> None:
    result = came(gladly=16, change=2, not_yet=1)
    assert [result.ending(settled) for settled in (0, 2, 3)] == [
        "agreed-with-reservations", "agreed-with-reservations", "agreed",
    ]  # fmt: skip
    assert came(gladly=5, no=10).ending(settled=10) == "working-sentence"  # a word in private is no new answer


@pytest.mark.parametrize(("answers", "coarse"), [(0, True), (6, True), (7, False), (30, False)])
def test_with_fewer_than_seven_answers_it_is_told_coarsely(answers: int, coarse: bool) -> None:
    assert came(present=30, gladly=answers).coarse is coarse


def test_more_answers_than_people_here_is_everyone() -> None:
    result = came(present=2, gladly=2, hands_gladly=3)
    assert (result.present, result.answers, result.hands, result.answers_needed) == (5, 5, 3, 4)


def test_a_level_of_another_scale_is_not_counted() -> None:
    assert came("3", gladly=2, aside=5, hands_no=5).counts == {"gladly": 2, "change": 0, "not-yet": 0}


@pytest.mark.parametrize("scale", SCALES)
def test_a_scale_has_its_steps_from_willing_to_unwilling(scale: str) -> None:
    levels = SCALES[scale]
    assert len(levels) == len({level.slug for level in levels}) == int(scale)
    order = {"for": 0, "aside": 1, "against": 2}
    assert [level.side for level in levels] == sorted((level.side for level in levels), key=order.__getitem__)
    assert not levels[0].reserves
    assert all(level.reserves for level in levels if level.side == "against")
    assert level_of(scale, "maybe") is None


def test_everything_that_can_be_said_has_its_words() -> None:
    assert {level.slug for scale in SCALES.values() for level in scale} == set(LEVELS)
    assert set(REASONS) == set(REASON_WORDS)
    assert {*THRESHOLDS, *TURNOUTS} <= set(SHARES)
