"""What every test can ask for: a running `stack`, a browser, and for unit tests Django's test database.

Unit tests use SQLite, or the database that DATABASE_URL names. A test with `stack` runs twice: on SQLite with one
server process, and on PostgreSQL and Valkey with two.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.servers import Stack, running_stack

# The first has none of what makes a window, and needs half the work of the others for the same pages.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
BROWSER_OPTIONS = [
    "--no-sandbox",  # Chromium's own sandbox does not start as root, nor in most containers
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    # It has nothing to fetch for itself while it is tested.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# The Node inside Playwright needs a library (libatomic) that a bare machine lacks. Where the build had to bring a Node
# of its own (tools/build.py), that one will do.
if (node := Path(sys.prefix, "bin/node")).exists():
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-database", action="store_true", help="only the tests that use Django's test database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A second run, on another database, has nothing to say about a test that uses none."""
    if config.getoption("--only-database"):
        used = [item for item in items if item.get_closest_marker("django_db") or uses_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in used])
        items[:] = used


def uses_database(item: pytest.Item) -> bool:
    return not {"db", "transactional_db"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stack]]:
    """The stack of this name; each is started when first asked for, and runs to the end."""
    with ExitStack() as exit_stack:

        @cache
        def started(name: str) -> Stack:
            return exit_stack.enter_context(running_stack(name, tmp_path_factory.mktemp(name)))

        yield started


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def stack(request: pytest.FixtureRequest, stacks: Callable[[str], Stack]) -> Stack:
    return stacks(request.param)


@pytest.fixture(autouse=True)
def _every_server_is_up_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test may stop a server and fail before it starts it again; the next one should not fail for that."""
    yield
    if "stack" in request.fixturenames:
        for server in request.getfixturevalue("stack").servers:
            if not server.is_running:
                server.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Below a failed test that talked to servers stands what they had to say."""
    report = yield
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(stack, Stack):
        report.sections.append((f"servers of the stack {stack.name!r}", stack.logs()))
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": browser_program(), "args": BROWSER_OPTIONS}


def browser_program() -> str | None:
    """A Chromium on PATH; else Debian's, installed; else (None) the one that Playwright downloads."""
    if program := find_browser():
        return program
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = ["apt-get", "--quiet", "--quiet", "--yes"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*quiet, "update"], env=environment, stdout=subprocess.DEVNULL)
        for package in BROWSERS[:2]:  # not every distribution has both
            subprocess.run(
                [*quiet, "install", "--no-install-recommends", package, "libatomic1"],
                env=environment,
                stdout=subprocess.DEVNULL,
            )
            if program := find_browser():
                return program
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode == 0:
        return None
    pytest.exit(
        "The browser tests need Chromium, and none could be had. Install it (Debian, Ubuntu: apt install chromium; "
        "elsewhere Chromium or Google Chrome, on PATH), then run them again.",
        returncode=1,
    )


def find_browser() -> str | None:
    found = (shutil.which(name) for name in BROWSERS)
    return next((program for program in found if program and Path(program).exists()), None)
