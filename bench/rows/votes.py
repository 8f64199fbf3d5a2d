"""Votes: how many a second are kept, how soon everybody sees the tally, and how soon the result."""

import re
import time
from collections.abc import Callable

from bench.crowd import Crowd, Link
from bench.figures import percentile
from bench.measured import Measured
from bench.peers.django import django_site
from bench.processes import Clock
from bench.program import Engine, House, Tab, greet, went_well
from bench.rows.panel import rev_in
from bench.voting import Voter, watching

PATIENCE = 120.0
TALLY = re.compile(rb"(\d+) of \d+ have voted")  # on the screen
A_SECOND = 10  # votes, where the tally is watched


def ours_kept(house: House, voters: int, engine: Engine) -> Measured:
    """All vote at the same moment, their phones open on the vote; each is answered after the commit."""
    prepared = house.prepare("vote", voters, engine)
    with house.program(prepared) as program, program.crowd() as crowd:
        links = watching(program, crowd, [program.meeting], voters)
        people = [Voter(link, program.meeting, link.number) for link in links]
        return _at_once(crowd, program.pids, [lambda then, one=one: one.vote(then) for one in people])  # type: ignore[misc]


def django_kept(house: House, voters: int, engine: Engine) -> Measured:
    with django_site(house, voters, engine) as site, Crowd(site.port) as crowd:
        links = [crowd.link(number) for number in range(voters)]

        def vote(link: Link, then: Callable[[object, float], None]) -> None:
            asked = time.perf_counter()

            def answered(answer: object, now: float) -> None:
                went_well(answer)  # type: ignore[arg-type]
                then(link, now - asked)

            link.ask(site.vote(link.number), answered)

        return _at_once(crowd, site.pids, [lambda then, link=link: vote(link, then) for link in links])  # type: ignore[misc]


def _at_once(crowd: Crowd, pids: list[int], votes: list[Callable[[Callable[[object, float], None]], None]]) -> Measured:
    took: list[float] = []
    clock, began = Clock(pids), time.perf_counter()
    for vote in votes:
        vote(lambda _voter, seconds: took.append(seconds))
    crowd.until(lambda: len(took) == len(votes), PATIENCE, "every vote is answered")
    passed = time.perf_counter() - began
    return Measured(len(votes) / passed, {**clock.read(), "p95_ms": percentile(took, 0.95) * 1000})


def tally(house: House, watchers: int, seconds: float) -> Measured:
    """Ten votes a second; p95 in ms from sending one until the count with it in is on a screen, over all screens.

    Phones are not shown how many have voted; the screen's audience is. So here as many screens watch as phones would.
    """
    prepared = house.prepare("vote", watchers)
    with house.program(prepared) as program, program.crowd() as crowd:
        meeting, count = program.meeting, min(int(seconds * A_SECOND), watchers)
        shown, counted, sent, late = set[int](), [0] * watchers, dict[int, float](), list[float]()

        def took(link: Link, payload: bytes, now: float) -> None:
            shown.add(link.number)
            if not (tally := TALLY.search(payload)):
                return
            voted = int(tally[1])
            late.extend(now - sent[number] for number in range(counted[link.number] + 1, voted + 1))
            counted[link.number] = max(counted[link.number], voted)

        requests = (program.staff_socket(meeting, "screen") for _screen in range(watchers))
        crowd.sockets(requests, greet, took)
        crowd.until(lambda: len(shown) == watchers, PATIENCE, "every screen shows the vote")
        people = [Voter(link, meeting, link.number) for link in watching(program, crowd, [meeting], count)]
        crowd.rest(1.0)  # everything that their coming set off has been drawn
        began = time.perf_counter() + 0.1

        def vote(number: int) -> None:
            sent[number] = time.perf_counter()
            people[number - 1].vote(lambda _voter, _seconds: None)

        for number in range(1, count + 1):
            crowd.at(began + number / A_SECOND, lambda number=number: vote(number))  # type: ignore[misc]
        clock = Clock(program.pids)
        crowd.rest(seconds + 0.2)
        used = clock.read()
        crowd.until(lambda: min(counted) >= count, PATIENCE, "the last tally is on every screen")
        return Measured(percentile(late, 0.95) * 1000, {**used, "p50_ms": percentile(late, 0.5) * 1000})


def reveal(house: House, phones: int) -> Measured:
    """The desk presses Next on a closed vote; p95 in ms until the result is on a phone, over all phones."""
    prepared = house.prepare("voted", phones)
    with house.program(prepared) as program, program.crowd() as crowd:
        meeting, base, came = program.meeting, 10**9, dict[int, float]()
        shown: set[int] = set()

        def took(link: Link, payload: bytes, now: float) -> None:
            shown.add(link.number)
            if payload.startswith(b'{"t":"panel","name":"stage"') and rev_in(payload) > base:
                came.setdefault(link.number, now)

        requests = (program.phone_socket(meeting, number) for number in range(phones))
        crowd.sockets(requests, greet, took)
        crowd.until(lambda: len(shown) == phones, PATIENCE, "every phone shows the closed vote")
        crowd.rest(3.0)  # everything that joining set off has been drawn
        base = 0
        clock, pressed = Clock(program.pids), time.perf_counter()
        crowd.link().ask(
            program.at_desk(meeting, "next", Tab(), standing=meeting.standing), lambda answer, _now: went_well(answer)
        )
        crowd.until(lambda: len(came) == phones, PATIENCE, "the result is on every phone")
        late = [now - pressed for now in came.values()]
        return Measured(percentile(late, 0.95) * 1000, {**clock.read(), "p50_ms": percentile(late, 0.5) * 1000})
