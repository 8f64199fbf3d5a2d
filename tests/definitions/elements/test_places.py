"""Where tagged words are while others type around them, over them, and back again."""

import pytest

from definitions.drafting.changes import ChangeSet, text_length
from definitions.elements.places import Place, Wording, follow, gains_words

TEXT = "we choose to help a guest"
Edit = tuple[str, str, str]  # what stands just before, what is taken out, what is put in


def after(quotation: str, *edits: Edit, text: str = TEXT) -> tuple[str, str | None, str]:
    """The text after the edits; the words that stand as quoted; else what is in their place."""
    start = text_length(text[: text.index(quotation)])
    place = Place(start, start + text_length(quotation))
    for before, taken, put in edits:
        at = text.index(before + taken) + len(before)
        units = text_length(text[:at])
        changes = ChangeSet.replace(text_length(text), units, units + text_length(taken), put)
        text, place = changes.apply(text), follow(place, changes)
    wording = Wording(text)
    span = wording.standing(place, quotation)
    if span is not None:
        assert wording[slice(*span)] == quotation
    now = wording.words_at(place.start, place.end)
    return text, wording[slice(*span)] if span else None, wording[slice(*now)] if now else ""


@pytest.mark.parametrize(
    ("edits", "stands"),
    [
        ([], True),
        ([("", "we", "all of us 😀")], True),  # moved
        ([("choose to", "", " really")], True),
        ([("help", "", " and serve")], True),  # typed at an edge: outside
        ([("help", "", "ful")], False),  # letters at an edge make another word of it
        ([("", "help", "serve")], False),
        ([("", "to help", "helping")], False),
        ([("he", "l", "")], False),
        ([("he", "l", ""), ("he", "", "l")], True),  # and undone
        ([("", "help", ""), ("to ", "", "help")], True),  # all of it taken out, and undone
        ([("", "to help a", "for a"), ("choose ", "for a", "to help a")], True),
        ([("", TEXT, ""), ("", "", TEXT)], True),
        ([("", TEXT, ""), ("", "", "we choose "), ("we choose ", "", "to help a guest")], True),  # as going back does
        ([("", "help", "serve"), ("a guest", "", " help")], False),  # the same word elsewhere is another
        ([("", "help", "serve"), ("a ", "guest", "friend"), ("", "serve", "help")], True),
    ],
)
def test_words_count_while_they_stand_as_they_were(edits: list[Edit], stands: bool) -> None:
    assert (after("help", *edits)[1] == "help") is stands


def test_an_edge_that_was_taken_out_and_put_back_belongs_to_the_words_again() -> None:
    for edge in ("to ", " guest"):
        quotation = "to help a guest"
        before = TEXT[: TEXT.index(edge)]
        assert after(quotation, (before, edge, ""))[1] is None
        assert after(quotation, (before, edge, ""), (before, "", edge))[1] == quotation


@pytest.mark.parametrize(
    ("edit", "now"),
    [
        (("", "help", "serve"), "serve"),
        (("help", "", "ful"), "helpful"),
        (("he", "l", ""), "hep"),
        (("", "help ", ""), ""),
        (("", "to help a guest", "for you, always."), "for you, always"),
    ],
)
def test_who_is_asked_sees_what_stands_in_their_words_place_now(edit: Edit, now: str) -> None:
    assert after("help", edit)[2] == now


def test_where_words_are_written_without_blanks_each_is_one() -> None:
    assert after("心", ("", "客", "お客"), text="客を心で迎え")[1] == "心"


def test_a_span_becomes_the_whole_words_it_touches() -> None:
    wording = Wording("We “really” mean it.")
    assert wording[slice(*wording.words_at(5, 7) or ())] == "really"
    assert wording[slice(*wording.words_at(12, 20) or ())] == "mean it"
    assert wording.words_at(2, 3) is None


@pytest.mark.parametrize(("put", "gains"), [(" gladly", True), ("", False), (" .", False), ("3", True), ("、", False)])
def test_new_words_are_told_from_stops_and_blanks(put: str, gains: bool) -> None:
    assert gains_words(ChangeSet.replace(4, 1, 3, put)) is gains
