"""How long a run is, and which chance it follows."""

import os
import random

LONG = os.environ.get("FAULTS") == "long"
# In the environment, so that what runs beside follows the same.
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
os.environ["SEED"] = str(SEED)


# The numbers of the long form are of one stack; there are two.
def scaled(short: int, long: int) -> int:
    return long if LONG else short
