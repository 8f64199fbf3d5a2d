"""The lines of Close: who holds which piece, what was written, what was picked."""

from dataclasses import dataclass
from typing import Any

from workshop.sessions.kinds import Ids
from workshop.sessions.models import Round, WorkshopSession

from ..models import Element, Line
from ..sharing import share
from .sets import elements_of

KIND = "close"  # the kind of step in which they are written


@dataclass(frozen=True)
class Lines:
    """What was written for one element."""

    element: Element
    lines: list[Line]

    @property
    def picked(self) -> Line | None:
        return next((line for line in self.lines if line.picked), None)


def piece_of(round_: Round, seat: int) -> Element | None:
    """The element that the person in a seat holds: as many people for each as can be."""
    if round_.step.kind != KIND:
        return None
    elements = elements_of(round_.step.session)
    return elements[share(seat - 1, len(elements), 1)[0]] if elements else None


def lines_of(round_: Round) -> list[Lines]:
    """For each element of the meeting, in its order, even where nobody wrote one."""
    written = list(round_.lines.select_related("text"))
    return [
        Lines(element, [line for line in written if line.element_id == element.pk])
        for element in elements_of(round_.step.session)
    ]


def my_piece(round_: Round, participant_ids: Ids) -> dict[int, dict[str, Any]]:
    """For each the element that is theirs, and their line if they have written one."""
    elements = elements_of(round_.step.session)
    written = {
        line.participant_id: {"body": line.text.body, "picked": line.picked}
        for line in round_.lines.filter(participant_id__in=participant_ids).select_related("text")
    }
    people = round_.step.session.participants.filter(pk__in=participant_ids).values_list("pk", "seat")
    return {
        pk: {"piece": elements[share(seat - 1, len(elements), 1)[0]].pk, "line": written.get(pk)}
        for pk, seat in people
        if elements
    }


def picked_lines(session: WorkshopSession) -> dict[str, str]:
    """Element key → the line that was picked for it; of several rounds the latest says."""
    rows = Line.objects.filter(round__step__session=session, picked=True).select_related("element", "text", "round")
    return {line.element.key: line.text.body for line in sorted(rows, key=lambda line: line.round_id)}
