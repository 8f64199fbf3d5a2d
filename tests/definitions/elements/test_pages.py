"""The set-up's page for the elements, as a browser sends it."""

from typing import Any

import pytest
from django.test import Client

from definitions.elements.models import Element
from definitions.elements.queries import samples, sets
from tests.factories import a_session, at_step, joined
from workshop.sessions.models import WorkshopSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> WorkshopSession:
    return a_session("samples", "close")


@pytest.fixture
def desk(session: WorkshopSession) -> Client:
    client = Client()
    client.force_login(session.owner)
    return client


def address(session: WorkshopSession) -> str:
    return f"/meetings/{session.public_id}/elements/"


def sent(rows: list[dict[str, str]]) -> dict[str, str]:
    """The fields of the page with these rows."""
    fields = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": str(len(rows))}
    for number, row in enumerate(rows):
        fields |= {f"form-{number}-{name}": value for name, value in row.items()}
    return fields


def as_they_are(session: WorkshopSession) -> list[dict[str, str]]:
    names = ("key", "name", "phrase", "question", "explanation", "hue")
    return [{name: str(getattr(row, name)) for name in names} for row in sets.elements_of(session)]


def names(session: WorkshopSession) -> list[str]:
    return [row.name for row in sets.elements_of(session)]


def test_the_page_shows_the_elements_and_saves_what_was_changed(session: WorkshopSession, desk: Client) -> None:
    page = desk.get(address(session)).content.decode()
    assert [name in page for name in ("Voluntary", "Satisfy, if not delight")] == [True, True]
    rows = as_they_are(session)
    rows[0]["name"] = "Freely given"
    rows[6]["DELETE"] = "on"
    answer = desk.post(address(session), sent(rows), follow=True)
    assert (answer.status_code, "Saved." in answer.content.decode()) == (200, True)
    assert names(session) == ["Freely given", "Act", "Demonstrates", "Genuine", "Desire", "Satisfy, if not delight"]
    assert sets.elements_of(session)[0].key == "voluntary"


def test_one_more_can_be_added_where_there_is_room(session: WorkshopSession, desk: Client) -> None:
    desk.post(f"{address(session)}take/", {"slug": "toporek-two"})
    rows = [*as_they_are(session), {"key": "", "name": "Kind", "phrase": "be kind", "question": "Where?", "hue": "v"}]
    fields = sent(rows) | {"form-INITIAL_FORMS": "2"}
    assert desk.post(address(session), fields).status_code == 302
    assert names(session) == ["Consistent", "Stands out", "Kind"]


def test_the_empty_row_adds_nothing(session: WorkshopSession, desk: Client) -> None:
    desk.post(f"{address(session)}take/", {"slug": "toporek-two"})
    shown = desk.get(address(session)).context["form_set"].forms[-1]["hue"].value()
    rows = [*as_they_are(session), {"key": "", "name": "", "phrase": "", "question": "", "hue": shown}]
    assert desk.post(address(session), sent(rows) | {"form-INITIAL_FORMS": "2"}).status_code == 302
    assert names(session) == ["Consistent", "Stands out"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 41}, "at most 40 characters"),
        ({"explanation": "x" * 201}, "at most 200 characters"),
        ({"hue": "z"}, "Select a valid choice"),
        ({"hue": "a"}, "Give each element a color of its own."),
        ({"question": "a\x00b"}, "t be shown"),
    ],
)
def test_what_can_t_be_taken_is_said_and_nothing_is_lost(
    session: WorkshopSession, desk: Client, change: dict[str, str], says: str
) -> None:
    rows = as_they_are(session)
    rows[0] |= change
    rows[1]["name"] = "Deed"
    answer = desk.post(address(session), sent(rows))
    page = answer.content.decode()
    assert (answer.status_code, says in page, "Deed" in page) == (422, True, True)
    assert names(session)[:2] == ["Voluntary", "Act"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"form-TOTAL_FORMS": "x", "form-INITIAL_FORMS": "1"},
        {"form-TOTAL_FORMS": "99999", "form-INITIAL_FORMS": "0"},
        {"form-TOTAL_FORMS": "-1", "form-INITIAL_FORMS": "-1"},
        {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"},
    ],
)
def test_a_page_that_was_tampered_with_changes_nothing(
    session: WorkshopSession, desk: Client, fields: dict[str, Any]
) -> None:
    answer = desk.post(address(session), fields)
    assert answer.status_code == 422
    assert not Element.objects.exists()


@pytest.mark.parametrize("slug", ["", "no-such-set", "\x00"])
def test_a_set_that_there_isn_t_is_not_taken(session: WorkshopSession, desk: Client, slug: str) -> None:
    answer = desk.post(f"{address(session)}take/", {"slug": slug}, follow=True)
    assert "Choose one of the sets." in answer.content.decode()
    assert not Element.objects.exists()


def test_once_the_room_works_with_them_the_page_says_so(session: WorkshopSession, desk: Client) -> None:
    joined(session, "Ana")
    at_step(session, "samples")
    assert "they stand for this meeting" in desk.get(address(session)).content.decode()
    answer = desk.post(address(session), sent(as_they_are(session)))
    assert (answer.status_code, "they stand for this meeting" in answer.content.decode()) == (422, True)
    answer = desk.post(f"{address(session)}take/", {"slug": "curtin-six"}, follow=True)
    assert "they stand for this meeting" in answer.content.decode()
    assert len(names(session)) == 7


def test_words_that_look_like_markup_are_words(session: WorkshopSession, desk: Client) -> None:
    rows = as_they_are(session)
    rows[0]["name"] = "<b>&amp;</b>"
    desk.post(address(session), sent(rows))
    assert names(session)[0] == "<b>&amp;</b>"
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in desk.get(address(session)).content.decode()


def test_a_step_s_sample_is_chosen_in_the_set_up(session: WorkshopSession, desk: Client) -> None:
    step = session.steps.get(kind="samples")
    address_of_step = f"/meetings/{session.public_id}/steps/{step.pk}/"
    assert desk.post(address_of_step, {"minutes": "4", "sample": "toporek-both"}).status_code == 302
    assert samples.sample_of(session.steps.get(kind="samples")).slug == "toporek-both"
    assert desk.post(address_of_step, {"minutes": "4", "sample": "no-such-sample"}).status_code == 422
    assert samples.sample_of(session.steps.get(kind="samples")).slug == "toporek-both"
