"""What people say of the draft, element by element, and what the facilitator says for the room."""

from django.utils.translation import gettext as _

from definitions.drafting.commands import MAX_QUOTATION, open_for_words, quoted
from definitions.drafting.models import Draft
from definitions.drafting.queries import body_at
from workshop.errors import Refused
from workshop.sessions.access import Actor, must_facilitate, must_take_part
from workshop.sessions.commands.changing import changing
from workshop.sessions.models import Participant, WorkshopSession

from ..models import DraftTag, Element, LeftOut
from ..places import Wording


def tag_draft(
    session: WorkshopSession,
    *,
    actor: Participant,
    draft: Draft,
    element: Element,
    version: int,
    start: int = 0,
    end: int = 0,
) -> DraftTag:
    """Say where one sees an element in the draft: in the words start..end as they were at a version, whole words.

    An empty span says *not here*. It takes the place of what this person said of the element before; *still there*
    is the same, said of the words as they are now.
    """
    with changing(session, touches=[actor]):
        must_take_part(actor, session)
        locked = open_for_words(session, draft)
        _must_be_looked_for(locked, session, element)
        says = DraftTag.Says.HERE if start or end else DraftTag.Says.NOT_HERE
        quotation = ""
        if says == DraftTag.Says.HERE:
            quoted(locked, version=version, start=start, end=end)
            wording = Wording(body_at(locked, version))
            span = wording.words_at(start, end)
            if span is None:
                raise Refused("no-such-words", _("Tap the words that you mean."))
            start, end = span
            quotation = wording[start:end]
            if len(quotation) > MAX_QUOTATION:
                raise Refused("too-many-words", _("Tap fewer words."))
        tag, _made = locked.tags.update_or_create(
            participant=actor,
            element=element,
            defaults={
                "says": says, "version": min(version, locked.version), "start": start, "end": end,
                "quotation": quotation,
            },
        )  # fmt: skip
        return tag


def untag_draft(session: WorkshopSession, *, actor: Participant, draft: Draft, element: Element) -> None:
    """Take back what one has said of an element."""
    with changing(session, touches=[actor]):
        must_take_part(actor, session)
        locked = open_for_words(session, draft)
        locked.tags.filter(participant=actor, element=element).delete()


def leave_out(session: WorkshopSession, *, actor: Actor, draft: Draft, element: Element, left_out: bool) -> None:
    """The room leaves this piece out on purpose, or looks for it again after all."""
    must_facilitate(actor, session)
    with changing(session):
        locked = open_for_words(session, draft)
        _must_be_looked_for(locked, session, element)
        if left_out:
            LeftOut.objects.get_or_create(draft=locked, element=element)
        else:
            locked.left_out.filter(element=element).delete()


def _must_be_looked_for(draft: Draft, session: WorkshopSession, element: Element) -> None:
    if not draft.step.setting("lamps") or element.element_set.session_id != session.pk:
        raise Refused("not-looked-for", _("The room does not look for that in this draft."))
