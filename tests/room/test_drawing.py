"""What several who ask at the same time are shown: one drawing for many, never one from before they asked."""

from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier, Event, Semaphore
from typing import Any

import pytest
from django.http import Http404

from workshop.live.sockets import Audience
from workshop.room import drawing, show

PHONE = Audience("phone", "en")
PATIENCE = 10  # seconds

Draw = Callable[[int, Audience], Any]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(50) as threads:
        yield threads


def draw_with(monkeypatch: pytest.MonkeyPatch, draw: Draw) -> None:
    monkeypatch.setattr(drawing, "_draw", draw)


def ask(session_id: int = 1) -> Any:
    return drawing.drawn_for(session_id, PHONE)


class Askers(dict[Hashable, Any]):
    """In place of what drawing keeps of drawings that have not begun: each asker looks there once, under the lock."""

    def __init__(self) -> None:
        super().__init__()
        self._looked = Semaphore(0)

    def get(self, key: Hashable, default: Any = None) -> Any:
        found = super().get(key, default)
        self._looked.release()
        return found

    def wait_for(self, number: int) -> None:
        for _asker in range(number):
            assert self._looked.acquire(timeout=PATIENCE)


@pytest.fixture
def askers(monkeypatch: pytest.MonkeyPatch) -> Askers:
    askers = Askers()
    monkeypatch.setattr(drawing._drawings, "_next", askers)
    return askers


def test_those_who_ask_while_it_is_drawn_share_the_next_drawing(
    monkeypatch: pytest.MonkeyPatch, threads: ThreadPoolExecutor, askers: Askers
) -> None:
    drawings: list[int] = []
    begun, go_on = Event(), Event()

    def draw(_session_id: int, _audience: Audience) -> Any:
        drawings.append(number := len(drawings) + 1)
        begun.set()
        assert go_on.wait(PATIENCE)
        return number

    draw_with(monkeypatch, draw)
    first = threads.submit(ask)
    assert begun.wait(PATIENCE)
    late = [threads.submit(ask) for _number in range(40)]
    askers.wait_for(41)
    go_on.set()
    assert first.result(PATIENCE) == 1
    assert {answer.result(PATIENCE) for answer in late} == {2}  # not the one that had begun
    assert drawings == [1, 2]


def test_meetings_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch, threads: ThreadPoolExecutor) -> None:
    together = Barrier(8)

    def draw(session_id: int, _audience: Audience) -> Any:
        together.wait(PATIENCE)
        return session_id

    draw_with(monkeypatch, draw)
    assert list(threads.map(ask, range(8))) == list(range(8))


def test_a_drawing_that_fails_fails_for_those_who_shared_it_and_for_nobody_after(
    monkeypatch: pytest.MonkeyPatch, threads: ThreadPoolExecutor, askers: Askers
) -> None:
    begun, go_on = Event(), Event()

    def fail(_session_id: int, _audience: Audience) -> Any:
        begun.set()
        assert go_on.wait(PATIENCE)
        raise Http404

    draw_with(monkeypatch, fail)
    asked: list[Future[Any]] = [threads.submit(ask)]
    assert begun.wait(PATIENCE)
    asked += [threads.submit(ask) for _number in range(8)]
    askers.wait_for(9)
    go_on.set()
    for answer in asked:
        with pytest.raises(Http404):
            answer.result(PATIENCE)
    assert not drawing._drawings._running
    assert not drawing._drawings._next
    draw_with(monkeypatch, lambda session_id, _audience: session_id)
    assert ask(9) == 9


def test_those_who_poll_at_one_time_share_the_reading_of_what_is_their_own(
    monkeypatch: pytest.MonkeyPatch, threads: ThreadPoolExecutor
) -> None:
    read: list[list[int]] = []
    begun, go_on = Event(), Event()

    def mine(_room: show.Room, _session_id: int, people: set[int]) -> dict[int, dict[str, Any]]:
        read.append(sorted(people))
        begun.set()
        assert go_on.wait(PATIENCE)
        return {person: {"of": person} for person in people}

    askers = Askers()
    monkeypatch.setattr(show._owns, "_next", askers)
    monkeypatch.setattr(show.Room, "mine", mine)
    first = threads.submit(show.own_of, 1, 7)
    assert begun.wait(PATIENCE)
    late = [threads.submit(show.own_of, 1, person) for person in range(40)]
    askers.wait_for(41)
    go_on.set()
    assert first.result(PATIENCE) == {"of": 7}
    assert [answer.result(PATIENCE) for answer in late] == [{"of": person} for person in range(40)]
    assert read == [[7], list(range(40))]
