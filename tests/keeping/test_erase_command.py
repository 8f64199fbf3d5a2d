"""`manage.py erase_participant` on a database in a file: what is left on the disk, byte for byte."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import a_session, joined
from tests.test_settings import manage

SET_UP = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.factories import a_session, adds, at_step, joined, sealed, sends, the_draft, types
session = a_session("key-words", "propose", "draft", "close")
ana, ben = joined(session, "Wilhelmina", "Ben")
at_step(session, "key-words")
adds(ana, "quixotry")
at_step(session, "propose")
sends(ana, "Zephyrs carry luggage"), sends(ben, "We listen")
at_step(session, "draft")
types(ana, the_draft(session), " brontosaurus")
sealed(session, spelling="We help.")
print("MEETING", session.public_id)
"""
HERS = (b"Wilhelmina", b"quixotry", b"Zephyrs", b"brontosaurus")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "words.sqlite3"


def test_the_disk_itself_knows_nothing_of_her_any_more(database: Path) -> None:
    url = f"sqlite:///{database}"
    done = manage("shell", "--no-imports", "--command", SET_UP, DATABASE_URL=url)
    assert "MEETING" in done.stdout, done.stderr
    meeting = done.stdout.split()[-1]
    assert [word for word in HERS if word in on_the_disk(database)] == list(HERS)
    listed = manage("erase_participant", meeting, DATABASE_URL=url)
    assert [line.split() for line in listed.stdout.splitlines()] == [["1", "Wilhelmina"], ["2", "Ben"]]
    done = manage("erase_participant", meeting, "1", "--yes", DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert [word for word in HERS if word in on_the_disk(database)] == []
    assert b"We listen" in on_the_disk(database)
    listed = manage("erase_participant", meeting, DATABASE_URL=url)
    assert [line.split() for line in listed.stdout.splitlines()] == [["1", "(erased)"], ["2", "Ben"]]


def on_the_disk(database: Path) -> bytes:
    return b"".join(path.read_bytes() for path in database.parent.iterdir())


@pytest.mark.parametrize("meeting", ["00000000-0000-4000-8000-000000000000", "ABCDEFGH", ""])
def test_what_is_no_meeting_is_said_in_a_line(db: None, meeting: str) -> None:
    with pytest.raises(CommandError, match="There is no such meeting"):
        call_command("erase_participant", meeting)


def test_a_seat_that_nobody_has_is_said_and_nobody_is_erased(db: None) -> None:
    session = a_session("welcome")
    joined(session, "Ana")
    with pytest.raises(CommandError, match="Nobody has seat 2"):
        call_command("erase_participant", str(session.public_id), "2", "--yes")
    assert session.participants.get().name == "Ana"
