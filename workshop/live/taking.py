"""Commands that come by socket, in bursts: gathered, run together in one transaction, answered after its commit."""

import asyncio
import logging
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from .engine import Engine
from .frames import encode
from .reading import Command
from .sockets import Socket

log = logging.getLogger(__name__)

TOGETHER = 0.003  # seconds in which a burst gathers
AT_ONCE = 50  # in one transaction
MAX_WAITING = 8  # of one socket; a page sends one at a time
MAX_WAITING_IN_ALL = 4_000


@dataclass(frozen=True)
class Asked:
    socket: Socket
    command: Command
    at: float  # on time.monotonic()


class Taking:
    """One writer for the process. What it cannot take it says so at once (`answer` null): the page sends it by POST."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.waiting: deque[Asked] = deque()
        self.unanswered = 0  # those that wait, and those that are being saved

    def ask(self, socket: Socket, command: Command) -> None:
        if socket.asking >= MAX_WAITING or len(self.waiting) >= MAX_WAITING_IN_ALL:
            answer(socket, command, None)
            return
        socket.asking += 1
        self.unanswered += 1
        self.waiting.append(Asked(socket, command, time.monotonic()))
        if not self.engine.writing:
            self.engine.writing = True
            self.engine.spawn(self._write())

    async def _write(self) -> None:
        try:
            while self.waiting:
                await asyncio.sleep(TOGETHER)  # between two batches, too: others want to write as well
                self.engine.crowded = len(self.waiting) > AT_ONCE
                await self._take([self.waiting.popleft() for _number in range(min(AT_ONCE, len(self.waiting)))])
        finally:
            self.engine.writing = self.engine.crowded = False

    async def _take(self, asked: list[Asked]) -> None:
        assert self.engine.doors is not None
        commands = [(one.socket.watcher, one.socket.audience.language, one.command) for one in asked]
        answers: list[dict[str, Any] | None]
        try:
            answers = await self.engine.in_writer(self.engine.doors, commands)
        except Exception:
            # Nothing of it was saved. By POST each comes alone, and the one that is to blame fails alone.
            log.exception("%s commands could not be taken together", len(asked))
            answers = [None] * len(asked)
        now = time.monotonic()
        for one, its_answer in zip(asked, answers, strict=True):
            one.socket.asking -= 1
            self.unanswered -= 1
            answer(one.socket, one.command, its_answer)
            if its_answer is not None:  # it has come to a door that there is
                self.engine.observe("command_seconds", now - one.at, one.command.door)
        self.engine.observe("commands_at_once", len(asked))


def answer(socket: Socket, command: Command, its_answer: dict[str, Any] | None) -> None:
    frame = encode({"t": "answer", "client": str(command.client), "seq": command.seq, "answer": its_answer})
    if not socket.put_answer(frame) or its_answer is None or (mine := its_answer.get("mine")) is None:
        return
    if mine["revision"] >= (socket.mine or mine)["revision"]:
        socket.mine = mine
