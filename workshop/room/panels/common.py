"""What the panels of every kind stand on: the meeting, the step, the counts, the next thing to do."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workshop.sessions.agendas import wants_second_press
from workshop.sessions.models import Participant, WorkshopSession
from workshop.sessions.queries import Scene, result_round

GONE_AFTER = 60  # seconds without a sign from a phone


def context(scene: Scene, view: str) -> dict[str, Any]:
    session, round_ = scene.session, scene.round
    return {
        "scene": scene,
        "session": session,
        "step": scene.step,
        "round": round_,
        "kind": scene.kind,
        "prompt": prompt(scene),
        "done": scene.done,
        "present": scene.present,
        "phase": phase(scene),
        "address": address(),
        "join_url": join_url(session),
        "customer": session.customer_word,
        **(desk_context(scene) if view == "desk" else {}),
        **({"so_far": so_far(scene)} if view == "phone" else {}),
    }


def phase(scene: Scene) -> str:
    """before, open, closed, revealed or after: what a template asks first."""
    if scene.session.ended_at is not None:
        return "after"
    if scene.round is None:
        return "before"
    if scene.round.is_revealed:
        return "revealed"
    return "open" if scene.round.is_open else "closed"


def prompt(scene: Scene) -> str:
    if scene.step is None or scene.kind is None:
        return ""
    words = scene.step.prompt or str(scene.kind.prompt)
    return words.replace("{customer}", scene.session.customer_word)


def name_for_everyone(participant: Participant) -> str:
    shown = participant.session.names_shown == WorkshopSession.NamesShown.ALL and not participant.name_hidden
    return participant.name if shown else ""


def name_for_desk(participant: Participant) -> str:
    """The facilitator sees names unless the meeting is anonymous; then people are seats."""
    return participant.name or _("Seat %(number)d") % {"number": participant.seat}


def address() -> str:
    """Where people go to type the code, as short as it can be said."""
    return settings.PUBLIC_URL.removeprefix("https://") if settings.DEPLOYED else lan_address()


def join_url(session: WorkshopSession) -> str:
    base = settings.PUBLIC_URL if settings.DEPLOYED else f"http://{lan_address()}"
    return f"{base}/j/{session.code}"


def lan_address() -> str:
    """This laptop as phones on the same Wi-Fi reach it; `manage.py serve` finds it out and tells us."""
    return settings.LAN_ADDRESS


def so_far(scene: Scene) -> list[str]:
    """Three lines at most for a latecomer: what came of the steps before this one."""
    lines = []
    for step in scene.steps:
        if scene.step and step.position < scene.step.position and (round_ := result_round(step)):
            lines.append(step.of_kind.so_far(round_))
    return [line for line in lines if line][-3:]


# The desk


def desk_context(scene: Scene) -> dict[str, Any]:
    return {
        "next": next_button(scene),
        "back": back_button(scene),
        "standing": scene.standing,
        "people": people(scene),
        "agenda": agenda(scene),
        "end_step": end_step(scene),
        "planned": sum(step.minutes for step in scene.steps),
        "source_missing": scene.next_step is not None and scene.steps.index(scene.next_step) > _after(scene),
    }


def _after(scene: Scene) -> int:
    return scene.steps.index(scene.step) + 1 if scene.step else 0


def next_button(scene: Scene) -> dict[str, Any]:
    """What Next says, where it goes, and whether it wants a second press because many are not done."""
    act, at = scene.act, scene.position
    following = str(scene.next_step.of_kind.name) if scene.next_step else ""
    waiting = max(0, scene.present - scene.done)
    labels = {
        "start": (_("Open the first step"), _("Start the meeting")),
        "close": (_("Close"), _("Close %(step)s") % {"step": scene.kind.name if scene.kind else ""}),
        "reveal": (_("Everyone sees it"), _("Reveal")),
        "page": (_("Next"), _("Page %(page)d of %(pages)d") % {"page": at.page + 1, "pages": at.pages}),
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
    if at.revealed and at.page > 1:
        return _("Back to page %(page)d") % {"page": at.page - 1}
    return _("Back to %(step)s") % {"step": scene.previous_step.of_kind.name} if scene.previous_step else ""


def people(scene: Scene) -> list[dict[str, Any]]:
    """The room as the desk lists it: alphabetical, so that no order says who is slow."""
    now = timezone.now()
    rows = [
        {
            "row": person,
            "name": name_for_desk(person),
            "offline": person.has_phone
            and person.last_seen_at is not None
            and (now - person.last_seen_at).total_seconds() > GONE_AFTER,
        }
        for person in scene.session.participants.all()
    ]
    return sorted(rows, key=lambda row: (row["row"].removed_at is not None, str(row["name"]).casefold()))


def agenda(scene: Scene) -> list[dict[str, Any]]:
    """The plan beside what was really used, in minutes."""
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
    """The protected end: the closing step, and the minutes that it and what belongs to it need."""
    if scene.step is None or scene.session.started_at is None or scene.kind is None or scene.kind.seals:
        return None
    closing = next((step for step in scene.steps if step.of_kind.seals and step.position > scene.step.position), None)
    if closing is None:
        return None
    planned = sum(step.minutes for step in scene.steps)
    return {
        "step": closing,
        "name": closing.of_kind.name,
        "minutes": closing.minutes,
        "begins_at": (scene.session.started_at + timedelta(minutes=max(0, planned - closing.minutes))).isoformat(),
        "ends_at": (scene.session.started_at + timedelta(minutes=planned)).isoformat(),
    }
