"""A story's cast. Everyone in it has a browser of their own; phones are spread over the stack's server processes."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.servers import Stack
from tests.stories.cast import Cast, Faults

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "test-results"


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Uncaught errors and whatever the security policy blocked: a story ends without any."""
    faults = Faults()
    yield faults
    assert not faults.seen, "\n".join(faults.seen)


@pytest.fixture
def cast(request: pytest.FixtureRequest, browser: Browser, stack: Stack, faults: Faults) -> Iterator[Cast]:
    cast = Cast(browser, stack, faults)
    yield cast
    if request.node.stash.get(FAILED, False):
        cast.shoot(RESULTS / request.node.name.replace("/", "-"))
    cast.close()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, Any, Any]:
    """For the cast: whether their story went wrong, so that they are photographed."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report
