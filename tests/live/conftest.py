from collections.abc import Callable, Iterator

import pytest

from tests.live.meeting import Desk, Phone, Wire
from tests.servers import Stack


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
