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
from django.utils.translation import get_language, override
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from definitions.drafting.models import Draft, Mark
from tests.room.cases import DESK_CASES, OTHERS, PHONE_CASES, STANDS, UNSEEN, UNSEEN_OTHERS, push_of, through
from tests.room.meeting import VIEWS, Browser, Meeting, id_of, push
from workshop.live.frames import panel_hash
from workshop.live.sockets import Audience
from workshop.room.doors import BY_SOCKET, DESK, PHONE
from workshop.room.mine import mine_of
from workshop.room.panels import BY_KIND, NAMES, draw_panels
from workshop.room.show import Room
from workshop.sessions import kinds
from workshop.sessions.commands.changing import Change, session_changed
from workshop.sessions.models import Done, Participant
from workshop.sessions.queries import Scene

ROOT = Path(__file__).resolve().parents[2]

# ---- the law


@contextmanager
def hints() -> Iterator[dict[int, list[Change | None]]]:
    """The sessions that were announced, and as what."""
    heard: dict[int, list[Change | None]] = {}

    def hear(session_id: int, change: Change | None, **_unused: Any) -> None:
        heard.setdefault(session_id, []).append(change)

    session_changed.connect(hear)
    try:
        yield heard
    finally:
        session_changed.disconnect(hear)


def hold(
    meeting: Meeting,
    run: Callable[[], Any],
    *,
    unseen: bool,
    capture: DjangoCaptureOnCommitCallbacks,
) -> None:
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
        assert but_for_counts(browser.mine) == but_for_counts(fresh.mine), browser.view
        for rev, hash_, html in browser.shown.values():
            assert hash_ == panel_hash(html)
            assert rev <= revision
    seen = [(browser.view, name) for browser in before for name in browser.pushed if name != "mine"]
    mine = [browser.phone.person.pk for browser in before if browser.phone and changed_mine(browser)]
    changes = heard.get(meeting.session.pk, [])
    if not any(change is None or change.touches is None for change in changes):
        assert set(mine) <= {pk for change in changes if change for pk in change.touches or ()}
    if not any(change is None or change.on_phones for change in changes):
        assert "phone" not in {view for view, _name in seen}
    assert bool(seen or mine or any(browser.removed for browser in before)) is not unseen


def is_in(person: Participant) -> bool:
    return Participant.objects.get(pk=person.pk).removed_at is None


def changed_mine(browser: Browser) -> bool:
    before, after = but_for_counts(browser.first_mine), but_for_counts(browser.mine)
    return "mine" in browser.pushed and before != after


def but_for_counts(mine: dict[str, Any] | None) -> dict[str, Any]:
    """Without what every command raises, also one that is refused: the sender's page has it with the answer."""
    return {**(mine or {}), "revision": 0, "taken": 0}


@pytest.mark.parametrize(
    ("door", "way"), [(door, way) for way, doors in (("post", PHONE), ("socket", BY_SOCKET)) for door in sorted(doors)]
)
def test_after_a_command_from_a_phone(
    meeting: Meeting, door: str, way: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert door in PHONE_CASES, (
        f"The phones' door {door!r} has no case here: say where it opens, and with which fields."
    )
    fields, phone = PHONE_CASES[door](meeting), meeting.phones[0]

    def run() -> None:
        answer = phone.do(door, **fields) if way == "post" else phone.do_by_socket(door, **fields)
        assert answer["ok"], answer
        if is_in(phone.person):
            assert json.loads(json.dumps(answer["mine"])) == json.loads(json.dumps(meeting.mine(phone)))

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
    folders = ("*/*/commands/*.py", "*/*/commands.py")
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


def test_what_is_mine_comes_again_after_each_command_of_mine_and_for_no_other_s(meeting: Meeting) -> None:
    """What is done and undone between two pushes: the answer to the first may come late, and must not stay."""
    phone = meeting.phones[0]
    browser = next(browser for browser in meeting.browsers() if browser.phone is phone)
    for wanted in ("1", ""):
        assert phone.do("on-poster", wanted=wanted)["ok"]
    push(meeting, [browser])
    assert browser.pushed.count("mine") == 1
    browser.pushed.clear()
    assert meeting.do("door", door="locked")["ok"]
    push(meeting, [browser])
    assert "mine" not in browser.pushed


def test_pushes_to_the_draft_change_no_panel(
    meeting: Meeting, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Their rows are messages of their own; what panels say of the draft's words is drawn with the marks."""
    meeting.to("draft")
    hold(meeting, lambda: push_of(meeting, 0, "!"), unseen=True, capture=django_capture_on_commit_callbacks)


# ---- one picture, three uses


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


MOST_QUERIES = 80


@pytest.mark.parametrize("few", [50, 2])
def test_drawing_costs_the_same_for_three_people_and_for_thirty(
    few: int, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workshop.room.mine.FEW", few)
    small, large = (
        {stand: costs(crowd(meeting)) for stand in through(meeting)} for meeting in map(Meeting.set_up, (3, 30))
    )
    assert small == large
    assert {stand: cost for stand, cost in large.items() if max(cost.values()) > MOST_QUERIES} == {}


def test_what_is_mine_is_the_same_read_for_few_and_for_all(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    for stand in through(meeting):
        ids = [phone.person.pk for phone in crowd(meeting).phones]
        for_few = mine_of(meeting.fresh, ids)
        with monkeypatch.context() as patch:
            patch.setattr("workshop.room.mine.FEW", 0)
            assert mine_of(meeting.fresh, ids) == for_few, stand


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
    found = {view: queries_of(lambda view=view: draw_panels(Scene.of(session), Audience(view, "en"))) for view in VIEWS}
    watchers = {phone.watcher for phone in meeting.phones}
    found["mine"] = queries_of(lambda: mine_of(session, [phone.person.pk for phone in meeting.phones]))
    found["hub"] = queries_of(lambda: Room().draw(session.pk, {Audience(view, "en") for view in VIEWS}, watchers))
    return found


def test_what_views_share_is_read_once_for_each_language(meeting: Meeting) -> None:
    scene, read = meeting.scene, []

    def words(of: Scene) -> str:
        read.append(of)
        return str(get_language())

    for language in ("en", "de", "de", "en"):
        with override(language):
            assert scene.once(words) == language
    assert read == [scene, scene]
    assert costs(meeting)["hub"] < sum(costs(meeting)[view] for view in VIEWS)


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
