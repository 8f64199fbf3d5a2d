"""Places where a test run has the process die as `kill -9` would, to show what is kept then and what happens once.

Switched on by FAIL_AT in the environment in which the process starts, and by nothing that comes in afterwards:
`FAIL_AT=committed:17` ends it the 17th time that it gets there. A server with a PUBLIC_URL refuses to start with it.
"""

import os
import signal
from itertools import count

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

POINTS = ("validated", "committed", "announced", "answering")

_point, _colon, _times = settings.FAIL_AT.partition(":")
if settings.FAIL_AT and (_point not in POINTS or not _times.isdigit()):
    raise ImproperlyConfigured(
        f"FAIL_AT is one of {', '.join(POINTS)}, a colon, and a number: not {settings.FAIL_AT!r}"
    )
_left = count(int(_times or 0), -1)


def passing(point: str) -> None:
    if point == _point and next(_left) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
