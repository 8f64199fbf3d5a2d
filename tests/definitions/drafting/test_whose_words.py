"""Every word of the draft is someone's."""

import uuid
from typing import Any

import pytest

from definitions.drafting.models import Draft
from definitions.proposals.commands import hide_proposal
from definitions.proposals.models import Proposal
from tests.factories import a_draft, a_session, at_step, authors, joined, phone_of, sends, the_draft, types
from workshop.sessions.commands import people
from workshop.sessions.models import Participant, WorkshopSession

pytestmark = pytest.mark.django_db

START = "Customer service is "


@pytest.fixture
def tapping() -> tuple[WorkshopSession, Participant, Proposal, Draft]:
    """Ana writes; what she may tap in is Ben's sentence, "We listen, and we learn." """
    session = a_session("propose", "draft", "close")
    ana, ben, cem = joined(session, "Ana", "Ben", "Cem")
    at_step(session, "propose")
    proposal = sends(ben, "We listen, and we learn.")
    sends(cem, "We smile.")
    at_step(session, "draft")
    return session, ana, proposal, the_draft(session)


@pytest.mark.parametrize("phrase", ["We listen", "and\nwe learn.", " listen ", "We listen, and we learn."])
def test_a_phrase_that_is_tapped_in_is_its_author_s(tapping: Any, phrase: str) -> None:
    _session, ana, proposal, draft = tapping
    assert types(ana, draft, phrase, author=str(proposal.pk)) is None
    assert authors(draft) == [(START, 0), (phrase, proposal.participant.seat)]


@pytest.mark.parametrize(
    "phrase", ["Ben is an idiot", "We listen.", "we listen", "listenand", "We learn", "e", "We lis", "ten", ".", ""]
)
def test_words_that_are_not_of_that_sentence_are_the_one_s_who_typed_them(tapping: Any, phrase: str) -> None:
    _session, ana, proposal, draft = tapping
    taking = 0 if phrase else 3
    assert types(ana, draft, phrase, at=0, taking=taking, author=str(proposal.pk)) is None
    assert draft.rows.last().seat == ana.seat


def test_words_of_several_places_are_not_put_together_to_a_phrase(tapping: Any) -> None:
    _session, ana, proposal, draft = tapping
    changes = [[0, "We "], len(START), [0, "listen"]]
    assert types(ana, draft, "", changes=changes, author=str(proposal.pk)) is None
    assert draft.rows.last().seat == ana.seat


def test_a_sentence_that_nobody_may_see_lends_its_author_to_nothing(tapping: Any) -> None:
    session, ana, proposal, draft = tapping
    hide_proposal(session, actor=session.owner, id_=proposal.pk, hidden=True)
    for author in (str(proposal.pk), str(uuid.uuid4()), "nobody"):
        assert types(ana, draft, "We listen", author=author) is None
        assert draft.rows.last().seat == ana.seat


def test_words_are_each_one_s_own_and_what_is_kept_keeps_its_author() -> None:
    _session, (ana, ben), draft = a_draft()
    types(ana, draft, "care and help")
    types(ben, draft, "kindness", at=len(START), taking=4)
    assert authors(draft) == [(START, 0), ("kindness", ben.seat), (" and help", ana.seat)]


def test_two_who_share_a_phone_write_as_themselves() -> None:
    session, (ana, _ben), draft = a_draft()
    cem = people.share_phone(session, actor=ana, device=phone_of(ana), name="Cem")
    types(cem, draft, "care")
    assert authors(draft) == [(START, 0), ("care", cem.seat)]
