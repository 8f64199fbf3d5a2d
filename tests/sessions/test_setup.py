from typing import Any

import pytest

from tests.factories import (
    a_session,
    at_step,
    facilitator,
    in_role,
    joined,
    manager,
    presses_next,
    refused,
    revision,
    step_of,
    stranger,
)
from workshop.sessions import models
from workshop.sessions.agendas import TEMPLATES, Agenda
from workshop.sessions.commands import setup
from workshop.sessions.models import WorkshopSession
from workshop.sessions.queries import meetings_of

pytestmark = pytest.mark.django_db


def steps(session: WorkshopSession) -> list[str]:
    return list(session.steps.values_list("kind", flat=True))


def positions(session: WorkshopSession) -> list[int]:
    return list(session.steps.values_list("position", flat=True))


# A new meeting


@pytest.mark.parametrize("agenda", TEMPLATES, ids=lambda agenda: agenda.slug)
def test_a_new_meeting_has_the_steps_of_its_agenda_and_a_closed_door(agenda: Agenda) -> None:
    session = setup.set_up(facilitator(), title="Front desk", agenda=agenda.slug, customer_word="guest")
    assert list(session.steps.values_list("kind", "minutes", "settings")) == [
        (step.kind, step.minutes, step.settings) for step in agenda.steps
    ]
    assert positions(session) == list(range(1, len(agenda.steps) + 1))
    assert (session.title, session.customer_word, session.door) == ("Front desk", "guest", "closed")
    assert (session.started_at, session.current_step, session.revision) == (None, None, 0)


def test_votes_are_secret_and_names_are_shown_unless_it_is_said_otherwise() -> None:
    session = setup.set_up(facilitator(), title="Front desk", agenda="huddle")
    assert (session.secret, session.names_shown, session.anonymous) == (True, "all", False)


def test_a_join_code_is_eight_letters_that_nobody_mistakes() -> None:
    codes = {models.new_code() for _ in range(50)}
    assert len(codes) == 50
    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) & set("01OIL") == set()


def test_two_meetings_that_are_open_never_share_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["AAAAAAAA", "AAAAAAAA", "BBBBBBBB"])
    monkeypatch.setattr(WorkshopSession._meta.get_field("code"), "_get_default", lambda: next(drawn))
    first, second = (setup.set_up(facilitator(), title="Front desk", agenda="huddle") for _ in range(2))
    assert (first.code, second.code) == ("AAAAAAAA", "BBBBBBBB")


def test_it_gives_up_when_no_code_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WorkshopSession._meta.get_field("code"), "_get_default", lambda: "AAAAAAAA")
    setup.set_up(facilitator(), title="Front desk", agenda="huddle")
    with refused("no-code"):
        setup.set_up(facilitator(), title="Front desk", agenda="huddle")


def test_a_facilitator_sees_the_meetings_they_run_and_no_other() -> None:
    session = a_session("welcome")
    session.memberships.create(user=stranger())
    other = setup.set_up(stranger(), title="Elsewhere", agenda="huddle")
    assert list(meetings_of(facilitator())) == [session]
    assert list(meetings_of(stranger())) == [other, session]
    assert list(meetings_of(manager(session))) == []


# Its agenda


def test_a_step_is_added_at_the_end_or_behind_another_with_the_minutes_of_its_kind() -> None:
    session = a_session("welcome", "propose")
    last = setup.add_step(session, actor=session.owner, kind="close")
    within = setup.add_step(session, actor=session.owner, kind="key-words", after=step_of(session, "welcome"))
    assert steps(session) == ["welcome", "key-words", "propose", "close"]
    assert positions(session) == [1, 2, 3, 4]
    assert (within.minutes, last.minutes) == (5, 4)


def test_a_kind_may_stand_in_an_agenda_twice() -> None:
    session = a_session("propose", "propose")
    assert steps(session) == ["propose", "propose"]


def test_an_agenda_is_full_at_thirty_steps() -> None:
    session = a_session(*["welcome"] * setup.MAX_STEPS)
    with refused("too-many-steps"):
        setup.add_step(session, actor=session.owner, kind="welcome")
    assert session.steps.count() == 30


@pytest.mark.parametrize(
    ("to", "order"),
    [
        (1, ["close", "welcome", "propose", "vote"]),
        (2, ["welcome", "close", "propose", "vote"]),
        (4, ["welcome", "propose", "vote", "close"]),
        (99, ["welcome", "propose", "vote", "close"]),
        (-3, ["close", "welcome", "propose", "vote"]),
    ],
)
def test_a_step_moves_to_a_place(to: int, order: list[str]) -> None:
    session = a_session("welcome", "propose", "vote", "close")
    setup.move_step(session, actor=session.owner, step=step_of(session, "close"), to=to)
    assert steps(session) == order
    assert positions(session) == [1, 2, 3, 4]


def test_a_step_is_removed_and_those_behind_it_move_up() -> None:
    session = a_session("welcome", "propose", "close")
    setup.remove_step(session, actor=session.owner, step=step_of(session, "propose"))
    assert steps(session) == ["welcome", "close"]
    assert positions(session) == [1, 2]


def test_a_step_that_has_been_opened_stays() -> None:
    session = a_session("welcome", "propose")
    at_step(session, "propose")
    for kind in ("welcome", "propose"):
        with refused("step-opened"):
            setup.remove_step(session, actor=session.owner, step=step_of(session, kind))
    assert steps(session) == ["welcome", "propose"]


def test_the_agenda_may_change_while_the_meeting_runs() -> None:
    session = a_session("welcome", "close")
    at_step(session, "welcome")
    setup.add_step(session, actor=session.owner, kind="propose", after=step_of(session, "welcome"))
    round_ = presses_next(session)
    assert round_ is not None
    assert round_.step.kind == "propose"


@pytest.mark.parametrize(("minutes", "kept"), [(0, 1), (-5, 1), (7, 7), (500, 120)])
def test_a_step_lasts_between_a_minute_and_two_hours(minutes: int, kept: int) -> None:
    session = a_session("propose")
    step = setup.change_step(session, actor=session.owner, step=step_of(session, "propose"), minutes=minutes)
    step.refresh_from_db()
    assert step.minutes == kept


def test_a_step_is_reworded_and_keeps_the_rest() -> None:
    session = a_session("propose", customer_word="guest")
    step = step_of(session, "propose")
    assert step.words.startswith("Customer service, in one sentence of your own: what does a guest get")
    setup.change_step(
        session, actor=session.owner, step=step, prompt="For a {customer}?", settings={"look_first": True}
    )
    step.refresh_from_db()
    assert (step.prompt, step.words, step.minutes) == ("For a {customer}?", "For a guest?", 6)
    assert (step.setting("look_first"), step.setting("ruler")) == (True, True)


def test_a_step_of_another_meeting_or_one_that_is_gone_is_refused() -> None:
    session, other = a_session("welcome"), a_session("welcome")
    foreign = step_of(other, "welcome")
    with refused("no-such-step"):
        setup.move_step(session, actor=session.owner, step=foreign, to=1)
    with refused("no-such-step"):
        setup.change_step(session, actor=session.owner, step=foreign, minutes=9)
    setup.remove_step(session, actor=session.owner, step=foreign)
    assert (steps(session), steps(other)) == (["welcome"], ["welcome"])


# Its settings


def test_settings_change_and_the_meeting_s_revision_with_them() -> None:
    session = a_session("welcome")
    before = revision(session)
    setup.change_settings(session, actor=session.owner, title="Night shift", secret=False, names_shown="nobody")
    session.refresh_from_db()
    assert (session.title, session.secret, session.anonymous) == ("Night shift", False, True)
    assert revision(session) == before + 1


@pytest.mark.parametrize("change", [{"secret": False}, {"names_shown": "all"}, {"secret": False, "title": "New"}])
def test_what_was_promised_to_people_who_joined_stands(change: dict[str, Any]) -> None:
    session = a_session("welcome", names_shown="facilitator")
    joined(session, "Ana")
    with refused("promised"):
        setup.change_settings(session, actor=session.owner, **change)
    session.refresh_from_db()
    assert (session.secret, session.names_shown, session.title) == (True, "facilitator", "Front desk")


def test_all_else_still_changes_after_people_have_joined() -> None:
    session = a_session("welcome")
    joined(session, "Ana")
    setup.change_settings(session, actor=session.owner, title="Night shift", secret=True, names_shown="all")
    session.refresh_from_db()
    assert session.title == "Night shift"


# Who may


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_a_facilitator_sets_a_meeting_up(role: str) -> None:
    session = a_session("welcome", "close")
    actor = in_role(role, session, joined(session, "Ana")[0])
    step, before = step_of(session, "close"), revision(session)
    attempts = [
        lambda: setup.change_settings(session, actor=actor, title="Mine"),
        lambda: setup.add_step(session, actor=actor, kind="vote"),
        lambda: setup.remove_step(session, actor=actor, step=step),
        lambda: setup.move_step(session, actor=actor, step=step, to=1),
        lambda: setup.change_step(session, actor=actor, step=step, minutes=1),
        lambda: setup.start_from(session, actor=actor),
    ]
    for attempt in attempts:
        with refused("facilitator-only"):
            attempt()
    assert (revision(session), steps(session), WorkshopSession.objects.count()) == (before, ["welcome", "close"], 1)


def test_a_facilitator_who_may_no_longer_sign_in_may_do_nothing() -> None:
    session = a_session("welcome")
    owner = session.owner
    owner.is_active = False
    with refused("facilitator-only"):
        setup.change_settings(session, actor=owner, title="Mine")


def test_a_co_facilitator_sets_it_up_too() -> None:
    session = a_session("welcome")
    session.memberships.create(user=stranger())
    setup.change_settings(session, actor=stranger(), title="Ours")
    session.refresh_from_db()
    assert session.title == "Ours"


# A meeting that goes on from another


def test_a_later_meeting_takes_over_the_agenda_and_the_settings_and_no_person() -> None:
    session = a_session("welcome", "propose", secret=False, names_shown="facilitator", customer_word="guest")
    setup.change_step(
        session,
        actor=session.owner,
        step=step_of(session, "propose"),
        minutes=9,
        prompt="Ours?",
        settings={"ruler": False},
    )
    joined(session, "Ana")
    at_step(session, "propose")
    later = setup.start_from(session, actor=session.owner)
    assert list(later.steps.values_list("kind", "minutes", "prompt", "settings")) == [
        ("welcome", 2, "", {}),
        ("propose", 9, "Ours?", {"ruler": False}),
    ]
    assert (later.title, later.customer_word, later.secret, later.names_shown) == (
        "Front desk", "guest", False, "facilitator",
    )  # fmt: skip
    assert (later.previous, later.participants.count(), later.started_at, later.door) == (session, 0, None, "closed")
    assert later.code != session.code
