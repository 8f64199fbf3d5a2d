"""Several who join at the same time: one transaction, and each their own answer after it."""

import pytest

from tests.factories import a_session, refused, revision
from tests.room.meeting import Meeting
from workshop.errors import Refused
from workshop.room import joining
from workshop.sessions.commands import people
from workshop.sessions.commands.people import Comer
from workshop.sessions.models import Device, Participant, WorkshopSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> WorkshopSession:
    return a_session("welcome", "close")


def test_they_come_as_if_one_after_the_other_with_one_revision(session: WorkshopSession) -> None:
    people.join(session, name="Ben")
    before = revision(session)
    answers = people.join_together(session, [Comer("Ben"), Comer("Ada"), Comer("ben"), Comer("Ada")])
    seated = [answer for answer in answers if not isinstance(answer, Refused)]
    assert [(person.seat, person.name) for person, _cookie in seated] == [
        (2, "Ben 2"), (3, "Ada"), (4, "ben 3"), (5, "Ada 2"),
    ]  # fmt: skip
    for person, cookie in seated:
        device = Device.objects.get(cookie_hash=people.hashed(cookie))
        assert (device.session, device.holder, list(device.participants.all())) == (session, person, [person])
    assert revision(session) == before + 1


def test_whoever_is_refused_is_refused_alone(session: WorkshopSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MAX_PARTICIPANTS", 2)
    comers = [Comer(""), Comer("Ada"), Comer("Sim", rehearsing="no such token"), Comer("Ben"), Comer("Cleo")]
    answers = people.join_together(session, comers)
    codes = [answer.code if isinstance(answer, Refused) else answer[0].name for answer in answers]
    assert codes == ["name-missing", "Ada", "no-rehearsal", "Ben", "full"]
    assert list(session.participants.values_list("name", "simulated")) == [("Ada", False), ("Ben", False)]


def test_where_everybody_is_refused_nothing_changes(session: WorkshopSession) -> None:
    people.set_door(session, actor=session.owner, door="locked")
    before = revision(session)
    answers = people.join_together(session, [Comer("Ada"), Comer("Ben")])
    assert [isinstance(answer, Refused) and answer.code for answer in answers] == ["door-locked"] * 2
    assert (revision(session), Participant.objects.count()) == (before, 0)


def test_nobody_joins_a_meeting_that_is_over() -> None:
    meeting = Meeting.set_up(1)
    meeting.end()
    answers = people.join_together(meeting.session, [Comer("Ada"), Comer("Ben")])
    assert [isinstance(answer, Refused) and answer.code for answer in answers] == ["ended"] * 2
    with refused("ended"):
        joining.join(meeting.session, name="Ada", rehearsing="")


def test_those_of_an_anonymous_meeting_have_no_name() -> None:
    session = a_session("welcome", "close", names_shown="nobody")
    people.join_together(session, [Comer("Ada"), Comer("")])
    assert list(session.participants.values_list("name", flat=True)) == ["", ""]


def test_what_breaks_in_one_meeting_breaks_there_alone(
    session: WorkshopSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = a_session("welcome", "close")
    whole = people.join_together

    def breaks(at: WorkshopSession, comers: object) -> object:
        if at == other:
            raise RuntimeError("the disk is full")
        return whole(at, comers)  # type: ignore[arg-type]

    monkeypatch.setattr(people, "join_together", breaks)
    asked = [joining.Asked(other, Comer("Ada")), joining.Asked(session, Comer("Ben"))]
    broken, seated = joining._seat_all("join", asked)
    assert isinstance(broken, RuntimeError) and not isinstance(seated, Exception)
    assert seated[0].name == "Ben"
    with pytest.raises(RuntimeError):
        joining.join(other, name="Ada", rehearsing="")
