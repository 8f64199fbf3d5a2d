from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from definitions.texts.tokens import word_count
from workshop.sessions.kinds import Ids
from workshop.sessions.models import Participant, Round, Step

from .authority import Row
from .changes import ChangeSet, Run, authors, text_hash, text_length, to_units
from .models import Draft, DraftRow, Mark

ROWS_A_MESSAGE = 200


def draft_of(step: Step) -> Draft | None:
    return Draft.objects.filter(step=step).first()


def may_write(draft: Draft, participant: Participant) -> bool:
    return draft.all_write or draft.pen_rows.filter(participant=participant).exists()


def read_rows(draft: Draft, after: int, upto: int | None = None) -> list[Row]:
    """The rows after a version, as the authority wants them."""
    rows = draft.rows.filter(version__gt=after)
    if upto is not None:
        rows = rows.filter(version__lte=upto)
    return [as_row(row) for row in rows]


def as_row(row: DraftRow) -> Row:
    return Row(row.client, row.seq, ChangeSet.stored(row.changes), row.left, row.seat)


def state_message(draft: Draft) -> dict[str, Any]:
    return {"t": "state", "draft": draft.pk, "version": draft.version, "body": draft.body}


def rows_message(draft: Draft, version: int) -> dict[str, Any]:
    """What a browser at `version` needs to be where the draft is now; the whole text if it is far behind."""
    if not max(0, draft.version - ROWS_A_MESSAGE) <= version <= draft.version:
        return state_message(draft)
    return {
        "t": "rows",
        "draft": draft.pk,
        "from": version,
        "rows": [row.to_json() for row in read_rows(draft, version, draft.version)],
        "hash": text_hash(draft.body),
    }


def last_seq(draft: Draft, client: str) -> int:
    """The highest seq accepted from a client, 0 if none."""
    return draft.rows.filter(client=client).aggregate(last=Max("seq"))["last"] or 0


def body_at(draft: Draft, version: int) -> str:
    """The text as it was at a version, played from the nearest snapshot before it."""
    if version == draft.version:
        return draft.body
    snapshot = draft.snapshots.filter(version__lte=version).last()
    body, after = (snapshot.body, snapshot.version) if snapshot else ("", 0)
    for row in read_rows(draft, after, version):
        body = row.changes.apply(body)
    return body


def author_runs(draft: Draft, version: int) -> list[Run]:
    snapshot = draft.snapshots.filter(version__lte=version).last()
    start: list[Run] = [(units, seat) for units, seat in snapshot.authors] if snapshot else []
    after = snapshot.version if snapshot else 0
    return authors(((row.changes, row.seat) for row in read_rows(draft, after, version)), start)


@dataclass(frozen=True)
class Passage:
    """Some words of the draft with what has been said of them, where they stand now."""

    says: str
    start: int
    end: int
    quotation: str
    words: str
    count: int
    mark_ids: tuple[str, ...]


def passages(draft: Draft) -> list[Passage]:
    """All marks whose words still stand, equal ones together; most said first."""
    rows = read_rows(draft, 0) if draft.marks.exists() else []
    units = to_units(draft.body)
    together: dict[tuple[str, int, int, str], list[Mark]] = defaultdict(list)
    for mark in draft.marks.all():
        span: tuple[int, int] | None = (mark.start, mark.end)
        for row in rows[mark.version : draft.version]:
            span = row.changes.map_span(*span) if span else None
        if span and units[span[0] : span[1]] == to_units(mark.quotation):
            together[(mark.says, *span, mark.words)].append(mark)
    found = [
        Passage(says, start, end, marks[0].quotation, words, len(marks), tuple(str(mark.pk) for mark in marks))
        for (says, start, end, words), marks in together.items()
    ]
    return sorted(found, key=lambda passage: (-passage.count, passage.start))


def mine(round_: Round, participant_ids: Ids) -> dict[int, dict[str, Any]]:
    draft = draft_of(round_.step)
    if draft is None:
        return {}
    pens = set(draft.pen_rows.values_list("participant_id", flat=True))
    marks: dict[int, list[str]] = defaultdict(list)
    for participant_id, id_ in draft.marks.filter(participant_id__in=participant_ids).values_list(
        "participant_id", "id"
    ):
        marks[participant_id].append(str(id_))
    return {
        participant_id: {"writes": draft.all_write or participant_id in pens, "marks": marks[participant_id]}
        for participant_id in participant_ids
    }


def history(draft: Draft) -> dict[str, Any]:
    """Every row with its time, for the time-lapse: seconds since the first."""
    rows = list(draft.rows.all())
    first = rows[0].at if rows else None
    return {
        "version": draft.version,
        "rows": [
            {"at": round((row.at - first).total_seconds(), 1) if first else 0, "seat": row.seat, "changes": row.changes}
            for row in rows
        ],
    }


def report(round_: Round) -> dict[str, Any] | None:
    draft = draft_of(round_.step)
    if draft is None:
        return None
    return {
        "text": draft.body,
        "words": word_count(draft.body),
        "version": draft.version,
        "authors": [{"units": units, "seat": seat} for units, seat in author_runs(draft, draft.version)],
        "length": text_length(draft.body),
    }
