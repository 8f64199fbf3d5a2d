from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from workshop.sessions.kinds import Ids
from workshop.sessions.models import Round

from .counting import Counted, counted
from .models import Card

PER_PAGE = 48


def revealed_cards(round_: Round) -> QuerySet[Card]:
    """What the room may see: nothing before the reveal, and never what was hidden."""
    if not round_.is_revealed:
        return Card.objects.none()
    return round_.cards.filter(state=Card.State.SENT).select_related("text")


def counted_cards(round_: Round) -> list[Counted]:
    return counted((str(card.pk), card.text.body) for card in revealed_cards(round_))


def pages(round_: Round) -> int:
    return -(-len(counted_cards(round_)) // PER_PAGE)


def page_of_cards(round_: Round) -> list[Counted]:
    first = (round_.page - 1) * PER_PAGE
    return counted_cards(round_)[first : first + PER_PAGE]


def for_a_look(round_: Round) -> QuerySet[Card]:
    """Look first: once closed, the desk sees the texts without names, in an order that tells nothing."""
    if round_.is_open or not round_.step.setting("look_first"):
        return Card.objects.none()
    return round_.cards.select_related("text")


def on_the_desk(round_: Round) -> QuerySet[Card]:
    """What the facilitator can hide or bring back: after the reveal everything, before it only by *look first*."""
    return round_.cards.select_related("text") if round_.is_revealed else for_a_look(round_)


def mine(round_: Round, participant_ids: Ids) -> dict[int, dict[str, Any]]:
    given: dict[int, dict[str, Any]] = {}
    for card in round_.cards.filter(participant_id__in=participant_ids).select_related("text").order_by("created_at"):
        own = given.setdefault(card.participant_id, {"cards": []})
        own["cards"].append({"id": str(card.pk), "body": card.text.body, "typed": card.entered_by_id is not None})
    return given


def so_far(round_: Round) -> str:
    entries = counted_cards(round_)
    if not entries:
        return ""
    return _("Our words: %(words)s.") % {"words": " · ".join(entry.body for entry in entries[:6])}


def report(round_: Round) -> dict[str, Any]:
    return {"cards": [{"text": entry.body, "count": entry.count} for entry in counted_cards(round_)]}
