"""What several who ask at the same time are shown: one drawing for many, never one from before they asked."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
from django.http import Http404

from workshop.live.sockets import Audience
from workshop.room import drawing

PHONE = Audience("phone", "en")
TAKES = 0.05  # seconds


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float]]:
    """The meeting of each drawing, and when it began."""
    begun: list[tuple[int, float]] = []
    numbers = count(1)

    def draw(session_id: int, audience: Audience) -> Any:
        begun.append((session_id, time.monotonic()))
        time.sleep(TAKES)
        if session_id == 0:
            raise Http404
        return next(numbers), begun[-1][1]

    monkeypatch.setattr(drawing, "_draw", draw)
    return begun


def ask(session_id: int = 1, after: float = 0) -> tuple[float, Any]:
    time.sleep(after)
    asked = time.monotonic()
    return asked, drawing.drawn_for(session_id, PHONE)


def test_those_who_ask_at_the_same_time_share_a_drawing_that_begins_after_they_asked(
    drawings: list[tuple[int, float]],
) -> None:
    with ThreadPoolExecutor(40) as threads:
        answers = list(threads.map(lambda number: ask(after=number * 0.005), range(40)))
    assert all(asked <= began for asked, (_number, began) in answers)
    assert 4 <= len(drawings) <= 8  # 40 askers in 0.2 s, 0.05 s each, one after the other
    assert len({number for _asked, (number, _began) in answers}) == len(drawings)


def test_meetings_do_not_wait_for_each_other(drawings: list[tuple[int, float]]) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(1, 9)))
    assert sorted(session_id for session_id, _began in drawings) == list(range(1, 9))
    assert time.monotonic() - began < 4 * TAKES


def test_a_drawing_that_fails_fails_for_those_who_shared_it_and_for_nobody_after(
    drawings: list[tuple[int, float]],
) -> None:
    def failed(_number: int) -> bool:
        with pytest.raises(Http404):
            ask(0)
        return True

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(failed, range(8)))
    assert len(drawings) <= 3
    assert failed(9)
    assert not drawing._running and not drawing._next
