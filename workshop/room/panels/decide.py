from typing import Any

from definitions.decisions.commands.deciding import MOST_WORDS
from definitions.decisions.queries import deciding as queries
from definitions.decisions.rules import FEW
from definitions.decisions.wording import REASONS, SHARES
from definitions.texts.tokens import pieces, word_count
from workshop.sessions.queries import Scene

MOST_PINS = 6  # on the screen; the phones have all
LONG = 30  # words in a sentence that needs a smaller type


def phone(scene: Scene) -> dict[str, Any]:
    decision = scene.once(_decision)
    return {
        **decision,
        "pieces": pieces(decision["decision"].body),
        "reasons": REASONS.items(),
        "longest": MOST_WORDS,
        "few_here": scene.present < FEW,
    }


def screen(scene: Scene) -> dict[str, Any]:
    decision = scene.once(_decision)
    return {
        **decision,
        "pins_shown": decision["pins"][:MOST_PINS],
        "pins_left": len(decision["pins"]) - MOST_PINS,
    }


def desk(scene: Scene) -> dict[str, Any]:
    return scene.once(_decision)


def _decision(scene: Scene) -> dict[str, Any]:
    """What is decided on and by which rule; how far the room agrees, once that is revealed."""
    assert scene.round
    decision = queries.decision_of(scene.round)
    assert decision is not None
    result = queries.outcome_of(decision)
    pins = queries.pins_of(decision)
    rows = queries.rows_of(decision, result)
    return {
        "decision": decision,
        "threshold": SHARES[decision.threshold],
        "turnout": SHARES[decision.turnout],
        "rows": rows,
        "bars": range(len(rows) - 1),
        "long": word_count(decision.body) > LONG,
        "result": result,
        "in_short": queries.in_short(result) if result is not None else "",
        "pins": pins,
        "parts": queries.pinned(decision.body, pins),
        "again": scene.round.number > 1,
    }
