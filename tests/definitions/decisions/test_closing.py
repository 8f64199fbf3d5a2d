import pytest

from definitions.decisions.commands import closing as commands
from definitions.decisions.models import AgreedDefinition
from definitions.decisions.queries import closing as queries
from definitions.drafting.queries import draft_of
from definitions.texts.models import Text
from tests.factories import (
    a_session,
    adds,
    at_step,
    in_role,
    joined,
    presses_back,
    presses_next,
    refused,
    reopened,
    sealed,
    sends,
    step_of,
    the_draft,
    two_sentences,
    types,
    votes,
    where,
)
from workshop.room.doors import DESK, Entering, go_through
from workshop.sessions.commands import people, running
from workshop.sessions.models import Participant, WorkshopSession

pytestmark = pytest.mark.django_db

START = "Customer service is "


@pytest.fixture
def session() -> WorkshopSession:
    return a_session("draft", "close")


@pytest.fixture
def ana(session: WorkshopSession) -> Participant:
    return joined(session, "Ana")[0]


def at_the_close(session: WorkshopSession, ana: Participant, words: str) -> tuple[str, int | None]:
    at_step(session, "draft")
    types(ana, the_draft(session), words)
    return closing(session)


def closing(session: WorkshopSession) -> tuple[str, int | None]:
    found = queries.closing_of(at_step(session, "close"))
    assert found is not None
    return found.body, found.draft_version


def presses_seal(session: WorkshopSession, outcome: str = "agreed", body: str | None = None) -> None:
    """As the desk's dialog does it, with the text that stands in it."""
    data = {"outcome": outcome, "body": closing(session)[0] if body is None else body}
    go_through(DESK["seal"], Entering(session, session.owner), data)


# The text that is sealed


def test_the_close_takes_the_draft_s_text_and_its_version(session: WorkshopSession, ana: Participant) -> None:
    assert at_the_close(session, ana, "to care 😀.") == (START + "to care 😀.", 2)


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("to care. ", "to care."),
        ("to  care.\n", "to care."),
        ("to \n\n care.", "to\ncare."),
        ("to\xa0care.", "to care."),
    ],
)
def test_blanks_that_nobody_sees_are_no_part_of_the_sentence_and_don_t_keep_it_from_being_sealed(
    session: WorkshopSession, ana: Participant, written: str, taken: str
) -> None:
    assert at_the_close(session, ana, written)[0] == START + taken
    presses_seal(session)
    assert str(AgreedDefinition.objects.get().text) == START + taken


def test_without_a_draft_the_close_takes_what_the_vote_chose() -> None:
    session = a_session("propose", "vote", "close")
    ana, ben = two_sentences(session)
    at_step(session, "vote")
    votes(ana, "We care."), votes(ben, "We care.")
    assert closing(session) == ("We care.", None)


def test_without_a_vote_it_takes_the_one_sentence_or_waits_for_one_to_be_typed() -> None:
    one, none = a_session("propose", "close"), a_session("welcome", "close")
    (ana,) = joined(one, "Ana")
    at_step(one, "propose")
    sends(ana, "We care.")
    assert (closing(one), closing(none)) == (("We care.", None), ("", None))
    with refused("nothing-to-seal"):
        commands.seal(none, actor=none.owner, outcome="agreed", text_seen="")
    with refused("field-body"):
        presses_seal(none)
    commands.spell(none, actor=none.owner, body="Typed at last.")
    presses_seal(none)
    assert str(AgreedDefinition.objects.get(session=none).text) == "Typed at last."


def test_spelling_is_put_right_and_the_draft_stays(session: WorkshopSession, ana: Participant) -> None:
    at_the_close(session, ana, "to cair.")
    commands.spell(session, actor=session.owner, body=START + "to care.")
    assert (closing(session), the_draft(session).body) == ((START + "to care.", 2), START + "to cair.")
    commands.take_text_again(session, actor=session.owner)
    assert closing(session) == (START + "to cair.", 2)


def test_after_a_way_back_through_the_draft_its_text_is_taken_when_it_is_asked_for(
    session: WorkshopSession, ana: Participant
) -> None:
    at_the_close(session, ana, "to care")
    presses_back(session)
    reopened(session)
    types(ana, the_draft(session), ", always")
    assert closing(session) == (START + "to care", 2)
    commands.take_text_again(session, actor=session.owner)
    assert closing(session) == (START + "to care, always", 3)


# Sealing


@pytest.mark.parametrize("outcome", AgreedDefinition.Outcome.values)
def test_sealing_takes_the_text_that_the_facilitator_saw_and_ends_the_meeting(
    session: WorkshopSession, ana: Participant, outcome: str
) -> None:
    body, version = at_the_close(session, ana, "to care.")
    agreed = commands.seal(session, actor=session.owner, outcome=outcome, text_seen=body)
    assert (str(agreed.text), agreed.text.words, agreed.draft_version, agreed.outcome) == (body, 5, version, outcome)
    session.refresh_from_db()
    assert (session.ended_at is not None, session.door, where(session)) == (True, "closed", ("close", "closed", 1))
    assert queries.agreed_of(session) == agreed


def test_another_text_than_the_one_that_was_seen_is_not_sealed(session: WorkshopSession, ana: Participant) -> None:
    body, _version = at_the_close(session, ana, "to care.")
    commands.spell(session, actor=session.owner, body="Changed by a co-facilitator.")
    for seen in (body, "Changed by a co-facilitator", ""):
        with refused("text-changed"):
            commands.seal(session, actor=session.owner, outcome="agreed", text_seen=seen)
    session.refresh_from_db()
    assert (AgreedDefinition.objects.count(), session.ended_at) == (0, None)


def test_a_meeting_ends_in_a_way_that_there_is(session: WorkshopSession, ana: Participant) -> None:
    at_the_close(session, ana, "to care.")
    with refused("field-outcome"):
        presses_seal(session, outcome="perfect")
    assert AgreedDefinition.objects.count() == 0


def test_there_is_nothing_to_spell_or_seal_before_the_close(session: WorkshopSession) -> None:
    for _moment in ("before the start", "at the draft"):
        for attempt in (
            lambda: commands.spell(session, actor=session.owner, body="Too soon."),
            lambda: commands.take_text_again(session, actor=session.owner),
            lambda: commands.seal(session, actor=session.owner, outcome="agreed", text_seen=""),
        ):
            with refused("not-closing"):
                attempt()
        at_step(session, "draft")


def test_what_is_agreed_never_changes_afterwards(session: WorkshopSession, ana: Participant) -> None:
    agreed = at_the_close(session, ana, "to care.") and sealed(session)
    frozen = AgreedDefinition.objects.values().get()
    for attempt in (
        lambda: commands.spell(session, actor=session.owner, body="Afterwards."),
        lambda: commands.take_text_again(session, actor=session.owner),
        lambda: commands.seal(session, actor=session.owner, outcome="agreed", text_seen="Afterwards."),
    ):
        with refused("ended"):
            attempt()
    assert types(ana, the_draft(session), " Afterwards.")["code"] == "closed"
    agreed.text.body = "Afterwards."
    with pytest.raises(TypeError, match="never changes"):
        agreed.text.save()
    assert AgreedDefinition.objects.values().get() == frozen
    assert str(Text.objects.get(pk=frozen["text_id"])) == START + "to care."


# What is frozen with it


def test_the_record_has_what_was_revealed_and_how_often_and_no_name() -> None:
    session = a_session("key-words", "propose", "vote", "draft", "close", customer_word="guest")
    ana, ben = joined(session, "Ana", "Ben")
    people.remove(session, actor=session.owner, participant=joined(session, "Gone")[0])
    at_step(session, "key-words")
    adds(ana, "smile"), adds(ben, "smile")
    at_step(session, "propose")
    hers = sends(ana, "We care.")
    at_step(session, "propose", "revealed")
    reopened(session)
    his = sends(ben, "We listen.")
    at_step(session, "vote")
    votes(ben, "We listen.")
    at_step(session, "draft")
    types(ana, the_draft(session), " Always.")
    record = sealed(session).report
    steps = {step["kind"]: step for step in record["steps"]}
    rounds = {kind: step["rounds"] for kind, step in steps.items()}
    assert (record["schema"], record["people"], list(steps)) == (
        1, 2, ["key-words", "propose", "vote", "draft", "close"],
    )  # fmt: skip
    assert [found["cards"] for found in rounds["key-words"]] == [[{"text": "smile", "count": 2}]]
    assert [sorted(each["text"] for each in found["proposals"]) for found in rounds["propose"]] == [
        ["We care."], ["We care.", "We listen."],
    ]  # fmt: skip
    assert [each["seat"] for each in rounds["propose"][0]["proposals"]] == [hers.participant.seat]
    assert [found["done"] for found in rounds["propose"]] == [1, 1]
    assert rounds["vote"][0]["result"][0] == {
        "text": "We listen.", "proposal": str(his.pk), "support": 1, "hands": 0, "chosen": True,
    }  # fmt: skip
    assert rounds["draft"][0]["authors"] == [
        {"units": 10, "seat": ben.seat}, {"units": 8, "seat": ana.seat},
    ]  # fmt: skip
    assert steps["propose"]["prompt"] == (
        "Customer service, in one sentence of your own: what does a guest get from us?"
    )
    assert [name for name in ("Ana", "Ben", "Gone") if name in str(record)] == []


def test_what_was_never_revealed_is_no_part_of_the_record() -> None:
    session = a_session("propose", "close")
    (ana,) = joined(session, "Ana")
    at_step(session, "propose")
    sends(ana, "Never revealed.")
    running.go_to(session, actor=session.owner, step=step_of(session, "close"))
    record = sealed(session, spelling="We care.").report
    assert [(step["kind"], len(step["rounds"])) for step in record["steps"]] == [("propose", 0), ("close", 1)]
    assert "Never revealed." not in str(record)


def test_a_sentence_is_nobody_s_in_an_anonymous_meeting() -> None:
    session = a_session("propose", "close", names_shown="nobody")
    (ana,) = joined(session, "")
    at_step(session, "propose")
    sends(ana, "We care.")
    (propose, _close) = sealed(session).report["steps"]
    assert [each["seat"] for each in propose["rounds"][0]["proposals"]] == [None]


# A new version


def test_a_new_version_is_a_new_meeting_whose_draft_starts_from_what_was_agreed(
    session: WorkshopSession, ana: Participant
) -> None:
    at_the_close(session, ana, "to care.")
    sealed(session)
    later = commands.new_version(session, actor=session.owner)
    assert (later.previous, later.participants.count(), queries.agreed_of(later)) == (session, 0, None)
    presses_next(later)
    draft = draft_of(step_of(later, "draft"))
    assert draft is not None
    assert draft.body == START + "to care."
    assert sealed(later).text.body == START + "to care."


def test_there_is_no_new_version_of_what_was_not_agreed(session: WorkshopSession) -> None:
    with refused("not-agreed"):
        commands.new_version(session, actor=session.owner)
    assert WorkshopSession.objects.count() == 1


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_a_facilitator_seals(session: WorkshopSession, ana: Participant, role: str) -> None:
    body, _version = at_the_close(session, ana, "to care.")
    actor = in_role(role, session, ana)
    attempts = [
        lambda: commands.spell(session, actor=actor, body="Mine."),
        lambda: commands.take_text_again(session, actor=actor),
        lambda: commands.seal(session, actor=actor, outcome="agreed", text_seen=body),
        lambda: commands.new_version(session, actor=actor),
    ]
    for attempt in attempts:
        with refused("facilitator-only"):
            attempt()
    assert (closing(session)[0], AgreedDefinition.objects.count()) == (body, 0)
