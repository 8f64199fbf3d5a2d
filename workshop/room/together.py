"""Threads that ask for the same at one time: one of them sees to it for all, and begins after the last has asked."""

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


@dataclass(eq=False)
class Group(Generic[Asked, Answer]):
    asked: list[Asked] = field(default_factory=list)
    answers: Future[Sequence[Answer]] = field(default_factory=Future)


class Together(Generic[Key, Asked, Answer]):
    def __init__(self, see_to: Callable[[Key, Sequence[Asked]], Sequence[Answer]]) -> None:
        """`see_to`: an answer for each, in their order. What it raises, it raises for all of them."""
        self.see_to = see_to
        self._lock = Lock()
        self._running: dict[Key, Group[Asked, Answer]] = {}
        self._next: dict[Key, Group[Asked, Answer]] = {}  # not begun: one may still join

    def ask(self, key: Key, asked: Asked) -> Answer:
        with self._lock:
            running, joined = self._running.get(key), self._next.get(key)
            group = joined or self._next.setdefault(key, Group())
            place = len(group.asked)
            group.asked.append(asked)
        if joined is None:
            if running is not None:
                wait([running.answers])
            self._run(key)
        return group.answers.result()[place]

    def _run(self, key: Key) -> None:
        with self._lock:
            group = self._running[key] = self._next.pop(key)
        try:
            group.answers.set_result(self.see_to(key, group.asked))
        except BaseException as error:
            group.answers.set_exception(error)
        finally:
            with self._lock:
                if self._running.get(key) is group:
                    del self._running[key]
