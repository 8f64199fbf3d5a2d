"""What the screen shows of many sentences, and what the desk says in each case."""

import re

import pytest

from definitions.drafting.commands import WRITERS_WITHOUT_PENS
from definitions.proposals.models import Option
from tests.room.meeting import Meeting


@pytest.mark.parametrize(("sentences", "shown"), [(12, 12), (13, 0)])
def test_a_vote_shows_all_sentences_or_none(db: None, sentences: int, shown: int) -> None:
    """Those that a screen has room for would be at an advantage."""
    m = Meeting.set_up(sentences).to("vote")
    assert Option.objects.filter(round=m.round).count() == sentences
    assert len(re.findall('<li class="slip', m.panels("screen")["wall"])) == shown
    assert len(re.findall('name="choice"', m.panels("phone")["stage"])) == sentences


def test_the_desk_says_how_many_hold_pens(db: None) -> None:
    m = Meeting.set_up(4).to("draft")
    found = [said(m)]
    m.do("all-write", draft=m.draft.pk)
    found.append(said(m))
    m.do("pen", draft=m.draft.pk, participant=m.draft.pen_rows.first().participant_id)
    found.append(said(m))
    assert found == [
        "Everyone writes; everyone steers.",
        "Three hold pens; everyone steers.",
        "A few hold pens; everyone steers.",
    ]
    assert len(m.phones) <= WRITERS_WITHOUT_PENS


def said(m: Meeting) -> str:
    return re.findall(
        '<div class="cue"><span class="strong">Say</span><p class="words">(.*?)</p>', m.panels("desk")["show"]
    )[0]
