"""Commands from outside, by whichever way they came: through the same doors, once each, with the same answers."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from workshop import fail_points, metrics
from workshop.errors import Refused
from workshop.live.reading import Command
from workshop.sessions.commands.changing import Answer, Asked, each_once, exactly_once, refusal
from workshop.sessions.models import Device, WorkshopSession

from .doors import BY_SOCKET, PHONE, Door, Entering, go_through
from .forms import EnvelopeForm
from .identity import Watcher, holder_of
from .mine import mine_of


def not_admitted() -> Answer:
    return refusal(Refused("not-admitted", _("You are not in this meeting any more. Reload the page.")))


def take_one(door: Door, entering: Entering, envelope: EnvelopeForm, fields: Mapping[str, Any]) -> Answer:
    """What a POST brought."""
    try:
        answer = exactly_once(
            envelope.client_id,
            envelope.cleaned_data["seq"],
            owner=entering.actor,
            command=partial(go_through, door, entering, fields),
        )
    except Refused as refused:
        answer = refusal(refused)
    _count_refusals([answer])
    if entering.device is not None:
        answer = {**answer, "mine": _mine_of([entering]).get(entering.actor.pk)}
    fail_points.passing("answering")
    return answer


def take(asked: Sequence[tuple[Watcher, str, Command]]) -> list[Answer | None]:
    """What came by sockets, in one transaction; None: it is to come by POST. See workshop.live.room.Doors."""
    answers: list[Answer | None] = [None] * len(asked)
    ready: list[tuple[int, Entering, Asked]] = []
    devices = _devices({watcher.device_id for watcher, _language, _command in asked if watcher.device_id})
    # By meeting: where several are locked, they are locked in one order.
    for index, (watcher, language, command) in sorted(enumerate(asked), key=lambda one: one[1][0].session_id):
        device = devices.get(watcher.device_id or 0)
        if command.door not in BY_SOCKET:
            continue
        if device is None or (holder := holder_of(device)) is None:
            with translation.override(language):
                answers[index] = not_admitted()
            continue
        entering = Entering(device.session, holder, device)
        run = partial(go_through, PHONE[command.door], entering, command.fields)
        ready.append((index, entering, Asked(command.client, command.seq, holder, run, language)))
    for (index, _entering, _asked), answer in zip(ready, each_once([one for *_rest, one in ready]), strict=True):
        answers[index] = answer
    _count_refusals(answers)
    mine = _mine_of([entering for _index, entering, _asked in ready])
    for index, entering, _asked in ready:
        if (answer := answers[index]) is not None:
            answers[index] = {**answer, "mine": mine.get(entering.actor.pk)}
    fail_points.passing("answering")
    return answers


def _count_refusals(answers: Iterable[Answer | None]) -> None:
    for answer in answers:
        if answer is not None and not answer["ok"]:
            metrics.REFUSED.labels(answer["error"]["code"]).inc()


def _devices(ids: set[int]) -> dict[int, Device]:
    """With their holders, and one object for each meeting."""
    devices = Device.objects.select_related("holder").in_bulk(ids)
    sessions = _sessions({device.session_id for device in devices.values()})
    for device in devices.values():
        device.session = sessions[device.session_id]
    return devices


def _sessions(ids: Iterable[int]) -> dict[int, WorkshopSession]:
    return WorkshopSession.objects.select_related("current_step").in_bulk(ids)


def _mine_of(several: Iterable[Entering]) -> dict[int, dict[str, Any]]:
    """Participant id → what is theirs, as it is after all that was done; read once for each meeting."""
    people: dict[int, set[int]] = {}
    for entering in several:
        people.setdefault(entering.session.pk, set()).add(entering.actor.pk)
    mine: dict[int, dict[str, Any]] = {}
    for pk, session in _sessions(people).items():
        mine |= mine_of(session, sorted(people[pk]))
    return mine
