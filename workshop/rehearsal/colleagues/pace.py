"""How long people take. Times are a person's, in seconds; a fast rehearsal divides them."""

import asyncio
from dataclasses import dataclass
from random import Random

FAST = 20.0


@dataclass(frozen=True)
class Pace:
    hurry: float = 1.0

    @classmethod
    def named(cls, name: str) -> "Pace":
        return cls(FAST if name == "fast" else 1.0)

    def seconds(self, rng: Random, least: float, most: float) -> float:
        """Somewhere between; most people are nearer to the least."""
        return (least + (most - least) * rng.betavariate(1.6, 3)) / self.hurry

    async def think(self, rng: Random, least: float, most: float) -> None:
        await asyncio.sleep(self.seconds(rng, least, most))
