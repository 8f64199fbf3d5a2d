"""A colleague's copy of the joint draft: what static/js/draft/replica.js is to a browser, for one who types in peace.

One change at a time is under way, and nothing is changed here while it is; so `text` is what the server has confirmed.
Pure: messages of live/README.md in and out, no network.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any

from definitions.drafting.changes import ChangeSet, rebase, text_length

PIECES = re.compile(r"\s+|\S+")


@dataclass
class Pending:
    changes: ChangeSet
    left: bool
    seq: int


class Pen:
    def __init__(self, draft: int, client: str) -> None:
        self.draft, self.client = draft, client
        self.version, self.text = -1, ""
        self.seq = 0
        self.pending: Pending | None = None
        self.caret = 0  # where one's own last edit ended
        self.refused = ""  # the code of the last refusal

    @property
    def knows(self) -> bool:
        return self.version >= 0

    def hello(self) -> dict[str, Any]:
        return {"t": "draft", "draft": self.draft, "version": self.version, "client": self.client}

    def replace(self, start: int, end: int, words: str) -> None:
        """Put words in the place of units start..end. `push` then has the message."""
        assert self.pending is None, "one change at a time"
        self.seq += 1
        self.refused = ""
        changes = ChangeSet.replace(text_length(self.text), start, end, words)
        self.pending = Pending(changes, start == self.caret, self.seq)

    def push(self) -> dict[str, Any] | None:
        """What is under way, as it reads now; the same again after a hello."""
        if self.pending is None:
            return None
        told = {"version": self.version, "client": self.client, "seq": self.pending.seq, "left": self.pending.left}
        return {"t": "push", "draft": self.draft, **told, "changes": self.pending.changes.to_json()}

    def where(self) -> dict[str, Any]:
        place = {"pos": self.caret, "version": self.version}
        return {"t": "caret", "draft": self.draft, "client": self.client, **place}

    def take(self, message: dict[str, Any]) -> bool:
        """Take a message of the draft. True: hello has to be said again, and then what is under way pushed."""
        match message["t"]:
            case "state":
                self.version, self.text = message["version"], message["body"]
                self.pending, self.caret = None, text_length(self.text)
                self.seq = max(self.seq, message.get("seq", 0))
            case "rows":
                if message["from"] > self.version:
                    return True
                for row in message["rows"][self.version - message["from"] :]:
                    self._row(*row)
            case "behind":
                return True
            case "refused" if self.pending is None or message["seq"] in (None, self.pending.seq):
                self.pending, self.refused = None, message["code"]
        return False

    def _row(self, client: str, seq: int, data: list[Any], left: bool, _seat: int) -> None:
        row = ChangeSet.stored(data)
        self.text = row.apply(self.text)
        self.version += 1
        if client == self.client and self.pending and seq == self.pending.seq:
            self.pending, self.caret = None, end_of(row)
            return
        self.caret = row.map_pos(min(self.caret, row.length))
        if self.pending:
            self.pending.changes = rebase(self.pending.changes, self.pending.left, row, left)


def end_of(changes: ChangeSet) -> int:
    """Where its last words end, in the new text."""
    at = end = 0
    for length, words in changes.sections:
        at += length if words is None else len(words)
        end = end if words is None else at
    return end


@dataclass(frozen=True)
class Mend:
    """One thing to do to a text: these units out, these words in. As people mend: a few words at a time."""

    start: int
    end: int
    words: str


def mends(text: str, goal: str, most: int = 4) -> list[Mend]:
    """What differs from the goal, from left to right; at most so many words are put in at one place."""
    ours, theirs = PIECES.findall(text), PIECES.findall(goal)
    starts = [0]
    for piece in ours:
        starts.append(starts[-1] + text_length(piece))
    matching = difflib.SequenceMatcher(a=ours, b=theirs, autojunk=False)
    return [
        Mend(starts[a], starts[b], "".join(theirs[c : min(d, c + 2 * most)]))
        for what, a, b, c, d in matching.get_opcodes()
        if what != "equal"
    ]
