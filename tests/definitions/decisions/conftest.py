import pytest

from tests.factories import a_session, at_step, joined, the_draft, types
from workshop.sessions.models import Participant, WorkshopSession


@pytest.fixture
def deciding_session(db: None) -> WorkshopSession:
    return a_session("draft", "decide", "close")


@pytest.fixture
def three(deciding_session: WorkshopSession) -> list[Participant]:
    """Ana, Ben and Cleo, with a sentence to decide on."""
    found = joined(deciding_session, "Ana", "Ben", "Cleo")
    at_step(deciding_session, "draft")
    types(found[0], the_draft(deciding_session), "choosing to help 😀 gladly.")
    at_step(deciding_session, "decide")
    return found
