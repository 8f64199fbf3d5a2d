"""A sentence to decide on, and what people say of it."""

from collections.abc import Sequence
from typing import Any

from definitions.decisions.commands import deciding
from definitions.decisions.models import Objection, Stance
from definitions.decisions.queries import deciding as queries
from definitions.decisions.queries.closing import closing_of, endings
from tests.factories import at_step, round_now
from workshop.sessions.models import Participant, WorkshopSession

TEXT = "Customer service is choosing to help 😀 gladly."  # words 0 to 6
HELP = 5


def says(person: Participant, level: str = "gladly", *words: int, reason: str = "", **more: Any) -> Stance:
    """How far they agree; with words, that reason or another."""
    return deciding.say_how_far(
        person.session, actor=person, round_=round_now(person.session), level=level, words=words,
        reason=reason or ("wording" if words else ""), **more,
    )  # fmt: skip


def objects(person: Participant, *words: int, **more: Any) -> Objection:
    says(person, "not-yet", *words, reason=more.pop("reason", "wording"), **more)
    return Objection.objects.get(participant=person, round=round_now(person.session))


def result(session: WorkshopSession) -> Any:
    decision = queries.decision_of(at_step(session, "decide", "revealed"))
    assert decision is not None
    return queries.outcome_of(decision)


def suggested(session: WorkshopSession) -> Sequence[str]:
    found = closing_of(at_step(session, "close"))
    assert found is not None
    return [ending.value for ending in endings(found)]
