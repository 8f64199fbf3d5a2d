"""Before the meeting, and during it: the session's settings and its agenda."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workshop.accounts.models import User
from workshop.errors import Refused

from .. import agendas, kinds
from ..access import Actor, must_facilitate
from ..models import Step, WorkshopSession
from .changing import changing

MAX_STEPS = 30
MAX_MINUTES = 120


def set_up(owner: User, *, title: str, agenda: str, customer_word: str = "customer") -> WorkshopSession:
    """A new meeting with the steps of an agenda template."""
    session = _with_free_code(owner=owner, title=title, customer_word=customer_word)
    Step.objects.bulk_create(
        Step(session=session, kind=step.kind, position=position, minutes=step.minutes, settings=dict(step.settings))
        for position, step in enumerate(agendas.template(agenda).steps, start=1)
    )
    return session


def start_from(earlier: WorkshopSession, *, actor: Actor) -> WorkshopSession:
    """A new meeting that goes on from an agreed definition: same settings, same agenda, later version."""
    user = must_facilitate(actor, earlier)
    return _copy(earlier, user, department=earlier.department, previous=earlier)


def copy_to_rehearse(session: WorkshopSession, *, actor: Actor) -> WorkshopSession:
    """A copy to try the meeting out in: same settings, same agenda, marked, its door open.

    It belongs to no department, whose outcomes would count it.
    """
    user = must_facilitate(actor, session)
    return _copy(session, user, rehearsal=True, door=WorkshopSession.Door.OPEN, opened_at=timezone.now())


def _copy(session: WorkshopSession, owner: User, **fields: Any) -> WorkshopSession:
    same = {name: getattr(session, name) for name in ("title", "customer_word", "names_shown", "secret", "language")}
    copy = _with_free_code(owner=owner, **same, **fields)
    Step.objects.bulk_create(
        Step(
            session=copy,
            kind=step.kind,
            position=step.position,
            minutes=step.minutes,
            prompt=step.prompt,
            settings=step.settings,
            schema_version=step.schema_version,
        )
        for step in session.steps.all()
    )
    return copy


def change_settings(session: WorkshopSession, *, actor: Actor, **changes: Any) -> WorkshopSession:
    """Change the meeting's own settings. Who sees names and whether votes are secret stand once it has started."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        for name, value in changes.items():
            promised = name in ("names_shown", "secret")
            if promised and locked.participants.exists() and getattr(locked, name) != value:
                raise Refused(
                    "promised", _("People have joined under the present setting; it can't change in this meeting.")
                )
            setattr(locked, name, value)
        locked.save(update_fields=list(changes))
    return locked


def add_step(session: WorkshopSession, *, actor: Actor, kind: str, after: Step | None = None) -> Step:
    """A step of a kind, behind another one or at the end."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        steps = list(locked.steps.all())
        if len(steps) >= MAX_STEPS:
            raise Refused("too-many-steps", _("An agenda holds %(most)d steps.") % {"most": MAX_STEPS})
        of_kind = kinds.get(kind)
        index = next((i for i, step in enumerate(steps, 1) if after and step.pk == after.pk), len(steps))
        step = Step.objects.create(session=locked, kind=kind, position=index + 1, minutes=of_kind.minutes)
        _renumber([*steps[:index], step, *steps[index:]])
    return step


def remove_step(session: WorkshopSession, *, actor: Actor, step: Step) -> None:
    """Leave a step out. One that has been opened stays: it holds what people gave."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        if step.rounds.exists():
            raise Refused("step-opened", _("This step has been opened; it holds what people gave."))
        locked.steps.filter(pk=step.pk).delete()
        _renumber(list(locked.steps.all()))


def move_step(session: WorkshopSession, *, actor: Actor, step: Step, to: int) -> None:
    """Put a step at a place in the agenda, counted from 1."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        steps = list(locked.steps.all())
        if step.pk not in {other.pk for other in steps}:
            raise Refused("no-such-step", _("That step is no longer in the agenda."))
        others = [other for other in steps if other.pk != step.pk]
        index = min(max(to, 1), len(steps)) - 1
        _renumber([*others[:index], step, *others[index:]])


def change_step(session: WorkshopSession, *, actor: Actor, step: Step, **changes: Any) -> Step:
    """Change a step's prompt, minutes, settings or source."""
    must_facilitate(actor, session)
    with changing(session) as locked:
        row = locked.steps.filter(pk=step.pk).first()
        if row is None:
            raise Refused("no-such-step", _("That step is no longer in the agenda."))
        for name, value in changes.items():
            setattr(row, name, value)
        row.minutes = min(max(row.minutes, 1), MAX_MINUTES)
        row.save(update_fields=[*changes, "minutes"])
    return row


def _renumber(steps: Sequence[Step]) -> None:
    for position, step in enumerate(steps, start=1):
        step.position = position
    Step.objects.bulk_update(steps, ["position"])


def _with_free_code(**fields: Any) -> WorkshopSession:
    """Two open sessions can't have one code: the database says no, and we draw again."""
    for _attempt in range(5):
        try:
            with transaction.atomic():
                return WorkshopSession.objects.create(**fields)
        except IntegrityError:
            continue
    raise Refused("no-code", _("No free join code was found. Please try again."))
