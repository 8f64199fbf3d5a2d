from tests.live.conftest import ada, desk, desks, wires  # noqa: F401
