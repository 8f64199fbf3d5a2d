"""What goes when its time is over, and what never goes."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.factories import facilitator
from tests.keeping.test_erasing import everything
from tests.room.conftest import _nothing_need_be_built as _nothing_need_be_built
from tests.room.meeting import Meeting
from workshop.accounts.commands import issue_sign_in_link
from workshop.accounts.models import SignInLink
from workshop.rehearsal.commands import rehearse
from workshop.sessions.commands import people
from workshop.sessions.models import Capability, Client, Device, Participant, WorkshopSession

pytestmark = pytest.mark.django_db


def retain(settings: Settings, *options: str, rehearsals: int = 30, traces: int = 90, of_people: int = 0) -> list[str]:
    settings.RETAIN_REHEARSALS, settings.RETAIN_TRACES, settings.RETAIN_PEOPLE = rehearsals, traces, of_people
    said = StringIO()
    call_command("retain", *options, stdout=said)
    return said.getvalue().splitlines()


def ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def ended(meeting: Meeting, days: float) -> Meeting:
    meeting.end()
    meeting.phones[0].http.get(f"/phone/{meeting.public_id}/panels")
    people.note_seen([phone.person.pk for phone in meeting.phones])
    WorkshopSession.objects.filter(pk=meeting.session.pk).update(ended_at=ago(days))
    return meeting


def test_phones_and_tabs_go_when_their_time_is_over_and_not_before(meeting: Meeting, settings: Settings) -> None:
    meeting.to("key-words")
    meeting.phones[0].do("done", round=meeting.round.pk, done="1")
    younger = Meeting.set_up(1)
    ended(meeting, 91), ended(younger, 89)
    assert "Deleted: 3 phones of meetings that are over" in retain(settings)
    assert set(Device.objects.values_list("session", flat=True)) == {younger.session.pk}
    assert not Client.objects.filter(participant__session=meeting.session).exists()
    assert not Participant.objects.filter(session=meeting.session).exclude(last_seen_at=None).exists()
    assert list(meeting.session.participants.values_list("name", flat=True)) == ["Ada", "Ben", "Cleo"]
    assert meeting.fresh.agreed.text.body == "We help, gladly."


def test_a_meeting_that_never_ended_is_over_too_one_day(meeting: Meeting, settings: Settings) -> None:
    meeting.to("key-words")
    WorkshopSession.objects.update(started_at=ago(89))
    retain(settings)
    assert Device.objects.count() == 3
    WorkshopSession.objects.update(started_at=ago(91))
    retain(settings)
    assert Device.objects.count() == 0


def test_rehearsals_go_and_meetings_stay(meeting: Meeting, settings: Settings) -> None:
    for days in (29, 31):
        WorkshopSession.objects.filter(pk=rehearse(meeting.session, actor=facilitator()).pk).update(
            created_at=ago(days)
        )
    WorkshopSession.objects.filter(pk=meeting.session.pk).update(created_at=ago(400))
    assert "Deleted: 1 rehearsals" in retain(settings)
    assert WorkshopSession.objects.filter(rehearsal=True).count() == 1
    assert WorkshopSession.objects.filter(pk=meeting.session.pk).exists()
    retain(settings, rehearsals=0)
    assert WorkshopSession.objects.filter(rehearsal=True).count() == 1


def test_people_are_erased_only_where_that_is_asked_for(meeting: Meeting, settings: Settings) -> None:
    ended(meeting, 400)
    retain(settings)
    assert [person.name for person in meeting.session.participants.all()] == ["Ada", "Ben", "Cleo"]
    assert "Deleted: 3 people, with their names and texts" in retain(settings, of_people=365)
    assert [person.name for person in meeting.session.participants.all()] == ["", "", ""]
    assert meeting.fresh.agreed.text.body == "We help, gladly."
    assert not [where for where, text in everything().items() if "We do the sentence" in text]
    assert retain(settings, of_people=365) == ["Nothing has been kept for too long."]


def test_ways_in_that_have_run_out_go_at_once(meeting: Meeting, settings: Settings) -> None:
    issue_sign_in_link("someone@example.org"), issue_sign_in_link("other@example.org")
    SignInLink.objects.filter(user__email="other@example.org").update(expires_at=ago(0.01))
    for phone in meeting.phones[:2]:
        people.issue_move_code(meeting.session, actor=meeting.owner, participant=phone.person)
    Capability.objects.filter(participant=meeting.phones[0].person).update(expires_at=ago(0.01))
    retain(settings)
    assert list(SignInLink.objects.values_list("user__email", flat=True)) == ["someone@example.org"]
    assert list(Capability.objects.values_list("participant", flat=True)) == [meeting.phones[1].person.pk]


def test_a_dry_run_says_the_same_and_deletes_nothing(meeting: Meeting, settings: Settings) -> None:
    ended(meeting, 400)
    before = everything()
    would = retain(settings, "--dry-run", of_people=365)
    assert everything() == before
    assert [line.replace("Would delete", "Deleted") for line in would] == retain(settings, of_people=365)
    assert len(would) == 3
