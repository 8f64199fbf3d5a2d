import uuid

import pytest

from definitions.cards import commands, queries
from definitions.cards.models import Card
from definitions.texts.models import Text
from tests.factories import a_session, adds, at_step, in_role, joined, refused, reopened, revision, step_of
from workshop.room.doors import DESK, Entering, go_through
from workshop.sessions.commands import people, setup
from workshop.sessions.models import Participant, Round, WorkshopSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> WorkshopSession:
    return a_session("key-words", "propose", "close")


@pytest.fixture
def ana(session: WorkshopSession) -> Participant:
    return joined(session, "Ana")[0]


@pytest.fixture
def round_(session: WorkshopSession, ana: Participant) -> Round:
    return at_step(session, "key-words")


def words(round_: Round) -> list[tuple[str, int]]:
    round_.refresh_from_db()
    return [(entry.body, entry.count) for entry in queries.counted_cards(round_)]


def mine(person: Participant, round_: Round) -> list[str]:
    return [card["body"] for card in queries.mine(round_, [person.pk]).get(person.pk, {"cards": []})["cards"]]


# Giving


def test_a_card_is_its_writer_s_and_private(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    before = revision(session)
    card = adds(ana, "smile")
    assert (str(card.text), card.text.words, card.participant, card.state) == ("smile", 1, ana, "sent")
    assert revision(session) == before + 1
    assert (mine(ana, round_), words(round_), queries.so_far(round_)) == (["smile"], [], "")


def test_the_same_card_sent_again_is_one_card(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    id_ = uuid.uuid4()
    for body in ("smile", "smile", "another"):
        commands.add_card(session, actor=ana, round_=round_, id_=id_, body=body)
    assert mine(ana, round_) == ["smile"]


def test_the_card_of_another_is_not_taken_over(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    card = adds(ana, "smile")
    (ben,) = joined(session, "Ben")
    with refused("not-yours"):
        commands.add_card(session, actor=ben, round_=round_, id_=card.pk, body="mine now")
    commands.remove_card(session, actor=ben, round_=round_, id_=card.pk)
    assert mine(ana, round_) == ["smile"]


def test_a_word_that_was_typed_as_the_step_closed_still_counts(session: WorkshopSession, ana: Participant) -> None:
    round_ = at_step(session, "key-words", "closed")
    adds(ana, "late")
    assert mine(ana, round_) == ["late"]


def test_after_the_reveal_no_word_comes_or_goes(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    card = adds(ana, "smile")
    at_step(session, "key-words", "revealed")
    with refused("revealed"):
        adds(ana, "too late")
    with refused("revealed"):
        commands.remove_card(session, actor=ana, round_=round_, id_=card.pk)
    with refused("revealed"):
        commands.add_card_for(session, actor=session.owner, round_=round_, participant=ana, body="too late")
    assert words(round_) == [("smile", 1)]


def test_everyone_has_twelve_cards(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    cards = [adds(ana, f"word {number}") for number in range(12)]
    with refused("enough-cards"):
        adds(ana, "one more")
    commands.remove_card(session, actor=ana, round_=round_, id_=cards[0].pk)
    adds(ana, "one more")
    (ben,) = joined(session, "Ben")
    adds(ben, "my first")
    assert (len(mine(ana, round_)), mine(ben, round_)) == (12, ["my first"])


def test_a_card_that_was_taken_back_is_gone_with_its_text(session: WorkshopSession, ana: Participant) -> None:
    round_ = at_step(session, "key-words", "closed")
    card = adds(ana, "smile")
    for _twice in range(2):
        commands.remove_card(session, actor=ana, round_=round_, id_=card.pk)
    assert (Card.objects.count(), Text.objects.count()) == (0, 0)


def test_taking_back_a_copy_leaves_what_was_revealed(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    adds(ana, "smile")
    at_step(session, "key-words", "revealed")
    again = reopened(session)
    commands.remove_card(session, actor=ana, round_=again, id_=again.cards.get().pk)
    assert (words(round_), mine(ana, again)) == ([("smile", 1)], [])


def test_who_was_taken_out_gives_nothing_more(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    card = adds(ana, "smile")
    people.remove(session, actor=session.owner, participant=ana)
    with refused("removed"):
        adds(ana, "more")
    with refused("removed"):
        commands.remove_card(session, actor=ana, round_=round_, id_=card.pk)
    assert Card.objects.count() == 1


# For someone


def test_the_facilitator_types_for_someone_and_it_is_marked_so(session: WorkshopSession, round_: Round) -> None:
    dora = people.add_without_phone(session, actor=session.owner, name="Dora")
    card = commands.add_card_for(session, actor=session.owner, round_=round_, participant=dora, body="patience")
    assert (card.participant, card.entered_by) == (dora, session.owner)
    assert queries.mine(round_, [dora.pk])[dora.pk]["cards"] == [
        {"id": str(card.pk), "body": "patience", "typed": True}
    ]


@pytest.mark.parametrize(("body", "code"), [("x" * 61, "field-body"), ("", "field-body"), ("x" * 60, None)])
def test_what_is_typed_for_someone_is_as_short_as_any_card(
    session: WorkshopSession, ana: Participant, round_: Round, body: str, code: str | None
) -> None:
    entering = Entering(session, session.owner)
    data = {"round": round_.pk, "participant": ana.pk, "body": body}
    if code:
        with refused(code):
            go_through(DESK["type-card"], entering, data)
    else:
        go_through(DESK["type-card"], entering, data)
    assert mine(ana, round_) == ([] if code else [body])


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_a_facilitator_types_for_others_and_hides(
    session: WorkshopSession, ana: Participant, round_: Round, role: str
) -> None:
    card = adds(ana, "smile")
    actor = in_role(role, session, ana)
    with refused("facilitator-only"):
        commands.add_card_for(session, actor=actor, round_=round_, participant=ana, body="words in her mouth")
    with refused("facilitator-only"):
        commands.hide_card(session, actor=actor, id_=card.pk, hidden=True)
    at_step(session, "key-words", "revealed")
    assert words(round_) == [("smile", 1)]


# The reveal, and hiding


def test_nothing_of_it_is_seen_before_the_reveal(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    adds(ana, "smile")
    for phase, seen in (("open", []), ("closed", []), ("revealed", [("smile", 1)])):
        at_step(session, "key-words", phase)
        round_.refresh_from_db()
        shown = [card.text.body for card in queries.revealed_cards(round_)]
        assert (words(round_), shown) == (seen, [word for word, _count in seen])
        assert [len(found) for found in (queries.page_of_cards(round_), queries.on_the_desk(round_))] == [len(seen)] * 2
        assert queries.so_far(round_) == ("Our words: smile." if seen else "")
        assert queries.report(round_) == {"cards": [{"text": word, "count": count} for word, count in seen]}


def test_hiding_a_word_hides_all_that_look_like_it_and_brings_them_back(
    session: WorkshopSession, ana: Participant, round_: Round
) -> None:
    rude, _again, _kind = adds(ana, "rude"), adds(ana, "rude"), adds(ana, "kind")
    (ben,) = joined(session, "Ben")
    adds(ben, "RUDE!")
    at_step(session, "key-words", "revealed")
    assert words(round_) == [("rude", 3), ("kind", 1)]
    commands.hide_card(session, actor=session.owner, id_=rude.pk, hidden=True)
    assert words(round_) == [("kind", 1)]
    assert sorted(card.text.body for card in queries.on_the_desk(round_) if card.state == "hidden") == [
        "RUDE!", "rude", "rude",
    ]  # fmt: skip
    commands.hide_card(session, actor=session.owner, id_=rude.pk, hidden=False)
    assert words(round_) == [("rude", 3), ("kind", 1)]


def test_a_hidden_word_stays_hidden_when_the_step_is_reopened(session: WorkshopSession, ana: Participant) -> None:
    at_step(session, "key-words")
    rude = adds(ana, "rude")
    at_step(session, "key-words", "revealed")
    commands.hide_card(session, actor=session.owner, id_=rude.pk, hidden=True)
    again = reopened(session)
    at_step(session, "key-words", "revealed")
    assert words(again) == []


def test_a_card_of_another_meeting_or_none_is_not_hidden(session: WorkshopSession, ana: Participant) -> None:
    other = a_session("key-words")
    (guest,) = joined(other, "Guest")
    at_step(other, "key-words")
    card = adds(guest, "smile")
    for id_ in (card.pk, uuid.uuid4()):
        with refused("no-such-card"):
            commands.hide_card(session, actor=session.owner, id_=id_, hidden=True)
    card.refresh_from_db()
    assert card.state == "sent"


@pytest.mark.parametrize(("look_first", "seen"), [(False, []), (True, ["kind", "rude"])])
def test_look_first_lets_the_desk_see_words_between_close_and_reveal(
    session: WorkshopSession, ana: Participant, look_first: bool, seen: list[str]
) -> None:
    step = step_of(session, "key-words")
    setup.change_step(session, actor=session.owner, step=step, settings={"look_first": look_first})
    round_ = at_step(session, "key-words")
    rude, _kind = adds(ana, "rude"), adds(ana, "kind")
    assert list(queries.on_the_desk(round_)) == []
    round_ = at_step(session, "key-words", "closed")
    assert sorted(card.text.body for card in queries.on_the_desk(round_)) == seen
    commands.hide_card(session, actor=session.owner, id_=rude.pk, hidden=True)
    round_ = at_step(session, "key-words", "revealed")
    assert words(round_) == [("kind", 1)]


def test_cards_come_in_an_order_that_tells_nothing_of_who_and_when(session: WorkshopSession, ana: Participant) -> None:
    round_ = at_step(session, "key-words")
    cards = [adds(ana, f"word {number}") for number in range(8)]
    round_ = at_step(session, "key-words", "revealed")
    assert [card.pk for card in queries.revealed_cards(round_)] == sorted(card.pk for card in cards)
    assert mine(ana, round_) == [f"word {number}" for number in range(8)]  # one's own come as one wrote them


def test_words_fill_pages(session: WorkshopSession) -> None:
    round_ = at_step(session, "key-words")
    for person in joined(session, *"ABCDE"):
        for number in range(10):
            adds(person, f"word {person.name} {number}")
    round_ = at_step(session, "key-words", "revealed")
    pages = []
    for page in (1, 2):
        round_.page = page
        pages.append([entry.body for entry in queries.page_of_cards(round_)])
    assert (queries.pages(round_), [len(page) for page in pages]) == (2, [48, 2])
    assert len({*pages[0], *pages[1]}) == 50
