from typing import Any

from definitions.cards import commands, queries
from workshop.sessions.queries import Scene


def phone(scene: Scene) -> dict[str, Any]:
    assert scene.step and scene.round
    return {
        "cards": queries.counted_cards(scene.round),
        "look_first": scene.step.setting("look_first"),
        "longest": commands.MAX_LENGTH,
        "most": commands.MAX_CARDS,
    }


def screen(scene: Scene) -> dict[str, Any]:
    assert scene.round
    return {"cards": queries.page_of_cards(scene.round)}


def desk(scene: Scene) -> dict[str, Any]:
    assert scene.step and scene.round
    return {"cards": queries.on_the_desk(scene.round), "look_first": scene.step.setting("look_first")}
