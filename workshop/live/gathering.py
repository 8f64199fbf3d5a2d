"""What several ask of the database at one time is asked together: one thread, one query, an answer for each."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from .engine import Engine

AT_ONCE = 200

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Gathering(Generic[Asked, Answer]):
    """The first is asked at once; those who come while that takes are the next."""

    def __init__(self, engine: Engine, ask_all: Callable[[Sequence[Asked]], Sequence[Answer]]) -> None:
        self.engine = engine
        self.ask_all = ask_all
        self._waiting: list[tuple[Asked, asyncio.Future[Any]]] = []
        self._asking = False

    async def ask(self, asked: Asked) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if not self._asking:
            self._asking = True
            self.engine.spawn(self._ask())
        return await answer

    async def _ask(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                await self._ask_for(waiting)
        finally:
            self._asking = False

    async def _ask_for(self, waiting: list[tuple[Asked, asyncio.Future[Any]]]) -> None:
        try:
            answers = await self.engine.in_thread(self.ask_all, [asked for asked, _answer in waiting])
        except Exception as error:
            for _asked, answer in waiting:
                if not answer.done():  # whoever asked may have gone
                    answer.set_exception(error)
        else:
            for (_asked, answer), its_answer in zip(waiting, answers, strict=True):
                if not answer.done():
                    answer.set_result(its_answer)
