from typing import Any

from definitions.elements.queries import tagging
from definitions.elements.queries.sets import elements_of
from definitions.texts.tokens import pieces
from workshop.sessions.queries import Scene

from .vote import FEW

LONG = 24  # words in a sentence that needs a smaller type


def phone(scene: Scene) -> dict[str, Any]:
    assert scene.round
    return {
        "texts": [(text, pieces(text.body)) for text in tagging.texts_of(scene.round)],
        "elements": elements_of(scene.session),
        **scene.once(_seen),
    }


def screen(scene: Scene) -> dict[str, Any]:
    assert scene.round
    return {"texts": tagging.texts_of(scene.round), **scene.once(_seen)}


def desk(scene: Scene) -> dict[str, Any]:
    assert scene.round
    return {"readers": tagging.readers_of(scene.round), **scene.once(_seen)}


def _seen(scene: Scene) -> dict[str, Any]:
    """What the room saw in the sentence of this page, once it is revealed."""
    assert scene.round
    pages = tagging.pages(scene.round)
    (seen,) = tagging.seen_in(scene.round, min(scene.round.page, pages)) or (None,)
    return {
        "seen": seen,
        "several": pages > 1,
        "long": seen is not None and seen.text.words > LONG,
        "small_room": seen is not None and seen.heat.readers < FEW,
    }
