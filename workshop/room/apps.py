from dataclasses import asdict
from typing import Any

from django.apps import AppConfig


class RoomConfig(AppConfig):
    name = "workshop.room"

    def ready(self) -> None:
        from definitions.drafting.commands import draft_changed
        from workshop.live.hub import hub
        from workshop.sessions.commands.changing import Change, session_changed

        def session_hint(session_id: int, change: Change | None, **_unused: Any) -> None:
            hub.hint(session_id, session=session_id, **(asdict(change) if change else {}))

        def draft_hint(draft_id: int, session_id: int, **_unused: Any) -> None:
            hub.hint(session_id, draft=draft_id)

        session_changed.connect(session_hint, weak=False)
        draft_changed.connect(draft_hint, weak=False)
