"""uvicorn's WebSocket protocol, and beside `send` a way to write that waits for nobody.

`await send()` to a browser that does not read stands still, and everyone behind it in the loop does, too. Named with
`ws=` by `manage.py serve`; under another server the consumer finds no extension and writes by a task of each socket.

Of uvicorn's protocols it is the one over `websockets`' sans-I/O core: it writes to the transport itself and keeps no
state between two frames, so that whole frames may be written between its own.
"""

import asyncio
import socket
from collections.abc import Callable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from .sockets import WRITE_DEADLINE

EXTENSION = "words.direct"
FULL = 64 * 1024  # bytes that wait for one browser; above, it gets nothing until it has read
KERNEL_BUFFER = 128 * 1024  # what the kernel holds beside; by itself it would take up to 4 MB of what is old by then
LINGER = 10.0  # seconds in which the last words to a browser may still go


def no_one() -> None:
    """Nobody waits for room."""


class DirectProtocol(WebSocketsSansIOProtocol):
    """Hands itself to the application as `scope["extensions"]["words.direct"]`: see sockets.Direct."""

    drained: Callable[[], None] = staticmethod(no_one)
    is_full = False
    deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=FULL)
        if connection := transport.get_extra_info("socket"):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)

    async def run_asgi(self) -> None:
        self.scope["extensions"][EXTENSION] = self  # type: ignore[assignment]  # ASGI says dict; ours is not on a wire
        try:
            await super().run_asgi()
        finally:
            self.drained = no_one
            # A transport that is closed still waits for its buffer to go, which it never does where nobody reads.
            self.loop.call_later(LINGER, self.transport.abort)

    def write(self, frame: bytes) -> bool:
        """Whole frames, made by frames.Frame. After the end they are taken, and go nowhere."""
        if self.is_full:
            return False
        if not (self.close_sent or self.disconnected or self.transport.is_closing()):
            self.transport.write(frame)
        return True

    def pause_writing(self) -> None:
        super().pause_writing()
        self.is_full = True
        self.deadline = self.loop.call_later(WRITE_DEADLINE, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self.is_full = False
        self._forget_deadline()
        self.drained()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        super().connection_lost(exc)

    def _forget_deadline(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None
