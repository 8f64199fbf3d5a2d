"""A bad network between phones and servers: nothing is lost, nothing doubled, and soon after all phones agree."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from random import Random
from typing import Any

import pytest

from tests.faults.phones import a_room
from tests.faults.proxy import Proxy, Weather
from tests.faults.scale import scaled
from tests.live.meeting import Desk

pytestmark = pytest.mark.faults

PEOPLE = scaled(12, 60)
LASTS = scaled(5, 30)  # seconds
HEALED_WITHIN = 10.0

Figure = Callable[[str, Any], None]

WEATHERS = {
    "late": Weather(delay=0.2, jitter=0.1),
    "narrow": Weather(bytes_a_second=8_000),  # 64 kbit/s for each phone
    "silent": Weather(holds_up=True, holds_down=True),
    "half-open": Weather(holds_down=True),  # what a phone sends arrives; nothing comes back
    "mute": Weather(holds_up=True),
    "resets": Weather(),
}


@pytest.mark.parametrize("name", WEATHERS)
def test_while_the_network_is(name: str, desk: Desk, rng: Random, seed: int, figure: Figure) -> None:
    async def meeting(proxies: list[Proxy]) -> None:
        urls = [proxy.base_url for proxy in proxies]
        async with a_room(desk, PEOPLE, rng, base_urls=urls) as room:
            over = asyncio.Event()
            async with asyncio.timeout(None) as finishing, asyncio.TaskGroup() as group:
                group.create_task(room.keep_pressing(over.is_set, seed))
                await room.all_back(HEALED_WITHIN)
                before = sum(phone.model.acked for phone in room.phones)
                for proxy in proxies:
                    proxy.weather = WEATHERS[name]
                for _turn in range(LASTS):
                    await asyncio.sleep(1)
                    await room.extend()  # at a desk on the server's own machine
                    if name == "resets":
                        rng.choice(proxies).reset_all()
                during = sum(phone.model.acked for phone in room.phones) - before
                for proxy in proxies:
                    proxy.weather = Weather()
                back = await room.all_back(HEALED_WITHIN)
                over.set()
                room.wake()
                finishing.reschedule(asyncio.get_running_loop().time() + HEALED_WITHIN)
            agreed = await room.agreed(HEALED_WITHIN)
            await asyncio.to_thread(room.check_database)
            figure("seconds of it", LASTS)
            figure("commands acknowledged in it, none lost", during)
            figure("all phones are answered again after, s", back)
            figure("all phones agree after, s", agreed)

    with ExitStack() as exit_stack:
        proxies = [exit_stack.enter_context(Proxy(url, Random(rng.random()))) for url in desk.stack.base_urls]
        asyncio.run(meeting(proxies))
