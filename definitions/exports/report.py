"""One frozen Report, from which every file is made. Names join here, as the meeting's setting allows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from definitions.decisions.models import AgreedDefinition
from definitions.decisions.wording import REASONS
from workshop.sessions.models import Participant, WorkshopSession


@dataclass(frozen=True)
class Report:
    """What a meeting agreed on and how it came about. Everything in it was on the screen."""

    title: str
    customer_word: str
    text: str
    words: int
    outcome: str
    outcome_label: str
    agreed_at: datetime
    started_at: str | None
    people: int
    signers: tuple[str, ...]
    names: dict[int, str]  # seat → name, of those who asked for theirs to be shown: reveals promised "without names"
    steps: tuple[dict[str, Any], ...]
    elements: tuple[dict[str, Any], ...] = ()  # key, letter, hue, name, phrase, and the line that was picked or ""
    marks: tuple[dict[str, Any], ...] = ()  # start, end (UTF-16 units of the text), element (its key)
    whose: tuple[dict[str, Any], ...] = ()  # units, seat: the text in runs, as far as it is the draft's; 0: facilitator
    reservations: tuple[dict[str, Any], ...] = ()  # quotation, says: what stayed open and may be printed, nameless
    version_of: str | None = None
    rehearsal: bool = False  # simulated people had their hands in it: it is nobody's definition
    schema: int = 1
    session_id: str = ""


def report_of(agreed: AgreedDefinition) -> Report:
    session = agreed.session
    everyone = list(session.participants.filter(removed_at__isnull=True))
    shown = session.names_shown == WorkshopSession.NamesShown.ALL
    return Report(
        title=session.title,
        customer_word=session.customer_word,
        text=agreed.text.body,
        words=agreed.text.words,
        outcome=agreed.outcome,
        outcome_label=str(agreed.get_outcome_display()),
        agreed_at=agreed.sealed_at,
        started_at=agreed.report["started_at"],
        people=agreed.report["people"],
        signers=tuple(person.name for person in everyone if shown and _signs(person)),
        names={person.seat: person.name for person in everyone if shown and _signs(person)},
        steps=tuple(agreed.report["steps"]),
        elements=tuple(agreed.report.get("elements", ())),
        marks=tuple(agreed.report.get("marks", ())),
        whose=tuple(_whose(agreed)),
        reservations=tuple(_reservations(agreed.report["steps"])),
        version_of=str(session.previous.public_id) if session.previous else None,
        rehearsal=session.rehearsal,
        session_id=str(session.public_id),
    )


def _reservations(steps: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Of the last decision: what was not settled, from those who agreed to have it printed."""
    decisions = [round_["decision"] for step in steps for round_ in step["rounds"] if "decision" in round_]
    for objection in decisions[-1]["objections"] if decisions else ():
        if not objection["settled"]:
            says = objection["words"] or str(REASONS[objection["reason"]])
            yield {"quotation": objection["quotation"], "says": says}


def _whose(agreed: AgreedDefinition) -> list[dict[str, Any]]:
    """Who wrote which words of the agreed text; nothing where its spelling was changed after the draft."""
    rounds = [round_ for step in agreed.report["steps"] for round_ in step["rounds"] if "authors" in round_]
    same = [round_ for round_ in rounds if round_.get("text") == agreed.text.body]
    return list(same[-1]["authors"]) if same else []


def _signs(person: Participant) -> bool:
    return person.on_poster and bool(person.name) and not person.name_hidden
