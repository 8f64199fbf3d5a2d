"""What the hub is given: a room that it can have drawn. It knows nothing else of meetings."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .reading import Command
from .sockets import Audience


@dataclass(frozen=True)
class Panel:
    html: str
    hash: str


@dataclass(frozen=True)
class Picture:
    """One meeting as drawn for its audiences."""

    revision: int
    panels: dict[Audience, dict[str, Panel]]
    gone: frozenset[Hashable]


class Room(Protocol):
    """Functions that read the database, and `take` that runs commands. They are called in threads."""

    def draw(self, session_id: int, audiences: set[Audience], watchers: set[Any]) -> Picture: ...
    def mine(self, session_id: int, participant_ids: set[int]) -> dict[int, dict[str, Any]]: ...
    def revisions(self, session_ids: list[int]) -> dict[int, int]: ...
    def seen(self, participant_ids: list[int]) -> None: ...
    def draft_hello(self, watcher: Any, message: dict[str, Any]) -> dict[str, Any] | None: ...
    def draft_rows(self, draft_id: int, version: int) -> dict[str, Any]: ...
    def caret(self, watcher: Any, message: dict[str, Any]) -> dict[str, Any] | None: ...
    def take_pushes(self, draft_id: int, pushes: list[tuple[Any, dict[str, Any]]]) -> list[dict[str, Any] | None]: ...


class Doors(Protocol):
    """Runs commands in one transaction. Answers as POST would, or None: nothing was done, it may come again."""

    def __call__(self, asked: Sequence[tuple[Any, str, Command]], /) -> list[dict[str, Any] | None]:
        """Each (watcher, language, command), from phones."""
        ...
