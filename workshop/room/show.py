"""What the hub shows: the room's side of workshop.live.hub.Room. Sync functions; the hub calls them in threads."""

from collections.abc import Sequence
from typing import Any

from definitions.drafting.authority import is_id
from definitions.drafting.commands import greet, take
from definitions.drafting.models import Draft
from definitions.drafting.queries import may_write, rows_message
from workshop import metrics
from workshop.accounts.models import User
from workshop.live.room import Picture
from workshop.live.sockets import Audience
from workshop.sessions.access import Actor
from workshop.sessions.commands import people
from workshop.sessions.models import Participant, WorkshopSession
from workshop.sessions.queries import Scene

from .identity import Watcher, still_admitted
from .mine import mine_of
from .panels import draw_panels, name_for_others
from .together import Together


class Room:
    def draw(self, session_id: int, audiences: set[Audience], watchers: set[Watcher]) -> Picture:
        # The revision is read before anything is drawn: a panel may be newer than it says, never older.
        session = _session(session_id)
        if session is None:  # a rehearsal that was deleted
            return Picture(revision=0, panels={}, gone=frozenset(watchers))
        scene = Scene.of(session)
        return Picture(
            revision=session.revision,
            panels={audience: draw_panels(scene, audience) for audience in audiences},
            gone=frozenset(watchers - still_admitted(scene, watchers)),
        )

    def mine(self, session_id: int, participant_ids: set[int]) -> dict[int, dict[str, Any]]:
        session = _session(session_id)
        return mine_of(session, sorted(participant_ids)) if session is not None else {}

    def revisions(self, session_ids: list[int]) -> dict[int, int]:
        return dict(WorkshopSession.objects.filter(pk__in=session_ids).values_list("pk", "revision"))

    def seen(self, participant_ids: list[int]) -> None:
        people.note_seen(participant_ids)

    def draft_hello(self, watcher: Watcher, message: dict[str, Any]) -> dict[str, Any] | None:
        """What a browser that is at `version` needs; None where the draft is not its meeting's."""
        draft_id, version, client = message.get("draft"), message.get("version"), message.get("client")
        if type(draft_id) is not int or type(version) is not int or not -1 <= version < 2**31:
            return None
        if client is not None and not is_id(client):
            return None
        return greet(draft_id, session_id=watcher.session_id, version=version, client=client)

    def draft_rows(self, draft_id: int, version: int) -> dict[str, Any]:
        return rows_message(Draft.objects.get(pk=draft_id), version)

    def take_pushes(self, draft_id: int, pushes: list[tuple[Watcher, dict[str, Any]]]) -> list[dict[str, Any] | None]:
        actors = _actors([watcher for watcher, _message in pushes])
        told: list[dict[str, Any] | None] = [None] * len(pushes)
        known = [
            (index, actors[watcher], message) for index, (watcher, message) in enumerate(pushes) if watcher in actors
        ]
        with metrics.COMMAND_SECONDS.labels("push").time():
            answers = take(draft_id, [(actor, message) for _index, actor, message in known])
        for (index, _actor, _message), answer in zip(known, answers, strict=True):
            told[index] = answer
            if answer is not None and answer["t"] == "refused":
                metrics.REFUSED.labels(answer["code"]).inc()
        return told

    def caret(self, watcher: Watcher, message: dict[str, Any]) -> dict[str, Any] | None:
        """A writer's caret as the others may know it: with their name only where names are shown."""
        pos, version, client = message.get("pos"), message.get("version"), message.get("client")
        if type(pos) is not int or type(version) is not int or not is_id(client):
            return None
        participant = Participant.objects.select_related("session").filter(pk=watcher.participant_id or 0).first()
        draft = Draft.objects.filter(pk=message["draft"]).first()
        if participant is None or draft is None or not may_write(draft, participant):
            return None
        return {
            "t": "caret",
            "draft": message["draft"],
            "client": client,
            "name": name_for_others(participant),
            "pos": pos,
            "version": version,
        }


def _session(session_id: int) -> WorkshopSession | None:
    return WorkshopSession.objects.select_related("current_step").filter(pk=session_id).first()


def _actors(watchers: list[Watcher]) -> dict[Watcher, Actor]:
    """The people behind watchers; a screen that was opened by link is nobody and may do nothing."""
    participants = Participant.objects.select_related("session").in_bulk(
        [watcher.participant_id for watcher in watchers if watcher.participant_id]
    )
    users = User.objects.in_bulk([watcher.user_id for watcher in watchers if watcher.user_id])
    found: dict[Watcher, Actor] = {}
    for watcher in watchers:
        if watcher.participant_id in participants:
            found[watcher] = participants[watcher.participant_id]
        elif watcher.user_id in users:
            found[watcher] = users[watcher.user_id]
    return found


def own_of(session_id: int, participant_id: int) -> dict[str, Any] | None:
    """What is theirs, as it is now or a little later: read for all who ask meanwhile, as 500 phones that poll do."""
    return _owns.ask(session_id, participant_id)


def _own_of_all(session_id: int, participant_ids: Sequence[int]) -> list[dict[str, Any] | None]:
    mine = Room().mine(session_id, set(participant_ids))
    return [mine.get(pk) for pk in participant_ids]


_owns: Together[int, int, dict[str, Any] | None] = Together(_own_of_all)
