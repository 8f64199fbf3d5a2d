from typing import Any

from definitions.elements.queries import samples
from definitions.texts.tokens import word_count
from workshop.sessions.queries import Scene


def phone(scene: Scene) -> dict[str, Any]:
    assert scene.round
    taken = samples.taken_apart(scene.round)
    return {**_taken(taken), "practice": samples.practice(taken)}


def screen(scene: Scene) -> dict[str, Any]:
    assert scene.round
    return _taken(samples.taken_apart(scene.round))


def desk(scene: Scene) -> dict[str, Any]:
    assert scene.round
    return _taken(samples.taken_apart(scene.round))


def _taken(taken: samples.TakenApart) -> dict[str, Any]:
    return {"taken": taken, "words": word_count(taken.sample.text)}
