"""The smallest vote: two people, two sentences."""

from definitions.proposals import queries
from definitions.proposals.models import Option
from tests.factories import a_session, at_step, two_sentences, votes
from workshop.sessions.models import Participant, Round, WorkshopSession

CARE, LISTEN = "We care.", "We listen."


def a_vote(secret: bool = True) -> tuple[WorkshopSession, Participant, Participant, Round]:
    """Ana and Ben can choose between CARE, which is hers, and LISTEN, which is his."""
    session = a_session("propose", "vote", "draft", "close", secret=secret)
    ana, ben = two_sentences(session)
    return session, ana, ben, at_step(session, "vote")


def a_tie() -> tuple[WorkshopSession, Participant, Participant, Round]:
    session, ana, ben, _round = a_vote()
    votes(ana, CARE), votes(ben, LISTEN)
    return session, ana, ben, at_step(session, "vote", "revealed")


def result(round_: Round) -> dict[str, int]:
    round_.refresh_from_db()
    return {str(entry.option.text): entry.support for entry in queries.placed(round_)}


def chosen(round_: Round) -> list[str]:
    return sorted(str(option.text) for option in round_.options.filter(chosen=True))


def option(round_: Round, sentence: str) -> Option:
    return round_.options.get(text__body=sentence)
