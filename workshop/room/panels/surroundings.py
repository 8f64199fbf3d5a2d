"""What the panels of every kind have around them: the meeting, the step, the counts, the way in."""

from typing import Any

from django.conf import settings

from workshop.sessions.models import WorkshopSession
from workshop.sessions.queries import Scene, result_round

from .desk import desk_context

MOST_LINES = 3


def context(scene: Scene, view: str) -> dict[str, Any]:
    session, round_ = scene.session, scene.round
    return {
        "scene": scene,
        "session": session,
        "step": scene.step,
        "round": round_,
        "kind": scene.kind,
        "prompt": scene.step.words if scene.step else "",
        "done": scene.done,
        "present": scene.present,
        "phase": phase(scene),
        "address": address(),
        "join_url": join_url(session),
        "customer": session.customer_word,
        **(desk_context(scene) if view == "desk" else {}),
        **({"so_far": so_far(scene)} if view == "phone" else {}),
    }


def phase(scene: Scene) -> str:
    """before, open, closed, revealed or after: what a template asks first."""
    if scene.session.ended_at is not None:
        return "after"
    if scene.round is None:
        return "before"
    if scene.round.is_revealed:
        return "revealed"
    return "open" if scene.round.is_open else "closed"


def address() -> str:
    """Where people go to type the code, as short as it can be said."""
    return settings.PUBLIC_URL.removeprefix("https://") if settings.DEPLOYED else lan_address()


def join_url(session: WorkshopSession) -> str:
    base = settings.PUBLIC_URL if settings.DEPLOYED else f"http://{lan_address()}"
    return f"{base}/j/{session.code}"


def lan_address() -> str:
    """This laptop as phones on the same Wi-Fi reach it; `manage.py serve` finds it out and tells us."""
    return settings.LAN_ADDRESS


def so_far(scene: Scene) -> list[str]:
    """Three lines at most for a latecomer: what came of the steps before this one, the latest of them."""
    lines: list[str] = []
    for step in scene.earlier_steps:
        if len(lines) < MOST_LINES and (round_ := result_round(step)):
            lines += filter(None, [step.of_kind.so_far(round_)])
    return lines[::-1]
