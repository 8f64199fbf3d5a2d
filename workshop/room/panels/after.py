"""The meeting is over: the agreed sentence, large."""

from typing import Any

from definitions.decisions.models import AgreedDefinition
from definitions.decisions.queries import closing as queries
from definitions.elements.models import Element
from definitions.elements.spans import Segment, Span, segments
from workshop.sessions.queries import Scene

from .names import name_for_everyone


def phone(scene: Scene) -> dict[str, Any]:
    return scene.once(_agreed)


def screen(scene: Scene) -> dict[str, Any]:
    return scene.once(_agreed)


def desk(scene: Scene) -> dict[str, Any]:
    return scene.once(_agreed)


def _agreed(scene: Scene) -> dict[str, Any]:
    signers = [
        name_for_everyone(person)
        for person in scene.session.participants.filter(on_poster=True, removed_at__isnull=True).select_related(
            "session"
        )
    ]
    agreed = queries.agreed_of(scene.session)
    found = _segments(agreed) if agreed else None
    return {
        "agreed": agreed,
        "segments": found,
        "lit": "".join(dict.fromkeys(mark.hue for segment in found or () for mark in segment.marks)),
        "signers": [name for name in signers if name],
        "people_count": scene.session.participants.filter(removed_at__isnull=True).count(),
    }


def _segments(agreed: AgreedDefinition) -> list[Segment[Element]] | None:
    """The sentence with the strokes that were sealed with it; None where it has none."""
    elements = {each["key"]: each for each in agreed.report.get("elements", ())}
    marks = [
        Span(mark["start"], mark["end"], Element(hue=of["hue"], letter=of["letter"]))
        for mark in agreed.report.get("marks", ())
        if (of := elements.get(mark["element"]))
    ]
    return segments(agreed.text.body, marks) if marks else None
