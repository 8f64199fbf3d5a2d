from typing import Any

from definitions.cards.queries import counted_cards
from definitions.proposals import commands, queries
from definitions.proposals.models import Proposal
from workshop.sessions.queries import Scene, result_round

FEW = 6  # sentences that stand large
LONG = 35  # words in a sentence that needs a smaller type
CROWDED = 200  # words on a page that needs it
SAMPLE_WORDS = 18


def phone(scene: Scene) -> dict[str, Any]:
    assert scene.step and scene.round
    return {
        "proposals": queries.revealed_proposals(scene.round),
        "look_first": scene.step.setting("look_first"),
        "ruler": scene.step.setting("ruler"),
        "sample_words": SAMPLE_WORDS,
        "longest": commands.MAX_LENGTH,
        "words_to_tap": _words_to_tap(scene),
    }


def screen(scene: Scene) -> dict[str, Any]:
    assert scene.round
    shown = queries.page_of_proposals(scene.round)
    words = [proposal.text.words for _number, proposal in shown if proposal.text]
    return {
        "proposals": shown,
        "total": queries.revealed_proposals(scene.round).count(),
        "few": len(shown) <= FEW and scene.pages == 1,
        "long": are_long(words),
    }


def are_long(words: list[int]) -> bool:
    """Whether sentences of so many words need the screen's smaller type."""
    return max(words, default=0) > LONG or sum(words) > CROWDED


def desk(scene: Scene) -> dict[str, Any]:
    assert scene.step and scene.round
    on_the_desk = list(queries.on_the_desk(scene.round))
    return {
        "proposals": [proposal for proposal in on_the_desk if proposal.state != Proposal.State.LATE],
        "late": [proposal for proposal in on_the_desk if proposal.state == Proposal.State.LATE],
        "look_first": scene.step.setting("look_first"),
        "few": scene.round.is_open and queries.sent_count(scene.round) < 3 and scene.present > 0,
    }


def _words_to_tap(scene: Scene) -> list[str]:
    """The key words that were revealed, for whoever doesn't know how to begin."""
    for step in scene.earlier_steps:
        if step.kind == "key-words":
            round_ = result_round(step)
            return [entry.body for entry in counted_cards(round_)[:24]] if round_ else []
    return []
