"""Nobody comes in by guessing, and a whole department comes in from one address."""

import secrets
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.faults.scale import scaled
from tests.live.meeting import Desk, Phone
from workshop.sessions.models import CODE_LENGTH, CODE_LETTERS

pytestmark = pytest.mark.faults

GUESSES = scaled(1_000, 50_000)
HONEST = scaled(60, 500)
AT_ONCE = 4
ROUND = 300.0  # seconds of guesses beside one code, which lives for ten minutes

Figure = Callable[[str, Any], None]


def test_guesses_hit_nothing_and_honest_joins_pass(desk: Desk, rng: Random, figure: Figure) -> None:
    """All from one address, the guesses while the department joins; half of them by POST, where a code is used up."""
    owner = Phone(desk.stack).join(desk.code, "The owner of a code")
    turns = [iter(range(GUESSES // AT_ONCE)) for _number in range(AT_ONCE)]
    coming = iter(range(HONEST - 1))
    seen: Counter[int] = Counter()

    def guess(number: int, until: float) -> None:
        """By a client that costs little: it shares the machine with what it asks."""
        here = desk.stack.base_urls[number % len(desk.stack.servers)]
        form = {"Origin": here, "Content-Type": "application/x-www-form-urlencoded"}
        http = HTTPConnection(urlsplit(here).netloc, timeout=20)
        for turn in turns[number]:
            guessed = "".join(secrets.choice(CODE_LETTERS) for _letter in range(CODE_LENGTH))
            if turn % 2:
                http.request("GET", f"/j/{guessed}")
            else:
                http.request("POST", f"/j/{guessed}", "name=Eve", form)
            answer = http.getresponse()
            answer.read()
            seen[answer.status] += 1
            if time.monotonic() > until:
                break
        http.close()

    began = time.monotonic()
    wanted = GUESSES // AT_ONCE * AT_ONCE
    while sum(seen.values()) < wanted:
        code, until = owner.must("move-code")["move_code"], time.monotonic() + ROUND
        with ThreadPoolExecutor(AT_ONCE) as threads:
            guessing = [threads.submit(guess, number, until) for number in range(AT_ONCE)]
            for number in coming:
                Phone(desk.stack).join(desk.code, f"Person {number}")
            for one in guessing:
                one.result()
        moved = Phone(desk.stack).join(code, "")
        assert moved.public_id == owner.public_id  # no guess has used it up
        owner = moved
    session = desk.newest("id", "workshop_sessions_workshopsession")
    people = desk.sql("SELECT count(*) FROM workshop_sessions_participant WHERE session_id = %s", session)
    figure("guesses, answered with", f"{sum(seen.values())}: {dict(seen)}")
    figure("guesses a second", sum(seen.values()) / (time.monotonic() - began))
    figure("honest joins from the same address", HONEST)
    assert seen == {404: wanted}
    assert people == [(HONEST,)]
