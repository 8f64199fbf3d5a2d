import pytest

from tests.factories import (
    a_session,
    adds,
    at_step,
    joined,
    phase_of,
    presses_back,
    presses_next,
    refused,
    reopened,
    round_now,
    sends,
    step_of,
    two_sentences,
    votes,
    where,
)
from workshop.sessions.commands import running, setup
from workshop.sessions.models import Round
from workshop.sessions.queries import result_round, source_of

pytestmark = pytest.mark.django_db


# Back, and straight to a step


def test_back_restores_the_view_and_changes_nothing_that_people_gave() -> None:
    session = a_session("propose", "vote", "close")
    ana, _ben = two_sentences(session)
    at_step(session, "vote")
    votes(ana, "We care.")
    before = list(Round.objects.values())
    presses_back(session)
    assert where(session) == ("propose", "revealed", 1)
    assert list(Round.objects.values()) == before
    presses_next(session)
    assert where(session) == ("vote", "open", 1)
    assert list(Round.objects.values()) == before


def test_there_is_nothing_before_the_first_step() -> None:
    session = a_session("welcome", "propose")
    at_step(session, "welcome")
    with refused("first-step"):
        presses_back(session)


def test_going_straight_to_a_later_step_closes_what_is_open_and_reveals_nothing() -> None:
    session = a_session("propose", "vote", "draft", "close")
    two_sentences(session)
    running.go_to(session, actor=session.owner, step=step_of(session, "close"))
    assert where(session) == ("close", "open", 1)
    assert [phase_of(round_) for round_ in step_of(session, "propose").rounds.all()] == ["closed"]
    assert result_round(step_of(session, "propose")) is None
    assert [step_of(session, kind).rounds.count() for kind in ("vote", "draft")] == [0, 0]


def test_going_to_an_earlier_step_leaves_this_one_open() -> None:
    session = a_session("welcome", "propose", "close")
    at_step(session, "propose")
    running.go_to(session, actor=session.owner, step=step_of(session, "welcome"))
    assert where(session) == ("welcome", "closed", 1)
    presses_next(session)
    assert where(session) == ("propose", "open", 1)


def test_a_step_of_another_meeting_is_nowhere_to_go() -> None:
    session, other = a_session("welcome", "close"), a_session("close")
    at_step(session, "welcome")
    with refused("no-such-step"):
        running.go_to(session, actor=session.owner, step=step_of(other, "close"))
    assert where(session) == ("welcome", "open", 1)


# Reopening


def test_what_has_not_been_seen_goes_on_in_the_same_round() -> None:
    session = a_session("propose", "close")
    two_sentences(session)
    at_step(session, "propose", "closed")
    round_ = reopened(session)
    assert (where(session), round_.proposals.count()) == (("propose", "open", 1), 2)


def test_what_has_been_revealed_stays_and_a_new_round_begins_with_a_copy() -> None:
    session = a_session("key-words", "propose", "vote", "close")
    (ana,) = joined(session, "Ana")
    at_step(session, "key-words")
    word = adds(ana, "smile")
    at_step(session, "key-words", "revealed")
    again = reopened(session)
    (copy,) = again.cards.all()
    assert (copy.text, copy.participant, copy.state) == (word.text, ana, "sent")
    assert copy.pk != word.pk
    adds(ana, "care")
    at_step(session, "propose")
    first = sends(ana, "We care.")
    at_step(session, "propose", "revealed")
    again = reopened(session)
    (proposal,) = again.proposals.all()
    assert (proposal.text, proposal.participant, proposal.state, proposal.sent_at) == (
        first.text, ana, "sent", first.sent_at,
    )  # fmt: skip
    sends(ana, "We care more.")
    assert [str(each.text) for each in first.round.proposals.all()] == ["We care."]
    assert [str(each.text) for each in again.proposals.all()] == ["We care more."]
    assert [round_.cards.count() for round_ in step_of(session, "key-words").rounds.all()] == [1, 2]


def test_an_open_step_is_not_reopened() -> None:
    session = a_session("propose", "close")
    at_step(session, "propose")
    with refused("still-open"):
        reopened(session)


def test_later_steps_build_on_what_was_revealed_last() -> None:
    session = a_session("propose", "vote", "close")
    two_sentences(session)
    at_step(session, "propose", "revealed")
    second = reopened(session)
    propose, vote = step_of(session, "propose"), step_of(session, "vote")
    assert (result_round(propose).number, source_of(vote)) == (1, propose)  # type: ignore[union-attr]
    at_step(session, "propose", "revealed")
    assert result_round(propose) == second


def test_a_step_may_name_its_source() -> None:
    session = a_session("propose", "propose", "vote", "close")
    first, second = session.steps.filter(kind="propose")
    vote = step_of(session, "vote")
    at_step(session, "propose", "revealed")
    assert source_of(vote) == first  # the nearest that has anything to give
    while round_now(session).step != second:
        presses_next(session)
    at_step(session, "propose", "revealed")
    assert source_of(vote) == second
    vote = setup.change_step(session, actor=session.owner, step=vote, source=first)
    assert source_of(vote) == first
