from typing import Any

from definitions.decisions.queries import closing as queries
from definitions.decisions.queries.deciding import in_short, is_overtaken, outcome_of
from definitions.elements.commands.lines import MAX_LENGTH
from definitions.elements.queries import lines
from definitions.elements.queries.marks import marks_of
from definitions.elements.spans import Span, segments
from definitions.texts.tokens import word_count
from workshop.sessions.queries import Scene


def phone(scene: Scene) -> dict[str, Any]:
    return {**scene.once(_closing), "longest": MAX_LENGTH}


def screen(scene: Scene) -> dict[str, Any]:
    return scene.once(_closing)


def desk(scene: Scene) -> dict[str, Any]:
    context = scene.once(_closing)
    closing = context["closing"]
    decision = closing.decision if closing else None
    result = outcome_of(decision) if decision else None
    return {
        **context,
        "outcomes": [(ending.value, ending.label) for ending in queries.endings(closing)] if closing else [],
        "decided": in_short(result) if result else "",
        "mended_since": decision is not None and is_overtaken(decision.round),
        "on_poster": scene.session.participants.filter(on_poster=True, removed_at__isnull=True).count(),
    }


def _closing(scene: Scene) -> dict[str, Any]:
    assert scene.round
    closing = queries.closing_of(scene.round)
    body = closing.body if closing else ""
    found = lines.lines_of(scene.round)
    marks = [Span(start, end, element) for start, end, element in marks_of(scene.session, body)]
    return {
        "closing": closing,
        "words": word_count(body),
        "body": body,
        "segments": segments(body, marks) if marks else None,
        "lines": found,
        "picked": [each for each in found if each.picked],
    }
