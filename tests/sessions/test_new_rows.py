"""New rows of a burst of commands are saved together, and what fails takes its own with it."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import a_session, at_step, joined
from workshop.errors import Refused
from workshop.sessions.commands.changing import Asked, each_once
from workshop.sessions.commands.new_rows import insert
from workshop.sessions.commands.running import mark_done
from workshop.sessions.models import Done, Participant, Round, WorkshopSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> WorkshopSession:
    return a_session("key-words", "close")


@pytest.fixture
def round_(session: WorkshopSession) -> Round:
    return at_step(session, "key-words")


def asked(person: Participant, command: Callable[[], Any], seq: int = 1, tab: uuid.UUID | None = None) -> Asked:
    return Asked(tab or uuid.uuid4(), seq, person, command)


def done_by(round_: Round) -> list[str]:
    return sorted(round_.done.values_list("participant__name", flat=True))


def test_those_of_a_burst_are_saved_in_one_statement_and_without_savepoints(
    session: WorkshopSession, round_: Round
) -> None:
    people = joined(session, "Ana", "Ben", "Cem")
    with CaptureQueriesContext(connection) as captured:
        answers = each_once([asked(person, lambda person=person: mark_done(round_, person)) for person in people])  # type: ignore[misc]
    assert answers == [{"ok": True}] * 3
    assert done_by(round_) == ["Ana", "Ben", "Cem"]
    statements = [query["sql"] for query in captured]
    assert len([sql for sql in statements if sql.startswith(f'INSERT INTO "{Done._meta.db_table}"')]) == 1
    first = next(number for number, sql in enumerate(statements) if Done._meta.db_table in sql)
    assert [sql for sql in statements[first:] if sql.startswith("SAVEPOINT")] == []


def test_what_is_refused_or_breaks_takes_its_rows_with_it_and_nobody_else_s(
    session: WorkshopSession, round_: Round
) -> None:
    ana, ben, cem = joined(session, "Ana", "Ben", "Cem")

    def refused() -> None:
        mark_done(round_, ben)
        raise Refused("closed", "Not now.")

    def broken() -> None:
        mark_done(round_, cem)
        raise ZeroDivisionError

    answers = each_once([asked(ana, lambda: mark_done(round_, ana)), asked(ben, refused), asked(cem, broken)])
    assert [answer and answer["ok"] for answer in answers] == [True, False, None]
    assert done_by(round_) == ["Ana"]


def test_whoever_sends_twice_finds_what_their_first_command_made(session: WorkshopSession, round_: Round) -> None:
    ana, ben = joined(session, "Ana", "Ben")
    tab = uuid.uuid4()
    seen: list[list[str]] = []

    def again() -> None:
        seen.append(done_by(round_))
        mark_done(round_, ana)
        mark_done(round_, ana, done=False)

    first = [asked(ana, lambda: mark_done(round_, ana), 1, tab), asked(ben, lambda: mark_done(round_, ben))]
    each_once([*first, asked(ana, again, 2, tab)])
    assert (seen, done_by(round_)) == ([["Ana", "Ben"]], ["Ben"])


def test_one_alone_is_saved_at_once(session: WorkshopSession, round_: Round) -> None:
    (ana,) = joined(session, "Ana")
    insert(session, Done(round=round_, participant=ana))
    assert done_by(round_) == ["Ana"]


def test_a_command_that_spoils_the_transaction_within_spoils_its_own_part_alone(
    session: WorkshopSession, round_: Round
) -> None:
    ana, ben = joined(session, "Ana", "Ben")

    def spoils() -> None:
        Participant.objects.filter(pk=ana.pk).update(name="half")
        with transaction.atomic(savepoint=False):
            Done.objects.create(round=round_, participant=ana)
            Done.objects.create(round=round_, participant=ana)

    with pytest.raises(IntegrityError), transaction.atomic():  # it does break, alone as well
        spoils()
    answers = each_once([asked(ana, spoils), asked(ben, lambda: mark_done(round_, ben))])
    assert [answer and answer["ok"] for answer in answers] == [None, True]
    assert (done_by(round_), Participant.objects.get(pk=ana.pk).name) == (["Ben"], "Ana")
