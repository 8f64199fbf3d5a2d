"""A line for each element, in Close: written by whoever holds its piece, picked by the facilitator."""

import uuid

from django.utils.translation import gettext as _

from definitions.texts.models import discard, write
from workshop.errors import Refused
from workshop.sessions.access import Actor, must_facilitate, must_take_part
from workshop.sessions.bursts import look_at_round
from workshop.sessions.commands.changing import changing
from workshop.sessions.models import Participant, Round, WorkshopSession

from ..models import Line
from ..queries.lines import piece_of

MAX_LENGTH = 120


def write_line(session: WorkshopSession, *, actor: Participant, round_: Round, id_: uuid.UUID, body: str) -> Line:
    """One line a person, for the element that is theirs; another takes its place until it has been picked."""
    with changing(session, touches=[actor], on_phones=False):
        must_take_part(actor, session)
        look_at_round(round_)
        element = piece_of(round_, actor.seat)
        if element is None:
            raise Refused("no-lines", _("Lines are written when the meeting closes."))
        same = Line.objects.filter(pk=id_).first()
        if same is not None and (same.participant_id != actor.pk or same.round_id != round_.pk):
            raise Refused("not-yours", _("That line belongs to someone else."))
        line = Line.objects.filter(round=round_, participant=actor).select_related("text").first()
        if line is None:
            return Line.objects.create(id=id_, round=round_, participant=actor, element=element, text=write(body))
        if line.picked:
            raise Refused("picked", _("Your line is on the screen already. Say it aloud if it needs another word."))
        earlier, line.text = line.text, write(body)
        line.save(update_fields=["text"])
        discard(earlier)
    return line


def pick_line(session: WorkshopSession, *, actor: Actor, line: Line, picked: bool) -> Line:
    """One for each element: another that was picked goes back among the others."""
    must_facilitate(actor, session)
    with changing(session):
        others = Line.objects.filter(round=line.round_id, element=line.element_id, picked=True)
        others.update(picked=False)
        line.picked = picked
        line.save(update_fields=["picked"])
    return line
