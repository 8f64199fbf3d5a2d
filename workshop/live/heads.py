"""uvicorn's HTTP protocol, and an end to heads that never end.

The parser gathers a head for as long as it comes: with 60 MB of one everybody waited for a second, and more came.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES = 128 * 1024
PATIENCE = 30.0  # seconds; browsers open connections before they need them


class BoundedProtocol(HttpToolsProtocol):
    """Named with `http=` by `manage.py serve`.

    One timer looks at the connection again and again: one for each request would cost as much as parsing it.
    """

    in_head = True
    came = 0
    since = 0.0
    next_look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._begin_head()
        self.next_look = self.loop.call_later(PATIENCE, self._look)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.in_head:
            self.came += len(data)
            if self.came > MOST_BYTES:
                self.transport.abort()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin_head()

    def on_headers_complete(self) -> None:
        self.in_head = False
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        """Another protocol takes the connection. What keeps this one, 6 KB of each phone, lets it go."""
        super().handle_websocket_upgrade()
        self._look_no_more()
        self.parser = None  # type: ignore[assignment]  # the two hold one another

    def connection_lost(self, exc: Exception | None) -> None:
        self._look_no_more()
        super().connection_lost(exc)

    def _look_no_more(self) -> None:
        if self.next_look is not None:
            self.next_look.cancel()

    def _begin_head(self) -> None:
        self.in_head, self.came, self.since = True, 0, self.loop.time()

    def _look(self) -> None:
        left = self.since + PATIENCE - self.loop.time()
        if self.in_head and left <= 0:
            self.transport.abort()
        else:
            self.next_look = self.loop.call_later(left if left > 0 else PATIENCE, self._look)
