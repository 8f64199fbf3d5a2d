"""A picture on its way to its sockets: what those lack who have the same panels is put together once."""

from __future__ import annotations

from collections.abc import Mapping

from .frames import Frame, panel_frame
from .room import Picture
from .sockets import Audience, Frames, Socket


class Handout:
    def __init__(self, picture: Picture, before: Handout | None = None) -> None:
        """`before`: the one of audiences for which nothing was drawn, since they see nothing of what has changed."""
        self._pictures: dict[Audience, Picture] = {
            **(before._pictures if before else {}),
            **dict.fromkeys(picture.panels, picture),
        }
        # Each socket is given the one of its audience as what it `has`, and leaves it as it is.
        self.hashes: dict[Audience, Mapping[str, str]] = {
            **(before.hashes if before else {}),
            **{
                audience: {name: panel.hash for name, panel in panels.items()}
                for audience, panels in picture.panels.items()
            },
        }
        self._frames: dict[tuple[Audience, str], Frame] = {}
        self._lacking: dict[tuple[Audience, tuple[str | None, ...]], Frames] = {}
        self._before: tuple[Mapping[str, str] | None, Mapping[str, str] | None, Frames] = (None, None, Frames({}))

    def give(self, socket: Socket) -> None:
        """Put the panels that this socket lacks on their way."""
        if socket.has is None:
            return
        has, hashes, lacking = self._before
        if socket.has is not has:  # the one before had another; most share theirs, and so their audience
            has, hashes, lacking = self._before = (socket.has, *self._lacked_by(socket.audience, socket.has))
        if lacking.by_key:
            socket.put_all(lacking)
        if hashes is not None:
            socket.has = hashes

    def _lacked_by(self, audience: Audience, has: Mapping[str, str]) -> tuple[Mapping[str, str] | None, Frames]:
        """What is drawn for them, if anything is, and the frames of what differs."""
        hashes = self.hashes.get(audience)
        if hashes is None:
            return None, Frames({})
        key = (audience, tuple(map(has.get, hashes)))
        if key not in self._lacking:
            names = [name for name, hash_ in hashes.items() if has.get(name) != hash_]
            self._lacking[key] = Frames({name: self._frame(audience, name) for name in names})
        return hashes, self._lacking[key]

    def _frame(self, audience: Audience, name: str) -> Frame:
        if (audience, name) not in self._frames:
            picture = self._pictures[audience]
            panel = picture.panels[audience][name]
            self._frames[audience, name] = panel_frame(name, panel.html, panel.hash, picture.revision)
        return self._frames[audience, name]
