from collections.abc import Callable, Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.live.meeting import Desk, Phone, Wire
from tests.servers import Stack
from workshop.live import engine
from workshop.live import hub as hubs


@pytest.fixture
def one_process(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """For hubs without a server, and without a database: no layer, and a quick look of their own."""
    settings.REDIS_URL = ""
    monkeypatch.setattr(hubs, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(engine, "close_old_connections", lambda: None)


@pytest.fixture
def wires() -> Iterator[Callable[[Wire], Wire]]:
    opened: list[Wire] = []

    def keep(wire: Wire) -> Wire:
        opened.append(wire)
        return wire

    yield keep
    for wire in opened:
        wire.close()


@pytest.fixture(scope="module")
def desks() -> dict[str, Desk]:
    return {}


@pytest.fixture
def desk(stack: Stack, desks: dict[str, Desk]) -> Desk:
    """A new meeting with its door open; the facilitator signs in once for each stack."""
    if stack.name not in desks:
        desks[stack.name] = Desk(stack).set_up()
    return desks[stack.name].another()


@pytest.fixture
def ada(desk: Desk) -> Phone:
    return Phone(desk.stack).join(desk.code, "Ada")
