import pytest

from definitions.elements.models import Answer, Element
from definitions.elements.queries import tagging
from definitions.elements.queries.sets import elements_of
from tests.factories import a_session, at_step, joined, reads, refused, reopened, sends, votes
from workshop.sessions.commands import people, running
from workshop.sessions.models import Participant, Round, WorkshopSession
from workshop.sessions.queries import Scene

pytestmark = pytest.mark.django_db

SENTENCES = ["We care for guests.", "We listen first.", "Kind hands help.", "Nobody waits here."]


def tagging_step(*marked: tuple[int, ...], minutes: int = 4, people_: int = 4) -> tuple[WorkshopSession, Round]:
    """Four sentences; each person marks those with the numbers given for them."""
    session = a_session("propose", "vote", "tag", "close")
    session.steps.filter(kind="tag").update(minutes=minutes)
    everyone = joined(session, *(f"P{number}" for number in range(people_)))
    at_step(session, "propose")
    for person, sentence in zip(everyone, SENTENCES, strict=False):
        sends(person, sentence)
    at_step(session, "vote")
    for person, numbers in zip(everyone, marked, strict=False):
        votes(person, *(SENTENCES[number] for number in numbers))
    return session, at_step(session, "tag")


def person(session: WorkshopSession, seat: int = 1) -> Participant:
    return session.participants.select_related("session").get(seat=seat)


def element(session: WorkshopSession, letter: str) -> Element:
    return next(row for row in elements_of(session) if row.letter == letter)


def all_not_here(who: Participant, round_: Round) -> None:
    for reading in round_.readings.filter(participant=who).select_related("text"):
        for row in elements_of(who.session):
            reads(who, row.letter, says="not-here", text=reading.text.body)


def texts(round_: Round) -> list[str]:
    return [text.body for text in tagging.texts_of(round_)]


def test_the_three_with_most_support_are_read() -> None:
    _session, round_ = tagging_step((0, 1, 3), (1, 3), (1, 3), (2, 1))
    assert texts(round_)[:2] == [SENTENCES[1], SENTENCES[3]]
    assert len(texts(round_)) == 3


def test_a_sentence_without_support_is_not_read() -> None:
    _session, round_ = tagging_step((0,), (0, 1))
    assert texts(round_) == [SENTENCES[0], SENTENCES[1]]


def test_without_a_vote_the_sentences_themselves_are_read() -> None:
    session = a_session("propose", "tag", "close")
    ana, ben = joined(session, "Ana", "Ben")
    at_step(session, "propose")
    sends(ana, SENTENCES[0]), sends(ben, SENTENCES[1])
    assert set(texts(at_step(session, "tag"))) == {SENTENCES[0], SENTENCES[1]}


def test_next_goes_past_it_where_nobody_wrote_anything() -> None:
    session = a_session("propose", "tag", "close")
    joined(session, "Ana")
    at_step(session, "propose", "revealed")
    next_step = Scene.of(WorkshopSession.objects.get(pk=session.pk)).next_step
    assert next_step is not None
    assert next_step.kind == "close"


def test_with_more_texts_than_minutes_they_are_shared_out_evenly() -> None:
    _session, round_ = tagging_step((0, 1, 2), (0, 1, 2), minutes=1, people_=6)
    readers = [round_.readings.filter(text__body=text).count() for text in texts(round_)]
    assert readers == [2, 2, 2]
    assert round_.readings.values("participant").distinct().count() == 6


def test_the_elements_stand_once_it_has_opened() -> None:
    session, _round = tagging_step((0,))
    assert [row.pk is not None for row in elements_of(session)] == [True] * 7


def test_words_are_kept_as_spans_and_neighbors_as_one() -> None:
    session, round_ = tagging_step((0,))
    assert reads(person(session), "V", 0, 1, 3).spans == [[0, 7], [12, 18]]


def test_answering_again_replaces_the_answer() -> None:
    session, round_ = tagging_step((0,))
    reads(person(session), "V", 0)
    reads(person(session), "V", says="not-here")
    mine = tagging.my_tags(round_, [person(session).pk])[person(session).pk]
    text = tagging.texts_of(round_)[0].pk
    assert mine["answers"][text] == {element(session, "V").pk: {"says": "not-here", "words": []}}


def test_a_word_may_express_several_elements() -> None:
    session, round_ = tagging_step((0,))
    reads(person(session), "V", 1)
    reads(person(session), "G", 1)
    mine = tagging.my_tags(round_, [person(session).pk])[person(session).pk]
    assert [answer["words"] for answer in mine["answers"][tagging.texts_of(round_)[0].pk].values()] == [[1], [1]]


def test_whoever_has_answered_everything_is_done() -> None:
    session, round_ = tagging_step((0, 1), (0, 1))
    who = person(session)
    for row in elements_of(session):
        reads(who, row.letter, says="not-sure")
    assert not round_.done.filter(participant=who).exists()  # the second sentence is still to be read
    all_not_here(who, round_)
    assert round_.done.filter(participant=who).exists()
    assert [count for _text, count in tagging.readers_of(round_)] == [1, 1]


def test_a_latecomer_gets_a_share_too() -> None:
    session, round_ = tagging_step((0, 1, 2), (0, 1, 2), minutes=1)
    (late,) = joined(session, "Late")
    (mine,) = tagging.my_tags(round_, [late.pk]).values()
    assert len(mine["texts"]) == 1
    text = round_.texts_to_tag.get(text_id=mine["texts"][0]).text
    reads(late, "V", 0, text=text.body)
    assert [reading.text for reading in round_.readings.filter(participant=late)] == [text]


def test_what_was_tapped_at_the_close_still_counts_until_the_reveal() -> None:
    session, round_ = tagging_step((0,))
    running.move_on(session, actor=session.owner, standing_seen=Scene.of(session).standing)
    reads(person(session), "V", 0)
    at_step(session, "tag", "revealed")
    with refused("revealed"):
        reads(person(session), "V", 1)
    assert tagging.seen_in(Round.objects.get(pk=round_.pk))[0].heat.words[0] == [(element(session, "V").pk, 1)]


@pytest.mark.parametrize(
    ("says", "words", "code"),
    [("words", (), "no-words"), ("not-here", (1,), "no-words"), ("words", (4,), "no-such-word")],
)
def test_answers_that_make_no_sense_are_refused(says: str, words: tuple[int, ...], code: str) -> None:
    session, round_ = tagging_step((0,))
    with refused(code):
        reads(person(session), "V", *words, says=says)


def test_another_readers_text_is_refused() -> None:
    session, round_ = tagging_step((0, 1, 2), (0, 1, 2), minutes=1)
    own = round_.readings.get(participant=person(session)).text.body
    others = next(text for text in texts(round_) if text != own)
    with refused("not-yours-to-read"):
        reads(person(session), "V", 0, text=others)


def test_whoever_was_removed_answers_nothing_more() -> None:
    session, round_ = tagging_step((0,))
    people.remove(session, actor=session.owner, participant=person(session))
    with refused("removed"):
        reads(person(session), "V", 0)


def test_a_new_round_begins_with_the_answers_of_the_one_before() -> None:
    session, round_ = tagging_step((0,))
    all_not_here(person(session), round_)
    reads(person(session), "V", 1)
    at_step(session, "tag", "revealed")
    again = reopened(session)
    assert (again.number, texts(again)) == (2, [SENTENCES[0]])
    assert again.done.filter(participant=person(session)).exists()
    assert reads(person(session), "V", 2).spans == [[8, 11]]
    assert Answer.objects.get(reading__round=round_, element=element(session, "V")).spans == [[3, 7]]


def test_the_report_says_what_the_room_saw() -> None:
    session, round_ = tagging_step((0,))
    reads(person(session, 1), "V", 1)
    reads(person(session, 2), "V", 1)
    reads(person(session, 2), "A", says="not-sure")
    at_step(session, "tag", "revealed")
    (tagged,) = tagging.tag_report(Round.objects.get(pk=round_.pk))["tagged"]
    assert (tagged["text"], tagged["readers"], tagged["alpha"]) == (SENTENCES[0], 2, 1.0)
    assert tagged["elements"][:2] == [
        {"element": "voluntary", "name": "Voluntary", "seen": 2, "asked": 2},
        {"element": "act", "name": "Act", "seen": 0, "asked": 0},
    ]
    assert tagged["words"] == [{"start": 3, "end": 7, "seen": [{"element": "voluntary", "readers": 2}]}]
