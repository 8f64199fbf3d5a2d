"""Pages and polls of the same audience that come at the same time share one drawing.

It begins after the last of them has asked, so nobody is shown what was true before they asked. A department that scans
the code, or comes back after a restart, costs a few drawings and not one each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.shortcuts import get_object_or_404

from workshop.live.room import Panel
from workshop.live.sockets import Audience
from workshop.sessions.models import WorkshopSession
from workshop.sessions.queries import Scene

from .panels import draw_panels
from .together import Together


@dataclass(frozen=True)
class Drawn:
    """Panels, and the meeting as it was read before they were drawn."""

    session: WorkshopSession
    panels: dict[str, Panel]


def drawn_for(session_id: int, audience: Audience) -> Drawn:
    """As it is now, or a little later. Raises Http404 where there is no such meeting any more."""
    return _drawings.ask((session_id, audience), None)


def _draw(session_id: int, audience: Audience) -> Drawn:
    session = get_object_or_404(WorkshopSession.objects.select_related("current_step"), pk=session_id)
    return Drawn(session, draw_panels(Scene.of(session), audience))


def _draw_for(key: tuple[int, Audience], askers: Sequence[None]) -> list[Drawn]:
    return [_draw(*key)] * len(askers)


_drawings: Together[tuple[int, Audience], None, Drawn] = Together(_draw_for)
