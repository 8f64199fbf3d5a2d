"""Erasing one person from one meeting: name, phones, and every text of theirs, wherever it was copied to.

What the room agreed on stays, whoever's words are in it, and so do tallies: a vote, a level, a reading, a seat, each of
nobody's. Words that others could see elsewhere are crossed out in their places, so that what points to them holds.
"""

from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from definitions.cards.models import Card
from definitions.decisions.models import AgreedDefinition, Closing, Decision, Objection
from definitions.drafting.changes import ChangeSet
from definitions.drafting.models import Draft, DraftRow, DraftSnapshot, Mark, Pen
from definitions.elements.models import DraftTag, Line, Reading, TextToTag
from definitions.proposals.models import Option, Proposal, Roll
from definitions.texts.models import Text, discard
from workshop.errors import Refused
from workshop.sessions.access import Actor, must_facilitate
from workshop.sessions.commands.changing import changing
from workshop.sessions.models import Capability, Client, Device, DeviceParticipant, Participant, WorkshopSession

from ..crossing import bodies, cross_out_rows, crossed_out, cut, follow

TO_TEXTS = (Card, Proposal, Line, Option, TextToTag, Reading)  # what holds a text


def erase(session: WorkshopSession, *, actor: Actor, participant: Participant) -> Participant:
    """Nothing brings it back. Not while a draft is open: what people type on would change under their hands."""
    must_facilitate(actor, session)
    with changing(session, even_ended=True) as locked:
        person = Participant.objects.select_for_update().filter(pk=participant.pk, session=locked).first()
        if person is None:
            raise Refused("not-in-this-meeting", _("That person is not in this meeting."))
        if (
            locked.ended_at is None
            and Draft.objects.filter(step__session=locked, step__rounds__closed_at=None).exists()
        ):
            raise Refused("draft-open", _("A draft is open. Close its step first, then erase."))
        _erase_texts(locked, person)
        _erase_person(person)
    return person


def _erase_person(person: Participant) -> None:
    now = timezone.now()
    for device in Device.objects.filter(participants=person):
        others = device.participants.exclude(pk=person.pk)
        if not others.exists():
            device.delete()
        elif device.holder_id == person.pk:
            device.holder = others.first()
            device.save(update_fields=["holder"])
    DeviceParticipant.objects.filter(participant=person).delete()
    Client.objects.filter(participant=person).delete()
    Capability.objects.filter(participant=person).delete()
    person.name, person.name_hidden, person.on_poster = "", True, False
    person.last_seen_at, person.removed_at, person.erased_at = None, person.removed_at or now, now
    fields = ["name", "name_hidden", "on_poster", "last_seen_at", "removed_at", "erased_at"]
    person.save(update_fields=fields)


def _erase_texts(session: WorkshopSession, person: Participant) -> None:
    own = _texts_of(person)
    objections = Objection.objects.filter(participant=person)
    said = {row.words for row in objections} | set(
        Proposal.objects.filter(participant=person).values_list("unsent", flat=True)
    )
    words = ({text.body for text in own} | said) - {""} - _of_others(session, person)
    agreed = AgreedDefinition.objects.select_related("text").filter(session=session).first()
    drafts = list(Draft.objects.filter(step__session=session).order_by("step__position"))
    before_and_after = {
        draft.pk: _erase_from_draft(draft, person, agreed if draft == drafts[-1] else None) for draft in drafts
    }
    _erase_from_decisions(session, words, before_and_after, agreed)
    objections.update(participant=None, words="", consent=False)
    if agreed is not None:
        last = before_and_after[drafts[-1].pk] if drafts else {}
        agreed.report = _without(agreed.report, words, last)
        AgreedDefinition.objects.filter(pk=agreed.pk).update(report=agreed.report)

    Mark.objects.filter(participant=person).delete()
    DraftTag.objects.filter(participant=person).delete()
    Pen.objects.filter(participant=person).delete()
    Roll.objects.filter(participant=person).update(ballot=None)
    Card.objects.filter(participant=person).delete()
    Line.objects.filter(participant=person).delete()
    proposals = Proposal.objects.filter(participant=person)
    proposals.update(unsent="", entered_by=None)
    proposals.exclude(pk__in=Option.objects.filter(proposal__in=proposals).values("proposal")).delete()
    for text in own:
        _erase_text(session, text, person)


def _texts_of(person: Participant) -> list[Text]:
    """What they wrote, also where a newer wording has taken its place but people had voted on it."""
    ids = set(Option.objects.filter(proposal__participant=person).values_list("text_id", flat=True))
    for model in (Card, Proposal, Line):
        ids.update(model.objects.filter(participant=person, text__isnull=False).values_list("text_id", flat=True))
    return list(Text.objects.filter(pk__in=list(ids)))


def _of_others(session: WorkshopSession, person: Participant) -> set[str]:
    """Whole texts that somebody else sent too: they are theirs as well."""
    found: set[str] = set()
    for model in (Card, Proposal, Line):
        rows = model.objects.filter(participant__session=session).exclude(participant=person)
        found |= set(rows.exclude(text=None).values_list("text__body", flat=True))
    return found


def _erase_text(session: WorkshopSession, text: Text, person: Participant) -> None:
    """Delete it; where a vote or a reading stands on it, somebody else's same words take its place, or crosses."""
    other = (
        Proposal.objects.filter(round__step__session=session, text__body=text.body)
        .exclude(participant=person)
        .select_related("text")
        .first()
    )
    if other is not None:
        Option.objects.filter(text=text).update(text=other.text, proposal=other)
        for model in (TextToTag, Reading):
            model.objects.filter(text=text).update(text=other.text)
        Proposal.objects.filter(text=text).delete()
    if any(model.objects.filter(text=text).exists() for model in TO_TEXTS):
        Text.objects.filter(pk=text.pk).update(body=crossed_out(text.body))
    else:
        discard(text)


# ---- what several wrote


def _erase_from_draft(draft: Draft, person: Participant, agreed: AgreedDefinition | None) -> dict[int, tuple[str, str]]:
    """Cross out their words in every row, and in all that was copied from the draft. version → text before, after."""
    rows = list(draft.rows.all())
    old = [ChangeSet.stored(row.changes) for row in rows]
    authored = [(changes, row.seat) for changes, row in zip(old, rows, strict=True)]
    pinned = (agreed.draft_version, agreed.text.body) if agreed is not None and agreed.draft_version else None
    new = cross_out_rows(authored, person.seat, pinned)
    for row, changes in zip(rows, new, strict=True):
        row.changes = changes.to_json()
        row.writer_id = None if row.writer_id == person.pk else row.writer_id
    DraftRow.objects.bulk_update(rows, ["changes", "writer"], batch_size=500)

    placed: list[Mark | DraftTag] = [*Mark.objects.filter(draft=draft), *DraftTag.objects.filter(draft=draft)]
    snapshots = list(draft.snapshots.all())
    decided = Decision.objects.filter(draft=draft).values_list("draft_version", flat=True)
    versions = {draft.version, *decided, *(one.version for one in (*placed, *snapshots))}
    before, after = (bodies(changes, {version for version in versions if version}) for changes in (old, new))
    draft.body = after.get(draft.version, "")
    draft.save(update_fields=["body"])
    for snapshot in snapshots:
        DraftSnapshot.objects.filter(pk=snapshot.pk).update(body=after[snapshot.version])
    for one in placed:
        one.quotation = cut(after[one.version], one.start, one.end)
        one.save(update_fields=["quotation"])
    return {version: (before[version], after[version]) for version in before}


Versions = dict[int, tuple[str, str]]


def _erase_from_decisions(
    session: WorkshopSession, words: set[str], drafts: dict[int, Versions], agreed: AgreedDefinition | None
) -> None:
    for decision in Decision.objects.filter(round__step__session=session):
        before, after = drafts.get(decision.draft_id or 0, {}).get(decision.draft_version or 0, ("", ""))
        decision.body = _without_words(follow(decision.body, before, after), words, agreed)
        decision.save(update_fields=["body"])
        for objection in decision.round.objections.all():
            objection.quotation = _quoted(decision.body, objection.spans)
            objection.save(update_fields=["quotation"])
    for closing in Closing.objects.filter(round__step__session=session):
        if agreed is None or closing.body != agreed.text.body:
            for versions in drafts.values():
                if closing.draft_version in versions:
                    closing.body = follow(closing.body, *versions[closing.draft_version])
            closing.body = _without_words(closing.body, words, agreed)
            closing.save(update_fields=["body"])


def _without_words(body: str, words: set[str], agreed: AgreedDefinition | None) -> str:
    """A text that was put together from whole sentences, without theirs, unless the room agreed on just that."""
    for own in sorted(words, key=len, reverse=True):
        if agreed is None or own not in agreed.text.body:
            body = body.replace(own, crossed_out(own)) if " " in own else body
    return body


def _quoted(body: str, spans: list[list[int]]) -> str:
    return " … ".join(cut(body, start, end) for start, end in spans)


def _without(report: dict[str, Any], words: set[str], draft: Versions) -> dict[str, Any]:
    """The frozen record: its texts without theirs, its numbers as they are."""
    steps = _crossed(report["steps"], words)
    for round_ in (round_ for step in steps for round_ in step["rounds"]):
        if "authors" in round_:
            round_["text"] = follow(round_["text"], *draft.get(round_["version"], ("", "")))
            for span in (span for element in round_.get("elements", ()) for span in element["spans"]):
                span["words"] = cut(round_["text"], span["start"], span["end"])
        if "decision" in round_:
            decision = round_["decision"]
            decision["text"] = follow(decision["text"], *draft.get(decision["version"], ("", "")))
            for objection in decision["objections"]:
                objection["quotation"] = _quoted(decision["text"], objection["spans"])
    elements = [{**one, "line": "" if one["line"] in words else one["line"]} for one in report.get("elements", ())]
    return {**report, "steps": steps, "elements": elements}


def _crossed(value: Any, words: set[str]) -> Any:
    """A record in which every text that is one of these has crosses instead."""
    match value:
        case str():
            return crossed_out(value) if value in words else value
        case list():
            return [_crossed(one, words) for one in value]
        case dict():
            return {key: _crossed(one, words) for key, one in value.items()}
    return value


def empty_log() -> bool:
    """SQLite writes over what it deletes (secure_delete), but its log still has it. False: it is in use, and stays."""
    if connection.vendor != "sqlite":
        return True
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, *_pages = cursor.fetchone()
    return not busy
