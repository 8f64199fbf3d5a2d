"""Twin meetings that differ in one hidden thing look the same to everyone else, byte for byte, until the reveal.

Time, chance and row ids are made the same in both, so that nothing has to be left out of the comparison.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from definitions.cards import queries as cards
from definitions.cards.commands import add_card, add_card_for
from definitions.decisions.commands import deciding
from definitions.decisions.queries import deciding as decisions
from definitions.decisions.queries.closing import record
from definitions.elements.commands.tagging import answer_question
from definitions.elements.queries import tagging
from definitions.elements.queries.sets import elements_of
from definitions.proposals import queries as proposals
from definitions.proposals.commands import cast_ballot, count_hands, keep_unsent, send_proposal, type_proposal_for
from tests.factories import sealed
from tests.room.meeting import VIEWS, Meeting, id_of
from workshop.sessions.commands import running
from workshop.sessions.models import Step

NOW = datetime(2026, 5, 6, 9, 30, tzinfo=UTC)
HIDDEN = 0  # whose contribution is hidden: the first phone's
Act = Callable[[Meeting], Any]
Seen = dict[str, dict[str, str]]  # moment → what is looked at → bytes


class World:
    """The same time and the same chance for every story; what a story does is undone at its end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.chance = random.Random()
        for place in (os, random):
            monkeypatch.setattr(place, "urandom" if place is os else "_urandom", self.chance.randbytes)
        monkeypatch.setattr(timezone, "now", lambda: NOW)
        monkeypatch.setattr(time, "time", NOW.timestamp)

    def play(self, story: Callable[[], Any]) -> Any:
        with transaction.atomic():
            self.same_again("the beginning")
            result = story()
            transaction.set_rollback(True)
        return result

    def same_again(self, moment: str) -> None:
        """From here on, whatever was drawn and counted before: the same chance and the same next row ids."""
        self.chance.seed(moment)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(apps.get_models())):
                cursor.execute(statement)


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


# ---- what everyone but the hidden one can see


def look(meeting: Meeting, *, pages: bool = True) -> dict[str, str]:
    """Every panel, what is others' own, and `pages`: whatever comes by HTTP, whole, with its headers."""
    seen = {f"{view} {name}": html for view in VIEWS for name, html in meeting.panels(view).items()}
    for phone in meeting.phones[HIDDEN + 1 :]:
        seen[f"mine of {phone.person.name}"] = str(meeting.mine(phone))
    if not pages:
        return seen
    other = meeting.phones[HIDDEN + 1].http
    screen = Client()
    screen.cookies["screen"] = meeting.screen_cookie
    for who, client in (("phone", other), ("desk", meeting.http), ("screen", screen)):
        for address in ("", "panels"):
            seen[f"{who}/{address}"] = body(client, f"/{who}/{meeting.public_id}/{address}")
    for address in ("", "definition.md", "definition.json", "history/", "history.json"):
        seen[f"outcome/{address}"] = body(meeting.http, f"/outcome/{meeting.public_id}/{address}")
    for address in ("", "settings/", "ready/"):
        seen[f"meetings/{address}"] = body(meeting.http, f"/meetings/{meeting.public_id}/{address}")
    return seen


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code in (200, 404)
    return f"{answer.status_code} {dict(answer.headers)} {answer.content.decode()}"


def story(world: World, kind: str, act: Act, **settings: Any) -> Iterator[tuple[str, Meeting]]:
    """A meeting in which the step is never revealed: each moment of it, after the hidden thing was done."""
    options = settings.pop("options", {})
    meeting = Meeting.set_up(5, **settings)
    meeting.open_screen()
    if options:
        meeting.option(kind, **options)
    meeting.to(kind)
    everyone, meeting.phones = meeting.phones, meeting.phones[HIDDEN + 1 :]
    meeting.give()
    meeting.phones = everyone
    act(meeting)

    def moment(name: str) -> tuple[str, Meeting]:
        world.same_again(name)
        return name, meeting

    yield moment("open")
    meeting.next()
    yield moment("closed")
    here = meeting.scene.step
    assert here is not None
    after = meeting.session.steps.filter(position__gt=here.position)[0]
    go_to(meeting, after)
    yield moment("moved on")
    go_to(meeting, here)
    running.reopen(meeting.session, actor=meeting.owner)
    yield moment("reopened")
    meeting.next()
    go_to(meeting, meeting.session.steps.get(kind="close"))
    yield moment("at the close")
    sealed(meeting.session, spelling="We help, gladly.")
    yield moment("ended")


def go_to(meeting: Meeting, step: Step) -> None:
    running.go_to(meeting.session, actor=meeting.owner, step=step)


def seen_in(world: World, kind: str, act: Act, **settings: Any) -> tuple[Seen, str]:
    """What everyone else sees at each moment; and what the hidden one has at the first."""

    def play() -> tuple[Seen, str]:
        seen, own = {}, ""
        for name, meeting in story(world, kind, act, **settings):
            own = own or str(meeting.mine(meeting.phones[HIDDEN]))
            seen[name] = look(meeting, pages=name in ("closed", "ended"))
        return seen, own

    found: tuple[Seen, str] = world.play(play)
    return found


def differences(left: Seen, right: Seen) -> list[tuple[str, str]]:
    assert list(left) == list(right)
    assert all(list(left[moment]) == list(right[moment]) for moment in left)
    return [(moment, what) for moment in left for what in left[moment] if left[moment][what] != right[moment][what]]


# ---- hidden things


def card(text: str) -> Act:
    return lambda m: add_card(m.session, actor=ada(m), round_=m.round, id_=id_of("hidden"), body=text)


def sentence(text: str) -> Act:
    return lambda m: send_proposal(m.session, actor=ada(m), round_=m.round, id_=id_of("hidden"), body=text)


def unsent(text: str) -> Act:
    return lambda m: keep_unsent(m.session, actor=ada(m), round_=m.round, id_=id_of("hidden"), body=text)


def ballot(*positions: int) -> Act:
    def act(m: Meeting) -> None:
        options = list(m.round.options.order_by("position").values_list("pk", flat=True))
        cast_ballot(m.session, actor=ada(m), round_=m.round, choices=[options[at] for at in positions])

    return act


def answered(says: str, *words: int) -> Act:
    """Of the first element, in the first text."""

    def act(m: Meeting) -> None:
        text = m.round.texts_to_tag.get(position=1).text
        element = elements_of(m.session)[0]
        answer_question(
            m.session, actor=ada(m), round_=m.round, text=text, element=element, says=says, words=words
        )  # fmt: skip

    return act


def stance(level: str, *words: int, **more: str) -> Act:
    return lambda m: deciding.say_how_far(m.session, actor=ada(m), round_=m.round, level=level, words=words, **more)


def done(value: bool) -> Act:
    """A command that takes the place of another, and tells what that one tells: whether she is done."""
    return lambda m: running.say_done(m.session, actor=ada(m), round_=m.round, done=value)


def ada(meeting: Meeting) -> Any:
    return meeting.phones[HIDDEN].person


LONG = "We " + "really " * 50 + "help."
TWINS: list[tuple[str, str, Act, Act]] = [
    ("another word", "key-words", card("honest"), card("kindly")),
    ("a longer word", "key-words", card("honest"), card("honest, whatever it may cost us today")),
    ("a word that others have too", "key-words", card("word1"), card("honest")),
    ("a word, or none", "key-words", card("honest"), done(False)),
    ("another sentence", "propose", sentence("We help."), sentence("We care.")),
    ("a longer sentence", "propose", sentence("We help."), sentence(LONG)),
    ("a sentence that others have too", "propose", sentence("We help."), sentence("We do the sentence 1 gladly")),
    ("a sentence, or only done", "propose", sentence("We help."), done(True)),
    ("another unsent text", "propose", unsent("We he"), unsent("We will never")),
    ("a longer unsent text", "propose", unsent("We he"), unsent(LONG)),
    ("an unsent text, or none", "propose", unsent("We he"), done(False)),
    ("another choice", "vote", ballot(0), ballot(1)),
    ("more choices", "vote", ballot(0), ballot(0, 1, 2)),
    ("a choice, or a blank ballot", "vote", ballot(2), ballot()),
    ("a ballot, or only done", "vote", ballot(2), done(True)),
    ("other words", "tag", answered("words", 0), answered("words", 1, 2)),
    ("words, or not here", "tag", answered("words", 0), answered("not-here")),
    ("another level", "decide", stance("gladly"), stance("support")),
    ("a level, or a reservation", "decide", stance("gladly"), stance("no", 0, reason="unclear")),
    ("other words", "decide", stance("no", 0, reason="unclear"), stance("no", 1, 2, reason="unclear")),
    ("a note", "decide", stance("no", reason="unclear"), stance("no", reason="unclear", says="Whom do we mean?")),
    ("an answer, or only done", "decide", stance("gladly"), done(True)),
    ("not here, or not sure", "tag", answered("not-here"), answered("not-sure")),
]


@pytest.mark.parametrize(("kind", "left", "right"), [twin[1:] for twin in TWINS], ids=[twin[0] for twin in TWINS])
def test_nothing_of_a_private_step_is_seen_before_the_reveal(world: World, kind: str, left: Act, right: Act) -> None:
    one, own = seen_in(world, kind, left)
    other, others_own = seen_in(world, kind, right)
    assert differences(one, other) == []
    assert own != others_own  # there is something that could have been seen


@pytest.mark.parametrize("names_shown", ["facilitator", "nobody"])
def test_nor_in_a_meeting_that_is_set_otherwise(world: World, names_shown: str) -> None:
    """An open vote, where rolls keep pointing at their ballots; and names hidden."""
    one, own = seen_in(world, "vote", ballot(0), secret=False, names_shown=names_shown)
    other, others_own = seen_in(world, "vote", ballot(1), secret=False, names_shown=names_shown)
    assert differences(one, other) == []
    assert own != others_own


@pytest.mark.parametrize("kind", ["key-words", "propose"])
def test_what_the_desk_types_for_someone_is_hidden_from_the_room(world: World, kind: str) -> None:
    def typed(text: str) -> Act:
        type_for: Any = add_card_for if kind == "key-words" else type_proposal_for
        return lambda m: type_for(m.session, actor=m.owner, round_=m.round, participant=ada(m), body=text)

    (one, own), (other, others_own) = (seen_in(world, kind, typed(text)) for text in ("honest", "kindly"))
    assert differences(one, other) == []
    assert own != others_own


def hands(number: int) -> Act:
    return lambda m: count_hands(
        m.session, actor=m.owner, round_=m.round, hands={m.round.options.order_by("position")[0].pk: number}
    )


def raised(number: int) -> Act:
    return lambda m: deciding.count_hands(m.session, actor=m.owner, round_=m.round, hands={"gladly": number})


@pytest.mark.parametrize(("kind", "counted"), [("vote", hands), ("decide", raised)])
def test_hands_that_were_counted_are_seen_by_the_desk_alone(
    world: World, kind: str, counted: Callable[[int], Act]
) -> None:
    found = differences(*(seen_in(world, kind, counted(number))[0] for number in (1, 3)))
    assert {what for _moment, what in found} == {"desk show", "desk/", "desk/panels"}
    assert {moment for moment, _what in found} >= {"open", "closed"}


# ---- the twins can be told apart where they may be


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        ("key-words", card("honest"), card("kindly")),
        ("propose", sentence("We help."), sentence("We care.")),
        ("vote", ballot(0), ballot(1)),
        ("tag", answered("words", 0), answered("words", 1, 2)),
        ("decide", stance("gladly"), stance("no", 0, reason="unclear")),
    ],
)
def test_after_the_reveal_everyone_sees_the_difference(world: World, kind: str, left: Act, right: Act) -> None:
    def play(act: Act) -> dict[str, str]:
        for name, meeting in story(world, kind, act):
            if name == "closed":
                meeting.next()
                return look(meeting)
        raise AssertionError

    one, other = (world.play(lambda act=act: play(act)) for act in (left, right))
    assert one["phone stage"] != other["phone stage"]
    assert one["screen wall"] != other["screen wall"]
    assert {what for what in one if one[what] != other[what]} >= {"phone/", "phone/panels", "screen/panels"}


def test_twins_are_twins(world: World) -> None:
    """The same story twice is the same, to the byte: else a difference would prove nothing."""
    one, other = (seen_in(world, "propose", sentence("We help.")) for _twice in range(2))
    assert one == other
    assert len(one[0]) == 6
    panels_and_mine = 13
    assert {moment for moment, seen in one[0].items() if len(seen) > panels_and_mine} == {"closed", "ended"}
    assert {len(seen) for moment, seen in one[0].items() if moment not in ("closed", "ended")} == {panels_and_mine}


# ---- look first: the desk alone, once it is closed, without names, in an order that tells nothing


LOOK_FIRST: list[tuple[str, Act, Act]] = [
    ("key-words", card("honest"), card("kindly")),
    ("propose", sentence("We help."), sentence("We care.")),
]


@pytest.mark.parametrize(("kind", "left", "right"), LOOK_FIRST)
def test_look_first_shows_the_texts_to_the_desk_once_it_is_closed(
    world: World, kind: str, left: Act, right: Act
) -> None:
    options = {"options": {"look_first": True}}
    one, other = (seen_in(world, kind, act, **options)[0] for act in (left, right))
    found = differences(one, other)
    assert {what for _moment, what in found} == {"desk show", "desk/", "desk/panels"}
    assert {moment for moment, _what in found} == {"closed"}
    announced = "Before the reveal the facilitator reads"
    assert announced in one["open"]["phone stage"]
    assert announced not in seen_in(world, kind, left)[0]["open"]["phone stage"]


@pytest.mark.parametrize("kind", ["key-words", "propose"])
def test_look_first_does_not_say_who_nor_when(world: World, kind: str) -> None:
    """Two people's texts change places, and come in another order: the desk sees the same."""

    def two(first: int, second: int, order: int) -> Act:
        def act(m: Meeting) -> None:
            for text, number in [("honest", first), ("kindly", second)][::order]:
                person = m.phones[number].person
                give: Any = add_card if kind == "key-words" else send_proposal
                give(m.session, actor=person, round_=m.round, id_=id_of(text), body=text)

        return act

    def play(act: Act) -> dict[str, str]:
        meeting = Meeting.set_up(3)
        meeting.option(kind, look_first=True)
        meeting.to(kind)
        act(meeting)
        meeting.next()
        assert "honest" in meeting.panels("desk")["show"]
        return {f"{view} {name}": html for view in VIEWS for name, html in meeting.panels(view).items()}

    seen = [world.play(lambda act=act: play(act)) for act in (two(0, 1, 1), two(1, 0, 1), two(0, 1, -1), two(1, 2, -1))]
    assert seen[0] == seen[1] == seen[2]
    # Of other people's only who is done differs: in a step that says so, the count is the same.
    assert seen[0]["desk show"] == seen[3]["desk show"]
    assert not any(name in seen[0]["desk show"].split("<option")[0] for name in ("Ada", "Ben", "Cleo"))


# ---- at the source: what a page would not show anyway is not even read


@pytest.mark.parametrize("kind", ["key-words", "propose", "vote", "tag", "decide"])
def test_before_the_reveal_the_queries_themselves_know_nothing(meeting: Meeting, kind: str) -> None:
    meeting.to(kind)
    meeting.give()
    for phase in ("open", "closed"):
        round_ = meeting.round
        of_kind = round_.step.of_kind
        assert not round_.is_revealed
        assert list(cards.revealed_cards(round_)) == cards.counted_cards(round_) == cards.page_of_cards(round_) == []
        assert list(proposals.revealed_proposals(round_)) == []
        assert proposals.result_of(round_) is None
        assert proposals.placed(round_) == []
        assert tagging.seen_in(round_) == []
        if decision := decisions.decision_of(round_):
            assert (decisions.outcome_of(decision), decisions.pins_of(decision)) == (None, [])
        assert (of_kind.so_far(round_), of_kind.pages(round_) <= 1) == ("", True)
        told = of_kind.report(round_) or {}
        assert not any(told.get(part) for part in ("cards", "proposals", "result", "ballots", "tagged", "decision"))
        (step,) = [step for step in record(meeting.fresh, "")["steps"] if step["kind"] == kind]
        assert step["rounds"] == []
        assert round_.is_open == (phase == "open")
        meeting.next()
    said = meeting.round.step.of_kind.report(meeting.round)
    assert said and any(said.get(part) for part in ("cards", "proposals", "result", "tagged", "decision"))
    (step,) = [step for step in record(meeting.fresh, "")["steps"] if step["kind"] == kind]
    assert len(step["rounds"]) == 1
