"""A meeting to test with: the small cast, and the ways to bring the room somewhere. All of it by the real commands.

    session = a_session("propose", "vote")        the owner is facilitator()
    ana, ben = joined(session, "Ana", "Ben")
    at_step(session, "propose")                   open; "closed" and "revealed" go on from there
    sends(ana, "We care."), sends(ben, "We listen.")
    at_step(session, "vote", "closed")

Commands read what they need anew; `session` itself is as fresh as the last of these functions left it.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from definitions.cards.commands import add_card
from definitions.cards.models import Card
from definitions.decisions.commands import closing as decisions
from definitions.decisions.models import AgreedDefinition
from definitions.decisions.queries.closing import closing_of, endings
from definitions.drafting.commands import take
from definitions.drafting.models import Draft
from definitions.drafting.queries import author_runs, draft_of
from definitions.drafting.units import text_length
from definitions.elements.commands.tagging import answer_question
from definitions.elements.models import Answer
from definitions.elements.queries.sets import elements_of
from definitions.proposals.commands import cast_ballot, send_proposal
from definitions.proposals.models import Proposal, Roll
from workshop.accounts.models import Department, Manages, User
from workshop.errors import Refused
from workshop.sessions.access import Actor
from workshop.sessions.commands import people, running, setup
from workshop.sessions.models import Device, Participant, Round, Step, WorkshopSession
from workshop.sessions.queries import Scene, current_round

# The cast


def facilitator() -> User:
    return _user("facilitator")


def stranger() -> User:
    """Someone who signs in, and has nothing to do with the meeting."""
    return _user("stranger")


def manager(session: WorkshopSession) -> User:
    """Who manages the department that the meeting is for."""
    user, (department, _made) = _user("manager"), Department.objects.get_or_create(name="Guest services")
    Manages.objects.get_or_create(user=user, department=department)
    WorkshopSession.objects.filter(pk=session.pk).update(department=department)
    return user


def in_role(role: str, session: WorkshopSession, participant: Participant) -> Actor:
    """One of the cast who may not facilitate: "participant", "manager" or "stranger"."""
    if role == "participant":
        return participant
    return manager(session) if role == "manager" else stranger()


def _user(role: str) -> User:
    email = f"{role}@example.org"
    return User.objects.filter(email=email).first() or User.objects.create_user(email, name=role.capitalize())


def joined(session: WorkshopSession, *names: str) -> list[Participant]:
    """Each with a phone of their own."""
    return [people.join(session, name=name)[0] for name in names]


def phone_of(person: Participant) -> Device:
    return Device.objects.get(participants=person)


# The room


def a_session(*kinds: str, agenda: str = "department-meeting", **fields: Any) -> WorkshopSession:
    """A meeting with these steps, or those of an agenda; its door is open. `fields` are the session's own."""
    session = setup.set_up(facilitator(), title="Front desk", agenda=agenda)
    if kinds:
        session.steps.all().delete()
        for kind in kinds:
            setup.add_step(session, actor=session.owner, kind=kind)
    if fields:
        setup.change_settings(session, actor=session.owner, **fields)
    people.set_door(session, actor=session.owner, door="open")
    session.refresh_from_db()
    return session


def standing(session: WorkshopSession) -> str:
    """Where the facilitator sees the room."""
    return Scene.of(session).standing


def presses_next(session: WorkshopSession) -> Round | None:
    """The facilitator, who sees where the room stands. Returns the round that it looks at then."""
    session.refresh_from_db()
    if session.started_at is None:
        running.start(session, actor=session.owner)
    else:
        running.move_on(session, actor=session.owner, standing_seen=standing(session))
    session.refresh_from_db()
    return current_round(session)


def at_step(session: WorkshopSession, kind: str, phase: str = "open") -> Round:
    """Press Next until the room is at a step of this kind and there open, closed or revealed."""
    session.refresh_from_db()
    round_ = current_round(session)
    while round_ is None or (round_.step.kind, phase_of(round_)) != (kind, phase):
        round_ = presses_next(session)
    return round_


def phase_of(round_: Round) -> str:
    if round_.is_revealed:
        return "revealed"
    return "open" if round_.is_open else "closed"


def where(session: WorkshopSession) -> tuple[str, str, int]:
    """The kind of step that the room looks at, its phase, and the number of its round."""
    round_ = round_now(session)
    return round_.step.kind, phase_of(round_), round_.number


def presses_back(session: WorkshopSession) -> Round:
    session.refresh_from_db()
    running.move_back(session, actor=session.owner, standing_seen=standing(session))
    return round_now(session)


def reopened(session: WorkshopSession) -> Round:
    running.reopen(session, actor=session.owner)
    return round_now(session)


def step_of(session: WorkshopSession, kind: str) -> Step:
    return session.steps.get(kind=kind)


def round_now(session: WorkshopSession) -> Round:
    session.refresh_from_db()
    round_ = current_round(session)
    assert round_ is not None, "the meeting has not started"
    return round_


def revision(session: WorkshopSession) -> int:
    return WorkshopSession.objects.values_list("revision", flat=True).get(pk=session.pk)


# What people give, in the step that the room looks at


def adds(person: Participant, word: str) -> Card:
    round_ = round_now(person.session)
    return add_card(person.session, actor=person, round_=round_, id_=uuid.uuid4(), body=word)


def sends(person: Participant, sentence: str) -> Proposal:
    round_ = round_now(person.session)
    return send_proposal(person.session, actor=person, round_=round_, id_=uuid.uuid4(), body=sentence)


def two_sentences(session: WorkshopSession) -> tuple[Participant, Participant]:
    """Ana and Ben come, and send "We care." and "We listen."."""
    ana, ben = joined(session, "Ana", "Ben")
    at_step(session, "propose")
    sends(ana, "We care."), sends(ben, "We listen.")
    return ana, ben


def votes(person: Participant, *sentences: str) -> Roll:
    round_ = round_now(person.session)
    choices = round_.options.filter(text__body__in=sentences).values_list("pk", flat=True)
    assert len(choices) == len(sentences), f"not all of {sentences} can be voted for"
    return cast_ballot(person.session, actor=person, round_=round_, choices=list(choices))


def reads(person: Participant, letter: str, *words: int, says: str = "words", text: str = "") -> Answer:
    """Answers the question of the element with that letter, about the text of that body; else about the first."""
    round_ = round_now(person.session)
    rows = round_.texts_to_tag.filter(text__body=text) if text else round_.texts_to_tag.all()
    element = next(row for row in elements_of(person.session) if row.letter == letter)
    return answer_question(
        person.session, actor=person, round_=round_, text=rows[0].text, element=element, says=says, words=words
    )


def the_draft(session: WorkshopSession) -> Draft:
    draft = draft_of(session.steps.get(kind="draft"))
    assert draft is not None, "the draft has not begun"
    return draft


def a_draft(*names: str) -> tuple[WorkshopSession, list[Participant], Draft]:
    """A draft that begins with the first words, and who writes on it."""
    session = a_session("draft", "close")
    writers = joined(session, *(names or ("Ana", "Ben")))
    at_step(session, "draft")
    return session, writers, the_draft(session)


def authors(draft: Draft) -> list[tuple[str, int]]:
    """The text in pieces, each with the seat of who wrote it; 0 is the facilitator."""
    pieces, at = [], 0
    units = draft.body.encode("utf-16-le")
    for length, seat in author_runs(draft, draft.version):
        pieces.append((units[2 * at : 2 * (at + length)].decode("utf-16-le"), seat))
        at += length
    return pieces


def types(actor: Actor, draft: Draft, words: str, *, at: int | None = None, taking: int = 0, **more: Any) -> Any:
    """Put words into the draft, by default at its end; `taking` units out. The answer: None says that it was taken.

    `more` are other fields of the push: author, client, seq, version.
    """
    draft.refresh_from_db()
    length = text_length(draft.body)
    start = length if at is None else at
    sections: list[Any] = [start, [taking, *words.split("\n")] if words else [taking], length - start - taking]
    push = {"version": draft.version, "client": f"tab-{actor._meta.model_name}-{actor.pk}", "left": False}
    push |= {"seq": draft.version + 1, "changes": [section for section in sections if section != 0]}
    answer = take(draft.pk, [(actor, {**push, **more})])[0]
    draft.refresh_from_db()
    return answer


def sealed(session: WorkshopSession, outcome: str = "", spelling: str = "") -> AgreedDefinition:
    """Go on to the close and seal what the room has before it, in this spelling if one is given.

    Without an outcome it ends as what was decided suggests.
    """
    round_ = at_step(session, "close")
    if spelling:
        decisions.spell(session, actor=session.owner, body=spelling)
    closing = closing_of(round_)
    assert closing is not None
    how = outcome or endings(closing)[0]
    agreed = decisions.seal(session, actor=session.owner, outcome=how, text_seen=closing.body)
    session.refresh_from_db()
    return agreed


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What is done within is refused, for this reason."""
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.code == code
