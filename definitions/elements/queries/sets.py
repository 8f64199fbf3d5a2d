"""The elements that a meeting looks for."""

from workshop.sessions.models import Round, WorkshopSession

from .. import published
from ..models import Element, ElementSet

USED_IN = ("samples", "tag", "draft", "close")  # the kinds of steps that work with elements


def set_slug(session: WorkshopSession) -> str:
    chosen = ElementSet.objects.filter(session=session).values_list("slug", flat=True).first()
    return chosen or published.DEFAULT_SET.slug


def elements_of(session: WorkshopSession) -> list[Element]:
    """The meeting's own; until it has any, those of the default set, not saved."""
    return own_elements(session) or copies(published.DEFAULT_SET)


def own_elements(session: WorkshopSession) -> list[Element]:
    """Those that the room works with: saved, and standing."""
    return list(Element.objects.filter(element_set__session=session))


def in_use(session: WorkshopSession) -> bool:
    """Whether the room has begun to work with them: from then on they stand."""
    return Round.objects.filter(step__session=session, step__kind__in=USED_IN).exists()


def copies(of: published.PublishedSet) -> list[Element]:
    """The elements of a published set as rows that are not saved yet, in the language of now."""
    return [
        Element(
            key=element.key,
            position=position,
            letter=element.letter,
            hue=element.hue,
            name=str(element.name),
            phrase=str(element.phrase),
            question=str(element.question),
            explanation=str(element.explanation),
        )
        for position, element in enumerate(of.elements, start=1)
    ]
