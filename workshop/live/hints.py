"""Hints: something of a meeting or a draft has changed. They may be lost, come twice or late; nothing lies in them.

They go to the processes that have sockets of the meeting: each listens to the groups of those, and to no others.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from channels.layers import get_channel_layer
from django.conf import settings

from .engine import Engine

log = logging.getLogger(__name__)

GROUP = "hints-{}"  # of a meeting's id; all that travels on it are hints
TOGETHER = 0.005  # seconds in which hints gather before they leave for the other processes
PASS_ON_WITHIN = 1.0  # seconds; after two the others look by themselves
MOST_LEAVING = 1_000  # hints on their way at one time: where the layer hangs, no more wait for it


class Hints:
    def __init__(self, engine: Engine, heard: Callable[[dict[str, Any]], None]) -> None:
        self.engine = engine
        self.heard = heard
        self._us = ""  # the layer brings back to a process what it passes on: known, and not to be drawn once more
        self.passing = 0  # hints that are on their way
        self._lost = False  # the last one was: said once, however many follow
        self._leaving: set[tuple[int, frozenset[tuple[str, Any]]]] = set()  # of one hint: meeting, names and values
        self._meetings_changed = asyncio.Event()

    def hint(self, meeting: int, **what: Any) -> None:
        """From any thread, after a commit: see Hub.hint. Values must be hashable."""
        loop = self.engine.loop  # it may be gone by the next line
        if loop is not None:
            loop.call_soon_threadsafe(self._hinted, meeting, what)

    def _hinted(self, meeting: int, what: dict[str, Any]) -> None:
        self.heard(what)
        if not settings.REDIS_URL:
            return
        if not self._leaving:
            asyncio.get_running_loop().call_later(TOGETHER, self._leave)
        self._leaving.add((meeting, frozenset(what.items())))

    def _leave(self) -> None:
        leaving, self._leaving = self._leaving, set()
        for meeting, what in leaving:
            self.engine.spawn(self.pass_on(meeting, dict(what)))

    async def pass_on(self, meeting: int, what: dict[str, Any]) -> None:
        if self.passing >= MOST_LEAVING:
            return
        self.passing += 1
        try:
            async with asyncio.timeout(PASS_ON_WITHIN):
                await get_channel_layer().group_send(GROUP.format(meeting), {"type": "hint", "by": self._us, **what})
            self._lost = False
        except Exception:
            if not self._lost:
                log.warning("Hints are not passed on; the other processes look by themselves.", exc_info=True)
            self._lost = True
        finally:
            self.passing -= 1

    def meetings_changed(self) -> None:
        """The first socket of a meeting came, or the last one went."""
        self._meetings_changed.set()

    async def listen(self) -> None:
        """What the other processes pass on. Whenever it begins anew, hints were missed: everything is marked."""
        layer = get_channel_layer()
        self._us = uuid4().hex  # not before: a process may be a fork of another
        self._meetings_changed = asyncio.Event()  # of this loop
        while True:
            try:
                channel = await layer.new_channel()
                for session_id in list(self.engine.sockets):
                    self.heard({"session": session_id})
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._follow(layer, channel))
                    both.create_task(self._receive(layer, channel))
            except asyncio.CancelledError:
                raise
            except Exception:
                log.warning("The channel layer is gone; trying again.", exc_info=True)
                await asyncio.sleep(1)

    async def _follow(self, layer: Any, channel: str) -> None:
        """Join and leave one after the other. What is missed until a group is joined, the hub's own look finds."""
        joined: set[int] = set()
        while True:
            self._meetings_changed.clear()
            watched = set(self.engine.sockets)
            for session_id in watched - joined:
                await layer.group_add(GROUP.format(session_id), channel)
            for session_id in joined - watched:
                await layer.group_discard(GROUP.format(session_id), channel)
            joined = watched
            await self._meetings_changed.wait()

    async def _receive(self, layer: Any, channel: str) -> None:
        while True:
            message = await layer.receive(channel)
            if message.get("by") != self._us:
                self.heard({key: value for key, value in message.items() if key not in ("type", "by")})
