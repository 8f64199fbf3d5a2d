"""What the desk has beside every step: the next thing to do, the agenda, the people, the protected end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workshop.sessions.agendas import wants_second_press
from workshop.sessions.queries import Scene, rehearsed_by_colleagues

from .names import name_for_desk

TOLD = ("pk", "seat", "name", "name_hidden", "has_phone", "last_seen_at", "left_at", "removed_at")
GONE_AFTER = timedelta(seconds=60)  # without a sign from a phone, while there were signs from others


def desk_context(scene: Scene) -> dict[str, Any]:
    return {
        "next": next_button(scene),
        "back": back_button(scene),
        "standing": scene.standing,
        "people": people(scene),
        "colleagues": rehearsed_by_colleagues(scene.session),
        "agenda": agenda(scene),
        "end_step": end_step(scene),
        "planned": sum(step.minutes for step in scene.steps),
        "rest": sum(step.minutes for step in scene.steps if scene.step and step.position > scene.step.position),
    }


def next_button(scene: Scene) -> dict[str, Any]:
    """What Next says, where it goes, and whether it wants a second press because many are not done."""
    act, at = scene.act, scene.position
    following = str(scene.next_step.of_kind.name) if scene.next_step else ""
    waiting = max(0, scene.present - scene.done)
    labels = {
        "start": (_("Open the first step"), _("Start the meeting")),
        "close": (_("No more answers"), _("Close %(step)s") % {"step": scene.kind.name if scene.kind else ""}),
        "reveal": (_("Everyone sees it"), _("Reveal")),
        "page": (
            _("Next"),
            (scene.kind.page_name(scene.round, at.page + 1) if scene.kind and scene.round else "")
            or _("Page %(page)d of %(pages)d") % {"page": at.page + 1, "pages": at.pages},
        ),
        "step": (_("Next"), following),
        "seal": (_("Last of all"), _("Seal it")),
        "end": (_("Last of all"), _("End the meeting")),
        "none": (_("The meeting is over"), _("Take it home")),
    }
    small, label = labels[act]
    asks = scene.kind is not None and scene.kind.asks and scene.round is not None and scene.round.is_open
    second = asks and wants_second_press(act, scene.done, scene.present)
    return {
        "act": act,
        "small": small,
        "label": label,
        "second": ngettext("%(n)d is not done. Press again", "%(n)d are not done. Press again", waiting)
        % {"n": waiting}
        if second
        else "",
    }


def back_button(scene: Scene) -> str:
    at = scene.position
    if at.ended or scene.round is None:
        return ""
    if at.page > 1:
        return _("Back to page %(page)d") % {"page": at.page - 1}
    return _("Back to %(step)s") % {"step": scene.previous_step.of_kind.name} if scene.previous_step else ""


@dataclass(frozen=True)
class Listed:
    """Someone as the desk lists them. `out`: left, removed, or empty. `state`: why they may be silent, in words."""

    pk: int
    name: str
    out: str
    state: str
    name_hidden: bool
    has_phone: bool


def people(scene: Scene) -> list[Listed]:
    """The room as the desk lists it: alphabetical, so that no order says who is slow.

    Whether a phone is gone is measured by the newest sign from any phone: a panel has no clock.
    """
    # As rows: of hundreds of people, to make models of them takes longer than to read them.
    everyone = scene.session.participants.values_list(*TOLD, named=True)
    newest = max((person.last_seen_at for person in everyone if person.last_seen_at), default=None)
    listed = [
        Listed(
            person.pk,
            name_for_desk(person),
            "removed" if person.removed_at else "left" if person.left_at else "",
            _state(person, newest),
            person.name_hidden,
            person.has_phone,
        )
        for person in everyone
    ]
    return sorted(listed, key=lambda person: (person.out == "removed", person.name.casefold()))


def _state(person: Any, newest: datetime | None) -> str:
    if person.removed_at:
        return _("removed")
    if person.left_at:
        return _("had to go")
    if not person.has_phone:
        return _("no phone")
    seen = person.last_seen_at
    return _("no network") if newest is not None and seen is not None and newest - seen > GONE_AFTER else ""


def agenda(scene: Scene) -> list[dict[str, Any]]:
    """The plan beside what was really used, in minutes."""
    prefetch_related_objects(scene.steps, "rounds")
    rows = []
    for step in scene.steps:
        rounds = list(step.rounds.all())
        is_now = scene.step is not None and step.pk == scene.step.pk
        used = sum(
            ((round_.revealed_at or round_.closed_at) - round_.opened_at).total_seconds()
            for round_ in rounds
            if round_.closed_at is not None
        )
        closed = bool(rounds) and all(round_.closed_at is not None for round_ in rounds)
        rows.append(
            {
                "step": step,
                "name": step.of_kind.name,
                "now": is_now,
                "opened": bool(rounds),
                "done": closed and not is_now,
                "used": max(1, min(60, round(used / 60))) if used else 0,
                "drift": round(used / 60) - step.minutes,
                "m": max(1, min(60, step.minutes)),
            }
        )
    return rows


def end_step(scene: Scene) -> dict[str, Any] | None:
    """The protected end: the closing step and what belongs to it, where it begins, and the minutes that it needs."""
    if scene.step is None or scene.session.started_at is None or scene.kind is None or scene.kind.seals:
        return None
    closing = next((step for step in scene.steps if step.of_kind.seals and step.position > scene.step.position), None)
    if closing is None:
        return None
    end = [closing]
    for step in reversed([step for step in scene.steps if scene.step.position < step.position < closing.position]):
        if not step.of_kind.protected:
            break
        end.insert(0, step)
    planned = sum(step.minutes for step in scene.steps)
    minutes = sum(step.minutes for step in end)
    return {
        "step": end[0],
        "name": end[0].of_kind.name,
        "names": get_text_list([str(step.of_kind.name) for step in end], _("and")),
        "count": len(end),
        "minutes": minutes,
        "begins_at": (scene.session.started_at + timedelta(minutes=max(0, planned - minutes))).isoformat(),
        "ends_at": (scene.session.started_at + timedelta(minutes=planned)).isoformat(),
    }
