"""The authority of one draft: what becomes of a push. Pure; the command around it locks, reads and saves.

    head, text, rows since the push's version, push  ──decide──>  Accepted | Repeated | Behind | Refused

Rows of a draft are numbered by the version they make: row v leads from version v - 1 to v.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeGuard

from definitions.drafting.changes import MAX_LENGTH, ChangeError, ChangeSet, rebase, too_long
from definitions.drafting.units import text_length

MAX_ROWS: Final = 300  # to rebase over; beyond, the browser catches up first
MAX_REBASED_SECTIONS: Final = 256  # bounds what one push can cost, and what the rows after it have to pay

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BIGGEST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Push:
    """What a browser sends. `changes` is still JSON: how long the text was is only known in `decide`."""

    version: int
    client: str
    seq: int
    left: bool
    changes: object
    author: str | None = None  # the id of the proposal that the words come from


@dataclass(frozen=True, slots=True)
class Row:
    """One accepted step. `seat` is its author's, who is not always the one who typed it."""

    client: str
    seq: int
    changes: ChangeSet
    left: bool
    seat: int

    def to_json(self) -> list[object]:
        """An item of the `rows` message."""
        return [self.client, self.seq, self.changes.to_json(), self.left, self.seat]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Save the row as version head + 1, and the text with it."""

    row: Row
    text: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """Accepted before; the answer was lost. Send the rows since the push's version once more."""

    seq: int


@dataclass(frozen=True, slots=True)
class Behind:
    """Nothing was done. The browser says hello, catches up, and sends the push again."""

    head: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was done, and the same push will not be taken later. `code` is a ChangeError's."""

    seq: int
    code: str
    sentence: str


Decision: TypeAlias = Accepted | Repeated | Behind | Refused


def read_push(message: object) -> Push:
    """Read a decoded `push` message; keys that it need not have are ignored. ChangeError "malformed"."""
    if type(message) is dict:
        version, seq = message.get("version"), message.get("seq")
        client, author = message.get("client"), message.get("author")
        left = message.get("left")
        if (
            type(version) is int
            and 0 <= version <= _BIGGEST
            and type(seq) is int
            and 1 <= seq <= _BIGGEST
            and type(left) is bool
            and is_id(client)
            and (author is None or is_id(author))
        ):
            return Push(version, client, seq, left, message.get("changes"), author)
    raise ChangeError("malformed", "This message could not be read. Reload the page and try again.")


def is_behind(head: int, version: int) -> bool:
    """Whether a push for `version` is not even tried: no need to read any rows for it."""
    return not 0 <= head - version <= MAX_ROWS


def decide(head: int, text: str, since: Sequence[Row], push: Push, *, seat: int, last_seq: int = 0) -> Decision:
    """Decide on a push for a draft that is at version `head` with `text`.

    `since`: the rows push.version + 1 to head, in order; may be empty when `is_behind`.
    `seat`: of whoever is to count as author; the command has checked the writer's right to name them.
    `last_seq`: the highest seq accepted from this client for this draft, 0 if none.
    """
    if push.seq <= last_seq:
        return Repeated(push.seq)
    if is_behind(head, push.version):
        return Behind(head)
    if len(since) != head - push.version:
        raise ValueError(f"{len(since)} rows from version {push.version} to {head}")
    try:
        length = since[0].changes.length if since else text_length(text)
        changes = ChangeSet.parse(push.changes, length)
        for row in since:
            changes = rebase(changes, push.left, row.changes, row.left)
            if len(changes.sections) > MAX_REBASED_SECTIONS:
                raise ChangeError("sections", "Too much has changed in between. Read the text and try once more.")
        if changes.splits_pair(text):
            raise ChangeError("pair", "This would cut a character in two. Try again.")
        if changes.new_length > max(MAX_LENGTH, changes.length):
            raise too_long()
    except ChangeError as error:
        return Refused(push.seq, error.code, error.sentence)
    return Accepted(Row(push.client, push.seq, changes, push.left, seat), changes.apply(text))


def is_id(value: object) -> TypeGuard[str]:
    return type(value) is str and _ID.fullmatch(value) is not None
