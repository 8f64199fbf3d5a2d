import pytest

from definitions.drafting.queries import draft_of
from definitions.proposals import commands, queries
from tests.definitions.proposals.a_vote import CARE, LISTEN, a_tie, a_vote, chosen, option, result
from tests.factories import (
    a_session,
    at_step,
    joined,
    refused,
    sends,
    step_of,
    votes,
    where,
)

pytestmark = pytest.mark.django_db


# A tie


def test_a_tie_keeps_all_of_them_until_it_is_settled() -> None:
    session, _ana, _ben, round_ = a_tie()
    assert (queries.is_tied(round_), chosen(round_)) == (True, [CARE, LISTEN])
    assert queries.vote_report(round_)["verdict"] is None


def test_a_run_off_is_half_a_minute_between_those_that_are_level() -> None:
    session, ana, ben, _round = a_vote()
    (cem,) = joined(session, "Cem")
    running_off = a_session("propose", "vote", "draft", "close")
    three = joined(running_off, "Ana", "Ben", "Cem")
    at_step(running_off, "propose")
    for person, body in zip(three, [CARE, LISTEN, "We smile."], strict=True):
        sends(person, body)
    at_step(running_off, "vote")
    votes(three[0], CARE), votes(three[1], LISTEN)
    first = at_step(running_off, "vote", "revealed")
    second = commands.run_off(running_off, actor=running_off.owner, round_=first)
    assert (where(running_off), second.seconds) == (("vote", "open", 2), 30)
    assert sorted(str(each.text) for each in second.options.all()) == [CARE, LISTEN]
    votes(three[2], CARE)
    at_step(running_off, "vote", "revealed")
    assert (result(second), chosen(second), queries.is_tied(second)) == ({CARE: 1, LISTEN: 0}, [CARE], False)
    assert [str(each.text) for each in queries.chosen_for(step_of(running_off, "draft"))] == [CARE]


def test_a_run_off_in_which_nobody_votes_leaves_them_level() -> None:
    session, _ana, _ben, round_ = a_tie()
    commands.run_off(session, actor=session.owner, round_=round_)
    again = at_step(session, "vote", "revealed")
    assert (again.number, queries.is_tied(again), chosen(again)) == (2, True, [CARE, LISTEN])
    commands.keep_both(session, actor=session.owner, round_=again)
    assert sorted(str(each.text) for each in queries.chosen_for(step_of(session, "draft"))) == [CARE, LISTEN]


def test_two_presses_on_run_off_make_one() -> None:
    session, _ana, _ben, round_ = a_tie()
    commands.run_off(session, actor=session.owner, round_=round_)
    for attempt in (commands.run_off, commands.keep_both):
        with refused("settled"):
            attempt(session, actor=session.owner, round_=round_)
    assert step_of(session, "vote").rounds.count() == 2


def test_keeping_both_builds_on_both_and_says_so() -> None:
    session, _ana, _ben, round_ = a_tie()
    commands.keep_both(session, actor=session.owner, round_=round_)
    round_.refresh_from_db()
    assert (queries.is_tied(round_), chosen(round_)) == (False, [CARE, LISTEN])
    assert queries.vote_report(round_)["verdict"] == {"how": "both", "reason": ""}
    at_step(session, "draft")
    draft = draft_of(step_of(session, "draft"))
    assert draft is not None
    assert sorted(draft.body.split("\n")) == [CARE, LISTEN]


def test_the_facilitator_settles_a_tie_with_a_reason_that_is_kept() -> None:
    session, _ana, _ben, round_ = a_tie()
    with refused("reason-missing"):
        commands.choose(session, actor=session.owner, round_=round_, option=option(round_, CARE), reason="")
    commands.choose(session, actor=session.owner, round_=round_, option=option(round_, CARE), reason="It is shorter.")
    assert chosen(round_) == [CARE]
    assert queries.vote_report(round_)["verdict"] == {"how": "facilitator", "reason": "It is shorter."}
    for again in (
        lambda: commands.choose(
            session, actor=session.owner, round_=round_, option=option(round_, LISTEN), reason="No."
        ),
        lambda: commands.keep_both(session, actor=session.owner, round_=round_),
        lambda: commands.run_off(session, actor=session.owner, round_=round_),
    ):
        with refused("settled"):
            again()
    assert chosen(round_) == [CARE]


def test_there_is_nothing_to_settle_without_a_tie() -> None:
    session, ana, _ben, round_ = a_vote()
    votes(ana, CARE)
    for phase in ("open", "closed", "revealed"):
        at_step(session, "vote", phase)
        for settle in (commands.run_off, commands.keep_both):
            with refused("no-tie"):
                settle(session, actor=session.owner, round_=round_)
    assert step_of(session, "vote").rounds.count() == 1


def test_only_one_of_those_that_are_level_is_chosen() -> None:
    session = a_session("propose", "vote", "close")
    ana, ben, cem = joined(session, "Ana", "Ben", "Cem")
    at_step(session, "propose")
    sends(ana, CARE), sends(ben, LISTEN), sends(cem, "We smile.")
    at_step(session, "vote")
    votes(ana, CARE), votes(ben, LISTEN)
    round_ = at_step(session, "vote", "revealed")
    with refused("not-tied"):
        commands.choose(session, actor=session.owner, round_=round_, option=option(round_, "We smile."), reason="Mine.")
    assert chosen(round_) == [CARE, LISTEN]
