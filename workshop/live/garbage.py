"""Python looks for garbage when nobody waits: a whole look stops the process, for 95 ms with a thousand phones."""

import asyncio
import gc
import time
from collections.abc import Callable

EVERY = 60.0  # seconds between two whole looks
AT_LATEST = 120.0  # seconds after that, where it never is quiet
MOMENT = 0.2  # seconds in which nothing happens: then it is quiet
NEVER = 2**30  # young collections between two whole ones


async def collect_when_quiet(is_quiet: Callable[[], bool]) -> None:
    """Until cancelled. Young objects, which is nearly all garbage, are looked at as ever, within milliseconds."""
    before = gc.get_threshold()
    gc.set_threshold(*before[:2], NEVER)
    try:
        while True:
            await asyncio.sleep(EVERY)
            latest = time.monotonic() + AT_LATEST
            while not await _stays(is_quiet) and time.monotonic() < latest:
                pass
            gc.collect()
    finally:
        gc.set_threshold(*before)


async def _stays(is_quiet: Callable[[], bool]) -> bool:
    was = is_quiet()
    await asyncio.sleep(MOMENT)
    return was and is_quiet()
