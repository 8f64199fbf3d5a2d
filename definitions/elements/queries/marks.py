"""Which words of a final text carry which element."""

from definitions.drafting.models import Draft
from workshop.sessions.models import WorkshopSession

from ..models import Element
from ..places import Place, Wording
from .lamps import Seen

MENDED = 8  # units that mended spelling before a word may move it by, beside what the whole text has grown or shrunk


def marks_of(session: WorkshopSession, body: str) -> list[tuple[int, int, Element]]:
    """(start, end, element) in UTF-16 units of `body`, in its order: what the room marked in its last draft.

    A text whose spelling was put right keeps the marks of the words that are the same: at their place, or near it.
    """
    draft = Draft.objects.filter(step__session=session).select_related("step").order_by("step__position").last()
    if draft is None:
        return []
    seen, final = Seen(draft.step), Wording(body)
    moved = abs(len(final.units) - len(seen.wording.units)) + MENDED
    found = []
    for stroke in seen.strokes:
        place = Place(max(0, stroke.start - moved), stroke.end + moved)
        span = _nearest(final, seen.wording[stroke.start : stroke.end], stroke.start, place)
        if span is not None:
            found += [(*span, element) for element in stroke.marks]
    return found


def _nearest(final: Wording, words: str, start: int, place: Place) -> tuple[int, int] | None:
    exact = final.standing(Place(start, start), words)
    if exact is not None and exact[0] == start:
        return exact
    span = final.standing(place, words)
    return span if span is not None and place.start <= span[0] and span[1] <= place.end else None
