"""Small scope, exhaustively: a few browsers, a few edits each, three characters, and every order of events.

The events are: an edit is made, a push leaves, a push arrives, a row is taken in; and once in each run the
connection of someone breaks, with their push lost, or on its way all the same, or arrived and its answer lost.
Replica and server states are numbered, each step of each is computed once, and runs that meet are joined.

What a browser does by itself touches nobody else before its next push arrives. So of the orders that differ only
in that, one is walked: each browser's own events stand in one block that ends with a push. Where a run ends,
all must have the server's text and nothing unsent.
"""

import itertools
from typing import NamedTuple

import pytest

from definitions.drafting import authority
from definitions.drafting.changes import text_hash

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
    up: tuple  # numbers of pushes on their way
    greets: bool


class Walk:
    """All states that can be reached with one program: the edits that each browser will make."""

    def __init__(self, node, program):
        self.node, self.program = node, program
        self.steps, self.views, self.pushes, self.servers, self.decisions = {}, {}, [], [], {}
        self.push_numbers, self.server_numbers = {}, {}

    def step(self, replica, name, *args):
        key = (replica, name, repr(args))
        if key not in self.steps:
            self.steps[key] = self.node.call("step", replica, name, *args)
        return self.steps[key]

    def view(self, replica):
        if replica not in self.views:
            self.views[replica] = self.node.call("see", replica)
        return self.views[replica]

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
        if active is not None:
            for browser, broke, left in self.own_moves(self.servers[server], cuts, active, browsers[active]):
                after = (*browsers[:active], browser, *browsers[active + 1 :])
                yield server, cuts - broke, None if left else active, after
            return
        for at, browser in enumerate(browsers):
            for push in browser.up:
                up = tuple(other for other in browser.up if other != push)
                after = (*browsers[:at], browser._replace(up=up), *browsers[at + 1 :])
                yield self.arrive(server, push), cuts, None, after
            unsaved = not self.view(browser.replica)["saved"]
            if (cuts and unsaved) or not browser.up and (unsaved or browser.edits < len(self.program[at])):
                yield server, cuts, at, browsers

    def own_moves(self, rows, cuts, at, browser):
        """(the browser after it, whether the connection broke, whether a push left) for each of its own events."""
        replica, edits, up, greets = browser
        view = self.view(replica)
        if edits < len(self.program[at]):
            after, _ = self.step(replica, "type", *self.program[at][edits])
            yield browser._replace(replica=after, edits=edits + 1), False, False
        elif view["saved"] and not up:
            yield browser, False, True  # there is nothing left to push
        after, message = self.step(replica, "push")
        if message:
            number = self.number(self.push_numbers, self.pushes, repr(message), message)
            yield browser._replace(replica=after, up=(*up, number)), False, True
        version = view["version"]
        if greets or version < rows.head:
            until = rows.head if greets else version + 1
            after, result = self.step(replica, "receive", rows.message(version, until))
            assert not result["hello"]
            yield browser._replace(replica=after, greets=False), False, False
        if cuts and not greets and not view["saved"]:
            after, _ = self.step(replica, "hello")
            yield browser._replace(replica=after, greets=True), True, False
            if up:
                yield browser._replace(replica=after, greets=True, up=()), True, False

    def run(self, cuts):
        """Walk everything; how many states there are, and how many ends."""
        first = Server(("abc",), (), ())
        self.server_numbers[first] = 0
        self.servers.append(first)
        browsers = []
        for number in range(len(self.program)):
            options = {"draft": 1, "client": f"c{number}", "version": 0, "body": "abc"}
            browsers.append(Browser(self.node.call("state", options), 0, (), False))
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
            for version in range(self.view(replica)["version"], server.head):
                replica, _ = self.step(replica, "receive", server.message(version, version + 1))
            seen = {"text": server.texts[-1], "version": server.head, "saved": True}
            assert (browser.edits, self.view(replica)) == (len(self.program[at]), seen), (self.program, state)
