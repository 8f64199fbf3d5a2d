"""The commands around the authority, on the real database: who may write, whose words they are, and ways back."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from definitions.decisions.commands import closing as decisions
from definitions.drafting import commands, queries
from definitions.drafting.changes import MAX_SECTIONS
from definitions.drafting.models import Draft, DraftRow
from definitions.drafting.units import has_half
from tests.factories import (
    a_draft,
    a_session,
    at_step,
    authors,
    in_role,
    joined,
    manager,
    presses_next,
    refused,
    reopened,
    round_now,
    sealed,
    sends,
    step_of,
    stranger,
    the_draft,
    two_sentences,
    types,
    votes,
)
from workshop.sessions.commands import people, running

pytestmark = pytest.mark.django_db

START = "Customer service is "


def code(answer: Any) -> str | None:
    return answer and answer.get("code")


def a_minute_passes(draft: Draft) -> None:
    for row in draft.rows.all():
        DraftRow.objects.filter(pk=row.pk).update(at=row.at - timedelta(minutes=1))


# What it starts from


def test_without_anything_before_it_the_draft_starts_from_the_first_words() -> None:
    _session, _writers, draft = a_draft()
    assert authors(draft) == [(START, 0)]


def test_the_draft_starts_from_what_the_vote_chose_as_its_author_s_words() -> None:
    session = a_session("propose", "vote", "draft", "close")
    _ana, ben = two_sentences(session)
    at_step(session, "vote")
    votes(ben, "We listen.")
    at_step(session, "draft")
    assert authors(the_draft(session)) == [("We listen.", ben.seat)]


def test_the_draft_starts_from_the_one_sentence_that_there_is() -> None:
    session = a_session("propose", "vote", "draft", "close")
    _ana, ben = joined(session, "Ana", "Ben")
    at_step(session, "propose")
    sends(ben, "We listen 😀.")
    at_step(session, "draft")
    assert authors(the_draft(session)) == [("We listen 😀.", ben.seat)]


def test_several_sentences_without_a_vote_are_at_hand_but_none_is_the_start() -> None:
    session = a_session("propose", "draft", "close")
    two_sentences(session)
    at_step(session, "draft")
    assert authors(the_draft(session)) == [(START, 0)]


def test_what_was_not_revealed_is_no_start() -> None:
    session = a_session("propose", "draft", "close")
    (ana,) = joined(session, "Ana")
    at_step(session, "propose")
    sends(ana, "We care.")
    running.go_to(session, actor=session.owner, step=step_of(session, "draft"))
    assert authors(the_draft(session)) == [(START, 0)]


def test_a_later_meeting_starts_from_what_was_agreed() -> None:
    session, _writers, _draft = a_draft()
    sealed(session, spelling="We care,\nalways.")
    later = decisions.new_version(session, actor=session.owner)
    people.set_door(later, actor=later.owner, door="open")
    joined(later, "Cem")
    at_step(later, "draft")
    assert authors(the_draft(later)) == [("We care,\nalways.", 0)]


def test_a_draft_that_is_reopened_goes_on_with_its_text() -> None:
    session, (ana, _ben), draft = a_draft()
    types(ana, draft, "care.")
    presses_next(session)
    running.go_to(session, actor=session.owner, step=step_of(session, "draft"))
    reopened(session)
    assert types(ana, draft, " Always.") is None
    assert draft.body == START + "care. Always."


# Who may write


@pytest.mark.parametrize(("present", "all_write"), [(1, True), (8, True), (9, False)])
def test_up_to_eight_people_all_write_and_above_that_three_hold_pens(present: int, all_write: bool) -> None:
    _session, writers, draft = a_draft(*[f"P{number}" for number in range(present)])
    assert draft.all_write is all_write
    assert [code(types(person, draft, "x")) for person in writers] == [
        None if all_write or number < 3 else "no-pen" for number in range(present)
    ]


def test_who_wrote_the_start_holds_a_pen() -> None:
    session = a_session("propose", "vote", "draft", "close")
    everyone = joined(session, *[f"P{number}" for number in range(9)])
    at_step(session, "propose")
    for person in everyone:
        sends(person, f"The sentence of {person.name}.")
    at_step(session, "vote")
    votes(everyone[0], "The sentence of P7.")
    at_step(session, "draft")
    holders = the_draft(session).pens.order_by("seat").values_list("name", flat=True)
    assert list(holders) == ["P0", "P1", "P7"]


def test_a_pen_is_given_and_taken() -> None:
    session, (ana, ben), draft = a_draft()
    commands.let_all_write(session, actor=session.owner, draft=draft, all_write=False)
    commands.give_pen(session, actor=session.owner, draft=draft, participant=ana, held=False)
    for _twice in range(2):
        commands.give_pen(session, actor=session.owner, draft=draft, participant=ben, held=True)
    assert [code(types(person, draft, "x")) for person in (ana, ben)] == ["no-pen", None]
    assert queries.mine(round_now(session), [ana.pk, ben.pk]) == {
        ana.pk: {"writes": False, "marks": []},
        ben.pk: {"writes": True, "marks": []},
    }
    commands.let_all_write(session, actor=session.owner, draft=draft, all_write=True)
    assert types(ana, draft, "x") is None


def test_a_pen_goes_to_nobody_who_is_not_in_the_room() -> None:
    session, (ana, _ben), draft = a_draft()
    _elsewhere, (guest,), _draft = a_draft("Guest")
    gone = people.leave(session, actor=ana)
    for person in (gone, guest):
        with refused("not-in-this-meeting"):
            commands.give_pen(session, actor=session.owner, draft=draft, participant=person, held=True)


def test_the_facilitator_writes_always_and_others_not_while_it_is_frozen() -> None:
    session, (ana, _ben), draft = a_draft()
    commands.freeze(session, actor=session.owner, draft=draft, frozen=True)
    assert code(types(ana, draft, "care")) == "frozen"
    assert types(session.owner, draft, "kindness") is None
    commands.freeze(session, actor=session.owner, draft=draft, frozen=False)
    assert types(ana, draft, " and care") is None
    assert authors(draft) == [(START + "kindness", 0), (" and care", ana.seat)]


def test_nobody_else_writes() -> None:
    session, (ana, _ben), draft = a_draft()
    _elsewhere, (guest,), _draft = a_draft("Guest")
    people.remove(session, actor=session.owner, participant=ana)
    assert [code(types(actor, draft, "x")) for actor in (ana, guest, stranger(), manager(session))] == [
        "removed", "not-in-this-meeting", "facilitator-only", "facilitator-only",
    ]  # fmt: skip
    assert authors(draft) == [(START, 0)]


def test_a_draft_that_is_closed_takes_nothing_more() -> None:
    session, (ana, _ben), draft = a_draft()
    presses_next(session)
    assert [code(types(actor, draft, "x")) for actor in (ana, session.owner)] == ["closed", "closed"]
    sealed(session)
    assert [code(types(actor, draft, "x")) for actor in (ana, session.owner)] == ["closed", "closed"]
    assert draft.body == START


# Pushes


def test_a_push_is_taken_once() -> None:
    _session, (ana, _ben), draft = a_draft()
    assert types(ana, draft, "care", seq=1) is None
    answer = types(ana, draft, "care", seq=1, version=1)
    assert (answer["t"], len(answer["rows"]), answer["rows"][0][:2]) == (
        "rows", 1, [f"tab-participant-{ana.pk}", 1],
    )  # fmt: skip
    assert (draft.body, draft.version) == (START + "care", 2)


def test_two_pushes_from_one_version_are_both_taken() -> None:
    _session, (ana, ben), draft = a_draft()
    end = len(START)
    pushes = [
        (person, {"client": person.name, "seq": 1, "version": 1, "left": False, "changes": [end, [0, words]]})
        for person, words in ((ana, "care"), (ben, "help"))
    ]
    assert commands.take(draft.pk, pushes) == [None, None]
    draft.refresh_from_db()
    assert sorted(authors(draft)) == sorted([(START, 0), ("care", ana.seat), ("help", ben.seat)])


def test_a_push_that_comes_again_among_others_is_told_its_row_and_theirs() -> None:
    """A page whose socket was cut sends it again; both may be taken together."""
    _session, (ana, ben), draft = a_draft()
    end = len(START)
    first, again, other = (
        (person, {"client": person.name, "seq": 1, "version": 1, "left": False, "changes": [end, [0, words]]})
        for person, words in ((ana, "care"), (ana, "care"), (ben, "help"))
    )
    answers = commands.take(draft.pk, [first, again, other, again])
    assert [answer and [row[0] for row in answer["rows"]] for answer in answers] == [
        None, [ana.name], None, [ana.name, ben.name],
    ]  # fmt: skip
    assert draft.rows.filter(client=ana.name).count() == 1


def test_pushes_that_are_taken_together_are_saved_by_one_statement() -> None:
    _session, people_, draft = a_draft()
    pushes = [
        (person, {"client": person.name, "seq": 1, "version": 1, "left": False, "changes": [len(START), [0, "x"]]})
        for person in people_
    ]
    with CaptureQueriesContext(connection) as made:
        assert commands.take(draft.pk, pushes) == [None] * len(people_)
    assert len([query for query in made if query["sql"].startswith(f'INSERT INTO "{DraftRow._meta.db_table}"')]) == 1
    assert draft.rows.filter(writer__in=people_).count() == len(people_) == 2


@pytest.mark.parametrize(
    ("push", "told"),
    [
        ({"changes": "x"}, "malformed"),
        ({"changes": [99, [0, "x"]]}, "length"),
        ({"changes": [20, [0, "\0"]]}, "characters"),
        ({"changes": [20, [0, "x" * 1201]]}, "too_long"),
        ({"seq": 0}, "malformed"),
        ({"client": "server"}, "not-your-client"),
    ],
)
def test_a_push_that_can_t_be_taken_is_refused_with_a_reason(push: dict[str, Any], told: str) -> None:
    _session, (ana, _ben), draft = a_draft()
    answer = types(ana, draft, "x", **push)
    assert (answer["t"], answer["code"], bool(answer["reason"])) == ("refused", told, True)
    assert draft.body == START


def test_a_push_from_a_version_that_is_yet_to_come_is_behind() -> None:
    _session, (ana, _ben), draft = a_draft()
    assert types(ana, draft, "x", version=9) == {"t": "behind", "draft": draft.pk, "head": 1}


def test_the_tab_of_another_is_refused() -> None:
    session, (ana, ben), draft = a_draft()
    types(ana, draft, "care", client="a-tab", seq=1)
    assert [code(types(actor, draft, "x", client="a-tab", seq=2)) for actor in (ben, session.owner)] == [
        "not-your-client"
    ] * 2
    types(session.owner, draft, "!", client="the-desk", seq=1)
    assert code(types(ben, draft, "x", client="the-desk", seq=2)) == "not-your-client"
    assert draft.body == START + "care!"


def test_a_row_that_grew_over_others_is_read_back_and_the_draft_goes_on() -> None:
    """Rebased over rows of many places, a push ends up with more sections than any may be sent with."""
    session, (ana, ben), draft = a_draft()
    types(ana, draft, "x" * 400)
    length = len(draft.body)
    scattered: list[Any] = [*[piece for _place in range(31) for piece in (6, [0, "i"])], length - 186]
    pushes: list[Any] = [
        (ana, {"client": "ana", "seq": seq, "version": 2, "left": False, "changes": changes})
        for seq, changes in ((1, scattered), (2, [3, *scattered[1:-1], scattered[-1] + 3]))
    ]
    pushes.append((ben, {"client": "ben", "seq": 1, "version": 2, "left": False, "changes": [[length]]}))
    assert commands.take(draft.pk, pushes) == [None] * 3
    draft.refresh_from_db()
    last = draft.rows.last()
    assert last is not None
    assert (draft.body, len(last.changes) > MAX_SECTIONS) == ("i" * 62, True)
    assert types(session.owner, draft, "We care.") is None
    presses_next(session)
    assert draft.snapshots.get().body == draft.body == "i" * 62 + "We care."


# The way back


def test_back_thirty_seconds_brings_the_text_back_with_its_authors_and_keeps_the_history() -> None:
    session, (ana, ben), draft = a_draft()
    types(ana, draft, "care 😀")
    types(ben, draft, " and help")
    a_minute_passes(draft)
    before, version = authors(draft), draft.version
    types(ana, draft, "rude", at=len(START), taking=5)
    commands.go_back(session, actor=session.owner, draft=draft)
    draft.refresh_from_db()
    assert (draft.body, authors(draft)) == (START + "care 😀 and help", before)
    assert queries.body_at(draft, version + 1) == START + "rude😀 and help"
    assert types(ben, draft, ", always") is None
    assert draft.body == START + "care 😀 and help, always"


def test_going_back_twice_in_half_a_minute_goes_no_further() -> None:
    session, (ana, _ben), draft = a_draft()
    types(ana, draft, "care")
    a_minute_passes(draft)
    types(ana, draft, " rude")
    for _twice in range(2):
        commands.go_back(session, actor=session.owner, draft=draft)
    draft.refresh_from_db()
    assert draft.body == START + "care"


def test_going_back_never_takes_what_the_draft_began_with() -> None:
    session, (ana, _ben), draft = a_draft()
    commands.go_back(session, actor=session.owner, draft=draft)
    types(ana, draft, "Rude", at=0, taking=len(START))
    commands.go_back(session, actor=session.owner, draft=draft)
    draft.refresh_from_db()
    assert authors(draft) == [(START, 0)]


def test_going_back_splits_no_character() -> None:
    session, (ana, _ben), draft = a_draft()
    types(ana, draft, "😀")
    a_minute_passes(draft)
    types(ana, draft, "😁", at=len(START), taking=2)  # the same first half
    commands.go_back(session, actor=session.owner, draft=draft)
    draft.refresh_from_db()
    assert authors(draft) == [(START, 0), ("😀", ana.seat)]
    assert [row.version for row in draft.rows.all() if has_half(json.dumps(row.changes, ensure_ascii=False))] == []


# At the close; who may


def test_the_close_keeps_a_snapshot_with_its_authors() -> None:
    session, (ana, _ben), draft = a_draft()
    types(ana, draft, "care")
    presses_next(session)
    snapshot = draft.snapshots.get()
    assert (snapshot.version, snapshot.body, snapshot.authors) == (2, START + "care", [[20, 0], [4, ana.seat]])
    assert (queries.body_at(draft, 2), queries.author_runs(draft, 2)) == (START + "care", [(20, 0), (4, ana.seat)])


def test_the_history_has_every_change_with_its_time() -> None:
    _session, (ana, _ben), draft = a_draft()
    DraftRow.objects.update(at=timezone.now() - timedelta(seconds=90))
    types(ana, draft, "care")
    history = queries.history(draft)
    assert [(round(row["at"]), row["seat"]) for row in history["rows"]] == [(0, 0), (90, ana.seat)]
    assert [row["changes"] for row in history["rows"]] == [[[0, START]], [20, [0, "care"]]]


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_a_facilitator_steers_the_draft(role: str) -> None:
    session, (ana, ben), draft = a_draft()
    actor = in_role(role, session, ana)
    attempts = [
        lambda: commands.freeze(session, actor=actor, draft=draft, frozen=True),
        lambda: commands.go_back(session, actor=actor, draft=draft),
        lambda: commands.let_all_write(session, actor=actor, draft=draft, all_write=False),
        lambda: commands.give_pen(session, actor=actor, draft=draft, participant=ben, held=False),
        lambda: commands.clear_marks(session, actor=actor, draft=draft),
    ]
    for attempt in attempts:
        with refused("facilitator-only"):
            attempt()
    other, _writers, foreign = a_draft()
    with refused("no-draft"):
        commands.freeze(session, actor=session.owner, draft=foreign, frozen=True)
    foreign.refresh_from_db()
    assert foreign.frozen is False
