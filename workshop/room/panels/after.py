"""The meeting is over: the agreed sentence, large."""

from typing import Any

from definitions.decisions.queries import closing as queries
from workshop.sessions.queries import Scene

from .names import name_for_everyone


def phone(scene: Scene) -> dict[str, Any]:
    return _agreed(scene)


def screen(scene: Scene) -> dict[str, Any]:
    return _agreed(scene)


def desk(scene: Scene) -> dict[str, Any]:
    return _agreed(scene)


def _agreed(scene: Scene) -> dict[str, Any]:
    signers = [
        name_for_everyone(person)
        for person in scene.session.participants.filter(on_poster=True, removed_at__isnull=True).select_related(
            "session"
        )
    ]
    return {
        "agreed": queries.agreed_of(scene.session),
        "signers": [name for name in signers if name],
        "people_count": scene.session.participants.filter(removed_at__isnull=True).count(),
    }
