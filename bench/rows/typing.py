"""Writing together: 50 people type three keys a second, everybody else reads. How late is a key on others' screens?

Ours acknowledges and shows an edit once it is in the database; y-websocket and Hocuspocus keep theirs in memory.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

from bench.crowd import Crowd, Stuck
from bench.figures import percentile
from bench.measured import Measured
from bench.processes import Clock
from bench.program import House

WRITERS = 50
KEYS_A_SECOND = 3
WORD = 8  # letters that a writer types before taking them back, so that the text stays as long as it is
SOON_MS = 150.0
DRAIN = 45.0  # seconds that the last keys may take
LADDER = (100, 200, 400, 800, 1000, 1200, 1600, 2400, 3200)

Key = tuple[int, int]  # writer, how-manieth


@dataclass
class Desk:
    """Everyone who writes and reads one text. `type_key` types the next key of a writer."""

    crowd: Crowd
    pids: list[int]
    phones: int
    type_key: Callable[[int], None]
    typed_at: dict[Key, float] = field(default_factory=dict)
    came: list[tuple[int, tuple[Key, ...], float]] = field(default_factory=list)  # phone, keys, when
    on_others: int = 0  # how often a key has been seen by somebody who did not type it
    counts: list[int] = field(default_factory=list)

    def count_key(self, writer: int) -> Key:
        """A key is pressed now."""
        self.counts[writer] += 1
        key = (writer, self.counts[writer])
        self.typed_at[key] = time.perf_counter()
        return key

    def see(self, phone: int, keys: tuple[Key, ...], now: float) -> None:
        self.came.append((phone, keys, now))
        self.on_others += sum(key[0] != phone for key in keys)

    def latencies(self) -> Iterable[float]:
        for phone, keys, now in self.came:
            for key in keys:
                if key[0] != phone:
                    yield now - self.typed_at[key]


Opener = Callable[[House, int, int], AbstractContextManager[Desk]]


def typing(desk: Desk, writers: int, seconds: float) -> Measured:
    """p95 in ms over every key on every phone but the writer's; what never came counts as infinitely late."""
    desk.counts = [0] * writers
    began, keys = time.perf_counter() + 0.2, int(seconds * KEYS_A_SECOND)
    for writer in range(writers):
        # People do not type in step: each begins at another moment of the first third of a second.
        first = began + writer / writers / KEYS_A_SECOND
        for number in range(keys):
            desk.crowd.at(first + number / KEYS_A_SECOND, lambda writer=writer: desk.type_key(writer))  # type: ignore[misc]
    expected = writers * keys * (desk.phones - 1)
    clock = Clock(desk.pids)
    desk.crowd.rest(seconds + 0.5)
    used = clock.read()
    drained = Clock(desk.pids)
    with suppress(Stuck):
        desk.crowd.until(lambda: desk.on_others >= expected, DRAIN, "every key is everywhere")
    late = list(desk.latencies())
    late += [float("inf")] * (expected - len(late))
    detail = {
        **used,
        "p50_ms": percentile(late, 0.5) * 1000,
        "missing": expected - desk.on_others,
        "drained_after_s": drained.read()["wall_s"],
        "phones": desk.phones,
        "lost_connections": desk.crowd.lost,
    }
    return Measured(percentile(late, 0.95) * 1000, detail)


def most_phones(open_desk: Opener, house: House, writers: int, seconds: float, most: int) -> Measured:
    """The most phones of a ladder of sizes at which p95 stays within 150 ms; 0 where none is."""
    held, seen = 0, {}
    for phones in [writers, *(size for size in LADDER if writers < size <= most)]:
        with open_desk(house, writers, phones) as desk:
            measured = typing(desk, writers, seconds)
        seen[phones] = measured.figure
        if measured.figure > SOON_MS:
            break
        held = phones
    return Measured(float(held), {"p95_ms_at": seen})
