"""Writers of the program's own draft: one push in flight, what is typed meanwhile goes with the next."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.crowd import Crowd, Link
from bench.program import House, Program
from bench.rows.typing import WORD, Desk, Key

PATIENCE = 60.0
Row = tuple[str, int, list[Any], bool, int]


@dataclass
class Writer:
    """A caret in a text of `length` units at `version`, and keys that are not sent yet."""

    number: int
    link: Link
    draft: int
    version: int = 0
    length: int = 0
    caret: int = 0
    own: int = 0  # letters of its own before the caret
    letters: int = 0  # that it has typed of its word, with those still waiting
    seq: int = 0
    waiting: list[tuple[Key, str]] = field(default_factory=list)  # keys with their letter, "" for backspace
    in_flight: list[tuple[Key, str]] = field(default_factory=list)
    forward: bool = True

    @property
    def client(self) -> str:
        return f"writer-{self.number}"

    def press(self, key: Key) -> None:
        if self.letters >= WORD:
            self.forward = False
        elif self.letters <= 0:
            self.forward = True
        self.letters += 1 if self.forward else -1
        self.waiting.append((key, "e" if self.forward else ""))
        self.push()

    def push(self) -> None:
        if self.in_flight or not self.waiting:
            return
        typed, taken = net(letter for _key, letter in self.waiting)
        if not typed and not taken:
            return
        self.in_flight, self.waiting = self.waiting, []
        self.seq += 1
        self._send(replacing(self.length, self.caret - taken, self.caret, typed))

    def _send(self, changes: list[Any]) -> None:
        message = {"t": "push", "draft": self.draft, "version": self.version, "client": self.client, "seq": self.seq}
        self.link.tell(json.dumps({**message, "left": False, "changes": changes}).encode())

    def take(self, rows: Sequence[Row], start: int) -> None:
        """Rows from version `start` on; those that it has already are passed over."""
        for client, _seq, changes, _left, _seat in rows[self.version - start :]:
            mine = client == self.client
            self.caret, self.length = moved(self.caret, changes, after=mine)
            self.version += 1
            if mine:
                self.in_flight = []

    def behind(self) -> None:
        """Nothing was taken: say where we are, and send it all again when the rows have come."""
        self.waiting, self.in_flight = self.in_flight + self.waiting, []
        self.seq -= 1 if self.waiting else 0
        self.link.tell(hello(self.draft, self.version, self.client))


def net(letters: Iterator[str]) -> tuple[str, int]:
    """What keys come to: the letters that stay, and how many are taken out before them."""
    typed, taken = "", 0
    for letter in letters:
        if letter:
            typed += letter
        elif typed:
            typed = typed[:-1]
        else:
            taken += 1
    return typed, taken


def replacing(length: int, start: int, end: int, words: str) -> list[Any]:
    """A change set as definitions/drafting/changes.py writes it."""
    replaced = [end - start, words] if words else [end - start]
    return [section for section in (start, replaced, length - end) if section != 0]


def moved(caret: int, changes: list[Any], after: bool) -> tuple[int, int]:
    """Where a caret is afterwards, and how long the text is. `after`: words put in at the caret go before it."""
    old = new = 0
    result = -1
    for section in changes:
        if isinstance(section, int):
            if result < 0 and (caret < old + section or (caret == old + section and not after)):
                result = new + caret - old
            old, new = old + section, new + section
        else:
            put_in = len("\n".join(section[1:]))
            if result < 0 and caret <= old + section[0]:
                result = new + put_in if after or caret > old else new
            old, new = old + section[0], new + put_in
    return (result if result >= 0 else new + caret - old), new


def hello(draft: int, version: int, client: str) -> bytes:
    return json.dumps({"t": "draft", "draft": draft, "version": version, "client": client}).encode()


@contextmanager
def ours(house: House, writers: int, phones: int) -> Iterator[Desk]:
    prepared = house.prepare("draft", phones)
    with house.program(prepared) as program, program.crowd() as crowd:
        yield _seated(program, crowd, writers, phones)


def _seated(program: Program, crowd: Crowd, writers: int, phones: int) -> Desk:
    meeting, pens = program.meeting, dict[int, Writer]()
    versions = [-1] * phones
    keys_of: dict[tuple[str, int], tuple[Key, ...]] = {}
    at_version: dict[int, tuple[Key, ...]] = {}
    parsed: dict[bytes, dict[str, Any]] = {}

    def type_key(number: int) -> None:
        pen = pens[number]
        pen.press(desk.count_key(number))
        if pen.in_flight:
            keys_of[(pen.client, pen.seq)] = tuple(key for key, _letter in pen.in_flight)

    def took(link: Link, payload: bytes, now: float) -> None:
        message = parsed.get(payload)
        if message is None:
            if len(parsed) > 5000:
                parsed.clear()
            message = parsed[payload] = json.loads(payload)
        pen = pens.get(link.number)
        match message["t"]:
            case "rows":
                for number, row in enumerate(message["rows"], message["from"] + 1):
                    at_version.setdefault(number, keys_of.get((row[0], row[1]), ()))
                shows(link, message["from"] + len(message["rows"]), now)
                if pen is not None:
                    pen.take(message["rows"], message["from"])
                    pen.push()
                    if pen.in_flight:
                        keys_of[(pen.client, pen.seq)] = tuple(key for key, _letter in pen.in_flight)
            case "state":
                if pen is not None and pen.version and pen.version != message["version"]:
                    raise RuntimeError("A writer fell too far behind for rows; its caret is lost.")
                shows(link, message["version"], now)
                if pen is not None:
                    pen.version, pen.length = message["version"], len(message["body"])
            case "behind":
                if pen is not None:
                    pen.behind()
                else:
                    link.tell(hello(meeting.draft, versions[link.number], f"reader-{link.number}"))
            case "refused":
                raise RuntimeError(f"An edit was refused: {message}")

    def shows(link: Link, version: int, now: float) -> None:
        before = versions[link.number]
        if version <= before:
            return
        versions[link.number] = version
        if before >= 0 and (keys := tuple(k for v in range(before + 1, version + 1) for k in at_version.get(v, ()))):
            desk.see(link.number, keys, now)

    def greet(link: Link) -> None:
        link.tell(b'{"t":"hello","have":{}}')
        if link.number < writers:
            pens[link.number] = Writer(link.number, link, meeting.draft)
        link.tell(hello(meeting.draft, -1, f"{'writer' if link.number < writers else 'reader'}-{link.number}"))

    desk = Desk(crowd, program.pids, phones, type_key)
    crowd.sockets((program.phone_socket(meeting, number) for number in range(phones)), greet, took)
    crowd.until(lambda: min(versions) >= 0, PATIENCE, "every phone has the draft")
    _give_each_a_place(crowd, pens, versions)
    return desk


def _give_each_a_place(crowd: Crowd, pens: dict[int, Writer], versions: list[int]) -> None:
    """A dash for each writer: each types behind their own, where nobody else does."""
    first, begins = pens[0], pens[0].length
    first.in_flight = [((0, 0), "-")]
    first.seq += 1
    first._send(replacing(first.length, first.length, first.length, "-" * len(pens)))
    head = first.version + 1
    crowd.until(lambda: min(versions) >= head, PATIENCE, "every phone has the places")
    for number, pen in pens.items():
        pen.caret = begins + number + 1
