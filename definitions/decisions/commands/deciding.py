"""Saying how far one agrees, alone; what stands against it is mended in the draft, and its people settle it."""

import uuid
from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from definitions.texts.tokens import spans_of, tokens
from workshop.errors import Refused
from workshop.sessions.access import Actor, must_facilitate, must_take_part
from workshop.sessions.commands.changing import changing
from workshop.sessions.commands.running import mark_done, open_again
from workshop.sessions.models import Participant, Round, WorkshopSession
from workshop.sessions.queries import current_round, here

from ..models import Decision, Objection, Stance
from ..queries import deciding as queries
from ..rules import REASONS

MOST_WORDS = 200
MOST_HANDS = 500


def open_decision(round_: Round) -> None:
    """The text and the rule are settled now: neither changes while the room decides."""
    step = round_.step
    body, draft = queries.text_to_decide(step)
    Decision.objects.create(
        round=round_,
        body=body,
        draft=draft,
        draft_version=draft.version if draft else None,
        scale=step.setting("scale"),
        threshold=step.setting("threshold"),
        turnout=step.setting("turnout"),
    )


def close_decision(round_: Round) -> None:
    """Who was here is counted now: whoever leaves later changes no result."""
    Decision.objects.filter(round=round_).update(present=here(round_.step.session).count())


def say_how_far(
    session: WorkshopSession,
    *,
    actor: Participant,
    round_: Round,
    level: str,
    reason: str = "",
    words: Sequence[int] = (),
    says: str = "",
    consent: bool = False,
) -> Stance:
    """Say how far one agrees, or change it, until the round closes.

    A level that reserves comes with a reason, the words that it is about by their numbers (none: the whole sentence),
    what one wants to add, and whether it may be printed.
    """
    with changing(session, touches=[actor], on_phones=False):
        must_take_part(actor, session)
        decision = _decision(round_)
        if not decision.round.is_open:
            raise Refused("decision-closed", _("The round has closed. Your earlier answer counts, if you sent one."))
        chosen = decision.level(level)
        if chosen is None:
            raise Refused("no-such-level", _("That answer could not be read. Reload the page and choose again."))
        if chosen.reserves and reason not in REASONS:
            raise Refused("reason-missing", _("Tap a reason: it helps to mend the sentence."))
        found = tokens(decision.body)
        if any(not 0 <= number < len(found) for number in words):
            raise Refused("no-such-word", _("Those words could not be read. Reload the page and tap them again."))
        stance, _created = Stance.objects.update_or_create(
            round=decision.round, participant=actor, defaults={"level": level}
        )
        if chosen.reserves:
            spans = spans_of(found, words)
            Objection.objects.update_or_create(
                round=decision.round,
                participant=actor,
                defaults={
                    "reason": reason,
                    "spans": spans,
                    "quotation": " … ".join(_quote(decision.body, *span) for span in spans),
                    "words": says,
                    "consent": consent,
                },
            )
        else:
            decision.round.objections.filter(participant=actor).delete()
        mark_done(decision.round, actor)
    return stance


def count_hands(session: WorkshopSession, *, actor: Actor, round_: Round, hands: Mapping[str, int]) -> Decision:
    """Hands counted in the room, by level, for people without a phone. Marked so in the result."""
    must_facilitate(actor, session)
    with changing(session):
        decision = _decision(round_)
        if decision.round.is_revealed:
            raise Refused("revealed", _("The result is on the screen already. Reopen the step to count again."))
        known = {level.slug for level in decision.levels}
        counted = {slug: min(max(number, 0), MOST_HANDS) for slug, number in hands.items() if slug in known}
        decision.hands = {**decision.hands, **counted}
        decision.save(update_fields=["hands"])
    return decision


def mend(session: WorkshopSession, *, actor: Actor) -> Round:
    """Back to the draft, open once more, with what stands against it at its words."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        round_ = current_round(locked)
        decision = queries.decision_of(round_) if round_ is not None else None
        if decision is None or not decision.round.is_revealed:
            raise Refused("not-decided", _("Show first how far the room agrees."))
        if decision.draft is None:
            raise Refused("no-draft", _("This sentence comes from no draft. Put it right at the close."))
        return open_again(locked, decision.draft.step, timezone.now())


def settle(session: WorkshopSession, *, actor: Participant, id_: uuid.UUID, settled: bool) -> Objection:
    """Whoever objected says that it is settled, or not yet after all. Nobody says it for them."""
    with changing(session):
        must_take_part(actor, session)
        objection = Objection.objects.filter(pk=id_, participant=actor, round__step__session=session).first()
        if objection is None or not objection.round.is_revealed:
            raise Refused("not-yours", _("That is not yours to settle."))
        if settled != (objection.settled_at is not None):
            objection.settled_at = timezone.now() if settled else None
            objection.save(update_fields=["settled_at"])
    return objection


def _decision(round_: Round) -> Decision:
    decision = queries.decision_of(round_)
    if decision is None:
        raise Refused("not-deciding", _("The meeting is not at a decision."))
    return decision


def _quote(body: str, start: int, end: int) -> str:
    return body.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
