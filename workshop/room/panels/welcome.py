from typing import Any

from workshop.sessions.queries import Scene

from .names import name_for_everyone


def phone(scene: Scene) -> dict[str, Any]:
    first = scene.steps[1] if len(scene.steps) > 1 and scene.step is None else scene.next_step
    return {"while_waiting": first.words if first and first.kind == "key-words" else ""}


def screen(scene: Scene) -> dict[str, Any]:
    names = [name_for_everyone(person) for person in scene.people]
    return {"names": [name for name in names if name]}


def desk(scene: Scene) -> dict[str, Any]:
    return {}
