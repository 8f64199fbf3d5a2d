"""How long a run is, which chance it follows, and what it measured."""

import os
import random

LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
FIGURES: list[tuple[str, str, str]] = []  # test, what, how much


def scaled(short: int, long: int) -> int:
    return long if LONG else short
