"""Hints: something of a meeting or a draft has changed. They may be lost, come twice or late; nothing lies in them."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings

from .engine import Engine

log = logging.getLogger(__name__)

GROUP = "hints"  # the one group; all that travels on it are hints
TOGETHER = 0.005  # seconds in which hints gather before they leave for the other processes


class Hints:
    def __init__(self, engine: Engine, heard: Callable[[dict[str, Any]], None]) -> None:
        self.engine = engine
        self.heard = heard
        self._leaving: set[tuple[str, int]] = set()

    def hint(self, **what: int) -> None:
        """From any thread, after a commit: `session`, `panels` or `draft` of this id has changed (see Hub.hint)."""
        loop = self.engine.loop  # it may be gone by the next line
        if loop is not None:
            loop.call_soon_threadsafe(self._hinted, what)

    def _hinted(self, what: dict[str, int]) -> None:
        self.heard(what)
        if not settings.REDIS_URL:
            return
        if not self._leaving:
            asyncio.get_running_loop().call_later(TOGETHER, self._leave)
        self._leaving.update(what.items())

    def _leave(self) -> None:
        leaving, self._leaving = self._leaving, set()
        for name, id_ in leaving:
            self.engine.spawn(self.pass_on({name: id_}))

    async def pass_on(self, what: dict[str, Any]) -> None:
        try:
            await get_channel_layer().group_send(GROUP, {"type": "hint", **what})
        except Exception:
            log.warning("A hint was not passed on; the other processes will look by themselves.", exc_info=True)

    async def listen(self) -> None:
        """What the other processes pass on. Whenever it begins anew, hints were missed: everything is marked."""
        layer = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
                for session_id in list(self.engine.sockets):
                    self.heard({"session": session_id})
                while True:
                    message = await layer.receive(channel)
                    self.heard({key: value for key, value in message.items() if key != "type"})
            except asyncio.CancelledError:
                raise
            except Exception:
                log.warning("The channel layer is gone; trying again.", exc_info=True)
                await asyncio.sleep(1)
