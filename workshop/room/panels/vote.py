from typing import Any

from definitions.proposals import queries
from definitions.proposals.paging import MOST_SENTENCES
from workshop.sessions.queries import Scene

from .propose import are_long

FEW = 7  # with fewer answers a result can be guessed back to people, and we say so


def phone(scene: Scene) -> dict[str, Any]:
    assert scene.round
    return {"options": queries.options_of(scene.round), "secret": scene.session.secret, **_result(scene)}


def screen(scene: Scene) -> dict[str, Any]:
    assert scene.round
    options = list(queries.options_of(scene.round))
    return {
        "options": options,
        "long": are_long([option.text.words for option in options]),
        "too_many": len(options) > MOST_SENTENCES,
        **_result(scene),
    }


def desk(scene: Scene) -> dict[str, Any]:
    assert scene.round
    return {
        "options": queries.options_of(scene.round),
        "tied": queries.is_tied(scene.round),
        "leaders": [entry for entry in queries.placed(scene.round) if entry.leads],
        **_result(scene),
    }


def _result(scene: Scene) -> dict[str, Any]:
    assert scene.round
    placed = queries.placed(scene.round)
    result = queries.result_of(scene.round)
    shown = [entry for entry in placed if entry.support or entry.leads][: queries.SHOWN_IN_RESULT]
    return {
        "placed": shown,
        "leads": sum(entry.leads for entry in placed),
        "rest": len(placed) - len(shown),
        "ballots": result.ballots if result else 0,
        "hands": result.hands if result else 0,
        "verdict": getattr(scene.round, "verdict", None),
        "small_room": result is not None and result.ballots < FEW,
        "run_off": queries.is_run_off(scene.round),
    }
