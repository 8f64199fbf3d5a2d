"""How people are called: before everyone, and at the desk."""

from typing import Protocol

from django.utils.translation import gettext as _

from workshop.sessions.models import Participant, WorkshopSession


class Seated(Protocol):
    """A participant, or the row of one."""

    @property
    def name(self) -> str: ...
    @property
    def seat(self) -> int: ...


def name_for_everyone(participant: Participant) -> str:
    shown = participant.session.names_shown == WorkshopSession.NamesShown.ALL and not participant.name_hidden
    return participant.name if shown else ""


def name_for_desk(participant: Seated) -> str:
    """The facilitator sees names unless the meeting is anonymous; then people are seats."""
    return participant.name or _("Seat %(number)d") % {"number": participant.seat}
