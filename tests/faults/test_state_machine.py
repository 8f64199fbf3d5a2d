"""The real commands against a small model, in whatever order: the same refusals, and the same rows after each."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from definitions.cards import commands as cards
from definitions.cards.models import Card
from definitions.proposals import commands as proposals
from definitions.proposals.models import Ballot, Option, Proposal, Roll
from tests.factories import a_session, refused, standing
from tests.faults.model_of_a_meeting import STEPS, Meeting
from tests.faults.scale import LONG, SEED, scaled
from workshop.sessions.commands import people, running
from workshop.sessions.commands.changing import exactly_once
from workshop.sessions.models import Client, Done, Participant, Round, WorkshopSession

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

# Several parts, which may run beside one another.
PARTS, EXAMPLES, STEPS_EACH = scaled(1, 10), scaled(30, 50), scaled(50, 100)
MOST_PEOPLE = 4
SEATS = st.integers(1, MOST_PEOPLE)
SEAT = "participant__seat"
WORDS = st.sampled_from(["warm", "fair", "quick", "kind", "calm"])
taken: Counter[str] = Counter()


class Commands(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.session = a_session(*STEPS)
        self.model = Meeting(revision=self.session.revision)
        self.tabs: dict[Any, tuple[uuid.UUID, int]] = {}
        self.last: tuple[Callable[[], dict[str, Any]], dict[str, Any]] | None = None
        self.join(), self.join()

    def do(self, expected: str, owner: Any, command: Callable[[], Any]) -> None:
        """Through the frame of every command; what the model says is what it answers."""
        tab, seq = self.tabs.get(owner, (uuid.uuid4(), 0))
        self.tabs[owner] = tab, seq + 1

        def ask() -> dict[str, Any]:
            return exactly_once(tab, seq + 1, owner=owner, command=lambda: command() and None)

        answer = ask()
        assert answer.get("error", {}).get("code", "") == expected
        self.model.revision += answer["ok"]
        self.last = ask, answer
        taken["taken" if answer["ok"] else expected] += 1

    def person(self, seat: int) -> Participant:
        return self.session.participants.get(seat=min(seat, len(self.model.here)))

    def newest(self, kind: str) -> Round:
        return Round.objects.filter(step__session=self.session, step__kind=kind).latest("number")

    def desk(self, expected: str, command: Callable[..., Any], **more: Any) -> None:
        owner = self.session.owner
        self.do(expected, owner, lambda: command(self.session, actor=owner, **more))

    @rule()
    def the_last_command_comes_again(self) -> None:
        if self.last is not None:
            ask, answer = self.last
            assert ask() == answer

    # People

    @precondition(lambda self: len(self.model.here) < MOST_PEOPLE)
    @rule()
    def join(self) -> None:
        """Without the frame: nobody has a tab before they have joined."""
        expected = self.model.join()
        if expected:
            with refused(expected):
                people.join(self.session, name="Somebody")
        else:
            people.join(self.session, name="Somebody")
            self.model.revision += 1

    @rule(seat=SEATS)
    def remove(self, seat: int) -> None:
        person = self.person(seat)
        self.desk(self.model.remove(person.seat), people.remove, participant=person)

    @rule(seat=SEATS)
    def bring_back(self, seat: int) -> None:
        person = self.person(seat)
        self.desk(self.model.bring_back(person.seat), people.bring_back, participant=person)

    @rule(seat=SEATS, here=st.booleans())
    def leave(self, seat: int, here: bool) -> None:
        person = self.person(seat)
        command = people.come_back if here else people.leave
        self.do(self.model.leave(person.seat, here), person, lambda: command(self.session, actor=person))

    @rule(door=st.sampled_from(["open", "locked", "closed"]))
    def door(self, door: str) -> None:
        self.desk(self.model.set_door(door), people.set_door, door=door)

    # Moving the room

    @initialize(at_once=st.integers(0, 9))
    def begin(self, at_once: int) -> None:
        if at_once:
            self.start()

    @precondition(lambda self: not self.model.started)
    @rule()
    def start(self) -> None:
        self.desk(self.model.start(), running.start)

    @rule()
    def start_again(self) -> None:
        if self.model.started:
            self.desk(self.model.start(), running.start)

    @rule(ends=st.integers(0, 9))
    def next(self, ends: int) -> None:
        if self.model.kind == STEPS[-1] and self.model.started and ends:
            return  # a meeting that has ended has little more to tell
        pages = 1
        if self.model.started:
            round_ = self.newest(self.model.kind)
            pages = round_.step.of_kind.pages(round_)  # what fits on a screen is no business of the model's
        seen = standing(WorkshopSession.objects.get(pk=self.session.pk))
        self.desk(self.model.next(pages), running.move_on, standing_seen=seen)

    @rule(times=st.integers(2, 4))
    def next_and_next(self, times: int) -> None:
        for _time in range(times):
            self.next(ends=1)

    @rule()
    def next_by_who_saw_another_room(self) -> None:
        expected = "ended" if self.model.ended else "moved-already"
        self.desk(expected, running.move_on, standing_seen="elsewhere")

    @rule()
    def back(self) -> None:
        seen = standing(WorkshopSession.objects.get(pk=self.session.pk))
        self.desk(self.model.back(), running.move_back, standing_seen=seen)

    @rule(index=st.integers(0, len(STEPS) - 1))
    def go_to(self, index: int) -> None:
        step = self.session.steps.get(kind=STEPS[index])
        self.desk(self.model.go_to(index), running.go_to, step=step)

    @rule()
    def reopen(self) -> None:
        self.desk(self.model.reopen(), running.reopen)

    @rule(seconds=st.integers(1, 600))
    def extend(self, seconds: int) -> None:
        self.desk(self.model.extend(), running.extend, seconds=seconds)

    # What people give

    @precondition(lambda self: self.model.rounds["key-words"])
    @rule(seat=SEATS, word=WORDS, times=st.sampled_from([1, 1, 1, 13]))
    def add_card(self, seat: int, word: str, times: int) -> None:
        person, round_ = self.person(seat), self.newest("key-words")
        for _time in range(times):
            more = {"round_": round_, "id_": uuid.uuid4(), "body": word}
            expected = self.model.add_card(person.seat, word)
            self.do(expected, person, lambda more=more: cards.add_card(self.session, actor=person, **more))

    @precondition(lambda self: any(+one.cards for one in self.model.rounds["key-words"][-1:]))
    @rule(seat=SEATS, which=st.randoms(use_true_random=False))
    def remove_card(self, seat: int, which: Any) -> None:
        person, round_ = self.person(seat), self.newest("key-words")
        # By what is on them: their numbers are another chance's, and the same seed must do the same again.
        cards_there = round_.cards.select_related("text", "participant").order_by(SEAT, "text__body")
        card = which.choice(list(cards_there))
        expected = self.model.remove_card(person.seat, card.participant.seat, card.text.body)
        more = {"round_": round_, "id_": card.pk}
        self.do(expected, person, lambda: cards.remove_card(self.session, actor=person, **more))

    @precondition(lambda self: self.model.started)
    @rule(which=st.randoms(use_true_random=False))
    def everybody_gives(self, which: Any) -> None:
        for seat, word in zip(self.model.here, ["warm", "fair", "warm", "calm"], strict=False):
            match self.model.kind:
                case "key-words":
                    self.add_card(seat, word, 1)
                case "propose":
                    self.send(seat, word)
                case "vote":
                    self.vote(seat, which)

    @precondition(lambda self: self.model.started)
    @rule(which=st.randoms(use_true_random=False), phases=st.integers(1, 6), reopens=st.booleans())
    def a_usual_meeting(self, which: Any, phases: int, reopens: bool) -> None:
        """Everybody gives, the facilitator presses Next, and perhaps opens the step once more."""
        for _phase in range(phases):
            self.everybody_gives(which)
            self.next(ends=1)
        if reopens:
            self.reopen()

    @precondition(lambda self: self.model.rounds["propose"])
    @rule(seat=SEATS, word=WORDS)
    def send(self, seat: int, word: str) -> None:
        person, sentence = self.person(seat), f"We are {word}."
        more = {"round_": self.newest("propose"), "id_": uuid.uuid4(), "body": sentence}
        expected = self.model.send(person.seat, sentence)
        self.do(expected, person, lambda: proposals.send_proposal(self.session, actor=person, **more))

    @precondition(lambda self: self.model.rounds["vote"])
    @rule(seat=SEATS, which=st.randoms(use_true_random=False))
    def vote(self, seat: int, which: Any) -> None:
        person, round_ = self.person(seat), self.newest("vote")
        options = list(Option.objects.filter(round=round_).select_related("text").order_by("text__body"))
        chosen = which.sample(options, which.randint(0, len(options)))
        expected = self.model.vote(person.seat, frozenset(option.text.body for option in chosen))
        more = {"round_": round_, "choices": [option.pk for option in chosen]}
        self.do(expected, person, lambda: proposals.cast_ballot(self.session, actor=person, **more))

    @precondition(lambda self: self.model.started)
    @rule(seat=SEATS, done=st.booleans())
    def say_done(self, seat: int, done: bool) -> None:
        person, round_ = self.person(seat), self.newest(self.model.kind)
        expected = self.model.say_done(person.seat, done)
        self.do(expected, person, lambda: running.say_done(self.session, actor=person, round_=round_, done=done))

    # What stands in the database

    @invariant()
    def the_meeting_is_the_model_s(self) -> None:
        row = WorkshopSession.objects.select_related("current_step").get(pk=self.session.pk)
        kind = row.current_step.kind if row.current_step else ""
        assert (row.door, row.revision, row.started_at is not None, row.ended_at is not None, kind) == (
            self.model.door,
            self.model.revision,
            self.model.started,
            self.model.ended,
            self.model.kind if self.model.started else "",
        )

    @invariant()
    def its_people_are_the_model_s(self) -> None:
        rows = self.session.participants.values_list("seat", "left_at", "removed_at")
        assert {seat: left is None for seat, left, _removed in rows} == self.model.here
        assert {seat for seat, _left, removed in rows if removed} == self.model.removed

    @invariant()
    def its_rounds_are_the_model_s(self) -> None:
        """Each table is asked once for all rounds: asked for each round, that was most of the time of a run."""
        rounds: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in STEPS}
        columns = ("step__kind", "pk", "closed_at", "revealed_at", "page")
        of_session = Round.objects.filter(step__session=self.session, step__kind__in=STEPS)
        for kind, *row in of_session.order_by("number").values_list(*columns):
            rounds[kind].append(tuple(row))
        cards, sent = self.rows(Card, SEAT, "text__body"), self.rows(Proposal, SEAT, "text__body", "state")
        done, options = self.rows(Done, SEAT), self.rows(Option, "pk", "text__body")
        ballots, rolls = self.rows(Ballot, "pk", "choices"), self.rows(Roll, SEAT, "ballot")
        for kind in STEPS:
            assert len(rounds[kind]) == len(self.model.rounds[kind])
            for (pk, closed, revealed, page), wanted in zip(rounds[kind], self.model.rounds[kind], strict=True):
                assert (closed is not None, revealed is not None, page) == (
                    wanted.closed,
                    wanted.revealed,
                    wanted.page,
                )
                assert Counter(cards[pk]) == +wanted.cards
                assert {seat: (body, state) for seat, body, state in sent[pk]} == wanted.proposals
                assert {seat for (seat,) in done[pk]} == wanted.done
                check_ballots(dict(options[pk]), dict(ballots[pk]), dict(rolls[pk]), wanted)

    def rows(self, model: Any, *columns: str) -> dict[int, list[tuple[Any, ...]]]:
        """Of every round of this meeting."""
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for round_, *row in model.objects.filter(round__step__session=self.session).values_list("round", *columns):
            found[round_].append(tuple(row))
        return found

    @invariant()
    def every_tab_is_where_it_was_told(self) -> None:
        rows = Client.objects.in_bulk([tab for tab, _seq in self.tabs.values()])
        assert {pk: row.last_seq for pk, row in rows.items()} == dict(self.tabs.values())


def check_ballots(bodies: dict[int, str], ballots: dict[int, list[int]], rolls: dict[int, Any], wanted: Any) -> None:
    assert frozenset(bodies.values()) == wanted.options
    found = {pk: frozenset(bodies[choice] for choice in choices) for pk, choices in ballots.items()}
    assert Counter(found.values()) == Counter(wanted.ballots.values())
    assert set(rolls) == set(wanted.ballots)
    open_ones = {seat: found[ballot] for seat, ballot in rolls.items() if ballot is not None}
    assert open_ones == ({} if wanted.closed else wanted.ballots)  # a vote that has closed knows no voter


@pytest.mark.parametrize("part", range(PARTS))
def test_the_commands_do_what_the_model_does(part: int, figure: Callable[[str, Any], None]) -> None:
    machine = seed(SEED + part * 10**6)(Commands)
    taken.clear()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS_EACH,
            deadline=None,
            database=None,
            # What fails is made smaller in the long form only: that takes many times as long as finding it.
            phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    figure("commands", sum(taken.values()))
    figure("… taken", taken["taken"])
    for code, times in sorted(taken.items()):
        if code != "taken":
            figure(f"… refused: {code}", times)
