"""uvicorn's HTTP protocol, and an end to heads that never end.

The parser gathers a head for as long as it comes: with 60 MB of one everybody waited for a second, and more came.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES = 128 * 1024
PATIENCE = 30.0  # seconds; browsers open connections before they need them


class BoundedProtocol(HttpToolsProtocol):
    """Named with `http=` by `manage.py serve`."""

    in_head = True
    came = 0
    deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.in_head:
            self.came += len(data)
            if self.came > MOST_BYTES:
                self.transport.abort()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait_for_head()

    def on_headers_complete(self) -> None:
        self.in_head = False
        self._forget_deadline()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self._forget_deadline()
        self.in_head, self.came = True, 0
        self.deadline = self.loop.call_later(PATIENCE, self.transport.abort)

    def _forget_deadline(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None
