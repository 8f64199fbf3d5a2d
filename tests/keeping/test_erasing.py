"""Erasing someone: every column of every table, and every file and page, is searched for their name and their words."""

import json
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from definitions.decisions.commands import deciding
from definitions.drafting.commands import mark
from definitions.drafting.models import Draft
from definitions.drafting.queries import body_at, history
from definitions.elements.commands.draft_tags import tag_draft
from definitions.elements.queries.sets import elements_of
from definitions.exports.as_json import as_json
from definitions.exports.as_markdown import as_markdown
from definitions.exports.report import report_of
from definitions.proposals.models import Option
from tests.factories import refused, sealed, stranger, types
from tests.room.conftest import _nothing_need_be_built as _nothing_need_be_built
from tests.room.meeting import Meeting, Phone, id_of
from workshop.keeping.commands.erasing import erase
from workshop.sessions.models import Client, Device, Participant

pytestmark = pytest.mark.django_db

NAME = "Wilhelmina"
CARD, SENTENCE, UNSENT = "quixotry", "Zephyrs carry luggage willingly", "Half a brontosaurus"
TYPED_AND_GONE, TYPED_AND_KEPT = " marmalade trebuchet", " whenever possible"
LINE, NOTE, SUGGESTION = "Kumquats for all", "Never on a gondola", "periwinkle"
THEIRS = (NAME, CARD, *SENTENCE.split(), "brontosaurus", *TYPED_AND_GONE.split(), "Kumquats", "gondola", SUGGESTION)


def everything() -> dict[str, str]:
    """Table and column → all that stands in it, of every table there is."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            columns = [field.column for field in model._meta.concrete_fields]
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT {', '.join(map(connection.ops.quote_name, columns))} FROM {table}")
            for column, values in zip(columns, zip(*cursor.fetchall(), strict=True), strict=False):
                found[f"{model._meta.db_table}.{column}"] = " ".join(
                    value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
                    for value in values
                )
    return {where: text.encode().decode("unicode_escape", "ignore") + text for where, text in found.items()}


def where_found(words: tuple[str, ...]) -> dict[str, list[str]]:
    found = {where: [word for word in words if word.lower() in text.lower()] for where, text in everything().items()}
    return {where: there for where, there in found.items() if there}


def a_meeting_with_her(meeting: Meeting) -> Phone:
    """She gives something wherever something can be given, and others quote it."""
    ada, ben, her = meeting.phones
    meeting.to("key-words")
    her.do("rename-me", name=NAME)
    assert her.do("add-card", round=meeting.round.pk, id=id_of("her card"), body=CARD)["ok"]
    meeting.to("propose")
    for phone, body in ((her, SENTENCE), (ada, "We help at once")):
        assert phone.do("send-proposal", round=meeting.round.pk, id=uuid.uuid4(), body=body)["ok"]
    meeting.next()
    assert her.do("keep-unsent", round=meeting.round.pk, id=uuid.uuid4(), body=UNSENT)["ok"]
    meeting.next()
    meeting.to("vote")
    hers = Option.objects.get(text__body=SENTENCE)
    for phone in meeting.phones:
        assert phone.do("vote", round=meeting.round.pk, choices=hers.pk)["ok"]
    meeting.next()
    meeting.next()
    meeting.to("draft")
    draft = meeting.draft
    assert SENTENCE in draft.body
    types(her.person, draft, TYPED_AND_GONE)
    at_her_words = {"version": draft.version, "start": len(SENTENCE) + 1, "end": len(SENTENCE) + 10}
    session = meeting.session
    for phone in (ben, her):
        mark(session, actor=phone.person, draft=draft, id_=uuid.uuid4(), says="keep", **at_her_words)
        for element in elements_of(session)[:2]:
            tag_draft(session, actor=phone.person, draft=draft, element=element, **at_her_words)
    suggests = {**at_her_words, "start": 0, "end": 7}
    mark(session, actor=her.person, draft=draft, id_=uuid.uuid4(), says="suggest", words=SUGGESTION, **suggests)
    meeting.to("decide")
    how = {"round_": meeting.round, "level": "not-yet", "reason": "wording", "words": [0, 4], "consent": True}
    deciding.say_how_far(session, actor=her.person, **how, says=NOTE)
    deciding.say_how_far(session, actor=ben.person, **how, says="Too long")
    meeting.to("decide", "revealed")
    deciding.mend(session, actor=meeting.owner)
    draft = meeting.draft
    types(ada.person, draft, "We help you gladly", at=0, taking=len(draft.body))
    types(her.person, draft, TYPED_AND_KEPT)
    meeting.to("close")
    assert her.do("write-line", round=meeting.round.pk, id=id_of("her line"), body=LINE)["ok"]
    assert meeting.do("pick-line", id=id_of("her line"), picked="1")["ok"]
    her.do("on-poster", wanted="1")
    return her


@pytest.fixture
def her(meeting: Meeting) -> Phone:
    return a_meeting_with_her(meeting)


def seal(meeting: Meeting) -> Any:
    return sealed(meeting.session)


def test_her_name_and_her_words_are_nowhere_and_what_was_agreed_is_what_it_was(her: Phone, meeting: Meeting) -> None:
    agreed = seal(meeting)
    assert agreed.text.body == "We help you gladly whenever possible"
    before = everything()
    missing = [word for word in THEIRS if not any(word.lower() in text.lower() for text in before.values())]
    assert missing == []  # else nothing is looked for
    quoting = {where for where, there in where_found(("marmalade",)).items() if there}
    assert {"drafting_mark.quotation", "elements_drafttag.quotation", "decisions_decision.body"} <= quoting
    assert {"decisions_agreeddefinition.report", "drafting_draftrow.changes", "drafting_draftsnapshot.body"} <= quoting
    tallies = numbers(agreed.report)

    erase(meeting.session, actor=meeting.owner, participant=her.person)

    assert where_found(THEIRS) == {}
    agreed.refresh_from_db()
    assert agreed.text.body == "We help you gladly whenever possible"
    assert numbers(agreed.report) == tallies
    draft = Draft.objects.get()
    assert draft.body == body_at(draft, draft.version) == agreed.text.body  # her words in it are the room's
    report = report_of(agreed)
    files = as_json(report).decode() + as_markdown(report).decode() + json.dumps(history(draft))
    pages = "".join(html for view in ("screen", "desk", "phone") for html in meeting.panels(view).values())
    assert [word for word in THEIRS if word.lower() in (files + pages).lower()] == []


def numbers(value: Any) -> Any:
    """A record without its words: what is left is what was counted."""
    if isinstance(value, dict):
        return {key: numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [numbers(one) for one in value]
    return None if isinstance(value, str) else value


def test_without_an_agreement_nothing_of_hers_is_kept(her: Phone, meeting: Meeting) -> None:
    erase(meeting.session, actor=meeting.owner, participant=her.person)
    assert where_found((*THEIRS, "whenever")) == {}
    assert Draft.objects.get().body == "We help you gladly xxxxxxxx xxxxxxxx"
    for view in ("screen", "desk", "phone"):  # everything still draws
        assert meeting.panels(view)


def test_what_others_wrote_stays(her: Phone, meeting: Meeting) -> None:
    seal(meeting)
    before = everything()
    erase(meeting.session, actor=meeting.owner, participant=her.person)
    after = everything()
    for words in ("Ada", "Ben", "We help at once", "Too long", "word0"):
        assert [where for where in before if words in before[where] and words not in after[where]] == []


def test_her_phone_is_nobody_s_and_the_tab_s_answers_are_gone(her: Phone, meeting: Meeting) -> None:
    assert her.http.get(f"/phone/{meeting.public_id}/panels").status_code == 200
    erase(meeting.session, actor=meeting.owner, participant=her.person)
    assert her.http.get(f"/phone/{meeting.public_id}/panels").status_code == 403
    assert not Device.objects.filter(participants=her.person).exists()
    assert not Client.objects.filter(participant=her.person).exists()
    person = Participant.objects.get(pk=her.person.pk)
    assert (person.name, person.seat, person.erased_at is None) == ("", her.person.seat, False)


def test_the_same_words_of_somebody_else_are_theirs_as_well(meeting: Meeting) -> None:
    meeting.to("key-words")
    for number, phone in enumerate(meeting.phones):
        phone.do("add-card", round=meeting.round.pk, id=id_of(number), body="honest")
    meeting.to("propose")
    for phone, body in zip(meeting.phones, ["We mean what we say"] * 2 + ["We listen"], strict=True):
        phone.do("send-proposal", round=meeting.round.pk, id=uuid.uuid4(), body=body)
    meeting.next()
    meeting.to("vote", "revealed").end()
    erase(meeting.session, actor=meeting.owner, participant=meeting.phones[0].person)
    assert Option.objects.filter(
        text__body="We mean what we say", proposal__participant=meeting.phones[1].person
    ).exists()
    assert "honest" in json.dumps(meeting.fresh.agreed.report)
    assert meeting.fresh.agreed.report["steps"][1]["rounds"][0]["cards"][0]["count"] >= 3


def test_a_draft_that_people_type_on_is_left_alone(meeting: Meeting) -> None:
    meeting.to("draft")
    with refused("draft-open"):
        erase(meeting.session, actor=meeting.owner, participant=meeting.phones[0].person)
    assert Participant.objects.get(pk=meeting.phones[0].person.pk).name == "Ada"


def test_only_who_facilitates_erases_and_only_in_their_meeting(meeting: Meeting) -> None:
    person = meeting.phones[0].person
    for actor in (stranger(), person):
        with refused("facilitator-only"):
            erase(meeting.session, actor=actor, participant=person)
    other = Meeting.set_up(1)
    with refused("not-in-this-meeting"):
        erase(meeting.session, actor=meeting.owner, participant=other.phones[0].person)


def test_every_model_that_knows_a_participant_is_thought_of() -> None:
    """Whoever adds a model with a person in it says here what erasing does to it, and does it."""
    erased = {"Device", "DeviceParticipant", "Client", "Capability", "Card", "Proposal", "Line", "Objection", "Mark"}
    erased |= {"DraftTag", "Pen", "DraftRow", "Roll", "Draft"}  # a draft, by its pens
    tallies = {"Done", "Reading", "Stance"}  # they stay, of a seat that is nobody's
    knows = {
        model.__name__
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField) and field.related_model is Participant
    }
    assert knows == erased | tallies
