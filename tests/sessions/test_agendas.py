from itertools import product

import pytest

from workshop.sessions import kinds
from workshop.sessions.agendas import TEMPLATES, Position, next_act, template, wants_second_press

OPEN = Position(
    started=True, ended=False, reveals=True, closed=False, revealed=False, page=1, pages=1, has_next_step=True
)


def at(**differences: object) -> Position:
    return Position(**{**OPEN.__dict__, **differences})


@pytest.mark.parametrize(
    ("position", "act"),
    [
        (at(started=False), "start"),
        (at(started=False, has_next_step=False), "start"),
        # What people give in it is private until it is revealed.
        (at(), "close"),
        (at(closed=True), "reveal"),
        (at(closed=True, revealed=True), "step"),
        (at(closed=True, revealed=True, pages=2), "page"),
        (at(closed=True, revealed=True, page=2, pages=2), "step"),
        (at(closed=True, revealed=True, page=3, pages=2), "step"),  # hiding a card may leave fewer pages
        (at(closed=True, revealed=True, pages=0), "step"),
        (at(closed=True, revealed=True, pages=2, has_next_step=False), "page"),
        (at(closed=True, revealed=True, has_next_step=False), "end"),
        (at(has_next_step=False), "close"),
        (at(closed=True, has_next_step=False), "reveal"),
        # Nothing in it is private.
        (at(reveals=False), "step"),
        (at(reveals=False, closed=True), "step"),
        (at(reveals=False, pages=2), "page"),
        (at(reveals=False, has_next_step=False), "end"),
        (at(reveals=False, closed=True, has_next_step=False), "end"),
        # Sealing ends it.
        (at(reveals=False, seals=True, has_next_step=False), "seal"),
        (at(reveals=False, seals=True, closed=True, has_next_step=False), "seal"),
        (at(reveals=False, seals=True), "step"),
    ],
)
def test_next_does_the_next_thing(position: Position, act: str) -> None:
    assert next_act(position) == act


@pytest.mark.parametrize("flags", list(product([False, True], repeat=6)))
def test_after_the_end_there_is_nothing_next_wherever_it_ended(flags: tuple[bool, ...]) -> None:
    names = ("started", "reveals", "closed", "revealed", "has_next_step", "seals")
    assert next_act(at(ended=True, pages=3, **dict(zip(names, flags, strict=True)))) == "none"


@pytest.mark.parametrize("flags", list(product([False, True], repeat=4)))
def test_what_is_private_is_never_passed_over_unrevealed(flags: tuple[bool, ...]) -> None:
    names = ("closed", "has_next_step", "seals", "revealed")
    position = at(**dict(zip(names, flags, strict=True)))
    assert (next_act(position) in ("close", "reveal")) == (not position.revealed)


@pytest.mark.parametrize(
    ("act", "done", "present", "wanted"),
    [
        ("close", 0, 0, False),  # an empty room
        ("close", 0, 1, True),
        ("close", 1, 1, False),
        ("close", 9, 10, False),
        ("close", 8, 10, True),  # a fifth exactly
        ("close", 80, 100, True),
        ("close", 81, 100, False),
        ("close", 4, 5, True),
        ("close", 5, 6, False),
        ("step", 0, 4, True),
        ("step", 4, 4, False),
        ("reveal", 0, 10, False),
        ("page", 0, 10, False),
        ("start", 0, 10, False),
        ("seal", 0, 10, False),
        ("end", 0, 10, False),
        ("none", 0, 10, False),
    ],
)
def test_closing_on_a_fifth_of_the_room_wants_a_second_press(act: str, done: int, present: int, wanted: bool) -> None:
    assert wants_second_press(act, done, present) is wanted  # type: ignore[arg-type]


@pytest.mark.parametrize("agenda", TEMPLATES, ids=lambda agenda: agenda.slug)
def test_an_agenda_fits_its_time_and_holds_steps_that_there_are(agenda: object) -> None:
    agenda = template(agenda.slug)  # type: ignore[attr-defined]
    spare = agenda.minutes - sum(step.minutes for step in agenda.steps)
    assert 1 <= spare <= 2
    assert {step.kind for step in agenda.steps} <= {kind.slug for kind in kinds.every()}


def test_people_write_before_they_see_an_example_and_the_close_comes_last() -> None:
    assert [[step.kind for step in agenda.steps] for agenda in TEMPLATES] == [
        ["welcome", "key-words", "samples", "propose", "vote", "tag", "draft", "decide", "close"],
        [
            "welcome",
            "key-words",
            "samples",
            "propose",
            "vote",
            "draft",
            "decide",
            "close",
        ],  # no time to read word by word
    ]
