from typing import Any

from definitions.elements.queries import samples
from definitions.texts.tokens import word_count
from workshop.sessions.queries import Scene


def phone(scene: Scene) -> dict[str, Any]:
    taken = scene.once(_taken)
    return {**taken, "practice": samples.practice(taken["taken"])}


def screen(scene: Scene) -> dict[str, Any]:
    return scene.once(_taken)


def desk(scene: Scene) -> dict[str, Any]:
    return scene.once(_taken)


def _taken(scene: Scene) -> dict[str, Any]:
    assert scene.round
    taken = samples.taken_apart(scene.round)
    return {"taken": taken, "words": word_count(taken.sample.text)}
