from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    a_session,
    at_step,
    in_role,
    joined,
    manager,
    phone_of,
    refused,
    revision,
    sealed,
    stranger,
    types,
)
from workshop.sessions.commands import people
from workshop.sessions.models import Capability, Device, Participant, WorkshopSession
from workshop.sessions.queries import here

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> WorkshopSession:
    return a_session("welcome", "propose", "close")


def names(session: WorkshopSession) -> list[str]:
    return list(session.participants.values_list("name", flat=True))


# Joining


def test_who_joins_has_a_seat_a_name_and_a_phone_whose_cookie_is_kept_nowhere(session: WorkshopSession) -> None:
    before = revision(session)
    ana, cookie = people.join(session, name="Ana")
    assert (ana.seat, ana.name, ana.has_phone, ana.is_here) == (1, "Ana", True, True)
    device = phone_of(ana)
    assert (device.session, device.holder, device.cookie_hash) == (session, ana, people.hashed(cookie))
    assert len(cookie) >= 22  # 128 bits
    assert cookie not in str(Device.objects.values_list())
    assert revision(session) == before + 1


def test_seats_are_counted_in_the_order_of_coming_and_never_given_twice(session: WorkshopSession) -> None:
    first, second = joined(session, "Ana", "Ben")
    people.remove(session, actor=session.owner, participant=second)
    (third,) = joined(session, "Cem")
    assert [person.seat for person in (first, second, third)] == [1, 2, 3]


@pytest.mark.parametrize(("door", "code"), [("closed", "door-closed"), ("locked", "door-locked")])
def test_nobody_comes_through_a_door_that_is_not_open(session: WorkshopSession, door: str, code: str) -> None:
    people.set_door(session, actor=session.owner, door=door)
    with refused(code):
        people.join(session, name="Ana")
    assert (names(session), Device.objects.count()) == ([], 0)
    people.set_door(session, actor=session.owner, door="open")
    joined(session, "Ana")
    assert names(session) == ["Ana"]


def test_a_locked_door_keeps_those_in_who_are_in(session: WorkshopSession) -> None:
    (ana,) = joined(session, "Ana")
    people.set_door(session, actor=session.owner, door="locked")
    people.leave(session, actor=ana)
    people.come_back(session, actor=ana)
    assert list(here(session)) == [ana]


def test_starting_opens_a_closed_door_and_leaves_a_locked_one(session: WorkshopSession) -> None:
    locked = a_session("welcome")
    people.set_door(session, actor=session.owner, door="closed")
    people.set_door(locked, actor=locked.owner, door="locked")
    at_step(session, "welcome"), at_step(locked, "welcome")
    assert (session.door, locked.door) == ("open", "locked")


def test_nobody_joins_a_meeting_that_has_ended(session: WorkshopSession) -> None:
    at_step(session, "close")
    sealed(session, spelling="We care.")
    with refused("ended"):
        people.join(session, name="Ana")


def test_a_name_is_asked_for_unless_the_meeting_is_anonymous(session: WorkshopSession) -> None:
    with refused("name-missing"):
        people.join(session, name="")
    anonymous = a_session("welcome", names_shown="nobody")
    joined(anonymous, "", "Ana")
    assert names(anonymous) == ["", ""]


def test_names_that_look_alike_are_told_apart(session: WorkshopSession) -> None:
    joined(session, "Ben", "BEN", "Bén", "Ben.", "Ben 2", "Benno", "Ｂｅｎ")
    assert names(session) == ["Ben", "BEN 2", "Bén 3", "Ben. 4", "Ben 2 2", "Benno", "Ｂｅｎ 5"]


def test_the_longest_names_are_told_apart_within_their_length(session: WorkshopSession) -> None:
    joined(session, "x" * 40, "X" * 40)
    assert names(session) == ["x" * 40, "X" * 38 + " 2"]


def test_the_name_of_someone_who_was_taken_out_is_not_given_to_another(session: WorkshopSession) -> None:
    (ben,) = joined(session, "Ben")
    people.remove(session, actor=session.owner, participant=ben)
    joined(session, "Ben")
    assert names(session) == ["Ben", "Ben 2"]


def test_a_meeting_holds_five_hundred_people(session: WorkshopSession) -> None:
    Participant.objects.create(session=session, seat=499, name="The last but one")
    joined(session, "The last")
    for enter in (
        lambda: people.join(session, name="One too many"),
        lambda: people.add_without_phone(session, actor=session.owner, name="One too many"),
    ):
        with refused("full"):
            enter()
    assert names(session) == ["The last but one", "The last"]


# Names


def test_people_rename_themselves_and_the_facilitator_renames_anyone(session: WorkshopSession) -> None:
    ana, _ben = joined(session, "Ana", "Ben")
    people.rename(session, actor=ana, participant=ana, name="ben")
    assert names(session) == ["ben 2", "Ben"]
    people.rename(session, actor=session.owner, participant=ana, name="Anna")
    assert names(session) == ["Anna", "Ben"]
    people.rename(session, actor=ana, participant=ana, name="ANNA")  # not apart from oneself
    assert names(session) == ["ANNA", "Ben"]


def test_nobody_renames_another(session: WorkshopSession) -> None:
    ana, ben = joined(session, "Ana", "Ben")
    for actor in (ben, stranger(), manager(session)):
        with refused("facilitator-only"):
            people.rename(session, actor=actor, participant=ana, name="Silly")
    assert names(session) == ["Ana", "Ben"]


def test_renaming_gives_nobody_a_name_in_an_anonymous_meeting() -> None:
    session = a_session("welcome", names_shown="nobody")
    (ana,) = joined(session, "")
    people.rename(session, actor=ana, participant=ana, name="Ana")
    assert names(session) == [""]


def test_renaming_to_nothing_is_refused_and_the_name_stays(session: WorkshopSession) -> None:
    (ana,) = joined(session, "Ana")
    with refused("name-missing"):
        people.rename(session, actor=ana, participant=ana, name="")
    assert names(session) == ["Ana"]


def test_a_name_is_hidden_and_shown_again(session: WorkshopSession) -> None:
    (ana,) = joined(session, "Ana")
    for hidden in (True, False):
        people.hide_name(session, actor=session.owner, participant=ana, hidden=hidden)
        ana.refresh_from_db()
        assert (ana.name_hidden, ana.name) == (hidden, "Ana")


# Going and coming


def test_who_has_to_go_no_longer_counts_until_they_come_back(session: WorkshopSession) -> None:
    ana, ben = joined(session, "Ana", "Ben")
    people.leave(session, actor=ana)
    assert list(here(session)) == [ben]
    people.come_back(session, actor=ana)
    assert list(here(session)) == [ana, ben]


def test_who_was_taken_out_can_do_nothing_until_they_are_brought_back(session: WorkshopSession) -> None:
    ana, ben = joined(session, "Ana", "Ben")
    people.remove(session, actor=session.owner, participant=ana)
    assert list(here(session)) == [ben]
    attempts = [
        lambda: people.leave(session, actor=ana),
        lambda: people.come_back(session, actor=ana),
        lambda: people.rename(session, actor=ana, participant=ana, name="Back"),
        lambda: people.put_on_poster(session, actor=ana, wanted=True),
        lambda: people.share_phone(session, actor=ana, device=phone_of(ana), name="Another"),
        lambda: people.pass_phone(session, actor=ana, device=phone_of(ana), seat=1),
        lambda: people.issue_move_code(session, actor=ana, participant=ana),
    ]
    for attempt in attempts:
        with refused("removed"):
            attempt()
    people.bring_back(session, actor=session.owner, participant=ana)
    people.put_on_poster(session, actor=ana, wanted=True)
    assert [(person.name, person.on_poster) for person in here(session)] == [("Ana", True), ("Ben", False)]


def test_bringing_back_someone_who_had_left_brings_them_into_the_room(session: WorkshopSession) -> None:
    (ana,) = joined(session, "Ana")
    people.leave(session, actor=ana)
    people.remove(session, actor=session.owner, participant=ana)
    people.bring_back(session, actor=session.owner, participant=ana)
    assert list(here(session)) == [ana]


def test_that_a_phone_is_connected_changes_nothing_that_anyone_made(session: WorkshopSession) -> None:
    ana, ben = joined(session, "Ana", "Ben")
    before = revision(session)
    people.note_seen([ana.pk])
    assert [person.last_seen_at is not None for person in here(session)] == [True, False]
    assert (revision(session), ben.last_seen_at) == (before, None)


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_a_facilitator_decides_about_people(session: WorkshopSession, role: str) -> None:
    ana, ben = joined(session, "Ana", "Ben")
    actor = in_role(role, session, ben)
    before = revision(session)
    attempts = [
        lambda: people.set_door(session, actor=actor, door="locked"),
        lambda: people.add_without_phone(session, actor=actor, name="Cem"),
        lambda: people.hide_name(session, actor=actor, participant=ana, hidden=True),
        lambda: people.remove(session, actor=actor, participant=ana),
        lambda: people.bring_back(session, actor=actor, participant=ana),
        lambda: people.issue_move_code(session, actor=actor, participant=ana),
    ]
    for attempt in attempts:
        with refused("facilitator-only"):
            attempt()
    assert (revision(session), list(here(session))) == (before, [ana, ben])


def test_people_of_another_meeting_are_nobody_here(session: WorkshopSession) -> None:
    (guest,) = joined(a_session("welcome"), "Ana")
    attempts = [
        lambda: people.remove(session, actor=session.owner, participant=guest),
        lambda: people.rename(session, actor=session.owner, participant=guest, name="Ours"),
        lambda: people.hide_name(session, actor=session.owner, participant=guest, hidden=True),
        lambda: people.bring_back(session, actor=session.owner, participant=guest),
        lambda: people.issue_move_code(session, actor=session.owner, participant=guest),
        lambda: people.leave(session, actor=guest),
        lambda: people.put_on_poster(session, actor=guest, wanted=True),
    ]
    for attempt in attempts:
        with refused("not-in-this-meeting"):
            attempt()
    guest.refresh_from_db()
    assert (guest.name, guest.is_here, guest.name_hidden) == ("Ana", True, False)


# Another phone


def test_a_move_code_makes_one_the_same_person_on_another_phone(session: WorkshopSession) -> None:
    ana, ben = joined(session, "Ana", "Ben")
    for actor in (ana, session.owner):
        code = people.issue_move_code(session, actor=actor, participant=ana)
        moved, cookie = people.redeem_move_code(code)
        assert moved == ana
        assert Device.objects.get(cookie_hash=people.hashed(cookie)).holder == ana
        assert code not in str(Capability.objects.values_list())
    assert list(session.participants.all()) == [ana, ben]


def test_a_move_code_works_once(session: WorkshopSession) -> None:
    (ana,) = joined(session, "Ana")
    code = people.issue_move_code(session, actor=ana, participant=ana)
    people.redeem_move_code(code)
    with refused("no-such-code"):
        people.redeem_move_code(code)
    assert ana.devices.count() == 2


@pytest.mark.parametrize(("seconds", "works"), [(5, True), (-1, False)])
def test_a_move_code_lives_for_ten_minutes(session: WorkshopSession, seconds: int, works: bool) -> None:
    (ana,) = joined(session, "Ana")
    code = people.issue_move_code(session, actor=ana, participant=ana)
    capability = Capability.objects.get()
    assert capability.expires_at is not None
    assert capability.expires_at - capability.created_at == pytest.approx(
        timedelta(minutes=10), abs=timedelta(seconds=5)
    )
    Capability.objects.update(expires_at=timezone.now() + timedelta(seconds=seconds))
    if works:
        assert people.redeem_move_code(code)[0] == ana
    else:
        with refused("no-such-code"):
            people.redeem_move_code(code)


@pytest.mark.parametrize("code", ["", "ABCDEFGH", "\0"])
def test_a_code_that_is_none_moves_nobody(session: WorkshopSession, code: str) -> None:
    joined(session, "Ana")
    with refused("no-such-code"):
        people.redeem_move_code(code)


def test_nobody_moves_who_was_taken_out_since_and_their_code_is_not_spent(session: WorkshopSession) -> None:
    (ana,) = joined(session, "Ana")
    code = people.issue_move_code(session, actor=ana, participant=ana)
    people.remove(session, actor=session.owner, participant=ana)
    with refused("removed"):
        people.redeem_move_code(code)
    people.bring_back(session, actor=session.owner, participant=ana)
    assert people.redeem_move_code(code)[0] == ana


def test_one_may_still_move_after_the_end(session: WorkshopSession) -> None:
    (ana,) = joined(session, "Ana")
    at_step(session, "close")
    sealed(session, spelling="We care.")
    assert people.redeem_move_code(people.issue_move_code(session, actor=ana, participant=ana))[0] == ana


# One phone for several, and none


def test_a_phone_is_shared_and_handed_round(session: WorkshopSession) -> None:
    (ana,) = joined(session, "Ana")
    device = phone_of(ana)
    ben = people.share_phone(session, actor=ana, device=device, name="ana")
    device.refresh_from_db()
    assert (ben.name, ben.seat, device.holder) == ("ana 2", 2, ben)
    people.pass_phone(session, actor=ben, device=device, seat=1)
    device.refresh_from_db()
    assert device.holder == ana
    assert list(device.participants.order_by("seat")) == [ana, ben]


def test_a_phone_is_not_handed_to_someone_who_is_not_on_it(session: WorkshopSession) -> None:
    ana, ben = joined(session, "Ana", "Ben")
    device = phone_of(ana)
    gone = people.share_phone(session, actor=ana, device=device, name="Cem")
    people.remove(session, actor=session.owner, participant=gone)
    for seat in (ben.seat, gone.seat, 99):
        with refused("not-on-this-phone"):
            people.pass_phone(session, actor=ana, device=device, seat=seat)


def test_nobody_is_added_to_a_phone_behind_a_locked_door(session: WorkshopSession) -> None:
    (ana,) = joined(session, "Ana")
    people.set_door(session, actor=session.owner, door="locked")
    with refused("door-locked"):
        people.share_phone(session, actor=ana, device=phone_of(ana), name="Ben")
    assert names(session) == ["Ana"]


def test_someone_without_a_phone_is_added_even_behind_a_locked_door(session: WorkshopSession) -> None:
    people.set_door(session, actor=session.owner, door="locked")
    person = people.add_without_phone(session, actor=session.owner, name="Dora")
    assert (person.has_phone, person.devices.count(), list(here(session))) == (False, 0, [person])


def test_a_phone_that_writes_is_seen_to_be_someone_s() -> None:
    """Pens go by people, not by phones: two on one phone write as two."""
    session = a_session("draft", "close")
    (ana,) = joined(session, "Ana")
    ben = people.share_phone(session, actor=ana, device=phone_of(ana), name="Ben")
    draft = at_step(session, "draft").step.draft
    assert [types(person, draft, word) for person, word in ((ana, "we "), (ben, "care"))] == [None, None]
    assert list(draft.rows.exclude(client="server").values_list("seat", flat=True)) == [1, 2]
