"""Moving the room: start, next, back, reopen, more time, the end."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from workshop.errors import Refused

from ..access import Actor, must_facilitate, must_take_part
from ..bursts import look_at_round, own_row
from ..models import Done, Participant, Round, Step, WorkshopSession
from ..queries import Scene, current_round
from .changing import changing
from .new_rows import insert

MAX_EXTENSION = 60 * 60


def start(session: WorkshopSession, *, actor: Actor) -> WorkshopSession:
    """Open the first step. The door opens with it, if it was closed."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        if locked.started_at is not None:
            raise Refused("started", _("The meeting has started already."))
        first = locked.steps.first()
        if first is None:
            raise Refused("no-steps", _("The agenda is empty. Add a step first."))
        now = timezone.now()
        locked.started_at = now
        if locked.door == WorkshopSession.Door.CLOSED:
            locked.door = WorkshopSession.Door.OPEN
        locked.opened_at = locked.opened_at or now
        locked.save(update_fields=["started_at", "door", "opened_at"])
        _enter(locked, first, now)
    return locked


def move_on(session: WorkshopSession, *, actor: Actor, standing_seen: str) -> WorkshopSession:
    """Do the next thing: close, reveal, turn the page, or go to the next step.

    `standing_seen` is where the presser saw the room (Scene.standing): two presses at once move it once.
    """
    must_facilitate(actor, session)
    with changing(session) as locked:
        scene = _must_stand(locked, standing_seen)
        step, round_ = _here(locked)
        now = timezone.now()
        match scene.act:
            case "close":
                close_round(round_, now)
            case "reveal":
                round_.revealed_at = now
                round_.page = 1
                round_.save(update_fields=["revealed_at", "page"])
                step.of_kind.on_reveal(round_)
            case "page":
                round_.page += 1
                round_.save(update_fields=["page"])
            case "step":
                if round_.is_open:
                    close_round(round_, now)
                assert scene.next_step is not None  # looked for only now: closing may just have changed what fits
                _enter(locked, scene.next_step, now, onward=True)
            case "seal":
                raise Refused("seal-first", _("Read it aloud together, then press Seal."))
            case "end":
                if round_.is_open:
                    close_round(round_, now)
                end(locked, now)
            case _:
                raise Refused("nothing-next", _("There is nothing more to do in this meeting."))
    return locked


def move_back(session: WorkshopSession, *, actor: Actor, standing_seen: str) -> WorkshopSession:
    """Look at what was before: the page before, else the step before. Nothing that people gave changes."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        _must_stand(locked, standing_seen)
        step, round_ = _here(locked)
        if round_.page > 1:
            round_.page -= 1
            round_.save(update_fields=["page"])
            return locked
        before = locked.steps.filter(position__lt=step.position).last()
        if before is None:
            raise Refused("first-step", _("This is the first step."))
        _enter(locked, before, timezone.now())
    return locked


def go_to(session: WorkshopSession, *, actor: Actor, step: Step) -> WorkshopSession:
    """Go straight to a step, leaving out those between. An open round on the way is closed, and stays unrevealed."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        here, round_ = _here(locked)
        target = locked.steps.filter(pk=step.pk).first()
        if target is None:
            raise Refused("no-such-step", _("That step is no longer in the agenda."))
        now = timezone.now()
        if round_.is_open and target.position > here.position:
            close_round(round_, now)
        _enter(locked, target, now, onward=target.position > here.position)
    return locked


def reopen(session: WorkshopSession, *, actor: Actor) -> WorkshopSession:
    """Open the current step again: the same round while nothing of it has been seen, else a new one."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        step, round_ = _here(locked)
        if round_.is_open:
            raise Refused("still-open", _("This step is open."))
        now = timezone.now()
        goes_on = not round_.is_revealed and step.of_kind.may_go_on(round_)
        if goes_on:
            round_.closed_at = None
            round_.ends_at = max(round_.ends_at or now, now + timedelta(minutes=1))
            round_.save(update_fields=["closed_at", "ends_at"])
        else:
            round_ = open_round(step, now)
    return locked


def extend(session: WorkshopSession, *, actor: Actor, seconds: int) -> WorkshopSession:
    """Give the current step more time, counted from now if its time is over."""
    must_facilitate(actor, session)
    if not 0 < seconds <= MAX_EXTENSION:
        raise Refused("odd-time", _("Choose between one second and an hour."))
    with changing(session, touches=()) as locked:
        _step, round_ = _here(locked)
        if not round_.is_open:
            raise Refused("closed", _("This step is closed. Reopen it to give it more time."))
        now = timezone.now()
        round_.ends_at = max(round_.ends_at or now, now) + timedelta(seconds=seconds)
        round_.seconds += seconds
        round_.save(update_fields=["ends_at", "seconds"])
    return locked


def show_page(session: WorkshopSession, *, actor: Actor, page: int) -> WorkshopSession:
    must_facilitate(actor, session)
    with changing(session) as locked:
        step, round_ = _here(locked)
        hidden = step.of_kind.reveals and not round_.is_revealed
        if hidden or not 1 <= page <= step.of_kind.pages(round_):
            raise Refused("no-such-page", _("There is no such page."))
        round_.page = page
        round_.save(update_fields=["page"])
    return locked


def say_done(session: WorkshopSession, *, actor: Participant, round_: Round, done: bool) -> Round:
    """A participant is done with a round, or not yet after all."""
    must_take_part(actor, session)
    with changing(session, touches=[actor]):
        look_at_round(round_)
        if not round_.is_open:
            raise Refused("closed", _("This step is closed."))
        mark_done(round_, actor, done)
    return round_


def mark_done(round_: Round, participant: Participant, done: bool = True) -> None:
    """For commands of other apps, inside their own transaction."""
    if not done:
        Done.objects.filter(round=round_, participant=participant).delete()
    elif own_row(participant, ("done", round_.pk), partial(_done, round_)) is None:
        insert(round_.step.session, Done(round=round_, participant=participant))


def _done(round_: Round, participant_ids: Iterable[int]) -> dict[int, Done]:
    return {done.participant_id: done for done in round_.done.filter(participant__in=participant_ids)}


def open_round(step: Step, now: datetime, *, seconds: int | None = None) -> Round:
    last = step.rounds.last()
    length = step.minutes * 60 if seconds is None else seconds
    round_ = Round.objects.create(
        step=step,
        number=last.number + 1 if last else 1,
        opened_at=now,
        seconds=length,
        ends_at=now + timedelta(seconds=length),
    )
    step.of_kind.on_open(round_)
    return round_


def close_round(round_: Round, now: datetime) -> None:
    round_.closed_at = now
    round_.save(update_fields=["closed_at"])
    round_.step.of_kind.on_close(round_)


def end(session: WorkshopSession, now: datetime) -> None:
    """Inside a command's transaction: the meeting is over, its join code is free again."""
    session.ended_at = now
    session.door = WorkshopSession.Door.CLOSED
    session.save(update_fields=["ended_at", "door"])


def open_again(session: WorkshopSession, step: Step, now: datetime) -> Round:
    """Inside a command's transaction: take the room to a step that has been closed, and open it once more."""
    _enter(session, step, now)
    last = step.rounds.last()
    return last if last is not None and last.is_open else open_round(step, now)


def _enter(session: WorkshopSession, step: Step, now: datetime, *, onward: bool = False) -> None:
    session.current_step = step
    session.save(update_fields=["current_step"])
    last = step.rounds.last()
    if last is not None and onward and step.of_kind.anew(last):
        if last.is_open:
            close_round(last, now)
        last = None
    if last is None:
        open_round(step, now)


def _here(session: WorkshopSession) -> tuple[Step, Round]:
    round_ = current_round(session)
    if session.current_step is None or round_ is None:
        raise Refused("not-started", _("The meeting has not started yet."))
    return session.current_step, round_


def _must_stand(session: WorkshopSession, seen: str) -> Scene:
    scene = Scene.of(session)
    if seen != scene.standing:
        raise Refused("moved-already", _("The room has moved on already. Look where it is now, then press again."))
    return scene
