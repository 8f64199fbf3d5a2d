import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from definitions.proposals.queries import candidates, chosen_for
from definitions.texts.tokens import tokens
from workshop.accounts.models import User
from workshop.errors import Refused
from workshop.sessions.access import Actor, may_facilitate, must_facilitate, must_take_part
from workshop.sessions.commands.changing import changing
from workshop.sessions.models import Participant, Round, WorkshopSession
from workshop.sessions.queries import here

from . import authority, queries
from .bursts import Burst
from .changes import ChangeError, ChangeSet, text_length, to_units
from .models import Draft, DraftRow, DraftSnapshot, Mark, Pen

WRITERS_WITHOUT_PENS = 8
PENS = 3
OWN_CLIENT = "server"
MAX_MARKS = 20
MAX_QUOTATION = 300

draft_changed = Signal()
"""Sent with `draft_id` and its `session_id` after the commit of new rows. A hint, like session_changed."""


def take(draft_id: int, pushes: Sequence[tuple[Actor, dict[str, Any]]]) -> list[dict[str, Any] | None]:
    """Decide on pushes in the order they came, in one transaction. Answers: None (its row is the acknowledgement),
    or a `behind`, `refused` or `rows` message for the one who sent it."""
    with transaction.atomic():
        draft = Draft.objects.select_for_update().get(pk=draft_id)
        before = draft.version
        people = {actor.pk for actor, _message in pushes if isinstance(actor, Participant)}
        clients = {client for _actor, message in pushes if authority.is_id(client := message.get("client"))}
        burst = Burst(draft, people, clients)
        answers = [_take_one(burst, actor, message) for actor, message in pushes]
        _save_rows(burst)
        if draft.version > before:
            draft.save(update_fields=["body", "version"])
            transaction.on_commit(
                lambda: draft_changed.send(sender=Draft, draft_id=draft.pk, session_id=draft.step.session_id)
            )
    return answers


def greet(draft_id: int, *, session_id: int, version: int, client: str | None) -> dict[str, Any] | None:
    """What a browser at `version` needs: rows, or the text with the last seq that was taken from it.

    Nothing is changed; the draft is locked so that text and seq are of one moment. None: no draft of this meeting.
    """
    with transaction.atomic():
        draft = Draft.objects.select_for_update().filter(pk=draft_id, step__session=session_id).first()
        if draft is None:
            return None
        answer = queries.rows_message(draft, version)
        if answer["t"] == "state" and client is not None:
            answer["seq"] = queries.last_seq(draft, client)
    return answer


def _take_one(burst: Burst, actor: Actor, message: dict[str, Any]) -> dict[str, Any] | None:
    draft = burst.draft
    try:
        push = authority.read_push(message)
    except ChangeError as error:
        seq = message.get("seq")
        return {
            "t": "refused",
            "seq": seq if type(seq) is int else None,
            "code": error.code,
            "reason": _(error.sentence),
        }
    try:
        writer = _must_write(burst, actor)
        seat = _author_seat(draft, push, writer)
        _must_own_client(burst, push.client, writer)
    except Refused as refusal:
        return {"t": "refused", "seq": push.seq, "code": refusal.code, "reason": str(refusal)}
    behind = authority.is_behind(draft.version, push.version)
    since = [] if behind else burst.since(push.version)
    last_seq = burst.last_seq(push.client)
    match authority.decide(draft.version, draft.body, since, push, seat=seat, last_seq=last_seq):
        case authority.Accepted(row, text):
            burst.add(
                row,
                _appended(
                    draft, row.changes, text, seat=seat, writer=writer, client=row.client, seq=row.seq, left=row.left
                ),
            )
            return None
        case authority.Repeated():
            _save_rows(burst)
            return queries.rows_message(draft, push.version)
        case authority.Behind(head):
            return {"t": "behind", "draft": draft.pk, "head": head}
        case authority.Refused(seq, code, sentence):
            return {"t": "refused", "seq": seq, "code": code, "reason": _(sentence)}


def _save_rows(burst: Burst) -> None:
    """By one statement: an INSERT each was a fifth of what fifty people who type cost."""
    DraftRow.objects.bulk_create(burst.unsaved)
    burst.unsaved.clear()


def open_draft(round_: Round) -> None:
    """The draft begins with what it starts from, each text as its author's; without any, with the first words."""
    draft, created = Draft.objects.get_or_create(step=round_.step)
    present = list(here(round_.step.session))
    if not created:
        draft.frozen = False
        draft.save(update_fields=["frozen"])
        return
    earlier = round_.step.settings.get("starts_with")
    chosen = [] if earlier else chosen_for(round_.step)
    for index, start in enumerate(chosen):
        _insert(draft, ("\n" if index else "") + start.text.body, seat=start.seat)
    if not chosen:
        _insert(draft, earlier or _("Customer service is "), seat=0)
    draft.all_write = len(present) <= WRITERS_WITHOUT_PENS
    draft.save(update_fields=["body", "version", "all_write"])
    first = {start.seat for start in chosen}
    holders = sorted(present, key=lambda person: (person.seat not in first, person.seat))[:PENS]
    Pen.objects.bulk_create(Pen(draft=draft, participant=person) for person in holders)


def close_draft(round_: Round) -> None:
    draft = queries.draft_of(round_.step)
    if draft is not None:
        draft = Draft.objects.select_for_update().get(pk=draft.pk)
        snapshot(draft)


def snapshot(draft: Draft) -> DraftSnapshot:
    runs = [list(run) for run in queries.author_runs(draft, draft.version)]
    made, _created = DraftSnapshot.objects.get_or_create(
        draft=draft, version=draft.version, defaults={"body": draft.body, "authors": runs}
    )
    return made


def freeze(session: WorkshopSession, *, actor: Actor, draft: Draft, frozen: bool) -> Draft:
    """Nobody can type, or everybody again."""
    must_facilitate(actor, session)
    with changing(session):
        locked = _locked(draft, session)
        locked.frozen = frozen
        locked.save(update_fields=["frozen"])
    return locked


def go_back(session: WorkshopSession, *, actor: Actor, draft: Draft, seconds: int = 30) -> Draft:
    """The text as it was so many seconds ago, as new rows: what went in between stays in the history.

    Words that come back are their authors' again.
    """
    must_facilitate(actor, session)
    with changing(session):
        locked = _locked(draft, session)
        then = timezone.now() - timedelta(seconds=seconds)
        earlier = locked.rows.filter(at__lte=then).aggregate(last=Max("version"))["last"]
        target = max(earlier or 0, _first_version(locked))
        if target < locked.version:
            _restore(locked, target)
            locked.save(update_fields=["body", "version"])
            transaction.on_commit(lambda: draft_changed.send(sender=Draft, draft_id=locked.pk, session_id=session.pk))
    return locked


def let_all_write(session: WorkshopSession, *, actor: Actor, draft: Draft, all_write: bool) -> Draft:
    must_facilitate(actor, session)
    with changing(session):
        locked = _locked(draft, session)
        locked.all_write = all_write
        locked.save(update_fields=["all_write"])
    return locked


def give_pen(session: WorkshopSession, *, actor: Actor, draft: Draft, participant: Participant, held: bool) -> None:
    """Give someone a pen, or take it."""
    must_facilitate(actor, session)
    with changing(session):
        locked = _locked(draft, session)
        if held:
            if participant.session_id != session.pk or not participant.is_here:
                raise Refused("not-in-this-meeting", _("That person is not in this meeting."))
            Pen.objects.get_or_create(draft=locked, participant=participant)
        else:
            locked.pen_rows.filter(participant=participant).delete()


def mark(
    session: WorkshopSession,
    *,
    actor: Participant,
    draft: Draft,
    id_: uuid.UUID,
    says: str,
    version: int,
    start: int,
    end: int,
    words: str = "",
) -> Mark:
    """Say of some words: keep, change, or these instead. The same words by the same person: the newer mark stands."""
    with changing(session, touches=[actor]):
        must_take_part(actor, session)
        locked = open_for_words(session, draft)
        quotation = quoted(locked, version=version, start=start, end=end)
        if Mark.objects.filter(pk=id_).exists():
            raise Refused("mark-made", _("That was marked already. Reload the page."))
        if says == Mark.Says.SUGGEST and not words:
            raise Refused("words-missing", _("Type the words that you suggest."))
        own = locked.marks.filter(participant=actor)
        own.filter(quotation=quotation).delete()
        if own.count() >= MAX_MARKS:
            raise Refused("enough-marks", _("That is enough for now. Take a mark away first."))
        return Mark.objects.create(
            id=id_, draft=locked, participant=actor, says=says, version=version, start=start, end=end,
            quotation=quotation, words=words,
        )  # fmt: skip


def unmark(session: WorkshopSession, *, actor: Participant, draft: Draft, id_: uuid.UUID) -> None:
    with changing(session, touches=[actor]):
        must_take_part(actor, session)
        draft.marks.filter(pk=id_, participant=actor).delete()


def clear_marks(session: WorkshopSession, *, actor: Actor, draft: Draft) -> None:
    must_facilitate(actor, session)
    with changing(session):
        _locked(draft, session).marks.all().delete()


def open_for_words(session: WorkshopSession, draft: Draft) -> Draft:
    """Inside a command that says something of words: the draft, locked, while its round is open."""
    locked = _locked(draft, session)
    _must_be_open(Burst(locked))
    return locked


def quoted(draft: Draft, *, version: int, start: int, end: int) -> str:
    """The words that somebody means who saw the draft at a version, which may be a moment ago."""
    if not max(0, draft.version - authority.MAX_ROWS) <= version <= draft.version:
        raise Refused("text-moved", _("The text has moved on. Tap the words once more."))
    units = to_units(queries.body_at(draft, version))
    if not 0 <= start < end <= len(units):
        raise Refused("no-such-words", _("Tap the words that you mean."))
    quotation = units[start:end].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    if len(quotation) > MAX_QUOTATION:
        raise Refused("too-many-words", _("Tap fewer words."))
    return quotation


def _locked(draft: Draft, session: WorkshopSession) -> Draft:
    locked = Draft.objects.select_for_update().filter(pk=draft.pk, step__session=session).first()
    if locked is None:
        raise Refused("no-draft", _("This meeting has no draft yet."))
    return locked


def _must_be_open(burst: Burst) -> None:
    if not burst.is_open:
        raise Refused("closed", _("The draft is closed now."))


def _must_write(burst: Burst, actor: Actor) -> Participant | None:
    """The writer, or None for the facilitator, who holds a pen always."""
    _must_be_open(burst)
    draft, session = burst.draft, burst.draft.step.session
    if isinstance(actor, User):
        if not may_facilitate(actor, session):
            raise Refused("facilitator-only", _("Only the facilitator can do that."))
        return None
    actor = must_take_part(actor, session, now=burst.people.get(actor.pk))
    if draft.frozen:
        raise Refused("frozen", _("The facilitator has stopped the pens for a moment."))
    if not burst.may_write(actor):
        raise Refused("no-pen", _("Someone else has this pen now."))
    return actor


def _must_own_client(burst: Burst, client: str, writer: Participant | None) -> None:
    if client == OWN_CLIENT or not burst.belongs(client, writer):
        raise Refused("not-your-client", _("This tab belongs to someone else now. Reload the page."))


def _author_seat(draft: Draft, push: authority.Push, writer: Participant | None) -> int:
    """Whose words these are: the writer's, or those of the proposal that they were tapped in from."""
    own = writer.seat if writer else 0
    if push.author is None:
        return own
    proposal = next((found for found in candidates(draft.step) if str(found.pk) == push.author), None)
    if proposal is None or proposal.text is None or not _is_phrase(_put_in(push.changes), proposal.text.body):
        return own
    return proposal.participant.seat


def _put_in(changes: object) -> str:
    """The words that a push puts in at one place; none if there are several, as no phrase is tapped in so."""
    pieces = [item[1:] for item in changes if isinstance(item, list)] if isinstance(changes, list) else []
    return "\n".join(map(str, pieces[0])) if len(pieces) == 1 else ""


def _is_phrase(words: str, body: str) -> bool:
    """Whether they stand side by side in a text, as whole words."""
    wanted, there = ([token.word for token in tokens(text)] for text in (words, body))
    together = any(there[at : at + len(wanted)] == wanted for at in range(len(there)))
    return bool(wanted) and together and " ".join(words.split()) in " ".join(body.split())


def _insert(draft: Draft, words: str, *, seat: int, at: int | None = None, delete: int = 0) -> None:
    length = text_length(draft.body)
    start = length if at is None else at
    changes = ChangeSet.replace(length, start, start + delete, words)
    seq = queries.last_seq(draft, OWN_CLIENT) + 1
    _appended(
        draft, changes, changes.apply(draft.body), seat=seat, writer=None, client=OWN_CLIENT, seq=seq, left=False
    ).save(force_insert=True)


def _appended(
    draft: Draft,
    changes: ChangeSet,
    text: str,
    *,
    seat: int,
    writer: Participant | None,
    client: str,
    seq: int,
    left: bool,
) -> DraftRow:
    """The row that makes the draft's next version. It, and the draft, are still to be saved."""
    draft.version += 1
    draft.body = text
    return DraftRow(
        draft=draft, version=draft.version, client=client, seq=seq, left=left, changes=changes.to_json(),
        seat=seat, writer=writer, at=timezone.now(),
    )  # fmt: skip


def _first_version(draft: Draft) -> int:
    """The version with which the draft began: going back never empties it."""
    first = draft.rows.exclude(client=OWN_CLIENT).first()
    return first.version - 1 if first else draft.version


def _restore(draft: Draft, target: int) -> None:
    """Append rows that lead back to a version, its authors' words as theirs."""
    body = to_units(queries.body_at(draft, target))
    runs = queries.author_runs(draft, target)
    now = to_units(draft.body)
    same = 0
    while same < min(len(now), len(body)) and now[same] == body[same]:
        same += 1
    tail = 0
    while tail < min(len(now), len(body)) - same and now[-1 - tail] == body[-1 - tail]:
        tail += 1
    same, tail = _at_pair_edges(now, body, same, tail)
    delete = len(now) - same - tail
    if delete:
        _insert(draft, "", seat=0, at=same, delete=delete)
    at = 0
    for units, seat in runs:
        start, end = max(at, same), min(at + units, len(body) - tail)
        if start < end:
            words = body[start:end].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
            _insert(draft, words, seat=seat, at=start)
        at += units


def _at_pair_edges(now: str, body: str, same: int, tail: int) -> tuple[int, int]:
    """Never begin or end inside a surrogate pair."""
    if same and "\ud800" <= now[same - 1] <= "\udbff":
        same -= 1
    if tail and "\udc00" <= now[-tail] <= "\udfff":
        tail -= 1
    return same, tail
