from typing import Any

from definitions.proposals import queries
from definitions.proposals.models import Option
from definitions.proposals.paging import MOST_SENTENCES
from workshop.sessions.queries import Scene

from .propose import are_long

FEW = 7  # with fewer answers a result can be guessed back to people, and we say so


def phone(scene: Scene) -> dict[str, Any]:
    return {"options": scene.once(_options), "secret": scene.session.secret, **scene.once(_result)}


def screen(scene: Scene) -> dict[str, Any]:
    options = scene.once(_options)
    return {
        "options": options,
        "long": are_long([option.text.words for option in options]),
        "too_many": len(options) > MOST_SENTENCES,
        **scene.once(_result),
    }


def desk(scene: Scene) -> dict[str, Any]:
    assert scene.round
    return {"options": scene.once(_options), "tied": queries.is_tied(scene.round), **scene.once(_result)}


def _options(scene: Scene) -> list[Option]:
    assert scene.round
    return list(queries.options_of(scene.round))


def _result(scene: Scene) -> dict[str, Any]:
    assert scene.round
    result = queries.result_of(scene.round)
    placed = queries.placed(scene.round, result)
    leaders = [entry for entry in placed if entry.leads]
    shown = [entry for entry in placed if entry.support or entry.leads][: queries.SHOWN_IN_RESULT]
    return {
        "placed": shown,
        "leaders": leaders,
        "leads": len(leaders),
        "rest": len(placed) - len(shown),
        "ballots": result.ballots if result else 0,
        "hands": result.hands if result else 0,
        "verdict": getattr(scene.round, "verdict", None) if result else None,
        "small_room": result is not None and result.ballots < FEW,
        "run_off": queries.is_run_off(scene.round),
    }
