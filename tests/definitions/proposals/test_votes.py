import uuid

import pytest
from django.db import connection
from django.db.models.expressions import RawSQL

from definitions.drafting.queries import draft_of
from definitions.proposals import commands, queries
from definitions.proposals.models import Ballot, Roll
from tests.definitions.proposals.a_vote import CARE, LISTEN, a_tie, a_vote, chosen, option, result
from tests.factories import (
    a_session,
    at_step,
    in_role,
    joined,
    phase_of,
    presses_next,
    refused,
    reopened,
    round_now,
    sends,
    step_of,
    votes,
    where,
)
from workshop.room.doors import DESK, PHONE, Entering, go_through
from workshop.sessions.commands.changing import Asked, each_once
from workshop.sessions.models import Round
from workshop.sessions.queries import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[True, False], ids=["secret", "open"])
def secret(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


# What is voted on


def test_every_revealed_sentence_can_be_voted_for_each_wording_once() -> None:
    session = a_session("propose", "vote", "close")
    everyone = joined(session, "Ana", "Ben", "Cem", "Dora")
    at_step(session, "propose")
    sent = [sends(person, body) for person, body in zip(everyone, [CARE, LISTEN, CARE, "Rude."], strict=True)]
    at_step(session, "propose", "revealed")
    commands.hide_proposal(session, actor=session.owner, id_=sent[3].pk, hidden=True)
    round_ = at_step(session, "vote")
    assert sorted(str(each.text) for each in round_.options.all()) == [CARE, LISTEN]
    assert list(round_.options.values_list("position", flat=True)) == [1, 2]


def test_one_sentence_that_two_people_wrote_alike_is_no_choice() -> None:
    session = a_session("propose", "vote", "close")
    ana, ben = joined(session, "Ana", "Ben")
    at_step(session, "propose")
    sends(ana, CARE), sends(ben, CARE)
    at_step(session, "propose", "revealed")
    presses_next(session)
    assert where(session) == ("close", "open", 1)


# Voting


def test_a_vote_changes_until_the_close(secret: bool) -> None:
    session, ana, ben, round_ = a_vote(secret)
    votes(ana, CARE), votes(ben), votes(ana, CARE, LISTEN)
    roll = votes(ana, LISTEN)
    assert roll.ballot is not None
    assert roll.ballot.choices == [option(round_, LISTEN).pk]
    assert queries.my_ballots(round_, [ana.pk, ben.pk]) == {
        ana.pk: {"voted": True, "choices": [option(round_, LISTEN).pk]},
        ben.pk: {"voted": True, "choices": []},
    }
    assert (Roll.objects.count(), Ballot.objects.count(), Scene.of(session).done) == (2, 2, 2)
    round_ = at_step(session, "vote", "revealed")
    assert (result(round_), chosen(round_)) == ({LISTEN: 1, CARE: 0}, [LISTEN])


def test_of_votes_that_are_taken_together_each_person_s_last_one_counts(secret: bool) -> None:
    session, ana, ben, round_ = a_vote(secret)
    votes(ben, CARE)
    tab, other = uuid.uuid4(), uuid.uuid4()

    def fault() -> None:
        votes(ana, CARE, LISTEN)
        raise ZeroDivisionError

    asked = [
        Asked(tab, 1, ana, fault),
        Asked(tab, 2, ana, lambda: bool(votes(ana, CARE)) and None),
        Asked(other, 1, ben, lambda: bool(votes(ben, LISTEN)) and None),
        Asked(tab, 3, ana, lambda: bool(votes(ana, LISTEN)) and None),
    ]
    assert each_once(asked) == [None, {"ok": True}, {"ok": True}, {"ok": True}]
    assert {pk: own["choices"] for pk, own in queries.my_ballots(round_, [ana.pk, ben.pk]).items()} == {
        ana.pk: [option(round_, LISTEN).pk],
        ben.pk: [option(round_, LISTEN).pk],
    }
    assert (Roll.objects.count(), Ballot.objects.count(), Scene.of(session).done) == (2, 2, 2)


def test_a_late_vote_is_refused_and_the_earlier_one_counts(secret: bool) -> None:
    session, ana, ben, _round = a_vote(secret)
    votes(ana, CARE)
    for phase in ("closed", "revealed"):
        at_step(session, "vote", phase)
        for person in (ana, ben):
            with refused("vote-closed"):
                votes(person, LISTEN)
    assert result(round_now(session)) == {CARE: 1, LISTEN: 0}


def test_what_is_no_option_here_can_t_be_voted_for() -> None:
    session, ana, _ben, round_ = a_vote()
    _other, _cara, _dan, elsewhere = a_vote()
    votes(ana, CARE)
    for choice in (option(elsewhere, CARE).pk, 0):
        with refused("no-such-option"):
            commands.cast_ballot(session, actor=ana, round_=round_, choices=[option(round_, LISTEN).pk, choice])
    assert queries.my_ballots(round_, [ana.pk])[ana.pk]["choices"] == [option(round_, CARE).pk]


def test_an_option_that_is_marked_twice_counts_once() -> None:
    session, ana, _ben, round_ = a_vote()
    care = option(round_, CARE).pk
    commands.cast_ballot(session, actor=ana, round_=round_, choices=[care, care])
    assert result(at_step(session, "vote", "revealed")) == {CARE: 1, LISTEN: 0}


@pytest.mark.parametrize("choices", ["x", "1,-2", "1.5", "²", "9" * 16, ",".join(["1"] * 501)])
def test_a_ballot_that_can_t_be_read_is_refused(choices: str) -> None:
    session, ana, _ben, round_ = a_vote()
    with refused("field-choices"):
        go_through(PHONE["vote"], Entering(session, ana), {"round": round_.pk, "choices": choices})
    assert Roll.objects.count() == 0


def test_there_is_no_result_anywhere_before_the_reveal() -> None:
    session, ana, ben, _round = a_vote()
    votes(ana, CARE), votes(ben, CARE)
    for phase in ("open", "closed"):
        round_ = at_step(session, "vote", phase)
        assert (queries.result_of(round_), queries.placed(round_), queries.is_tied(round_)) == (None, [], False)
        assert (queries.vote_report(round_)["result"], queries.vote_report(round_)["ballots"]) == ([], 0)
        assert (queries.vote_so_far(round_), chosen(round_)) == ("", [])
        assert queries.chosen_for(step_of(session, "draft")) == []
    round_ = at_step(session, "vote", "revealed")
    assert (result(round_), queries.vote_so_far(round_)) == ({CARE: 2, LISTEN: 0}, "The vote chose: We care.")


def test_a_sentence_that_is_hidden_during_the_vote_is_gone_from_it_and_from_its_result() -> None:
    session, ana, ben, round_ = a_vote()
    votes(ana, CARE), votes(ben, CARE, LISTEN)
    hers = option(round_, CARE)
    assert hers.proposal is not None
    commands.hide_proposal(session, actor=session.owner, id_=hers.proposal.pk, hidden=True)
    assert [str(each.text) for each in queries.options_of(round_)] == [LISTEN]
    with refused("no-such-option"):
        votes(ana, CARE)
    round_ = at_step(session, "vote", "revealed")
    assert (result(round_), chosen(round_)) == ({LISTEN: 1}, [LISTEN])
    assert CARE not in str(queries.vote_report(round_))


def test_a_sentence_that_is_hidden_after_it_won_is_built_on_no_more() -> None:
    session, ana, _ben, round_ = a_vote()
    votes(ana, CARE)
    at_step(session, "vote", "revealed")
    hers = option(round_, CARE)
    assert hers.proposal is not None
    commands.hide_proposal(session, actor=session.owner, id_=hers.proposal.pk, hidden=True)
    assert (queries.chosen_for(step_of(session, "draft")), queries.vote_so_far(round_)) == ([], "")


# Secret


def test_after_the_close_of_a_secret_vote_nothing_says_who_chose_what() -> None:
    session, ana, ben, round_ = a_vote(secret=True)
    votes(ana, CARE), votes(ben, LISTEN)
    before = set(Ballot.objects.values_list("pk", flat=True))
    at_step(session, "vote", "closed")
    after = set(Ballot.objects.values_list("pk", flat=True))
    assert (len(after), before & after) == (2, set())
    rolls = round_.rolls.order_by("participant")
    assert [(roll.participant, roll.ballot) for roll in rolls] == [(ana, None), (ben, None)]
    assert {field.name for field in Ballot._meta.fields} == {"id", "round", "choices"}  # no time, no order, no person
    assert queries.my_ballots(round_, [ana.pk]) == {ana.pk: {"voted": True, "choices": None}}
    assert result(at_step(session, "vote", "revealed")) == {CARE: 1, LISTEN: 1}


def test_the_ballots_of_a_secret_vote_lie_in_another_order_than_that_of_voting() -> None:
    session = a_session("propose", "vote", "close")
    everyone = joined(session, *"ABCDEFGHIJ")
    at_step(session, "propose")
    for person in everyone:
        sends(person, f"The sentence of {person.name}.")
    round_ = at_step(session, "vote")
    for person in everyone:
        votes(person, f"The sentence of {person.name}.")
    cast = as_they_lie(round_)
    at_step(session, "vote", "closed")
    kept = as_they_lie(round_)
    assert sorted(kept) == sorted(cast)
    assert kept != cast  # one shuffle in 3,628,800 changes nothing


def as_they_lie(round_: Round) -> list[list[int]]:
    """What was chosen, in the order in which the database happens to keep it."""
    place = "rowid" if connection.vendor == "sqlite" else "ctid"
    return list(round_.ballots.order_by(RawSQL(place, [])).values_list("choices", flat=True))


def test_an_open_vote_keeps_who_chose_what_and_goes_on_when_it_is_reopened() -> None:
    session, ana, _ben, round_ = a_vote(secret=False)
    care = option(round_, CARE).pk
    votes(ana, CARE)
    at_step(session, "vote", "closed")
    assert queries.my_ballots(round_, [ana.pk])[ana.pk]["choices"] == [care]
    assert reopened(session) == round_
    votes(ana, LISTEN)
    assert result(at_step(session, "vote", "revealed")) == {LISTEN: 1, CARE: 0}


def test_a_secret_vote_that_is_reopened_is_a_new_one() -> None:
    session, ana, ben, first = a_vote(secret=True)
    votes(ana, CARE), votes(ben, CARE)
    at_step(session, "vote", "closed")
    second = reopened(session)
    assert (second.number, queries.my_ballots(second, [ana.pk, ben.pk])) == (2, {})
    votes(ana, LISTEN)
    assert result(at_step(session, "vote", "revealed")) == {LISTEN: 1, CARE: 0}
    assert phase_of(Round.objects.get(pk=first.pk)) == "closed"


# Hands


def test_hands_are_counted_with_the_ballots_and_shown_apart() -> None:
    session, ana, _ben, round_ = a_vote()
    votes(ana, CARE)
    care, listen = option(round_, CARE), option(round_, LISTEN)
    commands.count_hands(session, actor=session.owner, round_=round_, hands={listen.pk: 3, care.pk: 1})
    commands.count_hands(session, actor=session.owner, round_=round_, hands={care.pk: 0})
    round_ = at_step(session, "vote", "revealed")
    report = queries.vote_report(round_)
    assert [(each["text"], each["support"], each["hands"]) for each in report["result"]] == [
        (LISTEN, 3, 3), (CARE, 1, 0),
    ]  # fmt: skip
    assert report["ballots"] == 1
    with refused("revealed"):
        commands.count_hands(session, actor=session.owner, round_=round_, hands={care.pk: 9})


@pytest.mark.parametrize(("counted", "kept"), [(-1, 0), (501, 500)])
def test_hands_are_counted_within_reason(counted: int, kept: int) -> None:
    session, _ana, _ben, round_ = a_vote()
    care = option(round_, CARE)
    commands.count_hands(session, actor=session.owner, round_=round_, hands={care.pk: counted})
    assert option(round_, CARE).hands == kept


@pytest.mark.parametrize("field", ["hands-x", "hands-²", "hands-" + "9" * 16, "hands-"])
@pytest.mark.parametrize("value", ["1", "x", "²", "1000", "-1"])
def test_hands_that_can_t_be_read_are_refused(field: str, value: str) -> None:
    session, _ana, _ben, round_ = a_vote()
    with refused("field-all"):
        go_through(DESK["count-hands"], Entering(session, session.owner), {"round": round_.pk, field: value})


# Nobody votes; who may


def test_where_nobody_votes_nothing_leads_and_the_draft_starts_from_the_first_words() -> None:
    session, _ana, _ben, _round = a_vote()
    round_ = at_step(session, "vote", "revealed")
    assert (result(round_), chosen(round_), queries.is_tied(round_)) == ({CARE: 0, LISTEN: 0}, [], False)
    at_step(session, "draft")
    draft = draft_of(step_of(session, "draft"))
    assert draft is not None
    assert draft.body == "Customer service is "


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_a_facilitator_counts_and_settles(role: str) -> None:
    session, ana, _ben, round_ = a_tie()
    actor = in_role(role, session, ana)
    care = option(round_, CARE)
    attempts = [
        lambda: commands.count_hands(session, actor=actor, round_=round_, hands={care.pk: 9}),
        lambda: commands.run_off(session, actor=actor, round_=round_),
        lambda: commands.keep_both(session, actor=actor, round_=round_),
        lambda: commands.choose(session, actor=actor, round_=round_, option=care, reason="Mine."),
    ]
    for attempt in attempts:
        with refused("facilitator-only"):
            attempt()
    with refused("not-in-this-meeting"):
        commands.cast_ballot(session, actor=session.owner, round_=round_, choices=[care.pk])  # type: ignore[arg-type]
    assert result(round_) == {CARE: 1, LISTEN: 1}
