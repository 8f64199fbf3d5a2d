"""What those without a pen say of words: keep, change, these instead."""

import uuid
from typing import Any

import pytest

from definitions.drafting import commands, queries
from definitions.drafting.models import Draft
from tests.factories import a_draft, presses_next, refused, round_now, types
from workshop.sessions.models import Participant

pytestmark = pytest.mark.django_db


def says(person: Participant, draft: Draft, what: str, start: int, end: int, words: str = "", **more: Any) -> Any:
    draft.refresh_from_db()
    fields = {"id_": uuid.uuid4(), "version": draft.version, "words": words, **more}
    return commands.mark(person.session, actor=person, draft=draft, says=what, start=start, end=end, **fields)


def passages(draft: Draft) -> list[tuple[str, str, str, int]]:
    draft.refresh_from_db()
    return [(each.says, each.quotation, each.words, each.count) for each in queries.passages(draft)]


def test_marks_on_the_same_words_are_counted_together_without_names() -> None:
    _session, (ana, ben), draft = a_draft()
    says(ana, draft, "keep", 0, 8), says(ben, draft, "keep", 0, 8), says(ben, draft, "suggest", 9, 16, "help")
    assert passages(draft) == [("keep", "Customer", "", 2), ("suggest", "service", "help", 1)]


def test_the_newer_mark_of_one_person_on_the_same_words_stands() -> None:
    _session, (ana, _ben), draft = a_draft()
    says(ana, draft, "keep", 0, 8), says(ana, draft, "change", 0, 8)
    assert passages(draft) == [("change", "Customer", "", 1)]


def test_a_mark_moves_with_its_words_and_goes_with_them() -> None:
    _session, (ana, ben), draft = a_draft()
    says(ana, draft, "keep", 9, 16)
    types(ben, draft, "Our 😀 ", at=0)
    (passage,) = queries.passages(draft)
    assert (passage.start, passage.end, passage.quotation) == (16, 23, "service")
    types(ben, draft, "X", at=18)
    assert passages(draft) == []


def test_a_mark_may_be_about_the_text_as_it_was_a_moment_ago() -> None:
    _session, (ana, ben), draft = a_draft()
    types(ben, draft, "Our ", at=0)
    says(ana, draft, "keep", 9, 16, version=1)
    assert passages(draft) == [("keep", "service", "", 1)]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"start": 5, "end": 5}, "no-such-words"),
        ({"start": 8, "end": 5}, "no-such-words"),
        ({"start": 0, "end": 99}, "no-such-words"),
        ({"version": 9}, "text-moved"),
        ({"says": "suggest", "words": ""}, "words-missing"),
    ],
)
def test_a_mark_is_on_words_that_are_there(fields: dict[str, Any], reason: str) -> None:
    session, (ana, _ben), draft = a_draft()
    mark = {"id_": uuid.uuid4(), "says": "keep", "version": 1, "start": 0, "end": 8, **fields}
    with refused(reason):
        commands.mark(session, actor=ana, draft=draft, **mark)
    assert passages(draft) == []


def test_a_mark_that_was_made_before_is_not_made_again_and_no_one_s_is_taken_over() -> None:
    _session, (ana, ben), draft = a_draft()
    made = says(ana, draft, "keep", 0, 8)
    for person in (ana, ben):
        with refused("mark-made"):
            says(person, draft, "change", 9, 16, id_=made.pk)
    assert passages(draft) == [("keep", "Customer", "", 1)]


def test_everyone_has_twenty_marks_and_takes_back_their_own() -> None:
    session, (ana, ben), draft = a_draft()
    types(ana, draft, "abcdefgh")
    marks = [says(ana, draft, "keep", at, at + 3) for at in range(20)]
    with refused("enough-marks"):
        says(ana, draft, "keep", 20, 25)
    commands.unmark(session, actor=ben, draft=draft, id_=marks[0].pk)
    assert len(passages(draft)) == 20
    commands.unmark(session, actor=ana, draft=draft, id_=marks[0].pk)
    says(ana, draft, "keep", 20, 25)
    assert len(passages(draft)) == 20
    assert len(queries.mine(round_now(session), [ana.pk])[ana.pk]["marks"]) == 20
    commands.clear_marks(session, actor=session.owner, draft=draft)
    assert passages(draft) == []


def test_nobody_marks_a_draft_that_is_closed() -> None:
    session, (ana, _ben), draft = a_draft()
    presses_next(session)
    with refused("closed"):
        says(ana, draft, "keep", 0, 8)
