import uuid

import pytest

from definitions.proposals import commands, queries
from definitions.proposals.models import Proposal
from definitions.texts.models import Text
from tests.factories import a_session, at_step, in_role, joined, refused, reopened, sends, step_of, two_sentences
from workshop.sessions.commands import people, setup
from workshop.sessions.models import Participant, Round, WorkshopSession
from workshop.sessions.queries import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> WorkshopSession:
    return a_session("propose", "vote", "close")


@pytest.fixture
def ana(session: WorkshopSession) -> Participant:
    return joined(session, "Ana")[0]


@pytest.fixture
def round_(session: WorkshopSession, ana: Participant) -> Round:
    return at_step(session, "propose")


def keeps(person: Participant, round_: Round, body: str, id_: uuid.UUID | None = None) -> Proposal:
    return commands.keep_unsent(person.session, actor=person, round_=round_, id_=id_ or uuid.uuid4(), body=body)


def seen(round_: Round) -> list[str]:
    round_.refresh_from_db()
    return sorted(str(proposal.text) for proposal in queries.revealed_proposals(round_))


def mine(person: Participant, round_: Round) -> tuple[str, str, str]:
    own = queries.my_proposals(round_, [person.pk])[person.pk]
    return own["sent"], own["unsent"], own["state"]


# Writing and sending


def test_what_is_being_typed_is_kept_and_is_nobody_else_s(
    session: WorkshopSession, ana: Participant, round_: Round
) -> None:
    keeps(ana, round_, "We ca")
    keeps(ana, round_, "We care")
    assert (mine(ana, round_), round_.proposals.count()) == (("", "We care", "unfinished"), 1)
    assert (queries.sent_count(round_), Scene.of(session).done) == (0, 0)
    at_step(session, "propose", "revealed")
    assert (seen(round_), list(queries.on_the_desk(round_)), queries.proposals_report(round_)) == (
        [], [], {"proposals": []},
    )  # fmt: skip


def test_half_written_text_still_arrives_when_the_room_has_moved_on(
    session: WorkshopSession, ana: Participant, round_: Round
) -> None:
    at_step(session, "close")
    keeps(ana, round_, "We almost")
    assert (mine(ana, round_), seen(round_)) == (("", "We almost", "unfinished"), [])


def test_a_sentence_is_sent_and_its_writer_is_done(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    keeps(ana, round_, "We car")
    proposal = sends(ana, "We care.")
    assert (str(proposal.text), proposal.text.words, proposal.sent_at is not None) == ("We care.", 2, True)  # type: ignore[union-attr]
    assert mine(ana, round_) == ("We care.", "", "sent")
    assert (queries.sent_count(round_), Scene.of(session).done) == (1, 1)


def test_a_better_sentence_takes_the_place_of_the_first_until_the_reveal(
    session: WorkshopSession, ana: Participant, round_: Round
) -> None:
    sends(ana, "We care.")
    sends(ana, "We care more.")
    at_step(session, "propose", "closed")
    sends(ana, "We care most.")  # typed as the step closed
    assert (round_.proposals.count(), [str(text) for text in Text.objects.all()]) == (1, ["We care most."])
    at_step(session, "propose", "revealed")
    with refused("revealed"):
        sends(ana, "We care too late.")
    assert seen(round_) == ["We care most."]


def test_what_is_typed_after_sending_is_kept_beside_what_was_sent(
    session: WorkshopSession, ana: Participant, round_: Round
) -> None:
    sends(ana, "We care.")
    keeps(ana, round_, "We care, and")
    at_step(session, "propose", "revealed")
    assert (mine(ana, round_), seen(round_)) == (("We care.", "We care, and", "sent"), ["We care."])


def test_everyone_has_one_sentence_whatever_ids_their_tabs_make(
    session: WorkshopSession, ana: Participant, round_: Round
) -> None:
    first = sends(ana, "We care.")
    second = sends(ana, "We listen.")
    assert (first.pk, round_.proposals.count()) == (second.pk, 1)


def test_the_sentence_of_another_is_not_taken_over(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    proposal = sends(ana, "We care.")
    (ben,) = joined(session, "Ben")
    with refused("not-yours"):
        commands.send_proposal(session, actor=ben, round_=round_, id_=proposal.pk, body="Mine now.")
    with refused("not-yours"):
        keeps(ben, round_, "Mine now.", proposal.pk)
    assert (mine(ana, round_), round_.proposals.count()) == (("We care.", "", "sent"), 1)


def test_who_was_taken_out_writes_nothing_more(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    sends(ana, "We care.")
    people.remove(session, actor=session.owner, participant=ana)
    for attempt in (lambda: sends(ana, "Still here."), lambda: keeps(ana, round_, "Still here.")):
        with refused("removed"):
            attempt()
    assert mine(ana, round_) == ("We care.", "", "sent")


# Late


def test_a_late_sentence_waits_for_the_facilitator_who_admits_it(session: WorkshopSession, ana: Participant) -> None:
    round_ = at_step(session, "propose", "revealed")
    proposal = sends(ana, "Better late.")
    assert (proposal.state, mine(ana, round_)[2], seen(round_)) == ("late", "late", [])
    assert list(queries.on_the_desk(round_)) == [proposal]
    assert queries.proposals_report(round_) == {"proposals": []}
    sends(ana, "Better late than never.")  # it may still change: nobody has seen it
    commands.hide_proposal(session, actor=session.owner, id_=proposal.pk, hidden=False)
    assert seen(round_) == ["Better late than never."]
    with refused("revealed"):
        sends(ana, "Now it is on the screen.")


def test_a_late_sentence_is_among_the_others_when_the_step_is_reopened(
    session: WorkshopSession, ana: Participant
) -> None:
    at_step(session, "propose", "revealed")
    sends(ana, "Better late.")
    again = reopened(session)
    assert mine(ana, again) == ("Better late.", "", "sent")


# The reveal, hiding, look first


def test_nothing_of_it_is_seen_before_the_reveal(session: WorkshopSession) -> None:
    two_sentences(session)
    for phase, sentences in (("open", []), ("closed", []), ("revealed", ["We care.", "We listen."])):
        round_ = at_step(session, "propose", phase)
        assert seen(round_) == sentences
        assert sorted(str(proposal.text) for proposal in queries.candidates(step_of(session, "vote"))) == sentences
        assert len(queries.on_the_desk(round_)) == len(sentences)
        assert sorted(each["text"] for each in queries.proposals_report(round_)["proposals"]) == sentences
        assert queries.proposals_so_far(round_) == ("2 sentences were read." if sentences else "")
        assert queries.proposal_pages(round_) == (1 if sentences else 0)


def test_sentences_come_in_an_order_that_tells_nothing_of_who_and_when(session: WorkshopSession) -> None:
    everyone = joined(session, *"ABCDEFGH")
    at_step(session, "propose")
    sent = [sends(person, f"The sentence of {person.name}.") for person in everyone]
    round_ = at_step(session, "propose", "revealed")
    assert [each.pk for each in queries.revealed_proposals(round_)] == sorted(each.pk for each in sent)


def test_a_sentence_is_hidden_everywhere_and_brought_back(
    session: WorkshopSession, ana: Participant, round_: Round
) -> None:
    proposal = sends(ana, "Rude words.")
    at_step(session, "propose", "revealed")
    commands.hide_proposal(session, actor=session.owner, id_=proposal.pk, hidden=True)
    assert (seen(round_), queries.candidates(step_of(session, "vote"))) == ([], [])
    assert (queries.proposals_report(round_), queries.proposals_so_far(round_)) == ({"proposals": []}, "")
    assert list(queries.on_the_desk(round_)) == [proposal]
    commands.hide_proposal(session, actor=session.owner, id_=proposal.pk, hidden=False)
    assert seen(round_) == ["Rude words."]


def test_a_hidden_sentence_stays_hidden_when_its_writer_changes_it_or_the_step_is_reopened(
    session: WorkshopSession, ana: Participant, round_: Round
) -> None:
    proposal = sends(ana, "Rude words.")
    at_step(session, "propose", "revealed")
    commands.hide_proposal(session, actor=session.owner, id_=proposal.pk, hidden=True)
    sends(ana, "Ruder words.")
    assert (mine(ana, round_)[2], seen(round_)) == ("hidden", [])
    again = reopened(session)
    sends(ana, "Rudest words.")
    at_step(session, "propose", "revealed")
    assert seen(again) == []


@pytest.mark.parametrize(("look_first", "shown"), [(False, []), (True, ["We care.", "We listen."])])
def test_look_first_lets_the_desk_see_sentences_between_close_and_reveal(
    session: WorkshopSession, look_first: bool, shown: list[str]
) -> None:
    step = step_of(session, "propose")
    setup.change_step(session, actor=session.owner, step=step, settings={"look_first": look_first})
    ana, _ben = two_sentences(session)
    keeps(joined(session, "Cem")[0], at_step(session, "propose"), "Only half")
    assert list(queries.on_the_desk(at_step(session, "propose"))) == []
    round_ = at_step(session, "propose", "closed")
    assert sorted(str(proposal.text) for proposal in queries.on_the_desk(round_)) == shown
    hers = round_.proposals.get(participant=ana)
    commands.hide_proposal(session, actor=session.owner, id_=hers.pk, hidden=True)
    assert seen(at_step(session, "propose", "revealed")) == ["We listen."]


def test_only_what_was_sent_in_this_meeting_is_hidden(
    session: WorkshopSession, ana: Participant, round_: Round
) -> None:
    unsent = keeps(ana, round_, "Only half")
    other = a_session("propose")
    (guest,) = joined(other, "Guest")
    at_step(other, "propose")
    foreign = sends(guest, "Elsewhere.")
    for id_ in (unsent.pk, foreign.pk, uuid.uuid4()):
        with refused("no-such-proposal"):
            commands.hide_proposal(session, actor=session.owner, id_=id_, hidden=False)
    assert mine(ana, round_)[2] == "unfinished"


def test_twelve_sentences_fill_a_page(session: WorkshopSession) -> None:
    everyone = joined(session, *[f"P{number}" for number in range(13)])
    at_step(session, "propose")
    for number, person in enumerate(everyone, start=1):
        sends(person, f"The sentence of {person.name}.")
        if number == 12:
            assert queries.proposal_pages(at_step(session, "propose")) == 0
    assert queries.proposal_pages(at_step(session, "propose", "revealed")) == 2


# For someone


def test_the_facilitator_types_for_someone_and_it_is_marked_so(session: WorkshopSession, round_: Round) -> None:
    dora = people.add_without_phone(session, actor=session.owner, name="Dora")
    for body in ("Patience.", "Patience, and time."):
        commands.type_proposal_for(session, actor=session.owner, round_=round_, participant=dora, body=body)
    proposal = round_.proposals.get()
    assert (proposal.participant, proposal.entered_by, str(proposal.text)) == (
        dora, session.owner, "Patience, and time.",
    )  # fmt: skip
    assert queries.my_proposals(round_, [dora.pk])[dora.pk]["typed"] is True
    assert Scene.of(session).done == 1


def test_nobody_s_own_sentence_is_typed_over(session: WorkshopSession, ana: Participant, round_: Round) -> None:
    sends(ana, "We care.")
    with refused("wrote-themselves"):
        commands.type_proposal_for(session, actor=session.owner, round_=round_, participant=ana, body="Mine.")
    assert mine(ana, round_) == ("We care.", "", "sent")


def test_who_finds_a_phone_after_all_writes_in_their_own_words(
    session: WorkshopSession, ana: Participant, round_: Round
) -> None:
    commands.type_proposal_for(session, actor=session.owner, round_=round_, participant=ana, body="Typed for her.")
    assert sends(ana, "My own words.").entered_by is None


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_a_facilitator_types_for_others_and_hides(
    session: WorkshopSession, ana: Participant, round_: Round, role: str
) -> None:
    proposal = sends(ana, "We care.")
    (ben,) = joined(session, "Ben")
    actor = in_role(role, session, ana)
    with refused("facilitator-only"):
        commands.type_proposal_for(session, actor=actor, round_=round_, participant=ben, body="For him.")
    with refused("facilitator-only"):
        commands.hide_proposal(session, actor=actor, id_=proposal.pk, hidden=True)
    assert seen(at_step(session, "propose", "revealed")) == ["We care."]
