"""Who is in the room: joining, names, moving to another phone, sharing one, leaving."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from workshop.errors import Refused
from workshop.plain_text import told_apart

from ..access import Actor, must_facilitate, must_take_part
from ..models import Capability, Device, DeviceParticipant, Participant, WorkshopSession, new_code
from ..queries import taken_names
from .changing import changing

MAX_PARTICIPANTS = 500
MOVE_CODE_LIVES = timedelta(minutes=10)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def join(session: WorkshopSession, *, name: str, rehearsing: str = "") -> tuple[Participant, str]:
    """A new person on a new phone. Returns them and the phone's cookie, which is not kept anywhere.

    `rehearsing`: the token of a rehearsal's colleagues. Who brings it is simulated; without one nobody is, in a
    rehearsal neither.
    """
    (answer,) = join_together(session, [Comer(name, rehearsing)])
    if isinstance(answer, Refused):
        raise answer
    return answer


@dataclass(frozen=True)
class Comer:
    """Someone at the door: see join()."""

    name: str
    rehearsing: str = ""


def join_together(session: WorkshopSession, comers: Sequence[Comer]) -> list[tuple[Participant, str] | Refused]:
    """As if each joined, one after the other, in one transaction. Whoever is refused is refused alone."""
    answers: list[tuple[Participant, str] | Refused] = []
    try:
        with changing(session, touches=()) as locked:
            seats = _Seats(locked)
            for comer in comers:
                try:
                    _must_be_open(locked)
                    if comer.rehearsing:
                        _must_rehearse(locked, comer.rehearsing)
                    participant = seats.take(comer.name, simulated=bool(comer.rehearsing))
                    answers.append((participant, secrets.token_urlsafe(16)))
                except Refused as refused:
                    answers.append(refused)
            joined = [answer for answer in answers if not isinstance(answer, Refused)]
            if not joined:
                raise _Nobody
            _save_on_new_phones(locked, joined)
    except _Nobody:
        pass
    except Refused as refused:  # the meeting is over
        return [refused] * len(comers)
    return answers


class _Nobody(Exception):
    """Everyone was refused: nothing has changed, so that the revision stays, too."""


def share_phone(session: WorkshopSession, *, actor: Participant, device: Device, name: str) -> Participant:
    """One more person on the same phone, who has it in hand from now on."""
    with changing(session) as locked:
        must_take_part(actor, locked)
        _must_be_open(locked)
        participant = _seat(locked, name)
        DeviceParticipant.objects.create(device=device, participant=participant)
        Device.objects.filter(pk=device.pk).update(holder=participant)
    return participant


def pass_phone(session: WorkshopSession, *, actor: Participant, device: Device, seat: int) -> Participant:
    """Hand a shared phone to another of its people."""
    with changing(session) as locked:
        must_take_part(actor, locked)
        holder = device.participants.filter(seat=seat, removed_at__isnull=True).first()
        if holder is None:
            raise Refused("not-on-this-phone", _("That person is not on this phone."))
        Device.objects.filter(pk=device.pk).update(holder=holder)
    return holder


def add_without_phone(session: WorkshopSession, *, actor: Actor, name: str) -> Participant:
    """Someone for whom the facilitator types."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        return _seat(locked, name, has_phone=False)


def rename(session: WorkshopSession, *, actor: Actor, participant: Participant, name: str) -> Participant:
    """The facilitator renames anyone; everyone renames themselves."""
    with changing(session) as locked:
        _may_manage(actor, locked, participant)
        participant.name = _name(locked, name, taken_names(locked.participants.exclude(pk=participant.pk)))
        participant.save(update_fields=["name"])
    return participant


def hide_name(session: WorkshopSession, *, actor: Actor, participant: Participant, hidden: bool) -> Participant:
    must_facilitate(actor, session)
    with changing(session) as locked:
        _must_belong(participant, locked)
        participant.name_hidden = hidden
        participant.save(update_fields=["name_hidden"])
    return participant


def remove(session: WorkshopSession, *, actor: Actor, participant: Participant) -> Participant:
    """Take someone out. Their sockets close; what they gave stays, so that it can be hidden or kept."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        _must_belong(participant, locked)
        participant.removed_at = timezone.now()
        participant.save(update_fields=["removed_at"])
        for device in Device.objects.filter(holder=participant):  # the others on a shared phone keep it
            device.holder = device.participants.filter(removed_at__isnull=True).first() or participant
            device.save(update_fields=["holder"])
    return participant


def bring_back(session: WorkshopSession, *, actor: Actor, participant: Participant) -> Participant:
    must_facilitate(actor, session)
    with changing(session) as locked:
        _must_belong(participant, locked)
        participant.removed_at = participant.left_at = None
        participant.save(update_fields=["removed_at", "left_at"])
    return participant


def leave(session: WorkshopSession, *, actor: Participant) -> Participant:
    """I have to go: they no longer count. Coming back is one tap."""
    with changing(session, even_ended=True) as locked:
        participant = must_take_part(actor, locked)
        participant.left_at = timezone.now()
        participant.save(update_fields=["left_at"])
    return participant


def come_back(session: WorkshopSession, *, actor: Participant) -> Participant:
    with changing(session, even_ended=True) as locked:
        participant = must_take_part(actor, locked)
        participant.left_at = None
        participant.save(update_fields=["left_at"])
    return participant


def put_on_poster(session: WorkshopSession, *, actor: Participant, wanted: bool) -> Participant:
    """Your name on the poster? Asked, and off until they say yes."""
    with changing(session) as locked:
        participant = must_take_part(actor, locked)
        participant.on_poster = wanted
        participant.save(update_fields=["on_poster"])
    return participant


def note_seen(participant_ids: Sequence[int]) -> None:
    """Their phones are connected now. Nothing that anyone made changes, so the revision stays."""
    Participant.objects.filter(pk__in=participant_ids).update(last_seen_at=timezone.now())


def set_door(session: WorkshopSession, *, actor: Actor, door: str) -> WorkshopSession:
    must_facilitate(actor, session)
    with changing(session) as locked:
        locked.door = WorkshopSession.Door(door)
        locked.opened_at = locked.opened_at or timezone.now()
        locked.save(update_fields=["door", "opened_at"])
    return locked


def issue_move_code(session: WorkshopSession, *, actor: Actor, participant: Participant) -> str:
    """A code for moving to another phone, shown by the old one or by the desk. One use, ten minutes."""
    code = new_code()
    with changing(session, even_ended=True) as locked:
        _may_manage(actor, locked, participant)
        Capability.objects.create(
            session=locked,
            scope=Capability.Scope.MOVE_DEVICE,
            participant=participant,
            token_hash=hashed(code),
            expires_at=timezone.now() + MOVE_CODE_LIVES,
        )
    return code


def redeem_move_code(code: str) -> tuple[Participant, str]:
    """Be the same person on this phone. Returns them and the new phone's cookie."""
    now = timezone.now()
    found = Capability.objects.filter(
        scope=Capability.Scope.MOVE_DEVICE, token_hash=hashed(code), revoked_at__isnull=True, expires_at__gt=now
    ).first()
    if found is None or found.participant is None:
        raise Refused("no-such-code", _("No meeting has this code. Look at the big screen once more."))
    cookie = secrets.token_urlsafe(16)
    with changing(found.session, even_ended=True) as locked:
        if not Capability.objects.filter(pk=found.pk, revoked_at__isnull=True).update(revoked_at=now):
            raise Refused("used-code", _("This code was used already. Ask for a new one."))
        participant = found.participant
        if participant.removed_at is not None:
            raise Refused("removed", _("The facilitator has taken this person out of the meeting."))
        device = Device.objects.create(session=locked, cookie_hash=hashed(cookie), holder=participant)
        DeviceParticipant.objects.create(device=device, participant=participant)
    return participant, cookie


def _must_be_open(session: WorkshopSession) -> None:
    match session.door:
        case WorkshopSession.Door.CLOSED:
            raise Refused("door-closed", _("The door is not open yet. Wait a moment and try again."))
        case WorkshopSession.Door.LOCKED:
            raise Refused("door-locked", _("The door is locked. Ask the facilitator to open it."))


def _must_rehearse(session: WorkshopSession, token: str) -> None:
    sent = session.capabilities.filter(scope=Capability.Scope.REHEARSE, token_hash=hashed(token), revoked_at=None)
    if not sent.exists():
        raise Refused("no-rehearsal", _("Simulated colleagues come to their own rehearsal only, and until it is over."))


class _Seats:
    """Who has one, read once; and the next ones."""

    def __init__(self, session: WorkshopSession) -> None:
        self.session = session
        taken = list(session.participants.order_by().values_list("seat", "name"))
        self.last = max((seat for seat, _name in taken), default=0)
        self.names = [name for _seat, name in taken if name]

    def take(self, name: str, *, has_phone: bool = True, simulated: bool = False) -> Participant:
        """The next seat, not saved yet."""
        if self.last >= MAX_PARTICIPANTS:
            raise Refused("full", _("This meeting is full: it holds %(most)d people.") % {"most": MAX_PARTICIPANTS})
        name = _name(self.session, name, self.names)
        self.last += 1
        self.names.append(name)
        return Participant(session=self.session, seat=self.last, name=name, has_phone=has_phone, simulated=simulated)


def _seat(session: WorkshopSession, name: str, *, has_phone: bool = True) -> Participant:
    participant = _Seats(session).take(name, has_phone=has_phone)
    participant.save(force_insert=True)
    return participant


def _save_on_new_phones(session: WorkshopSession, joined: Sequence[tuple[Participant, str]]) -> None:
    Participant.objects.bulk_create(participant for participant, _cookie in joined)
    devices = Device.objects.bulk_create(
        Device(session=session, cookie_hash=hashed(cookie), holder=participant) for participant, cookie in joined
    )
    DeviceParticipant.objects.bulk_create(
        DeviceParticipant(device=device, participant=device.holder) for device in devices
    )


def _name(session: WorkshopSession, wanted: str, taken: list[str]) -> str:
    if session.anonymous:
        return ""
    if not wanted:
        raise Refused("name-missing", _("Type a name first. A nickname is fine."))
    return told_apart(wanted, taken)


def _must_belong(participant: Participant, session: WorkshopSession) -> None:
    if participant.session_id != session.pk:
        raise Refused("not-in-this-meeting", _("That person is not in this meeting."))


def _may_manage(actor: Actor, session: WorkshopSession, participant: Participant) -> None:
    _must_belong(participant, session)
    if isinstance(actor, Participant) and actor.pk == participant.pk:
        must_take_part(actor, session)
    else:
        must_facilitate(actor, session)
