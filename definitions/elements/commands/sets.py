from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from workshop.errors import Refused
from workshop.sessions.access import Actor, must_facilitate
from workshop.sessions.commands.changing import changing
from workshop.sessions.models import Round, WorkshopSession

from .. import published
from ..models import Element, ElementSet
from ..queries.sets import copies, elements_of, in_use, set_slug

MOST_ELEMENTS = len(Element.Hue)


def take_set(session: WorkshopSession, *, actor: Actor, slug: str) -> ElementSet:
    """Begin with a published set; what was there before is replaced."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        _must_be_unused(locked)
        return _replace(locked, slug, copies(published.set_named(slug)))


def change_elements(session: WorkshopSession, *, actor: Actor, elements: Sequence[dict[str, Any]]) -> ElementSet:
    """Make the set the team's own. Each has name, phrase, question, explanation and hue; `key`: which one it was."""
    must_facilitate(actor, session)
    if not 1 <= len(elements) <= MOST_ELEMENTS:
        raise Refused("how-many", _("A set has one to %(most)d elements.") % {"most": MOST_ELEMENTS})
    if len({element["hue"] for element in elements}) < len(elements):
        raise Refused("same-hue", _("Give each element a color of its own."))
    with changing(session) as locked:
        _must_be_unused(locked)
        known = {row.key for row in elements_of(locked)}
        rows: list[Element] = []
        for position, element in enumerate(elements, start=1):
            key, taken = element.get("key", ""), {row.key for row in rows}
            words = {name: element[name] for name in ("name", "phrase", "question", "explanation", "hue")}
            rows.append(
                Element(
                    key=key if key in known - taken else _free(f"own-{position}", taken | known),
                    position=position,
                    letter=_letter(element["name"], {row.letter for row in rows}),
                    **words,
                )
            )
        return _replace(locked, set_slug(locked), rows)


def copy_once(round_: Round) -> None:
    """When the first step that uses elements opens, they become the meeting's own and stand."""
    session = round_.step.session
    if not ElementSet.objects.filter(session=session).exists():
        _replace(session, published.DEFAULT_SET.slug, copies(published.DEFAULT_SET))


def copy_from(earlier: WorkshopSession, session: WorkshopSession) -> None:
    """Inside the command that makes a new version of a meeting: it looks for the same elements."""
    rows = list(Element.objects.filter(element_set__session=earlier))
    if rows:
        for row in rows:
            row.pk = None
        _replace(session, set_slug(earlier), rows)


def _replace(session: WorkshopSession, slug: str, rows: Sequence[Element]) -> ElementSet:
    ElementSet.objects.filter(session=session).delete()
    element_set = ElementSet.objects.create(session=session, slug=slug)
    for row in rows:
        row.element_set = element_set
    Element.objects.bulk_create(rows)
    return element_set


def _must_be_unused(session: WorkshopSession) -> None:
    if in_use(session):
        raise Refused("in-use", _("The room has begun to work with these elements; they stand for this meeting."))


def _letter(name: str, taken: set[str]) -> str:
    """The first letter of the name that is still free; it stands beside the color wherever the element is marked."""
    letters = [letter.upper() for letter in name if letter.isalpha() and len(letter.upper()) == 1]
    return next((letter for letter in [*letters, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"] if letter not in taken), "?")


def _free(key: str, taken: set[str]) -> str:
    number = 1
    while (candidate := key if number == 1 else f"{key}-{number}") in taken:
        number += 1
    return candidate
