"""What a hostile or broken client may send: the shapes that ours sends, with anything in them. By a seeded chance."""

import json
from random import Random
from typing import Any
from urllib.parse import urlencode

TEXTS = (
    "", " ", "Ada", "We care.", "0", "-1", "1e9", "null", "true", "\x00", "a\x00b", "\u202eevil\u202c", "\ud800",
    "e" + "\u0301" * 400, "👩‍👩‍👧‍👦" * 20, "=HYPERLINK(1)", "<b onclick=alert(1)>", "{{ 7*7 }}", "%s%n%x",
    "'; DROP TABLE x; --", "x" * 70_000, "../../etc/passwd", "\r\nSet-Cookie: a=b", "x" * 601, "1,2,3", "1," * 900, "٣",
    "1" * 5_000,
    "00000000-0000-4000-8000-000000000000", "7a6b1c1e-0000-4000-8000-00000000000G", "\ufeff", "\u2028", "on",
)  # fmt: skip
NUMBERS = (0, 1, 2, 3, -1, 7, 2**31, 2**53, 2**53 + 1, 2**63, 2**64, 10**15, -(10**15), 0.5, -0.0, 1e300, True, False)
RAW = (
    "", "{", "[]", "null", "1", '"x"', '{"t":', '{"t":NaN}', '{"t":"ping","at":1e999}', "{" * 5_000,
    '{"t":"ping","at":' + "9" * 5_000 + "}", '{"t":"hello","have":' + "[" * 9_000 + "]" * 9_000 + "}",
    '{"t":"do","door":"vote","client":"\\ud800","seq":1,"fields":{}}', '{"t":"ping","t":"do"}', "\ufeff{}", "﷽" * 900,
)  # fmt: skip
NAMES = ("t", "at", "have", "draft", "version", "client", "seq", "left", "changes", "pos", "door", "fields", "author")


class Grammar:
    """`ids`: numbers of rows that there are; `doors`: name → the fields of its form."""

    def __init__(self, rng: Random, ids: list[int], doors: dict[str, list[str]], client: str) -> None:
        self.rng, self.ids, self.doors, self.client = rng, ids, doors, client
        self.seq = 1

    def frame(self) -> str | bytes:
        """A frame for a socket: whole, spoilt, or nothing like one."""
        chance = self.rng.random()
        if chance < 0.05:
            return self.rng.choice(RAW)
        if chance < 0.07:
            return self.rng.randbytes(self.rng.randrange(200))
        text = json.dumps(self.message())
        if chance < 0.12:  # cut off, or one letter another
            at = self.rng.randrange(len(text))
            return text[:at] + self.rng.choice(["", "\x01", "}", '"', "9"]) + text[at + self.rng.randrange(1, 4) :]
        return text

    def message(self) -> dict[str, Any]:
        draft = self.rng.choice(self.ids)
        message: dict[str, Any] = self.rng.choice(
            [
                {"t": "hello", "have": {"stage": "9f2c", "bar": ""}},
                {"t": "ping", "at": 1},
                {"t": "draft", "draft": draft, "version": -1, "client": "tab"},
                {"t": "push", "draft": draft, "version": self.near(), "client": "tab", "seq": self.next_seq()}
                | {"left": False, "changes": self.changes()},
                {"t": "caret", "draft": draft, "client": "tab", "pos": 1, "version": self.near()},
                self.command(),
                self.command(),
                self.command(),
            ]
        )
        while self.rng.random() < 0.3:
            name = self.rng.choice([*message, *NAMES])
            message[name] = self.anything()
        if self.rng.random() < 0.05:
            del message[self.rng.choice(list(message))]
        return message

    def command(self) -> dict[str, Any]:
        door, fields = self.form()
        return {"t": "do", "door": door, "client": self.client, "seq": self.next_seq(), "fields": fields}

    def form(self) -> tuple[str, dict[str, str]]:
        """A door, and a form for it."""
        door = self.rng.choice(list(self.doors))
        fields = {name: self.value(name) for name in self.doors[door] if self.rng.random() < 0.9}
        if self.rng.random() < 0.1:
            fields[self.text()[:30]] = self.text()
        return door, fields

    def body(self) -> tuple[str, str, bytes]:
        """A POST: door, content type, body; mostly a form, now and then only something like one."""
        door, fields = self.form()
        envelope = {"client": self.client, "seq": str(self.next_seq())}
        if self.rng.random() < 0.1:
            envelope[self.rng.choice(["client", "seq"])] = self.text()
        body = urlencode({**envelope, **fields}, errors="surrogatepass").encode()
        match self.rng.randrange(20):
            case 0:
                return (
                    door,
                    "multipart/form-data; boundary=x",
                    b'--x\r\nContent-Disposition: form-data; name="a"' + body,
                )
            case 1:
                return door, "application/x-www-form-urlencoded", self.rng.randbytes(300)
            case 2:
                return door, "application/x-www-form-urlencoded; charset=utf-16", body
            case 3:
                return door, "application/json", body[: self.rng.randrange(len(body))]
            case 4:
                return door, "multipart/form-data", body
            case 5:
                return door, "application/x-www-form-urlencoded", b"&".join([b"a=1"] * 2_000)
            case _:
                return door, "application/x-www-form-urlencoded", body

    def value(self, name: str) -> str:
        """What often passes the form, so that the command sees it, or what should not."""
        if self.rng.random() < 0.35:
            return self.text()
        match name:
            case "id":
                return f"00000000-0000-4000-8000-{self.rng.randrange(10**12):012}"
            case "body" | "name" | "reason" | "words" | "says":
                return self.rng.choice(["We care.", "0,1", "words", "keep", "change", "suggest", "wording", "0", ""])
            case "choices":
                return ",".join(str(self.rng.choice(self.ids)) for _number in range(self.rng.randrange(4)))
            case "level":
                return self.rng.choice(["yes", "reserved", "no", "aside"])
            case "start" | "end" | "version" | "page" | "seconds" | "seat":
                return str(self.rng.randrange(40))
            case _:
                return str(self.rng.choice([*self.ids, "on"]))

    def changes(self) -> Any:
        if self.rng.random() < 0.3:
            return self.anything()
        return [self.rng.choice([self.near(), [0, self.text()[:300]], [self.near()], 20, "x", [0]]) for _n in range(3)]

    def anything(self, depth: int = 3) -> Any:
        match self.rng.randrange(8 if depth else 5):
            case 0 | 1:
                return self.text()
            case 2 | 3:
                return self.rng.choice([*NUMBERS, *self.ids])
            case 4:
                return None
            case 5 | 6:
                return [self.anything(depth - 1) for _number in range(self.rng.randrange(4))]
            case _:
                return {self.text()[:20]: self.anything(depth - 1) for _number in range(self.rng.randrange(4))}

    def text(self) -> str:
        return self.rng.choice(TEXTS)

    def near(self) -> int:
        return self.rng.randrange(-1, 30)

    def next_seq(self) -> int:
        self.seq += self.rng.choice([0, 1, 1, 1, 5])
        return self.seq
