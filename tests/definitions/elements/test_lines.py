"""A line for each element, in Close: who may write one, which is picked, and what is kept of it."""

import uuid
from typing import Any

import pytest

from definitions.elements.commands.lines import pick_line, write_line
from definitions.elements.models import Line
from definitions.elements.queries.lines import lines_of, my_piece, picked_lines
from definitions.texts.models import Text
from tests.factories import a_session, at_step, in_role, joined, presses_back, refused, round_now, sealed
from workshop.sessions.commands import people
from workshop.sessions.models import Participant, WorkshopSession

pytestmark = pytest.mark.django_db


def writes(person: Participant, body: str, **more: Any) -> Line:
    round_ = round_now(person.session)
    return write_line(person.session, actor=person, round_=round_, id_=more.get("id_", uuid.uuid4()), body=body)


def at_close(*names: str, **fields: Any) -> tuple[WorkshopSession, list[Participant]]:
    session = a_session("draft", "close", **fields)
    everyone = joined(session, *(names or ("Ana", "Ben")))
    at_step(session, "close")
    return session, everyone


def picks(session: WorkshopSession, line: Line, picked: bool = True) -> Line:
    return pick_line(session, actor=session.owner, line=line, picked=picked)


def on_the_screen(session: WorkshopSession) -> dict[str, str]:
    return {each.element.key: each.picked.text.body for each in lines_of(round_now(session)) if each.picked}


def test_pieces_go_round_by_seat_so_that_each_has_as_many_people_as_any_other() -> None:
    session, everyone = at_close(*(f"Person {number}" for number in range(9)))
    given = my_piece(round_now(session), [person.pk for person in everyone])
    keys = {each.element.pk: each.element.key for each in lines_of(round_now(session))}
    assert [keys[given[person.pk]["piece"]] for person in everyone] == [
        "voluntary", "act", "demonstrates", "genuine", "desire", "satisfy", "customer", "voluntary", "act",
    ]  # fmt: skip


def test_a_line_is_for_the_element_that_its_writer_holds() -> None:
    session, (ana, ben) = at_close()
    assert [writes(ana, "We look up.").element.key, writes(ben, "We do it now.").element.key] == ["voluntary", "act"]
    assert my_piece(round_now(session), [ana.pk])[ana.pk]["line"] == {"body": "We look up.", "picked": False}


def test_a_second_line_takes_the_place_of_the_first_and_nothing_is_left_of_it() -> None:
    session, (ana, _ben) = at_close()
    first = writes(ana, "We look up.")
    assert writes(ana, "We look up first.").pk == first.pk
    assert [line.text.body for line in Line.objects.all()] == ["We look up first."]
    assert not Text.objects.filter(body="We look up.").exists()


def test_a_line_that_is_on_the_screen_is_not_changed_by_its_writer() -> None:
    session, (ana, _ben) = at_close()
    picks(session, writes(ana, "We look up."))
    with refused("picked"):
        writes(ana, "Something else")
    assert on_the_screen(session) == {"voluntary": "We look up."}


def test_the_id_of_someone_elses_line_is_refused() -> None:
    _session, (ana, ben) = at_close()
    line = writes(ana, "We look up.")
    with refused("not-yours"):
        writes(ben, "Mine now", id_=line.pk)


def test_lines_are_written_in_close_only() -> None:
    session, (ana, _ben) = at_close()
    round_ = round_now(session)
    presses_back(session)
    with refused("no-lines"):
        writes(ana, "We look up.")
    assert write_line(session, actor=ana, round_=round_, id_=uuid.uuid4(), body="We look up.").picked is False


def test_a_removed_person_writes_none() -> None:
    session, (ana, _ben) = at_close()
    people.remove(session, actor=session.owner, participant=ana)
    ana.refresh_from_db()
    with refused("removed"):
        writes(ana, "We look up.")


def test_one_line_is_picked_for_each_element_and_another_takes_its_place() -> None:
    session, everyone = at_close(*(f"Person {number}" for number in range(8)))
    first, eighth = writes(everyone[0], "We look up."), writes(everyone[7], "Nobody has to tell us.")
    other = writes(everyone[1], "We do it now.")
    for line in (first, other, eighth):
        picks(session, line)
    assert on_the_screen(session) == {"voluntary": "Nobody has to tell us.", "act": "We do it now."}
    eighth.refresh_from_db()
    picks(session, eighth, picked=False)
    assert on_the_screen(session) == {"act": "We do it now."}


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_the_facilitator_picks(role: str) -> None:
    session, (ana, ben) = at_close()
    line = writes(ana, "We look up.")
    with refused("facilitator-only"):
        pick_line(session, actor=in_role(role, session, ben), line=line, picked=True)
    assert on_the_screen(session) == {}


def test_what_was_picked_is_frozen_with_the_agreed_sentence() -> None:
    session, (ana, ben) = at_close()
    picks(session, writes(ana, "We look up."))
    writes(ben, "Not picked")
    agreed = sealed(session, spelling="We care.")
    lines = {element["key"]: element["line"] for element in agreed.report["elements"]}
    assert (lines["voluntary"], lines["act"], len(lines)) == ("We look up.", "", 7)
    assert picked_lines(session) == {"voluntary": "We look up."}
    assert "Not picked" not in str(agreed.report)


def test_nothing_is_written_or_picked_once_it_is_sealed() -> None:
    session, (ana, ben) = at_close()
    line, round_ = writes(ana, "We look up."), round_now(session)
    sealed(session, spelling="We care.")
    with refused("ended"):
        write_line(session, actor=ben, round_=round_, id_=uuid.uuid4(), body="Late")
    with refused("ended"):
        picks(session, line)
