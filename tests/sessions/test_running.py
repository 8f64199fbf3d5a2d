from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    a_session,
    adds,
    at_step,
    in_role,
    joined,
    phase_of,
    presses_back,
    presses_next,
    refused,
    reopened,
    revision,
    round_now,
    sealed,
    sends,
    standing,
    step_of,
    votes,
    where,
)
from workshop.sessions.commands import people, running, setup
from workshop.sessions.models import Round
from workshop.sessions.queries import Scene, result_round

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


# Starting


def test_starting_opens_the_first_step_with_its_time_box() -> None:
    session = a_session("welcome", "propose")
    before = timezone.now()
    running.start(session, actor=session.owner)
    round_ = round_now(session)
    assert (where(session), round_.seconds, round_.page) == (("welcome", "open", 1), 120, 1)
    assert session.started_at is not None
    assert before <= session.started_at == round_.opened_at <= timezone.now()
    assert round_.ends_at == round_.opened_at + 120 * SECOND


def test_a_meeting_starts_once_and_not_without_steps() -> None:
    session, empty = a_session("welcome"), a_session("welcome")
    running.start(session, actor=session.owner)
    with refused("started"):
        running.start(session, actor=session.owner)
    empty.steps.all().delete()
    with refused("no-steps"):
        running.start(empty, actor=empty.owner)
    for meeting in (session, empty):
        meeting.refresh_from_db()
    assert (session.started_at is None, empty.started_at is None) == (False, True)


def test_before_the_start_there_is_nowhere_to_go() -> None:
    session = a_session("welcome", "propose")
    assert standing(session) == "before"
    attempts = [
        lambda: running.move_on(session, actor=session.owner, standing_seen="before"),
        lambda: running.move_back(session, actor=session.owner, standing_seen="before"),
        lambda: running.go_to(session, actor=session.owner, step=step_of(session, "propose")),
        lambda: running.reopen(session, actor=session.owner),
        lambda: running.extend(session, actor=session.owner, seconds=60),
        lambda: running.show_page(session, actor=session.owner, page=1),
    ]
    for attempt in attempts:
        with refused("not-started"):
            attempt()


# Next


def test_next_goes_through_a_whole_meeting_one_thing_at_a_time() -> None:
    session = a_session()
    ana, ben = joined(session, "Ana", "Ben")
    gives = {
        ("key-words", "open", 1): lambda: [adds(ana, "smile"), adds(ben, "care")],
        ("propose", "open", 1): lambda: [sends(ana, "We care."), sends(ben, "We listen.")],
        ("vote", "open", 1): lambda: [votes(ana, "We care.")],
    }
    seen: list[tuple[str, str, int]] = []
    while not seen or seen[-1] != ("close", "open", 1):
        presses_next(session)
        seen.append(where(session))
        gives.get(seen[-1], list)()
    assert [place[:2] for place in seen] == [
        ("welcome", "open"),
        ("key-words", "open"), ("key-words", "closed"), ("key-words", "revealed"),
        *[("samples", "open")] * 9,  # the sentence, seven pieces, all in place
        ("propose", "open"), ("propose", "closed"), ("propose", "revealed"),
        ("vote", "open"), ("vote", "closed"), ("vote", "revealed"),
        ("tag", "open"), ("tag", "closed"), ("tag", "revealed"),
        ("draft", "open"),
        ("decide", "open"), ("decide", "closed"), ("decide", "revealed"),
        ("close", "open"),
    ]  # fmt: skip
    with refused("seal-first"):
        running.move_on(session, actor=session.owner, standing_seen=standing(session))
    assert {kind: phase_of(result_round(step_of(session, kind))) for kind in ("welcome", "draft")} == {  # type: ignore[arg-type]
        "welcome": "closed",
        "draft": "closed",
    }


def test_two_presses_at_once_move_the_room_once() -> None:
    session = a_session("welcome", "propose", "close")
    at_step(session, "propose")
    seen = standing(session)
    running.move_on(session, actor=session.owner, standing_seen=seen)
    for press in (running.move_on, running.move_back):
        with refused("moved-already"):
            press(session, actor=session.owner, standing_seen=seen)
    assert where(session) == ("propose", "closed", 1)


def test_where_the_room_stands_tells_every_difference_apart() -> None:
    session = a_session("welcome", "propose", "close")
    everyone = joined(session, *[f"P{number}" for number in range(13)])
    seen = [standing(session)]
    for _press in range(6):
        presses_next(session)
        seen.append(standing(session))
        if where(session) == ("propose", "open", 1):
            for person in everyone:
                sends(person, f"The sentence of {person.name}.")
    assert where(session) == ("close", "open", 1)
    presses_back(session)
    running.reopen(session, actor=session.owner)
    assert where(session) == ("propose", "open", 2)
    seen.append(standing(session))
    assert len(set(seen)) == len(seen)


def test_pages_turn_before_the_step_does_and_back_turns_them_back() -> None:
    session = a_session("propose", "close")
    everyone = joined(session, *[f"P{number}" for number in range(13)])
    at_step(session, "propose")
    for person in everyone:
        sends(person, f"The sentence of {person.name}.")
    at_step(session, "propose", "revealed")
    pages = [round_now(session).page]
    for press in (presses_next, presses_back, presses_next):
        press(session)
        pages.append(round_now(session).page)
    assert pages == [1, 2, 1, 2]
    running.show_page(session, actor=session.owner, page=1)
    assert round_now(session).page == 1
    for page in (0, 3):
        with refused("no-such-page"):
            running.show_page(session, actor=session.owner, page=page)


def test_there_are_no_pages_before_the_reveal() -> None:
    session = a_session("propose", "close")
    at_step(session, "propose", "closed")
    with refused("no-such-page"):
        running.show_page(session, actor=session.owner, page=1)


@pytest.mark.parametrize(("sentences", "following"), [(0, "draft"), (1, "draft"), (2, "vote")])
def test_next_goes_past_a_vote_that_has_nothing_to_choose_from(sentences: int, following: str) -> None:
    session = a_session("propose", "vote", "draft", "close")
    everyone = joined(session, "Ana", "Ben")
    at_step(session, "propose")
    for person in everyone[:sentences]:
        sends(person, f"The sentence of {person.name}.")
    at_step(session, "propose", "revealed")
    next_step = Scene.of(session).next_step
    assert next_step is not None
    assert next_step.kind == following
    presses_next(session)
    assert where(session) == (following, "open", 1)
    assert step_of(session, "vote").rounds.count() == (sentences == 2)


def test_an_agenda_without_a_close_ends_with_its_last_step() -> None:
    session = a_session("welcome", "propose")
    code = session.code
    at_step(session, "propose", "revealed")
    running.move_on(session, actor=session.owner, standing_seen=standing(session))
    session.refresh_from_db()
    assert (session.ended_at is not None, session.door) == (True, "closed")
    again = a_session("welcome")
    again.code = code
    again.save()  # the code is free


# Time


def test_more_time_is_counted_from_the_end_of_the_time_box() -> None:
    session = a_session("propose", "close")
    ends_at = at_step(session, "propose").ends_at
    running.extend(session, actor=session.owner, seconds=60)
    round_ = round_now(session)
    assert ends_at is not None
    assert (round_.ends_at, round_.seconds) == (ends_at + 60 * SECOND, 420)


def test_more_time_is_counted_from_now_when_the_time_is_over() -> None:
    session = a_session("propose", "close")
    round_ = at_step(session, "propose")
    Round.objects.filter(pk=round_.pk).update(ends_at=timezone.now() - 3600 * SECOND)
    before = timezone.now()
    running.extend(session, actor=session.owner, seconds=60)
    ends_at = round_now(session).ends_at
    assert ends_at is not None
    assert before + 60 * SECOND <= ends_at <= timezone.now() + 60 * SECOND


@pytest.mark.parametrize("seconds", [0, -60, 3601])
def test_more_time_is_between_a_second_and_an_hour(seconds: int) -> None:
    session = a_session("propose", "close")
    before = at_step(session, "propose")
    with refused("odd-time"):
        running.extend(session, actor=session.owner, seconds=seconds)
    assert (round_now(session).ends_at, round_now(session).seconds) == (before.ends_at, before.seconds)


def test_a_closed_step_gets_more_time_by_reopening_it() -> None:
    session = a_session("propose", "close")
    round_ = at_step(session, "propose", "closed")
    with refused("closed"):
        running.extend(session, actor=session.owner, seconds=60)
    Round.objects.filter(pk=round_.pk).update(ends_at=timezone.now() - 3600 * SECOND)
    before = timezone.now()
    ends_at = reopened(session).ends_at
    assert ends_at is not None
    assert before + 60 * SECOND <= ends_at <= timezone.now() + 60 * SECOND


def test_reopening_takes_no_time_away() -> None:
    session = a_session("propose", "close")
    ends_at = at_step(session, "propose", "closed").ends_at
    assert reopened(session).ends_at == ends_at


def test_a_timer_at_zero_closes_nothing() -> None:
    session = a_session("propose", "close")
    (ana,) = joined(session, "Ana")
    round_ = at_step(session, "propose")
    Round.objects.filter(pk=round_.pk).update(ends_at=timezone.now() - 3600 * SECOND)
    sends(ana, "Just in time.")
    assert where(session) == ("propose", "open", 1)


# Who is done


def test_the_room_counts_who_is_done_among_those_who_are_there() -> None:
    session = a_session("propose", "close")
    ana, ben, cem = joined(session, "Ana", "Ben", "Cem")
    round_ = at_step(session, "propose")
    for person, done in ((ana, True), (ana, True), (ben, True), (cem, True), (cem, False)):
        running.say_done(session, actor=person, round_=round_, done=done)
    people.leave(session, actor=ben)
    scene = Scene.of(session)
    assert (scene.done_ids, scene.done, scene.present) == ({ana.pk, ben.pk}, 1, 2)


def test_nobody_is_done_with_a_step_that_has_closed() -> None:
    session = a_session("propose", "close")
    (ana,) = joined(session, "Ana")
    round_ = at_step(session, "propose", "closed")
    with refused("closed"):
        running.say_done(session, actor=ana, round_=round_, done=True)
    with refused("not-in-this-meeting"):
        running.say_done(session, actor=session.owner, round_=round_, done=True)  # type: ignore[arg-type]


# Who may, and how long


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_a_facilitator_moves_the_room(role: str) -> None:
    session = a_session("welcome", "propose", "close")
    actor = in_role(role, session, joined(session, "Ana")[0])
    with refused("facilitator-only"):
        running.start(session, actor=actor)
    at_step(session, "propose", "closed")
    before, seen = revision(session), standing(session)
    attempts = [
        lambda: running.move_on(session, actor=actor, standing_seen=seen),
        lambda: running.move_back(session, actor=actor, standing_seen=seen),
        lambda: running.go_to(session, actor=actor, step=step_of(session, "close")),
        lambda: running.reopen(session, actor=actor),
        lambda: running.extend(session, actor=actor, seconds=60),
        lambda: running.show_page(session, actor=actor, page=1),
    ]
    for attempt in attempts:
        with refused("facilitator-only"):
            attempt()
    assert (where(session), revision(session)) == (("propose", "closed", 1), before)


def test_an_ended_meeting_refuses_everything_that_would_change_it() -> None:
    session = a_session("propose", "close")
    (ana,) = joined(session, "Ana")
    at_step(session, "propose")
    proposal = sends(ana, "We care.")
    sealed(session, spelling="We care.")
    owner, seen, before = session.owner, standing(session), revision(session)
    propose = step_of(session, "propose")
    attempts = [
        lambda: running.start(session, actor=owner),
        lambda: running.move_on(session, actor=owner, standing_seen=seen),
        lambda: running.move_back(session, actor=owner, standing_seen=seen),
        lambda: running.go_to(session, actor=owner, step=propose),
        lambda: running.reopen(session, actor=owner),
        lambda: running.extend(session, actor=owner, seconds=60),
        lambda: running.show_page(session, actor=owner, page=1),
        lambda: running.say_done(session, actor=ana, round_=proposal.round, done=True),
        lambda: setup.change_settings(session, actor=owner, title="Later"),
        lambda: setup.add_step(session, actor=owner, kind="vote"),
        lambda: setup.change_step(session, actor=owner, step=propose, minutes=1),
        lambda: people.set_door(session, actor=owner, door="open"),
        lambda: people.rename(session, actor=ana, participant=ana, name="Later"),
        lambda: people.put_on_poster(session, actor=ana, wanted=True),
        lambda: people.remove(session, actor=owner, participant=ana),
        lambda: sends(ana, "Later."),
    ]
    for attempt in attempts:
        with refused("ended"):
            attempt()
    assert (revision(session), where(session)) == (before, ("close", "closed", 1))
