from typing import Any

from definitions.elements.queries.lines import picked_lines
from definitions.elements.queries.marks import marks_of
from definitions.elements.queries.sets import elements_of
from workshop.sessions.models import Round, Step, WorkshopSession
from workshop.sessions.queries import result_round, source_of

from ..models import AgreedDefinition, Closing, Decision
from .deciding import decision_of, outcome_of, settled_count, text_to_decide

SCHEMA_VERSION = 1


def closing_of(round_: Round) -> Closing | None:
    return Closing.objects.filter(round=round_).first()


def agreed_of(session: WorkshopSession) -> AgreedDefinition | None:
    return AgreedDefinition.objects.select_related("text").filter(session=session).first()


def taken(step: Step, *, from_draft: bool = False) -> tuple[str, int | None, Decision | None]:
    """The text that Close takes, the draft version it is of, and the decision that it was taken by.

    Clean, as it will be when the desk sends it back. `from_draft`: pass by what was decided, to the text of now.
    """
    decision = decision_before(step)
    if decision is not None and not from_draft:
        return decision.body, decision.draft_version, decision
    body, draft = text_to_decide(decision.round.step if decision is not None else step)
    return body, draft.version if draft else None, None


def decision_before(step: Step) -> Decision | None:
    """The newest revealed decision that Close goes by."""
    source = source_of(step)
    round_ = result_round(source) if source is not None and source.kind == "decide" else None
    return decision_of(round_) if round_ is not None else None


def is_overtaken(round_: Round) -> bool:
    """The room has decided once more since this Close was opened: it begins anew, with that text."""
    decision = decision_before(round_.step)
    revealed = decision.round.revealed_at if decision is not None else None
    return revealed is not None and revealed > round_.opened_at


def endings(closing: Closing) -> list[AgreedDefinition.Outcome]:
    """How the meeting can end, the one that follows from the decision first. None says more than what was agreed.

    Where the room has not decided on this text, though it was to, nothing was agreed; an agenda without Decide goes by
    the reading aloud.
    """
    outcome = AgreedDefinition.Outcome
    open_ones = [outcome.WORKING_SENTENCE, outcome.FACILITATORS_CALL]
    if closing.decision is None:
        to_decide = closing.round.step.session.steps.filter(
            kind="decide", position__lt=closing.round.step.position
        ).exists()
        return open_ones if to_decide else [outcome.AGREED, outcome.WITH_RESERVATIONS, *open_ones]
    result = outcome_of(closing.decision)
    if result is None or not result.reached:
        return open_ones
    if result.ending(settled_count(closing.decision)) == "agreed":
        return [outcome.AGREED, *open_ones]
    return [outcome.WITH_RESERVATIONS, *open_ones]


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
