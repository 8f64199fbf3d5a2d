"""How far a room agreed, in the files: every round, and of its reservations what may be printed."""

import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from definitions.decisions.commands import deciding
from definitions.exports.as_json import SCHEMA, as_json
from definitions.exports.as_markdown import as_markdown
from definitions.exports.report import report_of
from tests.factories import a_session, at_step, joined, round_now, sealed, the_draft, types
from workshop.sessions.models import Participant

pytestmark = pytest.mark.django_db


def says(person: Participant, level: str, *words: int, note: str = "", consent: bool = False) -> None:
    deciding.say_how_far(
        person.session, actor=person, round_=round_now(person.session), level=level, words=words,
        reason="too-much" if level in ("change", "not-yet") else "", says=note, consent=consent,
    )  # fmt: skip


@pytest.mark.parametrize("hands", [0, 5])
def test_a_decision_is_in_the_files_as_finely_as_the_room_saw_it(hands: int) -> None:
    session = a_session("draft", "decide", "close")
    ana, ben, cleo = joined(session, "Ana", "Ben", "Cleo")
    at_step(session, "draft")
    types(ana, the_draft(session), "*always* yes.")
    round_ = at_step(session, "decide")
    says(ana, "gladly")
    says(ben, "change", 3, note="Not at [night](x)", consent=True)
    says(cleo, "not-yet", 4, note="Keep this between us")
    deciding.count_hands(session, actor=session.owner, round_=round_, hands={"support": hands})
    report = report_of(sealed(session, "working-sentence"))
    found = json.loads(as_json(report))
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(found)
    decision = found["steps"][1]["rounds"][0]["decision"]
    assert decision["sides"] == {"for": 2 + hands, "aside": 0, "against": 1}
    assert [row["count"] for row in decision["levels"]] == ([1, hands, 1, 1, 0] if hands else [])
    assert [row["quotation"] for row in decision["objections"]] == ["always"]
    markdown = as_markdown(report).decode()
    assert ("- 5, 5 of them counted by hand: OK (I’ll support it)" in markdown) == bool(hands)
    assert ("- 2 support it, 1 not yet." in markdown) != bool(hands)
    assert "- “always”: We can’t promise that. Not at \\[night\\]\\(x\\)" in markdown
    assert "2 reservations, 0 settled." in markdown
    for text in (markdown, json.dumps(found)):
        assert [secret for secret in ("between us", "Ben", "Cleo") if secret in text] == []
