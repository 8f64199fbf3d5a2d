"""A bad network between phones and a server: a TCP proxy that delays, narrows, holds back, cuts. Its chance is seeded.

It runs in a thread of its own with its own loop, so that asyncio and blocking clients may be behind it.
"""

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

PIECE = 4_096
REST = 0.02  # seconds between two looks at a direction that is held


@dataclass
class Weather:
    """How the network is now; it may be changed at any time. Seconds, bytes."""

    delay: float = 0.0
    jitter: float = 0.0  # on both sides of the delay
    bytes_a_second: float = 0.0  # of each connection and direction; 0: as fast as it goes
    holds_up: bool = False  # nothing gets from the phone to the server
    holds_down: bool = False
    cut_after: int | None = None  # bytes of the server's, on each connection; then it ends
    cut_skips: int = 0  # bytes that are let through before those are counted


class Way:
    """One connection through the proxy."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.near, self.far = near, far
        self.down = 0  # bytes that went to the phone

    def reset(self) -> None:
        for writer in (self.near, self.far):
            writer.transport.abort()


@dataclass
class Proxy:
    target: str  # http://127.0.0.1:8000
    rng: Random
    weather: Weather = field(default_factory=Weather)
    ways: set[Way] = field(default_factory=set)
    cuts: int = 0

    def __enter__(self) -> "Proxy":
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self.loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def reset_all(self) -> None:
        """Every connection is cut, in the midst of whatever it carries."""
        self.loop.call_soon_threadsafe(lambda: [way.reset() for way in list(self.ways)])

    async def _serve(self, ready: threading.Event) -> None:
        self.loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=PIECE)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._over.wait()
        server.close()
        for way in list(self.ways):
            way.reset()

    async def _connected(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        parts = urlsplit(self.target)
        try:
            from_server, far = await asyncio.open_connection(parts.hostname, parts.port, limit=PIECE)
        except OSError:
            near.transport.abort()
            return
        way = Way(near, far)
        self.ways.add(way)
        try:
            # With the first direction that ends, both do: HTTP and sockets need no half-closed connection.
            pumps = [
                asyncio.create_task(self._pump(way, *one)) for one in ((reader, far, True), (from_server, near, False))
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            self.ways.discard(way)
            for writer in (near, far):
                with contextlib.suppress(OSError):
                    writer.close()

    async def _pump(self, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, up: bool) -> None:
        """Pieces in their order, each after its delay; one that is held holds those behind it."""
        coming: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        writing = asyncio.create_task(self._write(way, coming, writer, up))
        try:
            while piece := await reader.read(PIECE):
                late = self.weather.delay + self.weather.jitter * (2 * self.rng.random() - 1)
                await coming.put((self.loop.time() + max(0.0, late), piece))
            await coming.put((0.0, b""))
            await writing
        except OSError:
            return
        finally:
            writing.cancel()

    async def _write(
        self, way: Way, coming: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter, up: bool
    ) -> None:
        while True:
            at, piece = await coming.get()
            if not piece:
                return
            await asyncio.sleep(max(0.0, at - self.loop.time()))
            while self.weather.holds_up if up else self.weather.holds_down:  # noqa: ASYNC110  # set in another thread
                await asyncio.sleep(REST)
            if self.weather.bytes_a_second:
                await asyncio.sleep(len(piece) / self.weather.bytes_a_second)
            if not up and self._cut_within(way, piece):
                return
            writer.write(piece)
            with contextlib.suppress(OSError):
                await writer.drain()

    def _cut_within(self, way: Way, piece: bytes) -> bool:
        """What still fits goes; then the connection ends, in order, so that nothing overtakes that."""
        if self.weather.cut_after is None:
            way.down += len(piece)
            return False
        left = self.weather.cut_skips + self.weather.cut_after - way.down
        way.down += len(piece)
        if len(piece) < left:
            return False
        self.cuts += 1
        way.near.write(piece[: max(0, left)])
        way.near.close()
        way.far.transport.abort()
        return True
