from typing import Any

from definitions.drafting.queries import draft_of
from definitions.elements.queries.lines import picked_lines
from definitions.elements.queries.marks import marks_of
from definitions.elements.queries.sets import elements_of
from definitions.proposals.queries import chosen_for
from workshop.plain_text import clean
from workshop.sessions.models import Round, Step, WorkshopSession
from workshop.sessions.queries import source_of

from .models import AgreedDefinition, Closing

SCHEMA_VERSION = 1


def closing_of(round_: Round) -> Closing | None:
    return Closing.objects.filter(round=round_).first()


def agreed_of(session: WorkshopSession) -> AgreedDefinition | None:
    return AgreedDefinition.objects.select_related("text").filter(session=session).first()


def text_to_close(step: Step) -> tuple[str, int | None]:
    """The text that Close takes, and the draft version it is of. Clean, as it will be when the desk sends it back."""
    source = source_of(step)
    if source is not None and (draft := draft_of(source)) is not None:
        return clean(draft.body, lines=True), draft.version
    return "\n".join(chosen.text.body for chosen in chosen_for(step)), None


def record(session: WorkshopSession, body: str) -> dict[str, Any]:
    """What is frozen with the agreed definition: texts, tallies, rounds and seats; no names, nothing unrevealed."""
    steps = []
    for step in session.steps.all():
        rounds = []
        for round_ in step.rounds.select_related("step"):
            if step.of_kind.reveals and not round_.is_revealed:
                continue
            rounds.append(
                {
                    "number": round_.number,
                    "opened_at": round_.opened_at.isoformat(),
                    "revealed_at": round_.revealed_at.isoformat() if round_.revealed_at else None,
                    "done": round_.done.count(),
                    **(step.of_kind.report(round_) or {}),
                }
            )
        steps.append({"kind": step.kind, "prompt": step.words, "minutes": step.minutes, "rounds": rounds})
    return {
        "schema": SCHEMA_VERSION,
        "started_at": session.started_at.isoformat() if session.started_at else None,
        "people": session.participants.filter(removed_at__isnull=True).count(),
        "elements": elements_record(session),
        "marks": [
            {"start": start, "end": end, "element": element.key} for start, end, element in marks_of(session, body)
        ],
        "steps": steps,
    }


def elements_record(session: WorkshopSession) -> list[dict[str, Any]]:
    """What the meeting looked for, each with the line that was picked for it, or an empty one."""
    lines = picked_lines(session)
    return [
        {
            "key": element.key,
            "letter": element.letter,
            "hue": element.hue,
            "name": element.name,
            "phrase": element.phrase,
            "line": lines.get(element.key, ""),
        }
        for element in elements_of(session)
    ]
