"""The whole database as one file, and back. SQLite by its own online backup, PostgreSQL by pg_dump and pg_restore.

A copy is of one moment, taken while meetings go on: all that was answered as saved before it began is in it.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from workshop.errors import Refused

ACCOUNTS, MEETINGS = "accounts_user", "workshop_sessions_workshopsession"
MOST_SECONDS_LOCKED = 20


def back_up(target: Path) -> None:
    """Write the file: complete and on the disk, or not at all. Only its owner can read it."""
    if target.exists():
        raise Refused("there-already", _("%(file)s is there already. Choose another name.") % {"file": target})
    if not target.parent.is_dir():
        raise Refused("no-folder", _("There is no folder %(folder)s.") % {"folder": target.parent})
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        part.touch(mode=0o600)
        _dump_sqlite(part) if connection.vendor == "sqlite" else _dump_postgresql(part)
        _onto_the_disk(part)
        part.replace(target)
        _onto_the_disk(target.parent)
    finally:
        part.unlink(missing_ok=True)


def bring_back(source: Path, *, overwrite: bool = False) -> None:
    """Make the database what the file holds, then bring it up to this version of the program.

    `overwrite`: what is in the database now is lost, once the copy is there as a whole; if it fails before, nothing is.
    """
    if not source.is_file():
        raise Refused("no-file", _("There is no file %(file)s.") % {"file": source})
    _check_sqlite(source) if connection.vendor == "sqlite" else _check_postgresql(source)
    _check_not_newer(_sqlite_migrations(source) if connection.vendor == "sqlite" else _postgresql_migrations(source))
    if has_data() and not overwrite:
        raise Refused(
            "has-data",
            _("There are accounts or meetings in this database. With --overwrite they are replaced, and lost."),
        )
    _restore_sqlite(source) if connection.vendor == "sqlite" else _restore_postgresql(source)
    call_command("migrate", verbosity=0)


def has_data() -> bool:
    """Whether anybody has an account or a meeting here."""
    with connection.cursor() as cursor:
        there = connection.introspection.table_names(cursor)
        for table in {ACCOUNTS, MEETINGS} & set(there):
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                return True
    return False


def _check_not_newer(migrations: set[tuple[str, str]]) -> None:
    """This version would find columns that it does not know, and would fail at them in the middle of a meeting."""
    if unknown := sorted(migrations - set(MigrationLoader(None).disk_migrations)):
        raise Refused(
            "newer",
            _("This copy is of a newer version of the program (it has %(migration)s). Update the program first.")
            % {"migration": ".".join(unknown[-1])},
        )


# ---- SQLite


def _dump_sqlite(target: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        # All pages in one step: a copy in several would begin again with every write of another process.
        connection.connection.backup(copy, progress=_patience())
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    _check_sqlite(target)


def _check_sqlite(source: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
            whole = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        whole, tables = False, set()
    if not whole or not {ACCOUNTS, MEETINGS} <= tables:
        raise _not_a_copy(source)


def _sqlite_migrations(source: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        return set(copy.execute("SELECT app, name FROM django_migrations"))


def _restore_sqlite(source: Path) -> None:
    connection.close()
    target = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(target)) as database:
        copy.backup(database, progress=_patience())


def _patience() -> Callable[[int, int, int], None]:
    """SQLite would try for ever to get past a lock."""
    began = time.monotonic()

    def give_up_in_time(_status: int, _remaining: int, _total: int) -> None:
        if time.monotonic() - began > MOST_SECONDS_LOCKED:
            raise Refused("locked", _("Another program holds the database locked. Stop the server, then try again."))

    return give_up_in_time


# ---- PostgreSQL


def _dump_postgresql(target: Path) -> None:
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    _check_postgresql(target)


def _check_postgresql(source: Path) -> None:
    try:
        held = _run("pg_restore", "--list", str(source), database=False)
        _run("pg_restore", f"--file={os.devnull}", str(source), database=False)  # reads all of it
    except Refused as refused:
        raise (refused if refused.code == "no-program" else _not_a_copy(source)) from refused
    if any(f" TABLE DATA public {table} " not in held for table in (ACCOUNTS, MEETINGS)):
        raise _not_a_copy(source)


def _postgresql_migrations(source: Path) -> set[tuple[str, str]]:
    rows = _run("pg_restore", "--data-only", "--table=django_migrations", "--file=-", str(source), database=False)
    fields = [line.split("\t") for line in rows.splitlines()]
    return {(app, name) for _id, app, name, _when in (line for line in fields if len(line) == 4)}


def _restore_postgresql(source: Path) -> None:
    """What is there goes in the same transaction in which the copy comes: if that fails, nothing has happened.

    `pg_restore --clean` would drop the copy's tables alone, and fail on those that a newer version has beside them.
    """
    with connection.cursor() as cursor:
        tables = [connection.ops.quote_name(table) for table in connection.introspection.table_names(cursor)]
    connection.close()
    drop = "".join(f"DROP TABLE {table} CASCADE;\n" for table in tables)
    out = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(source)]
    into = [_program("psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--output={os.devnull}"]
    environment = {**os.environ, **_address()}
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(out, stdout=subprocess.PIPE, stderr=said) as reading,
        subprocess.Popen(into, stdin=subprocess.PIPE, stderr=said, env=environment) as writing,
    ):
        assert reading.stdout is not None and writing.stdin is not None
        with suppress(BrokenPipeError):  # the database refused something: psql has said what, and is gone
            writing.stdin.write(f"BEGIN;\n{drop}".encode())
            shutil.copyfileobj(reading.stdout, writing.stdin)
            reading.stdout.close()
            if reading.wait() == 0:
                writing.stdin.write(b"COMMIT;\n")
                writing.stdin.flush()
        with suppress(BrokenPipeError):
            writing.stdin.close()
        reading.stdout.close()  # where psql has gone first, pg_restore goes too
        failed = reading.wait() or writing.wait()
        said.seek(0)
        words = said.read().decode(errors="replace").strip()
    if failed:
        raise _failed("pg_restore", words)


def _run(program: str, *arguments: str, database: bool = True) -> str:
    """What PostgreSQL's own program says. The password goes by the environment, where no list of processes shows it."""
    environment = {**os.environ, **(_address() if database else {})}
    done = subprocess.run([_program(program), *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise _failed(program, done.stderr.strip())
    return done.stdout


def _program(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise Refused(
            "no-program",
            _(
                "%(program)s is not on this machine. Install PostgreSQL's client programs, of the server's version or "
                "newer (Debian, Ubuntu: postgresql-client), or run it where the database is: docs/operations.md."
            )
            % {"program": program},
        )  # fmt: skip
    return found


def _failed(program: str, said: str) -> Refused:
    return Refused("program-failed", _("%(program)s failed: %(said)s") % {"program": program, "said": said})


def _address() -> dict[str, str]:
    given = connection.settings_dict
    options = {"PGSSLMODE": given["OPTIONS"].get("sslmode"), "PGSSLROOTCERT": given["OPTIONS"].get("sslrootcert")}
    address = {
        "PGHOST": given["HOST"],
        "PGPORT": given["PORT"],
        "PGUSER": given["USER"],
        "PGPASSWORD": given["PASSWORD"],
        "PGDATABASE": given["NAME"],
        **options,
    }
    return {name: str(value) for name, value in address.items() if value}


# ---- both


def _not_a_copy(source: Path) -> Refused:
    return Refused(
        "not-a-backup",
        _("%(file)s is no backup of this program's database on %(vendor)s, or it is damaged.")
        % {"file": source, "vendor": connection.display_name},
    )


def _onto_the_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
