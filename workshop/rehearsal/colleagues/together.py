"""Everyone of one rehearsal, in one event loop, from the first who joins to the end."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ..address import Address
from .browser import Browser, Over, Server
from .colleague import Colleague
from .pace import Pace
from .script import cast
from .steering import Press, Steering

OVER = "the meeting is over"
ASK_SECONDS = 2
UNREACHED_SECONDS = 30  # without any answer: the server is gone, and so are they
ARRIVALS = (2, 45)  # seconds over which they come in
AFTERWARDS_SECONDS = 3  # that they stay to see what was sealed


@dataclass(frozen=True)
class Rehearsal:
    """What is to be rehearsed. `signs_in`: the facilitator's link, where nobody else presses Next."""

    address: Address
    code: str
    public_id: str
    token: str
    people: int = 24
    pace: Pace = Pace()
    seed: int = 1
    customer: str = "customer"
    signs_in: str = ""
    measures: bool = False
    most_minutes: float = 180


@dataclass
class Outcome:
    """What came of it, for whoever started it."""

    ended: str = ""
    came: int = 0
    sent: Counter[str] = field(default_factory=Counter)  # door → commands that were taken
    refused: Counter[str] = field(default_factory=Counter)  # "door: code"
    faults: list[str] = field(default_factory=list)
    spreads: list[str] = field(default_factory=list)
    seconds: float = 0.0
    everything: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    """(client, door, fields, answer), each person's in the order in which they were sent."""


def run(rehearsal: Rehearsal, *, why_end: Callable[[], str]) -> Outcome:
    """Rehearse, until `why_end` has a reason. It is asked every two seconds, always from one and the same thread."""
    return asyncio.run(_run(rehearsal, why_end))


async def _run(rehearsal: Rehearsal, why_end: Callable[[], str]) -> Outcome:
    outcome, began = Outcome(), time.monotonic()
    server, pace = Server(rehearsal.address), rehearsal.pace
    parts = cast(rehearsal.people, seed=rehearsal.seed, customer=rehearsal.customer)
    everyone = [
        Colleague(server, part, pace, Random(f"{rehearsal.seed} {number}")) for number, part in enumerate(parts)
    ]
    steering = Steering(server, rehearsal.public_id, pace, Random(rehearsal.seed)) if rehearsal.signs_in else None
    ends = {
        asyncio.create_task(_phones(rehearsal, everyone, pace)): "nobody is left",
        asyncio.create_task(_asked(why_end)): "",
        asyncio.create_task(_lost(server)): "the server does not answer",
        asyncio.create_task(asyncio.sleep(rehearsal.most_minutes * 60)): "the time is over",
    }
    if steering:
        ends[asyncio.create_task(_lead(steering, rehearsal, everyone, outcome))] = OVER
    try:
        done, _rest = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        # What went wrong is for whoever started it: result() raises it.
        reasons = [ends[task] or str(task.result()) for task in done if task.result() or True]
        outcome.ended = OVER if OVER in reasons else reasons[0]
        if outcome.ended == OVER:
            await asyncio.sleep(AFTERWARDS_SECONDS)
    finally:
        for task in ends:
            task.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
        await server.close()
    outcome.seconds = time.monotonic() - began
    _tell(outcome, everyone, steering)
    return outcome


async def _phones(rehearsal: Rehearsal, everyone: list[Colleague], pace: Pace) -> None:
    rng = Random(rehearsal.seed)

    async def arrive(colleague: Colleague, after: float) -> None:
        await asyncio.sleep(after)
        await colleague.live(rehearsal.code, rehearsal.token)

    async with asyncio.TaskGroup() as tasks:
        for number, colleague in enumerate(everyone):
            after = 0.0 if number == 0 else pace.seconds(rng, *ARRIVALS)
            tasks.create_task(arrive(colleague, after))


async def _lead(steering: Steering, rehearsal: Rehearsal, everyone: list[Colleague], outcome: Outcome) -> None:
    await steering.sign_in(rehearsal.signs_in)
    watching = asyncio.create_task(steering.watch())
    measured = []

    def measure(press: Press) -> None:
        if rehearsal.measures and press.act == "reveal":
            measured.append(asyncio.create_task(_spread(press, everyone, outcome)))

    leading = asyncio.create_task(steering.lead(rehearsal.people, measure))
    await asyncio.wait({watching, leading}, return_when=asyncio.FIRST_COMPLETED)
    for task in (watching, leading):
        task.cancel()
    await asyncio.gather(*measured)
    for task in (watching, leading):
        with contextlib.suppress(asyncio.CancelledError, Over):
            await task


async def _spread(press: Press, everyone: list[Colleague], outcome: Outcome) -> None:
    """How long after the answer to the desk each phone had what was revealed: its first new stage after the press."""
    arrived: dict[int, float] = {}
    deadline = time.monotonic() + 5
    while len(arrived) < len(everyone) and time.monotonic() < deadline:
        for number, colleague in enumerate(everyone):
            shown = colleague.panels.get("stage")
            if number not in arrived and shown and shown.at > press.sent:
                arrived[number] = shown.at
        await asyncio.sleep(0.02)
    outcome.spreads.append(spread_line(press, list(arrived.values()), len(everyone)))


def spread_line(press: Press, arrived: list[float], people: int) -> str:
    """Milliseconds after the answer; what came before it counts as 0."""
    after = sorted(max(0.0, at - press.answered) * 1000 for at in arrived)
    if not after:
        return f"{press.step}: nobody saw the reveal"
    half, most = after[len(after) // 2], after[min(len(after) - 1, int(len(after) * 0.95))]
    answer = (press.answered - press.sent) * 1000
    return (
        f"{press.step}: on {len(after)} of {people} phones after p50 {half:.0f} ms, p95 {most:.0f} ms, "
        f"all {after[-1]:.0f} ms (the desk had its answer in {answer:.0f} ms)"
    )


async def _asked(why_end: Callable[[], str]) -> str:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as thread:  # one thread, one database connection
        while not (reason := await loop.run_in_executor(thread, why_end)):  # noqa: ASYNC110
            await asyncio.sleep(ASK_SECONDS)
    return reason


async def _lost(server: Server) -> None:
    while time.monotonic() - server.reached < UNREACHED_SECONDS:  # noqa: ASYNC110
        await asyncio.sleep(1)


def _tell(outcome: Outcome, everyone: list[Colleague], steering: Steering | None) -> None:
    people: list[Browser] = [*everyone, *([steering] if steering else [])]
    for person in people:
        for door, fields, answer in person.sent:
            if answer["ok"]:
                outcome.sent[door] += 1
            else:
                outcome.refused[f"{door}: {answer['error']['code']}"] += 1
            outcome.everything.append((person.client, door, fields, answer))
    outcome.came = sum(bool(colleague.public_id) for colleague in everyone)
    outcome.faults = [fault for colleague in everyone for fault in colleague.faults]
