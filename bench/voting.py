"""How a phone votes: the one place that says through which public door.

Today a phone posts its vote by HTTP over a kept connection, beside the socket on which it watches. Where phones come to
send commands over their sockets, `Voter` is what changes, and nothing else.
"""

import time
from collections.abc import Callable

from bench.crowd import Crowd, Link
from bench.program import Meeting, Program, Tab, greet, went_well
from bench.wire import Answer

PATIENCE = 60.0
Acknowledged = Callable[["Voter", float], None]  # the voter, and how many seconds it took


class Voter:
    """A phone of a meeting, and the connection that its votes go by."""

    def __init__(self, program: Program, link: Link, meeting: Meeting, number: int) -> None:
        self.program, self.link, self.meeting, self.number = program, link, meeting, number
        self.tab, self.votes = Tab(), 0

    def vote(self, then: Acknowledged) -> None:
        """One vote; `then` is told once the answer says that it is kept."""
        option = self.meeting.options[(self.number + self.votes) % len(self.meeting.options)]
        self.votes += 1
        fields = {"round": str(self.meeting.round), "choices": str(option)}
        request = self.program.on_phone(self.meeting, self.number, "vote", self.tab, **fields)
        asked = time.perf_counter()

        def answered(answer: Answer, now: float) -> None:
            went_well(answer)
            then(self, now - asked)

        self.link.ask(request, answered)


def watching(program: Program, crowd: Crowd, meeting: Meeting) -> list[Link]:
    """Every phone of a meeting, open on the vote, as in the room."""
    shown: set[int] = set()
    requests = (program.phone_socket(meeting, number) for number in range(len(meeting.phones)))
    links = crowd.sockets(requests, greet, lambda link, _payload, _now: shown.add(link.number))
    crowd.until(lambda: len(shown) == len(links), PATIENCE, "every phone shows the vote")
    return links
