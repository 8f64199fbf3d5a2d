"""What the fault tests share: a meeting on real servers, the seed, and the table of what was measured.

FAULTS=long runs the long form. SEED=… repeats a run: it stands above the table of figures, and at each failed test.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.scale import FIGURES, LONG, SEED
from tests.live.conftest import ada, desk, desks, wires  # noqa: F401  # fixtures


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    request.node.add_report_section("setup", "seed", f"SEED={SEED}")
    return SEED


@pytest.fixture
def rng(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, Any], None]:
    """Say what was measured; it stands in the table at the end of the run, of a failed test too."""

    def add(what: str, value: Any) -> None:
        FIGURES.append((request.node.name, what, f"{value:.2f}" if isinstance(value, float) else str(value)))

    return add


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not FIGURES:
        return
    terminalreporter.section(f"faults, {'long' if LONG else 'short'} form, SEED={SEED}")
    for test, what, value in FIGURES:
        terminalreporter.line(f"{test:<62} {what:<40} {value:>10}")
