"""A restore that breaks off half-way, on PostgreSQL: what was there is there still."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.keeping.test_backup import manage
from tests.servers import SETTINGS_VARIABLES, fresh_database

pytestmark = pytest.mark.live

ACCOUNT = """
from workshop.accounts.models import User
print(User.objects.create_user("before@example.org").email)
"""
ACCOUNTS = """
from workshop.accounts.models import User
print(*User.objects.values_list("email", flat=True))
"""
# Everything is there again by then but the indexes.
OBSTACLE = """
CREATE FUNCTION in_the_way() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full, say'; END $$;
CREATE EVENT TRIGGER in_the_way ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION in_the_way();
"""


@pytest.fixture
def database() -> Iterator[dict[str, str]]:
    kept = {key: value for key, value in os.environ.items() if key not in SETTINGS_VARIABLES}
    with fresh_database() as url:
        yield {**kept, "SECRET_KEY": "k" * 60, "DATABASE_URL": url}


def said(environment: dict[str, str], code: str) -> str:
    done = manage(environment, "shell", "--no-imports", "--command", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_restore_that_fails_leaves_what_was_there(database: dict[str, str], tmp_path: Path) -> None:
    assert manage(database, "migrate", "--verbosity", "0").returncode == 0
    file = tmp_path / "words.backup"
    assert manage(database, "backup", str(file)).returncode == 0
    assert said(database, ACCOUNT) == "before@example.org"
    with psycopg.connect(database["DATABASE_URL"], autocommit=True) as server:
        server.execute("CREATE TABLE of_a_newer_version (account bigint REFERENCES accounts_user)")
        server.execute(OBSTACLE)
        done = manage(database, "restore", str(file), "--overwrite")
        assert (done.returncode, "the disk is full" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
        assert said(database, ACCOUNTS) == "before@example.org"
        server.execute("DROP EVENT TRIGGER in_the_way")
    # With nothing in the way it is the copy that is there, and what was beside it is gone.
    done = manage(database, "restore", str(file), "--overwrite")
    assert done.returncode == 0, done.stderr
    assert said(database, ACCOUNTS) == ""
    with psycopg.connect(database["DATABASE_URL"]) as server:
        assert server.execute("SELECT to_regclass('of_a_newer_version')").fetchone() == (None,)
