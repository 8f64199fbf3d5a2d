"""What the fault tests share: a meeting on real servers, the seed, and the table of what was measured.

FAULTS=long runs the long form. SEED=… repeats a run: it stands above the table of figures, and at each failed test.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.scale import LONG, SEED
from tests.live.conftest import ada, desk, desks, wires  # noqa: F401  # fixtures


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    request.node.add_report_section("setup", "seed", f"SEED={SEED}")
    return SEED


@pytest.fixture
def rng(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def figure(record_property: Callable[[str, Any], None]) -> Callable[[str, Any], None]:
    """Say what was measured; it stands in the table at the end of the run, of a failed test too."""

    def add(what: str, value: Any) -> None:
        record_property(what, f"{value:.2f}" if isinstance(value, float) else str(value))

    return add


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several run beside one another, each stack stays with one of them."""
    for item in items:
        if stack := getattr(getattr(item, "callspec", None), "params", {}).get("stack"):
            item.add_marker(pytest.mark.xdist_group(stack))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [one for outcome in ("passed", "failed") for one in terminalreporter.getreports(outcome)]
    figures = [(one, what, value) for one in reports if one.when == "call" for what, value in one.user_properties]
    if not figures:
        return
    terminalreporter.section(f"faults, {'long' if LONG else 'short'} form, SEED={SEED}")
    for report, what, value in figures:
        test = report.nodeid.partition("::")[2].partition("@")[0]
        terminalreporter.line(f"{test:<62} {what:<40} {value:>10}")
