"""Pages and polls of the same audience that come at the same time share one drawing.

It begins after the last of them has asked, so nobody is shown what was true before they asked. A department that scans
the code, or comes back after a restart, costs a few drawings and not one each.
"""

from collections.abc import Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Lock

from django.shortcuts import get_object_or_404

from workshop.live.room import Panel
from workshop.live.sockets import Audience
from workshop.sessions.models import WorkshopSession
from workshop.sessions.queries import Scene

from .panels import draw_panels


@dataclass(frozen=True)
class Drawn:
    """Panels, and the meeting as it was read before they were drawn."""

    session: WorkshopSession
    panels: dict[str, Panel]


_lock = Lock()
_running: dict[Hashable, Future[Drawn]] = {}
_next: dict[Hashable, Future[Drawn]] = {}  # not begun: one may still join


def drawn_for(session_id: int, audience: Audience) -> Drawn:
    """As it is now, or a little later. Raises Http404 where there is no such meeting any more."""
    key = (session_id, audience)
    with _lock:
        running, joined = _running.get(key), _next.get(key)
        ours = joined or _next.setdefault(key, Future())
    if joined is not None:
        return joined.result()
    if running is not None:
        wait([running])
    with _lock:
        _running[key] = _next.pop(key)
    try:
        ours.set_result(_draw(session_id, audience))
    except BaseException as error:
        ours.set_exception(error)
    finally:
        with _lock:
            if _running.get(key) is ours:
                del _running[key]
    return ours.result()


def _draw(session_id: int, audience: Audience) -> Drawn:
    session = get_object_or_404(WorkshopSession.objects.select_related("current_step"), pk=session_id)
    return Drawn(session, draw_panels(Scene.of(session), audience))
