"""When Python looks for garbage: not while somebody waits, and not never."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.live.a_hub import until
from workshop.live import garbage
from workshop.live.garbage import collect_when_quiet


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "EVERY", 0.02)
    monkeypatch.setattr(garbage, "AT_LATEST", 60.0)
    monkeypatch.setattr(garbage, "MOMENT", 0.02)


@contextmanager
def whole_looks() -> Iterator[list[int]]:
    """How many there were, as [number]."""
    number = [0]

    def count(phase: str, info: dict[str, Any]) -> None:
        number[0] += phase == "start" and info["generation"] == 2

    gc.callbacks.append(count)
    try:
        yield number
    finally:
        gc.callbacks.remove(count)


def while_collecting(is_quiet: Callable[[], bool], test: Callable[[list[int]], Any]) -> None:
    async def run() -> None:
        with whole_looks() as looks:
            collecting = asyncio.create_task(collect_when_quiet(is_quiet))
            try:
                await asyncio.wait_for(test(looks), 10)
            finally:
                collecting.cancel()

    asyncio.run(run())


def test_it_waits_until_nothing_happens() -> None:
    quiet = False

    async def test(looks: list[int]) -> None:
        nonlocal quiet
        await asyncio.sleep(0.3)  # nothing happens, which no condition tells
        assert looks == [0]
        quiet = True
        await until(lambda: looks[0])

    while_collecting(lambda: quiet, test)


def test_a_moment_between_two_things_is_not_quiet() -> None:
    asked = 0

    def is_quiet() -> bool:
        nonlocal asked
        asked += 1
        return asked % 2 == 1

    async def test(looks: list[int]) -> None:
        await until(lambda: asked > 10)
        assert looks == [0]

    while_collecting(is_quiet, test)


def test_where_it_never_is_quiet_it_comes_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "AT_LATEST", 0.2)

    async def test(looks: list[int]) -> None:
        await until(lambda: looks[0])

    while_collecting(lambda: False, test)


def test_python_does_not_begin_one_by_itself() -> None:
    before = gc.get_threshold()

    async def test(looks: list[int]) -> None:
        await asyncio.sleep(0)
        kept = []
        for _many in range(30 * before[0] * before[1]):  # lists that stay: with the usual rules several looks
            kept.append([0])
        assert looks == [0]

    while_collecting(lambda: False, test)
    assert gc.get_threshold() == before
