"""Who gets where: every address × every role × every state of a meeting. What the tables do not allow is denied."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories import manager, refused, stranger
from tests.room.cases import DESK_CASES, PHONE_CASES
from tests.room.meeting import VIEWS, Meeting, Phone, id_of
from workshop.accounts.models import User
from workshop.errors import Refused
from workshop.room.doors import DESK, PHONE, Entering, go_through
from workshop.room.identity import watcher_of
from workshop.sessions.commands import links, people
from workshop.sessions.models import WorkshopSession

ROLES = (
    "anonymous",
    "stranger",  # signed in; owns, joined and has every link of another meeting
    "participant",
    "removed",
    "screen",  # has the screen's link
    "outcome",  # has the outcome's link
    "manager",  # of the department that the meeting is for; comes by the outcome's link, and has none here
    "co-facilitator",
    "owner",
)
STATES = ("before", "running", "ended")

EVERYONE = set(ROLES)
SIGNED_IN = {"stranger", "manager", "co-facilitator", "owner"}
DESK_ROLES = {"co-facilitator", "owner"}
SCREEN_ROLES = DESK_ROLES | {"screen"}
OUTCOME_ROLES = DESK_ROLES | {"outcome"}
PHONE_ROLES = {"participant"}


@dataclass(frozen=True)
class Row:
    """Who may, and when; `sends` makes it a POST with these fields."""

    roles: set[str]
    states: tuple[str, ...] = STATES
    sends: dict[str, Any] | None = None
    path: dict[str, Any] | None = None  # what stands in the address beside the meeting


# One row for each address (reverse name; the room's by view). An address without a row fails the suite.
ADDRESSES: dict[str, list[Row]] = {
    "home": [Row(EVERYONE)],
    "how": [Row(EVERYONE)],
    "/readyz": [Row(EVERYONE)],
    "/csp-reports": [Row(EVERYONE, sends={})],
    "/metrics": [Row(set())],  # no role's: a token's, or this machine's (tests/test_health.py)
    "/admin/login/": [Row(set())],  # on to our own sign-in
    "accounts:sign-up": [Row(EVERYONE), Row(EVERYONE, sends={})],
    "accounts:sign-in": [Row(EVERYONE), Row(EVERYONE, sends={})],
    "accounts:sign-out": [Row(EVERYONE, sends={})],
    "accounts:forgotten": [Row(EVERYONE), Row(EVERYONE, sends={})],
    "accounts:enter": [Row(EVERYONE), Row(EVERYONE, sends={"token": "x"})],
    "accounts:account": [Row(SIGNED_IN), Row(SIGNED_IN, sends={"name": "New"})],
    "accounts:password": [Row(SIGNED_IN), Row(SIGNED_IN, sends={})],
    "sessions:list": [Row(SIGNED_IN)],
    "sessions:new": [Row(SIGNED_IN), Row(SIGNED_IN, sends={"title": "Mine"})],
    "sessions:setup": [Row(DESK_ROLES)],
    "sessions:settings": [Row(DESK_ROLES), Row(DESK_ROLES, sends={"title": "Theirs"})],
    "sessions:ready": [Row(DESK_ROLES)],
    "sessions:paper": [Row(DESK_ROLES)],
    "sessions:add-step": [Row(DESK_ROLES, sends={"kind": "vote"})],
    "sessions:change-step": [Row(DESK_ROLES, sends={"minutes": "9"})],
    "sessions:change-minutes": [Row(DESK_ROLES, sends={"by": "1"})],
    "sessions:move-step": [Row(DESK_ROLES, sends={"to": "1"})],
    "sessions:remove-step": [Row(DESK_ROLES, sends={})],
    "sessions:issue-link": [Row(DESK_ROLES, sends={}, path={"scope": "outcome"})],
    "sessions:withdraw-links": [Row(DESK_ROLES, sends={}, path={"scope": "outcome"})],
    "rehearsal:rehearse": [Row(DESK_ROLES), Row(DESK_ROLES, sends={})],
    "rehearsal:forget": [Row(DESK_ROLES, sends={})],
    "elements:elements": [Row(DESK_ROLES), Row(DESK_ROLES, sends={})],
    "elements:take-set": [Row(DESK_ROLES, sends={"slug": "curtin-six"})],
    "room:join": [Row(EVERYONE)],
    "room:join-code": [Row(EVERYONE, STATES[:2]), Row(EVERYONE, STATES[:2], sends={"name": "Zoe"})],
    "room:phone": [Row(PHONE_ROLES)],
    "room:desk": [Row(DESK_ROLES)],
    "room:screen": [Row(SCREEN_ROLES)],
    "room:panels": [
        Row(PHONE_ROLES, path={"view": "phone"}),
        Row(DESK_ROLES, path={"view": "desk"}),
        Row(SCREEN_ROLES, path={"view": "screen"}),
    ],
    "room:draft": [
        Row(PHONE_ROLES, path={"view": "phone"}, sends={}),
        Row(DESK_ROLES, path={"view": "desk"}, sends={}),
        Row(SCREEN_ROLES, path={"view": "screen"}, sends={}),
    ],
    "room:do": [
        Row(PHONE_ROLES, path={"view": "phone", "name": "leave"}, sends={}),
        Row(DESK_ROLES, path={"view": "desk", "name": "start"}, sends={}),
    ],
    "room:open-link": [Row(EVERYONE, path={"scope": scope}) for scope in ("screen", "outcome", "co-facilitate")],
    "exports:outcome": [Row(OUTCOME_ROLES)],
    "exports:download": [
        Row(OUTCOME_ROLES, path={"name": "schema.json"}),
        Row(OUTCOME_ROLES, ("ended",), path={"name": "definition.md"}),
        Row(OUTCOME_ROLES, ("ended",), path={"name": "definition.json"}),
        Row(set(), path={"name": "anything-else"}),
    ],
    "exports:poster": [
        *(Row(OUTCOME_ROLES, ("ended",), path={"paper": paper, "file_format": "pdf"}) for paper in ("a4", "us-letter")),
        Row(OUTCOME_ROLES, ("ended",), path={"paper": "a3", "file_format": "svg"}),
        Row(set(), path={"paper": "a9", "file_format": "pdf"}),
        Row(set(), path={"paper": "a4", "file_format": "exe"}),
    ],
    "exports:history": [Row(DESK_ROLES, ("running", "ended")), Row({"outcome"}, ("ended",))],
    "exports:history-data": [Row(DESK_ROLES, ("running", "ended")), Row({"outcome"}, ("ended",))],
    "exports:new-version": [Row(DESK_ROLES, sends={})],
}


def addresses(resolver: Any = None, space: str = "", prefix: str = "/") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from addresses(
                    entry, f"{entry.namespace}:" if entry.namespace else space, f"{prefix}{entry.pattern}"
                )
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}" if entry.name else f"{prefix}{entry.pattern}"


def test_every_address_has_a_row() -> None:
    assert set(addresses()) == set(ADDRESSES)


class Cast:
    """A meeting in one state, and a browser for every role."""

    def __init__(self, state: str) -> None:
        self.meeting = meeting = Meeting.set_up(3)
        session = meeting.session
        other = Meeting.set_up(1)
        WorkshopSession.objects.filter(pk=other.session.pk).update(owner=stranger())
        other.owner = stranger()
        other.session.refresh_from_db()
        helper = User.objects.create_user("helper@example.org", name="Hugo")
        self.clients = {role: Client(headers={"origin": "http://testserver"}) for role in ROLES}
        self.clients["stranger"].force_login(stranger())
        self.clients["stranger"].cookies["phone"] = other.phones[0].cookie
        self.clients["manager"].force_login(manager(session))
        self.clients["co-facilitator"].force_login(helper)
        self.clients["owner"].force_login(meeting.owner)
        for scope in ("screen", "outcome"):
            self.open(scope, meeting, self.clients[scope])
        self.open("co-facilitate", meeting, self.clients["co-facilitator"])
        self.open("screen", other, self.clients["stranger"])
        self.open("outcome", other, self.clients["stranger"])
        self.clients["participant"].cookies["phone"] = meeting.phones[0].cookie
        self.clients["removed"].cookies["phone"] = meeting.phones[1].cookie
        if state != "before":
            meeting.to("draft")
        people.remove(session, actor=meeting.owner, participant=meeting.phones[1].person)
        if state == "ended":
            meeting.end()

    @staticmethod
    def open(scope: str, meeting: Meeting, client: Client) -> None:
        token = links.issue_link(meeting.session, actor=meeting.owner, scope=scope)
        assert client.post(f"/open/{scope}/", {"token": token}).status_code == 302

    def address(self, name: str, row: Row) -> str:
        if name.startswith("/"):
            return name
        step = self.meeting.session.steps.first()
        assert step is not None
        given = {"public_id": self.meeting.public_id, "code": self.meeting.session.code, "step_id": step.pk} | (
            row.path or {}
        )
        return reverse(name, kwargs={key: given[key] for key in needs(name, set(given))})


def needs(name: str, given: set[str]) -> set[str]:
    """The parameters of an address."""
    space, _colon, plain = name.rpartition(":")
    resolver: Any = get_resolver()
    if space:
        resolver = next(r for r in resolver.url_patterns if isinstance(r, URLResolver) and r.namespace == space)
    pattern = next(entry for entry in resolver.url_patterns if getattr(entry, "name", "") == plain)
    return set(pattern.pattern.converters) | (set(pattern.pattern.regex.groupindex) & given)


def comes_in(client: Client, address: str, row: Row) -> bool:
    """Whether a request is let in. What it does is undone."""
    with transaction.atomic():
        if row.sends is None:
            answer = client.get(address)
        else:
            answer = client.post(address, {"client": uuid.uuid4(), "seq": 1, **row.sends})
        transaction.set_rollback(True)
    assert answer.status_code < 500
    if answer.status_code == 302:
        return not answer["Location"].startswith(("/accounts/sign-in/", "/j/"))
    return answer.status_code not in (401, 403, 404)


@pytest.mark.parametrize("state", STATES)
def test_every_address_lets_in_those_of_its_row_and_nobody_else(db: None, state: str) -> None:
    cast = Cast(state)
    wrong = []
    for name, rows in ADDRESSES.items():
        for row in rows:
            address = cast.address(name, row)
            # Several rows may be about one request: each of them lets in its own.
            same = [other for other in rows if (other.path, other.sends) == (row.path, row.sends)]
            allowed = {role for other in same if state in other.states for role in other.roles}
            for role, client in cast.clients.items():
                keep = {key: morsel.value for key, morsel in client.cookies.items()}
                if comes_in(client, address, row) != (role in allowed):
                    wrong.append(f"{role} at {address} {'POST' if row.sends is not None else 'GET'}: {role in allowed}")
                for key, value in keep.items():
                    client.cookies[key] = value
    assert wrong == []


@pytest.mark.parametrize("state", STATES)
def test_every_door_opens_to_its_side_of_the_room_only(db: None, state: str) -> None:
    cast = Cast(state)
    wrong = []
    for view, doors, roles in (("phone", PHONE, PHONE_ROLES), ("desk", DESK, DESK_ROLES)):
        for door in doors:
            address = f"/{view}/{cast.meeting.public_id}/do/{door}"
            for role, client in cast.clients.items():
                if comes_in(client, address, Row(roles, sends={})) != (role in roles):
                    wrong.append(f"{role} at {address}")
    assert wrong == []


def test_a_door_of_the_desk_does_not_exist_on_a_phone_nor_the_other_way(meeting: Meeting) -> None:
    envelope = {"client": uuid.uuid4(), "seq": 1}
    for door in set(DESK) - set(PHONE):
        assert meeting.phones[0].http.post(f"/phone/{meeting.public_id}/do/{door}", envelope).status_code == 404
    for door in set(PHONE) - set(DESK):
        assert meeting.http.post(f"/desk/{meeting.public_id}/do/{door}", envelope).status_code == 404


@pytest.mark.parametrize("state", STATES)
def test_a_socket_is_for_those_who_may_see_the_page(db: None, state: str) -> None:
    cast = Cast(state)
    allowed = {"phone": PHONE_ROLES, "desk": DESK_ROLES, "screen": SCREEN_ROLES}
    for view in VIEWS:
        for role, client in cast.clients.items():
            cookies = {key: morsel.value for key, morsel in client.cookies.items()}
            watcher = watcher_of(cast.meeting.public_id, view, cookies)
            assert (watcher is not None) == (role in allowed[view]), (view, role)
            assert watcher_of(uuid.uuid4(), view, cookies) is None


# ---- what the commands themselves refuse: the door is one check, the command is another


@pytest.mark.parametrize("door", sorted(DESK))
def test_a_command_of_the_desk_checks_its_actor_itself(meeting: Meeting, door: str) -> None:

    fields = DESK_CASES[door](meeting)
    person = meeting.phones[0].person
    for actor, code in ((stranger(), "facilitator-only"), (person, "facilitator-only")):
        if door == "rename":
            fields["participant"] = meeting.phones[1].person.pk
        with refused(code):
            go_through(DESK[door], Entering(meeting.fresh, actor), {key: str(value) for key, value in fields.items()})


@pytest.mark.parametrize("door", sorted(PHONE))
def test_a_command_of_a_phone_checks_its_actor_itself(meeting: Meeting, door: str) -> None:

    fields = {key: str(value) for key, value in PHONE_CASES[door](meeting).items()}
    other = Meeting.set_up(1).phones[0]
    phone: Phone = meeting.phones[0]
    people.remove(meeting.session, actor=meeting.owner, participant=phone.person)
    for actor, device in ((phone.person, phone.device), (other.person, other.device)):
        with pytest.raises(Refused) as refusal:
            go_through(PHONE[door], Entering(meeting.fresh, actor, device), fields)
        assert refusal.value.code in ("removed", "not-in-this-meeting", "facilitator-only")


# ---- requests that a page of ours did not make


def test_nothing_is_done_without_the_token_of_our_own_pages(db: None) -> None:
    cast = Cast("running")
    wrong = []
    by_themselves = {"/csp-reports"}  # browsers send these; nothing but a count and a line in the log comes of it
    for name, rows in ADDRESSES.items():
        for row in (row for row in rows if row.sends is not None and name not in by_themselves):
            for role in row.roles & {"owner", "participant"}:
                client = Client(enforce_csrf_checks=True)
                client.cookies = cast.clients[role].cookies
                if client.post(cast.address(name, row), {"client": uuid.uuid4(), "seq": 1}).status_code != 403:
                    wrong.append(f"{name} as {role}")
    assert wrong == []


def test_what_changes_something_is_never_a_get(db: None) -> None:
    cast = Cast("running")
    revision = cast.meeting.fresh.revision
    for name, rows in ADDRESSES.items():
        for row in rows:
            for role in ("owner", "participant"):
                answer = cast.clients[role].get(cast.address(name, row))
                only_post = row.sends is not None and all(other.sends is not None for other in rows)
                assert answer.status_code == 405 if only_post else answer.status_code < 500, (name, role)
    assert cast.meeting.fresh.revision == revision


def test_a_page_under_a_name_that_is_not_ours_is_refused(meeting: Meeting) -> None:
    for host in ("evil.example", "8.8.8.8", "meeting.evil.example:8000"):
        assert meeting.http.get(f"/desk/{meeting.public_id}/", headers={"host": host}).status_code == 400
    for host in ("localhost:8000", "192.168.1.20:8000", "127.0.0.1", "laptop.local"):
        assert meeting.http.get(f"/desk/{meeting.public_id}/", headers={"host": host}).status_code == 200


# ---- rights that travel as links, and rights that end


def test_a_phone_sends_for_nobody_else(meeting: Meeting) -> None:
    """The same tab's id from another phone, and another's card, sentence and seat."""
    ada, ben, _cleo = meeting.to("key-words").phones
    ada.do("add-card", round=meeting.round.pk, id=id_of("ada's"), body="honest")
    sent = {"client": id_of("tab", ada.person.pk), "seq": 2, "round": meeting.round.pk, "done": "1"}
    answer = ben.http.post(f"/phone/{meeting.public_id}/do/done", sent).json()
    assert answer["error"]["code"] == "not-your-client"
    answer = ben.do("add-card", round=meeting.round.pk, id=id_of("ada's"), body="stolen")
    assert answer["error"]["code"] == "not-yours"
    ben.do("remove-card", round=meeting.round.pk, id=id_of("ada's"))
    assert meeting.mine(ada)["given"]["cards"][0]["body"] == "honest"
    assert ben.do("pass-phone", seat=ada.person.seat)["error"]["code"] == "not-on-this-phone"
    assert json.dumps(meeting.mine(ben)).count("honest") == 0


def test_the_admin_is_for_staff(db: None) -> None:
    cast = Cast("running")
    names = [
        (entry.name, entry.pattern)
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and resolver.namespace == "admin"
        for entry in every(resolver)
    ]
    assert len(names) > 15
    for name, _pattern in names:
        if name in ("login", "logout", None):
            continue
        for arguments in ([], ["1"], ["1", "1"], ["auth"]):
            try:
                address = reverse(f"admin:{name}", args=arguments)
            except Exception:  # another number of arguments
                continue
            for role, client in cast.clients.items():
                answer = client.get(address)
                inside = answer.status_code == 200 or (answer.status_code == 302 and "login" not in answer["Location"])
                assert not inside, (role, address)


def every(resolver: Any) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from every(entry)
        else:
            yield entry
