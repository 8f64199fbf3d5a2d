"""How a meeting ends follows from what was decided, and on which text."""

import pytest

from definitions.decisions.commands import closing, deciding
from definitions.decisions.models import Objection
from definitions.decisions.queries.closing import closing_of
from tests.definitions.decisions.a_decision import HELP, TEXT, objects, says, suggested
from tests.factories import (
    at_step,
    presses_back,
    presses_next,
    refused,
    round_now,
    sealed,
    the_draft,
    types,
    where,
)
from workshop.sessions.commands import running
from workshop.sessions.models import Participant, WorkshopSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(deciding_session: WorkshopSession) -> WorkshopSession:
    return deciding_session


def test_the_ending_follows_from_the_decision(session: WorkshopSession, three: list[Participant]) -> None:
    for person in three:
        says(person)
    assert suggested(session) == ["agreed", "working-sentence", "facilitators-call"]


def test_reservations_that_are_open_are_in_the_ending_until_they_are_settled(
    session: WorkshopSession, three: list[Participant]
) -> None:
    says(three[0], "change", HELP), says(three[1]), says(three[2])
    assert suggested(session)[0] == "agreed-with-reservations"
    with refused("not-agreed-so-far"):
        sealed(session, "agreed")
    deciding.settle(session, actor=three[0], id_=Objection.objects.get().pk, settled=True)
    assert suggested(session)[0] == "agreed"


@pytest.mark.parametrize("answers", [0, 1, 3])
def test_without_agreement_it_is_a_working_sentence_or_the_facilitator_s_call(
    session: WorkshopSession, three: list[Participant], answers: int
) -> None:
    """Nobody answers; too few do; everybody objects."""
    for person in three[:answers]:
        objects(person, HELP) if answers == 3 else says(person)
    assert suggested(session) == ["working-sentence", "facilitators-call"]
    for ending in ("agreed", "agreed-with-reservations"):
        with refused("not-agreed-so-far"):
            sealed(session, ending)
    assert sealed(session, "facilitators-call").outcome == "facilitators-call"


def test_when_time_runs_out_before_it_was_revealed_nothing_is_agreed(
    session: WorkshopSession, three: list[Participant]
) -> None:
    says(three[0])
    running.go_to(session, actor=session.owner, step=session.steps.get(kind="close"))
    assert suggested(session) == ["working-sentence", "facilitators-call"]
    agreed = sealed(session)
    assert (agreed.text.body, agreed.report["steps"][1]["rounds"]) == (TEXT, [])


def test_close_takes_the_decided_text_though_the_draft_went_on(
    session: WorkshopSession, three: list[Participant]
) -> None:
    for person in three:
        says(person)
    at_step(session, "decide", "revealed")
    deciding.mend(session, actor=session.owner)
    types(three[0], the_draft(session), " Always.")
    running.go_to(session, actor=session.owner, step=session.steps.get(kind="close"))
    assert suggested(session)[0] == "agreed"
    found = closing_of(round_now(session))
    assert found is not None and found.body == TEXT
    closing.take_text_again(session, actor=session.owner, from_draft=True)
    found.refresh_from_db()
    assert (found.body, suggested(session)) == (TEXT + " Always.", ["working-sentence", "facilitators-call"])
    closing.take_text_again(session, actor=session.owner)
    found.refresh_from_db()
    assert (found.body, suggested(session)[0]) == (TEXT, "agreed")


def test_deciding_again_after_the_close_was_seen_brings_the_new_text_to_it(
    session: WorkshopSession, three: list[Participant]
) -> None:
    at_step(session, "close")
    presses_back(session)
    deciding.mend(session, actor=session.owner)
    types(three[0], the_draft(session), " Always.")
    presses_next(session)
    for person in three:
        says(person)
    assert suggested(session)[0] == "agreed"
    assert where(session) == ("close", "open", 2)
    assert sealed(session).text.body == TEXT + " Always."
