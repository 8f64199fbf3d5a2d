"""How a phone votes: by the socket on which it watches, as pages do while it lives."""

import json
import time
from collections.abc import Callable

from bench.crowd import Crowd, Link
from bench.program import Meeting, Program, Tab, greet

PATIENCE = 300.0
PING_EVERY = 20.0  # seconds
ANSWER = b'{"t":"answer"'
Acknowledged = Callable[["Voter", float], None]  # the voter, and how many seconds it took


class Voter:
    """A phone of a meeting, and the socket that its votes go by. Takes the place of whatever listened there."""

    def __init__(self, link: Link, meeting: Meeting, number: int) -> None:
        self.link, self.meeting, self.number = link, meeting, number
        self.tab, self.votes = Tab(), 0
        link.on_frame = self._heard

    def vote(self, then: Acknowledged) -> None:
        """One vote; `then` is told once the answer says that it is kept."""
        option = self.meeting.options[(self.number + self.votes) % len(self.meeting.options)]
        self.votes += 1
        fields = {"round": str(self.meeting.round), "choices": str(option)}
        self._then, self._asked = then, time.perf_counter()
        self.link.tell(json.dumps({"t": "do", "door": "vote", "fields": fields, **self.tab.numbered()}).encode())

    def _heard(self, _link: Link, payload: bytes, now: float) -> None:
        if not payload.startswith(ANSWER):
            return
        answer = json.loads(payload)["answer"]
        if answer is None or not answer["ok"]:
            raise RuntimeError(f"A vote was answered with {answer}")
        self._then(self, now - self._asked)


def watching(program: Program, crowd: Crowd, meetings: list[Meeting], phones: int) -> list[Link]:
    """The first so many phones of each meeting, open on the vote, as in the room; meeting after meeting."""
    shown: set[int] = set()
    places = [(meeting, number) for meeting in meetings for number in range(phones)]
    requests = (program.phone_socket(meeting, number) for meeting, number in places)
    opened: list[Link] = []
    stay(crowd, opened)  # from the first: to open ten thousand takes minutes

    def come(link: Link) -> None:
        greet(link)
        opened.append(link)

    links = crowd.sockets(requests, come, lambda link, _payload, _now: shown.add(link.number), PATIENCE)
    crowd.until(lambda: len(shown) == len(links), PATIENCE, "every phone shows the vote")
    return links


def stay(crowd: Crowd, links: list[Link]) -> None:
    """As pages do: a server drops a socket of which it has heard nothing for a minute."""

    def ping() -> None:
        for link in links:
            if link.is_open:
                link.tell(b'{"t":"ping","at":1}')
        crowd.at(time.perf_counter() + PING_EVERY, ping)

    crowd.at(time.perf_counter() + PING_EVERY, ping)
