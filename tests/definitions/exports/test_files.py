"""The files that a meeting ends in: what is in them, and what never is."""

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.utils.formats import date_format
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from definitions.cards.commands import hide_card
from definitions.decisions.commands.closing import new_version
from definitions.drafting.commands import mark
from definitions.elements.commands.lines import pick_line, write_line
from definitions.exports.as_json import SCHEMA, as_dict, as_json
from definitions.exports.as_markdown import as_markdown
from definitions.exports.report import Report, report_of
from definitions.proposals import commands as proposals
from tests.definitions.decisions.a_decision import says
from tests.factories import (
    a_session,
    adds,
    at_step,
    joined,
    reads,
    refused,
    reopened,
    round_now,
    sealed,
    sends,
    step_of,
    the_draft,
    two_sentences,
    types,
    votes,
)  # fmt: skip
from workshop.sessions.commands import people, running, setup
from workshop.sessions.models import WorkshopSession

pytestmark = pytest.mark.django_db


def a_report(session: WorkshopSession, **more: Any) -> Report:
    return report_of(sealed(session, **more))


def as_data(report: Report) -> dict[str, Any]:
    """The JSON file, read; it is as its published schema says."""
    data: dict[str, Any] = json.loads(as_json(report))
    errors = Draft202012Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(data)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []
    return data


def a_whole_meeting(**fields: Any) -> WorkshopSession:
    """Everyone gives something in every step; the room is at its draft."""
    session = a_session(**fields)
    ana, ben = joined(session, "Ana", "Ben")
    at_step(session, "key-words")
    adds(ana, "smile"), adds(ben, "smile"), adds(ben, "care")
    at_step(session, "propose")
    sends(ana, "We care."), sends(ben, "We listen.")
    at_step(session, "vote")
    votes(ana, "We care."), votes(ben, "We care.")
    at_step(session, "tag")
    reads(ana, "V", 1), reads(ben, "V", says="not-here")
    at_step(session, "draft")
    types(ben, the_draft(session), " Always.")
    at_step(session, "decide")
    says(ana), says(ben, "change", 1, consent=True)
    at_step(session, "decide", "revealed")
    return session


# As JSON


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_file_of_a_whole_meeting_is_as_its_schema_says() -> None:
    session = a_whole_meeting(customer_word="guest")
    data = as_data(a_report(session, outcome="agreed-with-reservations"))
    assert data["meeting"] == {
        "id": str(session.public_id),
        "group": "Front desk",
        "customer_word": "guest",
        "started_at": session.started_at and session.started_at.isoformat(),
        "people": 2,
        "version_of": None,
        "rehearsal": False,
    }
    definition = data["definition"]
    assert (definition["text"], definition["words"], definition["outcome"], definition["signed_by"]) == (
        "We care. Always.", 3, "agreed-with-reservations", [],
    )  # fmt: skip
    assert [(step["kind"], len(step["rounds"])) for step in data["steps"]] == [
        (kind, 1) for kind in ("welcome", "key-words", "samples", "propose", "vote", "tag", "draft", "decide", "close")
    ]
    vote = data["steps"][4]["rounds"][0]
    assert (vote["rule"], vote["ballots"], [(each["text"], each["support"]) for each in vote["result"]]) == (
        "approval", 2, [("We care.", 2), ("We listen.", 0)],
    )  # fmt: skip
    (tagged,) = data["steps"][5]["rounds"][0]["tagged"]
    assert tagged["elements"][0] == {"element": "voluntary", "name": "Voluntary", "seen": 1, "asked": 2}
    assert data["steps"][6]["rounds"][0]["authors"] == [{"units": 8, "seat": 1}, {"units": 8, "seat": 2}]


@pytest.mark.parametrize(
    "steps", [("welcome", "close"), ("propose", "close"), ("draft", "close"), ("key-words", "propose", "vote", "close")]
)
def test_the_file_of_a_meeting_that_left_steps_out_is_as_its_schema_says(steps: tuple[str, ...]) -> None:
    data = as_data(a_report(a_session(*steps), spelling="We care."))
    assert ([step["kind"] for step in data["steps"]], data["definition"]["text"]) == (list(steps), "We care.")


@pytest.mark.parametrize("names_shown", ["all", "facilitator", "nobody"])
def test_the_file_is_as_its_schema_says_however_names_are_shown(names_shown: str) -> None:
    data = as_data(a_report(a_whole_meeting(names_shown=names_shown)))
    seats = {each["seat"] for each in data["steps"][3]["rounds"][0]["proposals"]}
    assert seats == ({None} if names_shown == "nobody" else {1, 2})


@pytest.mark.parametrize("settled", ["both", "facilitator", None])
def test_the_file_says_how_a_tie_was_settled(settled: str | None) -> None:
    session = a_session("propose", "vote", "close")
    ana, ben = two_sentences(session)
    at_step(session, "vote")
    votes(ana, "We care."), votes(ben, "We listen.")
    round_ = at_step(session, "vote", "revealed")
    reason = "It is *shorter*."
    if settled == "both":
        proposals.keep_both(session, actor=session.owner, round_=round_)
    elif settled == "facilitator":
        care = round_.options.get(text__body="We care.")
        proposals.choose(session, actor=session.owner, round_=round_, option=care, reason=reason)
    report = a_report(session)
    vote = as_data(report)["steps"][1]["rounds"][0]
    expected = {"both": {"how": "both", "reason": ""}, "facilitator": {"how": "facilitator", "reason": reason}}
    assert vote["verdict"] == (expected[settled] if settled else None)
    assert sorted(each["chosen"] for each in vote["result"]) == [settled != "facilitator", True]
    told = as_markdown(report).decode()
    assert ("we kept all of them" in told, r"the facilitator chose: It is \*shorter\*\." in told) == (
        settled == "both", settled == "facilitator",
    )  # fmt: skip


def test_a_run_off_is_a_round_of_its_own() -> None:
    session = a_session("propose", "vote", "close")
    ana, ben = two_sentences(session)
    at_step(session, "vote")
    votes(ana, "We care."), votes(ben, "We listen.")
    proposals.run_off(session, actor=session.owner, round_=at_step(session, "vote", "revealed"))
    votes(ana, "We care."), votes(ben, "We care.")
    report = a_report(session)
    rounds = as_data(report)["steps"][1]["rounds"]
    assert [(found["number"], [each["support"] for each in found["result"]]) for found in rounds] == [
        (1, [1, 1]), (2, [2, 0]),
    ]  # fmt: skip
    assert "### Vote, round 2" in as_markdown(report).decode()


def test_a_later_version_names_the_meeting_before_it() -> None:
    session = a_whole_meeting()
    sealed(session)
    later = new_version(session, actor=session.owner)
    assert as_data(a_report(later))["meeting"]["version_of"] == str(session.public_id)


# As Markdown


def test_the_document_tells_what_was_agreed_and_how_it_came_about() -> None:
    session = a_whole_meeting()
    listen = step_of(session, "vote").rounds.get().options.get(text__body="We listen.")
    listen.hands = 1
    listen.save()
    report = a_report(session, spelling="We care.\nAlways.")
    assert as_markdown(report).decode().splitlines() == [
        "# Front desk",
        "",
        "> We care\\.",
        "> Always\\.",
        "",
        f"Agreed with reservations, {date_format(report.agreed_at, 'DATE_FORMAT')}. 2 people took part.",
        "",
        "## How it came about",
        "",
        "### Key words",
        "",
        "*When were you last served really well? What made it so?*",
        "",
        "- smile ×2",
        "- care",
        "",
        "### Samples",
        "",
        "*One published definition, taken apart*",
        "",
        "Customer service is a voluntary act that demonstrates a genuine desire to satisfy, if not delight, "
        "a customer\\. (Steve Curtin)",
        "",
        "### Propose",
        "",
        "*Customer service, in one sentence of your own\\: what does a customer get from us?*",
        "",
        *[f"- {each['text'][:-1]}\\." for each in report.steps[3]["rounds"][0]["proposals"]],
        "",
        "### Vote",
        "",
        "*Which could we build on?*",
        "",
        "- 2: We care\\. **We built on it.**",
        "- 1, 1 of them counted by hand: We listen\\.",
        "",
        "2 ballots.",
        "",
        "### Tag",
        "",
        "*Which words answer the question?*",
        "",
        "- We care\\.",
        "  - Voluntary: 1 of 2 see it",
        "  - How far the readers agree (Krippendorff’s alpha over words, 1 is fully): 0.00",
        "",
        "### Draft",
        "",
        "*Make it ours, all together*",
        "",
        "We care\\. Always\\.",
        "",
        "2 people’s words are in it.",
        "",
        "### Decide",
        "",
        "*How far do you agree?*",
        "",
        "We care\\. Always\\.",
        "",
        "- 2 support it.",
        "",
        "2 of 2 answered, where 2 would do; 2 support it, where 2 would do.",
        "1 reservation, 0 settled.",
        "- “care”: Another word.",
    ]


def test_the_files_say_what_each_element_means_here_and_whose_words_the_sentence_is_made_of() -> None:
    session = a_whole_meeting()
    round_ = at_step(session, "close")
    ana = session.participants.get(seat=1)
    line = write_line(session, actor=ana, round_=round_, id_=uuid.uuid4(), body="We look up *first*.")
    pick_line(session, actor=session.owner, line=line, picked=True)
    report = a_report(session)
    data = as_data(report)
    assert data["elements"][0] == {
        "key": "voluntary", "letter": "V", "hue": "v", "name": "Voluntary", "phrase": "nobody made us",
        "line": "We look up *first*.",
    }  # fmt: skip
    assert data["definition"]["whose_words"] == [{"units": 8, "seat": 1}, {"units": 8, "seat": 2}]
    marked = replace(report, marks=({"start": 3, "end": 7, "element": "act"},), names={2: "Cy"})
    means = "## What it means here\n\n- **Voluntary**: We look up \\*first\\*\\.\n- **Act** (care)\n"
    assert f"\n{means}\n## Whose words\n\n- We care\\.: Person 1\n- Always\\.: Cy\n" in as_markdown(marked).decode()


def test_whose_words_is_not_said_of_a_text_that_is_not_the_drafts() -> None:
    assert as_data(a_report(a_whole_meeting(), spelling="We cared."))["definition"]["whose_words"] == []


# Names


def named(session: WorkshopSession) -> Report:
    """Ana and Ben ask for their names to be shown, Cem doesn't; Dora asks and is hidden, Eve asks and is taken out."""
    everyone = joined(session, "Anabel", "Benedikt", "Cemile", "Dorothea", "Evelyn")
    at_step(session, "propose")
    for person in everyone:
        sends(person, f"Sentence {person.seat}.")
    for person in everyone[:2] + everyone[3:]:
        people.put_on_poster(session, actor=person, wanted=True)
    people.hide_name(session, actor=session.owner, participant=everyone[3], hidden=True)
    people.remove(session, actor=session.owner, participant=everyone[4])
    return a_report(session, spelling="We care.")


def names_in(report: Report) -> list[str]:
    everything = as_json(report).decode() + as_markdown(report).decode()
    return [name for name in ("Anabel", "Benedikt", "Cemile", "Dorothea", "Evelyn") if name in everything]


def test_only_names_of_those_who_asked_are_in_the_files() -> None:
    report = named(a_session("propose", "close"))
    assert names_in(report) == ["Anabel", "Benedikt"]
    data = as_data(report)
    assert (data["names"], data["definition"]["signed_by"]) == (
        {"1": "Anabel", "2": "Benedikt"}, ["Anabel", "Benedikt"],
    )  # fmt: skip
    told = as_markdown(report).decode()
    assert "With their names: Anabel · Benedikt." in told
    assert "- Sentence 1\\. (Anabel)" in told
    assert "- Sentence 3\\.\n" in told


@pytest.mark.parametrize("names_shown", ["facilitator", "nobody"])
def test_no_name_is_in_the_files_of_a_meeting_that_shows_none(names_shown: str) -> None:
    report = named(a_session("propose", "close", names_shown=names_shown))
    assert (names_in(report), as_data(report)["names"], report.signers) == ([], {}, ())


def test_a_name_that_is_asked_for_or_hidden_later_joins_or_leaves_the_file_and_the_record_stays() -> None:
    session = a_session("propose", "close")
    (ana,) = joined(session, "Anabel")
    people.put_on_poster(session, actor=ana, wanted=True)
    agreed = sealed(session, spelling="We care.")
    assert names_in(report_of(agreed)) == ["Anabel"]
    ana.name_hidden = True
    ana.save()
    assert names_in(report_of(agreed)) == []
    assert "Anabel" not in json.dumps(agreed.report)


# What is in no file

SECRET = "zzsecret"


def test_nothing_that_was_hidden_unsent_late_or_not_revealed_is_in_the_files() -> None:
    session = a_session("key-words", "propose", "vote", "draft", "propose", "key-words", "vote", "close", secret=False)
    ana, ben, cem = joined(session, "Ana", "Ben", "Cem")
    owner, first = session.owner, session.steps.filter(kind="key-words")[0]
    setup.change_step(session, actor=owner, step=first, settings={"look_first": True})

    at_step(session, "key-words")
    adds(ana, "smile")
    hide_card(session, actor=owner, id_=adds(ben, f"{SECRET} hidden card").pk, hidden=True)
    at_step(session, "propose")
    sends(ana, "We care."), sends(ben, "We listen.")
    kept = f"{SECRET} unsent beside what was sent"
    proposals.keep_unsent(session, actor=ana, round_=round_now(session), id_=uuid.uuid4(), body=kept)
    proposals.keep_unsent(session, actor=cem, round_=round_now(session), id_=uuid.uuid4(), body=f"{SECRET} unsent")
    at_step(session, "propose", "revealed")
    late = sends(cem, f"{SECRET} late, and not admitted")
    assert late.state == "late"

    at_step(session, "vote")
    votes(ana, "We care.")
    at_step(session, "vote", "revealed")
    reopened(session)
    votes(ana, "We listen."), votes(ben, "We listen.")  # a second round, which nobody has seen
    at_step(session, "vote", "closed")
    running.go_to(session, actor=owner, step=step_of(session, "draft"))
    draft = the_draft(session)
    fields: dict[str, Any] = {"version": draft.version, "start": 0, "end": 2, "words": f"{SECRET} suggestion"}
    mark(session, actor=ben, draft=draft, id_=uuid.uuid4(), says="suggest", **fields)
    types(ana, draft, f" {SECRET} taken out again.")
    types(ana, draft, "", at=8, taking=len(f" {SECRET} taken out again."))

    second = session.steps.filter(kind="propose")[1]
    running.go_to(session, actor=owner, step=second)
    rude = sends(ben, f"{SECRET} rude")
    at_step(session, "propose", "revealed")
    proposals.hide_proposal(session, actor=owner, id_=rude.pk, hidden=True)
    running.go_to(session, actor=owner, step=session.steps.filter(kind="key-words")[1])
    adds(cem, f"{SECRET} never revealed")
    running.go_to(session, actor=owner, step=step_of(session, "close"))
    report = a_report(session, spelling="We care.")

    rounds = [len(step["rounds"]) for step in as_data(report)["steps"]]
    assert rounds == [1, 1, 1, 1, 1, 0, 0, 1]
    vote = as_data(report)["steps"][2]["rounds"][0]
    assert [(each["text"], each["support"]) for each in vote["result"]] == [("We care.", 1), ("We listen.", 0)]
    for file in (as_json(report), as_markdown(report)):
        assert SECRET.encode() not in file
        assert b"We care" in file


def test_a_sentence_that_was_hidden_after_the_vote_opened_is_in_no_file() -> None:
    session = a_session("propose", "vote", "close")
    ana, ben = joined(session, "Ana", "Ben")
    at_step(session, "propose")
    sends(ana, "We care.")
    rude = sends(ben, f"{SECRET} rude")
    at_step(session, "vote")
    votes(ana, f"{SECRET} rude")
    proposals.hide_proposal(session, actor=session.owner, id_=rude.pk, hidden=True)
    report = a_report(session, spelling="We care.")
    assert [file for file in (as_json(report), as_markdown(report)) if SECRET.encode() in file] == []


def test_there_is_no_report_of_a_meeting_without_an_agreement() -> None:
    with refused("nothing-to-seal"):
        a_report(a_session("close"))


def test_the_files_are_the_same_every_time() -> None:
    agreed = sealed(a_whole_meeting())
    assert as_dict(report_of(agreed)) == as_dict(report_of(agreed))
    assert as_markdown(report_of(agreed)) == as_markdown(report_of(agreed))
