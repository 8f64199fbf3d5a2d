"""Where the room sees the elements in its draft, while others write."""

from typing import Any

import pytest
from django.core.cache import cache

from definitions.drafting.commands import go_back
from definitions.drafting.models import Draft, DraftRow
from definitions.drafting.units import text_length
from definitions.elements.commands import draft_tags as commands
from definitions.elements.commands import sets
from definitions.elements.models import DraftTag, Element
from definitions.elements.queries.lamps import Seen, draft_elements, mine
from definitions.elements.queries.marks import marks_of
from tests.factories import (
    a_draft,
    a_session,
    at_step,
    in_role,
    joined,
    presses_back,
    presses_next,
    refused,
    reopened,
    round_now,
    step_of,
    the_draft,
    types,
)
from workshop.sessions.commands import people, setup
from workshop.sessions.models import Participant

pytestmark = pytest.mark.django_db


def element(draft: Draft, key: str = "genuine") -> Element:
    return Element.objects.get(element_set__session=draft.step.session, key=key)


def sees(person: Participant, draft: Draft, words: str, key: str = "genuine", **more: Any) -> DraftTag:
    """The person marks these words; none: not here."""
    draft.refresh_from_db()
    start = text_length(draft.body[: draft.body.index(words)]) if words else 0
    span = {"version": draft.version, "start": start, "end": start + text_length(words), **more}
    return commands.tag_draft(person.session, actor=person, draft=draft, element=element(draft, key), **span)


def changes(actor: Participant, draft: Draft, words: str, by: str) -> None:
    draft.refresh_from_db()
    at = text_length(draft.body[: draft.body.index(words)])
    assert types(actor, draft, by, at=at, taking=text_length(words)) is None


def lamp(draft: Draft, key: str = "genuine") -> tuple[str, int, int]:
    draft.refresh_from_db()
    found = next(each for each in Seen(draft.step).lamps if each.element.key == key)
    return found.state, found.sees, found.answered


def marked(draft: Draft) -> list[tuple[str, str]]:
    seen = Seen(draft.step)
    return [(seen.wording[each.start : each.end], "".join(el.letter for el in each.marks)) for each in seen.strokes]


def own(person: Participant) -> list[dict[str, Any]]:
    tags = mine(round_now(person.session), [person.pk])[person.pk]["tags"]
    return [{key: value for key, value in tag.items() if key != "element"} for tag in tags]


def three() -> tuple[Any, list[Participant], Draft]:
    session, people_, draft = a_draft("Ana", "Ben", "Cleo")
    types(people_[0], draft, "caring, honestly.")
    return session, people_, draft


# Lamps


def test_a_lamp_lights_when_two_people_and_a_third_of_those_asked_see_it() -> None:
    _session, (ana, ben, cleo), draft = three()
    assert lamp(draft) == ("out", 0, 0)
    sees(ana, draft, "honestly")
    assert lamp(draft) == ("part", 1, 1)
    sees(ben, draft, "")
    assert lamp(draft) == ("part", 1, 2)
    sees(cleo, draft, "caring")
    assert lamp(draft) == ("lit", 2, 3)
    assert [each.state for each in Seen(draft.step).lamps].count("out") == 6


def test_what_somebody_says_of_an_element_replaces_what_they_said_before() -> None:
    _session, (ana, ben, _cleo), draft = three()
    sees(ana, draft, "caring"), sees(ben, draft, "honestly"), sees(ana, draft, "")
    assert lamp(draft) == ("part", 1, 2)
    sees(ana, draft, "honestly")
    assert (lamp(draft), marked(draft)) == (("lit", 2, 2), [("honestly", "G")])
    commands.untag_draft(ana.session, actor=ana, draft=draft, element=element(draft))
    assert (lamp(draft), own(ana)) == (("part", 1, 1), [])


def test_a_tag_moves_with_its_words_and_lapses_when_they_change_and_comes_back_with_an_undo() -> None:
    _session, (ana, ben, cleo), draft = three()
    sees(ana, draft, "honestly"), sees(ben, draft, "honestly")
    types(cleo, draft, "😀 Here, ", at=0)
    assert (lamp(draft)[0], marked(draft)) == ("lit", [("honestly", "G")])
    changes(cleo, draft, "honestly", "politely")
    assert (lamp(draft), marked(draft)) == (("out", 0, 0), [])
    changes(cleo, draft, "politely", "honestly")
    assert (lamp(draft), marked(draft)) == (("lit", 2, 2), [("honestly", "G")])


def test_going_back_30_seconds_lights_what_was_lit() -> None:
    session, (ana, ben, cleo), draft = three()
    sees(ana, draft, "honestly"), sees(ben, draft, "honestly")
    DraftRow.objects.update(at="2020-01-01T00:00:00Z")
    changes(cleo, draft, "caring, honestly", "quick")
    assert lamp(draft)[0] == "out"
    go_back(session, actor=session.owner, draft=draft)
    draft.refresh_from_db()
    assert (draft.body, lamp(draft)[0]) == ("Customer service is caring, honestly.", "lit")


def test_places_are_the_same_for_who_has_forgotten_where_they_were() -> None:
    _session, (ana, ben, cleo), draft = three()
    sees(ana, draft, "honestly"), sees(ben, draft, "caring, honestly")
    for words in ("Ours: ", "So, ", "We say: "):
        types(cleo, draft, words, at=0)
        remembered = Seen(draft.step).standing
        cache.clear()
        draft.refresh_from_db()
        assert Seen(draft.step).standing == remembered
        assert len(remembered) == 2


def test_whoever_was_removed_is_not_counted_and_whoever_left_is() -> None:
    session, (ana, ben, cleo), draft = three()
    sees(ana, draft, "honestly"), sees(ben, draft, "honestly"), sees(cleo, draft, "honestly")
    people.leave(session, actor=ana)
    people.remove(session, actor=session.owner, participant=ben)
    assert lamp(draft) == ("lit", 2, 2)


def test_a_tag_is_on_whole_words_without_the_stops_around_them() -> None:
    _session, (ana, ben, _cleo), draft = three()
    assert sees(ana, draft, "caring, ").quotation == "caring"
    assert sees(ben, draft, "nest").quotation == "honestly"


def test_a_tag_may_be_about_the_text_as_it_was_a_moment_ago() -> None:
    _session, (ana, ben, cleo), draft = three()
    version, start = draft.version, draft.body.index("honestly")
    types(cleo, draft, "Ours: ", at=0)
    for person in (ana, ben):
        sees(person, draft, "honestly", version=version, start=start, end=start + 8)
    assert (lamp(draft)[0], marked(draft)) == ("lit", [("honestly", "G")])


# Still there?


def test_who_saw_it_in_words_that_changed_is_asked_and_nobody_else() -> None:
    _session, (ana, ben, cleo), draft = three()
    sees(ana, draft, "honestly"), sees(ben, draft, "caring")
    changes(cleo, draft, "honestly", "quite honestly meant")
    start = draft.body.index("quite")
    asked = {"changed": True, "now": "quite honestly meant", "version": draft.version}
    assert own(ana) == [{"says": "here", "words": "honestly"}]  # the words are still among the new ones
    changes(cleo, draft, "quite honestly meant", "we mean it")
    asked = {**asked, "now": "we mean it", "version": draft.version, "start": start, "end": start + 10}
    assert own(ana) == [{"says": "here", "words": "honestly", **asked}]
    assert own(ben) == [{"says": "here", "words": "caring"}]
    sees(ana, draft, "we mean it", version=draft.version)
    assert own(ana) == [{"says": "here", "words": "we mean it"}]
    assert lamp(draft) == ("lit", 2, 2)


def test_words_that_are_gone_are_asked_about_too() -> None:
    _session, (ana, _ben, cleo), draft = three()
    sees(ana, draft, "honestly")
    changes(cleo, draft, ", honestly", "")
    (tag,) = own(ana)
    assert (tag["changed"], tag["now"], tag["start"], tag["end"]) == (True, "", 0, 0)


def test_of_a_text_that_was_written_anew_nothing_stands_in_their_place() -> None:
    _session, (ana, _ben, cleo), draft = three()
    sees(ana, draft, "honestly")
    changes(cleo, draft, draft.body, "We notice what somebody needs before they have to ask us for it, every day.")
    assert (own(ana)[0]["changed"], own(ana)[0]["now"]) == (True, "")


def test_not_here_is_asked_again_once_words_have_come_and_counts_until_then() -> None:
    _session, (ana, _ben, cleo), draft = three()
    sees(ana, draft, "")
    types(cleo, draft, " ...")
    assert own(ana) == [{"says": "not-here", "again": False}]
    types(cleo, draft, " And we mean it")
    assert own(ana) == [{"says": "not-here", "again": True}]
    assert lamp(draft) == ("out", 0, 1)
    sees(ana, draft, "")
    assert own(ana) == [{"says": "not-here", "again": False}]


# Left out on purpose


def test_a_piece_that_is_left_out_on_purpose_counts_as_complete_and_can_be_looked_for_again() -> None:
    session, (ana, ben, _cleo), draft = three()
    sees(ana, draft, "honestly"), sees(ben, draft, "honestly")
    actor = {"actor": session.owner, "draft": draft}
    for key in ("genuine", "voluntary", "voluntary"):
        commands.leave_out(session, **actor, element=element(draft, key), left_out=True)
    seen = Seen(draft.step)
    assert (lamp(draft), lamp(draft, "voluntary")) == (("left-out", 2, 2), ("left-out", 0, 0))
    assert (seen.complete, seen.missing, marked(draft)) == (2, element(draft, "act"), [])
    commands.leave_out(session, **actor, element=element(draft), left_out=False)
    assert (lamp(draft), marked(draft)) == (("lit", 2, 2), [("honestly", "G")])


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_the_facilitator_leaves_a_piece_out(role: str) -> None:
    session, (ana, *_others), draft = three()
    with refused("facilitator-only"):
        commands.leave_out(
            session, actor=in_role(role, session, ana), draft=draft, element=element(draft), left_out=True
        )
    assert lamp(draft)[0] == "out"


# What is refused


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        ({"start": 5, "end": 5}, "no-such-words"),
        ({"start": 8, "end": 5}, "no-such-words"),
        ({"start": 0, "end": 999}, "no-such-words"),
        ({"start": 8, "end": 9}, "no-such-words"),  # a blank
        ({"start": 0, "end": 8, "version": 99}, "text-moved"),
    ],
)
def test_a_tag_is_on_words_that_are_there(span: dict[str, int], reason: str) -> None:
    session, (ana, *_others), draft = three()
    with refused(reason):
        commands.tag_draft(
            session, actor=ana, draft=draft, element=element(draft), **{"version": draft.version, **span}
        )
    assert not DraftTag.objects.exists()


def test_too_many_words_are_no_answer() -> None:
    _session, (ana, *_others), draft = three()
    types(ana, draft, " word" * 70)
    with refused("too-many-words"):
        sees(ana, draft, draft.body)


def test_not_here_is_said_of_a_text_there_has_been() -> None:
    """Else it would stand for words that are written later."""
    _session, (ana, *_others), draft = three()
    assert sees(ana, draft, "", version=2**31 - 1).version == draft.version


def test_nothing_is_said_of_a_draft_that_is_closed_and_what_was_said_stands_when_it_opens_again() -> None:
    session, (ana, ben, _cleo), draft = three()
    sees(ana, draft, "honestly"), sees(ben, draft, "honestly")
    presses_next(session)
    with refused("closed"):
        sees(ana, draft, "caring")
    with refused("closed"):
        commands.untag_draft(session, actor=ana, draft=draft, element=element(draft))
    with refused("closed"):
        commands.leave_out(session, actor=session.owner, draft=draft, element=element(draft), left_out=True)
    assert lamp(draft)[0] == "lit"
    presses_back(session)
    reopened(session)
    sees(ana, draft, "caring")
    assert lamp(draft) == ("lit", 2, 2)


def test_an_element_of_another_meeting_is_not_looked_for() -> None:
    session, (ana, *_others), draft = three()
    other = three()[2]
    for act in (commands.tag_draft, commands.leave_out):
        more = {"actor": ana, "version": 1} if act is commands.tag_draft else {"actor": session.owner, "left_out": True}
        with refused("not-looked-for"):
            act(session, draft=draft, element=element(other), **more)


def test_where_the_step_does_not_look_for_elements_there_is_nothing_of_it() -> None:
    session, (ana, *_others), draft = three()
    setup.change_step(session, actor=session.owner, step=step_of(session, "draft"), settings={"lamps": False})
    draft = the_draft(session)
    with refused("not-looked-for"):
        sees(ana, draft, "honestly")
    assert (Seen(draft.step).lamps, mine(round_now(session), [ana.pk])) == ([], {})
    assert "elements" not in (draft.step.of_kind.report(round_now(session)) or {})


# The elements of a meeting


def test_a_meeting_that_only_drafts_has_elements_that_stand_from_then_on() -> None:
    session = a_session("draft", "close")
    joined(session, "Ana")
    sets.take_set(session, actor=session.owner, slug="curtin-six")
    at_step(session, "draft")
    assert [each.element.letter for each in Seen(the_draft(session).step).lamps] == ["V", "A", "G", "E", "L", "C"]
    with refused("in-use"):
        sets.take_set(session, actor=session.owner, slug="curtin-seven")


# What is kept of it


def test_the_report_has_each_element_with_its_words_and_nobody_s_name() -> None:
    session, (ana, ben, cleo), draft = three()
    sees(ana, draft, "honestly"), sees(ben, draft, "caring, honestly"), sees(cleo, draft, "honestly", "desire")
    elements = draft.step.of_kind.report(round_now(session))["elements"]
    assert elements == draft_elements(round_now(session))["elements"]
    genuine = {"name": "Genuine", "phrase": "we mean it", "letter": "G", "hue": "g"}
    span = {"start": 20, "end": 36, "words": "caring, honestly"}
    assert elements[3] == {**genuine, "state": "lit", "sees": 2, "answered": 2, "spans": [span]}
    assert [(each["state"], len(each["spans"])) for each in elements if each["sees"]] == [("lit", 1), ("part", 1)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Customer service is caring, honestly.", ["caring", "honestly"]),
        ("Costumer service is caring — honestly", ["caring", "honestly"]),
        ("Customer service is truly caring, honestly.", ["caring", "honestly"]),
        ("Customer service is Caring, honest.", []),
        ("Honestly", []),
        ("", []),
    ],
)
def test_a_final_text_is_marked_where_its_words_are_still_the_draft_s(body: str, found: list[str]) -> None:
    session, (ana, ben, _cleo), draft = three()
    for person in (ana, ben):
        sees(person, draft, "honestly"), sees(person, draft, "caring", "desire")
    marks = [(body[start:end], each.letter) for start, end, each in marks_of(session, body)]
    assert marks == [(words, {"caring": "E", "honestly": "G"}[words]) for words in found]


def test_a_meeting_without_a_draft_marks_nothing() -> None:
    assert marks_of(a_session("close"), "We care.") == []
