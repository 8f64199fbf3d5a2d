"""What is asked while an answer is awaited is asked together, and each gets their own answer."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from tests.live.a_hub import Room, until, with_hub
from workshop.live.gathering import Gathering
from workshop.live.hub import Hub

pytestmark = pytest.mark.usefixtures("one_process")


class Database:
    """Answers each with its double, one batch at a time and only when it may."""

    def __init__(self) -> None:
        self.may_answer, self.fails = threading.Event(), False
        self.batches: list[list[int]] = []

    def __call__(self, asked: Sequence[int]) -> list[int]:
        self.batches.append(list(asked))
        assert self.may_answer.wait(10)
        if self.fails:
            raise RuntimeError("the database is away")
        return [2 * number for number in asked]


def test_those_who_come_meanwhile_are_asked_for_together() -> None:
    async def test(hub: Hub, _room: Room) -> None:
        database = Database()
        gathering = Gathering(hub, database)
        first = asyncio.create_task(gathering.ask(1))
        await until(lambda: database.batches == [[1]])
        others = [asyncio.create_task(gathering.ask(number)) for number in (2, 3, 4)]
        await asyncio.sleep(0)
        others[1].cancel()
        database.may_answer.set()
        assert (await first, await others[0], await others[2]) == (2, 4, 8)
        assert database.batches == [[1], [2, 3, 4]]
        assert await gathering.ask(5) == 10

    with_hub(test)


def test_what_fails_fails_for_those_who_asked_and_for_nobody_after_them() -> None:
    async def test(hub: Hub, _room: Room) -> None:
        database = Database()
        database.fails = True
        database.may_answer.set()
        gathering = Gathering(hub, database)
        with pytest.raises(RuntimeError):
            await gathering.ask(1)
        database.fails = False
        assert await gathering.ask(2) == 4

    with_hub(test)
