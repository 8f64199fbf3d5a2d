"""What the parts of the hub share: the server's loop, threads for the database, the room, and who is connected."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from django.db import close_old_connections

from .room import Doors, Room
from .sockets import Socket

THREADS = 4
SOCKETS_AT_A_TIME = 256  # written to before others on the loop have their turn

Result = TypeVar("Result")


class Observe(Protocol):
    """Told of what happened, for metrics: README.md has the names. Called on the loop, so it must be quick."""

    def __call__(self, what: str, amount: float, of: str = "", /) -> None: ...


def unobserved(what: str, amount: float, of: str = "", /) -> None:
    """Nobody looks."""


class Engine:
    def __init__(self) -> None:
        self.room: Room | None = None
        self.doors: Doors | None = None
        self.observe: Observe = unobserved
        self.loop: asyncio.AbstractEventLoop | None = None
        self.sockets: dict[int, set[Socket]] = defaultdict(set)  # of each meeting
        self.pages: dict[int, list[Socket]] = defaultdict(list)  # of each phone, the oldest first
        self.work = asyncio.Event()  # something was marked
        self.writing = False  # commands are being taken: drawing leaves them more of the time
        self.crowded = False  # more of them wait than are taken at once: it leaves them most of it
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads: ThreadPoolExecutor | None = None
        self._writer: ThreadPoolExecutor | None = None

    def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.work = asyncio.Event()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="hub")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="hub-writer")

    def end(self) -> None:
        """No more hints, no more work; what a thread is at it finishes."""
        self.loop = None
        for task in self._tasks:
            task.cancel()
        for threads in (self._threads, self._writer):
            if threads:
                threads.shutdown(wait=False)

    async def in_thread(self, function: Callable[..., Result], *args: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, in_a_thread, function, *args)

    async def in_writer(self, function: Callable[..., Result], *args: Any) -> Result:
        """In the one thread for commands: they wait for no drawing, and not for each other's locks."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, in_a_thread, function, *args)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a task and keep it: the loop itself holds on to none."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def discard(self, socket: Socket) -> None:
        watching = self.sockets[socket.watcher.session_id]
        watching.discard(socket)
        if not watching:
            del self.sockets[socket.watcher.session_id]
        if socket in (pages := self.pages.get(socket.watcher.device_id, [])):
            pages.remove(socket)
            if not pages:
                del self.pages[socket.watcher.device_id]

    def everyone(self) -> list[Socket]:
        return [socket for watching in self.sockets.values() for socket in watching]


async def in_turns(sockets: Sequence[Socket]) -> AsyncIterator[Sequence[Socket]]:
    """So many at a time, and then others on the loop have their turn."""
    for first in range(0, len(sockets), SOCKETS_AT_A_TIME):
        if first:
            await asyncio.sleep(0)
        yield sockets[first : first + SOCKETS_AT_A_TIME]


def in_a_thread(function: Callable[..., Result], *args: Any) -> Result:
    close_old_connections()
    try:
        return function(*args)
    finally:
        close_old_connections()
