from typing import Any

from definitions.decisions import queries
from definitions.decisions.models import AgreedDefinition
from definitions.texts.tokens import word_count
from workshop.sessions.queries import Scene


def phone(scene: Scene) -> dict[str, Any]:
    return _closing(scene)


def screen(scene: Scene) -> dict[str, Any]:
    return _closing(scene)


def desk(scene: Scene) -> dict[str, Any]:
    return {
        **_closing(scene),
        "outcomes": [
            (AgreedDefinition.Outcome.AGREED.value, AgreedDefinition.Outcome.AGREED.label),
            (AgreedDefinition.Outcome.WORKING_SENTENCE.value, AgreedDefinition.Outcome.WORKING_SENTENCE.label),
        ],
        "on_poster": scene.session.participants.filter(on_poster=True, removed_at__isnull=True).count(),
    }


def _closing(scene: Scene) -> dict[str, Any]:
    assert scene.round
    closing = queries.closing_of(scene.round)
    body = closing.body if closing else ""
    return {"closing": closing, "words": word_count(body), "body": body}
