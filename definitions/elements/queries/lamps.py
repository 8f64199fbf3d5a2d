"""What the room sees in the draft: counts and places for everyone, one's own tags for each. Never who sees what."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.cache import cache

from definitions.drafting.queries import draft_of, read_rows
from workshop.sessions.kinds import Ids
from workshop.sessions.models import Round, Step

from .. import lamps as rules
from ..models import DraftTag, Element
from ..places import Place, Wording, follow, gains_words
from .sets import own_elements

REMEMBERED = 3600  # seconds that a draft's places are kept at hand; whoever has lost them works them out again
MORE_WORDS = 24  # units that what stands in the place of some words may be longer than twice them, to be theirs


@dataclass(frozen=True)
class Lamp:
    element: Element
    sees: int
    answered: int
    changed: int  # saw it in words that have changed since, and are asked once more
    left_out: bool
    state: rules.State

    @property
    def needed(self) -> int:
        return rules.needed(self.answered)


class Seen:
    """A draft as the room sees it now. Read once per drawing, never kept."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.draft = draft_of(step) if step.setting("lamps") else None
        self.elements = own_elements(step.session) if self.draft else []

    @cached_property
    def tags(self) -> list[DraftTag]:
        """Of everyone but who was removed. What came after the text was read waits for the next look."""
        if self.draft is None:
            return []
        return list(self.draft.tags.filter(participant__removed_at__isnull=True, version__lte=self.draft.version))

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.draft.body if self.draft else "")

    @cached_property
    def places(self) -> dict[int, Place]:
        """Tag → where its words, or what came in their place, are now."""
        if self.draft is None:
            return {}
        key = f"places:{self.step.session.public_id}:{self.draft.pk}"
        known: Mapping[tuple[int, int, int], tuple[int, Place]] = cache.get(key) or {}
        places: dict[tuple[int, int, int], tuple[int, Place]] = {}
        for tag in self._here:
            span = tag.version, tag.start, tag.end
            upto, place = known.get(span, (tag.version, Place(tag.start, tag.end)))
            places[span] = (upto, place) if upto <= self.draft.version else (tag.version, Place(tag.start, tag.end))
        after = min((upto for upto, _place in places.values()), default=self.draft.version)
        rows = read_rows(self.draft, after, self.draft.version)
        for span, (upto, place) in places.items():
            for row in rows[upto - after :]:
                place = follow(place, row.changes)
            places[span] = self.draft.version, place
        if places and places != known:
            cache.set(key, places, REMEMBERED)
        return {tag.pk: places[tag.version, tag.start, tag.end][1] for tag in self._here}

    @cached_property
    def standing(self) -> dict[int, tuple[int, int]]:
        """Tag → where its words stand; without those whose words have changed."""
        found = ((tag.pk, self.wording.standing(self.places[tag.pk], tag.quotation)) for tag in self._here)
        return {pk: span for pk, span in found if span is not None}

    @property
    def _here(self) -> list[DraftTag]:
        return [tag for tag in self.tags if tag.says == DraftTag.Says.HERE]

    @cached_property
    def lamps(self) -> list[Lamp]:
        left_out = set(self.draft.left_out.values_list("element_id", flat=True)) if self.draft else set()
        found = []
        for element in self.elements:
            mine = [tag for tag in self.tags if tag.element_id == element.pk]
            sees = sum(tag.pk in self.standing for tag in mine)
            answered = sees + sum(tag.says == DraftTag.Says.NOT_HERE for tag in mine)
            out = element.pk in left_out
            state = rules.state_of(sees, answered, left_out=out)
            found.append(Lamp(element, sees, answered, len(mine) - answered, out, state))
        return found

    @property
    def complete(self) -> int:
        return rules.complete([lamp.state for lamp in self.lamps])

    @property
    def missing(self) -> Element | None:
        """The first piece that is still looked for."""
        return next((lamp.element for lamp in self.lamps if lamp.state in ("part", "out")), None)

    def spans_of(self, element: Element) -> list[tuple[int, int]]:
        """Where those who see it see it, one span a person."""
        tagged = (tag for tag in self.tags if tag.element_id == element.pk)
        return [self.standing[tag.pk] for tag in tagged if tag.pk in self.standing]

    @cached_property
    def strokes(self) -> list[rules.Stroke[Element]]:
        """The words that carry the elements that are lit."""
        lit = [(lamp.element, self.spans_of(lamp.element)) for lamp in self.lamps if lamp.state == "lit"]
        return rules.strokes(self.wording.words, lit)


def mine(round_: Round, participant_ids: Ids) -> dict[int, dict[str, Any]]:
    """What each has said of the draft, element by element; where their words have changed, what stands there now."""
    seen = Seen(round_.step)
    if seen.draft is None:
        return {}
    said: dict[int, list[dict[str, Any]]] = {participant_id: [] for participant_id in participant_ids}
    grown = _grown(seen)
    for tag in seen.tags:
        if tag.participant_id in said:
            said[tag.participant_id].append(_own(seen, tag, grown))
    return {pk: {"tags": tags} for pk, tags in said.items()}


def _own(seen: Seen, tag: DraftTag, grown: int) -> dict[str, Any]:
    own: dict[str, Any] = {"element": tag.element_id, "says": tag.says}
    if tag.says == DraftTag.Says.NOT_HERE:
        return {**own, "again": tag.version < grown}
    own["words"] = tag.quotation
    if seen.draft is not None and tag.pk not in seen.standing:
        place = seen.places[tag.pk]
        now = seen.wording.words_at(place.start, place.end)
        start, end = now or (0, 0)
        if end - start > 2 * len(tag.quotation) + MORE_WORDS:  # written anew: nothing stands in their place
            start = end = 0
        own |= {"changed": True, "now": seen.wording[start:end], "version": seen.draft.version}
        own |= {"start": start, "end": end}
    return own


def _grown(seen: Seen) -> int:
    """The version in which words last came to the draft: who said *not here* before it may see it now."""
    said = [tag.version for tag in seen.tags if tag.says == DraftTag.Says.NOT_HERE]
    if seen.draft is None or not said:
        return 0
    first = min(said)
    rows = read_rows(seen.draft, first, seen.draft.version)
    return max((first + number for number, row in enumerate(rows, start=1) if gains_words(row.changes)), default=0)


def draft_elements(round_: Round) -> dict[str, Any]:
    """What a round of the draft adds to the report: each element, who many see it, and in which words."""
    seen = Seen(round_.step)
    if not seen.elements:
        return {}
    return {
        "elements": [
            {
                "name": lamp.element.name,
                "phrase": lamp.element.phrase,
                "letter": lamp.element.letter,
                "hue": lamp.element.hue,
                "state": lamp.state,
                "sees": lamp.sees,
                "answered": lamp.answered,
                "spans": [
                    {"start": stroke.start, "end": stroke.end, "words": seen.wording[stroke.start : stroke.end]}
                    for stroke in rules.strokes(seen.wording.words, [(lamp.element, seen.spans_of(lamp.element))])
                ],
            }
            for lamp in seen.lamps
        ]
    }
