from django.utils import timezone
from django.utils.translation import gettext as _

from definitions.elements.commands.sets import copy_from, copy_once
from definitions.texts.models import write
from workshop.errors import Refused
from workshop.sessions.access import Actor, must_facilitate
from workshop.sessions.commands.changing import changing
from workshop.sessions.commands.running import close_round, end
from workshop.sessions.commands.setup import start_from
from workshop.sessions.models import Round, WorkshopSession
from workshop.sessions.queries import current_round

from ..models import AgreedDefinition, Closing
from ..queries import closing as queries

MAX_LENGTH = 1200


def open_closing(round_: Round) -> None:
    copy_once(round_)
    body, version, decision = queries.taken(round_.step)
    Closing.objects.create(round=round_, body=body, draft_version=version, decision=decision)


def spell(session: WorkshopSession, *, actor: Actor, body: str) -> Closing:
    """Put the spelling right, while the room looks on."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        closing = _closing(locked)
        closing.body = body
        closing.save(update_fields=["body"])
    return closing


def show_photo(session: WorkshopSession, *, actor: Actor, shown: bool) -> Closing:
    """Every phone fills with its piece, for a photo of the room; and back."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        closing = _closing(locked)
        closing.photo = shown
        closing.save(update_fields=["photo"])
    return closing


def take_text_again(session: WorkshopSession, *, actor: Actor, from_draft: bool = False) -> Closing:
    """Take the text that was decided once more; or, `from_draft`, the draft's of now, which nobody has decided on."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        closing = _closing(locked)
        step = closing.round.step
        closing.body, closing.draft_version, closing.decision = queries.taken(step, from_draft=from_draft)
        closing.save(update_fields=["body", "draft_version", "decision"])
    return closing


def seal(session: WorkshopSession, *, actor: Actor, outcome: str, text_seen: str) -> AgreedDefinition:
    """Seal the text that the room has before it, and end the meeting. The one thing that can't be undone.

    `text_seen` is what the facilitator had before them: sealing takes that text and no other.
    """
    must_facilitate(actor, session)
    with changing(session) as locked:
        closing = _closing(locked)
        if not closing.body:
            raise Refused("nothing-to-seal", _("There is no sentence yet. Type it first."))
        if closing.body != text_seen:
            raise Refused("text-changed", _("The sentence has just changed. Read it once more, then seal it."))
        if outcome not in queries.endings(closing):
            raise Refused("not-agreed-so-far", _("The room has not agreed as far as that. Choose another ending."))
        now = timezone.now()
        if closing.round.is_open:
            close_round(closing.round, now)
        agreed = AgreedDefinition.objects.create(
            session=locked,
            text=write(closing.body),
            draft_version=closing.draft_version,
            outcome=outcome,
            report=queries.record(locked, closing.body),
        )
        end(locked, now)
    return agreed


def new_version(session: WorkshopSession, *, actor: Actor) -> WorkshopSession:
    """A new meeting whose draft starts from what this one agreed."""
    must_facilitate(actor, session)
    agreed = queries.agreed_of(session)
    if agreed is None:
        raise Refused("not-agreed", _("This meeting has not agreed on a definition."))
    if session.rehearsal:
        raise Refused("rehearsal", _("A rehearsal’s sentence is nobody’s. Set up a new meeting."))
    later = start_from(session, actor=actor)
    for step in later.steps.filter(kind="draft"):
        step.settings = {**step.settings, "starts_with": agreed.text.body}
        step.save(update_fields=["settings"])
    copy_from(session, later)
    return later


def _closing(session: WorkshopSession) -> Closing:
    round_ = current_round(session)
    closing = queries.closing_of(round_) if round_ else None
    if closing is None:
        raise Refused("not-closing", _("The meeting is not at its close."))
    return closing
