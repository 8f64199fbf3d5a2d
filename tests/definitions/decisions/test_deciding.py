"""Saying how far one agrees, mending the words with a pin, deciding again."""

from typing import Any

import pytest

from definitions.decisions.commands import deciding
from definitions.decisions.models import Decision, Objection, Stance
from definitions.decisions.queries import deciding as queries
from tests.definitions.decisions.a_decision import HELP, TEXT, objects, result, says
from tests.factories import (
    a_session,
    at_step,
    in_role,
    joined,
    presses_back,
    presses_next,
    refused,
    reopened,
    round_now,
    sealed,
    the_draft,
    types,
    where,
)
from workshop.sessions.commands import people, running, setup
from workshop.sessions.models import Participant, WorkshopSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(deciding_session: WorkshopSession) -> WorkshopSession:
    return deciding_session


# Saying it


def test_the_text_and_the_rule_are_pinned_when_it_opens(session: WorkshopSession, three: list[Participant]) -> None:
    step = round_now(session).step
    setup.change_step(session, actor=session.owner, step=step, settings={"scale": "3", "threshold": "1/1"})
    decision = Decision.objects.get()
    assert (decision.body, decision.draft_version) == (TEXT, the_draft(session).version)
    assert (decision.scale, decision.threshold, decision.turnout) == ("5", "3/4", "2/3")
    assert types(three[0], the_draft(session), " More.")["code"] == "closed"
    says(three[0])
    assert result(session).threshold == "3/4"


def test_an_answer_can_be_changed_and_is_counted_once(session: WorkshopSession, three: list[Participant]) -> None:
    objects(three[0], HELP, says="How?")
    says(three[0], "gladly")
    says(three[1], "gladly")
    assert (Stance.objects.count(), Objection.objects.count(), round_now(session).done.count()) == (2, 0, 2)
    assert dict(result(session).counts)["gladly"] == 2


def test_after_the_close_an_answer_comes_too_late(session: WorkshopSession, three: list[Participant]) -> None:
    says(three[0], "no", HELP)
    at_step(session, "decide", "closed")
    for person in three:
        with refused("decision-closed"):
            says(person)
    at_step(session, "decide", "revealed")
    with refused("decision-closed"):
        says(three[1])
    assert list(Stance.objects.values_list("level", flat=True)) == ["no"]


def test_a_reservation_has_a_reason_and_stands_at_its_words(session: WorkshopSession, three: list[Participant]) -> None:
    for level in ("change", "not-yet", "no"):
        with refused("reason-missing"):
            says(three[0], level)
    with refused("no-such-level"):
        says(three[0], "aside")  # of another scale
    for words in ((7,), (-1,)):
        with refused("no-such-word"):
            says(three[0], "no", *words)
    assert Stance.objects.count() == 0
    found = objects(three[0], 6, 2, 3)
    assert (found.spans, found.quotation) == ([[17, 28], [40, 46]], "is choosing … gladly")
    assert objects(three[1], reason="missing").spans == []


def test_who_was_taken_out_has_no_say(session: WorkshopSession, three: list[Participant]) -> None:
    own = objects(three[0], HELP)
    people.remove(session, actor=session.owner, participant=three[0])
    with refused("removed"):
        says(three[0])
    at_step(session, "decide", "revealed")
    with refused("removed"):
        deciding.settle(session, actor=three[0], id_=own.pk, settled=True)


def test_one_s_own_answer_comes_back_and_nobody_else_s(session: WorkshopSession, three: list[Participant]) -> None:
    objects(three[0], 4, 6, says="More of it", consent=True)
    ids = [person.pk for person in three]
    assert queries.my_stances(round_now(session), ids) == {
        three[0].pk: {"level": "not-yet", "reason": "wording", "words": [4, 6], "says": "More of it", "consent": True}
    }


def test_hands_are_counted_with_the_answers_and_marked_so(session: WorkshopSession, three: list[Participant]) -> None:
    says(three[0])
    round_ = round_now(session)
    deciding.count_hands(session, actor=session.owner, round_=round_, hands={"gladly": 2, "no": 9, "aside": 3})
    deciding.count_hands(session, actor=session.owner, round_=round_, hands={"no": 501})
    assert Decision.objects.get().hands == {"gladly": 2, "no": 500}
    deciding.count_hands(session, actor=session.owner, round_=round_, hands={"no": 0})
    found = result(session)
    assert (found.counts["gladly"], found.hands, found.answers) == (3, 2, 3)
    with refused("revealed"):
        deciding.count_hands(session, actor=session.owner, round_=round_, hands={"gladly": 3})


def test_who_leaves_after_the_close_changes_no_result(session: WorkshopSession, three: list[Participant]) -> None:
    says(three[0])
    at_step(session, "decide", "closed")
    people.leave(session, actor=three[1]), people.leave(session, actor=three[2])
    found = result(session)
    assert (found.present, found.reached) == (3, False)


def test_there_is_no_result_before_the_reveal(session: WorkshopSession, three: list[Participant]) -> None:
    objects(three[0], HELP)
    for phase in ("open", "closed"):
        at_step(session, "decide", phase)
        decision = Decision.objects.get()
        assert (queries.outcome_of(decision), queries.pins_of(decision)) == (None, [])
        assert queries.to_settle(the_draft(session).step, [three[0].pk]) == {}


# Pins


def test_equal_reservations_are_one_pin_and_words_of_one_s_own_stand_alone(
    session: WorkshopSession, three: list[Participant]
) -> None:
    (dora,) = joined(session, "Dora")
    objects(three[0], HELP), objects(three[1], HELP), objects(three[2], HELP, says="Help whom?")
    objects(dora, reason="missing")
    at_step(session, "decide", "revealed")
    pins = queries.pins_of(Decision.objects.get())
    assert sorted((pin.quotation, str(pin.reason), pin.says, pin.count) for pin in pins) == [
        ("", "Something is missing", "", 1), ("help", "Another word", "", 2), ("help", "Another word", "Help whom?", 1),
    ]  # fmt: skip
    assert [pin.number for pin in pins] == [1, 2, 3]
    assert pins[-1].spans == []  # what is about the whole comes last


@pytest.mark.parametrize(
    ("spans", "parts"),
    [
        ([], [("We care, always.", False, ())]),
        ([[[3, 7]]], [("We ", False, ()), ("care, ", True, (1,)), ("always.", False, ())]),
        ([[[0, 7]]], [("We care,", True, (1,)), (" always.", False, ())]),
        # Two that overlap: each pin stands at the end of its own.
        ([[[0, 7]], [[3, 15]]], [("We care,", True, (1,)), (" always.", True, (2,))]),
        ([[[0, 2], [9, 15]]], [("We", True, ()), (" care, ", False, ()), ("always.", True, (1,))]),
    ],
)
def test_a_sentence_is_drawn_with_its_pins(spans: list[Any], parts: list[tuple[str, bool, tuple[int, ...]]]) -> None:
    pins = [queries.Pin(n, "", "", "", span, 1, 0) for n, span in enumerate(spans, start=1)]
    drawn = [(part.text, part.doubted, part.pins) for part in queries.pinned("We care, always.", pins)]
    assert "".join(text for text, _doubted, _pins in drawn) == "We care, always."
    assert [(text.strip(), *rest) for text, *rest in drawn] == [(text.strip(), *rest) for text, *rest in parts]


# Mending, settling, deciding again


def test_back_in_the_draft_a_reservation_moves_with_its_words(
    session: WorkshopSession, three: list[Participant]
) -> None:
    objects(three[0], HELP)
    with refused("not-decided"):
        deciding.mend(session, actor=session.owner)
    at_step(session, "decide", "revealed")
    deciding.mend(session, actor=session.owner)
    assert where(session) == ("draft", "open", 2)
    draft = the_draft(session)
    assert [at.spans for at in queries.places(draft, draft.step)] == [[(32, 36)]]
    types(three[1], draft, "For us, ", at=0)
    assert [at.spans for at in queries.places(draft, draft.step)] == [[(40, 44)]]
    types(three[1], draft, "", at=40, taking=4)
    (gone,) = queries.places(draft, draft.step)
    assert (gone.spans, gone.pin.quotation) == ([], "help")


def test_blanks_that_the_decided_text_leaves_out_move_no_pin() -> None:
    session = a_session("draft", "decide", "close")
    (ana,) = joined(session, "Ana")
    at_step(session, "draft")
    types(ana, the_draft(session), "  to   help.")
    at_step(session, "decide")
    objects(ana, 4)
    at_step(session, "decide", "revealed")
    draft = the_draft(session)
    ((start, end),) = queries.places(draft, draft.step)[0].spans
    assert draft.body[start:end] == "help"


def test_only_whose_reservation_it_is_settles_it(session: WorkshopSession, three: list[Participant]) -> None:
    own = objects(three[0], HELP)
    with refused("not-yours"):
        deciding.settle(session, actor=three[0], id_=own.pk, settled=True)  # before anyone has seen it
    at_step(session, "decide", "revealed")
    with refused("not-yours"):
        deciding.settle(session, actor=three[1], id_=own.pk, settled=True)
    for settled in (True, True, False, True):
        deciding.settle(session, actor=three[0], id_=own.pk, settled=settled)
        asked = queries.to_settle(the_draft(session).step, [person.pk for person in three])
        assert {pk: (mine["quotation"], mine["settled"]) for pk, mine in asked.items()} == {
            three[0].pk: ("help", settled)
        }


def test_the_room_decides_again_and_the_record_keeps_both(session: WorkshopSession, three: list[Participant]) -> None:
    ana, ben, cleo = three
    own = objects(ana, HELP, consent=True)
    says(ben), says(cleo, "no", 6, says="Never gladly")
    assert result(session).ending() == "working-sentence"
    deciding.mend(session, actor=session.owner)
    types(ben, the_draft(session), " Always.")
    deciding.settle(session, actor=ana, id_=own.pk, settled=True)
    presses_next(session)
    assert where(session) == ("decide", "open", 2)
    assert queries.my_stances(round_now(session), [ana.pk]) == {}
    for person in three:
        says(person)
    assert result(session).ending() == "agreed"
    agreed = sealed(session)
    assert (agreed.outcome, agreed.text.body) == ("agreed", TEXT + " Always.")
    (_draft, decide, _close) = agreed.report["steps"]
    first, second = (found["decision"] for found in decide["rounds"])
    assert (first["sides"], first["reached"], first["levels"]) == ({"for": 1, "aside": 0, "against": 2}, False, [])
    assert (first["reservations"], first["settled"]) == (2, 1)
    assert first["objections"] == [  # Cleo has not let hers be printed
        {"quotation": "help", "spans": [[32, 36]], "reason": "wording", "words": "", "settled": True}
    ]
    assert (second["text"], second["version"], second["ending"]) == (TEXT + " Always.", agreed.draft_version, "agreed")
    assert "Never gladly" not in str(agreed.report)


def test_coming_on_to_a_decision_whose_text_was_not_mended_shows_it_again(
    session: WorkshopSession, three: list[Participant]
) -> None:
    at_step(session, "decide", "revealed")
    deciding.mend(session, actor=session.owner)
    presses_next(session)
    assert where(session) == ("decide", "revealed", 1)


def test_a_text_mended_while_the_round_was_open_begins_another(
    session: WorkshopSession, three: list[Participant]
) -> None:
    says(three[0])
    presses_back(session)
    reopened(session)
    types(three[1], the_draft(session), " Always.")
    presses_next(session)
    assert where(session) == ("decide", "open", 2)
    assert Decision.objects.last().body == TEXT + " Always."  # type: ignore[union-attr]
    assert Stance.objects.filter(round=round_now(session)).count() == 0


def test_a_sentence_that_comes_from_no_draft_is_mended_at_the_close() -> None:
    session = a_session("propose", "decide", "close")
    (ana,) = joined(session, "Ana")
    at_step(session, "propose")
    running.say_done(session, actor=ana, round_=round_now(session), done=True)
    presses_next(session), presses_next(session), presses_next(session)
    assert where(session)[0] == "close"  # nothing was written: there is nothing to decide on


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_a_facilitator_counts_hands_and_goes_back_to_mend(
    session: WorkshopSession, three: list[Participant], role: str
) -> None:
    actor = in_role(role, session, three[0])
    round_ = at_step(session, "decide", "revealed")
    for attempt in (
        lambda: deciding.count_hands(session, actor=actor, round_=round_, hands={"gladly": 1}),
        lambda: deciding.mend(session, actor=actor),
    ):
        with refused("facilitator-only"):
            attempt()
