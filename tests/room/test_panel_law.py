"""The panel law: what the hub pushes after a command makes a page loaded before it equal to one loaded after."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from definitions.cards.models import Card
from definitions.decisions.models import Closing
from definitions.drafting.commands import take
from definitions.drafting.models import Draft, Mark
from definitions.proposals.commands import cast_ballot
from tests.room.meeting import VIEWS, Browser, Meeting, id_of, push
from workshop.accounts.models import User
from workshop.live.frames import panel_hash
from workshop.live.hub import Audience
from workshop.room.doors import DESK, PHONE
from workshop.room.mine import mine_of
from workshop.room.panels import BY_KIND, NAMES, draw_panels
from workshop.room.show import Room
from workshop.sessions import kinds
from workshop.sessions.commands import links, people, running, setup
from workshop.sessions.commands.changing import session_changed
from workshop.sessions.models import Done, Participant

ROOT = Path(__file__).resolve().parents[2]
Case = Callable[[Meeting], dict[str, Any]]


# ---- for each door: where the meeting stands, and what is sent


def ballot(m: Meeting) -> dict[str, Any]:
    m.to("vote")
    return {"round": m.round.pk, "choices": ",".join(str(option.pk) for option in m.round.options.all())}


def tied(m: Meeting) -> dict[str, Any]:
    m.to("vote")
    options = [option.pk for option in m.round.options.all()]
    for phone in m.phones:
        cast_ballot(m.session, actor=phone.person, round_=m.round, choices=options[:2])
    m.next()
    m.next()
    return {"round": m.round.pk}


def shared_phone(m: Meeting) -> dict[str, Any]:
    phone = m.phones[0]
    people.share_phone(m.session, actor=phone.person, device=phone.device, name="Zoe")
    people.pass_phone(m.session, actor=phone.person, device=phone.device, seat=phone.person.seat)
    return {"seat": 4}


def words(m: Meeting) -> dict[str, Any]:
    m.to("draft")
    return {"draft": m.draft.pk, "id": id_of("mark"), "says": "keep", "version": m.draft.version, "start": 0, "end": 2}


def marked(m: Meeting) -> dict[str, Any]:
    m.phones[0].do("mark", **words(m))
    return {"draft": m.draft.pk, "id": id_of("mark")}


def written_in(m: Meeting) -> dict[str, Any]:
    """Rows of half a minute ago and of now."""
    m.to("draft")
    m.draft.rows.update(at=timezone.now() - timedelta(minutes=1))
    push_of(m, 0, " indeed")
    return {"draft": m.draft.pk}


def push_of(m: Meeting, number: int, words_: str) -> None:
    draft = m.draft
    sent = {"version": draft.version, "client": f"tab{number}", "seq": 1, "left": False}
    answer = take(draft.pk, [(m.phones[number].person, {**sent, "changes": [len(draft.body), [0, words_]]})])
    assert answer == [None]


def carded(m: Meeting) -> dict[str, Any]:
    m.to("key-words")
    m.give()
    return {"round": m.round.pk, "id": id_of("card", m.round.pk, 0)}


def at(kind: str, phase: str = "open", **fields: Any) -> Case:
    return lambda m: {"round": m.to(kind, phase).round.pk, **fields}


def standing(m: Meeting) -> dict[str, Any]:
    return {"standing": m.to("propose").scene.standing}


def person(m: Meeting, number: int = 1) -> dict[str, Any]:
    return {"participant": m.phones[number].person.pk}


PHONE_CASES: dict[str, Case] = {
    "done": at("key-words", done="1"),
    "leave": lambda m: {},
    "come-back": lambda m: {"left": m.phones[0].do("leave")},
    "on-poster": lambda m: m.to("close") and {"wanted": "1"},
    "rename-me": lambda m: {"name": "Adah"},
    "share-phone": lambda m: {"name": "Zoe"},
    "pass-phone": shared_phone,
    "move-code": lambda m: {},
    "add-card": at("key-words", id=id_of("new"), body="kind"),
    "remove-card": carded,
    "keep-unsent": at("propose", id=id_of("new"), body="We begi"),
    "send-proposal": at("propose", id=id_of("new"), body="We begin to smile"),
    "vote": ballot,
    "mark": words,
    "unmark": marked,
}

DESK_CASES: dict[str, Case] = {
    "start": lambda m: {},
    "next": standing,
    "back": standing,
    "go-to": lambda m: m.to("welcome") and {"step": m.session.steps.get(kind="vote").pk},
    "reopen": at("key-words", "closed"),
    "extend": at("key-words", seconds=60),
    "page": lambda m: paged(m),
    "door": lambda m: {"door": "locked"},
    "add-person": lambda m: {"name": "Grandpa"},
    "rename": lambda m: {**person(m), "name": "Benjamin"},
    "hide-name": lambda m: {**person(m), "hidden": "1"},
    "remove": person,
    "bring-back": lambda m: m.do("remove", **person(m)) and person(m),
    "move-code": person,
    "type-card": lambda m: {**at("key-words", body="typed")(m), **person(m)},
    "type-proposal": lambda m: {**at("propose", body="Typed by Dana")(m), **person(m)},
    "hide-card": lambda m: {
        "id": Card.objects.filter(round=m.to("key-words", "revealed").round).first().pk,
        "hidden": "1",
    },
    "hide-proposal": lambda m: {"id": m.to("propose", "revealed").round.proposals.first().pk, "hidden": "1"},
    "count-hands": lambda m: {**ballot(m), f"hands-{m.round.options.first().pk}": "2"},
    "run-off": tied,
    "keep-both": tied,
    "choose": lambda m: {**tied(m), "option": m.round.options.first().pk, "reason": "It is shorter"},
    "freeze": lambda m: {"draft": m.to("draft").draft.pk, "frozen": "1"},
    "back-30": written_in,
    "all-write": lambda m: {"draft": m.to("draft").draft.pk},
    "pen": lambda m: {**pens(m), **person(m)},
    "clear-marks": marked,
    "spell": lambda m: m.to("close") and {"body": "We help at once."},
    "take-text-again": lambda m: respelled(m),
    "seal": lambda m: {"body": text(m.to("close")), "outcome": "agreed"},
}


def paged(m: Meeting) -> dict[str, Any]:
    for number in range(11):
        m.join(f"More {number}")
    m.to("propose", "revealed")
    return {"page": 2}


def pens(m: Meeting) -> dict[str, Any]:
    m.to("draft")
    m.do("all-write", draft=m.draft.pk)
    return {"draft": m.draft.pk}


def text(m: Meeting) -> str:
    return Closing.objects.get(round=m.round).body


def respelled(m: Meeting) -> dict[str, Any]:
    m.to("close")
    m.do("spell", body="Nothing like the draft.")
    return {}


# What changes nothing that anyone sees: a code for the one who asked, and rows that the draft's own messages carry.
# A phone that is handed over loads its page anew (test_a_phone_that_is_handed_over_loads_its_page_anew).
UNSEEN = {"move-code", "back-30", "pass-phone"}


# ---- the same for commands that no door opens


def set_up_step(m: Meeting) -> Any:
    return m.session.steps.get(kind="vote")


OTHERS: dict[str, Callable[[Meeting], Any]] = {
    "people.join": lambda m: lambda: people.join(m.session, name="Zoe"),
    "people.redeem_move_code": lambda m: redeeming(m),
    "links.issue_link": lambda m: lambda: links.issue_link(m.session, actor=m.owner, scope="screen"),
    "links.withdraw_links": lambda m: lambda: links.withdraw_links(m.session, actor=m.owner, scope="screen"),
    "links.become_co_facilitator": lambda m: joining_in(m),
    "setup.change_settings": lambda m: (
        m.to("vote", "revealed") and (lambda: setup.change_settings(m.session, actor=m.owner, title="Back office"))
    ),
    "setup.add_step": lambda m: lambda: setup.add_step(m.session, actor=m.owner, kind="vote"),
    "setup.remove_step": lambda m: lambda: setup.remove_step(m.session, actor=m.owner, step=set_up_step(m)),
    "setup.move_step": lambda m: lambda: setup.move_step(m.session, actor=m.owner, step=set_up_step(m), to=1),
    "setup.change_step": lambda m: lambda: setup.change_step(m.session, actor=m.owner, step=set_up_step(m), minutes=9),
}
UNSEEN_OTHERS = {"people.redeem_move_code", "links.issue_link", "links.withdraw_links", "links.become_co_facilitator"}


def redeeming(m: Meeting) -> Callable[[], Any]:
    code = people.issue_move_code(m.session, actor=m.owner, participant=m.phones[0].person)
    return lambda: people.redeem_move_code(code)


def joining_in(m: Meeting) -> Callable[[], Any]:
    token = links.issue_link(m.session, actor=m.owner, scope="co-facilitate")
    helper = User.objects.create(email="helper@example.org", name="Hugo")
    return lambda: links.become_co_facilitator(helper, token=token)


# ---- the law


@contextmanager
def hints() -> Iterator[list[int]]:
    heard: list[int] = []

    def hear(session_id: int, **_unused: Any) -> None:
        heard.append(session_id)

    session_changed.connect(hear)
    try:
        yield heard
    finally:
        session_changed.disconnect(hear)


def hold(meeting: Meeting, run: Callable[[], Any], *, unseen: bool, capture: DjangoCaptureOnCommitCallbacks) -> None:
    """Load every page, run the command, push as the hub would if it was told, and compare with pages loaded anew."""
    before = [browser for browser in meeting.browsers() if not browser.removed]
    with hints() as heard, capture(execute=True):
        run()
    revision = meeting.fresh.revision
    if meeting.session.pk in heard:
        push(meeting, before)
    loaded = {(browser.socket.watcher, browser.view): browser for browser in meeting.browsers()}
    drawn = {view: meeting.panels(view) for view in VIEWS}
    for browser in before:
        if browser.phone and not is_in(browser.phone.person):
            assert browser.removed
            continue
        assert not browser.removed
        fresh = loaded[browser.socket.watcher, browser.view]
        assert browser.panels == fresh.panels == drawn[browser.view], browser.view
        assert browser.mine == fresh.mine, browser.view
        for rev, hash_, html in browser.shown.values():
            assert hash_ == panel_hash(html)
            assert rev <= revision
    seen = [name for browser in before for name in browser.pushed if name != "mine"]
    mine = any(changed_mine(browser) for browser in before)
    assert bool(seen or mine or any(browser.removed for browser in before)) is not unseen


def is_in(person: Participant) -> bool:
    return Participant.objects.get(pk=person.pk).removed_at is None


def changed_mine(browser: Browser) -> bool:
    """Something else than the revision."""
    return (
        "mine" in browser.pushed
        and browser.phone is not None
        and ({**(browser.first_mine or {}), "revision": 0} != {**(browser.mine or {}), "revision": 0})
    )


@pytest.mark.parametrize("door", sorted(PHONE))
def test_after_a_command_from_a_phone(
    meeting: Meeting, door: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert door in PHONE_CASES, (
        f"The phones' door {door!r} has no case here: say where it opens, and with which fields."
    )
    fields = PHONE_CASES[door](meeting)

    def run() -> None:
        answer = meeting.phones[0].do(door, **fields)
        assert answer["ok"], answer

    hold(meeting, run, unseen=door in UNSEEN, capture=django_capture_on_commit_callbacks)


@pytest.mark.parametrize("door", sorted(DESK))
def test_after_a_command_from_the_desk(
    meeting: Meeting, door: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert door in DESK_CASES, f"The desk's door {door!r} has no case here: say where it opens, and with which fields."
    fields = DESK_CASES[door](meeting)

    def run() -> None:
        answer = meeting.do(door, **fields)
        assert answer["ok"], answer

    hold(meeting, run, unseen=door in UNSEEN, capture=django_capture_on_commit_callbacks)


def changing_commands() -> Iterator[str]:
    """Every command that changes a meeting, as module.name, read from the code."""
    folders = ("workshop/sessions/commands/*.py", "definitions/*/commands.py")
    for path in sorted(path for pattern in folders for path in ROOT.glob(pattern)):
        noun = path.stem if path.stem != "commands" else path.parent.name
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name != "changing":
                calls = [inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)]
                if any(isinstance(call, ast.Name) and call.id == "changing" for call in calls):
                    yield f"{noun}.{node.name}"


def commands_behind_doors() -> set[str]:
    tree = ast.parse((ROOT / "workshop/room/doors.py").read_text())
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {ast.unparse(call) for call in calls if isinstance(call, ast.Attribute)}


@pytest.mark.parametrize("name", sorted(set(changing_commands()) - commands_behind_doors()))
def test_after_a_command_that_no_door_opens(
    meeting: Meeting, name: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert name in OTHERS, f"The command {name} has no case here."
    run = OTHERS[name](meeting)
    hold(meeting, run, unseen=name in UNSEEN_OTHERS, capture=django_capture_on_commit_callbacks)


def test_the_tables_hold_nothing_that_is_gone() -> None:
    assert set(PHONE_CASES) == set(PHONE)
    assert set(DESK_CASES) == set(DESK)
    assert set(OTHERS) <= set(changing_commands())
    assert len(set(changing_commands())) > 40


def test_a_refused_command_changes_nothing(
    meeting: Meeting, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    meeting.to("key-words", "revealed")

    def run() -> None:
        answer = meeting.phones[0].do("add-card", round=meeting.round.pk, id=id_of("late"), body="late")
        assert answer["error"]["code"] == "revealed"

    hold(meeting, run, unseen=True, capture=django_capture_on_commit_callbacks)


def test_pushes_to_the_draft_change_no_panel(
    meeting: Meeting, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Their rows are messages of their own; what panels say of the draft's words is drawn with the marks."""
    meeting.to("draft")
    hold(meeting, lambda: push_of(meeting, 0, "!"), unseen=True, capture=django_capture_on_commit_callbacks)


# ---- one picture, three uses


STANDS = [("before", ""), ("welcome", "open")]
STANDS += [(kind, phase) for kind in ("key-words", "propose", "vote") for phase in ("open", "closed", "revealed")]
STANDS += [("draft", "open"), ("close", "open"), ("draft", "closed"), ("after", "")]


def through(meeting: Meeting) -> Iterator[tuple[str, str]]:
    """Take a meeting through every step and phase there is, one after the other."""
    for kind, phase in STANDS:
        if kind == "after":
            meeting.end()
        elif (kind, phase) == ("draft", "closed"):
            running.move_back(meeting.session, actor=meeting.owner, standing_seen=meeting.scene.standing)
        elif kind != "before":
            meeting.to(kind, phase)
        yield kind, phase


def test_every_kind_has_panels_for_every_audience() -> None:
    assert set(BY_KIND) == {kind.slug for kind in kinds.every()}
    assert {kind for kind, _phase in STANDS} >= set(BY_KIND)
    for module in BY_KIND.values():
        assert [view for view in NAMES if not callable(getattr(module, view, None))] == []


def test_a_page_a_poll_and_a_push_show_the_same(meeting: Meeting) -> None:
    for stand in through(meeting):
        for pushed in meeting.browsers()[-3:]:
            http = pushed.phone.http if pushed.phone else meeting.http
            address = f"/{pushed.view}/{meeting.public_id}/"
            polled = http.get(f"{address}panels").json()
            assert {panel["name"]: panel["html"] for panel in polled["panels"]} == pushed.panels, stand
            assert polled["mine"] == pushed.mine, stand
            have = ",".join(f"{panel['name']}:{panel['hash']}" for panel in polled["panels"])
            assert http.get(f"{address}panels", {"have": have}).json()["panels"] == [], stand
            page = http.get(address).content.decode()
            for name, (_rev, hash_, html) in pushed.shown.items():
                assert f'id="{name}"' in page, stand
                assert f'data-hash="{hash_}"' in page, stand
                assert html in page, stand


# ---- what a panel must not hold


def test_a_panel_has_no_clock_and_no_token(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    for stand in through(meeting):
        now = timezone.now()
        Participant.objects.filter(pk=meeting.phones[0].person.pk).update(last_seen_at=now - timedelta(seconds=58))
        drawn = {view: meeting.panels(view) for view in VIEWS}
        mine = [meeting.mine(phone) for phone in meeting.phones]
        for later in (now + timedelta(seconds=7), now + timedelta(hours=3)):
            with monkeypatch.context() as patch:
                patch.setattr(timezone, "now", lambda later=later: later)
                assert {view: meeting.panels(view) for view in VIEWS} == drawn, stand
                assert [meeting.mine(phone) for phone in meeting.phones] == mine, stand
        assert not re.search(r"csrf|nonce|token|cookie", json.dumps(drawn), re.I), stand


def test_a_phone_is_gone_when_others_were_seen_for_a_minute(meeting: Meeting) -> None:
    now = timezone.now()
    for phone, seconds in zip(meeting.phones, (0, 59, 61), strict=True):
        Participant.objects.filter(pk=phone.person.pk).update(last_seen_at=now - timedelta(seconds=seconds))
    rows = re.findall(r'<li id="person-(\d+)".*?</li>', meeting.panels("desk")["people"], re.S)
    gone = [row for row in meeting.panels("desk")["people"].split("<li ") if "no network" in row]
    assert len(rows) == 3
    assert len(gone) == 1
    assert "Cleo" in gone[0]


def test_a_panel_is_drawn_from_the_meeting_alone(meeting: Meeting) -> None:
    """Nothing personal: `draw_panels` is given a meeting and an audience. A phone's panels name nobody."""
    Participant.objects.filter(pk=meeting.phones[1].person.pk).update(name_hidden=True)
    for stand in through(meeting):
        screen, phone = ("".join(meeting.panels(view).values()) for view in ("screen", "phone"))
        assert "Ben" not in screen, stand
        assert [name for name in ("Ada", "Ben", "Cleo") if name in phone] == [], stand
    assert "Ada" in "".join(Meeting.set_up(1).panels("screen").values())  # where all see names, they see them


# ---- what drawing costs


MOST_QUERIES = 60


def test_drawing_costs_the_same_for_three_people_and_for_thirty(db: None) -> None:
    small, large = (
        {stand: costs(crowd(meeting)) for stand in through(meeting)} for meeting in map(Meeting.set_up, (3, 30))
    )
    assert small == large
    assert {stand: cost for stand, cost in large.items() if max(cost.values()) > MOST_QUERIES} == {}


def crowd(meeting: Meeting) -> Meeting:
    """Something of everyone in what is drawn: who is done, and in the draft the pens and marks."""
    scene = meeting.scene
    if scene.round is not None:
        Done.objects.get_or_create(round=scene.round, participant=meeting.phones[0].person)
    if scene.step is not None and scene.step.kind == "draft" and not Mark.objects.filter(draft=meeting.draft).exists():
        Draft.objects.filter(pk=meeting.draft.pk).update(all_write=False)
        Mark.objects.bulk_create(
            Mark(draft=meeting.draft, participant=phone.person, says="suggest", words=phone.person.name,
                 version=meeting.draft.version, start=0, end=2, quotation=meeting.draft.body[:2])
            for phone in meeting.phones[:20]
        )  # fmt: skip
    return meeting


def costs(meeting: Meeting) -> dict[str, int]:
    """Queries for each view's panels, for everyone's own, and for a whole picture of the hub's."""
    session = meeting.fresh
    found = {view: queries_of(lambda view=view: draw_panels(session, Audience(view, "en"))) for view in VIEWS}
    watchers = {phone.watcher for phone in meeting.phones}
    found["mine"] = queries_of(lambda: mine_of(session, [phone.person.pk for phone in meeting.phones]))
    found["hub"] = queries_of(lambda: Room().draw(session.pk, {Audience(view, "en") for view in VIEWS}, watchers))
    return found


def queries_of(function: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        function()
    return len(captured)


def test_a_phone_that_is_handed_over_loads_its_page_anew() -> None:
    for door in ("share-phone", "pass-phone"):
        forms = [
            form
            for path in (ROOT / "templates/room").rglob("*.html")
            for form in re.findall(rf'<form[^>]*data-door="{door}"[^>]*>', path.read_text())
        ]
        assert forms
        assert all("data-reload" in form for form in forms)
