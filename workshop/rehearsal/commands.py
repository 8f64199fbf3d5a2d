"""A rehearsal: a marked copy of a meeting, and the end of it."""

from functools import partial

from django.db import models, transaction
from django.utils.translation import gettext as _

from definitions.elements.commands.sets import copy_from
from definitions.texts.models import Text, discard
from workshop.accounts.models import User
from workshop.errors import Refused
from workshop.sessions.access import Actor, must_own
from workshop.sessions.commands.changing import announce
from workshop.sessions.commands.rehearsing import send_colleagues
from workshop.sessions.commands.setup import copy_to_rehearse, set_up
from workshop.sessions.models import WorkshopSession


def rehearse(session: WorkshopSession, *, actor: Actor) -> WorkshopSession:
    """A marked copy: agenda, settings and elements of the meeting, and nobody of it."""
    with transaction.atomic():
        copy = copy_to_rehearse(session, actor=actor)
        copy_from(session, copy)
    return copy


def rehearse_with_colleagues(session: WorkshopSession, *, actor: Actor) -> tuple[WorkshopSession, str]:
    """A copy, and the token with which simulated colleagues join it."""
    with transaction.atomic():
        copy = rehearse(session, actor=actor)
        token = send_colleagues(copy, actor=actor)
    return copy, token


def rehearse_example(owner: User, *, agenda: str) -> tuple[WorkshopSession, str]:
    """For somebody who has no meeting yet: that of a hotel which does not exist, and says so."""
    with transaction.atomic():
        example = set_up(owner, title=_("Front desk, Harbor House (example)"), agenda=agenda, customer_word=_("guest"))
        begun = rehearse_with_colleagues(example, actor=owner)
        example.delete()
    return begun


def forget_rehearsal(session: WorkshopSession, *, actor: Actor) -> None:
    """Delete a rehearsal with all that was made in it. Only a rehearsal: a meeting's words are never thrown away."""
    must_own(actor, session)
    with transaction.atomic():
        locked = WorkshopSession.objects.select_for_update().get(pk=session.pk)
        if not locked.rehearsal:
            raise Refused("no-rehearsal", _("Only a rehearsal can be deleted. A meeting’s words are kept."))
        texts: set[int] = set()
        _delete(WorkshopSession.objects.filter(pk=locked.pk), texts)
        for text in Text.objects.filter(pk__in=texts):
            discard(text)
        transaction.on_commit(partial(announce, locked.pk))


def _delete(rows: models.QuerySet[models.Model], texts: set[int]) -> None:
    """Delete rows after all that stands on them, whichever app it belongs to; note the texts that they held.

    What people gave is protected from being deleted by the way, so it goes first. Where a row only points to another
    (SET_NULL), it stays for its own turn.
    """
    ids = list(rows.values_list("pk", flat=True))
    if not ids:
        return
    model = rows.model
    for field in model._meta.concrete_fields:
        if field.is_relation and field.related_model is Text:
            texts.update(rows.exclude(**{field.name: None}).values_list(field.attname, flat=True))
    for relation in model._meta.get_fields(include_hidden=True):
        if (
            isinstance(relation, models.ManyToOneRel)  # a OneToOneRel is one too
            and relation.related_model is not model
            and relation.on_delete in (models.CASCADE, models.PROTECT)
        ):
            _delete(relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids}), texts)
    model._base_manager.filter(pk__in=ids).delete()
