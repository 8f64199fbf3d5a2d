import uuid
from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import get_language

from definitions.cards.models import Card
from tests.factories import a_session, adds, at_step, facilitator, joined, refused, revision, stranger
from workshop.errors import Refused
from workshop.sessions.access import Actor, must_facilitate, must_take_part
from workshop.sessions.bursts import look_at_round, read_once
from workshop.sessions.commands import changing as changing_module
from workshop.sessions.commands import running
from workshop.sessions.commands.changing import (
    Asked,
    changing,
    each_once,
    exactly_once,
    session_changed,
)
from workshop.sessions.commands.people import rename
from workshop.sessions.models import Client, Participant, Round, WorkshopSession
from workshop.sessions.queries import Scene

pytestmark = pytest.mark.django_db

TAB = uuid.UUID("7a6b1c1e-0000-4000-8000-000000000001")
TURNS = 12  # how often two calls race


class Counter:
    """A command that counts how often it ran, and answers with that."""

    def __init__(self, refusal: str = "") -> None:
        self.runs, self.refusal = 0, refusal

    def __call__(self) -> dict[str, Any]:
        self.runs += 1
        if self.refusal:
            raise Refused(self.refusal, "Not now.")
        return {"run": self.runs}


def ask(owner: Actor, seq: int, command: Callable[[], Any], tab: uuid.UUID = TAB) -> dict[str, Any]:
    return exactly_once(tab, seq, owner=owner, command=command)


@pytest.fixture
def session() -> WorkshopSession:
    return a_session("key-words", "close")


@pytest.fixture
def ana(session: WorkshopSession) -> Participant:
    return joined(session, "Ana")[0]


def test_a_retry_gets_the_first_answer_and_runs_nothing(ana: Participant) -> None:
    command = Counter()
    assert [ask(ana, 1, command) for _ in range(3)] == [{"ok": True, "run": 1}] * 3
    assert command.runs == 1


def test_the_next_seq_runs_and_seqs_may_be_left_out(ana: Participant) -> None:
    command = Counter()
    assert [ask(ana, seq, command)["run"] for seq in (1, 2, 7)] == [1, 2, 3]


def test_a_lower_seq_is_told_that_it_is_over_and_runs_nothing(ana: Participant) -> None:
    command = Counter()
    ask(ana, 5, command)
    assert ask(ana, 4, command) == {"ok": True, "earlier": True}
    assert ask(ana, 5, command) == {"ok": True, "run": 1}
    assert command.runs == 1


def test_a_command_without_an_answer_is_acknowledged(ana: Participant) -> None:
    assert ask(ana, 1, lambda: None) == {"ok": True}


def test_a_refusal_uses_up_its_seq_so_that_a_retry_can_t_do_it_later(ana: Participant) -> None:
    refusal = {"ok": False, "error": {"code": "closed", "sentence": "Not now."}}
    assert ask(ana, 1, Counter("closed")) == refusal
    later = Counter()
    assert ask(ana, 1, later) == refusal
    assert ask(ana, 2, later) == {"ok": True, "run": 1}


def test_what_a_refused_command_had_begun_is_undone(session: WorkshopSession, ana: Participant) -> None:
    def half_way() -> None:
        with changing(session):
            Participant.objects.filter(pk=ana.pk).update(name="Half")
            raise Refused("no", "No.")

    before = revision(session)
    assert ask(ana, 1, half_way)["ok"] is False
    ana.refresh_from_db()
    assert (ana.name, revision(session)) == ("Ana", before)


def test_a_fault_keeps_nothing_so_that_a_retry_may_do_it(ana: Participant) -> None:
    def fault() -> None:
        Participant.objects.filter(pk=ana.pk).update(name="Half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(ana, 1, fault)
    ana.refresh_from_db()
    assert (ana.name, Client.objects.count()) == ("Ana", 0)
    assert ask(ana, 1, Counter()) == {"ok": True, "run": 1}


def test_a_retry_gets_its_answer_even_when_the_step_has_closed_since(
    session: WorkshopSession, ana: Participant
) -> None:
    at_step(session, "key-words")
    send = lambda: {"card": str(adds(ana, "smile").pk)}  # noqa: E731
    first = ask(ana, 1, send)
    at_step(session, "key-words", "revealed")
    assert ask(ana, 1, send) == first
    assert ask(ana, 2, send)["error"]["code"] == "revealed"
    assert Card.objects.count() == 1


def test_a_tab_belongs_to_the_one_who_used_it_first(session: WorkshopSession, ana: Participant) -> None:
    command = Counter()
    ask(ana, 1, command)
    (ben,) = joined(session, "Ben")
    for owner in (ben, facilitator()):
        for seq in (1, 2):
            with refused("not-your-client"):
                ask(owner, seq, command)
    assert command.runs == 1
    other = uuid.uuid4()
    ask(facilitator(), 1, command, other)
    for owner in (stranger(), ana):
        with refused("not-your-client"):
            ask(owner, 2, command, other)
    assert command.runs == 2


def test_a_user_and_a_participant_with_the_same_number_are_two_people(session: WorkshopSession) -> None:
    user, (person,) = facilitator(), joined(session, "Ana")
    person.pk = user.pk
    ask(user, 1, Counter())
    with refused("not-your-client"):
        ask(person, 2, Counter())


def test_two_tabs_of_one_person_count_for_themselves(ana: Participant) -> None:
    command = Counter()
    assert [ask(ana, 1, command, uuid.uuid4())["run"] for _ in range(2)] == [1, 2]


# Many together


def test_of_many_one_that_breaks_breaks_alone(session: WorkshopSession, ana: Participant) -> None:
    at_step(session, "key-words")
    (ben,) = joined(session, "Ben")
    other = uuid.uuid4()

    def fault() -> None:
        adds(ana, "half")
        raise ZeroDivisionError

    def refusal() -> None:
        adds(ana, "not even half")
        raise Refused("closed", "Not now.")

    def add(person: Participant, word: str) -> Callable[[], dict[str, Any]]:
        return lambda: {"card": adds(person, word).text.body}

    asked = [
        Asked(TAB, 1, ana, add(ana, "one")),
        Asked(TAB, 2, ana, refusal),
        Asked(other, 1, ben, add(ben, "two")),
        Asked(TAB, 3, ana, fault),
        Asked(TAB, 1, ben, add(ben, "stolen")),
        Asked(TAB, 4, ana, add(ana, "three")),
        Asked(TAB, 4, ana, add(ana, "again")),
    ]
    closed = {"ok": False, "error": {"code": "closed", "sentence": "Not now."}}
    stolen = "This tab belongs to someone else now. Reload the page."
    three = {"ok": True, "card": "three"}
    assert each_once(asked) == [
        {"ok": True, "card": "one"},
        closed,
        {"ok": True, "card": "two"},
        None,
        {"ok": False, "error": {"code": "not-your-client", "sentence": stolen}},
        three,
        three,
    ]
    assert sorted(Card.objects.values_list("text__body", flat=True)) == ["one", "three", "two"]
    assert dict(Client.objects.values_list("id", "last_seq")) == {TAB: 4, other: 1}
    assert ask(ana, 4, Counter()) == three


def test_what_broke_among_others_may_come_again(ana: Participant) -> None:
    def fault() -> None:
        raise ZeroDivisionError

    assert each_once([Asked(TAB, 1, ana, fault)]) == [None]
    assert ask(ana, 1, Counter()) == {"ok": True, "run": 1}


def test_several_read_once_what_none_of_them_changes(session: WorkshopSession, ana: Participant) -> None:
    """Within one burst only: the next one reads anew, and so does each that comes alone."""
    door = Counter()

    def read() -> dict[str, Any]:
        return {"seen": read_once(session, "door", door)["run"]}

    assert [one and one["seen"] for one in each_once([Asked(TAB, seq, ana, read) for seq in (1, 2)])] == [1, 1]
    assert [one and one["seen"] for one in each_once([Asked(TAB, seq, ana, read) for seq in (3, 4)])] == [2, 2]
    assert [ask(ana, seq, read)["seen"] for seq in (5, 6)] == [3, 4]


def test_what_is_read_once_is_read_for_each_meeting(session: WorkshopSession, ana: Participant) -> None:
    other = a_session("key-words", "close")
    (ben,) = joined(other, "Ben")

    def which(asked: WorkshopSession) -> dict[str, Any]:
        return {"meeting": read_once(asked, "which", lambda: asked.pk)}

    both = [Asked(TAB, 1, ana, partial(which, session)), Asked(uuid.uuid4(), 1, ben, partial(which, other))]
    assert each_once(both) == [{"ok": True, "meeting": session.pk}, {"ok": True, "meeting": other.pk}]


def test_who_sends_is_read_under_the_lock_and_again_after_their_own_command(
    session: WorkshopSession, ana: Participant
) -> None:
    (ben,) = joined(session, "Ben")
    early = [Participant.objects.get(pk=ana.pk) for _command in range(2)]
    Participant.objects.filter(pk=ben.pk).update(removed_at=timezone.now())

    def name_of(person: Participant) -> dict[str, Any]:
        return {"name": must_take_part(person, session).name}

    def renamed() -> None:
        rename(session, actor=early[0], participant=early[0], name="Anouk")

    asked = [
        Asked(TAB, 1, early[0], renamed),
        Asked(TAB, 2, early[1], lambda: name_of(early[1])),
        Asked(uuid.uuid4(), 1, ben, lambda: name_of(ben)),
    ]
    _renamed, told, gone = each_once(asked)
    assert told == {"ok": True, "name": "Anouk"}
    assert gone is not None and gone["error"]["code"] == "removed"


def test_a_round_is_looked_at_again_unless_it_was_read_under_the_lock(
    session: WorkshopSession, ana: Participant
) -> None:
    round_ = at_step(session, "key-words")
    Round.objects.filter(pk=round_.pk).update(page=2)

    def page_of(round_: Round) -> dict[str, Any]:
        look_at_round(round_)
        return {"page": round_.page}

    def read() -> Round:
        return Round.objects.select_related("step__session").get(pk=round_.pk)

    early, late = copy(round_), partial(read_once, session, "round", read)
    asked = [Asked(TAB, 1, ana, lambda: page_of(late())), Asked(TAB, 2, ana, lambda: page_of(early))]
    with CaptureQueriesContext(connection) as captured:
        assert [one and one["page"] for one in each_once(asked)] == [2, 2]
    looks = [query["sql"] for query in captured if f'FROM "{Round._meta.db_table}"' in query["sql"]]
    assert len(looks) == 2  # the one that was read late, and the second look at the early one
    assert ask(ana, 3, lambda: page_of(round_)) == {"ok": True, "page": 2}


@pytest.mark.django_db(transaction=True)
def test_together_and_alone_at_once_wait_for_each_other_and_lose_nothing(at_once: Callable[..., list[Any]]) -> None:
    """Two batches in opposite order, and single commands of the same tabs: no two wait in a ring."""
    session = a_session("key-words", "close")
    people = at_the_same_time(session)
    tabs = [uuid.uuid4() for _person in people]

    def add(person: Participant) -> dict[str, Any]:
        return {"word": adds(person, "care").text.body}

    def batch(seq: int, *order: int) -> list[Any]:
        return each_once([Asked(tabs[n], seq, people[n], partial(add, people[n])) for n in order])

    done = {"ok": True, "word": "care"}
    for seq in range(1, 2 * TURNS, 2):
        assert at_once(partial(batch, seq, 0, 1), partial(batch, seq, 1, 0)) == [[done, done]] * 2
        alone = partial(ask, people[1], seq + 1, partial(add, people[1]), tabs[1])
        assert at_once(partial(batch, seq + 1, 0, 1), alone) == [[done, done], done]
        assert Card.objects.count() == 4
        Card.objects.all().delete()


# The frame of every command


def test_a_command_raises_the_revision_by_one_and_tells_of_it_once_it_is_saved(
    session: WorkshopSession, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[int] = []
    listener = lambda session_id, **_: told.append(session_id)  # noqa: E731
    session_changed.connect(listener)
    before = revision(session)
    with django_capture_on_commit_callbacks(execute=True):
        with changing(session):
            pass
        assert told == []
    session_changed.disconnect(listener)
    assert (told, revision(session), session.revision) == ([session.pk], before + 1, before + 1)


def test_a_refused_command_leaves_the_revision_and_tells_nobody(
    session: WorkshopSession, django_capture_on_commit_callbacks: Any
) -> None:
    before = revision(session)
    with django_capture_on_commit_callbacks() as callbacks, refused("facilitator-only"), changing(session):
        must_facilitate(stranger(), session)
    assert (callbacks, revision(session)) == ([], before)


# Two at once, for real


def at_the_same_time(session: WorkshopSession) -> tuple[Participant, Participant]:
    at_step(session, "key-words")
    ana, ben = joined(session, "Ana", "Ben")
    return ana, ben


@pytest.mark.django_db(transaction=True)
def test_a_double_send_has_one_effect_and_one_answer(at_once: Callable[..., list[Any]]) -> None:
    session = a_session("key-words", "close")
    ana, _ben = at_the_same_time(session)
    for turn in range(TURNS):
        tab, seq = uuid.uuid4(), 1 + turn % 2
        if seq == 2:
            ask(ana, 1, lambda: None, tab)  # a tab that the server knows already
        before = revision(session)
        send = lambda: ask(ana, seq, lambda: {"card": str(adds(ana, "smile").pk)}, tab)  # noqa: B023, E731
        first, second = at_once(send, send)
        assert first == second == {"ok": True, "card": str(Card.objects.get().pk)}, f"turn {turn}"
        assert revision(session) == before + 1
        Card.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_both_arrive(at_once: Callable[..., list[Any]]) -> None:
    session = a_session("key-words", "close")
    ana, ben = at_the_same_time(session)
    before = revision(session)
    for _turn in range(6):
        at_once(lambda: adds(ana, "smile"), lambda: adds(ben, "care"))
    assert [Card.objects.filter(participant=person).count() for person in (ana, ben)] == [6, 6]
    assert revision(session) == before + 12


@pytest.mark.django_db(transaction=True)
def test_two_facilitators_who_press_next_at_once_move_the_room_once(at_once: Callable[..., list[Any]]) -> None:
    session = a_session(*["welcome"] * 6)
    session.memberships.create(user=stranger())
    at_step(session, "welcome")
    for turn in range(1, 6):
        session.refresh_from_db()
        seen = Scene.of(session).standing
        press = lambda user: running.move_on(session, actor=user, standing_seen=seen)  # noqa: B023, E731
        outcomes = at_once(lambda: press(session.owner), lambda: press(stranger()))  # noqa: B023
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused", "WorkshopSession"]
        session.refresh_from_db()
        assert session.current_step is not None
        assert session.current_step.position == turn + 1


def test_each_of_many_is_answered_in_their_own_language(ana: Participant) -> None:
    told: list[str | None] = []
    for_whom = [Asked(TAB, seq, ana, lambda: told.append(get_language()), lang) for seq, lang in ((1, "fr"), (2, ""))]
    stolen = Asked(uuid.uuid4(), 1, ana, lambda: None, "de")
    Client.objects.create(id=stolen.client_id, participant=joined(ana.session, "Ben")[0])
    languages: list[str | None] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(changing_module, "_", lambda text: languages.append(get_language()) or text)
        each_once([*for_whom, stolen])
    assert (told, languages) == (["fr", get_language()], ["de"])
