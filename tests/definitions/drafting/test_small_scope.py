"""Small scope, exhaustively: a few browsers, a few edits each, three characters, and every order of events.

The events are: an edit is made, a push leaves, a push arrives, a row is taken in; and once in each run the
connection of someone breaks, with their push lost, or on its way all the same, or arrived and its answer lost.
Replica and server states are numbered, each step of each is computed once, and runs that meet are joined.

What a browser does by itself touches nobody before its push arrives, and rows can always be taken in later. So of
the orders that differ only in that, one is walked: each browser's own events stand in one block, right before
the arrival of the push that ends it; a push that took long is one from a block that took in few rows. Where a
run ends, all must have the server's text and nothing unsent.
"""

import itertools
from typing import NamedTuple

import pytest

from definitions.drafting import authority
from definitions.drafting.units import text_hash

# (place, units taken, words), in the text as it is by then: at the start, within, at the end, over everything.
EDITS = [(0, 0, "x"), (1, 0, "x"), (3, 0, "x"), (0, 1, ""), (1, 1, ""), (1, 2, "x"), (0, 9, "")]


class Server(NamedTuple):
    texts: tuple  # at each version
    rows: tuple
    seqs: tuple  # (client, last seq)

    @property
    def head(self):
        return len(self.rows)

    def message(self, version, until):
        rows = [row.to_json() for row in self.rows[version:until]]
        return {"from": version, "rows": rows, "hash": text_hash(self.texts[until])}


class Browser(NamedTuple):
    replica: int  # the number of its state in Node
    edits: int  # made
    late: int | None  # the number of a push that is on its way still, from before the connection broke


class Walk:
    """All states that can be reached with one program: the edits that each browser will make."""

    def __init__(self, node, program):
        self.node, self.program = node, program
        self.steps, self.views, self.pushes, self.servers, self.decisions = {}, {}, [], [], {}
        self.receipts = {}
        self.push_numbers, self.server_numbers = {}, {}

    def step(self, replica, name, *args):
        key = (replica, name, repr(args))
        if key not in self.steps:
            self.steps[key] = self.node.call("step", replica, name, *args)
        return self.steps[key]

    def view(self, replica):
        """Its (version, whether all is saved, text)."""
        if replica not in self.views:
            seen = self.node.call("see", replica)
            self.views[replica] = (seen["version"], seen["saved"], seen["text"])
        return self.views[replica]

    def receive(self, replica, server, until):
        """The replica after the rows from its version to `until`."""
        key = (replica, server, until)
        if key not in self.receipts:
            message = self.servers[server].message(self.view(replica)[0], until)
            after, result = self.step(replica, "receive", message)
            assert not result["hello"]
            self.receipts[key] = after
        return self.receipts[key]

    def number(self, numbers, things, key, thing):
        if key not in numbers:
            numbers[key] = len(things)
            things.append(thing)
        return numbers[key]

    def arrive(self, server, push):
        """The server's number after a push, which is accepted or was so before."""
        if (server, push) not in self.decisions:
            state, sent = self.servers[server], authority.read_push(self.pushes[push])
            last = dict(state.seqs).get(sent.client, 0)
            decision = authority.decide(
                state.head, state.texts[-1], state.rows[sent.version :], sent, seat=1, last_seq=last
            )
            if isinstance(decision, authority.Repeated):
                after = state
            else:
                assert isinstance(decision, authority.Accepted), decision
                seqs = tuple(sorted({**dict(state.seqs), sent.client: sent.seq}.items()))
                after = Server((*state.texts, decision.text), (*state.rows, decision.row), seqs)
            self.decisions[server, push] = self.number(self.server_numbers, self.servers, after, after)
        return self.decisions[server, push]

    def moves(self, state):
        """What can happen next. `active` is the browser whose block has begun, or None."""
        server, cuts, active, browsers = state
        for at, browser in enumerate(browsers) if active is None else [(active, browsers[active])]:

            def after(browser, server=server, cuts=cuts, active=active, at=at):
                return server, cuts, active, (*browsers[:at], browser, *browsers[at + 1 :])

            replica, edits, late = browser
            version, saved, _ = self.view(replica)
            if active is None and late is not None:
                yield after(browser._replace(late=None), server=self.arrive(server, late))
            if edits < len(self.program[at]):
                made, _ = self.step(replica, "type", *self.program[at][edits])
                yield after(browser._replace(replica=made, edits=edits + 1), active=at)
            elif saved:
                if active is not None:
                    yield after(browser, active=None)  # it took back its own words: there is nothing to push
                continue
            if version < self.servers[server].head:
                taken = self.receive(replica, server, version + 1)
                yield after(browser._replace(replica=taken), active=at)
            pushed, message = self.step(replica, "push")
            if message:
                push = self.number(self.push_numbers, self.pushes, repr(message), message)
                yield after(browser._replace(replica=pushed), server=self.arrive(server, push), active=None)
                if cuts:
                    greets, _ = self.step(pushed, "hello")
                    again = self.receive(greets, server, version)
                    yield after(browser._replace(replica=again), cuts=cuts - 1, active=at)
                    yield after(browser._replace(replica=again, late=push), cuts=cuts - 1, active=None)

    def run(self, cuts):
        """Walk everything; how many states there are, and how many ends."""
        first = Server(("abc",), (), ())
        self.server_numbers[first] = 0
        self.servers.append(first)
        browsers = []
        for number in range(len(self.program)):
            options = {"draft": 1, "client": f"c{number}", "version": 0, "body": "abc"}
            browsers.append(Browser(self.node.call("state", options), 0, None))
        start = (0, cuts, None, tuple(browsers))
        seen, todo, ends = {start}, [start], 0
        while todo:
            state = todo.pop()
            followers = list(self.moves(state))
            if not followers and state[2] is None:
                ends += 1
                self.check_end(state)
            for after in followers:
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        assert ends
        self.node.call("clear")
        return len(seen), ends

    def check_end(self, state):
        server = self.servers[state[0]]
        for at, browser in enumerate(state[3]):
            replica = browser.replica
            for version in range(self.view(replica)[0], server.head):
                replica = self.receive(replica, state[0], version + 1)
            end = (server.head, True, server.texts[-1])
            assert (browser.edits, self.view(replica)) == (len(self.program[at]), end), (self.program, state)


def programs(rng, browsers, edits, many):
    """Some programs, each word in letters of its own; all of them if they are no more than `many`."""
    kinds = list(itertools.combinations_with_replacement(itertools.product(EDITS, repeat=edits), browsers))
    letters = "AaBbCc"
    for kind in kinds if len(kinds) <= many else rng.sample(kinds, many):
        yield [
            [(*edit[:2], edit[2] and letters[2 * at + nth]) for nth, edit in enumerate(own)]
            for at, own in enumerate(kind)
        ]


@pytest.mark.parametrize(
    ("browsers", "edits", "cuts", "short", "long"),
    [(2, 2, 1, 6, 300), (3, 1, 1, 8, 84), (3, 2, 0, 0, 12), (3, 2, 1, 0, 2)],
)
def test_every_order_of_events_ends_with_one_text_for_all(node, rng, times, browsers, edits, cuts, short, long):
    if not times(short, long):
        pytest.skip("only with THOROUGH=1")
    states = ends = done = 0
    for program in programs(rng, browsers, edits, times(short, long)):
        walked = Walk(node, program).run(cuts)
        states, ends, done = states + walked[0], ends + walked[1], done + 1
    print(f"{browsers} browsers, {edits} edits each, {cuts} cuts: {done} programs, {states} states, {ends} ends")
