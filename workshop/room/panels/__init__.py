"""What an audience may see, decided here and nowhere else: for each step kind a module with a function a view.

A panel is a named region of a page: one template, drawn once for everyone of an audience. It holds nothing personal,
no token and no clock; ids inside it contain the round's id, so that a morph never keeps one step's typing in the next.
"""

from types import ModuleType
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from workshop import metrics
from workshop.live.frames import panel_hash
from workshop.live.room import Panel
from workshop.live.sockets import Audience
from workshop.sessions.models import Participant
from workshop.sessions.queries import Scene

from . import after, close, decide, draft, key_words, names, propose, samples, surroundings, tag, vote, welcome

BY_KIND: dict[str, ModuleType] = {
    "welcome": welcome,
    "key-words": key_words,
    "samples": samples,
    "propose": propose,
    "vote": vote,
    "tag": tag,
    "draft": draft,
    "decide": decide,
    "close": close,
}

NAMES = {
    "phone": ("bar", "stage"),
    "screen": ("wall",),
    "desk": ("door", "agenda", "lead", "show", "people", "foot"),
}


def draw_panels(scene: Scene, audience: Audience) -> dict[str, Panel]:
    """Every panel of a view of a meeting, as it is now."""
    with metrics.PANEL_SECONDS.labels(audience.view).time():
        panels = _drawn(scene, audience)
    metrics.PANELS.labels(audience.view).inc(len(panels))
    return panels


def _drawn(scene: Scene, audience: Audience) -> dict[str, Panel]:
    module, folder = _module(scene)
    with override(audience.language):
        context: dict[str, Any] = {
            **surroundings.context(scene, audience.view),
            **getattr(module, audience.view)(scene),
            "kind_template": f"room/{folder}/_{audience.view}.html",
        }
        panels = {}
        for name in NAMES[audience.view]:
            html = render_to_string(f"room/{audience.view}/_{name}.html", context).strip()
            panels[name] = Panel(html, panel_hash(html))
    return panels


def _module(scene: Scene) -> tuple[ModuleType, str]:
    if scene.session.ended_at is not None:
        return after, "after"
    if scene.step is None:
        return welcome, "welcome"
    return BY_KIND[scene.step.kind], scene.step.kind.replace("-", "_")


def name_for_others(participant: Participant) -> str:
    """What everyone may read as someone's name; empty where names are not shown, or hidden for this one."""
    return names.name_for_everyone(participant)


__all__ = ["draw_panels", "name_for_others"]
