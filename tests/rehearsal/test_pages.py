"""The way into a rehearsal, what stands on its pages, and what the command refuses."""

import subprocess
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from tests.factories import a_session, facilitator, sealed
from tests.room.meeting import Meeting
from tests.servers import free_port
from workshop.rehearsal import starting
from workshop.rehearsal.commands import rehearse, rehearse_with_colleagues
from workshop.sessions.models import WorkshopSession
from workshop.sessions.queries import colleagues_out

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(facilitator())
    return client


@pytest.fixture
def sent(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """A server that knows where it listens, and which processes it started. None is: live tests and stories do that."""
    settings.SERVED_AT = "http://127.0.0.1:8000"
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        starting, "start_process", lambda session, token, **asked: calls.append((session, bool(token), asked))
    )
    return calls


def test_the_button_makes_a_copy_sends_colleagues_and_leads_to_its_desk(
    desk: Client, sent: list[tuple[Any, ...]]
) -> None:
    session = a_session("welcome")
    answer = desk.post(f"/meetings/{session.public_id}/rehearse/", {"people": "24", "pace": "human"})
    copy = WorkshopSession.objects.get(rehearsal=True)
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/{copy.public_id}/")
    assert sent == [(copy, True, {"people": 24, "pace": "human"})]


def test_a_second_press_sends_nobody_and_says_where_the_first_ones_are(
    desk: Client, sent: list[tuple[Any, ...]]
) -> None:
    session = a_session("welcome")
    for status in (302, 422):
        answer = desk.post(f"/meetings/{session.public_id}/rehearse/", {"people": "24", "pace": "human"})
        assert answer.status_code == status
    assert "You are rehearsing “Front desk”." in answer.content.decode()
    assert (len(sent), WorkshopSession.objects.filter(rehearsal=True).count()) == (1, 1)


@pytest.mark.parametrize(
    "fields",
    [{"people": "61"}, {"people": "0"}, {"people": "-1"}, {"people": "x"}, {"people": ""}, {"pace": "slow"}],
    ids=str,
)
def test_what_no_rehearsal_can_be_is_refused(desk: Client, sent: list[tuple[Any, ...]], fields: dict[str, str]) -> None:
    session = a_session("welcome")
    answer = desk.post(f"/meetings/{session.public_id}/rehearse/", {"people": "24", "pace": "human", **fields})
    assert (answer.status_code, sent, WorkshopSession.objects.count()) == (422, [], 1)


def test_a_server_that_does_not_know_its_address_sends_nobody(desk: Client, settings: Settings) -> None:
    settings.SERVED_AT = ""
    session = a_session("welcome")
    answer = desk.post(f"/meetings/{session.public_id}/rehearse/", {"people": "24", "pace": "human"})
    assert (answer.status_code, WorkshopSession.objects.count()) == (422, 1)
    assert "Start it with “manage.py serve”" in answer.content.decode()


# Marked everywhere


def rehearsed(size: int = 2) -> Meeting:
    meeting = Meeting.set_up(size)
    WorkshopSession.objects.filter(pk=meeting.session.pk).update(rehearsal=True)
    return meeting


@pytest.mark.parametrize("view", ["phone", "screen", "desk"])
def test_every_panel_page_of_a_rehearsal_says_so_and_none_of_a_meeting_does(view: str) -> None:
    says = {}
    for name, meeting in (("rehearsal", rehearsed()), ("meeting", Meeting.set_up(2))):
        http = meeting.phones[0].http if view == "phone" else meeting.http
        pages = []
        for kind in ("welcome", "key-words", "samples", "propose", "vote", "draft", "close"):
            meeting.to(kind)
            pages.append(http.get(f"/{view}/{meeting.public_id}/").content.decode())
        meeting.end()
        pages.append(http.get(f"/{view}/{meeting.public_id}/").content.decode())
        says[name] = [">Rehearsal<" in page for page in pages]
    assert says == {"rehearsal": [True] * 8, "meeting": [False] * 8}


def test_the_way_in_and_the_outcome_of_a_rehearsal_say_so() -> None:
    meeting = rehearsed()
    assert ">Rehearsal<" in Client().get(f"/j/{meeting.session.code}").content.decode()
    sealed(meeting.session)
    outcome = meeting.http.get(f"/outcome/{meeting.public_id}/").content.decode()
    assert ">Rehearsal<" in outcome
    assert "new-version" not in outcome


def test_the_list_marks_a_rehearsal_and_deletes_it_with_one_press(desk: Client) -> None:
    session = a_session("welcome")
    assert "Delete" not in desk.get("/meetings/").content.decode()
    copy = rehearse(session, actor=session.owner)
    page = desk.get("/meetings/").content.decode()
    assert (page.count(">Rehearsal<"), page.count("Delete the rehearsal of Front desk")) == (1, 1)
    answer = desk.post(f"/meetings/{copy.public_id}/forget/", follow=True)
    assert "The rehearsal is deleted" in answer.content.decode()
    assert list(WorkshopSession.objects.all()) == [session]


def test_a_meeting_is_not_deleted_whatever_is_posted(desk: Client) -> None:
    session = a_session("welcome")
    answer = desk.post(f"/meetings/{session.public_id}/forget/", follow=True)
    assert "Only a rehearsal can be deleted." in answer.content.decode()
    assert WorkshopSession.objects.filter(pk=session.pk).exists()


def test_the_desk_stops_the_colleagues_while_they_are_there_and_only_then(desk: Client) -> None:
    session = a_session("welcome")
    copy, _token = rehearse_with_colleagues(session, actor=session.owner)
    stops = "Stop the colleagues"
    assert stops in desk.get(f"/desk/{copy.public_id}/").content.decode()
    assert stops not in desk.get(f"/desk/{session.public_id}/").content.decode()
    desk.post(
        f"/desk/{copy.public_id}/do/stop-colleagues", {"client": "6f1f5a3e-8f4b-4f0e-9a44-0d3b3b0f9d11", "seq": 1}
    )
    assert stops not in desk.get(f"/desk/{copy.public_id}/").content.decode()


def test_a_rehearsal_is_offered_before_a_meeting_begins_and_not_in_a_rehearsal(desk: Client) -> None:
    session = a_session("welcome", "close")
    offers = "Try it with 24 simulated colleagues"
    assert offers in desk.get(f"/desk/{session.public_id}/").content.decode()
    copy = rehearse(session, actor=session.owner)
    assert offers not in desk.get(f"/desk/{copy.public_id}/").content.decode()
    meeting = Meeting.set_up(1).to("welcome")
    assert offers not in meeting.http.get(f"/desk/{meeting.public_id}/").content.decode()


# The command


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What it says when it refuses."""
    with pytest.raises(SystemExit) as end:
        call_command("rehearse", *arguments)
    assert end.value.code == 1
    return capsys.readouterr().err


@pytest.mark.parametrize("url", ["http://example.org", "http://192.168.1.20:8000", "http://127.0.0.1.example.org"])
def test_the_command_goes_to_this_machine_only(capsys: pytest.CaptureFixture[str], url: str) -> None:
    session = a_session("welcome")
    assert "is not this machine's own server" in command(capsys, session.code, "--base-url", url)
    assert WorkshopSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)  # the command lets go of its connections
def test_the_command_says_where_nothing_answers_and_calls_its_colleagues_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    session = a_session("welcome")
    nowhere = f"http://127.0.0.1:{free_port()}"
    assert f"Nothing answers at {nowhere}" in command(capsys, session.code, "--steer", "--base-url", nowhere)
    assert not colleagues_out(session.owner)


def test_the_command_knows_the_code_or_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert "No meeting has this code." in command(capsys, "ABCD2345")


def test_the_command_rehearses_no_meeting_that_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    session = a_session("welcome", "close")
    sealed(session, spelling="We help.")
    assert "That meeting has ended." in command(capsys, session.code)
    assert WorkshopSession.objects.count() == 1


def test_the_command_sends_nobody_where_others_are(capsys: pytest.CaptureFixture[str]) -> None:
    session = a_session("welcome")
    copy, _token = rehearse_with_colleagues(session, actor=session.owner)
    assert "Its colleagues have come already." in command(capsys, copy.code)
    assert "You are rehearsing “Front desk”." in command(capsys, session.code)
    assert WorkshopSession.objects.count() == 2


@pytest.mark.parametrize("people", ["0", "61", "1000", "-3", "many"])
def test_the_command_brings_one_to_sixty(people: str) -> None:
    with pytest.raises(CommandError, match="1 to 60 people"):
        call_command("rehearse", "ABCD2345", f"--people={people}")


def test_the_token_is_in_no_list_of_processes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SERVED_AT = "http://127.0.0.1:8000"
    started: list[Any] = []

    class Process(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, command: list[str], **more: Any) -> None:
            started.append((command, more["env"]))
            super().__init__(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    monkeypatch.setattr(starting.subprocess, "Popen", Process)
    session = rehearse(a_session("welcome"), actor=facilitator())
    starting.start_process(session, "the-token", people=3, pace="fast")
    arguments, environment = started[0]
    assert arguments[1:] == [
        str(settings.BASE_DIR / "manage.py"), "rehearse", session.code, "--people", "3", "--pace", "fast",
        "--base-url", "http://127.0.0.1:8000", "--token-on-stdin",
    ]  # fmt: skip
    assert "the-token" not in "".join(map(str, environment.values()))
