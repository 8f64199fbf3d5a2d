"""Simulated colleagues against real servers: they come, do what is asked, and all of it is in the database once."""

import json
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest

from tests.live.meeting import Desk
from tests.servers import MANAGE, ROOT, Stack
from workshop.rehearsal.address import Address
from workshop.rehearsal.colleagues.pace import Pace
from workshop.rehearsal.colleagues.script import cast
from workshop.rehearsal.colleagues.together import OVER, Outcome, Rehearsal, run

pytestmark = [pytest.mark.live, pytest.mark.slow]

# A copy of a meeting with the token of its colleagues, as the command makes it.
BEGIN = """
import json
from workshop.accounts.commands import issue_sign_in_link
from workshop.rehearsal.commands import rehearse_with_colleagues
from workshop.sessions.models import WorkshopSession
session = WorkshopSession.objects.get(code="{code}")
copy, token = rehearse_with_colleagues(session, actor=session.owner)
signs_in = issue_sign_in_link(session.owner.email)
print(json.dumps(dict(code=copy.code, public_id=str(copy.public_id), token=token, signs_in=signs_in)))
"""
# A colleague may be overtaken by the room; anything else that is refused is a mistake of theirs.
OVERTAKEN = {"closed", "ended", "text-moved", "revealed"}
QUICK = Pace(40)


def begun(desk: Desk) -> dict[str, str]:
    printed = desk.stack.manage("shell", "--no-imports", "--command", BEGIN.format(code=desk.code))
    return dict(json.loads(printed.splitlines()[-1]))


def rehearsed(desk: Desk, **more: Any) -> tuple[dict[str, str], Outcome]:
    """A rehearsal of a desk's meeting that runs by itself, to its end."""
    told = begun(desk)
    address = Address(desk.stack.base_url, desk.stack.base_url)
    rehearsal = Rehearsal(address, **told, pace=QUICK, customer="guest", most_minutes=3, **more)
    return told, run(rehearsal, why_end=lambda: ended(desk, told["code"]))


def ended(desk: Desk, code: str) -> str:
    rows = desk.sql("SELECT ended_at FROM workshop_sessions_workshopsession WHERE code = %s", code)
    return OVER if rows[0][0] else ""


@pytest.fixture
def undisturbed(desk: Desk) -> Iterator[Desk]:
    """Afterwards nobody is rehearsing: the next test may."""
    yield desk
    desk.sql("UPDATE workshop_sessions_capability SET revoked_at = created_at WHERE scope = 'rehearse'")


def test_six_colleagues_take_a_meeting_to_its_sealed_sentence(undisturbed: Desk) -> None:
    desk = undisturbed
    told, outcome = rehearsed(desk, people=6, seed=2)
    assert (outcome.ended, outcome.came, outcome.faults) == (OVER, 6, [])
    assert {what.split(": ")[1] for what in outcome.refused} <= OVERTAKEN
    parts = cast(6, seed=2, customer="guest")

    def rows(select: str, rest: str) -> list[tuple[Any, ...]]:
        return desk.sql(f"SELECT {select} WHERE w.code = %s {rest}", told["code"])

    people = rows(
        "p.name, p.simulated FROM workshop_sessions_participant p"
        " JOIN workshop_sessions_workshopsession w ON w.id = p.session_id",
        "",
    )
    assert sorted(name for name, _ in people) == sorted(part.name for part in parts)
    assert all(simulated for _, simulated in people)
    of_round = (
        " JOIN workshop_sessions_round r ON r.id = x.round_id JOIN workshop_sessions_step s ON s.id = r.step_id"
        " JOIN workshop_sessions_workshopsession w ON w.id = s.session_id"
    )
    cards = rows(f"t.body FROM cards_card x JOIN texts_text t ON t.id = x.text_id {of_round}", "")
    assert Counter(body for (body,) in cards) == Counter(taken(outcome, "add-card", "body"))
    sentences = rows(
        f"t.body FROM proposals_proposal x JOIN texts_text t ON t.id = x.text_id {of_round}", "AND x.state = 'sent'"
    )
    last = {who: fields["body"] for who, door, fields in kept(outcome) if door == "send-proposal"}
    assert sorted(body for (body,) in sentences) == sorted(str(body) for body in last.values())
    assert len(rows(f"x.id FROM proposals_ballot x {of_round}", "")) == 6
    sealed = rows(
        "t.body FROM decisions_agreeddefinition a JOIN texts_text t ON t.id = a.text_id"
        " JOIN workshop_sessions_workshopsession w ON w.id = a.session_id",
        "",
    )
    assert sealed == [(parts[0].goal,)]
    assert outcome.sent["seal"] == 1


def kept(outcome: Outcome) -> list[tuple[str, str, dict[str, Any]]]:
    """(who, door, fields) of what was taken, in the order in which each sent it."""
    return [(who, door, fields) for who, door, fields, answer in outcome.everything if answer["ok"]]


def taken(outcome: Outcome, door: str, field: str) -> list[Any]:
    return [fields[field] for _who, done, fields in kept(outcome) if done == door]


# The process


@contextmanager
def process(stack: Stack, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [*MANAGE, "rehearse", *options, "--base-url", stack.base_url]
    # As a shell starts what runs in the background: Ctrl-C is ignored until somebody says otherwise.
    running = subprocess.Popen(
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command],
        cwd=ROOT, env=stack.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield running
    finally:
        if running.poll() is None:
            running.kill()
        running.communicate()


def people_in(desk: Desk) -> int:
    return int(
        desk.sql(
            "SELECT count(*) FROM workshop_sessions_participant p JOIN workshop_sessions_workshopsession w"
            " ON w.id = p.session_id"
            " WHERE w.id = (SELECT max(id) FROM workshop_sessions_workshopsession WHERE rehearsal)"
        )[0][0]
    )


def lease(desk: Desk) -> bool:
    """Whether the newest rehearsal has colleagues that nobody called back."""
    rows = desk.sql(
        "SELECT revoked_at FROM workshop_sessions_capability WHERE scope = 'rehearse' ORDER BY id DESC LIMIT 1"
    )
    return bool(rows) and rows[0][0] is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_on_a_copy_and_ends_when_it_is_told_to(undisturbed: Desk, number: int) -> None:
    desk = undisturbed
    with process(desk.stack, desk.code, "--people", "3", "--pace", "fast") as running:
        until(lambda: lease(desk) and people_in(desk) == 3, running)
        running.send_signal(number)
        said, complained = running.communicate(timeout=15)
    assert (running.returncode, complained) == (0, "")
    assert "Rehearsal: Back office, 3 simulated people" in said
    assert said.endswith("Stopped. What they gave stays in the rehearsal.\n")
    assert not lease(desk)
    assert desk.sql(
        "SELECT count(*) FROM workshop_sessions_participant WHERE session_id ="
        " (SELECT id FROM workshop_sessions_workshopsession WHERE code = %s)",
        desk.code,
    ) == [(0,)]


def test_the_desk_calls_them_back(undisturbed: Desk) -> None:
    desk = undisturbed
    with process(desk.stack, desk.code, "--people", "2", "--pace", "fast") as running:
        until(lambda: lease(desk) and people_in(desk) == 2, running)
        copy = Desk(desk.stack)
        copy.http = desk.http
        copy.public_id = str(UUID(str(desk.newest("public_id", "workshop_sessions_workshopsession"))))
        copy.must("stop-colleagues")
        said, complained = running.communicate(timeout=15)
    assert (running.returncode, complained) == (0, "")
    assert said.endswith("they were called back.\n")


def test_they_go_when_the_server_that_sent_them_goes(undisturbed: Desk) -> None:
    """As the button does it: with the token by a pipe, which closes when the server ends."""
    desk = undisturbed
    told = begun(desk)
    command = [*MANAGE, "rehearse", told["code"], "--people", "2", "--pace", "fast", "--token-on-stdin"]
    running = subprocess.Popen(
        [*command, "--base-url", desk.stack.base_url],
        cwd=ROOT, env=desk.stack.environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert running.stdin is not None
    running.stdin.write(f"{told['token']}\n")
    running.stdin.flush()
    until(lambda: lease(desk) and people_in(desk) == 2, running)
    running.communicate(timeout=15)  # closes the pipe
    assert (running.returncode, lease(desk)) == (0, False)


def until(ready: Any, running: "subprocess.Popen[Any]") -> None:
    deadline = time.monotonic() + 30
    while not ready():
        assert running.poll() is None, "it ended too early"
        assert time.monotonic() < deadline, "nobody came"
        time.sleep(0.1)
