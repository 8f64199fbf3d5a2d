import random
from collections import Counter

import pytest

from workshop.plain_text import clean
from workshop.rehearsal.colleagues.behaviour import BEHAVIOURS
from workshop.rehearsal.colleagues.script import MORE_SENTENCES, NAMES, SENTENCES, SUGGESTIONS, WORDS, cast
from workshop.rehearsal.forms import MOST_PEOPLE


def test_the_same_seed_makes_the_same_room_and_another_another() -> None:
    assert cast(24, seed=3) == cast(24, seed=3)
    assert cast(24, seed=3) != cast(24, seed=4)


@pytest.mark.parametrize("people", [1, 2, 24, MOST_PEOPLE])
def test_everybody_has_something_to_say_and_the_room_can_agree(people: int) -> None:
    parts = cast(people, seed=1, customer="guest")
    assert len(parts) == people
    assert all(part.name and part.words and part.sentence for part in parts)
    assert {part.root for part in parts} & {part.sentence for part in parts}
    assert len({part.goal for part in parts}) == 1
    assert "{" not in "".join(part.sentence + part.goal for part in parts)


def test_sixty_people_have_sixty_names_but_one() -> None:
    assert len({part.name for part in cast(MOST_PEOPLE, seed=1)}) == MOST_PEOPLE - 1  # there are two Bens


def test_what_they_say_is_as_the_server_keeps_it() -> None:
    """Else what a colleague sent would not be found as they sent it."""
    for text in (*NAMES, *WORDS, *SUGGESTIONS, *MORE_SENTENCES, *(text for pair in SENTENCES for text in pair)):
        assert clean(text) == text
    assert max(map(len, NAMES)) <= 40 and max(map(len, WORDS)) <= 40


def test_the_room_s_favorite_pleases_most() -> None:
    parts = cast(24, seed=1)
    texts = [part.sentence for part in parts]
    first = [max(texts, key=lambda text, part=part: part.likes(text, part_rng(part.name))) for part in parts]
    assert first.count(parts[0].root) > len(parts) / 2


def part_rng(name: str) -> random.Random:

    return random.Random(name)


def test_every_behaviour_is_asked_for_by_something_on_the_page() -> None:
    assert all(what.startswith("[data-") and what.endswith("]") for what in BEHAVIOURS)


def test_people_see_an_element_where_its_signs_are_and_not_all_alike() -> None:
    words = ["Customer", "service", "is", "choosing", "to", "help,", "gladly."]
    part = cast(1, seed=1)[0]
    seen = [tuple(part.sees("a", words, random.Random(seed))) for seed in range(200)]
    assert Counter(number for numbers in seen for number in numbers).most_common(1)[0][0] == words.index("help,")
    assert () in seen
    assert all(number < len(words) for numbers in seen for number in numbers)
    assert part.sees("a", [], random.Random(1)) == []
