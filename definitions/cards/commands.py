import uuid

from django.utils.translation import gettext as _

from definitions.texts.models import discard, write
from workshop.accounts.models import User
from workshop.errors import Refused
from workshop.sessions.access import Actor, must_facilitate, must_take_part
from workshop.sessions.bursts import look_at_round
from workshop.sessions.commands.changing import changing
from workshop.sessions.models import Participant, Round, WorkshopSession

from .counting import counted
from .models import Card

MAX_CARDS = 12
MAX_LENGTH = 60


def add_card(session: WorkshopSession, *, actor: Participant, round_: Round, id_: uuid.UUID, body: str) -> Card:
    """One card more. Taken until the reveal, so that a word typed as the step closes still counts."""
    with changing(session, touches=[actor], on_phones=False):
        must_take_part(actor, session)
        return _add(round_, actor, id_, body)


def add_card_for(session: WorkshopSession, *, actor: Actor, round_: Round, participant: Participant, body: str) -> Card:
    """The facilitator types a card for someone; it is marked so."""
    user = must_facilitate(actor, session)
    with changing(session):
        return _add(round_, participant, uuid.uuid4(), body, entered_by=user)


def remove_card(session: WorkshopSession, *, actor: Participant, round_: Round, id_: uuid.UUID) -> None:
    with changing(session, touches=[actor], on_phones=False):
        must_take_part(actor, session)
        _must_be_private(round_)
        card = round_.cards.filter(pk=id_, participant=actor).first()
        if card is not None:
            card.delete()
            discard(card.text)


def hide_card(session: WorkshopSession, *, actor: Actor, id_: uuid.UUID, hidden: bool) -> None:
    """Hide a card and all that look like it, or bring them back."""
    must_facilitate(actor, session)
    with changing(session):
        card = Card.objects.select_related("round").filter(pk=id_, round__step__session=session).first()
        if card is None:
            raise Refused("no-such-card", _("That card is no longer there."))
        entries = counted((str(other.pk), other.text.body) for other in card.round.cards.select_related("text"))
        alike = next(entry.ids for entry in entries if str(card.pk) in entry.ids)
        Card.objects.filter(pk__in=alike).update(state=Card.State.HIDDEN if hidden else Card.State.SENT)


def copy_earlier(round_: Round) -> None:
    """A reopened step begins with the cards that are there, so that people add to them."""
    earlier = round_.step.rounds.filter(number__lt=round_.number).last()
    if earlier is not None:
        Card.objects.bulk_create(
            Card(
                round=round_,
                participant_id=card.participant_id,
                text_id=card.text_id,
                state=card.state,
                entered_by_id=card.entered_by_id,
            )
            for card in earlier.cards.all()
        )


def _add(round_: Round, participant: Participant, id_: uuid.UUID, body: str, entered_by: User | None = None) -> Card:
    _must_be_private(round_)
    earlier = Card.objects.filter(pk=id_).first()
    if earlier is not None:
        if earlier.participant_id != participant.pk or earlier.round_id != round_.pk:
            raise Refused("not-yours", _("That card belongs to someone else."))
        return earlier
    if round_.cards.filter(participant=participant).count() >= MAX_CARDS:
        raise Refused("enough-cards", _("That is %(most)d already. Take one away first.") % {"most": MAX_CARDS})
    return Card.objects.create(id=id_, round=round_, participant=participant, text=write(body), entered_by=entered_by)


def _must_be_private(round_: Round) -> None:
    look_at_round(round_)
    if round_.is_revealed:
        raise Refused("revealed", _("The words are on the screen already."))
