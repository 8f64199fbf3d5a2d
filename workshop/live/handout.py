"""A picture on its way to its sockets: what those lack who have the same panels is put together once."""

from collections.abc import Mapping

from .frames import Frame, panel_frame
from .room import Picture
from .sockets import Audience, Frames, Socket


class Handout:
    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        # Each socket is given the one of its audience as what it `has`, and leaves it as it is.
        self.hashes: dict[Audience, Mapping[str, str]] = {
            audience: {name: panel.hash for name, panel in panels.items()}
            for audience, panels in picture.panels.items()
        }
        self._frames: dict[tuple[Audience, str], Frame] = {}
        self._lacking: dict[tuple[Audience, tuple[str | None, ...]], Frames] = {}

    def give(self, socket: Socket) -> None:
        """Put the panels that this socket lacks on their way."""
        has, hashes = socket.has, self.hashes.get(socket.audience)
        if has is None or hashes is None or has is hashes:
            return
        key = (socket.audience, tuple(map(has.get, hashes)))
        lacking = self._lacking.get(key)
        if lacking is None:
            names = [name for name, hash_ in hashes.items() if has.get(name) != hash_]
            lacking = self._lacking[key] = Frames({name: self._frame(socket.audience, name) for name in names})
        socket.has = hashes
        socket.put_all(lacking)

    def _frame(self, audience: Audience, name: str) -> Frame:
        if (audience, name) not in self._frames:
            panel = self.picture.panels[audience][name]
            self._frames[audience, name] = panel_frame(name, panel.html, panel.hash, self.picture.revision)
        return self._frames[audience, name]
