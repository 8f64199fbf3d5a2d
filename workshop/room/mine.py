"""What is mine: one JSON document for each phone, read in bulk for all of a process."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, Sum

from definitions.decisions.queries.deciding import to_settle
from workshop.sessions.kinds import Ids
from workshop.sessions.models import Client, DeviceParticipant, WorkshopSession
from workshop.sessions.queries import Scene

FEW = 50  # of more it is quicker to read all of the meeting than to name each


def mine_of(session: WorkshopSession, watching: Sequence[int]) -> dict[int, dict[str, Any]]:
    """participant id → their own document. The queries are a fixed number, however many phones there are."""
    if not watching:
        return {}
    everyone = session.participants.order_by().values_list("pk", flat=True)
    participant_ids: Ids = watching if len(watching) <= FEW else everyone
    scene = Scene.of(session)
    given = scene.kind.mine(scene.round, participant_ids) if scene.kind and scene.round else {}
    asked = _asked(scene, participant_ids)
    beside = _on_the_same_phone(participant_ids)
    taken = _taken(participant_ids)
    people = session.participants.filter(pk__in=participant_ids).order_by()
    return {
        pk: {
            "revision": session.revision,
            "taken": taken.get(pk, 0),
            "seat": seat,
            "name": name,
            "here": left_at is None,
            "late": scene.round is not None and joined_at > scene.round.opened_at,
            "on_poster": on_poster,
            "sharing": beside.get(pk, []),
            "round": scene.round.pk if scene.round else None,
            "done": pk in scene.done_ids,
            "given": given.get(pk, {}),
            "asked": asked.get(pk),
        }
        for pk, seat, name, left_at, joined_at, on_poster in people.values_list(
            "pk", "seat", "name", "left_at", "joined_at", "on_poster"
        )
    }


def _asked(scene: Scene, participant_ids: Ids) -> dict[int, dict[str, Any]]:
    """Who objected to the draft that is being mended is asked, in private, whether that is settled."""
    if scene.step is None or scene.step.kind != "draft":
        return {}
    return to_settle(scene.step, participant_ids)


def _taken(participant_ids: Ids) -> dict[int, int]:
    """A number that grows with each of their commands.

    Each answer brings what is mine as it was then. The hub, which sends it only where it differs from what it sent
    last, finds it different after every command: so no answer that comes late is the last word.
    """
    clients = Client.objects.filter(participant__in=participant_ids).order_by()
    return dict(clients.values_list("participant").annotate(Sum("last_seq")))


def _on_the_same_phone(participant_ids: Ids) -> dict[int, list[dict[str, Any]]]:
    """Who else is on the phone of each participant, where several share one."""
    another = Q(device__seats__pk__lt=F("pk")) | Q(device__seats__pk__gt=F("pk"))
    shared = DeviceParticipant.objects.filter(
        another, participant__in=participant_ids, device__seats__participant__removed_at__isnull=True
    )
    beside: dict[int, dict[int, str]] = {}
    for pk, seat, name in shared.order_by("device__seats__pk").values_list(
        "participant_id", "device__seats__participant__seat", "device__seats__participant__name"
    ):
        beside.setdefault(pk, {})[seat] = name
    return {pk: [{"seat": seat, "name": name} for seat, name in others.items()] for pk, others in beside.items()}
