"""A room for tests: one draft in the care of the Python authority, and browsers on a bad network.

The browsers are real replicas under Node. A run is a generator of calls to Node, so that many runs can share
one batch; it takes what it decides from its own random numbers, and so repeats with its seed.
"""

import json
import random
from dataclasses import dataclass, field

from definitions.drafting import authority
from definitions.drafting.changes import ChangeError
from definitions.drafting.units import text_hash

WORDS = ["a", "b", "we ", "\n", "é", "😀", "👍🏽", "x", "yes"]


class Draft:
    """What the Django command and the consumer do around the authority, with lists for tables."""

    def __init__(self, text, most_rows=300):
        self.start = text
        self.text = text
        self.rows = []
        self.last_seq = {}
        self.most_rows = most_rows  # in the answer to a hello
        self.refusals = []
        self.lost = 0  # hellos of browsers that had another text: a state mends it, and would hide a fault of ours

    @property
    def head(self):
        return len(self.rows)

    def answer(self, kind, message, seat):
        """(messages for this client, messages for all)."""
        if kind == "hello":
            self.lost += message["version"] == -1
            return [self.since(message["version"], message["client"])], []
        try:
            push = authority.read_push(message)
        except ChangeError as error:
            return [("refused", {"seq": None, "reason": error.code})], []
        if push.author is not None:
            seat = int(push.author)
        since = [] if authority.is_behind(self.head, push.version) else self.rows[push.version :]
        last_seq = self.last_seq.get(push.client, 0)
        decision = authority.decide(self.head, self.text, since, push, seat=seat, last_seq=last_seq)
        match decision:
            case authority.Accepted(row, text):
                self.rows.append(row)
                self.last_seq[row.client] = row.seq
                self.text = text
                text.encode()  # fails on half a character
                return [], [self.message(self.head - 1)]
            case authority.Repeated():
                return [self.since(push.version, push.client)], []
            case authority.Behind(head):
                return [("behind", {"head": head})], []
            case authority.Refused(seq, code, sentence):
                self.refusals.append((code, sentence, message))
                return [("refused", {"seq": seq, "reason": code})], []

    def since(self, version, client):
        if 0 <= self.head - version <= self.most_rows and version >= 0:
            return self.message(version)
        return "reset", {"version": self.head, "body": self.text, "seq": self.last_seq.get(client, 0)}

    def message(self, version):
        rows = [row.to_json() for row in self.rows[version:]]
        return "receive", json.loads(json.dumps({"from": version, "rows": rows, "hash": text_hash(self.text)}))


@dataclass
class Browser:
    """One client's end of the network: what is on its way up and down, in order."""

    id: str
    client: str
    seat: int
    up: list = field(default_factory=list)
    down: list = field(default_factory=list)
    late: list = field(default_factory=list)  # sent before a reset, and still on its way somewhere

    def do(self, name, *args):
        return ["act", self.id, name, *args]


class Room:
    def __init__(self, rng, name, people, text, **options):
        self.rng = rng
        self.draft = Draft(text, **options)
        self.browsers = [Browser(f"{name}.{number}", f"c{number}", number) for number in range(1, people + 1)]

    def open(self):
        for browser in self.browsers:
            options = {"draft": 1, "client": browser.client, "version": self.draft.head, "body": self.draft.text}
            yield ["make", browser.id, options]

    def send(self, browser):
        message = yield browser.do("push")
        if message:
            browser.up.append(("push", message))
            if self.rng.random() < 0.1:
                browser.up.append(("push", message))

    def hello(self, browser):
        browser.up.append(("hello", (yield browser.do("hello"))))

    def arrive(self, browser, sent):
        """One message reaches the server."""
        own, all_ = self.draft.answer(*sent, browser.seat)
        browser.down += own
        for other in self.browsers:
            other.down += all_

    def take(self, browser):
        """One message reaches the browser."""
        kind, message = browser.down.pop(0)
        result = yield browser.do(kind, message)
        if result and result["hello"]:
            yield from self.hello(browser)
        return result

    def cut(self, browser):
        """The connection breaks: of what was on its way up some arrives, some later, some never."""
        for sent in browser.up:
            fate = self.rng.random()
            if fate < 0.3:
                self.arrive(browser, sent)
            elif fate < 0.5 and sent[0] == "push":
                browser.late.append(sent)
        browser.up, browser.down = [], []
        yield from self.hello(browser)

    def step(self, writes):
        """Something happens to someone. `writes(browser)` is the call by which that person writes."""
        browser = self.rng.choice(self.browsers)
        luck = self.rng.random()
        if luck < 0.3:
            yield writes(browser)
        elif luck < 0.55:
            yield from self.send(browser)
        elif luck < 0.7:
            if browser.up:
                self.arrive(browser, browser.up.pop(0))
        elif luck < 0.92:
            if browser.down:
                yield from self.take(browser)
        elif luck < 0.95:
            yield browser.do("retry")
        elif luck < 0.98:
            yield from self.cut(browser)
        elif browser.late:
            self.arrive(browser, browser.late.pop())

    def settle(self):
        """The network heals: everyone connects anew and sends what there is. Fails if someone gets stuck."""
        for browser in self.browsers:
            yield from self.cut(browser)
        for _ in range(60):
            quiet = True
            for browser in self.browsers:
                yield from self.send(browser)
                while browser.up:
                    self.arrive(browser, browser.up.pop(0))
            for browser in self.browsers:
                while browser.down:
                    yield from self.take(browser)
                quiet = quiet and not browser.up and (yield ["look", browser.id])["saved"]
            if quiet and not any(browser.down for browser in self.browsers):
                return
        raise AssertionError("still not settled")

    def same(self, mended=False):
        """Everyone sees what the server has, and nobody ever had anything else, unless that may have been mended."""
        assert mended or not self.draft.lost
        for browser in self.browsers:
            seen = yield ["look", browser.id]
            assert seen["text"] == seen["base"] == self.draft.text, browser.id
            assert seen["version"] == self.draft.head


def any_writing(rng):
    """A writer of everything that a person can do to a text."""

    def writes(browser):
        luck = rng.random()
        if luck < 0.1:
            return browser.do("undo")
        if luck < 0.15:
            return browser.do("redo")
        if luck < 0.2:
            return browser.do("phrase", rng.randrange(99), "as they said", str(100 + browser.seat))
        taken = rng.choice([0, 0, 1, 2, 5])
        words = rng.choice(WORDS) if rng.random() < 0.65 else ""
        if luck < 0.6:
            return browser.do("goOn", rng.choice([0, 0, taken]), words)
        return browser.do("type", rng.randrange(rng.choice([3, 99])), taken, words, rng.random() < 0.3)

    return writes


def run(node, rng, many, session):
    """Run `many` sessions (generator functions of (rng, name)) side by side, each from its own seed."""
    for first in range(0, many, 50):
        runs = {}
        for name in range(first, min(many, first + 50)):
            seed = rng.getrandbits(32)
            runs[name] = [session(random.Random(seed), name), None, seed]
        while runs:
            calls, asked = [], []
            for name, entry in list(runs.items()):
                try:
                    calls.append(entry[0].send(entry[1]))
                    asked.append(name)
                except StopIteration:
                    del runs[name]
                except AssertionError as error:
                    raise AssertionError(f"session {name}, of the seed {entry[2]}: {error}") from error
            for name, answer in zip(asked, node.batch(calls), strict=True):
                runs[name][1] = answer
        node.call("forget")
