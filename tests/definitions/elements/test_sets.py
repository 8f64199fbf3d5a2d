import pytest

from definitions.decisions.commands.closing import new_version
from definitions.elements import published
from definitions.elements.commands import sets as commands
from definitions.elements.models import Element, ElementSet
from definitions.elements.published import PublishedSet, Sample
from definitions.elements.queries import samples, sets
from definitions.texts.tokens import word_count
from tests.factories import a_session, at_step, in_role, joined, presses_next, refused, sealed
from workshop.sessions.models import WorkshopSession

pytestmark = pytest.mark.django_db


def names(session: WorkshopSession) -> list[str]:
    return [element.name for element in sets.elements_of(session)]


def own(*names: str) -> list[dict[str, str]]:
    hues = Element.Hue.values
    words = {"phrase": "in plain words", "question": "Which words?", "explanation": ""}
    return [{"key": "", "name": name, "hue": hues[number], **words} for number, name in enumerate(names)]


# What others have published


@pytest.mark.parametrize("published_set", published.SETS, ids=lambda each: each.slug)
def test_in_a_published_set_every_element_is_told_apart(published_set: PublishedSet) -> None:
    for what in ("key", "letter", "hue", "name", "phrase", "question"):
        assert len({str(getattr(element, what)) for element in published_set.elements}) == len(published_set.elements)
    for element in sets.copies(published_set):
        element.clean_fields(exclude=["element_set"])


@pytest.mark.parametrize("sample", published.SAMPLES, ids=lambda each: each.slug)
def test_the_words_that_a_sample_is_marked_by_stand_in_it_once(sample: Sample) -> None:
    assert {words: sample.text.count(words) for words in sample.marks.values()} == dict.fromkeys(
        sample.marks.values(), 1
    )
    assert sample.author


def test_the_first_sample_has_eighteen_words_and_seven_elements() -> None:
    curtin, seven = published.sample_named("curtin"), published.set_named("curtin-seven")
    assert word_count(curtin.text) == 18
    assert [element.key for element in seven.elements if element.key in curtin.marks] == [
        element.key for element in seven.elements
    ]


@pytest.mark.parametrize("published_set", published.SETS, ids=lambda each: each.slug)
def test_the_sample_that_a_set_comes_with_has_all_of_it(published_set: PublishedSet) -> None:
    marks = published.sample_named(published_set.sample).marks
    assert [element.key for element in published_set.elements if element.key not in marks] == []


# A meeting's own


def test_a_meeting_begins_with_the_seven_and_has_them_for_itself_when_the_room_sees_them() -> None:
    session = a_session("samples", "draft", "close")
    assert (len(names(session)), ElementSet.objects.count()) == (7, 0)
    joined(session, "Ana")
    at_step(session, "samples")
    assert (len(names(session)), Element.objects.filter(element_set__session=session).count()) == (7, 7)


def test_another_set_replaces_the_first() -> None:
    session = a_session("samples", "close")
    commands.take_set(session, actor=session.owner, slug="toporek-two")
    assert (names(session), sets.set_slug(session)) == (["Consistent", "Stands out"], "toporek-two")
    commands.take_set(session, actor=session.owner, slug="curtin-six")
    assert names(session) == ["Voluntary", "Act", "Genuine", "Desire", "Delight", "Customer"]
    assert ElementSet.objects.count() == 1


def test_a_team_makes_the_set_its_own() -> None:
    session = a_session("samples", "close")
    kept = own("Warm", "Brave", "Wise")
    kept[1]["key"] = "genuine"  # renamed: samples still know where it stands
    commands.change_elements(session, actor=session.owner, elements=kept)
    rows = sets.elements_of(session)
    assert [(row.name, row.letter, row.key) for row in rows] == [
        ("Warm", "W", "own-1"),
        ("Brave", "B", "genuine"),
        ("Wise", "I", "own-3"),
    ]


@pytest.mark.parametrize(
    ("name", "taken", "letter"),
    [("Warm", "", "W"), ("Warm", "W", "A"), ("éclat", "", "É"), ("حفاوة", "", "ح"), ("1+1", "", "A"), ("ß", "", "A")],
)
def test_a_letter_is_the_first_of_the_name_that_is_free(name: str, taken: str, letter: str) -> None:
    assert commands._letter(name, set(taken)) == letter


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ([], "how-many"),
        (own(*"ABCDEFG") + own("H"), "how-many"),
        ([*own("A"), *own("B")], "same-hue"),
    ],
)
def test_a_set_that_can_t_be_shown_is_refused(elements: list[dict[str, str]], code: str) -> None:
    session = a_session("samples", "close")
    with refused(code):
        commands.change_elements(session, actor=session.owner, elements=elements)
    assert len(names(session)) == 7


def test_once_the_room_works_with_them_they_stand() -> None:
    session = a_session("samples", "close")
    joined(session, "Ana")
    at_step(session, "samples")
    with refused("in-use"):
        commands.take_set(session, actor=session.owner, slug="curtin-six")
    with refused("in-use"):
        commands.change_elements(session, actor=session.owner, elements=own("Warm"))
    assert len(names(session)) == 7


@pytest.mark.parametrize("role", ["participant", "manager", "stranger"])
def test_only_a_facilitator_chooses_the_elements(role: str) -> None:
    session = a_session("samples", "close")
    (ana,) = joined(session, "Ana")
    actor = in_role(role, session, ana)
    with refused("facilitator-only"):
        commands.take_set(session, actor=actor, slug="curtin-six")
    with refused("facilitator-only"):
        commands.change_elements(session, actor=actor, elements=own("Warm"))


def test_a_new_version_looks_for_the_same_elements() -> None:
    session = a_session("samples", "draft", "close")
    commands.change_elements(session, actor=session.owner, elements=own("Warm", "Brave"))
    sealed(session)
    later = new_version(session, actor=session.owner)
    assert names(later) == names(session) == ["Warm", "Brave"]
    commands.take_set(later, actor=later.owner, slug="toporek-two")
    assert names(session) == ["Warm", "Brave"]


# Taking a sample apart


def test_next_takes_the_sample_apart_piece_by_piece() -> None:
    session = a_session("samples", "close")
    joined(session, "Ana")
    round_ = at_step(session, "samples")
    taken = samples.taken_apart(round_)
    assert (taken.placed, taken.lit, taken.current) == (0, "", None)
    seen = []
    for _piece in range(7):
        round_ = presses_next(session)
        assert round_ is not None
        taken = samples.taken_apart(round_)
        assert taken.current is not None
        seen.append(taken.current.name)
    assert seen == names(session)
    assert (taken.lit, "".join(segment.text for segment in taken.segments)) == ("vadgesc", taken.sample.text)
    round_ = presses_next(session)
    assert round_ is not None
    assert (samples.taken_apart(round_).current, samples.taken_apart(round_).lit) == (None, "vadgesc")
    round_ = presses_next(session)
    assert round_ is not None
    assert round_.step.kind == "close"


def test_in_a_short_meeting_all_pieces_are_there_at_once() -> None:
    session = a_session("samples", "close")
    session.steps.filter(kind="samples").update(settings={"whole": True})
    joined(session, "Ana")
    taken = samples.taken_apart(at_step(session, "samples"))
    assert (taken.lit, taken.current, samples.practice(taken)) == ("vadgesc", None, None)


def test_a_step_may_name_another_sample_and_an_odd_one_is_the_default() -> None:
    session = a_session("samples", "close")
    step = session.steps.get(kind="samples")
    for chosen, slug in (("toporek-both", "toporek-both"), ("", "curtin"), ("no-such-sample", "curtin")):
        step.settings = {"sample": chosen}
        assert samples.sample_of(step).slug == slug


def test_a_sample_without_any_of_the_team_s_elements_is_shown_whole() -> None:
    session = a_session("samples", "close")
    commands.change_elements(session, actor=session.owner, elements=own("Warm"))
    joined(session, "Ana")
    round_ = at_step(session, "samples")
    taken = samples.taken_apart(round_)
    assert (taken.pieces, samples.pages(round_), samples.practice(taken)) == ([], 1, None)


def test_the_practice_asks_for_the_first_piece() -> None:
    session = a_session("samples", "close")
    joined(session, "Ana")
    practice = samples.practice(samples.taken_apart(at_step(session, "samples")))
    assert practice is not None
    assert practice.element.name == "Voluntary"
    assert [word for word, right in practice.words if right] == ["voluntary"]
    assert " ".join(word for word, _right in practice.words) == published.sample_named("curtin").text


@pytest.mark.parametrize("published_set", published.SETS, ids=lambda each: each.slug)
def test_in_the_practice_a_word_keeps_its_comma_and_its_full_stop(published_set: PublishedSet) -> None:
    session = a_session("samples", "close")
    commands.take_set(session, actor=session.owner, slug=published_set.slug)
    practice = samples.practice(samples.taken_apart(at_step(session, "samples")))
    sample = published.sample_named(published_set.sample)
    assert practice is not None
    assert " ".join(word for word, _right in practice.words) == sample.text
    right = " ".join(word for word, right in practice.words if right)
    assert right.rstrip(".,") == sample.marks[practice.element.key]
