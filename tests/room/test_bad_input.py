"""Whatever comes in is answered with a sentence: never with a 500, and never by ending a socket or a process."""

import json
import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.live.test_reading import JSON
from tests.room.cases import DESK_CASES, PHONE_CASES
from tests.room.meeting import Meeting, id_of
from workshop.errors import Refused
from workshop.live.frames import encode
from workshop.room.doors import DESK, MOST_LETTERS, PHONE, Door, Entering, go_through
from workshop.room.forms import EnvelopeForm

SEED = 20_260_506

# ---- the forms of the doors: each field in turn gets each of these, the others what would do

HUGE = "x" * 20_000
ODD_TEXTS = [
    "",
    " ",
    "\n\n",
    "\x00",
    "a\x00b",
    "\x1b[31m",
    "\ud800",
    "a\udfff",
    "\u202emirror",
    "e" + "\u0301" * 500,
    "👩‍👩‍👧‍👦" * 300,
    "\u200b",
    HUGE,
    "<script>alert(1)</script>",
    "{{ 7 }}{% debug %}",
    "'; DROP TABLE x; --",
    "=1+1",
]
ODD_NUMBERS = [
    "-1",
    "0",
    "1.5",
    "1e9",
    "NaN",
    "Infinity",
    "9" * 20,
    "9" * 5_000,
    "٣",
    "²",
    "0x10",
    " 1 ",
    "+1",
    "1_000",
    "true",
]
ODD_IDS = [
    "00000000-0000-0000-0000-000000000000",
    "not-an-id",
    "-" * 36,
    "{" + "0" * 32 + "}",
    "0" * 32,
    "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d",
]
ODD_LISTS = [",", ",,,", "1,", "-1", "1;2", "1,1,1", "9" * 16, ",".join(["1"] * 600), "1,\x00", "²,³", "٣"]
ODD = ODD_TEXTS + ODD_NUMBERS + ODD_IDS + ODD_LISTS


def posted(client: Client, address: str, fields: dict[str, Any]) -> HttpResponse:
    """Undone afterwards. A lone surrogate goes as what a program would send: three bytes that are no UTF-8."""
    with transaction.atomic():
        answer = client.post(
            address,
            encoded(fields),
            content_type="application/x-www-form-urlencoded",
            headers={"origin": "http://testserver"},
        )
        transaction.set_rollback(True)
    return answer


def encoded(fields: dict[str, Any]) -> str:
    return "&".join(f"{quoted(key)}={quoted(one)}" for key, value in fields.items() for one in listed(value))


def quoted(value: Any) -> str:
    return "".join(f"%{byte:02X}" for byte in str(value).encode(errors="surrogatepass"))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def is_clear(answer: HttpResponse) -> bool:
    """JSON that says ok, or which code and which sentence."""
    said = json.loads(answer.content)
    return answer.status_code in (200, 400) and (
        said["ok"] is True or bool(said["error"]["code"] and said["error"]["sentence"])
    )


def field_names(door: Door) -> list[str]:
    return [*door.form.base_fields, "hands-1", "hands-²", f"hands-{'9' * 30}"]


@pytest.mark.parametrize("door", sorted(PHONE))
def test_a_phones_door_takes_no_harm(meeting: Meeting, door: str) -> None:
    usual = PHONE_CASES[door](meeting)
    phone = meeting.phones[0]
    entering = Entering(meeting.fresh, phone.person, phone.device)
    try_all(phone.http, f"/phone/{meeting.public_id}/do/{door}", PHONE[door], entering, usual)


@pytest.mark.parametrize("door", sorted(DESK))
def test_a_desks_door_takes_no_harm(meeting: Meeting, door: str) -> None:
    usual = DESK_CASES[door](meeting)
    entering = Entering(meeting.fresh, meeting.owner)
    try_all(meeting.http, f"/desk/{meeting.public_id}/do/{door}", DESK[door], entering, usual)


def try_all(client: Client, address: str, door: Door, entering: Entering, usual: dict[str, Any]) -> None:
    """Each field with each odd value at the door itself; many of them at once over HTTP."""
    fields = {key: value for key, value in usual.items() if not isinstance(value, dict)}
    envelope = {"client": str(uuid.uuid4()), "seq": "1000000"}
    usual_answer = posted(client, address, {**envelope, **fields})
    assert json.loads(usual_answer.content)["ok"], usual_answer.content  # what is varied is something that would do
    for changed in variations(door, fields):
        go_in(door, entering, changed)
    odd = random.Random(SEED)
    names = field_names(door)
    for _again in range(10):
        changed = {name: odd.choice(ODD) for name in odd.sample(names, odd.randint(1, len(names)))}
        assert is_clear(posted(client, address, {**envelope, **fields, **changed})), changed
    assert is_clear(posted(client, address, {**envelope, **{f"field{number}": "x" for number in range(300)}}))


def go_in(door: Door, entering: Entering, fields: dict[str, Any]) -> None:
    refusal = None
    with transaction.atomic():
        try:
            go_through(door, entering, QueryDict(encoded(fields)))
        except Refused as refused:
            refusal = refused
        transaction.set_rollback(True)
    assert refusal is None or (refusal.code and str(refusal)), fields


def variations(door: Door, fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in field_names(door):
        if name in fields:
            yield {key: value for key, value in fields.items() if key != name}
            yield {**fields, name: ["1", "", HUGE]}  # several of one name
        is_text = isinstance(door.form.base_fields.get(name), forms.CharField)
        for value in ODD if is_text else ODD_NUMBERS + ["", "\x00", "\ud800", HUGE, "not-an-id", "0" * 32]:
            yield {**fields, name: value}


ROWS = {"round", "draft", "participant", "step", "option", "id"}


def naming_rows(doors: dict[str, Door]) -> list[str]:
    return sorted(name for name, door in doors.items() if ROWS & set(door.form.base_fields))


@pytest.mark.parametrize("door", naming_rows(PHONE))
def test_rows_of_another_meeting_are_as_good_as_none(meeting: Meeting, door: str) -> None:
    other = Meeting.set_up(3)
    theirs = PHONE_CASES[door](other)
    PHONE_CASES[door](meeting)
    before = other.fresh.revision
    answer = meeting.phones[0].do(door, **theirs)
    assert answer["error"]["code"] in ("field-round", "field-draft", "not-yours")
    assert other.fresh.revision == before


@pytest.mark.parametrize("door", naming_rows(DESK))
def test_nor_does_the_desk_reach_into_another_meeting(meeting: Meeting, door: str) -> None:
    other = Meeting.set_up(3)
    theirs = DESK_CASES[door](other)
    ours = DESK_CASES[door](meeting)
    before, panels = other.fresh.revision, other.panels("desk")
    for name in sorted(ROWS & set(theirs) & set(DESK[door].form.base_fields)):
        answer = meeting.do(door, **{**ours, name: theirs[name]})
        assert not answer["ok"], name
    assert other.fresh.revision == before
    assert other.panels("desk") == panels


@pytest.mark.parametrize("name", ["client", "seq"])
def test_an_envelope_that_is_none_is_refused(meeting: Meeting, name: str) -> None:
    envelope = {"client": str(uuid.uuid4()), "seq": "1"}
    for value in [*ODD, None]:
        sent = {key: one for key, one in {**envelope, name: value}.items() if one is not None}
        answer = posted(meeting.http, f"/desk/{meeting.public_id}/do/start", sent)
        assert is_clear(answer), value
        assert (answer.status_code == 200) == EnvelopeForm(sent).is_valid()


def test_every_form_of_a_door_checks_all_it_takes() -> None:
    """No field passes a text on as it came: each is a number, an id, a choice, a yes or no, or clean text."""
    strict = (forms.IntegerField, forms.UUIDField, forms.ChoiceField, forms.BooleanField)
    raw = {
        f"{door.form.__name__}.{name}"
        for door in [*PHONE.values(), *DESK.values()]
        for name, field in door.form.base_fields.items()
        if not isinstance(field, strict) and type(field).__name__ != "PlainTextField"
    }
    # Numbers, read by a rule of their own; and what is only compared.
    assert raw == {"ChoicesForm.choices", "AnswerForm.words", "StanceForm.words", "StandingForm.standing"}


# ---- pages: joining, opening links, polling


@pytest.mark.parametrize("value", ODD)
def test_the_join_page_takes_no_harm(meeting: Meeting, value: str) -> None:
    code = meeting.session.code
    for address, fields in (
        ("/join/", {"code": value}),
        (f"/j/{code}", {"name": value}),
        ("/join/", {"code": code, "name": value}),
        ("/open/screen/", {"token": value}),
        ("/open/outcome/", {"token": value}),
        ("/accounts/enter/", {"token": value}),
        ("/accounts/sign-in/", {"email": value, "password": value, "next": value}),
    ):
        answer = posted(Client(), address, fields)
        assert answer.status_code in (200, 302, 400, 404, 422), address
    assert Client().get(f"/join/?code={quoted(value)}").status_code in (200, 302, 404)
    for ugly in (f"/j/{quoted(value)[:2000]}", f"/phone/{quoted(value)[:2000]}/panels"):
        assert Client().get(ugly).status_code in (200, 302, 400, 403, 404), ugly


@pytest.mark.parametrize("public_id", ["-" * 36, "0" * 36, "a" * 36, "00000000-0000-0000-0000-00000000000", "g" * 36])
def test_what_is_no_id_is_no_meeting(meeting: Meeting, public_id: str) -> None:
    for view in ("phone", "desk", "screen"):
        for rest in ("panels", "", "do/start", "draft"):
            for client in (Client(), meeting.http):
                assert client.get(f"/{view}/{public_id}/{rest}").status_code == 404
                assert client.post(f"/{view}/{public_id}/{rest}").status_code == 404


def test_polling_with_any_have_gives_panels(meeting: Meeting) -> None:
    address = f"/phone/{meeting.public_id}/panels"
    all_of_them = names_of(meeting.phones[0].http.get(address))
    for value in [*ODD, ":", "bar:", ":x", "bar:x:y", "bar", ",".join(["bar:x"] * 500), "bar:" + "x" * 1900]:
        assert names_of(meeting.phones[0].http.get(f"{address}?have={quoted(value)}")) == all_of_them, value


def names_of(answer: HttpResponse) -> set[str]:
    return {panel["name"] for panel in json.loads(answer.content)["panels"]}


@pytest.mark.parametrize("cookie", [*ODD_TEXTS[5:12], '"\\000\\000"', "x" * 4000, "=;=;,", "\\ud800"])
def test_a_cookie_that_we_never_gave_is_nobody(meeting: Meeting, cookie: str) -> None:
    raw = cookie.encode(errors="surrogatepass").decode("latin-1")
    for name in ("phone", "screen", "outcome", "in-00000000", "csrftoken"):
        for address in ("/phone/{}/", "/screen/{}/", "/outcome/{}/", "/phone/{}/panels", "/screen/{}/panels"):
            answer = Client().get(address.format(meeting.public_id), headers={"cookie": f"{name}={raw}"})
            assert answer.status_code in (302, 403, 404), (name, address)


# ---- draft messages by POST, which are those of the socket


@pytest.fixture
def drafting(meeting: Meeting) -> Meeting:
    return meeting.to("draft")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON, st.sampled_from(["draft", "push", "caret", "state"]), st.data())
def test_any_draft_message_by_post_is_answered(drafting: Meeting, value: Any, kind: str, data: st.DataObject) -> None:
    draft = drafting.draft
    usual = {"t": kind, "draft": draft.pk, "version": draft.version, "client": "tab", "seq": 1, "left": False}
    usual["changes"] = [len(draft.body), [0, "x"]]
    name = data.draw(st.sampled_from(sorted(usual)))
    for message in ({**usual, name: value}, {key: one for key, one in usual.items() if key != name}, value):
        answer_to(drafting, json.dumps(message))


def answer_to(meeting: Meeting, body: str | bytes) -> list[dict[str, Any]]:
    with transaction.atomic():
        answer = meeting.phones[0].http.post(f"/phone/{meeting.public_id}/draft", body, content_type="application/json")
        transaction.set_rollback(True)
    messages: list[dict[str, Any]] = answer.json()["messages"]
    assert {message["t"] for message in messages} <= {"state", "rows", "behind", "refused", "unreadable"}
    assert (answer.status_code == 400) == (messages[0]["t"] == "unreadable")
    encode(messages[0]).text.encode()  # nothing in it that UTF-8 can't hold
    return messages


def test_a_draft_message_that_means_harm_is_answered(drafting: Meeting) -> None:
    draft, other = drafting.draft, Meeting.set_up(2).to("draft")
    usual: dict[str, Any] = {
        "t": "push",
        "draft": draft.pk,
        "version": draft.version,
        "client": "tab",
        "seq": 1,
        "left": False,
    }
    keep = len(draft.body)
    for changes, said in (
        ([keep, [0, "\ud800"]], "refused"),
        ([keep, [0, "x" * 5_000]], "refused"),
        ([keep + 7, [0, "x"]], "refused"),
        ([[keep, ""]], "refused"),
        ([1] * 100, "refused"),
        ({}, "refused"),
        ([keep, [0, "x"]], "rows"),
    ):
        assert answer_to(drafting, json.dumps({**usual, "changes": changes}))[0]["t"] == said, changes
    for odd in ({"client": "\ud800"}, {"client": "a b"}, {"client": "x" * 65}, {"version": -2}, {"version": 2**31}):
        assert answer_to(drafting, json.dumps({**usual, "t": "draft", **odd}))[0]["t"] == "unreadable", odd
    for odd in ({"draft": other.draft.pk}, {"draft": 2**63}, {"draft": "1"}, {"draft": True}, {"version": True}):
        assert answer_to(drafting, json.dumps({**usual, **odd}))[0]["t"] == "unreadable", odd
    for body in (b"", b"\xff", b"{", b"[" * 60_000, "é".encode("latin-1"), b"x" * 100_000):
        assert answer_to(drafting, body)[0]["t"] == "unreadable"
    assert drafting.draft.version == draft.version


def test_a_mark_that_means_harm_is_refused(drafting: Meeting) -> None:
    ada, ben, _cleo = drafting.phones
    place = {"draft": drafting.draft.pk, "version": drafting.draft.version, "start": 0, "end": 2, "says": "keep"}
    assert ada.do("mark", id=id_of("one"), **place)["ok"]
    again = ben.do("mark", id=id_of("one"), **place)  # someone else's id
    assert again["ok"] is False
    assert drafting.draft.marks.count() == 1


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\x1b[31m", "\x7f"])
def test_what_no_keyboard_makes_is_given_back(meeting: Meeting, text: str) -> None:
    for answer in (meeting.phones[0].do("rename-me", name=text), meeting.do("add-person", name=text)):
        assert answer["error"]["code"] == "field-name"
        assert "can't be shown" in answer["error"]["sentence"]


@pytest.mark.parametrize("value", ["a\x00b", "x" * 9_000])
def test_a_choice_that_is_none_is_not_repeated_as_it_came(meeting: Meeting, value: str) -> None:
    """The answer is kept, as JSON, in which PostgreSQL takes no NUL."""
    answer = meeting.do("door", door=value)
    assert answer["error"]["code"] == "field-door"
    assert "\x00" not in answer["error"]["sentence"]
    assert len(answer["error"]["sentence"]) <= MOST_LETTERS


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"client=1", f"{FORM}; charset=utf-16"),
        (b"&".join([b"a=1"] * 2_000), FORM),
        (b"a=" + b"x" * 70_000, FORM),
        (b"a=1", "multipart/form-data"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused_in_a_page(meeting: Meeting, body: bytes, content_type: str) -> None:
    """With the CSRF check that a browser meets: it and Django's page for its refusal both read the form."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = meeting.phones[0].http.cookies
    strict.cookies["csrftoken"] = "x" * 32
    answer = strict.post(f"/phone/{meeting.public_id}/do/vote", body, content_type=content_type)
    assert (answer.status_code, b"Nothing was changed" in answer.content) == (400, True)


def test_a_draft_message_that_comes_as_a_form_is_unreadable(drafting: Meeting) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = drafting.phones[0].http.cookies
    strict.cookies["csrftoken"] = token = "x" * 32
    kind = "multipart/form-data; boundary=x"
    answer = strict.post(f"/phone/{drafting.public_id}/draft", body, content_type=kind, headers={"X-CSRFToken": token})
    assert (answer.status_code, answer.json()) == (400, {"messages": [{"t": "unreadable"}]})
