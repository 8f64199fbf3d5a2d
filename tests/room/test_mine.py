"""What is a participant's own, as their phone gets it."""

import pytest

from tests.factories import a_session, joined, phone_of
from workshop.room.mine import mine_of
from workshop.sessions.commands import people
from workshop.sessions.models import Participant

pytestmark = pytest.mark.django_db


def test_a_phone_knows_who_else_is_on_it() -> None:
    session = a_session("welcome", "close")
    ana, alone = joined(session, "Ana", "Dora")
    phone = phone_of(ana)
    ben, gone = (people.share_phone(session, actor=ana, device=phone, name=name) for name in ("Ben", "Gone"))
    people.remove(session, actor=session.owner, participant=gone)
    code = people.issue_move_code(session, actor=ben, participant=ben)
    people.redeem_move_code(code)  # he has one of his own as well

    def beside(*persons: Participant) -> list[list[tuple[int, str]]]:
        mine = mine_of(session, [person.pk for person in persons])
        return [[(other["seat"], other["name"]) for other in mine[person.pk]["sharing"]] for person in persons]

    assert beside(ana, ben, alone) == [[(3, "Ben")], [(1, "Ana")], []]
    assert beside(ana) == [[(3, "Ben")]], "asked for alone, too"
